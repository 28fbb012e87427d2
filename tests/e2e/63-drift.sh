#!/bin/sh
# drift: what an administrator of the console has changed by hand on VMs that jobs have built is found, each kind of it, and brought back by
# the requests that drift names; tenants see their own VMs only.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register

console() { ssh -F "$site/ssh_config" -o HostName=127.0.0.1 -p "$(cat "$site/power1/port")" -l padmin -i "$site/etc/keys/power1" \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null plain "$@"; }
lpar() { jq ".. | objects | select(.name? == \"$1\" and .state? and .id?) | .$2" "$site/power1/world.json"; }
# What drift finds, sorted: "what wanted found" in one line each.
found() { json '.value.differences[] | .what + "|" + .wanted + "|" + .found' | sort; }

as alice 0 create-vm web1 --image rhel6 --cpu 0.5 --memory 1G --disk 6G --disk 1G --no-start \
    --network vlan=10,ip=10.0.10.7/24,gateway=10.0.10.1 --network name=lab
as bob 0 create-vm db1 --memory 512M --disk 1G --no-start
id=$(lpar web1 id)

# As they were built: nothing.
as alice 0 drift --fresh
says 'no drift: 1 VM compared'
as admin 0 drift --fresh
says 'no drift: 2 VMs compared'
as bob 66 drift web1
as alice 66 drift db1 --fresh
as alice 66 drift --platform power9

# By hand: more memory, other processors, capped, another VLAN, a disk detached.
console "chsyscfg -r prof -i min_mem=256,desired_mem=2048,max_mem=4096,lpar_id=$id"
console "chsyscfg -r prof -i min_proc_units=0.10,desired_proc_units=0.70,max_proc_units=1.00,min_procs=1,desired_procs=2,max_procs=2,lpar_id=$id"
console "chsyscfg -r prof -i sharing_mode=cap,lpar_id=$id"
console "chhwres -r virtualio --rsubtype eth --id $id -o r -s 15"
console "chhwres -r virtualio --rsubtype eth --id $id -o a -s 15 -a ieee_virtual_eth=0,port_vlan_id=30,is_trunk=0"
console "chhwres -r virtualio --rsubtype eth --id $id -o r -s 16"
console "chhwres -r virtualio --rsubtype eth --id $id -o a -s 9 -a ieee_virtual_eth=0,port_vlan_id=40,is_trunk=0"
request alice show-vm web1 --json
bd=$(json '.value.disks[1].bd')
console "ioscli rmvdev -vdev $bd" >/dev/null
as alice 73 drift web1 --fresh --json
found >"$work/found"
cat >"$work/expected" <<EOF
adapter 1|VLAN 10 in slot 15|VLAN 30 in slot 15
adapter 2|VLAN 20 in slot 16|none
adapter in slot 9|none|VLAN 40
cpu|0.10:0.50:1.00|0.10:0.70:1.00
disk 2|$bd attached|not attached
memory|256M:1G:2G|256M:2G:4G
procs|1:1:2|1:2:2
sharing|uncap|cap
EOF
checks=$((checks + 1))
diff "$work/expected" "$work/found" >"$work/out" || fail 'drift finds something else'
as alice 73 drift web1 --repair
says 'modify-vm web1 --cpu 0\.50 --procs 1 --memory 1G --uncapped --weight 128'
says '8 differences of 1 VM'
as bob 0 drift

# As a person would: each request that drift names, then it is as it was built; the adapter that nobody asked for is the administrator's matter.
repair() {	# repair USER VM
	request "$1" drift "$2" --fresh --repair --json
	json '.value.repair[]' >"$work/requests"
	while read -r line; do
		stdin=/dev/null as "$1" 0 "$line"
	done <"$work/requests"
}
repair alice web1
is 'requests' 4 "$(wc -l <"$work/requests")"
as alice 73 drift web1 --fresh --json
is 'what is left' 'adapter in slot 9|none|VLAN 40' "$(found)"
console "chhwres -r virtualio --rsubtype eth --id $id -o r -s 9"
as alice 0 drift web1 --fresh
request alice show-vm web1 --json
is 'disks and adapters of the record' '2 2' "$(json '.value | (.disks | length | tostring) + " " + (.networks | length | tostring)')"
as alice 0 start-vm web1
as alice 0 drift web1 --fresh	# it has configured itself, and stopped: that is no drift
as alice 0 start-vm web1
as alice 0 drift web1 --fresh

