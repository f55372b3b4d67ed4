"""The real programs, on loopback, in a directory of their own: what every system test stands on.

Nothing here waits for time to pass: wait_until() looks again and again until what it waits for is there.
Programs are ended by their process handles only.
"""

import http.client
import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import contract
import dns.message
import dns.query
import dns.rcode

PROGRAM = os.environ.get("CUSTDKIM", "custdkim")
HOST = "127.0.0.1"
PATIENCE_SECONDS = 90  # generous: sanitizers, and a machine shared with others

ZONE = "custdkim.example.net"
ONE_ZONE = f"""
[[zone]]
name = "{ZONE}"
nameservers = ["ns1.example.net", "ns2.example.net"]
hostmaster = "hostmaster.example.net"
"""

# PowerDNS as most tests want it: every question reaches custdkim, and nobody is notified.
NO_CACHES = {"cache-ttl": "0", "query-cache-ttl": "0", "negquery-cache-ttl": "0", "primary": "no"}


def wait_until(condition, what, seconds=PATIENCE_SECONDS):
    """Returns the first true value of condition()."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        pause.wait(0.02)
    return value


def free_port():
    """A port that is free for UDP and TCP. Not one that the kernel gives to clients: while a server restarts,
    a test's own question could take its port."""
    first_of_clients = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10000, max(first_of_clients, 20000))
        try:
            with socket.socket(type=socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
                tcp.bind((HOST, port))
                udp.bind((HOST, port))
                return port
        except OSError:
            continue


def ask_address(port, name, rdtype="TXT", tcp=False, timeout=10.0, host=HOST, **options):
    """The answer of the server at a port, as a message. Raises dns.exception.Timeout."""
    question = dns.message.make_query(name, rdtype, **options)
    question.flags &= ~dns.flags.RD
    how = dns.query.tcp if tcp else dns.query.udp
    return how(question, host, port=port, timeout=timeout)


def rcode(message):
    return dns.rcode.to_text(message.rcode())


class Program:
    """A started program; what it prints goes into a log file."""

    def __init__(self, directory, name, command, environment=None, keep_open=()):
        self.name = name
        self.log_file = directory / f"{name}.log"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, **(environment or {})}, pass_fds=keep_open)

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return self.log_file.read_text(errors="replace")

    def is_running(self):
        return self.process.poll() is None

    def wait_ready(self, is_ready):
        def ready_or_over():
            if not self.is_running():
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log()[-4000:]}")
            return is_ready()

        wait_until(ready_or_over, f"{self.name} answers")

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self):
        self.process.kill()
        return self.process.wait(PATIENCE_SECONDS)

    def memory_bytes(self, field="VmRSS"):
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        [kibibytes] = [line.split()[1] for line in lines if line.startswith(field)]
        return int(kibibytes) * 1024


