"""What a file says about how long its artifacts are to be kept: comments and names beside the steps that store them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Evidence, Pipeline, Step
from ghapp.pipeline.source import Place

_DAYS = re.compile(r"\b(\d{1,3})[- ]?(?:days?\b|d\b)", re.IGNORECASE)
_KEPT = re.compile(
    r"\b(keep|kept|keeps|retain|retained|retention|expires?|expiry|delete[ds]?|stored? for)\b", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"organi[sz]ation|project (level|settings)|plan\b|usage controls|bucket|lifecycle|\bs3\b|settings|not in yaml",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """Words that say for how many days something is kept, and where they stand."""

    days: int
    evidence: Evidence


def promise(pipeline: Pipeline, step: Step) -> Promise | None:
    """What a comment on or right above the step, or its name, says of the days; None when nothing does, or when it
    says that this is set elsewhere."""
    place = step.node.place
    said = [*_comments(pipeline, step), (step.name, place)]
    if any(_ELSEWHERE.search(text) for text, _ in said):
        return None
    for text, where in said:
        days = _DAYS.search(text)
        if days is not None and _KEPT.search(text) and int(days[1]) > 0:
            return Promise(int(days[1]), Evidence(where, f"this says {days[1]} days"))
    return None


def _comments(pipeline: Pipeline, step: Step) -> Iterator[tuple[str, Place]]:
    """The comments within a step of the pipeline's own file and right above it."""
    if pipeline.document is None or step.path != pipeline.path:
        return
    place, source = step.node.place, pipeline.source
    first = place.line
    while source.line_text(first - 1).lstrip().startswith("#"):
        first -= 1
    for comment in pipeline.document.comments:
        if first <= comment.line <= place.end_line:
            yield comment.text, source.place(comment.start, comment.end)
