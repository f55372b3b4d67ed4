"""What those have who receive the customers' mail: a caching Unbound that chases CNAMEs from the customers'
name server to ours, and two verifiers that ask it, dkimpy and OpenDKIM."""

import logging
import re
import sqlite3
import subprocess
from pathlib import Path

import dkim
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from world import HOST, PATIENCE_SECONDS, ZONE, PowerDns, Program, free_port

SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
PASS = "pass"
UNANSWERED = "unanswered"  # the DNS could not tell: the mail waits, and is looked at again


class Unanswered(Exception):
    """A lookup that told nothing: SERVFAIL, or no answer."""


def start_customer_dns(world, keys):
    """The name server of all customers: PowerDNS over gsqlite3, with a zone for each key's domain, and in it the
    CNAMEs that custdkim told."""
    database = world.directory / "customers.db"
    connection = sqlite3.connect(database)
    connection.executescript(SCHEMA.read_text())
    for number, key in enumerate(keys, start=1):
        domain = key["domain"]
        rows = [(domain, "SOA", f"ns1.{domain} hostmaster.{domain} 1 3600 600 86400 1", 300),
                (domain, "NS", f"ns1.{domain}", 300),
                *((slot["cname"]["name"], "CNAME", slot["cname"]["target"], 300) for slot in key["slots"])]
        connection.execute("INSERT INTO domains (id, name, type) VALUES (?, ?, 'NATIVE')", (number, domain))
        connection.executemany("INSERT INTO records (domain_id, name, type, content, ttl, auth)"
                               f" VALUES ({number}, ?, ?, ?, ?, 1)", rows)
    connection.commit()
    connection.close()
    config = f"launch=gsqlite3\ngsqlite3-database={database}\n"
    return world.remember(PowerDns(world.directory, config, {"zone-cache-refresh-interval": "0"}, "customers"))


class Resolver(Program):
    """Unbound with its caches, as they are by default; it knows where the zones are, instead of the root."""

    def __init__(self, world, servers_by_zone):
        self.port = free_port()
        self.control_socket = world.directory / "unbound.ctl"
        self.config = world.write("unbound.conf", self.config_text(world, servers_by_zone))
        super().__init__(world.directory, "unbound", ["/usr/sbin/unbound", "-d", "-c", str(self.config)])
        world.remember(self)
        self.wait_ready(self.answers)

    def config_text(self, world, servers_by_zone):
        stubs = "".join(f'stub-zone:\n  name: "{zone}"\n  stub-addr: {HOST}@{port}\n'
                        for zone, port in servers_by_zone.items())
        return f"""server:
  interface: {HOST}@{self.port}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  module-config: "iterator"
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  pidfile: ""
  directory: "{world.directory}"
remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: "{self.control_socket}"
{stubs}"""

    def ask(self, name):
        """(rcode, TXT strings in the answer, joined each)"""
        question = dns.message.make_query(name, "TXT")
        try:
            answer = dns.query.udp(question, HOST, port=self.port, timeout=5)
            if answer.flags & dns.flags.TC:
                answer = dns.query.tcp(question, HOST, port=self.port, timeout=5)
        except dns.exception.Timeout:
            return "no answer", []
        texts = [b"".join(record.strings) for rrset in answer.answer if rrset.rdtype == dns.rdatatype.TXT
                 for record in rrset]
        return dns.rcode.to_text(answer.rcode()), texts

    def answers(self):
        try:
            return self.ask("version.bind") is not None
        except OSError:
            return False

    def control(self, verb):
        return PowerDns.run_tool("unbound-control", "-c", self.config, verb).stdout

    def forget_failures(self):
        """Unbound remembers SERVFAIL for 5 s: a moment elsewhere, but half of a retention in this test."""
        self.control("flush_negative")

    def cache_hits(self):
        return int(float(re.search(r"total\.num\.cachehits=(\S+)", self.control("stats_noreset"))[1]))


class Dkimpy:
    """python3-dkim."""

    def __init__(self, resolver):
        self.resolver = resolver
        self.logger = logging.getLogger("dkimpy")
        self.logger.setLevel(logging.CRITICAL)

    def look_up(self, name, timeout=5):
        code, texts = self.resolver.ask(name.decode())
        if code not in ("NOERROR", "NXDOMAIN"):
            raise Unanswered(code)
        return texts[0] if len(texts) == 1 else None

    def verdicts(self, files):
        return {file: self.verdict(file.read_bytes()) for file in files}

    def verdict(self, text):
        try:
            return PASS if dkim.DKIM(text, logger=self.logger).verify(dnsfunc=self.look_up) else "fail"
        except Unanswered:
            return UNANSWERED
        except dkim.DKIMException as error:
            return f"fail: {error}"


class OpenDkim:
    """`opendkim -t`. Its exit code is always 0: the verdict is in what it prints."""

    LINE = re.compile(r"^opendkim: (\S+): verification \(.*?\) (?:succeeded|failed: (.*))$", re.MULTILINE)

    def __init__(self, world, resolver):
        forward = world.write("opendkim-unbound.conf", f"""server:
  do-not-query-localhost: no
  module-config: "iterator"
forward-zone:
  name: "."
  forward-addr: {HOST}@{resolver.port}
""")
        self.config = world.write("opendkim.conf", f"ResolverConfiguration {forward}\nMode v\nSyslog no\n")

    def verdicts(self, files):
        found = self.run(files)
        if UNANSWERED in found.values():  # a second lookup of what was SERVFAIL is "not found" for the same process
            for file in files:
                found.update(self.run([file]))
        return found

    def run(self, files):
        listed = ",".join(map(str, files))
        done = subprocess.run(["/usr/sbin/opendkim", "-x", str(self.config), "-t", listed], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE_SECONDS)
        said = dict(self.LINE.findall(done.stdout))
        return {file: self.verdict(said.get(str(file), done.stdout + done.stderr)) for file in files}

    @staticmethod
    def verdict(why):
        if why == "key DNS query failed":
            return UNANSWERED
        return f"fail: {why}" if why else PASS


def start_resolver(world, keys, key_zone_port, customers_port):
    zones = {key["domain"]: customers_port for key in keys}
    return Resolver(world, {ZONE: key_zone_port, **zones})
