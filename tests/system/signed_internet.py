"""As much of the internet as tools want to see that begin at the root: root servers at their real addresses, `net` and
`org`, and the parents of our zones with their DS records, all by one NSD; and the addresses of our own name servers,
which are those of nobody special. Only inside of a network namespace."""

import dns.exception

from world import Program, ask_address

# https://www.internic.net/domain/named.root, and the address that b.root-servers.net had before.
ROOT_SERVERS = ["198.41.0.4", "170.247.170.2", "199.9.14.201", "192.33.4.12", "199.7.91.13", "192.203.230.10",
                "192.5.5.241", "192.112.36.4", "198.97.190.53", "192.36.148.17", "192.58.128.30", "193.0.14.129",
                "199.7.83.42", "202.12.27.33"]
PARENTS_ADDRESS = "185.1.2.3"
OUR_SERVERS = {"ns1.example.net": "146.1.2.3", "ns2.example.net": "194.1.2.3"}
ADDRESSES = [*ROOT_SERVERS, PARENTS_ADDRESS, *OUR_SERVERS.values()]


def reversed_name(address):
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa."


def zone_texts(delegations):
    """`delegations`: zone of ours, directly below example.net or example.org -> its DS records, in presentation form."""
    apex = f"@ 3600 SOA ns.parents.net. hostmaster.parents.net. 1 14400 3600 604800 3600\n@ 3600 NS ns.parents.net.\n"
    here = f"ns.parents.net. 3600 A {PARENTS_ADDRESS}\n"
    below = "{} 3600 NS ns.parents.net.\n".format
    glue = "".join(f"{name}. 3600 A {address}\n" for name, address in OUR_SERVERS.items())
    texts = {".": "@ 3600 SOA a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 3600\n"
                  f"@ 3600 NS a.root-servers.net.\na.root-servers.net. 3600 A {ROOT_SERVERS[0]}\n"
                  + here + "".join(map(below, ("net.", "org.", "in-addr.arpa."))),
             "net.": apex + here + below("example.net."), "org.": apex + below("example.org."),
             "in-addr.arpa.": apex + "".join(f"{reversed_name(address)} 3600 PTR {name}.\n"
                                             for name, address in OUR_SERVERS.items()),
             "example.net.": apex + glue + "@ 3600 MX 10 mail\nmail 3600 A 146.1.2.4\n",
             "example.org.": apex + "@ 3600 MX 10 mail\nmail 3600 A 146.1.2.4\n"}
    for zone, ds_records in delegations.items():
        parent = zone.split(".", 1)[1] + "."
        texts[parent] += "".join(f"{zone}. 3600 NS {server}.\n" for server in OUR_SERVERS)
        texts[parent] += "".join(f"{zone}. 3600 DS {ds}\n" for ds in ds_records)
    return texts


class Parents(Program):
    def __init__(self, world, delegations):
        home = world.directory / "parents"
        home.mkdir()
        sections = ""
        for number, (zone, text) in enumerate(zone_texts(delegations).items()):
            (home / f"{number}.zone").write_text(f"$ORIGIN {zone}\n{text}")
            sections += f'zone:\n  name: "{zone}"\n  zonefile: "{number}.zone"\n'
        addresses = "".join(f"  ip-address: {address}\n" for address in (*ROOT_SERVERS, PARENTS_ADDRESS))
        config = world.write("parents.conf", f"""server:
{addresses}  do-ip6: no
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{home}"
  xfrdfile: "{home}/xfrd.state"
  zonelistfile: "{home}/zone.list"
  pidfile: "{home}/nsd.pid"
  database: ""
remote-control:
  control-enable: no
{sections}""")
        super().__init__(world.directory, "parents", ["/usr/sbin/nsd", "-d", "-c", str(config)])
        world.remember(self)
        self.wait_ready(self.answers)

    @staticmethod
    def answers():
        try:
            return bool(ask_address(53, "net", "NS", timeout=0.2, host=PARENTS_ADDRESS).answer)
        except (OSError, dns.exception.DNSException):
            return False
