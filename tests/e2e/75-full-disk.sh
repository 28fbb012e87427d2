#!/bin/sh
# File systems of spool and state that fill up: told about, then no new jobs with the figures, then the reserve is
# given back; nothing that was accepted is lost, and it goes on by itself when there is room (P7).
needs_mounts=1
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
as alice 0 create-vm before --memory 512M --disk 1G --no-start
as alice 0 create-vm other --memory 512M --disk 1G --no-start
told() { grep -q "event=disk of=$1 level=$2" "$site/log/director"; }
gone() { [ ! -e "$1" ]; }
is_done() { request alice show-job "$1" --json; [ "$(json .value.state)" = "done" ]; }
unchanged() {
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/world" "$work/after" >"$work/out" || fail "$1: the console was changed"
}

for part in spool state; do
	small_disk $part size=8m
	reserve=$(reserve $part)
	is "$part: its reserve" $((8 * 1024 * 1024 / 16)) "$(stat -c %s "$reserve")"
	checks=$((checks + 1))
	[ "$(stat -c %b "$reserve")" -ge 1024 ] || fail 'the reserve has no blocks'

	# At 8 percent administrators are told, and jobs are taken.
	fill $part 8
	as alice 0 stop-vm before
	wait_until 'administrators are told' told $part low
	as admin 0 history --limit 50
	says "disk"

	# At 4 percent no new job, whoever asks; questions are answered, and an administrator can clean up.
	fill $part 4
	world >"$work/world"
	as alice 75 create-vm full --memory 512M --disk 1G --no-start --json
	is 'code' TRY_LATER "$(json .code)"
	is 'retry_after' 60 "$(json .value.retry_after)"
	is 'no job' null "$(json .job)"
	as alice 75 create-vm full --memory 512M --disk 1G --no-start
	says "the disk of PowerDirector's $part is nearly full: [0-9.]+ of 8192.0 KiB are free, new jobs need 5 percent; try again in 60 s"
	as admin 75 create-vm full --memory 512M --disk 1G --no-start --image rhel6
	as alice 75 delete-vm other --yes
	unchanged "$part at 4 percent"
	as alice 0 list-vms
	says before
	as alice 66 show-vm full
	is 'job files' 0 "$(ls "$site/spool/new" "$site/spool/tmp" | grep -c '^[0-9]')"
	if [ $part = spool ]; then
		as admin 0 delete-vm other --yes
		as alice 66 show-vm other
	fi

	# The last percent: the reserve is given back.
	fill $part 0
	wait_until 'the reserve is given back' gone "$reserve"
	fill $part 0
	as alice 75 create-vm full --memory 512M --disk 1G --no-start
	as alice 0 list-vms

	# Room again: new jobs, and the reserve is made again.
	rm "$site/$part/filler"
	as alice 0 create-vm "again$part" --memory 512M --disk 1G --no-start
	wait_until 'the reserve is made again' test -e "$reserve"
	as alice 0 delete-vm "again$part" --yes

	# Accepted while the director was down, and then the disk is full: it waits, and runs when there is room.
	site_stop director
	as alice 0 create-vm "kept$part" --memory 512M --disk 1G --no-start --detach --json
	job=$(json .job)
	is 'accepted' QUEUED "$(json .code)"
	fill $part 3
	site_start director
	as alice 0 list-vms
	is 'its file waits' 1 "$(ls "$site/spool/new" | wc -l)"
	as alice 66 show-vm "kept$part"
	rm "$site/$part/filler"
	wait_until 'the job runs when there is room' is_done "$job"
	as alice 0 delete-vm "kept$part" --yes
done

# Inodes: bytes there are, names not.
site_stop director
umount "$site/spool"
mkdir -p "$site/spool"
"$bin/powerdirectord" -c "$site/etc/powerdirector.conf" --init >/dev/null 2>&1
small_disk spool size=32m,nr_inodes=1000
i=0
while [ "$(df --output=iavail "$site/spool" | tail -n 1)" -gt 45 ]; do
	i=$((i + 1))
	: >"$site/spool/filler.$i"
done
as alice 75 create-vm full --memory 512M --disk 1G --no-start
says '4[0-9] of 1000 inodes are free'
rm "$site"/spool/filler.*
as alice 0 create-vm full --memory 512M --disk 1G --no-start
as alice 0 delete-vm full --yes
as alice 0 delete-vm before --yes
as admin 0 verify-history
site_stop director
umount "$site/spool" "$site/state"
