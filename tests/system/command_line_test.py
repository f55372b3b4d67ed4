"""The contract of the command line: wrong usage, refusals as JSON, lists and where they go on."""

import json
import os
import re
import subprocess
import unittest

from world import HOST, WorldTest, free_port

DONE, NO, WRONG, UNKNOWN = range(4)
LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")


def untimed(sentence):
    """libcurl says how long it took to fail."""
    return re.sub(r"after \d+ ms", "after some ms", sentence)


class CommandLineTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.start_custdkim()
        for name in ("one", "two", "three"):
            cls.world.create_key(f"{name}.example")

    def must(self, *arguments):
        done = self.world.run(*arguments, "--json")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""), arguments)
        return json.loads(done.stdout)

    def refused(self, code, *arguments):
        """The problem document, and the sentence."""
        done = self.world.run(*arguments, "--json")
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertRegex(done.stderr, r"\Acustdkim: .*\n\Z")
        document = json.loads(done.stdout)
        self.assertRegex(document["type"], r"^urn:custdkim:problem:[a-z-]+$")
        self.assertTrue(document["title"] and document["detail"])
        text = self.world.run(*arguments)
        self.assertEqual((text.returncode, untimed(text.stderr)), (code, untimed(done.stderr)), "--json changes nothing else")
        return document, done.stderr

    def test_wrong_usage(self):
        """Wrong values are wrong usage, in a short sentence with the option's name, and the service is not asked"""
        for option, arguments in (
            ("--limit", ("key", "list", "--limit", "0")), ("--limit", ("key", "list", "--limit", "1.5")),
            ("--limit", ("event", "list", "--limit", "many")), ("--after", ("event", "list", "--after", "-1")),
            ("--status", ("key", "list", "--status", "nonsense")), ("--status", ("sender", "list", "--status", "active")),
            ("--type", ("key", "create", "a.example", "--type", "rsa-512")),
            ("--match", ("key", "create", "a.example", "--match", "all")),
            ("--scope", ("token", "create", "x", "--scope", "read,wrte")), ("--scope", ("token", "create", "x", "--scope", "read,")),
            ("--expires", ("token", "create", "x", "--scope", "read", "--expires", "soon")),
            ("--unsigned", ("org", "set", "default", "--unsigned", "no")),
            ("--user-verification", ("org", "set", "default", "--user-verification", "no")),
            ("--for", ("key", "lease", "one.example", "--for", "long")),
            ("ID", ("key", "show", "")), ("DOMAIN", ("key", "create", "")), ("TOKEN", ("token", "revoke", "")),
            ("ORG", ("org", "show", "")), ("ZONE", ("zone", "export", "")), ("ADDRESS", ("sender", "check", "")),
            ("--org", ("token", "create", "x", "--scope", "read", "--org", "")), ("--domain", ("key", "list", "--domain", "")),
        ):
            with self.subTest(arguments):
                done = self.world.run(*arguments, "--api", "http://127.0.0.1:1")
                self.assertEqual((done.returncode, done.stdout), (WRONG, ""))
                self.assertRegex(done.stderr, rf"\Acustdkim: {option}: .*; see --help\n\Z")
                self.assertLess(len(done.stderr), 140)

    def test_refusals(self):
        """With --json a refusal is the problem document of the API, and the sentence is on standard error all the same"""
        for arguments in (("key", "show", "nobody.example"), ("key", "rotate", "nobody.example"),
                          ("key", "verify", "nobody.example"), ("key", "timeline", "nobody.example"),
                          ("key", "delete", "nobody.example"), ("org", "show", "nobody"), ("token", "revoke", "nobody")):
            with self.subTest(arguments):
                document, sentence = self.refused(NO, *arguments)
                self.assertEqual((document["status"], document["type"]), (404, "urn:custdkim:problem:not-found"))
                self.assertEqual(sentence, f"custdkim: {document['detail']}\n")
        document, _ = self.refused(NO, "key", "create", "one.example", "--org", "not a name")
        self.assertEqual(document["status"], 422)

    def test_refusals_of_our_own(self):
        """Where there was no answer the document is alike, without a status"""
        nowhere = ("--api", f"http://{HOST}:{free_port()}")
        for arguments in (("key", "list"), ("key", "show", "x"), ("key", "activate", "x"), ("event", "list"), ("health",),
                          ("policy", "list"), ("backup", self.world.directory / "never.db"), ("zone", "reload")):
            with self.subTest(arguments):
                document, sentence = self.refused(UNKNOWN, *arguments, *nowhere)
                self.assertEqual(document["type"], "urn:custdkim:problem:unavailable")
                self.assertNotIn("status", document)
                self.assertEqual(sentence, f"custdkim: {document['detail']}\n")
        self.assertEqual(self.refused(NO, "policy", "show", "nowhere.example")[0]["type"], "urn:custdkim:problem:refused")
        self.assertEqual(self.refused(WRONG, "key", "list", "--limit", "0")[0]["type"], "urn:custdkim:problem:invalid")
        wrong = self.world.write("wrong", "0" * 64 + "\n", mode=0o600)
        self.assertEqual(self.refused(WRONG, "key", "list", "--token-file", wrong)[0]["status"], 401)
        followed = self.world.run("event", "follow", "--json", "--token-file", wrong)
        self.assertEqual((followed.returncode, json.loads(followed.stdout)["status"]), (WRONG, 401))
        self.assertEqual(followed.stdout.count("\n"), 1)

    def test_check_config(self):
        """check-config as JSON: what is wrong, where; pdns-config: the settings that its text has"""
        fine = self.must("check-config", "--config", self.world.config)
        self.assertEqual(fine, {"ok": True, "problems": []})
        text = self.world.config.read_text()
        broken = self.world.write("broken.toml", text.replace("[keys]", "[keys]\nx = 3") + "[rotation]\nretention = '1d'\n")
        for verb in ("check-config", "pdns-config"):
            done = self.world.run(verb, "--config", broken, "--json")
            self.assertEqual(done.returncode, WRONG)
            document = json.loads(done.stdout)
            line = broken.read_text().splitlines().index("x = 3") + 1
            self.assertEqual(document["problems"][0],
                             {"file": str(broken), "line": line, "message": "there is no option 'x' in [keys]"})
            self.assertEqual((document["problems"][1]["file"], document["problems"][1]["line"]), (str(broken), None))
            self.assertEqual(done.stderr.count("\n"), len(document["problems"]))
        self.assertEqual(json.loads(self.world.run("check-config", "--config", broken, "--json").stdout)["ok"], False)
        lost = self.world.write("lost.toml", text.replace("master.key", "nowhere.key"))
        [problem] = json.loads(self.world.run("check-config", "--config", lost, "--json").stdout)["problems"]
        self.assertIn("nowhere.key cannot be read", problem["message"])

    def test_pdns_config(self):
        """pdns-config as JSON has the settings of its text, each with its reason"""
        settings = self.must("pdns-config", "--config", self.world.config)["settings"]
        printed = self.world.run("pdns-config", "--config", self.world.config).stdout
        lines = [line for line in printed.splitlines() if line and not line.startswith("#")]
        self.assertEqual([f"{setting['name']}={setting['value']}" for setting in settings], lines)
        for setting in settings:
            self.assertIn(f"# {setting['reason'].splitlines()[-1]}\n", printed)

    def test_pages(self):
        """A list that was limited says so, and goes on where it ended"""
        everything = self.must("key", "list")
        self.assertIsNone(everything["next"])
        self.assertEqual(len(everything["keys"]), 3)
        first = self.must("key", "list", "--limit", "2")
        rest = self.must("key", "list", "--after", first["next"])
        self.assertEqual(first["keys"] + rest["keys"], everything["keys"])
        self.assertIsNone(rest["next"])
        for verb, member in (("sender", "senders"), ("domain", "domains"), ("org", "orgs")):
            self.assertIsNone(self.must(verb, "list")["next"], member)

    def test_newest_events(self):
        """--limit has the newest events, oldest first; of a key, too"""
        key = self.must("key", "list", "--domain", "one.example")["keys"][0]["id"]
        for number in range(7):
            self.world.run("org", "create", f"org-{number}")
        everything = self.must("event", "list")["events"]
        self.assertGreater(len(everything), 9)
        for count in (1, 4, len(everything), 1000):
            self.assertEqual(self.must("event", "list", "--limit", count)["events"], everything[-count:])
        of_key = [event for event in everything if event["key"] == key]
        self.assertEqual(self.must("event", "list", "--key", key, "--limit", 1)["events"], of_key[-1:])
        after = everything[-3]["number"]
        self.assertEqual(self.must("event", "list", "--after", after, "--limit", 5)["events"], everything[-2:])

    def test_token_by_name(self):
        """A token is revoked by its id, or by its name where one live token has it"""
        def make(name):
            return json.loads(self.world.run("token", "create", name, "--scope", "read", "--json").stdout)["id"]

        first = make("mailer")
        self.assertEqual(self.must("token", "revoke", "mailer")["id"], first)
        self.assertEqual(self.refused(NO, "token", "revoke", "mailer")[0]["status"], 404)
        second = make("mailer")
        self.assertEqual(self.must("token", "revoke", first)["id"], first)
        self.assertEqual([token["id"] for token in self.must("token", "list")["tokens"] if token["status"] == "live"], [second])
        self.assertEqual(self.must("token", "revoke", "mailer")["id"], second)


