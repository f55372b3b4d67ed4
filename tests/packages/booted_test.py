"""The packages under systemd itself, as process 1 of a clean Debian 12: docs/operations.md as it is typed, restarts and an
upgrade without a lost question, crashes, the milter's unit, the sandboxes, a reboot. Run by scripts/packages-test.sh."""

import collections
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import dns.exception

from clean_debian import ENVIRONMENT, Machine, in_memory, leave_the_network
from machine_test import CLEAN_DEBIAN, CONFIG, commands_of_page, deb, records, repacked
from world import ask_address, rcode, txt_strings, wait_until

BOOT = Path(__file__).with_name("boot.sh")
MOST_EXPOSED = 3.0  # of systemd-analyze security
RUNNING = ("custdkim", "custdkim-milter", "pdns")
UNITS = ("custdkim.service", "custdkim-milter.service")


class Booted:
    """A machine that is on."""

    def __init__(self, machine):
        self.machine = machine
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([BOOT, machine.root], stdout=self.log, stderr=self.log)
        self.first = wait_until(self.first_process, "the machine boots")
        wait_until(lambda: self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"),
                   "the machine is up")

    def first_process(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            told = self.log.read()
            self.log.close()
            raise unittest.SkipTest(told) if self.process.returncode == 77 else AssertionError(told)
        under = children(self.process.pid)
        below = [pid for one in under for pid in children(one)]
        return below and name_of(below[0]) == "systemd" and below[0]

    def run(self, *words, text=""):
        enter = ["nsenter", "--target", str(self.first), "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--wdns=/root"]
        return subprocess.run([*enter, *words], env=ENVIRONMENT, capture_output=True, text=True, input=text)

    def must(self, *words, text=""):
        done = self.run(*words, text=text)
        if done.returncode != 0:
            journal = self.run("journalctl", "--no-pager", "--output=cat", "--lines=30").stdout
            raise AssertionError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}\n{journal}")
        return done.stdout

    def show(self, unit, what):
        return self.must("systemctl", "show", "--property", what, "--value", unit).strip()

    def key(self, *words):
        return json.loads(self.must("custdkim", "key", *words, "--json", "--token-file", "/etc/custdkim/token"))

    def switch_off(self):
        self.run("systemctl", "poweroff")
        self.process.wait(timeout=120)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def name_of(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Questions:
    """Somebody who asks PowerDNS, for names that no cache has, until the end of the context."""

    def __enter__(self):
        self.answers, self.is_over = [], False
        self.asking = threading.Thread(target=self.ask)
        self.asking.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.asking.join()

    def ask(self):
        while not self.is_over:
            name = f"q{len(self.answers)}-{os.urandom(4).hex()}.custdkim.example.net"
            try:
                self.answers.append(rcode(ask_address(53, name)))
            except dns.exception.Timeout:
                self.answers.append("none")

    def wait_for_more(self):
        count = len(self.answers)
        wait_until(lambda: len(self.answers) > count + 2, "questions are answered")


class BootedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        memory = in_memory(cls.addClassCleanup, "custdkim-booted-")
        machine = Machine.unpack(CLEAN_DEBIAN, memory / "root")
        machine.apt("update")
        machine.apt("install", "systemd", "systemd-sysv")
        file = machine.bring(deb("custdkim"))
        machine.apt("install", "--install-recommends", "--download-only", file, "pdns-server", "pdns-backend-remote")
        newer = memory / "newer"
        newer.mkdir()
        shutil.copy(repacked(deb("custdkim"), "99.0", newer), machine.file("/root"))
        machine.file("/usr/sbin/policy-rc.d").unlink()  # packages start what they start
        # It would ask on the network whether it is up to date.
        machine.file("/etc/powerdns/pdns.d").mkdir(parents=True)
        machine.file("/etc/powerdns/pdns.d/no-poll.conf").write_text("security-poll-suffix=\n")
        leave_the_network()
        cls.machine = machine
        cls.booted = Booted(machine)
        cls.addClassCleanup(lambda: cls.booted.close())
        cls.follow_the_page()

    @classmethod
    def follow_the_page(cls):
        for command in commands_of_page("## Installing, with PowerDNS"):
            if command.startswith("runuser"):
                config = cls.machine.file(CONFIG)
                config.write_text(config.read_text().replace("hostmaster.example.net", "dns-team.example.net"))
            cls.booted.must("bash", "-c", command, text="y\n")
        cls.acme = cls.booted.key("create", "acme.example", "--type", "ed25519")
        cls.booted.must("custdkim", "token", "create", "mail1", "--scope", "sign", "--output", "/etc/custdkim/milter.token",
                        "--token-file", "/etc/custdkim/token")
        cls.booted.must("systemctl", "enable", "--now", "custdkim-milter")

    def setUp(self):
        """Each starts with a service that answers."""
        self.assertEqual(self.booted.show("custdkim", "ActiveState"), "active")
        self.check_acme()

    def check_acme(self):
        for name, txt in records(self.acme).items():
            answer = wait_until(lambda n=name: self.answer(n), "PowerDNS has an answer")
            self.assertEqual(b"".join(txt_strings(answer, name)).decode(), txt)

    def answer(self, name):
        try:
            answer = ask_address(53, name)
        except (dns.exception.Timeout, OSError):
            return None
        return answer if rcode(answer) == "NOERROR" else None

    def test_sandboxes(self):
        """systemd-analyze has nothing to say against the units, and finds them hardly exposed"""
        complaints = self.booted.run("systemd-analyze", "verify", "--man=no", *UNITS, "custdkim.socket").stderr
        self.assertEqual([line for line in complaints.splitlines() if "custdkim" in line], [])
        for unit in UNITS:
            told = self.booted.must("systemd-analyze", "security", "--no-pager", unit)
            exposure = float(re.search(r"Overall exposure level for .*: ([0-9.]+) ", told).group(1))
            print(f"{unit}: exposure {exposure}", flush=True)
            self.assertLessEqual(exposure, MOST_EXPOSED)

    def check_all_answered(self, questions):
        if set(questions.answers) != {"NXDOMAIN"}:
            journal = self.booted.must("journalctl", "--output=short-precise", "--no-pager", "--lines=60")
            self.fail(f"{collections.Counter(questions.answers)}\n{journal}")

    def test_restarts(self):
        """Restarts lose no question, and PowerDNS keeps its connections"""
        with Questions() as questions:
            for _ in range(3):
                questions.wait_for_more()
                self.booted.must("systemctl", "restart", "custdkim")
            questions.wait_for_more()
        self.check_all_answered(questions)
        self.assertIn("connections of PowerDNS taken over", self.booted.must("journalctl", "--unit=custdkim", "--output=cat"))

    def test_reload(self):
        """systemctl reload has zone files read again, and ends nothing"""
        process = self.booted.show("custdkim", "MainPID")
        self.booted.must("systemctl", "reload", "custdkim")
        wait_until(lambda: "read again" in self.booted.must("journalctl", "--unit=custdkim", "--output=cat"), "it is told")
        self.assertEqual(self.booted.show("custdkim", "MainPID"), process)

    def test_upgrade(self):
        """apt upgrades beneath PowerDNS without a lost question, also where the milter runs, which takes its time to end"""
        with Questions() as questions:
            questions.wait_for_more()
            self.booted.must("apt-get", "install", "--yes", "--quiet", "/root/custdkim_99.0_amd64.deb")
            questions.wait_for_more()
        self.check_all_answered(questions)
        self.assertEqual(self.booted.must("dpkg-query", "--show", "--showformat=${Version}", "custdkim"), "99.0")

    def test_crash(self):
        """A custdkim that was killed is started again, by itself"""
        starts = int(self.booted.show("custdkim", "NRestarts"))
        self.booted.must("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "custdkim")
        wait_until(lambda: int(self.booted.show("custdkim", "NRestarts")) > starts
                   and self.booted.show("custdkim", "ActiveState") == "active", "it is back")
        self.check_acme()

    def test_wrong_configuration(self):
        """What somebody has to mend is not tried again, and the reason is in the journal"""
        config = self.machine.file(CONFIG)
        good = config.read_text()
        config.write_text(good + "wrong = 1\n")
        self.assertNotEqual(self.booted.run("systemctl", "restart", "custdkim").returncode, 0)
        self.assertEqual([self.booted.show("custdkim", what) for what in ("ActiveState", "ExecMainStatus")], ["failed", "2"])
        self.assertIn("there is no option 'wrong'", self.booted.must("journalctl", "--unit=custdkim", "--output=cat"))
        config.write_text(good)
        self.booted.must("systemctl", "restart", "custdkim")
        self.check_acme()

    def test_milter(self):
        """The milter's unit runs with a token that only it may read, and ends when told"""
        self.assertEqual(self.booted.show("custdkim-milter", "StatusText"), "Listening")
        self.booted.must("systemctl", "stop", "custdkim-milter")
        self.assertEqual(self.booted.show("custdkim-milter", "Result"), "success")
        self.booted.must("systemctl", "start", "custdkim-milter")

    def test_reboot(self):
        """After a reboot everything is there, in the order that PowerDNS needs"""
        self.booted.switch_off()
        self.booted.close()
        type(self).booted = Booted(self.machine)
        self.assertEqual([self.booted.show(unit, "ActiveState") for unit in RUNNING], ["active"] * 3)
        self.assertEqual([self.booted.show(unit, "NRestarts") for unit in RUNNING], ["0"] * 3)
        self.check_acme()


if __name__ == "__main__":
    unittest.main()
