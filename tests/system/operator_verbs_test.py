"""What operators follow and look up from the command line: events as they happen, policies, timelines, failing keys; and a
service that needs no token."""

import json
import os
import signal
import subprocess
import threading
import unittest

from world import HOST, PROGRAM, ZONE, WorldTest, wait_until

DONE, NO, WRONG = range(3)


class Follower:
    """`custdkim event follow`, and the lines that it has printed."""

    def __init__(self, world, *arguments):
        environment = {**os.environ, "CUSTDKIM_API": f"http://{HOST}:{world.api_port}",
                       "CUSTDKIM_TOKEN_FILE": str(world.token_file)}
        self.process = subprocess.Popen([PROGRAM, "event", "follow", *arguments], env=environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self.reader.start()

    def end(self):
        """(exit code, what is on standard error)"""
        self.process.send_signal(signal.SIGINT)
        complaint = self.process.stderr.read()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.wait(), complaint


class OperatorVerbsTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.change_config("[keys]", '[activation]\ncheck = "unchecked"\n[keys]')
        cls.world.start_custdkim()

    def document(self, *arguments):
        done = self.world.run(*arguments, "--json")
        self.assertEqual(done.returncode, DONE, done.stderr)
        return json.loads(done.stdout)

    def test_follow(self):
        """What happens is printed while it happens, of all keys or of one, as text and as JSON; Ctrl-C ends it well"""
        first = self.world.create_key("first.example")
        everything = Follower(self.world, "--after", "0")
        only = Follower(self.world, "--after", "0", "--key", first["id"], "--json")
        self.addCleanup(everything.process.kill)
        self.addCleanup(only.process.kill)
        wait_until(lambda: any("first.example" in line for line in everything.lines), "what happened before")
        self.world.create_key("second.example")
        wait_until(lambda: any("second.example" in line for line in everything.lines), "what happens now")
        self.world.call("DELETE", f"/v1/keys/{first['id']}")
        wait_until(lambda: any(json.loads(line)["action"] == "delete" for line in only.lines), "the end of the key")
        self.assertEqual(everything.end(), (DONE, ""))
        self.assertEqual(only.end(), (DONE, ""))
        self.assertEqual({json.loads(line)["domain"] for line in only.lines}, {"first.example"})

    def test_policy(self):
        """The policy of a zone is told, and a zone that is not there is named"""
        [policy] = self.document("policy", "list")["policies"]
        self.assertEqual(policy["zone"], ZONE)
        shown = self.document("policy", "show", ZONE)
        self.assertEqual(shown, policy)
        text = self.world.run("policy", "show", ZONE).stdout
        for name in ("interval", "prepublish", "retention"):
            self.assertIn(name, text)
        refused = self.world.run("policy", "show", "nowhere.example")
        self.assertEqual(refused.returncode, NO)
        self.assertRegex(refused.stderr, r"^custdkim: .*nowhere\.example.*\n$")

    def test_timeline(self):
        """A timeline tells what was and what is planned, in the order of time"""
        key = self.world.settled_key(self.world.create_key("timeline.example")["id"])
        self.assertEqual(self.document("key", "timeline", key["id"])["planned"], [])
        self.assertEqual(self.world.run("key", "activate", key["id"]).returncode, DONE)
        timeline = self.document("key", "timeline", "timeline.example")
        self.assertEqual([slot["selector"] for slot in timeline["slots"]], ["s1", "s2"])
        times = [step["due"] for step in timeline["planned"]]
        self.assertGreater(len(times), 2)
        self.assertEqual(times, sorted(times))
        by_id = self.world.run("key", "timeline", key["id"])
        self.assertEqual(by_id.returncode, DONE, by_id.stderr)
        self.assertIn("active", by_id.stdout)
        self.assertEqual(self.world.run("key", "timeline", "nobody.example").returncode, NO)

    def test_failing(self):
        """None of these keys is failing, and the service knows the word"""
        self.world.create_key("sound.example")
        self.assertEqual(self.document("key", "list", "--failing"), {"keys": [], "next": None})

    def test_search(self):
        """Keys are found by how their domains begin, in U-labels too; not with a whole domain as well"""
        for domain in ("search-b.example", "search-a.example", "müller-search.example"):
            self.world.create_key(domain)

        def found(prefix):
            return [key["domain"] for key in self.document("key", "list", "--search", prefix)["keys"]]

        self.assertEqual(found("search-"), ["search-a.example", "search-b.example"])
        self.assertEqual(found("müller-s"), ["xn--mller-search-dlb.example"])
        self.assertEqual(found("earch"), [])
        self.assertEqual(self.world.run("key", "list", "--search", "s", "--domain", "search-a.example").returncode, WRONG)


class TokenlessTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.change_config('token_file = "token"', 'token_file = ""')
        cls.world.start_custdkim()

    def ask(self, **environment):
        kept = {name: value for name, value in os.environ.items() if name != "CUSTDKIM_TOKEN_FILE"}
        return subprocess.run([PROGRAM, "key", "list"], text=True, capture_output=True,
                              env={**kept, "CUSTDKIM_API": f"http://{HOST}:{self.world.api_port}", **environment})

    @unittest.skipIf(os.path.exists("/etc/custdkim/token"), "this machine has a token where one is looked for")
    def test_nothing_said(self):
        """Who has no token and names none asks without; a file that is named has to be there"""
        self.assertEqual(self.ask().returncode, DONE)
        named = self.ask(CUSTDKIM_TOKEN_FILE=str(self.world.directory / "nowhere"))
        self.assertEqual(named.returncode, WRONG)
        self.assertIn("nowhere cannot be read", named.stderr)


@unittest.skipIf(os.path.exists("/etc/custdkim/token"), "this machine has a token where one is looked for")
class TokenWantedTest(WorldTest):
    def test_nothing_said(self):
        """Who names no token to a service that wants one is told so"""
        self.make_world()
        self.world.start_custdkim()
        kept = {name: value for name, value in os.environ.items() if name != "CUSTDKIM_TOKEN_FILE"}
        done = subprocess.run([PROGRAM, "key", "list", "--api", f"http://{HOST}:{self.world.api_port}"], text=True,
                              capture_output=True, env=kept)
        self.assertEqual(done.returncode, WRONG)
        self.assertIn("wants a token; name the file that holds one with --token-file", done.stderr)


if __name__ == "__main__":
    unittest.main()
