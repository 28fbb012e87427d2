#!/bin/sh
# The verbs that change a VM, on a Hardware Management Console: the partition and its profile change together, each pair of do and undo
# leaves the systems exactly as before, and so does each command that fails.  Nothing but virtual adapters is changed on a VIOS.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
register_hmc
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

# P9: of a VIOS's partition only virtual adapters of VMs were ever touched.
is 'other changes of the VIOS' 0 "$(grep -E '^(chhwres|chsyscfg|chsysstate|rmsyscfg|migrlpar|mksyscfg)' "$work/all" |
    grep -E -e '--id 1( |$)|lpar_id=1(,|$)' |
    grep -cvE '^chhwres -r virtualio .* --rsubtype scsi -o [ar] |^chsyscfg -r prof .*virtual_scsi_adapters[+-]=[0-9]+/server/')"
