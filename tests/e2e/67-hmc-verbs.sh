#!/bin/sh
# The verbs that change a VM, on a Hardware Management Console: the partition and its profile change together, each pair of do and undo
# leaves the systems exactly as before, and so does each command that fails.  Nothing but virtual adapters is changed on a VIOS.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0 SITE_HMC=1
site_up
console=hmc1
# A mapping is the same wherever it stands in the simulator's list.
world() { jq -S 'del(.volatile) | walk(if type == "object" and has("vtds") then .vtds |= sort_by(.lun) else . end)' "$site/hmc1/world.json"; }
hmc() { ssh -n -F "$site/ssh_config" -o HostKeyAlias=hmc1 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    -i "$site/etc/keys/hmc1" -p "$(cat "$site/hmc1/port")" -l hscroot 127.0.0.1 "$@"; }
vios() { hmc "viosvrcmd -m p9a --id 1 -c \"$*\""; }
vios mksp -fb fpool -sp datavg -size 20G >/dev/null
register_hmc
sed -i -e 's/processing-units   = 2\.0/processing-units   = 8.0/' -e 's/processing-units = 1\.0/processing-units = 4.0/' \
    -e 's/disk               = 40G/disk               = 400G/' "$site/etc/powerdirector.conf"
quick_sequences

now() { jq -r --arg n "$1" '.. | objects | select(.name? == $n and has("profiles")) | '"$2" "$site/hmc1/world.json"; }
# The verb and its opposite, then the verb with each of its commands refused.
each() {	# each 'DO words' 'UNDO words'
	undo=$2
	world >"$work/before"
	nothing_sent
	as alice 0 $1
	n=$(sent | wc -l)
	sent >>"$work/all"
	as alice 0 $2
	is_as_before "$1 and $2"
	each_refused "$n" '0 1 66 69 73 75' alice $1
}
each_time() { [ "$status" != 0 ] || as alice 0 $undo; }	# a question that is asked again
every=${HMC_STEP:-5}	# at most 5: the shortest that is tried has five commands

as alice 0 create-vm web1 --image rhel9 --platform hmc1 --cpu 0.2:0.5:1 --procs 1:1:2 --memory 512M:1G:3G --disk 6G --network vlan=10,ip=10.0.10.7/24
as alice 0 create-vm raw1 --platform hmc1 --cpu 0.2 --memory 256M --disk 1G --network name=lab
is 'RMC of web1' active "$(now web1 .rmc_state)"
: >"$work/all"

# ---- networks ----

adapters() { now "$1" '"\([.curr.adapters[] | select(.kind == 2) | "\(.slot):\(.pvid)"] | sort | join(" ")) | \([.profiles[0].config.adapters[] | select(.kind == 2) | "\(.slot):\(.pvid)"] | sort | join(" "))"'; }
as alice 0 add-network web1 --network name=lab,ip=10.0.20.5/24
says 'web1 has adapter 2 on VLAN 20; 10.0.20.5/24 is reserved for it, configure it in the guest'
is 'adapters, now and in the profile' '15:10 16:20 | 15:10 16:20' "$(adapters web1)"
as alice 0 show-vm web1 --json
is 'slot, address and MAC' '16 10.0.20.5 12' "$(json '.value.networks[1] | "\(.slot) \(.ip) \(.mac | length)"')"
mac=$(json '.value.networks[1].mac')
as alice 0 change-network web1 --adapter 2 --network vlan=10,ip=10.0.10.6/24
is 'adapters, now and in the profile' '15:10 16:10 | 15:10 16:10' "$(adapters web1)"
as alice 0 restart-vm web1 --force
is 'adapters after a restart' '15:10 16:10 | 15:10 16:10' "$(adapters web1)"
is 'the address of its slot' "$mac" "$(now web1 '.curr.adapters[] | select(.slot == 16) | .mac')"
as alice 0 remove-network web1 --adapter 2
is 'adapters, now and in the profile' '15:10 | 15:10' "$(adapters web1)"
world >"$work/before"
as alice 73 add-network raw1 --network vlan=10
says 'stop it first'
as alice 73 change-network raw1 --adapter 1 --network vlan=10
as alice 73 remove-network raw1 --adapter 1
is_as_before 'a refused change'
as alice 0 stop-vm raw1 --force
as alice 0 add-network raw1 --network vlan=10
is 'adapters of one that is off' '15:20 16:10 | 15:20 16:10' "$(adapters raw1)"
as alice 0 remove-network raw1 --adapter 2
each 'add-network web1 --network name=lab,ip=10.0.20.9/24' 'remove-network web1 --adapter 2'
as alice 0 add-network web1 --network name=lab,ip=10.0.20.9/24
each 'change-network web1 --adapter 2 --network vlan=10,ip=10.0.10.9/24' 'change-network web1 --adapter 2 --network name=lab,ip=10.0.20.9/24'
each 'remove-network web1 --adapter 2' 'add-network web1 --network name=lab,ip=10.0.20.9/24'
as alice 0 remove-network web1 --adapter 2

