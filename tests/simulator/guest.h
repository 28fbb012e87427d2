/* SPDX-License-Identifier: ISC */
/*
 * What runs inside a partition, and what time does to it: firmware, operating system,
 * first-boot agent.  The lock is held by the caller.
 */
#ifndef PD_SIM_GUEST_H
#define PD_SIM_GUEST_H

#include <stdbool.h>
#include <stdint.h>

struct image;
struct lpar;
struct vhost;
struct vtd;
struct world;

/* Does everything that is due; returns when the next thing is, INT64_MAX when nothing is. */
int64_t guest_tick(struct world *w);

/*
 * Somebody has seen the partitions' states.  Without speed (0) nothing takes time, but a guest that
 * stops itself is seen Running once, as it is on a machine where that takes minutes.
 */
void guest_looked(struct world *w);

/* Sets what happens next to a partition, so many seconds (at normal speed) from now. */
void guest_plan(struct world *w, struct lpar *l, int event, double seconds);

/* guest_image.c: the bytes on its disks */
/* The image that a disk or medium holds, whole; NULL: none. *damaged: begins, but is cut off. */
const struct image *guest_image_on(const struct world *w, const struct vtd *v, bool *damaged);
int guest_image_make(const struct world *w, const struct image *img);
void guest_backing_path(const struct world *w, const struct vtd *v, char *out, unsigned long size);

/* guest_agent.c: the first-boot agent */
struct guest_config {
	char source[128];
	char ipaddress[64], ipgw[64], netmask[64], main_dns[64], bak_dns[64], hostname[64];
	char macs[512]; /* blank separated, as they stood in the file */
	bool rebuild;
};
/* What the record on the boot disk says; false: the disk was never configured. */
bool guest_record_read(const struct world *w, const struct vtd *disk, struct guest_config *c);
/* Looks for a configuration on the loaded media of a partition with these addresses (blank separated); true: taken over. */
bool guest_agent_run(struct world *w, const struct vhost *h, const char *own, const struct vtd *disk);

#endif
