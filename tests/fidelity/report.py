"""Writes what came out as a page: docs/fidelity.md."""

import subprocess
from pathlib import Path

from authoritative import SERVERS
from compare import NAMES
from measure import RESOLVER_FACE
from recursors import RECURSORS

LETTERS = {"unbound": "U", "bind": "B", "powerdns": "P", "knot": "K"}
CORRECTIONS = Path(__file__).resolve().parent / "corrections.md"
PACKAGES = ["bind9", "nsd", "knot", "pdns-server", "unbound", "pdns-recursor", "knot-resolver"]

BEGINNING = """# Fidelity: does the lab answer as the world does?

Made by `tests/fidelity/run.py`; do not edit. Every flavour of every misconfiguration is set up three times: on a real
name server, at the lab's authority face, and behind the lab's resolver face. Four real resolvers, iterating and
validating from the lab's root, read the first two with cold caches, once with the TXT asked first and once with the CNAME
first, for both selectors; last comes the zone's SOA. Compared are rcode, answer section with TTLs, AD, and where the four
resolvers agree on it, the extended error. A cell is the same if all ten answers are. Where they are not, both sides are
measured again, up to four times in all: what is served in any order is the same once both gave the same answer.

It fails unless the authority face is the same as the real server in 98 % of the cells, the resolver face the same as one
real resolver at least for every customer, and every difference is explained in `tests/fidelity/explained.toml`.

Versions: {versions}. Settings are those that the packages come with, except: Unbound without query-name minimisation
(with it, it finds the CNAME before it asks for the TXT), extended errors turned on where that is a setting, loopback
addresses allowed.
"""


def versions():
    lines = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\\n", *PACKAGES], text=True,
                           capture_output=True, check=True).stdout.splitlines()
    return ", ".join(lines)


def percentage(same, total):
    return f"{same} of {total} ({100 * same / total:.1f} %)" if total else "none"


