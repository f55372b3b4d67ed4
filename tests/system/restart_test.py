"""Restarts and crashes of custdkim and of PowerDNS, in every order: what is kept, and what is lost meanwhile."""

import contextlib
import http.client
import select
import signal
import socket
import threading
import time
import unittest
from collections import Counter

from asker import Asker
from supervisor import Supervisor
from world import (HOST, NO_CACHES, PATIENCE_SECONDS, ZONE, WorldTest, measured, promised, rcode, records,
                   txt_strings, wait_until)

KEYS = 20
UDP_CONNECTIONS = 3  # PowerDNS holds one for each distributor thread
SETTINGS = {**NO_CACHES, "distributor-threads": str(UDP_CONNECTIONS), "receiver-threads": "1"}


class RestartCase(WorldTest):
    """A fresh world for every test: they end programs."""

    def setUp(self):
        self.world = type(self).make_world()

    def start_both(self, settings=SETTINGS):
        self.daemon = self.world.start_custdkim()
        self.keys = [self.world.create_key(f"customer{n}.example") for n in range(KEYS)]
        self.pdns = self.world.start_pdns(settings)

    def stored_keys(self):
        return self.world.call("GET", "/v1/keys?limit=1000")[1]["keys"]

    def check_answer(self, name, txt, **options):
        answer = self.pdns.ask(name, **options)
        self.assertEqual(rcode(answer), "NOERROR", name)
        self.assertEqual(b"".join(txt_strings(answer, name)).decode(), txt)

    def check_all_answers(self):
        for name, txt in records(self.keys).items():
            self.check_answer(name, txt)

    def outcomes(self, tcp):
        """The rcode of every record's question, asked one after the other. What is answered must be right."""
        seen = []
        for name, txt in records(self.keys).items():
            answer = self.pdns.ask(name, tcp=tcp)
            seen.append(rcode(answer))
            if seen[-1] == "NOERROR":
                self.assertEqual(b"".join(txt_strings(answer, name)).decode(), txt)
        return seen


class RestartTest(RestartCase):
    def test_pdns_restarts(self):
        """PowerDNS restarts under a running custdkim: every answer is there again"""
        self.start_both()
        self.check_all_answers()
        self.pdns.stop()
        self.pdns = self.world.start_pdns(SETTINGS, name="pdns-again")
        self.check_all_answers()

    def test_custdkim_restarts(self):
        """custdkim restarts under a running PowerDNS: keys and labels are as before, the serial is never lower"""
        self.start_both()
        self.world.call("DELETE", f'/v1/keys/{self.keys.pop()["id"]}')
        before, serial = [self.world.settled_key(key["id"]) for key in self.keys], self.world.serial()
        self.daemon.stop()
        self.world.start_custdkim()
        self.assertEqual(self.stored_keys(), before)
        self.assertGreaterEqual(self.world.serial(), serial)
        wait_until(lambda: set(self.outcomes(tcp=False)) == {"NOERROR"}, "PowerDNS has connected again")
        self.assertEqual(self.pdns.ask(ZONE, "SOA").answer[0][0].serial, self.world.serial())
        serial = self.world.serial()
        self.world.create_key("later.example")
        self.assertGreater(self.world.serial(), serial)

    def test_servfails_after_a_restart(self):
        """After a restart each open connection of PowerDNS costs at most one SERVFAIL, then all is right"""
        self.start_both()
        self.check_all_answers()
        self.assertEqual(set(self.outcomes(tcp=True)), {"NOERROR"})
        self.daemon.stop()
        self.world.start_custdkim()
        for tcp, connections in ((False, UDP_CONNECTIONS), (True, 1)):
            seen = self.outcomes(tcp)
            count = Counter(seen)
            measured(f"after a restart, over {'TCP' if tcp else 'UDP'}: {dict(count)}")
            self.assertLessEqual(count["SERVFAIL"], connections)
            self.assertEqual(set(count) - {"SERVFAIL", "NOERROR"}, set())
            self.assertEqual(set(seen[connections:]), {"NOERROR"}, "they are the first ones")
            self.assertEqual(set(self.outcomes(tcp)), {"NOERROR"})

    def test_down(self):
        """While custdkim is down, answers are SERVFAIL: never NXDOMAIN, nor REFUSED after `rediscover`"""
        self.start_both()
        self.check_all_answers()
        self.daemon.stop()
        self.assertEqual(set(self.outcomes(tcp=False)), {"SERVFAIL"})
        self.assertEqual(rcode(self.pdns.ask(f"zzzzzz.{ZONE}")), "SERVFAIL")
        self.pdns.control("rediscover")
        for tcp in (False, True):
            self.assertEqual(set(self.outcomes(tcp)), {"SERVFAIL"}, "the zone cache survives")
        self.world.start_custdkim()
        wait_until(lambda: set(self.outcomes(tcp=False)) == {"NOERROR"}, "PowerDNS has connected again")
        self.pdns.control("rediscover")
        self.check_all_answers()


