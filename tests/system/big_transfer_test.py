"""A zone of 100,000 records over the pipe: PowerDNS transfers it, and `custdkim pipe` stays small."""

import contextlib
import subprocess
import threading
import time
import unittest
from pathlib import Path

from hostile import MEBIBYTE
from world import HOST, ONE_ZONE, ZONE, WorldTest, measured

RECORDS = 100_000
TEXT = '"v=DKIM1; p=' + "M" * 220 + '" "' + "I" * 170 + '"'
MAX_RELAY_BYTES = 64 * MEBIBYTE


def peak_bytes(pid):
    """The most memory that a process ever had; 0 once it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return 0


def children(pid):
    with contextlib.suppress(OSError):
        return [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]
    return []


class BigTransferTest(WorldTest):
    def test_transfer(self):
        """Every record arrives, and the relay holds only a part of them at a time"""
        world = type(self).make_world(ONE_ZONE + 'records = "many.zone"\n')
        world.write("many.zone", "".join(f"n{number} 300 IN TXT {TEXT}\n" for number in range(RECORDS)))
        world.start_custdkim()
        pdns = world.start_pdns(connector="pipe")
        peaks, over = [0], threading.Event()

        def watch():
            while not over.wait(0.02):
                peaks.extend(peak_bytes(child) for child in children(pdns.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        started = time.monotonic()
        dig = subprocess.run(["dig", f"@{HOST}", "-p", str(pdns.port), ZONE, "AXFR", "+noall", "+answer", "+time=600"],
                             capture_output=True, text=True, timeout=1500)
        seconds = time.monotonic() - started
        over.set()
        watcher.join()
        owners = {line.split()[0] for line in dig.stdout.splitlines() if "\tTXT\t" in line}
        self.assertEqual(owners, {f"n{number}.{ZONE}." for number in range(RECORDS)})
        measured(f"{RECORDS} records in {seconds:.1f} s; the relay's peak is {max(peaks) / MEBIBYTE:.1f} MiB")
        self.assertGreater(max(peaks), 0)
        self.assertLess(max(peaks), MAX_RELAY_BYTES)


if __name__ == "__main__":
    unittest.main()
