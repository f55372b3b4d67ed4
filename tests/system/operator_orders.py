"""An operator who gives orders over the API without end, one after the other, and remembers which of them were
acknowledged. Orders are drawn at random, so that all kinds of keys are there all the time."""

import http.client
import json
import threading
from collections import Counter
from dataclasses import dataclass

from world import HOST, call_over

LIVE_KEYS = 40
PAUSE_SECONDS = 0.004  # on the average
MAIL = "From: Ada <ada@{domain}>\r\nSubject: the invoice\r\nDate: Sun, 22 Nov 2026 05:03:02 +0000\r\n\r\nYours, Ada\r\n"

FOR_ACTIVE = {"rotate": 20, "rotate compromised": 10, "deactivate": 6, "revoke": 2, "delete": 3, "verify": 5, "sign": 20}
FOR_INACTIVE = {"activate": 20, "verify": 3, "delete": 1, "revoke": 1}
LOOKS = {"look at the serial": 5, "look at the log": 5}


@dataclass(frozen=True)
class Order:
    action: str  # as the audit log has it
    domain: str


class Operator:
    """One life of the daemon. What is acknowledged must be found in the store for ever."""

    def __init__(self, world, chance, facts, log_read, next_domain):
        self.world, self.chance, self.next_domain = world, chance, next_domain
        self.active = {key.id: key.domain for key in facts.keys.values() if key.is_active()}
        self.inactive = {key.id: key.domain for key in facts.keys.values()
                         if key.activated_at is None and key.revoked_at is None and key.deleted_at is None}
        self.given_up = {key.id: key.domain for key in facts.keys.values()
                         if key.revoked_at is not None and key.deleted_at is None}
        self.log_read = log_read  # number of the last event that is known
        self.acknowledged = []  # Orders, in order
        self.in_flight = None  # an Order whose answer never came
        self.signed = []  # (id, pair)
        self.serial = 0  # the last one that health told
        self.seen_events = {}  # by number
        self.answers = Counter()
        self.wrong = []  # answers that must not be
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def join(self):
        self.over.set()
        self.thread.join()

    def work(self):
        connection = http.client.HTTPConnection(HOST, self.world.api_port, timeout=60)
        try:
            while not self.over.wait(self.chance.expovariate(1 / PAUSE_SECONDS)):
                self.give_one(connection)
        except (OSError, http.client.HTTPException):
            pass  # the daemon is dead
        finally:
            connection.close()

    def draw(self, table):
        return self.chance.choices(list(table), list(table.values()))[0]

    def give_one(self, connection):
        live = len(self.active) + len(self.inactive)
        if live < LIVE_KEYS and self.chance.random() < 0.5:
            self.create(connection)
        elif self.inactive and self.chance.random() < 0.4:
            self.order(connection, self.draw(FOR_INACTIVE), self.inactive)
        elif self.given_up and self.chance.random() < 0.2:
            self.order(connection, "delete", self.given_up)
        elif self.active:
            action = self.draw({**FOR_ACTIVE, **LOOKS})
            if action in LOOKS:
                self.look(connection, action)
            else:
                self.order(connection, action, self.active)

    # One order each

    def ask(self, connection, order, method, path, document=None):
        """The document, where the order was followed."""
        self.in_flight = order
        status, answer = call_over(connection, self.world.token, method, path, document)
        self.in_flight = None
        self.answers[f"{order.action} {status}"] += 1
        if status in (200, 201):
            self.acknowledged.append(order)
            return answer
        if status not in (409, 422, 503):  # it lost a race with the rotator, or there is no pair left to sign
            self.wrong.append((order, status, answer))
        return None

    def create(self, connection):
        domain = self.next_domain()
        key = self.ask(connection, Order("create", domain), "POST", "/v1/keys", {"domain": domain, "type": "ed25519"})
        if key:
            self.inactive[key["id"]] = domain

    def order(self, connection, action, among):
        key = self.chance.choice(list(among))
        domain = among[key]
        if action == "sign":
            self.sign(connection, key, domain)
            return
        verb, _, compromised = action.partition(" ")
        body = {"compromised": True} if compromised else None
        method, path = ("DELETE", "") if verb == "delete" else ("POST", f"/{verb}")
        done = self.ask(connection, Order(verb, domain), method, f"/v1/keys/{key}{path}", body)
        goals = {"activate": self.active, "deactivate": self.inactive, "revoke": self.given_up, "delete": {}}
        if not done and verb == "activate":
            goals["activate"] = self.given_up  # it has no pair left that could sign
        elif not done:
            return
        if verb in goals:
            goals[verb][key] = among.pop(key)

    def sign(self, connection, key, domain):
        connection.request("POST", "/v1/sign", MAIL.format(domain=domain).encode(),
                           {"Authorization": f"Bearer {self.world.token}"})
        response = connection.getresponse()
        answer = response.read().decode()
        self.answers[f"sign {response.status}"] += 1
        if response.status == 200:
            self.signed.append((key, json.loads(answer)["pair"]))
        else:
            self.wrong.append((f"R1: sign for {domain}", response.status, answer))

    def look(self, connection, what):
        if what == "look at the serial":
            _, health = call_over(connection, self.world.token, "GET", "/v1/health")
            serial = health["zones"][0]["serial"]
            if serial < self.serial:
                self.wrong.append(("R6: the serial stepped back", self.serial, serial))
            self.serial = serial
        else:
            _, page = call_over(connection, self.world.token, "GET", f"/v1/events?limit=1000&after={self.log_read}")
            for event in page["events"]:
                self.seen_events[event["number"]] = (event["action"], event["key"], event["detail"])
        self.answers[what] += 1
