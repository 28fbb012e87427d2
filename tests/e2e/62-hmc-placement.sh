#!/bin/sh
# Where a VM goes on the two systems of an HMC: networks, virtual slots and image files of the VIOSes, and what VMs say of being near or apart, which
# a migration obeys.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=20 SITE_HMC=1 SITE_HMC_WORLD=$work/hmc.json
# p9a's VIOS has slots 0 to 5, of which 3 are free, and no VLAN 20.
sed '0,/"max_virtual_slots": 400/s//"max_virtual_slots": 6/; 0,/"vlans": "10,20"/s//"vlans": "10"/' "$source/tests/simulator/worlds/hmc.json" >"$work/hmc.json"
site_up
console=hmc1
register_hmc
as admin 0 show-image rhel9 --json
is 'VIOSes with the file' 'vios11 vios21 vios22' "$(json '[.value.vioses[].vios] | join(" ")')"
on_hmc() {	# a command of the HMC's own administrator
	ssh -F /dev/null -i "$site/etc/keys/hmc1" -p "$(cat "$site/hmc1/port")" -o StrictHostKeyChecking=no -o LogLevel=ERROR -o UserKnownHostsFile=/dev/null \
	    -o IdentitiesOnly=yes -o ControlMaster=auto -o ControlPersist=60 -o "ControlPath=$work/hmc" hscroot@127.0.0.1 "$@" </dev/null
}
a='9009-42A*13AB001' b='9009-42A*13AB002'
small='--memory 256M --disk 1G --cpu 0.1 --no-start'
system() { request admin show-vm "$1" --json; json .value.system; }

# ---- networks: a trunk adapter of another switch carries nothing for VMs ----

as admin 0 list-systems --fresh
as admin 75 create-vm n $small --network name=lab --host p9a
says 'p9a: no VIOS carries VLAN 20 of network lab: p9b has it'
on_hmc "chhwres -r virtualio -m $a --rsubtype vswitch -o a --vswitch OTHER"
on_hmc "chhwres -r virtualio -m $a --rsubtype eth -o a --id 1 -s 3 -a ieee_virtual_eth=0,port_vlan_id=20,is_trunk=1,trunk_priority=1,vswitch=OTHER"
as admin 0 list-systems --fresh
as admin 75 create-vm n $small --network name=lab --host p9a
as admin 0 create-vm n $small --network name=lab
is 'where its network is' p9b "$(system n)"
as admin 0 delete-vm n --yes

# ---- virtual slots: two are left on p9a; two at once for the last one ----

as admin 0 create-vm s1 $small --host p9a
for vm in s2 s3; do
	ssh -F "$site/ssh_config" admin create-vm $vm $small --host p9a --json </dev/null >"$work/$vm" 2>/dev/null &
	running="${running:-} $!"
done
wait $running
is 'one of them' 'NO_CAPACITY OK' "$(jq -r .code "$work/s2" "$work/s3" | sort | paste -sd ' ')"
as admin 75 create-vm s4 $small --host p9a --json
job=$(json .job)
says 'p9a: no VIOS of the system that has room in pool rootvg has a virtual slot left'
as admin 0 why "$job"
says 'p9a +no'
says 'has a virtual slot left'
as admin 0 create-vm s4 $small
is 'where a slot is' p9b "$(system s4)"
as admin 0 delete-vm s1 --yes
as admin 0 list-systems --fresh
as admin 0 create-vm s1 $small --host p9a
for vm in s1 s4; do as admin 0 delete-vm $vm --yes; done
[ "$(jq -r .code "$work/s2")" = OK ] && vm=s2 || vm=s3
as admin 0 delete-vm $vm --yes
as admin 0 list-systems --fresh

# ---- images: the VIOS through which the first disk goes has the file ----

on_hmc "viosvrcmd -m $a --id 1 -c \"oem_setup_env && mv /home/padmin/images/rhel9/rhel9.0 /home/padmin/images/rhel9/away\""
as admin 73 register-image rhel9 --platform hmc1 --file /home/padmin/images/rhel9/rhel9.0 --os linux
says '\-\-replace'
as admin 0 register-image rhel9 --platform hmc1 --file /home/padmin/images/rhel9/rhel9.0 --os linux --first-boot agent --replace
as admin 75 create-vm i --image rhel9 --memory 256M --host p9a
says "p9a: no VIOS of the system that has room in pool rootvg has the image's file: an administrator copies it there and says so with register-image --replace"
as admin 0 create-vm i --image rhel9 --memory 256M --no-start
is 'where the file is' p9b "$(system i)"
as admin 0 create-vm e $small --host p9a
on_hmc "viosvrcmd -m $a --id 1 -c \"oem_setup_env && mv /home/padmin/images/rhel9/away /home/padmin/images/rhel9/rhel9.0\""
as admin 0 register-image rhel9 --platform hmc1 --file /home/padmin/images/rhel9/rhel9.0 --os linux --first-boot agent --replace
as admin 0 create-vm k --image rhel9 --memory 256M --no-start --host p9a --plan
for vm in i e; do as admin 0 delete-vm $vm --yes; done

# ---- near and apart: a migration obeys, an administrator may say otherwise ----

# A partition whose only disk both systems see, made by hand and adopted.
on_hmc "mksyscfg -r lpar -m $a -i name=web1,profile_name=byhand1,lpar_env=aixlinux,min_mem=256,desired_mem=512,max_mem=1024,proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1,desired_proc_units=0.2,max_proc_units=0.5,sharing_mode=uncap,uncap_weight=128,max_virtual_slots=20"
id=$(on_hmc "lssyscfg -r lpar -m $a -F lpar_id,name" | sed -n 's/,web1$//p')
on_hmc "chsyscfg -r prof -m $a -i \"virtual_scsi_adapters=2/client/1//5/0,name=byhand1,lpar_id=$id\""
on_hmc "chhwres -r virtualio -m $a --rsubtype scsi -o a --id 1 -s 5 -a adapter_type=server,remote_lpar_id=$id,remote_slot_num=2"
profile=$(on_hmc "lssyscfg -r lpar -m $a --filter lpar_ids=1 -F default_profile")
on_hmc "chsyscfg -r prof -m $a -i \"virtual_scsi_adapters+=5/server/$id//2/0,name=$profile,lpar_id=1\""
on_hmc "viosvrcmd -m $a --id 1 -c cfgdev"
vhost=$(on_hmc "viosvrcmd -m $a --id 1 -c \"lsmap -all -fmt :\"" | grep -- '-C5:' | cut -d: -f1)
on_hmc "viosvrcmd -m $a --id 1 -c \"mkvdev -f -vdev hdisk2 -vadapter $vhost\"" >/dev/null
on_hmc "chsyscfg -r lpar -m $a -o apply --id $id -n byhand1"
as admin 0 adopt-vm web1 --platform hmc1 --system p9a --owner alice
as admin 0 create-vm db1 $small --host p9b --apart-from web1
sed -i 's/modify-vm, rename-vm/modify-vm, migrate-vm, rename-vm/' "$site/etc/powerdirector.conf"
options 'jobs-total = 16'
as admin 75 migrate-vm web1
says 'p9b: db1 is to be apart from web1'
as alice 75 migrate-vm web1 --to p9b
says 'p9b: another VM is to be apart from web1'
says_not db1
as alice 77 migrate-vm web1 --to p9b --force
as admin 0 migrate-vm web1 --to p9b --force
is 'moved all the same' p9b "$(system web1)"
as admin 0 show-vm db1
says '^apart from: +web1$'
