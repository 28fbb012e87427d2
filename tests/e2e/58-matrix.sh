#!/bin/sh
# The matrix verb x kind of platform: an IVM, an IVM that is this host, a system of an HMC with one VIOS, one with two, one whose VIOS is
# reached by SSH.  58-matrix.table has the rows, 58-matrix.cells what is no row.  Each cell: the plan, which sends and changes nothing; the verb
# with a once-key, and again with the same key; the changes that the console was asked for, command by command as 58-matrix.golden has them; what
# takes it back; in every third cell the verb with --detach; and the verb with one of its commands refused, another one in each cell.
# MATRIX_ALL=1: all of that in each cell, with each of its commands.  MATRIX_KINDS and MATRIX_VERBS name some.  MATRIX_GOLDEN=FILE writes down
# the changes instead of comparing them.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
trap 'stop_more; finish' EXIT

# ---- five kinds of platform ----

key_of() { ssh-keygen -lf "$site/$1/host_key.pub" | cut -d' ' -f2; }
reach() { echo "--kind $2 --address 127.0.0.1 --port $(cat "$site/$1/port") --key power1 --host-key $(key_of "$1")"; }
sed 's/06052EA/0605202/' "$site/etc/world.json" >"$site/etc/world2.json"
more power2 ivm "$site/etc/world2.json"
sed 's/"p9a"/"p9c"/; s/"p9b"/"p9d"/; s/13AB00/13AC00/' "$source/tests/simulator/worlds/hmc.json" >"$site/etc/hmc2.json"
more hmc2 hmc "$site/etc/hmc2.json"
golden=$source/tests/e2e/58-matrix.golden
[ -z "${MATRIX_GOLDEN:-}" ] || : >"$MATRIX_GOLDEN"
has_terminals=
( . "$source/tests/e2e/console-lib.sh" ) >/dev/null && has_terminals=1 && . "$source/tests/e2e/console-lib.sh" && allow_terminals
programs=$work/local
mkdir -m 0755 "$programs"
for name in ioscli lssyscfg mksyscfg chsyscfg rmsyscfg chsysstate lshwres chhwres rmvt oem_setup_env ps; do
	cp "$bin/local-console" "$programs/$name"
done
{ cat "$site/power2/port"; key_of power2; } >"$programs/target"
cp "$site/etc/keys/power1" "$programs/key"
chmod 600 "$programs/key"
sed -i "/^tenant operations/a media = { 'rhel6*' }" "$site/etc/powerdirector.conf"
options "console-programs = { '$programs' }" 'record-consoles = yes'
quick_sequences
as admin 0 register-platform power1 $(reach power1 ivm) --pools datavg,rootvg
as admin 0 register-platform here --kind ivm --local --pools datavg,rootvg
as admin 0 register-platform hmc1 $(reach hmc1 hmc) --pools rootvg,datavg,san
direct=
for vios in vios11 vios21 vios22; do
	direct="$direct --vios-access name=$vios,address=127.0.0.1,port=$(cat "$site/hmc2/port-$vios"),key=power1,host-key=$(key_of hmc2)"
done
as admin 0 register-platform hmc2 $(reach hmc2 hmc) $direct
for p in power1:rhel6/rhel6.0 here:rhel6/rhel6.0 hmc1:rhel9/rhel9.0 hmc2:rhel9/rhel9.0; do
	as admin 0 register-image linux --platform "${p%:*}" --file "/home/padmin/images/${p#*:}" --os linux --first-boot agent
done
# A medium of every library, which no verb makes.
for p in power1 power2; do
	ssh -F "$site/ssh_config" -o HostKeyAlias=$p -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i "$site/etc/keys/power1" \
	    -p "$(cat "$site/$p/port")" -l padmin 127.0.0.1 'ioscli mkvopt -name rhel6.iso -size 8M -ro' </dev/null >/dev/null 2>&1
