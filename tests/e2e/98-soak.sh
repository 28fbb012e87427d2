#!/bin/sh
# The soak (make soak) in small: every promise under users, kills, faults and full disks for a few seconds.
exec "$(dirname "$0")/../soak/soak.py" 20 "$1"
