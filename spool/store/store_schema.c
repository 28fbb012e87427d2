/* SPDX-License-Identifier: ISC */
/*
 * store_schema.c - the tables of STATE/powerdirector.db, and the way from an older version to this.
 *
 *	platform	one row per registered console; without an address it is this host
 *	system		one row per managed system behind a console (an IVM has one, which is named like it); goes with its platform
 *	inventory	what a system's console listed when it was asked last: all its partitions, ours or not; goes with its system
 *	image		one row per image and platform; goes with its platform
 *	vm		one row per VM, from its admission to its deletion; units, procs, memory, disk are what quota counts; addresses
 *			is taken out of spec by a trigger, whenever that is written, so that no list has to
 *	vm_address	IPv4 addresses of the VMs' networks, taken out of vm.spec by store_vm.c: one owner per VLAN and address
 *	job		one row per job, never deleted; seq is the order of intake; once is unique per user
 *	pending		jobs that are not final and the bytes of their files, per user and (user '') in all; triggers keep it,
 *			so that a limit is checked in the same time however many wait
 *	history		record is the canonical JSON text that hash proves; user, tenant, job and vm are computed from it, so
 *			that no index can say something else than the evidence.  Rows are not changed, and deleted when they are archived.
 *	history_base	the last record that was archived: the rows behind it are those that are here
 *	history_head	the last record's seq and hash: without it a cut at the end could not be found
 *
 * Times are wall milliseconds, sizes MiB, processing units hundredths.  args, value, spec, addresses,
 * objects, pools, facts and found are JSON texts.
 *
 * PRAGMA user_version holds the version, application_id says whose file it is.  A file of a newer
 * version, or of another program, is refused and left alone.  An upgrade happens in one
 * transaction: it is there whole or not at all.
 *
 * Every question has its index; partial indexes keep the questions about pending jobs independent
 * of how many have ended.
 */
#include "spool/store/store_sqlite.h"

#define TEXT_OF_(x) #x
#define TEXT_OF(x)  TEXT_OF_(x)

