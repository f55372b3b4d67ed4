"""The audit log, replayed: what a key's facts must be after its events, and whether each of them was allowed.
Written from the rules in docs/rotation.md, not from the code that it checks."""

import re
from collections import Counter
from dataclasses import dataclass

from stored_facts import Key, Pair, Slot

REMOVED_PAIRS_KEPT = 1
MOVES_RECORDS = {"create", "publish", "revoke", "withdraw"}


@dataclass(frozen=True)
class Policy:
    """In seconds; the same numbers go into the configuration."""
    interval: int = 5
    prepublish: int = 2
    retention: int = 3
    ttl: int = 1
    transit: int = 1
    destroy_private_key_after: int = 1

    def shortest_retention(self):
        return self.transit + self.ttl

    def toml(self):
        return f"""
[rotation]
interval = "{self.interval}s"
prepublish = "{self.prepublish}s"
retention = "{self.retention}s"
transit = "{self.transit}s"
destroy_private_key_after = "{self.destroy_private_key_after}s"
stale = "0s"
recheck = "1s"
verified_within = "2s"
customer_negative_ttl = "1s"
"""


class Forbidden(AssertionError):
    """An event that must not be: done twice, too early, or out of nothing."""


class Replay:
    """All keys, by their events. A key that is gone stays in `gone`."""

    def __init__(self, policy):
        self.policy = policy
        self.keys = {}
        self.gone = set()
        self.seen_by_order = set()  # (id, pair): when exactly, only the store knows
        self.has_signed = set()  # (id, pair), for ever
        self.changes = Counter()  # of each key, by id
        self.moves = 0  # of records, which the serial must have followed
        self.last_number = 0

    def enter(self, event):
        self.last_number = event.number
        self.event = event
        handler = getattr(self, event.action.replace("-", "_"), None)
        self.must(handler is not None and (event.action == "create" or event.key in self.keys),
                  "no such step is expected, or not of a key that is gone")
        if event.action == "create":
            self.create(event)
        else:
            handler(self.keys[event.key], event.at)
            self.changes[event.key] += 1
        if event.action in MOVES_RECORDS:
            self.moves += 1

    def must(self, holds, why):
        if not holds:
            raise Forbidden(f"{why}: {self.event}; the key: {self.keys.get(self.event.key)}")

    # Which slot and pair the event is about, and why

    def place(self, key):
        named = re.match(r"(\S+), pair (\d+)", self.event.detail)
        self.must(named, "it does not name its slot and pair")
        [slot] = [slot for slot in key.slots if slot.selector == named[1]]
        return slot, int(named[2])

    def published(self, key):
        """For steps that are about what the slot publishes."""
        slot, number = self.place(key)
        self.must(slot.published() and slot.published().number == number, "the slot does not publish this pair")
        return slot.published()

    def is_emergency(self):
        return "compromised" in self.event.detail

    # Steps of the rotator

    def see(self, key, at):
        pair = self.published(key)
        self.must(pair.visible_at is None, "it was seen before")
        pair.visible_at = at

    def publish(self, key, at):
        slot, number = self.place(key)
        self.must(number == max(pair.number for pair in key.pairs()) + 1, "the number is not the next one")
        before = slot.published()
        if before and before.signing_since is not None and before.revoked_at is None:
            self.must(before.retired_at is not None, "the pair that signs loses its record")
            retention = self.policy.shortest_retention() if self.is_emergency() else self.policy.retention
            self.must(at - before.retired_at >= retention, "R3: the record goes too early")
        for pair in slot.pairs:
            self.destroy_pair(pair, at)
        slot.pairs = [*slot.pairs[-REMOVED_PAIRS_KEPT:], Pair(number, created_at=at, published_at=at)]

    def verify(self, key, at):
        self.must(self.event.detail.endswith(": pass"), "every CNAME counts as right here")

    def sign(self, key, at):
        pair = self.published(key)
        self.must(len(key.signing_pairs()) == 1, "R1: signing moves from one pair to another")
        self.must(pair.signing_since is None, "it signed before")
        self.must(pair.visible_at is not None, "R2: nobody has seen it")
        visible_for = self.policy.ttl if self.is_emergency() else self.policy.prepublish
        unsure = (key.id, pair.number) in self.seen_by_order
        self.must(at - pair.visible_at >= visible_for - unsure, "R2: it signs too early")
        for before in key.signing_pairs():
            before.retired_at = at
            if before.compromised_at is not None:
                before.revoked_at = at
                self.moves += 1
                self.destroy_pair(before, at)
        pair.signing_since = at
        self.has_signed.add((key.id, pair.number))
        key.rotation_requested_at = None

    def destroy(self, key, at):
        slot, number = self.place(key)
        [pair] = [pair for pair in slot.pairs if pair.number == number]
        self.must(pair.destroyed_at is None, "it was destroyed before")
        self.must(pair.retired_at is not None and at - pair.retired_at >= self.policy.destroy_private_key_after,
                  "R9: it may still sign")
        pair.destroyed_at = at

    def withdraw(self, key, at):
        self.must(key.deleted_at is not None and at >= self.withdraw_at(key), "R3: the records go too early")
        self.forget(key)

    # Orders; `revoke` is also a step

    def create(self, event):
        self.must(event.key not in self.keys and event.key not in self.gone, "it was created before")
        slots = [Slot(f"s{n}", [Pair(n, created_at=event.at, published_at=event.at)]) for n in (1, 2)]
        self.keys[event.key] = Key(event.key, event.domain, event.at, slots=slots)

    def activate(self, key, at):
        pair = self.published(key)
        self.must(not key.is_active() and key.deleted_at is None and key.revoked_at is None, "it cannot be activated")
        self.must(pair.destroyed_at is None and pair.revoked_at is None and pair.compromised_at is None,
                  "the pair was given up")
        if pair.signing_since is None:
            pair.signing_since = at
        self.has_signed.add((key.id, pair.number))
        pair.retired_at = None
        key.activated_at = at
        for published in (slot.published() for slot in key.slots):  # an activation sees for itself, just before
            if published.visible_at is None and published.revoked_at is None:
                published.visible_at = at
                self.seen_by_order.add((key.id, published.number))

    def deactivate(self, key, at):
        self.stop_signing(key, at)

    def rotate(self, key, at):
        self.must(len(key.signing_pairs()) == 1, "only an active key is rotated")
        key.rotation_requested_at = at
        pair = key.signing_pairs()[0]
        if self.is_emergency() and pair.compromised_at is None:  # who orders it again changes nothing
            pair.compromised_at = at

    def revoke(self, key, at):
        if self.event.actor == "rotator":
            pair = self.published(key)
            self.must(pair.compromised_at is not None and not pair.signs() and pair.revoked_at is None,
                      "only a compromised pair that signs no more is revoked by itself")
            pair.revoked_at = at
            self.destroy_pair(pair, at)
            return
        self.must(key.revoked_at is None and key.deleted_at is None, "it was revoked before")
        self.stop_signing(key, at)
        key.revoked_at = at
        for slot in key.slots:
            published = slot.published()
            published.revoked_at = at if published.revoked_at is None else published.revoked_at
            for pair in slot.pairs:
                self.destroy_pair(pair, at)

    def delete(self, key, at):
        self.must(key.deleted_at is None, "it was deleted before")
        key.deleted_at = at
        for pair in key.pairs():
            if pair.signs():
                pair.retired_at = at
            self.destroy_pair(pair, at)
        if self.withdraw_at(key) <= at:
            self.moves += 1
            self.forget(key)

    # What they share

    @staticmethod
    def destroy_pair(pair, at):
        if pair.destroyed_at is None:
            pair.destroyed_at = at

    @staticmethod
    def stop_signing(key, at):
        for pair in key.signing_pairs():
            pair.retired_at = at
        key.activated_at = key.rotation_requested_at = None

    def withdraw_at(self, key):
        last = [pair.retired_at for pair in key.pairs() if pair.retired_at is not None]
        return max(last) + self.policy.retention if last and key.revoked_at is None else key.deleted_at

    def forget(self, key):
        del self.keys[key.id]
        self.gone.add(key.id)
