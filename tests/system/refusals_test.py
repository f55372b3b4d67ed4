"""What is refused: exit codes, one clear sentence each, and nothing broken by it."""

import json
import os
import re
import sqlite3
import subprocess
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from world import HOST, ZONE, WorldTest, free_port, new_master_key, promised

DONE, NO, WRONG, UNKNOWN = range(4)


class RefusalTest(WorldTest):
    def check_refused(self, done, code, sentence):
        """One line on stderr behind the log, which says what to do; nothing on stdout."""
        lines = done.stderr.splitlines()
        refusals = [line for line in lines if not re.match(r"\d{4}-\d\d-\d\dT", line)]
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertEqual(len(refusals), 1, done.stderr)
        self.assertRegex(refusals[0], f"^custdkim: .*{sentence}")

    def run_key(self, *arguments):
        return self.world.run("key", *arguments)


class ConfigurationTest(RefusalTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()

    def check_config(self, good, bad, sentence):
        """A configuration in which `bad` stands for `good` is refused by check-config and by serve."""
        text = self.world.config.read_text()
        self.assertIn(good, text)
        file = self.world.write("bad.toml", text.replace(good, bad, 1))
        for verb in ("check-config", "serve", "pdns-config"):
            self.check_refused(self.world.run(verb, "--config", file), WRONG, sentence)

    def test_unknown_option(self):
        """An unknown option is refused with file and line, and the nearest name"""
        self.check_config("pool = 0", "pol = 0",
                          r"bad\.toml:16: there is no option 'pol' in \[keys\]; did you mean 'pool'\?")

    def test_unknown_section(self):
        """An unknown section is refused with file and line, and the nearest name"""
        self.check_config("[keys]", "[kyes]", r"bad\.toml:14: there is no section \[kyes\]; did you mean 'keys'\?")

    def test_no_zone(self):
        """A configuration without a key zone is refused"""
        text = self.world.config.read_text()
        self.check_config(text[:text.index("[backend]")], "", r"bad\.toml: there is no \[\[zone\]\]")

    def test_bad_values(self):
        """A wrong value is refused with file, line and name, and how to write it"""
        rotation = "pool = 0\n[rotation]\n"
        how = "is not a duration; write it like 25d"
        for good, bad, sentence in (
            ("pool = 0", rotation + 'interval = "30 d"', rf":18: rotation\.interval: '30 d' {how}"),
            ("pool = 0", rotation + "interval = 30", r":18: rotation\.interval: must be a duration in quotes"),
            ("pool = 0", rotation + 'retention = "4d"',
             rf"{ZONE} is not safe: retention \(4d\) must be at least transit \(5d\) \+ ttl \(5m\) \+ stale"),
            ("pool = 0", "pool = -1", r":16: keys\.pool: must be a whole number from 0 to 100000"),
            (f'"{HOST}:', '"0.0.0.0:', r":10: api\.listen: must be a loopback address"),
            ("sqlite:", "mysql:", r":13: store\.url: 'mysql:.* is not a store; use sqlite:"),
            (f'name = "{ZONE}"', "", r":2: this \[\[zone\]\] lacks 'name'"),
            ("[backend]", "[backend", r":7: "),
        ):
            with self.subTest(bad):
                self.check_config(good, bad, sentence)

    def test_no_configuration(self):
        """A configuration that is not there is refused by name"""
        for verb in ("serve", "check-config", "pdns-config"):
            done = self.world.run(verb, "--config", self.world.directory / "none.toml")
            self.check_refused(done, WRONG, r"none\.toml cannot be read; check --config")

    def test_good_configuration(self):
        """check-config says that a good one is fine"""
        done = self.world.run("check-config", "--config", self.world.config)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn("is fine: 1 key zone", done.stdout)


class StartTest(RefusalTest):
    def setUp(self):
        self.world = type(self).make_world()

    def check_start_refused(self, code, sentence, user=()):
        arguments = ("serve", "--config", self.world.config)
        self.check_refused(self.world.run(*arguments, user=user), code, sentence)

    def use_store(self):
        """Makes a store with a key in it."""
        daemon = self.world.start_custdkim()
        key = self.world.settled_key(self.world.create_key("acme.example")["id"])
        daemon.stop()
        return key

    def test_master_key_file(self):
        """A master key that is missing, readable by others or no key is refused, and how to make one is said"""
        file = self.world.master_key_file
        file.chmod(0o644)
        self.check_start_refused(WRONG, rf"{file} may be read by others \(mode 0644\); run: chmod 0600 {file}$")
        file.chmod(0o600)
        file.write_text("c2hvcnQ=\n")
        self.check_start_refused(WRONG, rf"{file} must hold 32 bytes as one line of base64; make one with: ")
        file.unlink()
        self.check_start_refused(WRONG, rf"{file} cannot be read: No such file or directory; make one with: ")

    def test_token_file(self):
        """A token file that is missing, readable by others or too short is refused, and how to make one is said"""
        file = self.world.token_file
        file.chmod(0o644)
        self.check_start_refused(WRONG, rf"{file} may be read by others \(mode 0644\); run: chmod 0640 {file}$")
        file.chmod(0o600)
        file.write_text("short\n")
        self.check_start_refused(WRONG, rf"{file} must hold one line of at least 16 visible characters; make one with")
        file.unlink()
        self.check_start_refused(WRONG, rf"{file} cannot be read: No such file or directory; make one with")

    def test_wrong_master_key(self):
        """Another master key than the store's is refused by name, and with the right one all is as before"""
        key = self.use_store()
        right = self.world.master_key_file.read_text()
        self.world.master_key_file.write_text(new_master_key() + "\n")
        self.check_start_refused(WRONG, rf"the master key in {self.world.master_key_file} is not the one that the "
                                        "private keys in this store were sealed with.*put the right one back")
        self.world.master_key_file.write_text(right)
        self.world.start_custdkim()
        self.assertEqual(self.world.call("GET", f'/v1/keys/{key["id"]}'), (200, key))

    def test_garbage_store(self):
        """A store file that is garbage, or half of one, is refused and left as it is"""
        self.use_store()
        half = self.world.store.read_bytes()[:5000]
        for content, reason in ((os.urandom(8192), "file is not a database"), (half, "malformed")):
            self.world.store.write_bytes(content)
            self.check_start_refused(UNKNOWN, f"the store {self.world.store} is damaged or not a database "
                                              rf"\(.*{reason}\); restore it from a backup")
            self.assertEqual(self.world.store.read_bytes(), content)

    def test_foreign_store(self):
        """Somebody else's database is refused and left as it is"""
        with sqlite3.connect(self.world.store) as database:
            database.execute("CREATE TABLE precious (thing)")
        database.close()
        content = self.world.store.read_bytes()
        self.check_start_refused(UNKNOWN, r"not one of custdkim's; check \[store\] url")
        self.assertEqual(self.world.store.read_bytes()[100:], content[100:])

    def test_newer_store(self):
        """A store of a newer custdkim is refused"""
        self.use_store()
        with sqlite3.connect(self.world.store) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
        self.check_start_refused(WRONG, "the store has schema version 99, and this custdkim knows only up to "
                                        r"\d+; run the newer custdkim that wrote it")

    def test_no_store_directory(self):
        """A store in a directory that is not there is refused, and why is said"""
        self.world.change_config("custdkim.db", "none/custdkim.db")
        self.check_start_refused(UNKNOWN, "none/custdkim.db cannot be opened: .*No such file or directory; "
                                          "check that its directory exists")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_read_only_directory(self):
        """A store directory that this user may not write is refused, and nothing is left in it"""
        nobody = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
        directory = self.world.directory / "store"
        directory.mkdir()
        self.world.change_config("custdkim.db", "store/custdkim.db")
        for file in (self.world.directory, self.world.master_key_file, self.world.token_file):
            subprocess.run(["chown", "nobody", file], check=True)
        self.check_start_refused(UNKNOWN, "store/custdkim.db cannot be opened: .*Permission denied; check that its "
                                          "directory exists and may be written by this user", user=nobody)
        self.assertEqual(list(directory.iterdir()), [])

    def test_api_port_taken(self):
        """A port of the API that somebody else has is refused by name"""
        other = type(self).make_world()
        other.start_custdkim()
        self.world.change_config(str(self.world.api_port), str(other.api_port))
        self.check_start_refused(WRONG, f"the API cannot listen on {HOST} port {other.api_port}: Address already in")
        self.assertFalse(self.world.socket.exists())


class KeyTest(RefusalTest):
    @classmethod
    def setUpClass(cls):
        world = cls.make_world()
        world.start_custdkim()
        cls.key = world.create_key("acme.example")

    def check_create_refused(self, domain, sentence, *options, code=NO):
        before = self.world.serial()
        with self.subTest(domain, options=options):
            self.check_refused(self.run_key("create", *options, "--", domain), code, sentence)
        self.assertEqual(self.world.serial(), before)

    def test_domains(self):
        """A domain that cannot have a key is refused, each for its own reason"""
        for domain, sentence in (
            ("user@acme.example", "is an address, not a domain; give what is behind the @"),
            ("192.0.2.1", "'192.0.2.1' is an IP address; DKIM keys belong to domains"),
            ("2001:db8::1", "'2001:db8::1' is an IP address"),
            ("com", "'com' is a public suffix, under which others register; give the customer's own domain"),
            ("co.uk", "'co.uk' is a public suffix"),
            ("localhost", "'localhost' is a public suffix"),
            (".", "the root of the DNS is not a customer's domain"),
            ("a..b.example", "'a..b.example' is not a domain"),
            ("_dmarc.acme.example", "the label '_dmarc' may have only letters, digits and inner hyphens"),
            ("two words.example", "'two words.example' is not a domain"),
            ("-a.example", "'-a.example' is not a domain"),
            ("acme.123", "its last label has only digits"),
            ("a" * 64 + ".example", "is not a domain"),
            (".".join(["a" * 60] * 4) + ".example", "is too long: .* DNS allows 255"),
            ("a." * 200 + "example", "domain name longer than 255 characters"),
            ("a." * 1000 + "example", "the domain is longer than DNS allows"),
            (ZONE, f"'{ZONE}' is in our own key zone {ZONE}; give the customer's domain"),
            (f"s1.abcdef.{ZONE}", "is in our own key zone"),
            (f"Customer.{ZONE.upper()}.", "is in our own key zone"),
        ):
            self.check_create_refused(domain, sentence)

    def test_options(self):
        """Selectors, types, zones and the rest are checked too, each with its own sentence"""
        for sentence, *options in (
            ("the selector 'a.b' has a dot; use a single label", "--selector=a.b", "--alternate-selector=c"),
            ("the selector 'c.d' has a dot", "--selector=a", "--alternate-selector=c.d"),
            ("are both 'a'; rotation needs two different ones", "--selector=a", "--alternate-selector=A"),
            ("the selector 's1' is in use by another key of acme.example", "--selector=s1", "--alternate-selector=x"),
            ("the selector 's2' is in use by another key", "--selector=x", "--alternate-selector=S2"),
            ("give both a selector and an alternate selector, or neither", "--selector=a"),
            ("'a_b' is not a selector", "--selector=a_b", "--alternate-selector=c"),
            ("is not a selector", "--selector=" + "a" * 64, "--alternate-selector=c"),
            (f"'other.example' is not a key zone here; there is {ZONE}", "--zone=other.example"),
            ("'a b' is not an organisation", "--org=a b"),
        ):
            self.check_create_refused("acme.example", sentence, *options)

    def test_usage(self):
        """What can be seen to be wrong without asking the service is wrong usage"""
        for domain, sentence, *options in (
            ("", "DOMAIN: must not be empty"),
            ("acme.example", "'dsa' is not a key type; use rsa-2048", "--type=dsa"),
            ("acme.example", "'all' is not a domain match; use domain, subdomains", "--match=all"),
        ):
            self.check_create_refused(domain, sentence, *options, code=WRONG)

    def test_unknown_key(self):
        """A key that is not there cannot be shown or deleted"""
        for verb in ("show", "delete"):
            for name in ("k000000000000000", "other.example", "..", "%00", "a b"):
                with self.subTest(verb, name=name):
                    self.check_refused(self.run_key(verb, name), NO, f"there is no key '{re.escape(name)}'")

    def test_ambiguous_domain(self):
        """A domain with two keys names neither"""
        self.world.create_key("twice.example")
        self.world.create_key("twice.example")
        for verb in ("show", "delete"):
            self.check_refused(self.run_key(verb, "twice.example"), NO,
                               "more than one key has the domain twice.example; name it by its id")
        self.assertEqual(self.run_key("list", "--domain", "twice.example").stdout.count("twice.example"), 2)

    def test_unreachable(self):
        """An API that does not answer is code 3; --api wins over the environment"""
        url = f"http://{HOST}:{free_port()}"
        self.check_refused(self.run_key("list", "--api", url), UNKNOWN,
                           f"cannot reach custdkim at {url}: .*--api right")
        self.check_refused(self.run_key("list", "--api", "nonsense"), UNKNOWN, "cannot reach custdkim at nonsense")
        self.check_refused(self.run_key("list", "--api", "ftp://x"), WRONG, "'ftp://x' is not the URL of an API")

    def test_wrong_token(self):
        """A token that is wrong, or is not there, is code 2"""
        file = self.world.write("other-token", "0123456789abcdef0123456789abcdef\n", mode=0o600)
        self.check_refused(self.run_key("list", "--token-file", file), WRONG, f"does not accept the token in {file}")
        file.unlink()
        self.check_refused(self.run_key("list", "--token-file", file), WRONG, f"the token file {file} cannot be read")

    def test_usage(self):
        """Wrong usage is code 2, and says which word is wrong; help is 0"""
        for sentence, *arguments in (("A subcommand is required; see --help",),
                                     ("A subcommand is required", "key"),
                                     ("'bogus' is not known here; see --help", "bogus"),
                                     ("DOMAIN is required", "key", "create"),
                                     ("'--slector' is not known here", "key", "create", "a.example", "--slector", "x"),
                                     ("'b.example' is not known here", "key", "create", "a.example", "b.example"),
                                     ("--type", "key", "create", "--type=x", "--type=y", "--", "a.example")):
            with self.subTest(arguments):
                self.check_refused(self.world.run(*arguments), WRONG, sentence)
        for arguments in (("--help",), ("key", "--help"), ("key", "create", "--help"), ("--version",)):
            done = self.world.run(*arguments)
            self.assertEqual((done.returncode, done.stderr), (DONE, ""))
            self.assertTrue(done.stdout)

    def test_json(self):
        """With --json every key verb prints exactly one JSON document; warnings go to stderr"""
        created = self.run_key("create", "json.example", "--type", "rsa-1024", "--json")
        key = json.loads(created.stdout)
        self.assertIn("custdkim: warning: rsa-1024", created.stderr)
        fields = {"id", "domain", "match", "type", "status", "signing_selector", "slots", "next", "rotation", "hold"}
        self.assertLessEqual(fields, key.keys())
        settled = self.world.settled_key(key["id"])
        self.assertEqual(promised(settled), promised(key))
        self.assertEqual({pair["state"] for slot in settled["slots"] for pair in slot["pairs"]}, {"ready"})
        shown = json.loads(self.run_key("show", "json.example", "--json").stdout)
        self.assertEqual(shown, settled)
        listed = json.loads(self.run_key("list", "--domain", "json.example", "--json").stdout)
        self.assertEqual(listed["keys"], [settled])
        deleted = json.loads(self.run_key("delete", key["id"], "--json").stdout)
        self.assertEqual((deleted["id"], deleted["withdrawn"]), (key["id"], True))
        gone = self.run_key("show", key["id"], "--json")
        self.assertEqual((gone.returncode, json.loads(gone.stdout)["type"]), (NO, "urn:custdkim:problem:not-found"))
        self.assertIn("there is no key", gone.stderr)


class HealthTest(RefusalTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world().start_custdkim()

    def health(self, port, *options):
        return self.world.run("health", "--api", f"http://{HOST}:{port}", *options)

    def test_healthy(self):
        """A service that serves is healthy, and no token is needed to hear that"""
        self.world.token_file.rename(self.world.directory / "elsewhere")
        self.addCleanup((self.world.directory / "elsewhere").rename, self.world.token_file)
        done = self.health(self.world.api_port)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertEqual(done.stdout, f"http://{HOST}:{self.world.api_port} serves\n")
        document = json.loads(self.health(self.world.api_port, "--json").stdout)
        self.assertEqual((document["status"], document["zones"][0]["name"]), ("serving", ZONE))

    def test_not_there(self):
        """Where nothing answers it could not be reached"""
        self.check_refused(self.health(free_port()), UNKNOWN, "cannot reach custdkim at ")

    def test_something_else(self):
        """What answers something else is not healthy, or no custdkim; a token is not sent there"""
        for status, body, code, sentence in ((200, b'{"status": "starting"}', NO, "does not say that it serves"),
                                             (200, b'{"status": ["serving"]}', NO, "does not say that it serves"),
                                             (404, b'{"detail": "no such path"}', NO, "no such path"),
                                             (502, b'{"detail": "gone"}', UNKNOWN, "gone"),
                                             (200, b"serving", UNKNOWN, "is not custdkim; check --api")):
            with self.subTest(body), OneAnswer(status, body) as server:
                self.check_refused(self.health(server.port), code, sentence)
                self.assertEqual(server.authorization, [None])


class OneAnswer:
    """A web server that says the same to everybody, and remembers what tokens it was sent."""

    def __init__(self, status, body):
        self.authorization = []
        told = self.authorization

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                told.append(self.headers["Authorization"])
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = HTTPServer((HOST, 0), Handler)
        self.port = self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    unittest.main()
