#!/bin/sh
# Three systems: VMs go where there is room, are kept apart, never where a platform is drained, and what is refused says why.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
trap 'stop_more; finish' EXIT
for n in 2 3; do
	p=power$n
	sed "s/06052EA/060520$n/; s/addl_vlan_ids=10,20/addl_vlan_ids=$((n * 10))/" "$site/etc/world.json" >"$site/etc/world$n.json"
	more $p ivm "$site/etc/world$n.json"
	as admin 0 register-platform $p --kind ivm --address 127.0.0.1 --port "$(cat "$site/$p/port")" --key power1 \
	    --host-key "$(ssh-keygen -lf "$site/$p/host_key.pub" | cut -d' ' -f2)" --pools datavg,rootvg
	as admin 0 register-image rhel6 --platform $p --file /home/padmin/images/rhel6/rhel6.0 --os linux --first-boot agent --product rhel
done
as admin 0 list-systems --json
is 'systems' 'power1 power2 power3' "$(json '[.value[].name] | join(" ")')"

# power1 carries the VLANs 10 and 20, power2 20, power3 none of them.
as admin 0 list-systems --fresh
as admin 75 create-vm n --image rhel6 --network vlan=10 --host power2 --json
says 'power2: no VIOS carries VLAN 10 of network office: power1 has it'
as admin 0 why "$(json .job)"
says 'no VIOS carries VLAN 10'
as admin 75 create-vm n --image rhel6 --network name=lab --host power3
says 'no VIOS carries VLAN 20 of network lab: power1, power2 have it'
as admin 0 create-vm n --image rhel6 --memory 2G --no-start --host power1
as admin 0 create-vm m --image rhel6 --memory 1G --network vlan=10 --no-start
request admin show-vm m --json
is 'where its network is, though less is left there' power1 "$(json .value.platform)"
as admin 0 create-vm k --disk 64M --memory 1G --host power3 --no-start
as admin 75 add-network k --network name=lab
says 'k is on power3, and no VIOS carries VLAN 20 of network lab'
sed -i 's/^network lab {/&\n\tinternal = yes/' "$site/etc/powerdirector.conf"
options 'jobs-total = 16'
as admin 0 add-network k --network name=lab
for vm in n m k; do as admin 0 delete-vm $vm --yes; done

system() { request admin show-vm "$1" --json; json .value.platform; }
as admin 0 create-vm a --image rhel6 --memory 1G --group web --apart-from web
as admin 0 create-vm b --image rhel6 --memory 1G --group web --apart-from web
as admin 0 create-vm c --image rhel6 --memory 1G --group web --apart-from web
is 'apart' 'power1 power2 power3' "$(system a) $(system b) $(system c)"
as admin 75 create-vm d --image rhel6 --memory 1G --group web --apart-from web --json
says 'no system has room; power1: a is there, a is to be apart from the group web; power2: b is there, .*; it would fit on power1 without --apart-from without --group web'
job=$(json .job)
as admin 0 why "$job"
says 'power2 +no'
as admin 0 create-vm d --image rhel6 --memory 1G --near b
is 'near' power2 "$(system d)"
# They keep it: shown, for later ones too, under another name too, and an administrator may say otherwise.
as admin 0 show-vm a
says '^apart from: +group web$'
as admin 0 show-vm d
says '^near: +b$'
as admin 75 create-vm f --image rhel6 --group web
says 'power1: a is to be apart from the group web; .*it would fit on power[123] without --group web'
as alice 77 create-vm f --image rhel6 --group web --force
says 'for administrators'
as alice 0 create-vm f --image rhel6 --group web --plan
as admin 0 create-vm f --image rhel6 --group web --force --no-start
as admin 0 delete-vm f --yes
as admin 0 rename-vm b --to b2
as admin 0 show-vm d
says '^near: +b2$'
as admin 75 create-vm f --image rhel6 --near b2 --host power1
says 'b2 is not there but on power2'
as admin 0 rename-vm b2 --to b

# Drained: no new VMs, those that it has go on.
as admin 0 drain-platform power3 --why "'new memory'"
as admin 75 create-vm e --image rhel6 --host power3
says 'drained: new memory'
as admin 0 restart-vm c --force
as admin 0 create-vm e --image rhel6 --memory 1G --plan
says 'this was the plan, for power1'
as admin 73 remove-platform power3 --yes
says 'power3 has 1 VM: c'
as admin 0 delete-vm c --yes --force
as admin 0 remove-platform power3 --yes
as admin 0 list-systems --json
is 'systems' 'power1 power2' "$(json '[.value[].name] | join(" ")')"
as admin 0 history --limit 1000 --json
is 'changes' 'platform-drained platform-removed' "$(json '[.value[].event | select(. == "platform-drained" or . == "platform-removed")] | join(" ")')"

# Too large for any: what is missing, and what would fit.
as admin 75 create-vm big --image rhel6 --memory 63G
says 'power1: 63G memory asked for, [0-9]+M free; .*it would fit on power[12] --memory [0-9]+M'

# A product's cap.
sed -i 's/^end = true/license rhel {\n\tproducts = { rhel }\n\tprocessing-units = 1.2\n}\nend = true/' "$site/etc/powerdirector.conf"
options 'jobs-total = 16'
as admin 75 create-vm l --image rhel6 --cpu 0.5 --host power2
says 'license rhel allows 1.20 processing units: 1.00 used, 0.50 asked for'
as admin 0 create-vm l --image rhel6 --cpu 0.2 --host power2

# Ten at once for the room of a few: nothing is given twice.
as admin 0 list-systems --fresh --json
room=$(json '[.value[] | (.memory_free - 1) / 10240 | floor] | add')
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
	ssh -F "$site/ssh_config" admin create-vm "p$i" --disk 64M --memory 10G --cpu 0.1 --no-start --json </dev/null >"$work/p$i" 2>/dev/null &
	running="${running:-} $!"
done
wait $running
made=$(cat "$work"/p[0-9]* | jq -r 'select(.code == "OK") | .code' | wc -l)
full=$(cat "$work"/p[0-9]* | jq -r 'select(.code == "NO_CAPACITY") | .code' | wc -l)
is 'answers' 14 $((made + full))
checks=$((checks + 1))
[ "$made" -le "$room" ] && [ "$made" -ge $((room - 1)) ] || fail "$made VMs of 10G in the room of $room"
