# Part of tests/bench/run: kill -9 with 10,000 jobs that wait and 50 that run; and what an idle director does.
crash=$PWD/build/bench-crash
SITE_LATENCY=300 SITE_JOBS=50 new_site "$crash" running
tests/demo/site stop "$crash" director
must "$bin/bench-fill" "$crash/state" 10000 queued bob red power1 held "$crash/spool"
tests/demo/site start "$crash" director
seq 400 | sed 's/.*/check-platform power1/' >build/bench-crash.in
must "$bin/powerdirector" -c "$crash/etc/powerdirector.conf" --user admin batch --detach <build/bench-crash.in
: >build/bench.crash
for round in 1 2 3; do
	tries=0
	until [ "$(sqlite_number "$crash" "SELECT count(*) FROM job WHERE state = 'running'")" -ge 50 ] || [ $tries -gt 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	kill_director "$crash"
	before=$(grep -c -E 'event=(started|resumed)' "$crash/log/director")
	began=$(date +%s%N)
	"$bin/powerdirectord" -f -c "$crash/etc/powerdirector.conf" </dev/null >>"$crash/log/director" 2>&1 &
	echo $! >"$crash/run/director.pid"
	until [ "$(grep -c -E 'event=(started|resumed)' "$crash/log/director")" -gt "$before" ]; do sleep 0.005; done
	echo $((($(date +%s%N) - began) / 1000000)) >>build/bench.crash
done
ours=$(median_of 1 build/bench.crash)
row 'kill -9, 10,000 wait, 50 run: time to the next claim' "$ours" ms lower null "$ours" 2000
end_site "$crash"

# Nothing to do: how often it wakes.
switches() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$(cat "$site/run/director.pid")/status"; }
until [ "$(request admin list-jobs --json | jq '.value | length')" = 0 ]; do sleep 0.5; done
sleep 2
from=$(switches)
sleep 60
wakes=$(echo "scale=3; ($(switches) - $from) / 60" | bc)
row 'idle director: wake-ups a second' "$wakes" 1/s lower null "$wakes" 1
