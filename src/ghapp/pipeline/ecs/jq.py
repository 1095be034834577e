"""What a jq filter leaves of a task definition: which of its fields that AWS does not take back are still there."""

from __future__ import annotations

import re

READ_ONLY = (
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
)
"""What `describe-task-definition` says and `register-task-definition` refuses (docs.aws.amazon.com/cli, both pages)."""

_FIELD = re.compile(r"\.\s*\"?(\w+)|\[\s*\"(\w+)\"\s*\]")
_CHANGES = re.compile(r"(?<![=!<>])(?:\||\+|//)?=(?!=)")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OTHER_INPUT = re.compile(r"-[a-zA-Z]*[snR][a-zA-Z]*|--(?:slurp|null-input|raw-input)")
_WITH_TWO = frozenset({"--arg", "--argjson", "--slurpfile", "--rawfile"})
_ANSWER = "answer"


def described(query: str) -> str | None:
    """The state of what `describe-task-definition --query QUERY` prints."""
    if not query:
        return _ANSWER
    return " ".join(READ_ONLY) if query.strip() == "taskDefinition" else None


def filtered(words: list[str], state: str | None) -> str | None:
    """The state behind `jq WORDS`; None when it cannot be told, or is no longer a task definition.

    A state lists the read-only fields that are left, or is that of the whole answer, which holds the definition.
    """
    script = filter_of(words)
    if state is None or script is None:
        return None
    for stage in stages(script):
        state = _stage(stage.strip(), state)
        if state is None:
            return None
    return state


def is_answer(state: str) -> bool:
    return state == _ANSWER


def filter_of(words: list[str]) -> str | None:
    """The filter among jq's words; None when it does not simply get what is piped in."""
    at = 1
    while at < len(words):
        if words[at] in _WITH_TWO:
            at += 3
        elif _OTHER_INPUT.fullmatch(words[at]):
            return None
        elif words[at].startswith("-"):
            at += 1
        else:
            return words[at]
    return None


def stages(script: str) -> list[str]:
    """The filter's parts between its outermost `|`."""
    parts = [""]
    open_: list[str] = []
    quoted = False
    for at, char in enumerate(script):
        if char == '"' and script[at - 1 : at] != "\\":
            quoted = not quoted
        elif not quoted and char in _PAIRS:
            open_.append(_PAIRS[char])
        elif not quoted and open_ and char == open_[-1]:
            open_.pop()
        if char == "|" and not quoted and not open_ and script[at + 1 : at + 2] != "=":
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _stage(stage: str, state: str) -> str | None:
    if state == _ANSWER and stage == ".taskDefinition":
        return " ".join(READ_ONLY)
    if state != _ANSWER and stage.startswith("del(") and stage.endswith(")"):
        gone = {name or other for name, other in _FIELD.findall(stage)}
        return " ".join(field for field in state.split() if field not in gone)
    changes = _CHANGES.search(stage) and not stage.startswith(("{", "if", "def", "reduce", "with_entries"))
    return state if stage in (".", "") or changes else None
