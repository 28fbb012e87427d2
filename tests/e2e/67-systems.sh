#!/bin/sh
# Jobs on two systems of one HMC run at the same time, those of one system one after the other; what only asks waits for neither.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
register_hmc
world >"$work/before"
ended() { request admin list-jobs --json; [ "$(json '.value | length')" = 0 ]; }
# Of each job of a verb: system, start and end, in the order of their starts; times in milliseconds.
spans() {	# spans VERB
	request admin list-jobs --all --json
	json '.value[] | select(.verb == "'"$1"'") | .id + " " + .vm' >"$work/ids"
	while read -r id vm; do
		request admin show-job "$id" --json
		jq -r --arg vm "$vm" 'def ms: (.[0:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber);
		    [($vm | sub("[0-9]+$"; "")), (.value.started | ms), (.value.finished | ms), .value.state] | map(tostring) | join(" ")' "$work/out"
	done <"$work/ids" | sort -n -k 2
}
# Times touch when one job's end and the next one's start are one round of the director.
check_spans() {	# check_spans VERB
	spans "$1" >"$work/spans"
	is "$1: done" 6 "$(grep -c ' done$' "$work/spans")"
	is "$1: pairs on one system at the same time" 0 "$(awk '{ for (i in at) if (at[i] == $1 && end[i] > $2) n++
	    at[NR] = $1; end[NR] = $3 } END { print n + 0 }' "$work/spans")"
	checks=$((checks + 1))
	[ "$(awk '{ for (i in at) if (at[i] != $1 && end[i] > $2) n++
	    at[NR] = $1; end[NR] = $3 } END { print n + 0 }' "$work/spans")" -ge 2 ] || fail "$1: the two systems wait for each other"
}

# The console takes its time for what makes a partition or takes one away.
echo 'match=^(mk|rm)syscfg,from=1,action=delay,ms=250' | faults
for n in 1 2 3; do
	for system in p9a p9b; do echo "create-vm $system-vm$n --host $system --memory 512M --disk 1G --no-start"; done
done >"$work/batch"
stdin=$work/batch as admin 0 batch --detach
as admin 0 check-platform hmc1
request admin list-jobs --json
checks=$((checks + 1))
[ "$(json '.value | length')" -ge 4 ] || fail 'what only asks waited for the others'
id=$(json '[.value[] | select(.state == "queued")][0].id')
as admin 0 show-job "$id" --json
is 'it waits for' 'another job of its system' "$(json .value.waits)"
wait_until 'all have ended' ended
check_spans create-vm
for n in 1 2 3; do
	for system in p9a p9b; do echo "delete-vm $system-vm$n --yes"; done
done >"$work/batch"
stdin=$work/batch as admin 0 batch --detach
wait_until 'all are deleted' ended
check_spans delete-vm
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'something is left'
