"""The lab under test: `custdkim-lab resolver`, with a key zone on a real NSD behind it, and its control API."""

import base64
import hashlib
import http.client
import json
import re

from authoritative import Nsd, ask
from programs import Program

RESOLVER = "127.52.0.1"
CONTROL = ("127.0.0.1", 8053)
KEY_SERVER = "127.52.0.2"
KEY_ZONE = "custdkim.example.net"
TOKEN = "fidelity-" + "0123456789abcdef" * 4
SELECTORS = ["sfdkim1", "sfdkim2"]
ADDRESSES = [RESOLVER, KEY_SERVER]

CONFIG = """
[resolver]
listen = ["{resolver}:53"]
[authority]
enabled = true
only_infrastructure = {only_infrastructure}
customer_servers = {customer_servers}
[[key_zone]]
name = "{key_zone}"
server = "{key_server}:53"
[control]
listen = "{control}"
token_file = "token"
[catalogue]
folder = "{catalogue}"
"""


def key_zone_text(cases):
    records = "".join(f'{target}. TXT "{key_text(case, slot)}"\n'
                      for case in cases for slot, target in enumerate(targets(case), 1))
    return (f"$ORIGIN {KEY_ZONE}.\n$TTL 3600\n@ SOA ns1 hostmaster 1 7200 3600 1209600 300\n@ NS ns1\n"
            f"ns1 A {KEY_SERVER}\n{records}")


def label(case):
    return case.domain.split(".")[0]


def targets(case):
    return [f"{selector}.{label(case)}.{KEY_ZONE}" for selector in SELECTORS]


def key_text(case, slot):
    # Any 32 octets are the public key of an Ed25519 pair.
    octets = hashlib.sha256(f"{slot} {label(case)}".encode()).digest()
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(octets).decode()}"


class Lab:
    resolver_address = RESOLVER

    def __init__(self, program, catalogue, cases):
        self.program_file = program.resolve()
        self.catalogue = catalogue.resolve()
        self.cases = cases

    def start(self, directory, only_infrastructure=False):
        """Always with all customers: so they have the same name servers each time. `only_infrastructure`: root, top-level
        domains and keys are there, the customers' servers are not."""
        self.keys = Nsd(directory / "keys", [KEY_SERVER], {KEY_ZONE: key_zone_text(self.cases)})
        (directory / "token").write_text(TOKEN + "\n")
        (directory / "token").chmod(0o600)
        (directory / "lab.toml").write_text(CONFIG.format(
            resolver=RESOLVER, only_infrastructure=str(only_infrastructure).lower(), key_zone=KEY_ZONE,
            customer_servers=len(self.cases), key_server=KEY_SERVER, control=f"{CONTROL[0]}:{CONTROL[1]}",
            catalogue=self.catalogue))
        self.keys.wait_ready()
        self.program = Program(directory, [self.program_file, "resolver", "--config", directory / "lab.toml"])
        self.program.wait_ready(self.is_healthy)
        root = self.call("GET", "/v1/root")
        self.trust_anchor = root["trust_anchor"].strip()
        self.root_hints = directory / "hints"
        self.root_hints.write_text(root["hints"])
        self.infrastructure = root["addresses"]
        self.set(self.cases)
        for case in self.cases:
            case.customer = {"selectors": SELECTORS, "servers": self.servers(case)}

    def is_healthy(self):
        try:
            return bool(self.call("GET", "/v1/health"))
        except OSError:
            return False

    def call(self, method, path, document=None):
        connection = http.client.HTTPConnection(*CONTROL, timeout=60)
        try:
            connection.request(method, path, json.dumps(document) if document is not None else None,
                               {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read().decode(errors="surrogateescape")
        finally:
            connection.close()
        if response.status != 200:
            raise AssertionError(f"{method} {path}: {response.status} {body}")
        return json.loads(body) if response.headers.get_content_type() == "application/json" else body

    def set(self, cases):
        for case in cases:
            self.call("PUT", f"/v1/customers/{case.domain}",
                      {"misconfiguration": case.id, "flavour": case.flavour["id"], "selectors": SELECTORS,
                       "targets": targets(case)})

    def set_before(self, cases):
        """The zone before the edit."""
        for case in cases:
            self.call("PUT", f"/v1/customers/{case.domain}",
                      {"misconfiguration": case.id, "flavour": case.flavour["id"], "selectors": SELECTORS,
                       "targets": targets(case), "zone": case.misconfiguration["before"]})

    def servers(self, case):
        """The NS set in the zone above, and the addresses there."""
        _, top_level, _, provider, *_ = self.infrastructure
        referral = ask(top_level, case.domain, "NS")
        names = sorted(str(rdata.target) for rrset in referral.authority for rdata in rrset if rrset.rdtype == 2)
        found = []
        for name in names:
            [address] = [rdata.address for rrset in ask(provider, name, "A").answer for rdata in rrset]
            found.append({"number": int(re.match(r"ns(\d+)\.", name)[1]), "name": name, "address": address})
        return found

    def zone_file(self, case, number, before=False):
        """The master file, as the customer's provider has it, now or before the edit. A later one has a later serial."""
        if before:
            self.set_before([case])
        text = self.call("GET", f"/v1/customers/{case.domain}/zone?server={number}")
        if before:
            self.set([case])
        return text

    def stop(self):
        self.program.stop()
        self.keys.stop()
