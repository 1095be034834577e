"""Where Go keeps its modules, and what actions/setup-go does by itself, release by release.

Read in the sources of setup-go (src/main.ts, src/package-managers.ts, action.yml) at v3.5.0 to v7.0.0: it caches
unasked since v4, by the hash of `go.sum` in the root; since v6.3.0 by that of `go.mod`. Without the file it only warns.
"""

from __future__ import annotations

import re

from ghapp.pipeline import Step
from ghapp.pipeline.model import Uses

GOPATHS = (
    (re.compile(r"(docker\.io/)?(library/|circleci/)?golang(:.*)?"), "/go", re.compile(r"(~|/root|/home/\w+)/go")),
    (re.compile(r"cimg/go(:.*)?"), "/home/circleci/go", re.compile(r"/go|/root/go")),
)
"""An image, its GOPATH, and what people take for it (docker-library/golang Dockerfiles, CircleCI-Public/cimg-go)."""
MOVED = re.compile(r"GO(MODCACHE|PATH)['\"]?\s*[:=]")
"""What puts the modules somewhere else."""

_MODULES = re.compile(r"(?:^|/)go(?:/pkg(?:/mod(?:/.*)?)?)?/?$")
_RELEASE = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.\d+)?\s*$")
_SHA = re.compile(r"[0-9a-f]{40}")


def holds_modules(path: str) -> bool:
    """Whether a cached path is where modules are kept, or may be: what an expression names is not known."""
    return "$" in path or _MODULES.search(path) is not None


def caches_modules(step: Step) -> bool:
    """Whether it is setup-go, and caches."""
    if step.uses is None or step.uses.name != "actions/setup-go":
        return False
    asked = (step.input("cache") or "").strip().lower()
    release = _release(step.uses)
    return asked == "true" or (asked == "" and (release is None or release >= (4, 0)))


def keyed_by(step: Step) -> tuple[str, ...]:
    """The globs of the files whose hash is its key: what it is told, or the file in the root that it looks for itself,
    either of them when its release is not told."""
    told = step.input("cache-dependency-path")
    if told is not None:
        return tuple(line.strip() for line in told.split("\n") if line.strip())
    release = _release(step.uses) if step.uses is not None else None
    if release is None:
        return ("go.sum", "go.mod")
    return ("go.mod",) if release >= (6, 3) else ("go.sum",)


def _release(uses: Uses) -> tuple[int, int] | None:
    """Major and minor of the release, the newest minor for a tag like `v6`; None when it is not told."""
    told = _RELEASE.search(uses.comment if _SHA.fullmatch(uses.ref) else uses.ref)
    return (int(told[1]), int(told[2] or 999)) if told else None
