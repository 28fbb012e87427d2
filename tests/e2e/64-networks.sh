#!/bin/sh
# add-network, change-network, remove-network: stopped, running with and without RMC; addresses, policy; undone at each failing command.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
quick_sequences

adapters() { jq -r --arg n "$1" '[.state.lpars[] | select(.name == $n) | .veths[] | "\(.slot):\(.pvid)"] | sort | join(" ")' "$site/power1/world.json"; }

as alice 0 create-vm web1 --image rhel6 --memory 512M --network vlan=10,ip=10.0.10.5/24
as alice 0 create-vm raw1 --memory 256M --disk 1G --network vlan=20
mac=$(as alice 0 show-vm web1 --json; json '.value.networks[0].mac')

# ---- running, its operating system answers ----
as alice 0 add-network web1 --network name=lab,ip=10.0.20.5/24
says 'web1 has adapter 2 on VLAN 20; 10.0.20.5/24 is reserved for it, configure it in the guest'
is 'adapters' '15:10 16:20' "$(adapters web1)"
as alice 0 show-vm web1 --json
is 'slot, address and MAC' '16 10.0.20.5 12' "$(json '.value.networks[1] | "\(.slot) \(.ip) \(.mac | length)"')"
is 'the first one is as before' "$mac" "$(json '.value.networks[0].mac')"
as bob 73 create-vm red1 --memory 256M --disk 1G --network name=lab,ip=10.0.20.5/24
says 'in use'
as alice 66 add-network web1 --network vlan=30
as alice 77 add-network web1 --network vlan=20,ip=10.0.99.5/24
as alice 64 add-network web1
as bob 66 add-network web1 --network vlan=20

# ---- on another VLAN, in the same slot ----
as alice 0 change-network web1 --adapter 2 --network vlan=10,ip=10.0.10.6/24
is 'adapters' '15:10 16:10' "$(adapters web1)"
as alice 0 show-vm web1
says '10\.0\.10\.6/24'
says_not '10\.0\.20\.5'
# The old address is free, the new one is not.
as bob 0 create-vm red1 --memory 256M --disk 1G --network name=lab,ip=10.0.20.5/24 --no-start
as bob 0 delete-vm red1 --yes
as alice 73 create-vm web2 --memory 256M --disk 1G --network vlan=10,ip=10.0.10.6/24
# Another address on the same VLAN is no matter of the console.
nothing_sent
as alice 0 change-network web1 --adapter 2 --network vlan=10,ip=10.0.10.7/24
! sent chhwres >/dev/null || fail 'an address has changed the console'
as alice 66 change-network web1 --adapter 5 --network vlan=10

# ---- running without RMC: refused; stopped: done ----
world >"$work/before"
as alice 73 add-network raw1 --network vlan=10
says 'stop it first'
as alice 73 change-network raw1 --adapter 1 --network vlan=10
as alice 73 remove-network raw1 --adapter 1
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'a refused change has changed the console'
as alice 0 stop-vm raw1 --force
as alice 0 add-network raw1 --network vlan=10
as alice 0 change-network raw1 --adapter 1 --network vlan=10
as alice 0 remove-network raw1 --adapter 2
is 'adapters' '15:10' "$(adapters raw1)"
# As many as there are slots and the policy allows.
as alice 77 add-network raw1 --network vlan=10 --network vlan=10 --network vlan=10 --network vlan=10 --network vlan=10 --network vlan=10 \
    --network vlan=10 --network vlan=10
says 'number of networks 9 is over'
as alice 0 add-network raw1 --network vlan=10 --network vlan=10 --network vlan=10 --network vlan=10 --network vlan=10 --network vlan=10 \
    --network vlan=10
is 'adapters' '15:10 16:10 17:10 18:10 19:10 5:10 6:10 7:10' "$(adapters raw1)"

# ---- undone at each command that fails, its address free again ----
nothing_sent
as alice 0 add-network web1 --network name=lab,ip=10.0.20.9/24
n=$(sent | wc -l)
as alice 0 remove-network web1 --adapter 3
each_refused "$n" 1 alice add-network web1 --network name=lab,ip=10.0.20.9/24
nothing_sent
as alice 0 change-network web1 --adapter 2 --network name=lab,ip=10.0.20.9/24
n=$(sent | wc -l)
as alice 0 change-network web1 --adapter 2 --network vlan=10,ip=10.0.10.7/24
each_refused "$n" 1 alice change-network web1 --adapter 2 --network name=lab,ip=10.0.20.9/24
each_refused 3 1 alice remove-network web1 --adapter 2
as alice 0 show-vm web1 --json
is 'the rows' '10.0.10.5 10.0.10.7' "$(json '.value.addresses | join(" ")')"
as bob 0 create-vm red1 --memory 256M --disk 1G --network name=lab,ip=10.0.20.9/24 --no-start
as alice 0 remove-network web1 --adapter 2
as alice 0 restart-vm web1 --force
is 'adapters' '15:10' "$(adapters web1)"
