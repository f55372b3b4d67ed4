"""docs/openapi.yaml is a sound description: references lead somewhere, schemas are schemas, routes are whole."""

import copy
import json
import re
import unittest
from pathlib import Path

import contract
import jsonschema

API_PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
SCOPES = {"read", "operate", "sign", "lease", "admin"}


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


class OpenApiTest(unittest.TestCase):
    def test_references(self):
        """Every reference leads to something here, and every component is used"""
        used = set(references(contract.document()))
        for reference in used:
            contract.resolved({"$ref": reference})
        for kind, components in contract.document()["components"].items():
            if kind != "securitySchemes":
                for name in components:
                    self.assertIn(f"#/components/{kind}/{name}", used)

    def test_schemas(self):
        """Every schema is one of JSON Schema 2020-12"""
        for name, schema in contract.document()["components"]["schemas"].items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)
                for wanted in schema.get("required", []):
                    self.assertIn(wanted, schema["properties"])

    def test_operations(self):
        """Every operation says what it is, who may, what it takes and what it answers"""
        names = []
        for method, path, operation, parameters in contract.operations():
            with self.subTest(f"{method} {path}"):
                names.append(operation["operationId"])
                self.assertTrue(operation["summary"] and operation["tags"])
                in_path = re.findall(r"\{(\w+)\}", path)
                self.assertEqual(in_path, [p["name"] for p in parameters if p["in"] == "path" and p["required"]])
                for parameter in parameters:
                    self.assertTrue(parameter["description"])
                    jsonschema.Draft202012Validator.check_schema(parameter["schema"])
                for scopes in operation.get("security", contract.document()["security"]):
                    self.assertLessEqual(set(scopes["token"]), SCOPES)
                self.assertIn("default", operation["responses"])
                self.assertTrue(any(status.startswith("2") for status in operation["responses"]))
        self.assertEqual(len(names), len(set(names)))

    def test_problem_types(self):
        """The types of problems are those of docs/api.md"""
        on_page = set(re.findall(r"^\| `(urn:custdkim:problem:[a-z-]+)` \|", API_PAGE.read_text(), re.MULTILINE))
        self.assertEqual(on_page, set(contract.document()["components"]["schemas"]["ProblemType"]["enum"]))

    def test_the_check(self):
        """The check of answers finds what is not as described"""
        problem = {"type": "urn:custdkim:problem:not-found", "title": "Not found", "status": 404, "detail": "no key"}
        fine = ("GET", "/v1/keys/x", 404, {"Content-Type": contract.PROBLEM}, json.dumps(problem))
        contract.check_answer(*fine)

        def spoilt(**changes):
            wrong = copy.copy(problem)
            wrong.update(changes)
            return json.dumps({
name: value for name, value in wrong.items() if value is not None})

        health = {"status": "serving", "zones": []}
        kind = {"Content-Type": "application/json"}
        contract.check_answer("GET", "/v1/health", 200, kind, json.dumps(health))
        for wrong in (
                (*fine[:4], spoilt(detail=None)), (*fine[:4], spoilt(status=409)), (*fine[:4], spoilt(more=1)),
                (*fine[:4], spoilt(type="urn:custdkim:problem:invented")), (*fine[:3], kind, fine[4]),
                ("GET", "/v1/health", 200, kind, json.dumps({**health, "colour": "red"})),
                ("GET", "/v1/health", 200, kind, json.dumps({"status": "serving"})),
                ("GET", "/v1/health", 204, {}, ""), ("GET", "/v1/nowhere", 200, kind, "{}"),
                ("PUT", "/v1/health", 200, kind, json.dumps(health))):
            with self.subTest(wrong), self.assertRaises(AssertionError):
                contract.check_answer(*wrong)


if __name__ == "__main__":
    unittest.main()
