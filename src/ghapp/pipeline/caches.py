"""Dependency caches: what a job keeps between runs, and what their keys depend on.

GitHub Actions: `actions/cache` and its halves. CircleCI: `restore_cache`, `save_cache`. An empty hashFiles (no file
matches) is an empty string; CircleCI's checksum takes one path, no glob, and fails the step when the file is missing.
A key on CircleCI also finds what was saved under any longer key that begins with it.
Sources: github.com/actions/cache/blob/main/README.md, circleci.com/docs/reference/configuration-reference/#save_cache
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest

from ghapp.pipeline.expansion import Scope
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Job, Pipeline, Step
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node

CACHE_ACTIONS = frozenset({"actions/cache", "actions/cache/restore", "actions/cache/save"})

MOST = 300
"""How many caches of one file are looked at."""
LONGEST = 1000
"""GitHub takes keys of 512 characters, CircleCI of 900; of longer ones nothing is told."""

_GLOB = re.compile(r"[*?[{]")
_HASH_FILES = re.compile(r"hashfiles\(([^()]*)\)", re.IGNORECASE)
_CHECKSUM = re.compile(r'\{\{\s*checksum\s+"([^"]*)"\s*\}\}')
_QUOTED = re.compile(r"\s*'([^']*)'\s*(?:,|$)")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}|\{\{(.*?)\}\}|<<(.*?)>>|\$\{?(\w+)\}?")
_PARAMETER = re.compile(r"<<[^<>]*>>")
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}|<<[^<>]*>>|.", re.DOTALL)
_STRING = re.compile(r"'[^']*'")
_NAME = re.compile(r"\.?[A-Za-z_][\w-]*(?:\.[\w-]+)*")
_FUNCTIONS = frozenset({"format", "join", "contains", "startswith", "endswith", "tojson", "fromjson", "true", "false"})
_SAME_EVERY_RUN = re.compile(
    r"runner\.\w+|matrix\.(?:os|platform|runner|arch)|github\.(?:ref|ref_name|head_ref|base_ref|job|workflow|repository)"
    r"|strategy\.[\w-]+|arch|\.Branch|\.Environment\.CIRCLE_(?:JOB|BRANCH|PROJECT_\w+)",
    re.IGNORECASE,
)
_SAME_FOR_A_VERSION = re.compile(
    r"matrix\.[\w.-]+|env\.pythonLocation|(?:env|inputs)\.[\w-]*(?:version|os|arch|platform|target|environment)[\w-]*"
    r"|steps\.[\w-]+\.outputs\.[\w-]*version",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\d+\.\d|\d{4}-?\d\d|[0-9a-f]{7}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hash:
    """The part of a key that hashes files. `patterns` is None when they are not literal.

    `start` and `end`: offsets of the patterns in the key's text (between the parentheses, or the quotes of checksum).
    """

    patterns: tuple[str, ...] | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CacheKey:
    """One key: its node in the file, its text, and what names mean there."""

    node: Node
    text: str
    scope: Scope

    @property
    def hashes(self) -> tuple[Hash, ...]:
        found = [
            Hash(_patterns(match.group(1)), match.start(1), match.end(1)) for match in _HASH_FILES.finditer(self.text)
        ]
        found.extend(
            Hash(None if "<<" in match.group(1) else (match.group(1),), match.start(1), match.end(1))
            for match in _CHECKSUM.finditer(self.text)
        )
        return tuple(found)

    @property
    def constant(self) -> bool:
        """Whether, its hashes aside, the key is the same on every run of a branch: no commit, run, date or version."""
        text, names = self._rest()
        return all(map(_SAME_EVERY_RUN.fullmatch, names)) and not _VERSION.search(text)

    @property
    def lasting(self) -> bool:
        """Whether, its hashes aside, the key stays the same until somebody changes a version in the CI file."""
        return all(_SAME_EVERY_RUN.fullmatch(each) or _SAME_FOR_A_VERSION.fullmatch(each) for each in self._rest()[1])

    def _rest(self) -> tuple[str, list[str]]:
        """The key's text without hashes and expressions, and the names that these use."""
        names: list[str] = []

        def known(match: re.Match[str]) -> str:
            value = self.scope.expression(match[0])
            if value is not None:
                return value
            inside = _STRING.sub("", next(filter(None, match.groups()), "?"))
            names.extend(each for each in _NAME.findall(inside) or ["?"] if each.lower() not in _FUNCTIONS)
            return ""

        text = _CHECKSUM.sub("", _HASH_FILES.sub("''", self.text))
        return _EXPRESSION.sub(known, text), names

    def pieces(self) -> list[str]:
        """The key's characters, a template in one piece, parameters whose values are known filled in."""
        filled = _PARAMETER.sub(lambda match: self.scope.expression(match[0]) or match[0], self.text)
        return ["".join(each.split()) or " " for each in _TEMPLATE.findall(filled[:LONGEST])]


