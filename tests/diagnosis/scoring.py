"""What a misconfiguration ought to be found to be, and what it was found to be. lab/misconfigurations/README.md says what
`cause`, `seen_as` and `harmless` mean.
"""

from dataclasses import dataclass

HEALTHY = "healthy"
SPLIT_CAUSE = "servers-differ"


@dataclass(frozen=True)
class Expected:
    first: str  # the cause that a finding begins with, or HEALTHY
    cause: str  # what was done in truth: one of the candidates; "" where nothing is to be seen
    passes: bool

    @property
    def has_cause(self):
        return self.first != HEALTHY


def expected_of(case):
    """Of a case of tests/fidelity/cases.py."""
    misconfiguration, flavour = case.misconfiguration, case.flavour
    if misconfiguration["group"] == HEALTHY:
        return Expected(HEALTHY, "", True)
    cause = misconfiguration["cause"]
    harmless = flavour.get("harmless", False) or misconfiguration.get("harmless", False)
    if flavour.get("harmless"):
        first = cause
    else:
        first = flavour.get("seen_as", misconfiguration.get("seen_as", cause))
    if first == HEALTHY:
        return Expected(HEALTHY, "", True)
    return Expected(first, cause, harmless)


@dataclass
class Row:
    """One case in one world: the findings of its slots."""

    world: str
    case: object
    findings: list

    @property
    def expected(self):
        return expected_of(self.case)

    @property
    def passes(self):
        return all(finding.passes for finding in self.findings)

    @property
    def deciding(self):
        """The first that does not pass; else the first that has something to say; else the first."""
        for decides in (lambda finding: not finding.passes, lambda finding: finding.cause):
            for finding in self.findings:
                if decides(finding):
                    return finding
        return self.findings[0]

    @property
    def found(self):
        """The cause, or HEALTHY for a pass without one. A pass that is to be one may come with a remark."""
        if self.passes and not self.expected.has_cause:
            return HEALTHY
        deciding = self.deciding
        return deciding.cause or (HEALTHY if deciding.passes else deciding.verdict)

    @property
    def is_right(self):
        return self.found == self.expected.first and self.passes == self.expected.passes

    @property
    def is_strictly_right(self):
        return self.found == (self.expected.cause or HEALTHY)

    @property
    def is_among_candidates(self):
        return self.expected.cause in self.deciding.named

    @property
    def is_false_pass(self):
        return self.passes and not self.expected.passes

    @property
    def is_false_fault(self):
        return not self.passes and self.expected.passes


@dataclass
class SplitRuns:
    """Cold runs against name servers that differ."""

    world: str
    case: object
    findings: list

    @property
    def named(self):
        return sum(finding.cause == SPLIT_CAUSE and not finding.passes for finding in self.findings)


@dataclass
class Totals:
    rows: list

    @property
    def with_cause(self):
        return [row for row in self.rows if row.expected.has_cause]

    @property
    def right(self):
        return sum(row.is_right for row in self.with_cause)

    @property
    def strictly_right(self):
        return sum(row.is_strictly_right for row in self.with_cause)

    @property
    def among_candidates(self):
        return sum(row.is_among_candidates for row in self.with_cause)

    @property
    def false_passes(self):
        return [row for row in self.rows if row.is_false_pass]

    @property
    def false_faults(self):
        return [row for row in self.rows if row.is_false_fault]


def missed_goals(rows, splits, lab):
    """Sentences. `lab` is the name of the lab's world; all others are real."""
    groups = {"in the lab": ([row for row in rows if row.world == lab], 0.97),
              "with real servers": ([row for row in rows if row.world != lab], 0.93)}
    for title, (some, goal) in groups.items():
        totals = Totals(some)
        total = len(totals.with_cause)
        if totals.right < goal * total:
            yield f"{title} the first cause is right in {totals.right} of {total}; the goal is {goal:.0%}"
        if totals.among_candidates < total:
            yield f"{title} the cause is among the candidates in {totals.among_candidates} of {total} only"
        for row in totals.false_passes:
            yield f"{row.world}: {row.case.key} passes, and is wrong"
        for row in totals.false_faults:
            yield f"{row.world}: {row.case.key} is right, and does not pass ({row.found})"
    for split in splits:
        if split.named < len(split.findings):
            yield (f"{split.world}: {split.case.key} is called {SPLIT_CAUSE} in {split.named} of "
                   f"{len(split.findings)} cold runs")
