/* SPDX-License-Identifier: ISC */
/*
 * Which attributes a default line has, in which order, at which level of the console.
 * An attribute that an object has not (huge pages of a VIOS, units of a dedicated partition) is
 * in the list all the same: whoever prints leaves it out.
 *
 * Captured: sys V10, lpar V7 and V8, prof V10, mem and proc V7, io.slot, eth, scsi, serial, fc V11,
 * hmcusr, hmc.net, hmc.remote V8, sriov V11.
 * Unconfirmed: the order of lic, of lpar from V9 on and of sys on other levels than V10 (the sets are
 * known), procpool, mempool, vswitch, vnetwork, slot.slot, nportlogin, lparmigr.
 */
#include <stddef.h>
#include <string.h>

#include "tests/simulator/hmc/order.h"

#define ANY 99

#define SYS \
	"name,type_model,serial_num,ipaddr,sp_type,state,state_detail,detailed_state,sys_time,power_off_policy," \
	"active_lpar_mobility_capable,inactive_lpar_mobility_capable,active_lpar_share_idle_procs_capable," \
	"active_mem_expansion_capable,hardware_active_mem_expansion_capable,active_mem_mirroring_hypervisor_capable," \
	"active_mem_sharing_capable,addr_broadcast_perf_policy_capable,aix_capable,capi_capable,cod_mem_capable," \
	"cod_proc_capable,dynamic_platform_optimization_capable,electronic_err_reporting_capable," \
	"firmware_power_saver_capable,hardware_power_saver_capable,hardware_discovery_capable,huge_page_mem_capable," \
	"lpar_avail_priority_capable,lpar_proc_compat_mode_capable,lpar_remote_restart_capable," \
	"powervm_lpar_simplified_remote_restart_capable,dynamic_simplified_remote_restart_toggle_capable," \
	"powervm_lpar_remote_restart_capable,lpar_suspend_capable,micro_lpar_capable,os400_capable," \
	"5250_application_capable,os400_native_io_capable,redundant_err_path_reporting_capable," \
	"shared_eth_failover_capable,sp_failover_capable,vet_activation_capable,virtual_fc_capable," \
	"virtual_io_server_capable,virtual_switch_capable,vsn_phase2_capable,vsi_on_veth_capable," \
	"assign_5250_cpw_percent,max_lpars,max_power_ctrl_lpars,service_lpar_id,lpar_proc_compat_modes," \
	"curr_sys_keylock,pend_sys_keylock,curr_power_on_side,pend_power_on_side,curr_power_on_speed," \
	"pend_power_on_speed,power_on_type,power_on_option,power_on_lpar_start_policy,pend_power_on_option," \
	"pend_power_on_lpar_start_policy,power_on_method,power_on_attr,sp_boot_attr,sp_boot_major_type," \
	"sp_boot_minor_type,sp_version,mfg_default_config,curr_mfg_default_ipl_source,pend_mfg_default_ipl_source," \
	"curr_mfg_default_boot_mode,pend_mfg_default_boot_mode"
#define SYS_V10 \
	SYS ",max_vtpm_lpars,supported_vtpm_versions,cluster_serial_num,peer_collective_serial_num," \
	"lpar_keystore_min_kbytes,lpar_keystore_max_kbytes,description"

#define LPAR_V7_HEAD \
	"name,lpar_id,lpar_env,state,resource_config,os_version,logical_serial_num,default_profile,curr_profile," \
	"work_group_id,"
#define LPAR_V7_TAIL \
	"allow_perf_collection,power_ctrl_lpar_ids,boot_mode,lpar_keylock,auto_start,redundant_err_path_reporting," \
	"rmc_state,rmc_ipaddr,"
#define LPAR_MODES "time_ref,lpar_avail_priority,desired_lpar_proc_compat_mode,curr_lpar_proc_compat_mode,"
#define LPAR_RESTART "suspend_capable,remote_restart_capable,simplified_remote_restart_capable,remote_restart_status,"
#define LPAR_NEW \
	"msp,os,os_image_date,curr_secure_boot,pend_secure_boot,keystore_kbytes,linux_dynamic_key_secure_boot," \
	"kvm_capable,powervm_mgmt_capable,lpar_placement,virtual_serial_num,vtpm_version,vtpm_encryption," \
	"migr_storage_vios_data_status,migr_storage_vios_data_timestamp,description"

#define PROF_MEM \
	"name,lpar_name,lpar_id,lpar_env,all_resources,min_mem,desired_mem,max_mem,min_num_huge_pages," \
	"desired_num_huge_pages,max_num_huge_pages,mem_mode,"
