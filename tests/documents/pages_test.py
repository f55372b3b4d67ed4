"""The pages that run beside a lab (docs/lab.md and others), and those that need nothing but the programs, are typed
as they stand. Only ports and the lab's directory are others: free ones."""

import json
import os
import re
import shlex
import shutil
import socket
import tempfile
import unittest
from pathlib import Path

import pages
from page_text import ROOT
from world import HOST, Program, free_port, wait_until

CUSTDKIM = Path(os.environ["CUSTDKIM"])
CUSTDKIM_LAB = Path(os.environ["CUSTDKIM_LAB"])


class Directory:
    """An empty one, with the programs in PATH; what is started in the background is stopped at the end."""

    ours = {}  # by what the page has: ports, directories

    def __init__(self, test):
        self.test = test
        self.directory = Path(tempfile.mkdtemp(prefix="custdkim-"))
        test.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.environment = {**os.environ, "TMPDIR": str(self.directory),
                            "PATH": f"{CUSTDKIM.parent}:{CUSTDKIM_LAB.parent}:{os.environ['PATH']}:/usr/sbin"}
        self.shell = pages.Shell(self.directory, self.environment)

    def here(self, text):
        """With what is ours in the place of what is the page's."""
        there = "|".join(map(re.escape, self.ours)) or r"(?!)"
        return re.sub(there, lambda found: self.ours[found[0]], text)

    def run(self, command):
        return self.shell.run(command)

    def start(self, command):
        script = f"cd {shlex.quote(str(self.directory))} && exec {command}"
        program = Program(self.directory, Path(shlex.split(command)[0]).name, ["bash", "-c", script], self.environment)
        self.test.addCleanup(program.stop)
        return program


class Shell(Directory):
    """With the examples, too. Commands with " &" behind them go on in the background, and the next one comes when they
    answer."""

    def __init__(self, test):
        super().__init__(test)
        shutil.copytree(ROOT / "docs" / "examples", self.directory / "docs" / "examples")
        self.ours = {"18080": str(free_port()), "15300": str(free_port())}

    def run(self, command):
        if not command.endswith(" &"):
            return super().run(command)
        program = self.start(command.removesuffix(" &"))
        program.wait_ready(lambda: self.answers(self.ours["15300" if program.name == "pdns_server" else "18080"]))
        return "", 0

    @staticmethod
    def answers(port):
        try:
            socket.create_connection((HOST, int(port)), timeout=1).close()
        except OSError:
            return False
        return True


class BesideLab(Directory):
    """Where a page starts a lab, it is one of our own."""

    def run(self, command):
        if not command.startswith("custdkim-lab up"):
            return super().run(command)
        lab = self.start(f"{command} --dns 0 --http 0")
        state = self.directory / f"custdkim-lab-{os.geteuid()}"
        lab.wait_ready((state / "endpoints.json").exists)
        wait_until(lambda: "key show" in lab.log(), "the lab says what to try first")
        at = json.loads((state / "endpoints.json").read_text())
        port = {name: at[name].rsplit(":", 1)[1] for name in ("api", "lab", "dns")}
        self.ours = {"8053": port["api"], "8054": port["lab"], "5300": port["dns"],
                     "/tmp/custdkim-lab-1000": str(state)}
        return lab.log(), 0


class Pages(unittest.TestCase):
    def type_all(self, kind, setup):
        found = pages.pages_in(kind)
        self.assertTrue(found, f"there is no page to run in '{kind}'")
        for page in found:
            there = setup(self)
            count = pages.type_page(self, page, there.run, lambda text, there=there: there.here(text))
            self.assertGreater(count, 0, page)
            self.doCleanups()

    def test_pages_beside_a_lab_show_what_one_sees(self):
        self.type_all("lab", BesideLab)

    def test_pages_that_need_nothing_show_what_one_sees(self):
        self.type_all("shell", Shell)


class Typing(unittest.TestCase):
    """That the comparison can fail, and how."""

    def test_what_is_expected_can_be_missed(self):
        def matches(expected, output):
            return pages.Labels().matches(expected, output)

        self.assertTrue(matches("a ... c\n...\nend", "a b c\nmore\nand more\nend\n"))
        self.assertTrue(matches("...\nend", "end\n"))
        self.assertTrue(matches("", ""))
        self.assertTrue(matches("x...z.", "xyz.\n"))
        self.assertFalse(matches("a ... c", "a b c\nd\n"))
        self.assertFalse(matches("a", "b\n"))
        self.assertFalse(matches("", "something\n"))
        self.assertFalse(matches("a\n...\nend", "b\nend\n"))

    def test_labels_are_learnt_and_then_insisted_on(self):
        labels = pages.Labels()
        said = "s1.aaaaaa.custdkim.example.net. and s1.aaaaaa.custdkim.example.net."
        self.assertFalse(labels.matches(said, "s1.q7w2ka.custdkim.example.net. and s1.m4x9tz.custdkim.example.net."))
        self.assertTrue(labels.matches(said, said.replace("aaaaaa", "q7w2ka")))
        self.assertEqual(labels.here("dig s1.aaaaaa.custdkim.example.net"), "dig s1.q7w2ka.custdkim.example.net")
        self.assertFalse(labels.matches(labels.here(said), said.replace("aaaaaa", "m4x9tz")))

    def failures(self, page):
        """What a run of a page with this text comes to."""
        directory = Path(tempfile.mkdtemp(prefix="custdkim-"))
        self.addCleanup(shutil.rmtree, directory)
        path = directory / "page.md"
        path.write_text(page)
        shell = pages.Shell(directory, dict(os.environ))

        class Trial(unittest.TestCase):
            def runTest(self):
                pages.type_page(self, path, shell.run)

        result = Trial().run()
        return len(result.failures) + len(result.errors)

    def test_a_page_that_is_wrong_fails(self):
        def page(block):
            return f"<!-- run in: shell -->\n\n```console\n{block}\n```\n"

        self.assertEqual(self.failures(page("$ a=1; cd /\n$ echo $a $PWD\n1 /")), 0)
        self.assertEqual(self.failures(page("$ cat <<E\n> one\n> E\none")), 0)
        self.assertEqual(self.failures(page("$ echo one\ntwo")), 1)
        self.assertEqual(self.failures(page("$ echo one")), 1)
        self.assertEqual(self.failures(page("$ false")), 1)
        self.assertEqual(self.failures(page("$ echo one; false\n...")), 1)
        self.assertEqual(self.failures(page("$ true") + "\n<!-- meanwhile: false -->\n"), 1)
        self.assertEqual(self.failures("```console\n$ false\n```\n"), 0)  # says nowhere that it runs


if __name__ == "__main__":
    unittest.main()
