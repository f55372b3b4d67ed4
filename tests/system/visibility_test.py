"""Whether records are visible, seen at real name servers: good ones, one that lags, one that truncates, silent
and dead ones (R2)."""

import base64
import os
import random
import socket
import sqlite3
import subprocess
import unittest
from pathlib import Path

import dns.flags

from world import HOST, NO_CACHES, PATIENCE_SECONDS, ZONE, PowerDns, WorldTest, free_port, measured

LOOK = os.environ.get("LOOK", "look")
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
OCTETS = {"ed25519": 32, "rsa-2048": 294, "rsa-4096": 550}
MANY = 256


class Record:
    """A record of the key zone, and what must be seen there."""

    def __init__(self, label, kind="ed25519", public_key=None):
        self.label = label
        self.kind = kind
        self.public_key = random.randbytes(OCTETS[kind]) if public_key is None else public_key
        self.name = f"s1.{label}.{ZONE}"

    def text(self):
        family = "ed25519" if self.kind == "ed25519" else "rsa"
        return f"v=DKIM1; k={family}; p={base64.b64encode(self.public_key).decode()}"

    def content(self):
        text = self.text()
        return " ".join(f'"{text[at:at + 255]}"' for at in range(0, len(text), 255))

    def wanted(self):
        key = base64.b64encode(self.public_key).decode() or "-"
        return f"record s1 {self.label} {self.kind} {key}\n"


class NameServer:
    """PowerDNS over gsqlite3, with a key zone that the test changes as it likes."""

    def __init__(self, world, name, settings=None):
        self.world, self.name, self.settings = world, name, settings or {}
        self.database = world.directory / f"{name}.db"
        self.port = free_port()
        connection = sqlite3.connect(self.database)
        connection.executescript("PRAGMA journal_mode = WAL;" + SCHEMA.read_text())
        connection.execute("INSERT INTO domains (id, name, type) VALUES (1, ?, 'NATIVE')", (ZONE,))
        connection.commit()
        connection.close()
        self.load(1, [])

    @property
    def address(self):
        return f"{HOST}:{self.port}"

    def start(self):
        config = f"launch=gsqlite3\ngsqlite3-database={self.database}\n"
        settings = {**NO_CACHES, "zone-cache-refresh-interval": "0", **self.settings}
        self.program = self.world.remember(
            PowerDns(self.world.directory, config, settings, self.name, self.port))
        return self

    def load(self, serial, records):
        """The whole zone, in one transaction."""
        soa = f"ns1.example.net hostmaster.example.net {serial} 1 2 3 4"
        rows = [(ZONE, "SOA", soa), (ZONE, "NS", "ns1.example.net"),
                *((record.name, "TXT", record.content()) for record in records)]
        connection = sqlite3.connect(self.database, timeout=PATIENCE_SECONDS)
        with connection:
            connection.execute("DELETE FROM records")
            connection.executemany("INSERT INTO records (domain_id, name, type, content, ttl, auth)"
                                   " VALUES (1, ?, ?, ?, 300, 1)", rows)
        connection.close()


