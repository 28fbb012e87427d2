#!/bin/sh
# Whatever else a client may ask of sshd than a request: file transfer, subsystems, forwarding, a terminal, a shell.
# Each ends in a refusal, nothing gets through, and where the protocol has room for words they say what to do.
. "$(dirname "$0")/lib.sh"
site_up
echo 'data' >"$work/in"

refused() {	# refused WHAT command...: it ends, within seconds, with an error
	what=$1
	shift
	"$@" </dev/null >"$work/out" 2>"$work/err"
	status=$?
	checks=$((checks + 1))
	case $status in 0 | 124) fail "$what: exit status $status" ;; esac
}
client() { timeout 20 ssh -F "$site/ssh_config" -o ControlPath=none "$@"; }
words='only takes PowerDirector'

# sshd as it is shipped knows the subsystem sftp, but drops what a subsystem says on stderr: the status alone refuses.
# One that it does not know it refuses itself.
refused 'subsystem that there is not' client -s alice sftp
says 'subsystem request failed'
echo 'Subsystem sftp internal-sftp' >>"$site/sshd/sshd_config"
kill -HUP "$(cat "$site/run/sshd.pid")"
has_subsystem() { client -s alice sftp </dev/null; [ $? = 64 ]; }
wait_until 'the gateway refuses the subsystem sftp' has_subsystem
refused 'subsystem sftp' client -T -s alice sftp
is 'subsystem sftp' 64 "$status"
is 'bytes for the sftp client' 0 "$(wc -c <"$work/out")"
refused 'subsystem netconf' client -s alice netconf
refused 'sftp' sftp -F "$site/ssh_config" -b /dev/null alice
says 'Connection closed'
refused 'scp to' scp -F "$site/ssh_config" "$work/in" alice:"$work/put"
refused 'scp from' scp -F "$site/ssh_config" alice:/etc/passwd "$work/got"
refused 'old scp to' scp -O -F "$site/ssh_config" "$work/in" alice:"$work/put"
says "$words"
refused 'old scp from' scp -O -F "$site/ssh_config" alice:/etc/passwd "$work/got"
says "$words"
if command -v rsync >/dev/null; then
	refused 'rsync' rsync -e "ssh -F $site/ssh_config" "$work/in" alice:"$work/put"
	says "$words"
fi
as alice 64 'rsync --server -logDtpre.iLsfxCIvu . /tmp'
says "$words"
checks=$((checks + 1))
[ ! -e "$work/put" ] && [ ! -e "$work/got" ] || fail 'a file was transferred'

# Forwarding: the simulator's port is one that would answer.
port=$(cat "$site/power1/port")
refused '-W' client -W "127.0.0.1:$port" alice
says 'prohibited|refused|failed'
says_not 'SSH-2.0'
timeout 20 ssh -F "$site/ssh_config" -o ControlPath=none -N -o ExitOnForwardFailure=yes -L "$work/forward:127.0.0.1:$port" alice </dev/null >"$work/out" 2>"$work/err" &
tunnel=$!
wait_until 'the client listens' test -S "$work/forward"
python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect(sys.argv[1])
print("got", s.recv(100))' "$work/forward" >"$work/forwarded" 2>&1
is '-L' "got b''" "$(cat "$work/forwarded")"
kill "$tunnel"
wait "$tunnel" 2>/dev/null
refused '-R' client -N -o ExitOnForwardFailure=yes -R 0:127.0.0.1:9 alice
says 'remote port forwarding failed'
refused '-R to a socket' client -N -o ExitOnForwardFailure=yes -R "$work/remote:127.0.0.1:9" alice
refused '-w' client -N -o ExitOnForwardFailure=yes -w any alice

# A terminal, and what people type into one.
refused '-t' client -tt alice list-vms
says 'PTY allocation request failed'
for line in sh 'bash -i' /bin/sh 'exec /bin/bash' 'env sh' 'sudo -i' 'cat /etc/passwd' 'ls /' 'id' 'git-upload-pack x' 'echo x' 'tar cf - .'; do
	as alice 64 "$line"
	says "$words"
	says_not 'root:'
done
as alice 64 'list-vms; id'
as alice 64 'list-vms && id'
as alice 64 'list-vms | cat'
as alice 64 'list-vms > /tmp/x'
as alice 64 '$(id)'
as alice 64 '`id`'
says_not 'uid='

# Without a command: help, not a shell; what comes on stdin is not read as commands.
echo 'id' >"$work/in"
stdin=$work/in as alice 0 ''
says 'ssh HOST'
says_not 'uid='
client -o SendEnv=LD_PRELOAD -o SetEnv="SSH_ORIGINAL_COMMAND=help PATH=/x" alice whoami </dev/null >"$work/out" 2>"$work/err"
is 'environment from the client' 0 $?
says 'alice'
