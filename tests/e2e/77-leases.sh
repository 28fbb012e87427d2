#!/bin/sh
# Leases: a VM is stopped at the end of its own, kept or deleted after the grace, renewed in between; by jobs that the director
# makes itself, once, whatever happens to it or to the platform.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
conf=$site/etc/powerdirector.conf

# terms TENANT LINES: its lease section is this one from now on; '' none.
terms() {
	sed -i "/^tenant $1 /,/^}/{/^	lease {/,/^	}/d}" "$conf"
	[ -z "$2" ] || sed -i "/^tenant $1 /a\\	lease {\\n$2\\n	}" "$conf"
	options 'lease-settle = 0'
}
state() { as admin 0 show-vm "$1" --json; json .value.state; }
is_state() { request admin show-vm "$1" --json; [ "$(json .value.state)" = "$2" ]; }
has_ended() { request admin show-vm "$1" --json; [ "$(json .value.lease_ended)" != null ]; }
is_gone() { request admin show-vm "$1"; [ "$status" = 66 ]; }
lease_jobs() { request admin list-jobs --all --json; json "[.value[] | select(.user == \"director (lease)\" and (.vm == \"$1\"))] | length"; }
has_lease_jobs() { [ "$(lease_jobs "$1")" -ge "$2" ]; }
ends() { request admin show-vm "$1" --json; json '.value.lease_end // "none"'; }

register

# Without terms a VM has no lease, and everything is as it was.
as alice 0 create-vm web0 --memory 128M --disk 64M
is 'a VM of a tenant without terms' none "$(ends web0)"
as alice 64 renew-vm web0
says 'no lease terms for tenant blue'

# ---- terms: a default, a longest, administrators ----
terms blue '		default = 10d\n		longest = 20d\n		grace = 1s\n		after-grace = delete'
as alice 0 whoami
says '^ +longest: +20d'
as bob 0 whoami
says_not 'lease'
as alice 77 create-vm web1 --memory 128M --disk 64M --lease 21d
says 'a lease of 21d is longer than tenant blue may have at a time: 20d'
as alice 77 create-vm web1 --memory 128M --disk 64M --lease none
says 'have a lease, of at most 20d'
as alice 65 create-vm web1 --memory 128M --disk 64M --lease soon
says 'or none'
as alice 0 create-vm web1 --memory 128M --disk 64M --plan
says 'with a lease of 10d; nothing was changed'
as alice 0 create-vm web1 --memory 128M --disk 64M
says 'its lease ends 20'
as alice 0 list-vms
says 'LEASE ENDS'
says_not 'renew-vm'
as alice 0 renew-vm web1
says 'the lease of web1 ends'
as alice 77 renew-vm web1 --lease 21d
as bob 66 renew-vm web1 --lease 1d
as admin 0 renew-vm web1 --lease none
says 'web1 has no lease any more'
is 'what an administrator gave' none "$(ends web1)"
as admin 0 renew-vm web1 --lease 400d
as alice 0 renew-vm web1
says 'ends .* already'
as alice 0 renew-vm web1 --lease 5d
as alice 0 list-vms
says 'the lease of web1 ends .*: renew-vm web1'
as alice 0 show-vm web1
says '^lease: +ends 20'
as alice 0 history --vm web1 --json
is 'each lease is in the history' 5 "$(json '[.value[] | select(.event == "lease-set")] | length')"

# ---- the end: stopped, told, and not to be started before it is renewed ----
as alice 0 create-vm web2 --memory 128M --disk 64M
as alice 0 renew-vm web2 --lease 1s
wait_until 'web2 is stopped at its end' is_state web2 stopped
wait_until 'and deleted after the grace' is_gone web2
is 'by one job each' 2 "$(lease_jobs web2)"
as alice 0 list-jobs --all --vm web2
says 'director \(lease\)'
as alice 0 history --vm web2 --json
is 'what the history says' 'lease-set lease-set lease-ended lease-over' \
    "$(json '[.value[] | select(.event | startswith("lease-")) | .event] | join(" ")')"
is 'whose word it was' 'director (lease)' "$(json '[.value[] | select(.event == "lease-over")][0].what.by')"
is 'whose job it was' 'director (lease) delete-vm' "$(json '[.value[] | select(.verb == "delete-vm" and .event == "admitted")][0] | .user + " " + .verb')"

