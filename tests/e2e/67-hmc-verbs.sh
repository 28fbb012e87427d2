#!/bin/sh
# The verbs that change a VM, on a Hardware Management Console: the partition and its profile change together, each pair of do and undo
# leaves the systems exactly as before, and so does each command that fails.  Nothing but virtual adapters is changed on a VIOS.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
register_hmc
sed -i -e 's/processing-units   = 2\.0/processing-units   = 8.0/' -e 's/processing-units = 1\.0/processing-units = 4.0/' "$site/etc/powerdirector.conf"
quick_sequences

now() { jq -r --arg n "$1" '.. | objects | select(.name? == $n and has("profiles")) | '"$2" "$site/hmc1/world.json"; }
# The verb and its opposite, then the verb with each of its commands refused.
each() {	# each 'DO words' 'UNDO words'
	undo=$2
	world >"$work/before"
	nothing_sent
	as alice 0 $1
	n=$(sent | wc -l)
	sent >>"$work/all"
	as alice 0 $2
	is_as_before "$1 and $2"
	each_refused "$n" '0 1 66 69 73 75' alice $1
}
each_time() { [ "$status" != 0 ] || as alice 0 $undo; }	# a question that is asked again
every=${HMC_STEP:-1}

as alice 0 create-vm web1 --image rhel9 --platform hmc1 --cpu 0.2:0.5:1 --procs 1:1:2 --memory 512M:1G:3G --disk 6G --network vlan=10,ip=10.0.10.7/24
as alice 0 create-vm raw1 --platform hmc1 --cpu 0.2 --memory 256M --disk 1G --network name=lab
is 'RMC of web1' active "$(now web1 .rmc_state)"
: >"$work/all"

# ---- networks ----

adapters() { now "$1" '"\([.curr.adapters[] | select(.kind == 2) | "\(.slot):\(.pvid)"] | sort | join(" ")) | \([.profiles[0].config.adapters[] | select(.kind == 2) | "\(.slot):\(.pvid)"] | sort | join(" "))"'; }
as alice 0 add-network web1 --network name=lab,ip=10.0.20.5/24
says 'web1 has adapter 2 on VLAN 20; 10.0.20.5/24 is reserved for it, configure it in the guest'
is 'adapters, now and in the profile' '15:10 16:20 | 15:10 16:20' "$(adapters web1)"
as alice 0 show-vm web1 --json
is 'slot, address and MAC' '16 10.0.20.5 12' "$(json '.value.networks[1] | "\(.slot) \(.ip) \(.mac | length)"')"
mac=$(json '.value.networks[1].mac')
as alice 0 change-network web1 --adapter 2 --network vlan=10,ip=10.0.10.6/24
is 'adapters, now and in the profile' '15:10 16:10 | 15:10 16:10' "$(adapters web1)"
as alice 0 restart-vm web1 --force
is 'adapters after a restart' '15:10 16:10 | 15:10 16:10' "$(adapters web1)"
is 'the address of its slot' "$mac" "$(now web1 '.curr.adapters[] | select(.slot == 16) | .mac')"
as alice 0 remove-network web1 --adapter 2
is 'adapters, now and in the profile' '15:10 | 15:10' "$(adapters web1)"
world >"$work/before"
as alice 73 add-network raw1 --network vlan=10
says 'stop it first'
as alice 73 change-network raw1 --adapter 1 --network vlan=10
as alice 73 remove-network raw1 --adapter 1
is_as_before 'a refused change'
as alice 0 stop-vm raw1 --force
as alice 0 add-network raw1 --network vlan=10
is 'adapters of one that is off' '15:20 16:10 | 15:20 16:10' "$(adapters raw1)"
as alice 0 remove-network raw1 --adapter 2
each 'add-network web1 --network name=lab,ip=10.0.20.9/24' 'remove-network web1 --adapter 2'
as alice 0 add-network web1 --network name=lab,ip=10.0.20.9/24
each 'change-network web1 --adapter 2 --network vlan=10,ip=10.0.10.9/24' 'change-network web1 --adapter 2 --network name=lab,ip=10.0.20.9/24'
each 'remove-network web1 --adapter 2' 'add-network web1 --network name=lab,ip=10.0.20.9/24'
as alice 0 remove-network web1 --adapter 2

# ---- processors and memory ----

