#!/bin/sh
# A hundred VMs made at the same time by ten users on five consoles (three IVMs, two HMCs with two systems each): no partition number,
# slot, MAC address, disk or address twice, quotas used up to the last VM and no further, and all as before when they are deleted.
# HUNDRED=30 makes it thirty.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
hundred=${HUNDRED:-100}
each=$((hundred / 10))	# of a user; five users are a tenant
tenant=$((each * 5))
site_up
extra=
stop_extra() {
	for pid in $extra; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
}
trap 'stop_extra; finish' EXIT

# ---- five consoles, two tenants of five users ----

more() {	# more NAME KIND WORLD
	mkdir -p "$site/$1"
	"$bin/powerdirector-sim" --kind "$2" --listen 127.0.0.1:0 --world "$3" --state "$site/$1" \
	    --authorized-keys "$site/etc/power1-authorized_keys" --speed 0 >"$site/log/$1" 2>&1 &
	extra="$extra $!"
	wait_until "$1 is there" test -s "$site/$1/port"
}
for n in 2 3; do
	sed "s/06052EA/060520$n/" "$site/etc/world.json" >"$site/etc/world$n.json"
	more power$n ivm "$site/etc/world$n.json"
done
sed 's/"p9a"/"p9c"/; s/"p9b"/"p9d"/; s/13AB00/13AC00/' "$source/tests/simulator/worlds/hmc.json" >"$site/etc/hmc2.json"
more hmc2 hmc "$site/etc/hmc2.json"
consoles='power1 power2 power3 hmc1 hmc2'
for p in $consoles; do
	case $p in
	power*) kind=ivm file=rhel6/rhel6.0 options='--pools datavg' ;;
	hmc*) kind=hmc file=rhel9/rhel9.0 options= ;;
	esac
	as admin 0 register-platform $p --kind $kind --address 127.0.0.1 --port "$(cat "$site/$p/port")" --key power1 \
	    --host-key "$(ssh-keygen -lf "$site/$p/host_key.pub" | cut -d' ' -f2)" $options
	as admin 0 register-image linux --platform $p --file /home/padmin/images/$file --os linux --first-boot agent
	jq -S 'del(.volatile)' "$site/$p/world.json" >"$work/$p.before"
done
for t in north:0,1,2,3,4 south:5,6,7,8,9; do
	cat <<-END
	tenant ${t%:*} {
		role    = user
		members = { u$(echo "${t#*:}" | sed 's/,/, u/g') }
		quota {
			vms              = $tenant
			processing-units = $((tenant / 2))
			memory           = $((tenant * 512))M
			disk             = $((tenant))G
		}
		images    = { '*' }
		networks  = { lab }
		platforms = { '*' }
		pools     = { '*' }
	}
	END
done >"$work/tenants"
sed -i "/^end = true/e cat $work/tenants" "$site/etc/powerdirector.conf"
options 'placement = spread' 'jobs-total = 20'

# ---- all at once: each user asks for one VM too many, and for one address that others ask for, too ----

users='0 1 2 3 4 5 6 7 8 9'
by() {	# by USER words...
	user=u$1
	shift
	"$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user "$user" "$@" </dev/null
}
began=$(date +%s)
for u in $users; do
	for n in $(seq 0 "$each"); do
		by "$u" create-vm "v$u-$n" --image linux --memory 512M --cpu 0.5 --disk 1G --network name=lab --detach --json
		echo
	done >"$work/asked.$u" 2>/dev/null &
	asked="${asked:-} $!"
done
wait $asked
cat "$work"/asked.* | grep . >"$work/asked"
is 'answers' $((hundred + 10)) "$(jq -s length "$work/asked")"
is 'accepted' "$hundred" "$(jq -s '[.[] | select(.code == "QUEUED")] | length' "$work/asked")"
is 'over the quota' 10 "$(jq -s '[.[] | select(.code == "OVER_QUOTA")] | length' "$work/asked")"
ended() { request admin list-jobs --json; [ "$(json '.value | length')" = 0 ]; }
for more in 1 2 3 4; do ! ended || break; wait_until 'some more time' ended >/dev/null 2>&1; done
echo "$hundred VMs within $(($(date +%s) - began)) s"
as admin 0 list-jobs --all --limit 1000 --json
is 'created' "$hundred" "$(json '[.value[] | select(.verb == "create-vm" and .state == "done")] | length')"
json '.value[] | select(.verb == "create-vm" and .state != "done" and .state != "refused") | .id + " " + .state + " " + (.message // "")' >"$work/not"
is 'not created' '' "$(cat "$work/not")"
for u in 0 5; do
	by $u quota --json >"$work/quota" 2>/dev/null
	is "u$u: what is left" 0 "$(jq '[.value[] | select(.limit != null and .whose != "you" and (.what | test("VMs|vms|units|memory|disk"))) | .left] | add' "$work/quota")"
done

# ---- nothing twice, in the records and on the consoles ----

request admin list-vms --json
cp "$work/out" "$work/vms"
is 'VMs' "$hundred" "$(jq '.value | length' "$work/vms")"
is 'consoles in use' 5 "$(jq '[.value[].platform] | unique | length' "$work/vms")"
is 'addresses' "$hundred" "$(jq '[.value[].addresses[]] | unique | length' "$work/vms")"
jq -r '.value[].name' "$work/vms" | while read -r vm; do
	request admin show-vm "$vm" --json
	jq -c '.value | { name, on: (.system // .platform), lpar_id, macs: [.networks[].mac], disks: [.disks[].bd] }' "$work/out"
done >"$work/shown"
once() {	# once WHAT EXPECTED FILTER: so many, all different
	is "$1" "$2" "$(jq -s "[.[] | $3] | length" "$work/shown")"
	is "$1, different ones" "$2" "$(jq -s "[.[] | $3] | unique | length" "$work/shown")"
}
once 'partitions' "$hundred" '[.on, .lpar_id]'
once 'MAC addresses of a system' "$hundred" '.on as $on | .macs[] | [$on, .]'
once 'disks' "$hundred" '.disks[]'
END_OF_FIRST_PART=1
