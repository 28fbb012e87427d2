#!/bin/sh
# The gateway started by somebody who prepares its process badly: argument count, descriptors, limits, signals, umask,
# environment, terminal.  It answers as always, or refuses; it never crashes, hangs or does what the environment says.
# usage: hostile-launch.sh DIRECTORY-OF-THE-BINARIES
set -u

bin=$(cd "$1" && pwd) || exit 1
gateway=$bin/powerdirector
work=$(mktemp -d "${TMPDIR:-/tmp}/pd-hostile.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
checks=0 failures=0

mkdir "$work/pam.d" "$work/keys"
printf 'account required pam_permit.so\nauth required pam_deny.so\n' >"$work/pam.d/powerdirector"
printf 'account required pam_deny.so\nauth required pam_deny.so\n' >"$work/pam.d/other"
cat >"$work/conf" <<EOT
spool     = '$work/spool'
state     = '$work/state'
socket    = '$work/query'
templates = '$work/templates'
keys      = '$work/keys'
worker    = '$bin/powerdirector-worker'
pam-directory   = '$work/pam.d'
pam-service     = 'powerdirector'
service-account = '$(id -un)'

role user {
	verbs = { '*' }
	scope = own
}

tenant blue {
	role    = user
	members = { alice }
	images    = { '*' }
	platforms = { '*' }
	pools     = { '*' }
}

end = true
EOT
chmod 600 "$work/conf"

# Starts a program in the state that its first argument names.  Perl would need a module for half of this.
cat >"$work/start.c" <<'EOT'
#include <sys/resource.h>
#include <sys/time.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
limit(int what, rlim_t soft)
{
	struct rlimit rl;

	getrlimit(what, &rl);
	rl.rlim_cur = soft;
	setrlimit(what, &rl);
}

static void
hard(int what, rlim_t value)
{
	struct rlimit rl = { value, value };

	setrlimit(what, &rl);
}

int
main(int argc, char **argv)
{
	const char     *how = argv[1];
	char	       *none[] = { NULL };
	struct itimerval soon = { { 0, 1000 }, { 0, 1000 } };
	sigset_t	all;

	if (argc < 3)
		return 99;
	if (strcmp(how, "argc0") == 0) {
		execve(argv[2], none, none);
		return 98;
	}
	if (strncmp(how, "close", 5) == 0)
		for (const char *p = how + 5; *p != '\0'; p++)
			close(*p - '0');
	if (strcmp(how, "descriptors") == 0) {
		limit(RLIMIT_NOFILE, 4096);
		for (int i = 0; i < 1000; i++)
			if (dup(2) == -1)
				break;
	}
	if (strcmp(how, "nofile") == 0)
		limit(RLIMIT_NOFILE, 4);
	if (strcmp(how, "fsize") == 0)
		limit(RLIMIT_FSIZE, 0);
	if (strcmp(how, "as") == 0)
		limit(RLIMIT_AS, 64 << 20);
	if (strcmp(how, "stack") == 0)
		limit(RLIMIT_STACK, 128 << 10);
	if (strcmp(how, "core") == 0)
		limit(RLIMIT_CORE, RLIM_INFINITY);
	if (strcmp(how, "ignored") == 0)
		for (int s = 1; s < 64; s++)
			signal(s, SIG_IGN);
	if (strcmp(how, "blocked") == 0) {
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
	}
	if (strcmp(how, "timers") == 0) {
		setitimer(ITIMER_VIRTUAL, &soon, NULL);
		alarm(1);
	}
	if (strcmp(how, "cpu") == 0)
		limit(RLIMIT_CPU, 1);
	if (strcmp(how, "hard-fsize") == 0)
		hard(RLIMIT_FSIZE, 0);
	if (strcmp(how, "hard-nofile") == 0)
		hard(RLIMIT_NOFILE, 4);
	if (strcmp(how, "hard-as") == 0)
		hard(RLIMIT_AS, 24 << 20);
	if (strcmp(how, "hard-nproc") == 0)
		hard(RLIMIT_NPROC, 0);
	if (strcmp(how, "umask") == 0)
		umask(0777);
	if (strcmp(how, "cwd") == 0 && chdir("/proc/self/fd") == -1)
		return 97;
	if (strcmp(how, "gone") == 0 && (mkdir("/tmp/pd-gone", 0700) == -1 || chdir("/tmp/pd-gone") == -1 || rmdir("/tmp/pd-gone") == -1))
		return 96;
	execv(argv[2], argv + 2);
	return 98;
}
EOT
sed -i '1i #include <sys/stat.h>' "$work/start.c"
${CC:-cc} -o "$work/start" "$work/start.c" || exit 1

fail() {
	failures=$((failures + 1))
	echo "FAIL: $*" >&2
	head -n 5 "$work/out" "$work/err" >&2
}

# run HOW words...: leaves $status, out, err
run() {
	how=$1
	shift
	timeout 20 "$work/start" "$how" "$gateway" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

answers() {	# answers HOW: version and whoami as always
	run "$1" version
	checks=$((checks + 1))
	[ "$status" = 0 ] || fail "$1: version: exit status $status"
	case $1 in close*) ;; *) grep -q '^PowerDirector [0-9]' "$work/out" || fail "$1: no version" ;; esac
	run "$1" -c "$work/conf" --user alice whoami
	checks=$((checks + 1))
	[ "$status" = 0 ] || fail "$1: whoami: exit status $status"
	case $1 in close*) ;; *) grep -q 'alice' "$work/out" || fail "$1: whoami does not know alice" ;; esac
}

