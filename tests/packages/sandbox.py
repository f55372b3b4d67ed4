"""Executes a program under as much of a service unit's sandbox as there can be without systemd as process 1. As root.

    sandbox.py UNIT USER-ID STATE-DIRECTORY PROGRAM [ARGUMENT]...

Namespaces, mounts, capabilities, limits and system call filters are those that systemd.exec(5) describes, made of what
the unit says. An entry that is not known here ends it: whoever adds one to the unit teaches it here. STATE-DIRECTORY
stands for StateDirectory=: nothing else can be written to.
"""

import ctypes
import errno
import mmap
import os
import resource
import socket
import stat
import subprocess
import sys

import seccomp

from units import Unit

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_MOUNTS, NEW_HOSTNAME, NEW_IPC, NEW_USERS = 0x00020000, 0x04000000, 0x08000000, 0x10000000
NAMESPACES = 0x7E020080  # every CLONE_NEW* of clone(2)
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXECUTE = 1, 2, 4, 8
REMOUNT, BIND, MOVE, RECURSIVE, PRIVATE = 32, 4096, 8192, 16384, 1 << 18
SET_NO_NEW_PRIVILEGES, DROP_FROM_BOUNDING_SET, READ_BOUNDING_SET = 38, 24, 23  # prctl(2)
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
MAX_FAMILY = 64

# What is not the program's sandbox: how systemd starts it, and what becomes of it.
NO_SANDBOX = {"Type", "User", "Group", "ExecStart", "ExecReload", "FileDescriptorStoreMax", "TimeoutStartSec",
              "Restart", "RestartSec", "RestartPreventExitStatus", "StateDirectory", "StateDirectoryMode", "RemoveIPC"}
# Their system calls are in none of the groups that SystemCallFilter allows, and their files are read-only already.
BY_OTHERS = {"ProtectClock", "ProtectControlGroups", "ProtectKernelLogs", "ProtectKernelModules",
             "SystemCallArchitectures", "SystemCallErrorNumber"}
BUILT = {"UMask", "LimitCORE", "LimitNOFILE", "CapabilityBoundingSet", "AmbientCapabilities", "NoNewPrivileges",
         "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateUsers", "PrivateIPC",
         "ProtectHostname", "ProtectKernelTunables", "ProtectProc", "ProcSubset", "LockPersonality",
         "MemoryDenyWriteExecute", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID",
         "RestrictAddressFamilies", "SystemCallFilter"}


def checked(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source, target, kind=None, flags=0, options=None):
    encoded = [text.encode() if text else None for text in (source, target, kind)]
    checked(LIBC.mount(*encoded, ctypes.c_ulong(flags), options.encode() if options else None), f"mount {target}")


