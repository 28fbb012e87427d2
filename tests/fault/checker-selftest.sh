#!/bin/sh
# Does pd-checker see what it is there for?  A site on which everything is well, then one thing after another is broken in a
# copy of it, and the checker must name the promise.
. "$(dirname "$0")/../e2e/lib.sh"
export SITE_SPEED=0
site_up

# A request, and its line in the ledger.
ledger() {	# ledger STATUS USER VERB words...
	expected=$1 who=$2 verb=$3
	shift 3
	request "$who" "$verb" "$@" --json
	is "$who: $verb $*" "$expected" "$status"
	jq -c --arg user "$who" --arg verb "$verb" --arg all "$*" --argjson exit "$status" '{$user, $verb, job, $exit,
	    once: ($all | capture("--once (?<k>[^ ]+)").k? // null), detach: ($all | test("--detach"))}' "$work/out" >>"$work/ledger"
}

register
ledger 0 alice create-vm web1 --image rhel6 --network name=office,ip=10.0.10.5/24 --disk 1G --disk size=1G,pool=rootvg --once k1
ledger 0 alice create-vm web1 --image rhel6 --network name=office,ip=10.0.10.5/24 --disk 1G --disk size=1G,pool=rootvg --once k1
ledger 0 alice create-vm web2 --memory 512M --disk 1G --no-start --once k2
ledger 0 alice stop-vm web1 --force
ledger 0 bob create-vm db1 --memory 512M --disk 1G --no-start
ledger 0 bob delete-vm db1 --yes
ledger 77 bob create-vm db2 --memory 64G --disk 1G
ledger 0 alice create-vm web3 --disk 1G --plan
echo 'match=chsysstate.*-o on,from=1,action=refuse,status=1,stderr=0516-000 test: refused' | faults
ledger 1 alice create-vm web4 --image rhel6 --memory 512M
{
	echo 'match=chsysstate.*-o on,from=1,action=refuse,status=1,stderr=0516-000 test: refused'
	echo 'match=rmlv,from=1,action=refuse,status=1,stderr=0516-000 test: refused'
} | faults
ledger 2 alice create-vm web5 --image rhel6 --memory 512M
faults </dev/null
ledger 0 alice start-vm web1 --detach
job=$(json .job)
as alice 0 follow "$job"
site_stop director
site_stop simulator

check() {	# check DIRECTORY LEDGER: leaves $work/out and $status
	"$bin/pd-checker" --ledger "$2" "$1" >"$work/out" 2>"$work/err"
	status=$?
}

check "$site" "$work/ledger"
is 'a good site' 0 "$status"
says '0 violations'

copy=$work/broken
sql() { sqlite3 "$copy/state/powerdirector.db" "$@" || fail "sqlite3: $*"; }
world() { jq "$1" "$copy/power1/world.json" >"$work/new" && mv "$work/new" "$copy/power1/world.json"; }
sent() { printf '{"time":"2026-11-21T10:00:00.000Z","kind":"exec","command":"%s","ran":[]}\n' "$1" >>"$copy/power1/transcript.jsonl"; }
job_of() { sqlite3 "$copy/state/powerdirector.db" "SELECT id FROM job WHERE $1 ORDER BY seq LIMIT 1"; }
unlock() { sql 'DROP TRIGGER history_keep_update; DROP TRIGGER history_keep_delete'; }
journal() { echo "$copy/spool/journal/$(job_of "$1")"; }
done_create="verb = 'create-vm' AND state = 'done' AND NOT plan"

# Breaks one thing in a copy; the checker must name the promise, and the site itself must stay good.
breaks() {	# breaks PROMISE WORDS command...
	promise=$1 words=$2
	shift 2
	rm -rf "$copy"
	mkdir "$copy"
	cp -a "$site/spool" "$site/state" "$site/power1" "$site/etc" "$copy"
	cp "$work/ledger" "$copy/ledger"
	"$@"
	check "$copy" "$copy/ledger"
	is "$promise: $*" 1 "$status"
	says "^$promise: .*$words"
}

lose_job() { sql "DELETE FROM job WHERE $done_create AND vm = 'web2'"; }
breaks P1 'was given to alice' lose_job
lose_file_and_job() { lose_job; sql 'DELETE FROM history_head'; sql 'INSERT INTO history_head VALUES (1, 0, zeroblob(32))'; unlock; sql 'DELETE FROM history'; }
breaks P1 'journal and no job' lose_file_and_job
breaks P1 'still in cur/' sh -c 'f=$(ls "$1/spool/done" | head -n 1); mv "$1/spool/done/$f" "$1/spool/cur/"' - "$copy"
breaks P1 'no reason' sh -c ': >"$1/spool/bad/01M7YV996BHFTA7S8WQEYD6DQK"' - "$copy"
lie() { jq -c 'if .exit == 1 then .exit = 0 else . end' "$work/ledger" >"$copy/ledger"; }
breaks P1 'told that it is done' lie
lie_other() { jq -c 'if .exit == 0 and .verb == "delete-vm" then .exit = 1 else . end' "$work/ledger" >"$copy/ledger"; }
breaks P1 'told that it failed' lie_other

twice() {
	sql 'DROP INDEX job_once'
	sql "CREATE TEMP TABLE t AS SELECT * FROM job WHERE once = 'k1'; UPDATE t SET seq = 1000, id = '01M7YV996BHFTA7S8WQEYD6DQK';
	    INSERT INTO job SELECT * FROM t"
}
breaks P2 'once-key k1' twice
unasked() { sed 1d "$work/ledger" | grep -v '"once":"k1"' >"$copy/ledger"; }
breaks P2 'more than requests of .user verb. alice create-vm' unasked
other_key() { sed 's/"once":"k2"/"once":"k3"/' "$work/ledger" >"$copy/ledger"; }
breaks P2 'given for the once-key k3' other_key

breaks P3 'as padmin: mksyscfg' sh -c 'rm "$1"' - "$(copy=$site journal "$done_create" | sed "s|^$site|$copy|")"
breaks P3 'as root: dd' sh -c 'rm "$1"' - "$(copy=$site journal "$done_create" | sed "s|^$site|$copy|")"
damage() { f=$(journal "$done_create") && printf X | dd of="$f" bs=1 seek=100 conv=notrunc 2>/dev/null; }
breaks P3 'is damaged at byte' damage
again() { jq -c 'select(.command | startswith("mksyscfg"))' "$copy/power1/transcript.jsonl" | head -n 1 >"$work/line" && cat "$work/line" >>"$copy/power1/transcript.jsonl"; }
breaks P3 'as padmin: mksyscfg' again

breaks P4 'is still running' sql "UPDATE job SET state = 'running' WHERE $done_create"
breaks P4 'a state that there is not: lost' sql "UPDATE job SET state = 'lost' WHERE $done_create"
breaks P4 'VM web1 is there though' sql "UPDATE job SET state = 'failed' WHERE $done_create"
breaks P4 'made VM web2, which there is not' sql "DELETE FROM vm WHERE name = 'web2'"
breaks P4 'left of job .*logical volume|logical volume .* is left of job' sql "DELETE FROM vm WHERE name = 'web2'"
breaks P4 'is broken and no job' sql "UPDATE job SET state = 'failed' WHERE state = 'stuck'"
breaks P4 'is not reserved' sql 'DELETE FROM vm_address'
breaks P4 'does not have it' sql "UPDATE vm_address SET ip = ip + 1"
breaks P4 'reserves 300 memory' sql "UPDATE vm SET memory = 300 WHERE name = 'web2'"
breaks P4 'MiB of disk, it has' sql "UPDATE vm SET disk = 5 WHERE name = 'web2'"
breaks P4 'was not there at the beginning' world '.state.lvs += [.state.lvs[0] + {"name": "datalv"}]'
breaks P4 'belongs to no VM and no job' world '.state.lvs += [.state.lvs[0] + {"name": "pdabcdefgh_0"}]'
breaks P4 'is not mapped' world '(.state.vhosts[] | .vtds) = []'
breaks P4 'has no logical volume' world '.state.lvs |= map(select(.name | test("^pd") | not))'
breaks P4 'MiB, not' world '(.state.lvs[] | select(.name | test("^pd")) | .extents[0].pps) += 1'
breaks P4 'has no adapter on VLAN 10' world '(.state.lpars[] | select(.name == "web1") | .veths) = []'
breaks P4 'has no partition' world '(.state.lpars[] | select(.name == "web1") | .profile) = "other"'
breaks P4 'which is not its own' world '(.state.vhosts[] | select(.client == 2) | .vtds) += [{"name":"x","kind":"lv","backing":"hd1"}]'
breaks P4 'processors, its row says' world '(.state.lpars[] | select(.name == "web1") | .pend.mem) += 64'
breaks P4 'file .* is left of job' sh -c ': >"$1/power1/fs/home/padmin/config_'"$(sqlite3 "$site/state/powerdirector.db" "SELECT tag FROM job WHERE state = 'failed'")"'.0"' - "$copy"
breaks P4 'its log has no result' sh -c 'for f in "$1"/spool/log/*; do sed -i "/\"result\"/d" "$f"; done' - "$copy"
breaks P4 'and has no log' sh -c 'f=$(ls "$1"/spool/log | head -n 1); rm "$1/spool/log/$f"' - "$copy"
breaks P4 'its log ends with' sh -c 'sed -i "s/\"event\":\"result\",\"state\":\"done\"/\"event\":\"result\",\"state\":\"failed\"/" "$1"/spool/log/*' - "$copy"
breaks P4 'has been there for' sh -c 'touch -d "3 days ago" "$1/spool/tmp/01M7YV996BHFTA7S8WQEYD6DQK"' - "$copy"

change_record() { unlock; sql "UPDATE history SET record = replace(record, '\"t\":\"2', '\"t\":\"1') WHERE seq = 8"; }
breaks P6 'record 8 is not what its hash says' change_record
lose_command() { unlock; sql "UPDATE history SET record = json_remove(record, '\$.what.commands[2]') WHERE json_extract(record, '\$.event') = 'commands'"; }
breaks P6 'command [0-9]* of job .* is not in the history' lose_command
lose_record() { unlock; sql 'DELETE FROM history WHERE seq = 8'; }
breaks P6 'record 9 follows record 7' lose_record
cut() { unlock; sql 'DELETE FROM history WHERE seq > 12'; }
breaks P6 'the last record is 12' cut
cut_with_head() { cut; sql 'UPDATE history_head SET seq = 12, hash = (SELECT hash FROM history WHERE seq = 12)'; }
breaks P6 'another one now' cut_with_head
breaks P6 'no record of its request' cut_with_head
breaks P6 'not the one that the history has the digest of' sh -c 'for f in "$1"/spool/journal/*; do printf "\0\0" >>"$f"; done' - "$copy"

breaks P9 'partition 1 is not' sent 'chsysstate -r lpar -o shutdown --immed --id 1'
breaks P9 'partition 06-052EA is not' sent 'chsyscfg -r lpar -i name=06-052EA,auto_start=0'
breaks P9 'disk hd1 is not' sent 'ioscli rmlv -f hd1'

too_much() { sql "UPDATE vm SET memory = 8192, spec = json_set(spec, '\$.memory', 8192) WHERE name = 'web2'"; }
breaks P11 'tenant blue uses [0-9]* of 8192 memory' too_much
