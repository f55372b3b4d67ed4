"""Keys rotate in seconds instead of days, with real parts only: mail is signed without end, and every message must
verify, soon and late, through restarts and an outage."""

import random
import time
import unittest

from mail_stream import Disturbance, Inbox, Sender
from receivers import PASS, UNANSWERED, Dkimpy, OpenDkim, start_customer_dns, start_resolver
from rotation_facts import GRANULARITY_SECONDS, RotationFacts, seconds, signing_pairs
from rotation_watch import RotationWatch
from world import HOST, NO_CACHES, ONE_ZONE, PATIENCE_SECONDS, WorldTest, free_port, measured, wait_until

INTERVAL, PREPUBLISH, RETENTION = 12, 4, 8
ROTATIONS = 6
LONGEST_DELAY_SECONDS = RETENTION - GRANULARITY_SECONDS - 0.5  # and half a second to verify
# As tight as the policy may be: a record is changed as soon as nobody needs it any more. Caches may hold it for
# nearly 2 s, since Unbound counts in whole seconds too; the rest of the pre-publication is for a busy machine.
POLICY = f"""
[rotation]
interval = "{INTERVAL}s"
prepublish = "{PREPUBLISH}s"
retention = "{RETENTION}s"
stale = "1s"
transit = "6s"
recheck = "1s"
verified_within = "3s"
customer_negative_ttl = "1s"
[activation]
check = "unchecked"
"""
SEED = 20


