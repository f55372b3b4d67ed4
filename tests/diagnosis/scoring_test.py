"""What counts as right, and which findings are none."""

import json
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "fidelity"))

from cases import Case
from scoring import HEALTHY, Expected, Row, SplitRuns, Totals, expected_of, missed_goals
from slots import BROKEN, Finding, read_finding

PASS = Finding("pass")


def case(flavour=None, **misconfiguration):
    return Case({"id": "some", "group": "missing", "cause": "some-cause", **misconfiguration},
                {"id": "default", **(flavour or {})}, "c000.example")


def fail(cause, *others):
    return Finding("fail", cause, [cause, *others] if others else [])


def row(of_case, *findings, world="lab"):
    return Row(world, of_case, list(findings))


class ExpectedTest(unittest.TestCase):
    def test_the_files_cause_unless_it_looks_like_another(self):
        self.assertEqual(expected_of(case()), Expected("some-cause", "some-cause", False))
        self.assertEqual(expected_of(case(seen_as="other")), Expected("other", "some-cause", False))
        self.assertEqual(expected_of(case({"seen_as": "third"}, seen_as="other")).first, "third")

    def test_what_cannot_be_seen_is_healthy(self):
        self.assertEqual(expected_of(case({"seen_as": "healthy"})), Expected(HEALTHY, "", True))
        self.assertEqual(expected_of(Case({"id": "a", "group": "healthy"}, {"id": "default"}, "")),
                         Expected(HEALTHY, "", True))

    def test_what_does_no_harm_passes_with_its_cause(self):
        self.assertEqual(expected_of(case(harmless=True)), Expected("some-cause", "some-cause", True))
        self.assertEqual(expected_of(case({"harmless": True}, seen_as="other")).first, "some-cause")


class RowTest(unittest.TestCase):
    def test_the_first_slot_that_does_not_pass_decides(self):
        self.assertTrue(row(case(), PASS, fail("some-cause")).is_right)
        self.assertFalse(row(case(), fail("other"), fail("some-cause")).is_right)
        self.assertTrue(row(case(), Finding("pass", "odd"), Finding("unknown", "some-cause")).is_right)

    def test_a_fault_that_passes_is_a_false_pass_even_with_its_cause(self):
        for finding in (PASS, Finding("pass", "some-cause")):
            found = row(case(), finding, PASS)
            self.assertTrue(found.is_false_pass)
            self.assertFalse(found.is_right)

    def test_the_healthy_pass_with_or_without_a_remark(self):
        healthy = case({"seen_as": "healthy"})
        self.assertTrue(row(healthy, Finding("pass", "extra-hop"), PASS).is_right)
        for finding in (fail("some-cause"), Finding("unknown", "timeout"), Finding(BROKEN)):
            self.assertTrue(row(healthy, PASS, finding).is_false_fault)

    def test_the_harmless_pass_and_are_named(self):
        harmless = case(harmless=True)
        self.assertTrue(row(harmless, PASS, Finding("pass", "some-cause")).is_right)
        self.assertFalse(row(harmless, PASS, PASS).is_right)
        self.assertFalse(row(harmless, PASS, PASS).is_false_pass)
        self.assertTrue(row(harmless, fail("some-cause"), PASS).is_false_fault)

    def test_the_truth_is_to_be_among_the_candidates(self):
        alike = case(seen_as="other")
        self.assertTrue(row(alike, fail("other", "some-cause"), PASS).is_among_candidates)
        self.assertFalse(row(alike, fail("other"), PASS).is_among_candidates)
        self.assertTrue(row(alike, fail("other"), PASS).is_right)
        self.assertFalse(row(alike, fail("other"), PASS).is_strictly_right)


class GoalsTest(unittest.TestCase):
    def test_each_goal_can_be_missed(self):
        good = [row(case(), fail("some-cause"), PASS)] * 9
        self.assertEqual(list(missed_goals(good, [SplitRuns("lab", case(), [fail("servers-differ")])], "lab")), [])
        for bad, sentence in ((row(case(), fail("other", "some-cause"), PASS), "first cause is right in 9 of 10"),
                              (row(case(), PASS, PASS), "some/default passes, and is wrong"),
                              (row(case(harmless=True), fail("some-cause"), PASS), "does not pass (some-cause)"),
                              (row(case(seen_as="other"), fail("other"), PASS), "among the candidates in 9 of 10")):
            self.assertIn(sentence, "\n".join(missed_goals([*good, bad], [], "lab")))
        splits = [SplitRuns("lab", case(), [fail("servers-differ"), fail("not-published")])]
        self.assertIn("in 1 of 2 cold runs", "\n".join(missed_goals(good, splits, "lab")))

    def test_real_servers_have_a_goal_of_their_own(self):
        rows = [row(case(), fail("some-cause"), PASS, world="nsd")] * 19
        rows.append(row(case(), fail("other", "some-cause"), PASS, world="bind"))
        self.assertEqual(list(missed_goals(rows, [], "lab")), [])
        self.assertEqual(Totals(rows).right, 19)


class FindingTest(unittest.TestCase):
    document = {"verdict": "fail", "cause": "a", "candidates": ["a", "b"], "detail": "d", "fix": "f",
                "evidence": ["e"]}

    def read(self, exit_code=1, **changed):
        return read_finding(exit_code, json.dumps({**self.document, **changed}))

    def test_the_contract_is_read(self):
        finding = self.read()
        self.assertEqual((finding.verdict, finding.named), ("fail", {"a", "b"}))
        self.assertTrue(self.read(0, verdict="pass", cause="", candidates=[], evidence=[], detail="").passes)
        self.assertEqual(self.read(3, verdict="unknown").verdict, "unknown")

    def test_what_breaks_it_is_no_finding(self):
        for finding in (self.read(0), self.read(verdict="maybe"), self.read(candidates=["b", "a"]),
                        self.read(evidence=[]), self.read(cause="", candidates=[]), read_finding(1, "no JSON"),
                        read_finding(2, ""), read_finding(1, "[]"), read_finding(1, '{"verdict": "fail"}')):
            self.assertEqual(finding.verdict, BROKEN)


if __name__ == "__main__":
    unittest.main()