done
for p in hmc1/vios11 hmc1/vios21 hmc1/vios22 hmc2/vios11; do
	ssh -F "$site/ssh_config" -o HostKeyAlias=v -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i "$site/etc/keys/power1" \
	    -p "$(cat "$site/${p%/*}/port-${p#*/}")" -l padmin 127.0.0.1 'ioscli mkvopt -name rhel6.iso -size 8M -ro' </dev/null >/dev/null 2>&1
done

use() {	# use KIND: $console, $platform, $system, what m is created with, and so that it can move to $other; the number of its last disk, and of one more
	create='--image linux --memory 512M --cpu 0.2 --network name=lab,ip=10.0.20.9/24' disks='--disk 6G' last=1 more=2
	case $1 in
	ivm) console=power1 platform=power1 system=power1 other= ;;
	local) console=power2 platform=here system=here other= ;;
	hmc) console=hmc1 platform=hmc1 system=p9a other=p9b ;;
	hmc-dual)	# its first disk has two paths
		console=hmc1 platform=hmc1 system=p9b other=p9a
		disks='--disk size=6G,pool=san --disk size=6G,pool=rootvg' last=2 more=3
		;;
	hmc-ssh) console=hmc2 platform=hmc2 system=p9c other=p9d ;;
	esac
	# Of the disks that both systems see there is one.
	create="$create --platform $platform" movable="--disk size=60G,pool=san"
	case $1 in hmc-dual) movable="$create --host $other $movable" ;; hmc*) movable="$create --host $system $movable" ;; esac
	case $1 in hmc*) create="$create --host $system" ;; esac
	create="$create $disks"
}

# ---- one cell ----

kept= cells=0 reads=0 absent_cells=0 states=0
new_faults() {	# the simulator has read them
	kill -HUP "$(cat "$site/run/$program.pid")"
	for try in $(seq 1000); do
		[ "$(grep -c '^faults: ' "$site/log/$program")" -gt "$loaded" ] && return
		sleep 0.01
	done
	fail 'the simulator has not read its faults'
}
refuse() {	# refuse N: the Nth command from now on; 0: none
	case $console in power1) program=simulator ;; hmc1) program=hmc ;; *) program=$console ;; esac
	loaded=$(grep -c '^faults: ' "$site/log/$program")
	case $console in hmc*) prefix=HSCL0000 ;; *) prefix=0516-000 ;; esac
	[ "$1" = 0 ] || echo "match=.*,nth=$1,action=refuse,status=1,stderr=$prefix test: refused" >"$work/refuse"
	[ "$1" != 0 ] || : >"$work/refuse"
	cp "$work/refuse" "$site/$console/faults"
	new_faults
}
ask() {	# ask WHAT STATUSES words...: of the administrator
	what=$1 expected=$2
	shift 2
	request admin "$@"
	checks=$((checks + 1))
	case " $expected " in *" $status "*) ;; *) fail "$cell, $what: $(echo "$*" | cut -c1-200): exit status $status instead of $expected" ;; esac
}
world_is() {	# world_is WHAT FILE
	world >"$work/now"
	checks=$((checks + 1))
	diff "$2" "$work/now" >"$work/out" || fail "$cell, $1: the console is not as before"
}
true_now() {	# true_now WHAT: the row's condition, of the VM under either of its names
	[ -n "$truth" ] || return 0
	request admin show-vm m --json
	[ "$status" = 0 ] || request admin show-vm m2 --json
	is "$cell, $1: $truth" true "$(json ".value | $truth")"
}
take_back() {	# take_back WHAT
	case $back in
	-) ;;
	on) [ "$1" = refused ] || ask 'made again' 0 create-vm m $create --no-start ;;
	= | off) world_is "$1" "$work/base" ;;
	+*) ask "$1, taken back" 0 ${back#+} ;;
	*)
		ask "$1, taken back" 0 $back
		world_is "$1, taken back" "$work/base"
		;;
	esac
}
fill_in() {	# leaves the row's words in $line
	number=$((number + 1))
	line=$(put_in "$words")
}
put_in() {
	echo "$1" | sed "s|{create}|$create|; s|{n}|$number|; s|{size}|$((6144 + 256 * number))M|; s|{last}|$last|; s|{more}|$more|; s|{kept}|$kept|; s|{platform}|$platform|; \
	    s|{system}|$system|; s|{other}|$other|"
}
# What they ask to be changed, of commands; names that are new each time are as they would be in the sequence.
changes() {
	grep -vE '^(lssyscfg|lshwres|lslparmigr|ioscli (ls|ioslevel)|ls|viosvrcmd .* -c "?(ls|oem_setup_env && (ls|cat|ps))|cat|ps|grep|echo|oem_setup_env|migrlpar -o v)' |
	    sed -E 's/pd[0-9a-z]{8}/{tag}/g; s/[0-9A-F]{2}(:?[0-9A-F]{2}){5}([^0-9A-F]|$)/{mac}\2/g; s/(extendlv [^ ]+ )[0-9]+M/\1{n}M/; s/^ *//'
}
as_written() {	# as_written: the changes of $work/commands are those that stand in the golden file for this cell
	changes <"$work/commands" >"$work/changes"
	if [ -n "${MATRIX_GOLDEN:-}" ]; then
		{ echo "== $cell"; cat "$work/changes"; } >>"$MATRIX_GOLDEN"
		return
	fi
	awk -v "cell=== $cell" '$0 ~ /^== / { on = $0 == cell; next } on' "$golden" >"$work/written"
	checks=$((checks + 1))
	diff "$work/written" "$work/changes" >"$work/out" || fail "$cell: other commands than 58-matrix.golden has"
}

