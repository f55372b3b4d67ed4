"""The benchmarks behind docs/benchmarks.md. Everything is measured as a ratio against something else in the
same run, round by round in turn, since machines are shared and their speed drifts.

    run.py --custdkim PROGRAM --null PROGRAM --api-load PROGRAM --signing-loop PROGRAM [--only PART,...]
           [--rounds N] [--seconds N] [--lasting N] [--keys N] [--big KEYS] [--docs DIRECTORY]

Parts: ceiling, backends, connectors, dnssec, axfr, pool, big, api, signing, choosing, milter. With --docs, each replaces what is between its marks in
benchmarks.md there; `connectors` those in protocol.md.
"""

import argparse
import datetime
import pathlib
import tempfile

from api import api
from backends import backends, ceiling
from choosing import choosing
from connectors import axfr, connectors
from dnssec import dnssec
from keys import big, pool
from machine import machine
from milter import milter
from signing import signing
from simulation import replace_between

PARTS = {part.__name__: part for part in (ceiling, backends, connectors, dnssec, axfr, pool, big, api, signing, choosing, milter)}
PAGES = {"connectors": "protocol.md"}  # benchmarks.md for the others


def names_of_parts(text):
    names = text.split(",")
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"there is no part '{unknown[0]}'; there are: {', '.join(PARTS)}")
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--custdkim", required=True)
    parser.add_argument("--null", required=True)
    parser.add_argument("--api-load", required=True)
    parser.add_argument("--signing-loop", required=True)
    parser.add_argument("--only", type=names_of_parts, default=list(PARTS), metavar="PART,...")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--lasting", type=int, default=80, metavar="SECONDS",
                        help="of the long runs; no cache keeps anything for longer than 60 s")
    parser.add_argument("--keys", type=int, default=50_000, help="of two names each, where it is not the big zone's")
    parser.add_argument("--big", type=int, default=1_000_000, help="keys in the big zone")
    parser.add_argument("--dns-rate", type=int, default=20_000, help="look-ups a second beside the API")
    parser.add_argument("--docs", type=pathlib.Path)
    options = parser.parse_args()
    options.on_machine = f" ({datetime.date.today()}, {machine()})"
    for name in options.only:
        with tempfile.TemporaryDirectory(prefix="custdkim-bench.") as directory:
            text = "\n".join(PARTS[name](options, pathlib.Path(directory))).rstrip() + "\n"
        if options.docs:
            replace_between(options.docs / PAGES.get(name, "benchmarks.md"), name, text)
        print("\n" + text, flush=True)


if __name__ == "__main__":
    main()
