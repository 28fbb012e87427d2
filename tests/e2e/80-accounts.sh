#!/bin/sh
# Real accounts: the gateway is setgid to the spool group, the kernel says who asks, and the director
# runs as its own user.  Needs root and a mount namespace in which /etc is a private copy.
needs_mounts=1
. "$(dirname "$0")/lib.sh"

# A private /etc with four accounts, and programs where everybody can reach them.
mount -t tmpfs -o mode=755 tmpfs "$work"
mkdir "$work/san" "$work/opt" "$work/www"
chmod 1777 "$work/san"
cp -a /etc "$work/etc"
mount --bind "$work/etc" /etc
mkdir -p /etc/powerdirector/keys /etc/pam.d
echo 'pdspool:x:4700:' >>/etc/group
echo 'pdirector:x:4701:4700::/nonexistent:/bin/sh' >>/etc/passwd
for a in alice:4711 bob:4712 admin:4713; do
	echo "${a%:*}:x:${a#*:}:4710::/nonexistent:/bin/sh" >>/etc/passwd
	echo "${a%:*}:*:20000:0:99999:7:::" >>/etc/shadow
done
echo 'tenants:x:4710:' >>/etc/group
install -m 0755 "$bin/powerdirectord" "$bin/powerdirector-worker" "$work/opt/"
install -m 2755 -g 4700 "$bin/powerdirector" "$work/opt/"
cp -R "$source/templates" "$work/opt/"

# Programs built for coverage write their counts beside their objects, here as other users.
find "$bin" -name '*.gcno' | sed 's/gcno$/gcda/' | while IFS= read -r counts; do
	touch "$counts"
	chmod 666 "$counts"
done

# A site of the usual kind lends its simulator and keys.
export SITE_SPEED=0
site_up
site_stop director
site_stop sshd
chmod 755 "$work" "$site" "$site/run" "$site/sshd"
install -d -o 4701 -g 4700 -m 0755 "$work/var" "$work/run"
install -d -o 4701 -g 4700 -m 0700 "$work/var/state"
install -d -o 4701 -g 4700 -m 0755 "$work/var/spool"
sed -e "s|$site/spool|$work/var/spool|" -e "s|$site/state|$work/var/state|" -e "s|$site/run/query|$work/run/query|" \
    -e "s|$source/templates|$work/opt/templates|" -e "s|$bin|$work/opt|" \
    -e "s|$site/etc/keys|/etc/powerdirector/keys|" -e "s|$site/etc/pam.d|/etc/pam.d|" \
    -e "s|^service-account.*|spool-group = 'pdspool'|" \
    "$site/etc/powerdirector.conf" >/etc/powerdirector/powerdirector.conf
install -o 4701 -m 0600 "$site/etc/keys/power1" /etc/powerdirector/keys/power1
printf 'account required pam_listfile.so item=user sense=deny file=/etc/powerdirector/locked onerr=succeed\nauth required pam_deny.so\n' \
    >/etc/pam.d/powerdirector

as_director() { setpriv --reuid 4701 --regid 4700 --clear-groups "$work/opt/powerdirectord" "$@"; }
as_director --init || fail 'init'
as_director --check || fail 'check'
setsid setpriv --reuid 4701 --regid 4700 --clear-groups "$work/opt/powerdirectord" -f </dev/null >"$site/log/director" 2>&1 &
echo $! >"$site/run/director.pid"
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -S "$work/run/query" ] || sleep 0.1
done

# sshd for real accounts: whoever is in the group gets the gateway, whatever he asks for.
"$source/tests/demo/site" start "$site" sshd
"$source/tests/demo/site" stop "$site" sshd
sed -i 's|^AuthorizedKeysFile.*|AuthorizedKeysFile '"$site/sshd"'/%u.keys|' "$site/sshd/sshd_config"
cat >>"$site/sshd/sshd_config" <<-EOF
	Match Group tenants
		ForceCommand exec $work/opt/powerdirector
		DisableForwarding yes
		PermitTTY no
EOF
for a in alice bob admin; do
	cp "$site/client/$a.pub" "$site/sshd/$a.keys"
	sed "s/User root/User $a/;s/^Host .*/Host $a/" "$site/ssh_config" >>"$work/ssh_config"
done
mv "$work/ssh_config" "$site/ssh_config"
/usr/sbin/sshd -f "$site/sshd/sshd_config" -E "$site/log/sshd"
sed -i "s/Port .*/Port $(sed -n 's/^Port //p' "$site/sshd/sshd_config")/" "$site/ssh_config"
wait_until 'sshd' test -s "$site/run/sshd.pid"

as alice 0 whoami
says 'alice'
says 'account'
register
as alice 0 create-vm web1 --image rhel6 --memory 512M --network vlan=10,ip=10.0.10.5/24
as alice 0 show-vm web1
as bob 66 show-vm web1
as bob 66 delete-vm web1 --yes
is 'owner of the job file' alice "$(stat -c %U "$work"/var/spool/done/* | grep alice | head -n 1)"

# Who says he is somebody else is not believed.
run_as() { setpriv --reuid "$1" --regid 4710 --clear-groups "$work/opt/powerdirector" "$2" "$3" "$4" "$5" >"$work/out" 2>"$work/err" </dev/null; status=$?; }
run_as 4712 --user alice show-vm web1
is 'bob says he is alice: exit status' 77 "$status"
run_as 4712 -c /dev/null show-vm web1
is 'a set-id gateway with another configuration: exit status' 77 "$status"
checks=$((checks + 1))
! setpriv --reuid 4712 --regid 4710 --clear-groups ls "$work/var/spool/new" >/dev/null 2>&1 || fail 'bob can list the drop directory'
checks=$((checks + 1))
! setpriv --reuid 4712 --regid 4710 --clear-groups sh -c "echo x > $work/var/spool/new/x" 2>/dev/null || fail 'bob can write the drop directory'

# A locked account.
echo bob >/etc/powerdirector/locked
as bob 77 whoami
says 'account'
as alice 0 delete-vm web1 --yes --force
