#!/bin/sh
# migrate-vm: between two systems of an HMC, running and off, there and back; refused with the reason; stopped in the middle; its worker killed
# and its director ended in the middle; each command refused.  P4: either it is there, with everything that later verbs need, or it is where
# it was and nothing of it is there.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=20 SITE_HMC=1
site_up
console=hmc1
register_hmc
# A migration takes three seconds here; what is lost is looked for after one.
cp -R "$source/templates" "$work/templates"
sed -i 's/settle = 30/settle = 1\n\tundo-every = 1/' "$work/templates/hmc/migrate-vm.seq"
options "templates = '$work/templates'"

on_hmc() {	# a command of the HMC's own administrator
	ssh -F /dev/null -i "$site/etc/keys/hmc1" -p "$(cat "$site/hmc1/port")" -o StrictHostKeyChecking=no -o LogLevel=ERROR -o UserKnownHostsFile=/dev/null \
	    -o IdentitiesOnly=yes -o ControlMaster=auto -o ControlPersist=60 -o "ControlPath=$work/hmc" hscroot@127.0.0.1 "$@" </dev/null
}
a='9009-42A*13AB001' b='9009-42A*13AB002'
on_vios() { on_hmc "viosvrcmd -m $a --id 1 -c \"$*\""; }
# A partition with its operating system on hdisk2 of p9a's VIOS, a disk that both VIOSes of p9b see, too; adopted.
by_hand() {
	on_hmc "mksyscfg -r lpar -m $a -i name=web1,profile_name=byhand1,lpar_env=aixlinux,min_mem=256,desired_mem=512,max_mem=1024,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1,desired_proc_units=0.2,max_proc_units=0.5,sharing_mode=uncap,uncap_weight=128,max_virtual_slots=20"
	id=$(on_hmc "lssyscfg -r lpar -m $a -F lpar_id,name" | sed -n 's/,web1$//p')
	on_hmc "chsyscfg -r prof -m $a -i \"virtual_scsi_adapters=2/client/1//20/0,name=byhand1,lpar_id=$id\""
	on_hmc "chsyscfg -r prof -m $a -i \"virtual_eth_adapters=15/0/10//0/0,name=byhand1,lpar_id=$id\""
	on_hmc "chhwres -r virtualio -m $a --rsubtype scsi -o a --id 1 -s 20 -a adapter_type=server,remote_lpar_id=$id,remote_slot_num=2"
	profile=$(on_hmc "lssyscfg -r lpar -m $a --filter lpar_ids=1 -F default_profile")
	on_hmc "chsyscfg -r prof -m $a -i \"virtual_scsi_adapters+=20/server/$id//2/0,name=$profile,lpar_id=1\""
	on_vios cfgdev
	vhost=$(on_vios 'lsmap -all -fmt :' | grep -- '-C20:' | cut -d: -f1)
	on_vios 'oem_setup_env && dd if=/home/padmin/images/plain/plain.0 of=/dev/rhdisk2 bs=8M' >/dev/null
	on_vios "mkvdev -f -vdev hdisk2 -vadapter $vhost" >/dev/null
	on_hmc "chsyscfg -r lpar -m $a -o apply --id $id -n byhand1"
	as admin 0 adopt-vm web1 --platform hmc1 --system p9a --owner alice
}
partition() { on_hmc "lssyscfg -r lpar -m $1 -F name,state" | sed -n 's/^web1,//p'; }
rmc() { on_hmc "lssyscfg -r lpar -m $1 -F name,rmc_state" | grep -q '^web1,active$'; }
is_there() {	# is_there SYSTEM STATE: there alone, for the console and for us
	case $1 in p9a) here=$a other=$b ;; *) here=$b other=$a ;; esac
	is "the console's web1 on $1" "$2" "$(partition "$here")"
	is 'and not on the other system' '' "$(partition "$other")"
	request alice show-vm web1 --json
	is "web1's system" "$1" "$(json .value.system)"
	is "web1's id" "$(on_hmc "lssyscfg -r lpar -m $here -F lpar_id,name" | sed -n 's/,web1$//p')" "$(json .value.lpar_id)"
}
# What is left of a partition on VIOSes: adapters whose partition is not there, running or in a profile; disks that nobody has in use.
dangling() {
	for m in $a $b; do
		ids=$(on_hmc "lssyscfg -r lpar -m $m -F lpar_id" | paste -sd '|')
		on_hmc "lshwres -r virtualio --rsubtype scsi --level lpar -m $m -F adapter_type,remote_lpar_id" | grep '^server,' | grep -cvE ",($ids)$"
		on_hmc "lssyscfg -r prof -m $m -F virtual_scsi_adapters:" | tr , '\n' | grep '/server/' | grep -cvE "/server/($ids)/"
		on_hmc "lshwres -r virtualio --rsubtype fc --level lpar -m $m -F adapter_type,remote_lpar_id; lssyscfg -r prof -m $m -F virtual_fc_adapters:" |
		    tr , '\n' | grep -A1 '^server$\|/server/' | sed -n 's/^\([0-9][0-9]*\)$/\/server\/\1\//p; /server.*\//p' | grep -cvE "/server/($ids)/"
	done | paste -sd +
}
job_of() { request admin list-jobs --all --json; jq -r "[.value[] | select(.verb == \"$1\")][0].id" "$work/out"; }

