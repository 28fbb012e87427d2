#!/bin/sh
# Virtual Fibre Channel (NPIV) of VMs that are there: add-fc and remove-fc, off, running with and without RMC, on one VIOS and on two, all or
# nothing; the port names are the same in the partition and in its profile; undone at each refused command; what drift says of it; on an IVM.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
register_hmc
quick_sequences
part() { jq -r --arg n "$1" '.state.hmc.cecs[].parts[] | select(.name == $n) | '"$2" "$site/hmc1/world.json"; }
# Slot, VIOS and both names of each adapter: what the partition has now | what its profile has.
adapters() { part "$1" 'def fc: [.adapters[] | select(.kind == 3) | "\(.slot):\(.remote_id):\(.wwpn1):\(.wwpn2)"] | sort | join(" "); "\(.curr | fc) | \(.profiles[0].config | fc)"'; }
same_names() { is 'the partition and its profile have the same names' "$(adapters "$1" | sed 's/ | .*//')" "$(adapters "$1" | sed 's/.* | //')"; }
rows() { json '[.value.fc[]? | "\(.client_slot):\(.id):\(.wwpn1):\(.wwpn2)"] | sort | join(" ")'; }
shown() { as alice 0 show-vm "$1" --json; is "what show-vm says of $1" "$(adapters "$1" | sed 's/ | .*//')" "$(rows)"; }

# ---- off; two VIOSes at once ----

as alice 0 create-vm off1 --host p9b --disk 1G --memory 512M --no-start
is 'kind of the adapters' 0 "$(part off1 '[.curr.adapters[] | select(.kind == 3)] | length')"
world >"$work/before"
as alice 0 add-fc off1 --fc auto --fc vios=vios22,port=fcs1 --plan
says 'vfcmap -vadapter'
is_as_before 'a plan'
as alice 0 add-fc off1 --fc auto --fc vios=vios22,port=fcs1
says 'Fibre Channel adapter 1 \(vios21, fcs[01]\): zone c05076[0-9a-f]{10} and c05076[0-9a-f]{10}'
says 'Fibre Channel adapter 2 \(vios22, fcs1\): zone c05076[0-9a-f]{10} and c05076[0-9a-f]{10}'
says 'off1 has 2 Fibre Channel adapters more'
same_names off1
shown off1
names=$(adapters off1)
as alice 0 start-vm off1
is 'and runs with them' "$names" "$(adapters off1)"
as alice 73 remove-fc off1 --adapter 2
says 'stop it first'
as alice 0 stop-vm off1 --force
as alice 66 remove-fc off1 --adapter 3
says 'off1 has no Fibre Channel adapter 3'
as alice 0 remove-fc off1 --adapter 1
says 'Fibre Channel adapter 1 of off1 is removed: c05076[0-9a-f]{10} and'
same_names off1
shown off1
as alice 0 remove-fc off1 --adapter 2
as alice 0 show-vm off1 --json
is 'none is left' 0 "$(json '.value.fc | length')"
is_as_before 'add-fc and remove-fc'

# ---- each command refused: nothing is left, and what goes comes back with its names ----

as alice 0 add-fc off1 --fc vios=vios22
world >"$work/before"
nothing_sent
as alice 0 add-fc off1 --fc vios=vios21 --fc vios=vios22,port=fcs1
total=$(sent | wc -l)
as alice 0 remove-fc off1 --adapter 3
nothing_sent
as alice 0 remove-fc off1 --adapter 2
gone=$(sent | wc -l)
is_as_before 'beside an adapter that stays'
every=${HMC_STEP:-9}
each_time() { [ "$status" != 0 ] || { as alice 0 remove-fc off1 --adapter 3; as alice 0 remove-fc off1 --adapter 2; }; }
each_refused "$total" '0 1 69 73 75' alice add-fc off1 --fc vios=vios21 --fc vios=vios22,port=fcs1
# One of the last, always: the partition has its adapters by then.
echo 'match=chsyscfg .*wwpns|chsyscfg .*/client/.*/c05076.*,nth=2,action=refuse,status=1,stderr=HSCL0000 test: refused' | faults
as alice 1 add-fc off1 --fc vios=vios21 --fc vios=vios22,port=fcs1
faults </dev/null
is_as_before 'the second entry of the profile refused'
as alice 0 add-fc off1 --fc vios=vios21
names=$(adapters off1)
# A removal that was refused has come back with the names that it had; after one that came through the next adapter has others.
n=0
while [ $n -lt "$gone" ]; do
	n=$((n + ${HMC_STEP:-6}))
	nothing_sent
	world >"$work/before"
	echo "match=.*,nth=$n,action=refuse,status=1,stderr=HSCL0000 test: refused" | faults
	request alice remove-fc off1 --adapter 2
	faults </dev/null
	case $status in
	0) as alice 0 add-fc off1 --fc vios=vios21; names=$(adapters off1) ;;
	*) is "remove-fc, command $n refused ($(sent | sed -n "${n}p")): its names" "$names" "$(adapters off1)"; shown off1; is_as_before "remove-fc, command $n refused" ;;
	esac
