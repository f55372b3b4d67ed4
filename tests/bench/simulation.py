"""The simulated figures of docs/rotation.md: our policy in worlds where everything goes wrong, and other people's
policies in the same worlds.

    simulation.py --lab PROGRAM [--seeds N] [--peer-seeds N] [--report FILE]

With --report, replaces what stands between the marks <!-- simulation --> and <!-- /simulation --> in FILE.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

POLICIES = pathlib.Path(__file__).resolve().parents[2] / "lab/simulation/policies"
WORLD = ["--keys", "20", "--days", "365"]


def simulate(lab, *options):
    """One run's document, and the seconds of CPU it took."""
    started = time.process_time(), time.monotonic()
    done = subprocess.run([lab, "simulate", "--json", *options], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"simulate {' '.join(options)} failed: {done.stderr}")
    return json.loads(done.stdout), time.monotonic() - started[1]


def days(seconds):
    return f"{seconds / 86400:.1f} d" if seconds >= 86400 else f"{seconds / 3600:.1f} h"


def row(title, document):
    exposure = document["longest_exposure_seconds"]
    return (f"| {title} | {document['seeds']:,} | {document['messages']:,} | {document['lost_ours']:,} "
            f"| {document['lost_customers']:,} | {document['lost_by_order']:,} | {days(exposure) if exposure else '-'} |")


def report(lab, seeds, peer_seeds):
    print("10,000 keys for a year", flush=True)
    big, seconds = simulate(lab, "--keys", "10000", "--days", "365", "--seed", "1")
    print(f"  {seconds:.1f} s", flush=True)
    lines = [f"10,000 keys for 365 days, all faults, on one core: **{seconds:.1f} s**, {big['messages']:,} messages, "
             f"{big['signing_moves']:,} moves of signing, {big['lost_ours']:,} lost through our fault, "
             f"{big['violation_count']:,} violations.", "",
             f"Worlds of 20 keys for a year, all faults on; the same seeds for all policies:", "",
             "| policy | seeds | messages | lost, our fault | the customer's | given up on order | longest exposure |",
             "|---|---|---|---|---|---|---|"]
    print(f"our policy, {seeds:,} seeds", flush=True)
    ours, seconds = simulate(lab, *WORLD, "--seeds", str(seeds))
    print(f"  {seconds:.0f} s", flush=True)
    lines.append(row("**custdkim's default**", ours))
    for file in sorted(POLICIES.glob("*.toml")):
        print(file.name, flush=True)
        document, _ = simulate(lab, *WORLD, "--seeds", str(peer_seeds), "--policy", str(file))
        lines.append(row(f"{document['policy']} ([file](../lab/simulation/policies/{file.name}))", document))
    lines += ["", f"Broken invariants under our policy: {ours['violation_count']}. The least slack, beyond what was "
              "needed, over all waits:", "", "| invariant | waits | least slack |", "|---|---|---|"]
    for name, slack in ours["slack"].items():
        lines.append(f"| {name} | {slack['waits']:,} | {slack['least_seconds']} s |")
    return "\n".join(lines) + "\n"


def replace_between(file, mark, text):
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    page = file.read_text()
    head, rest = page.split(begin)
    _, tail = rest.split(end)
    file.write_text(head + begin + text + end + tail)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", required=True)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--peer-seeds", type=int, default=100)
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    text = report(options.lab, options.seeds, options.peer_seeds)
    if options.report:
        replace_between(options.report, "simulation", text)
    print("\n" + text)


if __name__ == "__main__":
    main()
