#!/bin/sh
# PowerVM features of VMs: given to create-vm and modify-vm, seen on the console, refused by name where the system cannot do them
# or the policy does not list them.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1 SITE_HMC_WORLD=$work/hmc.json
# p9a can do less than p9b.
awk '/"capable"/ { n++; sub(/\[.*\]/, n == 1 ? "[ \"vswitches\", \"npiv\" ]" : "[ \"ame\", \"ams\", \"npiv\", \"vswitches\", \"remote_restart\" ]") } { print }' \
    "$source/tests/simulator/worlds/hmc.json" >"$SITE_HMC_WORLD"
site_up
console=hmc1
# Of a partition of the HMC, of one of the IVM; of its profile.
part() { jq -r --arg n "$1" '.state.hmc.cecs[].parts[] | select(.name == $n) | '"$2" "$site/hmc1/world.json"; }
ivm() { jq -r --arg n "$1" '.state.lpars[] | select(.name == $n) | '"$2" "$site/power1/world.json"; }
world >"$work/before"
register_hmc
register
quick_sequences

# ---- what each system can do ----
as alice 0 show-system p9b --json
is 'level of the console' V10R3 "$(json .value.level)"
is 'capability' true "$(json '.value.capabilities | split(",") | index("active_mem_expansion_capable") != null')"
is 'modes' true "$(json '.value.compat_modes | split(",") | index("POWER9") != null')"
as alice 0 show-system p9a --json
is 'no capability' null "$(json '.value.capabilities | split(",") | index("active_mem_expansion_capable")')"
as alice 0 list-systems --fresh
as alice 0 show-system power1 --json
is 'modes of an IVM' true "$(json '.value.compat_modes | split(",") | index("POWER7") != null')"

# ---- refused by name, before anything is sent ----
: >"$site/hmc1/transcript.jsonl"
small='--disk 1G --memory 512M --no-start'
as alice 75 create-vm x1 $small --host p9a --memory-expansion 1.5
says 'p9a cannot do Active Memory Expansion \(capability active_mem_expansion_capable is missing\)'
as alice 75 create-vm x1 $small --host p9a --remote-restart yes
says 'p9a cannot do simplified remote restart \(capability powervm_lpar_simplified_remote_restart_capable is missing\)'
as alice 75 create-vm x1 $small --host p9b --compat-mode POWER11
says 'p9b knows no processor compatibility mode POWER11; it has default,'
as alice 64 create-vm x1 $small --host power1 --memory-expansion 1.5
says 'Active Memory Expansion is not there on power1: no attribute .* is confirmed'
as alice 64 create-vm x1 $small --host power1 --proc-pool DefaultPool
says 'not there on power1'
as alice 64 create-vm x1 $small --sharing share_idle_procs
says '--sharing goes with .*--dedicated'
as alice 64 create-vm x1 $small --dedicated --proc-pool DefaultPool
says '--proc-pool goes with shared'
as alice 65 create-vm x1 $small --memory-expansion 10.01
says 'too large; allowed is 1.00 to 10.00'
as alice 64 create-vm x1 --image rhel9 --boot sms --host p9a
says 'say --no-start'
as bob 77 create-vm x1 $small --availability-priority 200
says 'not for tenant red: .*does not list the feature availability-priority'
as bob 77 create-vm x1 $small --dedicated
says 'processors of its own .*not for tenant red'
is 'commands sent' 0 "$(jq -r '.ran[]?.command // empty' "$site/hmc1/transcript.jsonl" | wc -l)"

# ---- an HMC's ----
as alice 0 create-vm f1 $small --host p9b --compat-mode POWER9 --availability-priority 200 --memory-expansion 1.25 --remote-restart yes \
    --proc-pool DefaultPool --boot sms
