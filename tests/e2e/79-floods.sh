#!/bin/sh
# A user who asks as fast as he can: he is told to wait, with how long, none of his requests too many leaves a job
# behind, and nobody else notices.  Then a director that hangs: its callers do not.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
options 'requests-per-minute = 20'
# Its own connection, so that requests of several users go at once.
ask() {	# ask USER OUT words...
	user=$1 out=$2
	shift 2
	ssh -F "$site/ssh_config" "$user" "$@" </dev/null >"$out" 2>&1
}
as alice 0 list-vms
as bob 0 list-vms

# Six of alice's sessions at once on one connection, each as fast as it can: questions, jobs, and what she may not.
for session in 1 2 3 4 5 6; do
	(
		i=0
		while [ $i -lt 30 ]; do
			i=$((i + 1))
			case $((i % 3)) in
			0) ask alice "$work/flood.$session.$i" create-vm "f$session-$i" --memory 512M --disk 1G --no-start --plan ;;
			1) ask alice "$work/flood.$session.$i" list-vms ;;
			2) ask alice "$work/flood.$session.$i" list-platforms ;;
			esac
			echo $? >>"$work/flood.status"
		done
	) &
	floods="${floods:-} $!"
done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	as bob 0 list-jobs
done
for flood in $floods; do
	wait "$flood"
done
later=$(grep -c '^75$' "$work/flood.status")
echo "alice: $(grep -c . "$work/flood.status") requests, $later told to wait; bob: 15 requests, all answered"
checks=$((checks + 1))
[ "$later" -ge 60 ] || fail "only $later of alice's 180 requests were too many"

# Every three seconds one request is allowed again: those are used up until the next one is more than two seconds away.
now_is_too_soon() {
	request alice list-vms --json
	[ "$status" = 75 ] && [ "$(json .value.retry_after)" = 3 ]
}
wait_until 'alice has to wait' now_is_too_soon
is 'code' TRY_LATER "$(json .code)"
# A job that came with a request too many is nowhere.
as alice 75 create-vm tooearly --memory 512M --disk 1G --no-start --once early
says 'more requests than the 20 that are allowed in a minute; try again in [0-9]+ s'
is 'job files that wait' 0 "$(ls "$site/spool/new" | wc -l)"
as admin 0 list-jobs --all --limit 1000 --json
is 'jobs of it' 0 "$(json '[.value[] | select(.vm == "tooearly")] | length')"
as admin 0 history --limit 1000 --json
is 'records of the flood' 1 "$(json '[.value[] | select(.event == "too-many-requests" and .user == "alice")] | length')"
# What the gateway answers alone goes on; and after the time that was told the request is answered.
as alice 0 help
sleep 3
as alice 0 list-vms

# The director hangs.  A refusal is told at once; it does not wait for the history.
options 'requests-per-minute = 100000'
pid=$(cat "$site/run/director.pid")
kill -STOP "$pid"
began=$(date +%s)
as bob 77 list-platforms
took=$(($(date +%s) - began))
kill -CONT "$pid"
checks=$((checks + 1))
[ $took -le 10 ] || fail "a refusal took $took s while the director hangs"
as bob 0 list-vms
