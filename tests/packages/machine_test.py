"""The packages on a clean Debian 12: installed, run as their units run them, upgraded, removed, purged. Nothing is lost
on the way, and nothing is left behind but what holds keys. Run by scripts/packages-test.sh."""

import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

import dns.exception

from clean_debian import ENVIRONMENT, Machine, in_memory, leave_the_network
from supervisor import Supervisor
from units import Unit
from world import Program, ask_address, rcode, txt_strings

PACKAGES = Path(os.environ["PACKAGES"])
CLEAN_DEBIAN = os.environ["CLEAN_DEBIAN"]
CONFIG, MASTER_KEY, TOKEN = (f"/etc/custdkim/{name}" for name in ("custdkim.toml", "master.key", "token"))
STORE, KEPT = (f"/var/lib/custdkim/{name}" for name in ("custdkim.db", "custdkim.toml.kept"))
SECRETS = (MASTER_KEY, TOKEN)
# What apt and dpkg write about their work. Accounts stay: files that were backed up or kept belong to them.
BOOKS = ("/var/lib/dpkg/", "/var/lib/apt/", "/var/cache/apt/", "/var/cache/debconf/", "/var/log/", "/run/adduser")
ACCOUNTS = {f"/etc/{name}" for name in ("passwd", "group", "shadow", "gshadow")}
HOLDERS = ("custdkim:", "pdns:")


def deb(name):
    [file] = PACKAGES.glob(f"{name}_*_amd64.deb")
    return file


def repacked(package, version, folder, change=lambda tree: None):
    """The package under another version, changed."""
    tree = Path(folder) / version
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    lines = control.read_text().splitlines(keepends=True)
    control.write_text("".join(f"Version: {version}\n" if line.startswith("Version:") else line for line in lines))
    change(tree)
    made = Path(folder) / f"custdkim_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, made], check=True, capture_output=True)
    return made


class Daemon:
    """custdkim as its units run it: their user, command, socket and supervisor, without systemd's sandbox, which
    sandbox_test.py has."""

    def __init__(self, machine, test):
        self.machine = machine
        units = machine.file("/lib/systemd/system")
        self.service, socket = Unit(units / "custdkim.service"), Unit(units / "custdkim.socket")
        self.logs = Path(tempfile.mkdtemp(prefix="custdkim-machine-"))
        test.addCleanup(shutil.rmtree, self.logs)
        path = socket["Socket", "ListenStream"]
        self.socket = machine.file(path)
        self.socket.parent.mkdir(mode=int(socket["Socket", "DirectoryMode"], 8))
        self.supervisor = Supervisor(machine.file("/run"))
        test.addCleanup(self.close)
        self.supervisor.path.chmod(0o666)
        self.supervisor.listen(self.socket)
        machine.must("chown", f'{socket["Socket", "SocketUser"]}:{socket["Socket", "SocketGroup"]}', path)
        machine.must("chmod", socket["Socket", "SocketMode"], path)
        self.process = None
        self.process = self.supervisor.start(self)

    def start_custdkim(self, wrapper=(), environment=None, keep_open=(), wait=True):
        """What Supervisor.start() asks for."""
        started = self.service["Service", "ExecStart"].split()
        command = self.machine.command(*started, user=self.service["Service", "User"])
        inside = {**ENVIRONMENT, "NOTIFY_SOCKET": f"/run/{self.supervisor.path.name}"}
        return Program(self.logs, "custdkim", [*wrapper, *command], inside, keep_open)

    def close(self):
        if not self.supervisor.path.exists():
            return
        result = self.process.stop() if self.process else 0
        self.supervisor.close()
        self.supervisor.path.unlink()
        shutil.rmtree(self.socket.parent)
        if result != 0:
            raise AssertionError(self.process.log())

    def key(self, *words):
        return json.loads(self.machine.must("custdkim", "key", *words, "--json"))


