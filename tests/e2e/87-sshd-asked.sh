#!/bin/sh
# The second authentication as sshd's own: AuthenticationMethods publickey,keyboard-interactive:pam with
# ExposeAuthInfo.  The gateway then does not ask again, and needs no terminal; with the key alone it does.  Needs root
# and a mount namespace in which sshd's PAM service is a private one.
command -v expect >/dev/null || { echo 'needs expect'; exit 77; }
needs_mounts=1
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
sed -i '/^role user {/a\	authenticate-again = { quota }' "$site/etc/powerdirector.conf"

# sshd asks PAM as the account that it logs in: the service account's password, the same for all tenants.
matrix=$(sed -n 's/.* \(\/[^ ]*pam_matrix.so\) .*/\1/p' "$site/etc/pam.d/powerdirector")
cp -a /etc/pam.d "$work/pam.d"
mount --bind "$work/pam.d" /etc/pam.d
printf 'auth required %s passdb=%s\naccount required pam_permit.so\nsession required pam_permit.so\n' \
    "$matrix" "$work/sshd-passwords" >/etc/pam.d/sshd
echo "$(id -un):service-secret:sshd" >"$work/sshd-passwords"
chmod 600 "$work/sshd-passwords"

site_stop sshd
sed -i -e 's/^UsePAM.*/UsePAM yes/' -e 's/^KbdInteractiveAuthentication.*/KbdInteractiveAuthentication yes/' \
    -e 's/^PermitRootLogin.*/PermitRootLogin yes/' "$site/sshd/sshd_config"
cp "$site/sshd/sshd_config" "$work/sshd_config"
run_sshd() {	# run_sshd LINE...: with these lines more
	site_stop sshd
	{
		cat "$work/sshd_config"
		printf '%s\n' "$@"
	} >"$site/sshd/sshd_config"
	/usr/sbin/sshd -f "$site/sshd/sshd_config" -E "$site/log/sshd" || fail 'sshd does not start'
	wait_until 'sshd runs' test -s "$site/run/sshd.pid"
}

talk() {	# talk STATUS PASSWORD words...
	expected=$1 password=$2
	shift 2
	cat >"$work/talk" <<-END
		set timeout 20
		spawn -noecho ssh -F $site/ssh_config -o ControlPath=none -T alice $*
		expect {
			-re {assword:} { send -- "$password\r"; exp_continue }
			eof {}
			timeout { puts "no end"; exit 97 }
		}
		exit [lindex [wait] 3]
	END
	expect "$work/talk" >"$work/out" 2>"$work/err"
	is "$*, password $password" "$expected" $?
}

run_sshd 'AuthenticationMethods publickey,keyboard-interactive:pam' 'ExposeAuthInfo yes'
talk 0 service-secret quota
says 'memory'
talk 0 service-secret whoami
talk 255 wrong quota
says_not 'memory'

# sshd asked, but does not say so: the gateway asks itself, and here it has no terminal.
run_sshd 'AuthenticationMethods publickey,keyboard-interactive:pam'
talk 77 service-secret quota
says 'ssh -t'

# sshd says how, but it was the key alone.
run_sshd 'ExposeAuthInfo yes'
as alice 77 quota
says 'ssh -t'
as alice 0 whoami
