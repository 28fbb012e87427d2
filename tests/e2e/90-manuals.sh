#!/bin/sh
# The examples in the manual pages and in help run: each line of powerdirector(1)'s EXAMPLES, in order,
# on a fresh site; each of the table's examples at least parses and is answered.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
key=$(ssh-keygen -lf "$site/power1/host_key.pub" | cut -d' ' -f2)
port=$(cat "$site/power1/port")

# EXAMPLES of powerdirector(1): lines ".Dl $ ssh USER@vios REQUEST".
sed -n '/^\.Sh EXAMPLES/,/^\.Sh /s/^\.Dl \$ ssh //p' "$source/man/powerdirector.1" |
    sed -e 's/\\-/-/g' -e 's/\\&//g' -e 's/\\(dq/"/g' >"$work/examples"
checks=$((checks + 1))
[ "$(wc -l <"$work/examples")" -ge 10 ] || fail "powerdirector(1) has only $(wc -l <"$work/examples") examples"
while IFS= read -r line; do
	who=${line%%@*}
	words=${line#* }
	# What differs from site to site: address, fingerprint, job ids.
	words=$(echo "$words" | sed -e "s/--address [^ ]*/--address 127.0.0.1 --port $port/" -e "s|SHA256:[A-Za-z0-9+/]*|$key|")
	case $words in
	*01J*)
		request alice list-jobs --all --json
		id=$(json '.value[0].id')
		words=$(echo "$words" | sed "s/01J[0-9A-Z]*/$id/")
		;;
	esac
	as "$who" 0 "$words"
done <"$work/examples"

# The sample configuration is one that the director accepts, but for directories of this machine.
"$bin/powerdirectord" -c "$source/policy/powerdirector.conf" --check >"$work/out" 2>&1
says_not 'powerdirector.conf:[0-9]'
# powerdirector-sim(1): a simulator starts with the page's world and the page's faults.
sed -n '/^\.Sh WORLD/,/^\.Sh FAULTS/{/^{$/,/^}$/p}' "$source/man/powerdirector-sim.1" >"$work/world.json"
mkdir "$work/sim"
set --
while IFS= read -r spec; do
	set -- "$@" --fault "$spec"
done <<EOF
$(sed -n 's/^\.Dl match=/match=/p' "$source/man/powerdirector-sim.1" | sed 's/\\-/-/g')
EOF
is 'faults in powerdirector-sim(1)' 8 $#
"$bin/powerdirector-sim" --kind ivm --listen 127.0.0.1:0 --world "$work/world.json" --state "$work/sim" \
    --authorized-keys "$site/etc/power1-authorized_keys" "$@" >"$work/out" 2>"$work/err" &
simulator=$!
tries=0
while [ ! -s "$work/sim/port" ] && [ $tries -lt 100 ] && kill -0 $simulator 2>/dev/null; do
	tries=$((tries + 1))
	sleep 0.05
done
checks=$((checks + 1))
[ -s "$work/sim/port" ] || fail "the world or the faults of powerdirector-sim(1) are refused"
kill $simulator
wait $simulator
is 'the simulator ends' 0 $?

for program in powerdirector powerdirectord powerdirector-worker powerdirector-sim; do
	"$bin/$program" --version >"$work/out" 2>&1
	is "$program --version" 0 $?
	says '[0-9]\.[0-9]'
done