plan_it() {
	fill_in
	nothing_sent
	ask plan 0 "$verb" $line --plan --json
	checks=$((checks + 1))
	[ "$(json '.value.commands | length')" -gt 0 ] || fail "$cell, plan: no commands"
	is "$cell, plan: commands that were sent" 0 "$(sent | wc -l)"
	world_is plan "$work/base"
}
once_it() {
	nothing_sent
	ask 'with a once-key' 0 "$verb" $line --once "$cell" --json
	job=$(json .job)
	sent >"$work/commands"
	total=$(wc -l <"$work/commands")
	checks=$((checks + 1))
	[ -z "$command" ] || grep -qE -e "$command" "$work/commands" || fail "$cell: no command /$command/"
	as_written
	true_now 'done'
	nothing_sent
	ask 'with the same once-key' 0 "$verb" $line --once "$cell" --json
	is "$cell, with the same once-key: the job" "$job" "$(json .job)"
	is "$cell, with the same once-key: commands" 0 "$(sent | wc -l)"
	take_back 'done'
}
detach_it() {
	world >"$work/base"
	fill_in
	ask detached 0 "$verb" $line --detach --json
	ask followed 0 follow "$(json .job)"
	true_now detached
	take_back detached
}
start_again() {	# start_again N: a restart that got half-way has left m off, and its record says so
	request admin show-vm m --json
	[ "$(json .value.state)" = running ] || ask "command $1 refused, started again" 0 start-vm m
}
refuse_it() {	# refuse_it N
	states=$((states + 1))
	world >"$work/base"
	fill_in
	refuse "$1"
	ask "command $1 refused" "0 1 66 69 73 75$(case $back in on | +*) echo ' 2' ;; esac)" "$verb" $line --json
	left=$status job=$(json .job)
	refuse 0
	if [ "$back" = on ]; then	# what is to go goes, then or when it is asked for again
		[ "$left" = 0 ] || ask "command $1 refused, once more" 0 "$verb" $line
		world_is "command $1 refused: $(sed -n "${1}p" "$work/commands")" "$work/empty.$kind"
		ask 'made again' 0 create-vm m $create --no-start
		return
	fi
	if [ "$left" = 2 ]; then	# there was no way back: gone on with
		ask "command $1 refused, gone on with" 0 resume-job "$job"
		ask "command $1 refused, gone on with to its end" 0 follow "$job"
		left=0
	fi
	if [ "$left" = 0 ]; then	# its failure did not matter
		true_now 'refused'
		take_back 'refused'
	else
		[ "$back" != off ] || start_again "$1"
		world_is "command $1 refused ($(sed -n "${1}p" "$work/commands"))" "$work/base"
	fi
}
some_refused() {	# each of its $total commands, or another one in each cell
	if [ -n "${MATRIX_ALL:-}" ]; then
		for n in $(seq "$total"); do refuse_it "$n"; done
	else
		refuse_it $((cells * 7 % (total + (total == 0)) + 1))
	fi
}

