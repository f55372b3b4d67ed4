"""The store's file system runs full, and is freed again."""

import subprocess
import unittest

from world import WorldTest, measured, txt_strings


class FullDiskTest(WorldTest):
    """The store on a file system of 1 MiB."""

    def setUp(self):
        self.world = type(self).make_world()
        self.disk = self.world.directory / "disk"
        self.disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", self.disk]
        mounted = subprocess.run(mount, capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"no small file system can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(self.unmount)
        self.world.change_config("custdkim.db", "disk/custdkim.db")

    def unmount(self):
        for program in self.world.programs:
            program.stop()
        subprocess.run(["umount", self.disk], check=True)

    def fill(self):
        """Takes all the space that is left."""
        filler = self.disk / "filler"
        with filler.open("ab", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    pass
        return filler

    def create_until_refused(self):
        created = []
        while len(created) < 1000:  # there is some room in the files that are there
            status, answer = self.world.call("POST", "/v1/keys",
                                             {"domain": f"filling{len(created)}.example", "type": "ed25519"})
            if status != 201:
                return created, status, answer
            created.append(answer)
        self.fail("the disk was never full")

    def check_served(self, keys):
        for slot in (slot for key in keys for slot in key["slots"]):
            strings = txt_strings(self.pdns.ask(slot["record_name"]), slot["record_name"])
            self.assertEqual(b"".join(strings).decode(), slot["txt"])

    def test_full_disk(self):
        """On a full disk a key is refused in a sentence that says so; what is there is served, and nothing is lost"""
        daemon = self.world.start_custdkim()
        self.pdns = self.world.start_pdns()
        keys = [self.world.create_key(f"customer{n}.example") for n in range(5)]
        filler = self.fill()
        created, status, problem = self.create_until_refused()
        measured(f"refused after {len(created)} more keys on a full disk")
        keys += created
        self.assertEqual((status, problem["type"]), (507, "urn:custdkim:problem:no-space"))
        serial = self.world.serial()
        done = self.world.run("key", "create", "refused.example", "--type", "ed25519")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, "^custdkim: the store .* cannot grow: the disk is full; nothing was changed, "
                                      "free some space and try again\n$")
        self.check_served(keys)
        self.assertEqual(self.world.serial(), serial)
        self.check_after(filler, keys, serial)
        daemon.stop()
        self.world.start_custdkim()
        self.assertEqual(self.stored_ids(), {key["id"] for key in keys})

    def test_restart_on_a_full_disk(self):
        """A restart on a full disk serves what is there"""
        daemon = self.world.start_custdkim()
        keys = [self.world.create_key(f"customer{n}.example") for n in range(5)]
        self.fill()
        created, status, _ = self.create_until_refused()
        self.assertEqual(status, 507)
        daemon.stop()
        self.world.start_custdkim()
        self.pdns = self.world.start_pdns()
        self.check_served(keys + created)

    def check_after(self, filler, keys, serial):
        """Once there is space again, all goes on."""
        filler.unlink()
        keys.append(self.world.create_key("refused.example"))
        self.assertGreater(self.world.serial(), serial)
        self.check_served(keys)
        self.assertEqual(self.stored_ids(), {key["id"] for key in keys})

    def stored_ids(self):
        return {key["id"] for key in self.world.call("GET", "/v1/keys?limit=1000")[1]["keys"]}


if __name__ == "__main__":
    unittest.main()
