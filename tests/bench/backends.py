"""custdkim beside the protocol's ceiling and beside PowerDNS's own backends, which hold the same zone."""

import random
import sqlite3
from contextlib import closing, contextmanager

import store
from contest import Setup, compete, compete_lasting, say, table, with_caches, without_caches, write_queries
from processes import ZONE, Custdkim, NullRemote, over_socket, pdnsutil

SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql"
COLD_NAMES = 50_000  # few enough that the first are still in the cache when the last have been asked for
UNIX, NULL = "custdkim", "null backend"


@contextmanager
def running(*processes):
    try:
        yield
    finally:
        for process in processes:
            process.end()


def filled(options, directory, keys, prepare=None, **settings):
    """custdkim with so many keys, and the names of their records. `prepare` is called while there are none."""
    directory.mkdir()
    empty = Custdkim(options.custdkim, directory)
    with running(empty):
        if prepare:
            prepare(empty)
    say(f"  filling a store with {keys:,} keys")
    names = store.fill(directory / "custdkim.db", keys)
    return Custdkim(options.custdkim, directory, **settings), names


def zone_file(daemon, file):
    """The zone as custdkim serves it, without empty non-terminals."""
    with file.open("w") as lines:
        for record in daemon.listed():
            if record["qtype"]:
                lines.write(f"{record['qname']}. {record['ttl']} IN {record['qtype']} {record['content']}\n")
    return file


def sqlite(work, zone, dnssec):
    """Options for a gsqlite3 backend that holds the zone."""
    database = work / f"gsqlite3-dnssec-{dnssec}.db"
    launch = ["--launch=gsqlite3", f"--gsqlite3-database={database}", f"--gsqlite3-dnssec={dnssec}"]
    with closing(sqlite3.connect(database)) as db, open(SCHEMA, encoding="utf-8") as schema:
        db.executescript("PRAGMA journal_mode = WAL;" + schema.read())
    pdnsutil(work, [*launch, "--gsqlite3-pragma-synchronous=0"], "load-zone", ZONE, zone)
    with closing(sqlite3.connect(database)) as db:
        db.execute("ANALYZE")
    return launch


def lmdb(work, zone):
    launch = ["--launch=lmdb", f"--lmdb-filename={work / 'pdns.lmdb'}", "--lmdb-shards=1"]
    pdnsutil(work, launch, "load-zone", ZONE, zone)
    return launch


def bind(work, zone):
    config = work / "named.conf"
    config.write_text(f'zone "{ZONE}" {{ type native; file "{zone}"; }};\n')
    return ["--launch=bind", f"--bind-config={config}"]


def tables_by_cache(outcome, cold_names):
    return [*table("all caches off, zone cache on", outcome["off"], UNIX),
            *table(f"default caches, {cold_names:,} names asked once", outcome["cold"], UNIX),
            *table("default caches, the same names again", outcome["warm"], UNIX)]


def ceiling(options, work):
    """custdkim and the null backend alone, in more rounds: the two are so close that a few tell nothing."""
    say("custdkim and the null backend")
    daemon, names = filled(options, work / "custdkim", options.keys)
    null, varied = NullRemote(options.null, work), NullRemote(options.null, work, len(names))
    with running(daemon, null, varied):
        random.Random(1).shuffle(names)
        some = write_queries(work / "cold-queries", names[:COLD_NAMES])
        setups = [Setup(UNIX, over_socket(daemon.socket), daemon), Setup(NULL, over_socket(null.socket), null),
                  Setup(f"{NULL}, {len(names):,} different answers", over_socket(varied.socket), varied)]
        outcome = compete(setups, 4 * options.rounds,
                          without_caches(work, write_queries(work / "queries", names), options.seconds),
                          with_caches(work, some, options.seconds))
    return ["## The protocol's ceiling", "",
            f"{2 * options.keys:,} names as below; {4 * options.rounds} rounds{options.on_machine}. The null backend has one "
            "answer for all names, which stays in the processor's caches; with as many answers as there are names it has to "
            "fetch each from memory, as whoever serves them must.", "",
            *tables_by_cache(outcome, len(names[:COLD_NAMES]))]


def backends(options, work):
    say(f"custdkim, the null backend and PowerDNS's own, {2 * options.keys:,} names")
    daemon, names = filled(options, work / "custdkim", options.keys)
    null = NullRemote(options.null, work)
    with running(daemon, null):
        say("  loading PowerDNS's own backends")
        zone = zone_file(daemon, work / "zone")
        random.Random(1).shuffle(names)
        everything = write_queries(work / "queries", names)
        some = write_queries(work / "cold-queries", names[:COLD_NAMES])
        peers = [Setup("bind", bind(work, zone)), Setup("lmdb", lmdb(work, zone)),
                 Setup("gsqlite3", sqlite(work, zone, "no"))]
        ours, ceiling = Setup(UNIX, over_socket(daemon.socket), daemon), Setup(NULL, over_socket(null.socket), null)
        configured = Setup("custdkim, as `pdns-config` has it", daemon.pdns_config(), daemon)
        outcome = compete([ours, ceiling, *peers], options.rounds, without_caches(work, everything, options.seconds),
                          with_caches(work, some, options.seconds))
        say("  with the settings of pdns-config, beside PowerDNS's defaults")
        printed = compete([configured, peers[-1]], options.rounds, with_caches(work, some, options.seconds))
        expiring = compete_lasting([configured, peers[-1]], options.rounds, options.lasting, work, everything)
    return ["## Backends", "",
            f"{2 * options.keys:,} TXT of RSA-2048 keys, two labels below the apex, three distributor threads, "
            f"{options.rounds} rounds{options.on_machine}. The null backend parses nothing and knows no zone, but its "
            "answers are of the same size: it is what the protocol allows. PowerDNS's own backends hold the same zone. "
            "Queries/s scatter on a machine that dnsperf, PowerDNS and backend share; the CPU time of PowerDNS and "
            "backend for a query is the steadier figure. The right half is custdkim's part of the row's: of its queries/s "
            "(above 1 is faster), and of its CPU time (below 1 is cheaper). All figures are min / **median** / max.", "",
            *tables_by_cache(outcome, len(names[:COLD_NAMES])),
            *table("names asked once; gsqlite3 with default caches", printed["cold"], configured.name),
            *table("the same names again", printed["warm"], configured.name),
            *table(f"{2 * options.keys:,} names again and again for {options.lasting} s each, in turn, in which caches expire", expiring,
                   configured.name)]
