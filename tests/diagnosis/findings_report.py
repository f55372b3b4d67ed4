"""Writes what came out as a page: docs/diagnosis-figures.md."""

from collections import Counter

from authoritative import SERVERS
from measure import LAB
from report import versions
from scoring import HEALTHY, SPLIT_CAUSE, Totals
from worlds import WORLDS

TITLES = {LAB: "the lab's own servers", **{kind.name: kind.title for kind in SERVERS}}
MAX_EVIDENCE = 40  # lines of one finding
MAX_LINE = 400

BEGINNING = """# Diagnosis: is the cause that is named the cause?

Made by `tests/diagnosis/run.py`; do not edit. Every flavour of every misconfiguration of the lab is set up at the lab's
own name servers, and those that a real server can show on BIND, NSD, Knot DNS and PowerDNS, with the zone that the lab
gives out, behind the lab's root. For both slots of each, `custdkim diagnose` looks at it from the root hints, a new
program each time, so that nothing is warm; it is told of the key's other CNAME (`--alternate`), as the gate is. What
resolvers are to remember from before an edit is looked at through one that was asked before it.

A row passes if both slots do; else the first slot that does not counts. *First cause*: it is what ought to come first: the
cause in the file, or `seen_as` where several look alike from outside; what is `harmless` has to pass and to name it.
*Cause itself*: it is what was done in truth, too. *Among the candidates*: that is on the list. A *false pass* is what is
wrong and passes; a *false fault* is what is right, or harmless, and does not.

Versions: {versions}.
"""


def percentage(some, all_of_them):
    return f"{some} of {all_of_them} ({100 * some / all_of_them:.1f} %)" if all_of_them else "none"


def cell(text):
    text = " ".join(str(text).split()).replace("|", "\\|")
    return text if len(text) <= MAX_LINE else text[:MAX_LINE] + " ..."


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(cell(value) for value in row) + " |" for row in rows)]