cell() {
	world >"$work/base"
	case " $absent " in
	*" $kind "*)
		line=$(put_in "$words" | sed 's/ --to *$//')
		ask 'is not there' 64 "$verb" $line
		says 'is not there for platforms of the kind'
		world_is 'is not there' "$work/base"
		absent_cells=$((absent_cells + 1))
		return
		;;
	esac
	cells=$((cells + 1))
	plan_it
	once_it
	[ -z "${MATRIX_ALL:-}" ] && [ $((cells % 3)) != 0 ] || detach_it
	some_refused
}
before_rows() {	# before_rows STATE: m as the rows below want it
	cell=$1/$kind
	case $1 in
	absent) world >"$work/empty.$kind" ;;
	running) ask 'made for the rows' 0 create-vm m $create ;;
	stopped) ask 'stopped for the rows' 0 stop-vm m --force ;;
	movable)
		[ -n "$other" ] || return 0
		ask 'deleted for the rows' 0 delete-vm m --yes --force
		ask 'made for the rows' 0 create-vm m $movable
		[ "$kind" != hmc-dual ] || ask 'moved for the rows' 0 migrate-vm m --to "$system"
		;;
	esac
}
row() {	# row VERB[:FORM] with $words, $back, $truth, $command, $absent as the table has them
	cell=$1/$kind verb=${1%%:*} kept=
	case "$words$back" in
	*{kept}*)
		ask 'its last disk' 0 show-vm m --json
		kept=$(json '.value.disks[-1].bd')
		;;
	esac
	back=$(put_in "$(echo $back)") truth=$(put_in "$truth" | sed 's/^ *//; s/ *$//') command=$(echo "$command" | sed 's/^ *//; s/ *$//')
	case $back in reads) read_it ;; *) cell ;; esac
}

. "$(dirname "$0")/58-matrix.cells"

for kind in ${MATRIX_KINDS:-ivm local hmc hmc-dual hmc-ssh}; do
	use "$kind"
	number=6
	while IFS='~' read -r verb words back truth command absent <&3; do
		name=$(echo $verb) cell=$kind
		case $name in
		'' | '#'*) continue ;;
		absent | running | stopped | movable) before_rows "$name"; continue ;;
		console)
			case " ${MATRIX_VERBS:-console} " in *' console '*) console_cell ;; esac
			continue
			;;
		'! '*) ask 'for the rows' 0 $(put_in "${name#! }"); continue ;;
		esac
		case " ${MATRIX_VERBS:-${name%%:*}} " in *" ${name%%:*} "*) row "$name" ;; esac
	done 3<"$source/tests/e2e/58-matrix.table"
	cell=$kind
	ask 'the last one' '0 66' delete-vm m --yes --force
	world_is 'all is gone' "$work/empty.$kind"
	more_cells
done
# P9: of a VIOS nothing but virtual adapters of VMs is changed.
cell='a VIOS'
grep -E '^(chhwres|chsyscfg|chsysstate|rmsyscfg|migrlpar|mksyscfg|mkvterm|rmvterm|mkvt|rmvt) ' "${MATRIX_GOLDEN:-$golden}" |
    grep -E -e '(--?id |lpar_ids?=)1( |,|$)|-m 9009-42A\*13A[BC]002 .*(--id |lpar_ids?=)2( |,|$)' |
    grep -vE '^chhwres -r virtualio .*--rsubtype scsi -o [ar] |^chsyscfg -r prof .*virtual_scsi_adapters[+-]=[0-9]+/server/' >"$work/out"
is 'other changes of a VIOS' 0 "$(wc -l <"$work/out")"
echo "matrix: $cells cells, $reads that only read, $absent_cells not there, $states states with a command refused"
