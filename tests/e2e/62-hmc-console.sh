#!/bin/sh
# A VM's serial console on a system of a Hardware Management Console: mkvterm and rmvterm of its own partition and of no other, taken over
# from whoever has it, recorded; one that somebody at the HMC has open is closed before.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console-lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
allow_terminals
register_hmc
options 'record-consoles = yes'
as alice 0 create-vm web1 --image rhel9 --platform hmc1 --memory 512M --network vlan=10,ip=10.0.10.5/24
id=$(jq '[.. | objects | select(.name? == "web1" and .id?)][0].id' "$site/hmc1/world.json")
as alice 0 show-vm web1 --json
on=$(json .value.system)
as admin 0 list-systems --json
system=$(json ".value[] | select(.name == \"$on\") | .ident")

terminals() { jq '[.. | objects | select(.vt_session? and .vt_session != 0)] | length' "$site/hmc1/world.json"; }
terminals() { sent '^mkvterm|^rmvterm'; }
on_hmc() {	# a command of the HMC's own administrator
	ssh -F /dev/null -i "$site/etc/keys/hmc1" -p "$(cat "$site/hmc1/port")" -o StrictHostKeyChecking=no -o LogLevel=ERROR \
	    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes hscroot@127.0.0.1 "$@"
}

script 'typed and shown, and left' <<'EOT'
sit alice web1
must {connected to the console of web1; leave with Ctrl-\] and a full stop}
must {Open Completed}
must {web1 login: }
send "root\r"
must {root}
must {login: }
send "\x1d."
must {left the console of web1}
ended 0
EOT
is 'closed' left "$(history_of console-closed .what.why)"
cp "$site/state/consoles/$(history_of console-closed .what.record)" "$work/out"
says 'login: '
is 'commands' "rmvterm -m $system --id $id;mkvterm -m $system --id $id;rmvterm -m $system --id $id" "$(terminals | paste -sd ';')"
is 'terminals that are open' 0 "$(open_terminals)"

# Somebody who sits at the HMC itself has it: closed there.  Then taken over here.
mkfifo "$work/keys"
sleep 60 >"$work/keys" &
keys=$!
on_hmc "mkvterm -m $system --id $id" >"$work/held" 2>&1 <"$work/keys" &
held=$!
wait_until 'it is open at the HMC' grep -q 'Open Completed' "$work/held"
script 'one at a time, and taken over' <<'EOT'
sit alice web1
must {login: }
set first $spawn_id
sit admin web1
must {alice has the console of web1 since .*console web1 --steal}
ended 73
sit admin web1 --steal
must {connected to the console}
must {login: }
set second $spawn_id
set spawn_id $first
must {the console of web1 was closed}
ended 1
set spawn_id $second
send "\x1d."
ended 0
EOT
kill "$keys" "$held" 2>/dev/null
is 'taken over' 'taken over admin' "$(history_of console-closed 'select(.what.by) | .what.why + " " + .what.by')"

# A partition that is not the VM any more is not touched.
as alice 0 stop-vm web1 --force
on_hmc "chsyscfg -r lpar -m $system -i lpar_id=$id,new_name=other" >/dev/null </dev/null
before=$(terminals | wc -l)
script 'not ours any more' <<'EOT'
sit alice web1
must {is not the web1 that was made here}
ended 73
EOT
is 'commands for its terminal' "$before" "$(terminals | wc -l)"
is 'terminals that are open' 0 "$(open_terminals)"
as admin 0 verify-history
