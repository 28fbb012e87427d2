/* SPDX-License-Identifier: ISC */
/*
 * Disks, volume groups, logical volumes, file pools and their files, and which of them is
 * mapped to a client.  A logical volume NAME and a disk NAME are the sparse file
 * fs/dev/NAME, with the raw device fs/dev/rNAME as a second name of the same file.
 */
#ifndef PD_SIM_STORAGE_H
#define PD_SIM_STORAGE_H

#include "model.h"

#define REPO_LV	   "VMLibrary"
#define REPO_MOUNT "/var/vio/VMLibrary"
#define POOL_MOUNT "/var/vio/storagepools"

struct pv *pv_find(const struct world *w, const char *name);
struct vg *vg_find(const struct world *w, const char *name);
struct lv *lv_find(const struct world *w, const char *name);
struct fpool *fpool_find(const struct world *w, const char *name);
struct fbd *fbd_find(const struct world *w, const char *pool, const char *name);

int pv_pps(const struct world *w, const struct pv *p);
int pv_used_pps(const struct world *w, const struct pv *p);
int vg_pps(const struct world *w, const struct vg *g);
int vg_used_pps(const struct world *w, const struct vg *g);
int vg_npvs(const struct world *w, const struct vg *g);
int lv_pps(const struct lv *v);
int lv_size_mb(const struct world *w, const struct lv *v);
bool lv_is_open(const struct world *w, const struct lv *v);

/* Makes the file(s) of a device with that many MiB, or makes them larger. */
int device_make(const struct world *w, const char *name, int64_t mb);
void device_remove(const struct world *w, const char *name);
int device_rename(const struct world *w, const char *old, const char *new);

/* npvs 0: any disk of the group.  NULL or -1: not enough free partitions. */
struct lv *lv_create(struct world *w, struct vg *g, const char *name, const char *type, int pps,
    const char *const *pvs, int npvs);
int lv_grow(struct world *w, struct lv *v, int pps, const char *const *pvs, int npvs);
void lv_destroy(struct world *w, struct lv *v);
void lv_free_name(const struct world *w, const char *prefix, char out[NAME_SIZE]);

struct vg *vg_create(struct world *w, const char *name, int pp_mb);
int vg_default_pp(int largest_pv_mb);
bool device_name_used(const struct world *w, const char *name); /* any device of the VIOS */

/* The mapping of a device (pool NULL: not a file), or with that name; *host if not NULL. */
struct vtd *vtd_of(const struct world *w, const char *backing, const char *pool, struct vhost **host);
struct vtd *vtd_find(const struct world *w, const char *name, struct vhost **host);
struct vtd *vtd_add(struct world *w, struct vhost *h, const char *kind, const char *name);

/* File systems in logical volumes: file pools and the media repository. */
int fs_size_mb(const struct world *w, const struct lv *v);
int fpool_used_mb(const struct world *w, const char *pool);
void fbd_path(const struct world *w, const struct fbd *b, char *out, size_t size);
int file_make(const char *path, int64_t mb);

/*
 * Sizes as the commands take them: 512M 7g; 100B blocks of 512 bytes; a bare number is
 * partitions of pp_mb (pp_mb 0: not allowed).  MiB, rounded up; -1: not a size.
 */
int64_t size_parse(const char *s, int pp_mb);
int pps_for(int64_t mb, int pp_mb);

#endif