class Report:
    def __init__(self, rows, splits):
        self.rows = rows
        self.splits = splits
        self.worlds = [name for name in WORLDS if any(row.world == name for row in rows)]

    def text(self):
        return "\n".join([BEGINNING.format(versions=versions()), *self.totals(), *self.cold_runs(), *self.seconds(),
                          *self.confusions(), *self.misses(), *self.unlike(), ""])

    def groups(self):
        """(title, rows) of each world, and of all real servers."""
        found = [(TITLES[name], [row for row in self.rows if row.world == name]) for name in self.worlds]
        real = [row for row in self.rows if row.world != LAB]
        return [*found, ("all real servers", real)] if real else found

    def totals(self):
        rows = []
        for title, some in self.groups():
            totals = Totals(some)
            count = len(totals.with_cause)
            rows.append((title, len(some), percentage(totals.right, count), percentage(totals.strictly_right, count),
                         percentage(totals.among_candidates, count), len(totals.false_passes),
                         len(totals.false_faults)))
        return ["## In numbers", "", *table(["world", "cases", "first cause", "cause itself", "among the candidates",
                                             "false passes", "false faults"], rows), ""]

    def cold_runs(self):
        rows = [(TITLES[split.world], f"`{split.case.key}`", f"{split.named} of {len(split.findings)}",
                 ", ".join(f"{cause or 'none'} {count}" for cause, count in
                           Counter(finding.cause for finding in split.findings).most_common()))
                for split in self.splits]
        return [f"## Name servers that differ, called `{SPLIT_CAUSE}` in cold runs", "",
                *table(["world", "case", "named", "causes"], rows), ""] if rows else []

    def seconds(self):
        rows = []
        for title, some in self.groups():
            times = sorted(finding.seconds for row in some for finding in row.findings)
            slowest = max(some, key=lambda row: max(finding.seconds for finding in row.findings))
            rows.append((title, f"{times[len(times) // 2]:.2f} s", f"{times[len(times) * 95 // 100]:.2f} s",
                         f"{times[-1]:.2f} s", f"`{slowest.case.key}`"))
        return ["## How long one slot takes", "", "Several at once, and the program's start included.", "",
                *table(["world", "half are within", "95 % are within", "longest", "of"], rows), ""]

    def confusions(self):
        """Expected by found; what is as expected is a number only."""
        lines = ["## Confusions", "", "Rows by what ought to come first, summed over flavours.", ""]
        for title, some in self.groups():
            expected = sorted({row.expected.first for row in some}, key=lambda cause: (cause != HEALTHY, cause))
            rows = []
            for cause in expected:
                mine = [row for row in some if row.expected.first == cause]
                wrong = Counter(row.found if row.passes == row.expected.passes else
                                f"{row.found}, and {'passes' if row.passes else 'does not pass'}"
                                for row in mine if not row.is_right)
                rows.append((f"`{cause}`", len(mine) - sum(wrong.values()),
                             ", ".join(f"{found} {count}" for found, count in wrong.most_common())))
            lines += [f"### {title}", "", *table(["expected", "found", "found instead"], rows), ""]
        return lines

    def misses(self):
        lines = ["## Misses", ""]
        wrong = [row for row in self.rows if not row.is_right or (row.expected.has_cause and not row.is_among_candidates)]
        if not wrong:
            return [*lines, "None.", ""]
        for row in wrong:
            expected = row.expected
            truth = f", in truth `{expected.cause}`" if expected.cause not in ("", expected.first) else ""
            lines += [f"### {row.world}: {row.case.key}", "",
                      f"Expected `{expected.first}`{truth}, {'pass' if expected.passes else 'no pass'}; found "
                      f"`{row.found}`, {'pass' if row.passes else 'no pass'}.", ""]
            for selector, finding in zip(row.case.customer["selectors"], row.findings):
                lines += self.finding(selector, finding)
        return lines

    def finding(self, selector, finding):
        others = ", ".join(finding.candidates) or "none"
        lines = [f"- `{selector}`: {finding.verdict}, cause `{finding.cause or 'none'}`, candidates {others}; "
                 f"{cell(finding.detail) or 'nothing said'}", ""]
        if finding.evidence:
            evidence = [str(line)[:MAX_LINE] for line in finding.evidence]
            left_out = [f"... and {len(evidence) - MAX_EVIDENCE} lines"] if len(evidence) > MAX_EVIDENCE else []
            lines += ["  ```", *(f"  {line}" for line in [*evidence[:MAX_EVIDENCE], *left_out]), "  ```", ""]
        return lines

    def unlike(self):
        """Where a real server leads to another cause than the lab does with the same flavour."""
        in_lab = {row.case.key: row for row in self.rows if row.world == LAB}
        rows = [(f"`{row.case.key}`", TITLES[row.world], row.found, in_lab[row.case.key].found)
                for row in self.rows if row.case.key in in_lab and row.world != LAB
                and row.found != in_lab[row.case.key].found]
        return ["## Other than in the lab", "", *(table(["case", "server", "there", "in the lab"], rows)
                                                 if rows else ["Nothing."]), ""]


def as_json(rows, splits):
    """Everything, for whoever wants to count otherwise."""
    def finding_json(finding):
        return {name: getattr(finding, name)
                for name in ("verdict", "cause", "candidates", "detail", "fix", "evidence", "seconds")}

    return {"rows": [{"world": row.world, "case": row.case.key, "domain": row.case.domain,
                      "expected": {"first": row.expected.first, "cause": row.expected.cause,
                                   "passes": row.expected.passes},
                      "found": row.found, "passes": row.passes, "right": row.is_right,
                      "slots": [finding_json(finding) for finding in row.findings]} for row in rows],
            "cold_runs": [{"world": split.world, "case": split.case.key, "runs": len(split.findings),
                           "named": split.named} for split in splits]}
