"""Lockfiles and the caches that hang on them: facts for the rules on cache keys.

Sources, read 2026-11-21: the lock files that actions/setup-*, actions/cache examples.md and the CircleCI caching guide
hash, and the default cache directories of each tool's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ghapp.pipeline import Gap, Step
from ghapp.pipeline.tree import Tree

LOCKFILES = frozenset({
    "Cargo.lock", "Gemfile.lock", "Package.resolved", "Pipfile.lock", "Podfile.lock", "bun.lock", "bun.lockb",
    "composer.lock", "go.sum", "gradle.lockfile", "mix.lock", "npm-shrinkwrap.json", "package-lock.json",
    "packages.lock.json", "pdm.lock", "pnpm-lock.yaml", "poetry.lock", "requirements.txt", "uv.lock", "yarn.lock",
    ".terraform.lock.hcl", "pom.xml", "gradle-wrapper.properties",
})  # fmt: skip
LOCKFILE_GLOBS = frozenset({"requirements*.txt", "*requirements*.txt", "*.csproj", "*.gradle", "*.gradle*"})

DEPENDENCY_PATHS = re.compile(
    r"(^|/)(pkg/mod|node_modules|\.npm|\.yarn/cache|\.pnpm-store|\.cache/(pip|yarn|pypoetry|uv)|"
    r"\.venv|venv|\.m2(/repository)?|\.gradle(/caches)?|\.cargo(/registry)?|vendor/bundle|\.bundle|\.nuget/packages|"
    r"\.composer|\.terraform\.d/plugin-cache|Pods|deps)/?\**$",
    re.IGNORECASE,
)
"""Directories that hold what a package manager downloaded. What a compiler keeps (go-build, bazel) knows itself when it
is out of date."""

VENDORED = re.compile(r"(^|/)(vendor|node_modules|testdata|fixtures?|__fixtures__|third_party|examples?|templates?)/")
"""Directories of other people's modules, and of modules that only tests look at."""

ASIDE = re.compile(
    VENDORED.pattern + r"|(^|/)(samples?|docs?|e2e|tests?|test-[\w-]+|tools?|hack|website|benchmarks?|\.[\w-]+)/",
    re.IGNORECASE,
)
"""Directories whose modules are seldom built with the rest: a lockfile there proves nothing about a cache."""


_PATH = re.compile(r"[\w./-]+")
_ELSEWHERE = ("/", "~", "$", "..", "<<")
"""Beginnings of a path that does not lie in the checked-out repository."""


def is_lockfile(pattern: str) -> bool:
    """Whether a pattern of a hash names lockfiles of the repository."""
    name = pattern.removeprefix("!").rpartition("/")[2]
    return name in LOCKFILES | LOCKFILE_GLOBS and not pattern.startswith(_ELSEWHERE)


def siblings(tree: Tree, path: str) -> list[str]:
    """The other lockfiles of the same name that belong to what the repository builds, sorted."""
    return [each for each in named(tree, path.rpartition("/")[2]) if each != path and not ASIDE.search(each)]


def named(tree: Tree, name: str) -> list[str]:
    """The repository's own files of that name, sorted."""
    return [each for each in tree.matching(f"**/{name}") if not VENDORED.search(each)]


def touched(steps: Iterable[Step]) -> set[str]:
    """The directories that commands of the steps run in or name, with those around them."""
    found: set[str] = set()
    for command in (command for step in steps for command in step.commands):
        for path in (command.directory or "", *_PATH.findall(command.raw)):
            path = path.removeprefix("./").rstrip("/.")
            while path and path not in found:
                found.add(path)
                path = path.rpartition("/")[0]
    return found


def goes_anywhere(step: Step) -> bool:
    """Whether the step may work in any directory: `go test ./...` in a workspace, or what cannot be read."""
    strange = step.uses is not None and not step.uses.name.startswith("actions/")
    return strange or any(
        isinstance(item, Gap) or "..." in item.raw for item in step.trail if not isinstance(item, Step)
    )


def some(paths: Sequence[str]) -> str:
    """Up to three paths, for a message."""
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(f"`{path}`" for path in paths[:3]) + more
