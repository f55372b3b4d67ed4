"""Asks `custdkim diagnose` about slots, a few at once."""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

EXIT_CODES = {"pass": 0, "fail": 1, "unknown": 3}
PATIENCE_SECONDS = 120  # then it hangs, and is a finding by itself
BROKEN = "broken"  # stands for a verdict where the program gave none


@dataclass
class Finding:
    verdict: str
    cause: str = ""
    candidates: list = field(default_factory=list)
    detail: str = ""
    fix: str = ""
    evidence: list = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passes(self):
        return self.verdict == "pass"

    @property
    def named(self):
        """All causes that it has for possible."""
        return {self.cause, *self.candidates} - {""}


def read_finding(exit_code, output, errors=""):
    """What the program printed, if it keeps to its contract."""
    try:
        document = json.loads(output)
        finding = Finding(document["verdict"], document["cause"], document["candidates"], document["detail"],
                          document["fix"], document["evidence"])
    except (ValueError, KeyError, TypeError) as error:
        return Finding(BROKEN, detail=f"exit code {exit_code}, no finding ({error!r}): {output[:300]} {errors[:300]}")
    if EXIT_CODES.get(finding.verdict) != exit_code:
        return Finding(BROKEN, detail=f"exit code {exit_code} with the verdict '{finding.verdict}'")
    if finding.candidates and finding.candidates[0] != finding.cause:
        return Finding(BROKEN, detail=f"the candidates {finding.candidates} do not begin with '{finding.cause}'")
    if not finding.passes and not (finding.cause and finding.detail and finding.evidence):
        return Finding(BROKEN, finding.cause, detail="it does not pass, and lacks cause, detail or evidence")
    return finding


@dataclass(frozen=True)
class Slot:
    domain: str
    selector: str
    target: str
    other: str = ""  # SELECTOR=TARGET of the key's other CNAME; empty: it is not told
    resolver: str = ""  # ADDR:PORT; empty: from the root


class Diagnoser:
    """`program` is custdkim; hints and anchor are files."""

    def __init__(self, program, root_hints, trust_anchor, at_once):
        self.program = program
        self.options = ["--root-hints", root_hints, "--trust-anchor", trust_anchor, "--allow", "127.0.0.0/8"]
        self.at_once = at_once

    def command(self, slot):
        more = ["--alternate", slot.other] if slot.other else []
        more += ["--resolver", slot.resolver] if slot.resolver else []
        return [str(part) for part in (self.program, "diagnose", "--json", "--domain", slot.domain, "--selector",
                                       slot.selector, "--target", slot.target, *self.options, *more)]

    def look(self, slot):
        began = time.monotonic()
        try:
            done = subprocess.run(self.command(slot), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  errors="replace", timeout=PATIENCE_SECONDS, check=False)
            finding = read_finding(done.returncode, done.stdout, done.stderr)
        except subprocess.TimeoutExpired:
            finding = Finding(BROKEN, detail=f"no end after {PATIENCE_SECONDS} s")
        finding.seconds = time.monotonic() - began
        return finding

    def look_at_all(self, slots):
        """The findings, in the order of the slots. Each is looked at by a program of its own: nothing is warm."""
        with ThreadPoolExecutor(self.at_once) as pool:
            return list(pool.map(self.look, slots))
