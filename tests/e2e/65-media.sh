#!/bin/sh
# attach-iso, detach-iso: what the policy and the library allow; set-boot; rename-vm; each undone at a failing command.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
quick_sequences

padmin() { ssh -F "$site/ssh_config" -o HostKeyAlias=power1 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -i "$site/etc/keys/power1" -p "$(cat "$site/power1/port")" -l padmin 127.0.0.1 "$@" </dev/null; }
drives() { jq -r '[.state.vhosts[].vtds[] | select(.kind == "optical") | "\(.name)=\(.media)"] | join(" ")' "$site/power1/world.json"; }

padmin 'ioscli mkvopt -name rhel6.iso -size 8M -ro; ioscli mkvopt -name secret.iso -size 8M -ro' >/dev/null
as alice 0 create-vm web1 --memory 256M --disk 1G
as alice 0 show-vm web1 --json
tag=$(json '.value.disks[0].bd' | sed 's/_0//')

# ---- media ----
as alice 66 detach-iso web1
as alice 66 attach-iso web1 --iso secret.iso
says 'there is no medium "secret.iso" for you'
as alice 66 attach-iso web1 --iso rhel6-more.iso
says 'the media library of power1 has no rhel6-more.iso'
as bob 66 attach-iso web1 --iso rhel6.iso
is 'nothing is attached' '' "$(drives)"
nothing_sent
as alice 0 attach-iso web1 --iso rhel6.iso
says 'web1 has rhel6.iso in its optical drive'
n=$(sent | wc -l)
is 'the drive' "${tag}_iso=rhel6.iso" "$(drives)"
as alice 0 show-vm web1
says 'medium: +rhel6\.iso'
as alice 73 attach-iso web1 --iso rhel6.iso
says 'take it out first'
nothing_sent
as alice 0 detach-iso web1
m=$(sent | wc -l)
is 'no drive' '' "$(drives)"
as alice 0 show-vm web1
says_not 'rhel6\.iso'
each_refused "$n" '1 66' alice attach-iso web1 --iso rhel6.iso
as alice 0 attach-iso web1 --iso rhel6.iso
each_refused "$m" '1 66' alice detach-iso web1
# It goes with its VM.
as alice 0 create-vm web2 --cpu 0.1 --memory 256M --disk 1G --no-start
as alice 0 attach-iso web2 --iso rhel6.iso
as alice 0 delete-vm web2 --yes
is 'one drive' "${tag}_iso=rhel6.iso" "$(drives)"

# ---- how it starts ----
as alice 65 set-boot web1 --mode dvd
as alice 0 set-boot web1 --mode sms
says 'starts into its SMS menu from now on'
is 'boot mode' sms "$(padmin 'lssyscfg -r prof -F lpar_name,boot_mode' | sed -n 's/^web1,//p')"
as alice 0 stop-vm web1 --force
as alice 0 start-vm web1
is 'it is there' 'Open Firmware' "$(padmin 'lssyscfg -r lpar -F name,state' | sed -n 's/^web1,//p')"
nothing_sent
as alice 0 restart-vm web1 --force
sent '-o on -b sms' >/dev/null || fail 'restart-vm does not start into SMS'
each_refused 3 '1 66' alice set-boot web1 --mode norm
as alice 0 set-boot web1 --mode norm

# ---- another name ----
as alice 0 rename-vm web1 --to web1
says 'web1 has that name already'
as alice 0 create-vm web2 --cpu 0.1 --memory 256M --disk 1G --no-start --network vlan=10,ip=10.0.10.5/24
as alice 73 rename-vm web1 --to web2
says 'you have a VM web2 already'
as bob 66 rename-vm web2 --to web9
as alice 73 rename-vm web2 --to 06-052EA
each_refused 3 '1 66' alice rename-vm web2 --to shop1
as alice 0 rename-vm web2 --to shop1
says 'web2 is shop1 now'
is 'the partition' 1 "$(padmin 'lssyscfg -r lpar -F name' | grep -c '^shop1$')"
as alice 66 show-vm web2
as alice 0 show-vm shop1 --json
is 'its address' 10.0.10.5 "$(json '.value.addresses[0]')"
as alice 73 create-vm web3 --cpu 0.1 --memory 256M --disk 1G --network vlan=10,ip=10.0.10.5/24 --no-start
# The old name is free, while a rename is under way neither is, nor does anything else begin.
as alice 0 create-vm web2 --cpu 0.1 --memory 256M --disk 1G --no-start
echo 'match=^chsyscfg,nth=1,action=delay,ms=3000' | faults
as alice 0 rename-vm shop1 --to shop2 --detach
as alice 73 rename-vm web2 --to shop2
says 'the name shop2 is taken'
as alice 73 start-vm shop1
says 'is being renamed by job'
faults </dev/null
renamed() { request alice show-vm shop2; [ "$status" = 0 ]; }
wait_until 'renamed' renamed
as alice 0 modify-vm shop2 --memory 512M
as alice 0 delete-vm shop2 --yes
as alice 0 rename-vm web2 --to shop2
