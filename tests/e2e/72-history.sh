#!/bin/sh
# P6: every change to the history is found and named, by the director and in a copy of its database without one.
. "$(dirname "$0")/lib.sh"

sql() {	# sql FILE STATEMENTS
	python3 -c '
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split(";"):
    for row in db.execute(statement):
        print(*row, sep="|")' "$1" "$2"
}

export SITE_SPEED=0
site_up
sed -i 's/^socket /history-witness = 5\nsocket /' "$site/etc/powerdirector.conf"
site_stop director
site_start director
register
as alice 0 create-vm web1 --memory 512M --disk 1G --no-start
as bob 77 create-vm big --memory 64G --disk 1G
as alice 0 stop-vm web1
as alice 0 delete-vm web1 --yes

as alice 77 verify-history
as admin 64 verify-history --witness 5
as admin 0 verify-history
says 'the history is whole: [0-9]+ records are proven'
as admin 0 verify-history --json
is whole true "$(json .value.whole)"
records=$(json .value.records)
head=$(json .value.head)

# The receipt of a job is a witness, and so is what went to syslog.
as alice 0 list-jobs --all --json
job=$(json '.value[] | select(.verb == "delete-vm") | .id')
as alice 0 show-job "$job" --json
receipt=$(json '"\(.value.history.seq):\(.value.history.head)"')
is 'receipt in the log' "$receipt" "$(grep '"event":"result"' "$site/spool/log/$job" | jq -r '"\(.history.seq):\(.history.head)"')"
as admin 0 verify-history --witness "$receipt"
logged=$(sed -n 's/.*event=history .*witness=//p' "$site/log/director" | tail -n 1)
as admin 0 verify-history --witness "$logged"

# Every command that was sent is in it, once, with the digest of its answer, as the transcript has it.
answers() {	# of the commands in the last request's history
	json '[.value[] | select(.event == "commands") | .what.commands[] | select(has("repeated") | not)] | sort_by(.n)'
}
as alice 0 list-jobs --all --json
created=$(json '.value[] | select(.verb == "create-vm" and .state == "done") | .id')
as admin 0 history --job "$created" --json
answers >"$work/commands"
as admin 0 transcript "$created" --json
is 'commands in the history' "$(json '.value | length')" "$(jq length "$work/commands")"
is 'what was sent' "$(json '[.value[] | [.step, .part, .as, .command, .t, .status]] | tojson')" \
    "$(jq '[.[] | [.step, .part, .as, .cmd, .t, .status]] | tojson' -r "$work/commands")"
n=$(jq 'map(.status == 0 and .part == "run") | index(true)' "$work/commands")
json ".value[$n].out // \"\" | @base64" | base64 -d >"$work/stdout"
json ".value[$n].err // \"\" | @base64" | base64 -d >"$work/stderr"
is 'digest of an answer as sha256sum makes it' "$(jq -r ".[$n].answer" "$work/commands")" \
    "$({ wc -c <"$work/stdout"; cat "$work/stdout" "$work/stderr"; } | sha256sum | cut -d' ' -f1)"
as admin 0 history --job "$created"
says 'commands +.*commands=[0-9]+'

# Page by page it is all there, and another program proves it.
n=0 after=0
: >"$work/all"
while :; do
	as admin 0 history --after "$after" --limit 7 --json
	[ "$(json '.value | length')" != 0 ] || break
	json '.value[] | @json' >>"$work/all"
	after=$(json '.value[-1].seq')
	n=$((n + 1))
	[ $n -lt 100 ] || break
done
is 'exported records' "$records" "$(wc -l <"$work/all")"
is 'last hash' "$head" "$(tail -n 1 "$work/all" | jq -r .hash)"
previous=0000000000000000000000000000000000000000000000000000000000000000
while IFS= read -r record; do
	hash=$({ perl -e "print pack q(H*), shift" "$previous"; printf %s "$record" | jq -jcS 'del(.hash)'; } | sha256sum | cut -d' ' -f1)
	previous=$(printf %s "$record" | jq -r .hash)
	[ "$hash" = "$previous" ] || break
done <"$work/all"
is 'hash as sha256sum makes it' "$previous" "$hash"

