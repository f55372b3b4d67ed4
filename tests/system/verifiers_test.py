"""Five hundred messages of every kind, signed by the service through its API, verify through the customers' CNAMEs with each
verifier that receivers have, and none of them lets a changed one pass. CUSTDKIM_SEED draws other messages."""

import http.client
import json
import logging
import os
import unittest
from pathlib import Path

from lab_world import Lab
from odd_mail import Letterbox, as_sent, tampered
from verifiers import FAIL, PASS, Dkimpy, MailAuth, MailDkim, OpenDkim
from world import PATIENCE_SECONDS, WorldTest

SEED = int(os.environ.get("CUSTDKIM_SEED", "20261123"))
MESSAGES = 500
DOMAINS = {"rsa": "acme.example", "ed25519": "initech.example"}


class VerifiersTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        logging.disable(logging.CRITICAL)
        world = cls.make_world()
        cls.lab = Lab(world)
        for kind, domain in DOMAINS.items():
            cls.lab.activate(domain, "rsa-2048" if kind == "rsa" else kind)
        print(f"seed {SEED}", flush=True)
        cls.write_messages(Path(world.directory))

    @classmethod
    def write_messages(cls, directory):
        """Each message as it arrives, and as it must not pass."""
        cls.good, cls.bad = {kind: [] for kind in DOMAINS}, {kind: [] for kind in DOMAINS}
        letterbox = Letterbox(SEED)
        connection = http.client.HTTPConnection(cls.lab.api_address, timeout=PATIENCE_SECONDS)
        for number in range(MESSAGES):
            kind = list(DOMAINS)[number % len(DOMAINS)]
            message = letterbox.message(DOMAINS[kind])
            sent = cls.signature(connection, message) + as_sent(message)
            for files, name, text in ((cls.good, "good", sent), (cls.bad, "bad", tampered(sent, number // 2))):
                file = directory / f"{name}-{number}.eml"
                file.write_bytes(text)
                files[kind].append(file)
        connection.close()

    @classmethod
    def signature(cls, connection, message):
        connection.request("POST", "/v1/sign", message, {"Authorization": f"Bearer {cls.lab.token}"})
        response = connection.getresponse()
        document = json.loads(response.read())
        if response.status != 200:
            raise AssertionError(f"{document}: {message!r}")
        return document["header"].encode()

    def check(self, verifier):
        for kind in sorted(verifier.knows):
            for files, wanted in ((self.good[kind], PASS), (self.bad[kind], FAIL)):
                verdicts = verifier.verdicts(files)
                wrong = [file.name for file, verdict in verdicts.items() if verdict != wanted]
                self.assertEqual(len(verdicts), len(files))
                self.assertEqual(wrong, [], f"{kind}, wanted: {wanted}")

    def test_dkimpy(self):
        """dkimpy: RSA and Ed25519"""
        self.check(Dkimpy(self.world, self.lab.dns_port))

    def test_opendkim(self):
        """OpenDKIM: RSA and Ed25519"""
        self.check(OpenDkim(self.world, self.lab.dns_port))

    def test_mail_dkim(self):
        """Mail::DKIM: RSA"""
        self.check(MailDkim(self.world, self.lab.dns_port))

    def test_mailauth(self):
        """mailauth: RSA and Ed25519"""
        verifier = MailAuth(self.world, self.lab.dns_port)
        if verifier.installed.returncode == 77:
            self.skipTest(verifier.installed.stderr)
        self.assertEqual(verifier.installed.returncode, 0, verifier.installed.stderr)
        self.check(verifier)


if __name__ == "__main__":
    unittest.main()
