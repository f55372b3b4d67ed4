"""Starting and ending real programs. Nothing waits for time to pass: wait_until() looks until it is so."""

import subprocess
import threading
import time

PATIENCE_SECONDS = 60


def wait_until(condition, what, seconds=PATIENCE_SECONDS):
    """Returns the first true value of condition()."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        pause.wait(0.05)
    return value


class Program:
    """A started program; what it prints goes into a log file in its directory."""

    def __init__(self, directory, command):
        self.directory = directory
        self.command = [str(part) for part in command]
        self.log_file = directory / "log"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=directory)

    def log(self):
        return self.log_file.read_text(errors="replace")

    def check(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.command[0]} ended with {self.process.returncode}:\n{self.log()[-3000:]}")

    def wait_ready(self, is_ready):
        def ready_or_over():
            self.check()
            return is_ready()

        wait_until(ready_or_over, f"{self.command[0]} answers; it said:\n{self.log()[-3000:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
