/* SPDX-License-Identifier: ISC */
/*
 * What the simulated machine consists of: one struct per thing an administrator can
 * see.  Lists keep the order of creation (partitions: of their id).  Everything here
 * is guarded by the world's one lock; console_run() and the world's own timer take it.
 *
 * Sizes are MiB, processing units are hundredths, times are milliseconds since 1970.
 */
#ifndef PD_SIM_MODEL_H
#define PD_SIM_MODEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"
#include "world.h"

#define NAME_SIZE	     64
#define TEXT_SIZE	     160
#define VIOS_ID		     1 /* unless an HMC gave it another one: system.vios_id */
#define FIRST_SERVER_SLOT    11 /* the first virtual SCSI server adapter is C11 */
#define CLIENT_SCSI_SLOT     2
#define GUEST_RECORD_OFFSET  (1024 * 1024)
#define GUEST_RECORD_SIZE    4096

struct json_t; /* jansson's */

enum lpar_state {
	LS_OFF, LS_STARTING, LS_RUNNING, LS_FIRMWARE, LS_STOPPING, LS_ERROR,
	/* only below an HMC */
	LS_MIGRATING, LS_MIGRATING_OFF, LS_STATES
};

/* What happens to a partition next, when its time has come. */
enum lpar_event { EV_NONE, EV_FIRMWARE, EV_OS_UP, EV_RMC_UP, EV_AGENT, EV_OFF, EV_RESTART };

struct alloc { /* memory and processors: once as wished (pending), once as given (current) */
	int min_mem, mem, max_mem;
	char proc_mode[8];
	int min_units, units, max_units;
	int min_procs, procs, max_procs;
	char sharing_mode[32];
	int uncap_weight;
};

struct veth {
	int slot, ieee, pvid;
	char vlans[TEXT_SIZE]; /* "20,21", empty for none */
	int trunk;	       /* 0: none, else the priority */
	int required;
};

struct vfc { /* a client's virtual fibre channel adapter and its partner on the VIOS */
	int slot, remote_slot;
	char host[NAME_SIZE]; /* vfchostN */
	char port[NAME_SIZE]; /* fcsN, empty when not mapped */
	char wwpn1[24], wwpn2[24];
};

struct clockwork { /* volatile: not part of what a create and a delete must restore */
	enum lpar_event event;
	int64_t due_ms;
	int64_t active_ms;  /* when it was activated, 0 when off */
	int64_t refcode_ms; /* when the reference code was shown */
};

struct lpar {
	int id;
	char name[NAME_SIZE], profile[NAME_SIZE];
	char env[16];
	enum lpar_state state;
	char boot_mode[8], keylock[8];
	int auto_start, avail_priority, conn_monitoring, perf_collection;
	char compat_mode[16];
	int max_virtual_slots;
	char mac_base[16];
	char ctrl_ids[TEXT_SIZE];
	struct alloc pend, curr;
	struct list veths, vfcs;
	/* what runs in it */
	char image[NAME_SIZE], os_version[TEXT_SIZE], refcode[NAME_SIZE];
	char rmc_state[16], rmc_ipaddr[NAME_SIZE], hostname[NAME_SIZE];
	struct clockwork t;
	int vt_session; /* number of the open terminal session, 0: none; not saved */
};

struct vtd {
	char name[NAME_SIZE];
	char kind[16]; /* disk, lv, file, optical, tape */
	char backing[NAME_SIZE];
	char pool[NAME_SIZE]; /* file: its pool */
	char media[NAME_SIZE];
	int lun; /* 1 is 0x81... */
	int held; /* optical: the client has it open */
};

struct vhost {
	char name[NAME_SIZE];
	int slot; /* on the VIOS; the partition's console adapter has the next one */
	int client;
	struct list vtds;
};

struct pv {
	char name[NAME_SIZE], pvid[40], vg[NAME_SIZE], physloc[NAME_SIZE], unique_id[TEXT_SIZE];
	char description[NAME_SIZE];
	int size_mb;
};

struct vg {
	char name[NAME_SIZE], vgid[40];
	int pp_mb;
	int active;
};

struct extent {
	char pv[NAME_SIZE];
	int pps;
};

struct lv {
	char name[NAME_SIZE], vg[NAME_SIZE], type[16], lvid[48], mount[TEXT_SIZE];
	struct list extents;
};

struct fpool {
	char name[NAME_SIZE], parent[NAME_SIZE];
};

struct fbd { /* a file in a file pool */
	char name[NAME_SIZE], pool[NAME_SIZE];
	int size_mb;
};

struct netdev {
	char name[NAME_SIZE];
	char kind[16]; /* physical, vea, sea, lnagg, vlan */
	char physloc[NAME_SIZE];
	int slot;		 /* vea */
	char target[TEXT_SIZE];	 /* sea: physical adapter; lnagg: members; vlan: adapter */
	char virt[TEXT_SIZE];	 /* sea: its virtual adapters */
	char dflt[NAME_SIZE];	 /* sea: the default one */
	int pvid;		 /* sea: default id; vlan: tag */
};

struct netif {
	char name[NAME_SIZE], addr[NAME_SIZE], mask[NAME_SIZE];
};

struct devattr { /* what chdev and friends changed away from its default */
	char dev[NAME_SIZE], attr[NAME_SIZE], value[TEXT_SIZE];
};

struct image {
	char id[NAME_SIZE], path[TEXT_SIZE], os[16], os_version[TEXT_SIZE], agent[16];
	char address[NAME_SIZE];
	int64_t size;
	int64_t seed;
};

