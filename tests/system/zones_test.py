"""Static zones beside a key zone, and their files read again while a real PowerDNS asks."""

import json
import signal
import threading
import unittest

from supervisor import Supervisor
from world import NO_CACHES, ONE_ZONE, ZONE, WorldTest, measured, rcode, txt_strings, wait_until

STATIC = "static.example"
ZONES = f"""{ONE_ZONE}
[[static_zone]]
name = "{STATIC}"
file = "static.zone"
[[static_zone]]
name = "other.example"
file = "other.zone"
"""


def zone_text(version, more=""):
    return (f"$TTL 300\n@ SOA ns1 hostmaster {version} 3600 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.1\n"
            f'version TXT "{version}"\n{more}')


BROKEN = zone_text(99, "www A 192.0.2.256\n")  # in line 6


class Asker:
    """Asks for the version again and again. What it hears must be what was, or what came while it asked."""

    def __init__(self, pdns):
        self.pdns = pdns
        self.begun = self.done = 1  # versions: whose reload has begun, whose is over
        self.asked = 0
        self.wrong = []
        self.stopping = False
        self.threads = [threading.Thread(target=self.ask_on, args=(tcp,)) for tcp in (False, False, True)]
        for thread in self.threads:
            thread.start()

    def ask_on(self, tcp):
        while not self.stopping and not self.wrong:
            try:
                least = self.done
                answer = self.pdns.ask(f"version.{STATIC}", tcp=tcp)
                version = int(txt_strings(answer, f"version.{STATIC}")[0]) if rcode(answer) == "NOERROR" else rcode(answer)
                if version not in range(least, self.begun + 1):
                    self.wrong.append(f"{version}, which is not in {least}..{self.begun}")
                self.asked += 1
            except Exception as error:  # whatever it is, the test tells it
                self.wrong.append(repr(error))

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()


