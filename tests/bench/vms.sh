# Part of tests/bench/run: list-vms with 1,000 VMs; start-vm on a platform with a warm worker.
vms=$PWD/build/bench-vms
SITE_LATENCY=50 new_site "$vms" running

# A VM's start: the job as a whole, and the request until its result, beside what its commands took.
as_user() { user=$1; shift; "$bin/powerdirector" -c "$vms/etc/powerdirector.conf" --user "$user" "$@" </dev/null; }
: >build/bench.started
for round in 1 2 3 4 5 6 7; do
	began=$(date +%s%N)
	must as_user alice start-vm idle
	took=$((($(date +%s%N) - began) / 1000000))
	job=$(as_user alice list-jobs --all --limit 1 --json | jq -r '.value[0].id')
	own=$(as_user admin transcript "$job" --json | jq '[.value[].ms] | add | round')
	whole=$(as_user alice show-job "$job" --json | jq 'def ms: (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);
	    (.value.finished | ms) - (.value.started | ms)')
	echo "$((whole - own)) $((took - own)) $own" >>build/bench.started
	must as_user alice stop-vm idle --force
done
over=$(median_of 1 build/bench.started)
row 'start-vm, whole job beyond its commands; baseline: they alone' "$over" ms lower "$(median_of 3 build/bench.started)" "$over" 10
over=$(median_of 2 build/bench.started)
row 'start-vm, submit to result, beyond its commands' "$over" ms lower "$(median_of 3 build/bench.started)" "$over" null

# 1,000 more, as the director keeps them; over a connection that is open.
kill_director "$vms"
must "$bin/bench-fill" "$vms/state" 999 vms idle
tests/demo/site start "$vms" director
for host in alice plain; do
	ssh -F "$vms/ssh_config" -o ControlMaster=yes -o ControlPersist=300 -N -f "$host" </dev/null >/dev/null 2>&1
done
seen=$(ssh -F "$vms/ssh_config" alice list-vms --json </dev/null | jq '.value | length')
[ "$seen" = 1000 ] || { echo "bench: $seen VMs listed" >&2; exit 1; }
compare 'list-vms of 1,000 VMs over ControlMaster / ssh true' 2 60 \
    ssh -F "$vms/ssh_config" alice list-vms -- ssh -F "$vms/ssh_config" plain true
end_site "$vms"
