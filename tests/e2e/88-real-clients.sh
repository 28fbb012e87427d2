#!/bin/sh
# SPDX-License-Identifier: ISC
# Programs of others, as Debian ships them, that manage partitions through an HMC or an IVM find
# the simulated ones to be such: the fencing agent fence_lpar (package fence-agents: a terminal,
# a prompt, a key or a password) and the STONITH plugin ibmhmc (cluster-glue: one command a session).
# usage: 88-real-clients.sh BUILD-DIRECTORY       exit status: 0 all passed, 1 something failed, 77 not installed
if ! command -v fence_lpar > /dev/null || ! command -v stonith > /dev/null; then
	echo "skipped: needs fence_lpar and stonith; apt-get install --no-install-recommends fence-agents cluster-glue"
	exit 77
fi
here=$(cd "$(dirname "$0")/../simulator" && pwd)
set -- "$1/powerdirector-sim"
. "$here/selftest-lib.sh"

# What every call needs, beside what it does: where, and that the host key is checked.
where() {
	sed "s/^/[127.0.0.1]:$(cat "$dir/state/port") /" "$dir/state/host_key.pub" > "$dir/known_hosts"
	options="-F none -o UserKnownHostsFile=$dir/known_hosts -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -o IdentityAgent=none"
}

# fence NAME STATUS OUTPUT OPTIONS...: of fence_lpar, for $account on system $system
fence() {
	what=$1 status=$2 expected=$3
	shift 3
	out=$(timeout 60 fence_lpar -a 127.0.0.1 -u "$(cat "$dir/state/port")" -l "$account" -s "$system" --ssh-options="$options" \
	    --power-timeout=20 "$@" 2>"$dir/err" </dev/null)
	check "fence_lpar $what: exit status" "$?" "$status"
	check "fence_lpar $what" "$out" "$expected"
	[ "$status" != 0 ] || check "fence_lpar $what: no complaint" "$(cat "$dir/err")" ""
}

# state: of lp1, as the console itself says it
state() {
	at port hscroot key 'lssyscfg -r lpar -m p9a --filter lpar_names=lp1 -F state' < /dev/null
}

create() {
	at port hscroot key 'mksyscfg -r lpar -m p9a -i "name=lp1,profile_name=normal,lpar_env=aixlinux,min_mem=1024,desired_mem=2048,max_mem=4096,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1,desired_proc_units=0.2,max_proc_units=2.0,sharing_mode=cap" && chsysstate -r lpar -m p9a -o on -n lp1 -f normal' < /dev/null
	check "a partition" "$?" 0
}

fence_tests() {
	account=hscroot system=p9a
	fence "list" 0 "vios11,
lp1," -k "$dir/key" -o list
	fence "list-status by password" 0 "vios11,,on
lp1,,on" -p abc123 -o list-status
	fence "monitor" 0 "" -k "$dir/key" -o monitor
	fence "status" 0 "Status: ON" -k "$dir/key" -o status -n lp1
	fence "off" 0 "Success: Powered OFF" -k "$dir/key" -o off -n lp1
	check "it is off" "$(state)" "Not Activated"
	fence "off once more" 0 "Success: Already OFF" -k "$dir/key" -o off -n lp1
	fence "status of one that is off" 2 "Status: OFF" -k "$dir/key" -o status -n lp1
	fence "on" 0 "Success: Powered ON" -p abc123 -o on -n lp1
	fence "reboot" 0 "Success: Rebooted" -k "$dir/key" -o reboot -n lp1
	check "by its current profile" "$(jq -r .command "$dir/state/transcript.jsonl" |
	    grep -c '^chsysstate -o on -r lpar -m p9a -n lp1 -f `lssyscfg')" 2
	fence "a partition that is not there" 1 "" -k "$dir/key" -o status -n nosuch
	fence "a wrong password" 1 "" -p wrong -o status -n lp1 --login-timeout=2
	out=$(printf 'action=off\nip=127.0.0.1\nipport=%s\nusername=hscroot\nidentity_file=%s\nmanaged=9009-42A*13AB001\nport=lp1\nssh_options=%s\n' \
	    "$(cat "$dir/state/port")" "$dir/key" "$options" | timeout 60 fence_lpar)
	check "fence_lpar as a cluster calls it" "$?:$out" "0:Success: Powered OFF"
	check "it is off again" "$(state)" "Not Activated"
}

