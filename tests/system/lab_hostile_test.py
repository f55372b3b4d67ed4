"""`custdkim-lab up` among hostile clients: malformed datagrams and streams, clients that stall, customers that come
and go in parallel. Meanwhile a healthy customer's questions are answered, every one, and memory stays bounded."""

import json
import os
import random
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from world import HOST, PATIENCE_SECONDS, Program, call_over, measured, rcode, wait_until

LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")
MEBIBYTE = 1 << 20
TEBIBYTE = 1 << 40
DOMAIN = "acme.example"
LOG_ENTRIES = 100_000
FLOOD = 60_000
CLIENTS = 8
MAX_CONNECTIONS = 256
CUSTOMERS = 1000


class Steady:
    """Asks one question again and again, over UDP and TCP in turn, and notes what came."""

    def __init__(self, ask):
        self.ask, self.right, self.wrong, self.longest = ask, 0, [], 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.over.is_set():
            for how in (dns.query.udp, dns.query.tcp):
                began = time.monotonic()
                try:
                    answer = self.ask(how)
                    if rcode(answer) == "NOERROR" and len(answer.answer) == 2:
                        self.right += 1
                    else:
                        self.wrong.append(answer.to_text())
                except (OSError, EOFError, dns.exception.DNSException) as error:
                    self.wrong.append(repr(error))
                self.longest = max(self.longest, time.monotonic() - began)

    def stop(self):
        self.over.set()
        self.thread.join()


class LabHostileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = Path(tempfile.mkdtemp(prefix="custdkim-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        state = cls.directory / "state"
        cls.lab = Program(cls.directory, "lab", [LAB, "up", "--dns", "0", "--http", "0", "--state", str(state)])
        cls.addClassCleanup(lambda: cls.lab.is_running() and cls.lab.stop())
        endpoints = state / "endpoints.json"
        cls.lab.wait_ready(endpoints.exists)
        cls.at = json.loads(endpoints.read_text())
        cls.token = Path(cls.at["token_file"]).read_text().strip()
        cls.port = int(cls.at["dns"].rsplit(":", 1)[1])
        status, key = cls.call("api", "POST", "/v1/keys", {"domain": DOMAIN, "type": "ed25519"})
        assert status == 201, key
        assert cls.call("lab", "PUT", f"/v1/customers/{DOMAIN}", {"misconfiguration": "healthy"})[0] == 200
        cls.question = f"{key['slots'][0]['selector']}._domainkey.{DOMAIN}"

    @classmethod
    def call(cls, api, method, path, document=None):
        connection = HTTPConnection(cls.at[api].removeprefix("http://"), timeout=PATIENCE_SECONDS)
        try:
            return call_over(connection, cls.token, method, path, document, None)
        finally:
            connection.close()

    def ask(self, how=dns.query.udp, name=None):
        return how(dns.message.make_query(name or self.question, "TXT"), HOST, port=self.port, timeout=PATIENCE_SECONDS)

    def setUp(self):
        self.memory_before = self.lab.memory_bytes()
        self.steady = Steady(self.ask)
        self.addCleanup(self.check_unharmed)

    def check_unharmed(self):
        before = self.steady.right
        wait_until(lambda: self.steady.wrong or self.steady.right > before + 20, "questions are answered")
        self.steady.stop()
        self.assertEqual(self.steady.wrong, [])
        self.assertTrue(self.lab.is_running(), self.lab.log()[-4000:])
        memory = self.lab.memory_bytes()
        measured(f"{self.steady.right} right, the longest after {self.steady.longest * 1000:.0f} ms; memory "
                 f"{self.memory_before / MEBIBYTE:.1f} -> {memory / MEBIBYTE:.1f} MiB")

    def assert_grew_less(self, before, octets):
        if self.lab.memory_bytes("VmSize") < TEBIBYTE:  # a sanitizer's shadow is larger, and keeps what is freed
            self.assertLess(self.lab.memory_bytes() - before, octets)

    def stream(self):
        stream = socket.create_connection((HOST, self.port), timeout=PATIENCE_SECONDS)
        self.addCleanup(stream.close)
        return stream

    def test_1_malformed_datagrams_are_answered_briefly_or_not_at_all(self):
        good = dns.message.make_query(self.question, "TXT").to_wire()
        generator = random.Random(7)
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.connect((HOST, self.port))
            for number in range(8_000):
                octets = bytearray(good)
                for _ in range(generator.randrange(1, 6)):
                    octets[generator.randrange(len(octets))] = generator.randrange(256)
                kind = number % 4
                if kind == 0:
                    octets = octets[:generator.randrange(len(octets))]
                elif kind == 1:
                    octets = generator.randbytes(generator.randrange(1500))
                elif kind == 2:
                    octets += generator.randbytes(generator.randrange(4096))
                client.send(octets)
                if number % 50 == 0:  # so that the socket's buffer is not all that is tested
                    self.ask()

    def test_2_malformed_streams_are_answered_or_closed(self):
        good = dns.message.make_query(self.question, "TXT").to_wire()
        framed = struct.pack("!H", len(good)) + good
        generator = random.Random(8)
        for number in range(400):
            with socket.create_connection((HOST, self.port), timeout=PATIENCE_SECONDS) as stream:
                octets = [b"\0\0" * 5000, generator.randbytes(3000), framed * 50 + b"\xff", framed[:number % 40],
                          b"\xff\xff" + generator.randbytes(65535), b"GET / HTTP/1.1\r\n\r\n"][number % 6]
                try:
                    stream.sendall(octets)
                    if number % 2:
                        stream.shutdown(socket.SHUT_WR)
                        stream.recv(100)
                except OSError:
                    pass  # closed on us, as it may be

    def test_3_clients_that_stall_keep_nobody_waiting(self):
        good = dns.message.make_query(self.question, "TXT").to_wire()
        framed = struct.pack("!H", len(good)) + good
        silent = [self.stream() for _ in range(MAX_CONNECTIONS // 2)]
        for stream in [self.stream() for _ in range(MAX_CONNECTIONS // 2)]:
            stream.sendall(framed[:20])
        greedy = [self.stream() for _ in range(40)]  # ask, and take no answer
        for stream in greedy:
            stream.setblocking(False)
            try:
                while stream.send(framed * 200):
                    pass
            except OSError:
                pass
        with ThreadPoolExecutor(CLIENTS) as clients:
            answers = list(clients.map(lambda _: self.ask(dns.query.tcp), range(400)))
        self.assertEqual({rcode(answer) for answer in answers}, {"NOERROR"})
        self.assertLess(self.steady.longest, 5)
        wait_until(lambda: self.is_closed(silent[0]), "who says nothing makes room for others")

    @staticmethod
    def is_closed(stream):
        stream.settimeout(0.1)
        try:
            return stream.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    def test_4_customers_come_and_go_in_parallel(self):
        def come_and_go(number):
            domain = f"customer{number}.example"
            own = {"misconfiguration": "healthy", "selectors": ["s1", "s2"],
                   "targets": [f"one.{domain}", f"two.{domain}"]}
            path = f"/v1/customers/{domain}"
            statuses = [self.call("lab", "PUT", path, own)[0]]
            seen = self.ask(name=f"s1._domainkey.{domain}")
            statuses.append(self.call("lab", "DELETE", path)[0])
            gone = self.ask(name=f"s1._domainkey.{domain}")
            return (*statuses, len(seen.answer) > 0, rcode(gone))

        with ThreadPoolExecutor(CLIENTS) as clients:
            self.assertEqual(set(clients.map(come_and_go, range(CUSTOMERS))), {(200, 200, True, "REFUSED")})
        customers = self.call("lab", "GET", "/v1/customers")[1]["customers"]
        self.assertEqual([customer["domain"] for customer in customers], [DOMAIN])

    def flood(self, labels, count):
        """Different questions that are answered at once: what differs is remembered in the log alone."""
        file = self.directory / "flood"
        long = ".".join(["x" * 50] * labels)
        file.write_text("".join(f"q{number}.{long}.elsewhere.test TXT\n" for number in range(count)))
        subprocess.run(["dnsperf", "-s", HOST, "-p", str(self.port), "-d", str(file), "-c", "4", "-T", "1", "-n", "1"],
                       capture_output=True, check=True, timeout=PATIENCE_SECONDS)

    def test_5_the_log_of_questions_is_bounded(self):
        for _ in range(2):  # each thread that takes datagrams has a heap of its own to fill
            self.flood(4, FLOOD)
        full = self.lab.memory_bytes()
        self.flood(4, FLOOD)
        self.assert_grew_less(full, 16 * MEBIBYTE)  # kept, it would grow by 21
        status, document = self.call("lab", "GET", "/v1/queries?limit=5")
        self.assertEqual((status, len(document["queries"])), (200, 5))
        self.assertGreaterEqual(document["forgotten"], 3 * FLOOD - LOG_ENTRIES)

    def test_6_it_ends_when_told_to_without_a_complaint(self):
        self.doCleanups()
        self.assertEqual(self.lab.stop(), 0)
        for complaint in ("Sanitizer", "runtime error"):
            self.assertNotIn(complaint, self.lab.log())


if __name__ == "__main__":
    unittest.main()
