"""How many messages a second `custdkim milter` has signed, with a client in the mail server's place that speaks the milter
protocol and does nothing else; what milter and service spend on each, and whether their memory grows."""

import json
import socket
import struct
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from contest import say
from machine import spread
from processes import Custdkim, Process, free_port, wait_until

GOAL = 300  # messages a second, for each core that milter and service have
CONNECTIONS = 8
SOAK = 20_000
# SMFIP_NOHELO, NORCPT, NOUNKNOWN, NODATA, NR_CONN, NR_HDR, NR_EOH, SKIP, HDR_LEADSPC: what Postfix offers of use
STEPS = 0x02 | 0x08 | 0x100 | 0x200 | 0x1000 | 0x80 | 0x40000 | 0x400 | 0x100000
ADD_HEADERS, INSERTED, CONTINUE = 1, b"i", b"c"
UNCHECKED = '[activation]\ncheck = "unchecked"\n'
FIELDS = [(b"From", b" Ann <ann@acme.example>"), (b"To", b" bob@world.example"), (b"Subject", b" a message"),
          (b"Date", b" Mon, 23 Nov 2026 10:00:00 +0000"), (b"Message-ID", b" <1@acme.example>"),
          (b"MIME-Version", b" 1.0"), (b"Content-Type", b" text/plain")]
BODY = (b"x" * 70 + b"\r\n") * 135  # with the header 10 kB


def packet(command, data=b""):
    return struct.pack(">I", 1 + len(data)) + command + data


MESSAGE = (packet(b"M", b"<ann@acme.example>\0")
           + b"".join(packet(b"L", name + b"\0" + value + b"\0") for name, value in FIELDS)
           + packet(b"N") + packet(b"B", BODY) + packet(b"E"))


class MailServer:
    """One connection; message after message of a client on loopback."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.connection.makefile("rb")
        self.connection.sendall(packet(b"O", struct.pack(">III", 6, ADD_HEADERS, STEPS)))
        assert self.read()[0] == b"O"
        self.connection.sendall(packet(b"C", b"localhost\0" + b"4" + struct.pack(">H", 25) + b"127.0.0.1\0"))

    def read(self):
        length = struct.unpack(">I", self.stream.read(4))[0]
        return self.stream.read(1), self.stream.read(length - 1)

    def send(self):
        """A message, which must be signed."""
        self.connection.sendall(MESSAGE)
        for wanted in (CONTINUE, CONTINUE, INSERTED, CONTINUE):  # to sender, body, end: the signature and the verdict
            kind, text = self.read()
            if kind != wanted:
                raise RuntimeError(f"not signed: {kind + text}")

    def close(self):
        self.stream.close()
        self.connection.close()


def send_all(port, seconds=None, messages=None):
    """Over all connections at once, so long or so many. How many were signed, and in how many seconds."""
    begin = time.monotonic()
    share = messages // CONNECTIONS if messages else None

    def work(_):
        server, count = MailServer(port), 0
        while (count < share) if share else (time.monotonic() - begin < seconds):
            server.send()
            count += 1
        server.close()
        return count

    with ThreadPoolExecutor(CONNECTIONS) as servers:
        return sum(servers.map(work, range(CONNECTIONS))), time.monotonic() - begin


def call(daemon, path, document=None):
    request = urllib.request.Request(f"http://127.0.0.1:{daemon.port}{path}", method="POST",
                                     data=json.dumps(document).encode() if document else None,
                                     headers={"Authorization": f"Bearer {(daemon.directory / 'token').read_text()}"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def start(options, work):
    daemon = Custdkim(options.custdkim, work, sections=UNCHECKED)
    key = call(daemon, "/v1/keys", {"domain": "acme.example", "type": "rsa-2048"})
    call(daemon, f"/v1/keys/{key['id']}/activate")
    call(daemon, "/v1/senders/confirm", {"code": call(daemon, "/v1/senders", {"address": "ann@acme.example"})["code"]})
    port = free_port()
    mill = Process([options.custdkim, "milter", "--listen", f"inet:{port}@127.0.0.1", "--api",
                    f"http://127.0.0.1:{daemon.port}", "--token-file", str(work / "token")], work / "milter.log")
    wait_until(lambda: mill.alive() and b"listening" in mill.log.read_bytes(), "the milter")
    return daemon, mill, port


def milter(options, work):
    say("the milter")
    daemon, mill, port = start(options, work)
    try:
        send_all(port, messages=1000)
        rates, costs = [], []
        for _ in range(options.rounds):
            before = daemon.cpu_seconds(), mill.cpu_seconds()
            done, seconds = send_all(port, seconds=options.seconds)
            rates.append(done / seconds)
            costs.append([(now - then) / done for now, then in zip((daemon.cpu_seconds(), mill.cpu_seconds()), before)])
            say(f"  {rates[-1]:.0f} messages/s; CPU of service and milter for each: "
                + ", ".join(f"{cost * 1e6:.0f} us" for cost in costs[-1]))
        memory = [(daemon.rss_bytes(), mill.rss_bytes())]
        send_all(port, messages=SOAK)
        memory.append((daemon.rss_bytes(), mill.rss_bytes()))
        return report(options, rates, costs, memory)
    finally:
        mill.end()
        daemon.end()


def report(options, rates, costs, memory):
    per_core = [1 / sum(cost) for cost in costs]
    rows = [f"| messages/s, on a machine shared with the client | {spread(rates, 0)} |",
            f"| messages for each second of CPU, of milter and service together | {spread(per_core, 0)} |",
            f"| CPU of the service for each, us | {spread([cost[0] * 1e6 for cost in costs], 0)} |",
            f"| CPU of the milter for each, us | {spread([cost[1] * 1e6 for cost in costs], 0)} |"]
    for title, which in (("service", 0), ("milter", 1)):
        before, after = (sizes[which] / 2**20 for sizes in memory)
        rows.append(f"| RSS of the {title}, before and after {SOAK:,} more messages, MiB | {before:.1f}, {after:.1f} |")
    return ["## The milter", "",
            f"Messages of 10 kB, signed with RSA-2048 over {CONNECTIONS} connections; {options.rounds} rounds of "
            f"{options.seconds} s{options.on_machine}. The goal is {GOAL} a second and core.", "",
            "| what | min / **median** / max |", "|---|---|", *rows]
