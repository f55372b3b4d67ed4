"""Asks many questions at once, and writes down what came back in a form that can be compared."""

import asyncio
import time
from dataclasses import dataclass

import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

PATIENCE_SECONDS = 15  # as dig; Unbound takes longer where a server never answers
AT_ONCE = 150  # customers, for each resolver; BIND takes 900 clients


@dataclass(frozen=True)
class Record:
    owner: str
    type: str
    content: str
    ttl: int

    def __str__(self):
        return f"{self.owner} {self.type} {self.content}"


@dataclass(frozen=True)
class Answer:
    rcode: str  # "silence" where nothing came
    records: tuple = ()  # of Record, sorted: the order is not the world's
    authentic: bool = False
    extended_errors: tuple = ()
    seconds: float = 0.0  # since the first question about this customer, when the answer was there

    def __str__(self):
        flags = " AD" if self.authentic else ""
        errors = "".join(f" EDE {code}" for code in self.extended_errors)
        rcode = "NODATA" if self.rcode == "NOERROR" and not self.records else self.rcode
        return " | ".join([rcode + flags + errors, *(f"{r.type} {r.content}" for r in self.records)])


def without_serial(soa):
    """The lab's serials come from its clock."""
    return f"{soa.mname} {soa.rname} {soa.refresh} {soa.retry} {soa.expire} {soa.minimum}"


def written_down(message, seconds):
    records = []
    for rrset in message.answer:
        owner = str(rrset.name).lower()
        for rdata in rrset:
            is_soa = rrset.rdtype == dns.rdatatype.SOA
            content = without_serial(rdata) if is_soa else rdata.to_text()
            if rrset.rdtype in (dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.NS, dns.rdatatype.SOA):
                content = content.lower()  # RFC 4343
            # The TTL of a SOA is that of an earlier negative answer, or its own: who asked what before decides.
            records.append(Record(owner, dns.rdatatype.to_text(rrset.rdtype), content, 0 if is_soa else rrset.ttl))
    errors = sorted(option.code for option in message.options if isinstance(option, dns.edns.EDEOption))
    return Answer(dns.rcode.to_text(message.rcode()), tuple(sorted(records, key=lambda r: (str(r), r.ttl))),
                  bool(message.flags & dns.flags.AD), tuple(int(code) for code in errors), seconds)


async def ask(address, name, rdtype, since, recursive=True):
    question = dns.message.make_query(dns.name.from_text(name), rdtype, use_edns=0, payload=1232)
    if recursive:
        question.flags |= dns.flags.AD
    else:
        question.flags &= ~dns.flags.RD
    try:
        # One record per set, or dnspython keeps one CNAME of two.
        message, _ = await dns.asyncquery.udp_with_fallback(question, address, timeout=PATIENCE_SECONDS,
                                                            one_rr_per_rrset=True)
    except dns.exception.Timeout:
        return Answer("silence", seconds=time.monotonic() - since)
    except (dns.exception.DNSException, OSError, EOFError) as error:
        return Answer(f"unreadable ({type(error).__name__})", seconds=time.monotonic() - since)
    return written_down(message, time.monotonic() - since)


async def ask_in_turn(address, questions, gate, recursive):
    async with gate:
        since = time.monotonic()
        return [await ask(address, name, rdtype, since, recursive) for name, rdtype in questions]


def ask_all(orders, recursive=True):
    """`orders` is {key: (address, [(name, type), ...])}; each list is asked in turn, all of them side by side.
    Returns {key: [Answer, ...]}."""

    async def everything():
        gates = {address: asyncio.Semaphore(AT_ONCE) for address, _ in orders.values()}
        replies = await asyncio.gather(*(ask_in_turn(address, questions, gates[address], recursive)
                                         for address, questions in orders.values()))
        return dict(zip(orders, replies))

    return asyncio.run(everything())
