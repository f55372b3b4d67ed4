"""What those tools say of our signed zones that operators and parents check zones with: Zonemaster and DNSViz. Both begin
at the root, so they run in a network namespace that has one (signed_internet.py).

    CUSTDKIM=build/release/custdkim tests/system/zone_checkers_test.py

Exits with 77 where there is no namespace to be had.
"""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "fidelity"))

import namespace  # noqa: E402
from dnssec_test import APEX, DENIALS, RECORDS, SETTINGS, STATIC, STATIC_SECTION  # noqa: E402
from signed_internet import ADDRESSES, OUR_SERVERS, Parents  # noqa: E402
from world import HOST, ONE_ZONE, PATIENCE_SECONDS, ZONE, WorldTest  # noqa: E402

ZONES = (ZONE, STATIC)
BROKEN = "broken.example.org"
BROKEN_SECTION = STATIC_SECTION.replace(STATIC, BROKEN).replace("static.zone", "broken.zone")
OTHERS_DS = f"4711 13 2 {'ab' * 32}"
HERE = Path(__file__).resolve().parent
DNS_PORT = 53
# What Zonemaster warns of and we cannot help: it is so in this world, or a matter of taste.
EXPECTED_WARNINGS = set()


class ZoneCheckersTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(ONE_ZONE + 'records = "apex.zone"\n' + STATIC_SECTION + BROKEN_SECTION)
        world.write("broken.zone", APEX.replace(STATIC, BROKEN) + RECORDS)
        world.write("apex.zone", "$TTL 300\n" + RECORDS)
        world.write("static.zone", APEX + RECORDS)
        world.start_custdkim()
        addresses = ",".join((HOST, *OUR_SERVERS.values()))
        cls.pdns = world.start_pdns({**SETTINGS, "remote-dnssec": "yes", "local-address": addresses,
                                     "allow-axfr-ips": ""}, port=DNS_PORT)
        cls.key = world.create_key("acme.example")
        for zone in (*ZONES, BROKEN):
            cls.pdns.must_util("secure-zone", zone)
        Parents(world, {**{zone: cls.ds_records(zone) for zone in ZONES}, BROKEN: [OTHERS_DS]})

    @classmethod
    def ds_records(cls, zone):
        """SHA-256 only (RFC 8624 section 3.3)."""
        return re.findall(r"^DS = \S+ IN DS (\d+ \d+ 2 [0-9a-f]+)", cls.pdns.must_util("show-zone", zone), re.MULTILINE)

    def names(self, zone):
        names = [zone, f"www.{zone}", f"x.wild.{zone}", f"nothere.{zone}", f"deep.{zone}"]
        if zone == ZONE:
            names += [slot["record_name"] for slot in self.key["slots"]]
        return names

    def for_each_denial(self, check):
        for denial, (command, *arguments) in DENIALS.items():
            for zone in ZONES:
                self.pdns.must_util(command, zone, *arguments)
                with self.subTest(denial=denial, zone=zone):
                    check(zone)

    def zonemaster(self, zone):
        """Tags of what it says from NOTICE upwards, with levels."""
        done = self.run_tool("zonemaster-cli", "--no-ipv6", "--ipv4", "--no-progress", "--json", "--level", "NOTICE", zone)
        return {(entry["level"], f'{entry["testcase"]}:{entry["tag"]}') for entry in json.loads(done.stdout)}

    @staticmethod
    def run_tool(*command, **options):
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True, **options)

    def test_zonemaster(self):
        """Zonemaster finds no error in either zone, and warns of nothing"""
        def check(zone):
            said = self.zonemaster(zone)
            self.assertTrue(said, "it says at least that there is no IPv6")
            serious = {tag for level, tag in said if level in ("WARNING", "ERROR", "CRITICAL")}
            self.assertEqual(serious, EXPECTED_WARNINGS)

        self.for_each_denial(check)

    def dnsviz(self, zone):
        """What it says from warnings upwards, and how often something is secure."""
        names = self.names(zone)
        probed = self.run_tool("dnsviz", "probe", "-A", "-4", *names).stdout
        keys = self.world.write("dnsviz.keys", "".join(
            f"{zone}. 300 IN DNSKEY {record.to_text()}\n" for rrset in self.pdns.ask(zone, "DNSKEY").answer
            for record in rrset))
        grok = ("/usr/bin/python3", str(HERE / "dnsviz_grok.py"), "-t", str(keys), "-l")
        complaints = self.run_tool(*grok, "warning", input=probed).stdout.strip()
        return complaints, self.run_tool(*grok, "info", input=probed).stdout.count('"SECURE"')

    def test_dnsviz(self):
        """DNSViz finds neither errors nor warnings, and what it finds is secure"""
        def check(zone):
            complaints, secure = self.dnsviz(zone)
            self.assertEqual(complaints, "")
            self.assertGreater(secure, len(self.names(zone)))

        self.for_each_denial(check)

    def test_they_can_complain(self):
        """Both complain of a zone with a DS that none of its keys has"""
        serious = {level for level, _ in self.zonemaster(BROKEN) if level in ("ERROR", "CRITICAL")}
        self.assertNotEqual(serious, set())
        complaints, _ = self.dnsviz(BROKEN)
        self.assertIn("errors", complaints)


if __name__ == "__main__":
    namespace.enter()
    namespace.add_addresses(ADDRESSES)
    unittest.main(verbosity=2)