class EndTest(RestartCase):
    def test_sigterm(self):
        """SIGTERM ends custdkim with exit code 0, and its socket is gone"""
        daemon = self.world.start_custdkim()
        self.assertTrue(self.world.socket.is_socket())
        started = time.monotonic()
        self.assertEqual(daemon.stop(), 0, daemon.log())
        measured(f"ended {time.monotonic() - started:.2f} s after SIGTERM")
        self.assertFalse(self.world.socket.exists())

    def test_sigterm_with_idle_clients(self):
        """SIGTERM ends it also while clients hold connections to the socket and to the API open"""
        daemon = self.world.start_custdkim()
        api = http.client.HTTPConnection(HOST, self.world.api_port)
        self.addCleanup(api.close)
        api.request("GET", "/v1/health")
        api.getresponse().read()
        self.world.start_pdns()
        started = time.monotonic()
        self.assertEqual(daemon.stop(), 0, daemon.log())
        measured(f"ended {time.monotonic() - started:.2f} s after SIGTERM, clients and all")

    def test_sigterm_with_deaf_clients(self):
        """SIGTERM ends it also while clients send requests without end and never read a reply"""
        daemon = self.world.start_custdkim()
        for n in range(50):
            self.world.create_key(f"customer{n}.example")
        over = threading.Event()
        self.addCleanup(over.set)
        for reads in (False, True):
            threading.Thread(target=self.flood, args=(over, reads)).start()
        wait_until(lambda: self.world.talk(("initialize", {})), "it answers others")
        started = time.monotonic()
        self.assertEqual(daemon.stop(), 0, daemon.log())
        measured(f"ended {time.monotonic() - started:.2f} s after SIGTERM, deaf clients and all")

    def flood(self, over, reads):
        request = b'{"method":"list","parameters":{"zonename":"%s."}}\n' % ZONE.encode()
        with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.connect(str(self.world.socket))
            connection.setblocking(False)
            while not over.is_set():
                readable, writable, _ = select.select([connection] if reads else [], [connection], [], 0.1)
                if readable and not connection.recv(1 << 20):
                    return
                if writable:
                    connection.send(request * 100)

    def test_kill(self):
        """kill -9 while keys are made loses none that was acknowledged, and does not stand in the way of a start"""
        daemon = self.world.start_custdkim()
        acknowledged = []

        def create_until_it_dies():
            try:
                while True:
                    acknowledged.append(self.world.create_key(f"customer{len(acknowledged)}.example"))
            except (OSError, http.client.HTTPException):
                pass

        creator = threading.Thread(target=create_until_it_dies)
        creator.start()
        wait_until(lambda: len(acknowledged) >= KEYS, "some keys are made")
        self.assertEqual(daemon.kill(), -signal.SIGKILL)
        creator.join()
        self.assertTrue(self.world.socket.is_socket(), "nobody could clean up")
        self.world.start_custdkim()
        stored = self.stored_keys()
        self.assertEqual([promised(key) for key in stored[:len(acknowledged)]],
                         [promised(key) for key in acknowledged])
        self.assertLessEqual(len(stored), len(acknowledged) + 1)
        self.pdns = self.world.start_pdns()
        self.keys = stored
        self.check_all_answers()
        measured(f"killed after {len(acknowledged)} keys; {len(stored)} are there")

    def test_killed_again_and_again(self):
        """The serial never steps back, and no label comes twice, over ten kills and deletions"""
        serials, labels = [], []
        for n in range(10):
            daemon = self.world.start_custdkim()
            key = self.world.create_key(f"customer{n}.example")
            labels += [slot["record_name"].split(".")[1] for slot in key["slots"]]
            serials.append(self.world.serial())
            self.world.call("DELETE", f'/v1/keys/{key["id"]}')
            serials.append(self.world.serial())
            daemon.kill()
        self.assertEqual(serials, sorted(set(serials)))
        self.assertEqual(len(labels), len(set(labels)))

    def test_second_daemon(self):
        """A second daemon on the same store is refused in one sentence that names the first, which goes on"""
        daemon = self.world.start_custdkim()
        done = self.world.run("serve", "--config", self.world.config)
        self.assertEqual(done.returncode, 3)
        last = done.stderr.strip().splitlines()[-1]
        self.assertRegex(last, rf"^custdkim: the store {self.world.store} is in use by another custdkim "
                               rf"\(pid {daemon.pid}\); stop that one first")
        self.assertTrue(self.world.is_healthy())
        self.world.create_key("acme.example")

    def test_foreign_socket(self):
        """A socket path that somebody answers on, or that is no socket, is refused and left alone"""
        self.world.socket.write_text("precious")
        done = self.world.run("serve", "--config", self.world.config)
        self.assertEqual((done.returncode, self.world.socket.read_text()), (2, "precious"))
        self.assertIn("is not a socket", done.stderr)


