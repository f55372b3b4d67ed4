"""Watches keys rotate: what custdkim says of them, and what PowerDNS and a resolver serve, all the time; and tells
afterwards whether what must always hold did hold."""

import http.client
import threading
import time
from datetime import datetime

from world import ZONE, rcode, txt_strings

PACE_SECONDS = 0.15
GRANULARITY_SECONDS = 1  # of custdkim's clock: what it says has happened up to so much later


def seconds(text):
    """A time of the API, in seconds since 1970."""
    return text and datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def signing_pairs(key):
    return [pair for slot in key["slots"] for pair in slot["pairs"] if pair["signing_since"] and not pair["retired_at"]]


class RotationWatch:
    def __init__(self, world, keys, pdns, resolver, disturbance):
        self.world, self.pdns, self.resolver, self.disturbance = world, pdns, resolver, disturbance
        self.keys = {key["id"]: key for key in keys}  # as seen last
        self.pairs = {key["id"]: {} for key in keys}  # by number, as seen last, with "selector" and "after"
        self.served = {}  # record name -> [(text, seen for the first time, for the last time)]
        self.serials = []
        self.problems = []
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch_on)
        self.thread.start()

    def watch_on(self):
        while not self.over.wait(PACE_SECONDS):
            try:
                self.look_at_keys()
                self.look_at_dns()
            except (OSError, http.client.HTTPException) as error:
                if not self.disturbance.excuses():
                    self.problems.append(f"the API failed: {error!r}")
            except Exception as error:  # a bug of this test, which shall not go unnoticed in a thread
                self.problems.append(f"the watch ended: {error!r}")
                raise

    def look_at_keys(self):
        for key_id in self.keys:
            self.look_at_key(key_id)

    def look_at_key(self, key_id):
        status, key = self.world.call("GET", f"/v1/keys/{key_id}")
        with self.lock:
            if status != 200 or key["status"] != "active" or len(signing_pairs(key)) != 1:
                self.problems.append(f"R1: {status} {key}")
                return None
            self.keys[key_id] = key
            for slot in key["slots"]:
                before = None
                for pair in slot["pairs"]:
                    known = self.pairs[key_id].setdefault(pair["number"], {"after": before})
                    known.update(pair, selector=slot["selector"], record_name=slot["record_name"])
                    before = pair["number"]
        return key

    def look_at_dns(self):
        """Asks for all records, so that caches always hold what was there before."""
        for key in self.keys.values():
            for slot in key["slots"]:
                self.note_code(rcode(self.pdns.ask(ZONE, "SOA")), "PowerDNS")
                self.note_code(self.resolver.ask(slot["cname"]["name"])[0], "Unbound")
                answer = self.pdns.ask(slot["record_name"])
                if self.note_code(rcode(answer), "PowerDNS"):
                    self.note_text(slot["record_name"], b"".join(txt_strings(answer, slot["record_name"])).decode())
        answer = self.pdns.ask(ZONE, "SOA")
        if answer.answer:
            self.serials.append(answer.answer[0][0].serial)

    def note_code(self, code, server):
        if code not in ("NOERROR", "SERVFAIL") or (code == "SERVFAIL" and not self.disturbance.excuses()):
            self.problems.append(f"{server} answered {code}")
        return code == "NOERROR"

    def note_text(self, name, text):
        seen = self.served.setdefault(name, [])
        now = time.time()
        if seen and seen[-1][0] == text:
            seen[-1][2] = now
        else:
            seen.append([text, now, now])

    def stop(self):
        self.over.set()
        self.thread.join()

    def rotations(self, key_id):
        with self.lock:
            return len(self.signers(key_id)) - 1

    def signers(self, key_id):
        """The pairs that signed, in order."""
        return sorted((pair for pair in self.pairs[key_id].values() if pair["signing_since"]),
                      key=lambda pair: seconds(pair["signing_since"]))

    # What must hold, once all is over

    def broken_prepublish(self, prepublish):
        """R2: each pair but the first, whose name nobody knew, was visible for long enough when it began to sign."""
        for key_id in self.keys:
            for pair in self.signers(key_id)[1:]:
                visible_for = seconds(pair["signing_since"]) - seconds(pair["visible_at"])
                if visible_for < prepublish or seconds(pair["visible_at"]) < seconds(pair["published_at"]):
                    yield f"R2: {key_id}: pair {pair['number']} was visible for {visible_for} s when it began to sign"

    def broken_handover(self):
        """R1: a pair begins at the very moment at which the one before ends, whose private key goes (R9)."""
        for key_id in self.keys:
            signers = self.signers(key_id)
            for before, pair in zip(signers, signers[1:]):
                if before["retired_at"] != pair["signing_since"] or not before["destroyed_at"]:
                    yield f"R1: {key_id}: pair {pair['number']} follows {before}"

    def broken_retention(self, retention):
        """R3: a record was not changed before `retention` had passed since its pair retired."""
        for key_id, pairs in self.pairs.items():
            for pair in pairs.values():
                before = pairs.get(pair["after"])
                if not before or not before["signing_since"]:
                    continue
                kept = seconds(pair["published_at"]) - (seconds(before["retired_at"]) if before["retired_at"] else 1e20)
                if kept < retention:
                    yield f"R3: {key_id}: pair {pair['number']} overwrote {before['number']}, retired {kept} s before"

    def broken_retention_seen(self, retention, last_signed):
        """R3, without believing what custdkim says: by what PowerDNS served, and what we had signed."""
        for (key_id, number), last in last_signed.items():
            pair = self.pairs[key_id][number]
            texts = [text for text, _, _ in self.served[pair["record_name"]]]
            [place] = [n for n, text in enumerate(texts) if pair["public_key"] in text] or [None]
            if place is None:
                yield f"R3: {key_id}: pair {number} signed, and was never seen in {texts}"
            elif place + 1 < len(texts):
                changed = self.served[pair["record_name"]][place + 1][1]
                if changed < last + retention - GRANULARITY_SECONDS:
                    yield f"R3: {key_id}: the record of pair {number} was changed {changed - last} s after it signed"

    def broken_serials(self):
        """R6"""
        for before, after in zip(self.serials, self.serials[1:]):
            if after < before:
                yield f"R6: the serial went from {before} to {after}"
