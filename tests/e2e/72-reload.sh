#!/bin/sh
# SIGHUP: a new member of a tenant can work, one who was taken out cannot any more; what a reload may not change; a
# policy that cannot be read.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
conf=$site/etc/powerdirector.conf
cp "$conf" "$work/conf"
director=$(cat "$site/run/director.pid")

# Counts how often the director has said it, and waits for one more after a SIGHUP.
said() { grep -c "event=$1 " "$site/log/director"; }
is_said() { [ "$(said "$1")" -gt "$2" ]; }
reload() {	# reload EVENT
	before=$(said "$1")
	kill -HUP "$director"
	wait_until "$1 in the log" is_said "$1" "$before"
}

# carol has a key of the service account, but is nobody yet.
ssh-keygen -q -t ed25519 -N '' -f "$site/client/carol" </dev/null
sed -n 's/--user alice" .*/--user carol"/p' "$site/sshd/authorized_keys" | tr '\n' ' ' >"$work/key"
cat "$work/key" "$site/client/carol.pub" >>"$site/sshd/authorized_keys"
sed -i 's/^Host alice/Host carol alice/' "$site/ssh_config"
as carol 77 whoami
as carol 77 list-vms
says 'carol'

# The gateway reads the file at once, the director when it is told; his word counts.
sed 's/members = { alice }/members = { alice, carol }/' "$work/conf" >"$conf"
as carol 0 whoami
as carol 77 create-vm web1 --memory 512M --disk 1G --no-start
reload policy
as carol 0 create-vm web1 --memory 512M --disk 1G --no-start
as carol 0 show-vm web1
as alice 0 show-vm web1
as bob 66 show-vm web1
as admin 0 history --json
is 'the history has both digests' true "$(json 'last(.value[] | select(.event == "policy")).what | (.old | length == 64) and (.new | length == 64) and .old != .new')"

# The new policy's quota is in force, for the next request.
sed 's/members = { alice }/members = { alice, carol }/; 0,/vms  *= 4/s//vms = 1/' "$work/conf" >"$conf"
reload policy
as carol 77 create-vm web2 --memory 512M --disk 1G --no-start
as alice 77 create-vm web2 --memory 512M --disk 1G --no-start

# Taken out again: nothing, not even what is hers.
cp "$work/conf" "$conf"
reload policy
as carol 77 show-vm web1
as carol 77 delete-vm web1 --yes
as alice 0 delete-vm web1 --yes

# What the old policy goes on after: a mistake, a file that others may write, one that is gone, a spool elsewhere.
refused() {	# refused WHAT PATTERN
	reload policy-refused
	tail -n 1 "$site/log/director" >"$work/out"
	: >"$work/err"
	says "$2"
	says 'stays in force'
	cp "$work/conf" "$conf"
	chmod 600 "$conf"
}
sed '/^end/d' "$work/conf" >"$conf"
refused 'cut off' 'powerdirector.conf:[0-9]+'
sed 's/^role user/role uesr/' "$work/conf" >"$conf"
refused 'unknown role' 'powerdirector.conf:[0-9]+.*user'
chmod 666 "$conf"
refused 'writable' 'powerdirector.conf'
rm "$conf"
refused 'gone' 'powerdirector.conf'
sed "s|^spool .*|spool = '$work/elsewhere'|" "$work/conf" >"$conf"
refused 'another spool' 'only change at a restart'
as admin 0 history --json
is 'refused policies in the history' 5 "$(json '[.value[] | select(.event == "policy-refused")] | length')"
as alice 0 create-vm web3 --memory 512M --disk 1G --no-start
reload policy
