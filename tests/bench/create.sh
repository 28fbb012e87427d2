# Part of tests/bench/run: create-vm on a simulator without latency.
#
# The script to compare with sends the very commands that the worker sent (from the job's own
# transcript), in order, one ssh for each, as the product of 2013 did it.

cat >"$site/console_config" <<EOF
Host power1
	HostName 127.0.0.1
	Port $port
	User padmin
	IdentityFile $site/etc/keys/power1
	IdentitiesOnly yes
	IdentityAgent none
	UserKnownHostsFile $site/client/power1_hosts
	StrictHostKeyChecking accept-new
	LogLevel ERROR
EOF

# create and delete NAME from IMAGE; leaves its job ids in $created and $deleted
cycle() {
	must request alice create-vm "$1" --image "$2" --memory 512M --network vlan=10,ip=10.0.10.9/24
	created=$(request alice list-jobs --all --json --vm "$1" | jq -r 'first(.value[] | select(.verb == "create-vm")).id')
	must request alice delete-vm "$1" --yes --force
	deleted=$(request alice list-jobs --all --json --vm "$1" | jq -r 'first(.value[] | select(.verb == "delete-vm")).id')
}

# The job's commands as a shell script, one ssh each.
script_of() {
	request admin transcript "$1" --json | jq -r --arg conf "$site/console_config" '.value[] |
	    if .as == "root" then "printf \"%s\\nexit\\n\" \(.command | @sh) | ssh -F \($conf) power1 oem_setup_env"
	    else "ssh -F \($conf) power1 \(.command | @sh) </dev/null" end' 
}

median() { cut -d' ' -f"$1" build/bench.create | sort -n | sed -n 3p; }

# How long a create-vm takes, how long its commands alone took of that, and the script.
measure() {	# measure IMAGE LABEL
	: >build/bench.create
	for round in 1 2 3 4 5; do
		cycle "c$round" "$1"
		script_of "$created" >build/bench-create.sh
		script_of "$deleted" >build/bench-delete.sh
		ours=$(job_ms "$created")
		own=$(request admin transcript "$created" --json | jq '[.value[].ms] | add | round')
		began=$(date +%s%N)
		sh build/bench-create.sh >build/bench-create.out 2>&1
		script=$((($(date +%s%N) - began) / 1000000))
		sh build/bench-delete.sh >/dev/null 2>&1
		echo "$ours $own $script" >>build/bench.create
	done
	ours=$(median 1) own=$(median 2) script=$(median 3)
	row "create-vm, $2: whole job / its commands alone" "$ours" ms lower "$own" "$(echo "scale=3; $ours / $own" | bc)" 1.25
	row "create-vm, $2: script with one ssh a command / ours" "$script" ms higher "$ours" "$(echo "scale=3; $script / $ours" | bc)" "$3"
}
measure aix71 'image of 1 GiB' null
measure rhel6 'image of holes' 5
