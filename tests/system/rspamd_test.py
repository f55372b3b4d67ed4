"""rspamd signs with leased keys as docs/sending.md says: its lines of rspamd's configuration, its job and its unit, as they stand
there. Only the job's directory is another, and `date` and `sleep` go by the lab's clock."""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from datetime import timedelta
from pathlib import Path

from lab_world import Lab
from milter_rotation_test import moment
from postfix import WHY_NOT, PostfixTest
from rspamd import AS_USER, USER, Rspamd, give, own_directory
from verifiers import FAIL, PASS, Dkimpy, OpenDkim
from world import HOST, PATIENCE_SECONDS, PROGRAM, Program, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests" / room) for room in ("documents", "packages")]

import page_text  # noqa: E402
from units import Unit  # noqa: E402

RETENTION = timedelta(days=25)
BLOCKS = [part.text for part in page_text.parts((ROOT / "docs" / "sending.md").read_text())
          if isinstance(part, page_text.Block) and part.section == "rspamd"]
MAIL = (b"From: Ann <ann@%s>\r\nTo: bob@world.example\r\nSubject: leased\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
        b"Message-ID: <1@platform.example>\r\n\r\nHello Bob,\r\n\r\nsigned with a lease.\r\n")
BOUNCES = "bounces@platform.example"


def block(words):
    """The only block of the page's section on rspamd with these words."""
    [text] = [text for text in BLOCKS if words in text]
    return text


class Job(Program):
    """The page's job. Between two rounds it is asleep, until it is woken."""

    def __init__(self, world, command, directory, environment):
        tools = world.directory / "tools"
        self.asleep, self.awake = self.new_pipe(tools / "asleep"), self.new_pipe(tools / "awake")
        variables = {"PATH": f"{tools}:{os.environ['PATH']}", **environment}
        super().__init__(world.directory, "job", [*AS_USER, "env", f"--chdir={directory}", *command], variables)
        world.remember(self)
        self.pause = self.wait_for_pause()

    @staticmethod
    def make_tools(world):
        tools = own_directory(world.directory / "tools")
        for name, text in (("date", f"cat {tools}/now"), ("sleep", f'echo "$1" > {tools}/asleep; read -r _ < {tools}/awake')):
            (tools / name).write_text(f"#!/bin/sh\n{text}\n")
            (tools / name).chmod(0o755)
        shutil.copy(shutil.which(PROGRAM), tools / "custdkim")  # where it was built, the job's user may not look
        return tools

    @staticmethod
    def new_pipe(path):
        """Not one that the sleep of a job before may still read."""
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        give(path)
        return os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def wait_for_pause(self):
        """How many seconds it wants to sleep, at the end of a round."""
        def look():
            try:
                return os.read(self.asleep, 100)
            except BlockingIOError:
                return b"" if self.is_running() else self.fail()

        return int(wait_until(look, "the job has ended a round"))

    def fail(self):
        raise AssertionError(f"the job ended with {self.process.returncode}: {self.log()}")

    def round(self):
        os.write(self.awake, b"\n")
        self.pause = self.wait_for_pause()
        return self.pause

    def end(self):
        if self.is_running():
            self.kill()
            os.close(self.asleep)
            os.close(self.awake)


