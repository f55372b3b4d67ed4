"""Ten million look-ups through real PowerDNS, whose every answer is checked, while PowerDNS and custdkim are restarted
again and again.

    soak.py --custdkim PROGRAM --client PROGRAM [--lookups N] [--restarts N] [--keys N] [--report FILE]

PowerDNS's caches are off, so that every question reaches custdkim. The first half of the restarts are PowerDNS's, so
that the memory of one custdkim can be watched over half of the look-ups. The second half are custdkim's: in turn one
where the supervisor keeps the connections, as systemd does, and a plain one. Ends with 1 if an answer was wrong, if one
was lost otherwise than by PowerDNS itself, or if custdkim grew.
"""

import argparse
import contextlib
import pathlib
import statistics
import subprocess
import sys
import threading
import time
from collections import namedtuple

import store
from machine import machine

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import world  # noqa: E402, of the system tests, as the next
from supervisor import Supervisor  # noqa: E402

MEBIBYTE = 1 << 20
CONNECTIONS = 3  # PowerDNS holds one for each distributor thread
SETTLED_AFTER = 1000  # right answers: by then every connection has been used
LONGEST_ANSWER_SECONDS = 2.5  # PowerDNS's patience with us, and some more
GROWTH_ALLOWED = 0.05
ONE_IN = 10  # for one record in so many, a name is asked for that has none, and one that does not exist


def say(text):
    print(text, flush=True)


Run = namedtuple("Run", "what count first last")  # as the checking client tells it


class Restart:
    """What happened from when to when, on the monotonic clock; `settled` is when all went well again."""

    def __init__(self, kind):
        self.kind = kind
        self.begin = self.ready = self.settled = time.monotonic()

    def was_during(self, run):
        """Whether the questions of a run were sent in this restart, or were under way when it began."""
        return self.begin - LONGEST_ANSWER_SECONDS <= run.first <= self.settled

    def explains(self, run):
        """PowerDNS forgets the questions that it holds when it is stopped. Without custdkim it answers SERVFAIL, and
        once more on each connection that it had."""
        if run.what == "lost":
            return self.kind == "PowerDNS" and run.last <= self.ready
        return self.kind == "plain" and run.last <= self.settled


class Client:
    """The checking client under way."""

    def __init__(self, program, port, expectations, answers):
        self.child = subprocess.Popen([program, str(port), str(expectations), str(answers)], stdout=subprocess.PIPE,
                                      text=True)
        self.right = 0
        self.runs = []
        self.faults = []
        self.total = None
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.child.stdout:
            words = line.split()
            if words[0] == "progress":
                self.right = int(words[1])
            elif words[0] == "wrong":
                self.faults.append(line.strip())
            elif words[0] == "total":
                self.total = dict(zip(("right", "wrong", "servfail", "lost"), map(int, words[1:5])),
                                  seconds=float(words[5]))
            else:
                self.runs.append(Run(words[0], int(words[1]), float(words[2]), float(words[3])))

    def is_over(self):
        return self.child.poll() is not None

    def finish(self):
        self.child.wait()
        self.reader.join()
        if self.total is None:
            raise RuntimeError("the checking client ended before it was done")
        return self.total

    def end(self):
        if not self.is_over():
            self.child.terminate()
        self.child.wait()
        self.reader.join()


