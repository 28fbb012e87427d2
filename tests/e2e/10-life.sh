#!/bin/sh
# A tenant creates, uses and deletes a VM; afterwards the console is exactly as it was.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up

as admin 0 list-platforms
register
as admin 0 list-platforms
says 'power1'
as admin 0 check-platform power1
as alice 0 list-images
says 'rhel6'
as alice 0 show-image rhel6
world >"$work/before"

as alice 0 create-vm web1 --image rhel6 --cpu 0.5 --memory 1G --network vlan=10,ip=10.0.10.5/24 --json
is code OK "$(json .code)"
is command create-vm "$(json .command)"
job=$(json .job)
as alice 0 show-vm web1 --json
is state running "$(json .value.state)"
is address 10.0.10.5 "$(json '.value.addresses[0]')"
lpar=$(json .value.lpar_id)
as alice 0 list-vms
says 'web1'
says '10\.0\.10\.5'

# The console agrees, and the guest took over its address.
padmin() { ssh -F "$site/ssh_config" -o HostKeyAlias=power1 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -i "$site/etc/keys/power1" -p "$(cat "$site/power1/port")" -l padmin 127.0.0.1 "$@" </dev/null; }
is 'state on the console' Running "$(padmin "lssyscfg -r lpar --filter lpar_ids=$lpar -F state")"
is 'address of the guest' 10.0.10.5 "$(padmin "lssyscfg -r lpar --filter lpar_ids=$lpar -F rmc_ipaddr")"

# The image's bytes are on the VM's disk (the guest wrote its configuration behind the first MiB).
disk=$(jq -r '[.. | strings | select(test("^pd[0-9a-z]{8}_0$"))][0]' "$site/power1/world.json")
image=$site/power1/fs/home/padmin/images/rhel6/rhel6.0
size=$(stat -c %s "$image")
checks=$((checks + 1))
cmp -n 1048576 "$image" "$site/power1/fs/dev/$disk" || fail "first MiB of $disk differs from the image"
checks=$((checks + 1))
cmp -i 2097152 -n $((size - 2097152)) "$image" "$site/power1/fs/dev/$disk" || fail "$disk differs from the image"

as alice 73 create-vm web1 --image rhel6
says 'web1'
as alice 0 stop-vm web1
is 'stopped' 'Not Activated' "$(padmin "lssyscfg -r lpar --filter lpar_ids=$lpar -F state")"
as alice 0 stop-vm web1 --json
is code OK_NO_CHANGE "$(json .code)"
as alice 0 start-vm web1
as alice 0 start-vm web1 --json
is code OK_NO_CHANGE "$(json .code)"
as alice 0 restart-vm web1
as alice 0 restart-vm web1 --force
as alice 0 list-jobs --all
says 'create-vm'
as alice 0 show-job "$job"
says 'web1'
as alice 0 follow "$(printf %.10s "$job")"
as admin 0 transcript "$job"
says 'mksyscfg -r lpar'
as alice 77 transcript "$job"
as alice 0 history
says 'create-vm'
as alice 0 quota
says '1'

as alice 64 delete-vm web1
says -- '--yes'
as alice 0 delete-vm web1 --yes
as alice 66 show-vm web1
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail "the console is not as it was before"

# Two disks, a file-backed one among them, two adapters, dedicated processors.
as alice 0 create-vm db1 --dedicated --procs 1 --memory 512M --disk 1G --disk size=1G,pool=datavg --network name=lab --network vlan=10 --no-start
as alice 0 show-vm db1 --json
is state stopped "$(json .value.state)"
is disks 2 "$(json '.value.disks | length')"
is networks 2 "$(json '.value.networks | length')"
as alice 0 delete-vm db1 --yes
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail "the console is not as it was before db1"

# --until running returns before the guest has configured itself; --plan and --detach change nothing or do not wait.
as alice 0 create-vm p1 --image rhel6 --network vlan=10,ip=10.0.10.6/24 --plan
says 'mksyscfg'
as alice 66 show-vm p1
as alice 0 create-vm d1 --image rhel6 --once key-1 --detach --json
is code QUEUED "$(json .code)"
first=$(json .job)
as alice 0 create-vm d1 --image rhel6 --once key-1 --json
is 'the same key gives the same job' "$first" "$(json .job)"
as alice 73 create-vm d2 --image rhel6 --once key-1
as alice 0 follow "$first"
as alice 75 restart-vm d1 --timeout 0
as alice 0 delete-vm d1 --yes --force
