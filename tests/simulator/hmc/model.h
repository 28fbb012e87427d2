/* SPDX-License-Identifier: ISC */
/*
 * What a simulated HMC knows: managed systems, each with its hypervisor's partitions,
 * their profiles and current configurations, virtual adapters, processor pools and virtual
 * switches.  A partition that is a Virtual I/O Server has, beside that, one `struct world`
 * (../model.h): its storage, its devices and its verbs, which know nothing of the HMC.
 *
 * Everything, the worlds too, is guarded by the one lock of struct hmc; hmc_run() and the
 * timer take it.  Lists own their items and keep the order of creation.
 * Sizes are MiB, processing units are hundredths, times are milliseconds since 1970.
 */
#ifndef PD_SIM_HMC_MODEL_H
#define PD_SIM_HMC_MODEL_H

#include "tests/simulator/model.h"

struct sim;
struct sim_cmd;

#define ANY_ID	   (-1) /* a server adapter for any partition, any slot */
#define NO_ID	   0	/* names no partition */
#define ANY_SLOT   (-1)
#define MAX_POOLS  64	/* shared processor pools 0..63 always exist */
#define HMC_NAME   80

enum adapter_kind { VA_SERIAL, VA_SCSI, VA_ETH, VA_FC };

struct vadapter { /* one virtual adapter, of a profile or of a current configuration */
	int kind;	   /* enum adapter_kind */
	int slot, required;
	int server;	   /* 1: server, 0: client; not eth */
	int remote_id;	   /* partition; its name is looked up where it is printed */
	int remote_slot;
	int supports_hmc;  /* serial */
	/* eth */
	int ieee, pvid;
	int trunk;	   /* 0: none, else the priority */
	int disabled;
	char vlans[TEXT_SIZE]; /* "20,21" */
	char vswitch[NAME_SIZE], mac[16], allowed_macs[TEXT_SIZE], qos[8];
	/* fc, client */
	char wwpn1[24], wwpn2[24];
	int logged_in; /* the second name, too: chnportlogin */
};

struct ioslot { /* physical I/O as a partition has it */
	char drc[16], pool[16];
	int required;
};

struct config { /* what a profile asks for; once more as what a partition has */
	int all_resources;
	int min_mem, mem, max_mem;
	int min_huge, huge, max_huge;
	char mem_mode[8];	/* ded, shared */
	int mem_expansion;	/* hundredths; 0: off */
	char hpt_ratio[8], ppt_ratio[8];
	char io_entitled_mem[16]; /* auto or MiB; mem_mode shared, as the next ones */
	int mem_weight, paging_vios1, paging_vios2;
	char proc_mode[8];	/* ded, shared */
	int min_units, units, max_units;
	int min_procs, procs, max_procs;
	char sharing_mode[32];
	int uncap_weight;
	int pool_id;
	char affinity_group[8], work_group[8];
	int max_slots;
	char boot_mode[8];
	int conn_monitoring, auto_start, redundant_err;
	char ctrl_ids[TEXT_SIZE];
	char compat_mode[24];
	char vsi_profiles[TEXT_SIZE], vnics[TEXT_SIZE], sriov_ports[TEXT_SIZE], vtpm[16];
	struct list adapters; /* struct vadapter */
	struct list io_slots; /* struct ioslot */
};

#define SRIOV_PORTS   4	 /* of an SR-IOV adapter in shared mode */
#define SRIOV_LOGICAL 48 /* logical ports of it, numbered from 1; their ids are 2700xxxx */
#define SRIOV_LOGICAL_ID(adapter, n) (0x27000000 + 0x4000 * (adapter) + (n))

struct backing { /* of a vNIC: a logical port of an SR-IOV adapter, by way of a VIOS */
	int vios_id, adapter, port, logical;
	int capacity, max_capacity; /* hundredths of a percent */
	int priority;
};

struct vnic {
	int slot, pvid, auto_failover;
	char mac[16];
	struct list backings; /* struct backing; the first one is active */
};

struct profile {
	char name[HMC_NAME];
	struct config c;
};

struct migration { /* of a partition on both its systems */
	int active;		/* 0: none, 1: on the source, 2: on the target */
	char type[16];		/* active, inactive */
	char state[32];		/* Migration Starting, Migration In Progress... */
	char peer[HMC_NAME];	/* name of the other system */
	int peer_id;		/* id of the partition there */
	char msp[NAME_SIZE], peer_msp[NAME_SIZE];
	int msp_id, peer_msp_id;
	int step;		/* how far it is; not saved */
	char text[TEXT_SIZE];	/* mapping that was asked for */
};