class Sandbox:
    def __init__(self, unit, user, state):
        self.unit, self.user, self.state = unit, user, os.path.realpath(state)
        if unknown := unit.names("Service") - NO_SANDBOX - BY_OTHERS - BUILT:
            sys.exit(f"sandbox.py does not know {', '.join(sorted(unknown))}, which {unit.path} has; teach it")
        self.allowed_calls = self.read_allowed_calls()

    def has(self, name, value="yes"):
        return self.unit.all("Service", name) == [value]

    # What it sees

    def enter_namespaces(self):
        flags = NEW_MOUNTS | (NEW_HOSTNAME if self.has("ProtectHostname") else 0)
        checked(LIBC.unshare(flags | (NEW_IPC if self.has("PrivateIPC") else 0)), "unshare")
        mount(None, "/", None, RECURSIVE | PRIVATE)

    def arrange_files(self):
        state = os.open(self.state, os.O_PATH)  # before something is mounted above it
        options = ["hidepid=invisible"] if self.has("ProtectProc", "invisible") else []
        options += ["subset=pid"] if self.has("ProcSubset", "pid") else []
        mount("proc", "/proc", "proc", NO_SUID | NO_DEVICES | NO_EXECUTE, ",".join(options))
        if self.has("PrivateTmp"):
            for folder in ("/tmp", "/var/tmp"):
                mount("tmpfs", folder, "tmpfs", NO_SUID | NO_DEVICES, "mode=1777")
        if self.has("ProtectHome"):
            for folder in filter(os.path.isdir, ("/home", "/root", "/run/user")):
                mount("tmpfs", folder, "tmpfs", READ_ONLY, "mode=000")
        if self.has("PrivateDevices"):
            self.replace_devices()
        os.makedirs(self.state, exist_ok=True)
        mount(f"/proc/self/fd/{state}", self.state, None, BIND)
        os.close(state)
        if self.has("ProtectKernelTunables") and os.path.isdir("/proc/sys"):
            mount("/proc/sys", "/proc/sys", None, BIND)
        if self.has("ProtectSystem", "strict"):
            self.write_protect()

    @staticmethod
    def replace_devices():
        made = "/tmp/dev"
        os.mkdir(made)
        mount("tmpfs", made, "tmpfs", NO_SUID, "mode=755")
        for name in DEVICES:
            with open(f"{made}/{name}", "x"):
                mount(f"/dev/{name}", f"{made}/{name}", None, BIND)
        os.mkdir(f"{made}/shm", 0o1777)
        mount(made, "/dev", None, MOVE)
        os.rmdir(made)

    def write_protect(self):
        writable = {self.state, "/tmp", "/var/tmp", "/proc", "/dev/shm", *(f"/dev/{name}" for name in DEVICES)}
        flags = {"nosuid": NO_SUID, "nodev": NO_DEVICES, "noexec": NO_EXECUTE}
        with open("/proc/self/mountinfo") as mounts:
            seen = [line.split() for line in mounts]
        for fields in seen:
            target = fields[4].encode().decode("unicode_escape")
            if target in writable or not os.path.exists(target):
                continue
            kept = sum(flags.get(option, 0) for option in fields[5].split(","))
            try:
                mount(None, target, None, REMOUNT | BIND | READ_ONLY | kept)
            except OSError as failed:
                if failed.errno != errno.EINVAL:  # covered by another mount, so that nobody sees it
                    raise

    # Who it is

    def become(self):
        if self.has("PrivateUsers"):
            self.enter_user_namespace()
        if self.has("CapabilityBoundingSet", ""):
            capability = 0
            while LIBC.prctl(READ_BOUNDING_SET, capability, 0, 0, 0) >= 0:
                checked(LIBC.prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0), "dropping a capability")
                capability += 1
        os.setgroups([])
        os.setresgid(self.user, self.user, self.user)
        os.setresuid(self.user, self.user, self.user)
        if self.has("NoNewPrivileges"):
            checked(LIBC.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no new privileges")
        for name in ("CORE", "NOFILE"):
            for limit in self.unit.all("Service", f"Limit{name}"):
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (int(limit), int(limit)))
        for mask in self.unit.all("Service", "UMask"):
            os.umask(int(mask, 8))

    def enter_user_namespace(self):
        """root and the user are themselves there, and all others nobody. The map is written from outside."""
        ours, theirs = socket.socketpair()
        inside = os.getpid()
        if os.fork() == 0:
            theirs.recv(1)
            for kind in ("uid", "gid"):
                with open(f"/proc/{inside}/{kind}_map", "w") as ids:
                    ids.write(f"0 0 1\n{self.user} {self.user} 1\n")
            theirs.send(b".")
            os._exit(0)
        checked(LIBC.unshare(NEW_USERS), "unshare")
        ours.send(b".")
        if ours.recv(1) != b".":
            sys.exit("sandbox.py: the user namespace has no users")
        os.wait()

    # What it may ask of the kernel. Each rule is a filter of its own, as systemd has it: the strictest one counts.

    def filter_calls(self):
        refuse = seccomp.SyscallFilter(seccomp.ALLOW)

        def deny(call, *arguments, error=errno.EPERM):
            refuse.add_rule(seccomp.ERRNO(error), call, *arguments)

        def has_bits(position, bits):
            return seccomp.Arg(position, seccomp.MASKED_EQ, bits, bits)

        if self.has("MemoryDenyWriteExecute"):
            deny("mmap", has_bits(2, mmap.PROT_WRITE | mmap.PROT_EXEC))
            for call in ("mprotect", "pkey_mprotect"):
                deny(call, has_bits(2, mmap.PROT_EXEC))
        if self.has("RestrictNamespaces"):
            deny("clone3", error=errno.ENOSYS)  # whose flags a filter cannot see; clone() stands in for it
            for bit in (1 << n for n in range(32) if NAMESPACES & 1 << n):
                deny("clone", has_bits(0, bit))
                deny("unshare", has_bits(0, bit))
            deny("setns")
        if self.has("RestrictRealtime"):
            for policy in (os.SCHED_FIFO, os.SCHED_RR, 6):  # 6: SCHED_DEADLINE
                deny("sched_setscheduler", seccomp.Arg(1, seccomp.EQ, policy))
        if self.has("LockPersonality"):
            deny("personality", seccomp.Arg(0, seccomp.NE, 0))
        if self.has("RestrictSUIDSGID"):
            for call, position in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1), ("mkdirat", 2)):
                for bit in (stat.S_ISUID, stat.S_ISGID):
                    deny(call, has_bits(position, bit))
        for families in self.unit.all("Service", "RestrictAddressFamilies"):
            allowed = {getattr(socket, name) for name in families.split()}
            for family in set(range(MAX_FAMILY)) - allowed:
                deny("socket", seccomp.Arg(0, seccomp.EQ, family), error=errno.EAFNOSUPPORT)
            deny("socket", seccomp.Arg(0, seccomp.GE, MAX_FAMILY), error=errno.EAFNOSUPPORT)
        allow = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
        for call in self.allowed_calls:
            try:
                allow.add_rule(seccomp.ALLOW, call)
            except (RuntimeError, ValueError, OSError):
                pass  # not one of this architecture
        refuse.load()
        allow.load()

    def read_allowed_calls(self):
        calls = set()
        for groups in self.unit.all("Service", "SystemCallFilter"):
            members = {call for group in groups.removeprefix("~").split() for call in expanded(group)}
            calls = calls - members if groups.startswith("~") else calls | members
        return calls | set(expanded("@default"))


def expanded(group):
    if not group.startswith("@"):
        return [group]
    told = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter", group], capture_output=True, text=True,
                          check=True)
    members = [line.strip() for line in told.stdout.splitlines()[1:]]
    return [call for member in members if member and not member.startswith("#") for call in expanded(member)]


def main():
    unit, user, state, program, *arguments = sys.argv[1:]
    sandbox = Sandbox(Unit(unit), int(user), state)
    opened = os.open(program, os.O_RDONLY)  # it may lie where ProtectHome= or PrivateTmp= hide it
    os.setpriority(os.PRIO_PROCESS, 0, 0)  # where systemd starts it, whatever the test runs at
    sandbox.enter_namespaces()
    sandbox.arrange_files()
    sandbox.become()
    sandbox.filter_calls()
    os.execve(opened, [program, *arguments], os.environ)


main()
