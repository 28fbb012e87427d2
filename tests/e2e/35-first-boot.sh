#!/bin/sh
# The agents of template images take over what create-vm puts on the first-boot medium: the Linux agent on
# roots of each kind of distribution, the AIX agent with commands that only record; all shells that are there.
# No run touches this machine: PD_ROOT keeps paths and commands below a directory of the test.
. "$(dirname "$0")/lib.sh"
agents=$source/templates/first-boot
name=$work/name		# where hostile contents would leave a trace

# ---- a medium as create-vm makes it ----

export SITE_SPEED=0
site_up
register
as alice 0 create-vm web1 --image rhel6 --memory 512M --hostname web1.example.org --until running \
    --network vlan=10,ip=10.0.10.5/24,gateway=10.0.10.1,dns=10.0.10.2+10.0.10.3 --network vlan=20,ip=10.0.20.7/28
[ "$failures" = 0 ] || exit 1	# no medium
iso=$(ls "$site"/power1/fs/var/vio/VMLibrary/config_*.iso)
text=$(ls "$site"/power1/fs/home/padmin/config_*.xml)
file=$(basename "$text")
mkdir "$work/medium"
if command -v isoinfo >/dev/null; then
	isoinfo -i "$iso" -R -x "/$file" >"$work/medium/$file"
elif command -v xorriso >/dev/null; then
	xorriso -osirrox on -indev "$iso" -extract / "$work/medium" >/dev/null 2>&1
	chmod -R u+w "$work/medium"
else
	echo 'no isoinfo or xorriso: the text that the medium was made of is used'
	cp "$text" "$work/medium/$file"
fi
is 'text on the medium' "$(cat "$text")" "$(cat "$work/medium/$file")"
"$source/tests/demo/site" down "$site"
good=$work/medium/$file
mac0=$(sed -n 's/^macaddr=//p' "$good" | head -n 1)
mac1=$(sed -n 's/^macaddr=//p' "$good" | tail -n 1)
low0=$(echo "$mac0" | tr A-F a-f)
low1=$(echo "$mac1" | tr A-F a-f)
is 'adapters on the medium' 2 "$(grep -c '^macaddr=..:..:..:..:..:..$' "$good")"

# ---- roots ----

stand_in() {	# stand_in COMMAND, text of its script on stdin; $root is the root's directory
	mkdir -p "$root/sbin"
	{ echo '#!/bin/sh'; echo "root='$root'"; cat; } >"$root/sbin/$1"
	chmod 755 "$root/sbin/$1"
}

