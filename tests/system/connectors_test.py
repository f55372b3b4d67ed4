"""PowerDNS over each of its connectors: the same answers, restarts over a pipe, and who may ask over HTTP."""

import contextlib
import http.client
import json
import socket
import time
import unittest

import dns.query

from asker import Asker
from hostile import MEBIBYTE, HostileTest
from hostile_api_test import NO_HTTP
from world import (HOST, NO_CACHES, PATIENCE_SECONDS, ZONE, World, WorldTest, free_port, measured, rcode, records,
                   txt_strings, wait_until)

CONNECTORS = ("unix", "pipe", "http", "http-post", "http-post-json")
QUESTIONS = 200


def with_http(world, token=None):
    """Turns the HTTP connector on; its port."""
    port = free_port()
    lines = f'unix = "pdns.sock"\nhttp = "{HOST}:{port}"'
    if token:
        world.write("http-token", token + "\n", mode=0o600)
        lines += '\nhttp_token_file = "http-token"'
    world.change_config('unix = "pdns.sock"', lines)
    return port


class ConnectorsTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        with_http(world)
        cls.daemon = world.start_custdkim()
        cls.keys = [world.create_key(f"customer{n}.example") for n in range(5)]

    def test_answers(self):
        """Over every connector PowerDNS gives the same answers, and transfers the zone"""
        transfers = {}
        for connector in CONNECTORS:
            with self.subTest(connector):
                pdns = self.world.start_pdns(name=f"pdns-{connector}", connector=connector)
                started = time.monotonic()
                for _ in range(QUESTIONS // 10):
                    for name, txt in records(self.keys).items():
                        answer = pdns.ask(name)
                        self.assertEqual(b"".join(txt_strings(answer, name)).decode(), txt)
                seconds = time.monotonic() - started
                self.assertEqual(rcode(pdns.ask(f"nothing.{ZONE}")), "NXDOMAIN")
                soa = pdns.ask(ZONE, "SOA")
                self.assertEqual(soa.answer[0][0].serial, self.world.serial())
                messages = dns.query.xfr(HOST, ZONE, port=pdns.port, lifetime=PATIENCE_SECONDS, relativize=False)
                transfers[connector] = sorted(rrset.to_text() for message in messages for rrset in message.answer)
                measured(f"{connector}: {QUESTIONS} questions, one after the other, in {seconds * 1000:.0f} ms")
                pdns.stop()
        self.assertGreater(len(transfers["unix"]), 10)
        for connector in CONNECTORS:
            self.assertEqual(transfers[connector], transfers["unix"], connector)

    def test_not_on(self):
        """A connector that is not configured is refused, with what to do"""
        other = World()
        self.addCleanup(other.close)
        printed = other.run("pdns-config", "--config", other.config, "--connector", "http")
        self.assertEqual(printed.returncode, 2)
        self.assertIn("set [backend] http", printed.stderr)


class PipeRestartTest(WorldTest):
    def setUp(self):
        self.world = type(self).make_world()
        self.daemon = self.world.start_custdkim()
        self.keys = [self.world.create_key(f"customer{n}.example") for n in range(10)]
        printed = self.world.run("pdns-config", "--config", self.world.config, "--connector", "pipe").stdout
        file = self.world.directory / "printed.conf"
        written = self.world.run("pdns-config", "--config", self.world.config, "--connector", "pipe", "--output", file)
        self.assertEqual((written.returncode, written.stdout), (0, ""), written.stderr)
        self.assertEqual((file.read_text(), file.stat().st_mode & 0o777), (printed, 0o640))
        [line] = [line for line in printed.splitlines() if line.startswith("remote-connection-string=")]
        self.connection = line.partition("=")[2]

    def start_pdns(self, patience_milliseconds):
        command, comma, rest = self.connection.partition(",")
        connection = f"{command} --patience {patience_milliseconds}{comma}{rest}"
        return self.world.start_pdns({**NO_CACHES, "distributor-threads": "3", "remote-connection-string": connection},
                                     connector="pipe")

    def restart(self, end):
        """What was asked meanwhile, and how long custdkim was away."""
        asker = Asker(self.pdns, records(self.keys))
        self.addCleanup(asker.stop)
        wait_until(lambda: asker.count() > 50, "questions are answered")
        started = time.monotonic()
        end(self.daemon)
        self.daemon = self.world.start_custdkim()
        away = time.monotonic() - started
        before = asker.count()
        wait_until(lambda: asker.count() > before + 200, "questions are answered again")
        asker.stop()
        measured(f"away for {away * 1000:.0f} ms: {asker.summary()}")
        return set(asker.seen)

    def test_restart(self):
        """A restart, or kill -9, shorter than the patience of the pipe loses no question"""
        self.pdns = self.start_pdns(PATIENCE_SECONDS * 1000 // 2)  # not to be a test of this machine's speed
        self.assertEqual(self.restart(lambda daemon: daemon.stop()), {"right"})
        self.assertEqual(self.restart(lambda daemon: daemon.kill()), {"right"})

    def test_away(self):
        """While custdkim is away for longer, answers are SERVFAIL, never NXDOMAIN, and then right again"""
        self.pdns = self.start_pdns(50)
        [name, *_] = records(self.keys)
        self.assertEqual(rcode(self.pdns.ask(name)), "NOERROR")
        self.daemon.stop()
        for _ in range(10):
            self.assertEqual(rcode(self.pdns.ask(name)), "SERVFAIL")
        self.assertIn("was not there for 50 ms", self.pdns.log())
        self.world.start_custdkim()
        wait_until(lambda: rcode(self.pdns.ask(name)) == "NOERROR", "PowerDNS has an answer again")


class HttpTokenTest(WorldTest):
    def test_token(self):
        """PowerDNS with the token is answered, with a wrong one gets nothing; no log has a token"""
        world = type(self).make_world()
        token, wrong = "0123456789abcdef0123", "fedcba98765432109876"
        port = with_http(world, token)
        daemon = world.start_custdkim()
        key = world.create_key("acme.example")
        [(name, txt), *_] = records([key]).items()
        right_pdns = world.start_pdns(name="pdns-right", connector="http")
        self.assertEqual(b"".join(txt_strings(right_pdns.ask(name), name)).decode(), txt)
        wrong_pdns = world.start_pdns({**NO_CACHES, "zone-cache-refresh-interval": "0", "remote-connection-string":
                                       f"http:url=http://{HOST}:{port}/{wrong}/dns,timeout=2000"},
                                      name="pdns-wrong", connector="http")
        self.assertEqual(rcode(wrong_pdns.ask(name)), "SERVFAIL")
        self.assertIn("does not begin with the token", daemon.log())
        for secret in (token, wrong):
            self.assertNotIn(secret, daemon.log())

    def test_open(self):
        """Without a token, nothing but loopback is taken from the configuration"""
        world = World()
        self.addCleanup(world.close)
        world.change_config('unix = "pdns.sock"', f'unix = "pdns.sock"\nhttp = "0.0.0.0:{free_port()}"')
        checked = world.run("check-config", "--config", world.config)
        self.assertEqual(checked.returncode, 2)
        self.assertIn("http_token_file", checked.stderr)


class HostileHttpTest(HostileTest):
    """Who means harm at the HTTP connector gets no result, and disturbs nobody."""

    @classmethod
    def make_world(cls, *arguments, **options):
        world = super().make_world(*arguments, **options)
        cls.port = with_http(world)
        return world

    def raw(self, content):
        """The status and document of the answer to some octets; None where there is no answer."""
        with socket.create_connection((HOST, self.port), timeout=PATIENCE_SECONDS) as connection:
            with contextlib.suppress(OSError):  # refused before all of it was read
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
            try:
                response = http.client.HTTPResponse(connection)
                response.begin()
                return response.status, json.loads(response.read())
            except (http.client.HTTPException, ConnectionResetError):
                return None

    def request(self, verb, path, body=b"", host=HOST, headers=""):
        return self.raw(f"{verb} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n{headers}"
                        f"Connection: close\r\n\r\n".encode() + body)

    def check_refused(self, answer, statuses):
        self.assertIsNotNone(answer)
        status, document = answer
        self.assertIn(status, statuses, document)
        self.assertNotIn("result", document)

    def test_no_http(self):
        """What is not HTTP is 400 or closed"""
        for content in NO_HTTP:
            with self.subTest(content[:40]):
                answer = self.raw(content.replace(b"/v1/keys", b"/dns"))
                if answer:
                    self.check_refused(answer, {400, 403})

    def test_requests(self):
        """Requests that PowerDNS would not send have no result, and what changes something is no GET"""
        lookup = json.dumps({"method": "lookup", "parameters": {"qname": ZONE + ".", "qtype": "SOA"}}).encode()
        self.assertEqual(self.request("POST", "/dns", lookup)[0], 200)
        for verb, path, body in (("GET", "/dns", b""), ("GET", "/", b""), ("GET", "/dnsx/lookup/a/b", b""),
                                 ("GET", "/dns/../dns/lookup", b""), ("POST", "/dns", b"{"), ("POST", "/dns", b"\xff"),
                                 ("POST", "/dns", b"[" * 100_000), ("POST", "/dns/lookup", b"parameters=%7"),
                                 ("POST", "/dns/lookup", b"parameters={}"), ("GET", "/dns/lookup/%00/TXT", b""),
                                 ("GET", "/dns/lookup/a%2", b""), ("GET", "/dns/removeDomainKey/1/a", b""),
                                 ("GET", "/dns/list/x/y", b""), ("GET", "/dns/lookup/a/b/c/d/e", b""),
                                 ("OPTIONS", "/dns/lookup/a/b", b""), ("BREW", "/dns/lookup/a/b", b"")):
            with self.subTest(verb=verb, path=path, body=body[:20]):
                self.check_refused(self.request(verb, path, body), {400, 403, 500})
        self.check_refused(self.request("POST", "/dns", lookup, host="evil.example"), {403})
        self.check_refused(self.request("POST", "/dns", lookup, headers="Origin: https://evil.example\r\n"), {403})

    def test_sizes(self):
        """A body or header that is too large is refused before it is read"""
        self.check_refused(self.request("POST", "/dns", b"x" * (MEBIBYTE + 1)), {413})
        self.check_refused(self.request("GET", "/dns/" + "x" * 100_000), {400, 414, 431})
        self.check_refused(self.request("GET", "/dns", headers="X-Large: " + "x" * 100_000 + "\r\n"), {431})

    def test_stalling(self):
        """Hundreds of connections that send half a request keep nobody from the unix connector"""
        with contextlib.ExitStack() as stack:
            for _ in range(300):
                connection = stack.enter_context(socket.create_connection((HOST, self.port)))
                with contextlib.suppress(OSError):
                    connection.sendall(b"POST /dns HTTP/1.1\r\nContent-Length: 10\r\n")
            before = self.asker.count()
            wait_until(lambda: self.asker.count() > before + 50, "questions are answered")


if __name__ == "__main__":
    unittest.main()
