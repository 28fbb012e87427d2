#!/bin/sh
# add-disk, extend-disk, remove-disk: on result, console and quota; kept disks; undone at each failing command.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
quick_sequences

size() { jq -r --arg n "$1" '(.state.vgs[] | {key: .name, value: .pp_mb}) as $v | .state.lvs[] | select(.name == $n and .vg == $v.key) | [.extents[].pps] | add * $v.value' "$site/power1/world.json"; }
mapped() { jq -r '[.state.vhosts[].vtds[] | select(.kind != "optical") | .backing] | sort | join(" ")' "$site/power1/world.json"; }
used() { request alice quota --json; jq -r --arg n "$1" '.value[] | select(.what == $n and .whose == "tenant blue") | .used' "$work/out"; }

world >"$work/plain"
as alice 0 create-vm web1 --memory 512M --disk 1G --json
as alice 0 show-vm web1 --json
tag=$(json '.value.disks[0].bd' | sed 's/_0//')
is 'disk used' 1024 "$(used disk)"

# ---- added, to a VM that runs ----
as alice 64 add-disk web1
as alice 0 add-disk web1 --disk 2G --disk size=1G,pool=rootvg --json
is code OK "$(json .code)"
is 'mapped' "${tag}_0 ${tag}_1 ${tag}_2" "$(mapped)"
is 'size of disk 2' 2048 "$(size "${tag}_1")"
is 'disk used' 4096 "$(used disk)"
as alice 0 show-vm web1
says '^ +3 +1G +rootvg'
as alice 66 add-disk web1 --disk size=1G,pool=nosuch
as alice 77 add-disk web1 --disk 60G
says 'tenant blue may use 40G disk: 4G used, 60G asked for, 24G over'
as bob 66 add-disk web1 --disk 1G

# ---- extended ----
as alice 0 extend-disk web1 --disk 2 --size 3G
says 'disk 2 of web1 has 3G now'
is 'size of disk 2' 3072 "$(size "${tag}_1")"
is 'disk used' 5120 "$(used disk)"
as alice 65 extend-disk web1 --disk 2 --size 2G
says 'cannot shrink'
as alice 66 extend-disk web1 --disk 7 --size 2G
says 'web1 has no disk 7'

# ---- detached: the data stays and counts; attached again; destroyed ----
as alice 73 remove-disk web1 --disk 1
says 'runs from disk 1'
as alice 0 remove-disk web1 --disk 2
says "its data is kept as ${tag}_1"
is 'mapped' "${tag}_0 ${tag}_2" "$(mapped)"
is 'still there' 3072 "$(size "${tag}_1")"
is 'disk used' 5120 "$(used disk)"
as alice 0 show-vm web1
says "${tag}_1"
# A new one does not take the number of one that is kept.
as alice 0 add-disk web1 --disk 1G
says "disk 4, 1G in datavg \(${tag}_3\)"
as alice 66 add-disk web1 --existing "${tag}_9"
as alice 0 add-disk web1 --existing "${tag}_1"
is 'mapped again' "${tag}_0 ${tag}_1 ${tag}_2 ${tag}_3" "$(mapped)"
as alice 64 remove-disk web1 --disk 4 --destroy
as alice 0 remove-disk web1 --disk 4 --destroy --yes
is 'destroyed' '' "$(size "${tag}_3")"
is 'disk used' 5120 "$(used disk)"
as alice 0 remove-disk web1 --disk 2
as alice 64 remove-disk web1 --existing "${tag}_1"
says 'is not attached; --destroy deletes it'
as alice 0 remove-disk web1 --existing "${tag}_1" --destroy --yes
is 'destroyed' '' "$(size "${tag}_1")"
is 'disk used' 2048 "$(used disk)"

# ---- undone at each command that fails ----
nothing_sent
as alice 0 add-disk web1 --disk 1G
n=$(sent | wc -l)
as alice 0 remove-disk web1 --disk 2 --destroy --yes
each_refused "$n" 1 alice add-disk web1 --disk 1G
nothing_sent
as alice 0 remove-disk web1 --disk 3
n=$(sent | wc -l)
as alice 0 add-disk web1 --existing "${tag}_2"
each_refused "$n" 1 alice remove-disk web1 --disk 3
each_refused "$n" 1 alice remove-disk web1 --disk 3 --destroy --yes
each_refused 4 1 alice extend-disk web1 --disk 3 --size 2G
is 'disk used after all that' 2048 "$(used disk)"

# ---- with the VM goes what it keeps ----
as alice 0 remove-disk web1 --disk 3
as alice 0 delete-vm web1 --yes --force
world >"$work/after"
checks=$((checks + 1))
diff "$work/plain" "$work/after" >"$work/out" || fail 'something is left of a deleted VM'
is 'disk used' 0 "$(used disk)"

