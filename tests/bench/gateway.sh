# Part of tests/bench/run: one request, from the gateway's own process to a connection of its own.
compare 'gateway process: version' null 200 "$bin/powerdirector" version -- /bin/true

# Submit over a shared connection (admitted and durable), beside the least that ssh can do over one.
for host in alice plain; do
	ssh -F "$site/ssh_config" -o ControlMaster=yes -o ControlPersist=300 -N -f "$host" </dev/null >/dev/null 2>&1
done
compare 'submit over ControlMaster / ssh true' 1.6 100 \
    ssh -F "$site/ssh_config" alice stop-vm idle --detach -- ssh -F "$site/ssh_config" plain true
compare 'whoami over ControlMaster / ssh true' null 100 \
    ssh -F "$site/ssh_config" alice whoami -- ssh -F "$site/ssh_config" plain true
compare 'list-vms over ControlMaster / ssh true' null 100 \
    ssh -F "$site/ssh_config" alice list-vms -- ssh -F "$site/ssh_config" plain true

# The same with a connection of its own.
compare 'fresh ssh whoami / ssh true' 1.05 40 \
    ssh -F "$site/ssh_config" -o ControlPath=none alice whoami -- ssh -F "$site/ssh_config" -o ControlPath=none plain true
