#!/bin/sh
# P4: a create-vm whose workers are lost again and again is stuck and knows no partition id; its user can delete the VM all the same,
# and nothing is left.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
world >"$work/before"

workers() {
	for p in $(pgrep -P "$(cat "$site/run/director.pid")"); do
		[ "$(cat "/proc/$p/comm")" != powerdirector-w ] || echo "$p"
	done
}
job_state() { request admin show-job "$job" --json; json .value.state; }

# What it was about goes on at the console, for longer than "settle": the next worker waits for its end, and sends nothing twice.
sent() { jq -r .command "$site/power1/transcript.jsonl" | grep -c "^ioscli mklv"; }
echo 'match=mklv,nth=1,action=delay,ms=6000' | faults
as alice 0 create-vm web1 --memory 512M --disk 1G --no-start --detach --json
job=$(json .job)
wait_until 'the volume is made' grep -q 'delay: .*mklv' "$site/log/simulator"
workers | xargs -r kill -KILL
as alice 0 follow "$job"
says 'still at work'
is 'volumes made' 1 "$(sent)"
faults </dev/null
as alice 0 delete-vm web1 --yes

for command in 'mkvdev -vdev' loadopt mklv; do
	echo "match=$command,from=1,action=delay,ms=1000" | faults
	as alice 0 create-vm web1 --image rhel6 --memory 512M --disk 1G --disk size=1G,pool=rootvg \
	    --network vlan=10,ip=10.0.10.7/24 --detach --json
	job=$(json .job)
	for try in $(seq 200); do
		[ "$(job_state)" != stuck ] || break
		! grep -q "$command" "$site/power1/transcript.jsonl" || workers | xargs -r kill -KILL
		sleep 0.1
	done
	faults </dev/null
	is "lost at $command" stuck "$(job_state)"
	as alice 0 show-vm web1 --json
	is 'the VM' broken "$(json .value.state)"
	for verb in start-vm stop-vm restart-vm; do
		as alice 73 $verb web1
		says 'was never finished'
	done
	as alice 0 delete-vm web1 --yes --force
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "lost at $command: something is left"
	is 'first-boot files' '' "$(find "$site/power1/fs/home/padmin" "$site/power1/fs/var/vio" -name 'config_pd*')"
	: >"$site/power1/transcript.jsonl"
done
