# Part of tests/bench/run: everything that ten systems of one HMC have, asked anew, with 50 ms for each command of the console:
# of 500 partitions, and of 1,000.
systems=$PWD/build/bench-systems

# Of all (system, kind of object), the one with most commands; an object of a VIOS is named by what it runs there.
most_commands() {
	jq -rs '[.[] | .ran[]?.command // empty | select(test(" -m ")) |
	    [capture("-m \"?(?<m>[^ \"]+)").m, (capture("^viosvrcmd .*-c \"(?<c>[^ \"]+)") // capture("-r (?<c>[a-z]+( --rsubtype [a-z]+)?)")).c]] |
	    group_by(.) | map(length) | max' "$1"
}
measure_inventory() {	# measure_inventory PARTITIONS-PER-SYSTEM: leaves $ms and $commands
	tests/bench/world-hmc 10 "$1" >build/bench-systems.json
	SITE_HMC=1 SITE_HMC_WORLD=$PWD/build/bench-systems.json SITE_LATENCY=50 tests/demo/site up "$systems" "$bin" >/dev/null 2>&1 ||
	    { echo 'bench: the ten systems did not start' >&2; exit 1; }
	register_hmc "$systems"
	: >build/bench.inventory
	for round in 1 2 3; do
		: >"$systems/hmc1/transcript.jsonl"
		began=$(date +%s%N)
		must "$bin/powerdirector" -c "$systems/etc/powerdirector.conf" --user admin list-systems --fresh --json
		echo $((($(date +%s%N) - began) / 1000000)) >>build/bench.inventory
	done
	seen=$("$bin/powerdirector" -c "$systems/etc/powerdirector.conf" --user admin list-systems --json </dev/null |
	    jq '[.value[].partitions] | add')
	[ "$seen" = $((10 * ($1 + 1))) ] || { echo "bench: $seen partitions seen" >&2; exit 1; }
	ms=$(median_of 1 build/bench.inventory)
	commands=$(most_commands "$systems/hmc1/transcript.jsonl")
	end_site "$systems"
}
measure_inventory 50
row 'inventory of 500 LPARs, 10 systems, 50 ms a command' "$ms" ms lower null "$ms" 5000
row 'commands of it: most of one system and kind of object' "$commands" commands lower null "$commands" 2
few=$ms
measure_inventory 100
row 'inventory of 1,000 LPARs on the same systems / of 500' "$ms" ms lower "$few" "$(echo "scale=3; $ms / $few" | bc)" 1.3
