"""A receiver of webhooks, on loopback, that fails as it is told to."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading

from world import HOST

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECOND_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def signed(message, secret):
    """Whether one of the signatures is by this secret, as the Standard Webhooks specification has it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    what = f"{message['id']}.{message['timestamp']}.".encode() + message["octets"]
    wanted = "v1," + base64.b64encode(hmac.new(key, what, hashlib.sha256).digest()).decode()
    return wanted in message["signature"].split(" ")


class Receiver:
    """`plan` is what to do with the next requests, in turn: a status, "drop" (close without a word), "stall" (answer
    when somebody calls go_on()), "redirect". Behind it all are taken with 200."""

    def __init__(self, plan=(), tls=None):
        self.plan = list(plan)
        self.attempts = []  # every request
        self.taken = []     # those that were answered with 200
        self.lock = threading.Lock()
        self.may_go_on = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.answer(self)

            def do_GET(self):
                receiver.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def answer(self, request):
        octets = request.rfile.read(int(request.headers.get("Content-Length", "0")))
        message = {"id": request.headers["webhook-id"], "timestamp": request.headers["webhook-timestamp"],
                   "signature": request.headers["webhook-signature"], "octets": octets, "method": request.command,
                   "event": json.loads(octets) if octets else None}
        with self.lock:
            self.attempts.append(message)
            action = self.plan.pop(0) if self.plan else 200
        if action == "stall":
            self.may_go_on.wait(90)
            action = "drop"
        if action == "drop":
            request.close_connection = True
            return
        if action == 200:  # noted first: once it is answered, the next one may come
            with self.lock:
                self.taken.append(message)
        request.send_response(307 if action == "redirect" else action)
        if action == "redirect":
            request.send_header("Location", f"http://{HOST}:{self.port}/elsewhere")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def numbers(self):
        """Of the events that were taken, in the order in which they came."""
        with self.lock:
            return [message["event"]["data"]["number"] for message in self.taken]

    def close(self):
        self.may_go_on.set()
        self.server.shutdown()
        self.server.server_close()
