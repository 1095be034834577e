"""What docs/configure.md and the JSON Schema say of the policy is so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ghapp.pipeline.policy import PATH, POLICY_KEYS, read_policy, schema
from ghapp.pipeline.policy.shapes import ListOf, MapOf, Record
from ghapp.pipeline.source import Source
from ghapp.rules import catalogue

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "configure.md").read_text("utf-8")
IDS = [rule.id for rule in catalogue()]


def keys(record: Record) -> Iterator[str]:
    """Every key of the policy that holds no others."""
    for name, key in record.keys.items():
        shape: Any = key.shape
        shape = shape.each if isinstance(shape, ListOf) else shape.values if isinstance(shape, MapOf) else shape
        if isinstance(shape, Record):
            yield from keys(shape)
        else:
            yield name


def test_every_key_is_documented() -> None:
    tables = PAGE.partition("What the pipelines must do:")[2].partition("Unknown keys")[0]

    assert [key for key in keys(POLICY_KEYS) if key not in re.findall(r"\w+", tables)] == []


def test_the_example_is_a_policy_and_has_every_top_key() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    known = [*IDS, *re.findall(r"^  ([a-z-]+): (?:failure|off)$", example[1], re.MULTILINE)]

    policy = read_policy(Source(PATH, example[1]), known)

    assert {key.partition(".")[0] for key in policy.places} == set(POLICY_KEYS.keys) - {"locked"}


def test_the_example_of_an_organisation_is_a_policy_with_locks() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (example,) = [each for each in examples if "locked:" in each]

    assert read_policy(Source(PATH, example), [*IDS, "long-run-block"]).locked


def test_the_published_schema_is_that_of_the_reader() -> None:
    published = json.loads((DOCS / "ghapp.schema.json").read_text("utf-8"))

    assert _without_rules(published) == _without_rules(schema(IDS))


def _without_rules(value: Any) -> Any:
    """A schema without the ids of the rules, which `make docs` renews with the pages of the rules."""
    if isinstance(value, Mapping):
        return {key: _without_rules(each) for key, each in value.items() if key != "enum" or len(each) < 12}
    return [_without_rules(each) for each in value] if isinstance(value, list) else value