#define PROF_PROC \
	"proc_mode,min_proc_units,desired_proc_units,max_proc_units,min_procs,desired_procs,max_procs,sharing_mode," \
	"uncap_weight,shared_proc_pool_id,shared_proc_pool_name,affinity_group_id,"
#define PROF_SLOTS \
	"io_slots,lpar_io_pool_ids,max_virtual_slots,virtual_serial_adapters,virtual_scsi_adapters,virtual_eth_adapters,"
#define PROF_POWER \
	"boot_mode,conn_monitoring,auto_start,power_ctrl_lpar_ids,work_group_id,redundant_err_path_reporting,"
#define PROF_V10 \
	PROF_MEM "mem_expansion,hpt_ratio,ppt_ratio," PROF_PROC PROF_SLOTS \
	"virtual_eth_vsi_profiles,virtual_fc_adapters,vnic_adapters,vtpm_adapters," PROF_POWER \
	"virtual_vasi_adapters,lpar_proc_compat_mode,electronic_err_reporting,sriov_eth_logical_ports,sriov_roce_logical_ports"

#define PROC_LPAR(w) \
	w "_shared_proc_pool_id," w "_shared_proc_pool_name," w "_proc_mode," w "_min_proc_units," w "_proc_units," \
	w "_max_proc_units," w "_min_procs," w "_procs," w "_max_procs," w "_sharing_mode," w "_uncap_weight,"

#define UTIL "time,event_type,resource_type,sys_time,"
#define REFCODE "time_stamp,refcode,word2,word3,word4,word5,word6,word7,word8,word9,fru_call_out_loc_codes"

