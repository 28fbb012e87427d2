#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Many users at random verbs while programs are killed, consoles fail and disks fill up; at the end pd-checker looks whether every
promise was kept.

usage: soak.py SECONDS BUILD-DIRECTORY [SEED]

The seed decides what each user and each trouble does, in which order; how they interleave it cannot decide.  With KEEP=DIRECTORY the
site is kept there, with SOAK_WHY the commonest refusals are shown.  As root the spool and the state lie on small file systems of a mount namespace of their own, for the full disks.
Exit status: 0 every promise was kept, 1 not, 77 something that it needs is missing."""
import collections
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from havoc import Faults, FullDisk, Killer	# noqa: E402
from place import Place, PLATFORMS, SOURCE, USERS	# noqa: E402
from users import Administrator, Ledger, User, request	# noqa: E402

IDLE_S = 420		# the longest time limit of a command is 300 s
PATIENCE_S = 40		# at most; then what still waits is cancelled: a VM that was powered off meanwhile is waited for 10 minutes
SETTLE_ROUNDS = 6


def in_namespace():
    """Runs this program again where it can mount; returns when it cannot or already does."""
    if os.environ.get("SOAK_NAMESPACE") or os.getuid() != 0:
        return
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return
    os.environ["SOAK_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])


class Soak:
    def __init__(self, seconds, binaries, seed):
        self.seconds, self.seed, self.work = seconds, seed, pathlib.Path(tempfile.mkdtemp(prefix="pd-soak."))
        (self.work / "san").mkdir()
        os.environ["ASAN_OPTIONS"] = "log_path=%s/san/asan:detect_leaks=1" % self.work
        os.environ["UBSAN_OPTIONS"] = "log_path=%s/san/ubsan:print_stacktrace=1" % self.work
        os.environ["LSAN_OPTIONS"] = "suppressions=%s/tests/lsan.supp:print_suppressions=0" % SOURCE
        self.place = Place(self.work / "site", binaries)
        self.place.is_small = bool(os.environ.get("SOAK_NAMESPACE"))
        self.ledger = Ledger(self.work / "ledger")
        self.violations, self.looks = 0, 0

    def check(self, *options):
        r = subprocess.run([str(self.place.bin / "pd-checker"), "--ledger", str(self.work / "ledger"), *options, str(self.place.dir)],
                           capture_output=True, text=True)
        lines = r.stdout.splitlines()
        self.looks += 1
        if r.returncode != 0:
            for line in [l for l in lines if not l.startswith("checked:")] + r.stderr.splitlines():
                print("VIOLATION: " + line, flush=True)
                self.violations += 1
            if r.returncode not in (1,):
                self.violations += 1
        return lines[-1] if lines else ""

    def violation(self, text):
        print("VIOLATION: " + text, flush=True)
        self.violations += 1

    def run(self):
        place = self.place
        place.up()
        now = time.monotonic()
        until = now + self.seconds
        self.admin = Administrator(place, self.ledger, "admin", self.seed, until)
        self.admin.register()
        self.killer = Killer(place, self.ledger, "killer", self.seed, until, pause_s=1.2)
        self.faults = [Faults(place, self.ledger, p, self.seed, until, pause_s=2.0) for p in PLATFORMS]
        self.full = FullDisk(place, self.ledger, "full", self.seed, until, pause_s=max(5.0, min(40.0, self.seconds / 4)))
        threads = [User(place, self.ledger, u, self.seed, until) for u in USERS] + [self.admin, self.killer] + self.faults
        if place.is_small:
            threads.append(self.full)
        for t in threads:
            t.start()
        while time.monotonic() < until:
            time.sleep(min(20, max(0.1, until - time.monotonic())))
            self.check("--running")
            print("%4d s: %d requests" % (time.monotonic() - now, self.ledger.requests), flush=True)
        for t in threads:
            t.join(300)
            if t.is_alive():
                self.violation("%s has not come back" % t.name)

    # ---- afterwards ----

    def calm(self):
        """No more faults; what hangs is let go by consoles that start anew."""
        for part in ("spool", "state"):
            if self.place.is_small:
                self.place.empty(part)
        for p in PLATFORMS:
            self.place.faults(p, [])
            self.place.simulators[p].kill()
            self.place.simulators[p].start()
        self.place.director.start()

    def is_quiet(self):
        """A gateway whose client was lost goes on with its request; what it has handed in may not be taken in yet."""
        return not self.place.processes("powerdirector") and not any((self.place.dir / "spool/new").iterdir())

    def wait_idle(self):
        end, cancelled = time.monotonic() + IDLE_S, set()
        patience_s = min(PATIENCE_S, max(5, self.seconds / 4))
        while time.monotonic() < end:
            is_quiet = self.is_quiet()	# before it is asked, so that nothing comes in between
            status, answer = request(self.place, self.ledger, "admin", ["list-jobs"])
            if status == 0 and answer.get("value") == [] and is_quiet:
                return True
            if status == 0 and time.monotonic() > end - IDLE_S + patience_s:
                for job in [j["id"] for j in answer["value"] if j["id"] not in cancelled]:
                    request(self.place, self.ledger, "admin", ["cancel-job", job])
                    cancelled.add(job)
            time.sleep(0.5)
        self.violation("after %d s of calm something is not finished: %s" % (IDLE_S, str(answer)[:2000]))
        return False

    def settle(self):
        """Every stuck job is taken up until nothing is broken any more."""
        self.wait_idle()
        for i in range(SETTLE_ROUNDS):
            self.admin.take_up("resume-job" if i % 2 == 0 else "undo-job")
            self.wait_idle()
            broken = [v for v in self.vms() if v["state"] == "broken"]
            if not broken:
                return
        for vm in broken:
            self.violation("VM %s stays broken though its stuck job was taken up %d times" % (vm["name"], SETTLE_ROUNDS))

    def vms(self):
        return self.admin.list("list-vms")

    def orphans(self):
        for p in PLATFORMS:
            status, answer = request(self.place, self.ledger, "admin", ["orphans", "--platform", p])
            if status != 0:
                self.violation("P4: orphans --platform %s: %s %s" % (p, status, answer.get("message")))
            for o in (answer.get("value") or {}).get("orphans") or []:
                self.violation("P4: nothing is stuck, and orphans names %s" % o)

    def delete_all(self):
        for vm in self.vms():
            status, answer = request(self.place, self.ledger, "admin", ["delete-vm", vm["name"], "--yes", "--force"])
            if status != 0:
                self.violation("P4: VM %s cannot be deleted: %s" % (vm["name"], answer.get("message")))
        for p in PLATFORMS:
            d = self.place.dir / p
            jq = [subprocess.run(["jq", "-S", "del(.volatile)", str(d / f)], capture_output=True, text=True).stdout
                  for f in ("initial.json", "world.json")]
            if jq[0] != jq[1]:
                (self.work / (p + ".initial")).write_text(jq[0])
                (self.work / (p + ".world")).write_text(jq[1])
                self.violation("P4: all VMs are deleted and %s is not what it was" % p)
                subprocess.run(["diff", str(self.work / (p + ".initial")), str(self.work / (p + ".world"))])

    def sanitizers(self):
        for report in sorted((self.work / "san").iterdir()):
            text = report.read_text(errors="replace")
            # A process that was killed while its leaks were looked for.
            if text.strip() and not re.fullmatch(r"==\d+==Unable to get registers from thread \d+\.", text.strip()):
                self.violation("%s: %s" % (report.name, text[:3000]))

    def finish(self):
        self.calm()
        self.settle()
        self.check()
        self.orphans()
        self.delete_all()
        self.place.director.kill(signal.SIGTERM)
        summary = self.check()
        verify = subprocess.run([str(self.place.bin / "powerdirectord"), "--verify-history",
                                 str(self.place.dir / "state/powerdirector.db")], capture_output=True, text=True)
        if verify.returncode != 0:
            self.violation("P6: " + verify.stdout + verify.stderr)
        return summary

    def report(self, began, summary):
        db = sqlite3.connect("file:%s?mode=ro" % (self.place.dir / "state/powerdirector.db"), uri=True)
        jobs = collections.defaultdict(dict)
        for verb, state, n in db.execute("SELECT verb, state, count(*) FROM job GROUP BY 1, 2 ORDER BY 1, 2"):
            jobs[verb][state] = n
        db.close()
        kills = self.killer.done
        print(summary)
        print("seed %s, %d s of soak, %d s in all" % (self.seed, self.seconds, time.monotonic() - began))
        print("requests: %d, of them %d without an answer; exit statuses: %s" % (self.ledger.requests, self.ledger.unanswered,
              ", ".join("%s: %d" % (k, n) for k, n in sorted(self.ledger.statuses.items(), key=lambda i: str(i[0])))))
        if os.environ.get("SOAK_WHY"):
            for why, n in self.ledger.why.most_common(40):
                print("%6d %s" % (n, why))
        for verb, states in jobs.items():
            print("jobs: %-18s %s" % (verb, ", ".join("%s %d" % i for i in states.items())))
        print("stuck jobs taken up: %s" % (", ".join("%s: %d" % i for i in sorted(self.admin.taken_up.items())) or "none"))
        print("killed: %s; stopped and reloaded: %d, %d" % (", ".join("%s %d" % (k, kills[k]) for k in
              ("gateway", "director", "worker", "simulator")), kills["director-stop"], kills["reload"]))
        print("faults: %s" % ", ".join("%s %d" % i for i in sorted(sum((f.done for f in self.faults), collections.Counter()).items())))
        print("full disks: %s" % (", ".join("%s %d" % i for i in sorted(self.full.done.items())) if self.place.is_small
                                  else "none, they need root and unshare(1)"))
        for finding in self.ledger.findings:
            print("finding: " + finding)
        print("violations: %d (%d looks)" % (self.violations, self.looks))


def main():
    if len(sys.argv) < 3:
        print(__doc__)
        return 64
    in_namespace()
    began, seed = time.monotonic(), sys.argv[3] if len(sys.argv) > 3 else str(int.from_bytes(os.urandom(4), "big"))
    soak = Soak(int(sys.argv[1]), sys.argv[2], seed)
    print("seed %s, site %s" % (seed, soak.place.dir), flush=True)
    try:
        soak.run()
        summary = soak.finish()
        soak.place.down()
        soak.sanitizers()
        soak.report(began, summary)
    finally:
        soak.place.down()
        is_good = soak.violations == 0 and not soak.ledger.findings and sys.exc_info()[0] is None
        if os.environ.get("KEEP"):
            kept = os.environ["KEEP"]	# the small file systems end with the namespace
            shutil.rmtree(kept, ignore_errors=True)
            subprocess.run(["cp", "-a", str(soak.work), kept])
            print("kept: " + kept)
        if soak.place.is_small:
            subprocess.run(["umount", str(soak.place.dir / "spool"), str(soak.place.dir / "state")], stderr=subprocess.DEVNULL)
        shutil.rmtree(soak.work, ignore_errors=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
