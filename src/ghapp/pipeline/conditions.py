"""When a job or step runs: what its condition says of the jobs and steps before it.

GitHub: docs.github.com/actions/reference/workflows-and-actions/expressions#status-check-functions. A condition that
calls none of success(), failure(), always() and cancelled() holds only if everything before succeeded.
CircleCI: circleci.com/docs/reference/configuration-reference, `when` of a step and `requires` of a job.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ghapp.pipeline.actions.expressions import Token, tokens
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.yaml import Node

STATUS_FUNCTIONS = frozenset({"success", "failure", "always", "cancelled"})
AFTER_FAILURE = frozenset({"failed", "canceled", "terminal"})
"""CircleCI's statuses of a required job that a failure of it may give."""

Words = tuple[Token, ...]


def condition_node(item: Job | Step) -> Node | None:
    """Where the condition stands: `if:` on GitHub Actions, `when:` of a step on CircleCI."""
    node = item.node
    if node.kind != "map":
        return None
    if _platform(item) is not Platform.CIRCLECI:
        return node.get("if", ignore_case=True)
    value = node.pairs[0][1].deref() if isinstance(item, Step) and node.pairs else None
    return value.get("when", merge=True) if value is not None and value.kind == "map" else None


def words_of(condition: str) -> Words:
    """The condition's words; none when it is not one whole expression."""
    text = condition.strip()
    inner = text.count("${{")
    if inner > 1 or (inner and not (text.startswith("${{") and text.endswith("}}"))):
        return ()
    return tokens(text) or ()


def conjuncts(words: Words) -> Iterator[Words]:
    """What must all hold: the parts between the outermost `&&`, parentheses around them taken off."""
    closing = _closing(words)
    todo = [(0, len(words))]
    while todo:
        begin, end = todo.pop()
        while begin < end - 1 and words[begin].text == "(" and closing.get(begin) == end - 1:
            begin, end = begin + 1, end - 1
        parts = _between_ands(words, begin, end, closing)
        if len(parts) == 1:
            yield words[begin:end]
        else:
            todo += reversed(parts)


def _between_ands(words: Words, begin: int, end: int, closing: dict[int, int]) -> list[tuple[int, int]]:
    """The parts of words[begin:end] between its outermost `&&`; all of it where an outermost `||` stands."""
    parts: list[tuple[int, int]] = []
    start = at = begin
    while at < end:
        if words[at].kind == "operator" and words[at].text == "||":
            return [(begin, end)]
        if words[at].kind == "operator" and words[at].text == "&&":
            parts.append((start, at))
            start = at + 1
        at = closing.get(at, at) + 1
    return [*parts, (start, end)]


def _closing(words: Words) -> dict[int, int]:
    """Where each parenthesis is closed."""
    found: dict[int, int] = {}
    open_at: list[int] = []
    for at, word in enumerate(words):
        if word.kind == "operator" and word.text == "(":
            open_at.append(at)
        elif word.kind == "operator" and word.text == ")" and open_at:
            found[open_at.pop()] = at
    return found


def status_functions(words: Words) -> frozenset[str]:
    """Which of success(), failure(), always() and cancelled() the condition calls."""
    return frozenset(
        word.text.lower()
        for word, after in pairwise(words)
        if word.kind == "name" and after.text == "(" and word.text.lower() in STATUS_FUNCTIONS
    )


def written(words: Words) -> str:
    """The words as one text without blanks, in lower case: for comparisons."""
    return "".join(f"'{word.text}'" if word.kind == "string" else word.text for word in words).lower()


def may_follow_failure(item: Job | Step, graph: Graph | None = None) -> bool:
    """Whether it may run although something before it failed. `graph`: needed for jobs on CircleCI."""
    if _platform(item) is not Platform.CIRCLECI:
        calls = status_functions(words_of(item.condition or ""))
        return bool(calls - {"success"}) or "!success()" in written(words_of(item.condition or ""))
    if isinstance(item, Step):
        return (item.condition or "").rpartition("; ")[2] in ("on_fail", "always")
    return any(AFTER_FAILURE & set(need.statuses) for need in item.needs)


def only_after_failure(step: Step) -> bool:
    """Whether the step runs only if one before it failed."""
    if _platform(step) is Platform.CIRCLECI:
        return (step.condition or "").rpartition("; ")[2] == "on_fail"
    return any(written(part) in ("failure()", "!success()") for part in conjuncts(words_of(step.condition or "")))


def _platform(item: Job | Step) -> Platform:
    return (item.job if isinstance(item, Step) else item).pipeline.platform


def part_of(item: Job | Step, pattern: re.Pattern[str]) -> str:
    """The part of the condition that the pattern is about, as `written`, and without which it does not hold.

    Empty where there is none, and where a status function decides.
    """
    words = words_of(item.condition or "")
    if not words or status_functions(words):
        return ""
    return next((part for part in map(written, conjuncts(words)) if pattern.fullmatch(part)), "")


def beginning(condition: Node) -> int:
    """Where the expression begins in the text of a condition, `${{` passed over."""
    return len(condition.value) - len(condition.value.removeprefix("${{").lstrip())