class World:
    """A configuration with all the files it names. Starts programs, and ends them in close()."""

    def __init__(self, zones=ONE_ZONE, store_directory=None):
        self.directory = Path(tempfile.mkdtemp(prefix="custdkim-"))
        self.programs = []
        self.socket = self.directory / "pdns.sock"
        self.store = (store_directory or self.directory) / "custdkim.db"
        self.api_port = free_port()
        self.token = secrets.token_hex(32)
        self.token_file = self.write("token", self.token + "\n", mode=0o600)
        self.master_key_file = self.write("master.key", new_master_key() + "\n", mode=0o600)
        self.config = self.write("custdkim.toml", self.config_text(zones))

    def config_text(self, zones):
        return f"""{zones}
[backend]
unix = "pdns.sock"
[api]
listen = "{HOST}:{self.api_port}"
token_file = "token"
[store]
url = "sqlite:{self.store}"
[keys]
master_key_file = "master.key"
pool = 0
"""

    def write(self, name, text, mode=0o644):
        file = self.directory / name
        file.touch(mode=mode)
        file.write_text(text)
        file.chmod(mode)
        return file

    def change_config(self, old, new):
        text = self.config.read_text()
        assert old in text, old
        self.config.write_text(text.replace(old, new, 1))

    def remember(self, program):
        self.programs.append(program)
        return program

    def close(self):
        for program in reversed(self.programs):
            if program.is_running():
                program.process.terminate()
        for program in self.programs:
            try:
                program.process.wait(20)
            except subprocess.TimeoutExpired:
                program.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def show_logs(self, lines=80):
        for log in sorted(self.directory.glob("*.log")):
            text = "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
            print(f"\n--- the last lines of {log.name}:\n{text}", file=sys.stderr)

    # custdkim

    def start_custdkim(self, wrapper=(), environment=None, keep_open=(), wait=True):
        """`wrapper` is a command that ends by executing the rest of its arguments."""
        command = [*wrapper, PROGRAM, "serve", "--config", str(self.config)]
        daemon = self.remember(Program(self.directory, "custdkim", command, environment, keep_open))
        if wait:
            daemon.wait_ready(self.is_healthy)
        return daemon

    def is_healthy(self):
        try:
            return self.call("GET", "/v1/health")[0] == 200
        except OSError:
            return False

    def call(self, method, path, document=None, token=None, timeout=60):
        """(status, document) of one request to the API."""
        connection = http.client.HTTPConnection(HOST, self.api_port, timeout=timeout)
        try:
            return call_over(connection, token or self.token, method, path, document)
        finally:
            connection.close()

    def create_key(self, domain, **fields):
        status, key = self.call("POST", "/v1/keys", {"domain": domain, "type": "ed25519", **fields})
        if status != 201:
            raise AssertionError(f"creating a key for {domain} was answered {status}: {key}")
        return key

    def settled_key(self, key_id):
        """The key once its records are visible: from then on it stays as it is until it is activated."""
        def look():
            status, key = self.call("GET", f"/v1/keys/{key_id}")
            return status == 200 and key["next"] is None and key

        return wait_until(look, f"the records of {key_id} are visible")

    def serial(self, zone=ZONE):
        zones = self.call("GET", "/v1/health")[1]["zones"]
        return next(z["serial"] for z in zones if z["name"] == zone)

    def run(self, *arguments, user=()):
        """A verb of `custdkim`, to its end. `user` is a command in front that changes the user."""
        environment = {**os.environ, "CUSTDKIM_API": f"http://{HOST}:{self.api_port}",
                       "CUSTDKIM_TOKEN_FILE": str(self.token_file)}
        return subprocess.run([*user, PROGRAM, *map(str, arguments)], env=environment, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE_SECONDS)

    def talk(self, *requests):
        """Replies of custdkim to requests in PowerDNS's protocol."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.connect(str(self.socket))
            stream = connection.makefile("rwb")
            replies = []
            for method, parameters in requests:
                stream.write(json.dumps({"method": method, "parameters": parameters}).encode() + b"\n")
                stream.flush()
                replies.append(json.loads(stream.readline()))
            return replies

    # PowerDNS

    def start_pdns(self, settings=NO_CACHES, name="pdns", port=None, connector="unix"):
        """With what `custdkim pdns-config` prints as its configuration file, and `settings` above that."""
        printed = self.run("pdns-config", "--config", self.config, "--connector", connector)
        if printed.returncode != 0:
            raise AssertionError(f"custdkim pdns-config failed: {printed.stderr}")
        return self.remember(PowerDns(self.directory, printed.stdout, settings, name, port))


class PowerDns(Program):
    """A pdns_server, in a directory of its own so that its control socket is alone there."""

    def __init__(self, directory, config, settings, name="pdns", port=None):
        self.home = directory / name
        self.home.mkdir(exist_ok=True)
        self.port = port or free_port()
        fixed = {"local-address": HOST, "local-port": self.port, "socket-dir": self.home, "daemon": "no",
                 "guardian": "no", "disable-syslog": "yes", "write-pid": "no", "security-poll-suffix": "",
                 "loglevel": 5}
        own = "".join(f"{key}={value}\n" for key, value in settings.items() if key not in fixed)
        (self.home / "pdns.conf").write_text(config + own)  # which pdnsutil reads, too
        options = [f"--{key}={settings.get(key, value)}" for key, value in fixed.items()]
        super().__init__(directory, name, ["/usr/sbin/pdns_server", f"--config-dir={self.home}", *options])
        self.wait_ready(self.answers)

    def answers(self):
        try:
            return ask_address(self.port, "version.bind", "TXT", rdclass="CH", timeout=0.2) is not None
        except (OSError, dns.exception.DNSException):
            return False

    def ask(self, name, rdtype="TXT", **options):
        return ask_address(self.port, name, rdtype, **options)

    def util(self, *arguments):
        return self.run_tool("pdnsutil", f"--config-dir={self.home}", *arguments)

    def must_util(self, *arguments):
        """What pdnsutil prints, where it must succeed."""
        done = self.util(*arguments)
        if done.returncode != 0:
            raise AssertionError(f"pdnsutil {arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def control(self, *arguments):
        return self.run_tool("pdns_control", f"--config-dir={self.home}", f"--socket-dir={self.home}", *arguments)

    @staticmethod
    def run_tool(*command):
        return subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=PATIENCE_SECONDS)


class WorldTest(unittest.TestCase):
    """A test case that shows the logs of its world when one of its tests fails."""

    world = None

    @classmethod
    def make_world(cls, *arguments, **options):
        cls.world = World(*arguments, **options)
        cls.addClassCleanup(cls.world.close)
        return cls.world

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if self.world and len(result.failures) + len(result.errors) > before:
            self.world.show_logs()


def call_over(connection, token, method, path, document=None, description=contract):
    """`description` is what the answer is held against: docs/openapi.yaml; none of the lab's."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, None if document is None else json.dumps(document), headers)
    response = connection.getresponse()
    body = response.read()
    if description:
        description.check_answer(method, path, response.status, response.headers, body)
    return response.status, json.loads(body)


def new_master_key():
    made = subprocess.run(["openssl", "rand", "-base64", "32"], capture_output=True, text=True, check=True)
    return made.stdout.strip()


def txt_strings(message, name):
    """The strings of the only TXT record at a name in an answer."""
    rrset = message.get_rrset(message.answer, dns.name.from_text(name), dns.rdataclass.IN, dns.rdatatype.TXT)
    [record] = rrset
    return record.strings


def records(keys):
    """Names and TXT of what was published for some keys."""
    return {slot["record_name"]: slot["txt"] for key in keys for slot in key["slots"]}


def promised(key):
    """What was said of a key when it was created, and does not change when its records become visible."""
    fields = {name: key[name] for name in ("id", "domain", "match", "type", "org", "zone", "created_at")}
    pairs = [(pair["number"], pair["public_key"]) for slot in key["slots"] for pair in slot["pairs"]]
    return fields, records([key]), pairs


def measured(text):
    """A figure worth reading, also when everything passes."""
    print(f"\n    measured: {text}", file=sys.stderr, flush=True)
