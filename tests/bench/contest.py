"""Several set-ups of PowerDNS, measured in turn and round by round, so that a machine whose speed drifts is the same to
all of them. Ratios are taken within a round."""

from machine import spread
from processes import NO_CACHES, ZONE, PowerDns, dnsperf


def say(text):
    print(text, flush=True)


class Setup:
    """How PowerDNS is started, and the process that it asks, if there is one: their CPU time is added up."""

    def __init__(self, name, launch, backend=None):
        self.name, self.launch, self.backend = name, launch, backend

    def cpu_seconds(self):
        return self.backend.cpu_seconds() if self.backend else 0.0


def write_queries(file, names):
    file.write_text("".join(f"{name}.{ZONE} TXT\n" for name in names))
    return file


def measure(setup, pdns, queries, seconds=None, **options):
    """One run of dnsperf: queries/s, and the CPU time of the backend and of all for each query."""
    before, pdns_before = setup.cpu_seconds(), pdns.cpu_seconds()
    figures = dnsperf(pdns.port, queries, seconds, **options)
    spent, pdns_spent = setup.cpu_seconds() - before, pdns.cpu_seconds() - pdns_before
    if figures["bad"] or figures["lost"] or not figures["completed"]:
        raise RuntimeError(f"{setup.name}: wrong or lost answers: {figures}")
    figures["backend_us"] = spent * 1e6 / figures["completed"]
    figures["query_us"] = (spent + pdns_spent) * 1e6 / figures["completed"]
    return figures


def without_caches(work, queries, seconds, **options):
    """A run for compete()."""
    def run(setup):
        pdns = PowerDns(work, [*setup.launch, *NO_CACHES])
        try:
            return {"off": measure(setup, pdns, queries, seconds, **options)}
        finally:
            pdns.end()
    return run


def with_caches(work, queries, seconds, **options):
    """A run for compete(): each name once, then all of them again."""
    def run(setup):
        pdns = PowerDns(work, setup.launch)
        try:
            return {"cold": measure(setup, pdns, queries, **options),
                    "warm": measure(setup, pdns, queries, seconds, **options)}
        finally:
            pdns.end()
    return run


LASTING = 80  # seconds; no cache keeps anything for longer than 60


def lasting(work, queries, **options):
    """A run for compete(): all names again and again, for longer than the caches keep them."""
    def run(setup):
        pdns = PowerDns(work, setup.launch)
        try:
            measure(setup, pdns, queries, **options)
            return {"lasting": measure(setup, pdns, queries, LASTING, **options)}
        finally:
            pdns.end()
    return run


def compete(setups, rounds, *runs):
    """All set-ups, `rounds` times. For each mode and each set-up's name the figures of all rounds."""
    outcome = {}
    for number in range(rounds):
        for setup in setups[::1 if number % 2 == 0 else -1]:
            for run in runs:
                for mode, figures in run(setup).items():
                    outcome.setdefault(mode, {}).setdefault(setup.name, []).append(figures)
        for mode, figures in outcome.items():
            say(f"  {mode}: " + ", ".join(f"{setup.name} {figures[setup.name][-1]['qps']:.0f} q/s "
                                          f"{figures[setup.name][-1]['query_us']:.0f} us" for setup in setups
                                          if setup.name in figures))
    return outcome


def compete_lasting(setups, rounds, work, queries, **options):
    """Fewer rounds: each takes minutes."""
    say(f"  for {LASTING} s each")
    return compete(setups, max(3, rounds // 3), lasting(work, queries, **options))["lasting"]


def ratios(figures, one, other, field):
    return [a[field] / b[field] for a, b in zip(figures[one], figures[other])]


def table(title, figures, ours):
    """Rows for all set-ups of a mode, each with what `ours` has of its queries/s and needs of its CPU time."""
    lines = [f"| {title} | queries/s | CPU for each, us | of that the backend's | {ours}: queries/s | {ours}: CPU |",
             "|---|---|---|---|---|---|"]
    for name, runs in figures.items():
        apart = any(run["backend_us"] for run in runs)  # PowerDNS's own backends are a part of its process
        row = [name, spread([run["qps"] for run in runs], 0), spread([run["query_us"] for run in runs], 0),
               spread([run["backend_us"] for run in runs], 0) if apart else ""]
        row += ["", ""] if name == ours else [spread(ratios(figures, ours, name, "qps")),
                                              spread(ratios(figures, ours, name, "query_us"))]
        lines.append(f"| {' | '.join(row)} |")
    return [*lines, ""]
