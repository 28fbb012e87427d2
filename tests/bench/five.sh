# Part of tests/bench/run: 50 whole create-vm jobs over five platforms without latency, and what the workers have of the processor time.
five=$PWD/build/bench-five
SITE_JOBS=4 new_site "$five" running

ticks() {	# of these processes, and of those that each has waited for
	for pid in "$@"; do cat "/proc/$pid/stat" 2>/dev/null; done | sed 's/^.*) //' | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}
measure_five() (
	site=$five port=$(cat "$five/power1/port")
	more_machines 4
	for n in 1 2 3 4 5; do
		must request admin register-image rhel6 --platform "power$n" --file /home/padmin/images/rhel6/rhel6.0 --os linux --first-boot agent
	done
	director=$(cat "$five/run/director.pid")
	: >build/bench.created
	for round in 1 2 3; do
		seq 50 | awk '{ print "create-vm n" $1 " --platform power" $1 % 5 + 1 " --image rhel6 --memory 512M --network name=lab" }' >build/bench-five.in
		workers=$(pgrep -P "$director") before=$(ticks $workers)
		all=$(ticks "$director" $workers $pids "$(cat "$five/run/simulator.pid")")
		began=$(date +%s%N)
		must "$bin/powerdirector" -c "$five/etc/powerdirector.conf" --user admin batch <build/bench-five.in
		took=$((($(date +%s%N) - began) / 1000000))
		workers=$(pgrep -P "$director") ours=$(($(ticks $workers) - before))
		all=$(($(ticks "$director" $workers $pids "$(cat "$five/run/simulator.pid")") - all))
		echo "$((50000000 / took)) $((1000 * ours / all)) $((ours * 1000 / $(getconf CLK_TCK) / 50))" >>build/bench.created
		seq 50 | sed 's/.*/delete-vm n& --yes --force/' >build/bench-five.in
		must "$bin/powerdirector" -c "$five/etc/powerdirector.conf" --user admin batch <build/bench-five.in
	done
	no_more_machines
	rate=$(echo "scale=3; $(median_of 1 build/bench.created) / 1000" | bc)
	row '50 create-vm jobs over 5 platforms, jobs a second' "$rate" 1/s higher null "$rate" null
	share=$(median_of 2 build/bench.created)
	row "of their processor time the workers' share (the rest: director, machines)" "$(echo "scale=1; $share / 10" | bc)" % lower null null null
	row 'a worker'\''s processor time for one create-vm' "$(median_of 3 build/bench.created)" ms lower null null null
)
measure_five || exit 1
end_site "$five"
