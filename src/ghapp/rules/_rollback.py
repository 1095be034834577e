"""Rollbacks: which jobs are one, whether they run by themselves, and what else takes a failed deploy back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Gap, Job, Pipeline, Platform, Step
from ghapp.pipeline.conditions import may_follow_failure
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.model import Need
from ghapp.pipeline.roles import (
    action_of,
    deploys,
    is_other_environment,
    plays,
    plays_surely,
    production,
    rolls_back,
    said,
)

RESTORED = re.compile(
    r"circuit.?breaker|auto.?roll-?back|code-?deploy|argo.?rollouts|flagger|kind: rollout|deploymentpreference"
    r"|spinnaker|harness|codepipeline|\boctopus\b",
    re.IGNORECASE,
)
"""Words of those who take a failed deploy back by themselves."""
_ITSELF = re.compile(
    r"--atomic|--rollback-on-failure|--to-revisions|cloudformation|\bcdk\b|\bsam deploy|serverless|\bsls\b|copilot"
    r"|beanstalk|\bfly(ctl)?\b|kamal|vercel|netlify|--no-traffic",
    re.IGNORECASE,
)
"""Deploys that take themselves back, or that go live only when they have succeeded."""
_LIVE = re.compile(
    r"\baws ecs (update-service|deploy)\b|\baws lambda update|\baws elbv2 modify|\baws apprunner|\bkubectl\b|\bhelm\b"
    r"|\bgcloud (run|app|functions)\b|\baz (webapp|functionapp|containerapp)\b|ansible-playbook|heroku|ssh-action"
    r"|(deploy|promote|rollout|release|traffic)[\w-]*(\.\w+)?(\s|$)|aws-ecs|ecs-deploy|kubernetes|helm|eks|cloudrun|webapps",
    re.IGNORECASE,
)
"""Deploys that leave a live service half changed when they fail; not infrastructure, files in a bucket, packages."""
_NOT_LIVE = re.compile(
    r"terraform|tofu|terragrunt|pulumi|\baws s3\b|cloudfront|npm publish|docs|storybook|pages", re.IGNORECASE
)
_HARMLESS_AFTER_FAILURE = re.compile(
    r"notif|slack|teams|discord|mail|pagerduty|report|upload|artifact|summary|annotat|comment|status|log|clean|cache|"
    r"junit|test-results|coverage|store_|sentry|datadog|issue|badge|metric",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\.result\b|\.outputs\b|inputs\.|status|conclusion|outcome", re.IGNORECASE)
_BY_HAND = re.compile(r"roll-?back|approv|manual|confirm|gate", re.IGNORECASE)


def rollback_jobs(pipeline: Pipeline) -> list[Job]:
    """The jobs that put the version before back, by name."""
    return [job for job in pipeline.jobs if job.kind != "approval" and plays(job, "rollback")]


@dataclass(frozen=True, slots=True)
class Turn:
    """A rollback, and the need by which it waits for the deploy."""

    job: Job
    deploy: Need

    @property
    def name(self) -> str:
        """The deploy, as the need names it."""
        return self.deploy.node.text or ""


def rollbacks_behind_deploys(pipeline: Pipeline, graph: Graph) -> Iterator[Turn]:
    """The rollbacks that wait for a deploy, whatever its end, or for its success; not those of test environments."""
    for job in rollback_jobs(pipeline):
        for other, need in graph.needs(job):
            if is_deploy_job(other) and set(need.statuses) <= {"success"}:
                if not is_other_environment(f"{job.id} {need.job}"):
                    yield Turn(job, need)
                break


def live_deploys(job: Job) -> list[Command | Step]:
    """What in a job changes a live service and leaves it half changed when it fails, in order."""
    texts = ((item, _text(item)) for item in deploys(job))
    return [
        item for item, text in texts if _LIVE.search(text) and not _NOT_LIVE.search(text) and not _ITSELF.search(text)
    ]


def _text(item: Command | Step) -> str:
    return said(item) if isinstance(item, Command) else action_of(item)


def is_deploy_job(job: Job) -> bool:
    return job.kind != "approval" and plays(job, "deploy") and not plays(job, "rollback")


def waits_for_a_person(job: Job, needed: list[Job]) -> bool:
    """Whether somebody has to say yes before the job runs, as far as can be seen."""
    return any(each.kind == "approval" for each in needed) or bool(_BY_HAND.search(job.environment or ""))


def asks_for_a_result(job: Job) -> bool:
    """Whether anything in the job looks at how others have ended, or at what it was started with."""
    return bool(_ASKS.search(job.pipeline.source.text[job.node.start : job.node.end]))


def rolls_itself_back(job: Job, graph: Graph) -> bool:
    """Whether something may take the job's deploy back when it fails: in the job, behind it, or around it."""
    return any(rolls_back(item) for item in job.trail if not isinstance(item, Gap)) or taken_back_behind(job, graph)


def taken_back_behind(job: Job, graph: Graph) -> bool:
    """Whether a step or a job that runs after a failure may take the job's deploy back."""
    if any(may_follow_failure(step) and not _only_tells(step) for step in job.steps):
        return True
    return any(may_follow_failure(other) and not _only_tells(other) for other in graph.downstream(job))


def surely_rolls_back(job: Job, graph: Graph) -> bool:
    """Whether the job's failure certainly starts a rollback: a step of it, or a job that waits for it."""
    steps = [step for step in job.steps if may_follow_failure(step)]
    if any(rolls_back(step) or any(map(rolls_back, step.commands)) for step in steps):
        return True
    return any(may_follow_failure(other) and plays(other, "rollback") for other in graph.downstream(job))


def _only_tells(item: Job | Step) -> bool:
    """Whether it only tells of the failure or tidies up; what cannot be seen may do more."""
    steps = (item,) if isinstance(item, Step) else item.steps
    names = f"{item.name} {item.id}"
    return bool(_HARMLESS_AFTER_FAILURE.search(names)) or all(_tells(step) for step in steps)


def _tells(step: Step) -> bool:
    if step.builtin or _HARMLESS_AFTER_FAILURE.search(f"{step.name} {action_of(step)}"):
        return True
    return step.uses is None and all(isinstance(item, Command) and item.name in _TALK for item in step.trail)


_TALK = frozenset({"echo", "printf", "cat", "exit", "true", "curl", "tee", "date", "sleep", "ls", "env", "test", "["})


def deploys_of(pipeline: Pipeline, *, everywhere: bool = False) -> Iterator[Job]:
    """The jobs that surely deploy a live service to production, or to any place."""
    for job in pipeline.jobs:
        if plays_surely(job, "deploy") and is_deploy_job(job) and (everywhere or production(job)) and live_deploys(job):
            yield job


def without_comments(pipeline: Pipeline) -> str:
    """The text of the pipeline's file and of all that it calls, lines of comment left out."""
    called = (pipeline.tree.source(path) for path in sorted(pipeline.called - {pipeline.path}))
    sources = [pipeline.source, *(source for source in called if source is not None)]
    return "\n".join(line for source in sources for line in source.lines if not line.lstrip().startswith("#"))


def on_circleci(pipeline: Pipeline) -> bool:
    return pipeline.platform is Platform.CIRCLECI
