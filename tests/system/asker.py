"""Questions without end, beside whatever a test does."""

import threading
import time
from collections import Counter

import dns.exception

from world import PATIENCE_SECONDS, rcode, txt_strings


class Asker:
    """Asks all records' questions one after the other, without end, and notes what came."""

    def __init__(self, pdns, expected):
        self.pdns = pdns
        self.expected = expected
        self.seen = Counter()
        self.longest_seconds = 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.ask_on)
        self.thread.start()

    def ask_on(self):
        while not self.over.is_set():
            for tcp in (False, False, False, True):
                for name, txt in self.expected.items():
                    if not self.over.is_set():
                        self.ask(name, txt, tcp)

    def ask(self, name, txt, tcp):
        started = time.monotonic()
        try:
            answer = self.pdns.ask(name, tcp=tcp, timeout=PATIENCE_SECONDS)
            right = rcode(answer) == "NOERROR" and b"".join(txt_strings(answer, name)).decode() == txt
            self.seen["right" if right else rcode(answer)] += 1
        except dns.exception.DNSException as error:
            self.seen[type(error).__name__] += 1
        self.longest_seconds = max(self.longest_seconds, time.monotonic() - started)

    def count(self):
        return sum(self.seen.values())

    def summary(self):
        return f"{dict(self.seen)}, the longest after {self.longest_seconds * 1000:.0f} ms"

    def stop(self):
        self.over.set()
        self.thread.join()
