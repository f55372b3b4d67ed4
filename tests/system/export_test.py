"""`custdkim zone export`: what it writes is loaded by other name servers, and is what is served."""

import http.server
import json
import os
import subprocess
import sys
import threading
import time
import unittest

import dns.query
import dns.zone

from world import HOST, NO_CACHES, ONE_ZONE, PATIENCE_SECONDS, PROGRAM, ZONE, WorldTest, measured

STATIC = "static.example"
BIG = "big.example"
BIG_RECORDS = int(os.environ.get("CUSTDKIM_EXPORT_RECORDS", "10000"))
ZONES = f"""{ONE_ZONE.strip()}
records = "apex.zone"
[[static_zone]]
name = "{STATIC}"
file = "static.zone"
[[static_zone]]
name = "{BIG}"
file = "big.zone"
[[static_zone]]
name = "0/25.2.0.192.in-addr.arpa"
file = "reverse.zone"
"""
HEAD = "$TTL 300\n@ SOA ns1 hostmaster 7 3600 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.1\n"
STATIC_ZONE = HEAD + r"""@        MX 10 mail
mail     A 192.0.2.2
mail     AAAA 2001:db8::2
mail     600 TXT "semi;colon" "a \"quoted\" word" "back\\slash" "\000\255"
*.wild   TXT "any"
\$dollar TXT "dollar"
quo\"te  TXT "quote"
at\@sign TXT "at"
a\.dot   TXT "dot"
sp\032ce TXT "space"
sub      NS ns.sub
sub      DS 12345 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
ns.sub   A 192.0.2.3
_sip._tcp SRV 0 5 5060 mail
leaf.b.deep CAA 0 issue "ca.example.net"
old      DNAME example.org.
alias    CNAME mail
odd      TYPE65400 \# 3 010203
"""


MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def checkers(zone, file):
    """Commands that load a zone file as BIND, Knot DNS and NSD do."""
    return (["named-checkzone", "-i", "local", zone, file], ["kzonecheck", "-o", zone, file], ["nsd-checkzone", zone, file])


def in_file(zone, file):
    return dns.zone.from_file(str(file), zone, relativize=False)


class ExportTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(ZONES)
        world.write("apex.zone", '$TTL 600\n@ CAA 0 issue "ca.example.net"\nwww A 127.0.0.3\n')
        world.write("static.zone", STATIC_ZONE)
        world.write("reverse.zone", HEAD + "1 PTR www.example.net.\n")
        world.write("big.zone", HEAD + "".join(f'n{i} TXT "{i} {"x" * 200}"\n' for i in range(BIG_RECORDS)))
        cls.daemon = world.start_custdkim()
        cls.pdns = world.start_pdns({**NO_CACHES, "allow-axfr-ips": f"{HOST}/32"})
        for domain in ("acme.example", "other.example"):
            world.create_key(domain)
        world.create_key("rsa.example", type="rsa-2048")

    def export(self, zone):
        file = self.world.directory / "exported.zone"
        done = self.world.run("zone", "export", zone, "--output", file)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        return file

    def check_loads(self, zone, file):
        for command in checkers(zone, file):
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=PATIENCE_SECONDS)
            self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")

    def check_is_served(self, zone, file):
        messages = dns.query.xfr(HOST, zone, port=self.pdns.port, lifetime=PATIENCE_SECONDS, relativize=False)
        self.assertEqual(in_file(zone, file), dns.zone.from_xfr(messages, relativize=False))

    def test_key_zone(self):
        """A key zone is exported as it is served, and loads elsewhere"""
        file = self.export(ZONE)
        self.check_loads(ZONE, file)
        self.check_is_served(ZONE, file)
        lines = file.read_text().splitlines()
        self.assertTrue(lines[0].startswith(f"{ZONE}. 300 IN SOA "), lines[0])
        self.assertEqual(len(lines), 1 + 2 + 2 + 6)  # SOA, NS, static records, two slots of each key
        self.assertIn(f" {self.world.serial(ZONE)} ", lines[0])
        self.assertEqual(file.stat().st_mode & 0o777, 0o644)

    def test_static_zone(self):
        """So is a static zone, whatever its names and types"""
        file = self.export(STATIC)
        self.check_loads(STATIC, file)
        self.check_is_served(STATIC, file)
        exported, written = in_file(STATIC, file), dns.zone.from_text(STATIC_ZONE, STATIC, relativize=False)
        self.assertEqual(exported, written)

    def test_slash_in_the_name(self):
        """A zone with a slash in its name (RFC 2317) can be exported, too"""
        done = self.world.run("zone", "export", "0/25.2.0.192.in-addr.arpa")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1.0/25.2.0.192.in-addr.arpa. 300 IN PTR www.example.net.\n", done.stdout)

    def test_standard_output(self):
        """Without --output the zone goes to standard output"""
        file = self.export(STATIC)
        self.assertEqual(self.world.run("zone", "export", STATIC).stdout, file.read_text())

    def test_big_zone(self):
        """A big zone is exported whole, page by page, in memory that does not grow with it"""
        small_kib, _ = self.run_measured(STATIC)
        big_kib, seconds = self.run_measured(BIG)
        file = self.world.directory / "exported.zone"
        self.check_loads(BIG, file)
        self.assertEqual(in_file(BIG, file), in_file(BIG, self.world.directory / "big.zone"))
        measured(f"{BIG_RECORDS} records, {file.stat().st_size >> 20} MiB, in {seconds:.1f} s; memory of the command "
                 f"{big_kib >> 10} MiB, {small_kib >> 10} MiB for a small zone; of the daemon "
                 f"{self.daemon.memory_bytes('VmHWM') >> 20} MiB at the most")
        self.assertLess(big_kib - small_kib, 64 << 10)

    def run_measured(self, zone):
        """Largest memory in KiB, and seconds, of an export."""
        command = [PROGRAM, "zone", "export", zone, "--output", str(self.world.directory / "exported.zone"), "--api",
                   f"http://{HOST}:{self.world.api_port}", "--token-file", str(self.world.token_file)]
        started = time.monotonic()
        # By a small process: the kernel counts what a child shared with its parent before it became another program.
        done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, *command], capture_output=True, text=True,
                              check=True, timeout=1000)
        return int(done.stdout), time.monotonic() - started

    def test_refusals(self):
        """What cannot be exported is said in a sentence, and leaves the file as it was"""
        file = self.world.write("kept.zone", "old")
        for arguments, code, sentence in (
                (("example.org", "--output", file), 1, "there is no zone 'example.org' here"),
                ((STATIC, "--output", "/nowhere/x"), 2, "no file can be made beside /nowhere/x: "),
                ((STATIC, "--output", "/dev/null"), 2, "/dev/null is there and is no regular file"),
                ((STATIC, "--output", file, "--api", "http://127.0.0.1:1"), 3, "cannot reach custdkim")):
            done = self.world.run("zone", "export", *arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(sentence, done.stderr)
        self.assertEqual(file.read_text(), "old")
        self.assertEqual(list(self.world.directory.glob("kept.zone.*")), [])


class FakeApi(http.server.ThreadingHTTPServer):
    """A service whose zone has these serials, request by request, and then the last one. Records come on two pages."""

    def __init__(self, serials):
        super().__init__((HOST, 0), FakeApiHandler)
        self.serials = serials
        self.asked = []
        threading.Thread(target=self.serve_forever).start()

    def answer(self, path):
        self.asked.append(path)
        serial = self.serials[min(len(self.asked), len(self.serials)) - 1]
        if "/records" not in path:
            return {"serial": serial}
        name, next_name = ("b.zone", None) if "after=" in path else ("zone", "zone")
        record = {"name": name, "ttl": 1, "type": "TXT", "content": str(serial)}
        return {"serial": serial, "next": next_name, "records": [record]}

    def close(self):
        self.shutdown()
        self.server_close()


class FakeApiHandler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(self.server.answer(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class MovingZoneTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()

    def export(self, serials):
        api = FakeApi(serials)
        self.addCleanup(api.close)
        file = self.world.write("kept.zone", "old")
        done = self.world.run("zone", "export", "zone", "--output", file, "--api", f"http://{HOST}:{api.server_port}")
        return done, file.read_text(), len(api.asked)

    def test_zone_that_moves(self):
        """A zone that moves between two pages, or before the last look, is begun anew"""
        for serials, requests in (([1], 3), ([1, 2], 5), ([1, 1, 2], 6), ([1, 2, 3, 4], 7), ([1, 1, 2, 2, 2, 3], 9)):
            done, text, asked = self.export(serials)
            self.assertEqual((done.returncode, done.stderr, asked), (0, "", requests))
            self.assertEqual(text, "zone. 1 IN TXT {0}\nb.zone. 1 IN TXT {0}\n".format(serials[-1]))

    def test_zone_that_never_rests(self):
        """After three tries the export gives up, with exit code 3, and leaves the file as it was"""
        done, text, asked = self.export(range(1, 100))
        self.assertEqual((done.returncode, text, asked), (3, "old", 6))
        self.assertIn("the zone zone changed while it was read, 3 times; nothing is written", done.stderr)
        self.assertEqual(list(self.world.directory.glob("kept.zone.*")), [])


if __name__ == "__main__":
    unittest.main()