common_root() {	# common_root NAME: sets $root
	root=$work/$1
	rm -rf "$root"
	mkdir -p "$root/dev" "$root/etc" "$root/var/log"
	stand_in mount <<-'END'
	for last; do device=$directory directory=$last; done
	[ -d "$device.contents" ] || exit 32
	echo "$@" >>"$root/mounts"
	cp -R "$device.contents/." "$directory"
	END
	stand_in umount <<-'END'
	echo "$@" >>"$root/umounts"
	rm -rf "$1"/* "$1"/.[a-z]*
	END
	stand_in shutdown <<-'END'
	echo "$@" >>"$root/shutdowns"
	END
	printf '127.0.0.1\tlocalhost\n127.0.1.1\ttemplate\n10.0.0.9\tother\n' >"$root/etc/hosts"
	printf 'search example.org\nnameserver 192.0.2.1\noptions rotate\n' >"$root/etc/resolv.conf"
}

adapter() {	# adapter NAME MAC TYPE [device]
	mkdir -p "$root/sys/class/net/$1"
	echo "$2" >"$root/sys/class/net/$1/address"
	echo "$3" >"$root/sys/class/net/$1/type"
	[ -z "${4:-}" ] || mkdir "$root/sys/class/net/$1/device"
}

insert() {	# insert FILE...: a medium with these files
	device=$root/dev/sr1
	[ ! -e "$root/dev/cd1" ] || device=$root/dev/cd1
	rm -rf "$device.contents"
	mkdir "$device.contents"
	[ $# = 0 ] || cp -PR "$@" "$device.contents/"
}

# Two drives, the first is empty; the second adapter is the first on the medium; a bridge has its address.
linux_root() {	# linux_root STYLE
	common_root "$1"
	: >"$root/dev/sr0"
	: >"$root/dev/sr1"
	adapter lo 00:00:00:00:00:00 772
	adapter eth0 "$low1" 1 device
	adapter eth1 "$low0" 1 device
	adapter eth2 32:00:00:00:00:01 1 device
	adapter br0 "$low0" 1
	own=$(printf '# powerdirector-first-boot\nstale')
	case $1 in
	redhat6)
		mkdir -p "$root/etc/sysconfig/network-scripts"
		printf 'NETWORKING=no\nHOSTNAME=template\nGATEWAY=192.0.2.1\n' >"$root/etc/sysconfig/network"
		echo 'DEVICE=lo' >"$root/etc/sysconfig/network-scripts/ifcfg-lo"
		echo 'BOOTPROTO=dhcp' >"$root/etc/sysconfig/network-scripts/ifcfg-eth0"
		echo "$own" >"$root/etc/sysconfig/network-scripts/ifcfg-eth2"
		;;
	redhat7)
		mkdir -p "$root/etc/sysconfig/network-scripts" "$root/usr/lib/systemd" "$root/etc/NetworkManager/system-connections"
		echo '# empty' >"$root/etc/sysconfig/network"
		echo 'template' >"$root/etc/hostname"
		;;
	suse11 | suse12)
		mkdir -p "$root/etc/sysconfig/network"
		printf 'CONNECTION="x"\nNETCONFIG_DNS_STATIC_SERVERS=""\n' >"$root/etc/sysconfig/network/config"
		printf '192.0.2.0 10.0.10.9 - -\ndefault 192.0.2.1 - -\n' >"$root/etc/sysconfig/network/routes"
		[ "$1" = suse11 ] || { mkdir -p "$root/usr/lib/systemd"; echo template >"$root/etc/hostname"; ln -s hostname "$root/etc/HOSTNAME"; }
		[ "$1" = suse12 ] || echo template >"$root/etc/HOSTNAME"
		[ "$1" = suse11 ] || stand_in netconfig <<-'END'
		echo "$@" >"$root/netconfig"
		END
		;;
	debian)
		mkdir -p "$root/etc/network" "$root/etc/NetworkManager/system-connections"
		: >"$root/sbin/ifup"
		chmod 755 "$root/sbin/ifup"
		echo template >"$root/etc/hostname"
		cat >"$root/etc/network/interfaces" <<-'END'
		# The loopback
		auto lo eth0
		iface lo inet loopback

		allow-hotplug eth1
		iface eth0 inet dhcp
		    hostname template
		# IPv6 stays
		iface eth0 inet6 auto
		    privext 2
		iface eth1 inet static
		    address 192.0.2.2
		source-directory interfaces.d
		END
		;;
	keyfile)
		mkdir -p "$root/etc/sysconfig/network-scripts" "$root/usr/lib/systemd" "$root/etc/NetworkManager/system-connections"
		: >"$root/etc/sysconfig/network-scripts/readme-ifcfg-rh.txt"
		echo "$own" >"$root/etc/NetworkManager/system-connections/powerdirector-eth2.nmconnection"
		rm "$root/etc/resolv.conf"
		ln -s ../run/resolv.conf "$root/etc/resolv.conf"
		;;
	esac
	insert "$good"
}

# Everything below etc: names, modes, links and contents.
state_of() {
	tar -c --sort=name --mtime=@0 -C "$root" etc | cksum
}

run() {	# run EXPECTED-STATUS AGENT: in the shell of the moment
	(cd "$work/empty" && PD_ROOT=$root timeout 60 "$shell" "$agents/$2") >"$work/out" 2>"$work/err" </dev/null
	status=$?
	checks=$((checks + 1))
	[ "$status" = "$1" ] || fail "$shell, $what: exit status $status instead of $1"
	# Unmounted, and no working file is left.
	is "$shell, $what: left over" '' \
	    "$(cd "$root" && find "$work/empty" etc var/opt/powerdirector -name '*.new' -o -type f -path '*var/opt*' ! -name taken \
	    -o -path '*/mnt/*' -o -path '*/empty/*')"
	is "$shell, $what: unmounted" "$(cat "$root/mounts" 2>/dev/null | wc -l)" "$(cat "$root/umounts" 2>/dev/null | wc -l)"
	rm -f "$root/mounts" "$root/umounts"
}

stopped() {	# stopped TIMES ARGUMENTS: the system was stopped so often since the last time
	is "$shell, $what: stopped" "$2" "$(cat "$root/shutdowns" 2>/dev/null)"
	is "$shell, $what: times" "$1" "$(grep -c . "$root/shutdowns" 2>/dev/null || :)"
	rm -f "$root/shutdowns"
}

not_stopped() {
	checks=$((checks + 1))
	[ ! -e "$root/shutdowns" ] || fail "$shell, $what: the system was stopped"
}

has() {	# has FILE, expected contents on stdin
	checks=$((checks + 1))
	cat >"$work/expected"
	diff -u "$work/expected" "$root/etc/$1" >"$work/out" 2>&1 || fail "$shell, $what: $1"
}

# ---- Linux: one check for each style ----

has_names() {
	has hosts <<-END
	127.0.0.1	localhost
	10.0.0.9	other
	10.0.10.5	web1.example.org web1 # powerdirector-first-boot
	END
	[ -h "$root/etc/resolv.conf" ] || [ "$style" = suse12 ] || has resolv.conf <<-END
	search example.org
	options rotate
	nameserver 10.0.10.2
	nameserver 10.0.10.3
	END
}

has_redhat() {
	has sysconfig/network-scripts/ifcfg-eth1 <<-END
	# powerdirector-first-boot
	DEVICE=eth1
	HWADDR=$low0
	TYPE=Ethernet
	ONBOOT=yes
	BOOTPROTO=none
	IPADDR=10.0.10.5
	NETMASK=255.255.255.0
	GATEWAY=10.0.10.1
	DNS1=10.0.10.2
	DNS2=10.0.10.3
	END
	has sysconfig/network-scripts/ifcfg-eth0 <<-END
	# powerdirector-first-boot
	DEVICE=eth0
	HWADDR=$low1
	TYPE=Ethernet
	ONBOOT=yes
	BOOTPROTO=none
	IPADDR=10.0.20.7
	NETMASK=255.255.255.240
	END
}

has_style() {
	case $1 in
	redhat6)
		has_redhat
		printf 'NETWORKING=yes\nHOSTNAME=web1.example.org\n' | has sysconfig/network
		echo 'DEVICE=lo' | has sysconfig/network-scripts/ifcfg-lo
		is "$shell, $what: files" 'ifcfg-eth0 ifcfg-eth1 ifcfg-lo' "$(ls "$root/etc/sysconfig/network-scripts" | xargs)"
		;;
	redhat7)
		has_redhat
		echo web1.example.org | has hostname
		printf '# empty\nNETWORKING=yes\n' | has sysconfig/network
		;;
	suse11 | suse12)
		has sysconfig/network/ifcfg-eth1 <<-END
		# powerdirector-first-boot
		STARTMODE='auto'
		BOOTPROTO='static'
		IPADDR='10.0.10.5'
		NETMASK='255.255.255.0'
		END
		has sysconfig/network/ifcfg-eth0 <<-END
		# powerdirector-first-boot
		STARTMODE='auto'
		BOOTPROTO='static'
		IPADDR='10.0.20.7'
		NETMASK='255.255.255.240'
		END
		printf '192.0.2.0 10.0.10.9 - -\ndefault 10.0.10.1 - -\n' | has sysconfig/network/routes
		printf 'CONNECTION="x"\nNETCONFIG_DNS_STATIC_SERVERS="10.0.10.2 10.0.10.3"\n' | has sysconfig/network/config
		echo web1.example.org | has HOSTNAME
		[ "$1" = suse11 ] || is "$shell, $what: netconfig" 'update -f' "$(cat "$root/netconfig")"
		[ "$1" = suse11 ] || is "$shell, $what: HOSTNAME" hostname "$(readlink "$root/etc/HOSTNAME")"
		;;
	debian)
		echo web1.example.org | has hostname
		has network/interfaces <<-END
		# The loopback
		auto lo
		iface lo inet loopback

		# IPv6 stays
		iface eth0 inet6 auto
		    privext 2
		source-directory interfaces.d
		# powerdirector-first-boot begin
		auto eth1
		iface eth1 inet static
		    address 10.0.10.5
		    netmask 255.255.255.0
		    gateway 10.0.10.1
		    dns-nameservers 10.0.10.2 10.0.10.3
		auto eth0
		iface eth0 inet static
		    address 10.0.20.7
		    netmask 255.255.255.240
		# powerdirector-first-boot end
		END
		;;
	keyfile)
		echo web1.example.org | has hostname
		has NetworkManager/system-connections/powerdirector-eth1.nmconnection <<-END
		# powerdirector-first-boot
		[connection]
		id=powerdirector-eth1
		type=ethernet
		autoconnect-priority=100

		[ethernet]
		mac-address=$low0

		[ipv4]
		method=manual
		address1=10.0.10.5/24,10.0.10.1
		dns=10.0.10.2;10.0.10.3;
		END
		has NetworkManager/system-connections/powerdirector-eth0.nmconnection <<-END
		# powerdirector-first-boot
		[connection]
		id=powerdirector-eth0
		type=ethernet
		autoconnect-priority=100

		[ethernet]
		mac-address=$low1

		[ipv4]
		method=manual
		address1=10.0.20.7/28
		END
		is "$shell, $what: files" 'powerdirector-eth0.nmconnection powerdirector-eth1.nmconnection' \
		    "$(ls "$root/etc/NetworkManager/system-connections" | xargs)"
		is "$shell, $what: mode" 600 "$(stat -c %a "$root/etc/NetworkManager/system-connections/powerdirector-eth0.nmconnection")"
		is "$shell, $what: resolv.conf" ../run/resolv.conf "$(readlink "$root/etc/resolv.conf")"
		;;
	esac
	has_names
}

check_style() {
	style=$1
	what=$style
	linux_root "$style"
	run 0 linux
	stopped 1 '-h -P now'
	has_style "$style"
	state_of >"$work/after"
	what="$style, the same medium again"
	run 0 linux
	not_stopped
	is "$shell, $what" "$(cat "$work/after")" "$(state_of)"
	[ "$shell" = "$first_shell" ] || return 0
	what="$style, interrupted before the marker"
	rm "$root/var/opt/powerdirector/first-boot/taken"
	run 0 linux
	stopped 1 '-h -P now'
	is "$shell, $what" "$(cat "$work/after")" "$(state_of)"
	what="$style, without a medium"
	rm -rf "$root/dev/sr1.contents"
	run 0 linux
	not_stopped
	is "$shell, $what" "$(cat "$work/after")" "$(state_of)"
}

# One of the two adapters, another name and address, no gateway and no name server.
check_next_medium() {
	style=redhat6
	what='a new medium'
	linux_root redhat6
	run 0 linux
	stopped 1 '-h -P now'
	printf 'ipaddress=10.0.20.8\nipgw=\nnetmask=255.255.255.0\nmain_dns=\nbak_dns=\nhostname=web2\nmacaddr=%s\n' "$mac1" \
	    >"$work/config_next.xml"
	insert "$work/config_next.xml"
	run 0 linux
	stopped 1 '-h -P now'
	is "$shell, $what: files" 'ifcfg-eth0 ifcfg-lo' "$(ls "$root/etc/sysconfig/network-scripts" | xargs)"
	has hosts <<-END
	127.0.0.1	localhost
	10.0.0.9	other
	10.0.20.8	web2 # powerdirector-first-boot
	END
	printf 'search example.org\noptions rotate\nnameserver 10.0.10.2\nnameserver 10.0.10.3\n' | has resolv.conf
	what='a rebuild file: the first of its adapters that is there'
	{ sed 's/^hostname=.*/hostname=web3/' "$work/config_next.xml"; echo "macaddr=32:00:00:00:00:01"; } |
	    sed "s/^macaddr=$mac1/macaddr=32:00:00:00:00:99/" >"$work/rebuild_config_1.cfg"
	insert "$work/rebuild_config_1.cfg"
	run 0 linux
	stopped 1 '-h -P now'
	is "$shell, $what: files" 'ifcfg-eth2 ifcfg-lo' "$(ls "$root/etc/sysconfig/network-scripts" | xargs)"
	what='two gateways'
	sed 's/^ipgw=$/ipgw=10.0.20.1/; s/^bak_dns=$/bak_dns=10.0.10.4/' "$good" >"$work/config_two.xml"
	insert "$work/config_two.xml"
	run 0 linux
	stopped 1 '-h -P now'
	is "$shell, $what: routes" 'GATEWAY=10.0.10.1' "$(cat "$root"/etc/sysconfig/network-scripts/ifcfg-* | grep GATEWAY)"
}

