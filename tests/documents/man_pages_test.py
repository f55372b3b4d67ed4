"""The man pages say what the programs' help says, and man can show them."""

import os
import re
import subprocess
import unittest

from page_text import ROOT

PROGRAMS = {"custdkim": os.environ.get("CUSTDKIM", "custdkim"),
            "custdkim-lab": os.environ.get("CUSTDKIM_LAB", "custdkim-lab")}


def said(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


class ManPagesTest(unittest.TestCase):
    def test_pages(self):
        """The generated parts are as scripts/man-pages.sh would write them"""
        for name, program in PROGRAMS.items():
            page = ROOT / "docs" / f"{name}.1.md"
            with self.subTest(name):
                self.assertEqual(page.read_text(), said(program, "__manual", str(page)), "run scripts/man-pages.sh")

    def test_help(self):
        """Every option that the page has is in the help of its verb, and the other way round"""
        for name, program in PROGRAMS.items():
            page = (ROOT / "docs" / f"{name}.1.md").read_text()
            in_page = set(re.findall(r"^`(--[a-z-]+)", page, re.MULTILINE))
            verbs = re.findall(rf"^### {name} ([a-z -]+?)(?= [A-Z]|$)", page, re.MULTILINE)
            self.assertGreater(len(verbs), 8)
            in_help = set()
            for verb in verbs:
                in_help |= set(re.findall(r"^  (?:-h,)?(--[a-z-]+)", said(program, *verb.split(), "--help"), re.MULTILINE))
            self.assertEqual(in_page, in_help - {"--help"}, name)

    def test_descriptions(self):
        """Every verb and every option has a description"""
        for name in PROGRAMS:
            page = (ROOT / "docs" / f"{name}.1.md").read_text()
            self.assertEqual(re.findall(r"^`.*`\n: \.$", page, re.MULTILINE), [])
            self.assertNotRegex(page, r"\bTEXT:|\b(UINT|INT|FLOAT)\b")

    def test_environment(self):
        """Every variable that stands in for an option is in the list of variables"""
        for name in PROGRAMS:
            page = (ROOT / "docs" / f"{name}.1.md").read_text()
            [listed] = re.findall(r"^## ENVIRONMENT\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)
            named = set(re.findall(r"`(CUSTDKIM_[A-Z_]+)`\s+stands\s+in\s+for\s+it", page))
            self.assertGreaterEqual(len(named), 2)
            self.assertEqual(named - set(re.findall(r"`(CUSTDKIM_[A-Z_]+)`", listed)), set(), name)


if __name__ == "__main__":
    unittest.main()
