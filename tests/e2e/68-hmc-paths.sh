#!/bin/sh
# How the disks of a VM on an HMC's system are reached: VIOSes through the console and by SSH, whole disks through two VIOSes; commands of a
# create-vm refused once leave the systems exactly as before.  And a second console, for when the first does not answer.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
key=$(ssh-keygen -lf "$site/hmc1/host_key.pub" | cut -d' ' -f2)
hmc() { # hmc STATUS words...: registers hmc1
	expected=$1
	shift
	as admin "$expected" register-platform hmc1 --kind hmc --address 127.0.0.1 --port "$(cat "$site/hmc1/port")" --key hmc1 --host-key "$key" "$@"
}
reach() { echo "--vios-access name=$1,address=127.0.0.1,port=$(cat "$site/hmc1/port-${2:-$1}"),key=hmc1${3-,host-key=$key}"; }
world >"$work/before"

# ---- VIOSes by SSH ----

as admin 64 register-platform p2 --kind ivm --address 127.0.0.1 --key power1 --vios-access name=v,address=h
says '--vios-access is for the kind hmc'
hmc 65 $(reach vios21 vios21 '')
says "vios21 at 127.0.0.1 shows host key SHA256:$(echo "${key#*:}" | tr -c 'A-Za-z0-9\n' .)"
hmc 66 $(reach vios29 vios21)
says 'no system of the console has a VIOS vios29'
hmc 73 $(reach vios21 vios11)
says 'what answers as vios21 of p9b says that it is partition 1, vios11'
as admin 66 show-platform hmc1
hmc 0 $(reach vios11) $(reach vios21) $(reach vios22)
as admin 0 show-platform hmc1 --json
is 'VIOSes by SSH' 'vios11 vios21 vios22' "$(json '[.value.vios_access[].name] | join(" ")')"
as admin 0 show-platform hmc1
says 'vios21'
as admin 0 register-image rhel9 --platform hmc1 --file /home/padmin/images/rhel9/rhel9.0 --os linux --first-boot agent

new() { # new STATUS NAME words...
	expected=$1 name=$2
	shift 2
	as alice "$expected" create-vm "$name" --image rhel9 --platform hmc1 --memory 512M --disk 6G --disk 1G \
	    --network vlan=10,ip=10.0.10.7/24 --network name=lab "$@"
}
new 0 web1 --plan
says 'ioscli mklv -lv'
says_not 'viosvrcmd'
nothing_sent
new 0 web1 --json
is 'message' 'web1 is running on' "$(json .message | cut -d' ' -f1-4)"
job=$(json .job)
sent >"$work/commands"
is 'commands through the console' 0 "$(grep -c viosvrcmd "$work/commands")"
is 'volumes' 2 "$(grep -c '^ioscli mklv ' "$work/commands")"
as admin 0 transcript "$job"
says 'padmin@vios[12]1.*ioscli mklv'
as alice 0 stop-vm web1 --force
as alice 0 start-vm web1
as alice 0 delete-vm web1 --yes --force
is_as_before 'created and deleted by SSH'
is 'commands through the console' 0 "$(sent | grep -c viosvrcmd)"

# VIOSes that go away in the middle of a job: it waits, forwards and while it is undone, and holds up nobody else; it goes on when they are back.
off() { # off [-NAME]: that console, or VIOS, answers nobody from now on; on again
	touch "$site/hmc1/off${1:-}"
	faults <"${2:-/dev/null}"
}
on() {
	rm -f "$site/hmc1/off${1:-}"
	faults </dev/null
}
job_state() { request admin show-job "$1" --json; json .value.state; }
waits_for_vios() { request admin show-job "$1"; grep -q 'waits for: *VIOS vios[12][12] of hmc1, which has not' "$work/out"; }
options 'retry-first = 1s' 'retry-longest = 2s'
for how in forward undo; do
	{
		echo 'match=^ioscli (mklv|rmlv),from=1,action=delay,ms=1500'
		[ $how = forward ] || echo 'match=chsysstate.*-o on,from=1,action=refuse,status=1,stderr=HSCL0000 test: refused'
	} | faults
	new 0 web2 --host p9b --detach --json
	job=$(json .job)
	command=$([ $how = forward ] && echo mklv || echo rmlv)
	wait_until "$command is under way" grep -aq "$command" "$site/spool/journal/$job"
	: >"$work/fault"
	[ $how = forward ] || echo 'match=chsysstate.*-o on,from=1,action=refuse,status=1,stderr=HSCL0000 test: refused' >"$work/fault"
	touch "$site/hmc1/off-vios21"
	off -vios22 "$work/fault"
	wait_until "it waits ($how)" waits_for_vios "$job"
	is "its state ($how)" "$([ $how = forward ] && echo running || echo undoing)" "$(job_state "$job")"
	is "the platform answers ($how)" registered "$(request admin list-platforms --json; json '.value[] | select(.name == "hmc1").state')"
	[ $how = undo ] || as alice 0 create-vm web3 --host p9a --memory 512M --disk 1G --no-start
	as admin 0 orphans --json
	is 'not asked' vios21,vios22 "$(json '[.value.unasked[].vios] | join(",")')"
	as admin 0 check-platform hmc1
	says 'VIOS vios22 of p9b does not answer'
	new 69 web4 --host p9b
	says "has the storage pool 'rootvg', and vios2[12] does not answer"
	rm "$site/hmc1/off-vios21" "$site/hmc1/off-vios22"
	faults <"$work/fault"
	as admin 0 check-platform hmc1
	as alice "$([ $how = forward ] && echo 0 || echo 1)" follow "$job" --timeout 60
	faults </dev/null
	[ $how = undo ] || { as alice 0 delete-vm web2 --yes --force; as alice 0 delete-vm web3 --yes; }
	is_as_before "a VIOS that was away ($how)"
done
# Away from the beginning: nothing has changed, and after its time the job is given up.
as admin 0 check-platform hmc1
off -vios11
as alice 75 create-vm web2 --host p9a --memory 512M --disk 1G --no-start --timeout 2
says 'still waiting|waiting for VIOS vios11 of hmc1'
job=$(request alice list-jobs --json; json '.value[0].id')
options 'platform-wait = 3s'
as alice 69 follow "$job" --timeout 60
says 'waited in vain for VIOS vios11 of hmc1, which has not answered since ..:..:.. UTC \(VIOS vios11: .*; nothing was changed'
on -vios11
as alice 66 show-vm web2
options 'platform-wait = 24h'
as alice 0 create-vm web2 --host p9a --memory 512M --disk 1G --no-start
off -vios11
as alice 0 delete-vm web2 --yes --detach --json
job=$(json .job)
wait_until 'it waits' waits_for_vios "$job"
on -vios11
as alice 0 follow "$job"
is_as_before 'a VIOS that was away'

quick_sequences
each_time() {
	case $status in
	0) as alice 0 delete-vm broken --yes --force ;;	# a tolerated failure: the VM must be whole
	*) as alice 66 show-vm broken ;;
	esac
}
every=${HMC_STEP:-10}
each_refused "$(wc -l <"$work/commands")" '0 1 69 73 75' alice create-vm broken --image rhel9 --platform hmc1 --memory 512M --disk 6G --disk 1G \
    --network vlan=10,ip=10.0.10.7/24 --network name=lab

