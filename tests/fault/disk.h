/* SPDX-License-Identifier: ISC */
/*
 * disk.h - what an operation asked of the disk, and what a power cut may make of it.
 *
 * The model: what is in a file is there when the file was synced; of what was written since, any beginning is there, the last
 * write of it torn at any multiple of 512 bytes, or its length without its bytes (zeros).  A name is there, or gone, when
 * its directory was synced; of the changes since, any beginning may have happened, in each directory for itself: a rename
 * from one directory to another may have happened in both, in one of them, or in none.
 */
#ifndef PD_FAULT_DISK_H
#define PD_FAULT_DISK_H

#include <stddef.h>
#include <sys/types.h>

#define DISK_OPS_MAX  2000
#define DISK_DATA_MAX (8 * 1024 * 1024)
#define DISK_NAME_MAX 64

enum disk_what { DISK_WRITE, DISK_TRUNCATE, DISK_SYNC, DISK_ADD, DISK_REMOVE };

struct disk_op {
	enum disk_what what;
	ino_t	       object;	/* the file, or the directory whose names change */
	ino_t	       child;	/* ADD, REMOVE: the file of that name */
	char	       name[DISK_NAME_MAX];
	off_t	       at;	/* WRITE; TRUNCATE: the new length */
	size_t	       len, data;	/* WRITE: bytes, and where they are in the record's data */
};

struct disk_record {
	unsigned       n, is_full;
	size_t	       used;
	struct disk_op op[DISK_OPS_MAX];
	unsigned char  data[DISK_DATA_MAX];
};

/* Where the table of sys_record.c writes; NULL: nothing is recorded. */
extern struct disk_record *disk_record;

#endif
