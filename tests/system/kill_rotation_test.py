"""kill -9 at any instant, again and again, while keys rotate and an operator gives orders: nothing that was
acknowledged is lost, nothing is done twice or half, and R1 to R9 hold after every kill (R10).

CUSTDKIM_KILLS says how often; SEED which random choices. The rotation itself runs by the clock, so that a seed
repeats the choices, not the whole run."""

import contextlib
import os
import random
import signal
import socket
import threading
import time
import unittest
from collections import Counter

import stored_facts
from operator_orders import Operator
from replay import Policy, Replay
from rotation_checks import check_acknowledged, check_facts, check_growth
from world import ONE_ZONE, PATIENCE_SECONDS, ZONE, WorldTest, measured, wait_until

KILLS = int(os.environ.get("CUSTDKIM_KILLS", "60"))
SEED = int(os.environ.get("SEED", "20261122"))
POLICY = Policy()
CONFIG = (ONE_ZONE + f'ttl = "{POLICY.ttl}s"\nnegative_ttl = "1s"\n' + POLICY.toml()
          + '[activation]\ncheck = "unchecked"\n')


class Readiness:
    """Hears READY=1 (sd_notify(3)), so that nobody has to ask whether the daemon is up."""

    def __init__(self, directory):
        self.path = directory / "notify.sock"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))

    def forget(self):
        """What a daemon said that is dead."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.recv(65536)
        self.socket.settimeout(PATIENCE_SECONDS)

    def wait(self):
        while b"READY=1" not in self.socket.recv(65536):
            pass


class KillTest(WorldTest):
    def setUp(self):
        self.world = type(self).make_world(zones=CONFIG)
        self.chance = random.Random(SEED)
        self.readiness = Readiness(self.world.directory)
        self.addCleanup(self.readiness.socket.close)
        self.replay = Replay(POLICY)
        self.facts = None
        self.starts_seconds, self.kills, self.in_flight = [], Counter(), Counter()
        self.last_steps, self.answers = Counter(), Counter()
        self.customers = 0

    def next_domain(self):
        self.customers += 1
        return f"customer{self.customers}.example"

    def start(self):
        self.readiness.forget()
        return self.world.start_custdkim(environment={"NOTIFY_SOCKET": str(self.readiness.path)}, wait=False)

    def start_until_ready(self):
        started = time.monotonic()
        daemon = self.start()
        self.readiness.wait()
        self.starts_seconds.append(time.monotonic() - started)
        return daemon

    def pause(self, longest_seconds):
        threading.Event().wait(self.chance.uniform(0, longest_seconds))

    # One life of the daemon, and what it leaves behind

    def live_and_die(self):
        kind = self.chance.choices(["while starting", "at once", "later"], [1, 1, 2])[0]
        self.kills[kind] += 1
        operator = None
        if kind == "while starting":
            daemon = self.start()
            self.pause(max(self.starts_seconds[-20:]))
        else:
            daemon = self.start_until_ready()
            operator = Operator(self.world, self.chance, self.facts, self.replay.last_number, self.next_domain)
            self.pause(0.03 if kind == "at once" else 0.3)
        self.assertIsNone(daemon.process.poll(), "it lives until it is killed")
        self.assertEqual(daemon.kill(), -signal.SIGKILL)
        if operator:
            operator.join()
        return operator

    def check(self, operator):
        before = self.facts
        self.facts = stored_facts.read(self.world.store, self.replay.last_number)
        moves = self.replay.moves
        for event in self.facts.events:
            self.replay.enter(event)
        check_facts(self, self.facts, self.replay)
        if before:
            check_growth(self, before, self.facts, self.replay.moves - moves)
        if operator:
            self.in_flight[check_acknowledged(self, operator, self.facts, self.replay)] += 1
            self.answers += operator.answers
        else:
            self.assertEqual([event for event in self.facts.events if event.actor == "operator"], [])
        if self.facts.events:
            self.last_steps[self.facts.events[-1].action] += 1

    def check_served(self):
        """After all that, the zone still shows what the store holds."""
        self.start_until_ready()

        def shows_what_is_stored():
            reply, = self.world.talk(("list", {"zonename": ZONE + "."}))
            facts = stored_facts.read(self.world.store, self.replay.last_number)
            shown = {record["qname"].removesuffix(f".{ZONE}"): record["content"] for record in reply["result"]
                     if record["qtype"] == "TXT"}
            return shown == {name: f'"{txt}"' for name, txt in facts.records.items()}

        # A change is in the store a moment before it is in the zone.
        wait_until(shows_what_is_stored, "the zone shows what the store holds")

    def test_killed_again_and_again(self):
        """kill -9 loses nothing that was acknowledged, does nothing twice, and leaves nothing half done"""
        daemon = self.start_until_ready()
        self.facts = stored_facts.read(self.world.store)
        daemon.kill()
        steps = Counter()
        for number in range(1, KILLS + 1):
            try:
                self.check(self.live_and_die())
                if number % 20 == 0:
                    self.assertEqual(stored_facts.damage(self.world.store), [])
            except AssertionError as error:
                raise AssertionError(f"after kill {number} of seed {SEED}: {error}") from error
            steps.update(event.action for event in self.facts.events if event.actor == "rotator")
        self.check_served()
        orders = sum(count for order, count in self.answers.items() if order.endswith((" 200", " 201")))
        starts = sorted(self.starts_seconds)
        measured(f"{sum(self.kills.values())} kills ({show(self.kills)}), {sum(steps.values())} steps ({show(steps)}), "
                 f"{orders} orders acknowledged ({show(self.answers)}); an order was under way: "
                 f"{show(self.in_flight)}; the last event before a kill: "
                 f"{show(self.last_steps)}; a start takes {starts[len(starts) // 2] * 1000:.0f} ms")
        for action in ("see", "publish", "sign", "destroy", "withdraw")[:5 if KILLS >= 200 else 2]:
            self.assertGreater(steps[action], 0, f"{action} was among the steps")


def show(counter):
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


if __name__ == "__main__":
    unittest.main()