# Copies, each changed in another way.
verify() {	# verify STATUS FILE [options]
	checks=$((checks + 1))
	expected=$1
	shift
	"$bin/powerdirectord" --verify-history "$@" >"$work/out" 2>"$work/err"
	status=$?
	[ "$status" = "$expected" ] || fail "--verify-history $*: exit status $status instead of $expected"
}
verify 0 "$site/state/powerdirector.db"	# in use
says "proven: $records records, head $records:$head, written 20"
site_stop director
sql "$site/state/powerdirector.db" "VACUUM INTO '$work/copy.db'"
chmod 400 "$work/copy.db"
verify 0 "$work/copy.db" --witness "$receipt"
verify 0 "$work/copy.db" --witness "$records:$head"
verify 64 "$work/copy.db" --witness x
verify 66 "$work/nothing.db"
is 'files made' '' "$(ls "$work" | grep '^copy.db-')"
tampered() {	# tampered SQL
	rm -f "$work/t.db"
	cp "$work/copy.db" "$work/t.db"
	chmod 600 "$work/t.db"
	sql "$work/t.db" "DROP TRIGGER history_keep_update; DROP TRIGGER history_keep_delete; $1" || fail "sql: $1"
	verify 65 "$work/t.db"
}
tampered "UPDATE history SET record = replace(record, 'alice', 'mallory') WHERE seq = (SELECT min(seq) FROM history WHERE user = 'alice')"
says "record $(sql "$work/copy.db" "SELECT min(seq) FROM history WHERE user = 'alice'"), or the one before it, was changed"
tampered 'DELETE FROM history WHERE seq = 4'
says 'record 4 is missing'
says 'proven: 3 records'
tampered 'DELETE FROM history WHERE seq = 4; UPDATE history SET seq = seq - 1 WHERE seq > 4'
says 'record 4 is missing, and those behind it have new numbers'
tampered "UPDATE history SET seq = -seq - 1 WHERE seq >= 4; UPDATE history SET seq = -seq WHERE seq < 0;
    INSERT INTO history(seq, hash, record) VALUES(4, randomblob(32), '{\"event\":\"done\",\"seq\":4,\"user\":\"mallory\"}')"
says 'record 4 was inserted: the true one stands at 5'
tampered 'UPDATE history SET seq = -4 WHERE seq = 4; UPDATE history SET seq = 4 WHERE seq = 5; UPDATE history SET seq = 5 WHERE seq = -4'
says 'record 4 stands at 5: the order was changed'
tampered 'DELETE FROM history WHERE seq > 6'
says 'cut off behind record 6'
sql "$work/t.db" 'UPDATE history_head SET seq = 6, hash = (SELECT hash FROM history WHERE seq = 6)'
verify 0 "$work/t.db"	# nothing in the file itself shows it any more
verify 65 "$work/t.db" --witness "$receipt"
says 'cut off behind record 6, the witness has seen record'

# Exported, and proven by a program that knows nothing of ours.
"$bin/powerdirectord" --export-history "$work/copy.db" >"$work/export" || fail 'export'
cat >"$work/prove.py" <<'END'
import hashlib, json, sys
previous, n = bytes(32), 0
for line in sys.stdin.buffer:
    record = line[84:-2]
    previous = hashlib.sha256(previous + record).digest()
    n += 1
    if json.loads(line)["hash"] != previous.hex() or json.loads(record)["seq"] != n:
        sys.exit("broken at record %d" % n)
print(n, previous.hex(), sep=":")
END
verify 0 "$work/copy.db"
is 'export as another program proves it' "$(sed -n 's/^proven: .* head \([^,]*\),.*/\1/p' "$work/out")" "$(python3 "$work/prove.py" <"$work/export")"
is 'a changed export' 'broken at record 3' "$(sed '3s/"t":"2/"t":"1/' "$work/export" | python3 "$work/prove.py" 2>&1)"

# Old records go to an archive: the chain goes on, before and behind; with the archive everything is proven.
sed -i 's/^socket /keep-history = 1s\nsocket /' "$site/etc/powerdirector.conf"
site_start director
archived() { ls "$site"/state/archive/history-000000000001-*.jsonl; }
wait_until 'an archive' archived
as admin 0 verify-history
says 'the history is whole'
says_not 'archives'
as admin 0 history --after 0 --limit 1 --json
[ "$(json '.value[0].seq')" -gt 1 ] || fail 'the archived records are still in the database'
site_stop director
verify 0 "$site/state/powerdirector.db"
whole=$(sed -n 's/^proven: .* head \([^,]*\),.*/\1/p' "$work/out")
"$bin/powerdirectord" --export-history "$site/state/powerdirector.db" >"$work/export"
is 'archives and export together' "$whole" "$(cat "$site"/state/archive/*.jsonl "$work/export" | python3 "$work/prove.py")"
mkdir "$work/empty"
verify 0 "$site/state/powerdirector.db" --archives "$work/empty"
says 'not looked at: records 1 to'
first=$(ls "$site"/state/archive/*.jsonl | head -n 1)
cp -p "$first" "$work/first"
chmod u+w "$first"
sed -i '4s/"event":"[a-z]*"/"event":"asked"/' "$first"
verify 65 "$site/state/powerdirector.db"
says 'record 4, or the one before it, was changed'
cp -p "$work/first" "$first"
verify 0 "$site/state/powerdirector.db"
sed -i '/^keep-history/d' "$site/etc/powerdirector.conf"

# A director whose database was changed says so.
sql "$site/state/powerdirector.db" "DROP TRIGGER history_keep_update; UPDATE history SET record = replace(record, 'event', 'Event') WHERE seq = (SELECT max(seq) FROM history)"
site_start director
as admin 65 verify-history
says 'was changed; only the first [0-9]+ records are proven'
as admin 65 verify-history --json
is fault changed "$(json .value.fault)"
