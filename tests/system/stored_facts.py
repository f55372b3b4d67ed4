"""What stands in a SQLite store, read beside the daemon or after its death. Times are seconds since 1970.
Keys are Ed25519."""

import base64
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field

PAIR_FACTS = ("visible_at", "signing_since", "retired_at", "compromised_at", "revoked_at", "destroyed_at")
KEY_FACTS = ("created_at", "activated_at", "rotation_requested_at", "revoked_at", "deleted_at")


@dataclass
class Pair:
    number: int
    created_at: int
    published_at: int
    visible_at: int | None = None
    signing_since: int | None = None
    retired_at: int | None = None
    compromised_at: int | None = None
    revoked_at: int | None = None
    destroyed_at: int | None = None

    def signs(self):
        return self.signing_since is not None and self.retired_at is None


@dataclass
class Slot:
    selector: str
    pairs: list = field(default_factory=list)  # oldest first

    def published(self):
        return self.pairs[-1] if self.pairs else None


@dataclass
class Key:
    id: str
    domain: str
    created_at: int
    activated_at: int | None = None
    rotation_requested_at: int | None = None
    revoked_at: int | None = None
    deleted_at: int | None = None
    slots: list = field(default_factory=list)

    def pairs(self):
        return [pair for slot in self.slots for pair in slot.pairs]

    def signing_pairs(self):
        return [pair for pair in self.pairs() if pair.signs()]

    def is_active(self):
        return self.activated_at is not None and self.revoked_at is None and self.deleted_at is None


@dataclass
class Event:
    number: int
    at: int
    actor: str
    action: str
    key: str
    domain: str
    detail: str


@dataclass
class Facts:
    keys: dict  # by id
    versions: dict  # by id
    labels: dict  # of slots: (id, position) -> label
    records: dict  # as they must be served: name below the zone -> TXT
    issued: set
    secrets: dict  # by id: the numbers of pairs whose private key is there
    serial: int
    events: list  # new ones only
    event_count: int


def read(path, after=0):
    """Everything, in one snapshot; of the events those behind number `after`."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        rows = {row: Key(*rest) for row, *rest in db.execute(
            f"SELECT row, id, domain, {', '.join(KEY_FACTS)} FROM key ORDER BY row")}
        labels, records = {}, {}
        for row, position, selector, label in db.execute(
                "SELECT key, position, selector, label FROM slot ORDER BY key, position"):
            rows[row].slots.append(Slot(selector))
            labels[rows[row].id, position] = label
        for row, position, public_key, *rest in db.execute(
                f"SELECT key, slot, public_key, number, created_at, published_at, {', '.join(PAIR_FACTS)} FROM pair"
                " ORDER BY key, slot, number"):
            slot, pair = rows[row].slots[position], Pair(*rest)
            slot.pairs.append(pair)
            shown = b"" if pair.revoked_at is not None else base64.b64encode(public_key)
            records[f"{slot.selector}.{labels[rows[row].id, position]}"] = f"v=DKIM1; k=ed25519; p={shown.decode()}"
        secrets = {key.id: set() for key in rows.values()}
        for row, number in db.execute("SELECT key, pair FROM private_key"):
            secrets[rows[row].id].add(number)
        return Facts(
            keys={key.id: key for key in rows.values()},
            versions=dict(db.execute("SELECT id, version FROM key")),
            labels=labels,
            records=records,
            issued={label for label, in db.execute("SELECT label FROM issued_label")},
            secrets=secrets,
            serial=db.execute("SELECT serial FROM zone").fetchone()[0],
            events=[Event(*event) for event in db.execute(
                "SELECT number, at, actor, action, key_id, domain, detail FROM event WHERE number > ?"
                " ORDER BY number", (after,))],
            event_count=db.execute("SELECT count(*) FROM event").fetchone()[0])


def damage(path):
    """What SQLite's own checks complain of."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        found = [line for line, in db.execute("PRAGMA integrity_check") if line != "ok"]
        return found + db.execute("PRAGMA foreign_key_check").fetchall()
