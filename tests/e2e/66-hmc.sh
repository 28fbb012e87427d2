#!/bin/sh
# VMs on the systems of a Hardware Management Console: registered, created, stopped, started and deleted with the verbs that an
# IVM has; every command of a create-vm refused once leaves the systems exactly as before; nothing but virtual adapters is
# ever changed on a VIOS.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
as admin 69 register-platform hmc1 --kind hmc --address 127.0.0.1 --port "$(cat "$site/hmc1/port")" --key hmc1 \
    --host-key SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
as admin 64 register-platform hmc1 --kind hmc --local
world >"$work/before"
register_hmc
as admin 0 list-systems --json
is 'systems' 'p9a 9009-42A*13AB001,p9b 9009-42A*13AB002' "$(json '[.value[] | .name + " " + .ident] | join(",")')"
as admin 73 register-platform other --kind hmc --address 127.0.0.1 --port "$(cat "$site/hmc1/port")" --key hmc1 \
    --host-key "$(ssh-keygen -lf "$site/hmc1/host_key.pub" | cut -d' ' -f2)"
says 'managed through the platform hmc1 already.*--second-address'
as admin 66 register-image none --platform hmc1 --file /home/padmin/none --os linux
says 'no VIOS of hmc1 has the file'
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'asking has changed something'

# ---- the life of a VM ----

: >"$site/hmc1/transcript.jsonl"
as alice 0 create-vm web1 --image rhel9 --platform hmc1 --memory 512M --disk 6G --disk 1G \
    --network vlan=10,ip=10.0.10.7/24,gateway=10.0.10.1 --network name=lab
says 'web1 is running on hmc1 .*10\.0\.10\.7'
jq -r '.ran[]?.command // empty' "$site/hmc1/transcript.jsonl" >"$work/commands"
is 'transcript: adapters' 1 "$(grep -c '^chhwres -r virtualio .*--rsubtype scsi -o a ' "$work/commands")"
as alice 0 show-vm web1 --json
is 'disks' 2 "$(json '.value.disks | length')"
checks=$((checks + 1))
json '.value.networks[0].mac' | grep -qE '^[0-9A-F]{12}$' || fail 'no MAC address'
as alice 64 modify-vm web1 --cpu 1
says 'modify-vm is not there for platforms of the kind hmc'
as admin 64 orphans --platform hmc1
as alice 0 list-systems --fresh --json
is 'partitions that the console shows' '2 2' "$(json '[.value[].partitions] | map(tostring) | join(" ")')"
as alice 0 stop-vm web1
as alice 0 list-vms --fresh --json
is 'state' stopped "$(json '.value[0].state')"
as alice 0 start-vm web1
as alice 0 restart-vm web1 --force
as alice 0 stop-vm web1 --force
as alice 0 start-vm web1 --mode sms
as alice 0 stop-vm web1 --force
says 'web1 is stopped'
as alice 0 delete-vm web1 --yes
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'create and delete left something'
# P9: of a VIOS's partition only virtual adapters of VMs were ever touched.
jq -r '.ran[]?.command // empty' "$site/hmc1/transcript.jsonl" >"$work/all"
grep -E '^(chhwres|chsyscfg|chsysstate|rmsyscfg|migrlpar|mksyscfg)' "$work/all" >"$work/changes"
is 'other changes of the VIOS' 0 "$(grep -E -e '--id 1( |$)|lpar_id=1(,|$)' "$work/changes" |
    grep -cvE '^chhwres -r virtualio .* --rsubtype scsi -o [ar] |^chsyscfg -r prof .*virtual_scsi_adapters[+-]=[0-9]+/server/')"

# ---- each command refused ----

quick_sequences
total=$(wc -l <"$work/commands")
checks=$((checks + 1))
[ "$total" -ge 40 ] || fail "only $total commands"
n=0
while [ $n -lt "$total" ]; do
	n=$((n + ${HMC_STEP:-6}))
	echo "match=.*,nth=$n,action=refuse,status=1,stderr=HSCL0000 test: refused" | faults
	request alice create-vm broken --image rhel9 --platform hmc1 --memory 512M --disk 6G --disk 1G \
	    --network vlan=10,ip=10.0.10.7/24 --network name=lab
	faults </dev/null
	checks=$((checks + 1))
	case $status in
	0)	# the command's failure did not matter (a tolerated one): the VM must be whole
		as alice 0 delete-vm broken --yes --force ;;
	1 | 69 | 73 | 75)
		as alice 66 show-vm broken ;;
	*)	fail "command $n ($(sed -n "${n}p" "$work/commands")): exit status $status" ;;
	esac
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" ||
	    fail "command $n refused ($(sed -n "${n}p" "$work/commands")): something is left"
done
request alice quota --json
is 'usage' 0 "$(json '[.value[].used] | add')"
echo "$total commands, one in ${HMC_STEP:-6} refused"
