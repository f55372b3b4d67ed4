"""Clients that mean harm, or know no better, at the socket that PowerDNS uses."""

import contextlib
import json
import os
import select
import socket
import time
import unittest

from hostile import HostileTest
from world import PATIENCE_SECONDS, ZONE, measured, wait_until

NOT_JSON = (b"hello", b"\xff\xfe\xfd", b'{"method":"look\xc3"}', b"[" * 500_000, b'{"a":' * 100_000, b"\0",
            b'{"method":"initialize"', b'{"method":"initialize"}{"method":"initialize"}', b'"' + b"\\u0000" * 9)
NO_REQUESTS = (
    None, 1, [], "lookup", {}, {"method": 1}, {"method": None}, {"Method": "lookup"},
    {"method": "lookup"}, {"method": "lookup", "parameters": []},
    {"method": "lookup", "parameters": {"qname": ZONE}},
    {"method": "lookup", "parameters": {"qname": 1, "qtype": "ANY"}},
    {"method": "lookup", "parameters": {"qname": ZONE, "qtype": {}}},
    {"method": "lookup", "parameters": {"qname": ZONE, "qtype": "ANY", "zone-id": "x"}},
    {"method": "lookup", "parameters": {"qname": ZONE, "qtype": "ANY", "zone-id": 1e300}},
    {"method": "list", "parameters": {"zonename": ["a"]}},
    {"method": "setNotified", "parameters": {"id": "1", "serial": "1"}},
    {"method": "getDomainMetadata", "parameters": {"name": ZONE}},
)
NO_METHODS = ("bogus", "", "LOOKUP", "setdomainmetadata", "isMaster", "createSlaveDomain", "x" * 100_000)
ODD_NAMES = ("", ".", "..", "a" * 300, "a." * 500, "\\", "\\9", "\\999." + ZONE, "\\000." + ZONE, "x\\.y." + ZONE,
             "é." + ZONE, "\u0000." + ZONE, "s1." + "x" * 64 + "." + ZONE, "*." + ZONE)


