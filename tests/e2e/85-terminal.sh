#!/bin/sh
# What the gateway asks on a terminal: the name of what is destroyed, and a password without echo.
# No director runs: whoever is let through is told so (75).  usage: 85-terminal.sh DIRECTORY-OF-THE-BINARIES
set -u

bin=$(cd "$1" && pwd) || exit 1
matrix=$(ls /usr/lib/*/pam_wrapper/pam_matrix.so 2>/dev/null | head -n 1)
if [ -z "$matrix" ] || ! command -v expect >/dev/null; then
	echo 'needs expect and libpam-wrapper'
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/pd-terminal.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

mkdir "$work/pam.d"
printf 'auth required %s passdb=%s/passwords\naccount required pam_permit.so\n' "$matrix" "$work" >"$work/pam.d/powerdirector"
echo 'alice:secret:powerdirector' >"$work/passwords"
chmod 600 "$work/passwords"
cat >"$work/conf" <<EOT
spool     = '$work/spool'
state     = '$work/state'
socket    = '$work/query'
templates = '$work/templates'
keys      = '$work/keys'
worker    = '$bin/powerdirector-worker'
pam-directory   = '$work/pam.d'
pam-service     = 'powerdirector'
service-account = '$(id -un)'
role user {
	verbs = { '*' }
	authenticate-again = { list-vms }
	scope = own
}
tenant blue {
	role    = user
	members = { alice }
	images    = { '*' }
	platforms = { '*' }
	pools     = { '*' }
}
end = true
EOT

cat >"$work/talk" <<EOT
set timeout 20
log_user 0
set failures 0
proc talk {words question answer status text} {
	global failures
	spawn $bin/powerdirector -c $work/conf --user alice {*}\$words
	expect {
		-re \$question {}
		default { puts "FAIL: \$words: not asked"; incr failures; return }
	}
	send -- \$answer
	set said ""
	expect {
		eof { set said \$expect_out(buffer) }
		timeout { puts "FAIL: \$words: no end"; incr failures; return }
	}
	set got [lindex [wait] 3]
	if {\$got != \$status} { puts "FAIL: \$words: exit status \$got instead of \$status: \$said"; incr failures }
	if {![regexp -- \$text \$said]} { puts "FAIL: \$words: no '\$text' in: \$said"; incr failures }
	if {[string match "*secret*" \$said]} { puts "FAIL: \$words: the password was echoed"; incr failures }
}
talk {delete-vm web1} {Type the VM's name} "web2\r" 64 {not confirmed}
talk {delete-vm web1} {Type the VM's name} "\004" 64 {not confirmed}
talk {remove-image rhel6} {Type the image's name} "\r" 64 {not confirmed}
talk {remove-platform power1 --json} {Type the platform's name} "x\r" 64 {"code":"USAGE"}
talk {list-vms} {assword:} "secret\r" 75 {director is not running}
talk {list-vms} {assword:} "wrong\r" 77 {authentication failed}
talk {list-vms} {assword:} "sec\003" 77 {authentication failed}
talk {list-vms} {assword:} "\004" 77 {authentication failed}
exit \$failures
EOT
expect "$work/talk"
failures=$?

# Without a terminal nothing is asked; sshd's own second authentication counts when its list is private.
check() {	# check STATUS WHAT
	[ "$status" = "$1" ] || { echo "FAIL: $2: exit status $status instead of $1"; failures=$((failures + 1)); }
}
gateway() { "$bin/powerdirector" -c "$work/conf" --user alice "$@" </dev/null >"$work/out" 2>&1; status=$?; }
gateway delete-vm web1
check 64 'delete-vm without a terminal'
gateway list-vms
check 77 'no second authentication'
printf 'publickey ssh-ed25519 AAAA\nkeyboard-interactive/pam\n' >"$work/auth"
chmod 600 "$work/auth"
export SSH_USER_AUTH="$work/auth"
gateway list-vms
check 75 "sshd has asked"
chmod 644 "$work/auth"
gateway list-vms
check 77 'a list that others may read'
chmod 600 "$work/auth"
printf 'publickey ssh-ed25519 AAAA\n' >"$work/auth"
gateway list-vms
check 77 'a key alone'
ln -s auth "$work/link"
SSH_USER_AUTH="$work/link" gateway list-vms
check 77 'a link'

echo "85-terminal.sh: $failures failed"
[ "$failures" = 0 ]
