#!/bin/sh
# SPDX-License-Identifier: ISC
# Drives the simulator with nothing but the stock ssh client and expect, as somebody would who
# knows consoles and has never heard of PowerDirector.
# usage: selftest.sh [powerdirector-sim]       exit status: 0 all passed, 1 something failed
. "$(dirname "$0")/selftest-lib.sh"

start() {	# start OPTIONS...
	launch ivm ivm.json --password padmin:secret --speed 50 "$@"
	port=$(cat "$dir/state/port")
	sed "s/^/[127.0.0.1]:$port /" "$dir/state/host_key.pub" > "$dir/known_hosts"
}

console() {
	at port padmin key "$@"
}

login_tests() {
	console true
	check "a listed key logs in" "$?" 0
	at port padmin stranger true </dev/null
	check "another key does not" "$?" 255
	at port mallory key true </dev/null
	check "another user does not" "$?" 255
	sshopts=-s console sftp </dev/null >/dev/null 2>&1
	check "there is no sftp" "$?" 255
	sshopts=
}

shell_tests() {
	run "unknown command" 127 "" "ksh: nosuch:  not found." "nosuch -a"
	run "padmin has no sort" 127 "" "ksh: sort:  not found." "sort"
	run "VIOS verbs need ioscli" 127 "" "ksh: lsmap:  not found." "lsmap -all"
	run "exit status" 7 "" "" "exit 7"
	run "streams are separate" 127 "a" "ksh: nosuch:  not found." "echo a; nosuch"
	run "restricted" 1 "" "rksh: x: 0403-019 The operation is not allowed in a restricted shell." "echo a > x"
	run "quoting" 0 'a  "b" $c' "" "echo 'a  \"b\" \$c'"
	check "stdin" "$(echo hello | console cat)" hello
	check "megabytes of stdin and stdout" "$(head -c 5000000 /dev/zero | console cat | wc -c | tr -d ' ')" 5000000
	check "input too long is refused" "$(console "echo $(head -c 110000 /dev/zero | tr '\0' x)" | wc -c | tr -d ' ')" 110001
}