is 'mode' POWER9 "$(part f1 '.profiles[0].config.compat_mode')"
is 'expansion' 125 "$(part f1 '.profiles[0].config.mem_expansion')"
is 'expansion, current' 125 "$(part f1 '.curr.mem_expansion')"
is 'priority' 200 "$(part f1 .avail_priority)"
is 'remote restart' 1 "$(part f1 .srr_capable)"
as alice 0 show-vm f1
says 'compatibility: *POWER9'
says 'memory expansion: *1.25'
says 'boot mode: *sms'
as alice 0 start-vm f1
says 'f1 is'
as alice 0 stop-vm f1 --force
as alice 0 delete-vm f1 --yes
as alice 0 create-vm f2 $small --host p9b --dedicated --procs 1 --sharing share_idle_procs_always
is 'sharing' share_idle_procs_always "$(part f2 '.profiles[0].config.sharing_mode')"
as alice 0 show-vm f2
says 'share_idle_procs_always'
as alice 0 delete-vm f2 --yes
as alice 75 create-vm f3 $small --host p9b --proc-pool none1
says 'p9b has no shared processor pool none1'
as alice 66 show-vm f3

# Every system says what it lacks.
as alice 75 create-vm f4 --disk 1G --memory 512M --platform hmc1 --compat-mode POWER6+
says 'p9a: p9a knows no processor compatibility mode POWER6\+'
says 'p9b: p9b knows no'
# One of them can: it is taken.
as alice 0 create-vm f5 $small --platform hmc1 --memory-expansion 2 --json
as alice 0 show-vm f5 --json
is 'where it can be' p9b "$(json .value.system)"
as alice 0 delete-vm f5 --yes
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'something is left'

# ---- an IVM's ----
as alice 0 create-vm i1 $small --host power1 --compat-mode POWER7 --availability-priority 130
is 'mode' POWER7 "$(ivm i1 .compat_mode)"
is 'priority' 130 "$(ivm i1 .avail_priority)"
as alice 0 modify-vm i1 --compat-mode POWER6 --availability-priority 90
is 'mode' POWER6 "$(ivm i1 .compat_mode)"
is 'priority' 90 "$(ivm i1 .avail_priority)"
as alice 0 show-vm i1
says 'compatibility: *POWER6$'
as alice 75 modify-vm i1 --compat-mode POWER11
says 'power1 knows no processor compatibility mode POWER11'
as alice 64 modify-vm i1 --memory-expansion 2
says 'not there on power1'
as alice 64 modify-vm i1 --sharing share_idle_procs
as alice 0 start-vm i1
as alice 73 modify-vm i1 --compat-mode POWER7
says 'say --at-restart'
as alice 0 modify-vm i1 --compat-mode POWER7 --at-restart
is 'mode' POWER7 "$(ivm i1 .compat_mode)"
as alice 0 delete-vm i1 --yes --force
as alice 0 create-vm i2 $small --host power1 --dedicated --procs 1 --sharing share_idle_procs
is 'sharing' share_idle_procs "$(ivm i2 .pend.sharing_mode)"
as alice 0 modify-vm i2 --sharing share_idle_procs_active
is 'sharing' share_idle_procs_active "$(ivm i2 .pend.sharing_mode)"
as alice 0 modify-vm i2 --memory 768M
is 'sharing stays' share_idle_procs_active "$(ivm i2 .pend.sharing_mode)"
as alice 0 delete-vm i2 --yes

