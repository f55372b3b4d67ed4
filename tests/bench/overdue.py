"""Fills a store with active keys whose rotation is overdue, the quick way: straight into SQLite.

Each key looks as if it had been created and activated long ago and signed with the pair of its first slot since;
the second slot's pair stands by. Public keys and sealed private keys are random bytes of the right sizes: rotation
opens neither. Keys lie in the store in the order of their creation, and fall due in another one."""

import random
import sqlite3

from store import SPKI_HEAD, SPKI_TAIL, labels

DAY = 86400
SEAL = 9 + 60 + 28  # header, wrapped data key, nonce and tag
PRIVATE_SIZES = {"rsa-2048": SEAL + 1218, "ed25519": SEAL + 48}
BATCH = 20000
LOOKED_AT = "not looked at: activation.check is \"unchecked\""


def public_key(key_type, rng):
    return rng.randbytes(32) if key_type == "ed25519" else SPKI_HEAD + rng.randbytes(256) + SPKI_TAIL


def fill(path, keys, key_type, now, shuffled=False, interval_days=30, seed=1, prepared=()):
    """`keys` keys that should have rotated within the last day; then the SQL of `prepared`. Returns the names of their records below the zone."""
    rng = random.Random(seed)
    chosen = labels(2 * keys, rng)
    due = [now - DAY + i * DAY // keys for i in range(keys)]  # when signing should have moved
    if shuffled:
        rng.shuffle(due)
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;")
    for start in range(0, keys, BATCH):
        rows = [(row, due[row - 1] - interval_days * DAY) for row in range(start + 1, min(start + BATCH, keys) + 1)]
        slots = [(row, position, f"s{position + 1}", chosen[2 * (row - 1) + position], begun)
                 for row, begun in rows for position in (0, 1)]
        db.execute("BEGIN")
        db.executemany("INSERT INTO issued_label VALUES (?, 1, ?)", sorted((slot[3], slot[4]) for slot in slots))
        db.executemany(
            "INSERT INTO key (row, id, zone, domain, match, type, org, version, created_at, activated_at)"
            " VALUES (?, ?, 1, ?, 'domain', ?, 'default', 4, ?, ?)",
            [(row, f"k{rng.getrandbits(70):018x}", f"customer{row}.example", key_type, begun, begun)
             for row, begun in rows])
        db.executemany(
            "INSERT INTO slot (key, position, selector, label, outcome, cause, detail, fix, checked_at, verified_at,"
            f" verified_pair, passing_since) VALUES (?, ?, ?, ?, 'pass', '', '{LOOKED_AT}', '', ?, ?, ?, ?)",
            [(*slot[:4], slot[4], slot[4], slot[1] + 1, slot[4]) for slot in slots])
        db.executemany(
            "INSERT INTO pair (key, slot, number, public_key, created_at, published_at, visible_at, signing_since)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(row, position, position + 1, public_key(key_type, rng), begun, begun, begun,
              begun if position == 0 else None) for row, position, _, _, begun in slots])
        db.executemany("INSERT INTO private_key VALUES (?, ?, ?)",
                       [(row, position + 1, rng.randbytes(PRIVATE_SIZES[key_type])) for row, position, *_ in slots])
        db.executemany(
            "INSERT INTO event (at, actor, action, key, key_id, domain, detail)"
            " SELECT created_at, 'operator', ?, row, id, domain, '' FROM key WHERE row BETWEEN ? AND ?",
            [(action, rows[0][0], rows[-1][0]) for action in ("create", "activate")])
        db.execute("COMMIT")
    for sql in prepared:
        db.execute(sql)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return [f"s{1 + i % 2}.{label}" for i, label in enumerate(chosen)]
