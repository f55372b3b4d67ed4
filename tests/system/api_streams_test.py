"""The audit log as server-sent events, over the real program: without a gap, at once, and to the end."""

import contextlib
import http.client
import json
import socket
import threading
import unittest

from world import HOST, PATIENCE_SECONDS, World, WorldTest, wait_until


class Reader:
    """A reader of GET /v1/events that keeps what it is told. Use it as a context."""

    def __init__(self, world, query="?after=0", token=None, **headers):
        self.connection = http.client.HTTPConnection(HOST, world.api_port, timeout=PATIENCE_SECONDS)
        self.connection.request("GET", "/v1/events" + query, headers={
            "Authorization": f"Bearer {token or world.token}", "Accept": "text/event-stream", **headers})
        self.socket = self.connection.sock  # which the connection forgets, since the answer ends with it
        self.response = self.connection.getresponse()
        self.events = []
        self.is_over = False
        self.reading = threading.Thread(target=self.read, daemon=True)

    def __enter__(self):
        self.reading.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.reading.join()
        self.response.close()

    def read(self):
        try:
            number = None
            while line := self.response.readline():
                if line.startswith(b"id: "):
                    number = int(line[4:])
                elif line.startswith(b"data: "):
                    event = json.loads(line[6:])
                    assert event["number"] == number, line
                    self.events.append(event)
            self.is_over = True
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # it was closed

    def numbers(self):
        return [event["number"] for event in self.events]

    def wait_for(self, count):
        wait_until(lambda: len(self.events) >= count, f"{count} events are told")
        return self.numbers()


class ApiStreamsTest(WorldTest):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.daemon = self.world.start_custdkim()

    def last_number(self):
        return self.world.call("GET", "/v1/events?limit=1000")[1]["events"][-1]["number"]

    def test_live(self):
        """What there is is told first, what happens as it happens, all of it once and in order"""
        self.world.settled_key(self.world.create_key("first.example")["id"])
        known = self.last_number()
        with Reader(self.world) as reader:
            self.assertEqual(reader.response.getheader("Content-Type"), "text/event-stream")
            self.assertEqual(reader.wait_for(known), list(range(1, known + 1)))
            key = self.world.create_key("second.example")
            reader.wait_for(known + 1)
            self.assertEqual((reader.events[known]["action"], reader.events[known]["key"]), ("create", key["id"]))
            self.world.settled_key(key["id"])  # what follows a creation is told too
            reader.wait_for(self.last_number())
            self.assertEqual(reader.events, self.world.call("GET", "/v1/events?limit=1000")[1]["events"])

    def test_from_now_on(self):
        """Who names no event is told what comes next, and nothing of before"""
        for n in range(3):
            self.world.settled_key(self.world.create_key(f"before{n}.example")["id"])
        with Reader(self.world, "") as reader:
            key = self.world.create_key("now.example")
            reader.wait_for(1)
            self.assertEqual((reader.events[0]["action"], reader.events[0]["key"]), ("create", key["id"]))

    def test_resumes(self):
        """Who was cut off goes on behind the last number, by header or by query; the header wins"""
        for n in range(5):
            self.world.settled_key(self.world.create_key(f"c{n}.example")["id"])
        known = self.last_number()
        for query, headers in (("?after=3", {}), ("", {"Last-Event-ID": "3"}), ("?after=1", {"Last-Event-ID": "3"})):
            with Reader(self.world, query, **headers) as reader:
                self.assertEqual(reader.wait_for(known - 3), list(range(4, known + 1)))

    def test_of_one_key(self):
        """A stream of one key tells of no other"""
        one, other = (self.world.create_key(f"{name}.example")["id"] for name in ("one", "other"))
        with Reader(self.world, f"?key={one}&after=0") as reader:
            reader.wait_for(1)
            self.world.call("POST", f"/v1/keys/{other}/revoke")
            self.world.call("POST", f"/v1/keys/{one}/revoke")
            wait_until(lambda: any(e["action"] == "revoke" for e in reader.events), "the revocation is told")
            self.assertEqual({event["key"] for event in reader.events}, {one})

    def test_wrong_numbers(self):
        """A number that is none is refused, as a problem"""
        for query, headers in (("?after=x", {}), ("", {"Last-Event-ID": "-1"}), ("", {"Last-Event-ID": "9" * 30})):
            reader = Reader(self.world, query, **headers)
            self.assertEqual(reader.response.status, 422)
            self.assertEqual(reader.response.getheader("Content-Type"), "application/problem+json")
            reader.connection.close()

    def test_across_a_restart(self):
        """The stream ends when custdkim stops, and goes on behind it, also after kill -9"""
        self.world.create_key("before.example")
        with Reader(self.world) as reader:
            reader.wait_for(1)
            self.assertEqual(self.daemon.stop(), 0)
            wait_until(lambda: not reader.reading.is_alive(), "the stream ends")
            self.assertTrue(reader.is_over)
            told = reader.numbers()
        daemon = self.world.start_custdkim()
        self.world.create_key("between.example")
        with Reader(self.world, **{"Last-Event-ID": str(told[-1])}) as reader:
            wait_until(lambda: any(e["domain"] == "between.example" for e in reader.events), "the gap is told")
            daemon.kill()
            wait_until(lambda: not reader.reading.is_alive(), "the stream ends")
            told += reader.numbers()
        self.world.start_custdkim()
        with Reader(self.world, **{"Last-Event-ID": str(told[-1])}) as reader:
            key = self.world.create_key("after.example")
            wait_until(lambda: any(e["key"] == key["id"] for e in reader.events), "the new event is told")
            told += reader.numbers()
        self.assertEqual(told, list(range(1, told[-1] + 1)))

    def test_many(self):
        """A hundred readers are told, and the API answers beside them"""
        readers = [Reader(self.world) for _ in range(100)]
        for reader in readers:
            reader.__enter__()
        self.world.create_key("news.example")
        for reader in readers:
            reader.wait_for(1)
        self.assertEqual(self.world.call("GET", "/v1/keys")[0], 200)
        self.assertEqual(self.daemon.stop(), 0)
        for reader in readers:
            wait_until(lambda r=reader: not r.reading.is_alive(), "the stream ends")
            self.assertTrue(reader.is_over)


if __name__ == "__main__":
    unittest.main()