struct part {
	int id;
	char name[HMC_NAME], uuid[40], mac_base[12];
	char env[16];		/* aixlinux, os400, vioserver */
	enum lpar_state state;
	int has_config;		/* resource_config: curr counts */
	char default_profile[HMC_NAME], curr_profile[HMC_NAME];
	char keylock[8], boot_mode[8];
	int perf_collection, pool_util_auth, avail_priority, time_ref, msp;
	int migration_disabled, sync_profile; /* 0 off, 1 on, 2 suspended */
	int suspend_capable, rr_capable, srr_capable;
	int vtpm, secure_boot, keystore_kbytes;
	int powervm_mgmt, kvm_capable;
	char description[HMC_NAME * 4], virtual_serial[16];
	int led;
	struct config curr;
	struct list profiles; /* struct profile; the first one is the oldest */
	struct list vnics;    /* struct vnic, of the current configuration */
	/* what runs in it */
	char image[NAME_SIZE], os_version[TEXT_SIZE], hostname[NAME_SIZE];
	char rmc_state[16], rmc_ipaddr[NAME_SIZE];
	struct migration migr;
	struct list refcodes; /* struct refcode, the newest last */
	struct clockwork t;
	int vt_session; /* number of the open terminal session, 0: none; not saved */
	/* a Virtual I/O Server */
	char fs_name[NAME_SIZE]; /* STATE/fs-<this> */
	int ssh_port;		 /* direct SSH: -1 none, 0 any free one */
	struct world *vios;
	struct sim *sim;	 /* its front: shell, files, processes */
};

struct refcode {
	char code[NAME_SIZE];
	int64_t at_ms;
};

struct procpool {
	int id;
	char name[NAME_SIZE];
	int max_units, reserved_units; /* 0: not in use */
};

struct mempool { /* Active Memory Sharing */
	int mem, max_mem;
	int paging_vios1, paging_vios2;
	struct list devices; /* struct paging */
};

struct paging {
	char name[NAME_SIZE], vios[NAME_SIZE];
	int size_mb, lpar_id;
};

struct vswitch {
	char name[NAME_SIZE], mode[8]; /* VEB, VEPA */
};

struct vnetwork {
	char name[NAME_SIZE], vswitch[NAME_SIZE];
	int vlan_id, tagged;
};

struct pslot { /* a physical slot of the system */
	char drc[16], bus[8], phys_loc[NAME_SIZE], unit[NAME_SIZE], description[TEXT_SIZE];
	char features[NAME_SIZE], vendor[8], device[8], pci_class[8];
	int lpar_id; /* 0: nobody */
	int sriov_id; /* of the adapter when it is in shared mode, 0: dedicated */
};

struct cec {
	char name[HMC_NAME], type_model[16], serial[16], ipaddr[NAME_SIZE];
	char state[48];		/* Operating, Standby, Power Off... */
	int units, mem, lmb, fw_mem, max_lpars;
	int pend_lmb; /* from the next start on */
	int min_vp_units;	/* per virtual processor: 5 or 10 hundredths */
	int proc_power;		/* 7, 8, 9, 10, 11 */
	char compat_modes[TEXT_SIZE];
	/* capabilities */
	int lpm, lpm_inactive, ame, ams, npiv, vswitches_capable, suspend, remote_restart, dpo, sriov;
	char mac_prefix[16];
	int power_off_policy;
	char start_policy[16], description[HMC_NAME * 4];
	int sample_rate, led;
	struct mempool mempool;
	struct list parts, pools, vswitches, vnetworks, slots;
	struct clockwork t;
	int64_t next_mac, next_wwpn; /* volatile */
};

struct hmc_event { /* lssvcevents */
	int64_t at_ms;
	int pid;
	char user[NAME_SIZE], cmd[TEXT_SIZE], text[TEXT_SIZE * 2];
};

struct hmc_problem { /* a serviceable event of the hardware */
	int num, closed;
	int64_t at_ms;
	char text[TEXT_SIZE], name[HMC_NAME], mtms[48]; /* who reported it */
};

struct hmc_users { /* lshmcusr */
	char name[NAME_SIZE], role[32], description[NAME_SIZE];
};

struct hmc {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t timer;
	bool timer_runs, stopping, dirty;
	bool born; /* until then nothing is saved: a world has many commands */
	double speed;
	int64_t skip_ms;
	char state_dir[4096], file[4096 + 16];
	int vt_sessions;
	struct world_host host; /* what its worlds know of it */

	char name[NAME_SIZE], domain[NAME_SIZE], ipaddr[NAME_SIZE], type_model[16], serial[16];
	int version, release, service_pack; /* V10R3 M1060: 10, 3, 1060 */
	char build[NAME_SIZE], fix[NAME_SIZE];
	struct list cecs;
	struct list events; /* volatile, the newest last, EVENTS_MAX at most */
	struct list problems; /* struct hmc_problem, volatile, the newest last */
	struct list users;
	int64_t uuids; /* volatile: counts them */
};

