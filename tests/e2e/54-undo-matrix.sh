#!/bin/sh
# P4: an even sample of the matrix of verbs, commands and faults; "make matrix" is all of it.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
SITES=3 timeout -s KILL 300 "$here/tests/fault/matrix" "$1" "${STEP:-40}"