done
world >"$work/before"
echo 'match=chhwres .*--rsubtype fc -o r --id 1 .*,from=1,action=refuse,status=1,stderr=HSCL0000 test: refused' | faults
as alice 1 remove-fc off1 --adapter 2
faults </dev/null
is 'the last command refused: its names' "$names" "$(adapters off1)"
is_as_before 'the last command refused'
as alice 0 delete-vm off1 --yes

# ---- running: by its operating system, or with its next start ----

as alice 0 create-vm web1 --image rhel9 --host p9a --cpu 0.2 --memory 512M --network vlan=10,ip=10.0.10.7/24
is 'RMC' active "$(part web1 .rmc_state)"
as alice 0 add-fc web1 --fc vios=vios11 --json
is code OK "$(json .code)"
is 'message' 1 "$(json .message | grep -cE '^web1 has Fibre Channel adapter 1; zone c05076[0-9a-f]{10} and c05076[0-9a-f]{10}$')"
same_names web1
shown web1
names=$(adapters web1)
as alice 0 restart-vm web1 --force
is 'the names after a restart' "$names" "$(adapters web1)"
# What drift says: of the partition, and of a profile with other names, which the next start would have.
hmc() { ssh -n -F "$site/ssh_config" -o HostName=127.0.0.1 -p "$(cat "$site/hmc1/port")" -l hscroot -i "$site/etc/keys/hmc1" \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR plain "$@"; }
found() { json '.value.differences[] | .what + "|" + .wanted + "|" + .found' | sort; }
pair=$(echo "$names" | sed 's/ | .*//; s/^10:1://; s/:/,/')
id=$(part web1 .id) tag=$(part web1 '.profiles[0].name')
slot=$(part web1 '.profiles[0].config.adapters[] | select(.kind == 3) | .remote_slot')
as alice 0 drift web1 --fresh
change_profile() { hmc "chsyscfg -r prof -m p9a -i '\"virtual_fc_adapters$1=\"\"10/client/1//$slot/$2/0\"\"\",name=$tag,lpar_id=$id'"; }
change_profile - "$pair"
as alice 73 drift web1 --fresh --json
is 'not in the profile' "Fibre Channel adapter 1 of the profile|$pair|none" "$(found)"
change_profile + c0507600000000aa,c0507600000000ab
as alice 73 drift web1 --fresh --json
is 'other names in the profile' "Fibre Channel adapter 1 of the profile|$pair|other port names" "$(found)"
change_profile - c0507600000000aa,c0507600000000ab
change_profile + "$pair"
hmc "chhwres -r virtualio -m p9a --rsubtype fc -o r --id $id -s 10"
hmc "chhwres -r virtualio -m p9a --rsubtype fc -o a --id $id -s 11 -a 'adapter_type=client,remote_lpar_name=vios11,remote_slot_num=99,\"wwpns=c0507600000000aa,c0507600000000ab\"'"
as alice 73 drift web1 --fresh --json
is 'in another slot' "Fibre Channel adapter 1|$pair through VIOS 1 in slot 10|none
Fibre Channel adapter in slot 11|none|c0507600000000aa,c0507600000000ab through VIOS 1" "$(found)"
hmc "chhwres -r virtualio -m p9a --rsubtype fc -o r --id $id -s 11"
hmc "chhwres -r virtualio -m p9a --rsubtype fc -o a --id $id -s 10 -a 'adapter_type=client,remote_lpar_name=vios11,remote_slot_num=$slot,\"wwpns=$pair\"'"
as alice 0 drift web1 --fresh
as alice 0 remove-fc web1 --adapter 1
is 'none in the partition, none in its profile' ' | ' "$(adapters web1)"
as alice 0 delete-vm web1 --yes --force
as alice 0 create-vm raw1 --host p9a --cpu 0.2 --memory 256M --disk 1G
as alice 73 add-fc raw1 --fc auto
says 'stop it first .*, or say --at-restart'
as alice 0 add-fc raw1 --fc auto --at-restart
says 'raw1 has Fibre Channel adapter 1 from its next start on; zone c05076'
is 'not in the partition' '' "$(adapters raw1 | sed 's/ | .*//')"
later=$(adapters raw1 | sed 's/.* | //')
as alice 0 show-vm raw1 --json
is 'what show-vm says' "$later" "$(rows)"
as alice 0 drift raw1 --fresh
as alice 0 restart-vm raw1 --force
is 'from its next start on' "$later | $later" "$(adapters raw1)"
as alice 0 delete-vm raw1 --yes --force

