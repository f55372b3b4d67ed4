"""Zones that PowerDNS signs with keys it keeps with us: Unbound and delv validate every kind of answer, with NSEC,
NSEC3 and narrow NSEC3, through a rotation of DKIM keys and through rollovers of the zones' own keys."""

import re
import unittest

from rotation_test import POLICY
from validators import BOGUS, SECURE, Delv, Unbound, key_signing_keys
from world import HOST, NO_CACHES, ONE_ZONE, ZONE, WorldTest, free_port, wait_until

STATIC = "static.example.org"
STATIC_SECTION = f'\n[[static_zone]]\nname = "{STATIC}"\nfile = "static.zone"\n'
RECORDS = """www          IN A    192.0.2.1
*.wild       IN TXT  "any"
leaf.b.deep  IN A    192.0.2.2
child        IN NS   ns.child
ns.child     IN A    192.0.2.3
"""
APEX = f"""$ORIGIN {STATIC}.
$TTL 300
@ IN SOA ns1.example.net. hostmaster.example.org. 1 3600 900 1209600 300
@ IN NS  ns1.example.net.
@ IN NS  ns2.example.net.
"""
# What is not there must not be found in a cache either.
SETTINGS = {**NO_CACHES, "zone-metadata-cache-ttl": "0", "dnssec-key-cache-ttl": "0"}
POSITIVE, NODATA, NXDOMAIN = ("NOERROR", True), ("NOERROR", False), ("NXDOMAIN", False)
DENIALS = {"nsec": ["unset-nsec3"], "nsec3": ["set-nsec3", "1 0 3 c0ffee"], "narrow": ["set-nsec3", "1 0 0 -", "narrow"]}


def questions(zone):
    """Each with what is to be secure about it."""
    yield from [(zone, "SOA", POSITIVE), (zone, "NS", POSITIVE), (zone, "DNSKEY", POSITIVE), (zone, "MX", NODATA)]
    for name, rdtype, expected in [
            ("www", "A", POSITIVE), ("www", "TXT", NODATA), ("leaf.b.deep", "A", POSITIVE),
            ("b.deep", "A", NODATA), ("deep", "TXT", NODATA),            # empty non-terminals
            ("x.wild", "TXT", POSITIVE), ("x.y.wild", "TXT", POSITIVE),  # expanded wildcards
            ("x.wild", "A", NODATA), ("wild", "A", NODATA), ("child", "DS", NODATA),
            ("nothere", "A", NXDOMAIN), ("x.www", "A", NXDOMAIN), ("x.deep", "A", NXDOMAIN),
            ("0", "A", NXDOMAIN), ("zzzzzzzz", "A", NXDOMAIN)]:
        yield f"{name}.{zone}", rdtype, expected


def questions_of(key):
    for slot in key["slots"]:
        name = slot["record_name"]
        selector, rest = name.split(".", 1)
        label, zone = rest.split(".", 1)
        yield from [(name, "TXT", POSITIVE), (name, "A", NODATA), (rest, "TXT", NODATA), (f"x.{name}", "TXT", NXDOMAIN),
                    (f"x{selector}.{rest}", "TXT", NXDOMAIN), (f"{selector}.{label}0.{zone}", "TXT", NXDOMAIN)]


