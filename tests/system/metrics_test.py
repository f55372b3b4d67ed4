"""What Prometheus and a log reader are told, by a real custdkim."""

import json
import re
import signal
import subprocess
import unittest
from pathlib import Path

from scrape import Scrape, get, scrape
from world import ONE_ZONE, ZONE, World, WorldTest, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
UNCHECKED = ONE_ZONE + '[activation]\ncheck = "unchecked"\n'


def documented_metrics():
    page = (ROOT / "docs" / "monitoring.md").read_text()
    return set(re.findall(r"^\| `((?:custdkim|process)_[a-z_]+)` \|", page, re.MULTILINE))


class MetricsTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(UNCHECKED)
        cls.port = free_port()
        with world.config.open("a") as config:
            config.write(f'[metrics]\nlisten = "127.0.0.1:{cls.port}"\n[log]\nformat = "json"\n'
                         '[[webhook]]\nname = "nobody"\nurl = "http://127.0.0.1:1/"\nevents = ["revoke"]\n'
                         'secret_file = "webhook.secret"\n')
        world.write("webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", mode=0o600)
        cls.daemon = world.start_custdkim()
        cls.key = world.create_key("metrics.example")

    def test_names_are_those_of_the_document(self):
        self.assertEqual(set(scrape(self.world).types), documented_metrics())

    def test_promtool_finds_nothing_to_complain_about(self):
        checked = subprocess.run(["promtool", "check", "metrics"], input=scrape(self.world).text,
                                 capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))

    def test_token_is_needed_but_on_the_listener_of_its_own(self):
        self.assertEqual(get(self.world.api_port)[0], 401)
        status, kind, text = get(self.port)
        self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
        self.assertEqual(Scrape(text).value("custdkim_build_info"), 1)
        self.assertEqual(get(self.port, "/v1/keys")[0], 404)
        self.assertEqual(get(self.port, method="DELETE")[0], 405)
        self.assertNotIn("metrics.example", text)

    def test_look_ups_are_counted_by_how_they_end(self):
        def counted(outcome):
            return scrape(self.world).value("custdkim_backend_requests_total", method="lookup", outcome=outcome)

        before = {outcome: counted(outcome) for outcome in ("answered", "empty", "failed")}
        seconds = scrape(self.world).value("custdkim_backend_request_duration_seconds_sum", method="lookup")
        there = {"qname": f"{self.key['slots'][0]['record_name']}.", "qtype": "ANY"}
        self.world.talk(("lookup", there), ("lookup", {"qname": f"nobody.{ZONE}.", "qtype": "ANY"}), ("lookup", {}))
        after = scrape(self.world)
        for outcome in ("answered", "empty", "failed"):
            self.assertEqual(counted(outcome), before[outcome] + 1, outcome)
        self.assertEqual(after.value("custdkim_backend_request_duration_seconds_count", method="lookup"),
                         sum(before.values()) + 3)
        self.assertGreater(after.value("custdkim_backend_request_duration_seconds_sum", method="lookup"), seconds)

    def test_keys_are_counted_as_they_change(self):
        def keys(status):
            return scrape(self.world).value("custdkim_keys", status=status)

        before = {status: keys(status) for status in ("inactive", "active", "revoked", "deleted")}
        key = self.world.settled_key(self.world.create_key("counted.example")["id"])
        self.assertEqual(keys("inactive"), before["inactive"] + 1)
        for order, status in (("activate", "active"), ("revoke", "revoked")):
            self.assertEqual(self.world.call("POST", f"/v1/keys/{key['id']}/{order}")[0], 200)
            self.assertEqual(keys(status), before[status] + 1, order)
        self.assertEqual(keys("inactive"), before["inactive"])
        self.assertEqual(scrape(self.world).value("custdkim_invisible_pairs", zone=ZONE), 0)

    def test_counts_of_keys_are_the_same_after_a_restart(self):
        def keys(text):
            return [line for line in text.splitlines() if line.startswith(("custdkim_keys", "custdkim_findings"))]

        self.world.settled_key(self.key["id"])
        before = keys(scrape(self.world).text)
        self.daemon.kill()
        type(self).daemon = self.world.start_custdkim()
        self.assertEqual(keys(scrape(self.world).text), before)

    def test_requests_to_the_api_and_work_of_the_store_are_counted(self):
        def requests(**labels):
            return scrape(self.world).value("custdkim_api_requests_total", **labels)

        self.world.call("GET", "/v1/keys/none.example")
        self.world.call("GET", "/nowhere/with/secrets")
        missing = requests(method="GET", route="/v1/keys/{id}", status="404")
        nowhere = requests(route="none", status="404")
        self.world.call("GET", "/v1/keys/none.example")
        self.world.call("GET", "/nowhere/with/secrets")
        self.assertEqual(requests(method="GET", route="/v1/keys/{id}", status="404"), missing + 1)
        self.assertEqual(requests(route="none", status="404"), nowhere + 1)
        self.assertNotIn("secrets", scrape(self.world).text)
        self.assertGreater(scrape(self.world).value("custdkim_store_duration_seconds_count", operation="insert"), 0)

    def test_process_figures_are_the_kernel_s(self):
        found = scrape(self.world)
        self.assertAlmostEqual(found.value("process_resident_memory_bytes"), self.daemon.memory_bytes(),
                               delta=64 << 20)
        self.assertEqual(found.value("process_threads"), len(list(Path(f"/proc/{self.daemon.pid}/task").iterdir())))
        self.assertGreater(found.value("process_open_fds"), 5)

    def test_every_line_of_the_log_is_an_object(self):
        lines = [json.loads(line) for line in self.daemon.log().splitlines()]
        self.assertGreater(len(lines), 0)
        for line in lines:
            self.assertEqual(list(line)[:3], ["time", "level", "message"])
        [serving] = [line for line in lines if line["message"] == "serving" and "zone" in line][-1:]
        self.assertEqual(serving["zone"], ZONE)
        self.assertIsInstance(serving["serial"], int)

    def test_level_of_the_log_is_read_again_on_sighup(self):
        def told(sentence):
            return self.daemon.log().count(sentence)

        def reload(old, new, sentence):
            self.world.change_config(old, new)
            known = told(sentence)
            self.daemon.process.send_signal(signal.SIGHUP)
            wait_until(lambda: told(sentence) > known, f"'{sentence}' after {new}")

        reload('format = "json"', 'level = "nonsense"\nformat = "json"', "the log level stays as it is")
        reload('level = "nonsense"', 'level = "debug"', "zone files read again")
        self.world.change_config('level = "debug"', 'level = "error"')
        silent = told("zone files read again")
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: drops_warnings(self.world), "the level is error")
        self.assertEqual(told("zone files read again"), silent)
        reload('level = "error"', 'level = "info"', "zone files read again")


def drops_warnings(world):
    """What PowerDNS asks wrongly is a warning."""
    before = scrape(world).value("custdkim_log_lines_total", level="warning")
    world.talk(("lookup", {}))
    return scrape(world).value("custdkim_log_lines_total", level="warning") == before


class PriorityTest(WorldTest):
    def test_lines_to_the_journal_carry_their_priority(self):
        world = self.make_world(UNCHECKED)
        (world.directory / "custdkim.log").touch()
        log = (world.directory / "custdkim.log").stat()
        daemon = world.start_custdkim(environment={"JOURNAL_STREAM": f"{log.st_dev}:{log.st_ino}"})
        lines = daemon.log().splitlines()
        self.assertTrue(all(re.match(r"<[3467]>20", line) for line in lines), lines)


if __name__ == "__main__":
    unittest.main()
