#!/bin/sh
# SPDX-License-Identifier: ISC
# Drives the simulated HMC and a stand-alone VIOS with nothing but the stock ssh client, as
# somebody would who knows these consoles: scripts, fencing agents, collectors.
# usage: selftest-hmc.sh [powerdirector-sim]       exit status: 0 all passed, 1 something failed
. "$(dirname "$0")/selftest-lib.sh"

start() {	# start KIND WORLD OPTIONS...
	launch "$@" --speed 0
}

console() {
	at port hscroot key "$@"
}

# run NAME STATUS STDOUT COMMAND: a command line of hscroot; nothing ever comes on stderr
run() {
	out=$(console "$4" 2>"$dir/err" </dev/null)
	check "$1: exit status" "$?" "$2"
	check "$1: stdout" "$out" "$3"
	check "$1: stderr" "$(cat "$dir/err")" ""
}

# What monitoring and fencing send, with their delimiters and their shells.
client_tests() {
	run "systems" 0 "p9a,9009-42A,13AB001,Operating
p9b,9009-42A,13AB002,Operating" "lssyscfg -r sys -F name,type_model,serial_num,state"
	run "by type, model and serial" 0 "vios11:Running" "lssyscfg -m 9009-42A*13AB001 -r lpar -F name:state"
	run "one poll per system" 0 "1:Running:active
2:Running:active" "lssyscfg -r lpar -m p9b -F lpar_id:state:rmc_state"
	run "two words" 0 "vios11 Running" "lssyscfg -r lpar -m p9a -F name state"
	run "a header" 0 "lpar_name,lpar_id
vios11,1" "lshwres -r mem -m p9a --level lpar -F lpar_name,lpar_id --header"
	run "no results" 0 "No results were found." "lshwres -r virtualio --rsubtype scsi --level lpar -m p9a"
	run "languages and loops" 0 "p9a has vios11
p9b has vios21 vios22" 'export LANG=C;for s in $(lssyscfg -r sys -F name); do echo "$s has" $(LC_ALL=en_US lssyscfg -r lpar -m $s -F name); done'
	run "a missing option" 1 "The command entered is either missing a required parameter or a parameter value is invalid. The parameters that are missing or have an invalid value are -m. Please check your entry and retry the command." "lssyscfg -r lpar"
	run "an unknown partition" 1 "HSCL8012 The partition named lp9 was not found.  Please check your entry and retry the command." \
	    "lssyscfg -r lpar -m p9a --filter lpar_names=lp9"
	run "the console's version" 0 '","base_version=V10R3' "lshmc -V | grep base_version"
}

create() {
	run "create" 0 "2" 'mksyscfg -r lpar -m p9a -i name="lp1",lpar_env=aixlinux,auto_start=0,profile_name="lp1",max_virtual_slots=25,proc_mode=shared,min_procs=1,min_proc_units=0.1,desired_procs=2,desired_proc_units=0.5,max_procs=4,max_proc_units=2,sharing_mode=uncap,uncap_weight=127,min_mem=1024,desired_mem=4096,max_mem=8192; lssyscfg -r lpar -m p9a -F lpar_id --filter lpar_names="lp1"'
	run "client adapter" 0 "2/client/1/vios11/20/0" 'chsyscfg -m p9a -r prof -i "virtual_scsi_adapters=2/client/1//20/0,name=lp1,lpar_id=2"; lssyscfg -r prof -m p9a --filter lpar_ids=2 -F virtual_scsi_adapters:'
	run "server adapter" 0 "" 'chhwres -r virtualio -m p9a --rsubtype scsi -s 20 -o a --id 1 -a adapter_type=server,remote_lpar_id=2,remote_slot_num=2 -w 1 && chsyscfg -m p9a -r prof -i virtual_scsi_adapters+=20/server/2//2/0,name=default_profile,lpar_id=1'
	run "its vhost" 0 "vhost0" 'viosvrcmd -m p9a --id 1 -c cfgdev; viosvrcmd -m p9a --id 1 -c "lsmap -all -fmt :" | grep "C20:" | cut -d: -f1'
	run "quoting for the VIOS" 0 "lp1lv" "viosvrcmd -m p9a --id 1 -c ' mklv  -lv \"lp1lv\" datavg 128M '"
	run "as root on the VIOS" 0 "1+1 records in.
1+1 records out." 'viosvrcmd -m p9a --id 1 -c "oem_setup_env && dd if=/home/padmin/images/plain/plain.0 of=/dev/rlp1lv bs=10M"'
	run "map" 0 "vtscsi0 Available" 'viosvrcmd -m p9a --id 1 -c "mkvdev -f -vdev lp1lv -vadapter vhost0"'
	run "start and poll" 0 "lp1,Running" 'chsysstate -m p9a -r lpar -o on -b norm --id 2 -f lp1; lssyscfg -r lpar -m p9a --filter lpar_ids=2 -F name,state'
}