static const char version_1[] =
    "CREATE TABLE platform ("
    " name TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, address TEXT, port INTEGER NOT NULL DEFAULT 0,"
    " user TEXT, key TEXT, host_key TEXT, pools TEXT, facts TEXT, registered_ms INTEGER NOT NULL DEFAULT 0) STRICT;"

    "CREATE TABLE image ("
    " name TEXT NOT NULL, platform TEXT NOT NULL REFERENCES platform(name) ON DELETE CASCADE, file TEXT,"
    " size INTEGER NOT NULL DEFAULT 0, os TEXT, first_boot TEXT, description TEXT,"
    " registered_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, platform)) STRICT;"
    "CREATE INDEX image_platform ON image(platform);"

    "CREATE TABLE vm ("
    " name TEXT NOT NULL PRIMARY KEY, tenant TEXT NOT NULL, owner TEXT NOT NULL,"
    " platform TEXT NOT NULL REFERENCES platform(name), image TEXT, state TEXT NOT NULL,"
    " state_ms INTEGER NOT NULL DEFAULT 0, units INTEGER NOT NULL DEFAULT 0, procs INTEGER NOT NULL DEFAULT 0,"
    " memory INTEGER NOT NULL DEFAULT 0, disk INTEGER NOT NULL DEFAULT 0, lpar_id INTEGER NOT NULL DEFAULT 0,"
    " spec TEXT, objects TEXT, created_ms INTEGER NOT NULL DEFAULT 0, job TEXT) STRICT;"
    "CREATE INDEX vm_usage ON vm(tenant, owner, units, procs, memory, disk);"
    "CREATE INDEX vm_owner ON vm(owner);"
    "CREATE INDEX vm_platform ON vm(platform);"

    "CREATE TABLE vm_address ("
    " vlan INTEGER NOT NULL, ip INTEGER NOT NULL, vm TEXT NOT NULL REFERENCES vm(name) ON DELETE CASCADE,"
    " PRIMARY KEY (vlan, ip)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX vm_address_vm ON vm_address(vm);"

    "CREATE TABLE job ("
    " seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, verb TEXT NOT NULL, user TEXT NOT NULL, tenant TEXT,"
    " platform TEXT, vm TEXT, state TEXT NOT NULL, args TEXT, once TEXT, digest TEXT, note TEXT,"
    " plan INTEGER NOT NULL DEFAULT 0, source TEXT, origin TEXT, tag TEXT,"
    " submitted INTEGER NOT NULL DEFAULT 0, started INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0,"
    " attempts INTEGER NOT NULL DEFAULT 0, cancel INTEGER NOT NULL DEFAULT 0,"
    " code TEXT, exit INTEGER NOT NULL DEFAULT 0, message TEXT, value TEXT) STRICT;"
    "CREATE UNIQUE INDEX job_once ON job(user, once) WHERE once <> '';"
    "CREATE INDEX job_user ON job(user);"
    "CREATE INDEX job_tenant ON job(tenant);"
    "CREATE INDEX job_vm ON job(vm);"
    "CREATE INDEX job_platform ON job(platform);"
    "CREATE INDEX job_pending_user ON job(user) WHERE " JOB_IS_PENDING ";"
    "CREATE INDEX job_pending_tenant ON job(tenant) WHERE " JOB_IS_PENDING ";"
    "CREATE INDEX job_pending_vm ON job(vm) WHERE " JOB_IS_PENDING ";"
    "CREATE INDEX job_pending_platform ON job(platform) WHERE " JOB_IS_PENDING ";"

    "CREATE TABLE history ("
    " seq INTEGER PRIMARY KEY, hash BLOB NOT NULL CHECK (length(hash) = 32), record TEXT NOT NULL,"
    " user TEXT GENERATED ALWAYS AS (json_extract(record, '$.user')) VIRTUAL,"
    " tenant TEXT GENERATED ALWAYS AS (json_extract(record, '$.tenant')) VIRTUAL,"
    " job TEXT GENERATED ALWAYS AS (json_extract(record, '$.job')) VIRTUAL,"
    " vm TEXT GENERATED ALWAYS AS (json_extract(record, '$.vm')) VIRTUAL) STRICT;"
    "CREATE INDEX history_user ON history(user);"
    "CREATE INDEX history_tenant ON history(tenant);"
    "CREATE INDEX history_job ON history(job);"
    "CREATE INDEX history_vm ON history(vm);"
    "CREATE TABLE history_head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;"
    "INSERT INTO history_head VALUES (1, 0, zeroblob(32));"
    "CREATE TRIGGER history_keep_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;"
    "CREATE TRIGGER history_keep_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;"

    "PRAGMA application_id = " TEXT_OF(STORE_APPLICATION) ";"
    "PRAGMA user_version = 1;";

/*
 * history_base: the last record that was archived, and its hash; the rows up to it may be removed, and the chain of
 * those that stay goes on from it.  job.recorded: so many records of the job's journal are in the history.  kept: what
 * has to be known at the next start.
 */
static const char version_2[] =
    "ALTER TABLE job ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE history_base (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;"
    "INSERT INTO history_base VALUES (1, 0, zeroblob(32));"
    "DROP TRIGGER history_keep_delete;"
    "CREATE TRIGGER history_keep_delete BEFORE DELETE ON history WHEN OLD.seq > (SELECT seq FROM history_base)"
    " BEGIN SELECT RAISE(ABORT, 'history is never deleted before it is archived'); END;"
    "CREATE TABLE kept (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 2;";

#define NEW_IS_PENDING "NEW." JOB_IS_PENDING
#define OLD_IS_PENDING "OLD." JOB_IS_PENDING
#define COUNT_NEW \
    " BEGIN INSERT INTO pending VALUES (NEW.user, 1, NEW.bytes), ('', 1, NEW.bytes)" \
    " ON CONFLICT (user) DO UPDATE SET jobs = jobs + 1, bytes = bytes + excluded.bytes; END;"

