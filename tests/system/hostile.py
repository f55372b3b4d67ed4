"""What tests with hostile clients share: PowerDNS must get right answers meanwhile, and memory stay bounded."""

from asker import Asker
from world import NO_CACHES, WorldTest, measured, records, wait_until

MEBIBYTE = 1 << 20
TEBIBYTE = 1 << 40
MAX_GROWTH_BYTES = 64 * MEBIBYTE


class HostileTest(WorldTest):
    """Every test runs while questions are asked without end, and must not disturb a single answer."""

    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        cls.daemon = world.start_custdkim()
        cls.keys = [world.create_key(f"customer{n}.example") for n in range(20)]
        cls.pdns = world.start_pdns({**NO_CACHES, "distributor-threads": "3"})

    def setUp(self):
        self.memory_before = self.daemon.memory_bytes()
        self.asker = Asker(self.pdns, records(self.keys))
        self.addCleanup(self.check_unharmed)

    def check_unharmed(self):
        before = self.asker.count()
        wait_until(lambda: self.asker.count() > before + 50, "questions are answered")
        self.asker.stop()
        self.assertEqual(set(self.asker.seen), {"right"})
        self.assertTrue(self.daemon.is_running())
        memory, peak = self.daemon.memory_bytes(), self.daemon.memory_bytes("VmHWM")
        sizes = [f"{octets / MEBIBYTE:.1f}" for octets in (self.memory_before, memory, peak)]
        measured("{}; memory {} -> {} MiB, peak {}".format(self.asker.summary(), *sizes))
        if self.daemon.memory_bytes("VmSize") < TEBIBYTE:  # a sanitizer's shadow is larger, and keeps what is freed
            self.assertLess(peak - self.memory_before, MAX_GROWTH_BYTES)
