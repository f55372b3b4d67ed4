"""What counts as the same, and what explanations excuse."""

import unittest

from asker import Answer, Record
from cases import ORDERS, Case
from compare import NAMES, Comparison, Explanation, explain, same
from measure import LAB, RESOLVER_FACE


def record(content="t1.example.net.", ttl=300):
    return Record("s._domainkey.c000.example.", "CNAME", content, ttl)


def case(flavour=None, **misconfiguration):
    return Case({"id": "some", **misconfiguration}, {"id": "default", **(flavour or {})}, "c000.example",
                {"selectors": ["s", "t"], "servers": [{"number": 1}, {"number": 2}]})


HEALTHY = Answer("NOERROR", (record(),))
BROKEN = Answer("SERVFAIL")


def answers(of_case, server="bind", real=HEALTHY, lab=HEALTHY, face=HEALTHY):
    """Everybody answers every question alike, except as told: {recursor: answer} or one for all."""
    found = {}
    for order in ORDERS:
        count = len(of_case.questions(order))
        for name in NAMES:
            for world, said in ((server, real), (LAB, lab)):
                answer = said.get(name, HEALTHY) if isinstance(said, dict) else said
                found[world, of_case.key, name, order] = [[answer] * count]
        found[LAB, of_case.key, RESOLVER_FACE, order] = [[face] * count]
    return found


def only_bind(**misconfiguration):
    return case({"servers": ["bind"]}, **misconfiguration)


class SameTest(unittest.TestCase):
    def test_rcode_records_and_ad_count(self):
        self.assertTrue(same(HEALTHY, Answer("NOERROR", (record(),)), True))
        self.assertFalse(same(HEALTHY, Answer("NXDOMAIN", (record(),)), True))
        self.assertFalse(same(HEALTHY, Answer("NOERROR", (record("t2.example.net."),)), True))
        self.assertFalse(same(HEALTHY, Answer("NOERROR", (record(), record("t2.example.net."))), True))
        self.assertFalse(same(HEALTHY, Answer("NOERROR", (record(),), authentic=True), True))

    def test_a_ttl_may_have_counted_down_for_as_long_as_it_took(self):
        self.assertTrue(same(HEALTHY, Answer("NOERROR", (record(ttl=299),)), True))
        self.assertFalse(same(HEALTHY, Answer("NOERROR", (record(ttl=290),)), True))
        self.assertTrue(same(HEALTHY, Answer("NOERROR", (record(ttl=290),), seconds=9.0), True))
        self.assertFalse(same(HEALTHY, Answer("NOERROR", (record(ttl=3600),), seconds=9.0), True))

    def test_extended_errors_count_where_they_are_asked_for(self):
        explained = Answer("SERVFAIL", extended_errors=(7,))
        self.assertFalse(same(BROKEN, explained, True))
        self.assertTrue(same(BROKEN, explained, False))


class ComparisonTest(unittest.TestCase):
    def test_all_alike_is_the_same_everywhere(self):
        one = only_bind()
        comparison = Comparison([one], answers(one))
        self.assertEqual([cell.differences for cell in comparison.cells], [[]] * len(NAMES))
        self.assertEqual(comparison.faces[0].follows, NAMES)

    def test_one_recursor_that_reads_something_else_is_one_different_cell(self):
        one = only_bind()
        comparison = Comparison([one], answers(one, lab={"knot": BROKEN}))
        self.assertEqual([cell.recursor for cell in comparison.cells if cell.differences], ["knot"])

    def test_another_round_may_show_that_both_sides_say_both(self):
        one = only_bind()
        found = answers(one, lab=BROKEN)
        for rounds in found.values():
            rounds += [[HEALTHY] * len(rounds[0])]
        self.assertFalse(any(cell.differences for cell in Comparison([one], found).cells))

    def test_the_resolver_face_follows_whom_it_is_like_in_all_answers(self):
        one = only_bind()
        real = {"bind": BROKEN, "powerdns": BROKEN}
        self.assertEqual(Comparison([one], answers(one, real=real)).faces[0].follows, ["unbound", "knot"])
        self.assertEqual(Comparison([one], answers(one, face=BROKEN)).faces[0].follows, [])

    def test_a_fault_on_the_wire_is_compared_with_resolvers_at_the_authority_face(self):
        one = case(fault=[{"answer": "drop"}])
        comparison = Comparison([one], answers(one, server="nobody", lab=BROKEN, face=BROKEN))
        self.assertEqual(comparison.cells, [])
        self.assertEqual(comparison.faces[0].follows, NAMES)

    def test_extended_errors_count_only_where_the_real_resolvers_agree(self):
        one = only_bind()
        expired = Answer("SERVFAIL", extended_errors=(7,))
        agreed = Comparison([one], answers(one, real=expired, lab=BROKEN, face=expired))
        self.assertTrue(all(cell.differences for cell in agreed.cells))
        divided = Comparison([one], answers(one, real={"unbound": expired, **dict.fromkeys(NAMES[1:], BROKEN)},
                                            lab=BROKEN))
        self.assertFalse(any(cell.differences for cell in divided.cells))


class ExplanationTest(unittest.TestCase):
    def complaints(self, *explanations, lab=BROKEN):
        one = only_bind()
        return explain(Comparison([one], answers(one, lab=lab)).cells, list(explanations))

    def test_a_difference_that_nobody_explains_is_a_complaint(self):
        self.assertEqual(len(self.complaints()), len(NAMES))
        self.assertEqual(len(self.complaints(Explanation("some", "because", recursors=["knot"]))), len(NAMES) - 1)
        self.assertEqual(self.complaints(Explanation("some", "because")), [])

    def test_an_explanation_of_what_is_the_same_is_a_complaint(self):
        self.assertEqual(len(self.complaints(Explanation("some", "because"), lab=HEALTHY)), 1)
        self.assertEqual(self.complaints(Explanation("some", "chance", sometimes=True), lab=HEALTHY), [])

    def test_an_explanation_of_another_cell_does_not_fit(self):
        for other in (Explanation("other", "because"), Explanation("some", "because", flavours=["refused"]),
                      Explanation("some", "because", servers=["nsd"])):
            self.assertEqual(len(self.complaints(other)), len(NAMES) + 1)


if __name__ == "__main__":
    unittest.main()
