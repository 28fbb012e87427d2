#!/bin/sh
# The worker as a process: started by hand, started hostile, and how it ends.
. "$(dirname "$0")/lib.sh"
worker=$bin/powerdirector-worker

started() {	# started STATUS words...: by hand, with these words
	expected=$1
	shift
	"$worker" "$@" >"$work/out" 2>"$work/err" 3>&-
	is "powerdirector-worker $*" "$expected" $?
}

started 64
says 'started by powerdirectord'
started 64 --frobnicate
started 64 --version twice
started 0 --version
says '^powerdirector-worker [0-9]+\.[0-9]+'
started 0 --help
says 'usage:'
"$worker" --version >/dev/full 2>"$work/err"
is 'a version that cannot be written' 1 $?
"$worker" <&- >&- 2>&- 3>&-
is 'started with everything closed' 64 $?
"$worker" 3</dev/null 2>"$work/err"
is 'descriptor 3 is not a socket' 64 $?

# As the director starts it, but with a hostile inheritance; then what the kernel shows of it.
python3 - "$worker" <<'PYTHON' >"$work/out" 2>"$work/err"
import os, resource, select, signal, socket, struct, subprocess, sys, time

worker = sys.argv[1]

def start(argv0="powerdirector-worker"):
    ours, theirs = socket.socketpair()
    def hostile():
        os.dup2(theirs.fileno(), 3)
        for fd in range(10, 20):
            os.dup2(2, fd)
        for s in (signal.SIGPIPE, signal.SIGTERM, signal.SIGUSR1):
            signal.signal(s, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
        os.umask(0)
    p = subprocess.Popen([argv0], executable=worker, preexec_fn=hostile, close_fds=False,
                         env={"LD_DEBUG": "none", "HOME": "/nonexistent", "IFS": "x"})
    theirs.close()
    return ours, p

def wait_idle(pid):     # until it sleeps in its wait for an order: the mask lets SIGTERM through only there
    for _ in range(1000):
        with open("/proc/%d/status" % pid) as f:
            lines = f.read()
        blocked = [l for l in lines.splitlines() if l.startswith("SigBlk")][0]
        if "State:\tS" in lines and int(blocked.split()[1], 16) == 0:
            return lines
        time.sleep(0.01)
    return lines

def ends(p):
    return p.wait(timeout=20)

s, p = start()
status = wait_idle(p.pid)
try:
    print("descriptors", sorted(int(f) for f in os.listdir("/proc/%d/fd" % p.pid)))
    print("directory", os.readlink("/proc/%d/cwd" % p.pid))
except PermissionError:
    if os.getuid() == 0:
        raise
    print("descriptors and directory: not even for its own account")     # as nobody may trace it
print("umask", [l.split()[1] for l in status.splitlines() if l.startswith("Umask")][0])
print("core", resource.prlimit(p.pid, resource.RLIMIT_CORE))
s.close()
print("socket closed", ends(p))

s, p = start()
wait_idle(p.pid)
p.send_signal(signal.SIGINT)
p.send_signal(signal.SIGHUP)
p.send_signal(signal.SIGTERM)
print("terminated", ends(p))

s, p = start()
s.sendall(struct.pack(">I", 5) + b"dance")
print("no order", ends(p))

s, p = start()
s.sendall(struct.pack(">I", 0xffffffff))
print("endless order", ends(p))

s, p = start()
s.sendall(b"\0\0")
s.close()
print("half an order", ends(p))
PYTHON
is 'the hostile starts' 0 $?
if [ "$(id -u)" = 0 ] || ! grep -q 'not even for its own account' "$work/out"; then
	says '^descriptors \[0, 1, 2, 3\]$'
	says '^directory /$'
fi
says '^umask 0077$'
says '^core \(0, 0\)$'
says '^socket closed 0$'
says '^terminated -15$'
says '^no order 70$'
says '^endless order 70$'
says '^half an order 70$'