class LabCommandLineTest(unittest.TestCase):
    def run_lab(self, *arguments):
        done = subprocess.run([LAB, *arguments, "--json"], capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout), done.stderr

    def test_timeline(self):
        """The timeline as JSON has the steps of the picture, and what each record is from when to when"""
        code, document, _ = self.run_lab("timeline")
        self.assertEqual(code, DONE)
        printed = subprocess.run([LAB, "timeline"], capture_output=True, text=True, check=True).stdout
        self.assertEqual([f"{step['at']}: {step['what']}" for step in document["steps"]],
                         printed.split("\n\n")[-1].splitlines())
        for slot in document["slots"]:
            spans = slot["spans"]
            self.assertEqual([span["to"] for span in spans[:-1]], [span["from"] for span in spans[1:]])
            self.assertIsNone(spans[-1]["to"])
            self.assertIn("active", [span["state"] for span in spans])

    def test_refusals(self):
        """Refusals of the lab's verbs are JSON, too"""
        for arguments in (("timeline", "--policy", "/nowhere"), ("simulate", "--keys", "0"), ("simulate", "--faults", "x"),
                          ("customer", "list", "--state", "/nowhere"), ("misconfigurations", "--catalogue", "/nowhere")):
            with self.subTest(arguments):
                code, document, sentence = self.run_lab(*arguments)
                self.assertIn(code, (WRONG, UNKNOWN))
                self.assertEqual(sentence, f"custdkim-lab: {document['detail']}\n")


if __name__ == "__main__":
    unittest.main()
