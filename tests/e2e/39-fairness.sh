#!/bin/sh
# P5: one user has 10,000 jobs waiting, another one submits a single one: it starts when the running job has ended, after
# at most one other (one round), and submitting it takes no longer than with an empty queue.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
options 'jobs-per-platform = 1' 'pending-per-user = 20000'
as alice 0 create-vm a1 --memory 512M --disk 1G --no-start
as bob 0 create-vm b1 --memory 512M --disk 1G --no-start
state() { request admin show-job "$1" --json; json .value.state; }
is_in() { [ "$(state "$1")" = "$2" ]; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# What one request of bob takes, the median of nine, in ms: a plan, which changes nothing.
submit_ms() {
	for i in 1 2 3 4 5 6 7 8 9; do
		began=$(now_ms)
		as bob 0 stop-vm b1 --detach --once "$1$i"
		echo $(($(now_ms) - began))
	done | sort -n | sed -n 5p
}
empty=$(submit_ms empty)

# A console that hangs holds the platform's only slot; behind it alice's jobs pile up.
echo 'match=mksyscfg,nth=1,action=hang' | faults
as alice 0 create-vm holder --memory 512M --disk 1G --no-start --detach --json
holder=$(json .job)
wait_until 'the holder runs' is_in "$holder" running
for i in $(seq 1000); do
	echo 'stop-vm a1'
done >"$work/thousand"
began=$(now_ms)
for i in 1 2 3 4 5 6 7 8 9 10; do
	stdin=$work/thousand as alice 0 batch --detach
done
took=$(($(now_ms) - began))
as admin 0 quota
as alice 0 quota --json
is 'jobs of alice that wait' 10001 "$(json '.value[] | select(.what == "jobs") | .used')"
full=$(submit_ms full)
as bob 0 stop-vm b1 --detach --json
bobs=$(json .job)
echo "10,000 jobs of alice taken in within $took ms; a submit of bob, the median of nine: $empty ms before, $full ms behind them"

started=$(grep -c 'event=started' "$site/log/director")
as alice 0 cancel-job "$holder"
wait_until "bob's last job has ended" is_in "$bobs" "done"
faults </dev/null
# Whose jobs were started, one after the other, since the slot was free: bob's ten and, between them, alice's.
order=$(grep 'event=started' "$site/log/director" | tail -n +$((started + 1)) | sed 's/.* job=\([0-9A-Z]*\) .*/\1/' | head -n 22 |
    while read -r id; do
	grep -m 1 "event=admitted.*job=$id " "$site/log/director" | sed 's/.* user=\(.\).*/\1/'
    done | tr -d '\n')
echo "order of the jobs: $order"
checks=$((checks + 1))
echo "$order" | grep -qE '^(a?b){10}' || fail "bob waits for more than one job of alice: $order"
site_stop director
