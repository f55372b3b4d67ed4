"""The real recursive resolvers, iterating and validating from a root of ours, with the settings they come with.
Set are: the root and its trust anchor, that loopback addresses may be asked, that errors are explained (EDE) where it is
off by default, and in Unbound no query-name minimisation, which would let it find a CNAME before it asks for the TXT.
"""

from authoritative import answers
from programs import Program


class Recursor:
    """`root_hints` is a file; `trust_anchor` is a DS record of the root as a line of a zone file."""

    def __init__(self, directory, address, root_hints, trust_anchor):
        self.directory = directory
        self.address = address
        directory.mkdir(parents=True)
        self.configure(root_hints, trust_anchor)
        self.program = Program(directory, self.command())

    def wait_ready(self):
        self.program.wait_ready(lambda: answers(self.address))

    def write_file(self, name, text):
        (self.directory / name).write_text(text)

    def stop(self):
        self.program.stop()


def ds_fields(trust_anchor):
    """Key tag, algorithm, digest type and digest."""
    fields = trust_anchor.split()
    return fields[fields.index("DS") + 1:]


class Unbound(Recursor):
    name, title = "unbound", "Unbound"

    def configure(self, root_hints, trust_anchor):
        self.write_file("unbound.conf", f"""
server:
    interface: {self.address}
    do-ip6: no
    do-daemonize: no
    username: ""
    chroot: ""
    directory: "{self.directory}"
    pidfile: ""
    use-syslog: no
    logfile: ""
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    qname-minimisation: no
    root-hints: "{root_hints}"
    trust-anchor: "{trust_anchor}"
    ede: yes
    num-threads: 1
remote-control:
    control-enable: no
""")

    def command(self):
        return ["unbound", "-d", "-c", self.directory / "unbound.conf"]


class Bind(Recursor):
    name, title = "bind", "BIND"

    def configure(self, root_hints, trust_anchor):
        tag, algorithm, digest_type, *digest = ds_fields(trust_anchor)
        self.write_file("named.conf", f"""
options {{
    directory "{self.directory}";
    listen-on port 53 {{ {self.address}; }};
    listen-on-v6 {{ none; }};
    pid-file none;
    session-keyfile none;
    recursion yes;
    allow-recursion {{ 127.0.0.0/8; }};
    dnssec-validation yes;
    max-cache-size 64m;
}};
controls {{ }};
trust-anchors {{ "." static-ds {tag} {algorithm} {digest_type} "{"".join(digest)}"; }};
zone "." {{ type hint; file "{root_hints}"; }};
""")

    def command(self):
        return ["named", "-g", "-4", "-n", "1", "-c", self.directory / "named.conf"]


class PowerDnsRecursor(Recursor):
    name, title = "powerdns", "PowerDNS Recursor"

    def configure(self, root_hints, trust_anchor):
        anchor = " ".join(ds_fields(trust_anchor))
        self.write_file("settings.lua", f'clearTA()\naddTA(".", "{anchor}")\n')
        self.write_file("recursor.conf", f"""
local-address={self.address}
local-port=53
socket-dir={self.directory}
daemon=no
disable-syslog=yes
log-timestamp=no
loglevel=4
hint-file={root_hints}
lua-config-file={self.directory}/settings.lua
allow-from=127.0.0.0/8
dont-query=
dnssec=validate
extended-resolution-errors=yes
security-poll-suffix=
threads=1
""")

    def command(self):
        return ["pdns_recursor", f"--config-dir={self.directory}"]


class KnotResolver(Recursor):
    name, title = "knot", "Knot Resolver"

    def configure(self, root_hints, trust_anchor):
        self.write_file("kresd.conf", f"""
option('ALLOW_LOCAL', true)
net.ipv6 = false
net.listen('{self.address}', 53, {{ kind = 'dns' }})
cache.open(64 * MB, 'lmdb://{self.directory}/cache')
modules.unload('detect_time_skew')
modules.unload('ta_update')
modules.load('extended_error')
modules.load('hints')
hints.root_file('{root_hints}')
trust_anchors.remove('.')
trust_anchors.add('{trust_anchor}')
""")

    def command(self):
        return ["kresd", "-n", "-c", self.directory / "kresd.conf", self.directory]


RECURSORS = [Unbound, Bind, PowerDnsRecursor, KnotResolver]