# ---- processors and memory ----

# What it runs with, and what its profile has.
sizes() { now "$1" '"\(.curr.mem) \(.curr.units) \(.curr.procs) \(.curr.sharing_mode) \(.curr.uncap_weight) | \(.profiles[0].config | "\(.mem) \(.units) \(.procs) \(.sharing_mode) \(.uncap_weight)")"'; }
nothing_sent
as alice 0 modify-vm web1 --memory 2G --cpu 0.8 --json
is code OK "$(json .code)"
says 'web1 has 0.80 processing units, 1 virtual processor and 2G memory, uncapped with weight 128'
is 'now and in the profile' '2048 80 1 uncap 128 | 2048 80 1 uncap 128' "$(sizes web1)"
is 'more, and only that' '-q 1024 --procunits 0.30' "$(sent '^chhwres -r (mem|proc)' | grep -oE -e '-q [0-9]+|--proc.* [0-9.]+ -w' | sed 's/ -w//' | tr '\n' ' ' | sed 's/ $//')"
as alice 0 restart-vm web1 --force
is 'after a restart' '2048 80 1 uncap 128 | 2048 80 1 uncap 128' "$(sizes web1)"
as alice 0 modify-vm web1 --memory 512M --cpu 0.5 --procs 2 --weight 200
is 'more and less at once' '512 50 2 uncap 200 | 512 50 2 uncap 200' "$(sizes web1)"
as alice 0 modify-vm web1 --cpu 1 --procs 1 --capped
is 'more and less at once' '512 100 1 cap 200 | 512 100 1 cap 200' "$(sizes web1)"
as alice 64 modify-vm web1 --weight 3
as alice 0 modify-vm web1 --uncapped --weight 90 --cpu 0.5
is 'uncapped' '512 50 1 uncap 90 | 512 50 1 uncap 90' "$(sizes web1)"
nothing_sent
as alice 0 modify-vm web1 --memory 512M --cpu 0.5
! sent '^ch' || fail 'nothing had to be changed'
world >"$work/before"
as alice 73 modify-vm web1 --memory 4G
says 'bounds change only while it is stopped'
as alice 73 modify-vm web1 --procs 1:1:4
is_as_before 'a refused change'
each 'modify-vm web1 --memory 2G --cpu 0.9 --procs 2 --capped' 'modify-vm web1 --memory 512M --cpu 0.5 --procs 1 --uncapped --weight 90'
each 'modify-vm web1 --weight 7' 'modify-vm web1 --weight 90'
# The operating system takes a part of it and the console says that it failed: what it took is given back.
partly() {	# partly REGEX words...
	echo "match=$1,nth=1,action=partial" | faults
	shift
	world >"$work/before"
	as alice 1 "$@"
	faults </dev/null
	is_as_before "$*, done in part"
}
partly '^chhwres -r mem' modify-vm web1 --memory 2G
says 'HSCL2931'
partly '^chhwres -r mem' modify-vm web1 --memory 1G --cpu 0.9
partly '^chhwres -r proc' modify-vm web1 --cpu 0.9 --memory 1G
as alice 0 modify-vm web1 --cpu 0.9 --procs 2 --memory 1G
partly '^chhwres -r mem' modify-vm web1 --memory 512M
partly '^chhwres -r proc' modify-vm web1 --cpu 0.2 --procs 1
partly '^chhwres -r proc' modify-vm web1 --cpu 0.5
# The line is lost behind the command: how much it has done is found out, and the rest is done.
echo 'match=^chhwres -r mem,nth=1,action=cut-during' | faults
as alice 0 modify-vm web1 --memory 2G
echo 'match=^chhwres -r proc,nth=1,action=cut-before' | faults
as alice 0 modify-vm web1 --cpu 0.2 --procs 1
faults </dev/null
is 'what was asked for' '2048 20 1 uncap 90 | 2048 20 1 uncap 90' "$(sizes web1)"

# ---- off: the profile, and the configuration with it ----

