#!/bin/sh
# Real accounts: the gateway is setgid to the spool group, the kernel says who asks.
# Needs root and a mount namespace of its own, in which /etc/passwd and /etc/group have test accounts.
if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
	echo 'needs root and unshare(1): skipped'
	exit 77
fi
if [ "${IN_NAMESPACE:-}" != yes ]; then
	IN_NAMESPACE=yes exec unshare -m --propagation private sh "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