ivm_tests() {
	account=padmin
	system=$(at port padmin key 'lssyscfg -r sys -F name' < /dev/null)
	at port padmin key 'mksyscfg -r lpar -i "name=lp1,lpar_env=aixlinux,min_mem=512,desired_mem=1024,max_mem=2048,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1,desired_proc_units=0.2,max_proc_units=2.0,sharing_mode=cap"' < /dev/null
	check "a partition of an IVM" "$?" 0
	fence "list of an IVM" 0 "06-052EA,
lp1," -H ivm -k "$dir/key" -o list
	fence "status on an IVM" 2 "Status: OFF" -H ivm -p padmin -o status -n lp1
	fence "on, on an IVM" 0 "Success: Powered ON" -H ivm -k "$dir/key" -o on -n lp1
	fence "reboot on an IVM" 0 "Success: Rebooted" -H ivm -p padmin -o reboot -n lp1
	fence "off on an IVM" 0 "Success: Powered OFF" -H ivm -k "$dir/key" -o off -n lp1
	check "that one is off, too" "$(at port padmin key 'lssyscfg -r lpar -F state --filter lpar_names=lp1' < /dev/null)" "Not Activated"
	fence "status of the VIOS" 0 "Status: ON" -H ivm -k "$dir/key" -o status -n 06-052EA
}

# The plugin calls ssh(1) by name and knows no port: it finds one that does.
ssh_with_port() {
	mkdir -p "$dir/bin"
	cat > "$dir/bin/ssh" <<-END
	#!/bin/sh
	exec $(command -v ssh) -p $(cat "$dir/state/port") -i $dir/key -o BatchMode=yes $options "\$@"
	END
	chmod 755 "$dir/bin/ssh"
}

# stone NAME STATUS OUTPUT OPTIONS...
stone() {
	what=$1 status=$2 expected=$3
	shift 3
	out=$(PATH=$dir/bin:$PATH timeout 60 stonith -t ibmhmc ipaddr=127.0.0.1 "$@" 2>"$dir/err" </dev/null)
	check "ibmhmc $what" "$?:$out" "$status:$expected"
}

wait_for() {	# wait_for STATE
	n=0
	until [ "$(state)" = "$1" ] || [ $n -gt 100 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	check "lp1 becomes $1" "$(state)" "$1"
}

# It takes one digit for the version, so that a V10 is a version 1 to it: an older console.
stonith_tests() {
	ssh_with_port
	stone "status" 0 "" -S
	stone "list" 0 "vios11
lp1
vios21
vios22" -l
	stone "off" 0 "" -T off lp1
	wait_for "Not Activated"
	stone "on" 0 "" -T on lp1
	wait_for "Open Firmware"
	stone "reset" 0 "" -T reset lp1
	check "by a restart" "$(jq -r .command "$dir/state/transcript.jsonl" | grep -c -- '-n lp1 --immed --restart$')" 1
	stone "a host that it has not" 8 "" -T off nosuch
}

launch hmc hmc.json --password hscroot:abc123 --speed 60
where
create
fence_tests
stop "the HMC ends"
rm -rf "$dir/state"
launch ivm ivm.json --password padmin:padmin --speed 60
where
ivm_tests
stop "the IVM ends"
rm -rf "$dir/state"
sed 's/"version": 10, "release": 3/"version": 8, "release": 2/' "$here/worlds/hmc.json" > "$dir/v8.json"
launch hmc "$dir/v8.json" --speed 60
where
create
stonith_tests
stop "the older HMC ends"
finish
