"""A real Postfix on loopback, with its configuration and its queue in a directory of its own; who sends mail through it
(swaks), and who gets it. As root."""

import os
import re
import socketserver
import subprocess
import threading
from dataclasses import dataclass

from world import HOST, PATIENCE_SECONDS, WorldTest, free_port

WHY_NOT = "only root may start Postfix"
MAIN = """
compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/data
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.platform.example
mydestination =
alias_maps =
local_recipient_maps =
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks = {host}/32
smtpd_relay_restrictions = check_client_access static:OK, reject
smtpd_authorized_xclient_hosts = {host}
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
relayhost = [{host}]:{sink}
milter_default_action = tempfail
smtpd_milters = {milter}
non_smtpd_milters = {milter}
{more}
"""
SERVICES = """
{host}:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """`milter` is what main.cf says: "inet:HOST:PORT" or "unix:PATH"."""

    def __init__(self, world, sink_port, milter, more=""):
        world.directory.chmod(0o711)  # its parts run as another user
        self.home = world.directory / "postfix"
        self.port = free_port()
        for folder in (self.home, self.home / "config", self.home / "spool"):
            folder.mkdir()
            folder.chmod(0o755)
        (self.home / "config" / "main.cf").write_text(
            MAIN.format(home=self.home, host=HOST, sink=sink_port, milter=milter, more=more))
        (self.home / "config" / "master.cf").write_text(SERVICES.format(host=HOST, port=self.port))
        self.control("start")

    def control(self, verb):
        done = subprocess.run(["postfix", "-c", str(self.home / "config"), verb], capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS)
        if done.returncode != 0:
            raise AssertionError(f"postfix {verb}: {done.stdout}{done.stderr}{self.log()}")

    def stop(self):
        self.control("stop")

    def log(self):
        file = self.home / "maillog"
        return file.read_text(errors="replace") if file.exists() else ""

    def swaks(self, message, *options, sender="ann@platform.example"):
        """Sends the octets of a message as they are; what the server said to them."""
        lines = re.sub(rb"(?m)^\.", b"..", message)
        done = subprocess.run(["swaks", "--server", HOST, "--port", str(self.port), "--helo", "client.example", "--from",
                               sender, "--to", "bob@world.example", "--no-data-fixup", "--data", "-", *options],
                              input=lines + b".", capture_output=True, timeout=PATIENCE_SECONDS)
        said = re.findall(r"^<(?:-|\*\*)\s+(\d.*)$", done.stdout.decode(errors="replace"), re.M)
        before_quit = [line for line in said if not line.startswith("221")]
        return Sent(done.returncode, before_quit[-1] if before_quit else done.stderr.decode(errors="replace"))

    def submit(self, message, sender="ann@platform.example"):
        """As programs of the machine do, with sendmail(1)."""
        environment = {**os.environ, "MAIL_CONFIG": str(self.home / "config")}
        subprocess.run(["/usr/sbin/sendmail", "-i", "-f", sender, "bob@world.example"], env=environment,
                       input=message.replace(b"\r\n", b"\n"), check=True, timeout=PATIENCE_SECONDS)


@dataclass(frozen=True)
class Sent:
    exit_code: int
    reply: str  # the server's last one before QUIT

    @property
    def is_taken(self):
        return self.exit_code == 0 and self.reply.startswith("250 ")


class Sink:
    """An SMTP server that keeps what it gets, octet by octet."""

    def __init__(self):
        self.messages = []
        self.arrived = threading.Condition()
        self.server = socketserver.ThreadingTCPServer((HOST, 0), self.handler(), bind_and_activate=True)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def keep(self, message):
        with self.arrived:
            self.messages.append(message)
            self.arrived.notify_all()

    def wait_for(self, wanted, patience=20):
        """The message, as it was delivered, in which these octets are; it goes from here."""
        def found():
            return [message for message in self.messages if wanted in message]

        with self.arrived:
            if not self.arrived.wait_for(found, patience):
                raise AssertionError(f"no message with {wanted!r} came; these did: {self.messages[-3:]}")
            message = found()[0]
            self.messages.remove(message)
            return message

    def handler(self):
        keep = self.keep

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.say(b"220 sink")
                while line := self.rfile.readline():
                    verb = line.split()[0].upper()
                    if verb == b"EHLO":
                        self.say(b"250-sink", b"250-8BITMIME", b"250 SMTPUTF8")
                    elif verb == b"DATA":
                        self.say(b"354 go on")
                        keep(self.read_message())
                        self.say(b"250 kept")
                    elif verb == b"QUIT":
                        return self.say(b"221 bye")
                    else:
                        self.say(b"250 ok")

            def say(self, *lines):
                self.wfile.write(b"".join(line + b"\r\n" for line in lines))

            def read_message(self):
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.removeprefix(b"."))
                return b"".join(lines)

        return Handler


def body_of(message):
    return message.partition(b"\r\n\r\n")[2]


def has_signature(message):
    return b"\nDKIM-Signature:" in b"\n" + message.partition(b"\r\n\r\n")[0]


class PostfixTest(WorldTest):
    """A world with a Postfix in it, whose mail ends in a sink."""

    @classmethod
    def start_postfix(cls, milter, more=""):
        cls.sink = Sink()
        cls.addClassCleanup(cls.sink.close)
        cls.postfix = Postfix(cls.world, cls.sink.port, milter, more)
        cls.addClassCleanup(cls.postfix.stop)

    def deliver(self, message, marker, *options, **fields):
        """Sends a message that is taken; it as it was delivered."""
        sent = self.postfix.swaks(message, *options, **fields)
        self.assertTrue(sent.is_taken, f"{sent}\n{self.postfix.log()[-2000:]}")
        return self.sink.wait_for(marker)
