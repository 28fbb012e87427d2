# SPDX-License-Identifier: ISC
# medium.sh - what the first-boot agents of Linux and AIX have in common: find the medium, read its file
# strictly, tell which adapters are meant, remember what was taken over.
#
# Read in by an agent, which defines
#	list_drives			the optical drives, one device path a line
#	mount_drive DEVICE DIRECTORY	read-only
#	list_adapters			one line "NAME MAC" for each Ethernet adapter; MAC in lower case, with colons
#	configure			makes the system's own configuration from what is described below
#	power_off
# and then calls first_boot.  Its exit status: 0 nothing to do, or taken over; 1 a medium was there and was
# refused, or something failed.  In both cases without a take-over the system simply comes up.
#
# What "configure" gets, all of it checked:
#	$state/plan	a line for each adapter: NAME MAC ADDRESS MASK BITS GATEWAY ("-": none); at most one has a gateway
#	$host $dns	the host name; up to three name servers with blanks between them, or nothing
#
# Nothing of the medium is executed, sourced, evaluated or used as a pattern, and nothing is changed before
# the last line has been checked.  The shells meant are ksh88 (AIX), dash, bash and mksh: no arrays, no local.
#
# PD_ROOT=/some/dir is for tests: every path gets it as a prefix, and the commands that touch the system
# (mount, shutdown, chdev, ...) are taken from $PD_ROOT/sbin alone, never from this machine.

root=${PD_ROOT:-}
if [ -z "$root" ]; then
	PATH=/usr/sbin:/usr/bin:/sbin:/bin:/etc
	export PATH
fi
LC_ALL=C
export LC_ALL
unset IFS CDPATH ENV
umask 022

self=powerdirector-first-boot
state=$root/var/opt/powerdirector/first-boot
log=$root/var/log/$self.log
mark="# $self"		# the first line, or the last words of a line, of what is ours in the system's files

MEDIUM_BYTES=8192	# ten adapters (create-vm makes no more) need a quarter of it
MEDIUM_LINES=128
HOST_LENGTH=64		# what the kernels hold

# To the console, the agent's own file and syslog; what is not there yet this early is not missed.
say() {
	printf '%s: %s\n' "$self" "$1" >&2
	{ printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >>"$log"; } 2>/dev/null
	system logger -t "$self" "$1" >/dev/null 2>&1 </dev/null
	:
}

# A command that touches the system.  Not found (127) counts as failure.
system() {
	if [ -z "$root" ]; then
		"$@"
	elif [ -x "$root/sbin/$1" ]; then
		command_path=$root/sbin/$1
		shift
		"$command_path" "$@"
	else
		return 127
	fi
}

# ---- values ----

# Four numbers of 0 to 255 without leading zeros; leaves them in $o1 to $o4.
is_quad() {
	case $1 in
	'' | *[!0-9.]* | .* | *. | *..* | *.*.*.*.* | ????????????????*) return 1 ;;
	*.*.*.*) ;;
	*) return 1 ;;
	esac
	o1=${1%%.*}
	quad_rest=${1#*.}
	o2=${quad_rest%%.*}
	quad_rest=${quad_rest#*.}
	o3=${quad_rest%%.*}
	o4=${quad_rest#*.}
	for octet in "$o1" "$o2" "$o3" "$o4"; do
		case $octet in
		0?* | ????*) return 1 ;;
		esac
		[ "$octet" -le 255 ] || return 1
	done
}

# An address that a host can have.
is_address() {
	is_quad "$1" && [ "$o1" -ge 1 ] && [ "$o1" -le 223 ] && [ "$o1" -ne 127 ]
}

# Ones, then zeros; leaves their number in $bits.
is_mask() {
	is_quad "$1" || return 1
	bits=0
	mask_ended=0
	for octet in "$o1" "$o2" "$o3" "$o4"; do
		case $mask_ended:$octet in
		0:255) bits=$((bits + 8)); continue ;;
		0:254) bits=$((bits + 7)) ;;
		0:252) bits=$((bits + 6)) ;;
		0:248) bits=$((bits + 5)) ;;
		0:240) bits=$((bits + 4)) ;;
		0:224) bits=$((bits + 3)) ;;
		0:192) bits=$((bits + 2)) ;;
		0:128) bits=$((bits + 1)) ;;
		?:0) ;;
		*) return 1 ;;
		esac
		mask_ended=1
	done
	[ "$bits" -ge 1 ] && [ "$bits" -le 30 ]
}

