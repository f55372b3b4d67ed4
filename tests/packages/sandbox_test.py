"""custdkim works under the sandbox of its unit (sandbox.py), with a supervisor in systemd's place: keys are made by
threads of low priority, served to PowerDNS, looked up in a customer's DNS, rotated, and kept through a restart. As root."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

from supervisor import Supervisor
from units import SERVICE
from world import (HOST, NO_CACHES, ONE_ZONE, PATIENCE_SECONDS, PROGRAM, ZONE, Program, WorldTest, free_port, rcode,
                   records, txt_strings, wait_until)

SANDBOX = Path(__file__).with_name("sandbox.py")
LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")
USER = 64999  # nobody's
DOMAIN = "acme.example"
WHY_NOT = "only root may have a sandbox, where namespaces are allowed"
QUICK_ROTATION = """
[rotation]
interval = "12s"
prepublish = "4s"
retention = "8s"
stale = "1s"
transit = "6s"
customer_negative_ttl = "1s"
[activation]
check = "unchecked"
"""
NICENESS = 16  # counted from the field behind the program's name in /proc/PID/stat, proc(5)


def may_have_sandboxes():
    if os.geteuid() != 0:
        return False
    trial = subprocess.run(["unshare", "--mount", "--uts", "--ipc", "--user", "true"], capture_output=True)
    return trial.returncode == 0


def in_sandbox(state, unit=SERVICE):
    return ["/usr/bin/python3", str(SANDBOX), str(unit), str(USER), str(state)]


class SandboxedSupervisor(Supervisor):
    def options(self):
        options = super().options()
        options["wrapper"] = [*options.get("wrapper", []), *in_sandbox(self.path.parent)]
        return options


def give_away(folder):
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, USER)


# What each entry of the unit is for, and whether it holds.
PROBE = """
import ctypes, json, mmap, os, socket
libc = ctypes.CDLL(None)
def fails(attempt):
    try:
        return attempt() == -1
    except OSError:
        return True
def is_read_only(path):
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
print(json.dumps({
    "ProtectSystem": is_read_only("/usr") and is_read_only("/etc"),
    "ProtectHome": fails(lambda: os.listdir("/home")),
    "PrivateTmp": not os.path.exists("OUTSIDE"),
    "PrivateDevices": not os.path.exists("/dev/ptmx"),
    "PrivateUsers": os.stat("STATE/others").st_uid == 65534,
    "ProtectProc": not os.path.exists("/proc/1"),
    "ProtectKernelTunables": is_read_only("/proc/sys"),
    "CapabilityBoundingSet": libc.prctl(23, 0, 0, 0, 0) == 0,
    "NoNewPrivileges": libc.prctl(39, 0, 0, 0, 0) == 1,
    "MemoryDenyWriteExecute": fails(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC) and 0),
    "RestrictAddressFamilies": not fails(lambda: socket.socket(socket.AF_INET) and 0),
    "RestrictNamespaces": fails(lambda: libc.unshare(0x10000000)),
    "RestrictSUIDSGID": fails(lambda: os.chmod("STATE/mine", 0o4700)),
    "LockPersonality": fails(lambda: libc.personality(0x0040000)),
    "SystemCallFilter": fails(lambda: os.chown("STATE/mine", USER, USER)),
    "StateDirectory": not fails(lambda: os.open("STATE/mine", os.O_WRONLY)),
}))
"""


@unittest.skipUnless(may_have_sandboxes(), WHY_NOT)
class ProbeTest(unittest.TestCase):
    def setUp(self):
        self.folders = [Path(tempfile.mkdtemp(prefix="custdkim-")) for _ in range(2)]
        for folder in self.folders:
            self.addCleanup(shutil.rmtree, folder)

    def probe(self, unit=SERVICE):
        state, outside = self.folders
        for name in ("mine", "others"):
            (state / name).touch()
        give_away(state)
        os.chown(state / "others", 1, 1)
        text = PROBE.replace("STATE", str(state)).replace("OUTSIDE", str(outside)).replace("USER", str(USER))
        done = subprocess.run([*in_sandbox(state, unit), "/usr/bin/python3", "-I", "-S", "-c", text],
                              capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_refusals(self):
        """Each entry of the unit refuses what it is for, and its own directory can be written to"""
        self.assertEqual([name for name, holds in self.probe().items() if not holds], [])

    def test_each_entry_is_needed(self):
        """Without an entry, what it is for is not refused"""
        text = SERVICE.read_text()
        weaker = self.folders[1] / SERVICE.name
        for name in ("ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateUsers", "ProtectProc",
                     "CapabilityBoundingSet", "MemoryDenyWriteExecute", "RestrictSUIDSGID", "LockPersonality"):
            with self.subTest(name):
                weaker.write_text("".join(line for line in text.splitlines(True) if not line.startswith(f"{name}=")))
                self.assertFalse(self.probe(weaker)[name])
        weaker.write_text(text.replace("AF_UNIX AF_INET", "AF_UNIX"))
        self.assertFalse(self.probe(weaker)["RestrictAddressFamilies"], "no IPv4 where the unit does not name it")

    def test_unknown(self):
        """An entry that the test does not know is not passed over"""
        stranger = self.folders[1] / SERVICE.name
        stranger.write_text(SERVICE.read_text().replace("RemoveIPC=", "KeyringMode="))
        done = subprocess.run([*in_sandbox(self.folders[0], stranger), "/bin/true"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not know KeyringMode", done.stderr)


class SandboxCase(WorldTest):
    @classmethod
    def start_sandboxed(cls, zones, config):
        world = cls.make_world(zones)
        world.change_config("pool = 0", "pool = 2")
        world.config.write_text(world.config.read_text() + config)
        cls.supervisor = SandboxedSupervisor(world.directory)
        cls.addClassCleanup(cls.supervisor.close)
        cls.supervisor.listen(world.socket)
        give_away(world.directory)
        cls.daemon = cls.supervisor.start(world)
        return world


@unittest.skipUnless(may_have_sandboxes(), WHY_NOT)
class RotationTest(SandboxCase):
    def test_rotates(self):
        """A pair is made for a rotation, and signs"""
        world = self.start_sandboxed(ONE_ZONE + 'ttl = "1s"\nnegative_ttl = "1s"\n', QUICK_ROTATION)
        key = world.create_key(DOMAIN)

        def look():
            status, shown = world.call("GET", f"/v1/keys/{key['id']}")
            self.assertEqual(status, 200)
            return shown

        wait_until(lambda: world.call("POST", f"/v1/keys/{key['id']}/activate")[0] == 200, "the key is active")
        wait_until(lambda: sum(len(slot["pairs"]) for slot in look()["slots"]) > 2, "a third pair is there")
        wait_until(lambda: look()["signing_selector"] == "s2", "the other slot signs")


@unittest.skipUnless(may_have_sandboxes(), WHY_NOT)
class SandboxTest(SandboxCase):
    @classmethod
    def setUpClass(cls):
        cls.resolver, cls.control = free_port(), free_port()
        world = cls.start_sandboxed(ONE_ZONE, f'[activation]\nresolvers = ["{HOST}:{cls.resolver}"]\n'
                                              'allow = ["127.0.0.0/8"]\n')
        cls.key = world.create_key(DOMAIN, type="rsa-2048")
        patience = {"remote-connection-string": f"unix:path={world.socket},timeout=30000"}
        cls.pdns = world.start_pdns({**NO_CACHES, **patience})
        cls.start_lab()

    @classmethod
    def start_lab(cls):
        config = cls.world.write("lab.toml", f"""
