#!/bin/sh
# A partition that was made by hand on a system of an HMC comes under an owner (adopt-vm), and what is changed by hand on VMs there is found
# by drift, in the partition and in its profile, and brought back by the requests that it names.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
register_hmc

hmc() { ssh -F "$site/ssh_config" -o HostName=127.0.0.1 -p "$(cat "$site/hmc1/port")" -l hscroot -i "$site/etc/keys/hmc1" \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null plain "$@"; }
found() { json '.value.differences[] | .what + "|" + .wanted + "|" + .found' | sort; }
sizes=lpar_env=aixlinux,proc_mode=shared,min_procs=1,desired_procs=2,max_procs=2,min_proc_units=0.1,desired_proc_units=0.5,max_proc_units=1,sharing_mode=uncap,uncap_weight=100,min_mem=256,desired_mem=1024,max_mem=2048,max_virtual_slots=20

# ---- adopt-vm ----

by_hand() {	# by_hand SYSTEM NAME [lpar_id=ID,]
	hmc "mksyscfg -r lpar -m $1 -i \"name=$2,profile_name=$2_prof,${3:-}$sizes,virtual_eth_adapters=4/0/10//0/0\""
}
id=7
by_hand p9a handmade "lpar_id=$id,"
vios=$(hmc 'lssyscfg -r lpar -m p9a -F lpar_env,lpar_id' | sed -n 's/^vioserver,//p' | head -n 1)
profile=$(hmc "lssyscfg -r lpar -m p9a --filter lpar_ids=$vios -F default_profile")
hmc "chsyscfg -r prof -m p9a -i \"virtual_scsi_adapters+=2/client/$vios//50/0,name=handmade_prof,lpar_id=$id\""
hmc "chhwres -r virtualio -m p9a --rsubtype scsi -o a --id $vios -s 50 -a adapter_type=server,remote_lpar_id=$id,remote_slot_num=2"
hmc "viosvrcmd -m p9a --id $vios -c cfgdev" >/dev/null
vhost=$(hmc "viosvrcmd -m p9a --id $vios -c \"lsmap -all -fmt :\"" | grep -- '-C50:' | cut -d: -f1)
hmc "viosvrcmd -m p9a --id $vios -c \"mklv -lv hand_lv rootvg 2G\"" >/dev/null
hmc "viosvrcmd -m p9a --id $vios -c \"mkvdev -vdev hand_lv -vadapter $vhost\"" >/dev/null
as admin 66 adopt-vm nothere --platform hmc1 --owner alice
says 'no system of hmc1 had a partition named nothere'
as admin 66 adopt-vm handmade --platform hmc1 --system p9z --owner alice
as admin 73 adopt-vm handmade --platform hmc1 --system p9a --owner alice
says 'handmade was never started'
hmc "chsysstate -r lpar -m p9a -o on --id $id -f handmade_prof"
hmc "chsysstate -r lpar -m p9a -o shutdown --immed --id $id"
world >"$work/before"
as admin 0 list-systems --fresh
as admin 73 adopt-vm "$(hmc "lssyscfg -r lpar -m p9a --filter lpar_ids=$vios -F name")" --platform hmc1 --owner alice
says 'Virtual I/O Server'
as admin 0 adopt-vm handmade --platform hmc1 --owner alice
says "handmade is a VM of alice now: partition $id of p9a, stopped"
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the adoption changed something on the console'
as alice 0 show-vm handmade --json
is 'what it is' "alice p9a 1024 2 50 2048 $id hand_lv 10 0.10 100" \
    "$(json '.value | [.owner, .system, .memory, .procs, .units, .disk, .lpar_id, .disks[0].bd, .networks[0].vlan, .spec.units_min, .spec.weight] | map(tostring) | join(" ")')"
as alice 0 drift handmade --fresh
as alice 0 start-vm handmade
as alice 0 drift handmade --fresh
# Numbers are a system's own: the partition of the other system with the same one is another, and nobody's.
by_hand p9b twin "lpar_id=$id,"
hmc "chsysstate -r lpar -m p9b -o on --id $id -f twin_prof"
hmc "chsysstate -r lpar -m p9b -o shutdown --immed --id $id"
as admin 0 adopt-vm twin --platform hmc1 --system p9b --owner alice
says "twin is a VM of alice now: partition $id of p9b"
request alice list-vms --json
is 'the same number twice' "handmade p9a,twin p9b" "$(json '[.value[] | .name + " " + .system] | sort | join(",")')"
as alice 0 delete-vm twin --yes --force
as alice 0 show-vm handmade --json
is 'the other one' "p9a $id" "$(json '.value | .system + " " + (.lpar_id | tostring)')"
# The same name on two systems: which one has to be said; the same partition again is not there to be taken.
by_hand p9a twice
by_hand p9b twice
as admin 0 list-systems --fresh
as admin 64 adopt-vm twice --platform hmc1 --owner alice
says 'p9a and p9b of hmc1 both have a partition named twice'
hmc "chsyscfg -r lpar -m p9a -i lpar_id=$id,new_name=renamed"
as admin 73 adopt-vm renamed --platform hmc1 --system p9a --owner bob
says "partition $id of p9a is the VM handmade of alice already"
hmc "chsyscfg -r lpar -m p9a -i lpar_id=$id,new_name=handmade"
as alice 0 delete-vm handmade --yes --force
is 'its disk is still there' 1 "$(hmc "viosvrcmd -m p9a --id $vios -c \"lssp -bd -sp rootvg -field bdname size -fmt :\"" | grep -c '^hand_lv:')"
is 'its server adapter' 0 "$(hmc "lshwres -r virtualio --rsubtype scsi --level lpar -m p9a --filter lpar_ids=$vios -F slot_num" | grep -c '^50$')"

