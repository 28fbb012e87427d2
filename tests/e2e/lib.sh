# Shared by the end-to-end tests: a private site, requests as its users, assertions.
# Sourced with $1 = the directory of the programs.  Sets $site; ends everything at exit.
# With needs_mounts=1 set before, the test runs in a mount namespace of its own, as root.
set -u

if [ -n "${needs_mounts:-}" ] && [ -z "${PD_WORK:-}" ]; then	# the directory outlives the namespace: it is removed out here
	if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
		echo 'needs root and unshare(1)'
		exit 77
	fi
	PD_WORK=$(mktemp -d "${TMPDIR:-/tmp}/pd-e2e.XXXXXX") || exit 1
	export PD_WORK
	unshare -m --propagation private sh "$0" "$@"
	status=$?
	rm -rf "$PD_WORK"
	exit $status
fi
bin=$(cd "$1" && pwd) || exit 1
source=$(cd "$(dirname "$0")/../.." && pwd)
work=${PD_WORK:-$(mktemp -d "${TMPDIR:-/tmp}/pd-e2e.XXXXXX")} || exit 1
site=$work/site
failures=0
checks=0
# One place for sanitizer reports, leaks among them, of every program that the site starts.
mkdir "$work/san"
export ASAN_OPTIONS="log_path=$work/san/asan:detect_leaks=1" UBSAN_OPTIONS="log_path=$work/san/ubsan:print_stacktrace=1" \
    LSAN_OPTIONS="suppressions=$source/tests/lsan.supp:print_suppressions=0"

