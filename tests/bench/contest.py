"""Several set-ups of PowerDNS, measured in turn and round by round, so that a machine whose speed drifts is the same to
all of them. Ratios are taken within a round."""

import random
from contextlib import ExitStack, contextmanager

from machine import spread
from processes import NO_CACHES, ZONE, PowerDns, dnsperf

LASTING_SLICE = 2  # seconds, in compete_lasting()


def is_valid(figures, timed):
    """Whether all was answered rightly. One answer of a timed run may be lost, as one was of 128,403; where each name is asked
    once, dnsperf would wait for it, and the time be wrong."""
    return figures["completed"] and not figures["bad"] and figures["lost"] <= (1 if timed else 0)


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
    if not is_valid(figures, seconds):
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


def tell(outcome, setups):
    for mode, figures in outcome.items():
        say(f"  {mode}: " + ", ".join(f"{setup.name} {figures[setup.name][-1]['qps']:.0f} q/s "
                                      f"{figures[setup.name][-1]['query_us']:.0f} us" for setup in setups))


def compete(setups, rounds, *runs):
    """All set-ups, `rounds` times, in an order that is drawn for each round: what was measured before has a part in what is
    measured next. For each mode and each set-up's name the figures of all rounds."""
    outcome = {}
    order = random.Random(1)
    for _ in range(rounds):
        for setup in order.sample(setups, len(setups)):
            for run in runs:
                for mode, figures in run(setup).items():
                    outcome.setdefault(mode, {each.name: [] for each in setups})[setup.name].append(figures)
        tell(outcome, setups)
    return outcome


def together(slices):
    """One run out of its slices."""
    completed = sum(part["completed"] for part in slices)
    return {"completed": completed, "qps": completed / sum(part["completed"] / part["qps"] for part in slices),
            **{cost: sum(part[cost] * part["completed"] for part in slices) / completed
               for cost in ("backend_us", "query_us")}}


@contextmanager
def all_running(setups, work):
    """A PowerDNS for each, all at once."""
    with ExitStack() as running:
        pdns = {}
        for setup in setups:
            (home := work / f"pdns of {setup.name}").mkdir(exist_ok=True)
            pdns[setup] = PowerDns(home, setup.launch)
            running.callback(pdns[setup].end)
        yield pdns


def in_turn(order, pdns, runs, **options):
    """Each is asked for the first of the runs (queries, seconds), then each for the next one. The sums, by name."""
    figures = {setup: [] for setup in order}
    for part, (queries, seconds) in enumerate(runs):
        for setup in order[::1 if part % 2 == 0 else -1]:
            figures[setup].append(measure(setup, pdns[setup], queries, seconds, **options))
    return {setup.name: together(figures[setup]) for setup in order}


def compete_lasting(setups, rounds, seconds, work, queries, **options):
    """All names again and again, for longer than the caches keep them. All run at once, and are asked in turn, since runs of
    more than a minute, one after the other, differ by more than the set-ups do. Caches age while the others are asked, too.
    Fewer rounds, since each takes minutes, and an even number: who is asked first has the worse of it."""
    say(f"  for {seconds} s each")
    outcome = {setup.name: [] for setup in setups}
    for number in range(2 * max(2, rounds // 6)):
        order = setups[::1 if number % 2 == 0 else -1]
        with all_running(order, work) as pdns:
            in_turn(order, pdns, [(queries, None)], **options)
            slices = [(queries, min(LASTING_SLICE, seconds))] * max(1, seconds // LASTING_SLICE)
            for name, figures in in_turn(order, pdns, slices, **options).items():
                outcome[name].append(figures)
        tell({"lasting": outcome}, setups)
    return outcome


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