# ---- whole disks through two VIOSes ----

hmc 0 --replace --pools rootvg,datavg,san
as admin 0 check-platform hmc1
whole() { # whole STATUS NAME words...: on p9b, which has two VIOSes
	expected=$1 name=$2
	shift 2
	as alice "$expected" create-vm "$name" --image rhel9 --host p9b --memory 512M --disk size=6G,pool=san --network vlan=10,ip=10.0.10.7/24 "$@"
}
# A command of a VIOS, given by somebody at the HMC.
vios() { # vios ID COMMAND
	ssh -F /dev/null -i "$site/etc/keys/hmc1" -p "$(cat "$site/hmc1/port")" -o BatchMode=yes -o StrictHostKeyChecking=no \
	    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes hscroot@127.0.0.1 "viosvrcmd -m p9b --id $1 -c '$2'" \
	    >"$work/console" 2>"$work/console-err" </dev/null || fail "VIOS $1: $2: $(cat "$work/console")"
}
disk() { # disk ID ATTRIBUTE HDISK
	vios "$1" "lsdev -dev $3 -attr $2"
	tail -n 1 "$work/console"
}
world >"$work/before"
whole 77 web1
says 'may use 40G disk: 0M used, 100G asked for'
sed -i 's/disk  *= 40G/disk = 900G/' "$site/etc/powerdirector.conf"
options
nothing_sent
whole 0 web1
sent >"$work/commands"
as alice 0 show-vm web1 --json
is 'disk' '102400 san pv' "$(json '.value.disks[0] | "\(.size) \(.pool) \(.kind)"')"
is 'paths' 2 "$(grep -c '^ioscli mkvdev -f -vdev hdisk\|^mkvdev -f -vdev hdisk' "$work/commands")"
is 'copies' 1 "$(grep -c '^dd if=' "$work/commands")"
is 'client adapters' 2 "$(grep -c '^chsyscfg -r prof .*virtual_scsi_adapters+=[23]/client/' "$work/commands")"
is 'shared on vios21' no_reserve "$(disk 1 reserve_policy hdisk2)"
is 'shared on vios22' no_reserve "$(disk 2 reserve_policy hdisk2)"
is 'the same disk' "$(disk 1 unique_id hdisk2)" "$(disk 2 unique_id hdisk2)"
# Mapped by hand on one of the VIOSes after it was looked at: the job sees it, and changes nothing; then nobody is given it.
vios 2 'mkvdev -vdev hdisk1 -vadapter vhost0'
world >"$work/before2"
data() { as alice "$1" create-vm "$2" --host "$3" --memory 512M --disk "size=$4,pool=san" --no-start ${5:-}; }
data 73 web2 p9b 6G
says 'hdisk1 of vios22 on p9b is not free any more'
checks=$((checks + 1))
world | diff - "$work/before2" >"$work/out" || fail 'a disk of somebody else: something was changed'
as admin 0 check-platform hmc1
data 0 web2 p9b 6G
is 'another disk' 'hdisk3 hdisk4' "$(world | jq -r '[.. | .backing? // empty | select(. == "hdisk3" or . == "hdisk4")] | sort | join(" ")')"
# The last one is seen by a VIOS of p9a, too, and is web2's.
data 75 web3 p9a 60G
says 'pool san has no free disk of 61440M or more'
data 0 web3 p9a 20G
data 75 web4 p9b 6G
vios 2 'rmvdev -vdev hdisk1'
as alice 0 delete-vm web3 --yes
as alice 0 delete-vm web2 --yes
as alice 0 delete-vm web1 --yes --force
is_as_before 'whole disks created and deleted'
as admin 0 check-platform hmc1
every=${HMC_STEP:-12}
each_refused "$(wc -l <"$work/commands")" '0 1 69 73 75' alice create-vm broken --image rhel9 --host p9b --memory 512M --disk size=6G,pool=san \
    --network vlan=10,ip=10.0.10.7/24

