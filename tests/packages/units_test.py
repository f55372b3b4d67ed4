"""What can be known of the units and of the packages' scripts by reading them: systemd's own checks, shellcheck, and
that they agree with the program and its configuration. Starts nothing."""

import os
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from units import MILTER, SERVICE, SOCKET, Unit

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("CUSTDKIM", "custdkim")
WORST_EXPOSURE = 30  # systemd-analyze calls this 3.0; 100 is no protection at all


class UnitsTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="custdkim-units-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def write_units(self, change=lambda text: text):
        """Copies that name a program which is there. The service's text goes through `change`."""
        service = self.folder / SERVICE.name
        service.write_text(change(SERVICE.read_text()).replace("/usr/bin/custdkim", PROGRAM))
        return [service, Path(shutil.copy(SOCKET, self.folder))]

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True)

    def complaints(self, units):
        done = self.analyze("verify", "--man=no", *units)
        return done.stdout + done.stderr  # an entry that it ignores is no reason for another exit code

    def is_protected(self, service):
        return self.analyze("security", "--offline=yes", f"--threshold={WORST_EXPOSURE}", service).returncode == 0

    def test_verify(self):
        """systemd reads both units without a complaint, and complains of a word that it does not know"""
        self.assertEqual(self.complaints(self.write_units()), "")
        misspelt = self.write_units(lambda text: text.replace("NoNewPrivileges", "NoNewPrivilege"))
        self.assertIn("Unknown key 'NoNewPrivilege'", self.complaints(misspelt))

    def test_exposure(self):
        """The service's exposure is 3.0 at the most, and is more without its system call filter and capabilities"""
        self.assertTrue(self.is_protected(self.write_units()[0]))
        guards = re.compile("^(SystemCallFilter|CapabilityBoundingSet)=.*", re.M)
        bare = self.write_units(lambda text: guards.sub("", text))
        self.assertFalse(self.is_protected(bare[0]))

    def test_milter(self):
        """systemd reads the milter's unit without a complaint, which is as protected, and whose command line is right"""
        unit = self.folder / MILTER.name
        unit.write_text(MILTER.read_text().replace("/usr/bin/custdkim", PROGRAM))
        self.assertEqual(self.complaints([unit]), "")
        self.assertTrue(self.is_protected(unit))
        command = Unit(MILTER)["Service", "ExecStart"].replace("${CREDENTIALS_DIRECTORY}", str(self.folder)).split()
        done = subprocess.run([PROGRAM, *command[1:]], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{self.folder}/token", done.stderr, "all that it misses is the token")

    def test_same_places(self):
        """Units, package, configuration and program mean the same files, and systemd keeps all connections"""
        config = tomllib.loads((ROOT / "docs" / "custdkim.toml").read_text())
        service, socket = Unit(SERVICE), Unit(SOCKET)
        self.assertEqual(socket["Socket", "ListenStream"], config["backend"]["unix"])
        self.assertEqual(int(socket["Socket", "SocketMode"], 8), int(config["backend"]["mode"], 8))
        self.assertEqual(socket["Socket", "SocketUser"], service["Service", "User"])
        packaged = (ROOT / "packaging" / "debian" / "custdkim" / "conffiles").read_text().split()
        self.assertEqual(service["Service", "ExecStart"], f"/usr/bin/custdkim serve --config {packaged[0]}")
        self.assertEqual(f'/var/lib/{service["Service", "StateDirectory"]}',
                         str(Path(config["store"]["url"].removeprefix("sqlite:")).parent))
        header = (ROOT / "backend" / "unix_connector.hpp").read_text()
        most = int(re.search(r"max_connections = (\d+);", header)[1])
        self.assertEqual(int(service["Service", "FileDescriptorStoreMax"]), most)

    def test_same_files(self):
        """The maintainer scripts handle the secrets and the store where the configuration has them"""
        config = tomllib.loads((ROOT / "docs" / "custdkim.toml").read_text())
        text = (ROOT / "packaging" / "debian" / "custdkim" / "postinst").read_text()
        for file in (config["keys"]["master_key_file"], config["api"]["token_file"],
                     config["store"]["url"].removeprefix("sqlite:")):
            self.assertIn(f" {file} ", text)


class ScriptsTest(unittest.TestCase):
    def shellcheck(self, *files):
        done = subprocess.run(["shellcheck", *map(str, files)], capture_output=True, text=True)
        return done.stdout + done.stderr

    def test_shellcheck(self):
        """shellcheck has nothing to say of the packages' scripts"""
        maintainer = [file for file in sorted((ROOT / "packaging" / "debian" / "custdkim").iterdir())
                      if file.name != "conffiles"]
        self.assertEqual(len(maintainer), 3)
        self.assertEqual(self.shellcheck(*maintainer, *sorted((ROOT / "scripts").glob("packages*.sh"))), "")

    def test_set_e(self):
        """Each maintainer script ends at the first command that fails"""
        for file in sorted((ROOT / "packaging" / "debian" / "custdkim").glob("p*")):
            with self.subTest(file.name):
                self.assertIn("set -e\n", file.read_text())
                self.assertEqual(file.stat().st_mode & 0o777, 0o755)


if __name__ == "__main__":
    unittest.main()