class Report:
    """`said` is Measurement.complaints."""

    def __init__(self, cases, comparison, explanations, said):
        self.cases = cases
        self.cells = {(cell.case.key, cell.server, cell.recursor): cell
                      for cell in [*comparison.cells, *comparison.faces]}
        self.comparison = comparison
        self.explanations = explanations
        self.said = said

    def text(self):
        return "\n".join([BEGINNING.format(versions=versions()), self.totals(), self.followed(), self.table(),
                          self.differences(), CORRECTIONS.read_text(), self.complaints(), self.left_out()])

    def totals(self):
        rows = [("all servers", self.comparison.cells)]
        rows += [(kind.title, [cell for cell in self.comparison.cells if cell.server == kind.name])
                 for kind in SERVERS]
        rows += [(f"read by {kind.title}", [cell for cell in self.comparison.cells if cell.recursor == kind.name])
                 for kind in RECURSORS]
        lines = ["| authority face | cells that are the same |", "|---|---|"]
        lines += [f"| {title} | {percentage(sum(not cell.differences for cell in cells), len(cells))} |"
                  for title, cells in rows]
        faces = self.comparison.faces
        lines += ["", "| resolver face | customers |", "|---|---|",
                  f"| the same as one real resolver at least | "
                  f"{percentage(sum(not face.differences for face in faces), len(faces))} |"]
        lines += [f"| the same as {kind.title} | "
                  f"{percentage(sum(kind.name in face.follows for face in faces), len(faces))} |"
                  for kind in RECURSORS]
        return "\n".join(["## In numbers", "", *lines, ""])

    def followed(self):
        """Whom the resolver face follows where the real ones differ."""
        faces = self.comparison.faces
        not_all = [face for face in faces if len(face.follows) < len(NAMES)]
        others = [face for face in not_all if "unbound" not in face.follows]
        lines = ["## Whom the resolver face follows", "",
                 f"It is written after Unbound. For {len(faces) - len(not_all)} of {len(faces)} customers it is the same as",
                 f"all four real resolvers. For the other {len(not_all)} these differ among themselves, or from it: there it",
                 f"is the same as Unbound in {len(not_all) - len(others)}, and else follows these (U is Unbound, B BIND, P",
                 "PowerDNS Recursor, K Knot Resolver). The last column of the next table says it for each.", ""]
        lines += [f"- `{face.case.key}`: {self.follows(face.case)}" for face in others] or ["- none."]
        return "\n".join([*lines, ""])

    def table(self):
        head = ["misconfiguration", "flavour", *(kind.title for kind in SERVERS), "the resolver face follows"]
        lines = ["## Cell by cell", "",
                 "Resolvers are U (Unbound), B (BIND), P (PowerDNS Recursor), K (Knot Resolver). `=` says that all four",
                 "read the same from the real server and from the lab; `≠ U K` that Unbound and Knot Resolver do not;",
                 "`·` that the flavour is not how this server behaves, or that no real server can be made to.", "",
                 "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        for case in self.cases:
            row = [f"`{case.id}`", case.flavour["id"], *(self.servers(case, kind.name) for kind in SERVERS),
                   self.follows(case)]
            lines.append("| " + " | ".join(row) + " |")
        return "\n".join([*lines, ""])

    def servers(self, case, server):
        if case.why_not_comparable(server):
            return "·"
        different = [name for name in NAMES if self.cells[case.key, server, name].differences]
        return "≠ " + self.letters(different) if different else "="

    def follows(self, case):
        face = self.cells[case.key, RESOLVER_FACE, ""]
        if len(face.follows) == len(NAMES):
            return "all"
        if face.follows:
            return self.letters(face.follows)
        return ", ".join(f"{order}: {self.letters(names) or '**none**'}" for order, names in face.followed.items())

    def letters(self, names):
        return " ".join(LETTERS[name] for name in names)

    def differences(self):
        different = [cell for cell in self.cells.values() if cell.differences]
        lines = ["## Differences", ""]
        if not different:
            lines.append("None.")
        for explanation in self.explanations:
            cells = [cell for cell in different if cell.explanation is explanation]
            if cells:
                names = ", ".join(f"{cell.case.flavour['id']} {cell.server} {cell.recursor}".strip() for cell in cells)
                lines += [f"- `{explanation.misconfiguration}` ({names}): {explanation.why}",
                          f"  For example {self.example(cells[0])}"]
        unexplained = [cell for cell in different if not cell.explanation]
        lines += [f"- **not explained**: {cell.name}: {self.example(cell)}" for cell in unexplained]
        return "\n".join([*lines, ""])

    def example(self, cell):
        text = cell.differences[0].replace("|", "/")
        return text if len(text) < 600 else text[:600] + " ..."

    def ids(self):
        return sorted({case.id for case in self.cases})

    def is_claimed(self, name, server):
        """Whether a flavour is how this server behaves, or no real server can be compared at all."""
        flavours = [case for case in self.cases if case.id == name]
        whys = {case.why_not_comparable(server) for case in flavours}
        return whys != {"not how this server behaves"}

    def complaints(self):
        """For the operator who looks for the reason in the log."""
        titles = {kind.name: kind.title for kind in SERVERS}
        lines = ["## What the servers' logs say", "",
                 "The first complaint about the zone; where there is none, the server took it without a word.", "",
                 "| misconfiguration | server | in its log |", "|---|---|---|"]
        lines += [f"| `{key}` | {titles[server]} | {text.replace('|', '/')} |"
                  for (key, server), text in sorted(self.said.items()) if text]
        return "\n".join([*lines, ""])

    def left_out(self):
        reasons = {}
        for case in self.cases:
            whys = [case.why_not_comparable(kind.name) for kind in SERVERS]
            if all(whys):
                reasons.setdefault(whys[0], []).append(f"`{case.key}`")
        lines = [f"- {reason}: {', '.join(names)}" for reason, names in reasons.items()]
        for kind in SERVERS:
            unclaimed = [f"`{name}`" for name in self.ids() if not self.is_claimed(name, kind.name)]
            if unclaimed:
                lines.append(f"- no flavour says what {kind.title} does: {', '.join(unclaimed)}")
        return "\n".join(["## Without a real server", "",
                          "Only the resolver face is compared there, with the real resolvers at the authority face.", "",
                          *(lines or ["None."]), ""])
