#!/bin/sh
# How the disks of a VM on an HMC's system are reached: VIOSes through the console and by SSH; every command of a create-vm refused
# once leaves the systems exactly as before.
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