# Octet by octet, because old shells count in 32 bits with a sign.  Leaves $network and $broadcast.
network_of() {	# network_of ADDRESS MASK
	is_quad "$2"
	m1=$o1 m2=$o2 m3=$o3 m4=$o4
	is_quad "$1"
	network=$((o1 & m1)).$((o2 & m2)).$((o3 & m3)).$((o4 & m4))
	broadcast=$((o1 | 255 - m1)).$((o2 | 255 - m2)).$((o3 | 255 - m3)).$((o4 | 255 - m4))
}

is_host_name() {
	case $1 in
	'' | *[!A-Za-z0-9.-]* | .* | *. | *..* | -* | *- | *.-* | *-.*) return 1 ;;
	*[!0-9.]*) ;;
	*) return 1 ;;		# an address is no name
	esac
	[ "${#1}" -le "$HOST_LENGTH" ] || return 1
	host_rest=$1
	while [ -n "$host_rest" ]; do
		label=${host_rest%%.*}
		[ "${#label}" -le 63 ] || return 1
		case $host_rest in
		*.*) host_rest=${host_rest#*.} ;;
		*) host_rest= ;;
		esac
	done
}

is_mac() {
	case $1 in
	[0-9A-Fa-f][0-9A-Fa-f]:[0-9A-Fa-f][0-9A-Fa-f]:[0-9A-Fa-f][0-9A-Fa-f]:[0-9A-Fa-f][0-9A-Fa-f]:[0-9A-Fa-f][0-9A-Fa-f]:[0-9A-Fa-f][0-9A-Fa-f]) ;;
	*) return 1 ;;
	esac
}

# ---- the file ----

refuse() {
	say "$source: $1; the system is left as it is"
	return 1
}

# A block is complete: check how its values go together and note "MACS ADDRESS MASK BITS GATEWAY".
end_block() {
	for needed in netmask hostname macaddr; do
		case $seen in
		*" $needed "*) ;;
		*) refuse "line $number: the block of $address ends without $needed="; return 1 ;;
		esac
	done
	network_of "$address" "$mask"
	if [ "$address" = "$network" ] || [ "$address" = "$broadcast" ]; then
		refuse "line $number: $address is no host's address with the mask $mask"
		return 1
	fi
	if [ -n "$gateway" ]; then
		wanted=$network
		network_of "$gateway" "$mask"
		if [ "$network" != "$wanted" ] || [ "$gateway" = "$address" ]; then
			refuse "line $number: the gateway $gateway is not in the network of $address"
			return 1
		fi
	fi
	case " $addresses " in
	*" $address "*) refuse "line $number: $address twice"; return 1 ;;
	esac
	addresses="$addresses $address"
	# One machine has one default route: the first.
	if [ -n "$gateway" ] && [ -n "$has_gateway" ]; then
		say "$source: the gateway $gateway of $address is not used, $has_gateway is the default route"
		gateway=
	fi
	has_gateway=$has_gateway$gateway
	printf '%s %s %s %s %s\n' "$macs" "$address" "$mask" "$bits" "${gateway:--}" >>"$state/blocks"
}

begin_block() {
	address=$1 mask= gateway= macs= seen=' ipaddress '
}

add_dns() {
	case " $dns " in
	*" $1 "*) return 0 ;;
	*' '*' '*' '*' '*) return 0 ;;	# resolvers read three
	esac
	dns=${dns:+$dns }$1
}

# One line's value, by its key.
take_value() {	# take_value KEY VALUE
	case $1 in
	ipaddress | netmask | hostname | macaddr) ;;
	*) [ -n "$2" ] || return 0 ;;	# the others may be empty: not wanted
	esac
	case $1 in
	ipaddress) is_address "$2" && begin_block "$2" ;;
	netmask) is_mask "$2" && mask=$2 ;;
	ipgw) is_address "$2" && gateway=$2 ;;
	main_dns | bak_dns) is_address "$2" && add_dns "$2" ;;
	hostname)
		is_host_name "$2" || return 1
		[ -z "$host" ] || [ "$host" = "$2" ] || return 1
		host=$2
		;;
	macaddr)
		is_mac "$2" || return 1
		mac=$(printf '%s' "$2" | tr ABCDEF abcdef)
		case ",$all_macs," in
		*",$mac,"*) return 1 ;;
		esac
		all_macs=$all_macs,$mac
		macs=${macs:+$macs,}$mac
		;;
	esac
}

# The keys of a block, each once; only a rebuild file may name several adapters for an address.
is_key() {
	case $1 in
	ipaddress | ipgw | netmask | main_dns | bak_dns | hostname | macaddr) ;;
	*) return 1 ;;
	esac
}

may_repeat() {
	case $1:$source in
	macaddr:[Rr]*) return 0 ;;
	esac
	return 1
}

