#!/usr/bin/python3
"""Stands in for systemctl(1) on a machine that does not run systemd, for pages that are typed in a test.

It knows enable [--now], start, stop, restart, reload and is-active, of the units that are installed; and of a service
User=, UMask=, RuntimeDirectory=, StateDirectory=, ExecStart=, Type=notify and the socket that it Requires=. What a service
prints is in /var/log/NAME.log. STAND_IN_ROOT names the root of the machine that is meant, if it is another.
"""

import os
import pwd
import shlex
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path

UNITS = Path("/lib/systemd/system")
STATE = Path("/run/stand-in")
PATIENCE_SECONDS = 90


def settings(unit):
    """The last value of each setting."""
    lines = (UNITS / unit).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def give_up(sentence):
    print(sentence, file=sys.stderr)
    sys.exit(1)


def main_pid(unit):
    """None if it does not run."""
    try:
        pid = int((STATE / unit).read_text())
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return None
    # Nobody may have reaped it yet; with threads left, it has not ended.
    return None if state.startswith("Z") and len(threads) == 1 else pid


def wait_until(condition, what):
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            give_up(f"waited {PATIENCE_SECONDS} s in vain: {what}")
        pause.wait(0.02)


def listen(unit):
    wanted = settings(unit)
    path = Path(wanted["ListenStream"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(128)
    shutil.chown(path, wanted.get("SocketUser", "root"), wanted.get("SocketGroup", "root"))
    path.chmod(int(wanted.get("SocketMode", "0666"), 8))
    return listener


def become(unit, wanted, listener, notify):
    """In the child: never returns."""
    log = os.open(f"/var/log/{Path(unit).stem}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    environment = {**os.environ, "NOTIFY_SOCKET": str(notify)}
    if listener:
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)  # it may have been 3 before
        environment |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "pdns"}
    user = pwd.getpwnam(wanted.get("User", "root"))
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.umask(int(wanted.get("UMask", "0022"), 8))
    command = shlex.split(wanted["ExecStart"])
    os.execve(command[0], command, environment)


def start(unit):
    if unit.endswith(".socket") or main_pid(unit):
        return  # the service has its socket with it
    wanted = settings(unit)
    for name, parent in (("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib")):
        if directory := wanted.get(name):
            os.makedirs(f"{parent}/{directory}", exist_ok=True)
            shutil.chown(f"{parent}/{directory}", wanted.get("User", "root"), wanted.get("Group", "root"))
    listener = next((listen(other) for other in wanted.get("Requires", "").split() if other.endswith(".socket")), None)
    notify = STATE / f"{unit}.notify"
    notify.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(notify))
        notify.chmod(0o666)
        told.setblocking(False)
        pid = os.fork()
        if pid == 0:
            try:
                become(unit, wanted, listener, notify)
            finally:
                os._exit(203)
        (STATE / unit).write_text(str(pid))

        def is_ready():
            if os.waitpid(pid, os.WNOHANG)[0]:
                (STATE / unit).unlink()
                give_up(f"{unit} ended at its start; see /var/log/{Path(unit).stem}.log")
            try:
                return b"READY=1" in told.recv(65536)
            except BlockingIOError:
                return False

        wait_until(is_ready, f"{unit} says that it is ready")


def stop(unit):
    if pid := main_pid(unit):
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not main_pid(unit), f"{unit} ends")
    (STATE / unit).unlink(missing_ok=True)


def restart(unit):
    stop(unit)
    start(unit)


def reload(unit):
    if not (pid := main_pid(unit)):
        give_up(f"{unit} is not running")
    os.kill(pid, signal.SIGHUP)


def is_active(unit):
    print("active" if unit.endswith(".socket") or main_pid(unit) else "inactive")


def main():
    if root := os.environ.pop("STAND_IN_ROOT", ""):
        os.chroot(root)
        os.chdir("/")
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    verbs = {"start": start, "stop": stop, "restart": restart, "reload": reload, "is-active": is_active,
             "enable": start if "--now" in sys.argv else lambda unit: None, "daemon-reload": None}
    if not words or words[0] not in verbs:
        give_up(f"this stand-in for systemctl knows {', '.join(verbs)}")
    STATE.mkdir(exist_ok=True)
    for name in words[1:]:
        unit = name if "." in name else f"{name}.service"
        if not (UNITS / unit).exists():
            give_up(f"Failed to {words[0]} {unit}: Unit {unit} not found.")
        verbs[words[0]](unit)


main()
