#!/bin/sh
# P4, P5: a console that does not answer, or not us.  Its jobs wait and say for what, one connection a back-off tries it, other platforms
# notice nothing; back again, the queue goes on in its order.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up

# In front of power1, for good: every connection is a line in $work/connections; it is passed on when somebody listens behind it.
cat >"$work/front.py" <<'PYTHON'
import socket, sys, threading, time
target, counter, port_file = int(sys.argv[1]), sys.argv[2], sys.argv[3]
def pump(a, b):
	try:
		while True:
			data = a.recv(65536)
			if not data:
				break
			b.sendall(data)
	except OSError:
		pass
	for s in (a, b):
		try:
			s.shutdown(socket.SHUT_RDWR)
		except OSError:
			pass
def serve(c):
	try:
		b = socket.create_connection(("127.0.0.1", target))
	except OSError:
		c.close()
		return
	threading.Thread(target=pump, args=(b, c), daemon=True).start()
	pump(c, b)
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(100)
open(port_file, "w").write(str(s.getsockname()[1]))
while True:
	c, _ = s.accept()
	with open(counter, "a") as f:
		f.write("%.3f\n" % time.time())
	threading.Thread(target=serve, args=(c,), daemon=True).start()
PYTHON
: >"$work/connections"
python3 "$work/front.py" "$(cat "$site/power1/port")" "$work/connections" "$work/front" &
front=$!

# A second system.
mkdir "$site/power2"
sed 's/"06052EA"/"06ABCDE"/' "$site/etc/world.json" >"$site/etc/world2.json"
"$bin/powerdirector-sim" --kind ivm --listen 127.0.0.1:0 --world "$site/etc/world2.json" --state "$site/power2" \
    --authorized-keys "$site/etc/power1-authorized_keys" --password padmin:padmin --speed 0 >"$site/log/power2" 2>&1 3>&- 4>&- </dev/null &
second=$!
trap 'kill $front $second 2>/dev/null; finish' EXIT
wait_until 'both are there' test -s "$work/front" -a -s "$site/power2/port" || exit 1

