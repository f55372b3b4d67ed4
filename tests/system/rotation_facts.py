"""What was seen of keys that rotate, and which of the rules that must always hold were broken."""

from datetime import datetime

GRANULARITY_SECONDS = 1  # of custdkim's clock: what it says has happened up to so much later


def seconds(text):
    """A time of the API, in seconds since 1970."""
    return text and datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def signing_pairs(key):
    pairs = [pair for slot in key["slots"] for pair in slot["pairs"]]
    return [pair for pair in pairs if pair["signing_since"] and not pair["retired_at"]]


class RotationFacts:
    def __init__(self, key_ids):
        self.pairs = {key_id: {} for key_id in key_ids}  # by number, as seen last
        self.served = {}  # record name -> [[text, when it was seen first]], in order
        self.serials = []

    def note_key(self, key):
        for slot in key["slots"]:
            before = None
            for pair in slot["pairs"]:
                known = self.pairs[key["id"]].setdefault(pair["number"], {"overwrote": before})
                known.update(pair, record_name=slot["record_name"])
                before = pair["number"]

    def note_text(self, name, text, now):
        seen = self.served.setdefault(name, [])
        if not seen or seen[-1][0] != text:
            seen.append([text, now])

    def signers(self, key_id):
        """The pairs that signed, in order."""
        signed = [pair for pair in self.pairs[key_id].values() if pair["signing_since"]]
        return sorted(signed, key=lambda pair: seconds(pair["signing_since"]))

    def successors(self):
        """(key id, pair that signed, the one that signed next)"""
        for key_id in self.pairs:
            signers = self.signers(key_id)
            yield from ((key_id, before, pair) for before, pair in zip(signers, signers[1:]))

    def broken(self, prepublish, retention, last_signed):
        """Sentences. `last_signed` tells when we had each (key id, pair) sign for the last time."""
        return [*self.broken_handover(), *self.broken_prepublish(prepublish), *self.broken_retention(retention),
                *self.broken_retention_seen(retention, last_signed), *self.broken_serials()]

    def broken_handover(self):
        """R1: a pair begins at the very moment at which the one before ends, whose private key goes (R9)."""
        for key_id, before, pair in self.successors():
            if before["retired_at"] != pair["signing_since"]:
                yield f"R1: {key_id}: pair {pair['number']} began when {before['number']} had not just ended"
            if not before["destroyed_at"]:
                yield f"R9: {key_id}: the private key of pair {before['number']} was not destroyed"

    def broken_prepublish(self, prepublish):
        """R2: not for the first pair of a key, whose name nobody knew."""
        for key_id, _, pair in self.successors():
            visible_for = seconds(pair["signing_since"]) - seconds(pair["visible_at"])
            if visible_for < prepublish:
                yield f"R2: {key_id}: pair {pair['number']} had been visible for {visible_for} s when it began to sign"

    def broken_retention(self, retention):
        """R3"""
        for key_id, pairs in self.pairs.items():
            for pair in pairs.values():
                before = pairs.get(pair["overwrote"])
                if not before or not before["signing_since"]:
                    continue
                retired_at = seconds(before["retired_at"])
                kept = retired_at and seconds(pair["published_at"]) - retired_at
                if kept is None or kept < retention:
                    yield f"R3: {key_id}: the record of pair {before['number']} was kept for {kept} s"

    def broken_retention_seen(self, retention, last_signed):
        """R3, without believing what custdkim says: by what PowerDNS served, and what we had signed."""
        for (key_id, number), last in last_signed.items():
            pair = self.pairs[key_id][number]
            served = self.served[pair["record_name"]]
            places = [place for place, (text, _) in enumerate(served) if pair["public_key"] in text]
            if not places:
                yield f"R3: {key_id}: the record of pair {number} was never seen"
            elif places[-1] + 1 < len(served):
                kept = served[places[-1] + 1][1] - last
                if kept < retention - GRANULARITY_SECONDS:
                    yield f"R3: {key_id}: the record of pair {number} was seen changed {kept} s after it signed"

    def broken_serials(self):
        """R6"""
        for before, after in zip(self.serials, self.serials[1:]):
            if after < before:
                yield f"R6: the serial went from {before} to {after}"
