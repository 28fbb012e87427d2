#!/bin/sh
# The file system of spool or state fills up to its last byte under a running job.  With the reserve the job ends
# as if nothing had been; without it (somebody else takes it at once) it waits, and ends when there is room.
# Never is it stuck, or undone, because of our own disk (P7).
needs_mounts=1
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
world >"$work/before"

is_in() { request alice show-job "$job" --json; [ "$(json .value.state)" = "$1" ]; }
log_says() { grep -q "event=$1.*$job" "$site/log/director"; }
is_final() { request alice show-job "$job" --json; case $(json .value.state) in done | failed | stuck | cancelled) ;; *) return 1 ;; esac; }
begin() {	# begin NAME: a job that is in the middle of its work
	echo 'match=mksyscfg,nth=1,action=delay,ms=1500' | faults
	# Its journal takes several blocks more from there: what fits into one that it has needs no room.
	as alice 0 create-vm "$1" --memory 512M --disk 1G --disk 1G --disk 1G --no-start --detach --json
	job=$(json .job)
	wait_until 'it runs' is_in running
}
clean() {
	faults </dev/null
	as alice 0 delete-vm "$1" --yes
	as alice 0 quota --json
	is 'usage' 0 "$(json '[.value[] | select(.what != "jobs") | .used] | add')"
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$1: something is left on the console"
}

for part in spool state; do
	small_disk $part size=8m
	reserve=$(reserve $part)

	begin "with$part"
	fill $part 0
	wait_until 'it ends on the reserve' is_final
	is 'the job' "done" "$(json .value.state)"
	as alice 0 follow "$job"
	checks=$((checks + 1))
	[ ! -e "$reserve" ] || fail "$part: the reserve was not needed"
	rm "$site/$part/filler"
	clean "with$part"
	wait_until 'the reserve is made again' test -e "$reserve"

	begin "without$part"
	while :; do
		rm -f "$reserve"	# the director gives it back at once, and somebody else takes it first
		fill $part 0
		sleep 0.02
	done &
	filler=$!
	case $part in
	spool)	wait_until 'it waits for room' log_says parked ;;
	state)	wait_until 'its end is not recorded' log_says end-not-recorded ;;
	esac
	as alice 0 list-vms
	says "without$part"
	kill $filler
	wait $filler 2>/dev/null
	rm "$site/$part/filler"
	wait_until 'it ends when there is room' is_final
	is 'the job' "done" "$(json .value.state)"
	as alice 0 follow "$job"
	clean "without$part"
done

as admin 0 verify-history
site_stop director
umount "$site/spool" "$site/state"
