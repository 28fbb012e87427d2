#!/bin/sh
# A create-vm that fails at each single command leaves nothing behind: every command of the
# transcript is refused once, the console must be exactly as before, the tenant's quota too.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
world >"$work/before"

# One good run tells which commands there are (changing and reading ones alike).
nothing_sent
as alice 0 create-vm probe --image rhel6 --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.7/24 --network name=lab
total=$(sent | wc -l)
as alice 0 delete-vm probe --yes --force
is_as_before 'create and delete'
checks=$((checks + 1))
[ "$total" -ge 20 ] || fail "only $total commands"

each_time() {
	case $status in
	0) as alice 0 delete-vm broken --yes --force ;;	# a tolerated failure: the VM must be whole
	*) as alice 66 show-vm broken ;;
	esac
}
each_refused "$total" '0 1 69 73 75' alice create-vm broken --image rhel6 --memory 512M --disk 6G --disk 1G \
    --network vlan=10,ip=10.0.10.7/24 --network name=lab
request alice quota --json
is 'usage' 0 "$(json '[.value[].used] | add')"
