"""What it costs to choose the key that signs, by how many keys there are."""

import subprocess

from machine import spread

KEYS = (1_000, 100_000, 1_000_000)


def choosing(options, work):
    """CPU time of one choice, each number of keys once in a round."""
    program = str(options.signing_loop).replace("signing_loop", "choosing_loop")
    runs = {keys: [] for keys in KEYS}
    memory = {}
    for _ in range(options.rounds):
        for keys in KEYS:
            done = subprocess.run([program, str(keys), str(min(options.seconds, 2))], capture_output=True, text=True, check=True)
            nanoseconds, memory[keys] = map(float, done.stdout.split())
            runs[keys].append(nanoseconds)
        print("  " + ", ".join(f"{keys:,} keys {values[-1]:.0f} ns" for keys, values in runs.items()), flush=True)
    return ["## Choosing the key", "",
            f"From domains all over the keys' domains, four and five labels, a few of them nobody's; {options.rounds} rounds"
            f"{options.on_machine}. The goal is 2,000 ns at 1,000,000 keys.", "",
            "| keys | ns of CPU time a choice, min / **median** / max | octets a key |", "|---|---|---|",
            *(f"| {keys:,} | {spread(runs[keys], 0)} | {memory[keys]:.0f} |" for keys in KEYS)]
