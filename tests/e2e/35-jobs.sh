#!/bin/sh
# Jobs beside each other: two for one VM, the bound of a platform, turns of tenants, cancelling what waits
# and what runs, and the limit of one user's unfinished jobs.  A console that hangs holds the queue still.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
cp "$site/etc/powerdirector.conf" "$work/conf"

# The policy without quotas, with these settings instead of jobs-per-platform; in force when it returns.
settings() {	# settings LINE...
	before=$(grep -c 'event=policy ' "$site/log/director")
	{
		printf '%s\n' "$@"
		sed -e '/^jobs-per-platform/d' -e '/^	quota {/,/^	}/d' "$work/conf"
	} >"$site/etc/powerdirector.conf"
	kill -HUP "$(cat "$site/run/director.pid")"
	wait_until 'the new policy' has_policies $((before + 1))
}
has_policies() { [ "$(grep -c 'event=policy ' "$site/log/director")" -ge "$1" ]; }

submit() {	# submit USER words...: leaves $job
	who=$1
	shift
	as "$who" 0 "$@" --detach --json
	job=$(json .job)
}

state() {	# state USER JOB
	request "$1" show-job "$2" --json
	json .value.state
}
is_in() { [ "$(state admin "$1")" = "$2" ]; }
hangs() { [ "$(jq -r 'select(.fault? == "hang")' "$site/power1/transcript.jsonl" 2>/dev/null | wc -l)" != 0 ]; }
unfinished() { request admin list-jobs --json; json '.value | length'; }
none_left() { [ "$(unfinished)" = 0 ]; }

as alice 0 create-vm v1 --memory 512M --disk 1G --no-start
as alice 0 create-vm v2 --memory 512M --disk 1G --no-start

# Two jobs of one VM: the second waits for the first, a job of another VM does not.
settings 'jobs-per-platform = 4'
echo 'match=chsysstate.*-o on,nth=1,action=hang' | faults
submit alice start-vm v1
first=$job
wait_until 'the first job runs' is_in "$first" running
submit alice stop-vm v1 --force
second=$job
submit alice delete-vm v1 --yes --force
third=$job
as alice 0 start-vm v2
is 'the second job of v1' queued "$(state alice "$second")"
is 'it waits for' 'another job of this VM' "$(json .value.waits)"
is 'the third job of v1' queued "$(state alice "$third")"
is 'the first job of v1' running "$(state alice "$first")"

# A queued job is cancelled at once, whoever may not see it cannot.
as bob 66 cancel-job "$third"
as alice 0 cancel-job "$third" --json
is 'state after cancelling' cancelled "$(json .value.state)"
as alice 1 follow "$third"
says 'cancelled'
as alice 0 cancel-job "$third" --json
is 'cancelled twice' OK_NO_CHANGE "$(json .code)"
as alice 0 show-vm v1

# A running one is told to its worker, which cuts the command and undoes.
as alice 0 cancel-job "$first"
as alice 1 follow "$first" --timeout 60
says 'cancel'
faults </dev/null
as alice 0 follow "$second" --timeout 60
as alice 0 show-vm v1 --json
is 'v1 after both' stopped "$(json .value.state)"
as alice 73 cancel-job "$second"
says 'ended'
as alice 0 history --job "$first"
says 'cancel'

# The bound of a platform: so many of a tenant's jobs and one more of an administrator's.
settings 'jobs-per-platform = 2'
echo 'match=mksyscfg,times=2,action=hang' | faults
for i in 1 2 3 4; do
	submit alice create-vm "b$i" --memory 512M --disk 1G --no-start
	eval "b$i=$job"
done
wait_until 'the first runs' is_in "$b1" running
wait_until 'the second runs' is_in "$b2" running
request alice list-jobs --json
is 'running at a time' 2 "$(json '[.value[] | select(.state == "running")] | length')"
is 'the third' queued "$(state alice "$b3")"
says "the platform's other jobs"
is 'its place' 1 "$(json .value.position)"
is 'the fourth' queued "$(state alice "$b4")"
is 'its place' 2 "$(json .value.position)"
as admin 0 check-platform power1
is 'the third, still' queued "$(state alice "$b3")"
as alice 0 cancel-job "$b1"
as alice 0 cancel-job "$b2"
as alice 1 follow "$b1" --timeout 60
as alice 0 follow "$b3" --timeout 60
as alice 0 follow "$b4" --timeout 60
faults </dev/null
as alice 66 show-vm b1
as alice 0 show-vm b4

# Turns: behind one job that holds the only slot, six of alice and then three of bob, who never waits for more
# than one job of hers.
settings 'jobs-per-platform = 1'
echo 'match=mksyscfg,nth=1,action=hang' | faults
submit alice create-vm t0 --memory 512M --disk 1G --no-start
holder=$job
wait_until 'the holder runs' is_in "$holder" running
for i in 1 2 3 4 5 6; do
	submit alice create-vm "t$i" --memory 512M --disk 1G --no-start
	echo "$job a" >>"$work/turns"
done
for i in 7 8 9; do
	submit bob create-vm "t$i" --memory 512M --disk 1G --no-start
	echo "$job b" >>"$work/turns"
done
is 'unfinished' 10 "$(unfinished)"
as alice 0 cancel-job "$holder"
wait_until 'all are finished' none_left
faults </dev/null
order=$(grep 'event=started' "$site/log/director" | sed 's/.* job=\([0-9A-Z]*\) .*/\1/' |
    while read -r id; do sed -n "s/^$id //p" "$work/turns"; done | tr -d '\n')
echo "order of the tenants' jobs: $order"
is 'jobs begun' 9 "${#order}"
checks=$((checks + 1))
echo "$order" | grep -qE '^(a?b){3}a+$' || fail "bob waits for more than one job of alice: $order"
request admin list-jobs --all --limit 10 --json
is 'done' 9 "$(json '[.value[] | select(.verb == "create-vm" and .state == "done")] | length')"

# The limit of unfinished jobs of one user; another user is not touched by it.
settings 'jobs-per-platform = 1' 'pending-per-user = 3'
echo 'match=mksyscfg,nth=1,action=hang' | faults
for i in 1 2 3; do
	submit alice create-vm "p$i" --memory 512M --disk 1G --no-start
	eval "p$i=$job"
done
as alice 75 create-vm p4 --memory 512M --disk 1G --no-start --detach --json
is code TRY_LATER "$(json .code)"
says '3 are allowed'
as alice 66 show-vm p4
submit bob create-vm p5 --memory 512M --disk 1G --no-start
bobs=$job
as alice 0 quota
says 'jobs'
as alice 0 cancel-job "$p2"
as alice 0 create-vm p4 --memory 512M --disk 1G --no-start --detach --json
last=$(json .job)
as alice 0 cancel-job "$p1"
as alice 0 follow "$last" --timeout 60
as bob 0 follow "$bobs" --timeout 60
faults </dev/null
as alice 0 follow "$p3"
as alice 66 show-vm p1
as alice 66 show-vm p2
