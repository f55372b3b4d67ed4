#!/usr/bin/python3
"""Sets every misconfiguration up, has it diagnosed, and counts: see docs/diagnosis-figures.md, which this writes with
--report.

    tests/diagnosis/run.py --custdkim build/release/custdkim --lab build/release/custdkim-lab
                           [--only loop,two-cnames] [--worlds lab,bind] [--report FILE] [--json FILE]

Needs a network namespace (root, or a user who may make one); exits with 77 where there is none.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.append(str(SOURCE / "tests" / "fidelity"))

import namespace
from cases import read_cases
from findings_report import Report, as_json
from lab import ADDRESSES as LAB_ADDRESSES
from lab import Lab
from measure import HIDDEN_PRIMARY, LAB
from scoring import missed_goals
from worlds import PRIMED_RESOLVER, WORLDS, Worlds


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--custdkim", type=Path, required=True, help="the program custdkim")
    parser.add_argument("--lab", type=Path, required=True, help="the program custdkim-lab")
    parser.add_argument("--misconfigurations", type=Path, default=SOURCE / "lab" / "misconfigurations")
    parser.add_argument("--only", help="ids of misconfigurations, with commas between them; no goals then")
    parser.add_argument("--worlds", default=",".join(WORLDS), help="with commas between them; all: %(default)s")
    parser.add_argument("--at-once", type=int, default=4, help="programs, side by side")
    parser.add_argument("--alone", action="store_true", help="do not tell the program of the key's other CNAME")
    parser.add_argument("--cold-runs", type=int, default=20, help="against name servers that differ")
    parser.add_argument("--report", type=Path, help="where the page goes")
    parser.add_argument("--json", type=Path, help="where everything goes")
    parser.add_argument("--keep", action="store_true", help="leave configurations and logs")
    return parser.parse_args()


def look(worlds, names, cases, cold_runs, log):
    rows, splits = [], []
    for name in names:
        with worlds.up(name, cases) as world:
            if world is None:
                continue
            rows += world.rows()
            splits += world.splits(cold_runs)
        wrong = sum(not row.is_right for row in rows if row.world == name)
        log(f"{name}: {sum(row.world == name for row in rows)} cases, {wrong} not as they ought to be")
    return rows, splits


def main():
    namespace.enter()
    options = arguments()
    began = time.monotonic()

    def log(line):
        print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    # All customers are there each time: so they have the same domains and name servers.
    every_case = read_cases(options.misconfigurations)
    ids = options.only.split(",") if options.only else [case.id for case in every_case]
    cases = [case for case in every_case if case.id in ids]
    if unknown := set(ids) - {case.id for case in cases}:
        sys.exit(f"there is no misconfiguration {', '.join(sorted(unknown))}")
    namespace.add_addresses([HIDDEN_PRIMARY, PRIMED_RESOLVER, *LAB_ADDRESSES])
    directory = Path(tempfile.mkdtemp(prefix="custdkim-diagnosis-"))
    try:
        worlds = Worlds(Lab(options.lab, options.misconfigurations, every_case), options.custdkim.resolve(),
                        options.at_once, directory, options.alone)
        rows, splits = look(worlds, options.worlds.split(","), cases, options.cold_runs, log)
    finally:
        if options.keep:
            log(f"configurations and logs are in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    text = Report(rows, splits).text()
    if options.report:
        options.report.write_text(text)
    else:
        print(text)
    if options.json:
        options.json.write_text(json.dumps(as_json(rows, splits), indent=1) + "\n")
    complaints = [] if options.only else list(missed_goals(rows, splits, LAB))
    fine = "goals are for all misconfigurations only" if options.only else "no goal is missed"
    print("\n".join(complaints) or fine, file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
