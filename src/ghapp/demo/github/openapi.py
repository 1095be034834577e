"""GitHub's own OpenAPI as the judge of every request and every answer.

`openapi.json` is a cut of @octokit/openapi (MIT, see NOTICE): 51 operations, no descriptions. Two things are changed on
loading: requests may not carry keys that the description does not know (so that a typo fails here, although GitHub
would ignore it), and `_NULL` corrects places where GitHub really answers null.
"""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, cast
from urllib.parse import unquote

import jsonschema_rs

Schema = dict[str, Any]
_URN = "urn:github"
# outdated comments and those on whole files have no line: seen in every GitHub client
_NULL = {
    "pull-request-review-comment": ("position", "line", "original_line", "side"),
    "review-comment": ("line", "original_line", "side"),
}
_INTEGER = re.compile(r"-?\d{1,18}")


@dataclass(frozen=True)
class Operation:
    """One operation of the description. `path` matches the request's path, still percent-encoded."""

    id: str
    method: str
    path: re.Pattern[str]
    names: tuple[str, ...]
    integers: frozenset[str]
    query: Mapping[str, jsonschema_rs.Validator]
    body: jsonschema_rs.Validator | None
    body_required: bool
    answers: Mapping[int, jsonschema_rs.Validator | None] = field(default_factory=dict[int, Any])

    def match(self, path: str) -> dict[str, str] | None:
        found = self.path.fullmatch(path)
        if not found:
            return None
        params = {name: unquote(value) for name, value in zip(self.names, found.groups(), strict=True)}
        return params if all(_INTEGER.fullmatch(params[name]) for name in self.integers) else None

    def problems(self, query: list[tuple[str, str]], body: bytes) -> list[str]:
        """What is wrong with a request; empty when nothing is."""
        found: list[str] = []
        for name, value in query:
            schema = self.query.get(name)
            if schema is None:
                found.append(f"unknown query parameter {name!r}")
                continue
            typed = int(value) if _INTEGER.fullmatch(value) else {"true": True, "false": False}.get(value, value)
            if not schema.is_valid(typed) and not schema.is_valid(value):
                found.append(f"query parameter {name}={value!r} is not valid")
        if body and self.body is None:
            found.append("this operation takes no body")
        elif self.body and (body or self.body_required):
            found += _errors(self.body, body)
        return found

    def answer_problems(self, status: int, body: bytes) -> list[str]:
        schema = self.answers.get(status, _fallback() if status >= 400 else None)
        if status not in self.answers and status < 400:
            return [f"GitHub does not answer {status} here"]
        if schema is None:
            return ["an answer with a body where there is none"] if body else []
        return _errors(schema, body)


def _errors(schema: jsonschema_rs.Validator, body: bytes) -> list[str]:
    try:
        value = json.loads(body)
    except ValueError as error:
        return [f"not JSON: {error}"]
    return [
        f"{'.'.join(map(str, error.instance_path)) or 'body'}: {error.message[:300]}"
        for error in schema.iter_errors(value)
    ]


@cache
def operations() -> tuple[Operation, ...]:
    """All operations, those with the most literal path first."""
    spec = _corrected(json.loads(resources.files("ghapp.demo.github").joinpath("openapi.json").read_text()))
    _nullable(spec)
    found = [
        (len(re.sub(r"\{[^}]*\}", "", path)), _operation(spec, path, method, described))
        for path, methods in spec["paths"].items()
        for method, described in methods.items()
        if "operationId" in described
    ]
    return tuple(operation for _, operation in sorted(found, key=lambda pair: -pair[0]))


