"""Puts a world together - the lab's root, the customers' servers, the resolvers - asks all cases, and takes it down again.

A world is the lab's own name servers ("lab"), or one kind of real server on the very addresses that the lab gives the
customers' servers. Every order of questions has resolvers of its own: what one question leaves in a cache is seen by the
next of its order, and by no other.
"""

import itertools

from asker import ask_all
from authoritative import SERVERS, PowerDns, SilentServer, ask
from cases import ORDERS
from namespace import add_addresses
from programs import wait_until
from recursors import RECURSORS

LAB = "lab"
RESOLVER_FACE = "resolver"  # stands where the name of a recursor stands else
ADDRESSES = {(recursor.name, order): f"127.54.{i}.{k}"
             for i, recursor in enumerate(RECURSORS, 1) for k, order in enumerate(ORDERS, 1)}
HIDDEN_PRIMARY = "127.55.0.1"
# A zone of every real server: its serial says whether the server has read its files again. The last by its name.
SENTINEL = "zz.example"
SENTINEL_ZONE = "$TTL 300\n@ SOA ns hostmaster {serial} 7200 3600 1209600 300\n@ NS ns\nns A 127.0.0.1\n"
# Real resolvers know the way to the customer's door before the customer comes.
WARM_UP = [("example", "SOA")]


class RealServers:
    """One kind of server: an instance for all first name servers of the customers, one for all second ones, and so on."""

    def __init__(self, kind, directory, lab, cases):
        self.lab = lab
        self.cases = cases
        self.others = []
        self.transferred = [(case, number) for case in cases for number in case.numbers()
                            if case.is_transferred(number)]
        if self.transferred:
            zones = {case.domain: lab.zone_file(case, number) for case, number in self.transferred}
            self.others.append(PowerDns(directory / "primary", [HIDDEN_PRIMARY], zones))
            self.others[0].wait_ready()
        self.others += [SilentServer(address) for address in sorted(
            {case.address(number) for case in cases for number in case.numbers() if case.is_silent(number)})]
        numbers = sorted({number for case in cases for number in case.numbers() if not case.is_silent(number)})
        self.instances = {number: self.start(kind, directory / f"server{number}", number) for number in numbers}
        for instance in self.instances.values():
            instance.wait_ready()
        for case, number in self.transferred:
            wait_until(lambda: self.serial(case.address(number), case.domain), f"{case.domain} is transferred")

    def start(self, kind, directory, number):
        cases = [case for case in self.cases if number in case.numbers()]
        addresses = sorted({case.address(number) for case in cases if not case.is_silent(number)})
        zones = {case.domain: self.text(case, number, before=case.is_edited()) for case in cases
                 if case.is_hosted(number) and not case.is_transferred(number)}
        zones[SENTINEL] = SENTINEL_ZONE.format(serial=1)
        primaries = {case.domain: HIDDEN_PRIMARY for case in cases if case.is_transferred(number)}
        add_addresses(addresses)
        return kind(directory, addresses, zones, primaries)

    def text(self, case, number, before=False):
        return self.lab.zone_file(case, number, before) if case.is_readable(number) else None

    def edit(self):
        edited = [case for case in self.cases if case.is_edited()]
        for number, instance in self.instances.items() if edited else ():
            texts = {case.domain: self.text(case, number) for case in edited
                     if number in case.numbers() and case.is_hosted(number)}
            instance.replace({**texts, SENTINEL: SENTINEL_ZONE.format(serial=2)})
        for instance in self.instances.values() if edited else ():
            wait_until(lambda: self.serial(instance.addresses[0], SENTINEL) == 2, "the server has read its zones again")

    def serial(self, address, domain):
        reply = ask(address, domain, "SOA")
        return reply.answer[0][0].serial if reply and reply.answer else None

    def complaint(self, case):
        return next(iter(self.instances.values())).complaint(case.domain)

    def stop(self):
        for server in [*self.instances.values(), *self.others]:
            server.stop()


class Measurement:
    """All answers: {(world, case key, recursor, order): [[Answer, ...] of each round]}, and what real servers had to say
    against a zone: {(case key, server): text}."""

    def __init__(self, lab, directory, log):
        self.lab = lab
        self.directory = directory
        self.log = log
        self.rounds = itertools.count(1)
        self.answers = {}
        self.complaints = {}

    def run(self, cases, real_servers):
        """One round: the lab, and the real servers of these names, each with the cases that it can show."""
        directory = self.directory / f"round{next(self.rounds)}"
        for order in ORDERS:
            self.ask_resolver_face(cases, order, directory / f"resolver-{order.split()[0]}")
        primed = [case for case in cases if case.is_primed()]
        self.lab.start(directory / "authority")
        self.lab.set_before(primed)
        self.ask_recursors(LAB, cases, directory / LAB, edit=lambda: self.lab.set(primed))
        self.lab.stop()
        for kind in SERVERS:
            shown = [case for case in cases if not case.why_not_comparable(kind.name)]
            if shown and kind.name in real_servers:
                self.lab.start(directory / f"{kind.name}-root", only_infrastructure=True)
                servers = RealServers(kind, directory / kind.name, self.lab, shown)
                self.ask_recursors(kind.name, shown, directory / kind.name, servers.edit)
                self.complaints |= {(case.key, kind.name): servers.complaint(case) for case in shown}
                servers.stop()
                self.lab.stop()

    def ask_recursors(self, world, cases, directory, edit):
        """`edit` changes the customers' zones after those who are to be asked before were asked."""
        recursors = [recursor(directory / f"{recursor.name}-{order.replace(' ', '-')}", ADDRESSES[recursor.name, order],
                              self.lab.root_hints, self.lab.trust_anchor)
                     for recursor in RECURSORS for order in ORDERS]
        try:
            for recursor in recursors:
                recursor.wait_ready()
            ask_all({recursor.address: (recursor.address, WARM_UP) for recursor in recursors})
            ask_all(self.orders(case for case in cases if case.is_primed()))
            edit()
            answers = ask_all(self.orders(cases))
        finally:
            for recursor in recursors:
                recursor.stop()
        for (key, recursor, order), replies in answers.items():
            self.answers.setdefault((world, key, recursor, order), []).append(replies)
        self.log(f"{world}: {len(cases)} customers, {len(answers)} orders of questions")

    def orders(self, cases):
        return {(case.key, recursor, order): (address, case.questions(order))
                for case in cases for (recursor, order), address in ADDRESSES.items()}

    def ask_resolver_face(self, cases, order, directory):
        """A lab of its own for every order: its resolver has a cache, too."""
        self.lab.start(directory)
        answers = ask_all({case.key: (self.lab.resolver_address, case.questions(order)) for case in cases})
        self.lab.stop()
        for key, replies in answers.items():
            self.answers.setdefault((LAB, key, RESOLVER_FACE, order), []).append(replies)
        self.log(f"the resolver face, {order}: {len(cases)} customers")
