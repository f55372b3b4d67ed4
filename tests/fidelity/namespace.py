"""A network of our own: a namespace with nothing in it but loopback, so that port 53 of every 127.x.y.z is free and
nothing outside is touched. What is started in it ends with us (it is a process namespace, too).
"""

import os
import shutil
import subprocess
import sys

SKIPPED = 77  # what ctest takes as "not run"
INSIDE = "--inside-namespace"


def enter():
    """Returns inside of the namespace: the first time it runs this program again, in there."""
    if INSIDE in sys.argv:
        sys.argv.remove(INSIDE)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    for tool in ("unshare", "ip"):
        if not shutil.which(tool):
            skip(f"there is no {tool} (packages util-linux and iproute2)")
    options = ["--net"] if os.geteuid() == 0 else ["--net", "--map-root-user"]
    trial = subprocess.run(["unshare", *options, "ip", "link", "set", "lo", "up"], capture_output=True, text=True)
    if trial.returncode != 0:
        skip(f"this machine lets us have no network namespace: {trial.stderr.strip()}")
    os.execvp("unshare", ["unshare", *options, "--pid", "--fork", "--kill-child",
                          sys.executable, *sys.argv, INSIDE])


def skip(reason):
    print(f"skipped: {reason}. As root, or where users may make namespaces, it can run.", file=sys.stderr)
    sys.exit(SKIPPED)


def add_addresses(addresses):
    """BIND listens on addresses that an interface has; 127.0.0.0/8 alone is not enough."""
    batch = "".join(f"address replace {address}/32 dev lo\n" for address in addresses)
    subprocess.run(["ip", "-batch", "-"], input=batch, text=True, check=True)
