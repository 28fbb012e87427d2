#!/bin/sh
# attach-tape, detach-tape: a tape drive of the VIOS has one client at a time; on an IVM and on an HMC, off and running; undone at each
# refused command, given back by delete-vm, left behind by nothing.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1 SITE_WORLD=$work/ivm.json SITE_HMC_WORLD=$work/hmc.json
for kind in ivm hmc; do
	sed 's/"network": {/"tapes": 2, "network": {/' "$source/tests/simulator/worlds/$kind.json" >"$work/$kind.json"
done
site_up
register
register_hmc
quick_sequences
small='--disk 1G --memory 256M --cpu 0.2 --no-start'

on() {	# on CONSOLE create-words: the same on each kind
	console=$1 where=$2
	as alice 0 create-vm one $small --host "$where"
	as alice 0 create-vm two $small --host "$where"
	world >"$work/before"
	as alice 66 detach-tape one
	says 'one has no tape drive'
	as alice 66 attach-tape one --tape rmt7
	says 'has no tape drive rmt7 that is available'
	as bob 77 attach-tape one --tape rmt0
	says 'not for tenant red: .*does not list the feature virtual-tape'
	as alice 64 attach-tape one
	is_as_before 'refused'
	nothing_sent
	as alice 0 attach-tape one --tape rmt0
	says 'one has the tape drive rmt0'
	total=$(sent | wc -l)
	as alice 0 show-vm one
	says 'tape drive: *rmt0'
	as alice 73 attach-tape one --tape rmt1
	says 'detach that first: detach-tape one'
	as alice 73 attach-tape two --tape rmt0
	says 'the tape drive rmt0 of .* is in use'
	as alice 0 start-vm one
	as alice 0 detach-tape one
	says 'one has no tape drive any more'
	as alice 0 attach-tape two --tape rmt0
	as alice 0 detach-tape two
	as alice 0 stop-vm one --force
	as alice 0 attach-tape one --tape rmt0
	nothing_sent
	as alice 0 detach-tape one
	gone=$(sent | wc -l)
	each_time() { [ "$status" != 0 ] || as alice 0 detach-tape one; }
	each_refused "$total" '0 1 66 69 73 75' alice attach-tape one --tape rmt0
	as alice 0 attach-tape one --tape rmt0
	each_time() { [ "$status" != 0 ] || as alice 0 attach-tape one --tape rmt0; }
	each_refused "$gone" '0 1 66 69 73 75' alice detach-tape one
	as alice 0 delete-vm two --yes
	as alice 0 create-vm two $small --host "$where"
	as alice 73 attach-tape two --tape rmt0
	as alice 0 delete-vm one --yes
	as alice 0 attach-tape two --tape rmt0
	as alice 0 delete-vm two --yes
}
every=${HMC_STEP:-2}
world >"$work/ivm"
on power1 power1
cp "$work/ivm" "$work/before"
is_as_before 'all of it'
console=hmc1
world >"$work/hmc"
on hmc1 p9b
cp "$work/hmc" "$work/before"
is_as_before 'all of it'
