"""The real authoritative servers: one instance of each with all zones, as Debian packs them and with the settings they
come with; what is set only keeps them inside of their directory and quiet.
"""

import re
import signal
import socket
import sqlite3
import subprocess

import dns.exception
import dns.flags
import dns.message
import dns.query

from programs import Program


def ask(address, name, rdtype, rdclass="IN"):
    """The response, or None where nothing comes at once."""
    question = dns.message.make_query(name, rdtype, rdclass)
    question.flags &= ~dns.flags.RD
    try:
        return dns.query.udp(question, address, timeout=0.5)
    except (dns.exception.DNSException, OSError):
        return None


def answers(address):
    """Whether a DNS server is there, whatever it says. Nothing is looked up for that: the class is CHAOS."""
    return ask(address, "version.bind", "TXT", "CH") is not None


class AuthoritativeServer:
    """`zones` is {domain: text of its master file}, no dots at the end; None: the file is missing. A secondary has
    addresses in `primaries` instead: {domain: address}."""

    def __init__(self, directory, addresses, zones, primaries=None):
        self.directory = directory
        self.addresses = addresses
        self.primaries = primaries or {}
        self.domains = list(zones)
        (directory / "zones").mkdir(parents=True)
        self.write(zones)
        self.configure()
        self.program = Program(directory, self.command())

    def wait_ready(self):
        self.program.wait_ready(lambda: all(answers(address) for address in self.addresses))

    def zone_file(self, domain):
        return self.directory / "zones" / f"{domain}.zone"

    def write(self, zones):
        for domain, text in zones.items():
            if text is not None:
                self.zone_file(domain).write_text(text)

    def replace(self, zones):
        """The operator edits files, and has the server read them again."""
        self.write(zones)
        self.reload()

    def reload(self):
        self.program.process.send_signal(signal.SIGHUP)

    def complaint(self, domain):
        """What the log says first that is wrong with a zone; nothing if all is well."""
        for line in self.program.log().splitlines():
            if found := domain in line and re.search(self.complaints, line):
                return found[1].replace(f"{self.directory}/zones/", "").replace(domain, "DOMAIN")
        return ""

    def write_file(self, name, text):
        file = self.directory / name
        file.write_text(text)
        return file

    def stop(self):
        self.program.stop()


class Bind(AuthoritativeServer):
    name, title = "bind", "BIND"
    complaints = r"(?:\.zone:\d+: |/IN: )((?!loaded|loading|not loaded|sending|using).*)"

    def configure(self):
        zones = "".join(f'zone "{domain}" {{ type primary; file "{self.zone_file(domain)}"; }};\n'
                        for domain in self.domains)
        self.write_file("named.conf", f"""
options {{
    directory "{self.directory}";
    listen-on port 53 {{ {"; ".join(self.addresses)}; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    recursion no;
    notify no;
    dnssec-validation no;
}};
controls {{ }};
{zones}""")

    def command(self):
        return ["named", "-g", "-4", "-n", "1", "-c", self.directory / "named.conf"]


class Nsd(AuthoritativeServer):
    name, title = "nsd", "NSD"
    complaints = r"(?:error|warning): .*\.zone:\d+: (.*)"

    def configure(self):
        addresses = "".join(f"    ip-address: {address}\n" for address in self.addresses)
        zones = "".join(f'zone:\n    name: "{domain}"\n    zonefile: "{self.zone_file(domain)}"\n'
                        for domain in self.domains)
        zones += "".join(f'zone:\n    name: "{domain}"\n    request-xfr: AXFR {primary} NOKEY\n'
                         for domain, primary in self.primaries.items())
        directory = self.directory
        self.write_file("nsd.conf", f"""
server:
    port: 53
{addresses}
    username: ""
    chroot: ""
    zonesdir: "{directory}"
    database: ""
    pidfile: "{directory}/nsd.pid"
    zonelistfile: "{directory}/zone.list"
    xfrdfile: "{directory}/xfrd.state"
    xfrdir: "{directory}"
    server-count: 1
    rrl-ratelimit: 0
    verbosity: 2
remote-control:
    control-enable: no
{zones}""")

    def command(self):
        return ["nsd", "-d", "-c", self.directory / "nsd.conf"]


class Knot(AuthoritativeServer):
    name, title = "knot", "Knot DNS"
    complaints = r"(?:error|warning): \[[^]]*\] (.*)"

    def configure(self):
        zones = "".join(f'  - domain: "{domain}"\n    file: "{self.zone_file(domain)}"\n' for domain in self.domains)
        directory = self.directory
        self.write_file("knot.conf", f"""
server:
    rundir: "{directory}"
    listen: [{", ".join(f"{address}@53" for address in self.addresses)}]
    udp-workers: 1
    tcp-workers: 2
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "{directory}/database"
template:
  - id: default
    storage: "{directory}/zones"
    zonefile-sync: -1
zone:
{zones}""")

    def command(self):
        return ["knotd", "-c", self.directory / "knot.conf"]


class PowerDns(AuthoritativeServer):
    name, title = "powerdns", "PowerDNS"
    complaints = r"((?:[Ee]rror|[Uu]nable|[Pp]arsing|Ignoring|[Ff]ailed).*)"

    def configure(self):
        zones = "".join(f'zone "{domain}" {{ type master; file "{self.zone_file(domain)}"; }};\n'
                        for domain in self.domains)
        self.write_file("named.conf", zones)
        self.write_file("pdns.conf", f"""
launch=bind
bind-config={self.directory}/named.conf
bind-dnssec-db={self.directory}/dnssec.db
local-address={",".join(self.addresses)}
local-port=53
socket-dir={self.directory}
daemon=no
guardian=no
disable-syslog=yes
log-timestamp=no
loglevel=4
security-poll-suffix=
receiver-threads=1
distributor-threads=1
""")
        subprocess.run(["pdnsutil", f"--config-dir={self.directory}", "create-bind-db", self.directory / "dnssec.db"],
                       check=True, capture_output=True)
        with sqlite3.connect(self.directory / "dnssec.db") as database:
            for domain in self.domains:
                file = self.zone_file(domain)
                if file.exists() and " RRSIG " in file.read_text():
                    database.execute("INSERT INTO domainmetadata (domain, kind, content) VALUES (?, 'PRESIGNED', '1')",
                                     (domain,))
        database.close()

    def command(self):
        return ["pdns_server", f"--config-dir={self.directory}"]

    def reload(self):
        subprocess.run(["pdns_control", f"--config-dir={self.directory}", f"--socket-dir={self.directory}",
                        "bind-reload-now", *self.domains], check=True, capture_output=True)


SERVERS = [Bind, Nsd, Knot, PowerDns]


class SilentServer:
    """Takes every question, and says nothing."""

    def __init__(self, address):
        self.sockets = [socket.socket(type=kind) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)]
        for one in self.sockets:
            one.bind((address, 53))
        self.sockets[1].listen()

    def stop(self):
        for one in self.sockets:
            one.close()
