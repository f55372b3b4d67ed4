"""The figures of docs/rotation.md that are measured for real: `custdkim serve` with a SQLite store full of keys whose
rotation is overdue, as after an outage of a day.

    throughput.py --custdkim PROGRAM --openssl-loop PROGRAM --lookup-loop PROGRAM [--rounds N] [--seconds N]
                  [--keys N] [--report FILE]

With --report, replaces what stands between the marks <!-- throughput --> and <!-- /throughput --> in FILE.
"""

import argparse
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
from contextlib import closing

import overdue
from machine import machine, spread
from processes import TICK, ZONE, Custdkim, wait_until
from simulation import replace_between

CORES = os.cpu_count()
QUICK_ZONE = 'ttl = "1s"\nnegative_ttl = "1s"\n'
QUICK = '[rotation]\nprepublish = "1s"\nstale = "0s"\n[activation]\ncheck = "unchecked"\n'
IDLE = QUICK.replace("[rotation]", '[rotation]\ninterval = "400d"')


def say(text):
    print(text, flush=True)


class Backlog:
    """A store of overdue keys, in a directory of its own. Every run starts with the same backlog."""

    def __init__(self, program, directory, keys, key_type, shuffled=False):
        directory.mkdir()
        self.program, self.directory, self.keys = program, directory, keys
        self.database = directory / "custdkim.db"
        Custdkim(program, directory).end()
        say(f"  filling a store with {keys:,} {key_type} keys")
        names = overdue.fill(self.database, keys, key_type, int(time.time()), shuffled=shuffled)
        (directory / "names").write_text("".join(f"{name}.{ZONE}\n" for name in names))
        self.kept = shutil.copy(self.database, directory / "kept.db")
        self.filled = self.last_event()

    def start(self, sections=QUICK):
        return Custdkim(self.program, self.directory, zone=QUICK_ZONE, sections=sections)

    def restore(self):
        shutil.copy(self.kept, self.database)

    def ask(self, sql):
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    def count(self, action):
        return self.ask(f"SELECT count(*) FROM event WHERE number > {self.filled} AND action = '{action}'")[0][0]

    def last_event(self):
        return self.ask("SELECT max(number) FROM event")[0][0]


def cpu_of_pairs(daemon):
    """Seconds of CPU of the threads that make pairs: those of low priority."""
    ticks = 0
    for task in pathlib.Path(f"/proc/{daemon.child.pid}/task").iterdir():
        fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        if int(fields[16]) == 10:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def rsa(options, work):
    """Pairs of RSA-2048 that rotation gets through, against a loop that only makes them."""
    say("RSA-2048 against a bare loop")
    backlog = Backlog(options.custdkim, work / "rsa", 20_000, "rsa-2048")
    ours, bare, shares = [], [], []
    for _ in range(options.rounds):
        daemon = backlog.start()
        first = backlog.count("sign")
        wait_until(lambda: backlog.count("sign") > first, "the first rotation")  # from then on all steps are made
        begin, before, pairs, cpu = time.monotonic(), backlog.count("publish"), cpu_of_pairs(daemon), daemon.cpu_seconds()
        threading.Event().wait(options.seconds)
        ours.append((backlog.count("publish") - before) / (time.monotonic() - begin))
        shares.append((cpu_of_pairs(daemon) - pairs) / (daemon.cpu_seconds() - cpu))
        daemon.end()
        loop = subprocess.run(["nice", "-n", "10", options.openssl_loop, "2048", str(CORES), str(options.seconds)],
                              capture_output=True, text=True, check=True)  # the priority that rotation gives pairs
        bare.append(float(loop.stdout))
        say(f"  {ours[-1]:.1f} against {bare[-1]:.1f} pairs/s; {shares[-1]:.3f} of the CPU time made pairs")
    ratios = [a / b for a, b in zip(ours, bare)]
    return [f"RSA-2048: rotations of a backlog against a loop of `EVP_RSA_gen` on {CORES} threads, in turn, "
            f"{options.rounds} rounds of {options.seconds} s each. How long a pair takes is chance, so that single rounds "
            "scatter.", "",
            "| what | min / **median** / max | all rounds together |", "|---|---|---|",
            f"| pairs/s, published and signing | {spread(ours, 1)} | {statistics.mean(ours):.1f} |",
            f"| pairs/s, bare loop | {spread(bare, 1)} | {statistics.mean(bare):.1f} |",
            f"| ratio | {spread(ratios)} | **{statistics.mean(ours) / statistics.mean(bare):.3f}** |",
            f"| part of the daemon's CPU time that goes into making pairs | {spread(shares, 3)} | "
            f"{statistics.mean(shares):.3f} |", ""]


