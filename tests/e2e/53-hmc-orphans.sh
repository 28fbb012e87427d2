#!/bin/sh
# P4 on the systems of a Hardware Management Console: orphans names what was left on each system and each VIOS, and --clean removes it:
# partitions, server adapters (SCSI, Fibre Channel), their entries in profiles, disks, media.  P9: nothing is touched that a VM owns, or
# that cannot be proven to be of PowerDirector.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
quick_sequences
register_hmc
world >"$work/before"

create() {	# create NAME STATUS ADDRESS
	as alice "$2" create-vm "$1" --image rhel9 --platform hmc1 --memory 512M --disk 6G --disk 1G --network vlan=10,ip="$3"/24
}
job_of() {	# job_of VERB: the newest one's id
	request admin list-jobs --all --json
	jq -r "[.value[] | select(.verb == \"$1\")][0].id" "$work/out"
}
refuse() {	# refuse REGEX...: from now on
	for c; do
		echo "match=$c,from=1,action=refuse,status=1,stderr=HSCL0000 test: refused"
	done | faults
}
console_is_as() {	# console_is_as FILE WHAT
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/$1" "$work/after" >"$work/out" || fail "$2: something is left"
}
on_hmc() {	# a command of the HMC's own administrator
	ssh -F /dev/null -i "$site/etc/keys/hmc1" -p "$(cat "$site/hmc1/port")" -o StrictHostKeyChecking=no -o LogLevel=ERROR \
	    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes hscroot@127.0.0.1 "$@" </dev/null
}
kinds() { json '[.value.orphans[] | .kind] | sort | join(",")'; }
everything='first-boot medium,logical volume,logical volume,partition,profile entry,server adapter'

# ---- none, and a VM that is none of anybody's business ----
as admin 0 orphans --json
is 'none' 0 "$(json '.value.orphans | length')"
create web0 0 10.0.10.7
world >"$work/with-web0"
as admin 0 orphans
says 'nothing on hmc1 that no VM owns'

# ---- a stuck create-vm: everything is there ----
refuse 'chsysstate.*-o on' rmsyscfg rmlv rmvdev rmdev unloadopt 'rm -' 'chhwres.*-o r' 'adapters-='
create web1 2 10.0.10.8
faults </dev/null
job=$(job_of create-vm)
as admin 0 orphans --json
is 'everything is named' "$everything" "$(kinds)"
is 'whose' "ours $job web1" "$(json '[.value.orphans[] | .origin + " " + .job + " " + .vm] | unique | join(";")')"
is 'where' 0 "$(json '[.value.orphans[] | select((.system // "") == "" or (.kind != "partition" and (.vios // "") == ""))] | length')"
is 'each with its command' 0 "$(json '[.value.orphans[] | select((.command // "") == "")] | length')"
jq -r '.value.orphans[] | .command, .before | select(. != null)' "$work/out" | sort >"$work/commands"
as admin 0 orphans
says '^KIND +NAME +SYSTEM +VIOS'
as admin 0 orphans --clean --plan
says 'rmsyscfg -r lpar -m .*--id <id>'
as admin 0 orphans --clean --yes --json
is 'all removed' 6 "$(json '[.value.orphans[] | select(.removed)] | length')"
clean=$(json .job)
as admin 0 transcript "$clean" --json
jq -r '.value[] | select(.part == "run") | .command' "$work/out" | sed 's/^LC_ALL=[^ ]* //' | grep -v 'rmvterm\|unloadopt' | sort >"$work/sent"
checks=$((checks + 1))
diff "$work/commands" "$work/sent" >"$work/out" || fail 'what was listed is not what was sent'
console_is_as with-web0 'after the cleaning'
as alice 66 show-vm web1
as admin 0 show-job "$job" --json
is 'the stuck job is closed' failed "$(json .value.state)"

# ---- the partition is gone, what its VIOS had for it is not ----

# The VM's row names the slot, and stays until nothing is left.
left_on_vios() {	# left_on_vios VM KINDS REGEX FILE: of what is stuck a cleaning is refused REGEX first; then all is as in FILE
	faults </dev/null
	as admin 0 orphans --json
	is "$1: of a VIOS" "$2" "$(kinds)"
	is "$1: as ours" ours "$(json '[.value.orphans[].origin] | unique | join(",")')"
	refuse "$3"
	as admin 1 orphans --clean --yes
	faults </dev/null
	as alice 0 show-vm "$1" --json
	is "$1: its row stays" broken "$(json .value.state)"
	as admin 0 orphans --clean --yes
	as alice 66 show-vm "$1"
	console_is_as "$4" "$1: after the second cleaning"
}
refuse 'chsysstate.*-o on' rmdev 'chhwres.*-o r' 'adapters-='
create web1 2 10.0.10.8
left_on_vios web1 'profile entry,server adapter' 'chhwres.*-o r' with-web0

