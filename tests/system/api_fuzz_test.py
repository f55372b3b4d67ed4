"""Requests as nobody ought to send them, made from docs/openapi.yaml: each is answered as described there, with less than
500, and what was acknowledged stays, also after kill -9.

503 is right in one case only: where an answer of the DNS decides, and there is none. Those operations are known, the type
of the problem is `unavailable` then, and this world's DNS is dead, so that it is tried. Anywhere else 503 is a failure.

CUSTDKIM_FUZZ_EXAMPLES says how many requests are made: the usual ones are the same each time, more are others each time.
"""

import http.client
import json
import os
import random
import socket
import threading
import unittest

import contract
import hypothesis
from hostile_requests import Request, requests
from world import HOST, ONE_ZONE, PATIENCE_SECONDS, ZONE, WorldTest, measured, wait_until

USUAL_EXAMPLES = 1500
EXAMPLES = int(os.environ.get("CUSTDKIM_FUZZ_EXAMPLES", USUAL_EXAMPLES))
SEED = random.randrange(1 << 32) if EXAMPLES != USUAL_EXAMPLES else 0
ASKS_DNS = {("POST", "/v1/keys/{id}/verify"), ("POST", "/v1/keys/{id}/activate"), ("GET", "/v1/lookups")}
NEEDS_NO_TOKEN = {("GET", "/v1/health"), ("GET", "/v1/ready")}
DEAD_DNS = """
[activation]
resolvers = ["127.0.0.1:1"]
deadline = "1s"
diagnosis_deadline = "1s"
"""


def settings(examples):
    return hypothesis.settings(max_examples=examples, deadline=None, database=None, print_blob=True,
                               suppress_health_check=list(hypothesis.HealthCheck))


class ApiFuzzTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(ONE_ZONE + DEAD_DNS)
        cls.daemon = world.start_custdkim()
        keys = [world.create_key(f"customer{n}.example") for n in range(6)]
        cls.known = [key["id"] for key in keys] + ["customer5.example", ZONE, "nobody.example"]
        cls.acknowledged = {key["id"] for key in keys}
        cls.statuses = {}

    def send(self, request):
        """(status, headers, body); reads an answer whatever has become of the rest of the request."""
        with socket.create_connection((HOST, self.world.api_port), timeout=PATIENCE_SECONDS) as connection:
            try:
                connection.sendall(request.octets(HOST, self.world.token))
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before it was read
            response = http.client.HTTPResponse(connection, method="HEAD" if request.method == "HEAD" else None)
            response.begin()
            return response.status, response.headers, response.read()

    def listed(self):
        ids, after = set(), ""
        while after is not None:
            page = self.world.call("GET", f"/v1/keys?limit=1000&after={after}")[1]
            ids |= {key["id"] for key in page["keys"]}
            after = page["next"]
        return ids

    def note(self, request, status, body):
        """What the service has acknowledged by this answer."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        document = json.loads(body) if body.startswith(b"{") else {}
        if (request.method, status) == ("POST", 201) and "slots" in document:
            self.acknowledged.add(document["id"])
        elif request.method == "DELETE" and document.get("withdrawn") is True:
            self.acknowledged.discard(document["id"])

    def check(self, request):
        status, headers, body = self.send(request)
        self.note(request, status, body)
        if status >= 500:
            self.assertEqual(status, 503, body)
            self.assertIn((request.method, request.path), ASKS_DNS)
            self.assertEqual(json.loads(body)["type"], "urn:custdkim:problem:unavailable")
        contract.check_answer(request.method, request.target, status, headers, body)

    def test_requests(self):
        """Every request is answered as described, and nothing that was acknowledged is lost"""
        @hypothesis.seed(SEED)
        @settings(EXAMPLES)
        @hypothesis.given(requests(self.known))
        def try_all(request):
            self.check(request)

        try_all()
        measured(f"seed {SEED}, answers by status: {dict(sorted(self.statuses.items()))}")
        self.assertGreater(self.statuses.get(201, 0), 0)  # else these were no requests that matter
        self.assertEqual(self.listed(), self.acknowledged)
        self.daemon.kill()
        type(self).daemon = self.world.start_custdkim()
        self.assertEqual(self.listed(), self.acknowledged)

    def test_without_token(self):
        """Whoever has no token is told nothing but that, whatever is sent"""
        @hypothesis.seed(SEED)
        @settings(EXAMPLES // 10)
        @hypothesis.given(requests(self.known))
        def try_all(request):
            request.headers = [(n, v) for n, v in request.headers if n != "Authorization"]
            request.headers.append(("Authorization", "Bearer " + "0" * 64))
            status, _, body = self.send(request)
            if (request.method, request.target.split("?")[0]) not in NEEDS_NO_TOKEN:
                self.assertTrue(400 <= status < 500, body)

        before = self.listed()
        try_all()
        self.assertEqual(self.listed(), before)

    def test_killed(self):
        """Of keys that are created while custdkim is killed, those that were acknowledged are there"""
        created, is_over = [], threading.Event()

        def create(worker):
            number = 0
            while not is_over.is_set():
                number += 1
                document = {"domain": f"w{worker}n{number}.example", "type": "ed25519"}
                request = Request("POST", "/v1/keys", "/v1/keys", json.dumps(document).encode())
                try:
                    status, _, body = self.send(request)
                    if status == 201:
                        created.append(json.loads(body)["id"])
                except (OSError, http.client.HTTPException, ValueError):
                    return  # it was killed

        workers = [threading.Thread(target=create, args=(n,)) for n in range(4)]
        for worker in workers:
            worker.start()
        wait_until(lambda: len(created) > 50, "some keys are created")
        self.daemon.kill()
        is_over.set()
        for worker in workers:
            worker.join()
        type(self).daemon = self.world.start_custdkim()
        listed = self.listed()
        self.assertLessEqual(set(created), listed)
        self.acknowledged.update(listed)


if __name__ == "__main__":
    unittest.main()
