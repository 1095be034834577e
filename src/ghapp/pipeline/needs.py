"""Which jobs have ended well before another one starts."""

from __future__ import annotations

from ghapp.pipeline.model import Job


def succeeded_before(job: Job) -> frozenset[str]:
    """The ids of the jobs without whose success `job` does not start, directly or through others.

    A job that starts on a failure too (CircleCI: `requires: [{check: failed}]`) waits for nobody's success.
    """
    jobs = {each.id: each for each in job.pipeline.jobs if each.workflow == job.workflow}
    found: set[str] = set()
    todo = [job]
    while todo:
        for need in todo.pop().needs:
            if need.job in jobs and need.job not in found and need.statuses in ((), ("success",)):
                found.add(need.job)
                todo.append(jobs[need.job])
    return frozenset(found)
