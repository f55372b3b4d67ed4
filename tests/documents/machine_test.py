"""The pages for those who run a platform, typed by root as they stand, on port 53, in a copy of this machine that is
thrown away (machine.py): first the quickstart, then what operators do on the machine that comes of it.

    CUSTDKIM=build/release/custdkim CUSTDKIM_LAB=build/release/custdkim-lab tests/documents/machine_test.py
"""

import os
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "system"))

import machine  # noqa: E402
import pages  # noqa: E402
from world import Program  # noqa: E402

CUSTDKIM = Path(os.environ.get("CUSTDKIM", "build/release/custdkim")).resolve()
CUSTDKIM_LAB = Path(os.environ.get("CUSTDKIM_LAB", "build/release/custdkim-lab")).resolve()
IN_ORDER = ["docs/quickstart-platform.md", "docs/operations.md", "docs/monitoring.md", "docs/api.md"]


class MachineTest(unittest.TestCase):
    def test_the_pages_show_what_one_sees(self):
        found = {str(page.relative_to(machine.ROOT)): page for page in pages.pages_in("machine")}
        self.assertEqual(set(found), set(IN_ORDER), "IN_ORDER says when each page is typed")
        machine.install_packages([CUSTDKIM, CUSTDKIM_LAB])
        directory = Path(tempfile.mkdtemp(prefix="custdkim-"))
        config = directory / "lab.toml"
        config.write_text(machine.LAB_CONFIG)
        lab = Program(directory, "lab", ["/usr/bin/custdkim-lab", "resolver", "--config", str(config)])
        self.addCleanup(lab.stop)
        shell = pages.Shell(directory, {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(directory), "LANG": "C.UTF-8",
                                        **{name: value for name, value in os.environ.items() if "SAN_OPTIONS" in name}})
        lab.wait_ready(lambda: shell.run("custdkim-lab customer list --lab http://127.0.0.1:8054 "
                                         "--token-file /etc/custdkim/token")[1] == 0)
        for name in IN_ORDER:
            self.assertGreater(pages.type_page(self, found[name], shell.run), 0)
        self.assertEqual(shell.run("systemctl stop pdns custdkim"), ("", 0))

    def run(self, result=None):
        super().run(result)
        if not result.wasSuccessful():
            for log in Path("/var/log/pdns.log"), Path("/var/log/custdkim.log"):
                print(f"\n--- the end of {log}:\n{log.exists() and log.read_text()[-6000:]}", file=sys.stderr)


if __name__ == "__main__":
    machine.enter()
    unittest.main()