struct system {
	char type_model[16], serial[16], name[NAME_SIZE];
	int units, mem, lmb, fw_mem, max_lpars;
	char ioslevel[32], hostname[NAME_SIZE], gateway[NAME_SIZE], nameserver[NAME_SIZE];
	char domain[NAME_SIZE], timezone[NAME_SIZE], default_pool[NAME_SIZE], mac_prefix[16];
	int license, initialised;
	int no_ivm;	 /* an HMC manages it: the partition verbs refuse */
	int eth_warning; /* adding a virtual ethernet works, but reports an error (POWER8) */
	int nports; /* fibre channel ports that can do NPIV */
	int ntapes; /* tape drives: rmt0... */
	int vios_id;
};

/* A server adapter that the hypervisor gave the VIOS; cfgdev makes the device. */
struct vio_adapter {
	char kind[8]; /* scsi, fc, eth */
	int slot;
	int client, client_slot;	/* 0: any */
	char client_name[NAME_SIZE];
	char mac[16];			/* eth */
	int ieee, pvid, trunk;		/* eth */
	char vlans[TEXT_SIZE];
	char wwpn1[24], wwpn2[24];	/* fc: the client's */
};

/*
 * Who keeps a world that is only one VIOS of a larger machine: it has the lock, the timer and
 * the file.  tick and save are called with the lock held.
 */
struct world_host {
	pthread_mutex_t *lock;
	int64_t (*tick)(void *arg);
	void (*save)(void *arg);
	void (*vios_stop)(void *arg, struct world *w, bool restart);
	void *arg;
};

struct counters { /* volatile */
	int64_t mac, wwpn, id;
};

struct world {
	const struct world_host *host; /* NULL: a machine of its own */
	pthread_mutex_t lock; /* the host's counts when there is one */
	pthread_cond_t wake;
	pthread_t timer;
	bool timer_runs, stopping, dirty;
	double speed;
	int64_t skip_ms; /* added to the clock by world_advance() */
	char state_dir[4096], fs[4096 + 8], file[4096 + 16];
	int vt_sessions; /* numbers the terminal sessions */

	struct system sys;
	struct counters count;
	struct list lpars, vhosts;
	struct list pvs, vgs, lvs, fpools, fbds;
	struct list netdevs, netifs, attrs, images;
	struct list adapters; /* struct vio_adapter: told by the host, not saved with the world */
};

/* for (each item of a list) */
#define LIST_EACH(type, var, l) \
	for (size_t var##_i = 0; var##_i < (l)->n; var##_i++) \
		for (type *var = (l)->item[var##_i], **var##_once = &var; var##_once != NULL; var##_once = NULL)

int64_t world_now(const struct world *w);
int64_t world_span(const struct world *w, double seconds); /* how long that takes here, in ms */
void world_changed(struct world *w);
void world_path(const struct world *w, const char *path, char *out, size_t size); /* below fs */
int world_mkdirs(const char *path); /* the directories that lead to a file */

/* world_save.c */
void world_save(struct world *w); /* writes world.json if something changed */
int world_restore(struct world *w, const char *text, char *err, size_t errlen);
/* The same for a host's own file: one world as a JSON object, or its counters. */
void world_write(struct text *t, const struct world *w, bool is_volatile, int indent);
int world_read(struct world *w, const struct json_t *state, const struct json_t *counters);
int world_file_replace(const char *file, const struct text *t); /* 0, or -1 with errno */
/* world_load.c */
int world_birth(struct world *w, const char *file, char *err, size_t errlen);
/* A VIOS below a host: made of parsed pieces, then the commands when its adapters are there. */
struct world *world_new(const struct world_host *host, const char *fs, double speed);
int world_birth_json(struct world *w, const struct json_t *j, char *err, size_t errlen);
int world_commands(struct world *w, const struct json_t *j, char *err, size_t errlen);
/* JSON with lines that begin with // as comments; NULL with err. */
struct json_t *world_parse_file(const char *file, char *err, size_t errlen);

/* lpar.c */
struct lpar *lpar_by_id(const struct world *w, int id);
struct lpar *lpar_by_name(const struct world *w, const char *name);
struct lpar *lpar_vios(const struct world *w);
struct lpar *lpar_add(struct world *w, int id); /* zeroed, in the order of ids */
void lpar_delete(struct world *w, struct lpar *l);
const char *lpar_state_name(enum lpar_state s);
bool lpar_active(const struct lpar *l);
void lpar_new_mac_base(struct world *w, char out[16]);
int lpar_avail_mem(const struct world *w);   /* pending side of activation: what is free */
int lpar_avail_units(const struct world *w);
int lpar_units_of(const struct alloc *a); /* dedicated processors count 100 each */

/* slots.c */
struct vhost *vhost_of(const struct world *w, int lpar_id);
struct vhost *vhost_by_name(const struct world *w, const char *name);
struct vhost *vhost_add(struct world *w, int client);
bool vios_slot_taken(const struct world *w, int slot);
bool lpar_slot_taken(const struct lpar *l, int slot);
int vios_free_slot(const struct world *w, int from, int run); /* `run` free ones in a row, or -1 */
struct veth *veth_by_slot(const struct lpar *l, int slot);
void veth_format(const struct veth *e, struct text *out);
void veth_mac(const struct lpar *l, int slot, char out[16]);
void slot_location(const struct world *w, int lpar, int slot, struct text *out);
/* Devices for the adapters that have none yet (all of them by cfgdev); those without an adapter stay. */
void adapters_configure(struct world *w);

#endif
