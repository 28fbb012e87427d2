#!/bin/sh
# What the programs have given up while they work: what the kernel says of each, that a call which the sandbox forbids ends the
# worker and the director's log says so, and that the tables hold on other processors.  What is forbidden is in tests/unit/test_sandbox.c.
. "$(dirname "$0")/lib.sh"
text=$("$bin/powerdirectord" --version | sed -n 's/^sandbox: //p')
case $text in none*)
	echo "no sandbox to look at: $text"
	exit 77
esac
if [ ! -e /proc/self/status ] || ! grep -q '^Seccomp:' /proc/self/status; then
	echo 'this kernel has no seccomp'
	exit 77
fi

export SITE_SPEED=0
site_up
register

# Mode 2 is a filter.  What nobody may trace or dump belongs to root in /proc.
boxed() {	# boxed NAME PID
	is "$1: seccomp" 2 "$(awk '/^Seccomp:/ { print $2 }' "/proc/$2/status")"
	is "$1: no new privileges" 1 "$(awk '/^NoNewPrivs:/ { print $2 }' "/proc/$2/status")"
	is "$1: its owner in /proc" 0 "$(stat -c %u "/proc/$2/stat")"
	is "$1: core files" '0 0' "$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$2/limits")"
	[ "$(id -u)" = 0 ] || { checks=$((checks + 1)); ! cat "/proc/$2/environ" >/dev/null 2>&1 || fail "$1: its own user may look into it"; }
}

# A job that takes a while: gateway, director and worker are all there.
echo 'match=mksyscfg,nth=1,action=delay,ms=6000' | faults
ssh -F "$site/ssh_config" alice create-vm web1 --image rhel6 --memory 512M --disk 1G </dev/null >"$work/out1" 2>"$work/err1" &
ssh=$!
director=$(cat "$site/run/director.pid")
worker_of() { pgrep -P "$director" powerdirector-w >"$work/worker"; }
gateway_of() { pgrep -f "^$bin/powerdirector -c $site/etc/powerdirector.conf --user alice" >"$work/gateway"; }
has_connected() { grep -q mksyscfg "$site/power1/transcript.jsonl" || [ "$(grep -c . "$site/power1/transcript.jsonl")" -gt 3 ]; }
wait_until 'a worker' worker_of
wait_until 'a gateway' gateway_of
wait_until 'the console at work' has_connected
boxed director "$director"
boxed worker "$(cat "$work/worker")"
boxed gateway "$(cat "$work/gateway")"
is 'processes that a worker may start' '0 0' "$(awk '/^Max processes/ { print $3, $4 }' "/proc/$(cat "$work/worker")/limits")"

# A worker that its sandbox ends is named, and the job goes on with another one.
kill -SYS "$(cat "$work/worker")"
wait "$ssh"
is 'the job whose worker was ended' 0 $?
cp "$site/log/director" "$work/out"
says 'level=err event=worker-killed platform=power1 pid=[0-9]+ signal=31 why="it made a system call that its sandbox forbids'
says 'event=worker-lost'
as alice 0 show-vm web1

"$bin/powerdirectord" -c "$site/etc/powerdirector.conf" --check >"$work/out" 2>&1
is '--check' 0 $?
says '^sandbox: seccomp'

# None of them links the library: loading it is time of every request.
for program in powerdirector powerdirectord powerdirector-worker; do
	checks=$((checks + 1))
	! ldd "$bin/$program" | grep libseccomp || fail "$program links libseccomp"
done

# The tables on other processors, POWER first.
for machine in ppc64le ppc64 aarch64 s390x x86_64; do
	"$bin/sandbox-filter" $machine >"$work/out" 2>"$work/err"
	is "tables for $machine" 0 $?
	says '^static struct sock_filter sandbox_worker'
done

# The unit file: systemd understands every line of it, it lets the programs set their filters, and is as tight as it was.
if command -v systemd-analyze >/dev/null 2>&1; then
	sed "s|/usr/local/sbin|$bin|" "$source/spool/powerdirectord.service" >"$work/powerdirectord.service"
	systemd-analyze verify --man=no "$work/powerdirectord.service" >"$work/out" 2>"$work/err"
	is 'systemd-analyze verify' 0 $?
	says_not 'powerdirectord.service'
	systemd-analyze security --offline=yes --no-pager --threshold=20 "$work/powerdirectord.service" >"$work/out" 2>"$work/err"
	is 'an exposure of at most 2.0' 0 $?
	grep 'Overall exposure' "$work/out"
else
	echo 'the unit file is not looked at: there is no systemd-analyze'
fi
for call in seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self; do
	checks=$((checks + 1))
	grep -q "^SystemCallFilter=@.* $call" "$source/spool/powerdirectord.service" || fail "the unit's filter does not allow $call"
done
