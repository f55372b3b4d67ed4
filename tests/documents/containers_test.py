#!/usr/bin/python3
"""docker/README.md, word by word, with the images and the Docker daemon of scripts/containers-test.sh, in the directory where
the compose files are: tests/documents/containers_test.py DIRECTORY"""

import os
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "system"))

import pages  # noqa: E402


class ContainersTest(unittest.TestCase):
    directory = Path()

    def test_what_one_sees(self):
        found = pages.pages_in("containers")
        self.assertTrue(found)
        for page in found:
            shell = pages.Shell(self.directory, {**os.environ, "COLUMNS": "200"})
            self.assertGreater(pages.type_page(self, page, shell.run), 0)


if __name__ == "__main__":
    ContainersTest.directory = Path(sys.argv.pop()).resolve()
    unittest.main(verbosity=2)
