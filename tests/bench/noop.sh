# Part of tests/bench/run: jobs that change nothing, on a simulator without latency: one console
# command each ("stop-vm" of a VM that is stopped), beside libssh sending the same command.
command='lssyscfg -r lpar --filter lpar_ids=2 -F lpar_id,name,default_profile,state,rmc_state'
key=$site/etc/keys/power1

got=$("$bin/bench-exec" pair 150 "$key" "$port" "$command" -- \
    "$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user alice stop-vm idle --force) || exit 1
row 'no-op job, submit to result; baseline: libssh exec' "$(echo "$got" | jq .a_p50)" ms lower "$(echo "$got" | jq .b_p50)" \
    "$(echo "$got" | jq .a_p50)" 15

# Fifteen more machines.
extra=build/bench-extra
rm -rf "$extra"
pids= ports=$port
for i in $(seq 2 16); do
	mkdir -p "$extra/$i"
	"$bin/powerdirector-sim" --kind ivm --listen 127.0.0.1:0 --world "$site/etc/world.json" --state "$extra/$i" \
	    --authorized-keys "$site/etc/power1-authorized_keys" --speed 0 >"$extra/$i.log" 2>&1 &
	pids="$pids $!"
done
for i in $(seq 2 16); do
	tries=0
	until [ -s "$extra/$i/port" ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { echo 'bench: a simulator did not start' >&2; exit 1; }
		sleep 0.05
	done
	p=$(cat "$extra/$i/port")
	ports="$ports $p"
	must request admin register-platform "power$i" --kind ivm --address 127.0.0.1 --port "$p" --key power1 \
	    --host-key "$(ssh-keygen -lf "$extra/$i/host_key.pub" | cut -d' ' -f2)" --pools datavg
	must request admin create-vm "idle$i" --platform "power$i" --memory 512M --disk 1G --no-start
done
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
kill $pids
wait $pids 2>/dev/null
