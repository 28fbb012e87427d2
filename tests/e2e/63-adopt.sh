#!/bin/sh
# adopt-vm: a partition that an administrator of the console made by hand comes under an owner and his quota, is started and stopped like
# any other VM, and gives its disks back when it is deleted.  Never the VIOS, never what is owned, never beyond the quota.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register

console() { ssh -F "$site/ssh_config" -o HostName=127.0.0.1 -p "$(cat "$site/power1/port")" -l padmin -i "$site/etc/keys/power1" \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null plain "$@"; }
by_hand() {	# by_hand NAME MEMORY
	console "mksyscfg -r lpar -i name=$1,profile_name=$1_prof,lpar_env=aixlinux,proc_mode=shared,min_procs=1,desired_procs=2,max_procs=2,min_proc_units=0.10,desired_proc_units=0.50,max_proc_units=1.00,sharing_mode=uncap,uncap_weight=128,min_mem=256,desired_mem=$2,max_mem=4096,max_virtual_slots=20"
}
lpar() { jq ".. | objects | select(.name? == \"$1\" and .state? and .id?) | .$2" "$site/power1/world.json"; }

by_hand handmade 1024
id=$(lpar handmade id)
slot=$(console "lssyscfg -r prof --filter lpar_ids=$id -F virtual_scsi_adapters" | cut -d/ -f5)
vhost=$(console 'ioscli lsmap -all -fmt :' | grep -- "-C$slot:" | cut -d: -f1)
console 'ioscli mklv -lv hand_lv datavg 2G' >/dev/null
console "ioscli mkvdev -vdev hand_lv -vadapter $vhost" >/dev/null
console "chsyscfg -r prof -i virtual_eth_adapters=4/0/10//0/1,lpar_id=$id" >/dev/null 2>&1
world >"$work/before"

# Who may, and what may not be adopted.
as alice 77 adopt-vm handmade --platform power1 --owner alice
as admin 66 adopt-vm nothere --platform power1 --owner alice
says 'power1 has no partition named nothere'
as admin 66 adopt-vm handmade --platform power1 --owner nobody
says 'nobody is a member of no tenant'
as admin 73 adopt-vm "$(console 'lssyscfg -r lpar -F name,lpar_env' | sed -n 's/,vioserver$//p')" --platform power1 --owner alice
says 'Virtual I/O Server'
as admin 0 adopt-vm handmade --platform power1 --owner alice --plan
as alice 66 show-vm handmade

# Into an account that is not full: everything is as the console has it, and nothing there has changed.
as admin 0 adopt-vm handmade --platform power1 --owner alice
says "handmade is a VM of alice now: partition $id of power1, stopped; nothing was changed on it"
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the adoption changed something on the console'
as alice 0 show-vm handmade --json
is 'what it is' "alice blue 1024 2 50 2048 $id hand_lv 10" \
    "$(json '.value | [.owner, .tenant, .memory, .procs, .units, .disk, .lpar_id, .disks[0].bd, .networks[0].vlan] | map(tostring) | join(" ")')"
request alice quota --json
is 'it counts' 1024 "$(json '[.value[] | select(.whose | test("tenant")) | select(.what == "memory") | .used][0]')"
as bob 66 show-vm handmade
as admin 73 adopt-vm handmade --platform power1 --owner bob
says 'handmade is a VM of alice already'
request admin history --vm handmade --json
is 'in the history' 'admitted adopt-vm' "$(json '[.value[] | select(.event == "admitted")][0] | .event + " " + .verb')"

# The same partition under another name is the same partition.
console "chsyscfg -r lpar -i lpar_id=$id,new_name=renamed"
as admin 73 adopt-vm renamed --platform power1 --owner bob
says 'is the VM handmade of alice already'
as alice 73 start-vm handmade
says 'is not the handmade that was made here'
console "chsyscfg -r lpar -i lpar_id=$id,new_name=handmade"

# It is a VM like any other.
as alice 0 start-vm handmade
as alice 0 stop-vm handmade --force
as alice 0 delete-vm handmade --yes --force
is 'the partition' '' "$(lpar handmade id)"
is 'its disk is still there' 1 "$(console 'ioscli lssp -bd -sp datavg -field bdname size -fmt :' | grep -c '^hand_lv:')"

# Beyond the quota of its new owner: refused with figures, and nothing is taken.
by_hand large 2048
console "chsyscfg -r prof -i desired_mem=9216,max_mem=16384,lpar_id=$(lpar large id)" >/dev/null 2>&1
as admin 77 adopt-vm large --platform power1 --owner alice
says 'memory'
as alice 66 show-vm large

# Two at a time: one VM.
by_hand twice 512
ssh -F "$site/ssh_config" admin adopt-vm twice --platform power1 --owner alice </dev/null >/dev/null 2>&1 &
first=$!
ssh -F "$site/ssh_config" admin adopt-vm twice --platform power1 --owner bob </dev/null >/dev/null 2>&1
second=$?
wait $first
is 'two adoptions at a time' 73 "$(( $? + second ))"
as admin 0 verify-history