class Watch:
    """The program that looks, with its memory of dead servers and its clock."""

    def __init__(self, test, *addresses, zone=ZONE):
        self.process = subprocess.Popen([LOOK, zone, *addresses], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        test.addCleanup(self.end)

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        exit_code = self.process.wait(PATIENCE_SECONDS)
        assert exit_code == 0, exit_code

    def look(self, *records):
        """What is said of each record, and how many seconds it took."""
        self.process.stdin.write("".join(record.wanted() for record in records) + "look\n")
        self.process.stdin.flush()
        lines = [self.process.stdout.readline().rstrip("\n") for _ in records]
        took = self.process.stdout.readline()
        if not took.startswith("took "):
            raise AssertionError(f"the program ended; it had said {lines}")
        return lines, int(took.split()[1]) / 1000

    def advance(self, seconds):
        self.process.stdin.write(f"advance {seconds}\n")


class VisibilityTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        cls.first = NameServer(world, "first").start()
        cls.truncating = NameServer(world, "truncating", {"udp-truncation-threshold": "512"}).start()
        cls.third = NameServer(world, "third").start()
        cls.servers = (cls.first, cls.truncating, cls.third)
        cls.everywhere = [server.address for server in cls.servers]

    def load_all(self, serial, records):
        for server in self.servers:
            server.load(serial, records)

    def test_all_serve_all(self):
        """Records of every size are visible, over TCP where they must be"""
        records = [Record("aaaaaa"), Record("bbbbbb", "rsa-2048"), Record("cccccc", "rsa-4096"),
                   Record("dddddd", public_key=b"")]
        self.load_all(10, records)
        for server, is_truncated in ((self.first, False), (self.truncating, True)):
            answer = server.program.ask(records[2].name, use_edns=0, payload=1232)
            self.assertEqual(bool(answer.flags & dns.flags.TC), is_truncated)
        lines, _ = Watch(self, *self.everywhere).look(*records)
        self.assertEqual(lines, ["visible"] * 4)

    def test_one_lags(self):
        """What one server does not have yet is not visible, until it catches up"""
        old, new, changed = Record("aaaaaa"), Record("bbbbbb"), Record("cccccc")
        self.load_all(10, [old, new, changed])
        self.third.load(9, [old, Record("cccccc")])
        watch = Watch(self, *self.everywhere)
        lines, _ = watch.look(old, new, changed)
        where = "at serial 9, where others are at 10"
        self.assertEqual(lines, ["visible", f"{self.third.address}: answered NXDOMAIN {where}",
                                 f"{self.third.address}: has another TXT {where}"])
        self.third.load(10, [old, new, changed])
        self.assertEqual(watch.look(old, new, changed)[0], ["visible"] * 3)

    def test_two_records(self):
        """A second TXT at the same name hides the first"""
        record = Record("aaaaaa")
        self.load_all(10, [record])
        self.first.load(10, [record, Record("aaaaaa")])
        lines, _ = Watch(self, *self.everywhere).look(record)
        self.assertEqual(lines, [f"{self.first.address}: has 2 TXT records at serial 10"])

    def test_zone_not_served(self):
        """A server that does not know the zone"""
        lines, _ = Watch(self, self.first.address, zone="other.example.net").look(Record("aaaaaa"))
        [said] = lines
        self.assertEqual(said, f"{self.first.address}: answered REFUSED when asked for the SOA of other.example.net")

    def test_nobody_listens(self):
        """A dead port costs no time"""
        record = Record("aaaaaa")
        self.load_all(10, [record])
        with socket.socket(type=socket.SOCK_DGRAM) as reserved:
            reserved.bind((HOST, 0))
            reserved.connect((HOST, self.first.port))  # whom else it hears: nobody
            dead = f"{HOST}:{reserved.getsockname()[1]}"
            lines, seconds = Watch(self, *self.everywhere, dead).look(record)
        self.assertEqual(lines, [f"{dead}: Connection refused"])
        measured(f"a look with a dead port took {seconds} s")

    def test_silent_server(self):
        """A silent server costs its deadline once, not for each record and not at each look"""
        records = [Record(f"x{n:05}") for n in range(MANY)]
        self.load_all(10, records)
        with socket.socket(type=socket.SOCK_DGRAM) as silent:
            silent.bind((HOST, 0))
            address = f"{HOST}:{silent.getsockname()[1]}"
            watch = Watch(self, *self.everywhere, address)
            lines, first_seconds = watch.look(*records)
            self.assertEqual(set(lines), {f"{address}: no answer in time"})
            self.assertGreaterEqual(first_seconds, 1.9)
            lines, second_seconds = watch.look(*records)
            self.assertEqual(set(lines), {f"{address}: no answer in time"})
            self.assertLess(second_seconds, first_seconds)
            measured(f"{MANY} records with a silent server: {first_seconds} s, then {second_seconds} s")

    def test_server_comes_back(self):
        """A server that was down is seen again after its rest"""
        record = Record("aaaaaa")
        fourth = NameServer(self.world, "fourth")
        fourth.load(10, [record])
        self.load_all(10, [record])
        watch = Watch(self, *self.everywhere, fourth.address)
        self.assertEqual(watch.look(record)[0], [f"{fourth.address}: Connection refused"])
        fourth.start()
        self.assertEqual(watch.look(record)[0], [f"{fourth.address}: Connection refused"])
        watch.advance(60)
        self.assertEqual(watch.look(record)[0], ["visible"])
        fourth.program.kill()
        self.assertEqual(watch.look(record)[0], [f"{fourth.address}: Connection refused"])

    def test_many_records(self):
        """As many records as one turn of the rotation looks at, at three servers"""
        for kind in ("ed25519", "rsa-2048", "rsa-4096"):
            records = [Record(f"x{n:05}", kind) for n in range(MANY)]
            self.load_all(10, records)
            lines, seconds = Watch(self, *self.everywhere).look(*records)
            self.assertEqual(lines, ["visible"] * MANY)
            measured(f"{MANY} {kind} records at 3 servers, one of them truncating: {seconds} s")
            self.assertLess(seconds, 20)  # one after the other, lost or waiting, would take longer


if __name__ == "__main__":
    unittest.main()
