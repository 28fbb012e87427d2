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
trap 'stop_more; finish' EXIT

# ---- five consoles, two tenants of five users ----

for n in 2 3; do
	sed "s/\"serial\": \"06052EA\"/\"serial\": \"060520$n\", \"mac_prefix\": \"EEE9$n\"/" "$site/etc/world.json" >"$site/etc/world$n.json"
	more power$n ivm "$site/etc/world$n.json"
done
sed 's/"p9a"/"p9c"/; s/"p9b"/"p9d"/; s/"serial": "13AB00\(.\)"/"serial": "13AC00\1", "mac_prefix": "FA0C\10"/' "$source/tests/simulator/worlds/hmc.json" >"$site/etc/hmc2.json"
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
			processing-units = $((tenant / 2)).$((tenant % 2 * 5))
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
none_pending() { request admin list-jobs --json; [ "$(json '.value | length')" = 0 ]; }

# ---- what only one can have ----

users='0 1 2 3 4 5 6 7 8 9'
by() {	# by USER words...
	user=u$1
	shift
	"$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user "$user" "$@" </dev/null 2>/dev/null
}
# at_once FUNCTION: for all users at the same time, its output in $work/answers
at_once() {
	pids=
	for u in $users; do
		"$1" "$u" >"$work/answer.$u" &
		pids="$pids $!"
	done
	wait $pids
	cat "$work"/answer.* | grep . >"$work/answers"
}
count() { jq -s "[.[] | select($1)] | length" "$work/answers"; }	# count FILTER
one_name() { by "$1" create-vm only --memory 512M --disk 1G --no-start --detach --json; }
one_address() { by "$1" create-vm "o$1" --memory 512M --disk 1G --network name=lab,ip=10.0.20.250/24 --no-start --detach --json; }
for what in one_name one_address; do
	at_once $what
	is "$what: accepted" 1 "$(count '.code == "QUEUED"')"
	is "$what: told that another has it" 9 "$(count '.code == "CONFLICT"')"
	wait_until 'it is made' none_pending
	request admin list-vms --json
	as admin 0 delete-vm "$(json '.value[0].name')" --yes
done

# ---- all at once, each user one more than the quota has ----

some() {	# some USER
	for n in $(seq 0 "$each"); do
		by "$1" create-vm "v$1-$n" --image linux --memory 512M --cpu 0.5 --disk 1G \
		    --network "name=lab,ip=10.0.20.$((10 + $1 * 20 + n))/24" --detach --json
	done
}
began=$(date +%s)
at_once some
is 'answers' $((hundred + 10)) "$(count true)"
is 'accepted' "$hundred" "$(count '.code == "QUEUED"')"
is 'over the quota' 10 "$(count '.code == "OVER_QUOTA"')"
wait_until 'they are made' none_pending
echo "$hundred VMs within $(($(date +%s) - began)) s"
as admin 0 list-jobs --all --limit 1000 --json
json '.value[] | select(.verb == "create-vm" and .state != "done" and .state != "refused") | .id + " " + .state + " " + (.message // "")' >"$work/not"
is 'not made' '' "$(cat "$work/not")"
for u in 0 5; do
	by $u quota --json >"$work/quota"
	is "quota of u$u's tenant: used and limit" 4 "$(jq '[.value[] | select(.whose | test("tenant")) | select(.limit != null and .used == .limit)] | length' "$work/quota")"
done

# ---- nothing twice, in the records and on the consoles ----

request admin list-vms --json
cp "$work/out" "$work/vms"
jq -r '.value[].name' "$work/vms" | while read -r vm; do
	request admin show-vm "$vm" --json
	jq -c '.value | { name, on: (.system // .platform), lpar_id, ip: .networks[].ip, mac: .networks[].mac, disk: .disks[].bd }' "$work/out"
done >"$work/shown"
is 'consoles in use' 5 "$(jq '[.value[].platform] | unique | length' "$work/vms")"
once() {	# once WHAT COUNT FILE FILTER: so many, all different
	is "$1" "$2" "$(jq -s "[.[] | $4] | length" "$3")"
	is "$1, each once" "$2" "$(jq -s "[.[] | $4] | unique | length" "$3")"
}
once 'partitions' "$hundred" "$work/shown" '[.on, .lpar_id]'
once 'MAC addresses' "$hundred" "$work/shown" .mac
once 'disks' "$hundred" "$work/shown" .disk
once 'addresses' "$hundred" "$work/shown" .ip
# As the consoles have them: of each VM its partition's number, name and MAC address; of each VIOS its server adapters; and all volumes.
for p in $consoles; do
	case $p in
	power*) jq -c --arg p $p '.state | { on: $p, parts: [.lpars[] | { id, name, env }], lvs: [.lvs[].name],
	    slots: [.vhosts[] | select(.client != 0) | [$p, .slot]] }' "$site/$p/world.json" ;;
	hmc*) jq -c '.state as $s | .state.hmc.cecs[] | { on: .name, parts: [.parts[] | { id, name, env }],
	    lvs: [.parts[] | select(.env == "vioserver") | .fs_name | $s.vioses[.].lvs[].name],
	    slots: [.name as $on | .parts[] | select(.env == "vioserver") | .id as $v | .curr.adapters[] | select(.kind == 1 and .server == 1) | [$on, $v, .slot]],
	    profile: [.name as $on | .parts[] | select(.env == "vioserver") | .id as $v | .profiles[].config.adapters[] | select(.kind == 1 and .server == 1) | [$on, $v, .slot]] }' \
	    "$site/$p/world.json" ;;
	esac
done >"$work/there"
is 'records that are as the consoles say' "$hundred" "$(jq -s --slurpfile there "$work/there" '
    [.[] | . as $vm | $there[] | select(.on == $vm.on) | .parts[] | select(.id == $vm.lpar_id and .name == $vm.name)] | length' "$work/shown")"
is 'partitions of VMs on the consoles' "$hundred" "$(jq -s '[.[].parts[] | select(.env != "vioserver")] | length' "$work/there")"
is 'volumes of VMs' "$hundred" "$(jq -s '[.[].lvs[] | select(startswith("pd"))] | length' "$work/there")"
is 'slots twice' 0 "$(jq -s '[.[].slots[]] | length - (unique | length)' "$work/there")"
is 'slots in a profile twice' 0 "$(jq -s '[.[].profile // [] | .[]] | length - (unique | length)' "$work/there")"

# ---- and all gone ----

gone() {	# gone USER
	for vm in $(jq -r --arg u "u$1" '.value[] | select(.owner == $u) | .name' "$work/vms"); do
		by "$1" delete-vm "$vm" --yes --force --detach --json
	done
}
began=$(date +%s)
at_once gone
is 'deletions' "$hundred" "$(count '.code == "QUEUED"')"
wait_until 'they are deleted' none_pending
echo "deleted within $(($(date +%s) - began)) s"
request admin list-vms --json
is 'VMs left' 0 "$(json '.value | length')"
for u in 0 5; do
	by $u quota --json >"$work/quota"
	is "quota of u$u's tenant, used" 0 "$(jq '[.value[] | select(.whose | test("tenant")) | .used] | add' "$work/quota")"
done
for p in $consoles; do
	jq -S 'del(.volatile)' "$site/$p/world.json" >"$work/$p.after"
	checks=$((checks + 1))
	diff "$work/$p.before" "$work/$p.after" >"$work/out" || fail "$p: something is left"
done