static const char version_3[] =
    "ALTER TABLE job ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE pending (user TEXT NOT NULL PRIMARY KEY, jobs INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "INSERT INTO pending SELECT user, count(*), sum(bytes) FROM job WHERE " JOB_IS_PENDING " GROUP BY user;"
    "INSERT INTO pending SELECT '', total(jobs), total(bytes) FROM pending;"
    "CREATE TRIGGER pending_added AFTER INSERT ON job WHEN " NEW_IS_PENDING COUNT_NEW
    "CREATE TRIGGER pending_again AFTER UPDATE OF state ON job WHEN NOT " OLD_IS_PENDING " AND " NEW_IS_PENDING COUNT_NEW
    "CREATE TRIGGER pending_ended AFTER UPDATE OF state ON job WHEN " OLD_IS_PENDING " AND NOT " NEW_IS_PENDING
    " BEGIN UPDATE pending SET jobs = jobs - 1, bytes = bytes - OLD.bytes WHERE user IN (OLD.user, '');"
    " DELETE FROM pending WHERE user = OLD.user AND jobs = 0; END;"
    "PRAGMA user_version = 3;";

/*
 * Systems: what was registered before has one behind each console.  drained_ms: since when no new VM is put there, 0 =
 * it is not; why says so.  vm.label: the group that --apart-from names; vm.console_name: what the console calls it now,
 * when somebody renamed it there.
 */
static const char version_4[] =
    "ALTER TABLE platform ADD COLUMN second_address TEXT;"
    "ALTER TABLE platform ADD COLUMN second_port INTEGER;"
    "ALTER TABLE platform ADD COLUMN second_host_key TEXT;"
    "ALTER TABLE platform ADD COLUMN vios_access TEXT;"
    "ALTER TABLE platform ADD COLUMN drained_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE platform ADD COLUMN drain_why TEXT;"
    "CREATE TABLE managed_system ("
    " name TEXT NOT NULL PRIMARY KEY, platform TEXT NOT NULL REFERENCES platform(name) ON DELETE CASCADE, ident TEXT, level TEXT,"
    " facts TEXT, seen_ms INTEGER NOT NULL DEFAULT 0, drained_ms INTEGER NOT NULL DEFAULT 0, drain_why TEXT) STRICT;"
    "CREATE INDEX managed_system_platform ON managed_system(platform);"
    "INSERT INTO managed_system(name, platform, ident, level, facts) SELECT name, name,"
    " json_extract(facts, '$.type_model') || '*' || json_extract(facts, '$.serial'), json_extract(facts, '$.level'), facts FROM platform;"
    "CREATE TABLE inventory ("
    " system TEXT NOT NULL PRIMARY KEY REFERENCES managed_system(name) ON DELETE CASCADE, seen_ms INTEGER NOT NULL, found TEXT) STRICT;"
    "ALTER TABLE vm ADD COLUMN system TEXT;"
    "ALTER TABLE vm ADD COLUMN label TEXT;"
    "ALTER TABLE vm ADD COLUMN console_name TEXT;"
    "UPDATE vm SET system = platform;"
    "CREATE INDEX vm_system ON vm(system);"
    "ALTER TABLE image ADD COLUMN product TEXT;"
    "PRAGMA user_version = 4;";

/*
 * Leases: lease_ms is when the VM's ends, 0 = it has none; lease_ended_ms since when it is off for that, 0 = it is not;
 * lease_due_ms when the director does what comes next, 0 = nothing comes; lease_tries how often it has begun that.  VMs
 * that were there before have none.
 */
static const char version_5[] =
    "ALTER TABLE vm ADD COLUMN lease_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE vm ADD COLUMN lease_due_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE vm ADD COLUMN lease_ended_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE vm ADD COLUMN lease_tries INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX vm_lease ON vm(lease_due_ms) WHERE lease_due_ms > 0;"
    "CREATE INDEX vm_lease_tenant ON vm(tenant, lease_due_ms) WHERE lease_due_ms > 0;"
    "PRAGMA user_version = 5;";

/*
 * vm.addresses: the "ip" of its networks, but of one that a job is adding; parsing a thousand documents would take
 * longer than all of their list. What lists ask for comes in the order of the names: sorting took a third of their
 * time.
 */
