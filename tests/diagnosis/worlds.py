"""The worlds that are looked at, built by tests/fidelity: the lab's own name servers, or one kind of real server with the
zones that the lab gives out, behind the lab's root and at the addresses of the lab's servers.
"""

from contextlib import contextmanager

from asker import ask_all
from authoritative import SERVERS
from cases import REAL_SERVERS
from lab import targets
from measure import LAB, WARM_UP, RealServers
from recursors import Unbound
from scoring import Row, SplitRuns
from slots import Diagnoser, Slot

WORLDS = [LAB, *REAL_SERVERS]
SPLIT_WORLDS = [LAB, "nsd"]
SPLIT = ["one-server-stale", "one-server-old-target", "one-server-proxied", "one-server-flattened"]
# BIND does not load an address at a name with an underscore (check-names), so that there is one server that fails, and not
# one that differs.
NOT_SHOWN = {("bind", "one-server-proxied")}
# Asked before the edit where a misconfiguration is `primed`.
PRIMED_RESOLVER = "127.54.9.1"


class World:
    """What is up, and how it is looked at. `resolver` is one that was asked before the edits."""

    def __init__(self, name, cases, resolver, diagnoser, alone):
        self.name = name
        self.alone = alone
        # What resolvers remember is soon forgotten: those cases come first.
        self.cases = sorted(cases, key=lambda case: not case.is_primed())
        self.resolver = resolver
        self.diagnoser = diagnoser

    def slots(self, case):
        resolver = f"{self.resolver}:53" if case.is_primed() else ""
        pairs = list(zip(case.customer["selectors"], targets(case)))
        others = ["", ""] if self.alone else ["=".join(pair) for pair in reversed(pairs)]
        return [Slot(case.domain, *pair, other, resolver) for pair, other in zip(pairs, others)]

    def rows(self):
        pairs = [(case, slot) for case in self.cases for slot in self.slots(case)]
        findings = self.diagnoser.look_at_all([slot for _, slot in pairs])
        found = {}
        for (case, _), finding in zip(pairs, findings):
            found.setdefault(case.key, []).append(finding)
        return [Row(self.name, case, found[case.key]) for case in self.cases]

    def splits(self, runs):
        """The first slot, again and again, each time by a program that knows nothing."""
        for case in self.cases if self.name in SPLIT_WORLDS else ():
            if case.id in SPLIT:
                slot = self.slots(case)[0]
                yield SplitRuns(self.name, case, self.diagnoser.look_at_all([slot] * runs))


class Worlds:
    def __init__(self, lab, program, at_once, directory, alone=False):
        self.alone = alone
        self.lab = lab
        self.program = program
        self.at_once = at_once
        self.directory = directory

    def diagnoser(self, directory):
        anchor = directory / "anchor"
        anchor.write_text(self.lab.trust_anchor + "\n")
        return Diagnoser(self.program, self.lab.root_hints, anchor, self.at_once)

    @contextmanager
    def up(self, name, cases):
        """The world of this name with those of the cases that it can show; nothing if there are none."""
        directory = self.directory / name
        if name == LAB:
            self.lab.start(directory)
            try:
                yield World(name, cases, self.lab.resolver_address, self.diagnoser(directory), self.alone)
            finally:
                self.lab.stop()
            return
        shown = [case for case in cases if not case.why_not_comparable(name) and (name, case.id) not in NOT_SHOWN]
        if not shown:
            yield None
            return
        [kind] = [server for server in SERVERS if server.name == name]
        self.lab.start(directory, only_infrastructure=True)
        try:
            servers = RealServers(kind, directory / "servers", self.lab, shown)
            resolver = Unbound(directory / "resolver", PRIMED_RESOLVER, self.lab.root_hints, self.lab.trust_anchor)
            try:
                self.prime(resolver, shown)
                servers.edit()
                yield World(name, shown, PRIMED_RESOLVER, self.diagnoser(directory), self.alone)
            finally:
                resolver.stop()
                servers.stop()
        finally:
            self.lab.stop()

    def prime(self, resolver, cases):
        resolver.wait_ready()
        ask_all({"": (resolver.address, WARM_UP)})
        primed = [case for case in cases if case.is_primed()]
        ask_all({case.key: (resolver.address, case.questions("CNAME first")) for case in primed})
