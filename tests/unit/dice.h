/* SPDX-License-Identifier: ISC */
/*
 * dice.h - a generator of its own for tests of properties: a failure comes back with its seed.
 */
#ifndef PD_TEST_DICE_H
#define PD_TEST_DICE_H

struct dice {
	unsigned x;	/* begins as the seed */
};

static inline unsigned
dice_throw(struct dice *d, unsigned below)
{
	d->x = d->x * 1664525u + 1013904223u;
	return (d->x >> 8) % below;
}

#endif