by_hand

# ---- refused, with the reason ----

as alice 77 migrate-vm web1
as admin 66 migrate-vm nothing
as admin 64 migrate-vm web1 --live --inactive
as admin 66 migrate-vm web1 --to p9z
says 'no system "p9z" on hmc1, where web1 is'
as admin 73 migrate-vm web1 --to p9a
says 'web1 is on p9a already'
as alice 0 start-vm web1
wait_until 'RMC' rmc "$a"
as admin 73 migrate-vm web1 --inactive
says 'runs: stop it first'
as admin 0 drain-platform hmc1 --system p9b --why "'its memory is replaced'"
as admin 75 migrate-vm web1
says 'no system has room; p9b: drained: its memory is replaced'
as admin 0 why "$(job_of migrate-vm)"
says 'drained'
as admin 0 resume-platform hmc1 --system p9b
as alice 0 create-vm lv1 --platform hmc1 --host p9a --memory 256M --disk 1G --no-start
as admin 73 migrate-vm lv1 --to p9b
says 'disk 1 of lv1 lies in the pool .* of its VIOS, which no other system sees'
as alice 0 delete-vm lv1 --yes
console=power1
register
console=hmc1
as alice 0 create-vm onivm --platform power1 --memory 256M --disk 1G --no-start
as admin 64 migrate-vm onivm
says 'migrate-vm is not there for platforms of the kind ivm'
as alice 0 delete-vm onivm --yes
request alice quota --json
jq -cS '[.value[] | {what, used}]' "$work/out" >"$work/usage"

# ---- running: there, with everything that the next verbs need ----

as admin 0 migrate-vm web1 --plan
says 'migrlpar -o v .*'
says 'this was the plan, for p9b'
is_there p9a Running
nothing_sent
as admin 0 migrate-vm web1 --live --once move1
says 'web1 is on p9b now, and has not stopped running'
says 'of memory sent'
first=$(job_of migrate-vm)
is_there p9b Running
is 'nothing dangles' 0+0+0+0+0+0 "$(dangling)"
as admin 0 migrate-vm web1 --live --once move1
is 'the once-key' 1 "$(sent | grep -c 'migrlpar -o m')"
as admin 0 history --job "$first" --json
is 'the move is in the history with its answer' 0 "$(json '[.value[] | select(.event == "commands") | .what.commands[] | select(.step == "move" and .part == "run")][0].status')"
as admin 0 transcript "$first" --json
is 'and in the transcript' 'watch 0' "$(json '[.value[] | select(.part == "watch")][0] | .part + " " + (.status | tostring)')"
as admin 0 drift web1 --json
as alice 0 restart-vm web1 --force
as alice 0 stop-vm web1 --force

# ---- off: back ----

as admin 73 migrate-vm web1 --live
says 'web1 does not run'
as admin 0 migrate-vm web1 --to p9a --inactive
says 'web1 is on p9a now'
is_there p9a 'Not Activated'
is 'nothing dangles' 0+0+0+0+0+0 "$(dangling)"
as alice 0 start-vm web1
wait_until 'RMC' rmc "$a"

# ---- stopped in the middle ----

moving() { partition "$a" | grep -q Migrating; }
begin() {	# begin: a migration that is under way; $job
	as admin 0 migrate-vm web1 --detach
	job=$(grep -oE '[0-9A-Z]{26}' "$work/out" "$work/err" -h | head -n 1)
	wait_until 'it is under way' moving
}
nothing_sent
begin
as admin 73 migrate-vm web1
says 'is being changed by job'
as admin 0 cancel-job "$job"
request admin follow "$job" --timeout 60
says 'cancelled'
is 'the console was told' 1 "$(sent | grep -c 'migrlpar -o s')"
is_there p9a Running
is 'nothing dangles' 0+0+0+0+0+0 "$(dangling)"
as admin 0 show-job "$job" --json
is 'its state' cancelled "$(json .value.state)"

# A stop that the console refuses comes too late: the VM is there, and the job says so.
echo 'match=migrlpar -o s,from=1,action=refuse,status=1,stderr=HSCL0000 too late' | faults
begin
as admin 0 cancel-job "$job"
as admin 0 follow "$job" --timeout 60
faults </dev/null
says 'web1 is on p9b now'
is_there p9b Running
as admin 0 migrate-vm web1 --to p9a

# ---- its worker is killed, its director ends, its line is cut: it goes on ----

