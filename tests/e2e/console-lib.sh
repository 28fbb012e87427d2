# Shared by the tests of serial consoles, after lib.sh: expect scripts that sit at one.
command -v expect >/dev/null || { echo 'needs expect'; exit 77; }
needs_terminals

# The demo's keys give no terminal; a console needs one.
allow_terminals() { sed -i 's/^restrict,/restrict,pty,/' "$site/sshd/authorized_keys"; }

# Runs an expect script with "sit USER WORDS", "must PATTERN" and "ended STATUS"; its exit status is the test's.
cat >"$work/lib.exp" <<EOT
set timeout 30
proc sit {user args} {
	global spawn_id
	eval spawn ssh -tt -F $site/ssh_config \$user console \$args
}
proc must {pattern} {
	expect {
		-re \$pattern {}
		timeout { send_user "\nTIMEOUT: \$pattern\n"; exit 9 }
		eof { send_user "\nEOF: \$pattern\n"; exit 8 }
	}
}
proc ended {status} {
	expect { eof {} timeout { exit 7 } }
	set got [lindex [wait] 3]
	if {\$got != \$status} { send_user "\nSTATUS: \$got\n"; exit 6 }
}
EOT
script() {	# script WHAT: an expect script on stdin
	cat "$work/lib.exp" - >"$work/script.exp"
	timeout 120 expect "$work/script.exp" >"$work/out" 2>&1 </dev/null
	is "$1" 0 $?
}
history_of() { request admin history --limit 100 --json; jq -r ".value[] | select(.event == \"$1\") | $2" "$work/out"; }
open_terminals() { jq '[.. | objects | select(.vt_session? and .vt_session != 0)] | length' "$site/$console/world.json"; }
