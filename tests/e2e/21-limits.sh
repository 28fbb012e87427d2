#!/bin/sh
# Every limit to the unit: what fills it exactly is created, one unit more is refused with figures, of tenant, user and
# VM; platforms, pools, networks and images that the policy does not list.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
conf=$site/etc/powerdirector.conf
cp "$conf" "$work/conf"

# The policy with alice's quota and VM limits replaced by these lines; in force when it returns.
policies() { grep -c 'event=policy ' "$site/log/director"; }
has_policies() { [ "$(policies)" -ge "$1" ]; }
limits() {	# limits LINE...
	wanted=$(($(policies) + 1))
	{
		sed -n '1,/^tenant blue/p' "$work/conf"
		printf '%s\n' '	role    = user' '	members = { alice, carol }' "$@" '	images    = { rhel6 }' '	networks  = { lab }' \
		    '	platforms = { power1 }' '	pools     = { datavg }' '}'
		sed '1,/^tenant blue/d' "$work/conf" | sed '1,/^}/d'
	} >"$conf"
	kill -HUP "$(cat "$site/run/director.pid")"
	wait_until 'the new policy' has_policies "$wanted"
}
# create STATUS NAME options...: with the least of everything that is not said
create() {
	expected=$1 name=$2
	shift 2
	case " $* " in *--cpu*) ;; *) set -- "$@" --cpu 0.1 ;; esac
	case " $* " in *--procs*) ;; *) set -- "$@" --procs 1 ;; esac
	case " $* " in *--memory*) ;; *) set -- "$@" --memory 512M ;; esac
	case " $* " in *--disk*) ;; *) set -- "$@" --disk 64M ;; esac
	as alice "$expected" create-vm "$name" --no-start "$@"
}
over() {	# over PATTERN: the last refusal says by code and figures what is too much
	says "$1"
	as alice 66 show-vm over
}
empty() { for name in "$@"; do as alice 0 delete-vm "$name" --yes; done; }
world >"$work/before"

limits '	quota { vms = 2 }'
create 0 q1
create 0 q2
create 77 over
over '2 VMs: 2 used, 1 asked for, 1 over'
empty q1 q2

limits '	quota { processing-units = 0.55 }'
create 0 q1 --cpu 0.45
create 77 over --cpu 0.11
over '0.55 processing units: 0.45 used, 0.11 asked for, 0.01 over'
create 0 q2 --cpu 0.10
empty q1 q2

limits '	quota { virtual-processors = 5 }'
create 0 q1 --procs 3 --cpu 0.3
create 77 over --procs 3 --cpu 0.3
over '5 virtual processors: 3 used, 3 asked for, 1 over'
create 0 q2 --procs 2 --cpu 0.2
empty q1 q2

limits '	quota { memory = 1088M }'
create 0 q1 --memory 512M
create 77 over --memory 640M
over '1088M memory: 512M used, 640M asked for, 64M over'
create 0 q2 --memory 576M
empty q1 q2

limits '	quota { disk = 1088M }'
create 0 q1 --disk 512M
create 77 over --disk 512M --disk 128M
over '1088M disk: 512M used, 640M asked for, 64M over'
create 0 q2 --disk 512M --disk 64M
empty q1 q2

# A user's quota within the tenant's: alice's is full, the tenant has room.
limits '	quota { vms = 3 }' '	user-quota { vms = 1 }'
create 0 q1
create 77 over
over 'user alice may use 1 VM: 1 used, 1 asked for, 1 over'
empty q1

# One VM, whatever the quota has left.
limits '	vm-limit { processing-units = 0.5' ' virtual-processors = 2' ' memory = 1G' ' disk = 1G' ' disks = 2' ' networks = 1 }'
create 77 over --cpu 0.51
over 'units 0.51 is over the limit.*: 0.50'
create 77 over --procs 3 --cpu 0.3
over 'processors 3 is over the limit.*: 2'
create 77 over --memory 1088M
over 'memory 1088M is over the limit.*: 1G'
create 77 over --memory 512M:1G:2G
over 'memory 2G is over the limit.*: 1G'
create 77 over --disk 1088M
over 'disk 1088M is over the limit.*: 1G'
create 77 over --disk 64M --disk 64M --disk 64M
over 'disks 3 is over the limit.*: 2'
create 77 over --network vlan=20 --network vlan=20
over 'networks 2 is over the limit.*: 1'
create 0 q1 --cpu 0.5 --procs 2 --memory 1G --disk 512M --disk 512M --network vlan=20,ip=10.0.20.5/24
empty q1

# What the lists do not name is not there, in the words for what does not exist.
limits
as admin 0 register-image other --platform power1 --file /home/padmin/images/rhel6/rhel6.0 --os linux
as alice 66 create-vm over --image other
sed 's/other/@/g' "$work/err" >"$work/not-allowed"
as alice 66 create-vm over --image absent
is 'an image' "$(sed 's/absent/@/g' "$work/err")" "$(cat "$work/not-allowed")"
as alice 66 show-image other
as alice 0 list-images --json
is 'images' rhel6 "$(json '[.value[].name] | join(" ")')"
create 66 over --network name=office
create 66 over --network vlan=10
create 66 over --network vlan=99
create 77 over --network vlan=20,ip=10.0.21.1/24
create 66 over --disk size=64M,pool=rootvg
create 66 over --disk size=64M,pool=absent
create 0 q1 --disk size=64M,pool=datavg --network name=lab
empty q1
sed "s/platforms = { power1 }/platforms = { 'north*' }/" "$conf" >"$work/north"
cp "$work/north" "$conf"
wanted=$(($(policies) + 1))
kill -HUP "$(cat "$site/run/director.pid")"
wait_until 'the new policy' has_policies "$wanted"
create 66 over --platform power1
create 66 over
as alice 0 list-images --json
is 'images of platforms that are not hers' 0 "$(json '.value | length')"

world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the console is not as it was'
