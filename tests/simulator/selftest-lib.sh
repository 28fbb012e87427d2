# SPDX-License-Identifier: ISC
# Shared by the simulator's self-tests: a simulator on a free port, the stock ssh client, checks.
# Sourced with $1 = the simulator.  Sets $here (unless it is), $dir (removed at the end) and, by launch, $pid.
set -u

name=$(basename "$0" .sh)
here=${here:-$(cd "$(dirname "$0")" && pwd)}
sim=${1:-$here/../../build/release/powerdirector-sim}
dir=$(mktemp -d "${TMPDIR:-/tmp}/simtest.XXXXXX") || exit 1
pid=
failed=0
passed=0

cleanup() {
	[ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

[ -x "$sim" ] || { echo "$name: no $sim" >&2; exit 1; }
ssh-keygen -q -t ed25519 -N '' -f "$dir/key" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$dir/stranger" || exit 1

# launch KIND WORLD OPTIONS...: a simulator on a free port, on the same state as before
launch() {
	kind=$1 world=$2
	case $world in /*) ;; *) world=$here/worlds/$world ;; esac
	shift 2
	rm -f "$dir/state/port"
	: > "$dir/log"		# the last one's "listening" must not count
	"$sim" --kind "$kind" --listen 127.0.0.1:0 --world "$world" --state "$dir/state" \
	    --authorized-keys "$dir/key.pub" "$@" > "$dir/log" 2>&1 &
	pid=$!
	n=0
	until grep -q '^listening on' "$dir/log"; do
		n=$((n + 1))
		if [ $n -gt 200 ] || ! kill -0 "$pid" 2>/dev/null; then
			echo "$name: the simulator did not start" >&2
			cat "$dir/log" >&2
			exit 1
		fi
		sleep 0.05
	done
}

stop() {	# stop NAME-OF-THE-CHECK
	kill "$pid"
	wait "$pid"
	check "$1" "$?" 0
	pid=
}

# at PORT-FILE USER KEY COMMAND...: the host key is checked, the client must find the one in host_key.pub
at() {
	port=$(cat "$dir/state/$1")
	user=$2 key=$3
	shift 3
	hosts=$(mktemp "$dir/hosts.XXXXXX")	# another session may be reading the one that is there
	sed "s/^/[127.0.0.1]:$port /" "$dir/state/host_key.pub" > "$hosts" && mv "$hosts" "$dir/known_hosts"
	timeout 30 ssh -q -F none -p "$port" -i "$dir/$key" -o IdentitiesOnly=yes -o IdentityAgent=none \
	    -o UserKnownHostsFile="$dir/known_hosts" -o StrictHostKeyChecking=yes -o BatchMode=yes ${sshopts:-} \
	    "$user@127.0.0.1" "$@"
}

check() {		# name, what was got, what was expected
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED %s\n  got:      %s\n  expected: %s\n' "$1" "$2" "$3"
	fi
}

finish() {
	echo "$name: $passed passed, $failed failed"
	[ $failed -eq 0 ]
}

# run NAME STATUS STDOUT STDERR COMMAND: a command line; console is the test's own, of its account
run() {
	out=$(console "$5" 2>"$dir/err" </dev/null)
	check "$1: exit status" "$?" "$2"
	check "$1: stdout" "$out" "$3"
	check "$1: stderr" "$(cat "$dir/err")" "$4"
}