class Soak:
    def __init__(self, options, place, supervisor):
        self.options, self.place, self.supervisor = options, place, supervisor
        self.restarts = []
        self.memory = [[]]  # for each life of custdkim: (right answers so far, bytes)
        place.start_custdkim().stop()  # makes the store
        store.fill(place.store, options.keys)
        self.daemon = supervisor.start(place)
        self.pdns = self.start_pdns()
        self.client = None

    def start_pdns(self, port=None):
        settings = {**world.NO_CACHES, "distributor-threads": str(CONNECTIONS), "receiver-threads": "1",
                    "loglevel": "3"}
        return self.place.start_pdns(settings, port=port)

    def expectations(self):
        """A file with what every question must be answered: what the API says of the keys, and names beside them."""
        lines, page = [], "/v1/keys?limit=1000"
        while page:
            document = self.place.call("GET", page)[1]
            for key in document["keys"]:
                for slot in key["slots"]:
                    lines.append(f"{slot['record_name']} {slot['txt']}")
            page = document["next"] and f"/v1/keys?limit=1000&after={document['next']}"
        if len(lines) != 2 * self.options.keys:
            raise RuntimeError(f"the API shows {len(lines)} records of {self.options.keys} keys")
        names = [line.split(" ", 1)[0] for line in lines]
        few = names[::ONE_IN]
        lines += [f"{name.split('.', 1)[1]} -NODATA" for name in few]
        lines += [f"absent.{name.split('.', 1)[1]} -NXDOMAIN" for name in few]
        return self.place.write("expectations", "\n".join(lines) + "\n")

    def check_the_client(self, expectations):
        """One wrong letter in what is expected of a name, and the client must say so of that name."""
        lines = expectations.read_text().splitlines()[:100]
        lines[0] = lines[0][:-1] + ("B" if lines[0].endswith("A") else "A")
        client = Client(self.options.client, self.pdns.port, self.place.write("spoilt", "\n".join(lines) + "\n"), 2000)
        total, name = client.finish(), lines[0].split()[0]
        if total["wrong"] == 0 or not all(fault.startswith(f"wrong {name}:") for fault in client.faults):
            raise RuntimeError(f"the checking client does not see a wrong answer for what it is: {total}")

    def sample(self):
        self.memory[-1].append((self.client.right, self.daemon.memory_bytes()))

    def wait_for(self, right):
        """Until so many answers came right, or the client is over."""
        pause = threading.Event()
        while self.client.right < right and not self.client.is_over():
            pause.wait(0.1)
            self.sample()

    def restart(self, kind):
        restart = Restart(kind)
        self.restarts.append(restart)
        if kind == "PowerDNS":
            self.pdns.stop()
            self.pdns = self.start_pdns(self.pdns.port)
        else:
            self.daemon.stop()
            world.wait_until(lambda: len(self.supervisor.stored) >= CONNECTIONS, "the connections are handed over")
            if kind == "plain":
                self.supervisor.close_stored()
            self.daemon = self.supervisor.start(self.place)
            self.memory.append([])
        restart.ready = time.monotonic()
        self.wait_for(self.client.right + SETTLED_AFTER)
        restart.settled = time.monotonic()

    def run(self):
        expectations = self.expectations()
        self.check_the_client(expectations)
        self.client = Client(self.options.client, self.pdns.port, expectations, self.options.lookups)
        try:
            half = self.options.restarts // 2
            kinds = ["PowerDNS"] * half + ["kept", "plain"] * (half + 1)
            for number in range(self.options.restarts):
                self.wait_for(self.options.lookups * (number + 1) // (self.options.restarts + 1))
                self.restart(kinds[number])
                say(f"  {self.client.right:,} right; restart {number + 1}: {kinds[number]}, "
                    f"{self.restarts[-1].ready - self.restarts[-1].begin:.2f} s")
            self.wait_for(self.options.lookups)
            return self.client.finish()
        finally:
            self.client.end()

    def restart_of(self, run):
        return next((restart for restart in self.restarts if restart.was_during(run)), None)

    def unexplained(self):
        explained = [(run, self.restart_of(run)) for run in self.client.runs]
        return [run for run, restart in explained if not (restart and restart.explains(run))]

    def count(self, what, kind):
        """How often that happened in restarts of this kind."""
        during = [(run, self.restart_of(run)) for run in self.client.runs if run.what == what]
        return sum(run.count for run, restart in during if restart and restart.kind == kind)


def slope(samples):
    """Bytes for each answer, by least squares."""
    mean_x, mean_y = (statistics.mean(axis) for axis in zip(*samples))
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread if spread else 0.0


def figures(soak, total):
    """The report's lines, and what speaks against it."""
    longest = max(soak.memory, key=lambda life: life[-1][0] - life[0][0] if life else 0)
    longest = longest[len(longest) // 20:]  # the first moments are spent growing into the load
    first, last = longest[0][1], longest[-1][1]
    ends = [life[-1][1] for life in soak.memory if life]
    kinds = [restart.kind for restart in soak.restarts]
    against = soak.client.faults[:10]
    if total["wrong"]:
        against.append(f"{total['wrong']} answers were wrong")
    against += [f"{run.count} times {run.what}, asked from {run.first:.2f} to {run.last:.2f}, which no restart explains"
                for run in soak.unexplained()]
    if last > first * (1 + GROWTH_ALLOWED):
        against.append(f"custdkim grew from {first / MEBIBYTE:.1f} to {last / MEBIBYTE:.1f} MiB")
    rows = [("answers, each checked octet for octet",
             f"{total['right'] + total['wrong']:,} in {total['seconds']:,.0f} s"),
            ("**wrong answers**", f"**{total['wrong']}**"),
            ("restarts of PowerDNS", kinds.count("PowerDNS")),
            ("questions lost in them: PowerDNS held them, or was not there",
             f"{soak.count('lost', 'PowerDNS'):,}"),
            ("restarts of custdkim, its connections kept", kinds.count("kept")),
            ("questions lost, or answered SERVFAIL, in them",
             soak.count("lost", "kept") + soak.count("servfail", "kept")),
            ("restarts of custdkim, plain", kinds.count("plain")),
            ("SERVFAIL in them: while it was away, and once for each connection",
             f"{soak.count('servfail', 'plain'):,}"),
            ("SERVFAIL or lost otherwise", sum(run.count for run in soak.unexplained())),
            ("resident memory of the longest life, first / last",
             f"{first / MEBIBYTE:.1f} / {last / MEBIBYTE:.1f} MiB"),
            ("its slope", f"{slope(longest) * 1e6 / 1024:+.1f} KiB for a million answers"),
            ("resident memory at the end of each life, least / most",
             f"{min(ends) / MEBIBYTE:.1f} / {max(ends) / MEBIBYTE:.1f} MiB")]
    lines = ["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)]
    return lines, against


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--custdkim", required=True)
    parser.add_argument("--client", required=True, help="checking_client")
    parser.add_argument("--lookups", type=int, default=10_000_000)
    parser.add_argument("--restarts", type=int, default=50)
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    world.PROGRAM = str(pathlib.Path(options.custdkim).resolve())
    with contextlib.ExitStack() as cleanup:
        place = world.World()
        cleanup.callback(place.close)
        supervisor = Supervisor(place.directory)
        cleanup.callback(supervisor.close)
        soak = Soak(options, place, supervisor)
        lines, against = figures(soak, soak.run())
    text = "\n".join(["# Soak", "",
                      "What `ctest -L soak` measures: [CONTRIBUTING.md](../CONTRIBUTING.md#writing-tests).", "",
                      f"Machine: {machine()}. {options.keys:,} RSA-2048 keys of two records; one question in "
                      f"{ONE_IN + 2} is for a name that does not exist, and as many are for one without a TXT. 100 "
                      "questions under way, PowerDNS's caches off: each takes four requests to custdkim or more.", "",
                      *lines]) + "\n"
    if options.report:
        options.report.write_text(text)
    print("\n" + text)
    for complaint in against:
        print(f"FAILED: {complaint}")
    return 1 if against else 0


if __name__ == "__main__":
    sys.exit(main())
