# Part of tests/bench/run: jobs that change nothing, on a simulator without latency: one console
# command each ("stop-vm" of a VM that is stopped), beside libssh sending the same command.
command='lssyscfg -r lpar --filter lpar_ids=2 -F lpar_id,name,default_profile,state,rmc_state'
key=$site/etc/keys/power1

got=$("$bin/bench-exec" pair 150 "$key" "$port" "$command" -- \
    "$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user alice stop-vm idle --force) || exit 1
row 'no-op job, submit to result; baseline: libssh exec' "$(echo "$got" | jq .a_p50)" ms lower "$(echo "$got" | jq .b_p50)" \
    "$(echo "$got" | jq .a_p50)" 15

# Fifteen more machines.
more_machines 15
rate() {	# rate JOBS VM...: jobs a second, from the request to the last result
	n=$1
	shift
	seq "$n" | awk -v vms="$*" 'BEGIN { k = split(vms, vm, " ") } { print "stop-vm " vm[NR % k + 1] " --force" }' >build/bench-noop.in
	began=$(date +%s%N)
	must "$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user admin batch <build/bench-noop.in
	echo $((n * 1000000000 / ($(date +%s%N) - began)))
}
measure_rate() {	# measure_rate LABEL JOBS "PORTS" VM...
	label=$1 jobs=$2 to=$3
	shift 3
	: >build/bench.rate
	for round in 1 2 3; do
		echo "$(rate "$jobs" "$@") $("$bin/bench-exec" loop 2 "$key" "$command" $to)" >>build/bench.rate
	done
	ours=$(median_of 1 build/bench.rate) exec=$(median_of 2 build/bench.rate)
	row "no-op jobs a second, $label / libssh exec loop" "$ours" 1/s higher "$exec" "$(echo "scale=3; $ours / $exec" | bc)" 0.3
}
measure_rate '1 platform' 300 "$port" idle
measure_rate '16 platforms' 960 "$ports" idle $(seq -f 'idle%g' 2 16)
no_more_machines
