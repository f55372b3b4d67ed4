"""A customer gets it wrong, is told so, and mends it; then thirty days pass. Python's standard library is all it takes.

    PATH=build/release:$PATH python3 -m unittest rotation_test
"""

import json
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path


class Lab:
    """A custdkim of our own, with an internet and a clock that are made up."""

    def __init__(self, state):
        self.process = subprocess.Popen(["custdkim-lab", "up", "--state", state, "--dns", "0", "--http", "0"],
                                        stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline():  # the first line comes when everything answers
            raise RuntimeError("custdkim-lab does not start; why is on standard error")
        self.at = json.loads(Path(state, "endpoints.json").read_text())
        self.token = Path(self.at["token_file"]).read_text().strip()

    def call(self, service, method, path, body=None):
        """(status, document); service is "api" for custdkim or "lab" for the world around it."""
        request = urllib.request.Request(self.at[service] + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {self.token}"})
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class RotationTest(unittest.TestCase):
    def setUp(self):
        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        self.lab = Lab(state.name)
        self.addCleanup(self.lab.stop)

    def must(self, *call):
        status, document = self.lab.call(*call)
        self.assertLess(status, 300, document)
        return document

    def test_a_proxied_cname_is_found_and_mended_and_the_key_rotates(self):
        self.must("api", "POST", "/v1/keys", {"domain": "acme.example", "type": "ed25519"})
        self.must("lab", "PUT", "/v1/customers/acme.example", {"misconfiguration": "cname-proxied"})

        status, refusal = self.lab.call("api", "POST", "/v1/keys/acme.example/activate")
        self.assertEqual(status, 409)
        self.assertEqual(refusal["findings"][0]["cause"], "cname-proxied")

        self.must("lab", "POST", "/v1/customers/acme.example/fix")
        key = self.must("api", "POST", "/v1/keys/acme.example/activate")
        self.assertEqual((key["status"], key["signing_selector"]), ("active", "s1"))

        self.must("lab", "POST", "/v1/clock/advance", {"by": "30d"})
        key = self.must("api", "GET", "/v1/keys/acme.example")
        self.assertEqual((key["status"], key["signing_selector"]), ("active", "s2"))


if __name__ == "__main__":
    unittest.main()