failure_tests() {
	run "the VIOS refuses" 1 "HSCL2970 The IOServer command has failed because of the following reason:" \
	    'viosvrcmd -m p9a --id 1 -c "lsmap -vadapter vhost9" | head -1; (exit 1)'
	console 'viosvrcmd -m p9a --id 1 -c "lspv | head -1"' > "$dir/out" 2>&1
	check "no pipes on the VIOS" "$?" 1
	console 'chhwres -r virtualio -m p9a -o r --id 1 --rsubtype scsi -s 20' > "$dir/out" 2>&1
	check "a slot in use" "$?:$(grep -c '^HSCL294D' "$dir/out")" 1:1
	run "already running" 1 "HSCL3681 Partition 2 cannot be activated since it is not in the Not Activated state." \
	    "chsysstate -m p9a -r lpar -o on --id 2"
}

terminal_tests() {
	mkfifo "$dir/keys"
	console 'mkvterm -m p9a --id 2' < "$dir/keys" > "$dir/term" 2>&1 &
	term=$!
	exec 3> "$dir/keys"
	n=0
	until grep -q 'Open Completed' "$dir/term" || [ $n -gt 100 ]; do
		n=$((n + 1))
		sleep 0.05
	done
	check "a terminal opens" "$(grep -c 'Open Completed' "$dir/term")" 1
	check "only one" "$(console 'mkvterm -m p9a --id 2' < /dev/null | grep -c 'already open'):$?" 1:0
	console 'chsysstate -m p9a -r lpar -o shutdown --id 2 --immed' < /dev/null
	console 'rmsyscfg -r lpar -m p9a --id 2' > "$dir/out" < /dev/null
	check "a delete is refused meanwhile" "$?:$(cut -c1-8 "$dir/out")" 1:HSCL151B
	console 'rmvterm -m p9a --id 2' < /dev/null
	echo >&3
	exec 3>&-
	wait "$term"
	check "rmvterm ends it" "$(grep -c 'no longer connected' "$dir/term")" 1
}

delete() {
	run "delete" 0 "vtscsi0 deleted
rmlv: Logical volume lp1lv is removed.
vhost0 deleted
vios11" 'for c in "rmvdev -vdev lp1lv" "rmlv -f lp1lv" "rmdev -dev vhost0"; do viosvrcmd -m p9a --id 1 -c "$c"; done; chhwres -r virtualio -m p9a -o r --id 1 --rsubtype scsi -s 20; chsyscfg -r prof -m p9a -i virtual_scsi_adapters-=20/server/2//2/0,name=default_profile,lpar_id=1; rmsyscfg -m p9a -r lpar --id 2; lssyscfg -r lpar -m p9a -F name'
	check "nothing is left" "$(jq -cS .state "$dir/state/world.json")" "$(cat "$dir/before")"
}

key_tests() {
	console "mkauthkeys -a \"$(cat "$dir/stranger.pub")\"" < /dev/null
	check "a key that was added" "$(at port hscroot stranger 'echo in' < /dev/null)" in
	console "mkauthkeys -r \"$(cat "$dir/stranger.pub")\"" < /dev/null
	at port hscroot stranger true < /dev/null
	check "and taken away" "$?" 255
}

vios_tests() {
	check "a VIOS of its own" "$(at port-vios21 padmin key 'ioscli lsdev -dev hdisk2 -attr unique_id' < /dev/null)" \
	    "$(at port-vios22 padmin key 'ioscli lsdev -dev hdisk2 -attr unique_id' < /dev/null)"
	at port-vios21 padmin key 'lssyscfg -r lpar' > "$dir/out" 2>&1 < /dev/null
	check "it has no partition commands" "$?" 1
	console 'chsysstate -m p9b -r lpar -o shutdown --id 1 --immed' < /dev/null
	at port-vios21 padmin key true < /dev/null
	check "one that is off does not answer" "$?" 255
	run "nor by the console" 1 "HSCL2957" 'viosvrcmd -m p9b --id 1 -c lspv | cut -c1-8; (exit 1)'
	console 'chsysstate -m p9b -r lpar -o on --id 1 -f default_profile' < /dev/null
	check "on again" "$(at port-vios21 padmin key 'ioscli lspv' < /dev/null | wc -l | tr -d ' ')" 6
}

start hmc hmc.json
jq -cS .state "$dir/state/world.json" > "$dir/before"
client_tests
create
failure_tests
stop "ends by SIGTERM"
start hmc hmc.json
run "a restart forgets nothing" 0 "lp1,Running,vhost0" "lssyscfg -r lpar -m p9a --filter lpar_ids=2 -F name,state | tr '\n' ','; viosvrcmd -m p9a --id 1 -c 'lsmap -all -fmt :' | cut -d: -f1"
terminal_tests
delete
key_tests
vios_tests
check "the transcript has the VIOS' commands" "$(jq -r '.ran[] | select(.command == "cfgdev") | .user' "$dir/state/transcript.jsonl" | head -1)" padmin
stop "ends by SIGTERM, again"
rm -rf "$dir/state"
start vios vios.json
check "a stand-alone VIOS" "$(at port padmin key 'ioscli lsmap -all -fmt : | cut -d: -f1' < /dev/null)" "vhost0"
at port padmin key 'lssyscfg -r lpar' > "$dir/out" 2>&1 < /dev/null
check "it has no IVM" "$?" 1
stop "ends by SIGTERM, too"
finish
