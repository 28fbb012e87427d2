#!/bin/sh
# P4: orphans names everything that was left, who made it and how to remove it; --clean removes it and closes what was stuck.
# P9: nothing is touched that a VM owns, or that cannot be proven to be of PowerDirector.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
as admin 66 orphans
quick_sequences
register
world >"$work/before"

create() {	# create NAME STATUS
	as alice "$2" create-vm "$1" --image rhel6 --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.7/24
}
job_of() {	# job_of VERB: the newest one's id
	request admin list-jobs --all --json
	jq -r "[.value[] | select(.verb == \"$1\")][0].id" "$work/out"
}
refuse() {	# refuse REGEX...: from now on
	for c; do
		echo "match=$c,from=1,action=refuse,status=1,stderr=0516-000 test: refused"
	done | faults
}
# The start is refused, and everything that would take it back.
stuck() {	# stuck NAME
	refuse 'chsysstate.*-o on' rmsyscfg rmlv rmvdev unloadopt 'rm -f'
	create "$1" 2
	faults </dev/null
	job=$(job_of create-vm)
}
console_is_as_before() {
	world >"$work/after"
	checks=$((checks + 1))
	diff "$work/before" "$work/after" >"$work/out" || fail "$1: something is left"
}
console() {	# a command of the console's own administrator
	ssh -F /dev/null -i "$site/etc/keys/power1" -p "$(cat "$site/power1/port")" -o StrictHostKeyChecking=no -o LogLevel=ERROR \
	    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes padmin@127.0.0.1 "$@" >"$work/console" 2>&1 </dev/null
}
kinds() { json '[.value.orphans[] | .kind] | sort | join(",")'; }

# ---- none ----
as alice 77 orphans
as admin 0 orphans --json
is 'none' 0 "$(json '.value.orphans | length')"
as admin 0 orphans
says 'nothing on power1 that no VM owns'
as admin 64 orphans --clean
says 'needs --yes'
as admin 0 orphans --clean --yes
as admin 66 orphans --platform power9

# ---- a stuck create-vm, beside a VM that is none of anybody's business ----
create web0 0
world >"$work/with-web0"
# web0 has the address: another one
create() { as alice "$2" create-vm "$1" --image rhel6 --memory 512M --disk 6G --disk 1G --network vlan=10,ip=10.0.10.8/24; }
stuck web1
as admin 0 orphans --json
is 'everything is named' 'first-boot medium,logical volume,logical volume,partition' "$(kinds)"
is 'whose' "ours $job web1" "$(json '[.value.orphans[] | .origin + " " + .job + " " + .vm] | unique | join(";")')"
is 'each with its command' 0 "$(json '[.value.orphans[] | select((.command // "") == "")] | length')"
jq -r '.value.orphans[].command' "$work/out" | sort >"$work/commands"
as admin 0 orphans
says '^KIND +NAME'
says "partition +web1 .*rmsyscfg -r lpar --id"
as alice 73 create-vm web1 --memory 512M --disk 1G
as admin 0 orphans --clean --plan
says 'rmsyscfg -r lpar --id <id>'
as admin 0 orphans --clean --yes --json
is 'all removed' 4 "$(json '[.value.orphans[] | select(.removed)] | length')"
clean=$(json .job)
as admin 0 transcript "$clean" --json
jq -r '.value[] | select(.part == "run") | .command' "$work/out" | sort >"$work/sent"
checks=$((checks + 1))
diff "$work/commands" "$work/sent" >"$work/out" || fail 'what was listed is not what was sent'
world >"$work/after"
checks=$((checks + 1))
diff "$work/with-web0" "$work/after" >"$work/out" || fail 'not as it was with web0 alone'
as alice 66 show-vm web1
as alice 1 follow "$job"
says "removed by job $clean"
as admin 73 undo-job "$job"
as alice 0 show-job "$job" --json
is 'the stuck job is closed' failed "$(json .value.state)"
as admin 0 history --job "$job" --json
is 'who closed it' "$clean" "$(json '.value[] | select(.what.by) | .what.by')"
create web1 0		# name, quota and address are free
as alice 0 delete-vm web1 --yes --force

# ---- a stuck delete-vm ----
create web1 0
refuse rmlv
as alice 2 delete-vm web1 --yes --force
faults </dev/null
job=$(job_of delete-vm)
as admin 0 orphans --json
is 'of a stuck delete-vm' 'logical volume,logical volume' "$(kinds)"
refuse rmlv
as admin 1 orphans --clean --yes
says '0 of 2 things on power1 removed'
faults </dev/null
as alice 0 show-vm web1 --json
is 'its row stays' broken "$(json .value.state)"
as admin 0 orphans --clean --yes
as alice 66 show-vm web1
as alice 0 follow "$job"

