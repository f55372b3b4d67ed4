"""Watches keys rotate: what custdkim says of them, and what PowerDNS and a resolver serve, all the time."""

import http.client
import threading
import time

from rotation_facts import RotationFacts, signing_pairs
from world import ZONE, rcode, txt_strings

PACE_SECONDS = 0.15


class RotationWatch:
    def __init__(self, world, keys, pdns, resolver, disturbance):
        self.world, self.pdns, self.resolver, self.disturbance = world, pdns, resolver, disturbance
        self.keys = {key["id"]: key for key in keys}  # as seen last
        self.facts = RotationFacts(self.keys)
        self.problems = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch_on)
        self.thread.start()

    def watch_on(self):
        while not self.over.wait(PACE_SECONDS):
            try:
                self.look_at_keys()
            except (OSError, http.client.HTTPException) as error:
                if not self.disturbance.excuses():
                    self.problems.append(f"the API failed: {error!r}")
            try:
                self.look_at_dns()
            except Exception as error:  # which shall not go unnoticed in a thread
                self.problems.append(f"the watch ended: {error!r}")
                raise

    def look_at_keys(self):
        """The keys as they are now."""
        return [self.look_at_key(key_id) for key_id in self.keys]

    def look_at_key(self, key_id):
        with self.lock:
            status, key = self.world.call("GET", f"/v1/keys/{key_id}")
            if status != 200 or key["status"] != "active" or len(signing_pairs(key)) != 1:
                self.problems.append(f"R1: {status} {key}")
            self.keys[key_id] = key
            self.facts.note_key(key)
        return key

    def look_at_dns(self):
        """Asks for all records, also through the resolver, so that its cache always holds what was there before."""
        if self.disturbance.excuses():
            self.resolver.forget_failures()
        for slot in (slot for key in list(self.keys.values()) for slot in key["slots"]):
            self.is_answer(self.resolver.ask(slot["cname"]["name"])[0], "Unbound")
            answer = self.pdns.ask(slot["record_name"])
            if self.is_answer(rcode(answer), "PowerDNS"):
                text = b"".join(txt_strings(answer, slot["record_name"])).decode()
                self.facts.note_text(slot["record_name"], text, time.time())
        answer = self.pdns.ask(ZONE, "SOA")
        if self.is_answer(rcode(answer), "PowerDNS"):
            self.facts.serials.append(answer.answer[0][0].serial)

    def is_answer(self, code, server):
        """Whatever is down, a name is never said not to exist (R5)."""
        if code not in ("NOERROR", "SERVFAIL") or (code == "SERVFAIL" and not self.disturbance.excuses()):
            self.problems.append(f"{server} answered {code}")
        return code == "NOERROR"

    def stop(self):
        self.over.set()
        self.thread.join()

    def pair(self, key_id, number):
        with self.lock:
            return self.facts.pairs[key_id].get(number)

    def rotations(self, key_id):
        with self.lock:
            return len(self.facts.signers(key_id)) - 1
