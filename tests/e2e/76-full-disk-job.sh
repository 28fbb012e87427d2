#!/bin/sh
# The file system of spool or state fills up under a running job: the job ends all the same, and when there is room
# again everything is recorded as it is on the console.  Needs root and a mount namespace.
if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
	echo 'needs root and unshare(1)'
	exit 77
fi
if [ -z "${PD_WORK:-}" ]; then	# the directory outlives the namespace: it is removed out here
	PD_WORK=$(mktemp -d "${TMPDIR:-/tmp}/pd-e2e.XXXXXX") || exit 1
	export PD_WORK
	unshare -m --propagation private sh "$0" "$@"
	status=$?
	rm -rf "$PD_WORK"
	exit $status
fi
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
world >"$work/before"

is_in() { request alice show-job "$job" --json; [ "$(json .value.state)" = "$1" ]; }
log_says() { grep -q "event=$1.*$job" "$site/log/director"; }
is_final() { request alice show-job "$job" --json; case $(json .value.state) in done | failed | stuck | cancelled) ;; *) return 1 ;; esac; }

for part in spool state; do
	site_stop director
	cp -a "$site/$part" "$work/$part"
	mount -t tmpfs -o size=3m,mode=700 tmpfs "$site/$part"
	cp -a "$work/$part/." "$site/$part/"
	site_start director

	echo 'match=mksyscfg,nth=1,action=delay,ms=2000' | faults
	as alice 0 create-vm "full$part" --memory 512M --disk 1G --no-start --detach --json
	job=$(json .job)
	wait_until 'it runs' is_in running
	dd if=/dev/zero of="$site/$part/filler" bs=4k 2>/dev/null
	dd if=/dev/zero of="$site/$part/filler2" bs=64 2>/dev/null
	# Without its journal nothing more is sent but the undo; without the database the end is kept until it can be recorded.
	case $part in
	spool)	wait_until 'it is undone' log_says undoing ;;
	state)	wait_until 'its end is not recorded' log_says end-not-recorded ;;
	esac
	as alice 0 list-vms
	says "full$part"
	rm "$site/$part/filler" "$site/$part/filler2"
	wait_until 'it ends when there is room' is_final
	case $part in
	spool)
		is 'the job' failed "$(json .value.state)"
		says 'No space left'
		as alice 66 show-vm fullspool
		;;
	state)
		is 'the job' done "$(json .value.state)"
		as alice 0 show-vm fullstate
		as alice 0 delete-vm fullstate --yes
		;;
	esac
	as alice 0 quota --json
	is 'usage' 0 "$(json '[.value[] | select(.what != "jobs") | .used] | add')"
	faults </dev/null
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$part: something is left on the console"
done
site_stop director
umount "$site/spool" "$site/state"
