"""docs/openapi.yaml as a contract: every answer of the API that a test sees is held against it.

An answer may have no member that the file does not tell of: clients have to bear new ones, but we have to describe them.
"""

import copy
import functools
import json
import re
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import yaml

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROBLEM = "application/problem+json"


@functools.lru_cache(maxsize=1)
def document():
    """The file as it is."""
    return yaml.load(FILE.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@functools.lru_cache(maxsize=1)
def strict_document():
    """The same, with objects that have the members that are described and no others."""
    return closed(copy.deepcopy(document()))


def closed(node):
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
        for value in node.values():
            closed(value)
    elif isinstance(node, list):
        for value in node:
            closed(value)
    return node


def resolved(node):
    """What a local reference leads to."""
    while "$ref" in node:
        target = strict_document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def operations():
    """("GET", "/v1/keys/{id}", operation, parameters) for each."""
    for path, item in strict_document()["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [resolved(p) for p in item.get("parameters", []) + item[method].get("parameters", [])]
                yield method.upper(), path, item[method], parameters


@functools.lru_cache(maxsize=None)
def pattern_of(path):
    return re.compile(re.sub(r"\\{[^/]+\\}", "[^/]+", re.escape(path)))


def find_operation(method, target):
    """As the server does: of the paths that fit, fixed ones before those with a parameter."""
    path = unquote(target.split("?")[0], errors="replace")
    fitting = [(known, operation) for verb, known, operation, _ in operations()
               if verb == method and pattern_of(known).fullmatch(path)]
    return min(fitting, key=lambda found: found[0].count("{"))[1] if fitting else None


def validate(value, schema):
    resolver = jsonschema.RefResolver("", strict_document())
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(value)


def check_answer(method, target, status, headers, body):
    """Raises AssertionError for an answer that is not as described."""
    told = f"{method} {target[:200]} was answered {status}"
    kind = (headers.get("Content-Type") or "").split(";")[0]
    operation = find_operation("GET" if method == "HEAD" else method, target)
    if operation is None:
        assert status >= 400 and kind == PROBLEM, f"{told}, and docs/openapi.yaml has no such operation"
        responses = {"default": {"$ref": "#/components/responses/Problem"}}
    else:
        responses = operation["responses"]
    described = responses.get(str(status)) or responses.get("default")
    assert described, f"{told}, which docs/openapi.yaml does not have"
    described = resolved(described)
    for name, header in described.get("headers", {}).items():
        assert headers.get(name) or not resolved(header).get("required"), f"{told} without {name}"
    if method == "HEAD":
        assert not body, f"{told} with a body"
        return
    content = described.get("content", {})
    if not content:
        assert not body, f"{told} with a body that is not described"
        return
    assert kind in content, f"{told} with {kind}, not one of {list(content)}"
    if kind.endswith("json"):
        check_document(told, json.loads(body), content[kind]["schema"])
    if kind == PROBLEM:
        assert json.loads(body)["status"] == status, told


def check_document(told, value, schema):
    try:
        validate(value, schema)
    except jsonschema.ValidationError as error:
        where = "/".join(map(str, error.absolute_path))
        raise AssertionError(
            f"{told}, not as docs/openapi.yaml has it: {error.message[:500]}, at /{where}") from None
