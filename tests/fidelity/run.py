#!/usr/bin/python3
"""Compares the lab with the real world: see docs/fidelity.md, which this writes with --report.

    tests/fidelity/run.py --lab build/release/custdkim-lab [--only cname-beside-txt,...] [--report docs/fidelity.md]

Needs a network namespace (root, or a user who may make one); exits with 77 where there is none.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import namespace
from cases import REAL_SERVERS, read_cases
from compare import Comparison, explain, read_explanations
from lab import ADDRESSES as LAB_ADDRESSES
from lab import Lab
from measure import ADDRESSES, HIDDEN_PRIMARY, RESOLVER_FACE, Measurement
from report import Report

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
MAX_ROUNDS = 4
AUTHORITY_GOAL = 0.98


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", type=Path, required=True, help="the program custdkim-lab")
    parser.add_argument("--misconfigurations", type=Path, default=SOURCE / "lab" / "misconfigurations")
    parser.add_argument("--only", help="ids, with commas between them")
    parser.add_argument("--report", type=Path, help="where the page goes")
    parser.add_argument("--keep", action="store_true", help="leave configurations and logs")
    return parser.parse_args()


def measure(lab, cases, explanations, directory, log):
    """Measures what is different again, until it is the same or explained. What chance decides has its chances, too."""
    measurement = Measurement(lab, directory, log)
    measured, servers = cases, REAL_SERVERS
    for _ in range(MAX_ROUNDS):
        measurement.run(measured, servers)
        comparison = Comparison(cases, measurement.answers)
        cells = [*comparison.cells, *comparison.faces]
        explain(cells, explanations)
        different = [cell for cell in cells
                     if cell.differences and (not cell.explanation or cell.explanation.sometimes)]
        if not different:
            break
        keys, worlds = {cell.case.key for cell in different}, {cell.server for cell in different}
        measured = [case for case in cases if case.key in keys]
        servers = [server for server in REAL_SERVERS if server in worlds or RESOLVER_FACE in worlds]
    return comparison, measurement.complaints


def missed_goals(comparison):
    same = sum(not cell.differences for cell in comparison.cells)
    if same < AUTHORITY_GOAL * len(comparison.cells):
        yield f"the authority face is the same in {same} of {len(comparison.cells)} cells; the goal is 98 %"
    strangers = [face.case.key for face in comparison.faces if face.differences]
    if strangers:
        yield "the resolver face is like no real resolver for " + ", ".join(strangers)


def main():
    namespace.enter()
    options = arguments()
    began = time.monotonic()

    def log(line):
        print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    explanations = read_explanations(HERE / "explained.toml")
    cases = read_cases(options.misconfigurations)
    if options.only:
        ids = options.only.split(",")
        cases = [case for case in cases if case.id in ids]
        explanations = [one for one in explanations if one.misconfiguration in ids]
    namespace.add_addresses([*ADDRESSES.values(), HIDDEN_PRIMARY, *LAB_ADDRESSES])
    directory = Path(tempfile.mkdtemp(prefix="custdkim-fidelity-"))
    try:
        comparison, said = measure(Lab(options.lab, options.misconfigurations, cases), cases, explanations, directory, log)
    finally:
        if options.keep:
            log(f"configurations and logs are in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    complaints = explain([*comparison.cells, *comparison.faces], explanations)
    if not options.only:
        complaints += missed_goals(comparison)
    text = Report(cases, comparison, explanations, said).text()
    if options.report:
        options.report.write_text(text)
    else:
        print(text)
    print("\n".join(complaints) or "all is the same, or explained", file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