# ---- Fibre Channel: stuck behind its mapping, beside a VM whose adapter stands in the same profile ----
system=$(as admin 0 list-systems --json; json '.value[0].ident')
create_fc() { as alice "$2" create-vm "$1" --memory 512M --disk 1G --platform hmc1 --host p9a --fc vios=vios11; }
fc='Fibre Channel adapter,Fibre Channel entry'
create_fc beside 0
as admin 0 orphans
says 'nothing on hmc1 that no VM owns'
on_hmc "viosvrcmd -m $system --id 1 -c cfgdev"	# now and not by the next VM's it hears of the adapter's port names
world >"$work/with-beside"
refuse '.*wwpns' vfcmap.*-fcp$ 'vfcmap.*-fcp"' rmsyscfg rmlv rmvdev rmdev 'chhwres.*-o r' 'adapters-='
create_fc web2 2
faults </dev/null
as admin 0 orphans --json
is 'with its partition' "$fc,logical volume,partition,profile entry,server adapter" "$(kinds)"
is 'as ours' 'ours web2' "$(json '[.value.orphans[] | .origin + " " + .vm] | unique | join(",")')"
jq -r '.value.orphans[] | .command, .before | select(. != null)' "$work/out" | sed 's/ && viosvrcmd/\
viosvrcmd/' | sort >"$work/commands"
as admin 0 orphans --clean --yes --json
is 'all removed' 0 "$(json '[.value.orphans[] | select(.removed | not)] | length')"
as admin 0 transcript "$(json .job)" --json
jq -r '.value[] | select(.part == "run") | .command' "$work/out" | sed 's/^LC_ALL=[^ ]* //' | grep -v rmvterm | sort >"$work/sent"
checks=$((checks + 1))
diff "$work/commands" "$work/sent" >"$work/out" || fail 'of Fibre Channel, what was listed is not what was sent'
console_is_as with-beside 'after the cleaning of Fibre Channel'
as alice 66 show-vm web2

# Its partition gone, the adapter and its entry left.
refuse '.*wwpns' 'rmdev.*vfchost' 'chhwres.*fc -o r' 'virtual_fc_adapters-='
create_fc web2 2
left_on_vios web2 "$fc" 'chhwres.*fc -o r' with-beside
as alice 0 delete-vm beside --yes --force
console_is_as with-web0 'after the deletion of the VM beside'

# ---- a VIOS that does not answer: the others are looked through, what cannot be seen stays ----
away='match=viosvrcmd .* --id 2 -c,from=1,action=refuse,status=1,stderr=HSCL2970 test: no connection'
refuse rmlv
as alice 2 delete-vm web0 --yes --force
echo "$away" | faults
as admin 0 orphans --json
is 'what the others have' 'logical volume,logical volume' "$(kinds)"
is 'who was not asked' 'vios22 p9b' "$(json '[.value.unasked[] | .vios + " " + .system] | join(",")')"
as admin 0 orphans
says 'not asked: VIOS vios22 of p9b \(it does not answer\)'
as admin 0 orphans --clean --yes
says '2 of 2 things on hmc1 removed; not asked: VIOS vios22'
as alice 66 show-vm web0
# Of a VM on its own system the row stays, with its partition, until all of it can be seen.
faults </dev/null
create_b() { as alice "$1" create-vm web3 --image rhel9 --platform hmc1 --host p9b --memory 512M --disk 1G --network vlan=10,ip=10.0.10.9/24; }
world >"$work/empty"
refuse 'chsysstate.*-o on' rmlv rmsyscfg
create_b 2
echo "$away" | faults
as admin 1 orphans --clean --yes --json
is 'the partition stays' false "$(json '[.value.orphans[] | select(.kind == "partition")] | any(.removed)')"
is 'what the other VIOS has goes' 'true' "$(json '[.value.orphans[] | select(.kind == "logical volume")] | all(.removed)')"
as alice 0 show-vm web3 --json
is 'its row stays' broken "$(json .value.state)"
faults </dev/null
as admin 0 orphans --clean --yes
console_is_as empty 'after the VIOS is back'
as alice 66 show-vm web3
create web0 0 10.0.10.7

# ---- P9: made by hand ----
on_hmc "mksyscfg -r lpar -m $system -i name=other,profile_name=pd0123abce,lpar_env=aixlinux,min_mem=256,desired_mem=256,max_mem=512,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=1,min_proc_units=0.1,desired_proc_units=0.1,max_proc_units=0.1,sharing_mode=cap"
on_hmc "chhwres -r virtualio -m $system --rsubtype scsi -o a --id 1 -s 77 -a adapter_type=server,remote_lpar_id=66,remote_slot_num=2"
on_hmc "chhwres -r virtualio -m $system --rsubtype fc -o a --id 1 -s 78 -a adapter_type=server,remote_lpar_id=66,remote_slot_num=3"
on_hmc "viosvrcmd -m $system --id 1 -c \"mklv -lv pd0123abcd_0 datavg 1G\""
world >"$work/foreign"
as admin 0 orphans --json
is 'unknown ones are shown' 'Fibre Channel adapter,logical volume,partition,server adapter' "$(kinds)"
is 'as unknown' unknown "$(json '[.value.orphans[].origin] | unique | join(",")')"
as admin 0 orphans --clean --yes
console_is_as foreign 'something that is not ours was touched'
as alice 0 show-vm web0

# ---- a console that does not answer: what stuck jobs left is known without it ----
refuse rmlv
as alice 2 delete-vm web0 --yes --force
faults </dev/null
site_stop hmc
as admin 69 orphans --json
is 'from the stuck job' "$(job_of delete-vm)" "$(as admin 69 orphans --json; json '[.value.orphans[].job] | unique | join(",")')"
site_start hmc
as admin 0 orphans --clean --yes
as alice 66 show-vm web0
request alice quota --json
is 'usage' 0 "$(json '[.value[].used] | add')"
as admin 0 verify-history
