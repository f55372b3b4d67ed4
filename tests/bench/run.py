"""The benchmarks behind docs/benchmarks.md. Everything is measured as a ratio against something else in the
same run, round by round in turn, since machines are shared and their speed drifts.

    run.py --custdkim PROGRAM --null PROGRAM [--rounds N] [--seconds N] [--big KEYS] [--report FILE]
"""

import argparse
import json
import pathlib
import socket
import statistics
import tempfile
import threading
import time
import urllib.request

import store
from machine import machine, spread
from processes import ZONE, Custdkim, NullRemote, PowerDns, dnsperf, over_socket, wait_until

REQUESTS_PER_QUERY = 4  # SOA, ANY name, ANY parent, ANY name: two labels below the apex, caches off


def say(text):
    print(text, flush=True)


def write_queries(file, names):
    file.write_text("".join(f"{name}.{ZONE} TXT\n" for name in names))


def filled_store(program, directory, keys):
    """A directory with a store of so many keys, and the file of queries for all of its records."""
    directory.mkdir()
    Custdkim(program, directory).end()
    say(f"  filling a store with {keys:,} keys")
    names = store.fill(directory / "custdkim.db", keys)
    write_queries(directory / "queries", names)
    return names


def measure(backend, directory, queries, seconds):
    """One run of PowerDNS over a backend, caches off: queries/s and CPU of the backend per request."""
    pdns = PowerDns(directory, over_socket(backend.socket), caches=False)
    try:
        before, pdns_before = backend.cpu_seconds(), pdns.cpu_seconds()
        figures = dnsperf(pdns.port, queries, seconds)
        spent, pdns_spent = backend.cpu_seconds() - before, pdns.cpu_seconds() - pdns_before
    finally:
        pdns.end()
    if figures["bad"] or figures["lost"]:
        raise RuntimeError(f"wrong or lost answers: {figures}")
    figures["cpu_us"] = spent * 1e6 / (figures["completed"] * REQUESTS_PER_QUERY)
    figures["query_us"] = (spent + pdns_spent) * 1e6 / figures["completed"]
    return figures


def compare(pairs, rounds):
    """Runs A and B in turn; the figures of each, and the ratio A/B round by round."""
    runs = {name: [] for name, _ in pairs}
    for number in range(rounds):
        order = pairs if number % 2 == 0 else list(reversed(pairs))
        for name, run in order:
            runs[name].append(run())
        say("  " + "  ".join(f"{name}: {runs[name][-1]['qps']:.0f} q/s {runs[name][-1]['cpu_us']:.1f} us"
                             for name, _ in pairs))
    (a, _), (b, _) = pairs
    ratios = [x["qps"] / y["qps"] for x, y in zip(runs[a], runs[b])]
    cpu = [x["cpu_us"] / y["cpu_us"] for x, y in zip(runs[a], runs[b])]
    whole = [x["query_us"] / y["query_us"] for x, y in zip(runs[a], runs[b])]
    return runs, ratios, cpu, whole


def row_of(name, runs):
    return (f"| {name} | {spread([r['qps'] for r in runs], 0)} | {spread([r['cpu_us'] for r in runs], 1)} "
            f"| {spread([r['query_us'] for r in runs], 0)} |")


def against_null(options, work):
    """Ours against the protocol's ceiling: 100,000 names, caches off, unix connector."""
    say("against the null backend, 100,000 names")
    filled_store(options.custdkim, work / "small", 50_000)
    queries = work / "small/queries"
    ours = Custdkim(options.custdkim, work / "small")
    null = NullRemote(options.null, work)
    try:
        runs, ratios, cpu, whole = compare(
            [("custdkim", lambda: measure(ours, work, queries, options.seconds)),
             ("null", lambda: measure(null, work, queries, options.seconds))], options.rounds)
    finally:
        ours.end()
        null.end()
    return ["## Against the protocol's ceiling", "",
            "100,000 names, PowerDNS's caches off (zone cache on), unix connector, three distributor threads. The null "
            "backend parses nothing and knows no zone, but its answers are the same: records of the same size, and empty "
            "non-terminals for the parents of names. On a machine of two cores, shared by dnsperf, PowerDNS and the "
            "backend, queries/s scatter; the CPU of PowerDNS and backend together is the steadier figure.", "",
            "| backend | queries/s, min / median / max | CPU of the backend per request, us "
            "| CPU of both per query, us |", "|---|---|---|---|",
            row_of("custdkim", runs["custdkim"]), row_of("null", runs["null"]),
            f"| custdkim / null, round by round | {spread(ratios)} | {spread(cpu)} | {spread(whole)} |", ""]


