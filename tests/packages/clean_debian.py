"""A clean Debian 12 in memory, and commands in it by chroot(8). It lies in a mount namespace and a process namespace
that scripts/packages-test.sh makes: what is mounted here and what runs here is gone with them, however a test ends."""

import ctypes
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
APT = ["apt-get", "--yes", "--quiet", "--no-install-recommends"]


def leave_the_network():
    """From here on there is nothing but loopback, and every port of it is free, also to those who are not root."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "no network namespace")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0")


def in_memory(add_cleanup, prefix):
    """A directory that is memory, until a test's cleanups are done."""
    memory = Path(tempfile.mkdtemp(prefix=prefix))
    add_cleanup(memory.rmdir)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", memory], check=True)
    add_cleanup(subprocess.run, ["umount", "--lazy", memory], check=True)
    return memory


class Failed(AssertionError):
    pass


class Machine:
    def __init__(self, root):
        self.root = Path(root)

    @classmethod
    def unpack(cls, tarball, root):
        machine = cls(root)
        machine.root.mkdir()
        subprocess.run(["tar", "-C", root, "--numeric-owner", "-xpf", tarball], check=True)
        policy = machine.file("/usr/sbin/policy-rc.d")  # nothing is started by a package
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        shutil.copy("/etc/resolv.conf", machine.file("/etc/resolv.conf"))
        return machine.mounted()

    def mounted(self):
        subprocess.run(["mount", "-t", "proc", "proc", self.file("/proc")], check=True)
        return self

    def copy(self, name):
        other = Machine(self.root.with_name(name))
        subprocess.run(["cp", "-ax", self.root, other.root], check=True)
        return other.mounted()

    def remove(self):
        subprocess.run(["umount", self.file("/proc")], check=True)
        shutil.rmtree(self.root)

    def file(self, path):
        return self.root / path.lstrip("/")

    def command(self, *words, user=None):
        """What executes these words inside. `user` has no privileges, as under the unit."""
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--bounding-set=-all",
                  "--no-new-privs"] if user else []
        return ["/usr/sbin/chroot", str(self.root), *become, *map(str, words)]

    def run(self, *words, user=None, text=""):
        """`text` is what is typed meanwhile."""
        return subprocess.run(self.command(*words, user=user), env=ENVIRONMENT, capture_output=True, text=True,
                              input=text)

    def must(self, *words, user=None, text=""):
        done = self.run(*words, user=user, text=text)
        if done.returncode != 0:
            told = done.stdout[-3000:] + done.stderr[-3000:]
            raise Failed(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{told}")
        return done.stdout

    def apt(self, *words):
        return self.must(*APT, *words)

    def bring(self, package):
        """A file of outside, as a path inside."""
        shutil.copy(package, self.file("/root"))
        return f"/root/{Path(package).name}"

    def snapshot(self):
        """What every file is: {path: text}."""
        found = {}
        for folder, names, files in os.walk(self.root):
            inside = "/" + str(Path(folder).relative_to(self.root)).removeprefix(".")
            names[:] = [name for name in names if (inside, name) != ("/", "proc")]
            for name in [*names, *files]:
                found[str(Path(inside) / name)] = describe(Path(folder) / name)
        return found

    def status(self, path):
        """(octal mode, owner, group) of a file."""
        told = self.must("stat", "--dereference", "--format", "%a %U %G", path)
        return tuple(told.split())


def describe(path):
    info = path.lstat()
    told = f"{stat.filemode(info.st_mode)} {info.st_uid} {info.st_gid}"
    if stat.S_ISLNK(info.st_mode):
        return f"{told} -> {os.readlink(path)}"
    if stat.S_ISREG(info.st_mode):
        return f"{told} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return told
