#!/bin/sh
# P4: a job whose undo was refused too is stuck and names what is left; undo-job, resume-job and delete-vm end it.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
world >"$work/before"

create() {	# create NAME STATUS
	as alice "$2" create-vm "$1" --image rhel6 --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.7/24
}
job_of() {	# job_of VERB: the newest one's id
	request admin list-jobs --all --json
	jq -r "[.value[] | select(.verb == \"$1\")][0].id" "$work/out"
}
# Refused when the VM is started, and everything that would remove it as well.
stuck() {	# stuck NAME COMMAND...
	name=$1
	shift
	{
		echo "match=chsysstate.*-o on,from=1,action=refuse,status=1,stderr=0516-000 test: refused"
		for c; do
			echo "match=$c,from=1,action=refuse,status=1,stderr=0516-000 test: refused"
		done
	} | faults
	create "$name" 2
	says 'left on the platform'
	faults </dev/null
	as alice 0 show-vm "$name" --json
	is "$name" broken "$(json .value.state)"
	job=$(job_of create-vm)
}
console_is_as_before() {
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$1: something is left"
}

for left in rmlv 'rm -f'; do
	stuck web1 "$left"
	as alice 77 undo-job "$job"
	as admin 0 undo-job "$job"
	says "job $job is undone"
	as alice 1 follow "$job"
	as alice 66 show-vm web1
	console_is_as_before "undo-job after $left was refused"
	as admin 73 undo-job "$job"
	says 'is failed; only a stuck one'

	stuck web2 "$left"
	as admin 0 resume-job "$job"
	as alice 0 follow "$job"
	as alice 0 show-vm web2 --json
	is "web2 resumed after $left" running "$(json .value.state)"
	as alice 0 stop-vm web2 --force
	as alice 0 start-vm web2
	as alice 0 delete-vm web2 --yes --force
	console_is_as_before "resume-job after $left was refused"
done
as admin 0 history --job "$job" --json
is 'who took it up' admin "$(json '.value[] | select(.event == "resume-job") | .user')"

# Refused again while it is undone: stuck again, undone at last.
stuck web1 rmlv
echo "match=rmlv,from=1,action=refuse,status=1,stderr=0516-000 test: refused" | faults
as admin 0 undo-job "$job"
as alice 2 follow "$job"
faults </dev/null
as admin 0 undo-job "$job"
as alice 1 follow "$job"
console_is_as_before 'undone at the second time'

# A director that ends between the word and the deed.
stuck web1 rmlv
echo "match=rmlv,from=1,action=delay,ms=1500" | faults
as admin 0 undo-job "$job"
sleep 0.5
kill -KILL "$(cat "$site/run/director.pid")"
sleep 0.3
site_start director
as alice 1 follow "$job" --timeout 60
faults </dev/null
console_is_as_before 'undo-job and a killed director'

# A stuck deletion: it cannot be undone, and goes on; so does another delete-vm.
for how in resume again; do
	create web3 0
	echo "match=rmlv,from=1,action=refuse,status=1,stderr=0516-000 test: refused" | faults
	as alice 2 delete-vm web3 --yes --force
	faults </dev/null
	job=$(job_of delete-vm)
	as admin 73 undo-job "$job"
	says 'cannot be undone'
	if [ $how = resume ]; then
		as admin 0 resume-job "$job"
		as alice 0 follow "$job"
	else
		as alice 0 delete-vm web3 --yes
		as admin 73 resume-job "$job"
		says 'was deleted meanwhile'
	fi
	as alice 66 show-vm web3
	console_is_as_before "stuck delete-vm, $how"
done

# What somebody else has taken away in the meantime is not undone twice.
stuck web1 rmlv
as alice 0 delete-vm web1 --yes --force
create web1 0
as admin 73 undo-job "$job"
says 'was deleted meanwhile'
as alice 0 show-vm web1
as alice 0 delete-vm web1 --yes --force
console_is_as_before 'deleted and made again'
as admin 0 verify-history
