"""What is compared: every flavour of every misconfiguration is a customer of its own, with a domain of its own, so that no
case disturbs another's cache. lab/misconfigurations/README.md says what the files mean.
"""

import tomllib
from dataclasses import dataclass, field

REAL_SERVERS = ["bind", "nsd", "knot", "powerdns"]
ORDERS = {"TXT first": ["TXT", "CNAME"], "CNAME first": ["CNAME", "TXT"]}


@dataclass
class Case:
    """`customer` is what the lab says about it: selectors, names and addresses of servers."""

    misconfiguration: dict
    flavour: dict
    domain: str
    customer: dict = field(default_factory=dict)

    @property
    def id(self):
        return self.misconfiguration["id"]

    @property
    def key(self):
        return f"{self.id}/{self.flavour['id']}"

    def questions(self, order):
        """For both selectors, and what tells a fault of a name from one of the zone."""
        asked = [(f"{selector}._domainkey.{self.domain}", rdtype)
                 for selector in self.customer["selectors"] for rdtype in ORDERS[order]]
        return [*asked, (self.domain, "SOA")]

    def why_not_comparable(self, server):
        """Nothing where a real server can be set up to do it."""
        faults = self.misconfiguration.get("fault", [])
        if any(not is_silence(fault) for fault in faults):
            return "a fault on the wire, which no real server has on demand"
        if faults and all(self.is_silent(number) for number in self.numbers()):
            return "no server answers at all"
        if server not in self.real_servers():
            return "not how this server behaves"
        return None

    def real_servers(self):
        """That a file is not loaded shows after a reload in two of them; NSD takes as a secondary what it refuses to
        load as a primary."""
        serves = self.flavour.get("serves")
        if serves == "before":
            return {"bind", "knot", *self.flavour.get("servers", [])}
        if any(self.is_transferred(number) for number in self.numbers()):
            return {"nsd"}
        return self.flavour.get("servers", REAL_SERVERS)

    def numbers(self):
        """Of the name servers in the parent's NS set."""
        return [server["number"] for server in self.customer["servers"]]

    def address(self, number):
        [address] = [server["address"] for server in self.customer["servers"] if server["number"] == number]
        return address

    def odd_server(self, number):
        found = [odd for odd in self.misconfiguration.get("server", []) if odd["number"] == number]
        return found[0] if found else {}

    def is_edited(self):
        """The real server begins with the zone before the edit, and is told to read it again."""
        return self.flavour.get("serves") == "before" or self.is_primed()

    def is_primed(self):
        """Resolvers are asked once before the edit."""
        return self.misconfiguration.get("primed", False)

    def is_transferred(self, number):
        """The server is a secondary, and gets the zone from a primary that does not mind."""
        return self.odd_server(number).get("serves", self.flavour.get("serves")) == "by-type"

    def is_silent(self, number):
        return any(is_silence(fault) and number in fault.get("servers", [number])
                   for fault in self.misconfiguration.get("fault", []))

    def is_hosted(self, number):
        """Whether the server knows of the zone."""
        return "refused" not in (self.flavour.get("serves"), self.odd_server(number).get("serves"))

    def is_readable(self, number):
        """Whether there is a file of the zone."""
        return self.odd_server(number).get("serves") != "servfail"


def is_silence(fault):
    """A server that never answers anything: no need for a real one."""
    return fault.get("answer") == "drop" and fault.keys() <= {"answer", "servers"}


def read_cases(folder):
    """One for every flavour, in the order of ids."""
    cases = []
    for file in sorted(folder.glob("*.toml")):
        misconfiguration = tomllib.loads(file.read_text())
        for flavour in misconfiguration.get("flavour", [{"id": "default"}]):
            cases.append(Case(misconfiguration, flavour, f"c{len(cases):03}.example"))
    return cases
