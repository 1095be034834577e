"""How surely a job has a role."""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline.command import Command
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job
from ghapp.pipeline.roles.evidence import action_of, deploys, items_of, serves
from ghapp.pipeline.roles.vocabulary import Vocabulary, normal, vocabulary

COMMAND = 3
"""What one kind of evidence beyond names counts."""
WEAK = 3
STRONG = 5


def role_score(job: Job, role: str, *, enough: int | None = None) -> int:
    """How much speaks for the job's having the role: 0 nothing, from 3 on weakly, from 5 on strongly.

    Its id counts 3, its display name 2, the names of its steps 1 each (2 at most), the workflow's name or file 1, an
    action or orb 3, a command 3. `enough`: counting stops there, or where it can no longer be reached: shell is parsed
    only for a score that hangs on the commands.
    """
    scores = _scores(job)
    if (role, enough) not in scores:
        scores[role, enough] = _score(job, role, enough)
    return scores[role, enough]


@kept
def _scores(job: Job) -> dict[tuple[str, int | None], int]:
    """What was counted so far: many rules ask for the same few roles."""
    return {}


def _score(job: Job, role: str, enough: int | None) -> int:
    words = vocabulary(role)
    score = 0
    for points in _points_of_names(job, words):
        score += points
        if enough is not None and score >= enough:
            return score
    score += COMMAND * _uses(job, words)
    if not words.commands or (enough is not None and not enough - COMMAND <= score < enough):
        return score
    return score + COMMAND * _runs(job, role, words)


def plays(job: Job, role: str) -> bool:
    """Whether the job has the role at least weakly: enough for a notice, or to be silent."""
    return role_score(job, role, enough=WEAK) >= WEAK


def plays_surely(job: Job, role: str) -> bool:
    """Whether the job has the role strongly, as a finding of severity failure needs it."""
    return role_score(job, role, enough=STRONG) >= STRONG


def _points_of_names(job: Job, words: Vocabulary) -> Iterator[int]:
    first, *others = _own_names(job)
    yield 3 * words.names_it(first)
    yield 2 * any(map(words.names_it, others))
    yield int(any(map(words.names_it, _names_around(job))))
    yield min(2, sum(map(words.names_it, _step_names(job))))


@kept
def _own_names(job: Job) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (normal(job.id), normal(job.key.text or ""), normal(job.name))))) or ("",)


@kept
def _names_around(job: Job) -> tuple[str, ...]:
    return tuple(workflow_names(job))


@kept
def _step_names(job: Job) -> frozenset[str]:
    return frozenset(step.name for step in job.steps if step.name)


@kept
def _actions(job: Job) -> frozenset[str]:
    return frozenset(map(action_of, job.steps))


def _uses(job: Job, words: Vocabulary) -> bool:
    if job.uses is not None and words.orbs.match(f"{job.uses.name}/{job.uses.element}".lower()):
        return True
    return any(map(words.uses_it, _actions(job)))


def _runs(job: Job, role: str, words: Vocabulary) -> bool:
    if role == "deploy":
        return any(isinstance(item, Command) for item in deploys(job))
    return any(serves(words, item, text) for item, text in items_of(job) if isinstance(item, Command))


def workflow_names(job: Job) -> Iterator[str]:
    """What the workflow of a job is called: on CircleCI its key, else its `name`; and its file."""
    root = job.pipeline.root
    title = root.get("name") if root is not None and not job.workflow else None
    yield job.workflow
    yield (title.text if title is not None else None) or ""
    yield job.pipeline.path.rpartition("/")[2].rpartition(".")[0]
