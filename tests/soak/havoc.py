# SPDX-License-Identifier: ISC
"""What goes wrong: programs are killed, consoles fail, disks fill up."""
import collections
import os
import signal
import time

from place import PLATFORMS
from users import Thread

COMMANDS = ["mksyscfg", "mklv", "mkbdsp", "mkvdev", "chsyscfg", "chsysstate.*-o on", "chsysstate.*shutdown", "dd ", "loadopt",
            "unloadopt", "rmvdev", "rmlv", "rmbdsp", "rmsyscfg", "rm -f", "lsmap", "lssyscfg", "lshwres", "mkisofs", "ioscli", "."]
ACTIONS = ["refuse", "delay", "cut-before", "cut-during", "cut-after", "garble", "hang", "flood"]


class Havoc(Thread):
    def __init__(self, *args, pause_s):
        super().__init__(*args)
        self.pause_s, self.done = pause_s, collections.Counter()

    def one(self):
        time.sleep(self.pause_s * (0.3 + 1.4 * self.random.random()))
        if time.monotonic() < self.until:
            self.strike()


class Killer(Havoc):
    def strike(self):
        r = self.random
        what = r.choices(["gateway", "director", "worker", "simulator", "director-stop", "reload"], [30, 18, 30, 12, 6, 4])[0]
        director = self.place.director
        if what in ("gateway", "worker"):
            victims = self.place.processes("powerdirector" if what == "gateway" else "powerdirector-worker")
            if not victims:
                return
            try:
                os.kill(r.choice(victims), signal.SIGKILL)
            except ProcessLookupError:
                return
        elif what == "reload":
            with director.lock:
                if director.process.poll() is None:
                    director.process.send_signal(signal.SIGHUP)
        else:
            program = self.place.simulators[r.choice(PLATFORMS)] if what == "simulator" else director
            if not program.kill(signal.SIGTERM if what == "director-stop" else signal.SIGKILL):
                return
            time.sleep(r.choice([0, 0, 0.5, 2]))
            self.again(program)
        self.done[what] += 1

    def again(self, program):
        while not program.start():	# with a full disk it may end at once
            time.sleep(0.5)


class Faults(Havoc):
    """Of the platform whose name it has."""

    def strike(self):
        r, lines = self.random, []
        for _ in range(r.choice([1, 1, 2, 3])):
            action = r.choice(ACTIONS)
            line = "match=%s,%s=%d,action=%s" % (r.choice(COMMANDS), r.choice(["nth", "times", "from"]), r.choice([1, 1, 2, 3]), action)
            if action == "delay":
                line += ",ms=%d" % r.choice([200, 1000, 4000])
            if action == "refuse":
                line += ",status=1,stderr=" + r.choice(["0516-404 test: refused", "HSCL0001 test: refused", "0514-516 test: ODM is busy"])
            lines.append(line)
            self.done[action] += 1
        self.place.faults(self.name, lines)
        time.sleep(r.random() * 8)
        self.place.faults(self.name, [])


class FullDisk(Havoc):
    def strike(self):
        part = self.random.choice(["spool", "state"])
        if not self.place.fill(part):
            return
        self.done[part] += 1
        time.sleep(0.2 + self.random.random() * 4)
        self.place.empty(part)
