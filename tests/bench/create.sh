# Part of tests/bench/run: create-vm on a simulator without latency.
# The commands that the worker sent come from the simulator's own transcript; the script is made of
# them, one ssh for each, as the product of 2013 did it.

create() {	# create NAME: wall milliseconds of the job (running to done), and its commands' own time
	: >"$site/power1/transcript.jsonl"
	must request alice create-vm "$1" --image rhel6 --memory 512M --network vlan=10,ip=10.0.10.9/24
	request alice list-jobs --all --json --vm "$1" |
	    jq -r 'first(.value[] | select(.verb == "create-vm")).id' >build/bench.job
	own=$(jq -s 'map(.ms) | add' "$site/power1/transcript.jsonl")
	wall=$(request alice show-job "$(cat build/bench.job)" --json | jq '.value.run_ms')
	must request alice delete-vm "$1" --yes --force
}

script_of() {	# the commands as a shell script
	jq -r 'select(.user == "padmin") | .command | @base64' "$site/power1/transcript.jsonl"
}