#define ADDRESSES_OF_SPEC(spec) \
	"(SELECT json_group_array(json_extract(n.value, '$.ip')) FROM json_each(" spec ", '$.networks') n" \
	" WHERE json_extract(n.value, '$.ip') IS NOT NULL AND json_extract(n.value, '$.adding') IS NULL)"

static const char version_6[] =
    "ALTER TABLE vm ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]';"
    "UPDATE vm SET addresses = " ADDRESSES_OF_SPEC("spec") ";"
    "CREATE TRIGGER vm_addresses_new AFTER INSERT ON vm"
    " BEGIN UPDATE vm SET addresses = " ADDRESSES_OF_SPEC("NEW.spec") " WHERE rowid = NEW.rowid; END;"
    "CREATE TRIGGER vm_addresses_changed AFTER UPDATE OF spec ON vm"
    " BEGIN UPDATE vm SET addresses = " ADDRESSES_OF_SPEC("NEW.spec") " WHERE rowid = NEW.rowid; END;"
    "DROP INDEX vm_owner; DROP INDEX vm_platform;"
    "CREATE INDEX vm_tenant ON vm(tenant, name);"
    "CREATE INDEX vm_owner ON vm(owner, name);"
    "CREATE INDEX vm_platform ON vm(platform, name);"
    "PRAGMA user_version = 6;";

/* image.vioses: those that had its file when it was registered, [{system vios}]; NULL: nobody has looked. */
static const char version_7[] =
    "ALTER TABLE image ADD COLUMN vioses TEXT;"
    "PRAGMA user_version = 7;";

/* upgrades[i] leads from version i to i + 1 and sets user_version. */
static const char *const upgrades[STORE_VERSION] = { version_1, version_2, version_3, version_4, version_5, version_6,
	version_7 };

static int
one_number(struct store *st, const char *sql, int64_t *n, struct pd_err *e)
{
	struct stmt q;
	int	    rv;

	if (stmt_open(&q, st, sql, e) == -1)
		return -1;
	rv = stmt_step(&q, e);
	*n = rv == 1 ? sqlite3_column_int64(q.s, 0) : 0;
	stmt_close(&q);
	return rv == -1 ? -1 : 0;
}

/* Is this file ours, or empty, and of a version that this program knows? */
static int
check_file(struct store *st, int64_t *version, struct pd_err *e)
{
	int64_t application, objects;

	if (one_number(st, "PRAGMA user_version", version, e) == -1 ||
	    one_number(st, "PRAGMA application_id", &application, e) == -1 ||
	    one_number(st, "SELECT count(*) FROM sqlite_schema", &objects, e) == -1)
		return -1;
	if (objects == 0 && *version == 0)
		return 0;
	if (application != STORE_APPLICATION || *version < 1)
		return pd_fail(e, PD_BADDATA,
		    "%s is another program's database; move it away or name another state directory",
		    sqlite3_db_filename(st->db, NULL));
	if (*version > STORE_VERSION)
		return pd_fail(e, PD_BADDATA,
		    "%s was written by a newer PowerDirector (schema %lld, this program knows %d); "
		    "start the newer program, or restore the copy made before its installation",
		    sqlite3_db_filename(st->db, NULL), (long long)*version, STORE_VERSION);
	return 0;
}

int
store_schema(struct store *st, struct pd_err *e)
{
	int64_t version;
	int	rc;

	if (check_file(st, &version, e) == -1)
		return -1;
	if (version == STORE_VERSION)
		return 0;
	if (store_begin(st, e) == -1)
		return -1;
	if (check_file(st, &version, e) == -1)	/* another process may have been faster */
		goto fail;
	for (; version < STORE_VERSION; version++)
		if ((rc = sqlite3_exec(st->db, upgrades[version], NULL, NULL, NULL)) != SQLITE_OK) {
			(void)store_fail(st, rc, "make the tables", e);
			goto fail;
		}
	return store_commit(st, e);
fail:
	store_rollback(st);
	return -1;
}
