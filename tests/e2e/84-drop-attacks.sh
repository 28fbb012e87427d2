#!/bin/sh
# Whoever can write into the drop directory does his worst there: the director refuses each with its reason, opens nothing that
# it should not, and goes on serving others.  NAMES=1000000 (make million-names) plants a million names instead of 20,000.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
names=${NAMES:-20000}
site_up
register
as bob 0 list-vms
new=$site/spool/new bad=$site/spool/bad

# A real job file, to be made unreal in many ways.
site_stop director
request alice create-vm real --memory 512M --disk 1G --no-start
is 'without a director' 75 "$status"
id=$(ls "$new")
cp -p "$new/$id" "$work/job"
rm "$new/$id"
nth=0
planted() {	# planted: an id of its own in $planted
	nth=$((nth + 1))
	planted=$(printf '0000000000000000000000%04d' $nth)
}
expect() {	# expect NAME REASON: after the start $bad/NAME is there and its reason matches
	printf '%s\t%s\n' "$1" "$2" >>"$work/expected"
}
: >"$work/expected"

# Names out of form: the reason file has them escaped.
i=0
for name in '-rf' '.hidden' "$id.tmp" "$(printf 'new\nline')" "$(printf '\377\376')" "$(printf '\033[2J')" ' ' "$(printf '%0255d' 0)" \
    "$(echo "$id" | tr A-Z a-z)" "${id}0"; do
	cp -p "$work/job" "$new/$name"
	i=$((i + 1))
done
out_of_form=$i
# What is no file of ours.
planted; ln -s "$work/job" "$new/$planted"; expect "$planted" 'not a regular file'
planted; ln -s /nonexistent "$new/$planted"; expect "$planted" 'not a regular file'
planted; mkfifo -m 600 "$new/$planted"; expect "$planted" 'not a regular file'
planted; mkdir "$new/$planted"; expect "$planted" 'not a regular file'
planted; mkdir -p "$new/$planted/a/b"; expect "$planted" 'not a regular file'
planted; python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$new/$planted"; expect "$planted" 'not a regular file'
planted; cp -p "$work/job" "$work/linked"; ln "$work/linked" "$new/$planted"; expect "$planted" 'has 2 names'
planted; : >"$new/$planted"; chmod 600 "$new/$planted"; expect "$planted" 'has 0 bytes'
planted; head -c 300000000 /dev/zero >"$new/$planted"; chmod 600 "$new/$planted"; expect "$planted" 'has 300000000 bytes'
planted; truncate -s 8T "$new/$planted"; chmod 600 "$new/$planted"; expect "$planted" 'has 8796093022208 bytes'
for mode in 000 400 644 666 4600 2600 1600; do
	planted; cp "$work/job" "$new/$planted"; chmod $mode "$new/$planted"; expect "$planted" "mode|open|denied"
done
planted; head -c 40 "$work/job" >"$new/$planted"; chmod 600 "$new/$planted"; expect "$planted" '.'
planted; { cat "$work/job"; echo; } >"$new/$planted"; chmod 600 "$new/$planted"; expect "$planted" '.'
planted; cp "$work/job" "$new/$planted"; chmod 600 "$new/$planted"; expect "$planted" "holds the job $id"
planted; cp "$work/job" "$new/$planted"; chmod 600 "$new/$planted"; touch -d '2099-01-01' "$new/$planted"; expect "$planted" "holds the job $id"
if [ "$(id -u)" = 0 ]; then
	planted; mknod "$new/$planted" c 1 3 2>/dev/null && expect "$planted" 'not a regular file'
	planted; mknod "$new/$planted" b 7 99 2>/dev/null && expect "$planted" 'not a regular file'
	cp -p "$work/job" "$new/$id"; chown 4711 "$new/$id"; expect "$id" 'must come from the service account'
fi
site_start director
empty() { [ -z "$(ls -A "$new")" ]; }
wait_until 'all of it is dealt with' empty
while IFS="$(printf '\t')" read -r name reason; do
	cp "$bad/$name.reason" "$work/out" 2>/dev/null || : >"$work/out"
	says "^reason=.*($reason)"
