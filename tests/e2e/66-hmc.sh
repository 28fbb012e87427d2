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
is_as_before 'after questions'

# ---- the life of a VM ----

nothing_sent
as alice 0 create-vm web1 --image rhel9 --platform hmc1 --memory 512M --disk 6G --disk 1G \
    --network vlan=10,ip=10.0.10.7/24,gateway=10.0.10.1 --network name=lab
says 'web1 is running on p9a .*10\.0\.10\.7'
sent >"$work/commands"
is 'transcript: adapters' 1 "$(grep -c '^chhwres -r virtualio .*--rsubtype scsi -o a ' "$work/commands")"
as alice 0 show-vm web1 --json
is 'disks' 2 "$(json '.value.disks | length')"
checks=$((checks + 1))
json '.value.networks[0].mac' | grep -qE '^[0-9A-F]{12}$' || fail 'no MAC address'
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
is_as_before 'create and delete'
# P9: of a VIOS's partition only virtual adapters of VMs were ever touched.
sent >"$work/all"
grep -E '^(chhwres|chsyscfg|chsysstate|rmsyscfg|migrlpar|mksyscfg)' "$work/all" >"$work/changes"
is 'other changes of the VIOS' 0 "$(grep -E -e '--id 1( |$)|lpar_id=1(,|$)' "$work/changes" |
    grep -cvE '^chhwres -r virtualio .* --rsubtype scsi -o [ar] |^chsyscfg -r prof .*virtual_scsi_adapters[+-]=[0-9]+/server/')"

# ---- a worker that is lost while the console works on its command: the end is waited for, and nothing is made twice ----

workers() {
	for p in $(pgrep -P "$(cat "$site/run/director.pid")"); do
		[ "$(cat "/proc/$p/comm")" != powerdirector-w ] || echo "$p"
	done
}
lost() { # lost words...: a request whose worker is lost while its volume is made
	: >"$site/hmc1/transcript.jsonl"
	: >"$site/log/hmc"
	echo 'match=^viosvrcmd .*mklv,times=1,action=delay,ms=4000' | faults
	as alice 0 "$@" --detach --json
	job=$(json .job)
	wait_until 'the volume is made' grep -q 'delay: .*mklv' "$site/log/hmc"
	workers | xargs -r kill -KILL
	as alice 0 follow "$job"
	says 'still at work'
	is 'volumes made' 1 "$(jq -r '.ran[]?.command // empty' "$site/hmc1/transcript.jsonl" | grep -c '^viosvrcmd .*mklv -lv')"
	faults </dev/null
}
lost create-vm slow --platform hmc1 --memory 256M --disk 1G --no-start
lost add-disk slow --disk 1G
as alice 0 delete-vm slow --yes
is_clean() { world >"$work/after"; diff "$work/before" "$work/after" >/dev/null; }
checks=$((checks + 1))
is_clean || fail 'a lost worker left something'

# ---- each command refused, beside a VM whose adapters stand in the same profile of the VIOS ----

quick_sequences
as alice 0 create-vm beside --platform hmc1 --memory 256M --disk 1G --no-start
total=$(wc -l <"$work/commands")
checks=$((checks + 1))
[ "$total" -ge 40 ] || fail "only $total commands"
each_time() {
	case $status in
	0) as alice 0 delete-vm broken --yes --force ;;	# a tolerated failure: the VM must be whole
	*) as alice 66 show-vm broken ;;
	esac
}
every=${HMC_STEP:-6}
each_refused "$total" '0 1 69 73 75' alice create-vm broken --image rhel9 --platform hmc1 --memory 512M --disk 6G --disk 1G \
    --network vlan=10,ip=10.0.10.7/24 --network name=lab
# What a kind of platform has no sequence for is refused before it is a job.
rm "$work/templates/hmc/set-boot.seq"
as alice 64 set-boot beside --mode sms
says 'set-boot is not there for platforms of the kind hmc'
as alice 0 delete-vm beside --yes
request alice quota --json
is 'usage' 0 "$(json '[.value[].used] | add')"
