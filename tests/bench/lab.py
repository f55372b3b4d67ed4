"""The figures of the lab: `custdkim-lab up` with healthy customers, asked for the CNAME and the TXT of all their names,
beside a real Unbound that answers the same questions from its cache.

    lab.py --lab PROGRAM [--customers N] [--rounds N] [--seconds N] [--report FILE]

With --report, replaces what stands between the marks <!-- lab --> and <!-- /lab --> in FILE; without marks, they are
added at its end.
"""

import argparse
import http.client
import json
import pathlib
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from machine import machine, spread
from processes import Process, dnsperf, free_port, wait_until
from simulation import replace_between

CLIENTS = 8
MEBIBYTE = 1 << 20


def say(text):
    print(text, flush=True)


class Lab(Process):
    """`custdkim-lab up` with a frozen clock, in a directory of its own."""

    def __init__(self, program, directory):
        endpoints = directory / "state/endpoints.json"
        super().__init__([program, "up", "--clock", "frozen", "--dns", "0", "--http", "0", "--state",
                          str(endpoints.parent)], directory / "lab.log")
        wait_until(lambda: self.alive() and endpoints.exists(), "the lab")
        self.at = json.loads(endpoints.read_text())
        self.token = pathlib.Path(self.at["token_file"]).read_text().strip()
        self.port = int(self.at["dns"].rsplit(":", 1)[1])

    def call(self, api, method, path, document=None):
        connection = http.client.HTTPConnection(self.at[api].removeprefix("http://"), timeout=60)
        connection.request(method, path, None if document is None else json.dumps(document),
                           {"Authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{method} {path} was answered {answer.status}: {body}")
        return body

    def create_key(self, domain):
        """The names of its CNAME records."""
        key = self.call("api", "POST", "/v1/keys", {"domain": domain, "type": "ed25519"})
        return [f"{slot['selector']}._domainkey.{domain}" for slot in key["slots"]]

    def set_healthy(self, domain):
        """Seconds that took."""
        begin = time.monotonic()
        self.call("lab", "PUT", f"/v1/customers/{domain}", {"misconfiguration": "healthy"})
        return time.monotonic() - begin


class Unbound(Process):
    """Forwards all to the lab, and keeps for a day what comes; as many threads as the lab has for datagrams."""

    def __init__(self, directory, lab):
        self.port = free_port()
        config = directory / "unbound.conf"
        config.write_text(f"""
server:
    directory: "{directory}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    do-daemonize: no
    interface: 127.0.0.1
    port: {self.port}
    num-threads: 2
    do-not-query-localhost: no
    module-config: "iterator"
    cache-min-ttl: 86400
    msg-cache-size: 64m
    rrset-cache-size: 128m
    minimal-responses: yes
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@{lab.port}
remote-control:
    control-enable: no
""")
        super().__init__(["unbound", "-c", str(config)], directory / "unbound.log")
        wait_until(lambda: self.alive() and self.answers(), "Unbound")

    def answers(self):
        asked = subprocess.run(["dig", "+time=1", "+tries=1", "@127.0.0.1", "-p", str(self.port), "version.bind", "CH",
                                "TXT"], capture_output=True, text=True, check=False)
        return "status:" in asked.stdout


def once(port, queries):
    """Every question of the file, once: how many a second, how many lost."""
    run = subprocess.run(["dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", str(queries), "-c", "4", "-T", "1", "-q",
                          "100", "-t", "5", "-n", "1"], capture_output=True, text=True, check=True).stdout
    words = {line.split(":")[0].strip(): line.split(":")[1].split() for line in run.splitlines() if ":" in line}
    return {"qps": float(words["Queries per second"][0]), "lost": int(words["Queries lost"][0]),
            "codes": " ".join(words["Response codes"])}


def measure(server, queries, seconds):
    """Figures of dnsperf, and the CPU time of the server for each question."""
    before = server.cpu_seconds()
    figures = dnsperf(server.port, queries, seconds)
    figures["cpu_us"] = (server.cpu_seconds() - before) * 1e6 / figures["completed"]
    if figures["bad"]:
        raise RuntimeError(f"wrong answers: {figures}")
    return figures


def row(title, runs):
    lost = sum(run["lost"] for run in runs)
    return (f"| {title} | {spread([run['qps'] for run in runs], 0)} | {spread([run['cpu_us'] for run in runs], 1)} "
            f"| {lost:,} of {sum(run['completed'] for run in runs):,} |")


def population(lab, customers):
    """Creates keys and sets customers; the questions for all of their names, and what it took."""
    domains = [f"customer{number}.example" for number in range(customers)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        say(f"creating {customers:,} keys")
        names = [name for pair in clients.map(lab.create_key, domains) for name in pair]
        say(f"setting {customers:,} customers")
        begin = time.monotonic()
        times = list(clients.map(lab.set_healthy, domains))
        rate = customers / (time.monotonic() - begin)
    return names, rate, times


def report(options, directory):
    lab = Lab(options.lab, directory)
    unbound = None
    try:
        names, rate, _ = population(lab, options.customers)
        queries = directory / "queries"
        queries.write_text("".join(f"{name} {kind}\n" for name in names for kind in ("CNAME", "TXT")))
        empty = lab.rss_bytes()
        cold = once(lab.port, queries)
        say(f"cold: {cold}")
        unbound = Unbound(directory, lab)
        say(f"Unbound's cache is filled: {once(unbound.port, queries)}")
        ours, peers = [], []
        for number in range(options.rounds):
            for runs, server in ((ours, lab), (peers, unbound))[::1 if number % 2 == 0 else -1]:
                runs.append(measure(server, queries, options.seconds))
            say(f"  ours {ours[-1]['qps']:.0f} q/s, {ours[-1]['cpu_us']:.1f} us; "
                f"Unbound {peers[-1]['qps']:.0f} q/s, {peers[-1]['cpu_us']:.1f} us")
        warm = lab.rss_bytes()
        say("changing customers while the cache is full")
        with ThreadPoolExecutor(CLIENTS) as clients:
            changes = list(clients.map(lab.set_healthy, [name.split(".", 2)[2] for name in names[::20]]))
    finally:
        for server in (unbound, lab):
            if server:
                server.end()
    return ["## The lab", "",
            f"Machine: {machine()}; {options.rounds} rounds of {options.seconds} s. `custdkim-lab up` with "
            f"{options.customers:,} healthy customers, each with an Ed25519 key of its own, set over the API by {CLIENTS} "
            f"clients. dnsperf asks for CNAME and TXT of both names of each, {len(names) * 2:,} questions; the real "
            "Unbound (two threads, as many as the lab takes datagrams with) has all answers in its cache. dnsperf shares "
            "the machine.", "",
            "| warm caches | questions/s, min / **median** / max | CPU of the server for each, us | lost |",
            "|---|---|---|---|", row("the lab's test resolver", ours), row("Unbound", peers),
            "| lab / Unbound, round by round | "
            f"{spread([a['qps'] / b['qps'] for a, b in zip(ours, peers)])} | "
            f"{spread([a['cpu_us'] / b['cpu_us'] for a, b in zip(ours, peers)])} | |", "",
            "| what | figure |", "|---|---|",
            f"| customers set a second, nothing cached | {rate:,.0f} |",
            f"| a customer set with all names in the cache, median / longest of {len(changes):,} | "
            f"{statistics.median(changes) * 1000:.1f} / {max(changes) * 1000:.1f} ms |",
            f"| cold, every question once | {cold['qps']:,.0f} questions/s, {cold['lost']} lost |",
            f"| resident memory with all customers, before a question | {empty / MEBIBYTE:.0f} MiB |",
            f"| the same at the end: full cache, full log of questions | {warm / MEBIBYTE:.0f} MiB |"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", required=True)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="custdkim-bench.") as name:
        text = "\n".join(report(options, pathlib.Path(name))) + "\n"
    if options.report:
        if "<!-- lab -->" not in options.report.read_text():
            with options.report.open("a", encoding="utf-8") as page:
                page.write("\n<!-- lab -->\n<!-- /lab -->\n")
        replace_between(options.report, "lab", text)
    print("\n" + text)


if __name__ == "__main__":
    main()