class DnssecTest(WorldTest):
    zones = ONE_ZONE + 'records = "apex.zone"\n' + STATIC_SECTION

    def setUp(self):
        world = self.world = type(self).make_world(self.zones)
        world.write("apex.zone", "$TTL 300\n" + RECORDS)
        world.write("static.zone", APEX + RECORDS)
        self.daemon = world.start_custdkim()
        self.pdns = world.start_pdns({**SETTINGS, "remote-dnssec": "yes"})

    def validators(self, anchors=None):
        """With empty caches."""
        anchors = anchors or {zone: key_signing_keys(self.pdns, zone) for zone in (ZONE, STATIC)}
        return [judge(self.world, self.pdns.port, anchors) for judge in (Unbound, Delv)]

    def check(self, questions, what, verdict=SECURE, anchors=None):
        questions = list(questions)
        for validator in self.validators(anchors):
            for name, rdtype, expected in questions:
                with self.subTest(what, validator=type(validator).__name__, name=name, type=rdtype):
                    said, *rest = validator.ask(name, rdtype)
                    if verdict == SECURE:
                        self.assertEqual((said, *rest), (SECURE, *expected))
                    else:
                        self.assertEqual(said, verdict, rest)

    def deny_with(self, denial):
        for zone in (ZONE, STATIC):
            command, *arguments = DENIALS[denial]
            self.pdns.must_util(command, zone, *arguments)

    def secure_both(self):
        for zone in (ZONE, STATIC):
            self.pdns.must_util("secure-zone", zone)


class AnswersTest(DnssecTest):
    def test_every_answer_is_secure(self):
        """With NSEC, NSEC3 and narrow NSEC3 every kind of answer validates, and so it does once keys came and went"""
        keys = [self.world.create_key(domain) for domain in ("acme.example", "globex.example")]
        self.secure_both()
        for denial in DENIALS:
            self.deny_with(denial)
            keys.append(self.world.create_key(f"{denial}.example"))
            gone = self.world.create_key("gone.example")
            self.assertEqual(self.world.call("DELETE", f"/v1/keys/{gone['id']}")[0], 200)
            asked = [*questions(ZONE), *questions(STATIC)]
            asked += [question for key in keys for question in questions_of(key)]
            asked += [(slot["record_name"], "TXT", NXDOMAIN) for slot in gone["slots"]]
            self.check(asked, denial)

    def test_after_a_restart(self):
        """A restart of custdkim changes neither keys nor the way of denial"""
        key = self.world.create_key("acme.example")
        self.secure_both()
        self.deny_with("nsec3")
        anchors = {zone: key_signing_keys(self.pdns, zone) for zone in (ZONE, STATIC)}
        self.daemon.stop()
        self.world.start_custdkim()
        wait_until(self.pdns_is_connected, "PowerDNS is connected again")
        self.check([*questions(ZONE), *questions(STATIC), *questions_of(key)], "restarted", anchors=anchors)

    def pdns_is_connected(self):
        """Each of its connections notices for itself."""
        answers = [self.pdns.ask(ZONE, "SOA", tcp=tcp) for tcp in (False, True) for _ in range(8)]
        return all(answer.answer for answer in answers)

    def test_the_validators_can_say_no(self):
        """With another zone's key as trust anchor nothing is secure"""
        self.secure_both()
        first, second = (key_signing_keys(self.pdns, zone) for zone in (ZONE, STATIC))
        self.check([(ZONE, "SOA", POSITIVE), (f"www.{STATIC}", "A", POSITIVE), (f"nothere.{ZONE}", "A", NXDOMAIN)],
                   "exchanged", BOGUS, {ZONE: second, STATIC: first})


