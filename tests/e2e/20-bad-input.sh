#!/bin/sh
# Bad input: a clear message, the right exit status, nothing changed on the console.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
as alice 0 create-vm taken --memory 512M --disk 1G --no-start
world >"$work/before"

# Words.
as alice 64 creat-vm web1
says 'creat-vm'
says 'create-vm'
as alice 64 create-vm
says 'NAME|name'
as alice 64 create-vm web1 --imag rhel6
says -- '--image'
as alice 64 create-vm web1 --image rhel6 --image rhel6
says 'twice|again|repeat|once'
as alice 64 create-vm web1 --memory
says -- '--memory'
as alice 64 create-vm web1 web2
says 'web2'
as alice 64 register-image x --platform power1 --os linux
as admin 64 register-image x --platform power1 --os linux
says -- '--file'
for v in list-vms 'show-vm taken' 'quota'; do
	as alice 64 $v --nonsense
	says 'nonsense'
done

# Values.
for name in 'a,b' 'a=b' 'a/b' '-a' "$(printf '%032d' 0)" "$(printf '%040d' 0)" 'w\0303\0251b' 'a;b' '.a'; do
	name=$(printf %b "$name")
	request alice create-vm "$name"
	checks=$((checks + 1))
	case $status in 64 | 65) ;; *) fail "name '$name': exit status $status" ;; esac
	[ -s "$work/err" ] || fail "name '$name': no message"
done
as alice 65 "create-vm 'a b'"
as alice 65 "create-vm 'a\"b'"
as alice 65 create-vm web1 --memory 4X
says '4X'
as alice 65 create-vm web1 --memory 1000M --disk 1G
says '64'
as alice 65 create-vm web1 --cpu 0.05 --procs 1 --disk 1G
says '0\.1'
as alice 65 create-vm web1 --cpu 0.2 --procs 4 --disk 1G
says '0\.4|0\.1'
as alice 65 create-vm web1 --memory 2G:1G:4G --disk 1G
says 'minimum'
as alice 65 create-vm web1 --cpu 0.5:0.2:1 --disk 1G
says 'minimum'
as alice 65 create-vm web1 --procs 2:1:4 --disk 1G
as alice 65 create-vm web1 --network vlan=4095 --disk 1G
as alice 65 create-vm web1 --network vlan=10,ip=10.0.10.300/24 --disk 1G
as alice 65 create-vm web1 --network vlan=10,ip=10.0.10.5 --disk 1G
as alice 77 create-vm web1 --network vlan=10,ip=10.0.11.5/24 --disk 1G
as alice 65 create-vm web1 --weight 256 --disk 1G
as alice 65 create-vm web1 --image rhel6 --disk 1M
as alice 65 create-vm web1 --until forever --disk 1G

# What is there, what is not, what is not allowed.
as alice 73 create-vm taken --image rhel6
says 'taken'
as bob 73 create-vm taken --image rhel6
says_not 'alice|blue'
as alice 66 create-vm web1 --image nosuch
as alice 66 create-vm web1 --platform nosuch --disk 1G
as alice 66 create-vm web1 --network name=nosuch --disk 1G
as bob 66 create-vm web1 --network name=office --disk 1G
as bob 66 create-vm web1 --network vlan=10 --disk 1G
as alice 66 show-vm nosuch
as alice 66 delete-vm nosuch --yes
as alice 66 show-job 01JD0Q7MAAAA
as alice 65 show-job xyz
as alice 77 register-platform p2 --kind ivm --address 127.0.0.1 --key power1
says 'register-platform'
as admin 73 remove-platform power1 --yes
says 'VM'

# Quotas of blue: 4 VMs, 2.00 units, 8 processors, 8G, 40G; one is used by "taken": 0.50, 1, 512M, its disk.
used() { request alice quota --json; jq -r --arg w "$1" 'first(.value[] | select(.what == $w)).used' "$work/out"; }
limit() { jq -r --arg w "$1" 'first(.value[] | select(.what == $w)).limit' "$work/out"; }
memory=$(used memory)
free=$(($(limit memory) - memory))
as alice 77 create-vm q1 --memory $((free + 64))M --disk 1G
says 'memory|4G|quota'
as alice 77 create-vm q1 --cpu 1.01 --procs 2 --disk 1G
as alice 77 create-vm q1 --disk 41G
says 'disk|storage'
for i in 1 2 3; do
	as alice 0 create-vm "fill$i" --memory 512M --cpu 0.5 --no-start --disk 1G
done
as alice 77 create-vm over --memory 512M --cpu 0.1 --disk 1G
says 'VM'
for i in 1 2 3; do
	as alice 0 delete-vm "fill$i" --yes
done
as alice 0 create-vm u1 --memory 512M --cpu 1 --procs 1 --no-start --disk 1G
as alice 77 create-vm u2 --memory 512M --cpu 0.51 --procs 1 --disk 1G
says '2\.0|2\.00'
as alice 77 create-vm u2 --memory 512M --cpu 0.8 --procs 8 --disk 1G
as alice 0 delete-vm u1 --yes

# Requests that are no words at all.
as alice 64 internal-sftp
says 'help'
as alice 64 "scp -t /tmp"
says 'help'
as alice 64 "rsync --server -vlogDtpre.iLsfxCIvu . x"
as alice 64 "/usr/lib/openssh/sftp-server"
as alice 64 "sh -c id"
request alice "$(printf 'list-vms\nid')"
is 'newline' 65 "$status"
request alice "$(printf 'create-vm \033[31mx')"
is 'ESC' 65 "$status"
checks=$((checks + 1))
! grep -q "$(printf '\033')" "$work/err" || fail 'an escape reached the terminal'
request alice "$(printf 'create-vm \377\376')"
is 'bad UTF-8' 65 "$status"
request alice "create-vm x --note '$(head -c 70000 /dev/zero | tr '\0' a)'"
is '64 KiB and more' 65 "$status"
request alice "create-vm 'unclosed"
is 'open quote' 65 "$status"
printf '{"command":"create-vm","name":"a\\u0000b"}' >"$work/in"
stdin=$work/in request alice -
checks=$((checks + 1))
case $status in 64 | 65) ;; *) fail "NUL in JSON: $status" ;; esac
printf 'create-vm' >"$work/in"
stdin=$work/in request alice -
checks=$((checks + 1))
case $status in 64 | 65) ;; *) fail "not JSON: $status" ;; esac

# sftp, scp, forwarding, a terminal, a subsystem: refused, in words where the protocol has room for them.
checks=$((checks + 1))
! echo quit | sftp -F "$site/ssh_config" -b - alice >"$work/out" 2>&1 || fail 'sftp worked'
checks=$((checks + 1))
! scp -F "$site/ssh_config" "$work/in" alice:x >"$work/out" 2>&1 || fail 'scp worked'
checks=$((checks + 1))
! ssh -F "$site/ssh_config" -o ExitOnForwardFailure=yes -N -R 0:127.0.0.1:9 alice </dev/null >"$work/out" 2>&1 || fail 'forwarding worked'
as alice 64 delete-vm taken

world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the console was changed'