class UnixSocketTest(HostileTest):
    @contextlib.contextmanager
    def connection(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.world.socket))  # waits while the queue of newcomers is full
            connection.settimeout(PATIENCE_SECONDS)
            yield connection

    def send(self, connection, content):
        """As much as the other side takes; what it answers is read meanwhile and returned."""
        answered = bytearray()
        content = memoryview(content)
        connection.setblocking(False)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while content:
                readable, writable, _ = select.select([connection], [connection], [], PATIENCE_SECONDS)
                self.assertTrue(readable or writable, "neither read nor closed")
                if readable:
                    if not (chunk := connection.recv(65536)):
                        break
                    answered += chunk
                if writable:
                    content = content[connection.send(content[:65536]):]
        connection.settimeout(PATIENCE_SECONDS)
        return bytes(answered)

    def read_to_end(self, connection):
        """What comes until the other side closes."""
        answered = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                answered += chunk
        return bytes(answered)

    def ask_raw(self, line):
        """The reply to one line, None where the connection is closed instead."""
        with self.connection() as connection:
            connection.sendall(line + b"\n")
            stream = connection.makefile("rb")
            reply = stream.readline()
            return json.loads(reply) if reply else None

    def check_failed(self, line):
        """The reply has no result: SERVFAIL in DNS, never a "no such name" that caches would keep."""
        reply = self.ask_raw(line)
        self.assertNotIn("result", reply, line[:200])
        self.assertTrue(reply["log"][0].startswith("custdkim: "))

    def test_half_a_request(self):
        """Half a request and then silence holds nobody up, and ends in a closed connection"""
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(self.connection()) for _ in range(20)]
            for connection in connections:
                connection.sendall(b'{"method":"lookup","parameters":{"qty')
            started = time.monotonic()
            for connection in connections:
                self.assertEqual(self.read_to_end(connection), b"")
            measured(f"closed after {time.monotonic() - started:.1f} s of silence")

    def test_no_newline(self):
        """10 MB without a newline are not taken in"""
        with self.connection() as connection:
            self.assertEqual(self.send(connection, b"x" * 10_000_000), b"")
            self.assertEqual(self.read_to_end(connection), b"")

    def test_newlines(self):
        """10 MB of newlines are no requests, and the connection goes on"""
        with self.connection() as connection:
            self.assertEqual(self.send(connection, b"\n" * 10_000_000), b"")
            connection.sendall(b'{"method":"initialize","parameters":{}}\n')
            self.assertEqual(json.loads(connection.makefile("rb").readline()), {"result": True})

    def test_not_json(self):
        """What is no JSON, or no UTF-8, or nested without end gets no result"""
        for line in NOT_JSON:
            with self.subTest(line[:40]):
                self.check_failed(line)

    def test_not_a_request(self):
        """JSON that is no request gets no result"""
        for request in NO_REQUESTS:
            with self.subTest(request):
                self.check_failed(json.dumps(request).encode())

    def test_unknown_methods(self):
        """A method that we do not have is answered in the protocol's word for it"""
        for method in NO_METHODS:
            reply = self.ask_raw(json.dumps({"method": method, "parameters": {}}).encode())
            self.assertIs(reply["result"], False)
            self.assertLess(len(json.dumps(reply)), 1000)

    def test_odd_names(self):
        """Names of any octets and any length are looked up, and are not there or get no result"""
        for name in ODD_NAMES:
            with self.subTest(name[:40]):
                parameters = {"qname": name, "qtype": "ANY", "zone-id": -1}
                reply = self.ask_raw(json.dumps({"method": "lookup", "parameters": parameters}).encode())
                self.assertEqual(reply.get("result", []), [])

    def test_long_requests(self):
        """A long request is answered as long as it is one: ten thousand parameters, half a megabyte of name"""
        many = {f"parameter{n}": n for n in range(10_000)}
        reply = self.ask_raw(json.dumps({"method": "initialize", "parameters": many}).encode())
        self.assertEqual(reply, {"result": True})
        parameters = {"qname": "a" * 500_000, "qtype": "ANY"}
        reply = self.ask_raw(json.dumps({"method": "lookup", "parameters": parameters}).encode())
        self.assertEqual(reply.get("result", []), [])

    def test_immediate_close(self):
        """A thousand connections that close at once, some in the middle of a reply, leave nothing behind"""
        request = json.dumps({"method": "list", "parameters": {"zonename": ZONE}}).encode() + b"\n"
        for n in range(1000):
            with self.connection() as connection:
                if n % 2:
                    connection.sendall(request)
        wait_until(lambda: self.open_descriptors() < 100, "the connections are gone")
        measured(f"{self.open_descriptors()} descriptors are open")

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))

    def test_many_connections(self):
        """Of 300 connections at once those over the limit are closed, and PowerDNS keeps its own"""
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(self.connection()) for _ in range(300)]
            request = b'{"method":"initialize","parameters":{}}\n'
            answered = 0
            for connection in connections:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    connection.sendall(request)
                    answered += connection.makefile("rb").readline() == b'{"result":true}\n'
            measured(f"{answered} of 300 connections were served")
            self.assertGreater(answered, 200)
            self.assertLess(answered, 300)
        wait_until(lambda: self.ask_raw(request.strip()) == {"result": True}, "there is room again")

    def test_no_reader(self):
        """Clients that ask and never read their replies do not fill our memory"""
        request = json.dumps({"method": "list", "parameters": {"zonename": ZONE}}).encode() + b"\n"
        with contextlib.ExitStack() as stack:
            for _ in range(20):
                connection = stack.enter_context(self.connection())
                connection.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        connection.send(request * 100)
            before = self.asker.count()
            wait_until(lambda: self.asker.count() > before + 100, "questions are answered meanwhile")


if __name__ == "__main__":
    unittest.main()
