"""A payload of quotes and gaps, written again as a call of jq, which quotes whatever it is given."""

from __future__ import annotations

import json
import re
from typing import cast

from ghapp.pipeline import Edit
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.model import Part, PartKind
from ghapp.rules._curl import is_modern
from ghapp.rules._json import GAPS, Template, gap_of
from ghapp.rules._payloads import Payload

_MOST = 4
_ALONE = re.compile(f'"({GAPS.pattern})"')
_KEYWORDS = frozenset("and as def elif else end foreach if import include label or reduce then try catch".split())  # noqa: SIM905


def with_jq(payload: Payload, template: Template) -> Edit | None:
    """`-d "$(jq -n --arg title "$TITLE" '{"title": $title}')"`: for a flat object of few gaps, where jq surely is."""
    word, command = payload.word, payload.command
    if word is None or not payload.inline or command.name != "curl" or not is_modern(command.job):
        return None
    sources = [_source(part) for part in template.gaps]
    quoted = {(source, number in template.quoted) for number, source in enumerate(sources)}
    names = {source: _name(source, number) for number, source in enumerate(dict.fromkeys(sources))}
    if not 0 < len(names) <= _MOST or "" in sources or len(quoted) > len(names) or len({*names.values()}) < len(names):
        return None
    if "'" in template.text or not _flat(template):
        return None
    given = " ".join(f'--arg{"" if inside else "json"} {names[source]} "{source}"' for source, inside in sorted(quoted))
    program = _ALONE.sub(lambda each: f"${names[sources[gap_of(each[1])]]}", template.text)
    program = GAPS.sub(
        lambda each: _within(names[sources[gap_of(each[0])]], gap_of(each[0]) in template.quoted), program
    )
    return replace_in(command.script.text, word.start, word.end, f"\"$(jq -n {given} '{program}')\"")


def _within(name: str, inside: bool) -> str:
    return f"\\(${name})" if inside else f"${name}"


def _source(part: Part) -> str:
    """What stands for the gap in double quotes; empty where that is not sure."""
    if part.kind is PartKind.VARIABLE:
        return f"${part.text}"
    return part.text if part.kind is PartKind.SUBSTITUTION and part.text.startswith("$(") else ""


def _name(source: str, number: int) -> str:
    """The name of jq's variable."""
    if not source[1:].isidentifier():
        return f"value{number + 1}"
    name = source[1:].lower()
    return f"{name}_" if name in _KEYWORDS else name


def _flat(template: Template) -> bool:
    """Whether it is one object whose values are no objects or lists, and whose keys are known."""
    try:
        found: object = json.loads(template.filled, strict=False)
    except json.JSONDecodeError:
        return False
    values = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    simple = not any(isinstance(each, dict | list) for each in values.values())
    return bool(values) and simple and not any(map(GAPS.search, values))