class ReloadTest(WorldTest):
    def setUp(self):
        self.make_world(ZONES)
        self.world.write("static.zone", zone_text(1))
        self.world.write("other.zone", zone_text(1))
        self.supervisor = Supervisor(self.world.directory)
        self.addCleanup(self.supervisor.close)
        self.daemon = self.world.start_custdkim(environment={"NOTIFY_SOCKET": str(self.supervisor.path)})
        self.pdns = self.world.start_pdns(NO_CACHES)

    def serial(self, zone=STATIC):
        return self.pdns.ask(zone, "SOA").answer[0][0].serial

    def test_no_gap(self):
        """Through 50 good and 50 broken reloads every question is answered from the old or the new contents"""
        key = self.world.settled_key(self.world.create_key("acme.example")["id"])
        key_serial = self.world.serial(ZONE)
        asker = Asker(self.pdns)
        self.addCleanup(asker.stop)
        for version in range(2, 52):
            asker.begun = version
            self.world.write("static.zone", zone_text(version))
            status, document = self.world.call("POST", "/v1/zones/reload")
            self.assertEqual((status, document), (200, {"changed": [STATIC]}))
            asker.done = version
            self.world.write("static.zone", BROKEN)
            status, document = self.world.call("POST", "/v1/zones/reload")
            self.assertEqual((status, len(document["problems"])), (422, 1), document)
        wait_until(lambda: asker.asked > 100 or asker.wrong, "enough was asked")
        asker.stop()
        self.assertEqual(asker.wrong, [])
        self.assertEqual(self.serial(), 51)
        self.assertEqual(self.world.call("GET", f'/v1/keys/{key["id"]}')[1], key)
        self.assertEqual(self.world.serial(ZONE), key_serial)
        measured(f"{asker.asked} questions through 100 reloads")

    def test_command(self):
        """`zone reload` says what changed, and names file and line of what is broken, with exit code 1"""
        self.assertEqual(self.world.run("zone", "reload").stdout, "No static zone has changed.\n")
        self.world.write("static.zone", zone_text(2))
        done = self.world.run("zone", "reload", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)), (0, {"changed": [STATIC]}), done.stderr)
        self.world.write("static.zone", BROKEN)
        (self.world.directory / "other.zone").unlink()
        done = self.world.run("zone", "reload")
        self.assertEqual(done.returncode, 1)
        first, second = done.stderr.splitlines()
        self.assertIn(f"custdkim: {self.world.directory}/static.zone:6: ", first)
        self.assertIn(f"custdkim: {self.world.directory}/other.zone: ", second)
        self.assertEqual((self.serial(), self.serial("other.example")), (2, 1))

    def test_signal(self):
        """SIGHUP reads the files again, tells the supervisor so, and the log what is broken"""
        self.world.write("static.zone", zone_text(2))
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.serial() == 2, "the new contents are served")
        wait_until(lambda: self.supervisor.said.count("READY=1") == 2, "the reload is over")
        said = self.supervisor.said
        reloading = said.index("RELOADING=1")
        self.assertRegex(said[reloading + 1], r"^MONOTONIC_USEC=\d+$")
        self.assertLess(said.index("READY=1"), reloading)
        self.world.write("static.zone", BROKEN)
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "a zone file is broken" in self.daemon.log(), "the log tells")
        self.assertIn("static.zone:6: ", self.daemon.log())
        self.assertEqual(self.serial(), 2)
        self.assertTrue(self.daemon.is_running())

    def test_backend_command(self):
        """`pdnsutil backend-cmd` reaches status and reload"""
        told = self.pdns.util("backend-cmd", "remote", "status")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn(f"{STATIC}: static zone, serial 1, 4 records", told.stdout)
        self.assertIn(f"{ZONE}: key zone, ", told.stdout)
        self.assertRegex(told.stdout, r"PowerDNS: [1-9]\d* connections")
        self.world.write("static.zone", zone_text(2))
        self.assertIn(f"changed: {STATIC}", self.pdns.util("backend-cmd", "remote", "reload").stdout)
        self.assertEqual(self.serial(), 2)

    def test_list(self):
        """`zone list` has all zones, as a table and as JSON"""
        zones = json.loads(self.world.run("zone", "list", "--json").stdout)["zones"]
        self.assertEqual([(zone["name"], zone["kind"], zone["secured"]) for zone in zones],
                         [(ZONE, "key", False), (STATIC, "static", False), ("other.example", "static", False)])
        head, *rows = self.world.run("zone", "list").stdout.splitlines()
        self.assertEqual(head.split(), ["NAME", "KIND", "SERIAL", "RECORDS", "DNSSEC"])
        self.assertEqual(rows[1].split(), [STATIC, "static", "1", "4", "no"])


class RefusalTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world(ZONES)

    def test_broken_at_start(self):
        """check-config tells every broken file with its line; serve does not start with one"""
        self.world.write("static.zone", BROKEN)
        checked = self.world.run("check-config", "--config", self.world.config)
        self.assertEqual(checked.returncode, 2)
        self.assertIn("/static.zone:6: ", checked.stderr)
        self.assertIn("/other.zone: ", checked.stderr)
        self.assertEqual(len(checked.stderr.splitlines()), 2)
        served = self.world.run("serve", "--config", self.world.config)
        self.assertEqual(served.returncode, 2)
        self.assertIn("/static.zone:6: ", served.stderr.splitlines()[-1])

    def test_keys_of_a_static_zone(self):
        """A key zone that has keys does not become a static zone"""
        self.world.write("static.zone", zone_text(1))
        self.world.write("other.zone", zone_text(1))
        before = self.world.config.read_text()
        second = ONE_ZONE.replace(ZONE, "keys.example")
        self.world.change_config("[backend]", second + "[backend]")
        daemon = self.world.start_custdkim()
        self.world.create_key("acme.example", zone="keys.example")
        daemon.stop()
        self.world.config.write_text(before.replace('"other.example"', '"keys.example"'))
        served = self.world.run("serve", "--config", self.world.config)
        self.assertEqual(served.returncode, 2)
        self.assertIn("holds keys of the zone keys.example, which the configuration has as a static zone",
                      served.stderr)


if __name__ == "__main__":
    unittest.main()
