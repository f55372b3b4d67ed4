"""Clients that mean harm, or know no better, at the HTTP API: always 4xx with a reason, never 5xx."""

import contextlib
import http.client
import json
import socket
import threading
import time
import unittest

from hostile import MEBIBYTE, HostileTest
from world import HOST, PATIENCE_SECONDS, measured, wait_until

WRONG_BODIES = (
    b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"domain":' * 6000, b"null", b"[]", b'"acme.example"',
    b'{"domain":"\xc3"}', b'{"domain":"a.example"} x', {}, {"domain": 1}, {"domain": ["a.example"]},
    {"domain": {}}, {"domain": None}, {"domain": "a.example", "selector": 5},
    {"domain": "a.example", "colour": "red"}, {"domain": "a.example", "x" * 1000: 1},
)
WRONG_DOMAINS = (
    "", "\u0000", "a\u0000.example", "\ud83d\ude00", "a\r\nb.example", "\u202eelpmaxe.moc", "%s", "' OR 1=1 --",
    "../../etc/passwd", "a" * 60_000, "xn--a.example", "\u00ad.example", "<script>.example",
)
WRONG_PATHS = (
    "//", "/v1", "/v1/", "/v1//keys", "//v1/keys", "/v1/keys/", "/v1/keys//", "/v1/keys/../health",
    "/v1/keys/..",
    "/v1/keys/%2e%2e", "/v1/keys/%2e%2e%2fhealth", "/v1/keys/%00", "/v1/keys/a%00b", "/v1/keys/%", "/v1/keys/%4",
    "/v1/keys/%zz", "/v1/keys/%ff%fe", "/v1/keys/a%0d%0ab", "/V1/keys", "/v1/keys/..%5c..", "/v1/keys;x=1",
    "http://other.example/v1/keys", "*", "/v1/keys/k?x", "/v1/keys?x=1", "/v1/keys?limit=0", "/v1/keys?limit=1001",
    "/v1/keys?limit=-1", "/v1/keys?limit=x", "/v1/keys?%00=1", "/v1/keys?domain=%00", "/v1/keys?domain=..",
    "/v1/keys?after=%27%20OR%201=1", "/.%2e/keys", "/v1/keys%2f", "/v1/%6beys/x/y",
)
WRONG_METHODS = (
    ("PUT", "/v1/keys"), ("DELETE", "/v1/keys"), ("PATCH", "/v1/keys/x"), ("POST", "/v1/health"),
    ("TRACE", "/v1/keys"), ("OPTIONS", "/v1/keys"), ("BREW", "/v1/keys"), ("get", "/v1/keys"),
)
NO_HTTP = (
    b"\r\n\r\n\r\n\r\n", b"hello\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 1000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 200,  # TLS
    b"GET /v1/keys HTTP/1.1\r\nno colon\r\n\r\n",
    b"POST /v1/keys HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    b"POST /v1/keys HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
    b"POST /v1/keys HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
)


