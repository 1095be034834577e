"""Words that conditions compare a job's or a step's end with, and which of them no end ever has.

Facts: docs.github.com/actions/reference/workflows-and-actions/contexts (needs, steps, job);
docs.github.com/webhooks/webhook-events-and-payloads#workflow_run;
circleci.com/docs/reference/configuration-reference (`requires`, `when` of a step).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Job, Pipeline, Platform, Step
from ghapp.pipeline.conditions import condition_node
from ghapp.pipeline.source import Place, Text
from ghapp.pipeline.yaml import Node

_ENDS = ("success", "failure", "cancelled", "skipped")
_KNOWN = {
    "needs": ("no job ends as", _ENDS),
    "steps": ("no step ends as", _ENDS),
    "job": ("no job's status is", ("success", "failure", "cancelled")),
    "github": (
        "no workflow run ends as",
        (
            "success",
            "failure",
            "cancelled",
            "skipped",
            "neutral",
            "timed_out",
            "action_required",
            "stale",
            "startup_failure",
        ),
    ),
}
_REQUIRED = ("success", "failed", "canceled", "unauthorized", "not_run", "terminal")
_WHEN = ("always", "on_success", "on_fail")
_MEANT = {
    "failure": frozenset({"fail", "fails", "failed", "failing", "failures", "error", "on_failure", "on_failed"}),
    "success": frozenset({"succeeded", "successful", "passed", "pass", "ok", "succes", "sucess", "successfull"}),
    "cancelled": frozenset({"canceled", "cancel", "canceld", "cancelled"}),
    "skipped": frozenset({"skip", "not_run"}),
    "always": frozenset({"on_always", "all"}),
}
_CIRCLECI = {"failure": "failed", "cancelled": "canceled", "skipped": "not_run", "success": "success"}
_STEP = {"failure": "on_fail", "success": "on_success", "always": "always"}
_END = (
    r"(?:(?P<needs>needs)\.[\w*-]+\.result|(?P<steps>steps)\.[\w-]+\.(?:outcome|conclusion)|(?P<job>job)\.status"
    r"|(?P<github>github)\.event\.workflow_run\.conclusion)"
)
_COMPARED = re.compile(rf"(?<![\w.-]){_END}\s*(?P<operator>[!=]=)\s*'(?P<word>[^'\n]*)'", re.IGNORECASE)
_CONTAINED = re.compile(
    r"(?<![\w.-])contains\(\s*(?P<needs>needs)\.\*\.result\s*,\s*'(?P<word>[^'\n]*)'\s*\)", re.IGNORECASE
)
MOST = 2_000
"""How many conditions of a file are looked at."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A word that no end has. `what` runs on it; `written`: the comparison; `meant`: the word it stands for, if clear.

    `text`, `start`, `end`: where the word stands in the text of a condition; None when it is a value, `node`.
    """

    word: str
    known: tuple[str, ...]
    meant: str
    what: str
    place: Place
    node: Node
    whose: str = ""
    written: str = ""
    operator: str = "=="
    text: Text | None = None
    start: int = 0
    end: int = 0


def slips(pipeline: Pipeline) -> Iterator[Slip]:
    seen: set[Node] = set()
    circleci = pipeline.platform is Platform.CIRCLECI
    for job in pipeline.jobs:
        for item in (job, *job.steps):
            node = condition_node(item) if item.condition or circleci else None
            if node is not None and node not in seen and len(seen) < MOST:
                seen.add(node)
                yield from _in_when(item, node) if circleci else _in_condition(item, node)
        yield from _in_requires(job)


def _in_condition(item: Job | Step, node: Node) -> Iterator[Slip]:
    text = node.as_text() if node.kind == "scalar" and len(node.value) < 10_000 else None
    for pattern in (_COMPARED, _CONTAINED):
        for match in pattern.finditer(text.value) if text is not None else ():
            whose, known = next(_KNOWN[name] for name in _KNOWN if match.groupdict().get(name))
            word = match["word"]
            if not word or word.lower() in known or text is None:
                continue
            place = text.place(match.start(), match.end())
            operator = match.groupdict().get("operator") or "=="
            what = _called(item)
            start, end = match.span("word")
            yield Slip(word, known, _meant(word), what, place, node, whose, match[0], operator, text, start, end)


def _in_when(step: Job | Step, node: Node) -> Iterator[Slip]:
    word = node.text or ""
    if isinstance(step, Step) and word and word not in _WHEN and "<<" not in word and node.kind == "scalar":
        yield Slip(word, _WHEN, _STEP.get(_meant(word), ""), _called(step), node.place, node)


def _in_requires(job: Job) -> Iterator[Slip]:
    for need in job.needs:
        parent = need.node.parent
        if not need.statuses or parent is None or parent.kind != "map":
            continue
        value = parent.pairs[0][1].deref()
        for node in value.elements() if value.kind == "seq" else [value]:
            word = node.text or ""
            if word and word not in _REQUIRED and "<<" not in word:
                yield Slip(word, _REQUIRED, _CIRCLECI.get(_meant(word), ""), f"`{job.id}`", node.place, node)


def _meant(word: str) -> str:
    text = word.lower().replace("-", "_").replace(" ", "_")
    return next((right for right, slipped in _MEANT.items() if text in slipped or text == right), "")


def _called(item: Job | Step) -> str:
    if isinstance(item, Job):
        return f"`{item.id}`"
    return f"the step `{item.name}`" if item.name else "this step"
