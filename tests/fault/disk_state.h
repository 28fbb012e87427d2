/* SPDX-License-Identifier: ISC */
/*
 * disk_state.h - the files and directories of a tree, and how each may be left by a power cut.
 */
#ifndef PD_FAULT_DISK_STATE_H
#define PD_FAULT_DISK_STATE_H

#include "tests/fault/disk.h"

#define OBJECTS_MAX 64
#define NAMES_MAX   32
#define CHOICES_MAX 4096
#define PATH_TEXT   1024

#define TORN_NOT   (-1L)
#define TORN_ZEROS (-2L)	/* as long as with the write, without its bytes */

struct name {
	ino_t child;
	char  name[DISK_NAME_MAX];
};

struct choice {
	unsigned ops;	/* so many of the object's operations have reached the disk */
	long	 torn;	/* and so many bytes of the next one, or one of the above */
};

struct object {
	ino_t	       ino;
	char	       path[PATH_TEXT];		/* of a directory; "" = a file */
	unsigned char *content;			/* of a file, before the operation */
	size_t	       size;
	struct name    name[NAMES_MAX];		/* of a directory, before the operation */
	unsigned       nnames;
	int	       is_volatile;
	unsigned       op[DISK_OPS_MAX], nops;	/* into the record */
	struct choice  choice[CHOICES_MAX];	/* at the crash point that is looked at */
	unsigned       nchoices, chosen;
};

struct disk {
	struct object object[OBJECTS_MAX];
	unsigned      n;
};

struct object *disk_object(struct disk *d, ino_t ino);	/* made when it is new */
void disk_load(struct disk *d, const char *dir);
void disk_assign(struct disk *d, const struct disk_record *r);
void disk_choices(struct object *o, const struct disk_record *r, unsigned t, int is_fine);	/* when the first t operations were asked for */
void disk_write(const struct disk *d, const struct disk_record *r, const char *top);	/* what is chosen, as a tree */
void disk_free(struct disk *d);

#endif
