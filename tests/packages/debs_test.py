"""The two .deb files as they are: what lintian says, what is in them, that they can be made again octet by octet."""

import gzip
import hashlib
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

PACKAGES = Path(os.environ["PACKAGES"])
BUILD = PACKAGES.parent


def output(*command, **options):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True, **options).stdout


def deb(name):
    [file] = PACKAGES.glob(f"{name}_*_amd64.deb")
    return file


def field(package, name):
    return output("dpkg-deb", "--field", package, name).strip()


class DebsTest(unittest.TestCase):
    debs = [deb("custdkim"), deb("custdkim-lab")]

    def unpacked(self, package):
        folder = tempfile.TemporaryDirectory(prefix="custdkim-deb-")
        self.addCleanup(folder.cleanup)
        output("dpkg-deb", "--raw-extract", package, folder.name)
        return Path(folder.name)

    def test_two(self):
        """There are two packages, of one version, which is that of the programs"""
        self.assertEqual(sorted(PACKAGES.glob("*.deb")), sorted(self.debs))
        for package in self.debs:
            name = field(package, "Package")
            told = output(BUILD / name, "--version").split()
            self.assertEqual([name, field(package, "Version")], told)
            self.assertEqual(field(package, "Source") or name, "custdkim")

    def test_lintian(self):
        """lintian finds neither errors nor warnings"""
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0",
                               *map(str, self.debs)], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_owners_and_modes(self):
        """All is root's; programs and directories are 0755, all else is 0644; nothing lies outside its place"""
        places = (r"^\./(etc/custdkim/custdkim\.toml|lib/systemd/system/custdkim(-milter)?\.(service|socket)|"
                  r"usr/bin/custdkim(-lab)?|usr/share/man/man1/custdkim(-lab)?\.1\.gz|"
                  r"usr/share/bash-completion/completions/custdkim(-lab)?|"
                  r"usr/share/zsh/vendor-completions/_custdkim(-lab)?|"
                  r"usr/share/doc/custdkim(-lab)?/.*)$")
        for package in self.debs:
            for line in output("dpkg-deb", "--contents", package).splitlines():
                mode, owner, _, _, _, path = line.split(maxsplit=5)
                with self.subTest(path):
                    self.assertEqual(owner, "root/root")
                    is_program = path.startswith("./usr/bin/")
                    self.assertEqual(mode, "drwxr-xr-x" if path.endswith("/") else
                                     "-rwxr-xr-x" if is_program else "-rw-r--r--")
                    if not path.endswith("/"):
                        self.assertRegex(path, places)

    def test_depends(self):
        """Each program's libraries are among the dependencies, with versions, and its symbols are not in it"""
        for package in self.debs:
            depends = field(package, "Depends")
            for library in ("libc6", "libssl3", "libldns3", "libunbound8", "libopendkim11"):
                self.assertRegex(depends, rf"\b{library} \(>= ")
            self.assertIn("publicsuffix", depends)
            program = self.unpacked(package) / "usr" / "bin" / field(package, "Package")
            self.assertNotIn(".symtab", output("readelf", "--section-headers", "--wide", program))
            dynamic = output("readelf", "--dynamic", program)
            self.assertNotIn("RUNPATH", dynamic)
            self.assertIn("BIND_NOW", dynamic)

    def test_conffile(self):
        """The configuration is the documented one, and dpkg knows it as configuration"""
        tree = self.unpacked(deb("custdkim"))
        self.assertEqual((tree / "DEBIAN" / "conffiles").read_text().split(), ["/etc/custdkim/custdkim.toml"])
        source = Path(__file__).resolve().parents[2] / "docs" / "custdkim.toml"
        self.assertEqual((tree / "etc/custdkim/custdkim.toml").read_text(), source.read_text())
        self.assertFalse((self.unpacked(deb("custdkim-lab")) / "DEBIAN" / "conffiles").exists())

    def test_manual_pages(self):
        """man(1) shows both pages without a warning, with every section, and apropos(1) finds them"""
        for package in self.debs:
            name = field(package, "Package")
            page = self.unpacked(package) / "usr/share/man/man1" / f"{name}.1.gz"
            shown = subprocess.run(["man", "--warnings", "--local-file", page], capture_output=True, text=True,
                                   env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
            self.assertEqual((shown.returncode, shown.stderr), (0, ""))
            headings = [line for line in shown.stdout.splitlines() if re.match(r"[A-Z]", line)]
            for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "VERBS", "OPTIONS", "EXIT STATUS", "SEE ALSO"):
                self.assertIn(section, headings)
            self.assertNotIn(".md <", shown.stdout, "no links, which lead nowhere here")
            self.assertIn(f"{name} - ", output("lexgrog", page))
            self.assertNotIn(b".md)", gzip.decompress(page.read_bytes()))

    def test_completion(self):
        """bash and zsh find completion where they look for it, and it is that of the program"""
        for package in self.debs:
            name = field(package, "Package")
            tree = self.unpacked(package) / "usr"
            for shell, place in (("bash", f"bash-completion/completions/{name}"), ("zsh", f"zsh/vendor-completions/_{name}")):
                script = (tree / "share" / place).read_text()
                self.assertEqual(script, output(tree / "bin" / name, "completion", shell))

    def test_reproducible(self):
        """Made once more of younger files, the packages are the same, octet by octet"""
        before = {package.name: hashlib.sha256(package.read_bytes()).hexdigest() for package in self.debs}
        for made in (BUILD / "packaged").rglob("*.gz"):
            made.touch()
        with tempfile.TemporaryDirectory(prefix="custdkim-deb-") as folder:
            output("cpack", "-B", folder, "-D", f"CPACK_OUTPUT_FILE_PREFIX={folder}", cwd=BUILD,
                   env={**os.environ, "SOURCE_DATE_EPOCH": epoch()})
            again = {made.name: hashlib.sha256(made.read_bytes()).hexdigest() for made in Path(folder).rglob("*.deb")}
        self.assertEqual(again, before)


def epoch():
    changelog = Path(__file__).resolve().parents[2] / "packaging" / "debian" / "changelog"
    return output("dpkg-parsechangelog", "-l", changelog, "-S", "Timestamp").strip()


if __name__ == "__main__":
    unittest.main()
