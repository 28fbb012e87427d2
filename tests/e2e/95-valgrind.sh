#!/bin/sh
# Gateway, director and worker under valgrind's memcheck, which sees what the sanitizers do not: the use of
# memory that was never written, and what happens inside the libraries.  Nothing is suppressed.
if ! command -v valgrind >/dev/null; then
	echo 'needs valgrind'
	exit 77
fi
if grep -q -a __asan_init "$1/powerdirector"; then
	echo 'not together with AddressSanitizer'
	exit 77
fi
. "$(dirname "$0")/lib.sh"

# The site runs these in place of the programs; one report for each process, empty when there is nothing to say.
# Without their sandbox: valgrind knows neither its calls nor what it forbids.
mkdir "$work/bin" "$work/reports"
[ ! -d "$bin/unboxed" ] || bin=$bin/unboxed
for program in powerdirector powerdirectord powerdirector-worker; do
	cat >"$work/bin/$program" <<-EOF
	#!/bin/sh
	exec valgrind --quiet --leak-check=full --error-exitcode=99 --gen-suppressions=all \\
	    --log-file=$work/reports/$program.%p $bin/$program "\$@"
	EOF
	chmod 755 "$work/bin/$program"
done
ln -s "${bin%/unboxed}/powerdirector-sim" "$work/bin/powerdirector-sim"
bin=$work/bin

export SITE_SPEED=0
site_up
as alice 0 version
as alice 0 help
as alice 0 help --json
as alice 0 whoami
as alice 0 list-vms
as alice 64 lsit-vms
as alice 65 create-vm web,1 --memory 512M
register

# Jobs: one that succeeds with everything, one that is undone, one that is cancelled.
as alice 0 create-vm web1 --image rhel6 --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.7/24
as alice 0 show-vm web1 --json
as bob 66 show-vm web1
echo 'match=mkvdev,nth=1,action=refuse,status=1,stderr=0516-000 test: refused' | faults
as alice 1 create-vm web2 --image rhel6 --memory 512M
echo 'match=mkvdev,nth=1,action=delay,ms=2000' | faults
as alice 0 create-vm web3 --image rhel6 --memory 512M --detach --json
job=$(json .job)
as alice 0 cancel-job "$job"
request alice follow "$job"
faults </dev/null
as alice 0 create-vm web4 --image rhel6 --memory 512M --plan
as alice 0 stop-vm web1 --force
as alice 0 start-vm web1
as alice 77 create-vm big --memory 64G
as admin 0 transcript "$job"
as alice 0 list-jobs
as alice 0 quota
as admin 0 history
as admin 0 check-platform power1

# A reload, a broken one, a stop and a start.
kill -HUP "$(cat "$site/run/director.pid")"
as alice 0 list-images
site_stop director
as alice 75 list-vms
site_start director
as alice 0 delete-vm web1 --yes --force
"$source/tests/demo/site" down "$site"

for report in "$work"/reports/*; do
	checks=$((checks + 1))
	[ ! -s "$report" ] || { fail "$(basename "$report") is not empty"; head -n 120 "$report" >&2; }
done
for program in powerdirector powerdirectord powerdirector-worker; do
	checks=$((checks + 1))
	ls "$work/reports/$program".* >/dev/null 2>&1 || fail "$program never ran under valgrind"
done
