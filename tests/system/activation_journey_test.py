"""From a customer's mistake to mail that verifies, and back: a real PowerDNS serves the keys of a whole custdkim in the
lab's world, where customers get their DNS wrong. Each mistake keeps a key from being activated, by its name; once mended,
OpenDKIM and dkimverify accept what is signed. Then an alternate CNAME goes missing, and day 30 waits for it.

scripts/activation-demo.sh runs this and shows what is told."""

import json
import os
import re
import subprocess
import sys
import time
import unittest
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from lab_world import LAB, Lab
from receivers import PASS, OpenDkim
from world import HOST, PATIENCE_SECONDS, Program, WorldTest, free_port

CUSTDKIM = os.environ.get("CUSTDKIM", "custdkim")
# The domain, what its people do, in which of the ways that servers have with it, and the cause. The first four are
# those that Salesforce's help names: proxied, a general zone error, a CNAME beside other data, a restriction.
MISTAKES = [
    ("proxied.example", "cname-proxied", None, "cname-proxied"),
    ("zone-error.example", "cname-at-apex", "refused", "cname-at-apex"),
    ("beside.example", "cname-beside-txt", "by-type", "cname-with-other-data"),
    ("restricted.example", "underscore-refused", None, "underscore-filtered"),
    ("doubled.example", "doubled-domain", None, "doubled-domain"),
    ("dotless.example", "dot-missing", None, "dot-missing"),
    ("swapped.example", "swapped", None, "targets-swapped"),
    ("bare.example", "underscore-missing", None, "underscore-missing"),
    ("expired.example", "signatures-expired", None, "dnssec-expired"),
]
MESSAGE = ("From: Ann <ann@{domain}>\r\nTo: bob@example.org\r\nSubject: hello\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
           "Message-ID: <1@{domain}>\r\n\r\nhello\r\n")
# dkimverify itself; only its questions go to the lab's resolver instead of this machine's, and its clock is the lab's:
# signatures from the future are refused.
DKIMVERIFY = """
import sys, time, dns.resolver, runpy
machine_time, ahead = time.time, float(sys.argv[3])
time.time = lambda: machine_time() + ahead
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = [sys.argv[1]], int(sys.argv[2])
dns.resolver.default_resolver = resolver
sys.argv = ["dkimverify"]
runpy.run_path("/usr/bin/dkimverify", run_name="__main__")
"""
YEAR_SECONDS = 365 * 86400
MOVES_AT = 30  # days
GIVES_UP_AFTER = 14  # days, wherever days are counted


def tell(text):
    print(f"    {text}", file=sys.stderr, flush=True)


