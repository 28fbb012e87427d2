#!/bin/sh
# The director: not running, killed, stopped in mid-job, reloaded with a broken policy, no space.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
world >"$work/before"

# Not running: the job is queued, that is said, and it runs when the director is back.
site_stop director
as alice 75 create-vm web1 --memory 512M --disk 1G --no-start
says 'queued'
says 'not running'
as alice 0 create-vm web2 --memory 512M --disk 1G --no-start --detach --json
is code QUEUED "$(json .code)"
job=$(json .job)
as alice 75 list-vms
says 'director'
site_start director
as alice 0 follow "$job"
as alice 0 show-vm web1
as alice 0 delete-vm web1 --yes
as alice 0 delete-vm web2 --yes

# Killed in mid-job: recovered at start, the job ends, nothing is left after the deletion.
for victim in director worker both; do
	echo 'match=mkvdev,nth=1,action=delay,ms=1500' | faults
	as alice 0 create-vm "k$victim" --image rhel6 --memory 512M --detach --json
	job=$(json .job)
	sleep 0.7
	director=$(cat "$site/run/director.pid")
	worker=$(pgrep -P "$director" | head -n 1)
	case $victim in
	director) kill -KILL "$director"; sleep 0.3; site_start director ;;
	worker) kill -KILL "$worker" ;;
	both) kill -KILL "$director" "$worker"; sleep 0.3; site_start director ;;
	esac
	as alice 0 follow "$job" --timeout 60
	faults </dev/null
	as alice 0 show-vm "k$victim" --json
	is "$victim killed" running "$(json .value.state)"
	as alice 0 delete-vm "k$victim" --yes --force
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$victim killed: something is left"
done

# SIGTERM parks the running job; it goes on at the next start.
echo 'match=mkvdev,nth=1,action=delay,ms=1500' | faults
as alice 0 create-vm parked --image rhel6 --memory 512M --detach --json
job=$(json .job)
sleep 0.7
site_stop director
site_start director
as alice 0 follow "$job" --timeout 60
faults </dev/null
as alice 0 delete-vm parked --yes --force

# A policy with an error at reload: the old one stays in force, and that is said.
cp "$site/etc/powerdirector.conf" "$work/conf"
sed 's/scope = tenant/scope = everything/' "$work/conf" >"$site/etc/powerdirector.conf"
line=$(grep -n 'scope = everything' "$site/etc/powerdirector.conf" | cut -d: -f1)
checks=$((checks + 1))
! "$bin/powerdirectord" -c "$site/etc/powerdirector.conf" --check >"$work/out" 2>&1 || fail 'the broken policy passed --check'
says "powerdirector.conf:$line"
kill -HUP "$(cat "$site/run/director.pid")"
sleep 0.5
cp "$site/log/director" "$work/out"
says "powerdirector.conf:$line"
says 'old.* stays in force|stays in force'
cp "$work/conf" "$site/etc/powerdirector.conf"
kill -HUP "$(cat "$site/run/director.pid")"
sleep 0.5
as alice 0 list-vms
