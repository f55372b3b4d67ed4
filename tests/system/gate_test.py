"""The gate on the command line: findings and exit codes, --wait until it turns green, --force only where allowed."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from world import HOST, PROGRAM, WorldTest, free_port, wait_until

DONE, NO, WRONG, UNKNOWN = range(4)
LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")


def activation(allow_force):
    """A resolver that nobody runs: every look could not tell."""
    return f'[activation]\nresolvers = ["{HOST}:{free_port()}"]\nallow = ["127.0.0.0/8"]\nallow_force = {allow_force}\n'


class GateTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.config.write_text(cls.world.config.read_text() + activation("false"))
        cls.world.start_custdkim()

    def run_key(self, *arguments):
        return self.world.run("key", *arguments)

    def test_could_not_tell(self):
        """verify and activate print both findings and end with 3 where it could not be told"""
        self.world.settled_key(self.world.create_key("unknown.example")["id"])
        for verb in ("verify", "activate"):
            with self.subTest(verb):
                done = self.run_key(verb, "unknown.example")
                self.assertEqual(done.returncode, UNKNOWN, done.stderr)
                for selector in ("s1", "s2"):
                    self.assertIn(f"{selector}._domainkey.unknown.example: unknown\n", done.stdout)

    def test_json(self):
        """With --json a refused activation is one JSON document with the findings of both slots"""
        self.world.settled_key(self.world.create_key("json.example")["id"])
        done = self.run_key("activate", "json.example", "--json")
        self.assertEqual(done.returncode, UNKNOWN)
        self.assertEqual([f["selector"] for f in json.loads(done.stdout)["findings"]], ["s1", "s2"])

    def test_force_refused(self):
        """--force is refused in one sentence that names the option, and wants a reason"""
        self.world.settled_key(self.world.create_key("force.example")["id"])
        done = self.run_key("activate", "force.example", "--force", "--reason", "they insist")
        self.assertEqual((done.returncode, done.stdout), (NO, ""))
        self.assertRegex(done.stderr, r"^custdkim: .*\[activation\] allow_force is false\n$")
        self.assertEqual(self.run_key("activate", "force.example", "--force").returncode, WRONG)
        self.assertEqual(self.run_key("activate", "force.example", "--wait", "--force", "--reason", "x").returncode,
                         WRONG)

    def test_wait_ends(self):
        """--wait ends with the last findings when its time is over, and told each change once"""
        self.world.settled_key(self.world.create_key("wait.example")["id"])
        done = self.run_key("verify", "wait.example", "--wait=1s", "--poll", "0s")
        self.assertEqual(done.returncode, UNKNOWN)
        self.assertIn("s1._domainkey.wait.example: unknown\n", done.stdout)
        self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)
        self.assertEqual(self.run_key("verify", "wait.example", "--wait=soon").returncode, WRONG)

    def test_wait_of_nobody(self):
        """--wait for a key that is not there ends at once"""
        self.assertEqual(self.run_key("activate", "nobody.example", "--wait=0s").returncode, NO)


class ForceTest(WorldTest):
    def test_forced(self):
        """Where the configuration allows it, --force activates, and the audit log has the reason and the findings"""
        world = self.make_world()
        world.config.write_text(world.config.read_text() + activation("true"))
        world.start_custdkim()
        world.settled_key(world.create_key("acme.example")["id"])
        done = world.run("key", "activate", "acme.example", "--force", "--reason", "they insist")
        self.assertEqual(done.returncode, DONE, done.stderr)
        last = json.loads(world.run("event", "list", "--json").stdout)["events"][-1]
        self.assertEqual((last["actor"], last["action"]), ("operator", "activate"))
        self.assertRegex(last["detail"], r"by force: they insist; overridden: s1: unknown .*, s2: unknown")


class WaitTest(unittest.TestCase):
    def test_turns_green(self):
        """`key activate --wait` beside the lab goes on until the customer has mended the zone, then activates"""
        state = Path(tempfile.mkdtemp(prefix="custdkim-gate-"))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        lab = subprocess.Popen([LAB, "up", "--state", state, "--dns", "0", "--http", "0"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lab.wait, 60)
        self.addCleanup(lab.terminate)
        wait_until((state / "endpoints.json").exists, "the lab is up")
        endpoints = json.loads((state / "endpoints.json").read_text())
        environment = {**os.environ, "CUSTDKIM_API": endpoints["api"],
                       "CUSTDKIM_TOKEN_FILE": endpoints["token_file"]}

        def run(program, *arguments):
            return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=60)

        created = run(PROGRAM, "key", "create", "acme.example", "--type", "ed25519")
        self.assertEqual(created.returncode, DONE, created.stderr)
        broken = run(LAB, "customer", "set", "acme.example", "alternate-missing", "--state", state)
        self.assertEqual(broken.returncode, DONE, broken.stderr)
        refused = run(PROGRAM, "key", "activate", "acme.example")
        self.assertEqual(refused.returncode, NO, refused.stderr + refused.stdout)
        self.assertIn("s2._domainkey.acme.example: fail\n", refused.stdout)
        waits = subprocess.Popen([PROGRAM, "key", "activate", "acme.example", "--wait=0s", "--poll", "0s"],
                                 env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(waits.kill)
        first = waits.stderr.readline()
        self.assertIn("s1._domainkey.acme.example: pass", first)
        self.assertIn("s2._domainkey.acme.example: fail: ", waits.stderr.readline())
        self.assertIsNone(waits.poll())
        fixed = run(LAB, "customer", "set", "acme.example", "healthy", "--state", state)
        self.assertEqual(fixed.returncode, DONE, fixed.stderr)
        out, _ = waits.communicate(timeout=60)
        self.assertEqual(waits.returncode, DONE)
        self.assertIn("is active: it signs", out)


if __name__ == "__main__":
    unittest.main()
