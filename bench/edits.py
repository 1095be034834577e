"""Whether the edits hold on real files: `python -m bench.edits CORPUS`.

Every edit that would be offered is applied to its file and the repository is analysed again, from text, by nothing that
the proof itself uses: the file must parse, the finding must be gone, and none may be there that was not.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bench.corpus_files import Repository, folder, labels, loose, repositories
from ghapp.pipeline.engine import Analysis, analyse
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue


def every(corpus: Path) -> Iterator[tuple[Repository, list[str]]]:
    """The repositories, and the loose files of labels (fixes, seed pipelines), each with the paths to analyse."""
    files = sorted({label["file"] for label in labels(corpus) if not label["file"].startswith("files/")})
    return chain(
        ((repository, list(repository.files)) for repository in repositories(corpus)),
        ((repository, [path]) for repository, path in (loose(corpus, file) for file in files)),
    )


def broken(repository: Repository, path: str, before: Analysis, rule: str, edit: Edit) -> str | None:
    """What is wrong with the edit, or None."""
    lines = repository.files[edit.path].read_bytes().decode("utf-8-sig").split("\n")
    end = "\r" if any(line.endswith("\r") for line in lines) else ""
    lines[edit.first - 1 : edit.last] = [line + end for line in edit.lines]
    text = "\n".join(lines).encode()
    original = repository.tree()
    tree = Tree(original.paths, lambda name: text if name == edit.path else _bytes(repository, name))
    after = analyse(tree, [path], catalogue(), prove=False)
    if set(after.errors) - set(before.errors) or after.crashes:
        return f"does not parse: {after.errors or after.crashes}"
    counts, old = _counts(after), _counts(before)
    if counts[rule] >= old[rule]:
        return "its finding is still there"
    new = [id for id, count in counts.items() if count > old[id]]  # noqa: A001
    return f"makes {', '.join(new)} fire" if new else None


def main() -> None:
    corpus = folder()
    tally: Counter[str] = Counter()
    for repository, paths in every(corpus):
        for path in paths:
            before = analyse(repository.tree(), [path], catalogue())
            for each in before.diagnostics:
                tally["findings"] += 1
                if each.edit is None:
                    continue
                tally["edits" if each.proven else "edits that the proof refused"] += 1
                if each.proven and (wrong := broken(repository, path, before, each.rule.id, each.edit)):
                    tally["broken"] += 1
                    print(f"BROKEN {repository.name}/{each.path}:{each.place.line} {each.rule.id}: {wrong}")
    print(f"{tally['findings']} findings, {tally['edits']} edits offered, {tally['broken']} of them broken")
    print(f"{tally['edits that the proof refused']} more edits were built and refused by the proof")
    sys.exit(1 if tally["broken"] else 0)


def _bytes(repository: Repository, path: str) -> bytes | None:
    return repository.files[path].read_bytes() if path in repository.files else None


def _counts(analysis: Analysis) -> Counter[str]:
    """Findings by rule, those included that a graver one eclipses: an edit that mends that one brings none of them."""
    return Counter(each.rule.id for each in (*analysis.diagnostics, *analysis.eclipsed))


if __name__ == "__main__":
    main()
