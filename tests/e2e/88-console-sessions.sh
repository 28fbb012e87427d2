#!/bin/sh
# SPDX-License-Identifier: ISC
# How people and programs sit at the simulated HMC with stock clients: a prompt on a terminal, a
# script on standard input, one command, copies, several at once, some that go away, wrong passwords.
# usage: 88-console-sessions.sh BUILD-DIRECTORY       exit status: 0 all passed, 1 something failed
here=$(cd "$(dirname "$0")/../simulator" && pwd)
set -- "$1/powerdirector-sim"
. "$here/selftest-lib.sh"

console() { at port hscroot key "$@"; }

command_tests() {
	run "silence is success" 0 "" "" "rmvterm -m p9a -p vios11"
	run "failures are on stdout" 1 "HSCL8012 The partition named lp9 was not found.  Please check your entry and retry the command." "" \
	    "lssyscfg -r lpar -m p9a --filter lpar_names=lp9"
	run "what bash says is not" 127 "" "bash: foo: command not found" "foo"
	run "the last command's status" 7 "a" "" "false; echo a; (exit 7)"
	run "a pipe's last" 0 "1" "" "lssyscfg -r lpar | grep -c 'value are -m'"
	check "input goes to the command" "$(echo hello | console 'cat; echo end')" "hello
end"
	check "the client's language" "$(LC_ALL=pl_PL.UTF-8 sshopts='-o SendEnv=LC_ALL' && LC_ALL=pl_PL.UTF-8 console 'echo $LC_ALL')" pl_PL.UTF-8
	sshopts=
	out=$(sshopts=-tt && console 'lssyscfg -r sys -F name; foo' < /dev/null | od -An -c | tr -d ' \n')
	check "on a terminal lines end as there" "$out" 'p9a\r\np9b\r\nbash:foo:commandnotfound\r\n'
}

script_tests() {
	out=$(console <<-'END'
	for m in $(lssyscfg -r sys -F name); do
		echo "$m: $(lssyscfg -r lpar -m $m -F name | wc -l)"
	done
	while IFS=, read -r name state; do
		case $state in Running) echo "$name runs";; esac
	done < <(lssyscfg -r lpar -m p9b -F name,state)
	cat <<X
	home $HOME
	X
	(exit 3)
	END
	)
	check "a script on standard input" "$?:$out" "3:p9a: 1
p9b: 2
vios21 runs
vios22 runs
home /home/hscroot"
	check "no prompt, no greeting there" "$(echo 'echo a' | console)" a
	check "nothing at all" "$(console < /dev/null)" ""
}

# A person with PASSWORD, by METHOD: what expect(1) saw.
person() {
	PORT=$(cat "$dir/state/port") KNOWN=$dir/known_hosts METHOD=$1 PASS=$2 timeout 60 expect 2>&1 <<'EXPECT'
log_user 0
set timeout 20
proc await {what args} {
	expect {
		-re $what {}
		timeout { puts "timeout: $what"; exit 1 }
		eof { puts "eof: $what"; exit 1 }
	}
}
spawn ssh -e none -q -F none -p $env(PORT) -o UserKnownHostsFile=$env(KNOWN) -o StrictHostKeyChecking=yes \
    -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=$env(METHOD) hscroot@127.0.0.1
await {assword: $}
send "$env(PASS)\r"
expect {
	-re {Last login: .*hscroot@hmc1:~> $} {}
	eof { puts "refused [lindex [wait] 3]"; exit 0 }
}
send "lssyscfg -r sys -F name,state\r"
await {\np9a,Operating\r\np9b,Operating\r\nhscroot@hmc1:~> $}
send "for i in 1 2\rdo\recho n\$i\rdone\r"
await {> .*n1\r\nn2\r\nhscroot@hmc1:~> $}
send "lssyscfg -r sys | wc -x\x7fl\r"
await {\n2\r\nhscroot@hmc1:~> $}
send "sleep 60\r"
sleep 0.3
send "\x03"
await {\^C\r\nhscroot@hmc1:~> $}
send "mkvterm -m p9a -p vios11\r"
await {Open Completed}
send "\r~.\r"
await {hscroot@hmc1:~> $}
send "foo\r"
await {bash: foo: command not found\r\nhscroot@hmc1:~> $}
send "\x04"
expect {
	eof {}
	timeout { puts "no end"; exit 1 }
}
puts "status [lindex [wait] 3]"
EXPECT
}

person_tests() {
	console true		# known_hosts is there
	for method in password keyboard-interactive; do
		check "a person with a $method" "$(person $method abc123)" "status 127"
	done
}

# Three wrong passwords lock the account, for keys it stays open; five minutes are six seconds at this speed.
lock_tests() {
	for i in 1 2 3; do
		check "wrong password $i" "$(person password wrong)" "refused 255"
	done
	check "the right one is too late" "$(person password abc123)" "refused 255"
	check "a key is not asked" "$(console 'echo in' < /dev/null)" in
	sleep 6.2
	check "later it is right again" "$(person password abc123)" "status 127"
}

# How often a command line stands in the console's list of processes.
running() {
	console 'for p in $(ls /proc | grep "^[0-9]"); do tr "\0" " " < /proc/$p/cmdline; echo; done' < /dev/null 2>/dev/null | grep -c "^$1"
}