terms blue '		default = 10d'	# and what is kept
as alice 0 renew-vm web1 --lease 1s
wait_until 'web1 is off for its lease' has_ended web1
as alice 0 show-vm web1
says '^lease: +ended .*off for that since'
says_not 'is deleted'
as alice 73 start-vm web1
says 'renew it first: renew-vm web1'
sleep 1
is 'a stopped VM is not stopped twice' 1 "$(lease_jobs web1)"
as alice 0 renew-vm web1
says 'it is off, start it with: start-vm web1'
as alice 0 start-vm web1
# One that is off already is only noted.
as alice 0 stop-vm web1
as alice 0 renew-vm web1 --lease 1s
wait_until 'a VM that was off' has_ended web1
is 'it needs no job' 1 "$(lease_jobs web1)"
as alice 0 renew-vm web1
as alice 0 start-vm web1

# ---- a drained platform stops its VMs all the same ----
as admin 0 drain-platform power1
as alice 0 renew-vm web1 --lease 1s
wait_until 'on a drained platform' has_ended web1
as admin 0 resume-platform power1
as alice 0 renew-vm web1
as alice 0 start-vm web1

# ---- a platform that is down: tried again, and renewed meanwhile it is left alone ----
options 'platform-wait = 1s' 'retry-first = 1s' 'retry-longest = 2s'
site_stop simulator
before=$(lease_jobs web1)
as alice 0 renew-vm web1 --lease 1s
wait_until 'a job waits for the platform, fails, and is made again' has_lease_jobs web1 $((before + 2))
is 'meanwhile it runs' open-firmware "$(state web1)"
options 'platform-wait = 1h'
wait_until 'a job waits' sh -c "ssh -F '$site/ssh_config' admin list-jobs --json | jq -e '.value | length > 0'"
as alice 0 renew-vm web1
site_start simulator
wait_until 'no job waits' sh -c "ssh -F '$site/ssh_config' admin list-jobs --json | jq -e '.value | length == 0'"
is 'it was renewed' open-firmware "$(state web1)"
as admin 0 list-jobs --all --vm web1
says 'was renewed meanwhile'

# ---- a director that is killed between making the job and its start ----
site_stop simulator
before=$(lease_jobs web1)
as alice 0 renew-vm web1 --lease 1s
wait_until 'the job is made' has_lease_jobs web1 $((before + 1))
kill -KILL "$(cat "$site/run/director.pid")"
site_start director
site_start simulator
wait_until 'after the kill' has_ended web1
is 'one job, whatever was killed' $((before + 1)) "$(lease_jobs web1)"

# ---- nothing is done while the policy says so, and the director sleeps meanwhile ----
as admin 0 renew-vm web1 --lease none
as alice 0 start-vm web1
options 'leases-per-hour = 0'
as alice 0 renew-vm web1 --lease 1s
wait_until 'it is said that it is held' grep -q 'event=leases-held .*leases-per-hour' "$site/log/director"
is 'leases-per-hour = 0 holds everything' open-firmware "$(state web1)"
options 'leases-per-hour = 100'
wait_until 'and goes on' has_ended web1
switches() { awk '/^voluntary/ { print $2 }' "/proc/$(cat "$site/run/director.pid")/status"; }
as alice 0 renew-vm web1
ssh -F "$site/ssh_config" -O exit alice 2>/dev/null
sleep 0.5
before=$(switches)
sleep 2
checks=$((checks + 1))
[ $(($(switches) - before)) -le 2 ] || fail "a director with a lease to wait for woke $(($(switches) - before)) times in two seconds"

# ---- an adopted VM has the terms of its owner's tenant ----
ssh -F "$site/ssh_config" -o HostName=127.0.0.1 -p "$(cat "$site/power1/port")" -l padmin -i "$site/etc/keys/power1" \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null plain mksyscfg -r lpar -i name=hand,profile_name=hand_prof,lpar_env=aixlinux,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.10,desired_proc_units=0.10,max_proc_units=1.00,sharing_mode=uncap,uncap_weight=128,min_mem=256,desired_mem=256,max_mem=4096,max_virtual_slots=20
as admin 0 adopt-vm hand --platform power1 --owner alice
says 'its lease ends 20'
as alice 0 history --vm hand --json
is 'who gave it' admin "$(json '[.value[] | select(.event == "lease-set")][0].what.by')"
as alice 0 renew-vm hand --lease 1s
wait_until 'it ends as any other' has_ended hand
as admin 0 verify-history
