"""Private keys, the master key and the token stay where they belong."""

import json
import unittest

from world import ZONE, WorldTest


class SecrecyTest(WorldTest):
    # How private keys begin in PKCS #8: the octets, in base64 and in hexadecimal. Public keys never have this.
    PRIVATE = (bytes.fromhex("302e020100300506032b6570"), b"MC4CAQAwBQYDK2Vw", b"302e020100300506032b6570",
               bytes.fromhex("020100300d06092a864886f70d0101010500"), b"IBADANBgkqhkiG9w0BAQEFAASC",
               b"020100300d06092a864886f70d0101010500", b"PRIVATE KEY")

    def test_secrets_stay_inside(self):
        """No private key, master key or token occurs in the log, in what is printed, or unsealed in the store"""
        world = type(self).make_world()
        world.change_config("[keys]", '[log]\nlevel = "debug"\n[keys]')
        daemon = world.start_custdkim()
        world.start_pdns()
        printed = self.use_everything(world)
        daemon.stop()
        texts = {log.name: log.read_bytes() for log in world.directory.glob("*.log")}
        texts |= {file.name: file.read_bytes() for file in world.directory.glob("custdkim.db*")}
        texts["printed"] = "".join(printed).encode()
        for name in ("custdkim.log", "pdns.log", "custdkim.db", "printed"):
            self.assertGreater(len(texts[name]), 500, name)
        master_key = world.master_key_file.read_text().strip()
        secrets = (*self.PRIVATE, master_key.encode(), world.token.encode(), bytes.fromhex(world.token))
        for name, text in texts.items():
            for secret in secrets:
                self.assertNotIn(secret, text, name)

    def use_everything(self, world):
        printed = []
        for kind in ("ed25519", "rsa-1024"):
            for json_or_text in ([], ["--json"]):
                for verb in (["create", f"{kind}.example", "--type", kind], ["list"]):
                    printed += self.outputs(world.run("key", *verb, *json_or_text))
        for key in world.call("GET", "/v1/keys")[1]["keys"]:
            for verb in (["show"], ["show", "--json"], ["delete"]):
                printed += self.outputs(world.run("key", *verb, key["id"]))
        printed += self.outputs(world.run("key", "create", "com"))
        printed += self.outputs(world.run("serve", "--config", world.config))
        wrong = world.token[:-1] + "x"
        printed.append(json.dumps(world.call("GET", "/v1/keys", token=wrong)))
        printed += [reply for reply in map(json.dumps, world.talk(("list", {"zonename": f"{ZONE}."}), ("bogus", {})))]
        return printed

    @staticmethod
    def outputs(done):
        return [done.stdout, done.stderr]


if __name__ == "__main__":
    unittest.main()
