"""docs/lab.md, executed: every ```console block is typed into one shell, beside one lab. "..." in what is expected
stands for anything on its line, a line of it for any lines. Ports and directory are free ones instead of the page's."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from world import Program, wait_until

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lab.md"
CUSTDKIM = Path(os.environ["CUSTDKIM"])
CUSTDKIM_LAB = Path(os.environ["CUSTDKIM_LAB"])


def steps(page):
    """(command, expected output) of each line that begins with "$ ", in order."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


def matches(expected, output):
    pattern = ""
    for line in expected.splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*"
        else:
            words = re.split(r"\s+", line.strip())
            gap = r"[ \t]+"
            pattern += r"[ \t]*" + gap.join(r"[^\n]*".join(map(re.escape, word.split("..."))) for word in words)
            pattern += r"[ \t]*\n"
    return re.fullmatch(pattern, output if output.endswith("\n") or not output else output + "\n") is not None


class Matching(unittest.TestCase):
    def test_what_is_expected_can_be_missed(self):
        self.assertTrue(matches("a ... c\n...\nend", "a b c\nmore\nand more\nend\n"))
        self.assertTrue(matches("...\nend", "end\n"))
        self.assertTrue(matches("", ""))
        self.assertTrue(matches("x...z.", "xyz.\n"))
        self.assertFalse(matches("a ... c", "a b c\nd\n"))
        self.assertFalse(matches("a", "b\n"))
        self.assertFalse(matches("", "something\n"))
        self.assertFalse(matches("a\n...\nend", "b\nend\n"))


class FirstTenMinutes(unittest.TestCase):
    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="custdkim-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.state = self.directory / f"custdkim-lab-{os.geteuid()}"
        self.environment = {"TMPDIR": str(self.directory),
                            "PATH": f"{CUSTDKIM.parent}:{CUSTDKIM_LAB.parent}:{os.environ['PATH']}"}

    def up(self, command):
        lab = Program(self.directory, "up", command.split() + ["--dns", "0", "--http", "0"], self.environment)
        self.addCleanup(lab.stop)
        endpoints = self.state / "endpoints.json"
        lab.wait_ready(endpoints.exists)
        self.endpoints = json.loads(endpoints.read_text())
        wait_until(lambda: "key show" in lab.log(), "the lab says what to try first")
        return lab.log()

    def here(self, text):
        """The page's ports and directory become this test's."""
        port = {name: self.endpoints[name].rsplit(":", 1)[1] for name in ("api", "lab", "dns")}
        for there, ours in (("8053", port["api"]), ("8054", port["lab"]), ("5300", port["dns"]),
                            ("/tmp/custdkim-lab-1000", str(self.state))):
            text = text.replace(there, ours)
        return text

    def type(self, command):
        """Into a shell that goes on where the last one ended."""
        script = f"set -a; [ -f .exports ] && . ./.exports; {self.here(command)}\nstatus=$?; export -p > .exports; exit $status"
        done = subprocess.run(["bash", "-c", script], cwd=self.directory, env={**os.environ, **self.environment},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        return done.stdout

    def test_the_page_shows_what_one_sees(self):
        [(up, greeting), *rest] = steps(PAGE.read_text())
        said = self.up(up)
        self.assertTrue(matches(self.here(greeting), said), said)
        for command, expected in rest:
            with self.subTest(command):
                output = self.type(command)
                self.assertTrue(matches(self.here(expected), output), f"{command}\n{output}")
        self.assertGreater(len(rest), 12)


if __name__ == "__main__":
    unittest.main()
