"""Who may do what over the API of the real program: tokens, organisations, an API without a token; and creations that are
asked for twice, over connections that break and a service that is killed."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import threading
import unittest

from api_streams_test import Reader
from world import HOST, PATIENCE_SECONDS, PROGRAM, WorldTest, free_port, wait_until

DONE, NO, WRONG, UNKNOWN = range(4)
ED25519 = ("--type", "ed25519")


class TokensTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.start_custdkim()

    def run_as(self, token_file, *arguments):
        environment = {**os.environ, "CUSTDKIM_API": f"http://{HOST}:{self.world.api_port}",
                       "CUSTDKIM_TOKEN_FILE": str(token_file)}
        return subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS)

    def must(self, *arguments):
        done = self.world.run(*arguments)
        self.assertEqual(done.returncode, DONE, done.stderr)
        return done.stdout

    def test_a_life(self):
        """A token is made into a file that only its owner reads, works with its scopes, and ends when it is revoked"""
        file = self.world.directory / "ci.token"
        told = self.must("token", "create", "ci", "--scope", "read,operate", "--expires", "90d", "--output", file)
        self.assertIn("'ci' (read,operate, expires 2", told)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        secret = file.read_text().strip()
        self.assertNotIn(secret, told)
        self.assertEqual(self.run_as(file, "key", "create", "ci.example", *ED25519).returncode, DONE)
        refused = self.run_as(file, "token", "list")
        self.assertEqual((refused.returncode, refused.stdout), (NO, ""))
        self.assertIn("token:ci lacks the scope 'admin'", refused.stderr)
        events = json.loads(self.must("event", "list", "--json"))["events"]
        self.assertIn(("token:ci", "create", "ci.example"),
                      [(event["actor"], event["action"], event["domain"]) for event in events])
        [token] = [token for token in json.loads(self.must("token", "list", "--json"))["tokens"] if token["name"] == "ci"]
        self.assertEqual((token["status"], token["scopes"], token["org"]), ("live", ["read", "operate"], None))
        with Reader(self.world, token=secret) as reader:
            reader.wait_for(1)
            self.must("token", "revoke", token["id"])
            wait_until(lambda: not reader.reading.is_alive(), "the stream ends")
            self.assertNotIn("token-revoke", [event["action"] for event in reader.events])
        self.assertEqual(self.run_as(file, "key", "list").returncode, WRONG)
        self.assertNotIn(secret, self.world.programs[0].log())

    def test_printed(self):
        """Without --output the token alone is on standard output, and what it is on standard error"""
        done = self.world.run("token", "create", "printed", "--scope", "read")
        self.assertRegex(done.stdout, r"\Acustdkim_[A-Za-z0-9_-]{43}\n\Z")
        self.assertIn("'printed' (read, expires never)", done.stderr)

    def test_wrong(self):
        """What a token cannot be is refused in a sentence, and no file is left"""
        file = self.world.directory / "never.token"
        for more in (("--scope", "write"), ("--scope", "read", "--org", "nobody"), ("--scope", "read", "--expires", "x"),
                     ("--scope", "admin", "--org", "acme")):
            done = self.world.run("token", "create", "never", *more, "--output", file)
            self.assertIn(done.returncode, (NO, WRONG), more)
            self.assertRegex(done.stderr, r"^custdkim: .*\n$")
            self.assertEqual(list(self.world.directory.glob("never*")), [])

    def test_organisations(self):
        """A token of one organisation makes and sees its keys only; the organisation goes when its keys are gone"""
        self.must("org", "create", "acme", "--description", "Acme Ltd.")
        file = self.world.directory / "acme.token"
        self.must("token", "create", "acme", "--scope", "read,operate", "--org", "acme", "--output", file)
        self.must("key", "create", "foreign.example", "--org", "initech", *ED25519)
        own = json.loads(self.run_as(file, "key", "create", "own.example", "--json", *ED25519).stdout)
        self.assertEqual(own["org"], "acme")
        listed = json.loads(self.run_as(file, "key", "list", "--json").stdout)["keys"]
        self.assertEqual([key["domain"] for key in listed], ["own.example"])
        self.assertEqual(self.run_as(file, "key", "show", "foreign.example").returncode, NO)
        self.assertEqual(json.loads(self.must("key", "list", "--org", "acme", "--json"))["keys"], listed)
        self.assertRegex(self.must("org", "show", "acme"), r"Keys +1\n")
        self.assertRegex(self.must("org", "list"), r"\nacme +20\S+Z +Acme Ltd\.\n")
        self.assertEqual(self.world.run("org", "delete", "acme").returncode, NO)
        self.must("key", "delete", "own.example")
        self.assertIn("has 1 tokens; revoke them first", self.world.run("org", "delete", "acme").stderr)
        tokens = json.loads(self.must("token", "list", "--json"))["tokens"]
        self.must("token", "revoke", next(token["id"] for token in tokens if token["name"] == "acme"))
        self.must("org", "delete", "acme")


class RestartTest(WorldTest):
    def test_kept(self):
        """Tokens and organisations are there after kill -9"""
        world = self.make_world()
        daemon = world.start_custdkim()
        self.assertEqual(world.run("org", "create", "acme").returncode, DONE)
        secret = world.run("token", "create", "ci", "--scope", "read", "--org", "acme").stdout.strip()
        daemon.kill()
        world.start_custdkim()
        self.assertEqual(world.call("GET", "/v1/keys", token=secret)[0], 200)
        self.assertEqual([org["name"] for org in world.call("GET", "/v1/orgs", token=secret)[1]["orgs"]], ["acme"])


class OpenTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.change_config('token_file = "token"', 'token_file = ""')
        cls.world.start_custdkim()

    def request(self, method, headers, document=None):
        connection = http.client.HTTPConnection(HOST, self.world.api_port, timeout=PATIENCE_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, "/v1/keys", document and json.dumps(document), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def test_open(self):
        """Without a token file the command line needs no token, and the log says so"""
        done = subprocess.run([PROGRAM, "key", "create", "open.example", "--type", "ed25519", "--token-file", "", "--api",
                               f"http://{HOST}:{self.world.api_port}"], capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertIn("token_file is", self.world.programs[0].log())

    def test_browsers(self):
        """A name of somebody else's that leads here, and another site's page, are refused"""
        host = f"{HOST}:{self.world.api_port}"
        status, problem = self.request("GET", {"Host": "rebound.example"})
        self.assertEqual((status, problem["type"]), (403, "urn:custdkim:problem:foreign-host"))
        wanted = {"domain": "site.example", "type": "ed25519"}
        status, problem = self.request("POST", {"Host": host, "Origin": "https://site.example"}, wanted)
        self.assertEqual((status, problem["type"]), (403, "urn:custdkim:problem:foreign-origin"))
        self.assertEqual(self.request("POST", {"Host": host, "Origin": f"http://{host}"}, wanted)[0], 201)

    def test_not_for_others(self):
        """Without a token it does not listen for others"""
        self.world.write("open.toml", self.world.config.read_text().replace(
            "[api]", "[api]\nallow_any_address = true"))
        done = self.world.run("check-config", "--config", self.world.directory / "open.toml")
        self.assertEqual(done.returncode, WRONG)
        self.assertIn("without a token the API listens on loopback only", done.stderr)


class BreakingProxy:
    """Passes requests on to the API. Of those whose number is in `broken`, from 1, the client never gets the answer."""

    def __init__(self, port, broken):
        self.target, self.broken, self.requests = port, broken, []
        self.port = free_port()
        self.listener = socket.create_server((HOST, self.port))
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with client:
                    self.pass_on(client)

    def pass_on(self, client):
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(65536)
        head, _, body = request.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")),
                      0)
        while len(body) < length:
            body += client.recv(65536)
        self.requests.append(head.decode())
        with socket.create_connection((HOST, self.target), timeout=PATIENCE_SECONDS) as api:
            api.sendall(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + b"\r\n\r\n" + body)
            answer = b""
            while piece := api.recv(65536):
                answer += piece
        if len(self.requests) not in self.broken:
            client.sendall(answer)


class TwiceTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.daemon = cls.world.start_custdkim()

    def create_through(self, broken, domain):
        proxy = BreakingProxy(self.world.api_port, broken)
        self.addCleanup(proxy.close)
        done = subprocess.run([PROGRAM, "key", "create", domain, *ED25519, "--json", "--api", f"http://{HOST}:{proxy.port}",
                               "--token-file", self.world.token_file], capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS)
        return proxy, done

    def keys(self, domain):
        return self.world.call("GET", f"/v1/keys?domain={domain}")[1]["keys"]

    def test_broken(self):
        """Where the connection breaks after the key was made, `key create` asks again and shows that key"""
        proxy, done = self.create_through({1}, "broken.example")
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertEqual(len(proxy.requests), 2)
        self.assertEqual([key["id"] for key in self.keys("broken.example")], [json.loads(done.stdout)["id"]])

    def test_broken_twice(self):
        """It asks again once, not for ever"""
        proxy, done = self.create_through({1, 2}, "twice.example")
        self.assertEqual((done.returncode, len(proxy.requests)), (UNKNOWN, 2))
        self.assertEqual(len(self.keys("twice.example")), 1)

    def test_killed(self):
        """kill -9 while keys are made: who asks again with the same Idempotency-Key has one key in the end"""
        for number in range(8):
            domain = f"killed{number}.example"
            body = json.dumps({"domain": domain, "type": "ed25519"})

            def create(again):
                connection = http.client.HTTPConnection(HOST, self.world.api_port, timeout=PATIENCE_SECONDS)
                with contextlib.closing(connection):
                    connection.request("POST", "/v1/keys", body, {
                        "Authorization": f"Bearer {self.world.token}", "Idempotency-Key": f'"{domain}"'})
                    if not again:
                        return None
                    response = connection.getresponse()
                    return response.status, json.loads(response.read())

            before = self.world.store.with_name(self.world.store.name + "-wal").stat().st_size
            create(again=False)
            if number % 2:  # at once, or once something was written: before, within or after the commit
                wal = self.world.store.with_name(self.world.store.name + "-wal")
                wait_until(lambda: wal.stat().st_size != before, "something is written")
            self.daemon.kill()
            type(self).daemon = self.world.start_custdkim()
            first, second = create(again=True), create(again=True)
            self.assertEqual((first[0], second[0]), (201, 201))
            self.assertEqual([first[1]["id"]], [key["id"] for key in self.keys(domain)])
            self.assertEqual(first[1]["id"], second[1]["id"])


if __name__ == "__main__":
    unittest.main()
