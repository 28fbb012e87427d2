#!/bin/sh
# Whoever leaves does not take the job along: Ctrl-C on a terminal, a client that is killed, a line that is cut,
# a reader that closes its pipe.  The job goes on, the gateway's process ends, follow takes the job up again.
. "$(dirname "$0")/lib.sh"
if ! command -v expect >/dev/null; then
	echo 'needs expect'
	exit 77
fi
needs_terminals
export SITE_SPEED=0
site_up
register
sed -i 's/^restrict,command=/restrict,pty,command=/' "$site/sshd/authorized_keys"

# One create-vm whose partition comes after so many milliseconds.
slowly() { echo "match=mksyscfg,nth=1,action=delay,ms=$1" | faults; }
client="ssh -F $site/ssh_config -o ControlPath=none"
running() { request alice list-jobs --json; [ "$(json '.value[0].state')" = running ]; }
gateways() { pgrep -f "powerdirector -c $site/etc/powerdirector.conf --user alice" | wc -l; }
no_gateway() { [ "$(gateways)" = 0 ]; }
last_job() { request alice list-jobs --all --limit 1 --json; json '.value[0].id'; }
created() {	# created NAME HOW: the job that was left is done
	as alice 0 follow "$(last_job)" --timeout 60
	as alice 0 show-vm "$1"
	as alice 0 delete-vm "$1" --yes
	faults </dev/null
}

# Ctrl-C: the job's id and both ways on, exit status 75.
slowly 3000
cat >"$work/talk" <<-END
	set timeout 20
	log_user 0
	spawn $client -tt alice create-vm c1 --memory 512M --disk 1G --no-start
	expect -re {job ([0-9A-Z]{26})} {} default { puts "no id"; exit 1 }
	set id \$expect_out(1,string)
	expect -re {creating|partition} {} default { puts "no progress"; exit 1 }
	send "\003"
	expect -re "job \$id goes on; follow it with: follow \$id; cancel it with: cancel-job \$id" {} default { puts "no farewell: \$expect_out(buffer)"; exit 1 }
	expect eof
	puts "status [lindex [wait] 3]"
END
expect "$work/talk" >"$work/out" 2>"$work/err"
is 'the talk' 0 $?
says '^status 75$'
as alice 0 list-jobs
says 'running'
created c1

# A client that is killed, without and with a terminal.
for how in KILL TERM; do
	slowly 3000
	$client alice create-vm "k$how" --memory 512M --disk 1G --no-start </dev/null >"$work/lost" 2>&1 &
	pid=$!
	wait_until 'it runs' running
	kill -"$how" "$pid"
	wait "$pid" 2>/dev/null
	wait_until 'its gateway is gone' no_gateway
	as alice 0 list-jobs
	says 'running'
	created "k$how"
done
slowly 3000
cat >"$work/talk" <<-END
	set timeout 20
	log_user 0
	spawn $client -tt alice create-vm t1 --memory 512M --disk 1G --no-start
	expect -re {creating|partition} {} default { puts "no progress"; exit 1 }
	exec kill -KILL [exp_pid]
	expect eof
END
expect "$work/talk" >"$work/out" 2>"$work/err"
is 'the talk' 0 $?
wait_until 'its gateway is gone' no_gateway
created t1

# The server side of the connection ends: sshd's process for it is killed.
slowly 3000
$client alice create-vm s1 --memory 512M --disk 1G --no-start </dev/null >"$work/lost" 2>&1 &
pid=$!
wait_until 'it runs' running
kill -KILL "$(ps -o ppid= -p "$(pgrep -f "powerdirector -c $site/etc/powerdirector.conf --user alice" | head -n 1)")"
wait "$pid"
is 'the client notices' 255 $?
wait_until 'its gateway is gone' no_gateway
created s1

# Whoever reads the answer goes away; and follow, left in the same way, is as harmless.
slowly 3000
as alice 0 create-vm f1 --memory 512M --disk 1G --no-start --detach --json
job=$(json .job)
wait_until 'it runs' running
timeout -s INT 1 $client alice follow "$job" </dev/null >"$work/lost" 2>&1
is 'follow was interrupted' 124 $?
wait_until 'its gateway is gone' no_gateway
as alice 75 follow "$job" --timeout 0
says "follow it with: follow $job"
created f1

# The director ends and comes back while somebody waits: the wait goes on.
slowly 2000
$client alice create-vm d1 --memory 512M --disk 1G --no-start --json </dev/null >"$work/waited" 2>"$work/err" &
pid=$!
wait_until 'it runs' running
site_stop director
sleep 0.5
site_start director
wait "$pid"
is 'who waited has the result' 0 $?
is 'code' OK "$(jq -r .code "$work/waited")"
created d1