class RolloverTest(DnssecTest):
    def setUp(self):
        super().setUp()
        self.key = self.world.create_key("acme.example")
        self.asked = [*questions(ZONE), *questions(STATIC), *questions_of(self.key)]

    def add_keys(self, *description):
        """A key for each zone; returns the ids."""
        return {zone: self.pdns.must_util("add-zone-key", zone, *description, "ecdsa256").split()[-1] for zone in (ZONE, STATIC)}

    def for_each(self, verb, ids):
        for zone, key_id in ids.items():
            self.pdns.must_util(verb, zone, key_id)

    def anchors(self):
        return {zone: key_signing_keys(self.pdns, zone) for zone in (ZONE, STATIC)}

    def test_rollover_of_a_key_that_signs_all(self):
        """The one key of `secure-zone` is rolled by double signature, as docs/operations.md tells"""
        self.secure_both()
        old_anchors = self.anchors()
        old = {zone: self.only_key_id(zone) for zone in (ZONE, STATIC)}
        self.add_keys("ksk", "active")
        both = self.anchors()
        new_anchors = {zone: [key for key in both[zone] if key not in old_anchors[zone]] for zone in both}
        for anchors in (old_anchors, new_anchors):
            self.check(self.asked, "both keys sign", anchors=anchors)
        self.for_each("deactivate-zone-key", old)
        self.check(self.asked, "the old key signs no more", anchors=new_anchors)
        self.for_each("remove-zone-key", old)
        self.check(self.asked, "the old key is gone", anchors=new_anchors)

    def only_key_id(self, zone):
        [key_id] = re.findall(r"^ID = (\d+) ", self.pdns.must_util("show-zone", zone), re.MULTILINE)
        return key_id

    def test_rollovers(self):
        """A zone signing key is rolled by pre-publication, a key signing key by double signature (RFC 6781)"""
        old_ksk, old_zsk = self.add_keys("ksk", "active"), self.add_keys("zsk", "active")
        old_anchors = self.anchors()
        self.check(self.asked, "before", anchors=old_anchors)

        new_zsk = self.add_keys("zsk", "inactive", "published")
        self.check(self.asked, "the new zone signing key is published")
        self.for_each("activate-zone-key", new_zsk)
        self.for_each("deactivate-zone-key", old_zsk)
        self.check(self.asked, "the new zone signing key signs")
        self.for_each("remove-zone-key", old_zsk)
        self.check(self.asked, "the old zone signing key is gone", anchors=old_anchors)

        self.add_keys("ksk", "active")
        both = self.anchors()
        self.assertEqual({len(keys) for keys in both.values()}, {2})
        new_anchors = {zone: [key for key in both[zone] if key not in old_anchors[zone]] for zone in both}
        for anchors in (old_anchors, new_anchors):
            self.check(self.asked, "two key signing keys", anchors=anchors)
        self.for_each("remove-zone-key", old_ksk)
        self.check(self.asked, "the old key signing key is gone", anchors=new_anchors)
        self.check([(ZONE, "SOA", POSITIVE), (STATIC, "SOA", POSITIVE)], "with the old anchor", BOGUS, old_anchors)


class RotationTest(DnssecTest):
    def setUp(self):
        self.port = free_port()
        fields = f'ttl = "1s"\nnegative_ttl = "1s"\nvisible_at = ["{HOST}:{self.port}"]\nrecords = "apex.zone"\n'
        world = self.world = type(self).make_world(ONE_ZONE + fields + STATIC_SECTION + POLICY)
        world.write("apex.zone", "$TTL 300\n" + RECORDS)
        world.write("static.zone", APEX + RECORDS)
        world.start_custdkim()
        self.pdns = world.start_pdns({**SETTINGS, "remote-dnssec": "yes"}, port=self.port)

    def look(self, key):
        status, shown = self.world.call("GET", f"/v1/keys/{key['id']}")
        self.assertEqual(status, 200)
        return shown

    def pairs(self, key):
        return [pair for slot in self.look(key)["slots"] for pair in slot["pairs"]]

    def test_rotation(self):
        """Before, during and after a rotation the key's records and what surrounds them validate"""
        self.secure_both()
        self.deny_with("nsec3")
        key = self.world.create_key("acme.example")
        wait_until(lambda: self.world.call("POST", f"/v1/keys/{key['id']}/activate")[0] == 200, "the key is active")
        self.check(questions_of(key), "before")
        wait_until(lambda: len(self.pairs(key)) > 2, "the next pair is published")
        self.check(questions_of(key), "during")
        wait_until(lambda: next(p for p in self.pairs(key) if p["number"] == 3)["signing_since"], "it signs")
        self.check([*questions_of(key), *questions(ZONE)], "after")


if __name__ == "__main__":
    unittest.main()