def rotate_all(backlog):
    """Rotations per second and microseconds of CPU for each, from the start until every key has rotated."""
    backlog.restore()
    daemon = backlog.start()
    begin, loaded = time.monotonic(), daemon.cpu_seconds()
    last = backlog.filled + 3 * backlog.keys  # publish, see, sign; to verify with the same result is no event
    wait_until(lambda: daemon.alive() and backlog.last_event() >= last, "the last rotation", patience=1200)
    seconds, cpu = time.monotonic() - begin, daemon.cpu_seconds() - loaded
    daemon.end()
    if backlog.count("sign") != backlog.keys:
        raise RuntimeError("not every key has rotated once")
    return backlog.keys / seconds, cpu * 1e6 / backlog.keys


def ed25519(options, work):
    say("Ed25519, everything else than making pairs")
    rows = []
    for title, shuffled in (("as they were created", False), ("in any order", True)):
        backlog = Backlog(options.custdkim, work / f"ed25519-{shuffled}", options.keys // 2, "ed25519", shuffled)
        runs = []
        for _ in range(max(3, options.rounds // 4)):
            runs.append(rotate_all(backlog))
            say(f"  due {title}: {runs[-1][0]:.0f} rotations/s, {runs[-1][1]:.0f} us of CPU each")
        rows.append(f"| {title} | {spread([run[0] for run in runs], 0)} | {spread([run[1] for run in runs], 0)} |")
        shutil.rmtree(backlog.directory)
    return [f"Ed25519: {options.keys // 2:,} overdue keys, from the start of the daemon until all have rotated. A rotation "
            "is four steps, each with its event in a transaction that waits for the disk: publish a new pair, see it, "
            "verify the CNAME, sign; two private keys are destroyed. Steps of many keys share a transaction.", "",
            "| keys fall due | rotations/s, min / **median** / max | CPU for each, us |", "|---|---|---|", *rows, ""]


def lookups(options, backlog, daemon, pause_microseconds):
    run = subprocess.run([options.lookup_loop, str(daemon.socket), str(backlog.directory / "names"),
                          str(options.seconds), str(pause_microseconds)], capture_output=True, text=True, check=True)
    words = run.stdout.split()
    figures = {name: float(value) for name, value in zip(words[::2], words[1::2])}
    if figures["wrong"]:
        raise RuntimeError(f"wrong answers: {figures}")
    return figures


def out_of_turn(backlog):
    """Keys that were published before one that had been due for longer."""
    due = [at for at, in backlog.ask("SELECT created_at FROM event JOIN key ON key.row = event.key"
                                     " WHERE actor = 'rotator' AND action = 'publish' ORDER BY number")]
    longest, late = 0, 0
    for at in due:
        late += at < longest
        longest = max(longest, at)
    return len(due), late


def beside_lookups(options, work):
    say(f"{options.keys:,} due keys beside lookups")
    backlog = Backlog(options.custdkim, work / "beside", options.keys, "ed25519", shuffled=True)
    rows, rates, published = [], [], 0
    for title, pause in (("1,000 a second at the most", 1000), ("one after the other", 0)):
        for state, sections in (("idle", IDLE), ("backlog", QUICK)):
            backlog.restore()
            daemon = backlog.start(sections)
            before, begin = backlog.last_event(), time.monotonic()
            f = lookups(options, backlog, daemon, pause)
            steps = (backlog.last_event() - before) / (time.monotonic() - begin)
            due = int(backlog.count("publish"))
            daemon.end()
            if state == "backlog":
                rates.append(steps)
                published, late = out_of_turn(backlog)
                if late or due == options.keys:
                    raise RuntimeError(f"{late} of {published} keys were out of turn, or the backlog ended")
            rows.append(f"| {title} | {state} | {f['lookups'] / options.seconds:,.0f} | {f['p50']:.0f} | {f['p99']:.0f} "
                        f"| {f['p999']:.0f} | {f['max'] / 1000:.1f} ms |")
            say("  " + rows[-1])
    return [f"{options.keys:,} due Ed25519 keys while one client asks the socket for records, for {options.seconds} s; "
            "the daemon makes pairs and steps as fast as it can meanwhile "
            f"({min(rates):,.0f} to {max(rates):,.0f} steps/s). Those due longest came first, without an exception.", "",
            "| lookups | rotation | lookups/s | median, us | 99 %, us | 99.9 %, us | longest |",
            "|---|---|---|---|---|---|---|", *rows, ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--custdkim", required=True)
    parser.add_argument("--openssl-loop", required=True)
    parser.add_argument("--lookup-loop", required=True)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--keys", type=int, default=100_000, help="in the big backlog; half of it to be rotated whole")
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    lines = [f"Machine: {machine()}. The release build, a SQLite store on the machine's disk.", ""]
    for part in (rsa, ed25519, beside_lookups):
        with tempfile.TemporaryDirectory(prefix="custdkim-bench.") as name:
            lines += part(options, pathlib.Path(name))
    text = "\n".join(lines).rstrip() + "\n"
    if options.report:
        replace_between(options.report, "throughput", text)
    print("\n" + text)


if __name__ == "__main__":
    main()
