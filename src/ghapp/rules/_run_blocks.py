"""How long the scripts in CI files are, and how long they may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ghapp.pipeline import Job, Pipeline, StepKind
from ghapp.pipeline.model import Step
from ghapp.pipeline.source import Text

MAX_LINES = 5
"""What the house allows that one looks at."""
VERY_LONG = 25
"""What is long in any house."""
_RUN = re.compile(r"[\w./-]+")
_SCRIPT = re.compile(r"(?:\./)?((?:[\w.-]+/)*scripts/[\w./-]+\.(?:sh|bash))")
_FEWEST_SCRIPTS = 3
_FEWEST_BLOCKS = 5
_OBEY = 0.8
_SHELLS = ("bash", "sh")


@dataclass(frozen=True, slots=True)
class Limit:
    """How many lines a script may have, and why. `policy`: the policy says so; `firm`: the file at least shows so."""

    lines: int
    why: str
    script_dir: str = ""
    comments: bool = False
    languages: tuple[str, ...] = _SHELLS
    policy: bool = False
    firm: bool = False


def may_be_long(pipeline: Pipeline) -> bool:
    """Whether anything here can be too long: told from the file alone, since most have nothing of the kind."""
    if pipeline.policy.run_block is not None or len(_scripts(pipeline)) >= _FEWEST_SCRIPTS:
        return True
    blocks = pipeline.document.blocks if pipeline.document is not None else ()
    return any(each.value.count("\n") > VERY_LONG for each in blocks)


def _scripts(pipeline: Pipeline) -> set[str]:
    """The repository's scripts that the file names."""
    text = pipeline.source.text
    if text.count("scripts/") < _FEWEST_SCRIPTS:
        return set()
    named = (_SCRIPT.match(run) for run in set(_RUN.findall(text)) if "scripts/" in run)
    return {match[1] for match in named if match is not None and match[1] in (pipeline.tree.paths or ())}


def blocks(job: Job) -> Iterator[tuple[Step, Text]]:
    """The scripts that stand in the job."""
    for step in job.steps:
        if step.kind is StepKind.RUN and step.text is not None:
            yield step, step.text


def longest_allowed(pipeline: Pipeline, texts: Sequence[Text]) -> Limit:
    """By the policy; by what the file itself does, when it calls scripts and is otherwise terse; else by good sense."""
    policy = pipeline.policy.run_block
    if policy is not None:
        return Limit(
            policy.max_lines,
            f"the policy allows {policy.max_lines}",
            policy.script_dir,
            policy.count_comments,
            policy.languages,
            policy=True,
            firm=True,
        )
    scripts = _scripts(pipeline)
    short = Limit(MAX_LINES, "")
    blocks = {text.value for text in texts if text.value.strip().count("\n")}  # a single line keeps to any limit
    kept = sum(lines_beyond(block, short) is None for block in blocks)
    if len(scripts) >= _FEWEST_SCRIPTS and len(blocks) >= _FEWEST_BLOCKS and _OBEY * len(blocks) <= kept < len(blocks):
        why = f"{kept} of the {len(blocks)} blocks here have at most {MAX_LINES}, and it calls {len(scripts)} scripts"
        directory = min(scripts).rpartition("/")[0]
        return Limit(MAX_LINES, why, directory, firm=True)
    return Limit(VERY_LONG, f"more than {VERY_LONG} are hard to read, to test and to lint here")


@lru_cache(maxsize=128)
def lines_beyond(script: str, limit: Limit) -> tuple[int, int, int] | None:
    """Where the first line beyond the limit stands (offsets), and how many lines there are; None when it is kept.

    Blank lines do not count, comments only if the limit says so, here-documents and continued lines do. In a single
    line its commands count.
    """
    at, count = 0, 0
    first: tuple[int, int] | None = None
    for line in script.split("\n"):
        said = line.strip()
        if said and (limit.comments or not said.startswith("#")):
            count += 1
            if count == limit.lines + 1:
                first = at + len(line) - len(line.lstrip()), at + len(line.rstrip())
        at += len(line) + 1
    if first is not None:
        return *first, count
    parts = _parts(script) if count == 1 else 0
    return (0, len(script.rstrip()), parts) if parts > limit.lines else None


def _parts(line: str) -> int:
    """How many commands are strung together in a line, quotes aside."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", line)
    return len([part for part in re.split(r"&&|(?<!;);(?!;)", bare) if part.strip()])