check_failures() {
	style=redhat6
	what='the shutdown fails'
	linux_root redhat6
	echo 'exit 1' | stand_in shutdown
	run 1 linux
	what='no network service that the agent knows'
	linux_root other
	state_of >"$work/after"
	run 1 linux
	not_stopped
	is "$shell, $what" "$(cat "$work/after")" "$(state_of)"
	what='interfaces without the end of our part'
	linux_root debian
	printf '# powerdirector-first-boot begin\nauto eth5\n' >>"$root/etc/network/interfaces"
	state_of >"$work/after"
	run 1 linux
	not_stopped
	is "$shell, $what" "$(cat "$work/after")" "$(state_of)"
	what='two adapters with one address'
	linux_root redhat6
	adapter eth9 "$low0" 1 device
	state_of >"$work/after"
	run 1 linux
	not_stopped
	is "$shell, $what" "$(cat "$work/after")" "$(state_of)"
	what='the unmounting fails'
	linux_root redhat6
	echo 'exit 1' | stand_in umount
	(cd "$work/empty" && PD_ROOT=$root timeout 60 "$shell" "$agents/linux") >"$work/out" 2>"$work/err" </dev/null
	is "$shell, $what" 0 $?
}

# ---- contents that must change nothing ----

refused() {	# refused AGENT WHAT, the file's text on stdin
	what=$2
	cat >"$work/config_bad.xml"
	insert "$work/config_bad.xml"
	run 1 "$1"
	not_stopped
	is "$shell, $what" "$before" "$(state_of)"
	checks=$((checks + 1))
	[ ! -e "$root/var/opt/powerdirector/first-boot/taken" ] || fail "$shell, $what: marker"
	checks=$((checks + 1))
	[ ! -e "$name" ] || { fail "$shell, $what: a command of the medium was run"; rm -f "$name"; }
	checks=$((checks + 1))
	grep -q 'left as it is' "$work/err" || fail "$shell, $what: nothing was said"
}

