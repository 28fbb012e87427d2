#!/bin/sh
# The consoles are asked in the background: what was done there by hand is shown, with its age, and costs no quota.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
as alice 0 create-vm web1 --image rhel6 --cpu 0.5 --memory 1G
as alice 0 create-vm web2 --image rhel6 --cpu 0.5 --memory 1G
as alice 0 quota --json
quota=$(json '.value | tojson')

console() { ssh -F "$work/console" power1 "$@" >"$work/console.out" 2>&1; }	# as somebody at the console
cat >"$work/console" <<END
Host power1
	HostName 127.0.0.1
	Port $(cat "$site/power1/port")
	User padmin
	IdentityFile $site/etc/keys/power1
	IdentitiesOnly yes
	UserKnownHostsFile $work/known_hosts
	StrictHostKeyChecking accept-new
	LogLevel ERROR
END
commands() { wc -l <"$site/power1/transcript.jsonl"; }
shown() {	# shown VM FIELD VALUE
	request alice show-vm "$1" --json
	[ "$(json ".value.$2")" = "$3" ]
}

# Nobody asks a console for a question.
before=$(commands)
as alice 0 list-vms --json
is 'seen' 2 "$(json '[.value[] | select(.seen != null)] | length')"
as alice 0 list-systems --json
is 'systems' power1 "$(json '[.value[].name] | join(" ")')"
as admin 0 show-platform power1 --json
is 'commands for questions' "$before" "$(commands)"

# Asked first when that is wanted.
id=$(jq -r '.. | objects | select(.name? == "web1" and .id? != null) | .id' "$site/power1/world.json" | head -n 1)
console "chsysstate -r lpar -o shutdown --immed --id $id"
as alice 0 show-vm web1 --json
is 'not known yet' running "$(json .value.state)"
as alice 0 show-vm web1 --fresh --json
is 'fresh' stopped "$(json .value.state)"
as alice 0 list-systems --fresh --json
is 'partitions' 3 "$(json '.value[0].partitions')"

# By itself, when it is time.
options 'inventory-every = 1s'
console "chsysstate -r lpar -o on --id $id -b norm"
wait_until 'web1 runs again' shown web1 state running
console "chsyscfg -r lpar -i lpar_id=$id,new_name=renamed"
wait_until 'web1 has another name' shown web1 console_name renamed
console "chsyscfg -r lpar -i lpar_id=$id,new_name=web1"
wait_until 'web1 has its name back' shown web1 console_name null
console "chsysstate -r lpar -o shutdown --immed --id $id"
console "rmsyscfg -r lpar --id $id"
wait_until 'web1 is missing' shown web1 state missing
as alice 0 quota --json
is 'quota' "$quota" "$(json '.value | tojson')"
as admin 0 history --vm web1 --json
is 'events' 'vm-renamed vm-renamed vm-missing' "$(json '[.value[].event | select(startswith("vm-"))] | join(" ")')"
as admin 0 list-jobs --all --json
is 'an inventory is no job' 0 "$(json '[.value[] | select(.verb == "inventory")] | length')"

# One that refuses to tell: --fresh says so at once, and does not wait for what will not come.
echo 'match=^lssyscfg -r lpar,from=1,action=refuse,status=1,stderr=VIOSE0000 test: refused' | faults
began=$(date +%s)
as alice 69 list-vms --fresh
says 'power1 answers, but not with what it has: .*VIOSE0000 test: refused; without --fresh you get what was seen last'
checks=$((checks + 1))
[ $(($(date +%s) - began)) -lt 10 ] || fail 'it has waited for nothing'
faults </dev/null
as alice 0 list-vms --fresh

# One that does not answer: what was seen last is told at once, --fresh says what is wrong, and nobody hammers at it.
site_stop simulator
as alice 0 list-vms
as alice 69 list-vms --fresh
says 'power1, which has not answered'
as alice 0 list-vms
site_start simulator
as admin 0 check-platform power1
as alice 0 list-vms --fresh
