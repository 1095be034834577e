"""Where Go keeps its modules, and what actions/setup-go does by itself, release by release.

Read in the sources of setup-go (src/main.ts, src/package-managers.ts, action.yml) at v3.5.0 to v7.0.0: it caches
unasked since v4, by the hash of `go.sum` in the root; since v6.3.0 by that of `go.mod`. Without the file it only warns.
"""

from __future__ import annotations

import re

from ghapp.pipeline import Step

GOPATHS = (
    (re.compile(r"(docker\.io/)?(library/|circleci/)?golang(:.*)?"), "/go", re.compile(r"(~|/root|/home/\w+)/go")),
    (re.compile(r"cimg/go(:.*)?"), "/home/circleci/go", re.compile(r"/go|/root/go")),
)
"""An image, its GOPATH, and what people take for it (docker-library/golang Dockerfiles, CircleCI-Public/cimg-go)."""
MOVED = re.compile(r"GO(MODCACHE|PATH)['\"]?\s*[:=]")
"""What puts the modules somewhere else."""

_RELEASE = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.\d+)?\s*$")
_SHA = re.compile(r"[0-9a-f]{40}")


def release(step: Step) -> tuple[int, int] | None:
    """Major and minor of the release, the newest minor for a tag like `v6`; None when it is not told."""
    if step.uses is None or step.uses.name != "actions/setup-go":
        return None
    told = _RELEASE.search(step.uses.comment if _SHA.fullmatch(step.uses.ref) else step.uses.ref)
    return (int(told[1]), int(told[2] or 999)) if told else None


def caches_by_itself(step: Step) -> bool:
    """Whether it is setup-go, and caches by the file that it looks for itself."""
    if step.uses is None or step.uses.name != "actions/setup-go" or "cache-dependency-path" in step.inputs:
        return False
    asked = (step.input("cache") or "").strip().lower()
    number = release(step)
    return asked == "true" or (asked == "" and (number is None or number >= (4, 0)))


def looks_for(step: Step) -> tuple[str, ...]:
    """The file in the root whose hash is its key; either of them when its release is not told."""
    number = release(step)
    if number is None:
        return ("go.sum", "go.mod")
    return ("go.mod",) if number >= (6, 3) else ("go.sum",)
