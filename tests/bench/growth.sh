# Part of tests/bench/run: two directors side by side, one with 1,000 jobs in its history and one with many more; then
# with many jobs that wait.
few=$PWD/build/bench-few
many=$PWD/build/bench-many

fill() {	# fill SITE COUNT STATE USER TENANT VM [SPOOL]
	kill_director "$1"
	must "$bin/bench-fill" "$1/state" "$2" "$3" "$4" "$5" power1 "$6" ${7:-}
	tests/demo/site start "$1" director
}
grown() {	# grown LABEL LIMIT USER words of bench-ask...
	label=$1 limit=$2
	shift 2
	got=$("$bin/bench-ask" 200 "$many/etc/powerdirector.conf" "$few/etc/powerdirector.conf" "$@") || exit 1
	row "$label" "$(echo "$got" | jq .a_p50)" ms lower "$(echo "$got" | jq .b_p50)" "$(echo "$got" | jq .ratio)" "$limit"
}
# From a director's start until it answers.
start_ms() {
	kill_director "$1"
	began=$(date +%s%N)
	"$bin/powerdirectord" -f -c "$1/etc/powerdirector.conf" </dev/null >>"$1/log/director" 2>&1 &
	echo $! >"$1/run/director.pid"
	until "$bin/powerdirector" -c "$1/etc/powerdirector.conf" --user alice quota </dev/null >/dev/null 2>&1; do sleep 0.01; done
	echo $((($(date +%s%N) - began) / 1000000))
}

new_site "$few"
new_site "$many"
fill "$few" 1000 done alice blue idle
have=0
for target in 10000 100000 1000000; do
	[ "$target" -le "${MOST:-1000000}" ] || continue
	fill "$many" $((target - have)) done alice blue idle
	have=$target
	grown "history of $target jobs: submit / of 1,000" 1.2 alice submit stop-vm '{"name":"idle","force":true}'
	grown "history of $target jobs: list-jobs / of 1,000" 1.2 alice list-jobs '{"all":true}'
	grown "history of $target jobs: history / of 1,000" 1.2 alice history '{}'
	# Submit, claim, one command, end: the machine answers again.
	kill -CONT "$(cat "$few/run/simulator.pid")" "$(cat "$many/run/simulator.pid")"
	for s in "$few" "$many"; do
		until [ "$(sqlite_number "$s" "SELECT count(*) FROM job WHERE state IN ('queued', 'running')")" = 0 ]; do sleep 0.5; done
	done
	compare "history of $target jobs: submit to result / of 1,000" 1.2 60 \
	    "$bin/powerdirector" -c "$many/etc/powerdirector.conf" --user alice stop-vm idle --force -- \
	    "$bin/powerdirector" -c "$few/etc/powerdirector.conf" --user alice stop-vm idle --force
	kill -STOP "$(cat "$few/run/simulator.pid")" "$(cat "$many/run/simulator.pid")"
done

# 100,000 that wait, with their files, of another user; the first of them is under way.
fill "$few" 1000 queued bob red held "$few/spool"
fill "$many" 100000 queued bob red held "$many/spool"
sleep 1
grown '100,000 jobs wait: submit / 1,000' 1.2 alice submit stop-vm '{"name":"idle","force":true}'
: >build/bench.start
for round in 1 2 3; do echo "$(start_ms "$many") $(start_ms "$few")" >>build/bench.start; done
ours=$(median_of 1 build/bench.start)
row '100,000 jobs wait: start-up; baseline: 1,000' "$ours" ms lower "$(median_of 2 build/bench.start)" "$ours" 6000
end_site "$many"
end_site "$few"
