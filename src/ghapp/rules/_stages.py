"""The order of a pipeline's stages: what a production deploy waits for, and what runs beside it though it need not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ghapp.pipeline import Edit, Job, Pipeline
from ghapp.pipeline.edits import add_entries, append_items, set_key
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.roles import deploys, is_other_environment, normal, plays, plays_surely, production
from ghapp.pipeline.source import Place
from ghapp.pipeline.yaml import Node
from ghapp.rules._rollback import is_deploy_job

BY_HAND = re.compile(r"workflow_dispatch|inputs\.|hotfix|rollback|emergency|skip", re.IGNORECASE)
_GENERAL = re.compile(
    r"\d+|(unit|integration|e2e|end|to|regression|acceptance|api|all|run|ci|the|and|or|code|static|quality|verify|check|build"
    r"|security|type|style|format|image|container|docker|trivy|snyk|sast|dast|codeql|secrets?|integration|py|python|node|js|go|java|ruby|dotnet|linux|ubuntu|v\d+)|(test|lint|check|spec|valid"
    r"|scan|hold|approv|permit|confirm|manual|gate|wait|jest|pytest|cover|deploy|prod|release|stag|matrix|job|workflow|suite|analys|vuln|depend)\w*"
)
"""Words of a job's name that do not say which part of a product it is about."""
_TESTS = ("test", "integration-test", "e2e-test", "performance-test", "security-scan", "smoke-test")


class Order(NamedTuple):
    """A deploy, and the jobs that it should wait for."""

    job: Job
    others: list[Job]


def deploy_jobs(pipeline: Pipeline) -> Iterator[Job]:
    """The jobs that surely deploy, and not only to a place for trying things; none that somebody starts by hand."""
    for job in pipeline.jobs:
        if job.gap or not plays_surely(job, "deploy") or not is_deploy_job(job) or not deploys(job):
            continue
        if not BY_HAND.search(job.condition or "") and (production(job) or _is_release(job)):
            yield job


def _is_release(job: Job) -> bool:
    """Whether a job that does not say production may deploy for real: not to try things, not for a pull request."""
    root = job.pipeline.root
    triggers = root.get("on", ignore_case=True) if root is not None else None
    asked = triggers is not None and "pull_request" in triggers.source.text[triggers.start : triggers.end]
    return not asked and not job.calls and not is_other_environment(_names(job))


def _names(job: Job) -> str:
    return f"{job.id} {job.name} {job.environment or ''}"


def beside(job: Job, graph: Graph, stage: Callable[[Job], bool]) -> list[Job]:
    """The jobs of a stage that run whenever `job` does and that it does not wait for; none if it waits for one of them.

    A job that waits for `job` itself comes after it on purpose.
    """
    before, after = graph.upstream(job), graph.downstream(job)
    if any(stage(other) or other.gap for other in before) or any(map(graph.dangles, (job, *before))):
        return []
    others = [other for other in graph.siblings(job) if other not in before and other not in after]
    return [other for other in others if stage(other) and other.condition in (None, job.condition)]


def tests_itself(job: Job) -> bool:
    """Whether the job tests what it deploys, as far as can be seen."""
    return any(plays(job, role) for role in _TESTS)


def about_the_same(job: Job, other: Job) -> bool:
    """Whether `other` is not limited by its name to a part of the product that `job` is not about.

    `unit-tests` is about everything, `test-ui` has nothing to do with `deploy-api`.
    """
    return not part_of(other) or bool(part_of(job) & part_of(other))


def part_of(job: Job) -> set[str]:
    """The words of a job's name that say which part of a product it is about; none if it is about all of it."""
    return {word for word in normal(job.id).split("-") if len(word) > 1 and not _GENERAL.fullmatch(word)}


def skipped(
    pipeline: Pipeline, stage: Callable[[Job], bool], same: Callable[[Job, Job], bool] = about_the_same
) -> Iterator[tuple[Job, list[Job]]]:
    """The production deploys that wait for no job of a stage, with those that run beside them, at most three.

    Where one such deploy waits for another, only the last one is named: one root cause.
    """
    graph = Graph(pipeline)
    found: dict[Job, list[Job]] = {}
    for job in deploy_jobs(pipeline):
        others = [other for other in beside(job, graph, stage) if same(job, other)] if production(job) else []
        if others:
            found[job] = others[:3]
    for job, others in found.items():
        if not any(other in found for other in graph.downstream(job)):
            yield job, others


def wait_for(job: Job, others: list[Job]) -> Edit | None:
    """`job` needs the others, too; None where that is written in a way that is better changed by hand."""
    if job.calls or any(other.calls for other in others):
        return None
    names = [other.id for other in others]
    if job.invocation is None:
        return _also(job.node, "needs", names, after="runs-on")
    arguments = job.invocation.pairs[0][1] if job.invocation.kind == "map" else None
    return _also(arguments, "requires", names) if arguments is not None and arguments.kind == "map" else None


def _also(node: Node, key: str, names: list[str], after: str | None = None) -> Edit | None:
    old = node.get(key)
    if old is None:
        there = after if after is not None and node.get(after) is not None else None
        return add_entries(node, f"{key}: [{', '.join(names)}]", after=there)
    if old.kind == "seq":
        return append_items(old, names)
    return set_key(node, key, f"[{', '.join([old.text or '', *names])}]") if old.text else None


def advice(job: Job, others: list[Job]) -> str:
    key = "needs" if job.invocation is None else "requires"
    return f"Add {names_of(others)} to its `{key}`."


def names_of(jobs: list[Job]) -> str:
    return ", ".join(f"`{job.id}`" for job in jobs)


def place_of(job: Job) -> Place:
    """Where a job says what it waits for: its item in a CircleCI workflow, else its name."""
    return job.key.place if job.invocation is None else job.invocation.place
