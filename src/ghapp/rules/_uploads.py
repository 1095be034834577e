"""Uploads of artifacts on GitHub Actions, and how long they are to be kept by what the repository says.

Facts: github.com/actions/upload-artifact v5 and github.com/actions/upload-pages-artifact v4, action.yml of each:
`retention-days` of 0 means the repository's setting, which is 90 days unless changed; pages' own default is 1.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ghapp.pipeline import Evidence, Pipeline, Step
from ghapp.pipeline.roles import plays
from ghapp.rules._retention import promise

UPLOADS = ("actions/upload-artifact", "actions/upload-artifact/merge")
PAGES = "actions/upload-pages-artifact"
_KEY = "retention-days"
_FEWEST_SIBLINGS = 2
_FAILED = re.compile(r"failure\(\)")
_SMOKE = re.compile(r"smoke|sanity", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limit:
    """For how many days an artifact may be kept. `why`: who says so; `policy`: the policy does."""

    days: int
    why: str
    evidence: tuple[Evidence, ...]
    policy: bool = False


def is_upload(step: Step) -> bool:
    return step.uses is not None and step.uses.name in (*UPLOADS, PAGES)


def days(step: Step) -> int | None:
    """The days that the step asks for, 0 for the repository's default; None when that cannot be told."""
    if step.uses is not None and step.uses.name == PAGES and _KEY not in step.inputs:
        return 1
    if step.uses is None or step.uses.ref.startswith("v1"):  # which had no retention yet
        return None
    said = (step.input(_KEY) or "").strip()
    return int(said or "0") if re.fullmatch(r"\d{0,4}", said) else None


def limit(pipeline: Pipeline, step: Step) -> Limit | None:
    """For how long the step's artifact may be kept; None when nothing says so."""
    kept = pipeline.policy.retention
    for kind in _kinds(step) if kept else ():
        if kind in kept:
            evidence = pipeline.policy.evidence(f"retention.{kind}", f"the policy's limit for {kind}")
            return Limit(kept[kind], f"the policy allows artifacts of kind `{kind}`", evidence, policy=True)
    said = promise(pipeline, step)
    if said is not None:
        return Limit(said.days, "what is written beside it says", (said.evidence,))
    return _like_its_siblings(pipeline, step) if _named_smoke(step) else None


def _kinds(step: Step) -> list[str]:
    """The kinds of artifact that it is, most special first."""
    failed = bool(_FAILED.search(step.condition or ""))
    smoke = _named_smoke(step) or plays(step.job, "smoke-test")
    return [*(["debug"] if failed else []), *(["smoke"] if smoke else []), "default"]


def _named_smoke(step: Step) -> bool:
    return any(map(_SMOKE.search, (step.name, step.input("name") or "", step.job.id, step.job.name)))


def _like_its_siblings(pipeline: Pipeline, step: Step) -> Limit | None:
    """What most of the other uploads in the file ask for, if there are enough of them."""
    others = (each for job in pipeline.jobs for each in job.steps if is_upload(each) and each.node is not step.node)
    asked = {each.node: (kept, each) for each in others if (kept := days(each)) and _KEY in each.inputs}
    if len(asked) < _FEWEST_SIBLINGS:
        return None
    usual, _ = Counter(kept for kept, _ in asked.values()).most_common(1)[0]
    evidence = (Evidence(each.inputs[_KEY].place, "another upload of this file") for _, each in asked.values())
    return Limit(usual, "the other uploads of this file ask for", tuple(evidence)[:_FEWEST_SIBLINGS])


def passed_on(pipeline: Pipeline, step: Step) -> bool:
    """Whether a later job of the workflow may fetch the artifact."""
    name = step.input("name")
    for job in pipeline.jobs:
        for each in job.steps:
            if each.uses is not None and each.uses.name == "actions/download-artifact":
                wanted = each.input("name")
                if wanted is None or name is None or wanted == name or "$" in wanted or "$" in name:
                    return True
    return False
