/* SPDX-License-Identifier: ISC */
/*
 * director_dirs.c - the state directory and the spool group.
 */
#include <sys/stat.h>

#include <grp.h>
#include <unistd.h>

#include "spool/director/director_dirs.h"
#include "spool/os/io.h"
#include "spool/os/sys.h"

#define GROUP_BUF 65536	/* a group with many members is long */

int
director_group(const struct pd_conf *conf, gid_t *gid, struct pd_err *e)
{
	static const char what[] = "the spool group %s does not exist on this host";
	char		  buf[GROUP_BUF];
	struct group	  gr, *found = NULL;

	*gid = (gid_t)-1;
	if (conf->spool_group == NULL)
		return 0;
	if (getgrnam_r(conf->spool_group, &gr, buf, sizeof(buf), &found) != 0 || found == NULL)
		return pd_fail(e, PD_BADDATA, what, conf->spool_group);
	*gid = gr.gr_gid;
	return 0;
}

int
director_state_dir(const struct pd_conf *conf, int make, struct pd_err *e)
{
	struct stat st;
	int	    fd;

	if (make && io_make_dir(conf->state, 0700, e) == -1)
		return -1;
	if ((fd = io_open_dir(conf->state, e)) == -1)
		return -1;
	if (sys.fstat(fd, &st) == -1) {
		pd_fail_sys(e, PD_IO, "stat %s", conf->state);
	} else if (st.st_uid != geteuid()) {
		pd_fail(e, PD_DENIED, "%s belongs to uid %lu, powerdirectord runs as uid %lu", conf->state,
		    (unsigned long)st.st_uid, (unsigned long)geteuid());
	} else if ((st.st_mode & 077) != 0) {
		pd_fail(e, PD_DENIED, "%s has mode %04o, others may not enter it: chmod 0700", conf->state,
		    (unsigned)st.st_mode & 07777);
	} else {
		return fd;
	}
	(void)sys.close(fd);
	return -1;
}
