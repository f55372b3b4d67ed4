"""`custdkim diagnose` and `custdkim lookup`: no daemon, no configuration; what they print, and how they end."""

import json
import os
import subprocess
import unittest

from lab_world import LAB, Lab
from world import HOST, PATIENCE_SECONDS, WorldTest, free_port

CUSTDKIM = os.environ.get("CUSTDKIM", "custdkim")
DOMAIN = "acme.example"


class DiagnoseTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        lab = Lab(world)
        cls.state, cls.endpoints = lab.state, lab.endpoints
        access = ["--api", cls.endpoints["api"], "--token-file", cls.endpoints["token_file"]]
        created = cls.run_tool(CUSTDKIM, "key", "create", DOMAIN, "--type", "ed25519", "--json", *access)
        cls.key = json.loads(created.stdout)
        cls.name, cls.target = cls.key["slots"][0]["cname"]["name"], cls.key["slots"][0]["cname"]["target"]

    @staticmethod
    def run_tool(*command):
        return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=PATIENCE_SECONDS)

    def customer(self, *words):
        done = self.run_tool(LAB, "customer", *words, "--state", str(self.state))
        self.assertEqual(done.returncode, 0, done.stderr)

    def look_up(self, *words):
        return self.run_tool(CUSTDKIM, "lookup", *words, "--resolver", self.endpoints["dns"])

    def diagnose(self, *words, domain=DOMAIN, target=None, resolver=None):
        return self.run_tool(CUSTDKIM, "diagnose", "--domain", domain, "--selector", "s1", "--target",
                             target or self.target, "--resolver", resolver or self.endpoints["dns"], *words)

    def test_lookup_prints_what_dig_prints(self):
        """The answer section is what dig prints of it, word for word"""
        self.customer("set", DOMAIN, "healthy")
        address, port = self.endpoints["dns"].rsplit(":", 1)
        for rdtype, name in (("CNAME", self.name), ("TXT", self.name), ("SOA", DOMAIN), ("NS", DOMAIN)):
            with self.subTest(rdtype):
                done = self.look_up(rdtype, name)
                dig = self.run_tool("dig", f"@{address}", "-p", port, "+noall", "+answer", name, rdtype)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(dig.stdout)
                self.assertEqual(done.stdout.split(), dig.stdout.split())

    def test_lookup_says_why_there_is_nothing(self):
        """NXDOMAIN and NODATA end with 1 and are told apart; nothing is printed"""
        self.customer("set", DOMAIN, "cname-proxied")
        nothing = self.look_up("CNAME", self.name)
        self.assertEqual((nothing.returncode, nothing.stdout), (1, ""))
        self.assertIn("NODATA", nothing.stderr)
        nobody = self.look_up("CNAME", f"nobody.{DOMAIN}")
        self.assertEqual((nobody.returncode, nobody.stdout), (1, ""))
        self.assertIn("NXDOMAIN", nobody.stderr)

    def test_lookup_in_json(self):
        """--json prints one document"""
        self.customer("set", DOMAIN, "healthy")
        document = json.loads(self.look_up("txt", self.name, "--json").stdout)
        self.assertEqual((document["name"], document["type"], document["rcode"]), (self.name, "TXT", "NOERROR"))
        self.assertEqual([record["type"] for record in document["answer"]], ["CNAME", "TXT"])

    def test_diagnose_passes_what_is_right(self):
        """A CNAME that is right passes, and the exit code is 0"""
        self.customer("set", DOMAIN, "healthy")
        done = self.diagnose()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stdout.startswith(f"{self.name}: PASS"), done.stdout)

    def test_diagnose_names_the_cause(self):
        """A CNAME that is wrong fails with its cause, what to do and evidence, and the exit code is 1"""
        self.customer("set", DOMAIN, "dot-missing")
        done = self.diagnose("--json")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(set(document), {"domain", "selector", "name", "target", "verdict", "cause", "candidates",
                                         "detail", "fix", "evidence", "checked_at"})
        self.assertEqual((document["verdict"], document["cause"]), ("fail", "dot-missing"))
        self.assertTrue(document["fix"])
        self.assertTrue(any("CNAME" in line for line in document["evidence"]), document)
        text = self.diagnose()
        self.assertEqual(text.returncode, 1)
        self.assertIn("FAIL (dot-missing)", text.stdout)
        self.assertIn("What to do: ", text.stdout)

    def test_diagnose_does_not_guess(self):
        """Where nobody answers, it could not be told: exit code 3"""
        done = self.diagnose("--deadline", "1s", resolver=f"{HOST}:{free_port()}")
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("COULD NOT TELL", done.stdout)

    def test_what_is_typed_wrong_is_refused(self):
        """Wrong usage ends with 2 and one sentence, before anything is asked"""
        for done in (self.diagnose(domain="co.uk"), self.diagnose(domain="ann@acme.example"),
                     self.diagnose(target="a..b"), self.diagnose(resolver="dns.example"),
                     self.diagnose("--deadline", "9d"), self.diagnose("--allow", "10.0.0.0/64"),
                     self.diagnose("--root-hints", "/nonexistent"), self.diagnose("--alternate", "s2"),
                     self.look_up("NOSUCHTYPE", DOMAIN), self.look_up("TXT", "a..b"), self.look_up("TXT")):
            with self.subTest(done.args):
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertRegex(done.stderr, r"\Acustdkim: [^\n]+\n\Z")

    def test_an_international_domain_is_understood(self):
        """U-labels and A-labels are the same domain"""
        done = self.diagnose("--json", domain="bücher.example")
        self.assertEqual(json.loads(done.stdout)["name"], "s1._domainkey.xn--bcher-kva.example")


if __name__ == "__main__":
    unittest.main()
