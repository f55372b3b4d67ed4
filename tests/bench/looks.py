#!/usr/bin/python3
"""How many customers can be verified in a second, by libunbound against the lab's name servers; on this machine alone,
everything on loopback. Prints a table.

    tests/bench/looks.py --looks build/release/looks --lab build/release/custdkim-lab [--customers N] [--rounds N]

Needs a network namespace (root, or a user who may make one); exits with 77 where there is none.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fidelity"))  # there is a lab.py here, too

import namespace  # noqa: E402
from authoritative import Nsd  # noqa: E402
from cases import Case  # noqa: E402
from lab import (ADDRESSES, CONFIG, CONTROL, KEY_SERVER, KEY_ZONE, RESOLVER, SELECTORS, TOKEN, Lab,  # noqa: E402
                 key_zone_text, targets)
from programs import Program  # noqa: E402

SERVER_SETS = 64  # that the customers share
THREADS = 16
# What is measured, how it is called, and how many verifications there are for each thousand.
WORLDS = [("whole", "a whole verification, as the gate makes it", 1000),
          ("lanes", "lanes", 1000), ("probed", "lanes, and 14 direct questions", 1000),
          ("fresh", "a fresh context for each question", 200)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--looks", type=Path, required=True, help="the program looks")
    parser.add_argument("--lab", type=Path, required=True, help="the program custdkim-lab")
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


class ManyCustomers(Lab):
    def start(self, directory):
        self.keys = Nsd(directory / "keys", [KEY_SERVER], {KEY_ZONE: key_zone_text(self.cases)})
        (directory / "token").write_text(TOKEN + "\n")
        (directory / "token").chmod(0o600)
        (directory / "lab.toml").write_text(CONFIG.format(
            resolver=RESOLVER, only_infrastructure="false", key_zone=KEY_ZONE, customer_servers=SERVER_SETS,
            key_server=KEY_SERVER, control=f"{CONTROL[0]}:{CONTROL[1]}", catalogue=self.catalogue))
        self.keys.wait_ready()
        self.program = Program(directory, [self.program_file, "resolver", "--config", directory / "lab.toml"])
        self.program.wait_ready(self.is_healthy)
        root = self.call("GET", "/v1/root")
        self.infrastructure = root["addresses"]
        (directory / "root.ds").write_text(root["trust_anchor"].strip() + "\n")
        (directory / "root.hints").write_text(root["hints"])
        self.set(self.cases)

    def write_customers(self, file):
        lines = []
        for case in self.cases:
            slots = " ".join(f"{selector} {target}" for selector, target in zip(SELECTORS, targets(case)))
            addresses = " ".join(server["address"] for server in self.servers(case))
            lines.append(f"{case.domain} {slots} - {addresses}\n")
        file.write_text("".join(lines))


def measure(options, directory, world, verifications):
    command = [options.looks.resolve(), world, directory / "root.hints", directory / "root.ds",
               directory / "customers", verifications, THREADS]
    printed = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout.split()
    figures = dict(zip(printed[::2], map(float, printed[1::2])))
    return {"rate": verifications / figures["seconds"], "cpu": figures["cpu"] / verifications * 1000,
            "wrong": int(figures["wrong"])}


def main():
    namespace.enter()
    options = arguments()
    namespace.add_addresses(ADDRESSES)
    with tempfile.TemporaryDirectory(prefix="custdkim-looks-") as temporary:
        directory = Path(temporary)
        cases = [Case({"id": "healthy"}, {"id": "default"}, f"c{number:05}.example")
                 for number in range(options.customers)]
        lab = ManyCustomers(options.lab, HERE.parents[1] / "lab" / "misconfigurations", cases)
        lab.start(directory)
        try:
            lab.write_customers(directory / "customers")
            rounds = [{world: measure(options, directory, world, options.customers * share // 1000)
                       for world, _, share in WORLDS} for _ in range(options.rounds)]
        finally:
            lab.stop()
    print(f"{options.customers} customers, {os.cpu_count()} cores, {THREADS} verifications at once; "
          f"the median of {options.rounds} rounds (lowest to highest)\n")
    print("| each verification | in a second | our CPU for each | wrong |\n|---|--:|--:|--:|")
    for world, title, _ in WORLDS:
        rates = sorted(one[world]["rate"] for one in rounds)
        cpu = statistics.median(one[world]["cpu"] for one in rounds)
        wrong = sum(one[world]["wrong"] for one in rounds)
        print(f"| {title} | {statistics.median(rates):.0f} ({rates[0]:.0f} to {rates[-1]:.0f}) | {cpu:.2f} ms | {wrong} |")


if __name__ == "__main__":
    main()
