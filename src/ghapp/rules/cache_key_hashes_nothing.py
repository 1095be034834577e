r"""A cache key hashes files that do not exist.

On GitHub Actions `hashFiles` of a pattern without a match is an empty string: the key is the same on every run, so the
first cache ever saved is restored for ever. On CircleCI `checksum` of a missing file fails the step.

Repository:

```text
services/api/package-lock.json
```

Bad:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/cache@v5
        with:
          path: ~/.npm
          key: npm-${{ hashFiles('package-lock.json') }}  # <-
```

Good:

```yaml
jobs:
  test:
    steps:
      - uses: actions/checkout@v6
      - uses: actions/cache@v5
        with:
          path: ~/.npm
          key: npm-${{ hashFiles('services/api/package-lock.json') }}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Edit, Finding, Gap, Pipeline, Platform, Rule, Severity, Step
from ghapp.pipeline.caches import Cache, CacheKey, caches, hashed_files
from ghapp.pipeline.edits import replace_in
from ghapp.rules._lockfiles import LOCKFILES

ELSEWHERE = ("/", "~", "$", "..", "<<")
"""Beginnings of a path that does not lie in the checked-out repository."""


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    if not pipeline.tree.known or pipeline.platform is Platform.ACTION:
        return  # what stands in the workspace before an action runs is its caller's doing
    for job in pipeline.jobs:
        seen: set[str] = set()
        for cache in caches(job):
            if cache.key.text not in seen:
                seen.add(cache.key.text)
                yield from _findings(pipeline, cache)


def _findings(pipeline: Pipeline, cache: Cache) -> Iterator[Finding]:
    patterns = [pattern for each in cache.key.hashes for pattern in each.patterns or ("**",)]
    names = {each.rpartition("/")[2] for each in patterns}
    if not patterns or not names <= LOCKFILES or any(each.startswith(ELSEWHERE) for each in patterns):
        return
    if pipeline.platform is not Platform.CIRCLECI and not cache.key.constant:
        return  # something else in the key renews it
    early = _before_checkout(cache.step)
    if (not early and hashed_files(pipeline.tree, tuple(patterns))) or early is None or _made(cache.step, patterns):
        return
    shown = ", ".join(f"`{each}`" for each in patterns)
    why = "the repository is checked out only later" if early else "the repository has no such file"
    if pipeline.platform is Platform.CIRCLECI:
        message = f"{shown} cannot be hashed, {why}: CircleCI fails this step."
        yield Finding(cache.key.node.place, message, Severity.FAILURE, subject=cache.key)
    else:
        message = f"{shown} matches nothing, {why}: the key is the same on every run and the cache is never renewed."
        yield Finding(cache.key.node.place, message, Severity.WARNING, Confidence.HIGH, subject=cache.key)


def _before_checkout(step: Step) -> bool | None:
    """Whether the step stands before the job's own checkout. None: what the workspace holds cannot be told."""
    steps = step.job.steps
    checkouts = [each for each in steps if _is_checkout(each)]
    if not checkouts or any("path" in each.inputs or "repository" in each.inputs for each in checkouts):
        return None
    return all(steps.index(each) > steps.index(step) for each in checkouts)


def _is_checkout(step: Step) -> bool:
    return step.builtin == "checkout" or (step.uses is not None and step.uses.name == "actions/checkout")


def _made(step: Step, patterns: list[str]) -> bool:
    """Whether an earlier step may put the file there: it downloads something, or a command names it."""
    names = {pattern.rpartition("/")[2] for pattern in patterns}
    for each in step.job.before(step):
        if isinstance(each, Gap):
            return True
        if isinstance(each, Command):
            if any(name in each.raw for name in names) or _writes(each):
                return True
        elif not (_is_checkout(each) or each.builtin or "setup" in _name(each)):
            return True
    return False


def _writes(command: Command) -> bool:
    """Whether it redirects into a file whose name cannot be told."""
    targets = [each.target for each in command.redirections if each.target is not None]
    return any("$" in target.raw and "GITHUB_" not in target.raw for target in targets)


def _name(step: Step) -> str:
    return step.uses.name if step.uses is not None else "setup"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    key = finding.subject
    if not isinstance(key, CacheKey) or len(key.hashes) != 1 or "checked out only later" in finding.message:
        return None
    where = key.hashes[0]
    name = (where.patterns or ("",))[0].rpartition("/")[2]
    real = [each for each in pipeline.tree.paths or () if each.endswith(f"/{name}")]
    if len(real) != 1 or len(where.patterns or ()) != 1:
        return None
    quote = "" if pipeline.platform is Platform.CIRCLECI else "'"
    return replace_in(key.node.as_text(), where.start, where.end, f"{quote}{real[0]}{quote}")


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S2.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("hashfiles", "checksum"),
    detect=detect,
    fix=fix,
)
