"""How a missing path is said, how grave it is, and what stands in its place."""

from __future__ import annotations

import posixpath

from ghapp.pipeline import Command, Confidence, Edit, Finding, Severity, Step
from ghapp.pipeline.edits import replace_in, replace_value
from ghapp.pipeline.lacking import Lack
from ghapp.pipeline.missing import Missing
from ghapp.pipeline.operands import Kind

_COMMON = frozenset(
    "Dockerfile Makefile docker-compose.yml docker-compose.yaml package.json requirements.txt main.tf values.yaml"  # noqa: SIM905
    " index.js main.py app.py setup.py kustomization.yaml README.md config.yml config.yaml __init__.py".split()
)
"""Names of which a repository has many: one of them elsewhere need not be the one that is meant."""


def finding(missing: Missing, message: str, *, fails: bool = True) -> Finding:
    """The finding: a warning where nothing fails, or the failure itself is not heeded."""
    heeded = fails and (not isinstance(missing.lack.item, Command) or not missing.lack.item.masks)
    return Finding(
        missing.lack.place,
        message + _hint(missing),
        Severity.FAILURE if heeded else Severity.WARNING,
        Confidence.MEDIUM if missing.guessed else Confidence.HIGH,
        subject=missing,
    )


def place(lack: Lack) -> str:
    """Which directory the path is seen from, for a message; nothing for the root."""
    directory = lack.item.directory if isinstance(lack.item, Command) else ""
    return f" (working directory `{directory}`)" if directory else ""


def nothing_made(missing: Missing) -> str:
    """That the job does not make the path, as sure as it is."""
    if missing.guessed:
        return "nothing that can be seen makes it"
    return "nothing before it in this job makes it"


def _hint(missing: Missing) -> str:
    if missing.made and isinstance(missing.lack.item, Step):
        return f" The job makes `{missing.made}`; `working-directory` is for `run` alone, an action begins at the root."
    if not missing.elsewhere or len(missing.elsewhere) > 3:
        return ""
    names = " and ".join(f"`{each}`" for each in missing.elsewhere)
    return f" The repository has {names}."


def repair(missing: Missing) -> Edit | None:
    """The path becomes the only one that can be meant; None when there is none, or it cannot be told."""
    made = missing.made if isinstance(missing.lack.item, Step) else None
    if made and missing.lack.node is not None:
        return replace_value(missing.lack.node, made)
    if len(missing.elsewhere) != 1 or not _meant(missing, missing.elsewhere[0]):
        return None
    operand, node = missing.lack.operand, missing.lack.node
    if node is not None:
        return (
            replace_value(node, _seen(missing.elsewhere[0], missing.lack.text, ""))
            if node.text == missing.lack.text
            else None
        )
    if operand is None or operand.start is None:
        return None
    text = operand.command.script.text
    end = operand.start + len(operand.text)
    return replace_in(text, operand.start, end, _seen(missing.elsewhere[0], operand.text, operand.base))


def _meant(missing: Missing, path: str) -> bool:
    if "/" in missing.lack.path and path.endswith(f"/{missing.lack.path}"):
        return True
    return missing.lack.kind is not Kind.DIRECTORY and path.rpartition("/")[2] not in _COMMON


def _seen(path: str, text: str, base: str) -> str:
    """A path of the repository as it is written in the directory `base`, with `./` where `text` has it."""
    seen = posixpath.relpath(path, base or ".")
    return f"./{seen}" if text.startswith("./") and not seen.startswith("../") else seen