several_tests() {
	console 'sleep 5; echo slow' < /dev/null > "$dir/slow" &
	slow=$!
	for i in 1 2 3; do
		check "beside a slow one, $i" "$(console 'lssyscfg -r sys -F name | head -1' < /dev/null)" p9a
	done
	check "they did not wait for it" "$(kill -0 $slow && cat "$dir/slow")" ""
	wait $slow
	check "the slow one" "$(cat "$dir/slow")" slow
	check "a megabyte of answers" "$(console 'for i in 1 2 3 4 5 6 7 8 9; do for j in 1 2 3 4 5 6 7 8 9; do lssyscfg -r sys; lssyscfg -r sys; lssyscfg -r sys; done; done' < /dev/null | wc -l | tr -d ' ')" 486
	check "a reader that has enough" "$(console 'for i in 1 2 3 4 5 6 7 8 9; do for j in 1 2 3 4 5 6 7 8 9; do lssyscfg -r sys; done; done' < /dev/null | head -n 1 | cut -c1-8)" name=p9a
}

# A lost connection does not stop a command; it is found in /proc and killed, as scripts do that.
gone_tests() {
	port=$(cat "$dir/state/port")
	ssh -q -F none -p "$port" -i "$dir/key" -o IdentityAgent=none -o UserKnownHostsFile="$dir/known_hosts" \
	    hscroot@127.0.0.1 'sleep 77' < /dev/null &
	client=$!
	n=0
	until [ "$(running 'sleep 77')" = 1 ] || [ $n -gt 50 ]; do
		n=$((n + 1))
	done
	kill -KILL $client
	wait $client 2>/dev/null
	check "it runs on without its client" "$(running 'sleep 77')" 1
	console 'for p in $(ls /proc | grep "^[0-9]"); do tr "\0" " " < /proc/$p/cmdline | grep -q "^sleep 77" && kill $p; done' < /dev/null 2>/dev/null
	n=0
	until [ "$(running 'sleep 77')" = 0 ] || [ $n -gt 50 ]; do
		n=$((n + 1))
	done
	check "until somebody kills it" "$(running 'sleep 77')" 0
}

copy() {
	timeout 30 scp -O -q -F none -P "$(cat "$dir/state/port")" -i "$dir/key" -o IdentityAgent=none \
	    -o UserKnownHostsFile="$dir/known_hosts" "$@" 2>"$dir/err"
}

copy_tests() {
	echo 'name=lp1,profile_name=normal,lpar_env=aixlinux,min_mem=1024,desired_mem=2048,max_mem=4096,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1,desired_proc_units=0.2,max_proc_units=2.0,sharing_mode=cap' > "$dir/lp1.cfg"
	copy -p "$dir/lp1.cfg" hscroot@127.0.0.1:
	check "a file into the home" "$?:$(cat "$dir/err")" 0:
	run "configuration data from it" 0 "lp1" "" "mksyscfg -r lpar -m p9a -f /home/hscroot/lp1.cfg && lssyscfg -r lpar -m p9a -F name --filter lpar_names=lp1"
	head -c 2000000 /dev/urandom > "$dir/big"
	copy "$dir/big" hscroot@127.0.0.1:/home/hscroot/copy && copy hscroot@127.0.0.1:copy "$dir/back"
	check "there and back" "$?:$(cmp "$dir/big" "$dir/back" 2>&1)" 0:
	copy hscroot@127.0.0.1:nosuch "$dir/back"
	check "one that is not there" "$?:$(cat "$dir/err")" "1:scp: nosuch: No such file or directory"
	copy "$dir/lp1.cfg" hscroot@127.0.0.1:/etc/lp1.cfg
	check "nor elsewhere" "$?:$(cat "$dir/err")" "1:scp: /etc/lp1.cfg: Permission denied"
}

# What a role may not do is refused before anything is looked at.
role_tests() {
	run "a user for monitoring" 0 "" "" 'mkhmcusr -i "name=mon,taskrole=hmcviewer,description=Monitoring,passwd=abc12345"'
	check "lists" "$(at port mon key 'lssyscfg -r sys -F name | head -1' < /dev/null)" p9a
	check "changes nothing" "$(at port mon key 'chsysstate -m p9a -r lpar -o shutdown -n vios11 --immed; echo $?' < /dev/null)" \
	    "HSCL350B The user does not have the appropriate authority.
1"
	check "nor on a VIOS" "$(at port mon key 'viosvrcmd -m p9a -p vios11 -c lspv' < /dev/null | cut -c1-8)" HSCL350B
	run "until the role is another" 0 "" "" "chhmcusr -u mon -t taskrole -v hmcsuperadmin"
	check "then it does" "$(at port mon key 'chsyscfg -r lpar -m p9a -i "name=vios11,description=x"; echo $?' < /dev/null)" 0
}

launch hmc hmc.json --password hscroot:abc123 --password mon:abc12345 --speed 50
command_tests
script_tests
person_tests
lock_tests
several_tests
gone_tests
copy_tests
role_tests
stop "ends by SIGTERM"
finish
