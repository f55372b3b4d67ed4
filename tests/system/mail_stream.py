"""Mail without end: signed by a running custdkim at a steady pace, verified by foreign verifiers soon after, and
again after any delay up to a longest one."""

import contextlib
import heapq
import http.client
import json
import os
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from receivers import PASS, UNANSWERED
from world import HOST, PATIENCE_SECONDS, PROGRAM

PACE_SECONDS = 0.1
RETRY_SECONDS = 0.5
SOON_SECONDS = 0.5
AFTERMATH_SECONDS = 3  # each of PowerDNS's connections to custdkim costs one more SERVFAIL
EACH_BY_COMMAND = 10  # every so many messages are signed by `custdkim sign` instead of the API


class Disturbance:
    """When it is expected that custdkim does not answer, or the DNS could not tell."""

    def __init__(self):
        self.is_down = False
        self.cleared_at = 0.0

    @contextlib.contextmanager
    def expected(self):
        self.is_down = True
        yield
        self.cleared_at = time.time() + AFTERMATH_SECONDS
        self.is_down = False

    def excuses(self):
        return self.is_down or time.time() < self.cleared_at


@dataclass(frozen=True)
class Message:
    number: int
    key: str
    pair: int
    signed_at: float  # at the latest
    file: Path


@dataclass(frozen=True)
class Failure:
    message: Message
    verifier: str
    verdict: str
    at: float

    def __str__(self):
        age = self.at - self.message.signed_at
        return (f"message {self.message.number}, signed by pair {self.message.pair} of {self.message.key}: "
                f"{self.verifier} said '{self.verdict}' {age:.1f} s after")


class Sender:
    """Signs messages, from each of the keys' domains in turn."""

    def __init__(self, world, keys, disturbance, inbox):
        self.world, self.keys, self.disturbance, self.inbox = world, keys, disturbance, inbox
        self.directory = world.directory / "mail"
        self.directory.mkdir()
        self.count = self.pauses = 0
        self.problems = []
        self.last_signed = {}  # (key, pair) -> when it was asked to sign for the last time
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.send_on)
        self.thread.start()

    def send_on(self):
        while not self.over.wait(PACE_SECONDS):
            try:
                self.send()
            except (OSError, http.client.HTTPException) as error:
                self.pauses += 1
                if not self.disturbance.excuses():
                    self.problems.append(f"message {self.count} could not be signed: {error!r}")
            except Exception as error:  # a bug of this test, which shall not go unnoticed in a thread
                self.problems.append(f"message {self.count}: {error!r}")
                raise

    def send(self):
        domain = self.keys[self.count % len(self.keys)]["domain"]
        text = (f"From: Acme <news@{domain}>\r\nTo: you@example.com\r\nSubject: News {self.count}\r\n"
                f"Message-ID: <{self.count}@{domain}>\r\n\r\nHello you,\r\n\r\nnews number {self.count}.\r\n").encode()
        sign = self.sign_by_command if self.count % EACH_BY_COMMAND == 0 else self.sign_by_api
        asked_at = time.time()
        document = sign(text)
        file = self.directory / f"{self.count}.eml"
        file.write_bytes(document["header"].encode() + text)
        message = Message(self.count, document["key"], document["pair"], time.time(), file)
        self.last_signed[message.key, message.pair] = asked_at
        self.count += 1
        self.inbox.deliver(message)

    def sign_by_api(self, text):
        connection = http.client.HTTPConnection(HOST, self.world.api_port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", "/v1/sign", text, {"Authorization": f"Bearer {self.world.token}"})
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise ConnectionError(f"answered {response.status}: {answer}")
        return answer

    def sign_by_command(self, text):
        environment = {**os.environ, "CUSTDKIM_API": f"http://{HOST}:{self.world.api_port}",
                       "CUSTDKIM_TOKEN_FILE": str(self.world.token_file)}
        done = subprocess.run([PROGRAM, "sign", "--json"], env=environment, input=text, capture_output=True,
                              timeout=PATIENCE_SECONDS)
        if done.returncode != 0:
            raise ConnectionError(f"custdkim sign: {done.returncode}, {done.stderr}")
        return json.loads(done.stdout)

    def stop(self):
        self.over.set()
        self.thread.join()


class Inbox:
    """Verifies what it gets, twice. What the DNS could not tell, in a disturbance, is asked again until it can."""

    def __init__(self, verifiers, disturbance, random, longest_delay_seconds):
        self.verifiers, self.disturbance, self.random = verifiers, disturbance, random
        self.longest_delay_seconds = longest_delay_seconds
        self.waiting = []  # a heap of (due, number, message)
        self.being_verified = set()
        self.lock = threading.Lock()
        self.seen = Counter()  # verdicts, by verifier
        self.failures = []
        self.problems = []
        self.oldest_seconds = 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.verify_on)
        self.thread.start()

    def deliver(self, message):
        with self.lock:
            for delay in (0, self.random.uniform(SOON_SECONDS, self.longest_delay_seconds)):
                heapq.heappush(self.waiting, (message.signed_at + delay, message.number, message))

    def hurry(self, is_urgent):
        """What is urgent is verified now, and not later."""
        with self.lock:
            self.waiting = [(0.0 if is_urgent(message) else due, number, message)
                            for due, number, message in self.waiting]
            heapq.heapify(self.waiting)

    def pending(self):
        """Messages of which something is still to be verified."""
        with self.lock:
            return {message for _, _, message in self.waiting} | self.being_verified

    def verify_on(self):
        while not self.over.wait(0.02):
            try:
                self.verify(self.take())
            except Exception as error:  # a bug of this test, which shall not go unnoticed in a thread
                self.problems.append(f"the inbox ended: {error!r}")
                raise

    def take(self):
        """All messages that are due."""
        with self.lock:
            self.being_verified = set()
            while self.waiting and self.waiting[0][0] <= time.time():
                self.being_verified.add(heapq.heappop(self.waiting)[2])
            return self.being_verified

    def verify(self, messages):
        left = {message.file: message for message in messages}
        for name, verifier in self.verifiers.items():
            for file, verdict in (verifier.verdicts(list(left)) if left else {}).items():
                self.seen[name, verdict] += 1
                if verdict == PASS:
                    self.oldest_seconds = max(self.oldest_seconds, time.time() - left[file].signed_at)
                elif verdict == UNANSWERED and self.disturbance.excuses():
                    self.defer(left.pop(file))
                else:
                    self.failures.append(Failure(left[file], name, verdict, time.time()))

    def defer(self, message):
        with self.lock:
            heapq.heappush(self.waiting, (time.time() + RETRY_SECONDS, message.number, message))

    def count(self, verdict, name=None):
        return sum(n for (who, what), n in self.seen.items() if what == verdict and name in (None, who))

    def stop(self):
        self.over.set()
        self.thread.join()