finish() {
	status=$?
	[ ! -d "$site" ] || "$source/tests/demo/site" down "$site"
	for report in "$work"/san/*; do
		[ -s "$report" ] || continue
		head -n 60 "$report" >&2
		failures=$((failures + 1))
	done
	if [ "$failures" != 0 ] && [ -n "${KEEP:-}" ]; then
		echo "kept: $work" >&2
	else
		rm -rf "$work" 2>/dev/null	# a mount point goes with its namespace
	fi
	echo "$(basename "$0"): $checks checks, $failures failed"
	[ "$failures" = 0 ] || exit 1
	case $status in 0 | 77) exit "$status" ;; *) exit 1 ;; esac
}
trap finish EXIT
trap 'exit 130' INT TERM

site_up() { "$source/tests/demo/site" up "$site" "$bin" || exit 1; }
site_start() { "$source/tests/demo/site" start "$site" "$1" || exit 1; }
site_stop() { "$source/tests/demo/site" stop "$site" "$1"; }

fail() {
	failures=$((failures + 1))
	echo "FAIL: $*" >&2
	[ ! -s "$work/out" ] || sed 's/^/    out: /' "$work/out" | head -n 20 >&2
	[ ! -s "$work/err" ] || sed 's/^/    err: /' "$work/err" | head -n 20 >&2
}

# An ordinary user's sshd can hand out a terminal only if it belongs to the group tty from the beginning.
needs_terminals() {
	[ "$(id -u)" != 0 ] || return 0
	[ "$(script -q -c 'stat -c %G "$(tty)"' /dev/null </dev/null | tr -d '\r')" = tty ] && return 0
	echo 'needs root, or /dev/pts mounted with gid=5'
	exit 77
}

# One request of a user over ssh (a shared connection: the handshake is not what is tested).
# Leaves $work/out, $work/err and $status.
request() {	# request USER words...
	user=$1
	shift
	ssh -F "$site/ssh_config" -o ControlMaster=auto -o ControlPersist=60 "$user" "$@" \
	    <"${stdin:-/dev/null}" >"$work/out" 2>"$work/err"
	status=$?
}

# The same, and it must end with the expected status.
as() {	# as USER STATUS words...
	who=$1 expected=$2
	shift 2
	request "$who" "$@"
	checks=$((checks + 1))
	[ "$status" = "$expected" ] || fail "$who: $*: exit status $status instead of $expected"
}

says() {	# the last request's stdout or stderr matches an extended regular expression
	checks=$((checks + 1))
	cat "$work/out" "$work/err" | grep -qE -e "$1" || fail "no /$1/ in the answer"
}

says_not() {
	checks=$((checks + 1))
	! cat "$work/out" "$work/err" | grep -qE -e "$1" || fail "/$1/ in the answer"
}

json() {	# json FILTER: the last stdout through jq
	jq -r "$1" "$work/out"
}

is() {	# is WHAT EXPECTED ACTUAL
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# Waits for a condition, up to half a minute.
wait_until() {	# wait_until WHAT command...
	what=$1
	shift
	checks=$((checks + 1))
	for try in $(seq 300); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	fail "$what: not within half a minute"
	return 1
}
# More simulated machines beside those of the site; trap 'stop_more; finish' EXIT.
extra=
stop_more() {
	for pid in $extra; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
}
more() {	# more CONSOLE KIND WORLD
	mkdir -p "$site/$1"
	"$bin/powerdirector-sim" --kind "$2" --listen 127.0.0.1:0 --world "$3" --state "$site/$1" \
	    --authorized-keys "$site/etc/power1-authorized_keys" --speed 0 >"$site/log/$1" 2>&1 &
	extra="$extra $!"
	echo $! >"$site/run/$1.pid"
	wait_until "$1 is there" test -s "$site/$1/port"
}

# The console that a test is about: power1, an IVM, or hmc1 (with SITE_HMC).
console=power1
# The simulated console's state without what changes by itself (clocks, counters).
world() { jq -S 'del(.volatile)' "$site/$console/world.json"; }

# Platform and image as most tests need them.
register() {
	as admin 0 register-platform power1 --kind ivm --address 127.0.0.1 --port "$(cat "$site/power1/port")" \
	    --key power1 --host-key "$(ssh-keygen -lf "$site/power1/host_key.pub" | cut -d' ' -f2)" --pools datavg,rootvg
	as admin 0 register-image rhel6 --platform power1 --file /home/padmin/images/rhel6/rhel6.0 --os linux --first-boot agent
}

register_hmc() {
	as admin 0 register-platform hmc1 --kind hmc --address 127.0.0.1 --port "$(cat "$site/hmc1/port")" \
	    --key hmc1 --host-key "$(ssh-keygen -lf "$site/hmc1/host_key.pub" | cut -d' ' -f2)"
	as admin 0 register-image rhel9 --platform hmc1 --file /home/padmin/images/rhel9/rhel9.0 --os linux --first-boot agent
}

# The site's own copy of the sequences, with short limits.
quick_sequences() {
	"$source/tests/e2e/quick-sequences" "$source/templates" "$work/templates"
	sed -i "s|^templates = .*|templates = '$work/templates'|" "$site/etc/powerdirector.conf"
	kill -HUP "$(cat "$site/run/director.pid")"
	wait_until 'the sequences are reloaded' grep -q 'event=policy ' "$site/log/director"
}

# Faults of the simulator from now on: one specification a line on stdin, none to clear.
faults() {
	case $console in hmc1) program=hmc ;; *) program=simulator ;; esac
	loaded=$(grep -c '^faults: ' "$site/log/$program")
	cat >"$site/$console/faults"
	kill -HUP "$(cat "$site/run/$program.pid")"
	tries=0
	until [ "$(grep -c '^faults: ' "$site/log/$program")" -gt "$loaded" ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { fail 'the simulator has not read its faults'; return; }
		sleep 0.05
	done
}

# What the console is sent from now on, one command a line.
nothing_sent() { : >"$site/$console/transcript.jsonl"; }
sent() { jq -r '.ran[]?.command // empty' "$site/$console/transcript.jsonl" | grep -E -e "${1:-.}"; }

is_as_before() {	# is_as_before WHAT: the console, compared with $work/before
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$*: the console is not as before"
}

# The same request again and again, each time with another of its commands refused, one of $every.  It ends with one of
# STATUSES, and the console is as before; what else must be so then a test says with a function each_time, which also takes
# back what was done though a command was refused.
every=1
each_time() { :; }
each_refused() {	# each_refused COMMANDS 'STATUSES' USER words...
	total=$1 statuses=$2 asking=$3 refused=0
	shift 3
	case $console in hmc1) words=HSCL0000 ;; *) words=0516-000 ;; esac
	world >"$work/before"
	while [ $refused -lt "$total" ]; do
		refused=$((refused + every))
		nothing_sent
		echo "match=.*,nth=$refused,action=refuse,status=1,stderr=$words test: refused" | faults
		request "$asking" "$@"
		faults </dev/null
		refusal="$1, command $refused refused ($(sent | sed -n "${refused}p"))"
		checks=$((checks + 1))
		case " $statuses " in *" $status "*) ;; *) fail "$refusal: exit status $status" ;; esac
		each_time
		is_as_before "$refusal"
	done
	echo "$1: $((refused / every)) of $total commands refused, one at a time"
}

# Plain options of the configuration from now on, in place of those of the same name; in force when it returns.
policies() { grep -c 'event=policy ' "$site/log/director"; }
has_policies() { [ "$(policies)" -ge "$1" ]; }
options() {	# options 'NAME = VALUE'...
	conf=$site/etc/powerdirector.conf
	wanted=$(($(policies) + 1))
	for line in "$@"; do
		sed -i "/^${line%% *}[ =]/d" "$conf"
		sed -i "1i $line" "$conf"
	done
	kill -HUP "$(cat "$site/run/director.pid")"
	wait_until 'the new policy' has_policies $wanted
}

# For full disks: a small file system in place of the site's spool or state, with what was there; the director is
# stopped meanwhile.
small_disk() {	# small_disk PART OPTIONS
	site_stop director
	cp -a "$site/$1" "$work/$1"
	rm -f "$work/$1/reserve" "$work/$1/journal/reserve"	# it has the size of the large disk
	mount -t tmpfs -o "$2,mode=700" tmpfs "$site/$1"
	cp -a "$work/$1/." "$site/$1/"
	rm -rf "${work:?}/$1"
	site_start director
}
# Fills it up until so many percent are free; 0: to the last byte.
fill() {	# fill PART PERCENT
	if [ "$2" = 0 ]; then
		dd if=/dev/zero bs=4k 2>/dev/null >>"$site/$1/filler"
		dd if=/dev/zero bs=64 2>/dev/null >>"$site/$1/filler"
		return
	fi
	free=$(df -k --output=avail "$site/$1" | tail -n 1)
	all=$(df -k --output=size "$site/$1" | tail -n 1)
	[ $((free * 100)) -le $((all * $2)) ] ||
	    dd if=/dev/zero bs=1k count=$((free - all * $2 / 100)) 2>/dev/null >>"$site/$1/filler"
}
reserve() {	# reserve PART: its file
	case $1 in spool) echo "$site/spool/journal/reserve" ;; state) echo "$site/state/reserve" ;; esac
}
