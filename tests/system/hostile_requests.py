"""Requests to the API as nobody ought to send them, made from docs/openapi.yaml: what fits an operation, and then broken.

Strategies of Hypothesis; a Request is written as octets, since HTTP libraries would refuse most of these.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import quote, quote_from_bytes

import contract
from hypothesis import strategies as st

HOSTILE_TEXTS = (
    "", " ", "\0", "a\0b", "\r\nX-Injected: 1", "%00", "%s%n", "' OR 1=1 --", "'; DROP TABLE key; --", "../../etc/passwd",
    "<script>alert(1)</script>", "\u202eelpmaxe.moc", "\ud83d\ude00", "\U0001f4a9.example", "xn--a.example", "\u00ad", ".",
    "..", "a..example", "a" * 64 + ".example", "a." * 130 + "example", "x" * 60_000, "-1", "1e309", "NaN", "null", "\ufeff",
    "\u0301", "A" * 300, "_domainkey", "*.example", "\\000", "\\256", "\"", "example.", "com", "co.uk", "127.0.0.1", "::1",
)
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "P", "G" * 300)
HEADERS = (
    ("Content-Type", "application/json; charset=utf-16"), ("Content-Type", "text/plain"), ("Content-Type", "\xff"),
    ("Content-Encoding", "gzip"), ("Expect", "100-continue"), ("Expect", "the unexpected"), ("If-Match", "*"),
    ("If-Match", "x" * 3000), ("If-None-Match", "\"\\\""), ("Idempotency-Key", "\"" * 99), ("Idempotency-Key", "k" * 4000),
    ("Last-Event-ID", "x"), ("Origin", "http://evil.example"), ("X-Forwarded-For", "127.0.0.1"), ("Upgrade", "h2c"),
    ("Range", "bytes=0-"), ("Accept", "text/html"), ("Accept", "text/csv"), ("Cookie", "a=b; " * 500), ("TE", "trailers"), ("Host", ""),
    ("Authorization", "Bearer"), ("Authorization", "Bearer \xe9"), ("Authorization", "Basic OjE="),
)
BROKEN_JSON = (
    b"", b"{", b"}", b"[" * 50_000, b'{"domain":' * 5000, b"null", b"true", b"1e400", b'"x"', b"[]", b"\xff\xfe{\0}\0",
    b"\xef\xbb\xbf{}", b"{} {}", b'{"a":1,"a":2}', b"{'a':1}", b'{"a":\x00}', b'{"domain":"\xc3"}', b"\0" * 100,
    b'{"domain":"\\ud800"}', b'{"domain":"a.example"} // why', b"9" * 10_000, b'{"__proto__":{}}', b"NaN",
)
QUICK_TO_MAKE = "ed25519"  # RSA pairs would cost more than all the rest


@dataclass
class Request:
    method: str
    path: str  # as described, "/v1/keys/{id}"
    target: str
    body: bytes = b""
    headers: list = field(default_factory=list)  # instead of ours, where these have the same name

    def octets(self, host, token):
        replaced = {name for name, _ in self.headers}
        ours = (("Host", host), ("Authorization", f"Bearer {token}"), ("Connection", "close"))
        fields = [pair for pair in ours if pair[0] not in replaced] + self.headers
        if self.body:
            fields.append(("Content-Length", str(len(self.body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return f"{self.method} {self.target} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + self.body


def texts():
    return st.one_of(st.sampled_from(HOSTILE_TEXTS), st.text(max_size=80))


def anything():
    return st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts()),
                        lambda inner: st.one_of(st.lists(inner, max_size=4),
                                                st.dictionaries(texts(), inner, max_size=4)), max_leaves=12)


def fitting(schema):
    """Values as the schema wants them, more or less: what exactly is refused, the service decides."""
    schema = contract.resolved(schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"] + [QUICK_TO_MAKE] * (20 if QUICK_TO_MAKE in schema["enum"] else 0))
    if "const" in schema:
        return st.just(schema["const"])
    if "anyOf" in schema:
        return st.one_of([fitting(one) for one in schema["anyOf"]])
    kinds = schema.get("type", "string")
    return st.one_of([of_kind(kind, schema) for kind in (kinds if isinstance(kinds, list) else [kinds])])


def of_kind(kind, schema):
    if kind == "object":
        properties = {name: fitting(one) for name, one in schema.get("properties", {}).items()}
        wanted = list(schema.get("required", []))
        if {"domain", "selector", "type"} <= set(properties):
            wanted.append("type")  # or RSA is the default
            properties["type"] = fitting({"$ref": "#/components/schemas/KeyType"})
        return st.fixed_dictionaries({name: properties[name] for name in wanted},
                                     optional={n: s for n, s in properties.items() if n not in wanted})
    if kind == "array":
        return st.lists(fitting(schema.get("items", {})), max_size=5)
    if kind == "integer":
        return st.integers(schema.get("minimum"), schema.get("maximum"))
    return {"boolean": st.booleans(), "null": st.none(), "number": st.floats()}.get(kind, sensible_texts(schema))


def sensible_texts(schema):
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].replace("$", r"\Z"))
    names = st.from_regex(r"\A[a-z]{1,9}(\.[a-z]{1,9}){0,2}\.example\Z")
    return st.one_of(names, names, st.from_regex(r"\A[a-z0-9]{1,12}\Z"), texts())


@st.composite
def broken(draw, value):
    """A document with something wrong in it: another type, a member too much or too little, or all of it."""
    value = draw(value)
    if not isinstance(value, dict) or draw(st.integers(0, 5)) == 0:
        return draw(anything())
    value = dict(value)
    how = draw(st.sampled_from(("type", "less", "more", "text")))
    name = draw(st.sampled_from(sorted(value))) if value else "domain"
    if how == "type":
        value[name] = draw(anything())
    elif how == "less":
        value.pop(name, None)
    elif how == "more":
        value[draw(texts())] = draw(anything())
    else:
        value[name] = draw(texts())
    return value


def bodies(operation):
    described = operation.get("requestBody")
    if not described:
        return st.one_of(st.just(b""), st.sampled_from(BROKEN_JSON))
    [(kind, content)] = described["content"].items()
    if not kind.endswith("json"):
        mail = st.from_regex(rb"\AFrom: [a-z]{1,5}@[a-z]{1,9}\.example\r\n(Subject: [ -~]{0,40}\r\n)?\r\n[ -~\r\n]{0,80}\Z")
        return st.one_of(mail, st.binary(max_size=2000), st.sampled_from(BROKEN_JSON))
    value = fitting(content["schema"])
    least = value.map(lambda one: {name: one[name] for name in ("domain", "type") if name in one})  # more often right
    written = st.one_of(least, value, broken(value)).map(lambda one: json.dumps(one).encode())
    encoded = st.tuples(value, st.sampled_from(("utf-16", "utf-32", "utf-7", "latin-1"))).map(
        lambda pair: json.dumps(pair[0], ensure_ascii=False).encode(pair[1], "replace"))
    cut = st.tuples(written, st.integers(0, 200)).map(lambda pair: pair[0][:pair[1]])
    return st.one_of(written, written, written, encoded, cut, st.sampled_from(BROKEN_JSON), st.binary(max_size=300))


def segments(known):
    escaped = texts().map(lambda text: quote(text, safe="", errors="surrogatepass"))
    odd = st.sampled_from(("..", ".", "%2e%2e", "%2f", "%00", "%", "%zz", "%ff%fe", "a%0d%0ab", "", "k" * 3000, "*", ";x"))
    return st.one_of(st.sampled_from(known), st.sampled_from(known), escaped, odd)


@st.composite
def targets(draw, path, parameters, known):
    for name in [p["name"] for p in parameters if p["in"] == "path"]:
        path = path.replace("{" + name + "}", draw(segments(known)), 1)
    query = []
    for parameter in (p for p in parameters if p["in"] == "query"):
        if parameter.get("required") or draw(st.booleans()):
            value = draw(st.one_of(fitting(parameter["schema"]).map(str), texts()))
            query.append(f"{parameter['name']}={quote(value, safe='', errors='surrogatepass')}")
    if draw(st.integers(0, 4)) == 0:
        query.append(draw(st.one_of(st.binary(max_size=40).map(quote_from_bytes),
                                    st.sampled_from(("&&&", "=", "a=%", "limit=1&limit=2", "?", "%00=1", "x" * 4000)))))
    return path + ("?" + "&".join(query) if query else "")


@st.composite
def requests(draw, known):
    """`known` are what {id} and {name} may stand for: ids, domains, zones."""
    operations = list(contract.operations())
    creation = [one for one in operations if one[:2] == ("POST", "/v1/keys")]
    method, path, operation, parameters = draw(st.sampled_from(operations + 5 * creation))
    if draw(st.integers(0, 9)) == 0:
        method = draw(st.sampled_from(METHODS))
    headers = draw(st.lists(st.sampled_from(HEADERS), max_size=3, unique_by=lambda header: header[0]))
    body = draw(bodies(operation)) if method not in ("GET", "HEAD") or draw(st.integers(0, 9)) == 0 else b""
    return Request(method, path, draw(targets(path, parameters, known)), body, headers)
