/* SPDX-License-Identifier: ISC */
/*
 * conf_limits.c - how much of everything: the numbers of powerdirector.conf that nobody may exceed, with their
 * defaults.
 *
 * Where a default comes from stands in powerdirector.conf(5), which gives the reason beside each.
 */
#include "policy/conf_parts.h"

#define DAY_S	     86400
#define PENDING_MOST 1000000	/* a directory of so many names still takes a new one in the same time (measured to 1 M) */
/*
 * Above it the time between two requests is no longer than the error of counting it in whole nanoseconds, and one
 * request more than allowed would pass.
 */
#define REQUESTS_MOST 100000

#define FIELD(f) offsetof(struct pd_conf, f)

static const struct {
	const char   *name;
	enum arg_type type;
	int64_t	      min, max, initial;	/* in the unit of the type (gateway/verbs.h) */
	size_t	      field;
} limits[] = {
	{ "jobs-per-platform", ARG_COUNT, 1, 64, 2, FIELD(jobs_per_platform) },
	{ "jobs-per-hmc", ARG_COUNT, 1, 64, 4, FIELD(jobs_per_hmc) },
	{ "jobs-total", ARG_COUNT, 1, 1024, 16, FIELD(jobs_total) },
	{ "pending-per-user", ARG_COUNT, 1, PENDING_MOST, 200, FIELD(pending_per_user) },
	{ "pending-total", ARG_COUNT, 1, PENDING_MOST, 20000, FIELD(pending_total) },
	{ "bytes-per-user", ARG_SIZE, 1, 1024 * 1024, 8, FIELD(bytes_per_user_mib) },
	{ "bytes-total", ARG_SIZE, 1, 1024 * 1024, 512, FIELD(bytes_total_mib) },
	{ "followers-per-user", ARG_COUNT, 1, 10000, 8, FIELD(followers_per_user) },
	{ "followers-total", ARG_COUNT, 1, 10000, 256, FIELD(followers_total) },
	{ "requests-per-minute", ARG_COUNT, 0, REQUESTS_MOST, 600, FIELD(requests_per_minute) },
	{ "log-size", ARG_SIZE, 1, 1024, 64, FIELD(log_size_mib) },
	{ "disk-warn", ARG_COUNT, 0, 90, 10, FIELD(disk_warn) },
	{ "disk-refuse", ARG_COUNT, 0, 90, 5, FIELD(disk_refuse) },
	{ "disk-reserve", ARG_SIZE, 0, 1024, 16, FIELD(disk_reserve_mib) },
	{ "once-keep", ARG_DURATION, 1, 3660 * DAY_S, 7 * DAY_S, FIELD(once_keep_s) },
	{ "retry-first", ARG_DURATION, 1, 3600, 2, FIELD(retry_first_s) },
	{ "retry-longest", ARG_DURATION, 1, DAY_S, 600, FIELD(retry_longest_s) },
	{ "platform-wait", ARG_DURATION, 1, 31 * DAY_S, DAY_S, FIELD(platform_wait_s) },
	{ "worker-idle", ARG_DURATION, 1, DAY_S, 600, FIELD(worker_idle_s) },
	{ "worker-jobs", ARG_COUNT, 1, 1000000, 1000, FIELD(worker_jobs) },
	{ "history-page", ARG_COUNT, 1, 1000, 50, FIELD(history_page) },
	{ "history-witness", ARG_COUNT, 1, 1000000, 1000, FIELD(history_witness) },
	{ "keep-history", ARG_DURATION, 1, 36600LL * DAY_S, 0, FIELD(keep_history_s) },
	{ "inventory-every", ARG_DURATION, 0, 31 * DAY_S, 120, FIELD(inventory_every_s) },
	{ "leases-per-hour", ARG_COUNT, 0, 10000, 20, FIELD(leases_per_hour) },
	{ "lease-settle", ARG_DURATION, 0, DAY_S, 600, FIELD(lease_settle_s) },
	{ "history-refusals", ARG_COUNT, 1, 1000, 20, FIELD(history_refusals) },
};

int
conf_set_limits(struct conf_parse *p)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		int64_t *out = (int64_t *)(void *)((char *)p->conf + limits[i].field);

		*out = limits[i].initial;
		if (conf_number(p, p->cfg, limits[i].name, limits[i].type, limits[i].min, limits[i].max, out) == -1)
			return -1;
	}
	if (p->conf->disk_warn < p->conf->disk_refuse)
		return conf_fail(p,
		    conf_word(p->cfg, conf_word(p->cfg, "disk-warn", 0) != NULL ? "disk-warn" : "disk-refuse", 0)->line,
		    "disk-warn is %lld and disk-refuse is %lld; a warning that comes after the refusal helps nobody",
		    (long long)p->conf->disk_warn, (long long)p->conf->disk_refuse);
	return 0;
}