[resolver]
listen = ["{HOST}:{cls.resolver}"]
[[key_zone]]
name = "{ZONE}"
server = "{HOST}:{cls.pdns.port}"
[service]
api = "http://{HOST}:{cls.world.api_port}"
token_file = "token"
[control]
listen = "{HOST}:{cls.control}"
token_file = "token"
""")
        lab = cls.world.remember(Program(cls.world.directory, "lab", [LAB, "resolver", "--config", str(config)]))
        lab.wait_ready(lambda: cls.order("clock", "show").returncode == 0)

    @classmethod
    def order(cls, *words):
        """A verb of `custdkim-lab`, to its end."""
        command = [LAB, *words, "--lab", f"http://{HOST}:{cls.control}", "--token-file", str(cls.world.token_file)]
        return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=PATIENCE_SECONDS)

    def must(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def check_answers(self):
        for name, txt in records([self.key]).items():
            answer = self.pdns.ask(name, timeout=PATIENCE_SECONDS)
            self.assertEqual(rcode(answer), "NOERROR")
            self.assertEqual(b"".join(txt_strings(answer, name)).decode(), txt)

    def test_1_it_is_in_there(self):
        """The kernel says that it is confined, and its pool runs at low priority"""
        process = Path(f"/proc/{self.daemon.pid}")
        status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
        self.assertEqual((status["Seccomp"], status["NoNewPrivs"], int(status["CapBnd"], 16)), ("2", "1", 0))
        self.assertEqual(status["Uid"].split(), [str(USER)] * 4)
        self.assertNotEqual(os.readlink(process / "ns/user"), os.readlink("/proc/self/ns/user"))
        threads = [(task / "stat").read_text().rsplit(")", 1)[1].split() for task in (process / "task").iterdir()]
        self.assertIn("10", [fields[NICENESS] for fields in threads])

    def test_2_served(self):
        """PowerDNS is answered over the socket that was handed in"""
        self.check_answers()

    def test_3_looks_at_customers(self):
        """A customer's DNS is looked at: what is wrong is found, and what is right is activated and signs"""
        self.must(self.order("customer", "set", DOMAIN, "alternate-missing"))
        self.assertEqual(self.world.run("key", "activate", DOMAIN).returncode, 1)
        self.must(self.order("customer", "set", DOMAIN, "healthy"))
        self.must(self.world.run("key", "activate", DOMAIN))
        signed = subprocess.run([PROGRAM, "sign", "--api", f"http://{HOST}:{self.world.api_port}",
                                 "--token-file", self.world.token_file], input=f"From: ann@{DOMAIN}\n\nhello\n",
                                capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        self.assertIn("DKIM-Signature:", self.must(signed))

    def test_4_restart(self):
        """A restart keeps PowerDNS's connections, and the store has which boot this is"""
        self.assertEqual(self.daemon.stop(), 0, self.daemon.log())
        wait_until(lambda: self.supervisor.stored, "the connections are handed over")
        with closing(sqlite3.connect(self.world.store)) as store:
            [[noted]] = store.execute("SELECT value FROM meta WHERE name = 'clock'")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        self.assertEqual(noted.decode().split()[2], boot)
        type(self).daemon = self.supervisor.start(self.world)
        self.check_answers()

    def test_5_reload(self):
        """SIGHUP is told to the supervisor, and answered by being ready again"""
        del self.supervisor.said[:]
        os.kill(self.daemon.pid, signal.SIGHUP)
        wait_until(lambda: "READY=1" in self.supervisor.said, "it is ready again")
        self.assertIn("RELOADING=1", self.supervisor.said)


if __name__ == "__main__":
    unittest.main()
