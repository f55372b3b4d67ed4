"""Mail through a real Postfix that asks `custdkim milter`: what is signed verifies as it was delivered, what nothing may
sign is rejected with the reason, and while the service is away all is put off and nothing passes unsigned."""

import logging
import os
import re
import smtplib
import subprocess
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import dkim
from milter_process import FakeService, Milter
from postfix import WHY_NOT, PostfixTest, body_of, has_signature
from world import HOST, PATIENCE_SECONDS, PROGRAM, WorldTest, rcode, txt_strings, wait_until

MAIL = (b"From: Ann <ann@%s>\r\nTo: Bob <bob@world.example>\r\nSubject: %s\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
        b"Message-ID: <%s@platform.example>\r\n\r\nHello Bob,\r\n\r\nthis is mail.\r\n")
OUTSIDE = ("--xclient-addr", "192.0.2.7")
LARGEST = 64 << 20  # of what the service signs
TEMPORARY = "451 4.7.1 the message cannot be signed now; try again later"
# What happens to header fields and bodies on their way, and must not matter.
ODD = {
    "folded": b"From: =?utf-8?q?Ann?=\r\n <ann@acme.example>\r\nTo: bob@world.example,\r\n\tcarl@world.example\r\n"
              b"Subject: one\r\n two\r\n\tthree  \r\n\r\nfolded\r\n",
    "spaces": b"From:ann@acme.example\r\nTo:   bob@world.example   \r\nSubject:\t\ttabs\tand  spaces \r\nX-Empty:\r\n"
              b"X-Space: \r\n\r\nspaces   \r\n\t\r\nand\ttabs\t\r\n",
    "eight bits": "From: ann@acme.example\r\nTo: bob@world.example\r\nSubject: Grüße\r\nMIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                  "Grüße eight bits €\r\n".encode(),
    "long lines": b"From: ann@acme.example\r\nTo: bob@world.example\r\nSubject: long lines " + b"word " * 180
                  + b"\r\n\r\n" + b"x" * 998 + b"\r\n" + b"y" * 997 + b"\r\n",
    "long header": b"From: ann@acme.example\r\nSubject: long header\r\nX-Long: " + b"\r\n ".join([b"z" * 900] * 100)
                   + b"\r\n\r\nlong\r\n",
    "no body": b"From: ann@acme.example\r\nTo: bob@world.example\r\nSubject: no body\r\n\r\n",
    "empty lines": b"From: ann@acme.example\r\nSubject: empty lines\r\n\r\n\r\n\r\nempty lines\r\n\r\n\r\n\r\n",
    "dots": b"From: ann@acme.example\r\nSubject: dots\r\n\r\n.\r\n..\r\n.dots\r\n",
    "few fields": b"From: ann@acme.example\r\n\r\nfew fields\r\n",
    "other case": b"fROM: Ann <ANN@ACME.EXAMPLE>\r\nsUBJECT: other case\r\n\r\nother case\r\n",
    "signed before": b"DKIM-Signature: v=1; a=rsa-sha256; d=other.example; s=x;\r\n\tbh=AA==; b=AA==\r\n"
                     b"From: ann@acme.example\r\nSubject: signed before\r\n\r\nsigned before\r\n",
}


def mail(domain, subject):
    subject = subject.encode()
    return MAIL % (domain.encode(), subject, subject.replace(b" ", b"-"))


def has_answer(message):
    """After a restart of custdkim PowerDNS fails once for each of its connections."""
    return message if rcode(message) != "SERVFAIL" else None