# ---- refused ----

as alice 0 create-vm one1 --host p9a --disk 1G --memory 256M --no-start
world >"$work/before"
as alice 75 add-fc one1 --fc auto --fc auto
says '2 virtual Fibre Channel adapters take as many VIOSes'
as alice 66 add-fc one1 --fc vios=vios99
as alice 75 add-fc one1 --fc vios=vios11,port=fcs9
says 'port fcs9 of vios11'
as alice 64 add-fc one1
as bob 77 add-fc one1 --fc auto
as admin 0 add-fc one1 --fc auto --once same
as admin 0 add-fc one1 --fc auto --once same
as alice 0 show-vm one1 --json
is 'one of it' 1 "$(json '.value.fc | length')"
as alice 0 add-fc one1 --fc auto --detach
as alice 0 follow "$(grep -ohE '[0-9A-Z]{26}' "$work/out" "$work/err" | head -n 1)"
as alice 0 add-fc one1 --fc auto
as alice 0 add-fc one1 --fc auto
as alice 77 add-fc one1 --fc auto
says 'at most 4 Fibre Channel adapters, and it would have 5'
as alice 0 delete-vm one1 --yes

# ---- on an IVM: one adapter, and the console makes both sides ----

console=power1
register
as alice 0 create-vm ivm1 --platform power1 --disk 1G --memory 256M --no-start
ivm() { jq -r '.state.lpars[] | select(.name == "ivm1") | '"$1" "$site/power1/world.json"; }
world >"$work/before"
nothing_sent
as alice 0 add-fc ivm1 --fc auto
total=$(sent | wc -l)
says 'ivm1 has Fibre Channel adapter 1; zone C05076[0-9A-F]{10} and C05076[0-9A-F]{10}'
is 'mapped' fcs "$(ivm '.vfcs[0].port' | tr -d 0-9)"
as alice 0 show-vm ivm1 --json
is 'its name' "$(ivm '.vfcs[0].wwpn1')" "$(json '.value.fc[0].wwpn1')"
as alice 77 add-fc ivm1 --fc auto
nothing_sent
as alice 0 remove-fc ivm1 --adapter 1
gone=$(sent | wc -l)
is_as_before 'add-fc and remove-fc on an IVM'
every=2
each_time() { [ "$status" != 0 ] || as alice 0 remove-fc ivm1 --adapter 1; }
each_refused "$total" '0 1 69 73 75' alice add-fc ivm1 --fc auto
as alice 0 add-fc ivm1 --fc auto
each_time() { [ "$status" != 0 ] || { as alice 0 add-fc ivm1 --fc auto; world >"$work/before"; }; }
each_refused "$gone" '0 1 69 73 75' alice remove-fc ivm1 --adapter 1
as alice 0 delete-vm ivm1 --yes