as alice 0 stop-vm web1 --force
as alice 0 modify-vm web1 --memory 512M:1G:3G --cpu 0.2:0.5:1 --procs 1:1:2 --weight 128
is 'off' '1024 50 1 uncap 128 | 1024 50 1 uncap 128' "$(sizes web1)"
each 'modify-vm web1 --memory 256M:512M:4G --cpu 0.1:0.3:1 --procs 1:2:3 --weight 3' \
    'modify-vm web1 --memory 512M:1G:3G --cpu 0.2:0.5:1 --procs 1:1:2 --weight 128'
as alice 0 start-vm web1
is 'started' '1024 50 1 uncap 128 | 1024 50 1 uncap 128' "$(sizes web1)"

# ---- its operating system does not answer ----

as alice 0 start-vm raw1
as alice 73 modify-vm raw1 --memory 512M
says 'say --at-restart'
as alice 0 modify-vm raw1 --availability-priority 90
says_not 'next start'
is 'priority' 90 "$(now raw1 .avail_priority)"
as alice 0 modify-vm raw1 --availability-priority 127
as alice 0 modify-vm raw1 --memory 512M --cpu 0.3 --at-restart
says 'counts from its next start on'
is 'from the next start on' '256 20 1 uncap 128 | 512 30 1 uncap 128' "$(sizes raw1)"
as alice 0 stop-vm raw1 --force
as alice 0 start-vm raw1
is 'started' '512 30 1 uncap 128 | 512 30 1 uncap 128' "$(sizes raw1)"

# ---- whole processors ----

as alice 0 create-vm own1 --platform hmc1 --image rhel9 --dedicated --procs 1:1:2 --memory 512M --disk 6G --network vlan=10,ip=10.0.10.8/24
as alice 64 modify-vm own1 --cpu 0.5
each 'modify-vm own1 --procs 2' 'modify-vm own1 --procs 1'
as alice 0 modify-vm own1 --procs 2
partly '^chhwres -r proc' modify-vm own1 --procs 1
as alice 0 stop-vm own1 --force
as alice 0 modify-vm own1 --procs 1:2:4 --plan
says 'max_procs=4'
as alice 0 delete-vm own1 --yes

# ---- disks: a logical volume, a file ----

mapped() { vios lsmap -all -field vtd backing -fmt : | tr : '\n' | sed -n "s/.*\($1_[0-9a-z]*\)\$/\1/p" | sort | tr '\n' ' ' | sed 's/ $//'; }
size() { vios lslv "$1" -field pps ppsize -fmt : | awk -F: '{ print $1 * $2 }'; }
as alice 0 show-vm web1 --json
tag=$(json '.value.disks[0].bd' | sed 's/_0//')
as alice 0 add-disk web1 --disk 2G --disk size=1G,pool=fpool --json
is code OK "$(json .code)"
is 'mapped' "${tag}_0 ${tag}_1 ${tag}_2" "$(mapped "$tag")"
is 'size of disk 2' 2048 "$(size "${tag}_1")"
as alice 66 add-disk web1 --disk size=1G,pool=nosuch
as alice 75 add-disk web1 --disk size=25G,pool=fpool
as alice 0 extend-disk web1 --disk 2 --size 3G
says 'disk 2 of web1 has 3G now'
is 'size of disk 2' 3072 "$(size "${tag}_1")"
as alice 0 extend-disk web1 --disk 3 --size 2G
as alice 65 extend-disk web1 --disk 2 --size 2G
as alice 73 remove-disk web1 --disk 1
says 'runs from disk 1'
as alice 0 remove-disk web1 --disk 2
says "its data is kept as ${tag}_1"
is 'mapped' "${tag}_0 ${tag}_2" "$(mapped "$tag")"
is 'still there' 3072 "$(size "${tag}_1")"
as alice 0 add-disk web1 --existing "${tag}_1"
says 'web1 has disk 2'
is 'mapped again' "${tag}_0 ${tag}_1 ${tag}_2" "$(mapped "$tag")"
as alice 0 remove-disk web1 --disk 3
as alice 0 add-disk web1 --existing "${tag}_2"
as alice 0 remove-disk web1 --disk 3 --destroy --yes
as alice 0 remove-disk web1 --disk 2
as alice 0 remove-disk web1 --existing "${tag}_1" --destroy --yes
is 'mapped' "${tag}_0" "$(mapped "$tag")"
each 'add-disk web1 --disk 1G' 'remove-disk web1 --disk 2 --destroy --yes'
each 'add-disk web1 --disk size=1G,pool=fpool' 'remove-disk web1 --disk 2 --destroy --yes'
as alice 0 add-disk web1 --disk 1G --disk size=1G,pool=fpool
each 'remove-disk web1 --disk 2' "add-disk web1 --existing ${tag}_1"
each 'remove-disk web1 --disk 3' "add-disk web1 --existing ${tag}_2"
each_refused 9 '1 69' alice remove-disk web1 --disk 2 --destroy --yes
each_refused 5 '1 69' alice extend-disk web1 --disk 2 --size 2G

