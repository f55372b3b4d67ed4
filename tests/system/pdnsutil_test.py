"""What an operator does with PowerDNS's own tools: pdnsutil and the HTTP API, over the real programs.

docs/protocol.md has what PowerDNS prints where it cannot do a thing here; this test sees it print it.
"""

import base64
import http.client
import json
import os
import re
import sqlite3
import subprocess
import unittest

import dns.rdatatype

from world import HOST, NO_CACHES, PATIENCE_SECONDS, ZONE, World, WorldTest, free_port, rcode, wait_until

API_KEY = "changeme"
RECEIVED_NOTHING = "Exception caught when receiving: No 'result' field in response from remote process"


class PdnsutilWorldTest(WorldTest):
    """A world with one key, and a PowerDNS that does DNSSEC. Each test has a world of its own: they change it."""

    def setUp(self):
        self.world = World()
        self.addClassCleanup(self.world.close)
        self.daemon = self.world.start_custdkim()
        self.web_port = free_port()
        self.pdns = self.world.start_pdns({**NO_CACHES, "zone-metadata-cache-ttl": "0", "dnssec-key-cache-ttl": "0",
                                           "remote-dnssec": "yes", "loglevel": "6", "webserver": "yes", "webserver-address": HOST,
                                           "webserver-port": self.web_port, "api": "yes", "api-key": API_KEY})
        with (self.pdns.home / "pdns.conf").open("a") as config:  # all that pdnsutil reads
            config.write("\nremote-dnssec=yes\n")
        self.world.create_key("acme.example")

    def run_util(self, *arguments, typed="", environment=None):
        """`timeout`, since pdnsutil asks for ever where nobody answers."""
        return subprocess.run(["timeout", "60", "pdnsutil", f"--config-dir={self.pdns.home}", *map(str, arguments)],
                              input=typed, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
                              env={**os.environ, **(environment or {})})

    def util(self, *arguments):
        """What pdnsutil prints, on both channels, where it must succeed."""
        done = self.run_util(*arguments)
        self.assertEqual(done.returncode, 0, f"pdnsutil {arguments}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def refused(self, says, *arguments, **options):
        """pdnsutil must fail and say this, and no record may have changed."""
        before = self.zone()
        done = self.run_util(*arguments, **options)
        self.assertNotIn(done.returncode, (0, 124), f"pdnsutil {arguments}: {done.stdout}{done.stderr}")
        self.assertIn(says, done.stdout + done.stderr, f"pdnsutil {arguments}")
        self.assertEqual(self.zone(), before)

    def zone(self):
        return [reply["result"] for reply in self.world.talk(("list", {"zonename": f"{ZONE}."}))]

    def api(self, method, path, document=None):
        """(status, document) of one request to PowerDNS's API."""
        connection = http.client.HTTPConnection(HOST, self.web_port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, f"/api/v1/servers/localhost{path}",
                               None if document is None else json.dumps(document), {"X-API-Key": API_KEY})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        return response.status, json.loads(text) if text.startswith(("{", "[")) else text

    def keys(self):
        """(id, active, published) of the zone's DNSSEC keys, as PowerDNS gets them."""
        [reply] = self.world.talk(("getDomainKeys", {"name": f"{ZONE}."}))
        return [(key["id"], key["active"], key["published"]) for key in reply["result"]]

    def metadata(self):
        [reply] = self.world.talk(("getAllDomainMetadata", {"name": f"{ZONE}."}))
        return reply["result"]


class PdnsutilTest(PdnsutilWorldTest):
    def test_zones_are_listed_and_are_in_order(self):
        self.assertEqual(self.util("list-all-zones").split(), [ZONE])
        listed = self.util("list-zone", ZONE)
        self.assertIn("ns1.example.net. hostmaster.example.net.", listed)
        self.assertEqual(listed.count('"v=DKIM1;'), 2)
        for command in (["check-zone", ZONE], ["check-all-zones"]):
            self.assertIn(" 0 errors", self.util(*command))

    def test_a_zone_is_secured_and_its_keys_are_looked_after(self):
        self.assertIn(f"Zone {ZONE} secured", self.util("secure-zone", ZONE))
        self.assertEqual(self.keys(), [(1, True, True)])
        shown = self.util("show-zone", ZONE)
        self.assertRegex(shown, r"ID = 1 \(CSK\), flags = 257, .* Active\s+Published  \( ECDSAP256SHA256 \)")
        self.assertIn("Zone has NSEC semantics", shown)
        self.util("add-zone-key", ZONE, "zsk", "ecdsa256")
        self.util("add-zone-key", ZONE, "ksk", "active", "unpublished", "ed25519")
        self.assertEqual(self.keys(), [(1, True, True), (2, False, True), (3, True, False)])
        for command, expected in (("activate", (2, True, True)), ("unpublish", (2, True, False)),
                                  ("deactivate", (2, False, False)), ("publish", (2, False, True))):
            self.util(f"{command}-zone-key", ZONE, 2)
            self.assertIn(expected, self.keys())
        self.util("remove-zone-key", ZONE, 2)
        self.assertEqual([key[0] for key in self.keys()], [1, 3])
        self.refused("Cannot remove key 2", "remove-zone-key", ZONE, 2)
        self.util("add-zone-key", ZONE, "zsk", "ecdsa256")
        self.assertEqual([key[0] for key in self.keys()], [1, 3, 4])
        self.util("disable-dnssec", ZONE)
        self.assertEqual(self.keys(), [])

    def test_a_secured_zone_is_signed(self):
        self.util("secure-zone", ZONE)
        wait_until(lambda: self.signatures("SOA"), "the SOA is signed")
        name = next(record["qname"] for record in self.zone()[0] if record["qtype"] == "TXT")
        self.assertEqual(len(self.signatures("TXT", name)), 1)

    def signatures(self, rdtype, name=ZONE):
        answer = self.pdns.ask(name, rdtype, want_dnssec=True)
        return [rrset for rrset in answer.answer if rrset.rdtype == dns.rdatatype.RRSIG]

    def test_a_name_that_does_not_exist_is_denied_with_nsec_and_with_nsec3(self):
        self.util("secure-zone", ZONE)
        self.assertEqual(self.denial(), {"NSEC"})
        self.util("set-nsec3", ZONE, "1 0 0 -")
        self.assertIn("Zone has hashed NSEC3 semantics, configuration: 1 0 0 -", self.util("show-zone", ZONE))
        self.assertEqual(self.denial(), {"NSEC3"})
        self.util("set-nsec3", ZONE, "1 0 0 -", "narrow")
        self.assertIn("Zone has NARROW hashed NSEC3 semantics", self.util("show-zone", ZONE))
        self.assertEqual(self.metadata(), {"NSEC3PARAM": ["1 0 0 -"], "NSEC3NARROW": ["1"]})
        self.assertEqual(self.denial(), {"NSEC3"})
        self.util("unset-nsec3", ZONE)
        self.assertEqual(self.metadata(), {})
        self.assertEqual(self.denial(), {"NSEC"})

    def denial(self):
        """The types of records that prove that a name does not exist."""
        answer = self.pdns.ask(f"nothere.{ZONE}", "TXT", want_dnssec=True)
        self.assertEqual(rcode(answer), "NXDOMAIN")
        types = {dns.rdatatype.to_text(rrset.rdtype) for rrset in answer.authority}
        return types - {"SOA", "RRSIG"}

    def test_metadata_is_set_and_got(self):
        self.util("set-meta", ZONE, "ALSO-NOTIFY", "192.0.2.1:53")
        self.util("add-meta", ZONE, "ALSO-NOTIFY", "192.0.2.2:53")
        self.assertIn("ALSO-NOTIFY = 192.0.2.1:53, 192.0.2.2:53", self.util("get-meta", ZONE, "ALSO-NOTIFY"))
        self.util("set-meta", ZONE, "X-EMPTY-SOON", "x")
        self.util("set-meta", ZONE, "X-EMPTY-SOON")
        self.assertEqual(self.metadata(), {"ALSO-NOTIFY": ["192.0.2.1:53", "192.0.2.2:53"]})
        self.refused("Could not set presigned", "set-presigned", ZONE)

    def test_tsig_keys_are_kept(self):
        self.util("generate-tsig-key", "made", "hmac-sha256")
        self.util("import-tsig-key", "brought", "hmac-sha512", "c2VjcmV0c2VjcmV0")
        listed = self.util("list-tsig-keys").splitlines()
        self.assertEqual([line.split()[:2] for line in listed],
                         [["brought.", "hmac-sha512."], ["made.", "hmac-sha256."]])
        self.util("activate-tsig-key", ZONE, "made", "primary")
        self.assertEqual(self.metadata(), {"TSIG-ALLOW-AXFR": ["made"]})
        self.util("deactivate-tsig-key", ZONE, "made", "primary")
        self.util("delete-tsig-key", "brought")
        self.assertEqual(len(self.util("list-tsig-keys").splitlines()), 1)
        self.refused("Failure deleting TSIG key brought", "delete-tsig-key", "brought")
        self.refused("Failure importing TSIG key bad", "import-tsig-key", "bad", "hmac-sha512", "!!")

    def test_backend_cmd_speaks_to_the_operator(self):
        helped = self.util("backend-cmd", "remote", "help")
        for word in ("status", "reload", "counters", "help"):
            self.assertRegex(helped, rf"(?m)^{word} ")
            self.assertNotIn(f"{word} failed", self.util("backend-cmd", "remote", word))
        self.assertIn(ZONE, self.util("backend-cmd", "remote", "status"))
        self.assertRegex(self.util("backend-cmd", "remote", "counters"), r"(?m)^directBackendCmd \d+$")
        self.assertIn("'what' is not a command", self.util("backend-cmd", "remote", "what"))


class RefusalsTest(PdnsutilWorldTest):
    """Each row of the table in docs/protocol.md."""

    def test_pdnsutil_says_no_and_changes_nothing(self):
        file = self.world.write("new.zone", f"$ORIGIN {ZONE}.\n@ 300 IN SOA a. b. 1 2 3 4 5\n@ 300 IN NS ns.a.\n")
        no_rrset = "backend did not accept the new RRset, aborting"
        no_zone = "Could not find backend willing to accept new zone configuration"
        self.refused(no_rrset, "add-record", ZONE, "new", "A", "192.0.2.1")
        self.refused(no_rrset, "replace-rrset", ZONE, "new", "A", "192.0.2.1")
        self.refused(RECEIVED_NOTHING, "delete-rrset", ZONE, "@", "NS")
        self.refused("Backend did not replace SOA record", "increase-serial", ZONE)
        self.refused("Unable to start transaction for load of zone", "load-zone", ZONE, file)
        self.refused("was not created - perhaps backend (remote) does not support", "load-zone", "new.example", file)
        self.refused("Unable to start transaction", "clear-zone", ZONE)
        self.refused("'new.example' was not created!", "create-zone", "new.example")
        self.refused("'new.example' was not created!", "create-secondary-zone", "new.example", "192.0.2.9")
        self.refused("Failed to delete zone", "delete-zone", ZONE)
        self.refused(no_zone, "set-kind", ZONE, "native")
        self.refused(no_zone, "set-account", ZONE, "somebody")
        self.refused(no_zone, "set-catalog", ZONE, "catalog.example")
        self.refused("could not find a backend with autosecondary support", "add-autoprimary", "192.0.2.1", "ns.a")
        self.assertIn("are made from keys; use 'custdkim key'", self.daemon.log())

    def test_edit_zone_says_no_and_changes_nothing(self):
        editor = self.world.write("editor",
                                  f'for file; do :; done; echo "new.{ZONE}. 300 IN A 192.0.2.7" >> "$file"\n')
        self.refused(RECEIVED_NOTHING, "edit-zone", ZONE, typed="n\na\n", environment={"EDITOR": f"sh {editor}"})

    def test_to_rectify_a_zone_changes_nothing_and_may(self):
        before = self.zone()
        self.util("rectify-zone", ZONE)
        self.util("rectify-all-zones")
        self.assertEqual(self.zone(), before)

    def test_what_powerdns_claims_without_asking_changes_nothing(self):
        before = self.world.talk(("getDomainInfo", {"name": f"{ZONE}."}))
        self.util("change-secondary-zone-primary", ZONE, "192.0.2.9")
        self.assertEqual(self.api("PUT", f"/zones/{ZONE}.", {"kind": "Native", "account": "x"})[0], 204)
        self.assertEqual(self.world.talk(("getDomainInfo", {"name": f"{ZONE}."})), before)

    def test_the_api_says_no_and_changes_nothing(self):
        before = self.zone()
        rrset = {"name": f"new.{ZONE}.", "type": "A", "ttl": 60, "changetype": "REPLACE",
                 "records": [{"content": "192.0.2.1", "disabled": False}]}
        deletion = {"name": f"{ZONE}.", "type": "NS", "changetype": "DELETE"}
        for change in (rrset, deletion):
            self.assertEqual(self.api("PATCH", f"/zones/{ZONE}.", {"rrsets": [change]}),
                             (422, {"error": "Hosting backend does not support editing records."}))
        status, problem = self.api("POST", "/zones", {"name": "new.example.", "kind": "Native",
                                                      "nameservers": ["ns1.example."]})
        self.assertEqual((status, problem["error"]), (422, "Creating domain 'new.example.' failed: backend refused"))
        status, problem = self.api("DELETE", f"/zones/{ZONE}.")
        self.assertEqual(status, 422)
        self.assertIn("backend delete failed/unsupported", problem["error"])
        self.assertEqual(self.api("PUT", f"/zones/{ZONE}./axfr-retrieve")[0], 422)
        self.assertEqual(self.zone(), before)


class ApiTest(PdnsutilWorldTest):
    """PowerDNS's HTTP API."""

    def test_zones_are_read(self):
        status, zones = self.api("GET", "/zones")
        self.assertEqual((status, [zone["name"] for zone in zones]), (200, [f"{ZONE}."]))
        status, zone = self.api("GET", f"/zones/{ZONE}.")
        self.assertEqual(status, 200)
        self.assertEqual(sorted(rrset["type"] for rrset in zone["rrsets"]), ["NS", "SOA", "TXT", "TXT"])
        status, text = self.api("GET", f"/zones/{ZONE}./export")
        self.assertEqual(text.count("v=DKIM1"), 2)

    def test_records_are_searched(self):
        status, found = self.api("GET", "/search-data?q=*DKIM1*&max=10&object_type=record")
        self.assertEqual((status, len(found)), (200, 2))
        self.assertEqual({record["zone"] for record in found}, {f"{ZONE}."})
        self.assertEqual(len(self.api("GET", "/search-data?q=*DKIM1*&max=1&object_type=record")[1]), 1)
        [record] = self.api("GET", f"/search-data?q={found[0]['name'].rstrip('.').upper()}&max=10")[1]
        self.assertEqual(record["name"], found[0]["name"])
        self.assertEqual(self.api("GET", "/search-data?q=nothing&max=10")[1], [])

    def test_dnssec_keys_are_made_and_removed(self):
        keys = f"/zones/{ZONE}./cryptokeys"
        status, made = self.api("POST", keys, {"keytype": "ksk", "active": True})
        self.assertEqual((status, made["id"]), (201, 1))
        self.assertTrue(made["privatekey"].startswith("Private-key-format: v1.2\n"))
        self.assertEqual([(key["id"], key["active"]) for key in self.api("GET", keys)[1]], [(1, True)])
        self.assertEqual(self.api("PUT", f"{keys}/1", {"active": False})[0], 204)
        self.assertEqual(self.keys(), [(1, False, True)])
        self.assertEqual(self.api("DELETE", f"{keys}/1")[0], 204)
        self.assertEqual(self.api("DELETE", f"{keys}/1")[0], 404)
        self.assertEqual(self.api("PUT", f"/zones/{ZONE}.", {"dnssec": True})[0], 204)
        self.assertEqual(self.keys(), [(2, True, True)])

    def test_metadata_and_tsig_keys_are_kept(self):
        metadata = f"/zones/{ZONE}./metadata"
        self.assertEqual(self.api("POST", metadata, {"kind": "X-NOTE", "metadata": ["a", "b"]})[0], 201)
        self.assertEqual(self.api("GET", f"{metadata}/X-NOTE")[1]["metadata"], ["a", "b"])
        self.assertEqual(self.api("PUT", f"{metadata}/ALLOW-AXFR-FROM", {"metadata": ["192.0.2.0/24"]})[0], 200)
        self.assertEqual(self.api("DELETE", f"{metadata}/X-NOTE")[0], 200)
        self.assertEqual(self.metadata(), {"ALLOW-AXFR-FROM": ["192.0.2.0/24"]})
        status, key = self.api("POST", "/tsigkeys", {"name": "made", "algorithm": "hmac-sha256"})
        self.assertEqual(status, 201)
        self.assertEqual(self.api("GET", "/tsigkeys/made.")[1]["key"], key["key"])
        self.assertEqual(self.api("DELETE", "/tsigkeys/made.")[0], 204)
        self.assertEqual(self.api("GET", "/tsigkeys")[1], [])


class SecretsTest(PdnsutilWorldTest):
    def setUp(self):
        super().setUp()
        self.util("secure-zone", ZONE)
        self.util("import-tsig-key", "transfer", "hmac-sha256", base64.b64encode(b"a most secret key").decode())
        self.util("set-meta", ZONE, "X-NOTE", "between you and me")

    def state(self):
        return self.world.talk(("getDomainKeys", {"name": f"{ZONE}."}), ("getTSIGKeys", {}),
                               ("getAllDomainMetadata", {"name": f"{ZONE}."}))

    def test_all_is_there_after_a_restart(self):
        before = self.state()
        self.assertEqual(self.daemon.kill(), -9)
        self.daemon = self.world.start_custdkim()
        self.assertEqual(self.state(), before)
        wait_until(lambda: self.answers_again(), "PowerDNS answers again")
        self.assertIn("Active", self.util("show-zone", ZONE))

    def answers_again(self):
        return rcode(self.pdns.ask(ZONE, "SOA")) == "NOERROR"

    def test_no_secret_is_in_the_store_or_in_a_log(self):
        [keys, tsig, _] = self.state()
        private_key = re.search(r"PrivateKey: (\S+)", keys["result"][0]["content"])[1]
        secrets = [private_key, tsig["result"][0]["content"]]
        octets = [base64.b64decode(secret) for secret in secrets] + [secret.encode() for secret in secrets]
        files = [file for file in self.world.directory.glob("custdkim.db*")] + [self.daemon.log_file,
                                                                                self.pdns.log_file]
        self.assertGreater(len(files), 2)
        for file in files:
            text = file.read_bytes()
            for secret in [*octets, b"between you and me"]:
                self.assertNotIn(secret, text, file.name)

    def test_a_store_that_was_tampered_with_is_one_sentence_at_start(self):
        self.assertEqual(self.daemon.stop(), 0)
        for table, what in (("domain_key", f"the DNSSEC key 1 of {ZONE}"), ("tsig_key", "the TSIG key transfer"),
                            ("metadata", f"the metadata X-NOTE of {ZONE}")):
            with self.subTest(table):
                kept = self.tamper(table)
                started = self.world.run("serve", "--config", self.world.config)
                self.assertNotEqual(started.returncode, 0)
                self.assertIn(f"{what} in the store was altered there", started.stderr)
                self.assertNotIn("PrivateKey", started.stderr)
                self.tamper(table, kept)
        self.world.start_custdkim()

    def tamper(self, table, value=None):
        """Changes the last octet of what is sealed, or puts a value back; returns what was there."""
        store = sqlite3.connect(self.world.store)
        try:
            [sealed] = store.execute(f"SELECT sealed FROM {table}").fetchone()
            changed = value or sealed[:-1] + bytes([sealed[-1] ^ 1])
            store.execute(f"UPDATE {table} SET sealed = ?", [changed])
            store.commit()
            return sealed
        finally:
            store.close()


if __name__ == "__main__":
    unittest.main()
