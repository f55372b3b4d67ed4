"""dkimpy verifies what we sign, and refuses what was changed behind us."""

import logging
import os
import subprocess
import unittest

import dkim

PROGRAM = os.environ["SIGN_WITH_FIXTURE"]
TYPES = ("rsa-1024", "rsa-2048", "rsa-4096", "ed25519")
HEADER = b'From: "Acme, Inc." <news@acme.example>\r\nTo: you@example.com\r\nSubject: Hello\r\n'
MESSAGES = {
    "plain": HEADER + b"\r\nHello you,\r\n\r\nthis is news.\r\n",
    "line feeds only": b"From: a@acme.example\nSubject: x\n\nHello\nyou\n",
    "no body": HEADER + b"\r\n",
    "no empty line": HEADER,
    "no line end": HEADER + b"\r\nHello",
    "empty lines only": HEADER + b"\r\n\r\n\r\n\r\n",
    "white space": HEADER + b"\r\n  a \t b  \r\n \t \r\n\r\nc\t\r\n\r\n",
    "folded": b"Subject: one\r\n two\r\n\tthree  \r\nFrom:\r\n \"Acme\"\r\n <a@acme.example>\r\n\r\nx\r\n",
    "empty field": b"From: a@acme.example\r\nSubject:\r\nTo: \r\n\r\nx\r\n",
    "8-bit body": HEADER + "\r\ngrüße €\r\n".encode() + bytes(range(128, 256)) + b"\r\n",
    "UTF-8 header": "From: Müller <a@acme.example>\r\nSubject: Grüße\r\n\r\nx\r\n".encode(),
    "repeated fields": b"List-Id: <a>\r\nFrom: a@acme.example\r\nlist-id: <b>\r\nList-Id:  <c>\r\n\r\nx\r\n",
    "another signature": b"DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=x; h=from; bh=eA==; b=eA==\r\n" + HEADER
                         + b"\r\nx\r\n",
    "long lines": HEADER + b"\r\n" + b"x" * 100_000 + b"\r\n",
    "large": HEADER + b"\r\n" + b"".join(b"line %d of many\r\n" % n for n in range(100_000)),
}


def run(*arguments, given=b""):
    return subprocess.run([PROGRAM, *arguments], input=given, capture_output=True, check=True).stdout


def as_sent(message):
    """As SMTP carries it: whole lines that end in CRLF."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


class ForeignVerifierTest(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.CRITICAL)

    def verify(self, message, record):
        names = []

        def look_up(name, timeout=5):
            names.append(name)
            return record

        try:
            verdict = dkim.DKIM(message, logger=logging.getLogger()).verify(dnsfunc=look_up)
        except dkim.ValidationError:  # how it tells of a changed body
            return False
        self.assertEqual(names, [b"s1._domainkey.acme.example."])
        return verdict

    def test_verifies(self):
        """Messages of every shape verify, with every type of key"""
        for kind in TYPES:
            record = run("record", kind)
            for name, message in MESSAGES.items():
                with self.subTest(kind, message=name):
                    self.assertTrue(self.verify(run("sign", kind, given=message) + as_sent(message), record))

    def test_changed(self):
        """A changed body, subject or author does not verify, nor does an author added"""
        message = MESSAGES["plain"]
        for kind in TYPES:
            record = run("record", kind)
            header = run("sign", kind, given=message)
            for old, new in ((b"news.", b"News."), (b"Subject: Hello", b"Subject: Hullo"), (b"Acme, I", b"Acne, I"),
                             (b"To: ", b"From: x@evil.example\r\nTo: "), (b"To: ", b"Cc: x@evil.example\r\nTo: ")):
                with self.subTest(kind, change=new):
                    self.assertIn(old, message)
                    self.assertFalse(self.verify(header + message.replace(old, new, 1), record))

    def test_another_key(self):
        """With another key of the same type it does not verify"""
        message = MESSAGES["plain"]
        header = run("sign", "rsa-2048", given=message)
        self.assertFalse(self.verify(header + message, run("record", "rsa-1024")))


if __name__ == "__main__":
    unittest.main()
