#!/bin/sh
# powerdirectord as a program: its options, what keeps it from starting, a second one beside the first, what it finds
# left by one that was killed, and its ends.
. "$(dirname "$0")/lib.sh"
site_up
site_stop director
director=$bin/powerdirectord
conf=$site/etc/powerdirector.conf

started() {	# started STATUS words...
	expected=$1
	shift
	timeout 20 "$director" "$@" </dev/null >"$work/out" 2>"$work/err"
	is "powerdirectord $*" "$expected" $?
}
broken() {	# broken STATUS PATTERN: it does not start, and says why
	started "$1" -f -c "$conf"
	says 'event=start-failed'
	says "$2"
}

started 0 --version
says '^powerdirectord [0-9]+\.[0-9]+'
started 0 --help
says 'usage'
started 0 -h
started 64 --frobnicate
says 'usage'
started 64 -c
started 64 extra
started 64 -c "$conf" --check extra
started 0 -c "$conf" --check
says 'as it should be'
(cd "$site/etc" && "$director" -c powerdirector.conf --check) >"$work/out" 2>&1
is 'a path from here' 0 $?
started 0 -c "$conf" --init
"$director" -c "$conf" --init <&- >&- 2>&-
is 'started with everything closed' 0 $?

# What --check finds it names, all of it, and says what to do.
mv "$site/etc/keys" "$work/keys"
cp -R "$source/templates" "$work/templates"
echo 'nonsense' >>"$work/templates/ivm/start-vm.seq"
cp "$conf" "$work/conf"
sed "s|^templates .*|templates = '$work/templates'|" "$work/conf" >"$conf"
started 65 -c "$conf" --check
says 'start-vm.seq'
says 'etc/keys'
mv "$work/keys" "$site/etc/keys"
cp "$work/conf" "$conf"
started 65 -c "$work/nosuch" --check
says 'nosuch'

# A configuration with a mistake, one that is not there, one that others may write.
sed 's/^role user/role/' "$work/conf" >"$conf"
broken 65 'powerdirector.conf:[0-9]+'
rm "$conf"
broken 70 'powerdirector.conf: No such file'
cp "$work/conf" "$conf"
chmod 666 "$conf"
broken 77 'powerdirector.conf'
chmod 600 "$conf"

# Directories that are not there, not private, not a directory; a group that is not there.
mv "$site/state" "$work/state"
broken 70 "$site/state"
ln -s "$work/state" "$site/state"
broken 70 "$site/state"
rm "$site/state"
mv "$work/state" "$site/state"
chmod 755 "$site/state"
broken 77 'chmod 0700'
chmod 700 "$site/state"
if [ "$(id -u)" = 0 ]; then
	chown 4711 "$site/state"
	broken 77 'belongs to uid 4711'
	chown 0 "$site/state"
fi
mv "$site/spool" "$work/spool"
broken 70 "$site/spool"
mv "$work/spool" "$site/spool"
printf "spool-group = 'nosuchgroup'\n" | cat - "$work/conf" >"$conf"
broken 65 'nosuchgroup'
cp "$work/conf" "$conf"

# The socket: a file in its place is not removed, one that a killed director left is, one in use is not.
echo precious >"$site/run/query"
broken 73 'not a socket'
is 'the file in its place' precious "$(cat "$site/run/query")"
rm "$site/run/query"
site_start director
as alice 0 list-vms
started 73 -f -c "$conf"
says 'already|another'
as alice 0 list-vms
kill -KILL "$(cat "$site/run/director.pid")"
sleep 0.2
checks=$((checks + 1))
[ -S "$site/run/query" ] || fail 'a killed director leaves its socket'
setsid "$director" -d -f -c "$conf" </dev/null >>"$site/log/director" 2>&1 3>&- 4>&- &
echo $! >"$site/run/director.pid"
answers() { request alice list-vms; [ "$status" = 0 ]; }
wait_until 'it takes the socket over' answers

# Junk in the drop directory goes to bad/ with its reason, and nothing else is touched by it.
echo junk >"$site/spool/new/junk"
printf '\277\377\377\377\377\377\377\377\377' >"$site/spool/new/01ARZ3NDEKTSV4RRFFQ69G5FAV"
mkdir "$site/spool/new/directory"
ln -s /etc/passwd "$site/spool/new/01ARZ3NDEKTSV4RRFFQ69G5FAW"
mkfifo "$site/spool/new/01ARZ3NDEKTSV4RRFFQ69G5FAX"
kill -TERM "$(cat "$site/run/director.pid")"
gone() { ! kill -0 "$(cat "$site/run/director.pid")" 2>/dev/null; }
wait_until 'SIGTERM ends it' gone
site_start director
as alice 0 list-vms
bad() { [ "$(ls "$site/spool/bad" | grep -c .)" -ge "$1" ]; }
wait_until 'all of it is in bad/' bad 5
as admin 0 history --json
is 'bad files in the history' true "$(json '[.value[] | select(.event == "bad-file")] | length >= 4')"
cp "$site/log/director" "$work/out"
says 'event=bad-file'
says 'event=ended unfinished=no'

# A worker that cannot be started holds the jobs back, which is said; they run when it is there.
register
as alice 0 create-vm web1 --memory 512M --disk 1G --no-start
site_stop director
sed "s|^worker .*|worker = '$work/nosuch-worker'|" "$work/conf" >"$conf"
site_start director
as alice 0 start-vm web1 --mode sms --detach --json
job=$(json .job)
delayed() { grep -q "event=start-delayed.*$job.*nosuch-worker" "$site/log/director"; }
wait_until 'the log says why it waits' delayed
as alice 0 show-job "$job" --json
is 'the job' queued "$(json .value.state)"
cp "$work/conf" "$conf"
kill -HUP "$(cat "$site/run/director.pid")"
as alice 0 follow "$job" --timeout 60

# Two SIGTERMs: at once, whatever runs; the next start goes on with it.
echo 'match=mksyscfg,nth=1,action=delay,ms=6000' | faults
as alice 0 create-vm web2 --memory 512M --disk 1G --no-start --detach --json
job=$(json .job)
runs() { request alice show-job "$job" --json; [ "$(json .value.state)" = running ]; }
wait_until 'it runs' runs
kill -TERM "$(cat "$site/run/director.pid")"
sleep 0.3
kill -TERM "$(cat "$site/run/director.pid")"
wait_until 'the second SIGTERM ends it' gone
tail -n 1 "$site/log/director" >"$work/out"
says 'event=ended unfinished=yes'
site_start director
as alice 0 follow "$job" --timeout 60
as alice 0 show-vm web2
