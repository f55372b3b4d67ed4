"""scripts/install-packages.sh on a clean Debian 12, with an archive of small packages of its own. Run by
scripts/packages-test.sh."""

import os
import subprocess
import unittest
from pathlib import Path

from clean_debian import Machine, in_memory

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "install-packages.sh"
# The script's parent is dpkg, which dies as by a power cut, until it is let.
INTERRUPTED = "#!/bin/sh\n[ -e /root/let ] || kill -9 $PPID\n"
REFUSING = "#!/bin/sh\necho the disk is full\nexit 1\n"


class InstallPackagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.memory = in_memory(cls.addClassCleanup, "custdkim-install-")
        cls.clean = Machine.unpack(os.environ["CLEAN_DEBIAN"], cls.memory / "clean")
        cls.addClassCleanup(cls.clean.remove)

    def setUp(self):
        self.machine = self.clean.copy("debian")
        self.addCleanup(self.machine.remove)
        self.script = self.machine.bring(SCRIPT)
        self.archive = self.machine.file("/srv/archive")
        self.archive.mkdir()
        self.machine.file("/etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/archive ./\n")

    def offer(self, **packages):
        """Each by its name and its postinst."""
        for name, postinst in packages.items():
            control = self.memory / name / "DEBIAN"
            control.mkdir(parents=True, exist_ok=True)
            (control / "control").write_text(f"Package: {name}\nVersion: 1\nArchitecture: all\n"
                                             "Maintainer: A <a@example.net>\nDescription: small\n")
            (control / "postinst").write_text(postinst)
            (control / "postinst").chmod(0o755)
            subprocess.run(["dpkg-deb", "--root-owner-group", "--build", control.parent, self.archive], check=True,
                           capture_output=True)
        index = subprocess.run(["dpkg-scanpackages", "."], cwd=self.archive, check=True, capture_output=True).stdout
        (self.archive / "Packages").write_bytes(index)

    def install(self, *names):
        return self.machine.run("bash", self.script, *names)

    def status(self, name):
        return self.machine.run("dpkg-query", "-W", "-f", "${db:Status-Status}", name).stdout

    def test_missing(self):
        """What is missing is installed, once"""
        self.offer(small="#!/bin/sh\n")
        self.assertEqual(self.install("small", "dpkg").stdout,
                         "packages: installing small\npackages: 1 installed\n")
        self.assertEqual(self.install("small", "dpkg").stdout, "packages: all 2 are there\n")

    def test_interrupted(self):
        """An installation that was cut off is finished first"""
        self.offer(cut=INTERRUPTED, small="#!/bin/sh\n")
        self.assertEqual(self.install("cut").returncode, 1)
        self.assertEqual(self.status("cut"), "half-configured")
        self.machine.file("/root/let").touch()
        done = self.install("small")
        self.assertEqual((done.returncode, done.stdout), (0, "packages: installing small\n"
                         "packages: finishing an installation that was interrupted\npackages: 1 installed\n"))
        self.assertEqual((self.status("cut"), self.status("small")), ("installed", "installed"))

    def test_refused(self):
        """What cannot be installed is told, with the reason; the policy that nothing be started stays as it was"""
        self.offer(refusing=REFUSING)
        policy = self.machine.file("/usr/sbin/policy-rc.d")
        policy.unlink()
        done = self.install("refusing")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the disk is full", done.stderr)
        self.assertIn("packages: apt-get failed; the whole of its output is in /", done.stderr)
        self.assertFalse(policy.exists())
