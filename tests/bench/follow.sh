# Part of tests/bench/run: followers of a log.
must request alice stop-vm idle --force
job=$(request alice list-jobs --all --limit 1 --json | jq -r '.value[0].id')
log=$site/spool/log/$job

# A log of 25 MB as a long job with many steps leaves it: the job's own events, over and over, and its result at the end.
sed '$d' "$log" >build/bench-follow.part
tail -n 1 "$log" >build/bench-follow.end
for i in 1 2 3 4 5 6 7 8 9 10; do cat build/bench-follow.part build/bench-follow.part build/bench-follow.part >build/bench-follow.more && mv build/bench-follow.more build/bench-follow.part; done
head -c 25000000 build/bench-follow.part | sed '$d' >"$log"
cat build/bench-follow.end >>"$log"
rm -f build/bench-follow.*
bytes=$(stat -c %s "$log")
for host in alice plain; do
	ssh -F "$site/ssh_config" -O check "$host" 2>/dev/null ||
	    ssh -F "$site/ssh_config" -o ControlMaster=yes -o ControlPersist=300 -N -f "$host" </dev/null >/dev/null 2>&1
done
got=$("$bin/bench-interleave" 9 ssh -F "$site/ssh_config" alice follow "$job" -- ssh -F "$site/ssh_config" plain cat "$log") || exit 1
row 'log of 25 MB followed, MB a second / ssh cat' "$(echo "$got" | jq "$bytes / .a_p50 / 1000 | round")" MB/s higher \
    "$(echo "$got" | jq "$bytes / .b_p50 / 1000 | round")" "$(echo "$got" | jq '1 / .ratio * 1000 | round / 1000')" 0.5

# One follower's own memory.
hold_site
must "$bin/powerdirector" -c "$hold/etc/powerdirector.conf" --user alice stop-vm idle --force --detach
job=$("$bin/powerdirector" -c "$hold/etc/powerdirector.conf" --user alice list-jobs --limit 1 --json </dev/null | jq -r '.value[0].id')
pss() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }
"$bin/powerdirector" -c "$hold/etc/powerdirector.conf" --user alice follow "$job" </dev/null >/dev/null 2>&1 &
one=$!
tail -f "$hold/spool/log/$job" >/dev/null &
two=$!
sleep 1
ours=$(pss $one) theirs=$(pss $two)
kill $one $two
wait $one $two 2>/dev/null
row 'memory of one follower, PSS in KiB; baseline: tail -f' "$ours" KiB lower "$theirs" "$ours" 614

# 200 followers of one job, one of them stopped, beside none.  Its first command waits for the machine, which is halted until the followers are
# there; what is measured is from then on, and both wait as long.
followed() {	# followed COUNT NAME: milliseconds of the job, from the machine's waking
	created=$("$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user alice create-vm "$2" --image aix71 --memory 512M --no-start \
	    --detach --json </dev/null 2>/dev/null | jq -r .job)
	followers=
	for f in $(seq "$1"); do
		"$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user alice follow "$created" </dev/null >/dev/null 2>&1 &
		followers="$followers $!"
	done
	sleep 6
	[ "$1" = 0 ] || kill -STOP "${followers##* }"
	woken=$(date +%s%3N)
	kill -CONT "$sim"
	until [ "$(request alice show-job "$created" --json | jq -r .value.state)" = done ]; do sleep 0.2; done
	[ "$1" = 0 ] || kill -CONT "${followers##* }"
	[ "$1" = 0 ] || wait $followers
	request alice show-job "$created" --json | jq ".value.finished | (.[0:19] + \"Z\" | fromdate) * 1000 + (.[20:23] | tonumber) - $woken"
	must request alice delete-vm "$2" --yes
}
sim=$(cat "$site/run/simulator.pid")
: >build/bench.followed
for round in 1 2 3 4 5; do
	for count in 0 200; do
		kill -STOP "$sim"
		followed $count "f$round-$count" >>build/bench.followed
	done
done
with=$(awk 'NR % 2 == 0' build/bench.followed | sort -n | sed -n 3p) none=$(awk 'NR % 2 == 1' build/bench.followed | sort -n | sed -n 3p)
row 'job with 200 followers, one stopped / none' "$with" ms lower "$none" "$(echo "scale=3; $with / $none" | bc)" 1.1
