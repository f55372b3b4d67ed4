"""A real rspamd on loopback that does nothing but sign, with its configuration and its data in a directory of its own. Where root
runs the tests, as its own user, like whatever shares files with it."""

import http.client
import json
import os
import shutil

from world import HOST, PATIENCE_SECONDS, Program, free_port

USER = "_rspamd"
AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups") if os.geteuid() == 0 else ()
# What Debian's configuration has around dkim_signing.conf, and nothing that would ask anybody. Its own list of public
# suffixes takes ten seconds to read.
CONFIG = """
options {{
  filters = "dkim";
  url_tld = "{home}/suffixes";
  control_socket = "{home}/control.sock mode=0600";
  cache_file = "{home}/symbols.cache";
  hs_cache_dir = "{home}";
  tempdir = "{home}";
  pidfile = "{home}/pid";
  disable_hyperscan = true;
  map_watch_interval = 5min;
  map_file_watch_multiplier = 0.1;
  dns {{ nameserver = ["{host}:{nobody}:1"]; }}
}}
logging {{ type = "console"; level = "notice"; }}
worker "normal" {{ bind_socket = "{host}:{port}"; count = 1; }}
worker "rspamd_proxy" {{
  bind_socket = "{host}:{milter}";
  count = 1;
  milter = yes;
  timeout = 60s;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
.include "/etc/rspamd/modules.d/dkim_signing.conf"
modules {{ path = "/usr/share/rspamd/plugins/dkim_signing.lua"; }}
"""


def give(path):
    """To rspamd's user."""
    if AS_USER:
        shutil.chown(path, USER, USER)


def own_directory(path):
    """A new one, of rspamd's user."""
    path.mkdir(mode=0o700)
    give(path)
    return path


class Rspamd(Program):
    """`signing` is local.d/dkim_signing.conf. `milter` is that as Postfix has it."""

    def __init__(self, world, signing):
        world.directory.chmod(0o711)  # it runs as another user
        home = own_directory(world.directory / "rspamd")
        (home / "local.d").mkdir()
        self.port, milter = free_port(), free_port()
        self.milter = f"inet:{HOST}:{milter}"
        config = CONFIG.format(home=home, host=HOST, port=self.port, milter=milter, nobody=free_port())
        for name, text in (("rspamd.conf", config), ("local.d/dkim_signing.conf", signing), ("suffixes", "example\n")):
            (home / name).write_text(text)
        places = {"CONFDIR": "/etc/rspamd", "LOCAL_CONFDIR": home, "DBDIR": home, "RUNDIR": home, "LOGDIR": home}
        super().__init__(world.directory, "rspamd", [*AS_USER, "rspamd", "--no-fork", "--config", str(home / "rspamd.conf"),
                                                     *(f"--var={name}={place}" for name, place in places.items())])
        world.remember(self)
        self.wait_ready(self.answers)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            return connection.getresponse().read()
        finally:
            connection.close()

    def answers(self):
        try:
            return self.ask("GET", "/ping").startswith(b"pong")
        except OSError:
            return False

    def signature(self, message, sender):
        """The header field for a message of somebody who has logged in; empty where rspamd does not sign."""
        answer = json.loads(self.ask("POST", "/checkv2", message, {"User": "platform", "IP": "192.0.2.7", "From": sender,
                                                                   "Rcpt": "bob@world.example"}))
        value = answer.get("dkim-signature")
        return b"DKIM-Signature: " + value.encode() + b"\r\n" if value else b""
