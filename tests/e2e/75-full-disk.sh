#!/bin/sh
# A full file system of spool and state: refused with "try later", nothing lost, and it goes on when
# there is room.  Needs root and a mount namespace for small file systems of its own.
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
as alice 0 create-vm before --memory 512M --disk 1G --no-start

for part in spool state; do
	site_stop director
	cp -a "$site/$part" "$work/$part"
	mount -t tmpfs -o size=3m,mode=700 tmpfs "$site/$part"
	cp -a "$work/$part/." "$site/$part/"
	site_start director
	world >"$work/world"
	dd if=/dev/zero of="$site/$part/filler" bs=4k 2>/dev/null

	as alice 75 create-vm full --memory 512M --disk 1G --no-start
	says 'full|space|kept'
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/world" "$work/after" >"$work/out" || fail "$part full: the console was changed"
	as alice 0 list-vms
	says 'before'

	rm "$site/$part/filler"
	# What was accepted before runs now; what was refused can be asked again.
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35; do
		request alice list-jobs --json
		[ "$(json '.value | length')" != 0 ] || break
		sleep 1
	done
	request alice show-vm full
	[ "$status" = 0 ] || as alice 0 create-vm full --memory 512M --disk 1G --no-start
	as alice 0 delete-vm full --yes
done
as alice 0 delete-vm before --yes
site_stop director
umount "$site/spool" "$site/state"
