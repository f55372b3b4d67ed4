"""Plays the part of systemd for one daemon: readiness (sd_notify(3)), socket activation (sd_listen_fds(3)) and
the file descriptor store, which keeps connections open while the daemon is restarted."""

import os
import select
import socket
import sys
import threading
from pathlib import Path

from world import wait_until

MAX_DESCRIPTORS = 253  # of one message


class Supervisor:
    def __init__(self, directory):
        self.path = directory / "notify.sock"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.said = []  # lines, in order
        self.stored = []  # (name, descriptor)
        self.listener = None
        self.receiver = threading.Thread(target=self.receive_all)
        self.receiver.start()

    def receive_all(self):
        while True:
            message, descriptors, _, _ = socket.recv_fds(self.socket, 65536, MAX_DESCRIPTORS)
            if not message:
                return
            lines = message.decode().splitlines()
            if "FDSTORE=1" in lines:
                [name] = [line.removeprefix("FDNAME=") for line in lines if line.startswith("FDNAME=")]
                self.stored += [(name, descriptor) for descriptor in descriptors]
            else:  # BARRIER=1 among them: closing what came with it is the answer
                for descriptor in descriptors:
                    os.close(descriptor)
            self.said += lines

    def listen(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(128)

    def wait_for_newcomer(self):
        """Somebody has connected, and nobody has accepted it yet."""
        wait_until(lambda: select.select([self.listener], [], [], 0)[0], "somebody connects")

    def options(self):
        """For World.start_custdkim(): hands the daemon what is kept for it."""
        named = list(self.stored)
        if self.listener:
            named.append(("pdns", self.listener.fileno()))
        options = {"environment": {"NOTIFY_SOCKET": str(self.path)}}
        if named:
            script = Path(__file__).with_name("listen_fds.py")
            listed = ",".join(f"{name}={descriptor}" for name, descriptor in named)
            options["wrapper"] = [sys.executable, "-I", "-S", str(script), listed]
            options["keep_open"] = [descriptor for _, descriptor in named]
        return options

    def start(self, world):
        """Starts custdkim; returns when it says that it is ready. What was stored is in its hands then."""
        del self.said[:]
        daemon = world.start_custdkim(**self.options(), wait=False)
        daemon.wait_ready(lambda: "READY=1" in self.said)
        self.close_stored()
        return daemon

    def close_stored(self):
        for _, descriptor in self.stored:
            os.close(descriptor)
        del self.stored[:]

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", str(self.path))
        self.receiver.join()
        self.socket.close()
        self.close_stored()
        if self.listener:
            self.listener.close()
