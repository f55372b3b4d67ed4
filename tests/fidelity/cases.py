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
        if self.misconfiguration.get("fault"):
            return "a fault on the wire, which no real server has on demand"
        if server not in self.flavour.get("servers", REAL_SERVERS):
            return "not how this server behaves"
        if self.flavour.get("serves") == "by-type":
            return "a secondary that took the zone from a laxer primary"
        return None

    def odd_server(self, number):
        found = [odd for odd in self.misconfiguration.get("server", []) if odd["number"] == number]
        return found[0] if found else {}

    def is_edited(self):
        """The real server begins with the zone before the edit, and is told to read it again."""
        return self.flavour.get("serves") == "before" or self.misconfiguration.get("primed", False)

    def is_hosted(self, number):
        return "refused" not in (self.flavour.get("serves"), self.odd_server(number).get("serves"))


def read_cases(folder):
    """One for every flavour, in the order of ids."""
    cases = []
    for file in sorted(folder.glob("*.toml")):
        misconfiguration = tomllib.loads(file.read_text())
        for flavour in misconfiguration.get("flavour", [{"id": "default"}]):
            cases.append(Case(misconfiguration, flavour, f"c{len(cases):03}.example"))
    return cases
