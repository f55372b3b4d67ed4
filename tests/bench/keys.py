"""What creating keys costs, and what very many keys do."""

import json
import socket
import statistics
import threading
import time
import urllib.request

from backends import filled, running
from contest import Setup, compete, ratios, say, without_caches, write_queries
from machine import spread
from processes import Custdkim, over_socket, wait_until

REQUESTS_PER_QUERY = 4  # SOA, ANY name, ANY parent, ANY name: two labels below the apex, caches off


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


def big(options, work):
    """Loading, memory and speed with many keys, against the same program with a thousand."""
    keys = options.big
    say(f"{keys:,} keys")
    thousand, few = filled(options, work / "thousand", 1_000)
    many_directory = work / "many"
    loaded_once, names = filled(options, many_directory, keys)
    loaded_once.end()
    size = (many_directory / "custdkim.db").stat().st_size
    started = time.monotonic()
    many = Custdkim(options.custdkim, many_directory)
    loading = time.monotonic() - started
    with running(many, thousand):
        per_name = many.rss_bytes() / (2 * keys)
        times = [create_and_see(many, f"fresh{i}.example") for i in range(100)]
        many_names, few_names = write_queries(work / "many-queries", names), write_queries(work / "few-queries", few)

        def run(setup):
            asked = many_names if setup.name == "many" else few_names
            return without_caches(work, asked, options.seconds)(setup)
        figures = compete([Setup("many", over_socket(many.socket), many),
                           Setup("few", over_socket(thousand.socket), thousand)], options.rounds, run)["off"]

    def against(field):
        return spread(ratios(figures, "many", "few", field))
    request = spread([run["backend_us"] / REQUESTS_PER_QUERY for run in figures["many"]], 1)
    return [f"## {keys:,} keys ({2 * keys:,} names)", "",
            f"Store: SQLite, {size / 1e9:.2f} GB, sealed private keys of real size; {options.rounds} "
            f"rounds{options.on_machine}.", "",
            "| what | figure |", "|---|---|",
            f"| from start to serving | {loading:.1f} s |",
            f"| resident memory, the whole process | {per_name:.0f} bytes per name |",
            f"| `key create` (Ed25519) acknowledged, median of 100 | {statistics.median(t[0] for t in times) * 1e3:.1f} ms |",
            f"| acknowledged change seen by `lookup`, median / longest of 100 | "
            f"{statistics.median(t[1] for t in times) * 1e3:.2f} / {max(t[1] for t in times) * 1e3:.2f} ms |",
            f"| CPU of the backend per request, min / median / max | {request} us |",
            f"| queries/s against the same with 1,000 keys, likewise | {against('qps')} |",
            f"| CPU of the backend per request, likewise | {against('backend_us')} |",
            f"| CPU of both per query, likewise | {against('query_us')} |"]


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
    return ["## Key creation", "",
            f"RSA-2048, over the API, `pool = 16`, two pairs for each key{options.on_machine}.", "",
            "| while the pool lasts, min / median / max | when it is empty |", "|---|---|",
            f"| {spread(lasting, 1)} ms | {spread(empty[2:], 0)} ms |"]
