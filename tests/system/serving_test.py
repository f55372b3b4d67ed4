"""What the world sees: two key zones of one daemon, served by a real PowerDNS."""

import random
import re
import socket
import subprocess
import threading
import time
import unittest

import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.zone

from world import HOST, NO_CACHES, PATIENCE_SECONDS, ZONE, WorldTest, measured, rcode, txt_strings, wait_until

OTHER_ZONE = "keys.example.org"
ZONES = f"""
[[zone]]
name = "{ZONE}"
nameservers = ["ns1.example.net", "ns2.{ZONE}"]
hostmaster = "host.master.example.net"
records = "apex.zone"
[[zone]]
name = "{OTHER_ZONE}"
nameservers = ["ns1.example.org"]
hostmaster = "hostmaster.example.org"
ttl = "2m"
negative_ttl = "90s"
"""
STATIC_RECORDS = r"""$TTL 600
@            IN CAA  0 issue "ca.example.net"
ns2          IN A    127.0.0.2
www          IN A    127.0.0.3
www          IN AAAA ::3
text     120 IN TXT  "semi;colon" "a \"quoted\" word" "back\\slash"
leaf.b.deep  IN A    127.0.0.4
"""


def texts(message):
    """The answer section, a line for each record, sorted."""
    return sorted(line(rrset.name, rrset.ttl, record) for rrset in message.answer for record in rrset)


def line(name, ttl, record):
    return f"{name} {ttl} {dns.rdatatype.to_text(record.rdtype)} {record.to_text()}"


def mixed_case(name):
    while True:
        mixed = "".join(random.choice((c.lower(), c.upper())) for c in name)
        if mixed not in (name.lower(), name.upper()):
            return mixed


class ServingTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(ZONES)
        world.write("apex.zone", STATIC_RECORDS)
        cls.daemon = world.start_custdkim()
        cls.pdns = world.start_pdns()
        cls.key = world.create_key("acme.example")
        cls.other_key = world.create_key("acme.example", zone=OTHER_ZONE)

    def ask(self, name, rdtype="TXT", **options):
        return self.pdns.ask(name, rdtype, **options)

    def check_nodata(self, name, rdtype, zone=ZONE):
        answer = self.ask(name, rdtype, tcp=rdtype == "ANY")  # over UDP it is told to come back over TCP
        self.assertEqual((rcode(answer), answer.answer), ("NOERROR", []), f"{name} {rdtype}")
        self.check_negative_soa(answer, zone)

    def check_negative_soa(self, answer, zone):
        [authority] = answer.authority
        self.assertEqual((authority.name, authority.rdtype), (dns.name.from_text(zone), dns.rdatatype.SOA))

    def check_published(self, key):
        """Yields the strings of each slot's TXT."""
        for slot in key["slots"]:
            answer = self.ask(slot["record_name"])
            strings = txt_strings(answer, slot["record_name"])
            self.assertEqual(b"".join(strings).decode(), slot["txt"])
            self.assertLessEqual(max(map(len, strings)), 255)
            self.assertRegex(slot["record_name"], rf'^{slot["selector"]}\.[a-z0-9]{{6}}\.{re.escape(key["zone"])}$')
            yield strings

    def dig(self, *arguments):
        return subprocess.run(["dig", f"@{HOST}", "-p", str(self.pdns.port), "+norecurse", "+tries=1", *arguments],
                              capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True).stdout

    # names

    def test_dig_udp_and_tcp(self):
        """dig finds a key's TXT over UDP and over TCP, and the answer is authoritative"""
        slot = self.key["slots"][0]
        for transport in ("+notcp", "+tcp"):
            shown = self.dig(transport, slot["record_name"], "TXT")
            self.assertIn("status: NOERROR", shown)
            self.assertRegex(shown, r"flags: qr aa;")
            expected = f'{slot["record_name"]}. 300 IN TXT "{slot["txt"]}"'
            self.assertIn(expected, [" ".join(text.split()) for text in shown.splitlines()])

    def test_mixed_case(self):
        """An answer repeats the question's case (0x20), and means the same in any case"""
        for _ in range(50):
            slot = random.choice(self.key["slots"])
            name = mixed_case(slot["record_name"])
            for tcp in (False, True):
                answer = self.ask(name, tcp=tcp)
                self.assertEqual(answer.question[0].name.to_text(), name + ".")
                self.assertEqual(answer.answer[0].name.to_text(), name + ".")
                self.assertEqual(b"".join(txt_strings(answer, name)).decode(), slot["txt"])

    def test_empty_non_terminals(self):
        """An empty non-terminal, above a key or above a static record, is NODATA and not NXDOMAIN (RFC 8020)"""
        label = self.key["slots"][0]["record_name"].split(".", 1)[1]
        for name in (label, f"deep.{ZONE}", f"b.deep.{ZONE}"):
            for rdtype in ("TXT", "A", "NS", "CNAME", "ANY"):
                self.check_nodata(name, rdtype)
                self.check_nodata(mixed_case(name), rdtype)

    def test_other_types(self):
        """A type that is not at a name is NODATA"""
        for rdtype in ("A", "AAAA", "CNAME", "MX", "TYPE65280"):
            self.check_nodata(self.key["slots"][0]["record_name"], rdtype)
        self.check_nodata(f"www.{ZONE}", "TXT")
        self.check_nodata(ZONE, "MX")
        self.check_nodata(self.other_key["slots"][1]["record_name"], "A", OTHER_ZONE)

    def test_unknown_names(self):
        """A name that is not there is NXDOMAIN with the SOA: beside, below and above a key, and the other's slot"""
        first, second = (slot["record_name"] for slot in self.key["slots"])
        for name in (f"zzzzzz.{ZONE}", f"s1.zzzzzz.{ZONE}", f"www.{first}", first.replace("s1.", "s3."),
                     first.replace("s1.", "s2."), second.replace("s2.", "s1."), f"_domainkey.{first}",
                     f"s1\\.{first[3:]}", f"*.{ZONE}"):
            answer = self.ask(name)
            self.assertEqual((rcode(answer), answer.answer), ("NXDOMAIN", []), name)
            self.check_negative_soa(answer, ZONE)

    def test_same_label_other_zone(self):
        """A label of one zone does not answer in the other"""
        name = self.key["slots"][0]["record_name"].replace(ZONE, OTHER_ZONE)
        answer = self.ask(name)
        self.assertEqual(rcode(answer), "NXDOMAIN")
        self.check_negative_soa(answer, OTHER_ZONE)

    def test_foreign_zones(self):
        """Names outside the key zones are REFUSED: others, the parent, and the root"""
        for name in ("www.example.com", "example.net", "s1._domainkey.acme.example", f"x{ZONE}", "."):
            for tcp in (False, True):
                answer = self.ask(name, tcp=tcp)
                self.assertEqual((rcode(answer), answer.answer), ("REFUSED", []), name)

    def test_apex(self):
        """SOA, NS and CAA stand at the apex"""
        soa = self.ask(ZONE, "SOA").answer[0]
        self.assertEqual(soa[0].to_text(), "ns1.example.net. host.master.example.net. "
                                           f"{self.world.serial()} 3600 900 1209600 300")
        servers = [f"{ZONE}. 300 NS ns1.example.net.", f"{ZONE}. 300 NS ns2.{ZONE}."]
        self.assertEqual(texts(self.ask(ZONE, "NS")), servers)
        self.assertEqual(texts(self.ask(ZONE, "CAA")), [f'{ZONE}. 600 CAA 0 issue "ca.example.net"'])
        everything = self.ask(ZONE, "ANY", tcp=True).answer
        self.assertEqual({dns.rdatatype.to_text(rrset.rdtype) for rrset in everything}, {"SOA", "NS", "CAA"})

    def test_static_records(self):
        """Static records are served as the zone file has them, quotes, semicolons and backslashes too"""
        self.assertEqual(texts(self.ask(f"www.{ZONE}", "A")), [f"www.{ZONE}. 600 A 127.0.0.3"])
        self.assertEqual(texts(self.ask(f"www.{ZONE}", "AAAA")), [f"www.{ZONE}. 600 AAAA ::3"])
        self.assertEqual(texts(self.ask(f"leaf.b.deep.{ZONE}", "A")), [f"leaf.b.deep.{ZONE}. 600 A 127.0.0.4"])
        answer = self.ask(f"text.{ZONE}", "TXT")
        self.assertEqual(answer.answer[0].ttl, 120)
        self.assertEqual(txt_strings(answer, f"text.{ZONE}"), (b"semi;colon", b'a "quoted" word', b"back\\slash"))

    def test_negative_ttl(self):
        """The SOA of a negative answer carries the negative TTL (RFC 2308), of each zone its own"""
        for zone, ttl, minimum in ((ZONE, 300, 300), (OTHER_ZONE, 90, 90)):
            [soa] = self.ask(f"zzzzzz.{zone}").authority
            self.assertEqual((soa.ttl, soa[0].minimum), (ttl, minimum))
        self.assertEqual(self.ask(OTHER_ZONE, "SOA").answer[0].ttl, 120)

    # keys

    def test_txt_is_json(self):
        """The TXT through PowerDNS is the `txt` that the API shows, in strings of at most 255 octets"""
        for key in (self.key, self.other_key):
            for strings in self.check_published(key):
                self.assertRegex(strings[0].decode(), r"^v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=$")

    def test_rsa(self):
        """An rsa-2048 record comes in two strings, an rsa-1024 one in one"""
        for kind, count in (("rsa-2048", 2), ("rsa-1024", 1)):
            key = self.world.create_key(f"{kind}.example", type=kind)
            for strings in self.check_published(key):
                self.assertEqual(len(strings), count)
                self.assertTrue(strings[0].startswith(b"v=DKIM1; k=rsa; p=MI"), strings[0])

    def test_rsa_1024_warning(self):
        """`key create --type rsa-1024` works, and warns on stderr"""
        done = self.world.run("key", "create", "small.example", "--type", "rsa-1024", "--zone", OTHER_ZONE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("custdkim: warning: rsa-1024", done.stderr)
        self.assertIn("RFC 8301", done.stderr)
        self.assertIn(f".{OTHER_ZONE}.", done.stdout)

    def test_created_while_serving(self):
        """A key is visible at once, in its zone, and moves the serial of that zone only"""
        for zone, other in ((ZONE, OTHER_ZONE), (OTHER_ZONE, ZONE)):
            before = self.serials(zone, other)
            started = time.monotonic()
            key = self.world.create_key(f"new.{zone[:4]}.example", zone=zone)
            list(self.check_published(key))
            measured(f"created and seen through PowerDNS in {(time.monotonic() - started) * 1000:.0f} ms")
            after = self.serials(zone, other)
            self.assertGreater(after[0], before[0])
            self.assertEqual(after[1], before[1])

    def serials(self, *zones):
        """What PowerDNS serves, which must be what the API says."""
        served = [self.ask(zone, "SOA").answer[0][0].serial for zone in zones]
        self.assertEqual(served, [self.world.serial(zone) for zone in zones])
        return served

    def test_deleted(self):
        """A key that never signed goes at once when it is deleted: NXDOMAIN, a new serial, and the CLI says so"""
        key = self.world.create_key("gone.example")
        before = self.serials(ZONE)[0]
        done = self.world.run("key", "delete", "gone.example")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f'Key {key["id"]} of gone.example is deleted', done.stdout)
        self.assertIn("No mail needs its records, so they were withdrawn at once", done.stdout)
        for slot in key["slots"]:
            name = slot["record_name"]
            self.assertEqual(rcode(self.ask(name)), "NXDOMAIN")
            self.assertEqual(rcode(self.ask(name.split(".", 1)[1])), "NXDOMAIN", "no empty non-terminal stays behind")
        self.assertGreater(self.serials(ZONE)[0], before)
        self.assertEqual(self.world.run("key", "show", key["id"]).returncode, 1)

    # the whole zone

    def transfer(self, zone):
        messages = dns.query.xfr(HOST, zone, port=self.pdns.port, lifetime=PATIENCE_SECONDS, relativize=False)
        return dns.zone.from_xfr(messages, relativize=False)

    def listed(self, zone):
        return sorted(line(name, rdataset.ttl, record)
                      for name, rdataset in self.transfer(zone).iterate_rdatasets() for record in rdataset)

    def expected(self, zone, ttl, static):
        keys = [key for key in self.world.call("GET", "/v1/keys?limit=1000")[1]["keys"] if key["zone"] == zone]
        lines = [line.format(zone=zone) for line in static]
        lines += [f'{slot["record_name"]}. {ttl} TXT {quoted(slot["txt"])}' for key in keys for slot in key["slots"]]
        return sorted(lines)

    def test_transfer(self):
        """AXFR has exactly the apex, the static records and every key, with the configured TTLs"""
        soa = [self.ask(zone, "SOA").answer[0][0].to_text() for zone in (ZONE, OTHER_ZONE)]
        static = [f"{{zone}}. 300 SOA {soa[0]}", "{zone}. 300 NS ns1.example.net.", "{zone}. 300 NS ns2.{zone}.",
                  '{zone}. 600 CAA 0 issue "ca.example.net"', "ns2.{zone}. 600 A 127.0.0.2",
                  "www.{zone}. 600 A 127.0.0.3", "www.{zone}. 600 AAAA ::3", "leaf.b.deep.{zone}. 600 A 127.0.0.4",
                  r'text.{zone}. 120 TXT "semi;colon" "a \"quoted\" word" "back\\slash"']
        self.assertEqual(self.listed(ZONE), self.expected(ZONE, 300, static))
        static = [f"{{zone}}. 120 SOA {soa[1]}", "{zone}. 120 NS ns1.example.org."]
        self.assertEqual(self.listed(OTHER_ZONE), self.expected(OTHER_ZONE, 120, static))

    def test_pdnsutil(self):
        """pdnsutil lists and checks the zones, and finds no error"""
        listed = self.pdns.util("list-all-zones")
        self.assertEqual((listed.returncode, sorted(listed.stdout.split())), (0, [ZONE, OTHER_ZONE]), listed.stderr)
        shown = self.pdns.util("list-zone", ZONE)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for slot in self.key["slots"]:
            self.assertIn(f'{slot["record_name"]}\t300\tIN\tTXT\t"{slot["txt"]}"', shown.stdout)
        for zone in (ZONE, OTHER_ZONE):
            checked = self.pdns.util("check-zone", zone)
            self.assertEqual(checked.returncode, 0, checked.stdout)
            self.assertRegex(checked.stdout, rf"Checked \d+ records of '{re.escape(zone)}', 0 errors")
        self.assertEqual(self.pdns.util("check-zone", "example.com").returncode, 1)


