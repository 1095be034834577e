"""The folder of real CI files that everything here is measured on.

- `files/OWNER__NAME/…` the CI files of one repository, `trees/OWNER__NAME.txt` every path that it has;
- `labels.jsonl` hand-judged places, an object a line: entry, label (positive, negative), file, line, confidence, why;
- `fixes/NN-ENTRY/` a commit that mended a failure: before.*, after.*, tree_before.txt, tree_after.txt, meta.json;
- `seed-pipelines/NAME/` two whole pipelines, before and after.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ghapp.pipeline.tree import Tree


@dataclass(frozen=True)
class Repository:
    """The CI files of one repository at one commit."""

    name: str
    files: dict[str, Path]  # path in the repository → where its text lies
    paths: frozenset[str] | None  # every path of the repository; None when it is not known

    def tree(self) -> Tree:
        """A fresh tree: it keeps what it reads, so one is made for each analysis."""
        paths = None if self.paths is None else self.paths | self.files.keys()
        return Tree(paths, lambda path: self.files[path].read_bytes() if path in self.files else None)


def folder() -> Path:
    """The folder named on the command line."""
    if len(sys.argv) < 2 or not (Path(sys.argv[1]) / "files").is_dir():
        sys.exit(f"usage: python -m bench.{Path(sys.argv[0]).stem} CORPUS    (a folder with files/ and trees/)")
    return Path(sys.argv[1])


def repositories(corpus: Path) -> Iterator[Repository]:
    """Every repository of the folder, in the order of its name.

    A file that its list of paths does not have is of an older commit: it comes by itself, its repository unknown.
    """
    for root in sorted((corpus / "files").iterdir()):
        files = {str(path.relative_to(root)): path for path in sorted(root.rglob("*")) if path.is_file()}
        paths = _paths(corpus / "trees" / f"{root.name}.txt")
        old = {path: file for path, file in files.items() if paths is not None and path not in paths}
        yield Repository(root.name, {path: file for path, file in files.items() if path not in old}, paths)
        if old:
            yield Repository(root.name, old, None)


def loose(corpus: Path, file: str) -> tuple[Repository, str]:
    """A file named by a label (relative to the folder), in the repository it stood in, with its path there."""
    kind, name, rest = file.split("/", 2)
    at = corpus / kind / name
    if kind == "files":
        paths = _paths(corpus / "trees" / f"{name}.txt")
        return Repository(name, {rest: at / rest}, paths if paths is None or rest in paths else None), rest
    if kind == "fixes":
        path: str = json.loads((at / "meta.json").read_text())["path"]
        return Repository(name, {path: at / rest}, _paths(at / f"tree_{rest.partition('.')[0]}.txt")), path
    path = ".circleci/config.yml" if "circleci" in name else ".github/workflows/pipeline.yml"
    return Repository(name, {path: at / rest}, None), path


def labels(corpus: Path) -> list[dict[str, Any]]:
    """The hand-judged places."""
    return [json.loads(line) for line in (corpus / "labels.jsonl").read_text().splitlines()]


def _paths(listing: Path) -> frozenset[str] | None:
    return frozenset(listing.read_text().splitlines()) if listing.exists() else None
