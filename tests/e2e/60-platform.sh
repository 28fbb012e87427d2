#!/bin/sh
# A platform that is down, shows another host key, answers garbage, hangs, floods or cuts the line.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
as admin 65 register-platform power1 --kind ivm --address 127.0.0.1 --port "$(cat "$site/power1/port")" --key power1
says 'SHA256:'
as admin 66 check-platform power1
register
as admin 65 register-platform p2 --kind ivm --address 127.0.0.1 --key nosuch --host-key SHA256:2c4rJ0ZfCtTfN1VUcIlbWdYnW1hQ9FKhUIn2LjU6bXg
says 'nosuch'
as admin 73 register-platform power1 --kind ivm --address 127.0.0.1 --port 22 --key power1
world >"$work/before"

unchanged() {	# unchanged WHAT: console and quota as before
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$1: something is left on the console"
	request alice list-vms --json
	is "$1: VMs" 0 "$(json '.value | length')"
}

cancel_waiting() {
	request alice list-jobs --json
	as alice 0 cancel-job "$(json '.value[0].id')" --json
	is 'cancelled while it waits' cancelled "$(json .value.state)"
}

# Down.
site_stop simulator
as alice 75 create-vm web1 --image rhel6 --timeout 2
says 'waiting for power1, which has not answered since .*127\.0\.0\.1'
as admin 69 check-platform power1
cancel_waiting
site_start simulator
as admin 0 check-platform power1
unchanged down

# Another host key.
site_stop simulator
mv "$site/power1/host_key" "$work/host_key"
site_start simulator
as alice 75 create-vm web1 --image rhel6 --timeout 2
says 'host key'
cancel_waiting
site_stop simulator
mv "$work/host_key" "$site/power1/host_key"
site_start simulator
as admin 0 check-platform power1
unchanged 'host key'

# It answers, but what?
for command in 'lssyscfg' 'mksyscfg' 'lsmap' 'mkvdev' 'mklv' 'chsysstate' 'dd if'; do
	for action in garble cut-before cut-during cut-after flood; do
		echo "match=$command,nth=1,action=$action" | faults
		request alice create-vm web1 --image rhel6 --network vlan=10,ip=10.0.10.5/24
		faults </dev/null
		checks=$((checks + 1))
		case $status in
		0)	as alice 0 delete-vm web1 --yes --force ;;
		1 | 69 | 73 | 75) ;;
		*)	fail "$command $action: exit status $status" ;;
		esac
		unchanged "$command $action"
	done
done

# It hangs: the request can be left and cancelled.
echo 'match=mksyscfg,nth=1,action=hang' | faults
as alice 75 create-vm web1 --image rhel6 --timeout 2 --json
job=$(json .job)
as alice 0 cancel-job "$job"
as alice 1 follow "$job" --timeout 60
faults </dev/null
unchanged hang