# Its VIOS has done it and the console says that it failed: what cannot be taken back is done.
echo 'match=^extendlv,nth=1,action=cut-during' | faults
as alice 0 extend-disk web1 --disk 2 --size 2G
says 'but it is done'
is 'size of disk 2' 2048 "$(size "${tag}_1")"
echo 'match=^rmlv,nth=1,action=cut-after' | faults
as alice 0 remove-disk web1 --disk 2 --destroy --yes
says 'but it is done'
faults </dev/null
as alice 0 drift web1 --fresh
as alice 0 add-disk web1 --disk 1G

# ---- a slot that only a profile holds, for an adapter of another kind: seen before anything is changed ----

next_slot=$(hmc lshwres -r virtualio --rsubtype slot --level lpar -m p9a --filter lpar_ids=1 -F next_avail_virtual_slot)
viosprofile=$(hmc lssyscfg -r lpar -m p9a --filter lpar_ids=1 -F default_profile)
world >"$work/before"
hmc "chsyscfg -r prof -m p9a -i 'name=$viosprofile,lpar_id=1,\"virtual_eth_adapters+=\"\"$next_slot/1/99/3,4/0/0\"\"\"'"
hmc "chsyscfg -r prof -m p9a -i 'name=$tag,lpar_name=web1,virtual_scsi_adapters+=17/client/1//88/0'"
world >"$work/held"
nothing_sent
as alice 73 create-vm web9 --host p9a --memory 512M --disk 1G --no-start
says "slot $next_slot of vios11 is free now, but its profile $viosprofile has an adapter there: have that"
as alice 73 add-network web1 --network name=lab --network name=lab --network name=lab
says 'slot 17 of web1 is taken in its profile by an adapter that was not made here'
is 'changes' 0 "$(sent '^(chhwres|chsyscfg|mksyscfg|rmsyscfg)' | wc -l)"
world | diff - "$work/held" >"$work/out" || fail 'a slot that is held: something was changed'
hmc "chsyscfg -r prof -m p9a -i 'name=$viosprofile,lpar_id=1,\"virtual_eth_adapters-=\"\"$next_slot/1/99/3,4/0/0/ETHERNET0//all/none\"\"\"'"
hmc "chsyscfg -r prof -m p9a -i 'name=$tag,lpar_name=web1,virtual_scsi_adapters-=17/client/1/vios11/88/0'"
is_as_before 'slots that were held'

# ---- media, boot mode, name ----

drives() { vios lsmap -all -field vtd backing -fmt : | tr : '\n' | grep -c "${tag}_iso"; }
boot_mode() { hmc lssyscfg -r prof -m p9a -F lpar_name,boot_mode | sed -n "s/^$1,//p"; }
vios mkvopt -name rhel6.iso -size 8M -ro >/dev/null
as alice 66 detach-iso web1
as alice 66 attach-iso web1 --iso rhel6-more.iso
says 'the media library of vios11 on p9a has no rhel6-more.iso'
# What a VIOS, or the way to it, refuses is told with its name: a library that cannot be read is not an empty one.
for at in lsrep mkvdev; do
	echo "match=viosvrcmd.*$at,from=1,action=refuse,status=1,stderr=HSCL2957 Either there is currently no RMC connection" | faults
	as alice 1 attach-iso web1 --iso rhel6.iso
	says 'vios11( of p9a)?: HSCL2957 Either there is currently no RMC connection'
	faults </dev/null
done
as alice 0 attach-iso web1 --iso rhel6.iso
says 'web1 has rhel6.iso in its optical drive'
is 'its drive' 1 "$(drives)"
as alice 0 detach-iso web1
is 'no drive' 0 "$(drives)"
as alice 0 attach-iso web1 --iso rhel6.iso
echo 'match=^rmvdev,nth=1,action=cut-during' | faults
as alice 0 detach-iso web1
says 'but it is done'
faults </dev/null
is 'no drive' 0 "$(drives)"
each 'attach-iso web1 --iso rhel6.iso' 'detach-iso web1'
as alice 0 attach-iso web1 --iso rhel6.iso
each 'detach-iso web1' 'attach-iso web1 --iso rhel6.iso'
as alice 0 set-boot web1 --mode sms
is 'boot mode' sms "$(boot_mode web1)"
as alice 0 restart-vm web1 --force
is 'it is there' 'Open Firmware' "$(hmc lssyscfg -r lpar -m p9a -F name,state | sed -n 's/^web1,//p')"
each 'set-boot web1 --mode norm' 'set-boot web1 --mode sms'
as alice 0 set-boot web1 --mode norm
as alice 73 rename-vm web1 --to vios11
as alice 0 rename-vm web1 --to shop1
says 'web1 is shop1 now'
as alice 0 restart-vm shop1 --force
as alice 0 modify-vm shop1 --memory 512M
as alice 0 rename-vm shop1 --to web1
each 'rename-vm web1 --to shop1' 'rename-vm shop1 --to web1'

