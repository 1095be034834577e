"""Which jobs of a pipeline run before and after which: `needs` and `requires`, followed as far as they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ghapp.pipeline.model import Job, Need, Pipeline
from ghapp.pipeline.rule import Platform

MAX_VISITS = 20_000
"""How many edges one graph follows in all. Past that it says that every job stands before and after every other:
nothing can then be claimed to be missing."""


class Graph:
    """The jobs of a pipeline and their order. Build one for each question about a pipeline; jobs are built, no shell.

    On CircleCI a job is known within its workflow only, so jobs of different workflows are never connected.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.jobs = pipeline.jobs
        self._known = {(job.workflow, job.id): job for job in self.jobs}
        self._dependants: dict[Job, list[tuple[Job, Need]]] = {}
        for job in self.jobs:
            for other, need in self.needs(job):
                self._dependants.setdefault(other, []).append((job, need))
        self._left = MAX_VISITS

    def needs(self, job: Job) -> list[tuple[Job, Need]]:
        """The jobs that `job` names in `needs` or `requires`, as far as they exist, each with that need."""
        found = ((self._known.get((job.workflow, need.job)), need) for need in job.needs)
        return [(other, need) for other, need in found if other is not None]

    def dangles(self, job: Job) -> bool:
        """Whether the job names one that is not there: what it waits for cannot be told, and it may not run at all."""
        return any((job.workflow, need.job) not in self._known for need in job.needs)

    def dependants(self, job: Job) -> list[tuple[Job, Need]]:
        """The jobs that name `job`, each with that need; its `statuses` say with which ends they go on (CircleCI)."""
        return self._dependants.get(job, [])

    def upstream(self, job: Job) -> list[Job]:
        """Every job that must end before `job` begins, the nearest first."""
        return self._reach(job, self.needs)

    def downstream(self, job: Job) -> list[Job]:
        """Every job that waits for the end of `job`, the nearest first."""
        return self._reach(job, self.dependants)

    def siblings(self, job: Job) -> list[Job]:
        """The other jobs of the same workflow. On CircleCI a job that no workflow invokes does not run: it has none."""
        if not job.workflow and job.pipeline.platform is Platform.CIRCLECI:
            return []
        return [other for other in self.jobs if other is not job and other.workflow == job.workflow]

    def _reach(self, job: Job, step: Callable[[Job], Iterable[tuple[Job, Need]]]) -> list[Job]:
        found: dict[Job, None] = {}
        todo = [job]
        for each in todo:
            for other, _ in step(each):
                self._left -= 1
                if self._left < 0:
                    return self.siblings(job)
                if other not in found:
                    found[other] = None
                    todo.append(other)
        return list(found)
