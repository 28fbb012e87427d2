#!/bin/sh
# Verbs that the policy marks authenticate-again, over ssh: asked on the terminal of a key with restrict,pty, refused
# with what to do where there is no terminal; the account check on every request of whatever kind; and that the
# director asks for the proof itself.
. "$(dirname "$0")/lib.sh"
if ! command -v expect >/dev/null; then
	echo 'needs expect'
	exit 77
fi
needs_terminals
export SITE_SPEED=0
site_up
register
as alice 0 create-vm web1 --memory 512M --disk 1G --no-start

# In force for the gateway at once, for the director when it has read it.
sed '/^role user {/a\	authenticate-again = { delete-vm, stop-vm, quota }' "$site/etc/powerdirector.conf" >"$work/conf"
cp "$work/conf" "$site/etc/powerdirector.conf"
kill -HUP "$(cat "$site/run/director.pid")"
reloaded() { grep -q 'event=policy ' "$site/log/director"; }
wait_until 'the new policy' reloaded

# No terminal, no question.
for words in 'delete-vm web1 --yes' 'stop-vm web1 --force' quota; do
	as alice 77 $words
	says 'ssh -t'
	as alice 77 $words --json
	is "$words: code" DENIED_ACCOUNT "$(json .code)"
done
as alice 0 start-vm web1 --mode sms
as alice 0 list-vms
as admin 0 quota

# A terminal that the key does not allow is none.
timeout 20 ssh -F "$site/ssh_config" -o ControlPath=none -tt alice quota </dev/null >"$work/out" 2>"$work/err"
is 'a key without pty' 255 $?
says 'PTY allocation request failed'
sed -i 's/^restrict,command=/restrict,pty,command=/' "$site/sshd/authorized_keys"

talk() {	# talk STATUS PASSWORD|- words...: what the terminal showed is in $work/out
	expected=$1 password=$2
	shift 2
	cat >"$work/talk" <<-END
		set timeout 20
		log_user 1
		spawn -noecho ssh -F $site/ssh_config -o ControlPath=none -tt alice $*
		if {"$password" != "-"} {
			expect {
				-re {assword:} { send -- "$password\r" }
				default { puts "not asked"; exit 99 }
			}
		}
		expect {
			-re {assword:} { puts "asked again"; exit 98 }
			eof {}
			timeout { puts "no end"; exit 97 }
		}
		exit [lindex [wait] 3]
	END
	expect "$work/talk" >"$work/out" 2>"$work/err"
	is "$* with password $password" "$expected" $?
}
talk 77 wrong-secret quota
says 'authentication failed'
says_not 'wrong-secret|alice-secret'
talk 77 bob-secret delete-vm web1 --yes
as alice 0 show-vm web1
talk 0 alice-secret quota
says 'memory'
says_not 'alice-secret'
talk 0 alice-secret stop-vm web1 --force
says_not 'alice-secret'
talk 0 - list-vms
says 'web1'
# One question for the name, one for the password: --yes answers only the first.
talk 0 alice-secret delete-vm web1 --yes
as alice 66 show-vm web1

# A job file without the proof is refused by the director as well: here the gateway reads the policy as it was.
as alice 0 create-vm web2 --memory 512M --disk 1G --no-start
sed '/authenticate-again/d' "$work/conf" >"$site/etc/powerdirector.conf"
as alice 77 stop-vm web2 --force --json
says 'second authentication'
is code DENIED_POLICY "$(json .code)"
cp "$work/conf" "$site/etc/powerdirector.conf"
as alice 0 history --json
is 'the refusal is in the history' stop-vm "$(json 'last(.value[] | select(.event == "refused" and (.job // "") != "")).verb')"

# A locked account: every kind of verb, before anything else is looked at; another account is not touched.
echo alice >"$site/etc/locked"
for words in whoami help list-vms 'show-vm web2' 'follow 01ARZ3NDEKTSV4RRFFQ69G5FAV' 'start-vm web2' 'create-vm x --disk 1G --plan' \
    'delete-vm web2 --yes' list-platforms 'remove-image rhel6 --yes'; do
	as alice 77 $words --json
	is "locked: $words" DENIED_ACCOUNT "$(json .code)"
done
as alice 77 list-vms
says 'account alice'
says 'administrator'
as bob 0 list-vms
talk 77 - quota
: >"$site/etc/locked"
as alice 0 list-vms
as admin 0 history --json
is 'denials in the history' true "$(json '[.value[] | select(.user == "alice" and .what.code == "DENIED_ACCOUNT")] | length >= 10')"

# PAM that is not to be had is a no.
mv "$site/etc/pam.d/powerdirector" "$work/service"
as alice 77 whoami
rm "$site/etc/locked"
mv "$work/service" "$site/etc/pam.d/powerdirector"
as alice 77 whoami
: >"$site/etc/locked"
as alice 0 whoami
