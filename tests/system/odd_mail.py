"""Messages as the world sends them, drawn by a seed: folds and odd white space, several character sets, MIME of all kinds, bodies
of every shape. And each of them changed a little, as nobody may."""

import base64
import random
import re

WORDS = ("offer invoice Grüße 你好 naïve résumé meeting £20 one-time =?utf-8?q?x?= <b>bold</b> -- .. >From 100% a;b c:d \"quoted\" "
         "https://example.org/a?b=c&d=e").split()
BLANKS = (" ", "  ", "\t", " \t ")


class Letterbox:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def message(self, domain):
        """A message from this domain, its lines ending in CRLF, LF, or both."""
        header, body = self.header(domain), self.body()
        lines = header + b"\r\n" + body if body is not None else header
        ends = self.random.choice(["crlf", "crlf", "crlf", "lf", "mixed"])
        if ends == "lf":
            return lines.replace(b"\r\n", b"\n")
        if ends == "mixed":
            parts = lines.split(b"\r\n")
            return b"".join(part + self.random.choice([b"\r\n", b"\n"]) for part in parts[:-1]) + parts[-1]
        return lines

    # Header fields

    def header(self, domain):
        draw = self.random
        fields = [self.field("From", self.sender(domain)), self.field("To", self.recipients()),
                  self.field("Date", "Sat, 01 Jun 2024 12:00:00 +0000"),
                  self.field("Message-ID", f"<{draw.randrange(10**9)}@{domain}>")]
        optional = [("Subject", self.words(draw.randrange(0, 30))), ("Subject", ""), ("Cc", self.recipients()),
                    ("Reply-To", f"help@{domain}"), ("Sender", "robot@platform.example"), ("X-Mailer", self.words(3)),
                    ("List-Id", f"<news.{domain}>"), ("List-Unsubscribe", f"<https://{domain}/leave>"),
                    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"), ("MIME-Version", "1.0"),
                    ("References", " ".join(f"<{n}@{domain}>" for n in range(draw.randrange(1, 40)))),
                    ("Resent-To", "someone@else.example"), ("Content-Transfer-Encoding", draw.choice(["8bit", "7bit", "binary"])),
                    ("Received", "from a by b; Sat, 01 Jun 2024 12:00:00 +0000"), ("X-Empty", ""), ("List-Id", "<two>"),
                    ("Content-Type", draw.choice(["text/plain; charset=utf-8", "multipart/mixed; boundary=\"=_x\"", "text/html"]))]
        fields += [self.field(name, value) for name, value in draw.sample(optional, draw.randrange(len(optional)))]
        draw.shuffle(fields)
        return b"".join(fields)

    def field(self, name, value):
        draw = self.random
        name = draw.choice([name, name, name.lower(), name.upper()])
        folded = "".join(self.fold() if blank == " " and draw.random() < 0.15 else blank for blank in value)
        return f"{name}:{draw.choice(['', ' ', ' ', ' ', '  ', chr(9)])}{folded}{draw.choice(['', '', '', ' ', ' ' + chr(9)])}\r\n".encode()

    def fold(self):
        return self.random.choice(["\r\n ", "\r\n\t", " \r\n  ", "\r\n \t ", "  ", "\t"])

    def sender(self, domain):
        return self.random.choice([f"a@{domain}", f"<a@{domain}>", f"Acme <a@{domain}>", f"\"Acme, Inc.\" <news@{domain}>",
                                   f"=?utf-8?q?M=C3=BCller?= <m@{domain}>", f"Müller <m@{domain}>", f"(no reply) a@{domain}"])

    def recipients(self):
        return ", ".join(f"\"{self.random.choice(['Ann', 'Bob'])}\" <u{n}@example.org>" for n in range(self.random.randrange(1, 8)))

    # Bodies

    def words(self, count):
        return self.random.choice(BLANKS).join(self.random.choice(WORDS) for _ in range(count))

    def body(self):
        """None: no empty line behind the header either."""
        shape = self.random.choice([self.text, self.text, self.text, self.mime, self.octets, self.long_lines, self.dots, self.blanks,
                                    lambda: b"", lambda: b"\r\n" * self.random.randrange(1, 5), lambda: None])
        body = shape()
        if not body:
            return body
        return body + self.random.choice([b"", b"\r\n", b"\r\n", b"\r\n\r\n\r\n", b" \t", b" \r\n\t\r\n"])

    def text(self):
        return "\r\n".join(self.words(self.random.randrange(0, 14)) for _ in range(self.random.randrange(1, 80))).encode()

    def mime(self):
        part = base64.encodebytes(self.random.randbytes(self.random.randrange(1, 6000))).replace(b"\n", b"\r\n")
        head = b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        last = self.random.choice([b"--=_x--", b"", b"--=_x"])
        return b"preamble\r\n--=_x\r\n\r\n" + self.text() + b"\r\n--=_x\r\n" + head + part + last

    def octets(self):
        return bytes(octet for octet in self.random.randbytes(self.random.randrange(1, 3000)) if octet not in b"\0\r\n")

    def long_lines(self):
        return b"\r\n".join(b"x" * self.random.randrange(900, 9000) for _ in range(self.random.randrange(1, 5)))

    def dots(self):
        return b".\r\n..\r\n.x\r\n" * self.random.randrange(1, 4) + b">From\r\nFrom here"

    def blanks(self):
        return "".join(self.random.choice(["\r\n", " ", "\t", " \r\n", "word"]) for _ in range(self.random.randrange(1, 60))).encode()


def as_sent(message):
    """As SMTP carries it: whole lines that end in CRLF."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def tampered(message, number):
    """The message as sent, with one thing different: an octet of the body or of a field that is signed, a field or a line more."""
    head, _, body = message.partition(b"\r\n\r\n")
    at = next((i for i, octet in enumerate(body) if chr(octet).isalnum()), None)
    if number % 3 == 0 and at is not None:
        return head + b"\r\n\r\n" + body[:at] + (b"Y" if body[at:at + 1] != b"Y" else b"Z") + body[at + 1:]
    if number % 3 == 1:
        return re.sub(rb"(?im)^(date:\s*)Sat", rb"\1Sun", message, count=1)
    if number % 3 == 2:
        return b"Subject: a new one\r\n" + message
    return head + b"\r\n\r\n" + body + b"PS: send money\r\n"