static const struct order {
	const char *kind;
	int from, to; /* levels */
	const char *names;
} orders[] = {
	{ "sys", 0, 9, SYS },
	{ "sys", 10, 10, SYS_V10 },
	{ "sys", 11, ANY, SYS_V10 ",uuid,vpp,aix_update_access_key_exp_date,supported_vtpm_encryptions,"
	    "advanced_hmc_automation_and_monitoring_capable" },
	{ "lpar", 0, 7, LPAR_V7_HEAD "shared_proc_pool_util_auth," LPAR_V7_TAIL "sync_curr_profile" },
	{ "lpar", 8, 9, LPAR_V7_HEAD "shared_proc_pool_util_auth," LPAR_V7_TAIL LPAR_MODES LPAR_RESTART
	    "sync_curr_profile,affinity_group_id,vtpm_enabled" },
	{ "lpar", 10, 10, LPAR_V7_HEAD "shared_proc_pool_util_auth," LPAR_V7_TAIL LPAR_MODES LPAR_RESTART
	    "sync_curr_profile,affinity_group_id,vtpm_enabled," LPAR_NEW },
	{ "lpar", 11, ANY, LPAR_V7_HEAD LPAR_V7_TAIL LPAR_MODES "simplified_remote_restart_capable,"
	    "sync_curr_profile,affinity_group_id,vtpm_enabled," LPAR_NEW },
	{ "prof", 0, 7, PROF_MEM PROF_PROC PROF_SLOTS "virtual_fc_adapters,hca_adapters," PROF_POWER
	    "virtual_vasi_adapters,bsr_arrays,lpar_proc_compat_mode,electronic_err_reporting" },
	{ "prof", 8, 9, PROF_MEM "mem_expansion,hpt_ratio," PROF_PROC PROF_SLOTS
	    "virtual_eth_vsi_profiles,virtual_fc_adapters,vtpm_adapters," PROF_POWER
	    "virtual_vasi_adapters,lpar_proc_compat_mode,electronic_err_reporting,sriov_eth_logical_ports" },
	{ "prof", 10, 10, PROF_V10 },
	{ "prof", 11, ANY, PROF_V10 ",lpar_placement,kvm_reserved_mem_percent" },

	{ "mem.sys", 0, ANY, "configurable_sys_mem,curr_avail_sys_mem,pend_avail_sys_mem,installed_sys_mem,"
	    "deconfig_sys_mem,sys_firmware_mem,mem_region_size,configurable_num_sys_huge_pages,"
	    "curr_avail_num_sys_huge_pages,pend_avail_num_sys_huge_pages,max_num_sys_huge_pages,"
	    "requested_num_sys_huge_pages,huge_page_size,max_mem_pools,default_hpt_ratios,possible_hpt_ratios" },
	{ "mem.lpar", 0, 10, "lpar_name,lpar_id,curr_min_mem,curr_mem,curr_max_mem,curr_mem_expansion,pend_min_mem,"
	    "pend_mem,pend_max_mem,pend_mem_expansion,run_min_mem,run_mem,curr_min_num_huge_pages,"
	    "curr_num_huge_pages,curr_max_num_huge_pages,pend_min_num_huge_pages,pend_num_huge_pages,"
	    "pend_max_num_huge_pages,run_num_huge_pages,mem_mode,curr_hpt_ratio" },
	{ "mem.lpar", 11, ANY, "lpar_name,lpar_id,curr_min_mem,curr_mem,curr_max_mem,curr_mem_expansion,pend_min_mem,"
	    "pend_mem,pend_max_mem,pend_mem_expansion,run_min_mem,run_mem,curr_min_num_huge_pages,"
	    "curr_num_huge_pages,curr_max_num_huge_pages,pend_min_num_huge_pages,pend_num_huge_pages,"
	    "pend_max_num_huge_pages,run_num_huge_pages,mem_mode,curr_hpt_ratio,curr_ppt_ratio,"
	    "curr_hardware_mem_expansion,desired_hardware_mem_expansion,curr_hardware_mem_encryption,"
	    "desired_hardware_mem_encryption,kvm_reserved_mem_percent" },
	{ "proc.sys", 0, ANY, "configurable_sys_proc_units,curr_avail_sys_proc_units,pend_avail_sys_proc_units,"
	    "installed_sys_proc_units,deconfig_sys_proc_units,min_proc_units_per_virtual_proc,"
	    "max_virtual_procs_per_lpar,max_procs_per_lpar,max_curr_virtual_procs_per_aixlinux_lpar,"
	    "max_curr_virtual_procs_per_vios_lpar,max_curr_virtual_procs_per_os400_lpar,"
	    "max_curr_procs_per_aixlinux_lpar,max_curr_procs_per_vios_lpar,max_curr_procs_per_os400_lpar,"
	    "max_shared_proc_pools" },
	{ "proc.lpar", 0, ANY, "lpar_name,lpar_id," PROC_LPAR("curr") PROC_LPAR("pend")
	    "run_proc_units,run_procs,run_uncap_weight" },
	{ "proc.pool", 0, ANY, "configurable_pool_proc_units,curr_avail_pool_proc_units,pend_avail_pool_proc_units" },
	{ "procpool", 0, ANY, "name,shared_proc_pool_id,max_pool_proc_units,curr_reserved_pool_proc_units,"
	    "pend_reserved_pool_proc_units,lpar_ids,lpar_names" },
	{ "mempool", 0, ANY, "curr_pool_mem,curr_avail_pool_mem,curr_max_pool_mem,pend_pool_mem,pend_avail_pool_mem,"
	    "pend_max_pool_mem,sys_firmware_pool_mem,paging_storage_vios_names,paging_storage_vios_ids" },

	{ "io.slot", 0, ANY, "unit_phys_loc,bus_id,phys_loc,drc_index,lpar_name,lpar_id,slot_io_pool_id,description,"
	    "feature_codes,pci_vendor_id,pci_device_id,pci_subs_vendor_id,pci_subs_device_id,pci_class,"
	    "pci_revision_id,bus_grouping,iop,parent_slot_drc_index,drc_name,interposer_present,interposer_pcie,"
	    "lpar_assignment_capable,dynamic_lpar_assignment_capable" },
	{ "eth.lpar", 0, ANY, "lpar_name,lpar_id,slot_num,state,is_required,is_trunk,trunk_priority,ieee_virtual_eth,"
	    "port_vlan_id,vswitch,addl_vlan_ids,mac_addr,allowed_os_mac_addrs,qos_priority" },
	{ "scsi.lpar", 0, ANY, "lpar_name,lpar_id,slot_num,state,is_required,adapter_type,remote_lpar_id,"
	    "remote_lpar_name,remote_slot_num" },
	{ "fc.lpar", 0, ANY, "lpar_name,lpar_id,slot_num,adapter_type,state,is_required,remote_lpar_id,"
	    "remote_lpar_name,remote_slot_num,wwpns" },
	{ "serial.lpar", 0, ANY, "lpar_name,lpar_id,slot_num,state,is_required,connect_status,adapter_type,supports_hmc,"
	    "remote_lpar_id,remote_lpar_name,remote_slot_num" },
	{ "slot.lpar", 0, ANY, "lpar_name,lpar_id,curr_max_virtual_slots,pend_max_virtual_slots,next_avail_virtual_slot" },
	{ "slot.slot", 0, ANY, "slot_num,lpar_name,lpar_id,config,state,is_required,drc_name" },
	{ "vswitch", 0, ANY, "vswitch,switch_mode,allowed_vlan_ids,vnetworks" },
	{ "vnetwork", 0, ANY, "vnetwork,is_tagged,vswitch,vlan_id" },
	{ "vnic", 0, ANY, "lpar_name,lpar_id,slot_num,desired_mode,curr_mode,auto_priority_failover,port_vlan_id,"
	    "pvid_priority,allowed_vlan_ids,mac_addr,allowed_os_mac_addrs,backing_devices,backing_device_states" },
	{ "vnicbkdev", 0, ANY, "lpar_name,lpar_id,slot_num,type,adapter_id,physical_port_id,logical_port_id,capacity,"
	    "desired_capacity,max_capacity,desired_max_capacity,failover_priority,is_active,status" },
	{ "sriov.adapter", 0, ANY, "adapter_id,slot_id,adapter_max_logical_ports,config_state,functional_state,"
	    "logical_ports,phys_loc,phys_ports,sriov_status,alternate_config,custom_max_capacity_capable,"
	    "custom_min_capacity_capable" },
	{ "sriov.physport", 0, ANY, "adapter_id,phys_port_id,phys_port_label,phys_port_sub_label,phys_port_loc,phys_port_type,"
	    "state,config_logical_ports,phys_port_max_logical_ports,supported_max_eth_logical_ports,max_eth_logical_ports,"
	    "curr_eth_logical_ports,max_diag_ports,max_promisc_ports,capabilities,conn_speed,config_conn_speed,"
	    "max_recv_packet_size,config_max_recv_packet_size,recv_flow_control,config_recv_flow_control,trans_flow_control,"
	    "config_trans_flow_control,veb_mode,vepa_mode,priority_flow_control_active,mac_addr,adapter_lldp" },
	{ "sriov.logport", 0, ANY, "adapter_id,logical_port_id,logical_port_type,drc_name,location_code" },
	{ "io.unit", 0, ANY, "unit_phys_loc" },
	{ "io.bus", 0, ANY, "unit_phys_loc,bus_id,backplane_phys_loc,bus_drc_index" },
	{ "io.slotchildren", 0, ANY, "unit_phys_loc,phys_loc,parent,parent_slot_drc_index,lpar_name,lpar_id,description,"
	    "mac_address,wwpn,wwnn,microcode_version" },

	{ "refcode.lpar", 0, ANY, "lpar_name,lpar_id," REFCODE },
	{ "refcode.sys", 0, ANY, "refcode_num," REFCODE },
	{ "lparutil.sys", 0, ANY, UTIL "state,configurable_sys_proc_units,configurable_sys_mem,curr_avail_sys_proc_units,"
	    "curr_avail_5250_cpw_percent,curr_avail_sys_mem,sys_firmware_mem,proc_cycles_per_second" },
	{ "lparutil.lpar", 0, 7, UTIL "time_cycles,lpar_name,lpar_id,curr_proc_mode,curr_proc_units,curr_procs,"
	    "curr_sharing_mode,curr_uncap_weight,curr_shared_proc_pool_name,curr_shared_proc_pool_id,"
	    "curr_5250_cpw_percent,mem_mode,curr_mem,entitled_cycles,capped_cycles,uncapped_cycles,"
	    "shared_cycles_while_active,idle_cycles,run_latch_instructions,run_latch_cycles" },
	{ "lparutil.lpar", 8, ANY, UTIL "time_cycles,lpar_name,lpar_id,curr_proc_mode,curr_proc_units,curr_procs,"
	    "curr_sharing_mode,curr_uncap_weight,curr_shared_proc_pool_name,curr_shared_proc_pool_id,"
	    "curr_5250_cpw_percent,mem_mode,curr_mem,entitled_cycles,capped_cycles,uncapped_cycles,"
	    "shared_cycles_while_active,idle_cycles,total_instructions,total_instructions_execution_time" },
	{ "lparutil.pool", 0, ANY, UTIL "total_pool_cycles,utilized_pool_cycles,time_cycles,configurable_pool_proc_units,"
	    "borrowed_pool_proc_units,curr_avail_pool_proc_units" },
	{ "lparutil.procpool", 0, ANY, UTIL "shared_proc_pool_id,shared_proc_pool_name,total_pool_cycles,"
	    "utilized_pool_cycles,time_cycles" },
	{ "lparutil.mempool", 0, ANY, UTIL "page_faults,page_in_delay,curr_pool_mem,lpar_curr_io_entitled_mem,"
	    "lpar_mapped_io_entitled_mem,lpar_run_mem,sys_firmware_pool_mem" },
	{ "lparutil.change", 0, ANY, "time,event_type,resource_type,state,lpar_name,lpar_id" },
	{ "lparutil.config", 0, ANY, "name,sample_rate" },
	{ "svcevents.console", 0, ANY, "time,userid,pid,name,category,severity,text" },
	{ "svcevents.hardware", 0, ANY, "problem_num,pmh_num,refcode,status,first_time,last_time,sys_name,sys_mtms,"
	    "enclosure_mtms,firmware_fix,text,created_time,reporting_name,reporting_mtms,failing_mtms,analyzing_hmc,"
	    "event_time,files,approval_state,callhome_intended,duplicate_count,event_severity,analyzing_mtms,"
	    "ref_code_extn,sys_refcode,fru_details" },
	{ "led.sys", 0, ANY, "state" },
	{ "led.lpar", 0, ANY, "lpar_id,lpar_name,state" },
	{ "sysconn", 0, ANY, "resource_type,type_model_serial_num,sp,sp_phys_loc,ipaddr,alt_ipaddr,state,"
	    "connection_error_code" },
	{ "lparmigr.lpar", 0, ANY, "name,lpar_id,migration_state,migration_type,dest_sys_name,dest_lpar_id,"
	    "source_msp_name,source_msp_id,dest_msp_name,dest_msp_id,bytes_transmitted,bytes_remaining" },
	{ "lparmigr.sys", 0, ANY, "inactive_lpar_mobility_capable,num_inactive_migrations_supported,"
	    "num_inactive_migrations_in_progress,active_lpar_mobility_capable,num_active_migrations_supported,"
	    "num_active_migrations_in_progress" },
	{ "nportlogin", 0, ANY, "lpar_name,lpar_id,profile_name,slot_num,wwpn,wwpn_status,logged_in,wwpn_status_reason" },
	{ "lic", 0, ANY, "lic_type,management_status,disabled_reason,activated_level,activated_spname,installed_level,"
	    "installed_spname,accepted_level,ecnumber,mtms,deferred_level,platform_ipl_level,curr_level_primary,"
	    "curr_ecnumber_primary,curr_power_on_side_primary,pend_power_on_side_primary" },
	{ "memopt.lpar", 0, ANY, "lpar_name,lpar_id,curr_lpar_score,predicted_lpar_score" },
	{ "memopt.sys", 0, ANY, "curr_sys_score,predicted_sys_score,requested_lpar_ids,protected_lpar_ids" },
	{ "hmcusr", 0, ANY, "name,taskrole,description,pwage,resourcerole,authentication_type,remote_webui_access,"
	    "remote_ssh_access,min_pwage,session_timeout,verify_timeout,idle_timeout,inactivity_expiration,resources,"
	    "password_encryption,disabled" },
	{ "hmc.net", 0, ANY, "hostname,domain,ipaddr,networkmask,gateway,nameserver,domainsuffix,slipipaddr,slipnetmask,"
	    "ipaddrlpar,networkmasklpar,clients,ipv4addr_eth0,ipv4netmask_eth0,ipv4dhcp_eth0,ipv6addr_eth0,ipv6auto_eth0,"
	    "ipv6privacy_eth0,ipv6dhcp_eth0,lparcomm_eth0,jumboframe_eth0,speed_eth0,duplex_eth0,tso_eth0" },
	{ "hmc.remote", 0, ANY, "ssh,sshprotocol,remotewebui,xntp,xntpserver,syslogserver,syslogtcpserver,syslogtlsserver,"
	    "netboot,altdiskboot,ldap,kerberos,kerberos_default_realm,kerberos_realm_kdc,kerberos_clockskew,"
	    "kerberos_ticket_lifetime,kpasswd_admin,trace,kerberos_keyfile_present,legacyhmccomm,sol" },
	{ "hmc.bios", 0, ANY, "bios" },
	{ "hmc.locale", 0, ANY, "locale" },
	{ "hmcfs", 0, ANY, "filesystem,filesystem_size,filesystem_avail,temp_files_start_time,temp_files_size" },
};
#define N_ORDERS (sizeof(orders) / sizeof(orders[0]))

const char *
hmc_order(const char *kind, int level)
{
	for (size_t i = 0; i < N_ORDERS; i++)
		if (strcmp(orders[i].kind, kind) == 0 && orders[i].from <= level && level <= orders[i].to)
			return orders[i].names;
	return NULL;
}

const char *
hmc_order_kind(unsigned i)
{
	return i < N_ORDERS ? orders[i].kind : NULL;
}