def quoted(text):
    """A TXT in strings of 255, as presentation format has it."""
    return " ".join(f'"{text[i:i + 255]}"' for i in range(0, len(text), 255))


class Secondary:
    """Takes NOTIFY messages (RFC 1996) and answers them."""

    def __init__(self):
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.address = "%s:%d" % self.socket.getsockname()
        self.notified = []  # zones
        self.receiver = threading.Thread(target=self.answer_all)
        self.receiver.start()

    def answer_all(self):
        while True:
            wire, sender = self.socket.recvfrom(65535)
            if not wire:
                return
            notify = dns.message.from_wire(wire)
            self.notified.append(notify.question[0].name.to_text())
            self.socket.sendto(dns.message.make_response(notify).to_wire(), sender)

    def close(self):
        self.socket.sendto(b"", self.socket.getsockname())
        self.receiver.join()
        self.socket.close()


class NotifyTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(ZONES.replace('records = "apex.zone"\n', ""))
        world.start_custdkim()
        cls.secondary = Secondary()
        cls.addClassCleanup(cls.secondary.close)
        cls.pdns = world.start_pdns({**NO_CACHES, "primary": "yes", "xfr-cycle-interval": "1", "only-notify": "",
                                     "also-notify": cls.secondary.address})

    def waiting(self):
        """The zones whose secondaries PowerDNS has to tell, as custdkim says."""
        [reply] = self.world.talk(("getUpdatedMasters", {}))
        return [info["zone"] for info in reply["result"]]

    def test_cycle(self):
        """A changed zone is notified to its secondaries, and then PowerDNS says so"""
        # The first round belongs to no one: PowerDNS 4.7 may begin it before it has read also-notify.
        wait_until(lambda: self.waiting() == [], "PowerDNS says that it notified both zones")
        for zone in (OTHER_ZONE, ZONE):
            del self.secondary.notified[:]
            self.world.create_key("acme.example", zone=zone)
            wait_until(lambda: f"{zone}." in self.secondary.notified, "the change is notified")
            wait_until(lambda: self.waiting() == [], "PowerDNS says that it did")
            [reply] = self.world.talk(("getDomainInfo", {"name": f"{zone}."}))
            self.assertEqual(reply["result"]["notified_serial"], self.world.serial(zone))
        self.assertNotIn("was not answered", (self.world.directory / "custdkim.log").read_text())


