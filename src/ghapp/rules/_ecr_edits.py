"""Edits that log a job in to Amazon ECR before it pushes. Nothing is invented: no role, no account, no region."""

from __future__ import annotations

import re

from ghapp.pipeline import Command, Edit, Pipeline, Platform
from ghapp.pipeline.edits import insert_before, run_before
from ghapp.rules._ecr import Transfer, name_of

_ACTION = ("v2", "03f1aad4c6c7ffd436567f42f9384779290529bd # v2.1.7")
"""Tag and commit of aws-actions/amazon-ecr-login, read at github.com/aws-actions/amazon-ecr-login 2026-08-19."""

_LOCK = ".github/workflows/actions.lock"
_SHA = re.compile(r"[0-9a-f]{40}")
_PLAIN_HOST = re.compile(r"[\w.${}-]+")
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")


def log_in_before(pipeline: Pipeline, transfer: Transfer) -> Edit | None:
    """The login that fits: the action where AWS credentials are configured, the orb's command, or the shell's pipe."""
    if pipeline.platform is Platform.ACTIONS:
        return _action(pipeline, transfer)
    return _command(pipeline, transfer.item, transfer) if isinstance(transfer.item, Command) else _orb(transfer)


def _action(pipeline: Pipeline, transfer: Transfer) -> Edit | None:
    """The action's step, where the job has AWS credentials already; pinned as the file pins its actions."""
    step = transfer.step
    before = [each.uses for each in step.job.steps[: step.index] if each.uses is not None]
    configured = any(uses.name == "aws-actions/configure-aws-credentials" for uses in before)
    if step.calls or not configured or pipeline.tree.has(_LOCK):
        return None
    pinned = sum(bool(_SHA.fullmatch(uses.ref)) for uses in before) * 5 >= len(before) * 4
    public = "  with:\n    registry-type: public\n" if transfer.registry.public else ""
    return insert_before(step.node, f"- uses: aws-actions/amazon-ecr-login@{_ACTION[pinned]}\n{public}")


def _orb(transfer: Transfer) -> Edit | None:
    """The orb's own `ecr_login` before its `push_image`, with the same account and region."""
    step = transfer.step
    if step.calls or not _has_aws(transfer):
        return None
    login = f"- {name_of(step).value.removesuffix('push_image')}ecr_login"
    given = ((key, step.input(key)) for key in ("account_id", "region", "public_registry"))
    body = "".join(f"    {key}: {value}\n" for key, value in given if value)
    return insert_before(step.node, f"{login}:\n{body}" if body else f"{login}\n")


def _command(pipeline: Pipeline, command: Command, transfer: Transfer) -> Edit | None:
    """The two-command pipe, where host and region stand in the push itself and `aws` is on the machine."""
    host, region = transfer.registry.host, transfer.registry.region
    if not region or not _PLAIN_HOST.fullmatch(host) or not _has_aws(transfer):
        return None
    password = f"aws ecr get-login-password --region {_quoted(region)}"
    return run_before(pipeline, command, f"{password} | docker login --username AWS --password-stdin {_quoted(host)}")


def _quoted(text: str) -> str:
    return f'"{text}"' if "$" in text else text


def _has_aws(transfer: Transfer) -> bool:
    """Whether the AWS CLI is on the machine: by the image, by its orb, or because the job uses it before."""
    before = transfer.job.before(transfer.item)
    uses = [step.uses.name for step in transfer.job.steps[: transfer.step.index] if step.uses is not None]
    used = any(isinstance(item, Command) and item.name == "aws" for item in before)
    return used or (transfer.job.runner.image or "").startswith("cimg/aws") or "circleci/aws-cli" in uses
