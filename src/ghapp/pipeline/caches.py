"""Dependency caches: what a job keeps between runs, and what their keys depend on.

GitHub Actions: `actions/cache` and its halves. CircleCI: `restore_cache`, `save_cache`. An empty hashFiles (no file
matches) is an empty string; CircleCI's checksum takes one path, no glob, and fails the step when the file is missing.
Sources: github.com/actions/cache/blob/main/README.md, circleci.com/docs/reference/configuration-reference/#save_cache
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline.model import Job, Step
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node

CACHE_ACTIONS = frozenset({"actions/cache", "actions/cache/restore", "actions/cache/save"})

_HASH_FILES = re.compile(r"hashfiles\(([^()]*)\)", re.IGNORECASE)
_CHECKSUM = re.compile(r'\{\{\s*checksum\s+"([^"]*)"\s*\}\}')
_QUOTED = re.compile(r"\s*'([^']*)'\s*(?:,|$)")
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}|\{\{\s*(.*?)\s*\}\}|<<\s*(.*?)\s*>>|\$\{?\w+\}?")
_SAME_EVERY_RUN = re.compile(r"(runner\.(os|arch)|matrix\.(os|platform|runner|arch)|arch)?", re.IGNORECASE)
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
    """One key: its node in the file, its text, and what it hashes."""

    node: Node
    text: str

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
        """Whether, its hashes aside, the key is the same on every run: no commit, run, date or version in it."""
        expressions = _EXPRESSION.finditer(_CHECKSUM.sub("", _HASH_FILES.sub("runner.os", self.text)))
        if not all(_SAME_EVERY_RUN.fullmatch(next(filter(None, each.groups()), "?")) for each in expressions):
            return False
        return not _VERSION.search(_EXPRESSION.sub("", self.text))


@dataclass(frozen=True, slots=True)
class Cache:
    """One step that restores or saves a cache. `key` is the first it tries, `fallbacks` those it then takes."""

    step: Step
    key: CacheKey
    fallbacks: tuple[CacheKey, ...]
    paths: tuple[str, ...]


def caches(job: Job) -> Iterator[Cache]:
    """The job's cache steps, in order."""
    saved = {cache.key.text: cache.paths for cache in map(_circleci, job.steps) if cache is not None and cache.paths}
    for step in job.steps:
        if step.uses is not None and step.uses.name.lower() in CACHE_ACTIONS:
            if (cache := _actions(step)) is not None:
                yield cache
        elif (cache := _circleci(step)) is not None:
            yield Cache(step, cache.key, cache.fallbacks, cache.paths or saved.get(cache.key.text, ()))


def hashed_files(tree: Tree, patterns: tuple[str, ...]) -> list[str]:
    """The files of the repository that the patterns of one hash name; `!` takes away."""
    found: set[str] = set()
    for pattern in patterns:
        names = tree.matching(pattern.removeprefix("!").removeprefix("./"))
        found = found.difference(names) if pattern.startswith("!") else found.union(names)
    return sorted(found)


def _patterns(arguments: str) -> tuple[str, ...] | None:
    found = [match.group(1) for match in _QUOTED.finditer(arguments)]
    rest = _QUOTED.sub("", arguments).strip()
    return tuple(found) if found and not rest else None


def _actions(step: Step) -> Cache | None:
    node = step.inputs.get("key")
    if node is None or node.text is None:
        return None
    fallback = step.inputs.get("restore-keys")
    return Cache(
        step,
        CacheKey(node, node.text),
        tuple(CacheKey(fallback, line.strip()) for line in _lines(fallback)) if fallback is not None else (),
        tuple(line.strip() for line in _lines(step.inputs.get("path"))),
    )


def _lines(node: Node | None) -> list[str]:
    text = node.text if node is not None else None
    return [line for line in (text or "").split("\n") if line.strip()]


def _circleci(step: Step) -> Cache | None:
    if step.builtin not in ("restore_cache", "save_cache"):
        return None
    single, several = step.inputs.get("key"), step.inputs.get("keys")
    nodes = [single] if single is not None else several.elements() if several is not None else []
    keys = [CacheKey(node, node.text) for node in nodes if node.text]
    if not keys:
        return None
    paths = step.inputs.get("paths")
    names = [node.text for node in paths.elements() if node.text] if paths is not None else []
    return Cache(step, keys[0], tuple(keys[1:]), tuple(names))
