"""What every report says: on which machine, and how figures scatter."""

import os
import platform
import statistics
import subprocess


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.machine())
    version = subprocess.run(["pdns_server", "--version"], capture_output=True, text=True, check=False)
    pdns = (version.stdout + version.stderr).split("Server ")[-1].split()[0]
    return f"{os.cpu_count()} cores ({model}), Linux {platform.release()}, PowerDNS {pdns}"


def spread(values, digits=2):
    return f"{min(values):.{digits}f} / **{statistics.median(values):.{digits}f}** / {max(values):.{digits}f}"