class SupervisedTest(RestartCase):
    def setUp(self):
        super().setUp()
        self.supervisor = Supervisor(self.world.directory)
        self.addCleanup(self.supervisor.close)

    def test_readiness(self):
        """The supervisor hears READY=1 once everything answers, then STOPPING=1"""
        daemon = self.supervisor.start(self.world)
        self.assertTrue(self.world.is_healthy(), "ready means ready")
        self.assertEqual(self.world.talk(("initialize", {}))[0], {"result": True})
        self.assertNotIn("STOPPING=1", self.supervisor.said)
        self.assertEqual(daemon.stop(), 0)
        wait_until(lambda: "STOPPING=1" in self.supervisor.said, "STOPPING=1")

    def test_not_ready(self):
        """A daemon that cannot start never says READY=1"""
        self.world.token_file.unlink()
        daemon = self.world.start_custdkim(**self.supervisor.options(), wait=False)
        self.assertEqual(daemon.process.wait(PATIENCE_SECONDS), 2)
        self.assertNotIn("READY=1", self.supervisor.said)

    def test_socket_activation(self):
        """A socket handed in is served, and left where it is at the end"""
        self.supervisor.listen(self.world.socket)
        daemon = self.supervisor.start(self.world)
        self.keys = [self.world.create_key("acme.example")]
        self.pdns = self.world.start_pdns()
        self.check_all_answers()
        self.assertEqual(daemon.stop(), 0)
        self.assertTrue(self.world.socket.is_socket(), "it belongs to the supervisor")

    def test_first_question_before_the_daemon(self):
        """With socket activation PowerDNS may start first: its first request waits for the daemon"""
        self.supervisor.listen(self.world.socket)
        starter = threading.Thread(target=self.start_pdns)
        starter.start()
        self.supervisor.wait_for_newcomer()
        self.supervisor.start(self.world)
        starter.join()
        self.assertEqual(rcode(self.pdns.ask(ZONE, "SOA")), "NOERROR")

    def start_pdns(self):
        self.pdns = self.world.start_pdns({**NO_CACHES, **long_timeout(self.world)})


def long_timeout(world):
    """PowerDNS's patience with custdkim, so that a slow machine does not look like a lost request."""
    return {"remote-connection-string": f"unix:path={world.socket},timeout=30000"}


class NothingLostTest(RestartCase):
    RESTARTS = 5

    def test_connections_are_kept(self):
        """With a supervisor that keeps the connections, restarts lose nothing: not one SERVFAIL"""
        self.check_restarts(with_listener=False)

    def test_connections_and_listener_are_kept(self):
        """With a supervisor that also listens, new connections during the restart wait, and lose nothing either"""
        self.check_restarts(with_listener=True)

    def check_restarts(self, with_listener):
        supervisor = Supervisor(self.world.directory)
        self.addCleanup(supervisor.close)
        if with_listener:
            supervisor.listen(self.world.socket)
        daemon = supervisor.start(self.world)
        keys = [self.world.create_key(f"customer{n}.example") for n in range(KEYS)]
        pdns = self.world.start_pdns({**SETTINGS, **long_timeout(self.world)})
        asker = Asker(pdns, records(keys))
        self.addCleanup(asker.stop)
        wait_until(lambda: asker.count() > 4 * len(asker.expected), "all connections are open")
        for _ in range(self.RESTARTS):
            self.assertEqual(daemon.stop(), 0)
            wait_until(lambda: len(supervisor.stored) >= UDP_CONNECTIONS + 1, "the connections are handed over")
            if with_listener:
                daemon = self.check_newcomer(pdns, supervisor)
            else:
                daemon = supervisor.start(self.world)
            before = asker.count()
            wait_until(lambda: asker.count() > before + 100, "questions go on")
        asker.stop()
        measured(f"over {self.RESTARTS} restarts: {asker.summary()}")
        self.assertEqual(set(asker.seen), {"right"})

    def check_newcomer(self, pdns, supervisor):
        """pdnsutil opens a connection of its own while nobody is there to accept it."""
        listed = []
        listing = threading.Thread(target=lambda: listed.append(pdns.util("list-all-zones")))
        listing.start()
        supervisor.wait_for_newcomer()
        daemon = supervisor.start(self.world)
        listing.join()
        self.assertEqual((listed[0].returncode, listed[0].stdout.split()), (0, [ZONE]))
        return daemon


if __name__ == "__main__":
    unittest.main()