take_line() {
	case $line in
	*=*) key=${line%%=*} ;;
	*) refuse "line $number is not KEY=VALUE"; return 1 ;;
	esac
	is_key "$key" || { refuse "line $number has an unknown key"; return 1; }
	if [ "$key" = ipaddress ]; then
		[ "$number" -eq 1 ] || end_block || return 1
	elif [ "$number" -eq 1 ]; then
		refuse 'the first line is not ipaddress='
		return 1
	else
		case $seen in
		*" $key "*) may_repeat "$key" || { refuse "line $number: $key= twice in a block"; return 1; } ;;
		esac
		seen="$seen$key "
	fi
	take_value "$key" "${line#*=}" || { refuse "line $number: not a good value of $key="; return 1; }
}

# The copy of the medium's file in $state/medium: all of it good, or none of it.
read_file() {
	[ "$(wc -c <"$state/medium")" -le "$MEDIUM_BYTES" ] || { refuse "more than $MEDIUM_BYTES bytes"; return 1; }
	[ "$(tr -d '\012\040-\176' <"$state/medium" | wc -c)" -eq 0 ] ||
	    { refuse 'bytes that are not printable ASCII'; return 1; }
	: >"$state/blocks" || return 1
	number=0 host= dns= addresses= all_macs= has_gateway= line=
	while IFS= read -r line; do
		number=$((number + 1))
		[ "$number" -le "$MEDIUM_LINES" ] || { refuse "more than $MEDIUM_LINES lines"; return 1; }
		take_line || return 1
	done <"$state/medium"
	[ -z "$line" ] || { refuse 'the last line is cut off'; return 1; }
	[ "$number" -gt 0 ] || { refuse 'empty'; return 1; }
	end_block
}

# ---- adapters ----

# The adapter with one of these MAC addresses, in their order; leaves $name and $mac.
find_adapter() {	# find_adapter MAC,MAC...
	macs_left=$1
	while [ -n "$macs_left" ]; do
		mac=${macs_left%%,*}
		case $macs_left in
		*,*) macs_left=${macs_left#*,} ;;
		*) macs_left= ;;
		esac
		name= found=0
		while read -r adapter adapter_mac; do
			[ "$adapter_mac" = "$mac" ] || continue
			name=$adapter
			found=$((found + 1))
		done <"$state/adapters"
		[ "$found" -ne 1 ] || return 0
		[ "$found" -eq 0 ] || { refuse "$found adapters have the address $mac"; return 1; }
	done
	refuse "no adapter of this system has the address $mac"
}

match_adapters() {
	list_adapters >"$state/adapters" || return 1
	: >"$state/plan" || return 1
	while read -r macs address mask bits gateway; do
		find_adapter "$macs" || return 1
		printf '%s %s %s %s %s %s\n' "$name" "$mac" "$address" "$mask" "$bits" "$gateway" >>"$state/plan" || return 1
	done <"$state/blocks"
}

# ---- files of the system ----

# Standard input becomes FILE in one move: old or new, never half.  Keeps owner and mode of a file that is there.
put() {	# put FILE MODE
	fresh=${1%/*}/.$self.new
	rm -f "$fresh"
	if [ -f "$1" ]; then
		cp -p "$1" "$fresh"
	else
		(umask 077 && : >"$fresh") && chmod "$2" "$fresh"
	fi && cat >"$fresh" && mv -f "$fresh" "$1" && { relabel "$1"; return 0; }
	rm -f "$fresh"
	say "writing $1 failed"
	return 1
}

relabel() {
	system restorecon "$1" >/dev/null 2>&1
	:
}

# FILE without the lines that match a pattern (of ours, never of the medium), in $state/edit.
without() {	# without FILE PATTERN...
	edited=$1
	shift
	: >"$state/edit" || return 1
	[ -f "$edited" ] || return 0
	for pattern in "$@"; do
		set -- "$@" -e "$pattern"
		shift
	done
	grep -v "$@" "$edited" >"$state/edit"
	[ $? -le 1 ]
}

# The name server lines; everything else in the file stays.
put_resolver() {
	[ -n "$dns" ] || return 0
	if [ -h "$root/etc/resolv.conf" ]; then
		say '/etc/resolv.conf belongs to another program and is left to it'
		return 0
	fi
	without "$root/etc/resolv.conf" '^[[:blank:]]*nameserver' || return 1
	for server in $dns; do
		printf 'nameserver %s\n' "$server" >>"$state/edit" || return 1
	done
	put "$root/etc/resolv.conf" 0644 <"$state/edit"
}

# The host's own line; 127.0.1.1 is where Debian keeps the name that the image had.
put_hosts() {
	read -r name mac address mask bits gateway <"$state/plan"
	without "$root/etc/hosts" "$mark\$" '^127\.0\.1\.1[[:blank:]]' || return 1
	short=${host%%.*}
	[ "$short" != "$host" ] || short=
	printf '%s\t%s %s\n' "$address" "$host${short:+ $short}" "$mark" >>"$state/edit" || return 1
	put "$root/etc/hosts" 0644 <"$state/edit"
}

# ---- the whole way ----

# A console that cannot write into files makes directories: their names are the lines, DIRECTORY/BLOCK/KEY=VALUE.
assemble() {	# assemble DIRECTORY
	: >"$state/medium" || return 1
	for block in 0 1 2 3 4 5 6 7 8 9; do
		for key in ipaddress ipgw netmask main_dns bak_dns hostname macaddr; do
			for entry in "$1/$block/$key="*; do
				[ -e "$entry" ] || continue
				printf '%s\n' "${entry##*/}" >>"$state/medium" || return 1
			done
		done
	done
}

