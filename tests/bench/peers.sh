# Part of tests/bench/run: local durable submit beside at, nq, task-spooler and Postfix.
#
# The peers are installed into a throw-away overlay of this system (build/bench-peers), in a mount
# namespace of their own, with their spools on the same file system as ours: nothing of them is
# left anywhere else, and no daemon of theirs is started.  That takes root; without it the rows are
# left out.  Ours runs in there too, so that both sides see the same.
peers=$PWD/build/bench-peers
inside=$peers/inside

# What runs in the namespace: makes the overlay's view, installs what is missing, measures.
write_inside() {
	cat >"$inside" <<-EOF
	set -eu
	mount -t overlay overlay -o "lowerdir=/,upperdir=$peers/upper,workdir=$peers/work" "$peers/root"
	mkdir -p "$peers/root$PWD" "$peers/root/var/spool/cron/atjobs" "$peers/root/var/spool/postfix"
	mount --rbind /proc "$peers/root/proc"
	mount --rbind /dev "$peers/root/dev"
	mount --bind "$PWD" "$peers/root$PWD"
	printf '#!/bin/sh\nexit 101\n' >"$peers/root/usr/sbin/policy-rc.d"
	chmod 0755 "$peers/root/usr/sbin/policy-rc.d"
	exec chroot "$peers/root" /bin/sh "$peers/chrooted"
	EOF
	cat >"$peers/chrooted" <<-EOF
	set -eu
	cd "$PWD"
	export DEBIAN_FRONTEND=noninteractive
	if ! command -v at nq tsp postfix >/dev/null 2>&1; then
		printf 'postfix postfix/main_mailer_type select Local only\npostfix postfix/mailname string bench.invalid\n' |
		    debconf-set-selections
		apt-get update -q && apt-get install -q -y --no-install-recommends at nq task-spooler postfix
	fi >&2
	# Their spools on the file system of ours, not on the overlay.
	for dir in atjobs:/var/spool/cron/atjobs postfix:/var/spool/postfix; do
		[ -d "$peers/\${dir%%:*}" ] || cp -a "\${dir#*:}" "$peers/\${dir%%:*}"
		mount --bind "$peers/\${dir%%:*}" "\${dir#*:}"
	done
	mkdir -p "$peers/nq" /tmp
	echo true >"$peers/script"
	export NQDIR="$peers/nq" TS_SOCKET="$peers/tsp.socket" TMPDIR="$peers/nq"
	tsp -n true >/dev/null 2>&1 || :
	ours="$bin/powerdirector -c $hold/etc/powerdirector.conf --user alice stop-vm idle --detach"
	$bin/bench-interleave 150 \$ours -- at -f "$peers/script" now + 300 days >"$peers/at.json"
	$bin/bench-interleave 100 \$ours -- nq true >"$peers/nq.json"
	$bin/bench-interleave 100 \$ours -- tsp -n true >"$peers/tsp.json"
	$bin/bench-interleave 100 \$ours -- /usr/sbin/sendmail -i -f root root >"$peers/postfix.json"
	$bin/bench-interleave -j 8 25 \$ours -- /usr/sbin/sendmail -i -f root root >"$peers/postfix8.json"
	tsp -K || :
	EOF
}

peer() {	# peer FILE NAME LIMIT
	if [ -s "$peers/$1.json" ]; then
		row "$2" "$(jq .a_p50 "$peers/$1.json")" ms lower "$(jq .b_p50 "$peers/$1.json")" "$(jq .ratio "$peers/$1.json")" "$3"
	else
		left_out "$2"
	fi
}

rm -f "$peers"/*.json
if [ "$(id -u)" = 0 ] && mkdir -p "$peers/upper" "$peers/work" "$peers/root"; then
	write_inside
	hold_site
	unshare -m --propagation private sh "$inside" 2>"$peers/log" || echo "bench: the peers could not be measured, see $peers/log" >&2
	rm -rf "$peers/atjobs" "$peers/postfix" "$peers/nq"
fi
peer at 'local submit, one at a time / at' 1.25
peer nq 'local submit, one at a time / nq' null
peer tsp 'local submit, one at a time / task-spooler' null
peer postfix 'local submit, one at a time / Postfix sendmail' 1
if [ -s "$peers/postfix8.json" ]; then
	p=$peers/postfix8.json
	row 'local submits, 8 at once, a second / Postfix' "$(jq '8000 / .a_p50 | round' $p)" 1/s higher "$(jq '8000 / .b_p50 | round' $p)" \
	    "$(jq '1 / .ratio * 1000 | round / 1000' $p)" 3
else
	left_out 'local submits, 8 at once, a second / Postfix'
fi
