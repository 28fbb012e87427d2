#!/bin/sh
# A platform that is this host: the console's programs are run without SSH.  Stand-ins for them (local-console.c) hand the commands
# on to the simulator.  A VM's life, undo, a worker that is killed, a command that hangs, and programs that may not be believed.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
programs=$work/console
mkdir -m 0755 "$programs"
for name in ioscli lssyscfg mksyscfg chsyscfg rmsyscfg chsysstate lshwres oem_setup_env ps; do
	cp "$bin/local-console" "$programs/$name"
done
chmod 0755 "$programs"/*
{ cat "$site/power1/port"; ssh-keygen -lf "$site/power1/host_key.pub" | cut -d' ' -f2; } >"$programs/target"
cp "$site/etc/keys/power1" "$programs/key"
chmod 600 "$programs/key"
options "console-programs = { '$work/none', '$programs' }"

# Chosen at registration: this host, or another one.
as admin 64 register-platform power1 --kind ivm --local --address 127.0.0.1
says '--local is this host'
as admin 64 register-platform power1 --kind ivm
says 'needs --address and --key, or --local'
as admin 0 register-platform power1 --kind ivm --local --pools datavg,rootvg
says 'power1 is registered: IBM '
as admin 0 list-platforms --json
is 'its address' local "$(json '.value[0].address')"
as admin 0 register-image rhel6 --platform power1 --file /home/padmin/images/rhel6/rhel6.0 --os linux --first-boot agent
world >"$work/before"

unchanged() {	# unchanged WHAT
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$1: something is left on the console"
}

# A VM's life.
as alice 0 create-vm web1 --image rhel6 --memory 512M --disk 1G --disk size=1G,pool=rootvg --network vlan=10,ip=10.0.10.5/24
as alice 0 stop-vm web1 --force
as alice 0 start-vm web1
as alice 0 show-vm web1 --json
is 'the VM' running "$(json .value.state)"
as alice 0 delete-vm web1 --yes --force --json
job=$(json .job)
as admin 0 transcript "$job"
says 'rmsyscfg -r lpar --id'
unchanged 'a whole life'

# The director had no connection to the console of its own.
checks=$((checks + 1))
! grep -q 'event=worker-killed' "$site/log/director" || fail 'a worker was killed by its sandbox'

# A step that fails takes all back.
echo 'match=mkvdev -vdev,nth=1,action=refuse,status=1,stderr=0516-000 test: refused' | faults
as alice 1 create-vm web1 --image rhel6 --memory 512M --disk 1G
faults </dev/null
unchanged 'undone'

# A worker that is killed while its command runs: the command goes on, and the next worker finds that out.
worker() { pgrep -P "$(cat "$site/run/director.pid")" powerdirector-w; }
console_works() { pgrep -f "^mksyscfg " >/dev/null || pgrep -f '^mksyscfg -r lpar' >/dev/null; }
started() { grep -q mksyscfg "$site/spool/journal/$job" 2>/dev/null; }
echo 'match=mksyscfg,nth=1,action=delay,ms=1500' | faults
as alice 0 create-vm web1 --image rhel6 --memory 512M --disk 1G --detach --json
job=$(json .job)
wait_until 'mksyscfg was begun' started
sleep 0.3
kill -KILL "$(worker)"
as alice 0 follow "$job" --timeout 2m
faults </dev/null
is 'partitions of that name' 1 "$(jq '[.. | objects | select(.name? == "web1" and .state? != null)] | length' "$site/power1/world.json")"
as alice 0 delete-vm web1 --yes --force
unchanged 'a killed worker'

# A command that hangs is left when the job is cancelled, and its program is ended.
echo 'match=mksyscfg,nth=1,action=hang' | faults
as alice 75 create-vm web1 --image rhel6 --timeout 2 --json
job=$(json .job)
as alice 0 cancel-job "$job"
as alice 1 follow "$job" --timeout 60
faults </dev/null
unchanged 'hang'
checks=$((checks + 1))
! pgrep -f '^mksyscfg -r lpar' >/dev/null || fail 'the program of the command that hung runs on'

# Programs that others may write are not run, and one that is not there is said by name.
chmod g+w "$programs/lssyscfg"
request admin check-platform power1
is 'a program that others may write' 69 "$status"
says "$programs/lssyscfg has mode 0775"
chmod g-w "$programs/lssyscfg"
mv "$programs/lssyscfg" "$work/lssyscfg"
as admin 1 check-platform power1
says "the program lssyscfg is not in $work/none, $programs: install it, or name its directory with console-programs"
mv "$work/lssyscfg" "$programs/lssyscfg"
as admin 0 check-platform power1
# One that is missing ends the jobs that need it, undone; the platform's others go on.
mv "$programs/mksyscfg" "$work/mksyscfg"
as alice 1 create-vm web1 --image rhel6 --memory 512M --disk 1G
says 'the program mksyscfg is not in '
as admin 0 check-platform power1
mv "$work/mksyscfg" "$programs/mksyscfg"
unchanged 'a missing program'
# Without their directory there is no console: jobs wait.
mv "$programs" "$programs.away"
as admin 69 check-platform power1
says "there is no $work/none, $programs: console-programs of powerdirector.conf"
mv "$programs.away" "$programs"
as admin 0 check-platform power1

# Its worker may start the console's programs and no others.
status_of() { awk "/^$1:/ { print \$2 }" "/proc/$(worker)/status"; }
if "$bin/powerdirectord" --version | grep -q '^sandbox: seccomp'; then
	is 'the worker: seccomp' 2 "$(status_of Seccomp)"
	is 'the worker: no new privileges' 1 "$(status_of NoNewPrivs)"
fi

# The same system by SSH from now on.
as admin 0 register-platform power1 --kind ivm --address 127.0.0.1 --port "$(cat "$site/power1/port")" --key power1 --replace \
    --host-key "$(ssh-keygen -lf "$site/power1/host_key.pub" | cut -d' ' -f2)"
rm "$programs"/*
as admin 0 check-platform power1