@dataclass(frozen=True, slots=True)
class Cache:
    """One step that restores or saves a cache. `key` is the first it tries, `fallbacks` those it then takes."""

    step: Step
    key: CacheKey
    fallbacks: tuple[CacheKey, ...]
    paths: tuple[str, ...]

    @property
    def restores_only(self) -> bool:
        return self.step.builtin == "restore_cache" or (self.step.uses is not None and "restore" in self.step.uses.name)

    @property
    def saves_only(self) -> bool:
        return self.step.builtin == "save_cache" or (self.step.uses is not None and "save" in self.step.uses.name)


@kept
def caches(pipeline: Pipeline) -> list[Cache]:
    """Every cache step, in order. A restore_cache has the paths that are saved under its first key."""
    steps = [step for job in pipeline.jobs for step in job.steps]
    found = [cache for step in steps if (cache := _actions(step) or _circleci(step)) is not None]
    saved = {cache.key.text: cache.paths for cache in reversed(found) if cache.step.builtin == "save_cache"}
    return [replace(cache, paths=cache.paths or saved.get(cache.key.text, ())) for cache in found]


def distinct_caches(pipeline: Pipeline) -> list[Cache]:
    """The first cache step with each key in each job, and of a hostile number of them the first few."""
    first: dict[tuple[int, str], Cache] = {}
    for cache in caches(pipeline):
        first.setdefault((id(cache.step.job), cache.key.text), cache)
    return list(first.values())[:MOST]


def begins(restored: Sequence[str], saved: Sequence[str]) -> bool:
    """Whether one key, in its pieces, may on some run be the beginning of another, as CircleCI looks for them."""
    for left, right in zip_longest(restored, saved, fillvalue=""):
        if not left:
            return True
        if left != right:
            return len(left) > 1 or len(right) > 1  # a template may say anything
    return True


def filled_by(cache: Cache) -> tuple[Step, ...]:
    """The steps whose downloads may come into a cache: up to the step that saves it, or else the whole job."""
    job, key = cache.step.job, cache.key.text
    saves = [each.step for each in caches(job.pipeline) if each.saves_only and each.key.text == key]
    last = max((step.index for step in saves if step.job is job), default=len(job.steps))
    return job.steps[:last]


def hashed_files(tree: Tree, patterns: tuple[str, ...]) -> list[str]:
    """The files of the repository that the patterns of one hash name; `!` takes away."""
    found: set[str] = set()
    for pattern in patterns:
        path = pattern.removeprefix("!").removeprefix("./")
        names = tree.matching(path) if _GLOB.search(path) else [path] if tree.has(path) else []
        found = found.difference(names) if pattern.startswith("!") else found.union(names)
    return sorted(found)


def sharing_systems(job: Job) -> list[str]:
    """The systems that the job runs on, when they are several whose caches are not kept apart, as those of Windows are.

    Source: github.com/actions/toolkit, packages/cache, getCacheVersion.
    """
    found = {
        "macOS" if "macos" in label else "Linux on Arm" if "arm" in label else "Linux"
        for label in map(str.lower, job.runner.labels)
        if label.startswith(("ubuntu", "macos"))
    }
    return sorted(found) if len(found) > 1 else []


def _patterns(arguments: str) -> tuple[str, ...] | None:
    found = [match.group(1) for match in _QUOTED.finditer(arguments)]
    rest = _QUOTED.sub("", arguments).strip()
    return tuple(found) if found and not rest else None


def _actions(step: Step) -> Cache | None:
    node = step.inputs.get("key")
    if step.uses is None or step.uses.name.lower() not in CACHE_ACTIONS or node is None or not _fits(node):
        return None
    fallback = step.inputs.get("restore-keys")
    other = partial(CacheKey, fallback or node, scope=step.scope)
    return Cache(
        step,
        CacheKey(node, node.text or "", step.scope),
        tuple(other(line) for line in _lines(fallback)[:10]),  # GitHub takes no more
        tuple(_lines(step.inputs.get("path"))),
    )


def _fits(node: Node) -> bool:
    return 0 < len(node.text or "") <= LONGEST


def _lines(node: Node | None) -> list[str]:
    text = node.text if node is not None else None
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def _circleci(step: Step) -> Cache | None:
    if step.builtin not in ("restore_cache", "save_cache"):
        return None
    single, several = step.inputs.get("key"), step.inputs.get("keys")
    nodes = [single] if single is not None else several.elements() if several is not None else []
    keys = [CacheKey(node, node.text or "", step.scope) for node in nodes if _fits(node)]
    if not keys:
        return None
    paths = step.inputs.get("paths")
    names = [node.text for node in paths.elements() if node.text] if paths is not None else []
    return Cache(step, keys[0], tuple(keys[1:]), tuple(names))