# What it runs with, and what its profile has.
sizes() { now "$1" '"\(.curr.mem) \(.curr.units) \(.curr.procs) \(.curr.sharing_mode) \(.curr.uncap_weight) | \(.profiles[0].config | "\(.mem) \(.units) \(.procs) \(.sharing_mode) \(.uncap_weight)")"'; }
nothing_sent
as alice 0 modify-vm web1 --memory 2G --cpu 0.8 --json
is code OK "$(json .code)"
says 'web1 has 0.80 processing units, 1 virtual processor and 2G memory, uncapped with weight 128'
is 'now and in the profile' '2048 80 1 uncap 128 | 2048 80 1 uncap 128' "$(sizes web1)"
is 'more, and only that' '-q 1024 --procunits 0.30' "$(sent '^chhwres -r (mem|proc)' | grep -oE -e '-q [0-9]+|--proc.* [0-9.]+ -w' | sed 's/ -w//' | tr '\n' ' ' | sed 's/ $//')"
as alice 0 restart-vm web1 --force
is 'after a restart' '2048 80 1 uncap 128 | 2048 80 1 uncap 128' "$(sizes web1)"
as alice 0 modify-vm web1 --memory 512M --cpu 0.5 --procs 2 --weight 200
is 'more and less at once' '512 50 2 uncap 200 | 512 50 2 uncap 200' "$(sizes web1)"
as alice 0 modify-vm web1 --cpu 1 --procs 1 --capped
is 'more and less at once' '512 100 1 cap 200 | 512 100 1 cap 200' "$(sizes web1)"
as alice 64 modify-vm web1 --weight 3
as alice 0 modify-vm web1 --uncapped --weight 90 --cpu 0.5
is 'uncapped' '512 50 1 uncap 90 | 512 50 1 uncap 90' "$(sizes web1)"
nothing_sent
as alice 0 modify-vm web1 --memory 512M --cpu 0.5
! sent '^ch' || fail 'nothing had to be changed'
world >"$work/before"
as alice 73 modify-vm web1 --memory 4G
says 'bounds change only while it is stopped'
as alice 73 modify-vm web1 --procs 1:1:4
is_as_before 'a refused change'
each 'modify-vm web1 --memory 2G --cpu 0.9 --procs 2 --capped' 'modify-vm web1 --memory 512M --cpu 0.5 --procs 1 --uncapped --weight 90'
each 'modify-vm web1 --weight 7' 'modify-vm web1 --weight 90'
# The operating system takes a part of it and the console says that it failed: what it took is given back.
partly() {	# partly REGEX words...
	echo "match=$1,nth=1,action=partial" | faults
	shift
	world >"$work/before"
	as alice 1 "$@"
	faults </dev/null
	is_as_before "$*, done in part"
}
partly '^chhwres -r mem' modify-vm web1 --memory 2G
says 'HSCL2931'
partly '^chhwres -r mem' modify-vm web1 --memory 1G --cpu 0.9
partly '^chhwres -r proc' modify-vm web1 --cpu 0.9 --memory 1G
as alice 0 modify-vm web1 --cpu 0.9 --procs 2 --memory 1G
partly '^chhwres -r mem' modify-vm web1 --memory 512M
partly '^chhwres -r proc' modify-vm web1 --cpu 0.2 --procs 1
partly '^chhwres -r proc' modify-vm web1 --cpu 0.5
# The line is lost behind the command: how much it has done is found out, and the rest is done.
echo 'match=^chhwres -r mem,nth=1,action=cut-during' | faults
as alice 0 modify-vm web1 --memory 2G
echo 'match=^chhwres -r proc,nth=1,action=cut-before' | faults
as alice 0 modify-vm web1 --cpu 0.2 --procs 1
faults </dev/null
is 'what was asked for' '2048 20 1 uncap 90 | 2048 20 1 uncap 90' "$(sizes web1)"

# ---- off: the profile, and the configuration with it ----

as alice 0 stop-vm web1 --force
as alice 0 modify-vm web1 --memory 512M:1G:3G --cpu 0.2:0.5:1 --procs 1:1:2 --weight 128
is 'off' '1024 50 1 uncap 128 | 1024 50 1 uncap 128' "$(sizes web1)"
each 'modify-vm web1 --memory 256M:512M:4G --cpu 0.1:0.3:1 --procs 1:2:3 --weight 3' \
    'modify-vm web1 --memory 512M:1G:3G --cpu 0.2:0.5:1 --procs 1:1:2 --weight 128'
as alice 0 start-vm web1
is 'started' '1024 50 1 uncap 128 | 1024 50 1 uncap 128' "$(sizes web1)"

# ---- its operating system does not answer ----

as alice 0 start-vm raw1
as alice 73 modify-vm raw1 --memory 512M
says 'say --at-restart'
as alice 0 modify-vm raw1 --memory 512M --cpu 0.3 --at-restart
says 'counts from its next start on'
is 'from the next start on' '256 20 1 uncap 128 | 512 30 1 uncap 128' "$(sizes raw1)"
as alice 0 stop-vm raw1 --force
as alice 0 start-vm raw1
is 'started' '512 30 1 uncap 128 | 512 30 1 uncap 128' "$(sizes raw1)"

# ---- whole processors ----

as alice 0 create-vm own1 --platform hmc1 --image rhel9 --dedicated --procs 1:1:2 --memory 512M --disk 6G --network vlan=10,ip=10.0.10.8/24
as alice 64 modify-vm own1 --cpu 0.5
each 'modify-vm own1 --procs 2' 'modify-vm own1 --procs 1'
as alice 0 modify-vm own1 --procs 2
partly '^chhwres -r proc' modify-vm own1 --procs 1
as alice 0 stop-vm own1 --force
as alice 0 modify-vm own1 --procs 1:2:4 --plan
says 'max_procs=4'
as alice 0 delete-vm own1 --yes

# P9: of a VIOS's partition only virtual adapters of VMs were ever touched.
is 'other changes of the VIOS' 0 "$(grep -E '^(chhwres|chsyscfg|chsysstate|rmsyscfg|migrlpar|mksyscfg)' "$work/all" |
    grep -E -e '--id 1( |$)|lpar_id=1(,|$)' |
    grep -cvE '^chhwres -r virtualio .* --rsubtype scsi -o [ar] |^chsyscfg -r prof .*virtual_scsi_adapters[+-]=[0-9]+/server/')"
