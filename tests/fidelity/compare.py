"""Same or different, cell by cell: a case, a real server, a real resolver. And a row for the lab's resolver face, which is
to be the same as one real resolver at least.
"""

import tomllib
from dataclasses import dataclass, field

from cases import ORDERS, REAL_SERVERS
from measure import LAB, RESOLVER_FACE
from recursors import RECURSORS

NAMES = [recursor.name for recursor in RECURSORS]
MAX_SHOWN = 2  # differences of one cell
SLACK_SECONDS = 2  # TTLs count down in whole seconds, on both sides


def same_records(one, other):
    """A TTL may have counted down for as long as the questions took."""
    slack = SLACK_SECONDS + one.seconds + other.seconds
    return len(one.records) == len(other.records) and all(
        str(a) == str(b) and abs(a.ttl - b.ttl) <= slack for a, b in zip(one.records, other.records))


def same(one, other, with_errors):
    return (one.rcode == other.rcode and one.authentic == other.authentic and same_records(one, other)
            and (not with_errors or one.extended_errors == other.extended_errors))


def show(answer):
    return str(answer) + "".join(sorted({f" TTL {record.ttl}" for record in answer.records}))


@dataclass
class Cell:
    case: object
    server: str  # or RESOLVER_FACE
    recursor: str  # "" for the resolver face
    differences: list = field(default_factory=list)  # sentences
    followed: dict = field(default_factory=dict)  # resolver face: {order: who is the same in all its answers}
    explanation: object = None

    @property
    def follows(self):
        """Who is the same in all orders."""
        return [name for name in NAMES if self.followed and all(name in names for names in self.followed.values())]

    @property
    def name(self):
        return " ".join(part for part in (self.case.key, self.server, self.recursor) if part)


class Comparison:
    """`answers` is Measurement.answers. Where several rounds were measured an answer counts as the same if both sides
    gave it once: two CNAMEs at a name are served in any order."""

    def __init__(self, cases, answers):
        self.answers = answers
        self.cells = [self.cell(case, server, recursor) for case in cases for server in REAL_SERVERS
                      if not case.why_not_comparable(server) for recursor in NAMES]
        self.faces = [self.face(case) for case in cases]

    def replies(self, world, case, recursor, order, number):
        """What was answered to one question, in each round."""
        return [replies[number] for replies in self.answers.get((world, case.key, recursor, order), [])]

    def recursors_agree(self, world, case, order, number):
        """On the extended error: only then is it compared."""
        errors = {reply.extended_errors for recursor in NAMES
                  for reply in self.replies(world, case, recursor, order, number)}
        return len(errors) == 1

    def cell(self, case, server, recursor):
        cell = Cell(case, server, recursor)
        for order in ORDERS:
            for number, (name, rdtype) in enumerate(case.questions(order)):
                real = self.replies(server, case, recursor, order, number)
                lab = self.replies(LAB, case, recursor, order, number)
                with_errors = self.recursors_agree(server, case, order, number)
                if not any(same(one, other, with_errors) for one in real for other in lab):
                    cell.differences.append(f"{order}, {name} {rdtype}: real {show(real[0])}; lab {show(lab[0])}")
        return cell

    def face(self, case):
        """The real servers that behave so are what counts; where there is none, the lab's own."""
        cell = Cell(case, RESOLVER_FACE, "")
        worlds = [server for server in REAL_SERVERS if not case.why_not_comparable(server)] or [LAB]
        cell.followed = {
            order: [name for name in NAMES if any(self.follows(case, order, world, name) for world in worlds)]
            for order in ORDERS}
        for order, names in cell.followed.items():
            if not names:
                cell.differences.append(self.nearest(case, order, worlds[0]))
        return cell

    def follows(self, case, order, world, recursor):
        return all(any(same(one, other, self.recursors_agree(world, case, order, number))
                       for one in self.replies(world, case, recursor, order, number)
                       for other in self.replies(LAB, case, RESOLVER_FACE, order, number))
                   for number, _ in enumerate(case.questions(order)))

    def nearest(self, case, order, world):
        """The first answer of the resolver face that is like nobody's, or like that of some only."""
        for like_nobody in (True, False):
            for number, (name, rdtype) in enumerate(case.questions(order)):
                lab = self.replies(LAB, case, RESOLVER_FACE, order, number)[0]
                real = {name: self.replies(world, case, name, order, number)[0] for name in NAMES}
                alike = [same(reply, lab, False) for reply in real.values()]
                if not any(alike) if like_nobody else not all(alike):
                    others = ", ".join(f"{name} {show(reply)}" for name, reply in real.items())
                    return f"{order}, {name} {rdtype}: lab {show(lab)}, {others}"
        return f"{order}: only extended errors differ"


@dataclass
class Explanation:
    """Of differences, written by hand in explained.toml."""

    misconfiguration: str
    why: str
    flavours: list = None
    servers: list = None
    recursors: list = None
    sometimes: bool = False  # chance decides: not missed where all is the same
    used: bool = False

    def fits(self, cell):
        return (cell.case.id == self.misconfiguration
                and (self.flavours is None or cell.case.flavour["id"] in self.flavours)
                and (self.servers is None or cell.server in self.servers)
                and (self.recursors is None or cell.recursor in self.recursors))


def read_explanations(file):
    return [Explanation(**table) for table in tomllib.loads(file.read_text()).get("explained", [])]


def explain(cells, explanations):
    """Returns complaints: differences that nobody explains, and explanations of nothing."""
    complaints = []
    for cell in cells:
        if not cell.differences:
            continue
        cell.explanation = next((one for one in explanations if one.fits(cell)), None)
        if cell.explanation:
            cell.explanation.used = True
        else:
            complaints.append("\n    ".join([f"{cell.name}: different in {len(cell.differences)} answers, not explained",
                                            *cell.differences[:MAX_SHOWN]]))
    complaints += [f"explained.toml: {one.misconfiguration}: explains what is the same: \"{one.why}\""
                   for one in explanations if not one.used and not one.sometimes]
    return complaints
