"""The key zone over custdkim and the same zone in PowerDNS's own gsqlite3: the same answers, octet for octet."""

import http.client
import random
import socket
import sqlite3
import struct
import sys
import unittest
from pathlib import Path

import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.zone

from world import (HOST, NO_CACHES, PATIENCE_SECONDS, ZONE, PowerDns, WorldTest, call_over, measured, records)

ED25519_KEYS = 1500
RSA_KEYS = {"rsa-1024": 20, "rsa-2048": 3}
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
ZONES = f"""
[[zone]]
name = "{ZONE}"
nameservers = ["ns1.{ZONE}", "ns2.example.org"]
hostmaster = "hostmaster.example.net"
records = "apex.zone"
ttl = "2m"
negative_ttl = "1m"
"""
STATIC_RECORDS = r"""$TTL 600
@             IN CAA   0 issue "ca.example.net"
@             IN CAA   0 iodef "mailto:security@example.net"
@             IN TXT   "v=spf1 -all"
@             IN MX    0 .
ns1           IN A     127.0.0.2
ns1           IN AAAA  ::2
text      120 IN TXT   "semi;colon" "a \"quoted\" word" "back\\slash" "\001\255"
alias         IN CNAME ns1
out           IN CNAME www.example.org.
mail          IN MX    10 ns1
mail          IN MX    20 mail.example.org.
_sip._tcp     IN SRV   1 2 5060 ns1
leaf.b.deep   IN A     127.0.0.4
wide          IN NS    ns1.wide
wide          IN NS    ns.example.org.
ns1.wide      IN A     127.0.0.5
*.wild        IN TXT   "any"
"""
# The same for both, and no shuffling, so that only the backend can make a difference.
SETTINGS = {**NO_CACHES, "no-shuffle": "yes", "consistent-backends": "yes", "server-id": "test"}
TYPES = ("TXT", "A", "AAAA", "CNAME", "NS", "SOA", "MX", "SRV", "CAA", "DS", "DNSKEY", "PTR", "TYPE65280", "ANY")


class Client:
    """Asks both servers the same question, with the same id, and returns the raw answers."""

    def __init__(self, servers):
        self.servers = servers
        self.streams = {}

    def ask(self, wire, tcp):
        how = self.ask_tcp if tcp else self.ask_udp
        return [how(server, wire) for server in self.servers]

    @staticmethod
    def ask_udp(server, wire):
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.settimeout(PATIENCE_SECONDS)
            client.connect((HOST, server.port))
            client.send(wire)
            return client.recv(65535)

    def ask_tcp(self, server, wire):
        try:
            return self.exchange(server, wire)
        except (ConnectionError, EOFError):  # PowerDNS closes what was idle for 5 s
            self.close(server)
            return self.exchange(server, wire)

    def exchange(self, server, wire):
        if server not in self.streams:
            client = socket.create_connection((HOST, server.port), timeout=PATIENCE_SECONDS)
            self.streams[server] = client.makefile("rwb")
            client.close()  # the stream holds it
        stream = self.streams[server]
        stream.write(struct.pack("!H", len(wire)) + wire)
        stream.flush()
        size = stream.read(2)
        if len(size) < 2:
            raise EOFError
        return stream.read(struct.unpack("!H", size)[0])

    def close(self, server):
        if server in self.streams:
            self.streams.pop(server).close()


class DifferentialTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.seed = random.randrange(1 << 32)
        cls.random = random.Random(cls.seed)
        world = cls.make_world(ZONES)
        world.write("apex.zone", STATIC_RECORDS)
        world.start_custdkim()
        cls.keys = cls.create_keys()
        cls.remote = world.start_pdns({**SETTINGS, "remote-connection-string": cls.patient()})
        cls.sqlite = cls.start_sqlite(cls.listed())
        cls.client = Client([cls.remote, cls.sqlite])
        for server in cls.client.servers:
            cls.addClassCleanup(cls.client.close, server)
        cls.names = list(records(cls.keys))
        cls.labels = [name.split(".", 1)[1] for name in cls.names]

    @classmethod
    def create_keys(cls):
        kinds = ["ed25519"] * ED25519_KEYS + [kind for kind, count in RSA_KEYS.items() for _ in range(count)]
        connection = http.client.HTTPConnection(HOST, cls.world.api_port, timeout=PATIENCE_SECONDS)
        keys = []
        for n, kind in enumerate(kinds):
            status, key = call_over(connection, cls.world.token, "POST", "/v1/keys",
                                    {"domain": f"customer{n}.example", "type": kind})
            assert status == 201, key
            keys.append(key)
        connection.close()
        return keys

    @classmethod
    def listed(cls):
        """The zone as a zone file, its records in the order in which they are served."""
        home = cls.world.directory / "listing"
        home.mkdir()
        # All in one reply: PowerDNS parses it anew with every piece that comes, and needs its time.
        (home / "pdns.conf").write_text(f"launch=remote\nremote-connection-string={cls.patient()}\n")
        shown = PowerDns.run_tool("pdnsutil", f"--config-dir={home}", "list-zone", ZONE)
        assert shown.returncode == 0, shown.stderr
        return cls.world.write("listed.zone", shown.stdout)

    @classmethod
    def patient(cls):
        return f"unix:path={cls.world.socket},timeout={PATIENCE_SECONDS * 1000}"

    @classmethod
    def start_sqlite(cls, zone_file):
        database = cls.world.directory / "reference.db"
        connection = sqlite3.connect(database)
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + SCHEMA.read_text())
        connection.close()
        config = f"launch=gsqlite3\ngsqlite3-database={database}\ngsqlite3-pragma-synchronous=0\n"
        home = cls.world.directory / "reference"
        home.mkdir()
        (home / "pdns.conf").write_text(config)
        for arguments in (("load-zone", ZONE, zone_file), ("set-kind", ZONE, "primary"), ("rectify-zone", ZONE)):
            done = PowerDns.run_tool("pdnsutil", f"--config-dir={home}", *arguments)
            assert done.returncode == 0, done.stderr
        return cls.world.remember(PowerDns(cls.world.directory, config, SETTINGS, "reference"))

    # comparing

    def compare(self, name, rdtype, tcp=None, **options):
        """Asks once as told, where it is not told any way will do."""
        if tcp is None:
            tcp = self.random.random() < 0.2
        if not options:
            options = self.any_options()
        question = dns.message.make_query(name, rdtype, id=self.random.randrange(65536), **options)
        if self.random.random() < 0.5:
            question.flags &= ~dns.flags.RD
        ours, theirs = self.client.ask(question.to_wire(), tcp)
        if not same(ours, theirs, rdtype):
            self.fail(f"seed {self.seed}, {name} {rdtype} {options}{' TCP' if tcp else ''}:\n{told(ours)}\n"
                      f"and gsqlite3:\n{told(theirs)}")
        type(self).compared += 1
        return ours

    compared = 0

    def any_options(self):
        """Without EDNS, or with it and some size and the DO bit or not."""
        if self.random.random() < 0.4:
            return {"use_edns": False}
        return {"use_edns": 0, "payload": self.random.choice((512, 1232, 4096)),
                "want_dnssec": self.random.random() < 0.5}

    def compare_all(self, names, types, **options):
        for name in names:
            for rdtype in types:
                self.compare(name, rdtype, **options)

    def sample(self, names, count):
        return self.random.sample(names, min(count, len(names)))

    def any_case(self, name):
        return "".join(self.random.choice((c.lower(), c.upper())) for c in name)

    def tearDown(self):
        measured(f"{type(self).compared} answers were the same so far")

    def test_every_record(self):
        """Every record of every key"""
        for name in self.names:
            answer = dns.message.from_wire(self.compare(name, "TXT", use_edns=0, payload=1232))
            self.assertEqual(len(answer.answer), 1)

    def test_types(self):
        """Names of keys, by every type, over UDP and TCP"""
        for tcp in (False, True):
            self.compare_all(self.sample(self.names, 60), TYPES, tcp=tcp)

    def test_rsa(self):
        """RSA records, which are longer, in small and in large messages"""
        rsa = list(records([key for key in self.keys if key["type"] != "ed25519"]))
        for payload in (512, 600, 1232):
            self.compare_all(rsa, ("TXT", "ANY"), tcp=False, use_edns=0, payload=payload)
        self.compare_all(rsa, ("TXT", "ANY"), tcp=True)
        self.compare_all(rsa, ("TXT", "ANY"), tcp=False, use_edns=False)

    def test_empty_non_terminals(self):
        """Empty non-terminals, above keys and above static records"""
        self.compare_all(self.sample(self.labels, 100), TYPES)
        self.compare_all([f"deep.{ZONE}", f"b.deep.{ZONE}", f"_tcp.{ZONE}", f"wild.{ZONE}"], TYPES)

    def test_apex(self):
        """The apex, by every type, in every way"""
        for tcp in (False, True):
            for _ in range(5):
                self.compare_all([ZONE, self.any_case(ZONE)], TYPES, tcp=tcp)

    def test_static(self):
        """Static records: aliases, a delegation, a wildcard, and what is below them"""
        for line in STATIC_RECORDS.splitlines()[1:]:
            owner = line.split()[0]
            name = ZONE if owner == "@" else f"{owner}.{ZONE}"
            for tcp in (False, True):
                self.compare_all([name, f"x.{name}", f"a.b.{name}", self.any_case(name)], TYPES, tcp=tcp)
        self.compare_all([f"x.wild.{ZONE}", f"a.b.wild.{ZONE}", f"x.wide.{ZONE}"], TYPES)

    def test_mixed_case(self):
        """Questions in mixed case"""
        for name in self.sample(self.names + self.labels, 500):
            self.compare(self.any_case(name), "TXT")

    def test_unknown_names(self):
        """Names that are not there: random ones, beside, below and above those that are"""
        letters = "abcdefghijklmnopqrstuvwxyz0123456789-_"
        for _ in range(300):
            label = "".join(self.random.choices(letters, k=self.random.randrange(1, 20)))
            self.compare_all([f"{label}.{ZONE}", f"s1.{label}.{ZONE}"], ("TXT", "A"))
        for name in self.sample(self.names, 100):
            swapped = name.replace("s1.", "s9.", 1).replace("s2.", "s1.", 1)
            self.compare_all([swapped, f"x.{name}", f"_domainkey.{name}", f"a.b.c.{name}", f"*.{name}"], ("TXT", "ANY"))

    def test_foreign_names(self):
        """Names outside the zone: above it, beside it, and the root"""
        for name in (".", "net", "example.net", "www.example.net", f"x{ZONE}", "example.com", "localhost", "1.0.0.127.in-addr.arpa"):
            for tcp in (False, True):
                self.compare_all([name], TYPES, tcp=tcp)

    def test_odd_names(self):
        """Names with odd octets, and of all lengths"""
        odd = [chr(c) if chr(c).isalnum() else f"\\{c:03d}" for c in range(256)]
        for label in odd:
            self.compare_all([f"{label}.{ZONE}", f"s1.a{label}b.{ZONE}"], ("TXT",))
        for length in range(1, 64):
            self.compare(f"{'x' * length}.{ZONE}", "TXT")
        for count in range(1, 60):
            self.compare(f"{'xyz.' * count}{ZONE}"[-250:].lstrip("."), "TXT")

    def test_classes(self):
        """Other classes"""
        for rdclass in ("CH", "HS", "ANY"):
            for name in (ZONE, self.names[0], f"zzzzzz.{ZONE}"):
                self.compare(name, "TXT", rdclass=rdclass)

    def test_whole_zone(self):
        """AXFR brings the same records"""
        zones = []
        for server in self.client.servers:
            messages = dns.query.xfr(HOST, ZONE, port=server.port, lifetime=PATIENCE_SECONDS, relativize=False)
            zones.append(dns.zone.from_xfr(messages, relativize=False))
        self.assertEqual(zones[0], zones[1])
        self.assertGreater(len(zones[0].nodes), 2 * len(self.keys))


def same(ours, theirs, rdtype):
    """Octet for octet. Only ANY has an order of its own in gsqlite3, by type as its index has it: there flags,
    records and size count."""
    return ours == theirs or (rdtype == "ANY" and sorted_sections(ours) == sorted_sections(theirs))


def sorted_sections(wire):
    message = dns.message.from_wire(wire)
    sections = [sorted(rrset.to_text() for rrset in section) for section in message.sections]
    return message.id, message.flags, message.ednsflags, message.payload, sections, len(wire)


def told(wire):
    try:
        return str(dns.message.from_wire(wire))
    except dns.exception.DNSException:
        return wire.hex()


if __name__ == "__main__":
    unittest.main()