# ---- virtual Fibre Channel on an HMC ----
world >"$work/before"
as alice 0 create-vm n1 $small --host p9b --fc auto --fc vios=vios21,port=fcs1
says 'Fibre Channel adapter 1 \(vios22, fcs[01]\): zone [0-9a-f]{16} and [0-9a-f]{16}'
says 'Fibre Channel adapter 2 \(vios21, fcs1\): zone [0-9a-f]{16} and [0-9a-f]{16}'
as alice 0 show-vm n1
says '^ *2 +vios21 +fcs1 +c05076[0-9a-f]{10} +c05076[0-9a-f]{10}$'
as alice 0 show-vm n1 --json
name=$(json '.value.fc[0].wwpn1')
is 'the console made this name' "$name" "$(part n1 '.curr.adapters[] | select(.slot == 10) | .wwpn1')"
is 'and keeps it in the profile' "$name" "$(part n1 '.profiles[0].config.adapters[] | select(.slot == 10) | .wwpn1')"
as alice 0 start-vm n1
is 'and has it when it runs' "$name" "$(part n1 '.curr.adapters[] | select(.slot == 10) | .wwpn1')"
as alice 0 delete-vm n1 --yes --force
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'delete-vm left something of the Fibre Channel adapters'
as alice 75 create-vm n2 $small --host p9a --fc auto --fc auto
says '2 virtual Fibre Channel adapters take as many VIOSes'
as alice 66 create-vm n2 $small --host p9a --fc vios=vios99
says 'the system has no VIOS vios99'
as alice 64 create-vm n2 $small --host p9a --fc vios=vios11 --fc vios=vios11
says 'two adapters through vios11'
as alice 65 create-vm n2 $small --fc port=fcs0
says 'names no VIOS'
as alice 75 create-vm n2 $small --host p9a --fc vios=vios11,port=fcs9
says 'port fcs9 of vios11'
as bob 77 create-vm n2 $small --fc auto

# ---- each command refused leaves nothing, beside a VM whose Fibre Channel adapter stands in the same profiles ----
as alice 0 create-vm beside $small --host p9b --fc vios=vios21 --fc vios=vios22
nothing_sent
as alice 0 create-vm broken $small --host p9b --fc vios=vios21 --fc vios=vios22 --compat-mode POWER9 --memory-expansion 1.25
total=$(sent | wc -l)
as alice 0 delete-vm broken --yes
each_time() {
	case $status in
	0) as alice 0 delete-vm broken --yes --force ;;
	*) as alice 66 show-vm broken ;;
	esac
}
every=${HMC_STEP:-15}
each_refused "$total" '0 1 69 73 75' alice create-vm broken $small --host p9b --fc vios=vios21 --fc vios=vios22 --compat-mode POWER9 --memory-expansion 1.25
# One of the last, always: the ports are mapped by then.
echo 'match=.*wwpns.*,nth=1,action=refuse,status=1,stderr=HSCL0000 test: refused' | faults
as alice 1 create-vm broken $small --host p9b --fc vios=vios21 --fc vios=vios22
faults </dev/null
is_as_before 'create-vm refused behind its mappings'
# A delete that a refused command stopped is finished by the next one.
as alice 0 delete-vm beside --yes
world >"$work/before"
as alice 0 create-vm broken $small --host p9b --fc auto --fc auto
nothing_sent
as alice 0 delete-vm broken --yes
total=$(sent | wc -l)
n=0
while [ $n -lt "$total" ]; do
	n=$((n + every))
	as alice 0 create-vm broken $small --host p9b --fc auto --fc auto
	nothing_sent
	echo "match=.*,nth=$n,action=refuse,status=1,stderr=HSCL0000 test: refused" | faults
	request alice delete-vm broken --yes
	faults </dev/null
	[ "$status" = 0 ] || as alice 0 delete-vm broken --yes
	is_as_before "delete-vm, command $n refused"
done

# ---- and on an IVM ----
console=power1
world >"$work/before"
as alice 0 create-vm n3 $small --host power1 --fc auto
says 'Fibre Channel adapter 1 \(fcs[0-9]+\): zone [0-9A-F]{16} and [0-9A-F]{16}'
as alice 0 show-vm n3
says '^ *1 +fcs[0-9] +C050'
is 'mapped' fcs "$(ivm n3 '.vfcs[0].port' | tr -d 0-9)"
as alice 0 delete-vm n3 --yes
is_as_before 'an adapter of an IVM'
as alice 64 create-vm n3 $small --host power1 --fc auto --fc auto
says 'one VIOS'

