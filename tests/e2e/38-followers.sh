#!/bin/sh
# How many jobs may be followed at a time, of one user and of all; a follower that was killed frees its place, one that is stopped
# delays nobody; and follow reads a log although the director is down (P8).
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
options 'followers-per-user = 2' 'followers-total = 3'
echo 'match=mksyscfg,nth=1,action=hang' | faults
as alice 0 create-vm f1 --memory 512M --disk 1G --no-start --detach --json
job=$(json .job)
is_in() { request alice show-job "$job" --json; [ "$(json .value.state)" = "$1" ]; }
wait_until 'it runs' is_in running

# Followers of their own, on the host itself: each is one process that can be stopped and killed.
follow() {	# follow USER: leaves $follower
	"$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user "$1" follow "$job" </dev/null >"$work/follow" 2>&1 &
	follower=$!
}
locks() { [ "$(grep -c "POSIX.* $1 " /proc/locks)" = 4 ]; }	# of hers, of all, and of those who watch: all, and this job's
follow alice; first=$follower
wait_until 'the first follows' locks "$first"
follow alice; second=$follower
wait_until 'the second follows' locks "$second"

as alice 75 follow "$job" --json
is 'code' TRY_LATER "$(json .code)"
is 'retry_after' 15 "$(json .value.retry_after)"
as alice 75 follow "$job"
says 'you follow 2 jobs already, 2 are allowed at a time.*try again in 15 s'
as alice 75 create-vm f2 --memory 512M --disk 1G --no-start
says '2 are allowed'
as alice 66 show-vm f2
as admin 0 history --limit 50
says '2 are allowed'
# Another user has his own places, until those of all are taken.
follow admin; third=$follower
wait_until 'the third follows' locks "$third"
as admin 75 follow "$job"
says 'all users together follow 3 jobs already, 3 are allowed at a time'
kill -KILL "$third"
wait "$third" 2>/dev/null
# A follower that was killed has left its place; one that is stopped has not, and delays nobody.
kill -STOP "$second"
kill -KILL "$first"
wait "$first" 2>/dev/null
as alice 75 follow "$job" --timeout 1
says 'not finished within'
as alice 0 create-vm f3 --memory 512M --disk 1G --no-start
as alice 0 cancel-job "$job"
as alice 1 follow "$job"
says 'cancelled'
kill -CONT "$second"
wait "$second"
is 'who was stopped gets the result' 1 $?

# The director is down: the log says whose job it is and how it ended, also when it was refused.
as alice 73 create-vm f3 --memory 512M --disk 1G --no-start --json
refused=$(json .job)
site_stop director
as alice 73 follow "$refused"
says 'f3'
as admin 73 follow "$refused"
as bob 75 follow "$refused"
says 'the director is not running'
as alice 1 follow "$job"
says 'cancelled'
as alice 1 follow "$(echo "$job" | cut -c 1-22)"
as admin 1 follow "$job"
as bob 75 follow "$job"
says 'the director is not running'
says_not 'cancelled'
as alice 75 follow 01ARZ3NDEKTSV4RRFFQ69G5FAV
site_start director