/*
 * Takes up STATE/world.json when it is there, else makes everything from the description.
 * speed as for world_open().  NULL on failure, with one line in err.  The caller closes it.
 */
struct hmc *hmc_open(const char *world_file, const char *state_dir, double speed, char *err, size_t errlen);
void hmc_close(struct hmc *h);
void hmc_lock(struct hmc *h);
void hmc_unlock(struct hmc *h);
char *hmc_dump(struct hmc *h); /* as world_dump() */
void hmc_advance(struct hmc *h, int64_t ms);
int64_t hmc_now(const struct hmc *h);
void hmc_changed(struct hmc *h);
void hmc_save(struct hmc *h);

/* hmc_load.c, hmc_save.c */
int hmc_birth(struct hmc *h, const char *file, char *err, size_t errlen);
int hmc_restore(struct hmc *h, const char *text, char *err, size_t errlen);
/* The world of a VIOS partition, empty: below STATE/fs-<fs_name>. */
int hmc_world_new(struct hmc *h, struct part *p, char *err, size_t errlen);

/*
 * The HMC's own program: one command.  The exit status, or -1 when argv[0] is not one of the
 * HMC's commands.  cmd->hmc is set.
 */
int hmc_run(struct sim_cmd *cmd);
size_t hmc_command_names(const char **names, size_t max); /* of all commands; how many there are */

/* hmc_model.c: finding and making */
struct cec *cec_find(const struct hmc *h, const char *name); /* name or tttt-mmm*sssssss */
bool cec_operating(const struct cec *c);
struct part *part_by_id(const struct cec *c, int id);
struct part *part_by_name(const struct cec *c, const char *name);
struct profile *profile_find(const struct part *p, const char *name);
struct part *part_add(struct hmc *h, struct cec *c, int id);
void part_delete(struct cec *c, struct part *p);
void part_free(struct part *p); /* what it holds, not itself */
int part_free_id(const struct cec *c);
bool part_active(const struct part *p);	  /* has its resources */
bool part_is_vios(const struct part *p);
bool part_rmc(const struct part *p);	  /* answers DLPAR and viosvrcmd */
bool part_holds(const struct part *p);	  /* memory and processors are taken by it */
void config_defaults(struct config *c, const struct cec *sys);
void config_copy(struct config *to, const struct config *from); /* to's lists are replaced */
void config_free(struct config *c);
struct vadapter *adapter_at(const struct config *c, int slot);
struct vadapter *adapter_add(struct config *c, enum adapter_kind kind, int slot);
bool adapter_matches(const struct vadapter *server, const struct vadapter *client, const struct part *srv,
    const struct part *clt);
int config_units(const struct config *c); /* what it takes: dedicated processors count 100 each */
int cec_avail_mem(const struct cec *c);
int cec_avail_units(const struct cec *c);
struct procpool *pool_by_id(const struct cec *c, int id);
struct procpool *pool_by_name(const struct cec *c, const char *name);
struct vswitch *vswitch_find(const struct cec *c, const char *name);
void cec_new_wwpns(struct cec *c, struct vadapter *a);
void hmc_new_uuid(struct hmc *h, char out[40]);
void config_complete(struct hmc *h, struct cec *c, struct config *cf); /* WWPNs, the default switch */
/* The profile becomes the current configuration; the other way round, without made-up addresses. */
void config_take(struct hmc *h, struct cec *c, struct part *p, const struct profile *f);
void config_save(struct profile *f, const struct part *p);
void part_macs(struct part *p); /* addresses of the current adapters that have none: of the slot, as a rule */

/* hmc_vnic.c */
void vnics_free(struct part *p);
bool logical_port_used(const struct cec *c, int logical);

/* hmc_vios.c: what a VIOS is told */
void vios_tell(struct hmc *h, struct cec *c, struct part *vios); /* its server adapters, its name and state */
void vios_tell_all(struct hmc *h, struct cec *c);
/* The device of a server adapter on the VIOS, or NULL: vhostN, vfchostN, entN. */
const char *vios_device(const struct part *vios, const struct vadapter *a);

/* hmc_guest.c: time */
int64_t hmc_tick(struct hmc *h); /* does what is due; when the next thing is, INT64_MAX: never */
void hmc_looked(struct hmc *h, struct cec *c); /* as guest_looked() */
void part_plan(struct hmc *h, struct part *p, int event, double seconds);
void part_refcode(struct hmc *h, struct part *p, const char *code);

#endif
