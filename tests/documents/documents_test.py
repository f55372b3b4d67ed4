"""Every shell block in the documents is run by a test or says why not, and every link leads somewhere. Each check is
shown to complain of what is wrong."""

import tempfile
import unittest
from pathlib import Path

import page_text
from complaints import dead_links, unrun_blocks

SHELL = "    $ custdkim key list\n"


def reached(first):
    """All pages that links lead to, from page to page."""
    found, todo = set(), [first]
    while todo:
        page = todo.pop()
        if page not in found:
            found.add(page)
            there = (page.parent / target.partition("#")[0] for _, target in page_text.links(page.read_text()))
            todo += [path.resolve() for path in there if path.suffix == ".md" and path.is_file()]
    return found


class Documents(unittest.TestCase):
    def test_every_shell_block_is_run_or_says_why_not(self):
        complaints = [complaint for page in page_text.pages() for complaint in unrun_blocks(page)]
        self.assertEqual(complaints, [], "\n" + "\n".join(complaints))

    def test_every_link_leads_somewhere(self):
        complaints = [complaint for page in page_text.pages() for complaint in dead_links(page)]
        self.assertEqual(complaints, [], "\n" + "\n".join(complaints))

    def test_every_page_is_reached_from_the_first(self):
        docs = page_text.ROOT / "docs"
        missing = sorted(set(docs.rglob("*.md")) - reached(docs / "index.md"))
        self.assertEqual(missing, [])
        self.assertEqual(reached(docs / "glossary.md"), {docs / "glossary.md"})

    def test_the_documents_are_found(self):
        names = {str(page.relative_to(page_text.ROOT)) for page in page_text.pages()}
        self.assertLessEqual({"README.md", "docs/index.md", "docs/operations.md", "lab/misconfigurations/README.md"},
                             names)
        self.assertGreater(sum(1 for page in page_text.pages() for _ in page_text.links(page.read_text())), 100)


class Checks(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="custdkim-")
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name).resolve()

    def page(self, text, name="page.md"):
        path = self.root / name
        path.write_text(text)
        return path

    def complaint(self, check, text):
        found = list(check(self.page(text), self.root))
        self.assertLessEqual(len(found), 1, found)
        return found[0] if found else ""

    def test_a_shell_block_that_nobody_runs_is_found_in_every_dress(self):
        for block in (SHELL, "```console\n$ true\n```\n", "```sh\ntrue\n```\n", "```bash\ntrue\n```\n",
                      "    systemctl restart pdns\n", "```\ndocker-compose up\n```\n",
                      "1. Do:\n\n       custdkim check-config\n", "    # first\n    curl http://127.0.0.1/\n"):
            with self.subTest(block):
                self.assertIn("page.md:", self.complaint(unrun_blocks, f"# Page\n\nDo this:\n\n{block}\nDone.\n"))

    def test_what_is_no_shell_block_is_let_alone(self):
        for block in ("    name = \"acme.example\"\n", "```toml\n$ custdkim\n```\n", "```text\ncustdkim --> PowerDNS\n```\n",
                      "Say `custdkim key list`.\n", "- a point\n  $ of two lines\n"):
            with self.subTest(block):
                self.assertEqual(self.complaint(unrun_blocks, f"# Page\n\n{block}"), "")
        self.assertEqual(self.complaint(unrun_blocks, "## SYNOPSIS\n\n    custdkim key list [OPTIONS]\n"), "")

    def test_a_mark_must_be_true(self):
        self.assertEqual(self.complaint(unrun_blocks, f"<!-- not run: takes a whole day -->\n{SHELL}"), "")
        self.assertEqual(self.complaint(unrun_blocks, f"<!-- not run: takes a whole day -->\n\n{SHELL}"), "")
        self.assertIn("no reason", self.complaint(unrun_blocks, f"<!-- not run: later -->\n\n{SHELL}"))
        self.assertIn("nobody runs", self.complaint(unrun_blocks, f"<!-- not run: as long as -->\n\nText.\n\n{SHELL}"))
        self.assertIn("no file", self.complaint(unrun_blocks, f"<!-- run by: runner.py -->\n\n{SHELL}"))
        self.page("custdkim key create", "runner.py")
        self.assertIn("does not have: custdkim key list",
                      self.complaint(unrun_blocks, f"<!-- run by: runner.py -->\n\n{SHELL}"))
        self.page("custdkim key list", "runner.py")
        self.assertEqual(self.complaint(unrun_blocks, f"<!-- run by: runner.py -->\n\n{SHELL}"), "")
        rest = f"<!-- run by from here on: runner.py -->\n\nText.\n\n{SHELL}"
        self.assertEqual(self.complaint(unrun_blocks, rest), "")
        self.assertIn("```console", self.complaint(unrun_blocks, f"{rest}\n<!-- run in: lab -->\n\n{SHELL}"))
        self.assertIn("no kind of shell", self.complaint(unrun_blocks, f"<!-- run in: moon -->\n\n{SHELL}"))
        self.assertIn("```console", self.complaint(unrun_blocks, f"<!-- run in: lab -->\n\n{SHELL}"))
        self.assertEqual(self.complaint(unrun_blocks, "<!-- run in: lab -->\n\n```console\n$ true\n```\n"), "")

    def test_a_dead_link_is_found(self):
        self.page("# Other page\n\n## A heading, `with` code\n\n## Twice\n\n## Twice\n", "other.md")
        for link in ("missing.md", "other.md#no-such-heading", "#nowhere", "../outside.md", "ftp://example.net/a",
                     "https:///path", "http://host", "other.md#twice-2"):
            with self.subTest(link):
                self.assertIn(link, self.complaint(dead_links, f"# Page\n\nSee [this]({link}).\n"))
        for link in ("other.md", "other.md#a-heading-with-code", "#page", "https://example.net/a?b#c", "other.md#twice-1"):
            with self.subTest(link):
                self.assertEqual(self.complaint(dead_links, f"# Page\n\nSee [this]({link}).\n"), "")
        self.assertEqual(self.complaint(dead_links, "# Page\n\n    [code](missing.md)\n\nand `[code](missing.md)`.\n"), "")
        self.assertIn("missing.md", self.complaint(dead_links, "Links [go\nover lines](missing.md).\n"))


if __name__ == "__main__":
    unittest.main()