changed() {	# changed AGENT SED-SCRIPT: the good text with one change
	sed "$2" "$good" | refused "$1" "$2"
}

hostile_values() {	# values that no key may have
	cat <<-END
	\$(touch $name)
	\`touch $name\`
	x;touch $name
	x'\$(touch $name)'
	"x\$(touch $name)"
	x|touch $name
	x>$name
	x&
	\${PATH}
	*
	x y
	x\\ny
	-x
	x	y
	END
}

check_hostile() {	# check_hostile AGENT KEYS; $root is ready
	before=$(state_of)
	hostile_values >"$work/values"
	for key in $2; do
		while IFS= read -r value; do
			KEY=$key VALUE=$value awk 'index($0, ENVIRON["KEY"] "=") == 1 { print ENVIRON["KEY"] "=" ENVIRON["VALUE"]; next } { print }' \
			    "$good" | refused "$1" "$key=$value"
		done <"$work/values"
	done
}

check_forms() {
	before=$(state_of)
	for value in 10.0.10.256 10.0.10 10.0.10.5.6 010.0.10.5 10.0.10.0 10.0.10.255 127.0.0.1 224.0.0.1 0.0.0.1 10..10.5 \
	    .10.0.10 0x0a.0.10.5 1000000000000000000000000.0.0.1 10.0.20.7 ''; do
		changed "$1" "1s/=.*/=$value/"
	done
	for value in 255.0.255.0 0.0.0.0 255.255.255.255 255.255.255.254 255.255.255.253 24 ''; do
		changed "$1" "s/^netmask=.*/netmask=$value/"
	done
	for value in 10.0.11.1 10.0.10.5 10.0.10; do
		changed "$1" "2s/=.*/=$value/"
	done
	long=$(printf '%064d' 0 | tr 0 a)
	for value in -web1 web1- web..1 .web1 web1. web_1 10.0.0.1 "$long" "$long.example" "a.$long" ''; do
		changed "$1" "s/^hostname=.*/hostname=$value/"
	done
	changed "$1" '6s/=.*/=web2/'			# not the name of the other block
	for value in 32:00:00:00:00:99 32-00-00-00-00-01 320000000001 32:00:00:00:00 32:00:00:00:00:0g 00:00:00:00:00:00 "$mac1"; do
		changed "$1" "7s/=.*/=$value/"
	done
	for key in ipaddress netmask hostname macaddr; do
		changed "$1" "/^$key=/d"
		changed "$1" "s/^$key=/$(echo "$key" | tr a-z A-Z)=/"
		changed "$1" "s/^$key=/ &/"
	done
	for key in netmask ipgw main_dns hostname macaddr; do
		sed "/^$key=/p" "$good" | refused "$1" "$key= twice"
	done
	for line in devno=0 PATH=/tmp 'IFS=x' '=x' x '# comment' '' 'ipaddress' '<?xml version="1.0"?>'; do
		{ echo "$line"; cat "$good"; } | refused "$1" "'$line' at the beginning"
		{ cat "$good"; echo "$line"; } | refused "$1" "'$line' at the end"
	done
	for byte in '\r' '\033' '\000' '\303\244' '\177'; do
		{ sed '$d' "$good"; printf "macaddr=%s$byte\n" "$mac1"; } | refused "$1" "byte $byte"
	done
	printf '%s' "$(cat "$good")" | refused "$1" 'the last line cut off'
	: | refused "$1" 'an empty file'
	awk 'BEGIN { for (i = 0; i < 10000; i++) print "hostname=web1" }' | refused "$1" '10,000 lines'
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "x" }' | refused "$1" 'one long line'
	{ cat "$good"; awk 'BEGIN { for (i = 0; i < 200; i++) print "ipgw=" }'; } | refused "$1" '200 lines'
	awk 'BEGIN { for (i = 0; i < 2000000; i++) print "ipgw=" }' | refused "$1" 'ten megabytes'
}

# A medium of a console that cannot write into files: the lines are names of directories.
make_names() {	# the good text as $names
	names=$work/config_pd00000000.dir
	rm -rf "$names"
	block=-1
	while read -r line; do
		[ "${line#ipaddress}" = "$line" ] || block=$((block + 1))
		mkdir -p "$names/$block/$line"
	done <"$good"
}

check_directories() {
	what='names as lines'
	make_names
	linux_root redhat6
	insert "$names"
	run 0 linux
	stopped 1 '-h -P now'
	has_style redhat6
	linux_root redhat6
	before=$(state_of)
	what='names as lines, a key twice'
	mkdir "$names/1/netmask=255.255.0.0"
	insert "$names"
	run 1 linux
	is "$shell, $what" "$before" "$(state_of)"
	what='names as lines, a hostile one'
	make_names
	rmdir "$names/0/hostname="*
	mkdir "$names/0/hostname=\$(touch name)"
	insert "$names"
	run 1 linux
	is "$shell, $what" "$before" "$(state_of)"
	what='names as lines, and a file'
	make_names
	insert "$names" "$good"
	run 1 linux
	is "$shell, $what" "$before" "$(state_of)"
	not_stopped
}

# The medium rather than the text.
check_names() {
	before=$(state_of)
	what='two files on a medium'
	cp "$good" "$work/config_other.xml"
	insert "$good" "$work/config_other.xml"
	run 1 linux
	is "$shell, $what" "$before" "$(state_of)"
	what='a hostile file name'
	cp "$good" "$work/config_\$(touch name).xml"
	insert "$work/config_\$(touch name).xml"
	run 1 linux
	is "$shell, $what" "$before" "$(state_of)"
	rm "$work/config_\$(touch name).xml"
	what='a link'
	ln -sf "$good" "$work/config_link.xml"
	insert "$work/config_link.xml"
	run 0 linux
	is "$shell, $what" "$before" "$(state_of)"
	what='another medium'
	cp "$good" "$work/setup.xml"
	insert "$work/setup.xml"
	run 0 linux
	is "$shell, $what" "$before" "$(state_of)"
	not_stopped
}

# ---- AIX ----

aix_root() {
	common_root aix
	: >"$root/dev/cd0"
	: >"$root/dev/cd1"
	insert "$good"
	stand_in lsdev <<-'END'
	case "$*" in
	'-C -c cdrom -S available -F name') printf 'cd0\ncd1\n' ;;
	'-C -c adapter -S available -F name subclass') printf 'ent0 vdevice\nent1 vdevice\nent2 pseudo\nvsa0 vdevice\n' ;;
	*) exit 1 ;;
	esac
	END
	echo "case \$1 in ent0 | ent2) mac=$low0 ;; ent1) mac=$low1 ;; *) exit 1 ;; esac" >"$work/entstat"
	cat >>"$work/entstat" <<-'END'
	printf -- '-----\nETHERNET STATISTICS (%s) :\nDevice Type: Virtual I/O Ethernet Adapter (l-lan)\n' "$1"
	printf 'Hardware Address: %s\nElapsed Time: 0 days\nHardware Address: 00:11:22:33:44:55\n' "$mac"
	END
	stand_in entstat <"$work/entstat"
	printf 'net,-hopcount,0,,0,192.0.2.1\nnet,-hopcount,0,-netmask,255.255.0.0,,,,172.16.0.0,10.0.10.9\n' >"$root/routes"
	stand_in lsattr <<-'END'
	[ "$*" = '-E -l inet0 -a route -F value' ] && cat "$root/routes"
	END
	stand_in chdev <<-'END'
	echo "$# $*" >>"$root/chdevs"
	case "$*" in
	*' route='*) echo "${4#route=}" >>"$root/routes" ;;
	*delroute=*) grep -v -x -F -e "${4#delroute=}" "$root/routes" >"$root/routes.new"; mv "$root/routes.new" "$root/routes" ;;
	esac
	echo "$2 changed"
	END
}

has_chdevs() {
	cat >"$work/expected"
	checks=$((checks + 1))
	diff -u "$work/expected" "$root/chdevs" >"$work/out" 2>&1 || fail "$shell, $what: chdev"
	rm -f "$root/chdevs"
}

check_aix() {
	style=aix
	what=aix
	aix_root
	run 0 aix
	stopped 1 -F
	has_chdevs <<-END
	8 -l en0 -a netaddr=10.0.10.5 -a netmask=255.255.255.0 -a state=up
	8 -l en1 -a netaddr=10.0.20.7 -a netmask=255.255.255.240 -a state=up
	4 -l inet0 -a delroute=net,-hopcount,0,,0,192.0.2.1
	4 -l inet0 -a route=net,-hopcount,0,,0,10.0.10.1
	4 -l inet0 -a hostname=web1.example.org
	END
	has_names
	what='aix, the same medium again'
	run 0 aix
	not_stopped
	is "$shell, $what" '' "$(cat "$root/chdevs" 2>/dev/null)"
	what='aix, interrupted before the marker'
	rm "$root/var/opt/powerdirector/first-boot/taken"
	run 0 aix
	stopped 1 -F
	has_chdevs <<-END
	8 -l en0 -a netaddr=10.0.10.5 -a netmask=255.255.255.0 -a state=up
	8 -l en1 -a netaddr=10.0.20.7 -a netmask=255.255.255.240 -a state=up
	4 -l inet0 -a hostname=web1.example.org
	END
	what='aix, chdev fails'
	aix_root
	stand_in chdev <<-'END'
	echo 'Method error (/usr/lib/methods/chgif):' >&2
	exit 1
	END
	run 1 aix
	not_stopped
	checks=$((checks + 1))
	grep -q 'chdev -l en0 .*Method error' "$root/var/log/powerdirector-first-boot.log" || fail "$shell, $what: nothing was said"
	is "$shell, $what: marker" '' "$(ls "$root/var/opt/powerdirector/first-boot/taken" 2>/dev/null)"
	aix_root
	before=$(state_of)
	changed aix 's/^hostname=.*/hostname=$(id)/'
	changed aix '7s/=.*/=32:00:00:00:00:99/'
	is "$shell, $what" '' "$(cat "$root/chdevs" 2>/dev/null)"
}

# ---- all of it ----

mkdir "$work/empty"
first_shell=
for shell in dash bash ksh mksh; do
	command -v "$shell" >/dev/null || { echo "$shell is not installed: not tried"; continue; }
	first_shell=${first_shell:-$shell}
	for style in redhat6 redhat7 suse11 suse12 debian keyfile; do
		check_style "$style"
	done
	check_next_medium
	check_directories
	check_aix
	linux_root redhat6
	check_hostile linux hostname
	# What differs between shells is how each reads, compares and counts; the rules are the same.
	[ "$shell" = "$first_shell" ] || continue
	check_names
	check_failures
	linux_root redhat6
	check_hostile linux 'ipaddress ipgw netmask main_dns bak_dns macaddr'
	check_forms linux
done
for file in linux aix medium.sh powerdirector-first-boot.init; do
	checks=$((checks + 1))
	sh -n "$agents/$file" || fail "$file is no shell script"
done