class ApiTest(HostileTest):
    def raw(self, content, pieces=None):
        """The status and headers of the answer to some octets, and its document. None where there is no answer."""
        with socket.create_connection((HOST, self.world.api_port), timeout=PATIENCE_SECONDS) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for piece in pieces or [content]:
                    connection.sendall(piece)
            try:
                response = http.client.HTTPResponse(connection)
                response.begin()
                return response.status, response.headers, response.read()
            except (http.client.HTTPException, ConnectionResetError):
                return None

    def request(self, method="GET", path="/v1/keys", body=b"", token=None, headers=""):
        token = self.world.token if token is None else token
        return (f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n").encode() + body

    def check_problem(self, statuses, content, pieces=None):
        answer = self.raw(content, pieces)
        self.assertIsNotNone(answer, content[:200])
        status, headers, body = answer
        self.assertIn(status, statuses, body)
        self.assertEqual(headers["Content-Type"], "application/problem+json")
        problem = json.loads(body)
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["type"].startswith("urn:custdkim:problem:"))
        self.assertTrue(problem["title"] and problem["detail"])
        return problem

    def create(self, document):
        return self.request("POST", body=document if isinstance(document, bytes) else json.dumps(document).encode())

    def test_tokens(self):
        """Without the right token everything but the health is 401"""
        token = self.world.token
        for wrong in ("", "x", token[:-1], token + "x", token.upper() + " ", " " + token[1:], "x" * 10_000):
            for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("DELETE", "/v1/keys/customer1.example")):
                self.check_problem({401}, self.request(method, path, token=wrong))
        basic = self.request().replace(b"Bearer", b"Basic")
        self.check_problem({401}, basic)
        self.check_problem({401}, b"GET /v1/keys HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertEqual(self.raw(self.request(path="/v1/health", token="x"))[0], 200)

    def test_sizes(self):
        """A body or header that is too large is refused before it is read"""
        self.check_problem({413}, self.create({"domain": "a" * MEBIBYTE}))
        self.check_problem({413}, self.request("POST", headers="Content-Length: 99999999999\r\n").replace(
            b"Content-Length: 0\r\n", b""))
        self.check_problem({431}, self.request(headers="X-Large: " + "x" * 100_000 + "\r\n"))
        self.check_problem({431}, self.request(headers="".join(f"X-{n}: {n}\r\n" for n in range(5000))))
        self.check_problem({400, 414, 431}, self.request(path="/v1/keys/" + "x" * 100_000))

    def test_bodies(self):
        """A body that is no JSON, of the wrong shape or with unknown fields is 400"""
        for document in WRONG_BODIES:
            with self.subTest(document=str(document)[:60]):
                self.check_problem({400}, self.create(document))

    def test_values(self):
        """Values that make no sense are 422, whatever octets they have"""
        for domain in WRONG_DOMAINS:
            with self.subTest(domain[:40]):
                self.check_problem({422}, self.create({"domain": domain}))
        for field in ("selector", "alternate_selector", "match", "type", "zone", "org"):
            for value in ("", "\u0000", "x" * 10_000, "'; DROP TABLE key; --", "\u00e9"):
                with self.subTest(field=field, value=value[:20]):
                    fields = {"domain": "a.example", "selector": "x", "alternate_selector": "y", field: value}
                    self.check_problem({422}, self.create(fields))

    def test_paths(self):
        """Tricks with the path lead nowhere"""
        for path in WRONG_PATHS:
            with self.subTest(path):
                self.check_problem({400, 404, 422}, self.request(path=path))

    def test_methods(self):
        """A method that a path does not have is 405, with those that it has"""
        for method, path in WRONG_METHODS:
            with self.subTest(method, path=path):
                self.check_problem({405}, self.request(method, path))
                self.assertTrue(self.raw(self.request(method, path))[1]["Allow"])
        self.assertEqual(self.raw(self.request("PUT", "/v1/keys"))[1]["Allow"], "GET, HEAD, POST")

    def test_head(self):
        """HEAD is what GET is, with a header only: what comes behind it belongs to the next answer"""
        with socket.create_connection((HOST, self.world.api_port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(self.request("HEAD", "/v1/health"))
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
        self.assertRegex(answer, rb"\r\nContent-Length: [1-9]")
        self.assertEqual(answer.index(b"\r\n\r\n"), len(answer) - 4)

    def test_not_http(self):
        """What is no HTTP is 400, or just closed"""
        for content in NO_HTTP:
            with self.subTest(content[:40]):
                self.check_problem({400}, content)

    def test_slow_client(self):
        """A request that trickles in byte by byte is served, and holds nobody up"""
        content = self.create({"domain": "slow.example", "type": "ed25519"})
        pause = threading.Event()

        def trickled():
            for n in range(len(content)):
                pause.wait(0.002)
                yield content[n:n + 1]

        self.assertEqual(self.raw(b"", trickled())[0], 201)

    def test_many_slow_clients(self):
        """200 clients that send half a request do not keep others out"""
        with contextlib.ExitStack() as stack:
            for _ in range(200):
                connection = stack.enter_context(socket.create_connection((HOST, self.world.api_port)))
                connection.sendall(self.create({"domain": "half.example"})[:-5])
            started = time.monotonic()
            self.assertEqual(self.world.call("GET", "/v1/keys?limit=1")[0], 200)
            measured(f"answered in {(time.monotonic() - started) * 1000:.0f} ms beside 200 slow clients")

    def test_too_many_clients(self):
        """Beyond the limit clients are turned away, and once they leave all is well again"""
        with contextlib.ExitStack() as stack:
            for _ in range(400):
                stack.enter_context(socket.create_connection((HOST, self.world.api_port)))
        wait_until(self.world.is_healthy, "the API answers again")


if __name__ == "__main__":
    unittest.main()