class RotationTest(WorldTest):
    def setUp(self):
        key_zone_port = free_port()
        fields = f'ttl = "1s"\nnegative_ttl = "1s"\nvisible_at = ["{HOST}:{key_zone_port}"]\n'
        world = self.world = type(self).make_world(ONE_ZONE + fields + POLICY)
        self.daemon = world.start_custdkim()
        self.link = world.directory / "link.sock"  # by which PowerDNS finds custdkim
        self.link.symlink_to(world.socket)
        self.pdns = world.start_pdns({**NO_CACHES, "remote-connection-string": f"unix:path={self.link},timeout=2000"},
                                     port=key_zone_port)
        keys = [world.create_key("acme.example"), world.create_key("globex.example", type="rsa-2048")]
        customers = start_customer_dns(world, keys)
        self.resolver = start_resolver(world, keys, key_zone_port, customers.port)
        for key in keys:
            status, answer = wait_until(lambda: self.try_activate(key["id"]), "the records are visible")
            self.assertEqual((status, answer["status"]), (200, "active"))
        self.start_streams(keys)

    def try_activate(self, key_id):
        status, answer = self.world.call("POST", f"/v1/keys/{key_id}/activate")
        return status != 503 and (status, answer)

    def start_streams(self, keys):
        self.disturbance = Disturbance()
        self.watch = RotationWatch(self.world, keys, self.pdns, self.resolver, self.disturbance)
        self.addCleanup(self.watch.stop)
        verifiers = {"dkimpy": Dkimpy(self.resolver), "OpenDKIM": OpenDkim(self.world, self.resolver)}
        self.inbox = Inbox(verifiers, self.disturbance, random.Random(SEED), LONGEST_DELAY_SECONDS)
        self.addCleanup(self.inbox.stop)
        self.sender = Sender(self.world, keys, self.disturbance, self.inbox)
        self.addCleanup(self.sender.stop)

    def test_every_message_verifies(self):
        """Through six rotations, two restarts, an outage and an impatient operator, every message verifies"""
        started_at = time.time()
        self.wait_for_rotations(1)
        self.restart(self.daemon.stop)
        self.wait_for_rotations(2)
        self.stay_away()
        self.wait_for_rotations(3)
        self.rotate_at_once()
        self.wait_for_rotations(4)
        self.restart(self.daemon.kill)
        self.wait_for_rotations(ROTATIONS)
        self.sender.stop()
        self.wait_for(lambda: not self.inbox.pending(), "all mail is verified")
        self.inbox.stop()
        self.watch.stop()
        self.report(time.time() - started_at)
        with self.subTest("the mail"):
            self.check_mail()
        with self.subTest("the rotations"):
            self.check_rotations()

    # What happens meanwhile

    def wait_for(self, condition, what):
        def checked():
            problems = self.watch.problems + self.sender.problems + self.inbox.problems
            if problems:
                raise AssertionError(f"while waiting until {what}:\n" + "\n".join(problems[:10]))
            return condition()

        return wait_until(checked, what, PATIENCE_SECONDS)

    def wait_for_rotations(self, count):
        self.wait_for(lambda: all(self.watch.rotations(key_id) >= count for key_id in self.watch.keys),
                      f"all keys have rotated {count} times")

    def keys_when_calm(self):
        """The keys, if no mail of a retired pair is on its way: what it needs is promised for longer than we are
        away. Else nothing; such mail is verified at once then, so that it is calm soon."""
        pending = self.inbox.pending()
        keys = self.watch.look_at_keys()
        signing = {(key["id"], pair["number"]) for key in keys for pair in signing_pairs(key)}
        if all((message.key, message.pair) in signing for message in pending):
            return keys
        self.inbox.hurry(lambda message: (message.key, message.pair) not in signing)
        return None

    def restart(self, end):
        self.wait_for(self.keys_when_calm, "no mail needs a retired pair")
        with self.disturbance.expected():
            end()
            self.daemon = self.world.start_custdkim()

    def keys_about_to_publish(self):
        if not any(map(is_about_to_publish, self.watch.keys.values())):
            return None
        return list(filter(is_about_to_publish, self.keys_when_calm() or []))

    def stay_away(self):
        """An outage longer than the pre-publication, in which a pair was to be published and to sign; and when
        custdkim is back and publishes it, PowerDNS does not find its socket."""
        late = self.wait_for(self.keys_about_to_publish, "a pair is about to be published")
        due = max(time.time() + PREPUBLISH, *(seconds(key["rotation"]["sign_at"]) for key in late))
        with self.disturbance.expected():
            self.daemon.kill()
            wait_until(lambda: time.time() > due + 0.5, "signing should have moved")
            back_at = int(time.time())
            self.link.unlink()
            self.daemon = self.world.start_custdkim()
            published = [self.pair_behind(key) for key in late]
            wait_until(lambda: time.time() > back_at + PREPUBLISH - 1, "visible later than published")
            visible_at = int(time.time())
            self.link.symlink_to(self.world.socket)
        for key_id, number in published:
            pair = self.wait_for(lambda: self.signed(key_id, number), "signing moves")
            self.assertGreaterEqual(seconds(pair["published_at"]), back_at)
            self.assertGreaterEqual(seconds(pair["visible_at"]), visible_at)

    def pair_behind(self, key):
        """The next pair of the key, once it is published."""
        number = 1 + max(pair["number"] for slot in key["slots"] for pair in slot["pairs"])
        self.wait_for(lambda: self.watch.pair(key["id"], number), "the next pair is published")
        return key["id"], number

    def signed(self, key_id, number):
        pair = self.watch.pair(key_id, number)
        return pair["signing_since"] and pair

    def rotate_at_once(self):
        """An operator asks for a rotation right after one: it comes as soon as R2 and R3 allow, and no sooner."""
        for key_id in self.watch.keys:
            done = self.world.run("key", "rotate", key_id)
            self.assertEqual(done.returncode, 0, done.stderr)

    # What must have held

    def check_mail(self):
        too_late = [failure for failure in self.inbox.failures if self.was_asked_too_late(failure)]
        failures = [str(failure) for failure in self.inbox.failures if failure not in too_late]
        for failure in too_late:
            measured(f"verified too late: {failure}")
        self.assertEqual(failures, [])
        self.assertLess(len(too_late), self.inbox.count(PASS) / 50, "the machine is too slow for this test")
        self.assertGreater(self.inbox.oldest_seconds, LONGEST_DELAY_SECONDS * 0.9)

    def was_asked_too_late(self, failure):
        """Where a busy machine let us verify after the retention."""
        retired_at = seconds(self.watch.pair(failure.message.key, failure.message.pair)["retired_at"])
        is_old = failure.at - failure.message.signed_at > RETENTION - GRANULARITY_SECONDS
        return is_old and retired_at is not None and failure.at > retired_at + RETENTION

    def check_rotations(self):
        watch = self.watch
        self.assertEqual(watch.problems + self.sender.problems + self.inbox.problems, [])
        self.assertEqual(watch.facts.broken(PREPUBLISH, RETENTION, self.sender.last_signed), [])
        for key_id, pairs in watch.facts.pairs.items():
            events = self.world.call("GET", f"/v1/events?key={key_id}&limit=1000")[1]["events"]
            numbers = [event["number"] for event in events]
            self.assertEqual(numbers, sorted(set(numbers)))
            actions = [event["action"] for event in events]
            self.assertEqual(actions.count("sign"), watch.rotations(key_id))
            self.assertEqual(actions.count("publish"), len(pairs) - 2)  # two came with the key

    def report(self, took):
        inbox, watch = self.inbox, self.watch
        rotations = {key["domain"]: watch.rotations(key_id) for key_id, key in watch.keys.items()}
        measured(f"{self.sender.count} messages, {inbox.count(PASS)} verifications that passed "
                 f"({inbox.count(PASS, 'dkimpy')} by dkimpy, {inbox.count(PASS, 'OpenDKIM')} by OpenDKIM), "
                 f"the latest {inbox.oldest_seconds:.1f} s after signing, {len(inbox.failures)} that failed; "
                 f"{inbox.count(UNANSWERED)} to be asked again, {self.sender.pauses} times nobody to sign; "
                 f"rotations: {rotations}, in {took:.0f} s; {self.resolver.cache_hits()} answers from Unbound's cache")