# Renamed, and powered off, by hand.
console "chsyscfg -r lpar -i lpar_id=$id,new_name=other"
console "chsysstate -r lpar -o shutdown --immed --id $id"
as alice 73 drift web1 --fresh --json
is 'name and power' 'name|web1|other,power|running|stopped' "$(found | paste -sd,)"
as alice 73 start-vm web1
repair alice web1
is 'requests' 'rename-vm web1 --to web1,start-vm web1' "$(paste -sd, "$work/requests")"
as alice 0 drift web1 --fresh
as alice 0 rename-vm web1 --to web1
says 'has that name already'

# All at once.
console "chsyscfg -r lpar -i lpar_id=$id,new_name=other"
console "chsyscfg -r prof -i uncap_weight=99,lpar_id=$id"
console "chsysstate -r lpar -o shutdown --immed --id $id"
as alice 0 drift web1 --fresh --repair --yes
says '3 requests: 3 done'
as alice 0 drift web1 --fresh
as alice 0 drift web1 --fresh --repair --yes
says 'no drift'

# Running: the weight is brought back live.
console "chsyscfg -r prof -i uncap_weight=200,lpar_id=$id"
as alice 73 drift web1 --fresh --json
is 'weight' 'weight|128|200' "$(found)"
repair alice web1
as alice 0 drift web1 --fresh
as admin 0 verify-history

# What an administrator accepts is what it is to be; the owner's quota counts it, whoever accepts.
as alice 77 accept-drift web1
as admin 0 accept-drift web1
says 'web1 is as it was built'
as alice 0 stop-vm web1 --force
console "chsyscfg -r prof -i desired_mem=2048,max_mem=4096,lpar_id=$id"
console "chhwres -r virtualio --rsubtype eth --id $id -o r -s 15"
console "chhwres -r virtualio --rsubtype eth --id $id -o a -s 15 -a ieee_virtual_eth=0,port_vlan_id=30,is_trunk=0"
console "chhwres -r virtualio --rsubtype eth --id $id -o a -s 9 -a ieee_virtual_eth=0,port_vlan_id=40,is_trunk=0"
as admin 73 accept-drift web1
says 'look again first'
as admin 73 drift web1 --fresh
as admin 0 accept-drift web1
says 'web1 is to be as its console shows it: 3 differences accepted$'
as alice 0 drift web1
as alice 0 show-vm web1 --json
is 'what it is now' '2048 4096 30 null 40' "$(json '.value | [.memory, .spec.memory_max, (.networks[] | select(.slot == 15) | .vlan, .ip), (.networks[] | select(.slot == 9) | .vlan)] | map(tostring) | join(" ")')"
request admin history --vm web1 --json
is 'in the history' '3 alice' "$(json '[.value[] | select(.event == "drift-accepted")][-1].what | "\(.differences | length) \(.owner)"')"
as alice 0 remove-network web1 --adapter 3
as alice 0 drift web1 --fresh
as alice 0 create-vm web2 --memory 512M --disk 1G --no-start --network vlan=10,ip=10.0.10.7/24	# its address is free again
as alice 0 delete-vm web2 --yes
console "chsyscfg -r prof -i desired_mem=9216,max_mem=9216,lpar_id=$id"
as admin 73 drift web1 --fresh
as admin 77 accept-drift web1
says 'tenant blue|user alice|one VM of tenant blue'
as admin 0 verify-history