# The sanitizers' own address space does not fit, and their start takes longer than the timers.
timers=timers
if nm "$gateway" 2>/dev/null | grep -q __asan_init; then
	timers=
else
	answers as
fi
for how in nothing descriptors nofile fsize stack core cpu hard-nproc ignored blocked $timers umask cwd gone close0 close02 close012; do
	answers "$how"
done

# Without stdout the answer is lost and that is an error, but nothing is written elsewhere: descriptor 1 is /dev/null then.
run close1 -c "$work/conf" --user alice whoami
checks=$((checks + 1))
[ "$status" = 0 ] || fail "close1: exit status $status"
run close2 -c "$work/conf" --user alice create-vm
checks=$((checks + 1))
[ "$status" = 64 ] || fail "close2: exit status $status"

# Hard limits that leave no room: whatever it answers, it is an answer.
for how in hard-nofile hard-as; do
	run $how -c "$work/conf" --user alice whoami
	checks=$((checks + 1))
	[ "$status" -lt 128 ] || fail "$how: exit status $status"
done

# A job file of a process with a hostile umask, signals and directory is as any other; without room for a byte there is none.
"$bin/powerdirectord" -c "$work/conf" --init || fail 'init'
for how in umask ignored blocked gone fsize close012; do
	run $how -c "$work/conf" --user alice create-vm "$how" --memory 512M --disk 1G --detach
	checks=$((checks + 1))
	[ "$(stat -c %a "$work/spool/new"/* 2>/dev/null)" = 600 ] || fail "$how: no job file of mode 0600 (exit status $status)"
	rm -f "$work/spool/new"/*
done
run hard-fsize -c "$work/conf" --user alice create-vm x --memory 512M --disk 1G --detach
checks=$((checks + 1))
[ "$status" -gt 0 ] && [ "$status" -lt 126 ] && [ -z "$(ls "$work/spool/new" "$work/spool/tmp" | grep -v :)" ] ||
    fail "a job file without a byte: exit status $status"

# stdin is a device, endless or broken.
for device in /dev/zero /dev/full /dev/urandom /dev/null; do
	checks=$((checks + 1))
	timeout 20 "$gateway" -c "$work/conf" --user alice - <"$device" >"$work/out" 2>"$work/err"
	status=$?
	[ "$status" -ge 64 ] && [ "$status" -lt 124 ] || fail "a request from $device: exit status $status"
done

# Director and worker, as far as somebody could start them so.
mkdir "$work/templates" 2>/dev/null
for how in nothing descriptors nofile fsize stack core cpu ignored blocked $timers umask cwd gone close0 close012; do
	for words in "powerdirectord --version" "powerdirectord -c $work/conf --check" "powerdirector-worker --version" powerdirector-worker; do
		timeout 20 "$work/start" $how "$bin/"$words >"$work/out" 2>"$work/err" </dev/null
		status=$?
		checks=$((checks + 1))
		case $words in
		powerdirector-worker) expected=64 ;;
		*) expected=0 ;;
		esac
		[ "$status" = "$expected" ] || fail "$how: $words: exit status $status"
	done
done
timeout 20 "$work/start" argc0 "$bin/powerdirectord" >"$work/out" 2>"$work/err"
status=$?
checks=$((checks + 1))
[ "$status" -gt 0 ] && [ "$status" -lt 126 ] || fail "director with argc 0: exit status $status"

# No arguments at all: Linux 5.18 and later put an empty argv[0] there, others do not.
run argc0
checks=$((checks + 1))
[ "$status" -gt 0 ] && [ "$status" -lt 126 ] || fail "argc 0: exit status $status"

# The environment is not asked.
checks=$((checks + 1))
env -i USER=admin LOGNAME=admin HOME=/nonexistent SHELL=/bin/false IFS=x PATH=/nonexistent LC_ALL=xx_YY LANG=zz LANGUAGE=zz \
    LC_MESSAGES=/etc LOCPATH=/tmp MALLOC_PERTURB_=255 MALLOC_CHECK_=3 MALLOC_ARENA_MAX=1 LD_LIBRARY_PATH=/nonexistent \
    LD_ORIGIN_PATH=/x LD_PROFILE=x RES_OPTIONS=debug HOSTALIASES=/etc/passwd NLSPATH=/x TZ=:/etc/passwd TMPDIR=/nonexistent TERM=evil LD_BIND_NOW=1 GCONV_PATH=/x CONFUSE=1 PD_CONF=/dev/null \
    SSH_CONNECTION="$(printf '\033[31m')evil 1 2 3" SSH_USER_AUTH=/etc/passwd SSH_ORIGINAL_COMMAND=whoami \
    "$gateway" -c "$work/conf" --user alice >"$work/out" 2>"$work/err" </dev/null || fail "foreign environment: exit status $?"
checks=$((checks + 1))
grep -q 'alice' "$work/out" || fail 'the environment changed who asks'
checks=$((checks + 1))
! grep -q evil "$work/out" || fail 'a forged SSH_CONNECTION was believed'

# SSH_ORIGINAL_COMMAND of any kind.
original() {	# original STATUS LINE
	SSH_ORIGINAL_COMMAND=$2 "$gateway" -c "$work/conf" --user alice >"$work/out" 2>"$work/err" </dev/null
	status=$?
	checks=$((checks + 1))
	[ "$status" = "$1" ] || fail "request $(printf %.40s "$2"): exit status $status instead of $1"
	checks=$((checks + 1))
	! cat "$work/out" "$work/err" | LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" || fail "request $(printf %.40s "$2"): control bytes in the answer"
}
original 0 ''
original 0 help
original 0 ' whoami '
original 65 "$(printf 'whoami\nid')"
original 65 "$(printf 'whoami \033[31m')"
original 65 "$(printf 'who\377')"
original 65 "whoami 'x"
original 64 "whoami $(head -c 2000 /dev/zero | tr '\0' x)"
original 65 "whoami $(head -c 70000 /dev/zero | tr '\0' x)"
original 64 "$(yes a | head -n 300 | tr '\n' ' ')"
for line in internal-sftp /usr/lib/openssh/sftp-server 'scp -t /tmp' 'scp -f x' 'rsync --server -e.LsfxC . /' sh 'bash -i' '/bin/sh -c id' \
    "git-upload-pack '/x.git'" 'exit 0' '() { :;}; id'; do
	original 64 "$line"
done
original 64 'rsync --server .'
grep -q 'help' "$work/err" || fail 'the refusal of rsync does not say what to do'

# stdout that cannot be written.
if [ -c /dev/full ]; then
	checks=$((checks + 1))
	"$gateway" version >/dev/full 2>"$work/err"
	[ $? != 0 ] || fail 'a full stdout was not noticed'
fi

# Options of the program itself.
for words in '-c relative version' '-c' '--user' '--user -x version' '--user a/b version'; do
	run nothing $words
	checks=$((checks + 1))
	[ "$status" = 64 ] || fail "$words: exit status $status"
done
run nothing -c "$work/nosuch" --user alice whoami
checks=$((checks + 1))
[ "$status" != 0 ] && [ "$status" -lt 126 ] || fail "no configuration: exit status $status"
chmod 666 "$work/conf"
run nothing -c "$work/conf" --user alice whoami
checks=$((checks + 1))
[ "$status" = 77 ] || fail "a configuration that others may write: exit status $status"
chmod 600 "$work/conf"

# A locked account, and a PAM service that is not there.
printf 'account required pam_deny.so\n' >"$work/pam.d/powerdirector"
run nothing -c "$work/conf" --user alice whoami
checks=$((checks + 1))
[ "$status" = 77 ] || fail "locked account: exit status $status"
rm "$work/pam.d/powerdirector"
run nothing -c "$work/conf" --user alice whoami
checks=$((checks + 1))
[ "$status" = 77 ] || fail "missing PAM service: exit status $status"

# What it is linked with: every library is start-up time of every request.
if command -v ldd >/dev/null 2>&1; then
	checks=$((checks + 1))
	! ldd "$gateway" | grep -E 'libssh|libsqlite|libcrypto|libssl|libisofs' || fail 'the gateway links what it must not'
fi

echo "hostile-launch.sh: $checks checks, $failures failed"
[ "$failures" = 0 ]
