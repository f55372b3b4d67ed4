"""Backups while it serves, and what comes of them: identical, complete, sealed; and nothing is ever overwritten."""

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import unittest
from contextlib import closing
from pathlib import Path

from world import HOST, PROGRAM, ZONE, WorldTest, free_port, new_master_key, wait_until

DONE, NO, WRONG, UNKNOWN = range(4)


def dump(file, but=()):
    """All that is in a store, as SQL; `but` are words of lines that may differ."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return [line for line in database.iterdump() if not any(word in line for word in but)]


class BackupTest(WorldTest):
    def setUp(self):
        self.world = type(self).make_world()
        self.daemon = self.world.start_custdkim()
        self.home = self.world.directory / "home"
        self.home.mkdir()

    def names(self):
        return sorted(file.name for file in self.home.iterdir())

    def back_up(self, target="backup.db"):
        done = self.world.run("backup", self.home / target)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""), done)
        return self.home / target

    def restore(self, backup, *options):
        return self.world.run("restore", backup, "--config", self.world.config, *options)

    def lose_store(self):
        self.daemon.stop()
        for file in self.world.store.parent.glob("custdkim.db*"):
            file.unlink()

    def restore_refused(self, backup, code, sentence, *options):
        def there():
            return {file.name for file in self.world.store.parent.glob("custdkim.db*")} - {"custdkim.db.lock"}

        before = there()
        done = self.restore(backup, *options)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertRegex(done.stderr, f"^custdkim: .*{sentence}.*\n$")
        self.assertEqual(there(), before)

    def test_round_trip(self):
        """What is restored is what was there, to the last row, but for serial, event and the labels to come"""
        keys = [self.world.settled_key(self.world.create_key(f"d{i}.example")["id"]) for i in range(5)]
        self.world.call("DELETE", f"/v1/keys/{keys[0]['id']}")
        backup = self.back_up()
        serial = self.world.serial()
        self.daemon.stop()
        self.assertEqual(dump(backup, but=["copied_at"]), dump(self.world.store))
        late = self.world.directory / "late"
        late.mkdir()
        for file in self.world.store.parent.glob("custdkim.db*"):
            file.rename(late / file.name)
        done = self.restore(backup)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn("Nobody else gets their labels: new labels begin with '1'", done.stdout)
        self.assertIn("No pair that rotation made since has signed mail", done.stdout)
        new = ["copied_at", "restores", "'restore'", 'INTO "zone"', "sqlite_sequence"]
        self.assertEqual(dump(self.world.store, but=new), dump(late / "custdkim.db", but=new))
        self.daemon = self.world.start_custdkim()
        self.assertGreater(self.world.serial(), serial + 2**24 - 1)
        for key in keys[1:]:
            self.assertEqual(self.world.call("GET", f"/v1/keys/{key['id']}")[1], key)
        events = self.world.call("GET", "/v1/events")[1]["events"]
        self.assertEqual(events[-1]["action"], "restore")
        self.assertRegex(events[-1]["detail"], r"restored from a backup of .*; what came after that is lost")
        for slot in self.world.create_key("later.example")["slots"]:
            self.assertRegex(slot["record_name"], rf"^s\d\.1[a-z0-9]{{6}}\.{ZONE}$")

    def test_while_it_serves(self):
        """Backups are whole while keys are created, and have every key that was acknowledged before"""
        acknowledged, enough = [], threading.Event()

        def create():
            while not enough.is_set():
                acknowledged.append(self.world.create_key(f"n{len(acknowledged)}.example")["id"])

        creator = threading.Thread(target=create)
        creator.start()
        try:
            wait_until(lambda: len(acknowledged) > 3, "some keys")
            for i in range(4):
                before = list(acknowledged)
                backup = self.back_up(f"{i}.db")
                with closing(sqlite3.connect(backup)) as database:
                    ids = {key for key, in database.execute("SELECT id FROM key")}
                    [labels] = database.execute("SELECT count(*) FROM issued_label").fetchone()
                    self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
                self.assertLessEqual(set(before), ids)
                self.assertEqual(labels, 2 * len(ids))
        finally:
            enough.set()
            creator.join()

    def test_target(self):
        """A backup has mode 0600, a name of its own in a directory, and overwrites nothing"""
        key = self.world.create_key("acme.example")
        done = self.world.run("backup", self.home, "--json")
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, done.stderr, told["keys"], told["labels"]), (DONE, "", 1, 2))
        self.assertEqual(told["zones"], [{"name": ZONE, "serial": told["zones"][0]["serial"], "keys": 1}])
        file = Path(told["file"])
        self.assertEqual(self.names(), [file.name])
        self.assertRegex(file.name, r"^custdkim-\d{8}T\d{6}Z\.db$")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertEqual(file.stat().st_size, told["octets"])
        content = file.read_bytes()
        self.assertIn(key["slots"][0]["record_name"].split(".")[1].encode(), content)
        self.assertNotIn(self.world.master_key_file.read_bytes().strip(), content)
        done = self.world.run("backup", file)
        self.assertEqual((done.returncode, done.stdout), (NO, ""))
        self.assertRegex(done.stderr, rf"^custdkim: there is {file} already; nothing is overwritten, name another file\n$")
        self.assertEqual(file.read_bytes(), content)
        done = self.world.run("backup", self.home / "none" / "x.db")
        self.assertEqual(done.returncode, WRONG)
        self.daemon.stop()
        self.assertEqual(self.world.run("backup", self.home / "x.db").returncode, UNKNOWN)
        self.assertEqual(self.names(), [file.name])

    def test_end_in_the_middle(self):
        """Ctrl-C leaves nothing, kill -9 no backup, and a service that dies no half of one"""
        for i in range(3):
            self.world.create_key(f"d{i}.example")
        slow = SlowApi(self.world.api_port)
        try:
            environment = {**os.environ, "CUSTDKIM_API": f"http://{HOST}:{slow.port}",
                           "CUSTDKIM_TOKEN_FILE": str(self.world.token_file)}

            def start():
                slow.has_begun.clear()
                running = subprocess.Popen([PROGRAM, "backup", str(self.home / "x.db")], env=environment,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                self.assertTrue(slow.has_begun.wait(60))
                return running

            for signal_ in (signal.SIGINT, signal.SIGTERM):
                running = start()
                running.send_signal(signal_)
                self.assertEqual(running.communicate(timeout=60)[0], "")
                self.assertEqual(running.returncode, -signal_)
                self.assertEqual(self.names(), [])
            running = start()
            running.kill()
            running.communicate()
            self.assertNotIn("x.db", self.names())
            for file in self.home.iterdir():
                file.unlink()
            running = start()
            slow.hang_up()
            out, error = running.communicate(timeout=60)
            self.assertEqual((running.returncode, out), (UNKNOWN, ""))
            self.assertRegex(error, "^custdkim: cannot reach custdkim at .*\n$")
            self.assertEqual(self.names(), [])
        finally:
            slow.close()

    def test_killed_restore(self):
        """kill -9 at any moment of a restore leaves a whole store or none, and the next one does it"""
        for i in range(30):
            self.world.create_key(f"d{i}.example")
        backup = self.back_up()
        expected = len(json.loads(self.world.run("key", "list", "--json").stdout)["keys"])
        self.lose_store()
        command = [PROGRAM, "restore", str(backup), "--config", str(self.world.config)]
        outcomes = set()
        for delay in range(0, 40):
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                running.wait(delay * 0.001)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
            there = self.world.store.exists()
            outcomes.add(there)
            if there:
                with closing(sqlite3.connect(self.world.store)) as database:
                    self.assertEqual(database.execute("SELECT count(*) FROM key").fetchone(), (expected,))
                    self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
                self.world.store.unlink()
        self.assertIn(False, outcomes)
        self.assertEqual(self.restore(backup).returncode, DONE)
        self.assertEqual(sorted(file.name for file in self.world.store.parent.glob("custdkim.db*")),
                         ["custdkim.db", "custdkim.db.lock"])

    def test_refusals(self):
        """A store that is there, or served, or not to be had, and backups that are none of this service's, are refused"""
        self.world.create_key("acme.example")
        backup = self.back_up()
        self.restore_refused(backup, UNKNOWN, "in use by another custdkim")
        self.daemon.stop()
        self.restore_refused(backup, NO, f"there is a store already: {self.world.store}; nothing is overwritten")
        for file in self.world.store.parent.glob("custdkim.db*"):
            file.unlink()
        self.restore_refused(self.home / "none.db", WRONG, "none.db cannot be read")
        spoilt = self.home / "spoilt.db"
        content = bytearray(backup.read_bytes())
        content[len(content) // 2:len(content) // 2 + 3000] = b"x" * 3000
        spoilt.write_bytes(content)
        self.restore_refused(spoilt, UNKNOWN, "spoilt.db is damaged")
        newer = Path(shutil.copy(backup, self.home / "newer.db"))
        with closing(sqlite3.connect(newer)) as database:
            database.execute("PRAGMA user_version = 99")
        self.restore_refused(newer, NO, "schema version 99")
        key = self.world.master_key_file.read_text()
        self.world.master_key_file.write_text(new_master_key() + "\n")
        self.restore_refused(backup, WRONG, "is not the one that the private keys in this store were sealed with")
        self.world.master_key_file.write_text(key)
        config = self.world.config.read_text()
        self.world.config.write_text(config.replace(ZONE, "other.example.net"))
        self.restore_refused(backup, NO, f"the store holds 1 keys of the zone {ZONE}, which the configuration does not name")
        self.world.config.write_text(config.replace(f"sqlite:{self.world.store}", "memory:"))
        self.restore_refused(backup, WRONG, "cannot be restored")
        self.world.config.write_text(config)
        self.assertEqual(self.restore(backup).returncode, DONE)

    def test_above(self):
        """The serial is above one that a secondary was seen to have"""
        backup = self.back_up()
        self.lose_store()
        seen = 3_000_000_000
        done = self.restore(backup, "--above", seen, "--json")
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertEqual(json.loads(done.stdout)["zones"][0]["serial"], seen + 1)

    def test_memory(self):
        """A store in memory has no backup, which is said"""
        self.daemon.stop()
        self.world.change_config(f"sqlite:{self.world.store}", "memory:")
        self.world.start_custdkim()
        done = self.world.run("backup", self.home / "x.db")
        self.assertEqual((done.returncode, self.names()), (NO, []))
        self.assertRegex(done.stderr, "^custdkim: this store is in memory only")


class SlowApi:
    """Passes a request on to the service, and of the answer only its beginning, until it is told to hang up."""

    def __init__(self, port):
        import socket
        self.target, self.port = port, free_port()
        self.has_begun, self.is_over = threading.Event(), threading.Event()
        self.socket_of = socket
        self.listener = socket.create_server((HOST, self.port))
        self.clients = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while not self.is_over.is_set():
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            self.clients.append(client)
            with self.socket_of.create_connection((HOST, self.target)) as service:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += client.recv(65536)
                service.sendall(request)
                answer = b""
                while len(answer) < 20000:
                    answer += service.recv(20000 - len(answer))
                client.sendall(answer)
            self.has_begun.set()

    def hang_up(self):
        for client in self.clients:
            client.close()

    def close(self):
        self.is_over.set()
        self.listener.close()
        self.hang_up()


if __name__ == "__main__":
    unittest.main()