def moment(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


class ActivationJourneyTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        lab = Lab(world)
        cls.state, cls.endpoints = lab.state, lab.endpoints
        cls.port = int(cls.endpoints["dns"].rsplit(":", 1)[1])
        cls.pdns_port = free_port()
        cls.pdns = world.remember(Program(world.directory, "pdns", [
            "/usr/sbin/pdns_server", f"--config-dir={cls.state}", f"--socket-dir={world.directory}",
            f"--local-address={HOST}", f"--local-port={cls.pdns_port}", "--daemon=no", "--guardian=no",
            "--disable-syslog", "--write-pid=no", "--security-poll-suffix="]))
        cls.opendkim = OpenDkim(world, SimpleNamespace(port=cls.port))
        with cls.opendkim.config.open("a") as config:
            config.write(f"ClockDrift {YEAR_SECONDS}\n")  # the lab's clock runs ahead of this machine's

    # The tools, as people use them

    def custdkim(self, *words, text=None):
        access = ["--api", self.endpoints["api"], "--token-file", self.endpoints["token_file"]]
        return subprocess.run([CUSTDKIM, *words, *access], input=text, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS)

    def document(self, *words):
        done = self.custdkim(*words, "--json")
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
        return json.loads(done.stdout)

    def lab(self, *words):
        done = subprocess.run([LAB, *words, "--state", str(self.state)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
        return done.stdout

    def dig(self, port, name, rdtype):
        done = subprocess.run(["dig", f"@{HOST}", "-p", str(port), "+short", "+time=5", "+tries=2", name, rdtype],
                              capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        return done.stdout.strip().splitlines()

    # What is asserted again and again

    def make_mistake(self, domain, misconfiguration, flavour):
        self.lab("customer", "set", domain, misconfiguration, *(["--flavour", flavour] if flavour else []))

    def check_refused(self, domain, cause):
        """The key is not activated; both slots have a finding, and one of them the cause."""
        refusal = self.custdkim("key", "activate", domain)
        key = self.document("key", "show", domain)
        self.assertEqual(key["status"], "inactive")
        findings = [slot["finding"] for slot in key["slots"]]
        seen = [(finding["outcome"], finding["cause"], finding.get("candidates")) for finding in findings]
        # Also where nothing could be seen (R5), since it is known why.
        self.assertEqual(refusal.returncode, 1, f"{refusal.stderr}\n{seen}")
        named = {name for finding in findings if finding["outcome"] != "pass"
                 for name in [finding["cause"], *finding.get("candidates", [])]}
        self.assertIn(cause, named, seen)
        self.assertTrue(all(finding["fix"] for finding in findings if finding["outcome"] != "pass"), findings)
        return refusal.stderr.strip().splitlines()[0]

    def check_signed_mail(self, domain, selector):
        """What is signed now is signed with this selector, and accepted by OpenDKIM and dkimverify."""
        signed = self.custdkim("sign", text=MESSAGE.format(domain=domain).replace("\r\n", "\n"))
        self.assertEqual(signed.returncode, 0, signed.stderr)
        self.assertEqual(re.search(r"\bs=(\w+);", signed.stdout)[1], selector)
        file = self.world.directory / f"{domain}-{selector}.eml"
        file.write_bytes(signed.stdout.replace("\n", "\r\n").encode())
        self.assertEqual(self.opendkim.verdicts([file]), {file: PASS})
        ahead = self.lab_time().replace(tzinfo=timezone.utc).timestamp() - time.time()
        verified = subprocess.run([sys.executable, "-c", DKIMVERIFY, HOST, str(self.port), str(ahead)],
                                  input=file.read_bytes(), capture_output=True, timeout=PATIENCE_SECONDS)
        self.assertEqual((verified.returncode, verified.stdout.strip()), (0, b"signature ok"), verified.stderr)

    def check_published(self, key):
        """A real PowerDNS says the same of each record as the resolver that the receivers ask."""
        for slot in key["slots"]:
            served = self.dig(self.pdns_port, slot["record_name"], "TXT")
            self.assertEqual(served, self.dig(self.port, slot["record_name"], "TXT"))
            self.assertEqual("".join(re.findall(r'"([^"]*)"', served[0])), slot["txt"])

    # The journey

    def test_every_mistake_is_named_and_once_mended_mail_verifies(self):
        """Nine mistakes are named and refused; once mended, the keys sign, and receivers accept the mail"""
        self.pdns.wait_ready(lambda: self.dig(self.pdns_port, "custdkim.example.net", "SOA"))
        for domain, misconfiguration, flavour, cause in MISTAKES:
            with self.subTest(misconfiguration):
                key = self.document("key", "create", domain)
                self.make_mistake(domain, misconfiguration, flavour)
                said = self.check_refused(domain, cause)
                self.lab("customer", "fix", domain)
                self.assertEqual(self.custdkim("key", "verify", domain).returncode, 0)
                self.assertEqual(self.custdkim("key", "activate", domain).returncode, 0)
                key = self.document("key", "show", domain)
                self.assertEqual((key["status"], key["signing_selector"]), ("active", "s1"))
                self.check_published(key)
                self.check_signed_mail(domain, "s1")
                tell(f"{domain}: {misconfiguration}\n        refused: {said[:300]}\n        mended: it signs, and "
                     "OpenDKIM and dkimverify accept the mail")

    def test_a_missing_alternate_is_warned_of_and_holds_day_30_until_it_is_back(self):
        """The alternate CNAME goes missing on day 10: a warning long before day 30, which holds, and then resumes"""
        domain = "acme.example"
        started = self.activate_healthy(domain)
        self.advance("10d")
        self.lab("customer", "set", domain, "alternate-missing")
        tell(f"day 10: the second CNAME of {domain} is gone")
        warned = self.days_until(lambda: self.warning(domain), started)
        self.assertLess(warned, 25, "a warning on the day itself is too late")
        self.assertIn("one-selector-missing", json.dumps(self.document("key", "show", domain)))
        tell(f"day {warned}: {self.warning(domain)}")

        while self.day(started) <= MOVES_AT:  # hundreds of looks; day by day, since each command has its patience
            self.advance("1d")
        key = self.document("key", "show", domain)
        self.assertEqual((key["status"], key["signing_selector"]), ("held", "s1"))
        self.check_signed_mail(domain, "s1")
        tell(f"day {self.day(started)}: held, since {key['hold']['reason']}; mail is still signed with s1, and verifies")

        self.lab("customer", "fix", domain)
        resumed = self.days_until(lambda: self.document("key", "show", domain)["signing_selector"] == "s2", started)
        key = self.document("key", "show", domain)
        self.assertEqual(key["status"], "active")
        self.check_published(key)
        self.check_signed_mail(domain, "s2")
        tell(f"the CNAME is back; day {resumed}: s2 signs, and OpenDKIM and dkimverify accept the mail")

    def activate_healthy(self, domain):
        """Since when the key is there."""
        key = self.document("key", "create", domain)
        self.lab("customer", "set", domain, "healthy")
        done = self.custdkim("key", "activate", domain)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_signed_mail(domain, "s1")
        return moment(key["created_at"])

    def advance(self, duration):
        self.lab("clock", "advance", duration)

    def lab_time(self):
        return moment(re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", self.lab("clock", "show"))[0])

    def day(self, started):
        return (self.lab_time() - started) // timedelta(days=1)

    def days_until(self, condition, started):
        for _ in range(GIVES_UP_AFTER):
            if condition():
                return self.day(started)
            self.advance("1d")
        self.assertTrue(condition(), f"not within {GIVES_UP_AFTER} days")
        return self.day(started)

    def warning(self, domain):
        """The detail of the last warning in the audit log of the domain's key."""
        key = self.document("key", "show", domain)
        events = self.document("event", "list", "--key", key["id"])["events"]
        details = [event["detail"] for event in events if event["action"] == "warning"]
        return details[-1] if details else None


if __name__ == "__main__":
    unittest.main()
