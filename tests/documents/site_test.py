"""The site builds without a warning, and nothing of Markdown is left over in its pages."""

import re
import subprocess
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

from page_text import ROOT, Block, anchors, parts


class Text(HTMLParser):
    """What stands in a page outside of code and in it, and its anchors."""

    def __init__(self, page):
        super().__init__()
        self.prose, self.code, self.ids, self.depth = [], [], set(), 0
        self.feed(page.read_text())

    def handle_starttag(self, tag, attributes):
        self.depth += tag in ("code", "script")
        self.ids |= {value for name, value in attributes if name == "id"}

    def handle_endtag(self, tag):
        self.depth -= tag in ("code", "script")

    def handle_data(self, data):
        (self.code if self.depth else self.prose).append(data)


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="custdkim-")
        cls.addClassCleanup(directory.cleanup)
        cls.site = Path(directory.name) / "site"
        cls.built = subprocess.run([ROOT / "scripts" / "site.sh", cls.site], capture_output=True, text=True, check=False)

    def test_it_builds_without_a_warning(self):
        self.assertEqual(self.built.returncode, 0, self.built.stdout + self.built.stderr)
        self.assertEqual(self.built.stderr, "")

    def test_every_page_is_there_with_its_anchors_and_its_code(self):
        for page in sorted((ROOT / "docs").rglob("*.md")):
            name = page.relative_to(ROOT / "docs").with_suffix(".html")
            html = self.site / (name.with_name("index.html") if name.stem == "README" else name)
            self.assertTrue(html.is_file(), html)
            text = Text(html)
            self.assertLessEqual(anchors(page.read_text()), text.ids, page)
            code = "".join(text.code)
            for block in parts(page.read_text()):
                if isinstance(block, Block) and block.text.strip():
                    self.assertIn(block.text.split("\n")[0].strip(), code, f"{page}:{block.line}")

    def test_nothing_of_markdown_is_left_over(self):
        for html in sorted(self.site.rglob("*.html")):
            prose = "".join(Text(html).prose)
            left = re.search(r"```|\|\s*-{3}|\]\(|^\s*\$ \S.*|\*\*", prose, re.MULTILINE)
            self.assertIsNone(left, f"{html.relative_to(self.site)}: {left and prose[max(0, left.start() - 80):][:200]}")


if __name__ == "__main__":
    unittest.main()
