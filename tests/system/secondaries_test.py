"""PowerDNS as a primary of zones that custdkim serves, signed by it: NSD and Knot DNS follow every change, by NOTIFY and
AXFR with TSIG, and nobody else is let in."""

import base64
import secrets
import time
import unittest
from dataclasses import dataclass

import dns.exception
import dns.query
import dns.tsigkeyring
import dns.zone

from dnssec_test import APEX, RECORDS, STATIC, STATIC_SECTION
from secondaries import Knot, Nsd
from validators import SECURE, Delv, key_signing_keys
from world import HOST, NO_CACHES, ONE_ZONE, PATIENCE_SECONDS, PROGRAM, ZONE, WorldTest, measured, txt_strings, wait_until

ZONES = (ZONE, STATIC)
CYCLE_SECONDS = 1  # how often PowerDNS asks what has changed: 60 s in production
ROUNDS = 10


@dataclass
class Tsig:
    name: str
    algorithm: str
    secret: str

    def ring(self):
        return {"keyring": dns.tsigkeyring.from_text({self.name: self.secret}), "keyalgorithm": self.algorithm}


def new_tsig(name):
    return Tsig(name, "hmac-sha256", base64.b64encode(secrets.token_bytes(32)).decode())


class SecondariesTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(ONE_ZONE + STATIC_SECTION)
        world.write("static.zone", APEX + RECORDS)
        world.start_custdkim()
        cls.pdns = world.start_pdns({**NO_CACHES, "zone-metadata-cache-ttl": "0", "primary": "yes", "only-notify": "",
                                     "xfr-cycle-interval": str(CYCLE_SECONDS), "remote-dnssec": "yes",
                                     "allow-axfr-ips": "", **cls.connector()})
        cls.tsig = new_tsig("transfer.example")
        cls.pdns.must_util("import-tsig-key", cls.tsig.name, cls.tsig.algorithm, cls.tsig.secret)
        for zone in ZONES:
            cls.pdns.must_util("secure-zone", zone)
            cls.pdns.must_util("activate-tsig-key", zone, cls.tsig.name, "primary")
        cls.secondaries = [make(world, cls.pdns.port, ZONES, cls.tsig) for make in (Nsd, Knot)]
        for zone in ZONES:
            cls.pdns.must_util("set-meta", zone, "ALSO-NOTIFY", *(f"{HOST}:{secondary.port}" for secondary in cls.secondaries))
            wait_until(lambda zone=zone: cls.all_have(zone, cls.served_serial(zone)), f"{zone} is on all secondaries")

    @classmethod
    def connector(cls):
        """The one that pdns-config prints: unix."""
        return {}

    @classmethod
    def served_serial(cls, zone):
        return cls.pdns.ask(zone, "SOA").answer[0][0].serial

    @classmethod
    def all_have(cls, zone, serial):
        return all(secondary.serial(zone) == serial for secondary in cls.secondaries)

    def wait_followed(self, zone, serial):
        wait_until(lambda: self.all_have(zone, serial), f"all secondaries have {zone} at serial {serial}")

    def test_a_key_zone(self):
        """Every created and every deleted key moves the serial, and is on the secondaries, with the signatures"""
        took = []
        for number in range(ROUNDS):
            before = self.served_serial(ZONE)
            started = time.monotonic()
            key = self.world.create_key(f"customer{number}.example")
            serial = self.served_serial(ZONE)
            self.assertGreater(serial, before)
            self.wait_followed(ZONE, serial)
            took.append(time.monotonic() - started)
            for secondary in self.secondaries:
                for slot in key["slots"]:
                    strings = txt_strings(secondary.ask(slot["record_name"]), slot["record_name"])
                    self.assertEqual(b"".join(strings).decode(), slot["txt"])
        took.sort()
        measured(f"from `key create` to both secondaries serving, PowerDNS asking every {CYCLE_SECONDS} s: "
                 f"{took[0]:.2f} s at best, {took[len(took) // 2]:.2f} s median, {took[-1]:.2f} s at worst of {ROUNDS}")
        self.check_validates(key["slots"][0]["record_name"], "TXT", ("NOERROR", True))
        self.assertEqual(self.world.call("DELETE", f"/v1/keys/{key['id']}")[0], 200)
        serial_without = self.served_serial(ZONE)
        self.assertGreater(serial_without, serial)
        self.wait_followed(ZONE, serial_without)
        self.check_validates(key["slots"][0]["record_name"], "TXT", ("NXDOMAIN", False))

    def test_a_static_zone(self):
        """A static zone that was changed and read again is on the secondaries"""
        text = (APEX + RECORDS).replace("example.org. 1 3600", "example.org. 2 3600") + 'fresh IN TXT "new"\n'
        self.world.write("static.zone", text)
        done = self.world.run("zone", "reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.served_serial(STATIC), 2)
        self.wait_followed(STATIC, 2)
        for secondary in self.secondaries:
            self.assertEqual(txt_strings(secondary.ask(f"fresh.{STATIC}"), f"fresh.{STATIC}"), (b"new",))
        self.check_validates(f"fresh.{STATIC}", "TXT", ("NOERROR", True))
        self.check_validates(f"nothere.{STATIC}", "A", ("NXDOMAIN", False))

    def check_validates(self, name, rdtype, expected):
        anchors = {zone: key_signing_keys(self.pdns, zone) for zone in ZONES}
        for secondary in self.secondaries:
            self.assertEqual(Delv(self.world, secondary.port, anchors).ask(name, rdtype), (SECURE, *expected))

    def transfer(self, zone, **tsig):
        messages = dns.query.xfr(HOST, zone, port=self.pdns.port, lifetime=PATIENCE_SECONDS, relativize=False, **tsig)
        return dns.zone.from_xfr(messages, relativize=False)

    def test_who_may_transfer(self):
        """The key opens both zones; without it, with another secret, and with an unknown key there is nothing"""
        wrong_secret, unknown = new_tsig(self.tsig.name), new_tsig("unknown.example")
        for zone in ZONES:
            self.assertIn(dns.name.from_text(zone), self.transfer(zone, **self.tsig.ring()))
            for refused in ({}, wrong_secret.ring(), unknown.ring()):
                with self.assertRaises((dns.exception.DNSException, EOFError), msg=f"{zone} {refused}"):
                    self.transfer(zone, **refused)


class PipeTest(SecondariesTest):
    """The same, with PowerDNS at the end of a pipe."""

    @classmethod
    def connector(cls):
        return {"remote-connection-string": f"pipe:command={PROGRAM} pipe --socket {cls.world.socket},timeout=0"}


if __name__ == "__main__":
    unittest.main()
