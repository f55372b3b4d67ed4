"""`custdkim-lab resolver` beside a real custdkim and a real PowerDNS: customers are set by the command line with
the keys of the service, and dig-like clients see what is wrong over UDP and TCP, IPv4 and IPv6."""

import json
import os
import random
import subprocess
import unittest

import dns.flags
import dns.message
import dns.query

from world import HOST, PATIENCE_SECONDS, ZONE, Program, WorldTest, free_port, rcode, txt_strings

LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")
DOMAIN = "acme.example"


class LabResolverTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        world.start_custdkim()
        pdns = world.start_pdns()
        cls.key = world.settled_key(world.create_key(DOMAIN)["id"])
        cls.owner, cls.alternate = [f"{slot['selector']}._domainkey.{DOMAIN}." for slot in cls.key["slots"]]
        cls.target = cls.key["slots"][0]["cname"]["target"].rstrip(".") + "."
        cls.port, cls.root_port, cls.control = free_port(), free_port(), free_port()
        network = f"127.{random.randrange(60, 250)}.0.0"
        cls.root = network[:-1] + "1"
        config = world.write("lab.toml", f"""
[resolver]
listen = ["{HOST}:{cls.port}", "[::1]:{cls.port}"]
[authority]
enabled = true
network = "{network}"
port = {cls.root_port}
[[key_zone]]
name = "{ZONE}"
server = "{HOST}:{pdns.port}"
[service]
api = "http://{HOST}:{world.api_port}"
token_file = "token"
[control]
listen = "{HOST}:{cls.control}"
token_file = "token"
""")
        cls.lab = world.remember(Program(world.directory, "lab", [LAB, "resolver", "--config", str(config)]))
        cls.lab.wait_ready(lambda: cls.order("clock", "show").returncode == 0)

    @classmethod
    def order(cls, *words):
        """A verb of `custdkim-lab`, to its end."""
        command = [LAB, *words, "--lab", f"http://{HOST}:{cls.control}", "--token-file", str(cls.world.token_file)]
        return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=PATIENCE_SECONDS)

    def done(self, *words):
        outcome = self.order(*words, "--json")
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        return json.loads(outcome.stdout)

    def ask(self, name, rdtype="TXT", where=HOST, how=dns.query.udp):
        question = dns.message.make_query(name, rdtype, use_edns=0, payload=1232)
        return how(question, where, port=self.port, timeout=20)

    def test_1_a_healthy_customer_is_followed_to_the_record_that_powerdns_serves(self):
        customer = self.done("customer", "set", DOMAIN, "healthy")
        self.assertEqual(customer["targets"][0] + ".", self.target)
        for where in (HOST, "::1"):
            for how in (dns.query.udp, dns.query.tcp):
                answer = self.ask(self.owner, "TXT", where, how)
                self.assertTrue(answer.flags & dns.flags.RA)
                self.assertEqual(txt_strings(answer, self.target), txt_strings(self.ask(self.target), self.target))
                self.assertIn(self.target, answer.to_text())

    def test_2_a_misconfiguration_is_seen_at_once_and_so_is_its_fix(self):
        self.done("customer", "set", DOMAIN, "cname-proxied")
        answer = self.ask(self.owner, "CNAME")
        self.assertEqual((rcode(answer), answer.answer), ("NOERROR", []))
        self.assertEqual(self.done("customer", "show", DOMAIN)["misconfiguration"], "cname-proxied")
        self.done("customer", "fix", DOMAIN)
        self.assertIn(self.target, self.ask(self.owner, "CNAME").to_text())

    def test_3_the_root_answers_on_an_address_of_its_own(self):
        question = dns.message.make_query(".", "NS")
        answer = dns.query.udp(question, self.root, port=self.root_port, timeout=20)
        self.assertTrue(answer.flags & dns.flags.AA)
        self.assertFalse(answer.flags & dns.flags.RA)

    def test_4_what_was_asked_is_logged_and_the_log_is_cleared(self):
        self.done("queries", "--clear")
        self.ask("not-ours.test.", how=dns.query.tcp)
        [query] = self.done("queries", "--name", "not-ours.test")["queries"]
        self.assertEqual((query["type"], query["transport"], query["answer"]), ("TXT", "tcp", "REFUSED"))
        self.assertEqual(self.done("queries", "--clear")["cleared"], 1)

    def test_5_refusals_have_their_exit_codes(self):
        self.assertEqual(self.order("customer", "set", DOMAIN, "nonsense").returncode, 1)
        unknown = self.order("customer", "set", "other.example", "healthy")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("other.example has no key; create one first, or name selectors and targets", unknown.stderr)
        self.assertEqual(self.order("customer", "set", DOMAIN).returncode, 2)
        system = self.order("clock", "advance", "1d")
        self.assertEqual(system.returncode, 1)
        self.assertIn("runs on the system's clock", system.stderr)
        self.assertEqual(self.order("clock", "advance", "1 day").returncode, 2)
        nobody = subprocess.run([LAB, "customer", "list", "--state", str(self.world.directory / "none")],
                                capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        self.assertEqual(nobody.returncode, 3)

    def test_6_it_ends_when_told_to(self):
        self.assertEqual(self.lab.stop(), 0)


if __name__ == "__main__":
    unittest.main()
