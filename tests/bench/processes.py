"""Starting and ending the programs that are measured, and reading what they cost. Loopback only."""

import base64
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import threading
import time

ZONE = "custdkim.test"
NO_CACHES = ["--cache-ttl=0", "--query-cache-ttl=0", "--negquery-cache-ttl=0"]
TICK = os.sysconf("SC_CLK_TCK")


def wait_until(condition, what, patience=120):
    deadline = time.monotonic() + patience
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {patience} s for {what}")
        pause.wait(0.02)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def family(pid):
    """A process and its descendants."""
    pids = [pid]
    for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            pids += family(child)
    return pids


class Process:
    """One program under way; its output goes to a file."""

    def __init__(self, argv, log):
        self.log = pathlib.Path(log)
        with open(self.log, "wb") as out:
            self.child = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def alive(self):
        if self.child.poll() is not None:
            raise RuntimeError(f"{self.child.args[0]} ended: {self.log.read_text(errors='replace')[-2000:]}")
        return True

    def cpu_seconds(self):
        """Of the program, and of the programs that it has started and that still run."""
        return sum(cpu_ticks(pid) for pid in family(self.child.pid)) / TICK

    def rss_bytes(self):
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def end(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            self.child.wait()


class Custdkim(Process):
    """`custdkim serve` on a directory of its own; the store may be filled while it is not running."""

    def __init__(self, program, directory, pool=0, zone="", backend="", sections=""):
        self.program, self.directory = program, pathlib.Path(directory)
        self.socket = self.directory / "pdns.sock"
        self.port = free_port()
        self.write_files(pool, zone, backend, sections)
        self.config = self.directory / "custdkim.toml"
        super().__init__([program, "serve", "--config", str(self.config)], self.directory / "custdkim.log")
        wait_until(lambda: self.alive() and b"serving zone" in self.log.read_bytes(), "custdkim")

    def write_files(self, pool, zone, backend, sections):
        for name, text in (("master.key", None), ("token", secrets.token_hex(32))):
            file = self.directory / name
            if not file.exists():
                file.write_text(text or base64.b64encode(secrets.token_bytes(32)).decode())
                file.chmod(0o600)
        (self.directory / "custdkim.toml").write_text(f"""
[[zone]]
name = "{ZONE}"
nameservers = ["ns1.{ZONE}"]
hostmaster = "hostmaster.{ZONE}"
{zone}
[backend]
unix = "pdns.sock"
{backend}
[api]
listen = "127.0.0.1:{self.port}"
token_file = "token"
[store]
url = "sqlite:custdkim.db"
[keys]
master_key_file = "master.key"
pool = {pool}
{sections}
""")


    def pdns_config(self, *options):
        """What `custdkim pdns-config` prints, as options of PowerDNS."""
        printed = subprocess.run([self.program, "pdns-config", "--config", str(self.config), *options],
                                 capture_output=True, text=True, check=True).stdout
        return [f"--{line}" for line in printed.splitlines() if line and not line.startswith("#")]

    def listed(self):
        """All records of the zone, as PowerDNS would get them for an AXFR."""
        with socket.socket(socket.AF_UNIX) as conversation:
            conversation.connect(str(self.socket))
            stream = conversation.makefile("rwb")
            stream.write(json.dumps({"method": "list", "parameters": {"zonename": f"{ZONE}."}}).encode() + b"\n")
            stream.flush()
            return json.loads(stream.readline())["result"]


class NullRemote(Process):
    def __init__(self, program, directory, answers=1):
        self.socket = pathlib.Path(directory) / f"null-{answers}.sock"
        super().__init__([program, str(self.socket), str(answers)], self.socket.with_suffix(".log"))
        wait_until(lambda: self.alive() and self.socket.exists(), "the null backend")


class PowerDns(Process):
    """With `launch`, which may overrule anything but addresses and directories. Caches are PowerDNS's defaults."""

    def __init__(self, directory, launch):
        directory = pathlib.Path(directory)
        empty = directory / "pdns-config"
        empty.mkdir(exist_ok=True)
        self.port = free_port()
        super().__init__(["pdns_server", f"--config-dir={empty}", f"--socket-dir={empty}", "--local-address=127.0.0.1",
                          f"--local-port={self.port}", "--daemon=no", "--guardian=no", "--write-pid=no",
                          "--disable-syslog", "--loglevel=4", "--security-poll-suffix=",
                          "--version-string=anonymous", "--edns-subnet-processing=no", "--distributor-threads=3",
                          *launch], directory / "pdns.log")
        wait_until(lambda: self.alive() and self.answers(), "PowerDNS")

    def answers(self):
        asked = subprocess.run(["dig", "+short", "+time=1", "+tries=1", "@127.0.0.1", "-p", str(self.port), ZONE,
                                "SOA"], capture_output=True, text=True, check=False)
        return "hostmaster" in asked.stdout


def over_socket(path):
    return ["--launch=remote", f"--remote-connection-string=unix:path={path}"]


def pdnsutil(directory, launch, *arguments):
    """Runs it with the options of a PowerDNS that `launch` would start; what it prints."""
    home = pathlib.Path(directory) / "pdnsutil-config"
    home.mkdir(exist_ok=True)
    (home / "pdns.conf").write_text("".join(f"{option.removeprefix('--')}\n" for option in launch))
    done = subprocess.run(["pdnsutil", f"--config-dir={home}", *map(str, arguments)], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"pdnsutil {' '.join(map(str, arguments))} failed: {done.stdout}{done.stderr}")
    return done.stdout


def dnsperf(port, queries, seconds=None, options=(), rcode="NOERROR"):
    """Queries per second, and how many were answered, lost and not answered with `rcode`. Asks for so many seconds, or
    each question once."""
    run = subprocess.run(["dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", str(queries), "-c", "4", "-T", "1",
                          "-q", "100", "-t", "5", *(["-l", str(seconds)] if seconds else ["-n", "1"]), *options],
                         capture_output=True, text=True, check=True)
    figures = {"completed": 0, "lost": 0, "qps": 0.0, "bad": 0}
    for line in run.stdout.splitlines():
        words = line.split()
        if "Queries completed:" in line:
            figures["completed"] = int(words[2])
        elif "Queries lost:" in line:
            figures["lost"] = int(words[2])
        elif "Queries per second:" in line:
            figures["qps"] = float(words[3])
        elif "Response codes:" in line:
            figures["bad"] = figures["completed"] - sum(
                int(words[i + 1]) for i, word in enumerate(words) if word == rcode)
    return figures