# One byte more than allowed shows that it is too long.
copy() {	# copy FILE
	if [ -d "$1" ]; then
		assemble "$1"
	else
		dd if="$1" of="$state/medium" bs=$((MEDIUM_BYTES + 1)) count=1 2>/dev/null
	fi
}

# Copies the configuration of a medium to $state/medium.  1: there is none; 2: it is not acceptable.
fetch() {	# fetch DEVICE
	mount_drive "$1" "$state/mnt" >/dev/null 2>&1 </dev/null || return 1
	mounted=1
	file= files=0 status=1
	for candidate in "$state/mnt"/config_*.dir "$state/mnt"/[Cc][Oo][Nn][Ff][Ii][Gg]_*.[Xx][Mm][Ll] \
	    "$state/mnt"/[Rr][Ee][Bb][Uu][Ii][Ll][Dd]_[Cc][Oo][Nn][Ff][Ii][Gg]_*.[Cc][Ff][Gg]; do
		[ ! -h "$candidate" ] || continue
		case $candidate in
		*.dir) [ -d "$candidate" ] || continue ;;
		*) [ -f "$candidate" ] || continue ;;
		esac
		file=$candidate
		files=$((files + 1))
	done
	source=${file##*/}
	case $source in
	*[!A-Za-z0-9._-]* | ?????????????????????????????????????????????????????????????????*) source=medium files=2 ;;
	esac
	if [ "$files" -gt 1 ]; then
		refuse 'several configurations, or a name that is none'
		status=2
	elif [ "$files" -eq 1 ]; then
		if copy "$file"; then
			status=0
		else
			say "$source cannot be read"
			status=2
		fi
	fi
	release
	return "$status"
}

release() {
	[ "$mounted" = 1 ] || return 0
	mounted=0
	system umount "$state/mnt" >/dev/null 2>&1 </dev/null || say 'the medium cannot be unmounted'
}

# The marker: what was taken over last.  Line 1 is the checksum and length of the file.
is_taken() {
	sum=$(cksum <"$state/medium") || return 1
	[ -f "$state/taken" ] || return 1
	IFS= read -r had <"$state/taken" || return 1
	[ "$had" = "$sum" ]
}

note_taken() {
	{ printf '%s\nsource=%s\n' "$sum" "$source" && cat "$state/medium"; } >"$state/edit" &&
	    put "$state/taken" 0600 <"$state/edit"
}

take_over() {
	read_file && match_adapters || return 1
	if ! configure; then
		say "$source: taking it over failed; the next start tries again"
		return 1
	fi
	system sync
	note_taken || return 1
	system sync
	say "$source taken over: $host,$addresses; stopping the system"
	power_off || { say 'the system cannot be stopped'; return 1; }
	# Between the request to stop and the end nothing else should start.
	[ -n "$root" ] || sleep 300
}

first_boot() {
	mounted=0 result=0
	mkdir -p "$state/mnt" "${log%/*}" && chmod 0700 "$state" || return 1
	trap release EXIT
	trap 'exit 1' HUP INT TERM
	list_drives >"$state/drives"
	while read -r drive; do
		fetch "$drive"
		case $? in
		1) continue ;;
		2) result=1; continue ;;
		esac
		if is_taken; then
			say "$source was taken over before"
			result=0
		else
			take_over </dev/null
			result=$?
		fi
		break
	done <"$state/drives"
	rm -f "$state/medium" "$state/blocks" "$state/adapters" "$state/plan" "$state/edit" "$state/drives"
	return "$result"
}
