#!/usr/bin/python3
"""docs/quickstart-platform.md, word by word, in a clean Debian 12: from apt-get install to dig through PowerDNS on port 53,
a delegated zone and a signed message. Played are systemd (systemctl.py) and the internet (custdkim-lab). After
scripts/packages-test.sh, which makes the packages and the clean Debian:

    PACKAGES=build/release/packages CLEAN_DEBIAN=build/clean-debian.tar tests/documents/clean_machine_test.py
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path += [str(ROOT / "tests" / room) for room in ("system", "packages")]

import machine  # noqa: E402
import pages  # noqa: E402
from clean_debian import ENVIRONMENT, Machine, in_memory, leave_the_network  # noqa: E402
from world import Program  # noqa: E402

PACKAGES = Path(os.environ.get("PACKAGES", ROOT / "build/release/packages"))
CLEAN_DEBIAN = Path(os.environ.get("CLEAN_DEBIAN", ROOT / "build/clean-debian.tar"))
PAGE = ROOT / "docs/quickstart-platform.md"
NEEDED = ["pdns-server", "pdns-backend-remote", "bind9-dnsutils"]


class CleanMachineTest(unittest.TestCase):
    def setUp(self):
        memory = in_memory(self.addCleanup, "custdkim-machine-")
        self.machine = Machine.unpack(CLEAN_DEBIAN, memory / "root")
        self.machine.file("/etc/apt/apt.conf.d/yes").write_text('APT::Get::Assume-Yes "true";\n')
        ours, lab = (self.machine.bring(file) for name in ("custdkim", "custdkim-lab")
                     for file in PACKAGES.glob(f"{name}_*_amd64.deb"))
        self.machine.apt("update")
        self.machine.apt("install", "--install-recommends", "--download-only", ours, lab, *NEEDED)
        leave_the_network()
        for address in (machine.OURS, machine.RESOLVER):
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
        self.machine.file("/etc/resolv.conf").write_text(f"nameserver {machine.RESOLVER}\n")
        self.lab_package = lab
        self.shell = pages.Shell("/root", ENVIRONMENT, self.machine.command())
        self.lab = None

    def run_there(self, command):
        if not command.startswith("systemctl "):
            done = self.shell.run(command)
            if command.startswith("apt-get install ./custdkim_") and done[1] == 0:
                self.start_lab()
            return done
        words = [sys.executable, str(HERE / "systemctl.py"), *command.split()[1:]]
        played = subprocess.run(words, env={**ENVIRONMENT, "STAND_IN_ROOT": str(self.machine.root)},
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return played.stdout, played.returncode

    def start_lab(self):
        """The internet, as soon as there is a token for it."""
        self.machine.apt("install", self.lab_package)
        self.machine.file("/root/lab.toml").write_text(machine.LAB_CONFIG)
        command = self.machine.command("custdkim-lab", "resolver", "--config", "/root/lab.toml")
        self.lab = Program(Path(tempfile.mkdtemp(dir=self.machine.root)), "lab", command, ENVIRONMENT)
        self.addCleanup(self.lab.stop)
        self.lab.wait_ready(lambda: self.machine.run("custdkim-lab", "customer", "list", "--lab", "http://127.0.0.1:8054",
                                                     "--token-file", "/etc/custdkim/token").returncode == 0)

    def test_the_page(self):
        runner = str(Path(__file__).resolve().relative_to(ROOT))
        count = pages.type_page(self, PAGE, self.run_there, runner=runner)
        self.assertGreater(count, 20)
        for service in ("pdns", "custdkim"):
            self.assertEqual(self.run_there(f"systemctl stop {service}"), ("", 0))


if __name__ == "__main__":
    machine.enter_namespaces()
    unittest.main()
