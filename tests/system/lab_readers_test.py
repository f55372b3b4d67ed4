"""What people point at the lab reads it: dig, kdig, drill, dnspython, dkimpy, OpenDKIM; and a real PowerDNS serves the
lab's key zone from its socket."""

import json
import os
import subprocess
import unittest
from pathlib import Path
from types import SimpleNamespace

import dns.resolver

from receivers import PASS, Dkimpy, OpenDkim
from world import HOST, PATIENCE_SECONDS, ZONE, Program, WorldTest, free_port

CUSTDKIM, LAB = os.environ.get("CUSTDKIM", "custdkim"), os.environ.get("CUSTDKIM_LAB", "custdkim-lab")
MESSAGE = b"From: Ann <ann@acme.example>\r\nTo: bob@example.org\r\nSubject: hello\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nhello\r\n"


def run(*command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, timeout=PATIENCE_SECONDS)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}: {done.stderr.decode()}")
    return done.stdout


class LabReadersTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        state = Path(world.directory) / "state"
        lab = world.remember(Program(world.directory, "lab", [LAB, "up", "--state", str(state), "--dns", "0", "--http", "0"]))
        lab.wait_ready((state / "endpoints.json").exists)
        cls.state, cls.endpoints = state, json.loads((state / "endpoints.json").read_text())
        cls.port = int(cls.endpoints["dns"].rsplit(":", 1)[1])
        cls.key = json.loads(cls.custdkim("key", "create", "acme.example", "--json"))
        run(LAB, "customer", "set", "acme.example", "healthy", "--state", str(state))
        cls.custdkim("key", "activate", "acme.example")
        slot = cls.key["slots"][0]
        cls.owner, cls.target = f"{slot['selector']}._domainkey.acme.example", slot["record_name"]

    @classmethod
    def custdkim(cls, *words, text=None):
        return run(CUSTDKIM, *words, "--api", cls.endpoints["api"], "--token-file", cls.endpoints["token_file"], text=text)

    def check_answer(self, text):
        self.assertRegex(text, rf"{self.owner}\.\s.*CNAME\s+{self.target}\.")
        self.assertRegex(text, rf'{self.target}\.\s.*TXT\s+"v=DKIM1; k=rsa; p=')

    def test_dig_kdig_and_drill_read_it(self):
        for command in (["dig", f"@{HOST}", "-p", str(self.port), self.owner, "TXT"],
                        ["dig", f"@{HOST}", "-p", str(self.port), "+tcp", self.owner, "TXT"],
                        ["kdig", f"@{HOST}", "-p", str(self.port), self.owner, "TXT"],
                        ["drill", "-p", str(self.port), f"@{HOST}", self.owner, "TXT"]):
            with self.subTest(command[0]):
                self.check_answer(run(*command).decode())

    def test_dnspython_reads_it(self):
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [HOST], self.port
        answer = resolver.resolve(self.owner, "TXT")
        self.assertEqual(answer.canonical_name.to_text(True), self.target)
        self.assertTrue(b"".join(answer[0].strings).startswith(b"v=DKIM1; k=rsa; p="))

    def test_a_message_that_the_lab_signed_is_verified_by_opendkim_and_dkimpy(self):
        signed = Path(self.world.directory) / "signed.eml"
        signed.write_bytes(self.custdkim("sign", text=MESSAGE))
        forged = Path(self.world.directory) / "forged.eml"
        forged.write_bytes(signed.read_bytes().replace(b"hello\r\n", b"hullo\r\n"))

        def ask(name):
            resolver = dns.resolver.Resolver(configure=False)
            resolver.nameservers, resolver.port = [HOST], self.port
            return "NOERROR", [b"".join(txt.strings) for txt in resolver.resolve(name, "TXT")]

        for verifier in (OpenDkim(self.world, SimpleNamespace(port=self.port)), Dkimpy(SimpleNamespace(ask=ask))):
            verdicts = verifier.verdicts([signed, forged])
            self.assertEqual(verdicts[signed], PASS, verifier)
            self.assertNotEqual(verdicts[forged], PASS, verifier)

    def test_verbs_find_the_lab_by_the_environment_unless_a_state_directory_is_named(self):
        def customers(*options, api):
            environment = {**os.environ, "CUSTDKIM_LAB_API": api, "CUSTDKIM_LAB_TOKEN_FILE": self.endpoints["token_file"]}
            return subprocess.run([LAB, "customer", "list", *options], env=environment, capture_output=True, text=True,
                                  timeout=PATIENCE_SECONDS)

        here, nowhere = self.endpoints["lab"], f"http://{HOST}:{free_port()}"
        self.assertIn("acme.example: healthy", customers(api=here).stdout)
        self.assertIn(f"cannot reach the lab at {nowhere}", customers(api=nowhere).stderr)
        self.assertIn("acme.example: healthy", customers("--state", str(self.state), api=nowhere).stdout)
        self.assertIn("acme.example: healthy", customers("--lab", here, api=nowhere).stdout)

    def test_a_real_powerdns_serves_the_labs_key_zone_from_its_socket(self):
        port = free_port()
        pdns = self.world.remember(Program(self.world.directory, "pdns", [
            "pdns_server", f"--config-dir={self.state}", f"--socket-dir={self.world.directory}", f"--local-address={HOST}",
            f"--local-port={port}", "--daemon=no", "--guardian=no", "--disable-syslog", "--security-poll-suffix="]))
        asked = ["dig", f"@{HOST}", "-p", str(port), "+short", "+time=1", "+tries=1", self.target, "TXT"]
        pdns.wait_ready(lambda: b"v=DKIM1" in subprocess.run(asked, capture_output=True).stdout)
        zone = run("dig", f"@{HOST}", "-p", str(port), "+short", ZONE, "SOA").decode()
        self.assertIn("hostmaster", zone)


if __name__ == "__main__":
    unittest.main()
