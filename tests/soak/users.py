# SPDX-License-Identifier: ISC
"""Users at random verbs over ssh.  Each request becomes one line of the ledger, which pd-checker reads."""
import collections
import json
import random
import re
import subprocess
import threading
import time
import traceback

from place import PLATFORMS

SILENCE_S = 240		# a request that has no answer by then is a finding of its own


class Ledger:
    def __init__(self, file):
        self.file, self.lock = open(file, "a"), threading.Lock()
        self.requests, self.unanswered, self.statuses, self.why = 0, 0, collections.Counter(), collections.Counter()
        self.findings = []

    def add(self, **line):
        with self.lock:
            self.file.write(json.dumps(line, separators=(",", ":")) + "\n")
            self.file.flush()
            self.requests += 1
            self.unanswered += line["exit"] is None
            self.statuses[line["exit"]] += 1

    def finding(self, text):
        with self.lock:
            self.findings.append(text)
        print("FINDING: " + text, flush=True)


def ssh(place, ledger, user, words, stdin=b"", is_shared=True, cut_after=None):
    """One session; (exit status or None, stdout, stderr).  cut_after: ssh is killed after so many seconds."""
    argv = ["ssh", "-F", str(place.dir / "ssh_config"), "-o", "ConnectTimeout=30"]
    argv += ["-o", "ControlMaster=auto", "-o", "ControlPersist=20"] if is_shared else ["-o", "ControlPath=none"]
    client = subprocess.Popen([*argv, user, *words, "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = client.communicate(stdin, timeout=cut_after if cut_after is not None else SILENCE_S)
        status = client.returncode if client.returncode != 255 else None	# 255 is ssh's own word, not ours
    except subprocess.TimeoutExpired:
        if cut_after is None:
            ledger.finding("no answer within %d s: %s: %s" % (SILENCE_S, user, " ".join(words)))
        client.kill()
        out, err = client.communicate()
        status = None
    return status, out, err


def objects(ledger, user, words, status, out, err):
    """The answer's JSON objects, one a line."""
    answers = []
    try:
        for line in out.splitlines():
            answers.append(json.loads(line))
    except ValueError:
        answers.append(None)
    if status is not None and (not answers or None in answers):
        ledger.finding("%s: %s: exit status %d and no JSON: %r %r" % (user, " ".join(words), status, out[-200:], err[-200:]))
    return [a for a in answers if a is not None]


def look(ledger, user, words, status, answer):
    if status not in (0, None):
        ledger.why["%s %s" % (status, re.sub(r"0[0-9A-Z]{25}|[a-z]+-\d|\d+", "N", answer.get("message") or "")[:90])] += 1
    if answer.get("code") == "INTERNAL":
        ledger.finding("%s: %s: %s" % (user, " ".join(words), answer.get("message")))


def request(place, ledger, user, words, once=None, is_shared=True, cut_after=None):
    """One request; (exit status or None, the answer as an object or {})."""
    status, out, err = ssh(place, ledger, user, words + (["--once", once] if once else []), b"", is_shared, cut_after)
    answer = (objects(ledger, user, words, status, out, err) or [{}])[-1]
    job = answer.get("job") or ""
    shown = re.search(rb"(?m)^job ([0-9A-Z]{26})$", err)
    if not job and shown:		# it broke off after it had told the job's id
        job = shown.group(1).decode()
    look(ledger, user, words, status, answer)
    ledger.add(user=user, verb=words[0], once=once, job=job or None, exit=status, detach="--detach" in words)
    return status, answer


def batch(place, ledger, user, lines, words, once, is_shared=True, cut_after=None):
    """Several requests in one: each is a line of the ledger.  Returns the exit status or None."""
    text = "".join(" ".join(line) + "\n" for line in lines).encode()
    status, out, err = ssh(place, ledger, user, words + ["--once", once], text, is_shared, cut_after)
    answers = {a.get("line"): a for a in objects(ledger, user, words, status, out, err)}
    for i, line in enumerate(lines, 1):
        answer = answers.get(i, {})
        look(ledger, user, line, answer.get("exit"), answer)
        # Without its own line it was refused with all others, or not answered.
        ledger.add(user=user, verb=line[0], once="%s.%d" % (once, i), job=answer.get("job") or None,
                   exit=answer.get("exit", status), detach="--detach" in words or i not in answers)
    return status


class Thread(threading.Thread):
    """Calls one() until it is time; its own death is a finding."""

    def __init__(self, place, ledger, name, seed, until):
        super().__init__(name=name, daemon=True)
        self.place, self.ledger, self.until = place, ledger, until
        self.random = random.Random("%s %s" % (seed, name))

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.one()
        except Exception:
            self.ledger.finding("%s: %s" % (self.name, traceback.format_exc()))


class User(Thread):
    def __init__(self, *args):
        super().__init__(*args)
        self.jobs, self.keys, self.has = collections.deque(maxlen=8), 0, set()

    def vm(self, is_new=False):
        """Mostly one that fits, as far as the user knows."""
        names = ["%s-%d" % (self.name, i) for i in range(4)]
        fitting = [n for n in names if (n in self.has) != is_new]
        return self.random.choice(fitting if fitting and self.random.random() < 0.85 else names)

    def create(self):
        r = self.random
        words = ["create-vm", self.vm(True), "--platform", r.choice(PLATFORMS), "--memory", r.choice(["512M", "1G", "2G"]),
                 "--cpu", r.choice(["0.1", "0.5", "1"])]
        if r.random() < 0.6:
            words += ["--image", r.choice(["rhel6", "aix71"])]
            words += r.choice([[], ["--until", "running"], ["--no-start"]])
        else:
            words += ["--disk", r.choice(["1G", "2G", "size=1G,pool=rootvg", "size=512M,pool=fpool"])]
        if r.random() < 0.3:
            words += ["--disk", r.choice(["1G", "size=1G,pool=fpool"])]
        for net in r.sample(["office", "lab"], r.choice([0, 1, 1, 2])):
            address = "10.0.%d.%d/24" % (10 if net == "office" else 20, r.randrange(5, 40))
            words += ["--network", "name=%s" % net + (",ip=" + address if r.random() < 0.8 else "")]
        return words

    def words(self):
        r = self.random
        verb = r.choices(["create-vm", "delete-vm", "start-vm", "stop-vm", "restart-vm", "plan", "list-vms", "show-vm", "list-jobs",
                          "show-job", "follow", "cancel-job", "history", "quota", "whoami", "wrong"],
                         [30, 18, 8, 8, 6, 3, 3, 3, 2, 3, 6, 8, 2, 2, 1, 1])[0]
        job = r.choice(self.jobs) if self.jobs else "01M7YV996BHFTA7S8WQEYD6DQK"
        if verb in ("create-vm", "plan"):
            return self.create() + (["--plan"] if verb == "plan" else [])
        if verb == "delete-vm":
            return [verb, self.vm(), "--yes"] + (["--force"] if r.random() < 0.7 else [])
        if verb in ("stop-vm", "restart-vm"):
            return [verb, self.vm()] + (["--force"] if r.random() < 0.7 else ["--limit", "5s"])
        if verb in ("start-vm", "show-vm"):
            return [verb, self.vm()]
        if verb in ("show-job", "cancel-job"):
            return [verb, job]
        if verb == "follow":
            return [verb, job, "--timeout", "%ds" % r.choice([0, 2, 20])]
        if verb == "list-jobs":
            return [verb, "--all"]
        if verb == "wrong":
            return ["create-vm", "--memory", "lots"]
        return [verb]

    def some(self):
        """A batch of two to six."""
        r, lines = self.random, []
        while len(lines) < r.choice([2, 3, 6]):
            words = self.words()
            if words[0].endswith("-vm") and words[0] != "show-vm" and "--plan" not in words:
                lines.append(words)
        self.keys += 1
        words = ["batch", "--detach"] if r.random() < 0.4 else ["batch", "--timeout", "%ds" % r.choice([1, 10, 30])]
        for cut in (r.random() * 0.4 if r.random() < 0.25 else None, None, None):
            status = batch(self.place, self.ledger, self.name, lines, words, "%s:%d" % (self.name, self.keys), r.random() < 0.7, cut)
            if status is not None:
                break
        for line in lines:
            self.remember(status, line)

    def one(self):
        r, words = self.random, self.words()
        time.sleep(r.random() * 0.4)
        if r.random() < 0.06:
            self.some()
            return
        is_change = words[0].endswith("-vm") and words[0] != "show-vm"
        once, cut = None, None
        if is_change and "--plan" not in words:
            if r.random() < 0.5:
                self.keys += 1
                once = "%s:%d" % (self.name, self.keys)
            words += ["--detach"] if r.random() < 0.4 else ["--timeout", "%ds" % r.choice([1, 10, 30])]
        if r.random() < 0.25:
            cut = r.random() * r.choice([0.15, 0.4, 2])
        status, answer = self.send(words, once, cut)
        # Who got no answer asks again with the same key, as the manual says.
        for _ in range(3):
            if once is None or status is not None or time.monotonic() > self.until:
                break
            time.sleep(r.random())
            status, answer = self.send(words, once, None)

    def send(self, words, once, cut):
        status, answer = request(self.place, self.ledger, self.name, words, once, self.random.random() < 0.7, cut)
        if answer.get("job"):
            self.jobs.append(answer["job"])
        self.remember(status, words)
        return status, answer

    def remember(self, status, words):
        if status in (None, 0, 75) and words[0] == "create-vm" and "--plan" not in words:
            self.has.add(words[1])
        if status in (None, 0, 66, 75) and words[0] == "delete-vm":
            self.has.discard(words[1])


class Administrator(Thread):
    """Takes up stuck jobs now and then, as a person would."""

    def __init__(self, *args):
        super().__init__(*args)
        self.taken_up = collections.Counter()

    def ask(self, *words):
        return request(self.place, self.ledger, "admin", list(words))

    def register(self):
        for platform in PLATFORMS:
            key = subprocess.run(["ssh-keygen", "-lf", str(self.place.dir / platform / "host_key.pub")], capture_output=True,
                                 text=True, check=True).stdout.split()[1]
            self.must("register-platform", platform, "--kind", "ivm", "--address", "127.0.0.1", "--port", self.place.port(platform),
                      "--key", "power1", "--host-key", key, "--pools", "datavg,rootvg,fpool")
            for image, system in (("rhel6", "linux"), ("aix71", "aix")):
                self.must("register-image", image, "--platform", platform, "--file", "/home/padmin/images/%s/%s.0" % (image, image),
                          "--os", system, "--first-boot", "agent")

    def must(self, *words):
        status, answer = self.ask(*words)
        if status != 0:
            raise RuntimeError("%s: %s %s" % (" ".join(words), status, answer.get("message")))
        return answer

    def one(self):
        time.sleep(self.random.random() * 6)
        self.take_up(self.random.choice(["resume-job", "undo-job"]))
        self.ask(self.random.choice(["list-vms", "list-platforms", "verify-history", "history", "list-jobs"]))
        platform = self.random.choice(PLATFORMS)
        words = self.random.choice([[], [], ["check-platform", platform], ["orphans", "--platform", platform],
                                    ["orphans", "--platform", platform, "--clean", "--yes"]])
        if words:
            self.ask(*words)

    def list(self, *words):
        value = self.ask(*words)[1].get("value")
        return value if isinstance(value, list) else []		# a refusal may have a value of its own

    def take_up(self, how):
        """Every stuck job of a broken VM."""
        stuck = []
        for vm in self.list("list-vms"):
            if vm["state"] == "broken":
                stuck += [j for j in self.list("list-jobs", "--all", "--vm", vm["name"], "--limit", "1000") if j["state"] == "stuck"]
        for job in stuck:
            status, answer = self.ask(how, job["id"])
            if status == 73 and "cannot be undone" in (answer.get("message") or ""):
                status, answer = self.ask("resume-job", job["id"])
            self.taken_up["%s %s" % (how, answer.get("code"))] += 1
