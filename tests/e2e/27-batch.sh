#!/bin/sh
# Many requests in one: all lines are checked before the first counts, each has its own answer, the same
# once-key makes nothing twice, and a director that is killed while it takes a batch in makes each job exactly once (P1, P2).
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
sed -i 's/^jobs-per-platform = 4/jobs-per-platform = 2\npending-per-user = 5000/' "$site/etc/powerdirector.conf"
site_stop director
site_start director
register
as alice 0 create-vm web1 --memory 512M --disk 1G --no-start

batch() {	# batch USER STATUS options...: the lines are the test's stdin
	cat >"$work/batch"
	stdin=$work/batch as "$1" "$2" batch $(shift 2; echo "$@")
}
jobs_of() { as "$1" 0 list-jobs --all --limit 1000 --json; json '.value | length'; }

# 1. A line that is wrong, or not allowed, or not a job: its number, and nothing is made.
before=$(jobs_of alice)
while IFS='|' read -r status text line; do
	printf 'start-vm web1\n\n# a comment\n%s\nstop-vm web1 --force\n' "$line" | batch alice "$status"
	says "line 4: $text"
done <<'END'
64|unknown command|frobnicate web1
65|.*is not a size|create-vm web2 --memory 4X
77|.*not among the verbs|register-image x --platform power1 --file /x --os linux
64|list-vms makes no job|list-vms
64|.*needs --yes|delete-vm web1
65|.*|stop-vm 'web1
64|.*options of the batch|stop-vm web1 --detach
64|--plan|stop-vm web1 --plan
77|.*|create-vm big --memory 400G --image rhel6
64|.*not a request of a batch|-
64|this account only takes|sh -c id
END
is 'nothing was made' "$before" "$(jobs_of alice)"
: | batch alice 64
says 'there is none'
seq 1001 | sed 's/.*/stop-vm web1/' | batch alice 64
says 'line 1001: a batch has at most 1000'

# 2. Each line has its answer, in its order; one that cannot be does not keep the others.
batch alice 1 <<'END'
  # two that go well, one that the director refuses
start-vm web1 --note 'from a batch'

stop-vm nosuch
stop-vm web1 --force
END
says '3 requests: 2 done, 1 refused or failed'
says '2 +[0-9A-Z]{26} +start-vm +OK'
says '4 +[0-9A-Z]{26} +stop-vm +NOT_FOUND +there is no VM'
printf 'stop-vm web1 --force\nstop-vm nosuch\n' | batch alice 1 --json
is 'lines of JSON' 2 "$(wc -l <"$work/out")"
is 'answers' '1 stop-vm OK_NO_CHANGE 0 2 stop-vm NOT_FOUND 66' \
    "$(jq -r '"\(.line) \(.command) \(.code) \(.exit)"' "$work/out" | tr '\n' ' ' | sed 's/ $//')"
printf 'stop-vm web1 --force\n' | batch alice 0
says '1 request: 1 done'

# 3. The same batch with the same key makes nothing twice; another one with it is a conflict.
printf 'stop-vm web1 --force\nrestart-vm web1 --force\n' | batch alice 0 --once deploy --json
first=$(jq -r .job "$work/out")
before=$(jobs_of alice)
printf 'stop-vm web1 --force\nrestart-vm web1 --force\n' | batch alice 0 --once deploy --json
is 'the same jobs' "$first" "$(jq -r .job "$work/out")"
printf 'restart-vm web1 --force\n' | batch alice 1 --once deploy --json
is 'another request' CONFLICT "$(json .code)"
printf 'stop-vm web1\n' | batch alice 64 --once "$(printf '%063d' 0)"
says 'too long'

# 4. Not waited for; a time limit; without a director.
printf 'stop-vm web1 --force\nstop-vm web1 --force\n' | batch alice 0 --detach
says '2 requests: 2 queued'
wait_until 'the queue is empty' sh -c "ssh -F $site/ssh_config alice list-jobs --json </dev/null | jq -e '.value == []'"
kill -STOP "$(cat "$site/run/simulator.pid")"	# or all of it might be done before it is looked at
printf 'stop-vm web1 --force\nstart-vm web1\nstop-vm web1 --force\n' | batch alice 75 --timeout 0
says 'goes on'
kill -CONT "$(cat "$site/run/simulator.pid")"
wait_until 'the queue is empty' sh -c "ssh -F $site/ssh_config alice list-jobs --json </dev/null | jq -e '.value == []'"
site_stop director
printf 'stop-vm web1 --force\nstop-vm web1 --force\n' | batch alice 75
says '2 jobs are queued, [0-9A-Z]{26} and those behind it; the director is not running'
late=$(grep -oE '[0-9A-Z]{26}' "$work/err" | head -n 1)
site_start director
as alice 0 follow "$late"

# 5. A thousand; the director is killed while it takes them in.  Each is there once, and its file is not met twice.
rows() {	# rows SQL: one number out of the store
	python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' \
	    "$site/state/powerdirector.db" "$1"
}
before=$(rows 'SELECT max(seq) FROM job')
site_stop director
seq 1000 | sed 's/.*/stop-vm web1 --force/' | batch alice 0 --detach
says '1000 jobs are queued'
first=$(grep -oE '[0-9A-Z]{26}' "$work/out" | head -n 1)
setsid "$bin/powerdirectord" -f -c "$site/etc/powerdirector.conf" >>"$site/log/director" 2>&1 &
director=$!
until grep -q "^$first" "$site/state/reading" 2>/dev/null; do
	kill -0 $director 2>/dev/null || { fail 'the director ended by itself'; break; }
done
kill -KILL $director
wait $director 2>/dev/null
is 'jobs after the kill' 0 "$(rows "SELECT count(*) FROM job WHERE seq > $before")"
site_start director
wait_until 'the batch is taken in' test ! -e "$site/spool/new/$first"
is 'jobs of the batch' 1000 "$(rows "SELECT count(DISTINCT id) FROM job WHERE seq > $before")"
is 'each admitted once' 1000 "$(rows "SELECT count(*) FROM history WHERE json_extract(record, '$.event') = 'admitted' AND job IN (SELECT id FROM job WHERE seq > $before)")"
is 'its file' "$first" "$(ls "$site/spool/done/$first" | sed 's|.*/||')"
site_stop director
site_start director
is 'nothing twice' 1000 "$(rows "SELECT count(*) FROM job WHERE seq > $before")"
as admin 0 verify-history --json

# All of it, in many pages, is what the program without a director writes, and from the middle on the rest of it.
records=$(json .value.records)
request admin export-history
is 'export' 0 "$status"
head -n "$records" "$work/out" >"$work/exported"
"$bin/powerdirectord" --export-history "$site/state/powerdirector.db" | head -n "$records" >"$work/offline"
checks=$((checks + 1))
cmp "$work/offline" "$work/exported" || fail 'export-history and --export-history differ'
checks=$((checks + 1))
[ "$records" -gt 1000 ] || fail "only $records records"
as admin 0 export-history --after $((records - 300)) --json
tail -n 300 "$work/offline" >"$work/rest"
checks=$((checks + 1))
head -n 300 "$work/out" | cmp - "$work/rest" || fail 'export-history --after'
as alice 77 export-history
