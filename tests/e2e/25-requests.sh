#!/bin/sh
# How a request may be written and what every kind of verb makes of the common options; help for every
# verb; the request as JSON on stdin.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
as alice 0 create-vm web1 --memory 512M --disk 1G --no-start --json
job=$(json .job)

# Every answer to --json is one line with one object of the same six members, refusals included.
is_answer() {	# is_answer VERB CODE
	checks=$((checks + 1))
	[ "$(wc -l <"$work/out")" = 1 ] || fail "$1 --json: $(wc -l <"$work/out") lines"
	is "$1 --json: members" code,command,job,message,v,value "$(json 'keys | join(",")')"
	is "$1 --json: command" "$1" "$(json .command)"
	is "$1 --json: code" "$2" "$(json .code)"
	is "$1 --json: version" 1 "$(json .v)"
}
while read -r who status code verb rest; do
	as "$who" "$status" $verb $(echo "$rest" | sed "s/@/$job/") --json
	is_answer "$verb" "$code"
	checks=$((checks + 1))
	[ "$status" = 0 ] || [ -n "$(json .message)" ] || fail "$verb --json: a refusal without a message"
done <<-'END'
	alice 0 OK whoami
	alice 0 OK help
	alice 0 OK version
	alice 0 OK list-vms
	alice 0 OK show-vm web1
	alice 66 NOT_FOUND show-vm web9
	alice 0 OK list-images --platform power1
	alice 0 OK show-image rhel6
	alice 0 OK list-jobs --all --vm web1 --limit 3
	alice 0 OK show-job @
	alice 0 OK follow @
	alice 73 CONFLICT cancel-job @
	alice 77 DENIED_POLICY transcript @
	admin 0 OK transcript @
	alice 0 OK history --vm web1 --limit 2
	alice 0 OK quota
	alice 77 DENIED_POLICY list-platforms
	admin 0 OK list-platforms
	admin 0 OK check-platform power1
	alice 0 OK start-vm web1
	alice 73 CONFLICT start-vm web1
	alice 0 OK restart-vm web1 --force
	alice 0 OK stop-vm web1 --force
	alice 0 OK_NO_CHANGE stop-vm web1 --force
	alice 64 USAGE delete-vm web1
	alice 65 USAGE stop-vm web1 --limit 0s
	alice 77 OVER_QUOTA create-vm big --memory 4G --disk 100G
	alice 73 CONFLICT create-vm web1 --disk 1G
	alice 65 USAGE create-vm web2 --memory 100
	admin 73 CONFLICT remove-platform power1 --yes
	admin 66 NOT_FOUND remove-image nosuch --yes
END

# The history has what was refused before it became a job, with its verb.
as alice 0 history --json
is 'refusals' 'cancel-job create-vm delete-vm stop-vm' "$(json '[.value[] | select(.event == "refused" and (.job // "") == "") | .verb] | unique - ["", "list-platforms", "transcript"] | join(" ")')"

# Options of changing verbs belong to those alone; --timeout also to follow.
for words in whoami help version list-vms 'show-vm web1' list-images 'show-image rhel6' list-jobs "show-job $job" "follow $job" \
    "cancel-job $job" history quota; do
	for option in --detach --plan '--once k1' '--note n' --yes '--timeout 5'; do
		case "$words $option" in follow*timeout*) as alice 0 $words $option; continue ;; esac
		as alice 64 $words $option
		says "has no option ${option%% *}"
	done
done

# --plan, of jobs: the commands, nothing reserved; of what sends no commands: refused.
world >"$work/before"
as alice 0 start-vm web1 --plan
says 'chsysstate'
as alice 0 stop-vm web1 --plan --force
as alice 0 restart-vm web1 --plan --force
as alice 0 delete-vm web1 --plan
says 'rmsyscfg'
as alice 0 create-vm web2 --memory 512M --disk 1G --plan --json
is 'a plan has commands' true "$(json '.value.commands | length > 3')"
as alice 66 show-vm web2
as admin 64 remove-image rhel6 --plan
says 'nothing to plan'
as admin 64 remove-platform power1 --plan
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'a plan changed the console'

# --detach and --timeout: queued with the id, or "try later" with it; both jobs run to their end.
for words in 'start-vm web1' 'restart-vm web1 --force' 'stop-vm web1 --force' 'create-vm web3 --memory 512M --disk 1G --no-start'; do
	as alice 0 $words --detach --json
	is "$words --detach" QUEUED "$(json .code)"
	as alice 0 follow "$(json .job)"
	says_not 'QUEUED'
done
as alice 0 start-vm web1 --detach
says 'is queued; follow it with: follow [0-9A-Z]{26}'
as alice 0 follow "$(grep -oE '[0-9A-Z]{26}' "$work/out" | head -n 1)"
as alice 75 restart-vm web1 --force --timeout 0 --json
is '--timeout 0' TRY_LATER "$(json .code)"
as alice 0 follow "$(json .job)"
as alice 0 stop-vm web1 --force --timeout 5m
as alice 65 stop-vm web1 --timeout 32d
as admin 0 register-image second --platform power1 --file /home/padmin/images/rhel6/rhel6.0 --os linux --description tests --detach --json
as admin 0 follow "$(json .job)"
as admin 0 remove-image second --yes --detach --json
is 'what is done at once is not queued' OK "$(json .code)"