class RspamdTest(PostfixTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        cls.lab = Lab(world)
        for domain, kind in (("acme.example", "rsa-2048"), ("mail.globex.example", "rsa-2048"), ("initech.example", "ed25519")):
            cls.lab.activate(domain, kind)
        cls.unit_file = world.write("lease-keys.service", block("[Service]"))
        cls.unit = Unit(cls.unit_file)
        cls.there = cls.unit["Service", "WorkingDirectory"]
        cls.keys = world.directory / "keys"
        cls.tools = Job.make_tools(world)
        cls.script = world.write("lease-keys", block("#!/bin/sh"), mode=0o755)
        cls.token = world.directory / "lease.token"
        cls.rspamd = Rspamd(world, block("selector_map").replace(cls.there, str(cls.keys)))
        cls.advance(timedelta(0))

    def setUp(self):
        if not self.token.exists():
            self.make_token()
        own_directory(self.keys)
        self.addCleanup(shutil.rmtree, self.keys)

    # The service

    @classmethod
    def advance(cls, by):
        seconds = int(by.total_seconds())
        clock = cls.lab.call("lab", "POST", "/v1/clock/advance", {"by": f"{seconds}s"}) if seconds else \
            cls.lab.call("lab", "GET", "/v1/clock")
        cls.now = moment(clock["now"])
        (cls.tools / "now").write_text(f"{cls.now.timestamp():.0f}\n")

    def custdkim(self, *words):
        service = ("--api", self.lab.endpoints["api"], "--token-file", self.lab.endpoints["token_file"])
        done = subprocess.run([PROGRAM, *words, *service], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
        return done.stdout

    def key(self, domain):
        return self.lab.call("api", "GET", f"/v1/keys/{domain}")

    def make_token(self):
        prompt, program, *words = block("custdkim token create").split()
        self.assertEqual((prompt, program), ("$", "custdkim"))
        self.custdkim(*(str(self.token) if word.endswith(".token") else word for word in words))
        give(self.token)  # as systemd does

    def revoke_token(self):
        for token in json.loads(self.custdkim("token", "list", "--json"))["tokens"]:
            if token["status"] == "live":
                self.custdkim("token", "revoke", token["id"])

    # The job, and rspamd

    def start_job(self, *domains, api=None):
        """With the page's domains, if none are named."""
        _, *usual = self.unit["Service", "ExecStart"].split()
        job = Job(self.world, [str(self.script), *(domains or usual)], self.keys,
                  {"CUSTDKIM_API": api or self.lab.endpoints["api"], "CUSTDKIM_TOKEN_FILE": str(self.token)})
        self.addCleanup(job.end)
        return job

    def stop_unit(self, job):
        """As systemd does, which makes the directory anew when it starts."""
        job.end()
        shutil.rmtree(self.keys)

    def signed(self, domain="acme.example"):
        """(selector, message as it is sent); no selector where rspamd does not sign."""
        message = MAIL % domain.encode()
        signature = self.rspamd.signature(message, BOUNCES)
        selector = re.search(rb"\bs=(\w+);", signature)
        if selector:
            self.assertIn(b"d=" + domain.encode() + b";", signature)
        return selector and selector[1].decode(), signature + message

    def wait_signed(self, selector, domain="acme.example"):
        """All that was sent until rspamd signed with a selector."""
        sent = []

        def look():
            sent.append(self.signed(domain))
            return sent[-1][0] == selector

        wait_until(look, f"rspamd signs with {selector}")
        return sent

    def key_files(self):
        return {str(file.relative_to(self.keys)) for file in self.keys.glob("*/*.key")}

    def verdicts(self, messages):
        """Those of two verifiers, which remember nothing from before."""
        files = []
        for number, message in enumerate(messages):
            files.append(self.world.directory / f"{number}.eml")
            files[-1].write_bytes(message)
        verifiers = (verifier(self.world, self.lab.dns_port) for verifier in (Dkimpy, OpenDkim))
        return [verdict for verifier in verifiers for verdict in verifier.verdicts(files).values()]

    def verify(self, messages):
        self.assertEqual(self.verdicts(messages), [PASS] * 2 * len(messages))

    def leases(self, domain):
        """How many the audit log has."""
        events = self.lab.call("api", "GET", f"/v1/events?key={self.key(domain)['id']}&limit=1000")["events"]
        return [event["action"] for event in events].count("lease")

    # The tests

    def test_rotations(self):
        """Through two rotations rspamd signs with what is leased, and all of it verifies, also at the end of the retention"""
        job = self.start_job()
        self.assertEqual(self.key_files(), {"acme.example/s1.key", "mail.globex.example/s1.key"})
        self.assertEqual((self.keys / "acme.example" / "s1.key").stat().st_mode & 0o777, 0o600)
        self.verify([self.wait_signed("s1", domain)[-1][1] for domain in ("acme.example", "mail.globex.example")])
        for old, new in (("s1", "s2"), ("s2", "s1")):
            with self.subTest(old=old, new=new):
                sent = self.rotate(job, old, new)
                self.verify(sent)
                self.advance(RETENTION - timedelta(minutes=2))
                job.round()
                self.verify(sent)

    def rotate(self, job, old, new):
        """What was sent around the next switch."""
        switch = moment(self.key("acme.example")["rotation"]["sign_at"])
        self.advance(switch - timedelta(seconds=90) - self.now)
        job.round()
        self.advance(timedelta(seconds=job.pause))
        self.assertEqual(job.round(), 30, "it sleeps until the lease ends")
        before = self.wait_signed(old)[-1:]
        self.advance(timedelta(seconds=30))
        self.assertEqual(self.now, switch)
        at = [self.signed()]
        job.round()
        after = self.wait_signed(new)
        self.assertIn(f"acme.example/{old}.key", self.key_files())
        self.advance(timedelta(seconds=job.pause))
        job.round()
        self.assertEqual(self.key_files(), {f"acme.example/{new}.key", f"mail.globex.example/{new}.key"})
        after.append(self.signed())
        sent = before + at + after
        self.assertLessEqual({selector for selector, _ in sent}, {old, new}, "all is signed")
        return [message for _, message in sent]

    def test_renewing_fails(self):
        """A lease is renewed every ten minutes; one that is not is signed with until it ends, and not from then on"""
        before = self.leases("acme.example")
        job = self.start_job()
        [selector, _] = self.wait_signed(self.key("acme.example")["signing_selector"])[-1]
        for _ in range(20):
            self.advance(timedelta(minutes=1))
            job.round()
        self.assertEqual(self.leases("acme.example"), before + 3)
        self.revoke_token()
        for _ in range(29):
            self.advance(timedelta(minutes=1))
            job.round()
        self.assertIn("does not accept the token", job.log())
        self.assertEqual((job.pause, self.signed()[0]), (60, selector))
        self.advance(timedelta(seconds=59))
        self.assertEqual((job.round(), self.signed()[0]), (1, selector))
        self.advance(timedelta(seconds=1))
        job.round()
        self.assertEqual((self.key_files(), self.signed()[0]), (set(), None))
        self.assertEqual((self.keys / "selectors").read_text(), "")
        self.make_token()
        job.round()
        self.verify([self.wait_signed(selector)[-1][1]])

    def test_nobody_answers(self):
        """A service that is not there is asked again in five seconds"""
        job = self.start_job(api=f"http://{HOST}:{free_port()}")
        self.assertEqual((job.pause, self.key_files(), (self.keys / "selectors").read_text()), (5, set(), ""))

    def test_wrong_selector(self):
        """A key under another selector is signed with, and nobody takes it for ours"""
        right = self.key("acme.example")["signing_selector"]
        [wrong] = {"s1", "s2"} - {right}
        self.start_job()
        key = self.keys / "acme.example" / f"{right}.key"
        key.rename(key.with_name(f"{wrong}.key"))
        (self.keys / "selectors").write_text(f"acme.example {wrong}\n")
        self.assertEqual(self.verdicts([self.wait_signed(wrong)[-1][1]]), [FAIL] * 2)

    def test_unit_stops(self):
        """Once the unit has stopped rspamd does not sign; what is revoked it signs with until then"""
        self.lab.activate("hooli.example", "rsa-2048")
        self.advance(timedelta(days=4))  # from then on signing can move at once
        job = self.start_job("hooli.example")
        self.wait_signed("s1", "hooli.example")
        self.custdkim("key", "rotate", "hooli.example", "--compromised")
        self.advance(timedelta(minutes=9))
        job.round()
        selector, message = self.signed("hooli.example")
        self.assertEqual((selector, self.verdicts([message])), ("s1", [FAIL] * 2))
        self.stop_unit(job)
        self.assertEqual(self.signed("hooli.example")[0], None)
        own_directory(self.keys)
        self.start_job("hooli.example")
        self.verify([self.wait_signed("s2", "hooli.example")[-1][1]])

    def test_ed25519(self):
        """rspamd does not read an Ed25519 key as it is leased, and sends unsigned"""
        self.start_job("initech.example")
        self.assertEqual(len(self.key_files()), 1)
        wait_until(lambda: not self.signed("initech.example")[0] and "cannot extract rsa key" in self.rspamd.log(),
                   "rspamd has tried to read it")

    @unittest.skipIf(os.geteuid() != 0, WHY_NOT)
    def test_postfix(self):
        """Mail that Postfix has signed by rspamd's milter verifies as it is delivered"""
        self.start_postfix(self.rspamd.milter)
        self.start_job()

        def delivered():
            message = self.deliver(MAIL % b"acme.example", b"Subject: leased\r\n", sender=BOUNCES)
            return message if b"DKIM-Signature:" in message else None

        self.verify([wait_until(delivered, "rspamd signs")])

    def test_files(self):
        """The unit's directory is that of rspamd's lines; systemd has no complaint of it, nor shellcheck of the job"""
        service = {name: self.unit["Service", name] for name in ("User", "RuntimeDirectory", "ExecStart")}
        self.assertEqual((service["User"], "/run/" + service["RuntimeDirectory"]), (USER, self.there))
        program = service["ExecStart"].split()[0]
        self.assertEqual(Path(program).name, self.script.name)
        self.unit_file.write_text(block("[Service]").replace(program, str(self.script)))
        for check in (["systemd-analyze", "verify", "--man=no", self.unit_file], ["shellcheck", self.script]):
            done = subprocess.run(check, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
            self.assertEqual(done.stdout + done.stderr, "")


if __name__ == "__main__":
    unittest.main()
