"""What it costs to sign a message, against OpenSSL's signature alone."""

import statistics
import subprocess

from machine import spread

OCTETS = 10_000
LARGE = 1_000_000
KINDS = ("openssl", "openssl-pem", "opendkim", "rsa", "ed25519", "both")


def rate(program, kind, octets, seconds):
    done = subprocess.run([program, kind, str(octets), str(seconds)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def signing(options, work):
    """Messages signed in a second of CPU time, each kind once in a round, the order turned round in every other."""
    program = options.signing_loop
    runs = {kind: [] for kind in KINDS}
    for number in range(options.rounds):
        for kind in list(KINDS)[::1 if number % 2 == 0 else -1]:
            runs[kind].append(rate(program, kind, OCTETS, options.seconds))
        print("  " + ", ".join(f"{kind} {values[-1]:.0f}/s" for kind, values in runs.items()), flush=True)
    large = [rate(program, "rsa", LARGE, options.seconds) for _ in range(options.rounds)]

    def against(kind):
        return spread([mine / bare for mine, bare in zip(runs[kind], runs["openssl"])])

    def row(title, kind):
        return f"| {title} | {spread(runs[kind], 0)} | {against(kind)} |"
    # What nobody gets past who signs through libopendkim: OpenSSL's signature and its reading of the message.
    most = spread([1 / (1 + bare / reading) for reading, bare in zip(runs["opendkim"], runs["openssl"])])
    cost = statistics.median(1e6 / mine - 1e6 / bare for mine, bare in zip(runs["rsa"], runs["openssl"]))
    return ["## Signing", "",
            f"Messages of {OCTETS:,} octets with ten header fields, a core, all of it in CPU time; {options.rounds} rounds of "
            f"{options.seconds} s{options.on_machine}.", "",
            "| what | a second, min / **median** / max | against OpenSSL alone, round by round |", "|---|---|---|",
            row("OpenSSL alone: an RSA-2048 signature of a digest, the key read once", "openssl"),
            row("the same, the key read from PEM each time, as libopendkim does by itself", "openssl-pem"),
            row("libopendkim alone: reads the message and hashes its body, nothing of ours and no signature", "opendkim"),
            row("a message with RSA-2048", "rsa"), row("a message with Ed25519", "ed25519"),
            row("a message with both", "both"), "",
            f"Canonicalization, hashes and the header field cost {cost:.0f} us a message, beside the signature; a message of "
            f"{LARGE:,} octets with RSA-2048: {spread(large, 0)} a second.",
            f"Who signs through libopendkim reaches {most} of OpenSSL alone at the most: its reading comes on top."]