console_tests() {
	run "partitions" 0 "06-052EA,1,vioserver,Running" "" "lssyscfg -r lpar -F name,lpar_id,lpar_env,state"
	run "no results" 0 "" "[VIOSI01040010-0003] No results were found." \
	    'lssyscfg -r lpar -F lpar_id --filter lpar_names="nosuch"'
	run "create" 0 "" "" 'mksyscfg -r lpar -i name=\"VM1\",max_virtual_slots=30,lpar_env=aixlinux,auto_start=0,profile_name=\"VM1\",proc_mode=shared,min_procs=1,min_proc_units=0.1,desired_procs=1,desired_proc_units=0.1,max_procs=1,max_proc_units=0.1,sharing_mode=uncap,uncap_weight=127,min_mem=1024,desired_mem=1024,max_mem=1024'
	run "a loop over partitions" 0 "LPAR 06-052EA
LPAR VM1" "" 'for x in `lssyscfg -r lpar -F name`; do echo "LPAR $x"; done'
	run "while read" 0 "1 vioserver
2 aixlinux
total 2" "" 'n=0; lssyscfg -r lpar -F lpar_id,lpar_env | sed "s/,/ /" | while read id env; do ((n=n+1)); echo "$id $env"; done; echo total $n'
	run "the vhost of a partition" 0 "vhost0" "" 'id=$(LC_ALL=en_US lssyscfg -r lpar -F lpar_id --filter lpar_names="VM1"); slot=`lssyscfg -r prof --filter lpar_ids=$id -F virtual_scsi_adapters | awk -F/ '\''{print $5}'\''`; ioscli lsmap -all -fmt : | grep "C$slot:" | awk -F: '\''{print $1}'\'''
	run "map a volume" 0 "lv00
vtscsi0 Available" "" "ioscli mklv rootvg 1024M && ioscli mkvdev -vdev lv00 -vadapter vhost0"
}

root_tests() {
	out=$(printf 'whoami\necho boot > /tmp/img\ndd if=/tmp/img of=/dev/rlv00 bs=8M\nexit\n' | console oem_setup_env 2>"$dir/err")
	check "root shell on stdin" "$?" 0
	check "root shell on stdin: stdout" "$out" root
	check "dd" "$(cat "$dir/err")" "0+1 records in.
0+1 records out."
	check "the disk holds it" "$(head -c 4 "$dir/state/fs/dev/rlv00")" boot
	run "here-document" 0 "1
2" "" 'oem_setup_env <<eof
for i in 1 2; do echo \$i; done
<<eof'
	run "background dd" 0 "" "" 'oem_setup_env <<eof
dd if=/dev/zero of=/dev/null bs=1024k > /dev/null 2> /home/padmin/dd.log &
<<eof'
	check "ps shows it" "$(console 'ps -ef|grep "dd if=/dev/zero of=/dev/null" | grep -v grep | wc -l' | tr -d ' ')" 1
	job=$(console 'ps -ef|grep "dd if=/dev/zero of=/dev/null" | grep -v grep' | awk '{ print $2 }')
	echo "kill $job" | console oem_setup_env
	n=0
	while [ -n "$(console 'ps -ef|grep "dd if=/dev/zero of=/dev/null" | grep -v grep')" ] && [ $n -lt 50 ]; do
		n=$((n + 1))
	done
	check "its log" "$(console 'cat dd.log' | grep -c 'records in\.')" 1
	run "an image for first boot" 0 "1" "" 'oem_setup_env <<eof
echo hostname=web1 > config_1.xml; mkisofs -r -o /var/vio/VMLibrary/config_1.iso config_1.xml 2> /dev/null; grep -c hostname=web1 /var/vio/VMLibrary/config_1.iso
eof'
}

expect_tests() {
	for method in password keyboard-interactive; do
		out=$(PORT=$port KNOWN=$dir/known_hosts METHOD=$method timeout 60 expect 2>&1 <<'EXPECT'
log_user 0
set timeout 20
proc await {what args} {
	expect {
		-re $what {}
		timeout { puts "timeout: $what"; exit 1 }
		eof { puts "eof: $what"; exit 1 }
	}
}
spawn ssh -q -F none -p $env(PORT) -o UserKnownHostsFile=$env(KNOWN) -o StrictHostKeyChecking=yes \
    -o PubkeyAuthentication=no -o PreferredAuthentications=$env(METHOD) padmin@127.0.0.1
await {assword: $}
send "secret\r"
await {Last login: .*\$ $}
send "lsmap -all -fmt :\r"
await {vhost0:.*\$ $}
send "oem_setup_env\r"
await {# $}
send "whoamX\x7fi\r"
await {\nroot\r\n# $}
send "for i in 1 2\rdo\recho n\$i\rdone\r"
await {> .*n1\r\nn2\r\n# $}
send "sleep 60\r"
sleep 0.3
send "\x03"
await {\^C\r\n# $}
send "exit\r"
await {\$ $}
send "nosuch\r"
await {ksh: nosuch:  not found.\r\n\$ $}
send "\x04"
expect {
	eof {}
	timeout { puts "no end"; exit 1 }
}
puts "status [lindex [wait] 3]"
EXPECT
)
		check "a person with a $method" "$out" "status 127"
	done
}

# Several channels on one connection; a slow one must not hold up the others.
channel_tests() {
	sock="-S $dir/mux"
	sshopts="$sock -M -N -f" console || return
	sshopts=$sock
	console 'sleep 2; echo slow' > "$dir/slow" &
	slow=$!
	t0=$(date +%s%N)
	for i in 1 2 3 4 5; do
		check "exec $i beside a slow one" "$(console "echo $i")" "$i"
	done
	ms=$((($(date +%s%N) - t0) / 1000000))
	check "they did not wait ($ms ms)" "$([ $ms -lt 1500 ] && echo yes)" yes
	wait $slow
	check "the slow one" "$(cat "$dir/slow")" slow
	sshopts="$sock -O exit" console 2>/dev/null
	sshopts=
}

fault_tests() {
	start --fault 'match=^ioscli mklv,nth=2,action=refuse,status=4,stderr=no, not now' \
	    --fault 'match=cut-b,action=cut-before' --fault 'match=cut-d,action=cut-during' \
	    --fault 'match=cut-a,action=cut-after' --fault 'match=hang,action=hang' --latency 200
	run "state survives a restart" 0 "VM1" "" "lssyscfg -r lpar -F name --filter lpar_ids=2"
	run "first mklv" 0 "lv01" "" "ioscli mklv rootvg 64M"
	run "second mklv" 4 "" "no, not now" "ioscli mklv rootvg 64M"
	run "third mklv" 0 "lv02" "" "ioscli mklv rootvg 64M"
	check "cut before" "$(console 'echo x | tee cut-b' 2>/dev/null; echo $?)" 255
	check "cut during" "$(console 'echo x | tee cut-d' 2>/dev/null; echo $?)" 255
	check "cut after" "$(console 'echo x | tee cut-a' 2>/dev/null; echo $?)" "x
255"
	run "what the cuts left" 0 "2" "" 'ls | grep -c ^cut'
	timeout 1 ssh -q -F none -p "$port" -i "$dir/key" -o IdentityAgent=none -o UserKnownHostsFile="$dir/known_hosts" \
	    padmin@127.0.0.1 'echo hang' </dev/null
	check "hang" "$?" 124
	t0=$(date +%s%N)
	console true
	check "latency" "$([ $((($(date +%s%N) - t0) / 1000000)) -ge 200 ] && echo yes)" yes
	echo 'match=new,action=refuse,status=9,stderr=new' > "$dir/state/faults"
	kill -HUP "$pid"
	n=0
	until grep -q '^faults: 1' "$dir/log" || [ $n -gt 100 ]; do
		n=$((n + 1))
		sleep 0.05
	done
	run "faults from the file" 9 "" "new" "echo new"
	run "instead of the old ones" 0 "x" "" "echo x | tee cut-b"
}

transcript_tests() {
	t=$dir/state/transcript.jsonl
	check "every line of the transcript is JSON" "$(jq -e . "$t" >/dev/null 2>&1; echo $?)" 0
	check "commands are in it" "$(jq -r 'select(.command == "exit 7") | .status' "$t")" 7
	check "what ran inside, too" \
	    "$(jq -r '.ran[] | select(.command == "ioscli mklv rootvg 1024M") | .status' "$t")" 0
	check "and faults" "$(jq -r '.ran[] | select(.fault == "refuse") | .status' "$t" | head -1)" 4
}

option_tests() {
	"$sim" --kind tape > "$dir/out" 2>&1
	check "unknown kind" "$?:$(head -1 "$dir/out")" "64:powerdirector-sim: unknown kind: tape"
	"$sim" --help > "$dir/out" 2>&1
	check "help" "$?:$(grep -c -e --fault "$dir/out")" "0:2"
	"$sim" --version > "$dir/out"
	check "version" "$?" 0
	"$sim" --kind ivm --colour red > "$dir/out" 2>&1
	check "bad option" "$?" 64
	check "host key is private" "$(stat -c %a "$dir/state/host_key")" 600
}

start
login_tests
shell_tests
console_tests
root_tests
expect_tests
channel_tests
option_tests
stop "ends by SIGTERM"
fault_tests
stop "ends by SIGTERM with faults"
transcript_tests
finish