class PrintedSettingsTest(WorldTest):
    """pdns_server with exactly what `custdkim pdns-config` prints, and nothing else but where to listen."""

    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        world.start_custdkim()
        cls.pdns = world.start_pdns({})

    def test_settings_are_accepted(self):
        """Every printed setting is known to pdns_server and in force"""
        printed = (self.pdns.home / "pdns.conf").read_text()
        settings = dict(line.split("=", 1) for line in printed.splitlines() if line and not line.startswith("#"))
        self.assertGreater(len(settings), 5)
        running = self.pdns.control("current-config").stdout
        for name, value in settings.items():
            self.assertRegex(running, rf"(?m)^(# )?{re.escape(name)}={re.escape(value)}$")  # "# ": also the default
        self.assertNotIn("rror", self.pdns.log())

    def test_new_key_with_caches(self):
        """With caches on a new key is visible at once all the same: nobody can have asked for its name"""
        self.assertEqual(rcode(self.pdns.ask(f"zzzzzz.{ZONE}")), "NXDOMAIN")
        key = self.world.create_key("acme.example")
        for slot in key["slots"]:
            strings = txt_strings(self.pdns.ask(slot["record_name"]), slot["record_name"])
            self.assertEqual(b"".join(strings).decode(), slot["txt"])


if __name__ == "__main__":
    unittest.main()
