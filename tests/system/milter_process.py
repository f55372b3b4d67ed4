"""`custdkim milter` as a process, and a service in custdkim's place that answers what a test wants."""

import http.server
import json
import os
import re
import socket
import threading
from pathlib import Path

from world import HOST, PROGRAM, Program, free_port


class Milter(Program):
    """Listens on a unix socket or on a port; `address` is that as Postfix has it."""

    def __init__(self, world, api, token_file, *options, kind="unix", name="milter"):
        self.path = world.directory / f"{name}.sock"
        self.port = free_port()
        where = f"unix:{self.path}" if kind == "unix" else f"inet:{self.port}@{HOST}"
        self.address = f"unix:{self.path}" if kind == "unix" else f"inet:{HOST}:{self.port}"
        log = world.directory / f"{name}.log"  # where one of the same name may have written
        before = len(log.read_text()) if log.exists() else 0
        command = [PROGRAM, "milter", "--listen", where, "--api", api, "--token-file", str(token_file), *options]
        # libmilter never joins the thread that waits for its signals.
        suppressions = Path(__file__).with_name("libmilter.supp")
        tsan = " ".join(filter(None, (os.environ.get("TSAN_OPTIONS"), "report_thread_leaks=0", f"suppressions={suppressions}")))
        super().__init__(world.directory, name, command, {"TSAN_OPTIONS": tsan})
        world.remember(self)
        self.wait_ready(lambda: f"listening address={where}" in self.log()[before:])

    def connect(self):
        family, address = (socket.AF_UNIX, str(self.path)) if self.path.exists() else (socket.AF_INET, (HOST, self.port))
        connection = socket.socket(family)
        connection.connect(address)
        return connection

    def lines(self, message):
        """The facts of its log lines of one kind."""
        found = [line for line in self.log().splitlines() if re.search(rf"\b{message}\b", line)]
        return found


class FakeService:
    """Answers every request alike, until it is told to answer otherwise; remembers what it was asked."""

    def __init__(self):
        self.status, self.body = 200, b"{}"
        self.asked = []  # (path, authorization, body)
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.asked.append((self.path, self.headers["Authorization"], body))
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(service.body)))
                self.end_headers()
                self.wfile.write(service.body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, status, document):
        self.status = status
        self.body = document if isinstance(document, bytes) else json.dumps(document).encode()

    def refuse(self, word, detail, **members):
        self.answer(422, {"type": f"urn:custdkim:problem:{word}", "detail": detail, **members})

    def close(self):
        self.server.shutdown()
        self.server.server_close()
