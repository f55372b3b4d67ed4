"""Who validates what we serve (RFC 4035 section 5): Unbound, as resolvers do it, and BIND's delv, each with the zone's
own keys as trust anchors."""

import subprocess

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from world import HOST, PATIENCE_SECONDS, Program, free_port

SECURE, INSECURE, BOGUS = "secure", "insecure", "bogus"
KEY_SIGNING = 0x0101  # zone key with the SEP bit (RFC 4034 section 2.1.1)


def key_signing_keys(pdns, zone):
    """The DNSKEYs that a parent would have DS records of, in presentation form."""
    answer = pdns.ask(zone, "DNSKEY", tcp=True)
    return [record.to_text() for rrset in answer.answer if rrset.rdtype == dns.rdatatype.DNSKEY
            for record in rrset if record.flags == KEY_SIGNING]


class Unbound(Program):
    """A validating resolver without a root: it knows the server and the keys of each zone."""

    started = 0

    def __init__(self, world, server_port, anchors):
        """`anchors`: zone -> DNSKEYs."""
        Unbound.started += 1
        name = f"validator-{Unbound.started}"
        self.port = free_port()
        stubs = "".join(f'stub-zone:\n  name: "{zone}"\n  stub-addr: {HOST}@{server_port}\n' for zone in anchors)
        keys = "".join(f'  trust-anchor: "{zone}. DNSKEY {key}"\n' for zone in anchors for key in anchors[zone])
        config = world.write(f"{name}.conf", f"""server:
  interface: {HOST}@{self.port}
  do-not-query-localhost: no
  do-ip6: no
  module-config: "validator iterator"
  trust-anchor-signaling: no
  qname-minimisation: yes
  aggressive-nsec: no
  val-log-level: 2
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  pidfile: ""
  directory: "{world.directory}"
{keys}{stubs}""")
        super().__init__(world.directory, name, ["/usr/sbin/unbound", "-d", "-c", str(config)])
        world.remember(self)
        self.wait_ready(self.answers)

    def ask(self, name, rdtype):
        """(verdict, rcode, whether there is an answer)"""
        question = dns.message.make_query(name, rdtype, want_dnssec=True)
        answer = dns.query.tcp(question, HOST, port=self.port, timeout=PATIENCE_SECONDS)
        if answer.rcode() == dns.rcode.SERVFAIL:
            return BOGUS, "SERVFAIL", False
        verdict = SECURE if answer.flags & dns.flags.AD else INSECURE
        return verdict, dns.rcode.to_text(answer.rcode()), bool(answer.answer)

    def answers(self):
        try:
            question = dns.message.make_query("version.bind", "TXT", "CH")
            return dns.query.udp(question, HOST, port=self.port, timeout=0.2) is not None
        except (OSError, dns.exception.DNSException):
            return False


class Delv:
    """`delv` at the name server itself."""

    def __init__(self, world, server_port, anchors):
        self.port = server_port
        self.zones = list(anchors)
        lines = [f'"{zone}." static-key {quoted_key(key)};' for zone in anchors for key in anchors[zone]]
        self.anchors = world.write("delv.anchors", "trust-anchors {\n" + "\n".join(lines) + "\n};\n")

    def ask(self, name, rdtype):
        [zone] = [zone for zone in self.zones if f".{name}".endswith(f".{zone}")]
        done = subprocess.run(["delv", f"@{HOST}", "-p", str(self.port), "-a", str(self.anchors), f"+root={zone}",
                               name, rdtype], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        said = done.stdout + done.stderr
        if "fully validated" not in said:
            return (INSECURE if "unsigned answer" in said else BOGUS), said.strip(), False
        rcode = "NXDOMAIN" if "ncache nxdomain" in said else "NOERROR"
        return SECURE, rcode, "negative response" not in said


def quoted_key(key):
    flags, protocol, algorithm, *octets = key.split()
    return f'{flags} {protocol} {algorithm} "{"".join(octets)}"'
