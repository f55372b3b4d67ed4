"""Mail signed by a running custdkim, verified by dkimpy with the records that a real PowerDNS serves."""

import http.client
import json
import logging
import os
import subprocess
import threading
import unittest

import dkim

from world import HOST, PATIENCE_SECONDS, PROGRAM, WorldTest, txt_strings

MESSAGE = b"From: Acme <news@%s>\r\nTo: you@example.com\r\nSubject: Hello\r\n\r\nHello you,\r\n\r\nthis is news.\r\n"
LARGEST = 64 << 20


class SigningTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        logging.disable(logging.CRITICAL)
        world = cls.make_world()
        world.change_config("[keys]", '[activation]\ncheck = "unchecked"\n[keys]')
        cls.custdkim = world.start_custdkim()
        cls.pdns = world.start_pdns()
        cls.names = {}  # what customers' CNAMEs would lead to
        for domain, fields in (("acme.example", {}), ("rsa.example", {"type": "rsa-2048"}),
                               ("sub.example", {"match": "subdomains"})):
            key = world.create_key(domain, **fields)
            status, answer = world.call("POST", f"/v1/keys/{key['id']}/activate")
            assert status == 200, answer
            for slot in key["slots"]:
                cls.names[slot["cname"]["name"] + "."] = slot["record_name"]
        world.create_key("idle.example")

    def look_up(self, name, timeout=5):
        target = self.names[name.decode()]
        return b"".join(txt_strings(self.pdns.ask(target), target))

    def verifies(self, message):
        return dkim.DKIM(message, logger=logging.getLogger()).verify(dnsfunc=self.look_up)

    def sign(self, message, *options):
        environment = {**os.environ, "CUSTDKIM_API": f"http://{HOST}:{self.world.api_port}",
                       "CUSTDKIM_TOKEN_FILE": str(self.world.token_file)}
        return subprocess.run([PROGRAM, "sign", *options], env=environment, input=message, capture_output=True,
                              timeout=PATIENCE_SECONDS)

    def post(self, message, token=None, headers=None):
        connection = http.client.HTTPConnection(HOST, self.world.api_port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", "/v1/sign", message,
                               {"Authorization": f"Bearer {token or self.world.token}", **(headers or {})})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def test_command(self):
        """What `custdkim sign` prints is the message with a signature that verifies, its line ends kept"""
        for domain in (b"acme.example", b"rsa.example", b"news.sub.example"):
            for line_end in (b"\r\n", b"\n"):
                with self.subTest(domain, line_end=line_end):
                    message = (MESSAGE % domain).replace(b"\r\n", line_end)
                    done = self.sign(message)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))
                    self.assertTrue(done.stdout.startswith(b"DKIM-Signature: "))
                    self.assertTrue(done.stdout.endswith(line_end + message))
                    self.assertEqual(done.stdout.count(b"\r") > 0, line_end == b"\r\n")
                    sent = done.stdout.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                    self.assertTrue(self.verifies(sent))
                    with self.assertRaises(dkim.ValidationError):
                        self.verifies(sent.replace(b"news.\r\n", b"News.\r\n"))

    def test_json(self):
        """--json tells which pair of which key signed"""
        document = json.loads(self.sign(MESSAGE % b"acme.example", "--json").stdout)
        key = self.world.call("GET", "/v1/keys/acme.example")[1]
        self.assertEqual(document["key"], key["id"])
        self.assertEqual(document["domain"], "acme.example")
        self.assertEqual(document["selector"], key["signing_selector"])
        self.assertEqual(document["pair"], key["slots"][0]["pairs"][0]["number"])
        self.assertTrue(self.verifies(document["header"].encode() + MESSAGE % b"acme.example"))
        [signature] = document["signatures"]
        self.assertEqual(signature.pop("algorithm"), "ed25519-sha256")
        self.assertEqual(signature, {name: value for name, value in document.items() if name != "signatures"})

    def test_refusals(self):
        """What cannot be signed is refused with exit code 1 and one sentence, and nothing is printed"""
        for message, reason in ((MESSAGE % b"idle.example", "no active key signs mail from idle.example; "),
                                (MESSAGE % b"sub.example", "no active key signs mail from sub.example; "),
                                (MESSAGE % b"nobody.example", "no active key signs mail from nobody.example; "),
                                (b"Subject: x\n\n", "the message has no From header field; "),
                                (b"\x7fELF\x02\x01\x01\x00", "line 1 of the message "),
                                (b"From: a@acme.example\n\n" + b"x" * LARGEST, "the message on standard input ")):
            with self.subTest(reason):
                done = self.sign(message)
                self.assertEqual((done.returncode, done.stdout), (1, b""))
                self.assertTrue(done.stderr.decode().startswith(f"custdkim: {reason}"), done.stderr)
                self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertEqual(self.sign(b"").returncode, 2)

    def test_sizes(self):
        """A message of 64 MiB is signed, and one octet more is 413"""
        head = MESSAGE % b"acme.example"
        largest = head + b"0123456789abcd\r\n" * ((LARGEST - len(head)) // 16)
        largest = largest[:-2] + b"x" * (LARGEST - len(largest)) + b"\r\n"
        self.assertEqual(len(largest), LARGEST)
        done = self.sign(largest)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertTrue(self.verifies(done.stdout))
        self.assertEqual(self.post(largest, headers={"Expect": "100-continue"})[0], 200)
        try:
            self.assertEqual(self.post(largest + b"x")[0], 413)
        except OSError:  # the answer came, and the connection went, while we were still sending
            pass

    def test_memory(self):
        """Large messages are hashed while they come in, and take no memory"""
        at_once, octets = 8, 48 << 20
        message = MESSAGE % b"acme.example" + b"0123456789abcd\r\n" * (octets // 16)
        before, statuses = self.custdkim.memory_bytes("VmHWM"), []
        threads = [threading.Thread(target=lambda: statuses.append(self.post(message)[0])) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [200] * at_once)
        self.assertLess(self.custdkim.memory_bytes("VmHWM") - before, at_once * octets / 3)

    def test_chunks(self):
        """A message whose length nobody knows beforehand is signed as one that has it"""
        for body in (b"", b"Hello\r\n", b"0123456789abcd\r\n" * 50_000):
            message = MESSAGE % b"rsa.example" + body
            pieces = [message[at:at + 10_007] for at in range(0, len(message), 10_007)]
            status, document = self.post(iter(pieces))
            self.assertEqual(status, 200)
            self.assertTrue(self.verifies(document["header"].encode() + message))
        self.assertEqual(self.post(iter([b"Subject: x\r\n", b"\r\nHello"]))[0], 422)

    def test_token(self):
        """Without the token nothing is signed, and no large body is read"""
        for message in (MESSAGE % b"acme.example", b"x" * 1_000_000):
            connection = http.client.HTTPConnection(HOST, self.world.api_port, timeout=PATIENCE_SECONDS)
            connection.putrequest("POST", "/v1/sign")
            connection.putheader("Authorization", "Bearer x")
            connection.putheader("Content-Length", str(len(message)))
            connection.endheaders(message if len(message) < 65536 else None)
            response = connection.getresponse()
            self.assertEqual((response.status, json.loads(response.read())["status"]), (401, 401))
            connection.close()

    def test_many_at_once(self):
        """Eight clients at once all get signatures that verify"""
        answers = []

        def work():
            for _ in range(20):
                answers.append(self.post(MESSAGE % b"rsa.example"))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), 160)
        self.assertEqual({status for status, _ in answers}, {200})
        for header in {document["header"] for _, document in answers}:
            self.assertTrue(self.verifies(header.encode() + MESSAGE % b"rsa.example"))


if __name__ == "__main__":
    unittest.main()
