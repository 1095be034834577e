"""How surely a job has a role."""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline.model import Job
from ghapp.pipeline.roles.evidence import deploys, items_of, serves
from ghapp.pipeline.roles.vocabulary import Vocabulary, normal, vocabulary

WEAK = 3
STRONG = 5


def role_score(job: Job, role: str, *, enough: int = 99) -> int:
    """How much speaks for the job's having the role: 0 nothing, from 3 on weakly, from 5 on strongly.

    Its id counts 3, its display name 2, the names of its steps 1 each (2 at most), the workflow's name or file 1, a
    command 3, an action or orb 3. `enough`: counting may stop there; names are counted before any shell is parsed.
    """
    score = 0
    for points in _points(job, role, vocabulary(role)):
        score += points
        if score >= enough:
            break
    return score


def plays(job: Job, role: str) -> bool:
    """Whether the job has the role at least weakly: enough for a notice, or to be silent."""
    return role_score(job, role, enough=WEAK) >= WEAK


def plays_surely(job: Job, role: str) -> bool:
    """Whether the job has the role strongly, as a finding of severity failure needs it."""
    return role_score(job, role, enough=STRONG) >= STRONG


def _points(job: Job, role: str, words: Vocabulary) -> Iterator[int]:
    names = dict.fromkeys(filter(None, (normal(job.id), normal(job.key.text or ""), normal(job.name))))
    first, *others = names or [""]
    yield 3 * words.names_it(first)
    yield 2 * any(map(words.names_it, others))
    if role == "deploy":
        yield 3 * any(deploys(job))
    elif words.commands:
        yield 3 * any(serves(words, item, text) for item, text in items_of(job))
    if job.kind == "orb" and job.uses is not None:
        yield 3 * bool(words.orbs.match(f"{job.uses.name}/{job.uses.element}".lower()))
    yield min(2, sum(words.names_it(name) for name in {step.name for step in job.steps if step.name}))
    yield int(any(map(words.names_it, workflow_names(job))))


def workflow_names(job: Job) -> Iterator[str]:
    """What the workflow of a job is called: on CircleCI its key, else its `name`; and its file."""
    root = job.pipeline.root
    title = root.get("name") if root is not None and not job.workflow else None
    yield job.workflow
    yield (title.text if title is not None else None) or ""
    yield job.pipeline.path.rpartition("/")[2].rpartition(".")[0]
