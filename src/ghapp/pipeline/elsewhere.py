"""Where the repository has what a path likely means that names nothing."""

from __future__ import annotations

from ghapp.pipeline.glob import glob_regex
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import Pipeline
from ghapp.pipeline.shell import callees
from ghapp.pipeline.tree import Tree


@kept
def _called(pipeline: Pipeline) -> frozenset[str]:
    """The directories of the scripts that a file may call."""
    return frozenset(each.rpartition("/")[0] for each in callees(pipeline.source.text, pipeline.tree))


def elsewhere(pipeline: Pipeline, path: str, *, glob: bool = False, directory: bool = False) -> tuple[str, ...]:
    """The paths, from the repository's root, that may be meant; sorted. One alone is likely meant.

    A path is looked for by its last name; one that also ends like the whole path goes before all others. A glob is
    looked for in the directories that hold such files: where the scripts are that the file calls, or else a directory
    of the same name, or else any.
    """
    tree = pipeline.tree
    around, _, name = path.rpartition("/")
    if glob:
        if not name.strip("*") or any(sign in around for sign in "*?["):
            return ()
        return tuple(f"{each}/{name}".lstrip("/") for each in _holding(pipeline, around, name))
    same = [each for each in tree.named.get(name, ()) if (each in tree.directories) == directory]
    tails = [each for each in same if each.endswith(f"/{path}")]
    return tuple(sorted(tails or same))


def _holding(pipeline: Pipeline, missing: str, pattern: str) -> list[str]:
    found = _directories(pipeline.tree, pattern)
    last = missing.rpartition("/")[2]
    alike = {each for each in found if last and each.rpartition("/")[2] == last}
    return next((sorted(each) for each in (found & _called(pipeline), alike) if len(each) == 1), sorted(found))


def _directories(tree: Tree, pattern: str) -> set[str]:
    """The directories that hold files whose names the pattern matches."""
    matches = glob_regex(pattern).fullmatch
    return {
        path.rpartition("/")[0]
        for name, paths in tree.named.items()
        if matches(name)
        for path in paths
        if path not in tree.directories
    }
