#!/bin/sh
# A VM's serial console over ssh -tt: one at a time, taken over, left, cut off, recorded, in the history; other people's and other
# partitions are out of reach, and a terminal that a lost session left open is closed by the next one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console-lib.sh"
export SITE_SPEED=0
site_up
allow_terminals
register
options 'record-consoles = yes'
as alice 0 create-vm web1 --image rhel6 --memory 512M --disk 1G --network vlan=10,ip=10.0.10.5/24 --until running
as alice 0 start-vm web1
wait_until 'the guest runs' sh -c "! ssh -F $site/ssh_config alice show-vm web1 --json | grep -q '\"stopped\"'"

# It needs a terminal, a right, and a VM of one's own.
as alice 64 console web1
says 'ssh -t HOST console web1'
script 'somebody else' <<'EOT'
sit bob web1
must {there is no VM "web1" of yours}
EOT
script 'typed and shown, and left' <<'EOT'
sit alice web1
must {connected to the console of web1; leave with Ctrl-\] and a full stop}
must {web1 login: }
send "root\r"
must {root}
must {login: }
send "\x1d."
must {left the console of web1}
ended 0
EOT
is 'opened' 'alice web1' "$(history_of console-opened '.user + " " + .vm')"
is 'closed' left "$(history_of console-closed .what.why)"
file=$site/state/consoles/$(history_of console-closed .what.record)
cp "$file" "$work/out"
says 'login: '
# One that a lost session has left open is closed before, and this one after.
id=$(jq '[.. | objects | select(.name? == "web1" and .id?)][0].id' "$site/power1/world.json")
is 'commands' "rmvt -id $id;mkvt -id $id;rmvt -id $id" "$(jq -r .command "$site/power1/transcript.jsonl" | grep '^mkvt\|^rmvt' | paste -sd ';')"
is 'mode of the record' 600 "$(stat -c %a "$file")"

# Ctrl-] twice is typed once; another key after it is for the guest.
script 'the escape itself' <<'EOT'
sit alice web1
must {login: }
send "a\x1d\x1db\x1dc\r"
must {login: }
send "\x1d."
ended 0
EOT

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
must {stopped}
must {the console of web1 was closed}
ended 1
set spawn_id $second
send "\x1d."
ended 0
EOT
is 'taken over' 'taken over admin' "$(history_of console-closed 'select(.what.by) | .what.why + " " + .what.by')"

# The session is cut: the terminal is let go.
script 'a cut connection' <<'EOT'
sit alice web1
must {login: }
exec kill -KILL [exp_pid]
EOT
has_ended() { [ "$(history_of console-opened .user | wc -l)" = "$(history_of console-closed .user | wc -l)" ]; }
wait_until 'the cut session ended' has_ended
is 'terminals that are open' 0 "$(open_terminals)"

# A worker that is killed tells nobody; the next session closes what it left.
script 'a killed worker' <<EOT
sit alice web1
must {login: }
exec sh -c "kill -KILL \\\$(pgrep -P $(cat "$site/run/director.pid") powerdirector-w)"
must {the console of web1 was closed}
ended 1
sit alice web1
must {login: }
send "\x1d."
ended 0
EOT
is 'lost' 1 "$(history_of console-closed .what.why | grep -c 'its worker was lost')"

# A partition that is not the VM any more (made anew by hand under the same id) is not touched.
lssyscfg() { ssh -F "$site/ssh_config" -o HostName=127.0.0.1 -p "$(cat "$site/power1/port")" -l padmin -i "$site/etc/keys/power1" -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null plain "$@"; }
as alice 0 stop-vm web1 --force
lssyscfg "chsyscfg -r lpar -i lpar_id=$id,new_name=other" >/dev/null
mkvts() { jq -r .command "$site/power1/transcript.jsonl" | grep -c '^mkvt\|^rmvt'; }
before=$(mkvts)
script 'not ours any more' <<'EOT'
sit alice web1
must {is not the web1 that was made here}
ended 73
EOT
is 'commands for its terminal' "$before" "$(mkvts)"

# A director that ends takes its consoles along.
lssyscfg "chsyscfg -r lpar -i lpar_id=$id,new_name=web1" >/dev/null
as alice 0 start-vm web1
script 'the director ends' <<EOT
sit alice web1
must {login: }
exec kill -TERM $(cat "$site/run/director.pid")
must {the console of web1 was closed}
ended 1
EOT
site_stop director
site_start director
is 'all sessions are closed in the history' yes "$(has_ended && echo yes)"
is 'terminals that are open' 0 "$(open_terminals)"
as admin 0 verify-history