# --once: the same request has the same job, whatever became of it; another request is a conflict; the key is the user's own.
as alice 0 start-vm web1 --once k-1 --json
first=$(json .job)
as alice 0 start-vm web1 --once k-1 --json
is 'the same key, the same job' "$first" "$(json .job)"
is 'and its answer' OK "$(json .code)"
as alice 73 stop-vm web1 --once k-1
says 'k-1'
as alice 0 stop-vm web1 --force
as bob 0 create-vm bobs --memory 512M --disk 1G --no-start --once k-1 --json
checks=$((checks + 1))
[ "$(json .job)" != "$first" ] || fail "bob was given alice's job"
as alice 65 "start-vm web1 --once 'k 1'"
as alice 65 start-vm web1 --once "$(printf '%065d' 0)"

# --note goes to the history, escaped by nobody on the way; 200 bytes of it.
as alice 0 "stop-vm web1 --force --note \"$(printf 'caf\303\251 \\"x\\" {}')\""
as alice 0 history --limit 5 --json
is 'the note' "$(printf 'caf\303\251 "x" {}')" "$(json 'last(.value[] | select(.event == "admitted")).what.note')"
as alice 65 stop-vm web1 --note "$(printf '%0201d' 0)"

# A destructive verb needs --yes without a terminal, also in JSON.
as alice 64 delete-vm web3
says -- 'delete-vm web3 --yes'
as alice 0 show-vm web3

# On stdin: a job, a query, what the command line could not say either, and mistakes.
piped() {	# piped STATUS JSON
	printf '%s' "$2" >"$work/in"
	stdin=$work/in as alice "$1" -
}
piped 0 '{"command":"create-vm","name":"j1","memory":{"min":"512M","desired":"1G","max":"2G"},"cpu":0.5,"procs":1,
 "disk":["1G",{"size":"1G","pool":"datavg"}],"network":{"vlan":10,"ip":"10.0.10.9/24","dns":["10.0.10.2","10.0.10.3"]},
 "no-start":true,"note":"a \"note\"","json":true}'
is_answer create-vm OK
as alice 0 show-vm j1 --json
is 'disks' 2 "$(json '.value.disks | length')"
is 'address' 10.0.10.9 "$(json '.value.addresses[0]')"
piped 0 '{"command":"list-vms","json":true}'
is 'VMs' 'j1 web1 web3' "$(json '[.value[].name] | sort | join(" ")')"
piped 0 '{"command":"show-vm","name":"j1"}'
says 'j1'
piped 0 '{"command":"delete-vm","name":"j1","yes":true,"force":true,"json":true}'
is_answer delete-vm OK
piped 64 '{"command":"delete-vm","name":"web3"}'
says -- '--yes'
piped 64 '{"command":"creat-vm","name":"x"}'
says 'create-vm'
piped 64 '{"command":"create-vm","nam":"x","json":true}'
is 'refused as JSON too' USAGE "$(json .code)"
piped 65 '{"command":"create-vm","name":"x","memory":true}'
piped 65 '{"command":"create-vm","name":"x","name":"y"}'
piped 65 '{"command":"create-vm","name":"x"} {"command":"list-vms"}'
piped 65 '{"command":"create-vm","name":"x","note":"a\u001b[31m"}'
piped 64 '["list-vms"]'
piped 64 '{}'
piped 65 ''
head -c 70000 /dev/zero | tr '\0' ' ' >"$work/in"
stdin=$work/in as alice 65 -
says '65536|64 KiB|bytes'
as alice 64 list-vms -

# help: everything that the caller may run, one verb, and as a table that programs read.
as alice 0 help
says 'create-vm'
says_not 'register-platform'
as alice 0 ''
says 'ssh HOST'
as admin 0 help
says 'register-platform'
as alice 77 help register-platform
as alice 64 help creat-vm
says 'create-vm'
as alice 0 help --json
alices=$(json '[.value[].name] | sort | join(" ")')
as alice 0 whoami --json
is 'help and whoami agree' "$alices" "$(json '[.value.commands[]] | sort | join(" ")')"
as admin 0 help --json
json '.value[].name' >"$work/verbs"
cp "$work/out" "$work/table"
is 'verbs with help, example and arguments of a known type' "$(wc -l <"$work/verbs")" "$(json '[.value[] | select((.help | length > 0) and
    (.example | startswith(.name? // "")) and ([.args[], .options[] | select((.name | length > 0) and (.type | length > 0) and
    (.help | length > 0) and (.required | type == "boolean"))] | length) == (.args + .options | length))] | length')"
while read -r verb; do
	as admin 0 help "$verb"
	says "^$verb"
	says "ssh HOST $verb"
	for option in $(jq -r --arg v "$verb" '.value[] | select(.name == $v) | (.args + .options)[] | select(.positional | not) | .name' "$work/table"); do
		says "^  --$option "
	done
	cp "$work/out" "$work/help"
	as admin 0 "$verb" --help
	checks=$((checks + 1))
	cmp -s "$work/help" "$work/out" || fail "$verb --help differs from help $verb"
done <"$work/verbs"

# whoami asks nobody: it answers while the director stands still, and so does a refusal, within seconds.
kill -STOP "$(cat "$site/run/director.pid")"
began=$(date +%s)
as alice 0 whoami
says 'alice'
as alice 0 help
as alice 64 create-vm
took=$(($(date +%s) - began))
kill -CONT "$(cat "$site/run/director.pid")"
checks=$((checks + 1))
[ "$took" -lt 10 ] || fail "three answers without the director took $took s"
site_stop director
as alice 0 whoami
as alice 0 version
as alice 75 quota
says 'director is not running'