# ---- modify-vm on an HMC: in the profile, and in the configuration of one that is off ----
console=hmc1
as alice 0 create-vm m1 $small --host p9b
world >"$work/before"
as alice 0 modify-vm m1 --memory-expansion 1.5 --compat-mode POWER9 --availability-priority 60 --remote-restart yes
is 'expansion' '150 150' "$(part m1 '"\(.profiles[0].config.mem_expansion) \(.curr.mem_expansion)"')"
is 'mode' POWER9 "$(part m1 '.profiles[0].config.compat_mode')"
is 'priority and restart' '60 1' "$(part m1 '"\(.avail_priority) \(.srr_capable)"')"
as alice 0 show-vm m1
says 'memory expansion: *1.50'
as alice 0 modify-vm m1 --memory-expansion 1 --compat-mode default --availability-priority 127 --remote-restart no
is_as_before 'features taken back'
as alice 75 modify-vm m1 --proc-pool none1
says 'p9b has no shared processor pool none1'
as alice 0 start-vm m1
as alice 73 modify-vm m1 --memory-expansion 2
says 'say --at-restart'
as alice 0 stop-vm m1 --force
nothing_sent
as alice 0 modify-vm m1 --memory-expansion 2 --compat-mode POWER9 --availability-priority 60 --remote-restart yes
total=$(sent | wc -l)
as alice 0 modify-vm m1 --memory-expansion 1 --compat-mode default --availability-priority 127 --remote-restart no
each_time() { [ "$status" != 0 ] || as alice 0 modify-vm m1 --memory-expansion 1 --compat-mode default --availability-priority 127 --remote-restart no; }
every=${HMC_STEP:-5}
each_refused "$total" '0 1 73 75' alice modify-vm m1 --memory-expansion 2 --compat-mode POWER9 --availability-priority 60 --remote-restart yes
as alice 0 delete-vm m1 --yes

# ---- Active Memory Sharing ----
at_hmc() { ssh -i "$site/etc/keys/hmc1" -p "$(cat "$site/hmc1/port")" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentitiesOnly=yes \
    hscroot@127.0.0.1 "$@" </dev/null; }
as alice 75 create-vm s1 $small --host p9a --shared-memory
says 'p9a cannot do Active Memory Sharing \(capability active_mem_sharing_capable is missing\)'
as alice 75 create-vm s1 $small --host p9b --shared-memory
says 'p9b has no shared memory pool'
as alice 66 show-vm s1
as alice 64 create-vm s1 $small --host power1 --shared-memory
says 'paging device is not confirmed'
as alice 64 create-vm s1 $small --host p9b --memory-weight 3
says 'go with --shared-memory'
at_hmc 'chhwres -r mempool -m p9b -o a -a "pool_mem=4096,paging_storage_vios_names=vios21"' || fail 'no memory pool'
world >"$work/before"
as alice 0 create-vm s1 $small --host p9b --shared-memory --memory-weight 77 --paging-vios vios21
is 'memory' 'shared 77' "$(part s1 '.curr | "\(.mem_mode) \(.mem_weight)"')"
is 'paging VIOS' 1 "$(part s1 .curr.paging_vios1)"
as alice 0 show-vm s1
says 'memory mode: *shared'
as alice 0 start-vm s1
as alice 0 delete-vm s1 --yes --force
is_as_before 'shared memory'
as bob 77 create-vm s2 $small --shared-memory

# ---- the sequences ask by themselves what a system can do, and refuse in the same words ----
options "templates = '$work/templates'"
rm -f "$work"/templates/*/features.conf
world >"$work/before"
for option in '--memory-expansion 2' '--remote-restart yes' '--shared-memory'; do
	as alice 75 create-vm q1 $small --host p9a $option
	says 'p9a cannot do .* \(capability .*_capable is missing\)'
done
as alice 75 create-vm q1 $small --host p9b --compat-mode POWER11
says 'p9b knows no processor compatibility mode POWER11; it has default,'
is_as_before 'a system that cannot'
