"""What is printed on a terminal, and what goes into a pipe: widths and colours."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from world import HOST, PROGRAM, WorldTest

COLUMNS = 60
LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")


class TerminalTest(WorldTest):
    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.start_custdkim()
        cls.world.create_key("acme.example")
        cls.world.create_key("a-customer-with-a-very-long-name-that-no-terminal-has-room-for.example")

    def on_terminal(self, *arguments, columns=COLUMNS, program=PROGRAM, **variables):
        """What is printed on a terminal of so many columns."""
        environment = {**os.environ, "CUSTDKIM_API": f"http://{HOST}:{self.world.api_port}", "TERM": "xterm",
                       "CUSTDKIM_TOKEN_FILE": str(self.world.token_file), **variables}
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with subprocess.Popen([program, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment) as running:
            os.close(slave)
            printed = b""
            try:
                while piece := os.read(master, 65536):
                    printed += piece
            except OSError:  # the other side is closed
                pass
        os.close(master)
        self.assertEqual(running.returncode, 0)
        return printed.decode().replace("\r\n", "\n")

    def test_width(self):
        """A table fits the terminal, and what is cut says so; a pipe gets all"""
        shown = self.on_terminal("key", "list", NO_COLOR="1")
        self.assertNotIn("\x1b", shown)
        self.assertIn("…", shown)
        self.assertEqual({len(line) <= COLUMNS for line in shown.splitlines()}, {True}, shown)
        piped = self.world.run("key", "list").stdout
        self.assertNotIn("…", piped)
        self.assertIn("a-customer-with-a-very-long-name-that-no-terminal-has-room-for.example  ed25519", piped)

    def test_ids(self):
        """What every verb is given is there in full, however narrow the terminal; so are dates"""
        tokens = self.world.directory / "tokens"
        tokens.mkdir()
        self.world.run("token", "create", "a-token-with-a-long-name", "--scope", "read,operate,sign", "--expires", "90d",
                       "--output", tokens / "first")
        for columns in (80, 60, 40):
            for verb in ("key", "token"):
                listed = json.loads(self.world.run(verb, "list", "--json").stdout)[f"{verb}s"]
                shown = self.on_terminal(verb, "list", columns=columns, NO_COLOR="1")
                with self.subTest(f"{verb} list, {columns} columns"):
                    for item in listed:
                        self.assertIn(f"{item['id']}  ", shown)
                    self.assertNotRegex(shown, r"20\d\d-[0-9T:-]*…")
                    self.assertLessEqual(max(map(len, shown.splitlines())), columns, shown)
        self.assertRegex(self.on_terminal("key", "list", columns=80, NO_COLOR="1"),
                         r"a-[a-z-]+…[a-z.-]*example  ed25519 .* 20\d\d-\d\d-\d\d")

    def test_misconfigurations(self):
        """The lab's list fits, too, with the words that its verbs take in full"""
        piped = subprocess.run([LAB, "misconfigurations"], capture_output=True, text=True, check=True).stdout
        shown = self.on_terminal("misconfigurations", columns=80, program=LAB, NO_COLOR="1")
        self.assertLessEqual(max(map(len, shown.splitlines())), 80)
        self.assertEqual([line.split()[0] for line in shown.splitlines()], [line.split()[0] for line in piped.splitlines()])
        self.assertNotIn("…", piped)

    def test_help(self):
        """Help is as wide as the terminal, from 60 columns to 100, and 100 in a pipe; commands stay in one piece"""
        for columns, most in ((20, 60), (60, 60), (80, 80), (300, 100)):
            for verb in (("key", "create"), ("key",), ("diagnose",), ()):
                shown = self.on_terminal(*verb, "--help", columns=columns)
                text = [line for line in shown.splitlines() if not line.startswith("  custdkim ")]
                self.assertTrue(most - 12 < max(map(len, text)) <= most, shown)
        self.assertEqual(self.world.run("key", "create", "--help").stdout,
                         self.on_terminal("key", "create", "--help", columns=100))

    def test_colours(self):
        """Colours are on a terminal that has them, unless NO_COLOR is set, and never in a pipe or in JSON"""
        self.assertRegex(self.on_terminal("key", "list"), r"\x1b\[2mID\x1b\[0m")
        for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\x1b", self.on_terminal("key", "list", **variables))
        self.assertNotIn("\x1b", self.world.run("key", "list").stdout)
        printed = self.on_terminal("key", "list", "--json")
        self.assertEqual(len(json.loads(printed)["keys"]), 2)

    def test_progress(self):
        """A backup tells a terminal how far it is, and leaves one clean line"""
        file = self.world.directory / "shown.db"
        shown = self.on_terminal("backup", str(file))
        self.assertIn("the service copies its store", shown)
        last = re.sub(r".*\x1b\[K", "", shown.splitlines()[-2])
        self.assertTrue(last.startswith(str(file)), shown)


if __name__ == "__main__":
    unittest.main()