def is_about_to_publish(key):
    return key["next"]["action"] == "publish" and seconds(key["next"]["due"]) < time.time() + 1


class FactsTest(unittest.TestCase):
    """Those who watch tell of every rule that is broken."""

    def setUp(self):
        self.facts = RotationFacts(["k"])
        self.first = {"number": 1, "public_key": "AA", "published_at": at(0), "visible_at": at(0),
                      "signing_since": at(0), "retired_at": at(11), "destroyed_at": at(11)}
        self.second = {"number": 2, "public_key": "BB", "published_at": at(8), "visible_at": at(8),
                       "signing_since": at(11), "retired_at": None, "destroyed_at": None}
        self.third = {"number": 3, "public_key": "CC", "published_at": at(19), "visible_at": None,
                      "signing_since": None, "retired_at": None, "destroyed_at": None}
        self.changed_at = 19
        self.facts.serials = [5, 5, 7]

    def broken(self):
        for pairs in ([self.first], [self.first, self.third]):
            self.facts.note_key({"id": "k", "slots": [{"record_name": "s1", "pairs": pairs},
                                                      {"record_name": "s2", "pairs": [self.second]}]})
        for name, text, when in (("s1", "p=AA", 0), ("s1", "p=CC", self.changed_at), ("s2", "p=BB", 8)):
            self.facts.note_text(name, text, when)
        return [text[:2] for text in self.facts.broken(3, 8, {("k", 1): 11.2, ("k", 2): 20.0})]

    def test_sound(self):
        """Nothing is said of a sound rotation"""
        self.assertEqual(self.broken(), [])

    def test_two_sign(self):
        """R1: two pairs signed"""
        self.first["retired_at"] = at(12)
        self.changed_at = 20
        self.third["published_at"] = at(20)
        self.assertEqual(self.broken(), ["R1"])

    def test_too_young(self):
        """R2: a pair signed too soon after it was visible"""
        self.second["visible_at"] = at(9)
        self.assertEqual(self.broken(), ["R2"])

    def test_overwritten(self):
        """R3: a record was changed too soon, as custdkim says it"""
        self.third["published_at"] = at(18)
        self.assertEqual(self.broken(), ["R3"])

    def test_seen_changed(self):
        """R3: a record was changed too soon, as PowerDNS shows it"""
        self.changed_at = 18
        self.assertEqual(self.broken(), ["R3"])

    def test_serial_back(self):
        """R6: the serial went back"""
        self.facts.serials = [5, 7, 6]
        self.assertEqual(self.broken(), ["R6"])

    def test_private_key_kept(self):
        """R9: a private key was kept"""
        self.first["destroyed_at"] = None
        self.assertEqual(self.broken(), ["R9"])


def at(second):
    return f"1970-01-01T00:00:{second:02}Z"


if __name__ == "__main__":
    unittest.main()
