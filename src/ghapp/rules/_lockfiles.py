"""Lockfiles and the caches that hang on them: facts for the rules on cache keys.

Sources, read 2026-11-21: the lock files that actions/setup-*, actions/cache examples.md and the CircleCI caching guide
hash, and the default cache directories of each tool's documentation.
"""

from __future__ import annotations

import re

from ghapp.pipeline.tree import Tree

LOCKFILES = frozenset({
    "Cargo.lock", "Gemfile.lock", "Package.resolved", "Pipfile.lock", "Podfile.lock", "bun.lock", "bun.lockb",
    "composer.lock", "go.sum", "gradle.lockfile", "mix.lock", "npm-shrinkwrap.json", "package-lock.json",
    "packages.lock.json", "pdm.lock", "pnpm-lock.yaml", "poetry.lock", "requirements.txt", "uv.lock", "yarn.lock",
    ".terraform.lock.hcl",
})  # fmt: skip

DEPENDENCY_PATHS = re.compile(
    r"(^|/)(pkg/mod|node_modules|\.npm|\.yarn/cache|\.pnpm-store|\.cache/(pip|yarn|pypoetry|uv|bazel|go-build)|"
    r"\.venv|venv|\.m2(/repository)?|\.gradle(/caches)?|\.cargo(/registry)?|vendor/bundle|\.bundle|\.nuget/packages|"
    r"\.composer|\.terraform\.d/plugin-cache|Pods|deps)/?\**$",
    re.IGNORECASE,
)
"""Directories that hold what a package manager downloaded."""

ASIDE = re.compile(
    r"(^|/)(vendor|node_modules|testdata|fixtures?|__fixtures__|examples?|samples?|templates?|docs?|e2e|tests?|"
    r"test-[\w-]+|tools?|hack|third_party|website|benchmarks?|\.[\w-]+)/",
    re.IGNORECASE,
)
"""Directories whose modules are seldom built with the rest: a lockfile there proves nothing about a cache."""


def siblings(tree: Tree, path: str) -> list[str]:
    """The other lockfiles of the same name that belong to what the repository builds, sorted."""
    name = path.rpartition("/")[2]
    return sorted(
        each for each in tree.paths or () if each != path and each.endswith(f"/{name}") and not ASIDE.search(each)
    )


def some(paths: list[str]) -> str:
    """Up to three paths, for a message."""
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(f"`{path}`" for path in paths[:3]) + more