# ---- a second console ----

options 'retry-first = 1s' 'retry-longest = 2s'
second() { hmc "$1" --replace --second-address localhost --second-port "$2" --second-host-key "$key"; }
as admin 64 register-platform hmc2 --kind hmc --address 127.0.0.1 --key hmc1 --second-address localhost
says 'needs both --second-address and --second-host-key'
second 69 1
says 'localhost:1'
second 0 "$(cat "$site/hmc1/port-second")"
as admin 0 check-platform hmc1
as admin 0 show-platform hmc1 --json
is 'both consoles answer' 'up up' "$(json '[.value.consoles[].state] | join(" ")')"
world >"$work/before"
as alice 0 create-vm web1 --host p9a --memory 512M --disk 1G --no-start

# The first one goes away in the middle of a command: its outcome is asked at the second one, and the job goes on there.
echo 'match=^mksyscfg,action=delay,ms=1500' | faults
nothing_sent
as alice 0 create-vm web2 --host p9a --memory 512M --disk 1G --no-start --detach --json
job=$(json .job)
sleep 0.7
off
as alice 0 follow "$job"
says 'going on through the second console localhost'
says 'web2 is created on p9a'
is 'partitions made' 1 "$(world | jq '[.. | objects | select(.name? == "web2" and .curr_profile? != null)] | length')"
as admin 0 transcript "$job"
says 'partition-uncapped, probe'
# A new job begins with the one that answers, and says nothing of the other.
as alice 0 stop-vm web2 --force
as alice 0 start-vm web1 --mode sms
says_not 'second console'
as admin 0 show-platform hmc1 --json
is 'the first one is silent' 'silent up' "$(json '[.value.consoles[].state] | join(" ")')"
is 'the platform answers' null "$(json '.value.why')"
says 'Connection refused|cannot connect|127.0.0.1'
# Both away: the job waits; the first one back, and it goes on.
off -second
as alice 0 stop-vm web1 --force --detach --json
job=$(json .job)
waits() { request admin show-platform hmc1 --json; [ "$(json .value.state)" = silent ] || [ "$(json .value.state)" = down ]; }
wait_until 'the platform is silent' waits
on
as alice 0 follow "$job"
as alice 0 delete-vm web2 --yes
on -second
# A check is asked for by a person: both are tried at once, however long their back-offs are.
options 'retry-first = 1h' 'retry-longest = 1h'
off -second
as admin 0 check-platform hmc1
as admin 0 show-platform hmc1 --json
is 'the second one is silent' 'up silent' "$(json '[.value.consoles[].state] | join(" ")')"
on -second
as admin 0 check-platform hmc1
as admin 0 show-platform hmc1 --json
is 'both are back' 'up up' "$(json '[.value.consoles[].state] | join(" ")')"
options 'retry-first = 1s' 'retry-longest = 2s'
as alice 0 delete-vm web1 --yes
is_as_before 'through two consoles'

