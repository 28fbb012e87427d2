# Part of tests/bench/run: durable enqueue in the library, a submit beside the least program, and a batch of 1,000.
hold_site
got=$("$bin/bench-enqueue" 400 "$hold/enqueue") || exit 1
row 'durable enqueue in the library / bare create, write, fsync, rename, fsync' "$(echo "$got" | jq .a_p50)" ms lower \
    "$(echo "$got" | jq .b_p50)" "$(echo "$got" | jq .ratio)" 1.25

# The floor of the peers' rows: any program that is started, makes a file and its name durable, and ends.
compare 'local submit, one at a time / a program that syncs a file and its name' null 100 \
    "$bin/powerdirector" -c "$hold/etc/powerdirector.conf" --user alice stop-vm idle --detach -- "$bin/bench-floor" "$hold/floor"
rm -rf "$hold/floor"

# One request with 1,000 jobs, accepted and admitted; the machine that they wait for does not answer meanwhile.
seq 1000 | sed 's/.*/stop-vm idle --force/' >build/bench-batch.in
: >build/bench.batch
for round in 1 2 3 4 5 6 7; do
	began=$(date +%s%N)
	must "$bin/powerdirector" -c "$hold/etc/powerdirector.conf" --user alice batch --detach <build/bench-batch.in
	ours=$((1000000000000 / ($(date +%s%N) - began)))
	echo "$ours $("$bin/bench-sqlite" "$hold/state/bench.sqlite" 2000)" >>build/bench.batch
done
ours=$(median_of 1 build/bench.batch) sqlite=$(median_of 2 build/bench.batch)
row 'batch of 1,000 in one request, jobs a second / SQLite FULL, rows by 100' "$ours" 1/s higher "$sqlite" \
    "$(echo "scale=3; $ours / $sqlite" | bc)" null
row 'batch of 1,000 in one request, jobs a second' "$ours" 1/s higher null "$ours" 5000
