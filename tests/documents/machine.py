"""This machine once more, to throw away: namespaces of its own for network, mounts and processes. What is written to
/etc, /usr, /var, /tmp and /run is gone at the end; everything else is read-only. There is no systemd in it, so that
systemctl is a stand-in (systemctl.py), and the internet is made up by custdkim-lab.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from page_text import ROOT

SKIPPED = 77  # what ctest takes as "not run"
INSIDE = "--inside"
OURS = "192.0.2.53"  # where the page's PowerDNS is
RESOLVER = "9.9.9.9"  # a public resolver, which is the lab's here
LAB_CONFIG = f"""
[resolver]
listen = ["{RESOLVER}:53"]
allow_any_address = true
[[key_zone]]
name = "custdkim.example.net"
server = "{OURS}:53"
[service]
api = "http://127.0.0.1:8080"
token_file = "/etc/custdkim/token"
[control]
listen = "127.0.0.1:8054"
token_file = "/etc/custdkim/token"
"""


def enter():
    """Returns inside of the copy."""
    enter_namespaces("--net")
    make_own()


def enter_namespaces(*more):
    """Returns inside of namespaces for mounts and processes, and more: the first time it runs this program again, there."""
    if INSIDE in sys.argv:
        sys.argv.remove(INSIDE)
        return
    options = [*more, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        skip("only root may make a machine like this")
    trial = subprocess.run(["unshare", *options, "true"], capture_output=True, text=True)
    if trial.returncode != 0:
        skip(f"this machine lets us have no namespaces: {trial.stderr.strip()}")
    os.execvp("unshare", ["unshare", *options, sys.executable, *sys.argv, INSIDE])


def skip(reason):
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(SKIPPED)


def sh(*command, **options):
    return subprocess.run([*map(str, command)], check=True, **options)


def make_own():
    """Directories, then the network."""
    layers = Path("/mnt")
    sh("mount", "-t", "tmpfs", "tmpfs", layers)
    for name in ("etc", "usr", "var", "tmp"):
        upper, work = layers / name, layers / f"{name}-work"
        upper.mkdir()
        work.mkdir()
        shutil.copystat(f"/{name}", upper)
        sh("mount", "-t", "overlay", "-o", f"lowerdir=/{name},upperdir={upper},workdir={work}", "overlay", f"/{name}")
    sh("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    sh("mount", "-o", "remount,bind,ro", "/")
    sh("ip", "link", "set", "lo", "up")
    for address in (OURS, RESOLVER):
        sh("ip", "address", "add", f"{address}/32", "dev", "lo")
    Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("53")  # what AmbientCapabilities does for pdns
    Path("/etc/resolv.conf").unlink(missing_ok=True)
    Path("/etc/resolv.conf").write_text(f"nameserver {RESOLVER}\n")


def install_packages(programs):
    """What apt-get does for custdkim, custdkim-lab, pdns-server and pdns-backend-remote, as far as the page sees it."""
    for gone in ("/etc/custdkim", "/var/lib/custdkim"):
        shutil.rmtree(gone, ignore_errors=True)
    for program in programs:
        shutil.copy2(program, Path("/usr/bin") / program.name)
    packaging = ROOT / "packaging"
    units = Path("/lib/systemd/system")
    units.mkdir(parents=True, exist_ok=True)
    for unit in (packaging / "systemd").iterdir():
        shutil.copy(unit, units)
    Path("/etc/custdkim").mkdir()
    shutil.copy(ROOT / "docs" / "custdkim.toml", "/etc/custdkim")
    sh("sh", packaging / "debian" / "custdkim" / "postinst", "configure", "")
    for fragment in Path("/etc/powerdns/pdns.d").glob("*.conf"):
        if fragment.name != "bind.conf":  # pdns-backend-bind comes with pdns-server; others are this machine's
            fragment.unlink()
    stand_in = Path("/usr/bin/systemctl")
    stand_in.unlink(missing_ok=True)
    shutil.copy(Path(__file__).with_name("systemctl.py"), stand_in)
    stand_in.chmod(0o755)