nothing_sent
begin
for worker in $(pgrep -P "$(cat "$site/run/director.pid")" powerdirector-w); do kill -KILL "$worker"; done
as admin 0 follow "$job" --timeout 120
is_there p9b Running
is 'moved once' 1 "$(sent 'migrlpar -o m' | wc -l)"
as admin 0 migrate-vm web1 --to p9a
begin
site_stop director
site_start director
as admin 0 follow "$job" --timeout 120
is_there p9b Running
as admin 0 migrate-vm web1 --to p9a
echo 'match=migrlpar -o m,nth=1,action=cut-during' | faults
as admin 0 migrate-vm web1
faults </dev/null
is_there p9b Running
is 'nothing dangles' 0+0+0+0+0+0 "$(dangling)"
as admin 0 migrate-vm web1 --to p9a

# ---- the console gives up in the middle: it is where it was ----

begin
on_hmc "migrlpar -o s -m $a --id $id" || on_hmc "migrlpar -o s -m $a -p web1"
request admin follow "$job" --timeout 60
is 'exit status' 1 "$status"
says 'HSCL365C'
is_there p9a Running

# ---- with Fibre Channel: through the VIOS that was chosen there, with the names that it has ----

as alice 0 stop-vm web1 --force
site_stop hmc
export SITE_SPEED=0
site_start hmc
as admin 0 check-platform hmc1
as alice 0 add-fc web1 --fc auto
fc() { on_hmc "lshwres -r virtualio --rsubtype fc --level lpar -m $1 --filter lpar_names=web1 -F slot_num,remote_lpar_name,wwpns"; }
in_profile() { on_hmc "lssyscfg -r prof -m $1 --filter lpar_names=web1 -F virtual_fc_adapters"; }
mapped() { on_hmc "viosvrcmd -m $1 --id 1 -c \"lsmap -all -npiv -fmt :\"" | cut -d: -f7 | grep -c fcs; }
names=$(fc $a | sed 's/.*"\(.*\)"/\1/')
as admin 0 migrate-vm web1 --plan
says 'migrlpar -o v .* -i "\\"virtual_fc_mappings=10/vios21/1\\""'
echo 'match=migrlpar -o v,nth=1,action=refuse,status=1,stderr=HSCLA319 test: a port name cannot log in' | faults
as admin 1 migrate-vm web1
says 'HSCLA319'
is_there p9a 'Not Activated'
nothing_sent
as admin 0 migrate-vm web1
is_there p9b 'Not Activated'
is 'the console was told through which VIOS' 2 "$(sent | grep -c 'migrlpar .*virtual_fc_mappings=10/vios21/1')"
is 'its slot, its VIOS and its names' "10,vios21,\"$names\"" "$(fc $b)"
is 'and in its profile' 1 "$(in_profile $b | grep -c "10/client/1/vios21/[0-9]*/$names/0")"
is 'mapped to a port there' 1 "$(mapped $b)"
is 'and to none where it was' 0 "$(mapped $a)"
as alice 0 show-vm web1 --json
is 'what show-vm says' "vios21 $names" "$(json '.value.fc[0] | "\(.name) \(.wwpn1),\(.wwpn2)"')"
as alice 0 start-vm web1
is 'its names when it runs' "10,vios21,\"$names\"" "$(fc $b)"
as alice 0 stop-vm web1 --force
as alice 0 add-fc web1 --fc auto
as admin 75 migrate-vm web1 --to p9a
says 'too few of its VIOSes run to have the Fibre Channel adapters on as many as they are on now'
as alice 0 remove-fc web1 --adapter 2
as admin 0 migrate-vm web1 --to p9a
is 'back' "10,vios11,\"$names\"" "$(fc $a)"
is 'nothing dangles' 0+0+0+0+0+0 "$(dangling)"

# ---- each command refused: there, or where it was ----

nothing_sent
as admin 0 migrate-vm web1
total=$(sent | wc -l)
as admin 0 migrate-vm web1 --to p9a
refused=0 between=0
while [ $refused -lt "$total" ]; do
	refused=$((refused + ${HMC_STEP:-8}))
	echo "match=.*,nth=$refused,action=refuse,status=1,stderr=HSCL0000 test: refused" | faults
	request admin migrate-vm web1
	faults </dev/null
	at="command $refused of $total refused: exit status $status"
	case $status in
	0)	;;
	2)	request admin list-jobs --all --limit 1 --json
		job=$(json '.value[0].id')
		as alice 73 delete-vm web1 --yes --force
		says "web1 was left between two systems.*resume-job $job"
		between=$((between + 1))
		as admin 0 resume-job "$job" ;;
	*)	is "$at: where it was" 'Not Activated' "$(partition "$a")" ;;
	esac
	[ -n "$(partition "$a")" ] || as admin 0 migrate-vm web1 --to p9a
	is "$at: what dangles" 0+0+0+0+0+0 "$(dangling)"
	is "$at: it is there once" 1 "$( (partition $a; partition $b) | wc -l)"
done
checks=$((checks + 1))
[ $between -gt 0 ] || fail 'no command behind the move was refused'
is_there p9a 'Not Activated'

request alice quota --json
is 'usage' "$(cat "$work/usage")" "$(jq -cS '[.value[] | {what, used}]' "$work/out")"
as admin 0 verify-history