# ---- a stuck job that left nothing, somebody has cleaned up by hand: its row is what is left ----
stuck web1
id=$(as admin 0 orphans --json; json '.value.orphans[] | select(.kind == "partition") | .id // .command' | grep -oE '[0-9]+$')
tag=$(json '.value.orphans[] | select(.kind == "partition") | .tag')
console "rmsyscfg -r lpar --id $id"
for n in 0 1; do console "ioscli rmlv -f ${tag}_$n"; done
echo "rm -f /var/vio/VMLibrary/config_$tag.iso /home/padmin/config_$tag.*" >"$work/root"
ssh -F /dev/null -i "$site/etc/keys/power1" -p "$(cat "$site/power1/port")" -o StrictHostKeyChecking=no -o LogLevel=ERROR \
    -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes padmin@127.0.0.1 oem_setup_env <"$work/root" >"$work/console" 2>&1
as admin 0 orphans --json
is 'a row of nothing' record "$(kinds)"
as admin 0 orphans --clean --yes
as alice 66 show-vm web1

# ---- P9: our mark on what we have not made ----
console 'ioscli mklv -lv pd0123abcd_0 datavg 1G'
console 'ioscli mklv -lv pdforeign datavg 1G'
console 'mksyscfg -r lpar -i "name=other,profile_name=pd0123abce,lpar_env=aixlinux,min_mem=256,desired_mem=256,max_mem=512,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=1,min_proc_units=0.1,desired_proc_units=0.1,max_proc_units=0.1,sharing_mode=cap"'
world >"$work/foreign"
as admin 0 orphans --json
is 'unknown ones are shown' 'logical volume,partition' "$(kinds)"
is 'as unknown' unknown "$(json '[.value.orphans[].origin] | unique | join(",")')"
as admin 0 orphans --clean --yes
world >"$work/after"
checks=$((checks + 1))
diff "$work/foreign" "$work/after" >"$work/out" || fail 'something that is not ours was touched'

# A disk of ours that somebody has attached to another partition stays; so does the row.
stuck web1
as admin 0 orphans --json
tag=$(json '[.value.orphans[] | select(.kind == "partition" and .origin == "ours") | .tag][0]')
console "rmsyscfg -r lpar --id $(json '[.value.orphans[] | select(.kind == "partition" and .origin == "ours") | .command][0]' | grep -oE '[0-9]+$')"
vhost=$(console 'ioscli lsmap -all -fmt :'; tail -n 1 "$work/console" | cut -d: -f1)
console "ioscli mkvdev -vdev ${tag}_1 -vadapter $vhost"
as admin 1 orphans --clean --yes
says 'is attached to a partition as'
as admin 0 orphans --json
is 'the attached one is left' "${tag}_1" "$(json '[.value.orphans[] | select(.origin == "ours") | .name] | join(",")')"
console "ioscli rmvdev -vtd $(console 'ioscli lsmap -all -field vtd backing -fmt :'; tr : '\n' <"$work/console" | grep -B1 "^${tag}_1\$" | head -n 1)"
as admin 0 orphans --clean --yes
as alice 66 show-vm web1

# ---- a director that ends while it cleans ----
stuck web1
echo 'match=rmlv,from=1,action=delay,ms=1500' | faults
as admin 0 orphans --clean --yes --detach
clean=$(grep -oE '[0-9A-Z]{26}' "$work/out" | head -n 1)
as admin 73 orphans --clean --yes
says 'is cleaning power1 already'
sleep 0.7
as alice 73 delete-vm web1 --yes
says 'is being deleted'
kill -KILL "$(cat "$site/run/director.pid")"
sleep 0.3
site_start director
as admin 0 follow "$clean" --timeout 60
faults </dev/null
as alice 66 show-vm web1

# ---- the console does not answer: what stuck jobs left is known without it ----
stuck web1
site_stop simulator
as admin 69 orphans --json
is 'from the stuck job' "$job" "$(json '[.value.orphans[].job] | unique | join(",")')"
is 'with commands' true "$(json '[.value.orphans[] | (.command // "") != ""] | all')"
site_start simulator
as admin 0 orphans --clean --yes

# ---- the end: as before ----
console 'ioscli rmlv -f pd0123abcd_0'
console 'ioscli rmlv -f pdforeign'
console 'lssyscfg -r lpar -F lpar_id,name'
console "rmsyscfg -r lpar --id $(grep ',other$' "$work/console" | cut -d, -f1)"
as alice 0 delete-vm web0 --yes --force
console_is_as_before 'after everything'
request alice quota --json
is 'usage' 0 "$(json '[.value[].used] | add')"
as admin 0 verify-history