connections() { wc -l <"$work/connections"; }
register_platform() {	# register_platform NAME PORT STATE
	as admin 0 register-platform "$1" --kind ivm --address 127.0.0.1 --port "$2" --key power1 \
	    --host-key "$(ssh-keygen -lf "$site/$3/host_key.pub" | cut -d' ' -f2)" --pools datavg,rootvg
	as admin 0 register-image rhel6 --platform "$1" --file /home/padmin/images/rhel6/rhel6.0 --os linux
}
state_of() {	# state_of PLATFORM
	request admin list-platforms --json
	json ".value[] | select(.name == \"$1\").state"
}
is_bad() { is_state "$1" silent || is_state "$1" down; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
job_state() {
	request admin show-job "$1" --json
	json .value.state
}
is_job() { [ "$(job_state "$1")" = "$2" ]; }
events() {	# events NAME: how many in the history
	request admin history --limit 1000 --json
	json "[.value[] | select(.event == \"$1\")] | length"
}
set_times() {	# set_times FIRST LONGEST WAIT
	sed -i -e '/^retry-\|^platform-wait/d' -e "s/^jobs-per-platform/retry-first = $1\nretry-longest = $2\nplatform-wait = $3\n&/" \
	    "$site/etc/powerdirector.conf"
	loaded=$(grep -c 'event=policy ' "$site/log/director")
	kill -HUP "$(cat "$site/run/director.pid")"
	wait_until 'the new times are in force' sh -c "[ \$(grep -c 'event=policy ' '$site/log/director') -gt $loaded ]"
}
set_times 1s 2s 24h
register_platform power1 "$(cat "$work/front")" power1
# The port was mistyped: told at once, and the next registration is none the worse for it.
as admin 69 register-platform power2 --kind ivm --address 127.0.0.1 --port 1 --key power1 \
    --host-key "$(ssh-keygen -lf "$site/power2/host_key.pub" | cut -d' ' -f2)"
register_platform power2 "$(cat "$site/power2/port")" power2
as admin 0 create-vm vm0 --platform power1 --image rhel6 --memory 256M
as admin 0 stop-vm vm0 --force
world >"$work/before"

# Fifty jobs for a console that is gone: one connection a back-off, and none of them is lost.
site_stop simulator
before=$(connections)
began=$(date +%s)
jobs=
for i in $(seq 50); do
	request admin start-vm vm0 --detach --json
	is "job $i is taken" 0 "$status"
	jobs="$jobs $(json .job)"
done
set -- $jobs
first=$1 last=$(eval "echo \${50}")
as admin 75 follow "$first" --timeout 1
says 'waiting for power1, which has not answered since ..:..:.. UTC'
as admin 0 create-vm vm1 --platform power2 --image rhel6 --memory 256M --no-start
wait_until 'power1 is down' is_state power1 down
as admin 0 create-vm vm2 --platform power2 --image rhel6 --memory 256M --no-start
sleep 3
tried=$(($(connections) - before)) took=$(($(date +%s) - began))
checks=$((checks + 1))
# Back-offs of 1, 2, 2... s, each of them up to a fifth shorter.
[ "$tried" -ge 3 ] && [ "$tried" -le $((2 + took * 10 / 16)) ] || fail "$tried connections in $took s"
awk 'NR > '"$before"' { if (last && $1 - last < 0.79) { print "after", $1 - last, "s"; bad = 1 } last = $1 } END { exit bad }' \
    "$work/connections" >"$work/out" || fail 'tried again before the back-off was over'
as admin 0 show-job "$last"
says '^state: +waiting'
says 'waits for: +power1, which has not answered since ..:..:.. UTC \(127\.0\.0\.1:[0-9]+ .*\); next try (now|at ..:..:.. UTC)'
as admin 0 list-jobs --json
is 'they all wait for their platform' 50 "$(json '[.value[] | select(.state == "waiting" and .reason == "platform")] | length')"
as admin 0 list-jobs
says 'WAITS FOR'
as admin 0 list-platforms --json
is 'since and why are told' true "$(json '.value[] | select(.name == "power1") | has("since") and has("why")')"
as admin 69 check-platform power1
says '50 jobs wait for it'
is 'it went down once' 1 "$(events platform-down)"
is 'the first job began once' 1 "$(request admin history --job "$first" --json; json '[.value[] | select(.event == "started" or .event == "resumed")] | length')"
is 'the log has the turn, not the tries' 1 "$(grep -c 'event=platform-down' "$site/log/director")"

# One that waits can be cancelled at once.
as admin 0 cancel-job "$2"
is 'cancelled' cancelled "$(job_state "$2")"

# A restart makes no herd.
kill -KILL "$(cat "$site/run/director.pid")"
sleep 0.3
before=$(connections)
site_start director
is 'still down' down "$(state_of power1)"
is 'still waiting' waiting "$(job_state "$last")"
sleep 3
checks=$((checks + 1))
tried=$(($(connections) - before))
[ "$tried" -ge 1 ] && [ "$tried" -le 3 ] || fail "$tried connections in the first 3 s after a restart"

# Back again: all of them, in their order.
site_start simulator
wait_until 'all have ended' is_job "$last" done
is 'power1 is up' 0 "$(request admin list-platforms --json; json '[.value[] | select(.state == "down")] | length')"
is 'it came back once' 1 "$(events platform-up)"
request admin history --limit 1000 --json
json '.value[] | select(.event == "started" and .verb == "start-vm").job' | awk '!seen[$1]++' >"$work/started"
shift 2	# the first began before all others, the second was cancelled
printf '%s\n' "$first" "$@" >"$work/wanted"
checks=$((checks + 1))
diff "$work/wanted" "$work/started" >"$work/out" || fail 'they did not start in their order'
as admin 0 stop-vm vm0 --force
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the console is not as before'

# Away in the middle of a job, forwards and while it is undone: parked, and goes on.
for how in forward undo; do
	{
		echo 'match=mklv|rmlv,from=1,action=delay,ms=1000'
		[ $how = forward ] || echo 'match=chsysstate.*-o on,from=1,action=refuse,status=1,stderr=0516-000 test: refused'
	} | faults
	request admin create-vm vm3 --platform power1 --image rhel6 --memory 256M --disk 6G --detach --json
	job=$(json .job)
	command=$([ $how = forward ] && echo mklv || echo rmlv)
	wait_until "$command is under way" grep -aq "$command" "$site/spool/journal/$job"
	site_stop simulator
	wait_until "power1 is away ($how)" is_bad power1
	as admin 0 show-job "$job"
	says "^state: +$([ $how = forward ] && echo running || echo undoing)"
	says 'waits for: +power1, which has not answered'
	: >"$site/power1/faults"
	site_start simulator
	as admin "$([ $how = forward ] && echo 0 || echo 1)" follow "$job" --timeout 60
	[ $how = undo ] || as admin 0 delete-vm vm3 --yes --force
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "away while it goes $how: the console is not as before"
done

# A key that is refused: one try, and then none until somebody has acted.
cp "$site/etc/power1-authorized_keys" "$work/keys"
refused() {	# refused WHAT COUNT: a job meets it and waits; COUNT connections and no more
	before=$(connections)
	request admin start-vm vm0 --detach --json
	job=$(json .job)
	wait_until "$1: refused" is_state power1 refused
	request admin stop-vm vm0 --force --detach --json
	other=$(json .job)
	sleep 3
	is "$1: connections" "$2" "$(($(connections) - before))"
	as admin 0 show-job "$job"
	says 'waits for: +power1, which has not let us in since .*administrator'
	kill -KILL "$(cat "$site/run/director.pid")"
	sleep 0.3
	site_start director
	sleep 2
	is "$1: connections after a restart" "$2" "$(($(connections) - before))"
	is "$1: after a restart" refused "$(state_of power1)"
	as admin 69 check-platform power1
	is "$1: a check tries at once, and once" "$(($2 * 2))" "$(($(connections) - before))"
	is "$1: the other waits too" waiting "$(job_state "$other")"
}
site_stop simulator
ssh-keygen -q -t ed25519 -N '' -f "$work/other" </dev/null
cp "$work/other.pub" "$site/etc/power1-authorized_keys"
site_start simulator
refused 'wrong key' 1
site_stop simulator
cp "$work/keys" "$site/etc/power1-authorized_keys"
site_start simulator
as admin 0 check-platform power1
as admin 0 follow "$job"
as admin 0 follow "$other"

# Another host key: it is looked for in each family of keys, and nobody logs in.
site_stop simulator
mv "$site/power1/host_key" "$work/host_key"
mv "$site/power1/host_key.pub" "$work/host_key.pub"
site_start simulator
refused 'host key' 4
as admin 73 register-platform power1 --kind ivm --address 127.0.0.1 --port "$(cat "$work/front")" --key power1
says '\-\-replace'
as admin 66 register-platform power3 --replace --kind ivm --address 127.0.0.1 --port "$(cat "$work/front")" --key power1
as admin 65 register-platform power1 --replace --kind ivm --address 127.0.0.1 --port "$(cat "$work/front")" --key power1
is 'nothing is taken from the network' refused "$(state_of power1)"
as admin 73 register-platform power1 --replace --kind ivm --address 127.0.0.1 --port "$(cat "$site/power2/port")" --key power1 \
    --host-key "$(ssh-keygen -lf "$site/power2/host_key.pub" | cut -d' ' -f2)"
says 'answers there; nothing was changed'
is 'another system is no answer' refused "$(state_of power1)"
as admin 0 register-platform power1 --replace --kind ivm --address 127.0.0.1 --port "$(cat "$work/front")" --key power1 \
    --host-key "$(ssh-keygen -lf "$site/power1/host_key.pub" | cut -d' ' -f2)"
as admin 0 follow "$job"
as admin 0 follow "$other"
as admin 0 show-vm vm0
is 'refused twice' 2 "$(events platform-refused)"

# The time to wait is over: undone, with nothing left, and what it had reserved is free.
set_times 1s 2s 3s
site_stop simulator
as admin 69 create-vm vm4 --platform power1 --image rhel6 --memory 256M --timeout 60
says 'waited in vain for power1, which has not answered since'
as admin 66 show-vm vm4
site_start simulator
as admin 0 check-platform power1
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the console is not as before'
as admin 0 verify-history
