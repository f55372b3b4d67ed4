"""The connectors beside each other, in one run: unix, pipe and HTTP in all its forms; and AXFR, which only pipe can do
for a big zone."""

import re
import socket
import struct
import time

from backends import filled, running
from contest import Setup, compete, ratios, say, without_caches, write_queries
from machine import spread
from processes import ZONE, PowerDns, free_port

TRANSFERS = 5
FEW_AT_ONCE = ["-q", "20"]  # of a hundred at once, the slow ones leave some waiting for longer than dnsperf does


def with_timeout(launch, milliseconds):
    return [re.sub(r"(remote-connection-string=.*),timeout=\d+", rf"\1,timeout={milliseconds}", option)
            for option in launch]


def listening_on_http():
    return {"backend": f'http = "127.0.0.1:{free_port()}"'}


def connector_setups(daemon):
    """With the settings that pdns-config prints for each, caches and cores of threads aside."""
    def launch(connector):
        return daemon.pdns_config("--connector", connector)
    return [Setup("unix", launch("unix"), daemon),
            Setup("pipe, `timeout=0`", with_timeout(launch("pipe"), 0), daemon),
            Setup("pipe, `timeout=2000`", with_timeout(launch("pipe"), 2000), daemon),
            Setup("http, REST", launch("http"), daemon),
            Setup("http, `post`", launch("http-post"), daemon),
            Setup("http, `post_json`", launch("http-post-json"), daemon)]


def connectors(options, work):
    """The table for docs/protocol.md."""
    say("connectors")
    daemon, names = filled(options, work / "custdkim", options.keys, **listening_on_http())
    with running(daemon):
        queries = write_queries(work / "queries", names)
        figures = compete(connector_setups(daemon), options.rounds,
                          without_caches(work, queries, options.seconds, options=FEW_AT_ONCE))["off"]
    lines = ["| connector | queries/s, min / **median** / max | of unix, round by round | CPU for each, us | of unix |",
             "|---|---|---|---|---|"]
    for name, runs in figures.items():
        lines.append(f"| {name} | {spread([run['qps'] for run in runs], 0)} | "
                     f"{spread(ratios(figures, name, 'unix', 'qps'))} | "
                     f"{spread([run['query_us'] for run in runs], 0)} | "
                     f"{spread(ratios(figures, name, 'unix', 'query_us'))} |")
    return [*lines, "", f"{2 * options.keys:,} names, PowerDNS's caches off, three distributor threads, "
            f"{options.rounds} rounds{options.on_machine}; made by `scripts/bench.sh --only connectors`."]


def transfer(port, wanted):
    """An AXFR of the zone, of so many records: octets, and how many seconds that took."""
    name = b"".join(bytes([len(label)]) + label.encode() for label in ZONE.split(".")) + b"\0"
    question = struct.pack("!6H", 1, 0, 1, 0, 0, 0) + name + struct.pack("!2H", 252, 1)
    started, records, octets = time.monotonic(), 0, 0
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(struct.pack("!H", len(question)) + question)
        stream = connection.makefile("rb")
        while records < wanted and len(head := stream.read(2)) == 2:
            [size] = struct.unpack("!H", head)
            message = stream.read(size)
            if message[3] & 15:
                break
            records += struct.unpack("!H", message[6:8])[0]
            octets += size
    if records != wanted:
        raise RuntimeError(f"an AXFR has {records} records instead of {wanted}")
    return octets, time.monotonic() - started


def axfr(options, work):
    say(f"AXFR of {2 * options.keys:,} records over pipe")
    daemon, _ = filled(options, work / "custdkim", options.keys)
    wanted = 2 * options.keys + 3  # the SOA twice, and the NS
    seconds, grown = [], []
    with running(daemon):
        launch = [*with_timeout(daemon.pdns_config("--connector", "pipe"), 0), "--allow-axfr-ips=127.0.0.1"]
        for _ in range(TRANSFERS):
            before = daemon.rss_bytes()
            pdns = PowerDns(work, launch)
            with running(pdns):
                octets, took = transfer(pdns.port, wanted)
            say(f"  {took:.2f} s")
            seconds.append(took)
            grown.append(daemon.rss_bytes() - before)
    return ["## AXFR", "",
            f"{wanted:,} records ({octets / 1e6:.0f} MB of messages) over the pipe connector with `timeout=0`, "
            f"{TRANSFERS} times{options.on_machine}: {spread(seconds, 1)} s. The daemon's resident memory grew by "
            f"{max(grown) / (1 << 20):.1f} MiB at most in one of them. Over unix PowerDNS's time grows with the square "
            "of the size: [protocol.md](protocol.md#traps)."]