# ---- with the VM goes what it keeps and what it has in its drive ----

as alice 0 remove-disk web1 --disk 2
as alice 0 remove-disk web1 --disk 3
as alice 0 delete-vm web1 --yes --force
as alice 0 delete-vm raw1 --yes --force
is 'what is left on the VIOS' '' "$(vios lsmap -all -fmt : | grep vhost; vios lsvg -lv datavg | grep "$tag"; vios lssp -bd -sp fpool | grep "$tag")"

# ---- whole disks, through both VIOSes of p9b or not at all ----

as admin 0 register-platform hmc1 --kind hmc --address 127.0.0.1 --port "$(cat "$site/hmc1/port")" --key hmc1 \
    --host-key "$(ssh-keygen -lf "$site/hmc1/host_key.pub" | cut -d' ' -f2)" --replace --pools rootvg,datavg,fpool,san
as admin 0 check-platform hmc1
on() { hmc "viosvrcmd -m p9b --id $1 -c \"$2\""; }
whole() { echo "$(on "$1" 'lsmap -all -field vtd backing -fmt :' | tr : '\n' | grep '^hdisk' | sort | tr '\n' ' ')"; }
world >"$work/plain"
as alice 0 create-vm big1 --host p9b --memory 256M --disk size=6G,pool=san --network name=lab --no-start
as alice 0 add-disk big1 --disk size=50G,pool=san
says 'big1 has disk 2, 100G in san'
is 'paths' '2 2' "$(whole 1 | wc -w) $(whole 2 | wc -w)"
as alice 0 show-vm big1 --json
bd=$(json '.value.disks[1].bd')
here=$(whole 1 | tr ' ' '\n' | grep -x "$bd")
is 'on the first VIOS' "$bd" "$here"
as alice 75 add-disk big1 --disk size=500G,pool=san
as alice 73 extend-disk big1 --disk 2 --size 200G
says 'made larger there'
as alice 0 remove-disk big1 --disk 2
is 'paths' '1 1' "$(whole 1 | wc -w) $(whole 2 | wc -w)"
# What is kept is nobody else's: there is one disk more, and then none.
as alice 0 create-vm big2 --host p9b --memory 256M --disk size=60G,pool=san --no-start
as alice 75 create-vm big3 --host p9b --memory 256M --disk size=60G,pool=san --no-start
as alice 0 delete-vm big2 --yes
as alice 0 add-disk big1 --existing "$bd"
is 'paths' '2 2' "$(whole 1 | wc -w) $(whole 2 | wc -w)"
each 'remove-disk big1 --disk 2' "add-disk big1 --existing $bd"
each_refused 15 '1 69' alice remove-disk big1 --disk 2 --destroy --yes
as alice 0 remove-disk big1 --disk 2 --destroy --yes
says 'stays there until it is written over'
each 'add-disk big1 --disk size=50G,pool=san' 'remove-disk big1 --disk 2 --destroy --yes'
# One VIOS is away: nothing is done on the other one.
echo 'match=^viosvrcmd .* --id 2 ,from=1,action=refuse,status=1,stderr=HSCL2957 no RMC' | faults
world >"$work/before"
as alice 1 add-disk big1 --disk size=50G,pool=san
faults </dev/null
is_as_before 'a disk with one path'
as alice 0 add-disk big1 --disk size=50G,pool=san
as alice 0 remove-disk big1 --disk 2
as alice 0 delete-vm big1 --yes --force
world >"$work/after"
checks=$((checks + 1))
diff "$work/plain" "$work/after" >"$work/out" || fail 'something is left of a VM with whole disks'

# P9: of a VIOS's partition only virtual adapters of VMs were ever touched.
is 'other changes of the VIOS' 0 "$(grep -E '^(chhwres|chsyscfg|chsysstate|rmsyscfg|migrlpar|mksyscfg)' "$work/all" |
    grep -E -e '--id 1( |$)|lpar_id=1(,|$)' |
    grep -cvE '^chhwres -r virtualio .* --rsubtype scsi -o [ar] |^chsyscfg -r prof .*virtual_scsi_adapters[+-]=[0-9]+/server/')"
