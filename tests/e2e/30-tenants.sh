#!/bin/sh
# Two tenants cannot see or touch each other's VMs, images and jobs, in any verb.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
# bob may ask for whatever alice may, so that nothing but whose it is can stop him.
sed -i "/^tenant red /a\\	features = { '*' }" "$site/etc/powerdirector.conf"
options
register
as admin 0 register-image secret --platform power1 --file /home/padmin/images/rhel6/rhel6.0 --os linux

as alice 0 create-vm web1 --memory 512M --disk 1G --no-start --json
job=$(json .job)
world >"$work/before"

as bob 0 list-vms --json
is 'VMs' 0 "$(json '.value | length')"
as bob 0 list-jobs --all --json
is 'jobs' 0 "$(json '.value | length')"
as bob 0 list-images --json
is 'images' rhel6 "$(json '[.value[].name] | join(" ")')"
as bob 0 history --json
is 'history' 0 "$(json '[.value[] | select(.user != "bob")] | length')"
as bob 0 quota --json
is 'usage' 0 "$(json '[.value[].used] | add')"

# The same words for what is not yours as for what is not there.
for request in 'show-vm @' 'delete-vm @ --yes' 'start-vm @' 'stop-vm @' 'stop-vm @ --force' 'restart-vm @' 'start-vm @ --plan'; do
	as bob 66 $(echo "$request" | sed 's/@/web1/')
	sed 's/web1/@/g' "$work/err" >"$work/yours"
	as bob 66 $(echo "$request" | sed 's/@/none/')
	sed 's/none/@/g' "$work/err" >"$work/nothing"
	is "$request" "$(grep -o 'no VM.*' "$work/nothing" | head -n 1)" "$(grep -o 'no VM.*' "$work/yours" | head -n 1)"
done
nobody=01ARZ3NDEKTSV4RRFFQ69G5FAV
for request in show-job follow cancel-job; do
	as bob 66 $request "$job"
	sed "s/$job/@/g" "$work/err" >"$work/yours"
	as bob 66 $request $nobody
	sed "s/$nobody/@/g" "$work/err" >"$work/nothing"
	is "$request" "$(cat "$work/nothing")" "$(cat "$work/yours")"
done
# Every verb of bob's that takes the name of a VM or of a job, from the program's own table; none says whose it is.
as bob 0 help --json
json '.value[] | .name as $v | .example as $e | .args[] | select(.type == "vm" or .type == "job") |
    [$v, .type, .name, (.positional | tostring), $e] | join(" ")' >"$work/named"
checks=$((checks + 1))
[ "$(wc -l <"$work/named")" -ge 9 ] || fail "help --json knows $(wc -l <"$work/named") arguments that name a VM or a job"
while read -r verb type arg positional example; do
	name=web1
	[ "$type" = vm ] || name=$job
	[ "$positional" = true ] || name="--$arg $name"
	line="$verb $name"
	# The manual's examples are about web1, and say all that the verb needs.
	case $verb:$arg:$example in
	delete-vm:*) line="$verb $name --yes" ;;
	create-vm:name:*) ;;
	create-vm:*) line="create-vm x9 --disk 1G --plan $name" ;;
	rename-vm:to:*) line="rename-vm x9 $name" ;;
	*":name:$verb web1"*) line=$example ;;
	esac
	request bob $line --json
	case $verb:$arg in
	create-vm:name) is "$line" CONFLICT "$(json .code)" ;;	# names are one for all
	console:*) is "$line" USAGE "$(json .code)" ;;		# there is no terminal
	list-jobs:* | history:*) is "$line" 0 "$(json '.value | length')" ;;
	*) is "$line" NOT_FOUND "$(json .code)" ;;
	esac
	says_not 'alice|blue'
done <"$work/named"
as bob 66 show-job "$(printf %.12s "$job")"
as bob 66 show-image secret
as bob 66 create-vm x --image secret
as bob 77 transcript "$job"
as bob 77 list-platforms
as bob 77 check-platform power1
as bob 77 remove-image rhel6 --yes

world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'bob changed the console'
as alice 0 show-vm web1
as admin 0 show-vm web1
as admin 0 list-jobs --all
says 'web1'
