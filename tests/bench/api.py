"""What the API does, beside DNS: reads and creations a second, what look-ups lose by them, and pages of a long list."""

import json
import random
import statistics
import subprocess
import threading
import time
import urllib.request

import overdue
from contest import say, write_queries
from machine import spread
from processes import Custdkim, PowerDns, dnsperf, over_socket

# Nothing rotates, and nobody's DNS is asked: what is measured is the API.
IDLE = '[rotation]\ninterval = "400d"\n[activation]\ncheck = "unchecked"\n'
READS, CREATIONS = 5_000, 300  # the goals, a second
CONNECTIONS = 8
PAGES = 20


class Filled:
    """custdkim with many active keys; every tenth is inactive, every thousandth belongs to a small organisation."""

    def __init__(self, options, directory):
        directory.mkdir()
        Custdkim(options.custdkim, directory).end()
        say(f"  filling a store with {options.big:,} keys")
        now = int(time.time())
        names = overdue.fill(directory / "custdkim.db", options.big, "ed25519", now, prepared=(
            "UPDATE key SET org = 'small' WHERE row % 1000 = 0",
            "UPDATE key SET activated_at = NULL WHERE row % 10 = 0",
            "UPDATE key SET domain = 'big.example' WHERE row % 500 = 1"))
        self.names = names
        self.daemon = Custdkim(options.custdkim, directory, sections=IDLE)
        self.token_file = directory / "token"
        self.url = f"http://127.0.0.1:{self.daemon.port}"

    def get(self, path):
        """(document, milliseconds)"""
        request = urllib.request.Request(self.url + path,
                                         headers={"Authorization": f"Bearer {self.token_file.read_text()}"})
        started = time.monotonic()
        with urllib.request.urlopen(request) as answer:
            content = answer.read()
        return json.loads(content), (time.monotonic() - started) * 1e3

    def load(self, options, rate, requests, seconds=None):
        """A run of api_load that is under way."""
        return subprocess.Popen([options.api_load, str(self.daemon.port), str(self.token_file), str(CONNECTIONS),
                                 str(seconds or options.seconds), str(rate), str(requests)],
                                stdout=subprocess.PIPE, text=True)


def figures(run):
    words = run.communicate()[0].split()
    found = {name: float(value) for name, value in zip(words[::2], words[1::2])}
    if run.returncode != 0 or found["failed"]:
        raise RuntimeError(f"requests failed: {words}")
    return found


def read_paths(filled, file):
    """Keys by id, all over the store."""
    rng, after, paths = random.Random(1), "0", []
    rows = int(len(filled.names) / 2)
    for _ in range(20):
        page, _ = filled.get(f"/v1/keys?limit=200&after={after}")
        paths += [f"/v1/keys/{key['id']}" for key in page["keys"]]
        after = str(rng.randrange(rows - 200))
    file.write_text("\n".join(paths) + "\n")
    return file


def rates(options, filled, paths):
    """As fast as it goes, for itself."""
    rows = []
    for title, requests in (("reads of one key", paths), ("creations, Ed25519", None)):
        runs = []
        for i in range(options.rounds):
            before = filled.daemon.cpu_seconds()
            run = figures(filled.load(options, 0, requests or f"create:r{i}x{time.monotonic_ns()}-"))
            run["cpu"] = (filled.daemon.cpu_seconds() - before) / run["done"] * 1e6
            runs.append(run)
            say(f"  {title}: {run['rate']:.0f}/s, 99 % within {run['p99']:.1f} ms")
        rows.append(f"| {title} | {spread([run['rate'] for run in runs], 0)} | "
                    f"{spread([run['p50'] for run in runs], 1)} | {spread([run['p99'] for run in runs], 1)} | "
                    f"{spread([run['cpu'] for run in runs], 0)} |")
    return [f"{CONNECTIONS} connections, each sends its next request when the last one is answered.", "",
            "| what | a second | median, ms | 99 %, ms | CPU of custdkim for each, us |", "|---|---|---|---|---|", *rows, ""]


def beside_dns(options, filled, paths, queries, work):
    """dnsperf with PowerDNS's default caches, first alone, then beside the goals' rates, in turn."""
    pdns = PowerDns(work, over_socket(filled.daemon.socket))
    loads = {"nothing": [], f"{READS:,} reads/s": [], f"{CREATIONS} creations/s": []}
    seen = {name: [] for name in loads}
    try:
        for i in range(options.rounds):
            for name in loads:
                under_way = None
                if "reads" in name:
                    under_way = filled.load(options, READS, paths, options.seconds + 1)
                elif "creations" in name:
                    under_way = filled.load(options, CREATIONS, f"create:d{i}x{time.monotonic_ns()}-", options.seconds + 1)
                threading.Event().wait(0.5)
                loads[name].append(dnsperf(pdns.port, queries, options.seconds, ("-Q", str(options.dns_rate)))["qps"])
                if under_way:
                    seen[name].append(figures(under_way))
                say(f"  beside {name}: {loads[name][-1]:.0f} look-ups/s "
                    + (f"API {seen[name][-1]['rate']:.0f}/s, 99 % {seen[name][-1]['p99']:.1f} ms" if under_way else ""))
    finally:
        pdns.end()
    rows = []
    for name, qps in loads.items():
        share = [there / alone for there, alone in zip(qps, loads["nothing"])]
        api = seen[name]
        rows.append(f"| {name} | {spread(qps, 0)} | {spread(share, 2)} | "
                    f"{spread([run['rate'] for run in api], 0) if api else ''} | "
                    f"{spread([run['p99'] for run in api], 1) if api else ''} |")
    return [f"dnsperf asks PowerDNS, with its default caches, for {options.dns_rate:,} records a second, all over the zone; "
            "clients, PowerDNS and custdkim share two cores. API requests have their times: what one waits for others "
            "counts.", "",
            "| beside | look-ups/s | of those alone | API requests/s | 99 %, ms |", "|---|---|---|---|---|", *rows, ""]


def pages(filled, keys):
    """A page at the beginning, in the middle and at the end, with and without filters."""
    rows = []
    for title, filters in (("all", ""), ("of one domain", "&domain=big.example"), ("of one organisation", "&org=small"),
                           ("`inactive`", "&status=inactive"), ("`active`", "&status=active")):
        cells = []
        for after in (0, keys // 2, keys - keys // 50):
            times = [filled.get(f"/v1/keys?limit=100&after={after}{filters}")[1] for _ in range(PAGES)]
            cells.append(f"{statistics.median(times):.1f}")
        rows.append(f"| {title} | {' | '.join(cells)} |")
        say(f"  {rows[-1]}")
    rows.append(f"| `held`, of which there is none | "
                f"{statistics.median(filled.get('/v1/keys?status=held')[1] for _ in range(PAGES)):.1f} | | |")
    return [f"A page of 100 of {keys:,} keys, median of {PAGES}, ms:", "",
            "| keys | first page | middle | last |", "|---|---|---|---|", *rows]


def api(options, work):
    say("the API")
    filled = Filled(options, work / "many")
    try:
        paths = read_paths(filled, work / "paths")
        queries = write_queries(work / "queries", filled.names[:options.keys])
        text = [f"## The API ({options.big:,} keys)", "",
                f"SQLite, {options.rounds} rounds of {options.seconds} s{options.on_machine}. All figures are min / "
                "**median** / max.", ""]
        text += pages(filled, options.big) + [""]
        text += rates(options, filled, paths)
        return text + beside_dns(options, filled, paths, queries, work)
    finally:
        filled.daemon.end()
