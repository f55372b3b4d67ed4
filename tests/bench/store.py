"""Fills a store with synthetic keys, as many as wanted, the quick way: straight into SQLite.

Public keys have the shape of RSA-2048 (their numbers are random), sealed private keys the size of real ones,
so that the file is as large as in real life. The schema is the program's own: it makes the empty store.
"""

import random
import sqlite3

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
SPKI_HEAD = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
SPKI_TAIL = bytes.fromhex("0203010001")
SEALED_SIZE = 9 + 60 + 28 + 1218  # header, wrapped data key, nonce and tag, PKCS#8 of RSA-2048
BATCH = 20000


def labels(count, rng):
    seen = set()
    while len(seen) < count:
        seen.add("".join(rng.choices(ALPHABET, k=6)))
    chosen = sorted(seen)
    rng.shuffle(chosen)
    return chosen


def fill(path, keys, seed=1):
    """Adds `keys` keys of two slots to the store at `path`; returns the names of their records below the zone."""
    rng = random.Random(seed)
    chosen = labels(2 * keys, rng)
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;")
    now = 1_767_225_600
    for start in range(0, keys, BATCH):
        rows = range(start + 1, min(start + BATCH, keys) + 1)
        slots = [(row, position, f"s{position + 1}", chosen[2 * (row - 1) + position])
                 for row in rows for position in (0, 1)]
        db.execute("BEGIN")
        db.executemany("INSERT INTO issued_label VALUES (?, 1, ?)", sorted((slot[3], now) for slot in slots))
        db.executemany(
            "INSERT INTO key (row, id, zone, domain, match, type, org, version, created_at)"
            " VALUES (?, ?, 1, ?, 'domain', 'rsa-2048', 'default', 1, ?)",
            [(row, f"k{row:015d}", f"customer{row}.example", now) for row in rows])
        db.executemany("INSERT INTO slot (key, position, selector, label) VALUES (?, ?, ?, ?)", slots)
        db.executemany(
            "INSERT INTO pair (key, slot, number, public_key, created_at, published_at, visible_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(row, position, position + 1, SPKI_HEAD + rng.randbytes(256) + SPKI_TAIL, now, now, now)
             for row, position, _, _ in slots])
        db.executemany("INSERT INTO private_key VALUES (?, ?, ?)",
                       [(row, position + 1, rng.randbytes(SEALED_SIZE)) for row, position, _, _ in slots])
        db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return [f"s{1 + i % 2}.{label}" for i, label in enumerate(chosen)]
