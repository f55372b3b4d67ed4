"""The API over TLS: who is trusted, which versions are spoken, and certificates that are renewed meanwhile."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import unittest

from world import HOST, PATIENCE_SECONDS, PROGRAM, World, WorldTest, call_over, wait_until


class TlsWorld(World):
    """A world whose API speaks TLS; its own authority has signed the certificate."""

    def __init__(self):
        super().__init__()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     "ca.key", "-out", "ca.crt", "-subj", "/CN=the authority", "-days", "2")
        self.renew(1)
        self.change_config("token_file", 'tls_certificate = "api.crt"\ntls_key = "api.key"\ntoken_file')

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True)

    def make_pair(self, number, name):
        """NAME.key and NAME.crt, with that serial number."""
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     f"{name}.key", "-out", "api.csr", "-subj", "/CN=api")
        self.write("names", f"subjectAltName=IP:{HOST}\n")
        self.openssl("x509", "-req", "-in", "api.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial",
                     str(number), "-days", "1", "-extfile", "names", "-out", f"{name}.crt")

    def renew(self, number):
        """As who renews certificates does it: both files replaced, one after the other."""
        self.make_pair(number, "new")
        for suffix in ("key", "crt"):
            (self.directory / f"new.{suffix}").rename(self.directory / f"api.{suffix}")

    def context(self):
        return ssl.create_default_context(cafile=self.directory / "ca.crt")

    def connect(self, context=None):
        return http.client.HTTPSConnection(HOST, self.api_port, timeout=PATIENCE_SECONDS,
                                           context=context or self.context())

    def call(self, method, path, document=None, token=None, timeout=60):
        connection = self.connect()
        try:
            return call_over(connection, token or self.token, method, path, document)
        finally:
            connection.close()

    def served_number(self):
        """The serial number of the certificate that a new connection sees."""
        with socket.create_connection((HOST, self.api_port)) as plain, \
                self.context().wrap_socket(plain, server_hostname=HOST) as encrypted:
            return int(encrypted.getpeercert()["serialNumber"], 16)


class ApiTlsTest(WorldTest):
    def setUp(self):
        self.world = TlsWorld()
        self.addCleanup(self.world.close)
        self.daemon = self.world.start_custdkim()

    def test_served(self):
        """Who trusts the authority is served; who does not, or speaks an old version or none, is not"""
        self.assertEqual(self.world.call("GET", "/v1/keys")[0], 200)
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.world.connect(ssl.create_default_context()).request("GET", "/v1/health")
        old = self.world.context()
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with self.assertRaises(ssl.SSLError):
            self.world.connect(old).request("GET", "/v1/health")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            only = self.world.context()
            only.minimum_version = only.maximum_version = version
            connection = self.world.connect(only)
            self.assertEqual(call_over(connection, self.world.token, "GET", "/v1/keys")[0], 200)
            connection.close()
        with socket.create_connection((HOST, self.world.api_port), timeout=PATIENCE_SECONDS) as plain:
            plain.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertFalse(plain.recv(4096).startswith(b"HTTP"))

    def test_command_line(self):
        """The command line is a client as well, with --ca-file or CUSTDKIM_CA_FILE"""
        url = f"https://{HOST}:{self.world.api_port}"
        command = [PROGRAM, "key", "list", "--api", url, "--token-file", str(self.world.token_file)]

        def run(*more, **environment):
            return subprocess.run([*command, *more], env={**os.environ, **environment}, capture_output=True, text=True,
                                  timeout=PATIENCE_SECONDS)

        authority = str(self.world.directory / "ca.crt")
        self.assertEqual(run("--ca-file", authority).returncode, 0)
        self.assertEqual(run(CUSTDKIM_CA_FILE=authority).returncode, 0)
        refused = run()
        self.assertEqual(refused.returncode, 3)
        self.assertIn("certificate", refused.stderr)

    def test_renewed(self):
        """A new certificate is seen by the next client; who is connected goes on"""
        old = self.world.connect()
        self.assertEqual(call_over(old, self.world.token, "GET", "/v1/keys")[0], 200)
        self.assertEqual(self.world.served_number(), 1)
        self.world.renew(2)
        self.assertEqual(self.world.served_number(), 2)
        self.assertEqual(call_over(old, self.world.token, "GET", "/v1/keys")[0], 200)
        old.close()

    def test_renewed_badly(self):
        """A new pair that is no good keeps the old one, says so once, and is replaced by a good one"""
        warning = "the TLS certificate was not changed"
        self.world.make_pair(7, "other")
        (self.world.directory / "other.crt").rename(self.world.directory / "api.crt")  # the key is the old one
        for _ in range(3):
            self.assertEqual(self.world.served_number(), 1)
        self.assertEqual(self.daemon.log().count(warning), 1)
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.daemon.log().count(warning) == 2, "it is told on SIGHUP, too")
        (self.world.directory / "api.key").write_text("-----BEGIN nonsense")
        self.assertEqual(self.world.served_number(), 1)
        self.world.renew(3)
        self.assertEqual(self.world.served_number(), 3)
        for secret in ("BEGIN", self.world.token):
            self.assertNotIn(secret, self.daemon.log())

    def test_not_begun(self):
        """Without a pair that fits custdkim does not start, and check-config says why"""
        self.daemon.stop()
        self.world.make_pair(7, "other")
        key = self.world.directory / "api.key"
        for spoil, said in ((lambda: key.chmod(0o644), "may be read by others"),
                            (lambda: (key.chmod(0o600), key.write_bytes(
                                (self.world.directory / "other.key").read_bytes())), "key values mismatch"),
                            (lambda: key.write_text("no key"), "the private key cannot be used"),
                            (key.unlink, "cannot be read")):
            spoil()
            with self.subTest(said):
                for verb in ("check-config", "serve"):
                    done = self.world.run(verb, "--config", self.world.config)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(said, done.stderr)

    def test_silent_clients(self):
        """Clients that do not begin their handshake keep nobody out"""
        silent = [socket.create_connection((HOST, self.world.api_port)) for _ in range(300)]
        self.assertEqual(self.world.call("GET", "/v1/keys")[0], 200)
        for connection in silent:
            connection.close()


if __name__ == "__main__":
    unittest.main()
