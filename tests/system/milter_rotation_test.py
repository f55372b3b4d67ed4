"""Six rotations under a mail server that knows nothing of them: mail that a real Postfix sent right before, at and right
after each switch verifies when it arrives, and still at the end of the retention. The clock is the lab's."""

import json
import os
import re
import subprocess
import sys
import time
import unittest
from datetime import datetime, timedelta, timezone

from activation_journey_test import DKIMVERIFY
from lab_world import LAB, Lab
from milter_process import Milter
from postfix import WHY_NOT, PostfixTest
from world import HOST, PATIENCE_SECONDS, measured

CUSTDKIM = os.environ.get("CUSTDKIM", "custdkim")
ROTATIONS = 6
RETENTION = timedelta(days=25)
DOMAIN = "acme.example"
MAIL = (b"From: Ann <ann@acme.example>\r\nTo: bob@world.example\r\nSubject: %s\r\n\r\nHello Bob,\r\n\r\nrotation.\r\n")


def moment(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


@unittest.skipIf(os.geteuid() != 0, WHY_NOT)
class MilterRotationTest(PostfixTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        lab = Lab(world)
        cls.state, cls.endpoints = lab.state, lab.endpoints
        milter = Milter(world, cls.endpoints["api"], cls.endpoints["token_file"], kind="inet")
        cls.start_postfix(milter.address)

    def custdkim(self, *words):
        done = subprocess.run([CUSTDKIM, *words, "--api", self.endpoints["api"], "--token-file",
                               self.endpoints["token_file"]], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
        return done.stdout

    def key(self):
        return json.loads(self.custdkim("key", "show", DOMAIN, "--json"))

    def lab(self, *words):
        done = subprocess.run([LAB, *words, "--state", str(self.state)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
        return done.stdout

    def now(self):
        return moment(re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", self.lab("clock", "show"))[0])

    def advance_to(self, when):
        ahead = int((when - self.now()).total_seconds())
        if ahead > 0:
            self.lab("clock", "advance", f"{ahead}s")

    def verify(self, message):
        """dkimverify itself, which asks the lab's resolver, by the lab's clock."""
        port = self.endpoints["dns"].rsplit(":", 1)[1]
        ahead = self.now().timestamp() - time.time()
        done = subprocess.run([sys.executable, "-c", DKIMVERIFY, HOST, port, str(ahead)], input=message,
                              capture_output=True, timeout=PATIENCE_SECONDS)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, b"signature ok"), message.decode() + str(done.stderr))
        self.verified += 1

    def send(self, subject):
        """A message that was delivered, and verifies; and the selector of its signature."""
        delivered = self.deliver(MAIL % subject.encode(), f"Subject: {subject}\r\n".encode())
        self.verify(delivered)
        return delivered, re.search(rb"\bs=(\w+);", delivered)[1].decode()

    def test_six_rotations(self):
        """Before, at and after each of six switches mail verifies at once, and at the end of the retention"""
        self.verified, started = 0, time.time()
        self.custdkim("key", "create", DOMAIN)
        self.lab("customer", "set", DOMAIN, "healthy")
        self.custdkim("key", "activate", DOMAIN)
        self.custdkim("sender", "confirm", self.custdkim("sender", "add", f"ann@{DOMAIN}").strip())
        mail, _ = self.send("the first of all")
        for rotation in range(ROTATIONS):
            with self.subTest(rotation=rotation):
                mail = self.rotate(rotation)
                for message in mail:
                    self.verify(message)
        self.assertEqual(self.verified, 1 + ROTATIONS * 6)
        measured(f"{ROTATIONS} rotations, {self.verified} verifications by dkimverify, in {time.time() - started:.0f} s")

    def rotate(self, rotation):
        """The messages that were sent around the next switch, at the end of their retention."""
        before_switch = self.key()["signing_selector"]
        switch = moment(self.key()["rotation"]["sign_at"])
        self.advance_to(switch - timedelta(minutes=2))
        before, old = self.send(f"before switch {rotation}")
        self.advance_to(switch)
        at, _ = self.send(f"at switch {rotation}")
        self.advance_to(switch + timedelta(minutes=2))
        after, new = self.send(f"after switch {rotation}")
        self.assertEqual(old, before_switch)
        self.assertNotEqual(old, new, "signing has moved")
        self.advance_to(switch + RETENTION - timedelta(minutes=2))
        return before, at, after


if __name__ == "__main__":
    unittest.main()
