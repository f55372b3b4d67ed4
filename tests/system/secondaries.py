"""Real secondaries of other makers: NSD and Knot DNS. They are told by NOTIFY, and fetch zones with TSIG."""

import dns.exception
import dns.flags

from world import HOST, Program, ask_address, free_port


class Secondary(Program):
    """Serves nothing until the primary, which may not run yet, lets it have the zones."""

    def __init__(self, world, name, command):
        super().__init__(world.directory, name, command)
        world.remember(self)

    def ask(self, name, rdtype="TXT", **options):
        return ask_address(self.port, name, rdtype, **options)

    def answers(self):
        try:
            return ask_address(self.port, "version.server", "TXT", rdclass="CH", timeout=0.2) is not None
        except (OSError, dns.exception.DNSException):
            return False

    def serial(self, zone):
        """None while it does not serve the zone."""
        answer = self.ask(zone, "SOA")
        return answer.answer[0][0].serial if answer.answer and answer.flags & dns.flags.AA else None


class Nsd(Secondary):
    def __init__(self, world, primary_port, zones, tsig):
        self.port = free_port()
        home = world.directory / "nsd"
        home.mkdir()
        parts = "".join(f"""zone:
  name: {zone}
  zonefile: {zone}.zone
  allow-notify: {HOST} {tsig.name}
  request-xfr: AXFR {HOST}@{primary_port} {tsig.name}
""" for zone in zones)
        config = world.write("nsd.conf", f"""server:
  ip-address: {HOST}@{self.port}
  do-ip6: no
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{home}"
  xfrdfile: "{home}/xfrd.state"
  zonelistfile: "{home}/zone.list"
  pidfile: "{home}/nsd.pid"
  database: ""
  xfrd-reload-timeout: 0
remote-control:
  control-enable: no
key:
  name: {tsig.name}
  algorithm: {tsig.algorithm}
  secret: "{tsig.secret}"
{parts}""", mode=0o600)
        super().__init__(world, "nsd", ["/usr/sbin/nsd", "-d", "-c", str(config)])
        self.wait_ready(self.answers)


class Knot(Secondary):
    def __init__(self, world, primary_port, zones, tsig):
        self.port = free_port()
        home = world.directory / "knot"
        home.mkdir()
        parts = "".join(f"""  - domain: {zone}
    master: primary
    acl: told
""" for zone in zones)
        config = world.write("knot.conf", f"""server:
    rundir: "{home}"
    listen: {HOST}@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2
log:
  - target: stderr
    any: info
database:
    storage: "{home}"
key:
  - id: {tsig.name}
    algorithm: {tsig.algorithm}
    secret: {tsig.secret}
remote:
  - id: primary
    address: {HOST}@{primary_port}
    key: {tsig.name}
acl:
  - id: told
    address: {HOST}
    key: {tsig.name}
    action: notify
template:
  - id: default
    storage: "{home}"
zone:
{parts}""", mode=0o600)
        super().__init__(world, "knot", ["/usr/sbin/knotd", "-c", str(config)])
        self.wait_ready(self.answers)
