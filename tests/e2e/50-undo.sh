#!/bin/sh
# A create-vm that fails at each single command leaves nothing behind: every command of the
# transcript is refused once, the console must be exactly as before, the tenant's quota too.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
world >"$work/before"

# One good run tells which commands there are (changing and reading ones alike).
: >"$site/power1/transcript.jsonl"
as alice 0 create-vm probe --image rhel6 --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.7/24 --network name=lab
jq -r '.ran[]?.command // empty' "$site/power1/transcript.jsonl" >"$work/commands"
as alice 0 delete-vm probe --yes --force
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'create and delete left something'
total=$(wc -l <"$work/commands")
checks=$((checks + 1))
[ "$total" -ge 20 ] || fail "only $total commands"

n=0
while [ $n -lt "$total" ]; do
	n=$((n + 1))
	echo "match=.*,nth=$n,action=refuse,status=1,stderr=0516-000 test: refused" | faults
	request alice create-vm broken --image rhel6 --memory 512M --disk 6G --disk 1G \
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
echo "$total commands refused, one at a time"
