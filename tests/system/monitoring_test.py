"""The alert rules and the dashboard in docs/examples/monitoring, in a real Prometheus that scrapes a real custdkim.
Grafana is not in Debian: the dashboard's queries are put to Prometheus, and its JSON is looked at by its shape."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

from world import HOST, ONE_ZONE, Program, WorldTest, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples" / "monitoring"
RULES = EXAMPLES / "custdkim.rules.yml"
RULES_TEST = ROOT / "tests" / "monitoring" / "custdkim.rules.test.yml"
SELECTOR = re.compile(r"\b(?:custdkim|process)_[a-z_]+(?:\{[^}]*\})?")
# What only has samples where something happens that does not happen here.
RARE = {'outcome="fail"', "500|507"}


def dashboard_queries(dashboard):
    """(title, query), with Grafana's variables filled in."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$__rate_interval", "15s").replace("$instance", ".*")


def rule_expressions():
    """(alert, expression)"""
    text = RULES.read_text()
    return list(zip(re.findall(r"^ +- alert: (\S+)$", text, re.MULTILINE),
                    re.findall(r"^ +expr: (.*)$", text, re.MULTILINE)))


class RulesTest(unittest.TestCase):
    def promtool(self, rules, *arguments):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, RULES.name).write_text(rules)
            shutil.copy(RULES_TEST, directory)
            return subprocess.run(["promtool", *arguments], cwd=directory, capture_output=True, text=True, check=False)

    def test_each_alert_fires_when_it_must_and_not_when_it_must_not(self):
        rules = RULES.read_text()
        for arguments in (("check", "rules", RULES.name), ("test", "rules", RULES_TEST.name)):
            done = self.promtool(rules, *arguments)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        tested = re.findall(r'alertname="(\w+)"', RULES_TEST.read_text())
        self.assertEqual(sorted(tested), sorted(alert for alert, _ in rule_expressions()))

    def test_an_alert_that_is_changed_fails_its_test(self):
        for old, new in ((" > 3600", " > 360000"), ('status="held"} > 0', 'status="held"} >= 0')):
            rules = RULES.read_text()
            self.assertIn(old, rules)
            self.assertNotEqual(self.promtool(rules.replace(old, new), "test", "rules", RULES_TEST.name).returncode, 0)

    def test_every_alert_is_explained(self):
        page = (ROOT / "docs" / "monitoring.md").read_text()
        explained = re.findall(r"^\| `(Custdkim\w+)` \|", page, re.MULTILINE)
        self.assertEqual(sorted(explained), sorted(alert for alert, _ in rule_expressions()))


class DashboardTest(unittest.TestCase):
    def test_shape_is_what_grafana_imports(self):
        dashboard = json.loads((EXAMPLES / "custdkim.dashboard.json").read_text())
        variables = {variable["name"] for variable in dashboard["templating"]["list"]}
        self.assertEqual(variables, {"datasource", "instance"})
        self.assertEqual(len({panel["id"] for panel in dashboard["panels"]}), len(dashboard["panels"]))
        taken = set()
        for panel in dashboard["panels"]:
            place = panel["gridPos"]
            cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
            self.assertLessEqual(place["x"] + place["w"], 24)
            self.assertFalse(taken & cells, f"{panel['title']} lies over another panel")
            taken |= cells
            if panel["type"] != "row":
                self.assertEqual(panel["datasource"]["uid"], "${datasource}")
                self.assertTrue(panel["targets"])
        text = json.dumps(dashboard)
        used = set(re.findall(r"\$\{?(\w+)", text)) - {"__rate_interval", "__all"}
        self.assertEqual(used, variables)


class PrometheusTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world(ONE_ZONE + '[activation]\nresolvers = ["127.0.0.1:1"]\nallow = ["127.0.0.0/8"]\n')
        metrics = free_port()
        with world.config.open("a") as config:
            config.write(f'[metrics]\nlisten = "{HOST}:{metrics}"\n'
                         f'[[webhook]]\nname = "nobody"\nurl = "http://{HOST}:1/"\nevents = ["create"]\n'
                         'secret_file = "webhook.secret"\n')
        world.write("webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", mode=0o600)
        world.start_custdkim()
        key = world.settled_key(world.create_key("watched.example")["id"])
        world.call("POST", f"/v1/keys/{key['id']}/verify")
        world.call("GET", "/v1/keys", token="not-this-one-at-all")
        world.talk(("lookup", {"qname": f"{key['slots'][0]['record_name']}.", "qtype": "ANY"}))
        cls.start_prometheus(world, metrics)

    @classmethod
    def start_prometheus(cls, world, metrics):
        cls.port = free_port()
        world.write("api.token", world.token)
        config = world.write("prometheus.yml", f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{RULES}"]
scrape_configs:
  - job_name: custdkim
    static_configs: [{{targets: ["{HOST}:{metrics}"]}}]
  - job_name: custdkim-api
    authorization: {{credentials_file: "{world.directory / 'api.token'}"}}
    static_configs: [{{targets: ["{HOST}:{world.api_port}"]}}]
""")
        program = world.remember(Program(world.directory, "prometheus", [
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={world.directory / 'tsdb'}",
            f"--web.listen-address={HOST}:{cls.port}"]))

        def scraped_thrice():
            try:
                rows = cls.query('count_over_time(up{job=~"custdkim.*"}[5m]) >= 3 and up == 1')
            except OSError:
                return False
            return len(rows) == 2

        program.wait_ready(scraped_thrice)

    @classmethod
    def ask(cls, path):
        with urllib.request.urlopen(f"http://{HOST}:{cls.port}{path}", timeout=30) as response:
            return json.load(response)["data"]

    @classmethod
    def query(cls, expression):
        """Raises HTTPError where Prometheus does not understand it."""
        return cls.ask("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))["result"]

    def test_every_rule_is_evaluated(self):
        def rules():
            return [rule for group in self.ask("/api/v1/rules")["groups"] for rule in group["rules"]]

        wait_until(lambda: all(rule["health"] != "unknown" for rule in rules()), "the rules are evaluated")
        self.assertEqual({rule["name"]: rule["health"] for rule in rules()},
                         {alert: "ok" for alert, _ in rule_expressions()})

    def test_every_query_of_the_dashboard_is_answered(self):
        dashboard = json.loads((EXAMPLES / "custdkim.dashboard.json").read_text())
        for title, query in dashboard_queries(dashboard):
            with self.subTest(title=title):
                found = self.query(query)
                may_be_empty = query.endswith("> 0") or any(rare in query for rare in RARE)
                self.assertTrue(found or may_be_empty, query)

    def test_every_metric_that_is_asked_for_is_there(self):
        dashboard = json.loads((EXAMPLES / "custdkim.dashboard.json").read_text())
        asked = {selector for _, query in [*dashboard_queries(dashboard), *rule_expressions()]
                 for selector in SELECTOR.findall(query)}
        self.assertGreater(len(asked), 30)
        for selector in sorted(asked):
            if not any(rare in selector for rare in RARE):
                with self.subTest(selector=selector):
                    self.assertTrue(self.query(selector), "there is no such metric, or none with such labels")

    def test_both_ways_to_scrape_lead_to_the_same(self):
        counts = {row["metric"]["job"]: row["value"][1] for row in self.query('custdkim_keys{status="inactive"}')}
        self.assertEqual(counts, {"custdkim": "1", "custdkim-api": "1"})


if __name__ == "__main__":
    unittest.main()