def _corrected(spec: Schema) -> Schema:
    for name, keys in _NULL.items():
        for key in keys:
            spec["components"]["schemas"][name]["properties"][key]["nullable"] = True
    for name in ("pull-request", "pull-request-simple"):  # a fork may be deleted: every client meets that
        head = spec["components"]["schemas"][name]["properties"]["head"]["properties"]
        head["repo"] = {"allOf": [head["repo"]], "nullable": True}
    # asks for an account that is a user and an enterprise at once; the same object elsewhere says: one of them
    listed = spec["paths"]["/app/installations"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    listed["items"] = {"$ref": "#/components/schemas/installation"}
    return spec


def _operation(spec: Schema, path: str, method: str, described: Schema) -> Operation:
    parameters = [_resolve(spec, each) for each in described.get("parameters", [])]
    at = {each["name"]: each for each in parameters if each["in"] == "path"}
    pattern = re.sub(
        r"\\\{([^}]*)\\\}",
        lambda found: "(.+)" if at[found[1]].get("x-multi-segment") or found[1] == "path" else "([^/]+?)",
        re.escape(path),
    )
    names = tuple(re.findall(r"\{([^}]*)\}", path))
    query = {each["name"]: _compile(spec, each["schema"]) for each in parameters if each["in"] == "query"}
    request = described.get("requestBody", {})
    content = request.get("content", {}).get("application/json")
    return Operation(
        described["operationId"],
        method.upper(),
        re.compile(pattern),
        names,
        frozenset(name for name in names if at[name]["schema"].get("type") == "integer"),
        query,
        _compile(spec, _strict(spec, content["schema"])) if content else None,
        bool(request.get("required")),
        {int(status): _answer(spec, each) for status, each in described["responses"].items() if status.isdigit()},
    )


def _answer(spec: Schema, answer: Schema) -> jsonschema_rs.Validator | None:
    content = _resolve(spec, answer).get("content", {}).get("application/json")
    return _compile(spec, content["schema"]) if content else None


@cache
def _fallback() -> jsonschema_rs.Validator:
    """For refusals the description does not list: GitHub's `basic-error`."""
    text = {"type": "string"}
    return jsonschema_rs.validator_for({"type": "object", "required": ["message"], "properties": {"message": text}})


def _compile(spec: Schema, schema: Schema) -> jsonschema_rs.Validator:
    registry = spec.setdefault("x-registry", None) or jsonschema_rs.Registry([(_URN, _pointed(spec))])
    spec["x-registry"] = registry
    return jsonschema_rs.Draft202012Validator(_pointed(schema), registry=registry, validate_formats=True)


def _pointed(node: Any) -> Any:
    """The same with every `#/components/…` pointing into the registry."""
    if isinstance(node, dict):
        items = cast(Schema, node).items()
        return {key: f"{_URN}{value}" if key == "$ref" else _pointed(value) for key, value in items}
    return [_pointed(each) for each in cast(list[Any], node)] if isinstance(node, list) else node


def _resolve(spec: Schema, node: Schema) -> Schema:
    while "$ref" in node:
        target: Any = spec
        for name in node["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        node = target
    return node


def _strict(spec: Schema, node: Any, inside: bool = False) -> Any:
    """A request's schema that refuses unknown keys, references written out."""
    if isinstance(node, list):
        return [_strict(spec, each, inside) for each in cast(list[Any], node)]
    if not isinstance(node, dict):
        return node
    node = deepcopy(_resolve(spec, cast(Schema, node)))
    node.pop("additionalProperties", None)
    combined = any(key in node for key in ("anyOf", "oneOf", "allOf"))
    strict: Schema = {
        key: {name: _strict(spec, each) for name, each in value.items()}
        if key == "properties"
        else _strict(spec, value, inside=key in ("anyOf", "oneOf", "allOf"))
        for key, value in node.items()
    }
    if "properties" in node and not inside:
        strict["unevaluatedProperties" if combined else "additionalProperties"] = False
    return strict


def _nullable(node: Any) -> None:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema, in place."""
    if isinstance(node, list):
        for each in cast(list[Any], node):
            _nullable(each)
    elif isinstance(node, dict):
        schema = cast(Schema, node)
        for each in list(schema.values()):
            _nullable(each)
        if schema.pop("nullable", False) is True:
            inner = dict(schema)
            schema.clear()
            schema["anyOf"] = [inner, {"type": "null"}]