done <"$work/expected"
grep -h '^reason=.*is not a job id' "$bad"/*.reason >"$work/out"
is 'names out of form' "$out_of_form" "$(grep -c . "$work/out")"
checks=$((checks + 1))
! LC_ALL=C grep -q "$(printf '[^ -~]')" "$bad"/*.reason "$site/log/director" || fail 'a name came unescaped into a reason or the log'
as bob 0 list-vms
request alice show-vm real
is 'the job file that was copied about' 66 "$status"

# Files that change while they are read, for two seconds, by one that knows when to look.
python3 - "$new" "$work/job" <<'PYTHON'
import os, sys, time
new, job = sys.argv[1], open(sys.argv[2], "rb").read()
end, n = time.time() + 2, 0
while time.time() < end:
    n += 1
    name = "%s/%026d" % (new, 10**9 + n)
    try:
        fd = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        for content in (job, job[:50], b"", b"\xbf" + b"\xff" * 200, job * 3):
            os.pwrite(fd, content, 0)
            os.ftruncate(fd, len(content))
        os.close(fd)
    except FileNotFoundError:
        pass
PYTHON
wait_until 'the changing files are dealt with' empty
as bob 0 list-vms

# Very many names, of all kinds; a user who works meanwhile.
plant() {	# plant DIRECTORY
	python3 - "$1" "$names" <<'PYTHON'
import os, sys
where, n = sys.argv[1], int(sys.argv[2])
os.chdir(where)
for i in range(n):
    k = i % 4
    if k == 0:
        os.symlink("/etc/passwd", "%026d" % (2 * 10**9 + i))
    elif k == 1:
        os.symlink("/etc/passwd", "planted-%d" % i)
    elif k == 2:
        os.close(os.open("%026d" % (3 * 10**9 + i), os.O_CREAT | os.O_EXCL, 0o600))
    else:
        os.mkdir("d%d" % i)
PYTHON
}
memory() { awk '/^VmHWM/ { print $2 }' "/proc/$(cat "$site/run/director.pid")/status"; }
rows() { sqlite3 "$site/state/powerdirector.db" "SELECT count(*) FROM history WHERE user IS NOT 'bob'"; }	# but for his own requests
wait_long() {	# as wait_until, for as long as a million names take
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 6000 ] || return 1
		sleep 0.1
	done
}
worst=0
meanwhile() {	# requests of bob until the file $work/done is there; the slowest in $worst, in ms
	while [ ! -e "$work/done" ]; do
		began=$(date +%s%3N)
		request bob list-jobs
		took=$(($(date +%s%3N) - began))
		[ "$status" = 0 ] || fail "bob's list-jobs: exit status $status"
		[ $took -le $worst ] || worst=$took
		began=$(date +%s%3N)
		request bob create-vm "b$began" --memory 512M --disk 1G --plan --json
		took=$(($(date +%s%3N) - began))
		[ "$status" = 0 ] || fail "bob's plan: exit status $status"
		[ $took -le $worst ] || worst=$took
		[ "$failures" -lt 10 ] || break
	done
	checks=$((checks + 1))
}
flood() {	# flood WHAT DIRECTORY: plants, and measures bob
	rm -f "$work/done"
	before=$(memory) rows=$(rows) worst=0 start=$(date +%s)
	{
		plant "$2"
		[ "$2" != "$new" ] || wait_long empty
		touch "$work/done"
	} &
	planter=$!
	meanwhile
	wait $planter
	echo "$1: $names names in $(($(date +%s) - start)) s, bob's slowest request $worst ms, memory +$(($(memory) - before)) KiB," \
	    "history +$(($(rows) - rows)) records, bad/ $(ls "$bad" | wc -l) files"
	checks=$((checks + 3))
	[ $worst -le 3000 ] || fail "$1: a request of bob took $worst ms"
	[ $(($(memory) - before)) -le 16384 ] || fail "$1: the director took $(($(memory) - before)) KiB more"
	[ $(($(rows) - rows)) -le 2500 ] || fail "$1: $(($(rows) - rows)) records in the history"
}
flood 'in new/' "$new"
is 'names left in new/' 0 "$(ls -A "$new" | wc -l)"
checks=$((checks + 1))
[ "$(ls "$bad" | wc -l)" -le 2100 ] || fail "bad/ has $(ls "$bad" | wc -l) files"
checks=$((checks + 1))
[ "$(ls "$site/spool/log" | wc -l)" -le 2500 ] || fail "log/ has $(ls "$site/spool/log" | wc -l) files"
grep 'event=bad-files' "$site/log/director" | tail -n 1 >"$work/out"
says 'removed=[0-9]+ stay=0 first=.* why='

# The same found at a start, which does not wait for it.
site_stop director
plant "$new"
began=$(date +%s%3N)
site_start director
as bob 0 list-jobs
took=$(($(date +%s%3N) - began))
echo "at a start: bob is answered after $took ms"
checks=$((checks + 1))
[ $took -le 5000 ] || fail "with $names names in new/ a start takes $took ms"
checks=$((checks + 1))
wait_long empty || fail 'new/ was not cleared'

# In tmp/ they are nobody's business until they are old; the sweep goes through them a share at a time.
flood 'in tmp/' "$site/spool/tmp"
site_stop director
began=$(date +%s%3N)
site_start director
as bob 0 list-jobs
took=$(($(date +%s%3N) - began))
echo "at a start with all of them in tmp/: bob is answered after $took ms"
checks=$((checks + 1))
[ $took -le 5000 ] || fail "with $names names in tmp/ a start takes $took ms"
crowded() { grep -q 'event=tmp-crowded names=[0-9]' "$site/log/director"; }
wait_until 'the crowd in tmp/ is told' crowded
as bob 0 create-vm last --memory 512M --disk 1G --no-start

# Spool directories replaced or opened to others: the director does not start and says which and why.
site_stop director
refuses() {	# refuses WHAT REASON
	"$bin/powerdirectord" -c "$site/etc/powerdirector.conf" >"$work/out" 2>"$work/err"
	is "$1: exit status" 77 $?
	says "$2"
	"$bin/powerdirectord" -c "$site/etc/powerdirector.conf" --check >"$work/out" 2>"$work/err"
	is "$1: exit status of --check" 65 $?
	says "$2"
}
for d in new cur done bad journal log; do
	mv "$site/spool/$d" "$work/moved"
	ln -s "$work/moved" "$site/spool/$d"
	refuses "$d is a link" "spool directory .*/$d is a link or a file"
	rm "$site/spool/$d"
	: >"$site/spool/$d"
	refuses "$d is a file" "spool directory .*/$d is a link or a file"
	rm "$site/spool/$d"
	mv "$work/moved" "$site/spool/$d"
	mode=$(stat -c %a "$site/spool/$d")
	chmod 777 "$site/spool/$d"
	refuses "$d is open to all" "$d has mode 0777, must have"
	chmod "$mode" "$site/spool/$d"
done
chmod 777 "$site/spool"
refuses 'the spool is open to all' 'mode 0777'
chmod 700 "$site/spool"
chmod 770 "$site/state"
refuses 'the state is open to a group' 'mode 0770'
chmod 700 "$site/state"
if [ "$(id -u)" = 0 ]; then
	chown 4711 "$site/spool/new"
	refuses 'new/ of another' 'belongs to uid 4711, must belong to uid 0'
	chown 0 "$site/spool/new"
fi
# And the gateway follows no link there either.
mv "$new" "$work/moved"
ln -s "$work/moved" "$new"
as alice 70 create-vm elsewhere --memory 512M --disk 1G --no-start
is 'job files behind the link' 0 "$(ls -A "$work/moved" | wc -l)"
rm "$new"
mv "$work/moved" "$new"
site_start director
as alice 0 list-vms
