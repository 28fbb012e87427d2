#!/bin/sh
# modify-vm: stopped, running with and without a connection to its operating system; quota on the difference; undone at a failing command.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
quick_sequences

now() { jq -r --arg n "$1" '.state.lpars[] | select(.name == $n) | '"$2" "$site/power1/world.json"; }
used() { request alice quota --json; jq -r --arg n "$1" '.value[] | select(.what == $n and .whose == "tenant blue") | .used' "$work/out"; }

as alice 0 create-vm web1 --image rhel6 --cpu 0.2:0.5:1 --procs 1:1:2 --memory 512M:1G:3G --network vlan=10,ip=10.0.10.5/24
as alice 0 create-vm raw1 --cpu 0.2 --memory 512M --disk 1G
is 'RMC of web1' active "$(now web1 .rmc_state)"

# ---- whole processors ----
as alice 0 create-vm own1 --dedicated --procs 1:1:2 --memory 256M --disk 1G --no-start
as alice 64 modify-vm own1 --cpu 0.5
says 'with --dedicated say --procs'
as alice 0 modify-vm own1 --procs 1:1:4 --plan
says 'max_procs=4'
as alice 0 delete-vm own1 --yes

# ---- running, and its operating system answers: at once ----
as alice 64 modify-vm web1
says 'say what to change'
as alice 0 modify-vm web1 --memory 2G --cpu 0.8 --json
is code OK "$(json .code)"
says 'web1 has 0.80 processing units, 1 virtual processor and 2G memory, uncapped with weight 128'
is 'memory now' 2048 "$(now web1 .curr.mem)"
is 'units now' 80 "$(now web1 .curr.units)"
sent '^chsyscfg -r prof -i "?desired_mem=2048,lpar_id=' >/dev/null || fail 'running: only the desired memory'
as alice 0 show-vm web1
says '2G \(min 512M, max 3G\)'
as alice 0 modify-vm web1 --weight 200
is 'weight now' 200 "$(now web1 .curr.uncap_weight)"
as alice 0 modify-vm web1 --capped
is 'capped' cap "$(now web1 .pend.sharing_mode)"
as alice 64 modify-vm web1 --weight 3
says 'a capped VM has no weight'
as alice 0 modify-vm web1 --uncapped --weight 90
is 'uncapped' 'uncap 90' "$(now web1 '"\(.pend.sharing_mode) \(.pend.uncap_weight)"')"
# What it has anyway: nothing is sent that would change it.
nothing_sent
as alice 0 modify-vm web1 --memory 2G --cpu 0.8
! sent '^chsyscfg' || fail 'nothing had to be changed'

# ---- bounds only while it is stopped ----
world >"$work/before"
as alice 73 modify-vm web1 --memory 4G
says 'bounds change only while it is stopped'
as alice 73 modify-vm web1 --memory 1G:2G:4G
as alice 73 modify-vm web1 --procs 3
world >"$work/after"
diff "$work/before" "$work/after" >"$work/out" || fail 'a refused change has changed the console'
as alice 65 modify-vm web1 --memory 1000M
says 'not a multiple'
as alice 65 modify-vm web1 --cpu 0.05
as alice 77 modify-vm web1 --memory 5G
says 'over the limit of tenant blue'

# ---- the operating system does not answer ----
as alice 73 modify-vm raw1 --memory 768M
says 'say --at-restart'
# What is the partition's own needs no operating system, nor does what is so already.
as alice 0 modify-vm raw1 --availability-priority 90
says_not 'next start'
is 'priority' 90 "$(now raw1 .avail_priority)"
as alice 0 modify-vm raw1 --availability-priority 127
as alice 0 modify-vm raw1 --memory 768M --cpu 0.3 --at-restart
says 'counts from its next start on'
is 'memory from the next start on' '768 512' "$(now raw1 '"\(.pend.mem) \(.curr.mem)"')"
as alice 0 show-vm raw1
says 'runs with: +0\.20 units, 1 virtual processor and 512M memory until it has been off'
# It still has what it is to have less: that is counted until it has been off.
before=$(used memory)
as alice 0 modify-vm raw1 --memory 256M --at-restart
is 'memory used while it waits' $((before - 256)) "$(used memory)"
as alice 0 stop-vm raw1 --force
is 'memory used when it is off' $((before - 512)) "$(used memory)"
as alice 0 show-vm raw1 --json
is 'nothing waits' null "$(json .value.pending)"

# ---- stopped: bounds follow what is desired ----
as alice 0 modify-vm raw1 --memory 2G --cpu 1 --procs 2
is 'stopped' '2048 4096 100 2' "$(now raw1 '"\(.pend.mem) \(.pend.max_mem) \(.pend.units) \(.pend.procs)"')"

# ---- quota: growth is counted when it is accepted, and given back when it fails ----
# 8G in all: web1 has 2G, raw1 2G.
as alice 0 modify-vm raw1 --memory 256M:3G:4G
as alice 0 create-vm big1 --cpu 0.1 --memory 3G --disk 1G --no-start
before=$(used memory)
as alice 77 modify-vm raw1 --memory 4G
says 'tenant blue may use 8G memory: 8G used, 1G asked for, 1G over'
echo 'match=^chsyscfg,from=1,action=refuse,status=1,stderr=[VIOSE01040014-0010] test: refused' | faults
as alice 0 modify-vm big1 --memory 2G --plan
as alice 1 modify-vm big1 --memory 2G
faults </dev/null
is 'memory used as before' "$before" "$(used memory)"
as alice 0 modify-vm big1 --memory 2G
is 'memory used, 1G less' $((before - 1024)) "$(used memory)"

# ---- undone at each command that fails ----
as alice 0 modify-vm web1 --memory 1G --cpu 0.5 --weight 128
nothing_sent
as alice 0 modify-vm web1 --memory 2G --cpu 0.9 --weight 50
total=$(sent | wc -l)
as alice 0 modify-vm web1 --memory 1G --cpu 0.5 --weight 128
each_time() {
	[ "$status" != 0 ] || as alice 0 modify-vm web1 --memory 1G --cpu 0.5 --weight 128	# a question that is asked again
	as alice 0 show-vm web1 --json
	is 'the row' '1024 50' "$(json '"\(.value.memory) \(.value.units)"')"
}
each_refused "$total" '0 1' alice modify-vm web1 --memory 2G --cpu 0.9 --weight 50

# ---- whose it is, one at a time, once ----
as bob 66 modify-vm web1 --memory 512M
as alice 0 modify-vm web1 --memory 2G --once grow --json
first=$(json .job)
as alice 0 modify-vm web1 --memory 2G --once grow --json
is 'the same job' "$first" "$(json .job)"
as alice 73 modify-vm web1 --memory 1G --once grow
