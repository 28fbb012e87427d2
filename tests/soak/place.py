# SPDX-License-Identifier: ISC
"""The site of a soak: tests/demo/site's sshd, PAM, spool and keys, with more users, and a director and
simulators whose processes belong to the soak, so that it can kill them by their ids and start them again."""
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TENANTS = {"blue": ["alice", "ann", "arno"], "red": ["bob", "bea"], "green": ["carl", "cora"]}
USERS = [u for users in TENANTS.values() for u in users]
PLATFORMS = ["power1", "power2"]

TENANT = """
tenant %s {
	role    = user
	members = { %s }
	quota {
		vms                = 6
		processing-units   = 3.0
		virtual-processors = 9
		memory             = 6G
		disk               = 24G
	}
	user-quota {
		vms                = 4
	}
	images    = { '*' }
	networks  = { office, lab }
	platforms = { '*' }
	pools     = { '*' }
}
"""


class Program:
    """One process of ours that is killed and started again."""

    def __init__(self, place, name, argv, is_up):
        self.place, self.name, self.argv, self.is_up = place, name, argv, is_up
        self.process, self.lock, self.kills = None, threading.RLock(), 0

    def start(self, seconds=60):
        with self.lock:
            if self.process is not None and self.process.poll() is None:
                return True
            with open(self.place.dir / "log" / self.name, "ab") as log:
                self.process = subprocess.Popen(self.argv(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                start_new_session=True)
            end = time.monotonic() + seconds
            while time.monotonic() < end and self.process.poll() is None:
                if self.is_up():
                    return True
                time.sleep(0.02)
            if self.process.poll() is None:
                raise RuntimeError("%s does not start" % self.name)
            return False	# it ended: a full disk, say

    def kill(self, how=signal.SIGKILL):
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                return False
            self.process.send_signal(how)
            self.process.wait(60)
            self.kills += how == signal.SIGKILL
            return True


class Place:
    def __init__(self, directory, binaries):
        self.dir, self.bin = pathlib.Path(directory), pathlib.Path(binaries).resolve()
        self.conf = self.dir / "etc" / "powerdirector.conf"
        self.is_small = False		# spool and state on small file systems of their own

    def site(self, *words):
        subprocess.run([str(SOURCE / "tests/demo/site"), words[0], str(self.dir), *words[1:]], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def up(self):
        world = self.dir.parent / "world.json"
        world.write_text(self.small_world())
        os.environ["SITE_WORLD"] = str(world)
        self.site("up", str(self.bin))
        self.site("stop", "director")
        self.site("stop", "simulator")
        self.add_users()
        if self.is_small:
            self.mount()
        self.director = Program(self, "director", self.director_argv, self.answers)
        self.simulators = {p: self.simulator(p) for p in PLATFORMS}
        for s in self.simulators.values():
            s.start()
            initial = self.dir / s.name / "initial.json"
            initial.write_text((self.dir / s.name / "world.json").read_text())
        self.director.start()

    @staticmethod
    def small_world():
        """The usual machine with images of a few MiB: bytes of images are not what is tested."""
        lines = [l for l in (SOURCE / "tests/simulator/worlds/ivm.json").read_text().splitlines()
                 if not l.lstrip().startswith("//")]
        world = json.loads("\n".join(lines))
        for image in world["images"]:
            image["size"] = "4M"
        return json.dumps(world)

    def add_users(self):
        text = self.conf.read_text()
        text = re.sub(r"\ntenant (blue|red) \{.*?\n\}\n", "", text, flags=re.S)
        for tenant, users in TENANTS.items():
            text = text.replace("\nend = true", TENANT % (tenant, ", ".join(users)) + "\nend = true")
        self.conf.write_text(text)
        with open(self.dir / "sshd/authorized_keys", "a") as keys:
            for user in [u for u in USERS if u not in ("alice", "bob")]:
                key = self.dir / "client" / user
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", user, "-f", str(key)], check=True,
                               stdin=subprocess.DEVNULL)
                keys.write('restrict,command="exec %s -c %s --user %s" %s' %
                           (self.bin / "powerdirector", self.conf, user, key.with_suffix(".pub").read_text()))
                with open(self.dir / "etc/passwords", "a") as passwords:
                    passwords.write("%s:%s-secret:powerdirector\n" % (user, user))
        config = self.dir / "ssh_config"
        config.write_text(config.read_text().replace("Host alice", "Host " + " ".join(USERS) + " alice"))

    # ---- small file systems, in a mount namespace of our own ----

    SIZE_MIB = 1024

    def mount(self):
        for part in ("spool", "state"):
            d, copy = self.dir / part, self.dir / (part + ".copy")
            subprocess.run(["cp", "-a", str(d), str(copy)], check=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm,mode=700" % self.SIZE_MIB, "tmpfs", str(d)], check=True)
            subprocess.run("cp -a %s/. %s && rm -rf %s" % (copy, d, copy), shell=True, check=True)

    def fill(self, part):
        """Full at once: the file system shrinks to what is in it."""
        st = os.statvfs(self.dir / part)
        used = (st.f_blocks - st.f_bfree) * st.f_frsize // 1024
        return self.resize(part, "%dk" % max(used, 4))

    def resize(self, part, size):
        return subprocess.run(["mount", "-o", "remount,size=" + size, str(self.dir / part)], stderr=subprocess.DEVNULL).returncode == 0

    def empty(self, part):
        self.resize(part, "%dm" % self.SIZE_MIB)

    # ---- programs ----

    def director_argv(self):
        return [str(self.bin / "powerdirectord"), "-f", "-c", str(self.conf)]

    def answers(self):
        return subprocess.run([str(self.bin / "powerdirector"), "-c", str(self.conf), "--user", "admin", "list-platforms"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def port(self, platform):
        return (self.dir / platform / "port").read_text().strip()

    def simulator(self, name):
        state = self.dir / name
        state.mkdir(exist_ok=True)

        def argv():
            port = self.port(name) if (state / "port").exists() else "0"
            (state / "port").unlink(missing_ok=True)
            return [str(self.bin / "powerdirector-sim"), "--kind", "ivm", "--listen", "127.0.0.1:" + port,
                    "--world", str(self.dir / "etc/world.json"), "--state", str(state),
                    "--authorized-keys", str(self.dir / "etc/power1-authorized_keys"), "--speed", "400", "--latency", "2"]
        return Program(self, name, argv, lambda: (state / "port").exists() and (state / "port").stat().st_size > 0)

    def faults(self, platform, lines):
        simulator = self.simulators[platform]
        with simulator.lock:
            (self.dir / platform / "faults").write_text("".join(l + "\n" for l in lines))
            if simulator.process.poll() is None:
                simulator.process.send_signal(signal.SIGHUP)

    def processes(self, name):
        """Ids of this site's gateways, or of the director's workers."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open("/proc/%s/stat" % entry) as f:
                    comm, rest = f.read().rsplit(")", 1)
                if comm.split("(", 1)[1] != name[:15]:
                    continue
                if name == "powerdirector-worker":
                    ours = int(rest.split()[1]) == self.director.process.pid
                else:
                    with open("/proc/%s/cmdline" % entry, "rb") as f:
                        ours = str(self.conf).encode() in f.read()
            except (OSError, IndexError):
                continue
            if ours:
                found.append(int(entry))
        return found

    def down(self):
        for program in [getattr(self, "director", None), *getattr(self, "simulators", {}).values()]:
            if program is not None:
                program.kill(signal.SIGTERM)
        self.site("down")