def create_and_see(daemon, domain):
    """Seconds from the acknowledgement of a new key until its record is served over the backend's socket."""
    token = (daemon.directory / "token").read_text()
    request = urllib.request.Request(
        f"http://127.0.0.1:{daemon.port}/v1/keys", method="POST",
        data=json.dumps({"domain": domain, "type": "ed25519"}).encode(),
        headers={"Authorization": f"Bearer {token}"})
    with socket.socket(socket.AF_UNIX) as conversation:
        conversation.connect(str(daemon.socket))
        started = time.monotonic()
        with urllib.request.urlopen(request) as answer:
            key = json.load(answer)
        acknowledged = time.monotonic()
        name = key["slots"][0]["record_name"]
        ask = json.dumps({"method": "lookup", "parameters": {"qname": name + ".", "qtype": "ANY"}}) + "\n"

        def visible():
            conversation.sendall(ask.encode())
            return b'"qtype":"TXT"' in conversation.recv(65536)
        wait_until(visible, "the record")
        return acknowledged - started, time.monotonic() - acknowledged


def big_zone(options, work):
    """Loading, memory and speed with many keys, against the same program with a thousand."""
    keys = options.big
    say(f"{keys:,} keys")
    filled_store(options.custdkim, work / "thousand", 1_000)
    filled_store(options.custdkim, work / "big", keys)
    size = (work / "big/custdkim.db").stat().st_size
    small = Custdkim(options.custdkim, work / "thousand")
    started = time.monotonic()
    big = Custdkim(options.custdkim, work / "big")
    loading = time.monotonic() - started
    try:
        per_name = big.rss_bytes() / (2 * keys)
        times = [create_and_see(big, f"fresh{i}.example") for i in range(100)]
        _, ratios, cpu, whole = compare(
            [("big", lambda: measure(big, work, work / "big/queries", options.seconds)),
             ("thousand", lambda: measure(small, work, work / "thousand/queries", options.seconds))],
            options.rounds)
    finally:
        big.end()
        small.end()
    return [f"## {keys:,} keys ({2 * keys:,} names)", "",
            f"Store: SQLite, {size / 1e9:.2f} GB, sealed private keys of real size.", "",
            "| what | figure |", "|---|---|",
            f"| from start to serving | {loading:.1f} s |",
            f"| resident memory, the whole process | {per_name:.0f} bytes per name |",
            f"| `key create` (Ed25519) acknowledged, median of 100 | {statistics.median(t[0] for t in times) * 1e3:.1f} ms |",
            f"| acknowledged change seen by `lookup`, median / longest of 100 | "
            f"{statistics.median(t[1] for t in times) * 1e3:.2f} / {max(t[1] for t in times) * 1e3:.2f} ms |",
            f"| queries/s against the same with 1,000 keys, min / median / max | {spread(ratios)} |",
            f"| CPU of the backend per request, likewise | {spread(cpu)} |",
            f"| CPU of both per query, likewise | {spread(whole)} |", ""]


def pool(options, work):
    """What `key create` costs while the pool of ready RSA-2048 pairs lasts, and after."""
    say("key creation from the pool")
    directory = work / "pool"
    directory.mkdir()
    daemon = Custdkim(options.custdkim, directory, pool=16)
    token = (directory / "token").read_text()

    def create(number):
        request = urllib.request.Request(
            f"http://127.0.0.1:{daemon.port}/v1/keys", method="POST",
            data=json.dumps({"domain": f"customer{number}.example"}).encode(),
            headers={"Authorization": f"Bearer {token}"})
        started = time.monotonic()
        urllib.request.urlopen(request).read()
        return (time.monotonic() - started) * 1e3
    try:
        def filled():  # the worker is the only one that spends CPU here: idle means that the pool is full
            before = daemon.cpu_seconds()
            threading.Event().wait(1.0)
            return daemon.cpu_seconds() - before < 0.02
        wait_until(filled, "the pool to fill")
        lasting = [create(n) for n in range(7)]
        empty = [create(100 + n) for n in range(10)]
    finally:
        daemon.end()
    return ["## Key creation", "", "RSA-2048, over the API, `pool = 16`, two pairs for each key.", "",
            "| while the pool lasts, min / median / max | when it is empty |", "|---|---|",
            f"| {spread(lasting, 1)} ms | {spread(empty[2:], 0)} ms |", ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--custdkim", required=True)
    parser.add_argument("--null", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--big", type=int, default=1_000_000, help="keys in the big zone; 0 leaves it out")
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="custdkim-bench.") as name:
        work = pathlib.Path(name)
        lines = ["# Benchmarks", "", "Made by `scripts/bench.sh`. Ratios are taken round by round, the two in turn: "
                 "trust these, not the absolute figures.", "",
                 f"Machine: {machine()}; {options.rounds} rounds of {options.seconds} s.", ""]
        lines += against_null(options, work)
        lines += pool(options, work)
        if options.big:
            lines += big_zone(options, work)
    report = "\n".join(lines).rstrip() + "\n"
    if options.report:
        options.report.write_text(report)
    print("\n" + report)


if __name__ == "__main__":
    main()