@unittest.skipIf(os.geteuid() != 0, WHY_NOT)
class MilterTest(PostfixTest):
    @classmethod
    def setUpClass(cls):
        logging.disable(logging.CRITICAL)
        world = cls.make_world()
        world.change_config("[keys]", '[activation]\ncheck = "unchecked"\n[keys]')
        cls.daemon = world.start_custdkim()
        cls.pdns = world.start_pdns()
        cls.names = {}
        for domain, fields in (("acme.example", {}), ("rsa.example", {"type": "rsa-2048"})):
            key = world.create_key(domain, **fields)
            status, answer = world.call("POST", f"/v1/keys/{key['id']}/activate")
            assert status == 200, answer
            for slot in key["slots"]:
                cls.names[slot["cname"]["name"] + "."] = slot["record_name"]
        status, answer = world.call("PATCH", "/v1/orgs/default", {"user_verification": "off"})
        assert status == 200, answer
        cls.milter = Milter(world, f"http://{HOST}:{world.api_port}", world.token_file, "--socket-group", "postfix")
        cls.start_postfix(cls.milter.address, "message_size_limit = 100000000\nmailbox_size_limit = 0\n")

    def look_up(self, name, timeout=5):
        target = self.names[name.decode()]
        answer = wait_until(lambda: has_answer(self.pdns.ask(target)), "PowerDNS has noticed the restart")
        return b"".join(txt_strings(answer, target))

    def check_signed(self, message):
        self.assertTrue(dkim.DKIM(message, logger=logging.getLogger()).verify(dnsfunc=self.look_up))

    def test_signed(self):
        """Mail of keys of both types is signed, and verifies as it was delivered"""
        for domain in ("acme.example", "rsa.example"):
            with self.subTest(domain):
                message = mail(domain, f"signed for {domain}")
                delivered = self.deliver(message, f"signed for {domain}".encode())
                self.check_signed(delivered)
                self.assertEqual(body_of(delivered), body_of(message))
                self.assertEqual(delivered.count(b"DKIM-Signature:"), 1)
                with self.assertRaises(dkim.ValidationError):
                    self.check_signed(delivered.replace(b"this is mail", b"this is male"))

    def test_odd_messages(self):
        """Folds, tabs, eight bits, long lines, no body, signatures of others: all verify, and nothing else is changed"""
        for name, message in ODD.items():
            with self.subTest(name):
                marker = re.search(rb"Subject: ?([^\r\n]+)", message, re.I)
                delivered = self.deliver(message, marker[1] if marker else b"few fields")
                self.check_signed(delivered)
                self.assertEqual(body_of(delivered), body_of(message))
                for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n"):
                    self.assertIn(line.rstrip(), delivered)

    def test_what_postfix_adds(self):
        """Fields that Postfix adds to local mail are there before it is signed"""
        self.postfix.submit(b"From: ann@acme.example\r\nSubject: bare\r\n\r\nbare\r\n")
        delivered = self.sink.wait_for(b"Subject: bare")
        self.check_signed(delivered)
        signed = re.search(rb"[\s;]h=([^;]+);", delivered)[1].lower()
        for field in (b"date", b"message-id", b"from"):
            self.assertIn(field, signed)

    def test_null_sender(self):
        """A bounce of the customer's own is signed by its From address, too"""
        self.check_signed(self.deliver(mail("acme.example", "null sender"), b"null sender", sender="<>"))

    def test_sender_must_be_confirmed(self):
        """Mail from an address that nobody has confirmed is rejected, or passes unsigned if the organisation has it so"""
        key = self.world.create_key("strict.example", org="strict")
        self.assertEqual(self.world.call("POST", f"/v1/keys/{key['id']}/activate")[0], 200)
        for slot in key["slots"]:
            self.names[slot["cname"]["name"] + "."] = slot["record_name"]
        self.assertRegex(self.postfix.swaks(mail("strict.example", "not confirmed")).reply,
                         r"^550 5\.7\.1 .*@strict\.example may not send")
        self.assertEqual(self.world.call("PATCH", "/v1/orgs/strict", {"unsigned": "pass"})[0], 200)
        self.assertNotIn(b"DKIM-Signature:", self.deliver(mail("strict.example", "passes unsigned"), b"passes unsigned"))
        address = re.search(rb"[\w.]+@strict\.example", mail("strict.example", "x"))[0].decode()
        status, sender = self.world.call("POST", "/v1/senders", {"address": address, "org": "strict"})
        self.assertEqual(status, 201, sender)
        self.assertEqual(self.world.call("POST", "/v1/senders/confirm", {"code": sender["code"]})[0], 200)
        self.check_signed(self.deliver(mail("strict.example", "confirmed now"), b"confirmed now"))

    def test_rejected(self):
        """Mail of a domain without a key is rejected with 550 5.7.1 and the reason; the client is told nothing else"""
        sent = self.postfix.swaks(mail("nobody.example", "rejected"))
        self.assertRegex(sent.reply, r"^550 5\.7\.1 .*nobody\.example")
        self.assertNotEqual(sent.exit_code, 0)
        self.assertTrue(self.deliver(mail("acme.example", "after it"), b"after it"))
        self.assertFalse([message for message in self.sink.messages if b"rejected" in message])
        wait_until(lambda: any("nobody.example" in line and "queue_id=" in line for line in self.milter.lines("refused")),
                   "the log says why")

    def test_too_large(self):
        """What is larger than what is signed is rejected with 552, and does not stop the next message"""
        sent = self.postfix.swaks(mail("acme.example", "too large") + b"0123456789abcd\r\n" * (LARGEST // 16))
        self.assertTrue(sent.reply.startswith("552 5.3.4 the message is too large to be signed"), sent)
        large = mail("acme.example", "quite large") + b"0123456789abcd\r\n" * (LARGEST // 32)
        self.check_signed(self.deliver(large, b"quite large"))

    def test_service_away(self):
        """While the service is away mail is put off with 451, and once it is back the same mail is signed"""
        message = mail("acme.example", "put off")
        self.daemon.stop()
        self.assertEqual(self.postfix.swaks(message).reply, TEMPORARY)
        type(self).daemon = self.world.start_custdkim()
        self.check_signed(self.deliver(message, b"put off"))

    def test_incoming(self):
        """Mail of strangers passes as it came, from any domain; of who has logged in it is signed"""
        for domain in ("acme.example", "nobody.example"):
            subject = f"incoming from {domain}"
            self.assertFalse(has_signature(self.deliver(mail(domain, subject), subject.encode(), *OUTSIDE)))
        logged_in = (*OUTSIDE, "--xclient-login", "ann")
        self.check_signed(self.deliver(mail("acme.example", "logged in"), b"logged in", *logged_in))
        self.assertRegex(self.postfix.swaks(mail("nobody.example", "logged in"), *logged_in).reply, "^550 5.7.1")

    def test_local_submission(self):
        """Mail of sendmail(1) is signed; where nothing may sign it, it bounces"""
        self.postfix.submit(mail("acme.example", "by sendmail"))
        self.check_signed(self.sink.wait_for(b"Subject: by sendmail"))
        self.postfix.submit(mail("nobody.example", "bounces"))
        self.assertIn(b"5.7.1", self.sink.wait_for(b"MAILER-DAEMON"))

    def test_many_at_once(self):
        """Ten clients with five messages each at once: all are signed"""
        def work(client):
            with smtplib.SMTP(HOST, self.postfix.port, timeout=PATIENCE_SECONDS) as smtp:
                for number in range(5):
                    smtp.sendmail("a@platform.example", "b@world.example",
                                  mail("acme.example", f"of many {client}-{number}."))

        threads = [threading.Thread(target=work, args=(client,)) for client in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for client in range(10):
            for number in range(5):
                self.check_signed(self.sink.wait_for(f"of many {client}-{number}.".encode()))

    def test_log(self):
        """The log has the queue id and the selector of what was signed, and nothing of what is in it"""
        self.deliver(mail("acme.example", "secret words"), b"secret words")
        queue_id = re.findall(r"cleanup\[\d+\]: (\w+): message-id=<secret-words@", self.postfix.log())[-1]
        wait_until(lambda: any(f"queue_id={queue_id} selector=s1" in line for line in self.milter.lines("signed")),
                   "it is in the log")
        self.assertNotIn("secret", self.milter.log())


@unittest.skipIf(os.geteuid() != 0, WHY_NOT)
class AnswersTest(PostfixTest):
    """What custdkim, or who stands in its place, may answer; over IP."""

    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        cls.service = FakeService()
        cls.addClassCleanup(cls.service.close)
        cls.milter = Milter(world, cls.service.url, world.token_file, "--org", "a&b", "--trusted", "192.0.2.0/24",
                            "--daemon-name", "ORIGINATING", kind="inet")
        cls.start_postfix(cls.milter.address)

    def reply(self, subject="x"):
        return self.postfix.swaks(mail("acme.example", subject)).reply

    def test_question(self):
        """The service is asked for checked senders of one organisation, with the token, about the very message"""
        self.service.refuse("refused", "no", unsigned="pass")
        delivered = self.deliver(mail("acme.example", "the question"), b"the question")
        path, authorization, body = self.service.asked[-1]
        self.assertEqual(path, "/v1/sign?sender=checked&org=a%26b")
        self.assertEqual(authorization, f"Bearer {self.world.token}")
        self.assertEqual(body, mail("acme.example", "the question"))
        self.assertTrue(delivered.endswith(body))

    def test_pass(self):
        """What nothing may sign passes unsigned where the service says so"""
        for word in ("refused", "sender-not-allowed", "invalid"):
            self.service.refuse(word, "nobody signs this", unsigned="pass")
            delivered = self.deliver(mail("acme.example", f"passes though {word}"), f"passes though {word}".encode())
            self.assertFalse(has_signature(delivered))

    def test_reason(self):
        """The reason reaches the client in one line, with its per cent signs, and without control characters"""
        self.service.refuse("sender-not-allowed", "100% of \u00e9t\u00e9@acme.example\r\n250 ok %s %%")
        self.assertEqual(self.reply(), "550 5.7.1 100% of ?t?@acme.example 250 ok %s %%")
        self.service.refuse("refused", "x" * 5000)
        self.assertRegex(self.reply(), r"^550 5\.7\.1 x{400,500}\.\.\.$")

    def test_own_failures(self):
        """What is no refusal of this message is temporary"""
        for status, document in ((500, {}), (503, {"type": "urn:custdkim:problem:refused"}), (401, {"unsigned": "pass"}),
                                 (403, {"type": "urn:custdkim:problem:forbidden"}), (404, {}), (422, b"<html>"), (200, {}),
                                 (200, b""), (302, b""), (200, {"header": "X: y\r\n"}), (400, {"unsigned": "pass"})):
            with self.subTest(status=status, document=document):
                self.service.answer(status, document)
                self.assertEqual(self.reply(), TEMPORARY)

    def test_two_signatures(self):
        """Two signatures stand in front in their order, folded as they were made"""
        self.service.answer(200, {"header": "DKIM-Signature: a=one;\r\n\tb=1\r\nDKIM-Signature: a=two;\r\n b=2\r\n"})
        delivered = self.deliver(mail("acme.example", "two signatures"), b"two signatures")
        self.assertIn(b"DKIM-Signature: a=one;\r\n\tb=1\r\nDKIM-Signature: a=two;\r\n b=2\r\n", delivered)

    def test_trusted(self):
        """Who is trusted needs no log in"""
        self.service.answer(200, {"header": "DKIM-Signature: a=one\r\n"})
        self.assertTrue(has_signature(self.deliver(mail("acme.example", "trusted"), b"trusted", *OUTSIDE)))
        stranger = ("--xclient-addr", "198.51.100.7")
        self.assertFalse(has_signature(self.deliver(mail("acme.example", "stranger"), b"stranger", *stranger)))

    def test_hostile(self):
        """Who talks nonsense to the milter is cut off, and it goes on"""
        for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 1000, b"\0\0\0\x01E", b"\0\0\0\x01B", b"\0\0\0\0", b""):
            with self.milter.connect() as connection:
                connection.sendall(nonsense)
        self.service.answer(200, {"header": "DKIM-Signature: a=one\r\n"})
        self.assertTrue(has_signature(self.deliver(mail("acme.example", "goes on"), b"goes on")))
        self.assertTrue(self.milter.is_running())


class StartTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()

    def refused(self, *options):
        done = subprocess.run([PROGRAM, "milter", *map(str, options)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE_SECONDS)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)
        return done.stderr

    def test_refusals(self):
        """What is wrong at the start is told in one sentence, with exit code 2"""
        token = ("--token-file", self.world.token_file)
        socket = f"unix:{self.world.directory}/refused.sock"
        running = Milter(self.world, "http://127.0.0.1:1", self.world.token_file, kind="inet", name="running")
        other = Milter(self.world, "http://127.0.0.1:1", self.world.token_file, name="other")
        precious = self.world.write("precious", "precious")
        for options, sentence in (
                (["--listen", "8891", *token], "is not an address to listen on"),
                (["--listen", socket, "--token-file", "/nowhere/token"], "/nowhere/token"),
                (["--listen", socket, "--socket-mode", "0999", *token], "'0999' is not the mode"),
                (["--listen", socket, "--socket-group", "nobodys", *token], "no group 'nobodys'"),
                (["--listen", socket, "--trusted", "1.2.3", *token], "'1.2.3' is not"),
                (["--listen", socket, "--api", "127.0.0.1:8080", *token], "not the URL of an API"),
                (["--listen", f"inet:{running.port}@{HOST}", *token], "Address already in use"),
                (["--listen", f"unix:{other.path}", *token], "another process already answers"),
                (["--listen", f"unix:{precious}", *token], "is not a socket"),
                (["--listen", "unix:/nowhere/x.sock", *token], "cannot listen on"),
                ([*token], "--listen")):
            with self.subTest(options):
                self.assertIn(sentence, self.refused(*options))
        self.assertEqual(precious.read_text(), "precious")
        self.assertTrue(other.is_running() and running.is_running())

    def test_stop(self):
        """SIGTERM ends it with 0; a socket that a crash left behind is not in the way of the next one"""
        milter = Milter(self.world, "http://127.0.0.1:1", self.world.token_file, "--socket-mode", "0640", name="stops")
        self.assertEqual(milter.path.stat().st_mode & 0o777, 0o640)
        milter.kill()
        self.assertTrue(milter.path.exists())
        milter = Milter(self.world, "http://127.0.0.1:1", self.world.token_file, name="stops")
        self.assertEqual(milter.path.stat().st_mode & 0o777, 0o660)
        self.assertEqual(milter.stop(), 0)
        self.assertIn("stopped", milter.log())
        self.assertFalse(milter.path.exists())

    def test_stop_at_once(self):
        """However soon after the start SIGTERM comes, it ends with 0"""

        def start_and_stop(number):
            return Milter(self.world, "http://127.0.0.1:1", self.world.token_file, name=f"brief{number}").stop()

        with ThreadPoolExecutor(12) as several:
            self.assertEqual(set(several.map(start_and_stop, range(24))), {0})


if __name__ == "__main__":
    unittest.main()