# ---- partition ids and slots by rule ----

sed -i '/^end = true/d' "$site/etc/powerdirector.conf"
cat >>"$site/etc/powerdirector.conf" <<-'EOT'
	platform hmc1 {
		lpar-id-base       = 20
		lpar-id-step       = 5
		server-slot-base   = 100
		server-slot-step   = 2
		server-slot-offset = 1
		client-slot-base   = 4
		client-slot-step   = 2
	}
	end = true
EOT
options
as admin 0 check-platform hmc1
world >"$work/before"
data 0 web1 p9b 6G --plan
# Accepted together, so that none has its slots on the console when the other gets its own.
printf '%s\n' 'create-vm web1 --host p9b --memory 512M --disk size=6G,pool=san --no-start --fc vios=vios21' \
    'create-vm web2 --host p9b --memory 512M --disk size=6G,pool=san --no-start' >"$work/batch"
nothing_sent
stdin=$work/batch
as alice 0 batch
stdin=
slots() { # slots VM: its partition's id, then each path's slots, then those of Fibre Channel
	as admin 0 show-vm "$1" --json
	json '"\(.value.lpar_id) \([.value.spec.paths[], (.value.spec.fc // [])[] | "\(.client_slot)/\(.wanted_slot)"] | join(" "))"'
}
is 'by rule' '20 4/100 6/101 10/102,25 4/104 6/103' "$(slots web1),$(slots web2)"
is 'at the console' '1:100 1:102 1:104 2:101 2:103' \
    "$(sent '^chhwres -r virtualio .* -o a ' | sed 's/.*--id \([0-9]*\) -s \([0-9]*\) .*/\1:\2/' | sort | tr '\n' ' ' | sed 's/ $//')"
as alice 0 delete-vm web1 --yes
as alice 0 delete-vm web2 --yes
is_as_before 'ids and slots by rule'
