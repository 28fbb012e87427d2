/* SPDX-License-Identifier: ISC */
/*
 * test_identity.c - whose request is it: files and peers of the service account, of real accounts, of liars.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "spool/identity.h"

#define SELF	500
#define SERVICE 600
#define ALICE	1001

static int
name_of(void *arg, uid_t uid, char *name, size_t size)
{
	(void)arg;
	if (uid != ALICE && uid != 0)
		return -1;
	(void)snprintf(name, size, "%s", uid == 0 ? "root" : "alice");
	return 0;
}

static int
uid_of(void *arg, const char *name, uid_t *uid)
{
	(void)arg;
	*uid = SERVICE;
	return strcmp(name, "pdservice") == 0 ? 0 : -1;
}

static const struct accounts accounts = { name_of, uid_of, NULL };
static struct identity	     id;
static struct pd_err	     e;
static char		     user[JOB_USER_MAX + 1];

static void
set_up(void)
{
	const struct pd_conf conf = { .file = (char *)"conf", .service_account = (char *)"pdservice" };

	cr_assert_eq(identity_init(&id, &conf, &accounts, SELF, &e), 0);
}

TestSuite(identity, .init = set_up);

static int
file_of(uid_t owner, const char *claimed, enum job_origin origin)
{
	struct job job = { .origin = origin };

	(void)snprintf(job.user, sizeof(job.user), "%s", claimed);
	return identity_of_file(&id, owner, &job, &e);
}

Test(identity, a_service_account_that_does_not_exist_is_an_error)
{
	const struct pd_conf conf = { .file = (char *)"conf", .service_account = (char *)"nobody-here" };

	cr_assert_eq(identity_init(&id, &conf, &accounts, SELF, &e), -1);
	cr_assert_eq(e.code, PD_BADDATA);
}

Test(identity, files_of_the_service_account_root_and_the_director_speak_for_others)
{
	cr_assert_eq(file_of(SERVICE, "bob", JOB_BY_KEY), 0);
	cr_assert_eq(file_of(0, "bob", JOB_BY_KEY), 0);
	cr_assert_eq(file_of(SELF, "bob", JOB_BY_KEY), 0);
}

Test(identity, a_file_of_another_account_cannot_claim_a_key)
{
	cr_assert_eq(file_of(ALICE, "bob", JOB_BY_KEY), -1);
	cr_assert_eq(e.code, PD_DENIED);
	cr_assert_eq(file_of(ALICE, "alice", JOB_BY_KEY), -1, "not even for itself: it did not come through a key");
}

Test(identity, a_file_by_account_must_be_its_owners)
{
	cr_assert_eq(file_of(ALICE, "alice", JOB_BY_ACCOUNT), 0);
	cr_assert_eq(file_of(ALICE, "bob", JOB_BY_ACCOUNT), -1);
	cr_assert_eq(e.code, PD_DENIED);
	cr_assert_eq(file_of(SERVICE, "alice", JOB_BY_ACCOUNT), -1, "the service account is nobody's account");
	cr_assert_eq(file_of(4242, "alice", JOB_BY_ACCOUNT), -1, "a uid without an account is nobody");
}

Test(identity, a_trusted_peer_names_the_user_and_another_is_its_account)
{
	cr_assert_eq(identity_of_peer(&id, SERVICE, "bob", JOB_BY_KEY, user, &e), 0);
	cr_assert_str_eq(user, "bob");
	cr_assert_eq(identity_of_peer(&id, ALICE, "", JOB_BY_KEY, user, &e), 0);
	cr_assert_str_eq(user, "alice");
	cr_assert_eq(identity_of_peer(&id, ALICE, "alice", JOB_BY_ACCOUNT, user, &e), 0);
	cr_assert_eq(identity_of_peer(&id, ALICE, "bob", JOB_BY_KEY, user, &e), -1);
	cr_assert_eq(e.code, PD_DENIED);
	cr_assert_eq(identity_of_peer(&id, 4242, "", JOB_BY_KEY, user, &e), -1);
}

Test(identity, a_claim_that_is_too_long_or_hostile_is_refused_and_shown_escaped)
{
	char longest[JOB_USER_MAX + 2];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	cr_assert_eq(identity_of_peer(&id, SERVICE, longest, JOB_BY_KEY, user, &e), -1);
	cr_assert_eq(identity_of_peer(&id, ALICE, "\033[31m", JOB_BY_KEY, user, &e), -1);
	cr_assert_null(strchr(e.msg, '\033'));
}
