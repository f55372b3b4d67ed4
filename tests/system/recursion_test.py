"""libunbound, as the service asks it, against the lab's root, top-level domains and customers' name servers: they are
the whole internet of a network namespace. The key zone is served by a real NSD.

    CUSTDKIM_LAB=build/release/custdkim-lab RESOLVE=build/release/resolve tests/system/recursion_test.py

Needs a network namespace (root, or a user who may make one); exits with 77 where there is none.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "fidelity"))

import namespace  # noqa: E402
from cases import Case  # noqa: E402
from lab import ADDRESSES, RESOLVER, Lab, key_text, targets  # noqa: E402
from programs import PATIENCE_SECONDS  # noqa: E402

LAB = Path(os.environ.get("CUSTDKIM_LAB", "build/release/custdkim-lab"))
RESOLVE = os.environ.get("RESOLVE", "build/release/resolve")
CATALOGUE = HERE.parents[1] / "lab" / "misconfigurations"
DEADLINE_MS = 4000
ABOVE_CUSTOMERS = "127.53.0."  # root, top-level domains, the provider's own zone


def case(name, misconfiguration="healthy", flavour="default"):
    return Case({"id": misconfiguration}, {"id": flavour}, f"{name}.example")


CASES = {name: case(name, *fault) for name, *fault in [
    ("acme",), ("other",), ("hopping", "extra-hop"), ("missing", "not-published"), ("mismatch", "ds-mismatch"),
    ("unsigned", "ds-without-signatures"), ("dead", "all-servers-dead"), ("bytype", "cname-beside-txt", "by-type"),
    ("looping", "loop-of-two", "servfail"), ("signed", "healthy")]}


@dataclass
class Answer:
    rcode: str
    milliseconds: int
    security: str
    why_bogus: str = ""
    records: list = field(default_factory=list)


def owner(name, slot=1):
    return f"sfdkim{slot}._domainkey.{name}.example"


def target(name, slot=1):
    return targets(CASES[name])[slot - 1]


class Resolve:
    """The program `resolve`, running."""

    def __init__(self, *options):
        self.process = subprocess.Popen([RESOLVE, *map(str, options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def ask(self, *questions):
        """One answer, or those to questions asked at once."""
        print("+".join(questions), file=self.process.stdin, flush=True)
        answers = [self.read() for _ in questions]
        return answers[0] if len(answers) == 1 else answers

    def read(self):
        rcode, milliseconds, security, *rest = self.process.stdout.readline().rstrip("\n").split("\t")
        return Answer(rcode, int(milliseconds), security, *rest[:1], rest[1:])

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(PATIENCE_SECONDS)


class RecursionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="custdkim-recursion-")
        cls.addClassCleanup(temporary.cleanup)
        cls.directory = Path(temporary.name)
        cls.lab = Lab(LAB, CATALOGUE, list(CASES.values()))
        cls.lab.start(cls.directory)
        cls.addClassCleanup(cls.lab.stop)
        cls.anchor = cls.directory / "root.ds"
        cls.anchor.write_text(cls.lab.trust_anchor + "\n")
        cls.root = ("--root-hints", cls.lab.root_hints, "--trust-anchor", cls.anchor)

    def resolve(self, *options):
        """With a cache of its own, iterating if nothing else is said."""
        options = options or (*self.root, "--allow", "127.0.0.0/8", "--deadline", DEADLINE_MS)
        program = Resolve(*options)
        self.addCleanup(program.close)
        return program

    def queries(self, name):
        """The types of those that the customer's name servers were asked."""
        queries = self.lab.call("GET", f"/v1/queries?name={name}")["queries"]
        return sorted(query["type"] for query in queries if not query["face"].startswith(ABOVE_CUSTOMERS))

    def forget_queries(self):
        self.lab.call("DELETE", "/v1/queries")

    def check_healthy(self, answer, name, slot=1):
        self.assertEqual((answer.rcode, answer.records),
                         ("NOERROR", [f"{owner(name, slot)} CNAME {target(name, slot)}",
                                      f"{target(name, slot)} TXT {key_text(CASES[name], slot)}"]))

    def test_a_healthy_alias_is_followed_to_the_key(self):
        resolve = self.resolve()
        answer = resolve.ask(f"{owner('acme')} TXT")
        self.check_healthy(answer, "acme")
        self.assertEqual(answer.security, "insecure")
        answer = resolve.ask(f"{owner('acme')} CNAME")
        self.assertEqual(answer.records, [f"{owner('acme')} CNAME {target('acme')}"])

    def test_every_question_goes_to_the_customers_servers_though_another_had_the_answer(self):
        resolve = self.resolve()
        for name in ("acme", "other"):
            self.forget_queries()
            for rdtype in ("TXT", "CNAME", "TXT", "CNAME"):
                resolve.ask(f"{owner(name)} {rdtype}")
            self.assertEqual(self.queries(owner(name)), ["CNAME", "CNAME", "TXT", "TXT"])

    def test_so_it_is_for_questions_at_the_same_time(self):
        resolve = self.resolve()
        self.forget_queries()
        answers = resolve.ask(*(f"{owner('acme', slot)} {rdtype}" for slot in (1, 2) for rdtype in ("TXT", "CNAME")))
        self.check_healthy(answers[0], "acme", 1)
        self.check_healthy(answers[2], "acme", 2)
        for slot in (1, 2):
            self.assertEqual(self.queries(owner("acme", slot)), ["CNAME", "TXT"])

    def test_what_depends_on_the_order_elsewhere_does_not_here(self):
        for order in (("TXT", "CNAME"), ("CNAME", "TXT")):
            resolve = self.resolve()
            answers = {rdtype: resolve.ask(f"{owner('bytype')} {rdtype}") for rdtype in order}
            self.assertEqual(answers["CNAME"].records, [f"{owner('bytype')} CNAME {target('bytype')}"])
            self.assertEqual([record.split()[:2] for record in answers["TXT"].records], [[owner("bytype"), "TXT"]])

    def test_a_target_that_an_alias_led_to_is_asked_for_anew(self):
        resolve = self.resolve()
        self.check_healthy(resolve.ask(f"{owner('acme')} TXT"), "acme")
        direct = resolve.ask(f"{target('acme')} TXT")
        self.assertEqual(direct.records, [f"{target('acme')} TXT {key_text(CASES['acme'], 1)}"])

    def test_no_such_name_is_an_answer(self):
        answer = self.resolve().ask(f"{owner('missing')} TXT")
        self.assertEqual((answer.rcode, answer.records), ("NXDOMAIN", []))

    def test_what_does_not_validate_is_bogus_with_the_reason_and_there_for_those_who_do_not_check(self):
        resolve = self.resolve()
        for name in ("mismatch", "unsigned"):
            answer = resolve.ask(f"{owner(name)} TXT")
            self.assertEqual((answer.rcode, answer.security, answer.records), ("SERVFAIL", "bogus", []))
            self.assertNotEqual(answer.why_bogus, "")
            unchecked = resolve.ask(f"{owner(name)} TXT unchecked")
            self.check_healthy(unchecked, name)
            self.assertEqual(unchecked.security, "unchecked")

    def test_a_loop_ends(self):
        answer = self.resolve().ask(f"{owner('looping')} TXT")
        self.assertEqual(answer.rcode, "SERVFAIL")

    def test_dead_servers_end_at_the_deadline_and_keep_nobody_else(self):
        resolve = self.resolve()
        dead, alive = resolve.ask(f"{owner('dead')} TXT", f"{owner('acme')} TXT")
        self.assertIn(dead.rcode, ("error", "SERVFAIL"))
        if dead.rcode == "error":
            self.assertEqual(dead.security, "no answer in time")
        self.check_healthy(alive, "acme")

    def test_it_can_end_while_something_is_under_way(self):
        resolve = self.resolve()
        self.assertEqual(resolve.ask(f"{owner('dead')} TXT").rcode, "error")  # its deadline was over first
        self.assertEqual(resolve.close(), 0)

    def test_forbidden_addresses_are_not_asked(self):
        self.forget_queries()
        answer = self.resolve(*self.root, "--deadline", DEADLINE_MS).ask(f"{owner('acme')} TXT")
        self.assertIn(answer.rcode, ("error", "SERVFAIL"))
        self.assertEqual(self.lab.call("GET", "/v1/queries")["queries"], [])

    def test_customers_servers_at_forbidden_addresses_are_not_asked(self):
        resolve = self.resolve(*self.root, "--deadline", DEADLINE_MS, "--allow", f"{ABOVE_CUSTOMERS}0/24")
        self.forget_queries()
        answer = resolve.ask(f"{owner('acme')} TXT")
        self.assertIn(answer.rcode, ("error", "SERVFAIL"))
        asked = {query["face"] for query in self.lab.call("GET", "/v1/queries")["queries"]}
        self.assertTrue(asked)
        self.assertEqual([face for face in asked if not face.startswith(ABOVE_CUSTOMERS)], [])

    def test_through_a_forwarder_no_address_need_be_allowed(self):
        resolve = self.resolve("--forward", f"{RESOLVER}:53", "--deadline", DEADLINE_MS)
        answer = resolve.ask(f"{owner('acme')} TXT")
        self.check_healthy(answer, "acme")
        self.assertEqual(answer.security, "unchecked")

    def test_a_forwarder_that_is_not_there_is_no_answer(self):
        answer = self.resolve("--forward", f"{RESOLVER}:5399", "--deadline", DEADLINE_MS).ask(f"{owner('acme')} TXT")
        self.assertIn(answer.rcode, ("error", "SERVFAIL"))

    def test_what_is_heard_through_a_forwarder_can_be_validated(self):
        resolve = self.resolve("--forward", f"{RESOLVER}:53", "--trust-anchor", self.anchor, "--deadline", DEADLINE_MS)
        self.check_healthy(resolve.ask(f"{owner('acme')} TXT"), "acme")
        self.assertEqual(resolve.ask(f"{owner('mismatch')} TXT").security, "bogus")

    def test_files_that_are_none_are_refused_at_the_start(self):
        nothing = self.directory / "nothing"
        nothing.write_text("; empty\n")
        for options in (("--root-hints", nothing), ("--root-hints", self.directory / "missing"),
                        ("--root-hints", self.lab.root_hints, "--trust-anchor", nothing),
                        ("--trust-anchor", self.directory / "missing")):
            done = subprocess.run([RESOLVE, *map(str, options)], capture_output=True, text=True,
                                  timeout=PATIENCE_SECONDS, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 2)
            self.assertIn(str(options[-1]), done.stderr)
            self.assertIn("; give a file", done.stderr)


if __name__ == "__main__":
    namespace.enter()
    namespace.add_addresses(ADDRESSES)
    unittest.main(verbosity=2)
