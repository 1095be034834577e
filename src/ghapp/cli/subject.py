"""What is to be checked: a repository on disk, or one loose file that is looked at as if it stood in one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from ghapp.cli.config import organisation_in, policy_in, policy_of
from ghapp.cli.git import Revision, Unusable, working_paths
from ghapp.cli.patience import patience
from ghapp.pipeline.engine import Analysis, analyse
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.policy import PATH, Policy, PolicyFile
from ghapp.pipeline.source import MAX_FILE_BYTES
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

MARKS = (".git", ".github", ".circleci/config.yml")  # not `.circleci`: CircleCI's own tool keeps one in every home
SKIPPED = frozenset((".git", "node_modules"))
MAX_PATHS = 200_000


Policies = tuple[Path | None, Path | None]
"""Files of this machine: the repository's policy, instead of its own, and the organisation's."""


@dataclass(frozen=True, slots=True)
class Base:
    """What was there before. `renames`: new path → old path. `policy`: what the repository demanded."""

    analysis: Analysis
    renames: dict[str, str]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Subject:
    """`files`: the CI files to check; `paths`: all that the repository has (None: not known); `locate`: where on disk a
    path of the repository lies, or None where it may not be read; `base`: what only new findings are told against;
    `policy`: the base's if there is one, so that a change cannot soften what it is measured by."""

    files: tuple[str, ...]
    paths: frozenset[str] | None
    locate: Callable[[str], Path | None]
    truncated: bool = False
    base: Base | None = None
    policy: Policy = field(default_factory=Policy)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, one more than is allowed at most; None where there is none. Raises OSError."""
        place = self.locate(path)
        if place is None or not place.is_file():
            return None
        with place.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)

    def runs(self, path: str) -> bool | None:
        """Whether the file may be executed; None where the system does not know of that, or the file is a loose one."""
        place = self.locate(path)
        if place is None or os.name == "nt" or not place.is_file() or self.paths is None:
            return None
        return bool(place.stat().st_mode & 0o111)

    def shown(self, path: str) -> str:
        """The path as one would write it in the current folder."""
        place = self.locate(path)
        return path if place is None else os.path.relpath(place)


def repository(given: Sequence[Path], revision: str | None, policies: Policies) -> Subject:
    """The repository that the given files and folders stand in.

    Raises Unusable when there is none of a kind, or its policy cannot be followed.
    """
    places = [Path(os.path.abspath(path)) for path in given]
    roots = {_root(place) for place in places}
    if len(roots) > 1:
        raise Unusable(f"{', '.join(sorted(map(str, roots)))} are different repositories: check one at a time.")
    root = roots.pop()
    wanted = [place.relative_to(root).as_posix() for place in places]
    for path, place in zip(wanted, places, strict=True):
        if place.is_file() and platform_of(path) is None:
            raise Unusable(f"{path} is no CI file by its path. --as PATH checks it as if it stood at PATH.")
    listed = working_paths(root) if (root / ".git").exists() else _walk(root)
    paths = frozenset(listed[:MAX_PATHS]) | {
        path for path, place in zip(wanted, places, strict=True) if place.is_file()
    }
    files = tuple(path for path in _chosen(paths, wanted) if path in wanted or not (root / path).is_symlink())
    real = root.resolve()
    config, above = policies[0], organisation_in(policies[1])
    given_policy = policy_in(config, _path_in(real, config), above) if config is not None else None
    base = _base(root, revision, files, wanted, given_policy, above) if revision is not None else None
    return Subject(
        files,
        paths,
        lambda path: _inside(real, path),
        truncated=len(listed) > MAX_PATHS,
        base=base,
        policy=base.policy if base is not None else given_policy or _own_policy(real, above),
    )


def loose(file: Path, stands_at: str, listing: Path | None, policies: Policies) -> Subject:
    """One file as if it stood at the path `stands_at` of a repository whose paths `listing` has, one a line."""
    if platform_of(stands_at) is None:
        raise Unusable(f"{stands_at} is no path that GitHub Actions, CircleCI or a shell script has.")
    paths: frozenset[str] | None = None
    if listing is not None:
        lines = os.fsdecode(listing.read_bytes()).splitlines()
        paths = frozenset((*(line.removeprefix("./") for line in lines if line), stands_at))
    config, above = policies[0], organisation_in(policies[1])
    policy = policy_in(config, str(config), above) if config is not None else policy_of(b"", PATH, above=above)
    return Subject((stands_at,), paths, lambda path: file if path == stands_at else None, policy=policy)


def _root(place: Path) -> Path:
    folder = place if place.is_dir() else place.parent
    return next((each for each in (folder, *folder.parents) if any((each / mark).exists() for mark in MARKS)), folder)


def _walk(root: Path) -> list[str]:
    """The files below the root. Links are not followed."""
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        below = Path(folder).relative_to(root)
        found += [(below / name).as_posix() for name in sorted(names)]
        if len(found) > MAX_PATHS:
            break
    return found


def _chosen(paths: Iterable[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The CI files among the paths that are, or lie below, one of the wanted ones (`.`: the root)."""
    return tuple(
        path
        for path in sorted(paths)
        if platform_of(path) is not None and any(each in (".", path) or path.startswith(f"{each}/") for each in wanted)
    )


def _own_policy(root: Path, above: PolicyFile) -> Policy:
    place = _inside(root, PATH)
    return policy_in(place, PATH, above) if place is not None and place.is_file() else policy_of(b"", PATH, above=above)


def _path_in(root: Path, file: Path) -> str:
    """The file's path from the root, if it lies below; else as it was given."""
    real = file.resolve()
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else str(file)


def _base(
    root: Path, name: str, files: Sequence[str], wanted: Sequence[str], given: Policy | None, above: PolicyFile
) -> Base:
    if not (root / ".git").exists():
        raise Unusable(f"{root} is no git checkout, so there is no {name!r} to compare with.")
    with patience(f"Checking the files of {name!r}"), Revision(root, name) as revision:
        renames = revision.renames()
        before = {*_chosen(revision.paths, wanted), *(renames.get(path, path) for path in files)}
        tree = Tree(revision.paths, revision.read, runs=revision.runs)
        policy = given or policy_of(revision.read(PATH) or b"", PATH, name, above)
        analysis = analyse(tree, sorted(before), catalogue(), policy=policy, today=today(), prove=False)
        return Base(analysis, renames, policy)


def today() -> date:
    """The day that ignores end by."""
    return datetime.now(UTC).date()


def _inside(root: Path, path: str) -> Path | None:
    """Where the path lies, unless a link leads out of the repository. `root` has no links in it."""
    place = root / path
    return place if Path(os.path.realpath(place)).is_relative_to(root) else None  # Path.resolve raises on loops