def commands_of_page(heading):
    """The commands in a section of docs/operations.md, in order."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()
    level = heading.split(" ", 1)[0]
    section = text.split(f"\n{heading}\n", 1)[1]
    section = re.split(rf"^#{{1,{len(level)}}} ", section, maxsplit=1, flags=re.M)[0]
    section = re.split(r"^### ", section, maxsplit=1, flags=re.M)[0]
    return re.findall(r"^(?: {4}| {7})(\S.*)$", section, flags=re.M)


def records(key):
    return {slot["record_name"]: slot["txt"] for slot in key["slots"]}


def unprivileged(user, *command):
    return subprocess.run(["setpriv", *user, "--clear-groups", *map(str, command)], capture_output=True, text=True)


CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


class MachineTest(unittest.TestCase):
    """Copies of a machine on which both packages were installed once, by apt from the two files alone."""

    @classmethod
    def setUpClass(cls):
        cls.memory = in_memory(cls.addClassCleanup, "custdkim-machines-")
        cls.debs = [deb("custdkim"), deb("custdkim-lab")]
        bare = Machine.unpack(CLEAN_DEBIAN, cls.memory / "bare")
        bare.apt("update")
        brought = [bare.bring(file) for file in cls.debs]
        bare.apt("install", "--install-recommends", "--download-only", *brought, "pdns-server", "pdns-backend-remote")
        leave_the_network()
        cls.bare = bare
        cls.installed = bare.copy("installed")
        cls.told = cls.installed.apt("install", *brought)

    def copy(self, of=None):
        name = self.id().rsplit(".", 1)[1]
        machine = (of or self.installed).copy(name)
        self.addCleanup(machine.remove)
        return machine

    def install(self, machine):
        return machine.apt("install", *[machine.bring(file) for file in self.debs])

    def edit(self, machine):
        config = machine.file(CONFIG)
        text = config.read_text()
        self.assertIn("hostmaster.example.net", text)
        config.write_text(text.replace("hostmaster.example.net", "dns-team.example.net"))

    def use(self, machine):
        """A key is created, and the daemon ends. Returns the key."""
        daemon = Daemon(machine, self)
        key = daemon.key("create", "acme.example", "--type", "ed25519")
        daemon.close()
        return key

    def check_key_is_there(self, machine, key):
        daemon = Daemon(machine, self)
        self.assertEqual(records(daemon.key("show", "acme.example")), records(key))
        daemon.close()

    def contents(self, machine, paths=SECRETS):
        return [machine.file(path).read_bytes() for path in paths]

    def test_files(self):
        """Everything has its owner and mode, and dpkg finds nothing changed"""
        machine = self.installed
        self.assertEqual(machine.must("dpkg", "--verify", "custdkim", "custdkim-lab"), "")
        wanted = {"/etc/custdkim": ("750", "root", "custdkim"), CONFIG: ("644", "root", "root"),
                  MASTER_KEY: ("600", "custdkim", "custdkim"), TOKEN: ("600", "custdkim", "custdkim"),
                  "/var/lib/custdkim": ("700", "custdkim", "custdkim")}
        self.assertEqual({path: machine.status(path) for path in wanted}, wanted)
        self.assertEqual(sorted(os.listdir(machine.file("/etc/custdkim"))), ["custdkim.toml", "master.key", "token"])
        for path in machine.must("dpkg", "--listfiles", "custdkim", "custdkim-lab").split():
            if path not in wanted and path != "/.":
                mode, owner, group = machine.status(path)
                with self.subTest(path):
                    is_public = machine.file(path).is_dir() or path.startswith("/usr/bin/")
                    self.assertEqual((mode, owner, group), ("755" if is_public else "644", "root", "root"))
        user = machine.must("getent", "passwd", "custdkim").strip().split(":")
        self.assertEqual(user[5:], ["/var/lib/custdkim", "/usr/sbin/nologin"])
        self.assertIn("systemctl enable --now custdkim", self.told)

    def test_secrets(self):
        """Each machine has secrets of its own, which only custdkim reads, and installing again leaves them"""
        machine = self.copy(of=self.bare)
        self.install(machine)
        ours, theirs = self.contents(self.installed), self.contents(machine)
        for one, other in zip(ours, theirs):
            self.assertGreaterEqual(len(one), 44)
            self.assertNotEqual(one, other)
        machine.apt("install", "--reinstall", *[f"/root/{file.name}" for file in self.debs])
        self.assertEqual(self.contents(machine), theirs)
        machine.must("cat", "/etc/passwd", user="daemon")
        for path in SECRETS:
            self.assertNotEqual(machine.run("cat", path, user="daemon").returncode, 0)

    def test_runs(self):
        """check-config and serve run as custdkim with the packaged configuration; only PowerDNS's group may connect"""
        machine = self.copy()
        self.assertIn("is fine: 1 key zone", machine.must("custdkim", "check-config", user="custdkim"))
        for program in ("custdkim", "custdkim-lab"):
            version = machine.must("dpkg-query", "--show", "--showformat", "${Version}", program)
            self.assertEqual(machine.must(program, "--version"), f"{program} {version}\n")
        daemon = Daemon(machine, self)
        created = daemon.key("create", "acme.example")
        self.assertEqual(daemon.key("show", "acme.example")["id"], created["id"])
        self.assertEqual(machine.status(STORE), ("600", "custdkim", "custdkim"))
        group = machine.must("getent", "group", "pdns").split(":")[2]
        for user, may in ((["--reuid=64998", f"--regid={group}"], True), (["--reuid=64998", "--regid=64998"], False)):
            done = unprivileged(user, "/usr/bin/python3", "-I", "-c", CONNECT, daemon.socket)
            self.assertEqual(done.returncode == 0, may, done.stderr)
        self.assertTrue(stat.S_ISSOCK(daemon.socket.stat().st_mode))

    def test_the_page(self):
        """Who types what docs/operations.md says has keys on port 53. Only systemctl is played by the test"""
        machine = self.copy(of=self.bare)
        for command in commands_of_page("## Installing, with PowerDNS"):
            if command == "systemctl enable --now custdkim":
                self.edit(machine)
                daemon = Daemon(machine, self)
            elif command == "systemctl restart pdns":
                pdns = self.start_powerdns(machine, daemon.logs)
            else:
                machine.must("sh", "-c", f"cd /root && {command}", text="y\n")
        key = daemon.key("create", "acme.example", "--type", "ed25519")
        for name, txt in records(key).items():
            answer = ask_address(53, name)
            self.assertEqual(rcode(answer), "NOERROR", pdns.log())
            self.assertEqual(b"".join(txt_strings(answer, name)).decode(), txt)

    def start_powerdns(self, machine, logs):
        machine.must("install", "-d", "-o", "pdns", "-g", "pdns", "/run/pdns")  # RuntimeDirectory= of its unit
        unit = Unit(machine.file("/lib/systemd/system/pdns.service"))
        # It would ask on the network whether it is up to date.
        command = [*unit["Service", "ExecStart"].split(), "--security-poll-suffix="]
        pdns = Program(logs, "pdns", machine.command(*command, user=unit["Service", "User"]), ENVIRONMENT)
        self.addCleanup(pdns.stop)
        pdns.wait_ready(answers)
        return pdns

    def test_the_page_without_the_package(self):
        """Without the package, what docs/operations.md says makes the same of it"""
        machine = self.copy(of=self.bare)
        depends = machine.must("dpkg-deb", "--field", machine.bring(self.debs[0]), "Depends")
        machine.apt("satisfy", depends.strip())
        tree = Path(__file__).resolve().parents[2]
        for file in ("build/release/custdkim", "docs/custdkim.toml", "packaging/systemd"):
            inside = machine.file(f"/root/{file}")
            inside.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (tree / file).is_dir() else shutil.copy)(tree / file, inside)
        for command in commands_of_page("### Without the package"):
            machine.must("sh", "-c", f"cd /root && {command}", text="y\n")
        for path in ("/etc/custdkim", CONFIG, MASTER_KEY, TOKEN):
            self.assertEqual(machine.status(path), self.installed.status(path))
        self.assertIn("is fine", machine.must("custdkim", "check-config", user="custdkim"))
        for unit in ("custdkim.service", "custdkim.socket"):
            self.assertEqual(machine.file(f"/etc/systemd/system/{unit}").read_text(),
                             self.installed.file(f"/lib/systemd/system/{unit}").read_text())

    def test_before_powerdns(self):
        """PowerDNS that comes later takes the group that was made for it"""
        machine = self.copy()
        before = machine.must("getent", "group", "pdns")
        machine.apt("install", "pdns-server", "pdns-backend-remote")
        self.assertEqual(machine.must("getent", "group", "pdns"), before)
        self.assertEqual(machine.must("id", "--group", "--name", "pdns"), "pdns\n")

    def test_after_powerdns(self):
        """PowerDNS may be there before"""
        machine = self.copy(of=self.bare)
        machine.apt("install", "pdns-server", "pdns-backend-remote")
        before = machine.must("getent", "group", "pdns")
        self.install(machine)
        self.assertEqual(machine.must("getent", "group", "pdns"), before)

    def test_upgrade(self):
        """An upgrade keeps keys, secrets and an edited configuration, whether or not the new one's is another"""
        machine = self.copy()
        self.edit(machine)
        key = self.use(machine)
        before = self.contents(machine, (*SECRETS, CONFIG))

        def add_option(tree):
            config = tree / "etc/custdkim/custdkim.toml"
            config.write_text(config.read_text() + "# Something new.\n")

        with tempfile.TemporaryDirectory(prefix="custdkim-deb-") as folder:
            same = repacked(self.debs[0], "9.1.0", folder)
            other = repacked(self.debs[0], "9.2.0", folder, add_option)
            machine.apt("install", machine.bring(same))  # without a question: nobody could answer it
            self.assertEqual(self.contents(machine, (*SECRETS, CONFIG)), before)
            machine.apt("-o", "Dpkg::Options::=--force-confold", "install", machine.bring(other))
        self.assertEqual(self.contents(machine, (*SECRETS, CONFIG)), before)
        self.assertIn("# Something new.", machine.file(f"{CONFIG}.dpkg-dist").read_text())
        self.assertEqual(machine.must("dpkg-query", "--show", "--showformat", "${Version}", "custdkim"), "9.2.0")
        self.check_key_is_there(machine, key)

    def test_remove(self):
        """Removal takes the program and leaves configuration, secrets and store, for the next installation"""
        machine = self.copy()
        self.edit(machine)
        key = self.use(machine)
        before = self.contents(machine, (*SECRETS, CONFIG))
        machine.apt("remove", "custdkim", "custdkim-lab")
        self.assertFalse(machine.file("/usr/bin/custdkim").exists())
        self.assertFalse(machine.file("/lib/systemd/system/custdkim.service").exists())
        self.assertEqual(self.contents(machine, (*SECRETS, CONFIG)), before)
        self.install(machine)
        self.assertEqual(self.contents(machine, (*SECRETS, CONFIG)), before)
        self.check_key_is_there(machine, key)

    def test_purge_of_a_used_one(self):
        """Purging keeps store, master key and the configuration, and says so: with them all is back"""
        machine = self.copy()
        self.edit(machine)
        key = self.use(machine)
        master_key, config = self.contents(machine, (MASTER_KEY, CONFIG))
        told = machine.apt("purge", "custdkim", "custdkim-lab")
        self.assertIn("kept /var/lib/custdkim and /etc/custdkim/master.key", told)
        self.assertEqual(os.listdir(machine.file("/etc/custdkim")), ["master.key"])
        self.assertEqual(self.contents(machine, (MASTER_KEY, KEPT)), [master_key, config])
        self.assertEqual(machine.status(MASTER_KEY), ("600", "custdkim", "custdkim"))
        self.install(machine)
        self.assertEqual(self.contents(machine, (MASTER_KEY,)), [master_key])
        machine.must("cp", KEPT, CONFIG)
        self.check_key_is_there(machine, key)

    def test_purge_with_a_store_elsewhere(self):
        """Purging keeps the master key where the configuration may have the store elsewhere"""
        machine = self.copy()
        self.edit(machine)
        told = machine.apt("purge", "custdkim")
        self.assertIn("kept ", told)
        self.assertTrue(machine.file(MASTER_KEY).exists())

    def test_store_without_its_key(self):
        """Where there is a store without its master key, none is made"""
        machine = self.copy()
        self.use(machine)
        machine.file(MASTER_KEY).rename(machine.file("/root/master.key"))
        done = machine.run("dpkg", "--install", *[f"/root/{file.name}" for file in self.debs])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("bring the key back", done.stderr)
        self.assertFalse(machine.file(MASTER_KEY).exists())

    def test_purge_of_an_unused_one(self):
        """Purging what nobody used leaves nothing behind but two accounts"""
        machine = self.copy(of=self.bare)
        machine.apt("satisfy", *[machine.must("dpkg-deb", "--field", machine.bring(file), "Depends").strip()
                                 for file in self.debs])
        before = machine.snapshot()
        accounts = {path: machine.file(path).read_text().splitlines() for path in ACCOUNTS}
        self.install(machine)
        installed = machine.snapshot()
        self.assertIn(MASTER_KEY, installed, "the snapshot sees it")
        told = machine.apt("purge", "custdkim", "custdkim-lab")
        self.assertNotIn("kept ", told)
        after = machine.snapshot()
        changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        changed -= {f"{path}-" for path in ACCOUNTS}  # how they were before the last change
        self.assertEqual({path for path in changed if not path.startswith(BOOKS)} - ACCOUNTS, set())
        for path in ACCOUNTS & changed:
            added = set(machine.file(path).read_text().splitlines()) - set(accounts[path])
            self.assertEqual([line for line in added if not line.startswith(HOLDERS)], [])


def answers():
    try:
        return rcode(ask_address(53, "version.bind", "TXT", rdclass="CH", timeout=1.0))
    except (OSError, dns.exception.DNSException):  # nobody is there yet
        return None


if __name__ == "__main__":
    unittest.main()