# ---- drift ----

as alice 0 create-vm web1 --image rhel9 --platform hmc1 --host p9a --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.9/24 --network name=lab
id=$(hmc 'lssyscfg -r lpar -m p9a -F name,lpar_id' | sed -n 's/^web1,//p')
tag=$(hmc "lssyscfg -r lpar -m p9a --filter lpar_ids=$id -F default_profile")
as alice 0 drift web1 --fresh
as admin 0 drift --platform hmc1 --json
is 'nobody'"'"'s' 'twice p9a,twice p9b' "$(json '[.value.partitions[] | .name + " " + .system] | sort | join(",")')"
hmc "chhwres -r proc -m p9a -o s --id $id -a uncap_weight=200"
hmc "chsyscfg -r prof -m p9a -i name=$tag,lpar_id=$id,desired_mem=1024"
hmc "chhwres -r virtualio -m p9a --rsubtype eth -o s --id $id -s 16 -a port_vlan_id=40"
as alice 73 drift web1 --fresh --json
found >"$work/found"
cat >"$work/expected" <<EOF
adapter 2|VLAN 20 in slot 16|VLAN 40 in slot 16
memory of the profile|256M:512M:1G|256M:1G:1G
weight|128|200
EOF
checks=$((checks + 1))
diff "$work/expected" "$work/found" >"$work/out" || fail 'drift finds something else'
repair() {	# repair USER VM: each request that drift names
	request "$1" drift "$2" --fresh --repair --json
	json '.value.repair[]' >"$work/requests"
	while read -r line; do
		stdin=/dev/null as "$1" 0 "$line"
	done <"$work/requests"
}
repair alice web1
is 'requests' 'modify-vm web1 --memory 512M --weight 128|change-network web1 --adapter 2 --network name=lab' "$(paste -sd'|' "$work/requests")"
as alice 0 drift web1 --fresh

# An adapter that is gone comes back with its address, which need not be the one that the console would give it now; then it starts with what it ran with.
addresses() {	# what the partition and its profile have in slot 16
	hmc "lshwres -r virtualio --rsubtype eth --level lpar -m p9a --filter \"lpar_ids=$id,slots=16\" -F mac_addr"
	hmc "lssyscfg -r prof -m p9a --filter lpar_ids=$id -F virtual_eth_adapters:" | grep -o '16/0/[^,"]*'
}
element=$(addresses | tail -n 1)
hmc "chhwres -r virtualio -m p9a --rsubtype eth -o r --id $id -s 16"
hmc "chhwres -r virtualio -m p9a --rsubtype eth -o a --id $id -s 16 -a \"ieee_virtual_eth=0,port_vlan_id=20,mac_addr=0A1B2C3D4E5F\""
hmc "chsyscfg -r prof -m p9a -i \"virtual_eth_adapters-=$element,name=$tag,lpar_id=$id\""
hmc "chsyscfg -r prof -m p9a -i \"virtual_eth_adapters+=$(printf '%s' "$element" | sed "s|ETHERNET0/[^/]*|ETHERNET0/0A1B2C3D4E5F|"),name=$tag,lpar_id=$id\""
addresses >"$work/addresses"
is 'its address' 2 "$(grep -c 0A1B2C3D4E5F "$work/addresses")"
as alice 73 drift web1 --fresh --json
is 'another address' 'adapter 2|0A1B2C3D4E5F' "$(found | cut -d'|' -f1,3)"
as alice 73 drift web1 --repair
says_not 'brings back what a request'
says 'web1, adapter 2: remove the adapter in slot 16 at the console and make it again with the address [0-9A-F]{12}, or take over .*: accept-drift web1'
as admin 0 accept-drift web1
as alice 0 drift web1 --fresh
hmc "chhwres -r virtualio -m p9a --rsubtype eth -o r --id $id -s 16"
as alice 73 drift web1 --fresh --json
is 'an adapter' 'adapter 2|VLAN 20 in slot 16|none' "$(found)"
repair alice web1
checks=$((checks + 1))
addresses | diff "$work/addresses" - >"$work/out" || fail 'it has another address now'
as alice 0 drift web1 --fresh
as alice 0 restart-vm web1 --force
as alice 0 drift web1 --fresh

# Renamed, and a disk detached: both are as they were, down to the name of the mapping, and nothing else has changed.
as alice 0 show-vm web1 --json
bd=$(json '.value.disks[1].bd')
world >"$work/before"
hmc "chsyscfg -r lpar -m p9a -i lpar_id=$id,new_name=other"
hmc "viosvrcmd -m p9a --id $vios -c \"rmvdev -vdev $bd\"" >/dev/null
as alice 73 drift web1 --fresh --json
is 'name and disk' "disk 2 through $(hmc "lssyscfg -r lpar -m p9a --filter lpar_ids=$vios -F name")|$bd attached|not attached name|web1|other" "$(found | paste -sd' ')"
as alice 73 add-disk web1 --existing "$bd"
says 'it is other'
as alice 73 rename-vm web1 --to web9
says 'give it its name back first'
repair alice web1
is 'requests' "rename-vm web1 --to web1|add-disk web1 --existing $bd" "$(paste -sd'|' "$work/requests")"
as alice 0 drift web1 --fresh
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the repair changed something else'
as alice 0 rename-vm web1 --to web1
says 'has that name already'
as alice 0 add-disk web1 --existing "$bd"
says 'has that disk already'
request alice show-vm web1 --json
is 'disks of the record' 2 "$(json '.value.disks | length')"
as admin 0 verify-history
