"""Signed answers: PowerDNS signs in both cases, with the same keys, and asks custdkim or gsqlite3 for the rest."""

import random

from backends import filled, running, sqlite, zone_file
from contest import Setup, compete, compete_lasting, measure, say, table, with_caches, write_queries
from processes import NO_CACHES, ZONE, PowerDns, over_socket, pdnsutil

OURS, PEER = "custdkim", "gsqlite3"
DO_BIT = {"options": ["-D"]}
NAMES = 20_000  # asked for; PowerDNS keeps about as many signatures


def launch_ours(daemon):
    return [*over_socket(daemon.socket), "--remote-dnssec=yes"]


def secure(work, daemon):
    """Over custdkim, while the zone is small: pdnsutil wants to read all of it. The pair goes into a file, too."""
    pdnsutil(work, launch_ours(daemon), "secure-zone", ZONE)
    shown = pdnsutil(work, launch_ours(daemon), "show-zone", ZONE)
    ids = [line.split("ID = ")[1].split()[0].rstrip(",") for line in shown.splitlines() if line.startswith("ID = ")]
    if len(ids) != 1:
        raise RuntimeError(f"one pair was expected for the zone:\n{shown}")
    file = work / "pair"
    file.touch(mode=0o600)
    file.write_text(pdnsutil(work, launch_ours(daemon), "export-zone-key", ZONE, ids[0]))


def signed(work, names, absent, seconds):
    """A run for compete(): each signature made once, then taken from PowerDNS's cache, then proofs of absence."""
    def run(setup):
        pdns = PowerDns(work, [*setup.launch, *NO_CACHES])
        try:
            return {"made": measure(setup, pdns, names, **DO_BIT),
                    "kept": measure(setup, pdns, names, seconds, **DO_BIT),
                    "absent": measure(setup, pdns, absent, seconds, rcode="NXDOMAIN", **DO_BIT)}
        finally:
            pdns.end()
    return run


def dnssec(options, work):
    say("DNSSEC, NSEC")
    daemon, names = filled(options, work / "custdkim", options.keys, lambda empty: secure(work, empty))
    with running(daemon):
        theirs = sqlite(work, zone_file(daemon, work / "zone"), "yes")
        pdnsutil(work, theirs, "import-zone-key", ZONE, work / "pair", "active", "ksk")
        pdnsutil(work, theirs, "rectify-zone", ZONE)
        random.Random(1).shuffle(names)
        present = write_queries(work / "queries", names[:NAMES])
        absent = write_queries(work / "absent", [f"a{number}.{name}" for number, name in enumerate(names[:NAMES])])
        outcome = compete([Setup(OURS, launch_ours(daemon), daemon), Setup(PEER, theirs)], options.rounds,
                          with_caches(work, present, options.seconds, **DO_BIT),
                          signed(work, present, absent, options.seconds))
        configured = Setup("custdkim, as `pdns-config` has it", daemon.pdns_config(), daemon)
        expiring = compete_lasting([configured, Setup(PEER, theirs)], options.rounds, options.lasting, work, present, **DO_BIT)
    return ["## DNSSEC", "",
            f"{2 * options.keys:,} names, one ECDSA pair (`pdnsutil secure-zone`), NSEC, questions with the DO bit, "
            "`remote-dnssec=yes` against `gsqlite3-dnssec=yes` with the same pair, "
            f"{options.rounds} rounds{options.on_machine}. The columns are those of the section above.", "",
            *table(f"default caches, {len(names[:NAMES]):,} names asked once", outcome["cold"], OURS),
            *table("default caches, the same names again", outcome["warm"], OURS),
            *table(f"the same for {options.lasting} s each, in turn, in which caches expire; gsqlite3 with default caches", expiring,
                   configured.name),
            *table("caches off, signatures made", outcome["made"], OURS),
            *table("caches off, the same signatures again: PowerDNS keeps them", outcome["kept"], OURS),
            *table("caches off, names that do not exist", outcome["absent"], OURS)]
