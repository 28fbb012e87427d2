#!/bin/sh
# P4: an even sample of create-vm on an IVM, and of a disk with two paths on an HMC, in the matrix of verbs, commands and faults; "make matrix" is
# all of it.
set -u	# 61 has no divisor in common with the 18 states of a command
here=$(cd "$(dirname "$0")/../.." && pwd)
MORE="${MORE:--v create-vm}" SITES=2 timeout -s KILL 300 "$here/tests/fault/matrix" "$1" "${STEP:-61}" &&
    KIND=hmc-dual MORE="-v add-disk" SITES=2 timeout -s KILL 300 "$here/tests/fault/matrix" "$1" "${STEP:-61}"
