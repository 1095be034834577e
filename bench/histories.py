"""What ghapp would have said in the life of repositories: `python -m bench.histories [--commits N] REPOSITORY…`.

REPOSITORY is a git repository, bare or not. First what is found at its newest commit; then, of the newest N commits of
its main line that touched CI files (60), what each brought (`+`) and what it mended (`-`), as on a pull request. A
failure that a commit brought and that stood there for months beside green builds is likely to be a false alarm; one
that somebody mended soon was right. Ends with the numbers by rule.
"""

from __future__ import annotations

import argparse
import subprocess
from collections import Counter
from pathlib import Path

from ghapp.cli.git import Revision
from ghapp.pipeline.engine import Analysis, analyse, compare
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.memory import spare_garbage
from ghapp.pipeline.rule import Diagnostic
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

PLACES = (".github", ".circleci")
"""Where CI files lie that git is asked about."""

tally: Counter[tuple[str, str]] = Counter()


def git(repository: Path, *arguments: str) -> list[str]:
    done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace").splitlines()


def analysed(revision: Revision, *, prove: bool = True) -> Analysis:
    """What is found in all CI files of a commit."""
    tree = Tree(revision.paths, revision.read, runs=revision.runs)
    paths = sorted(path for path in revision.paths if platform_of(path) and path.startswith(PLACES))
    return analyse(tree, paths, catalogue(), prove=prove)


def show(sign: str, each: Diagnostic, revision: Revision) -> None:
    lines = (revision.read(each.path) or b"").decode("utf-8", "replace").splitlines()
    text = lines[each.place.line - 1].strip() if each.place.line <= len(lines) else ""
    print(f"{sign} {each.severity} {each.finding.confidence.name.lower()} {each.rule.id}")
    print(f"    {each.path}:{each.place.line}  {text[:160]}")
    print(f"    {each.finding.message}")
    if each.mend is not None:
        print("".join(f"    | {line}\n" for line in each.mend.lines), end="")
    tally[each.rule.id, sign] += 1


def head(repository: Path) -> None:
    with Revision(repository, "HEAD") as revision:
        analysis = analysed(revision)
        print(f"\n{repository}: {analysis.files} CI files, {len(analysis.diagnostics)} findings")
        for trouble in (*analysis.crashes, *analysis.errors):
            print(f"! {trouble}")
        for each in analysis.diagnostics:
            show(" ", each, revision)


def history(repository: Path, commits: int) -> None:
    log = git(repository, "log", "--first-parent", f"-{commits}", "--format=%H %P\t%as %s", "--", *PLACES)
    for line in log:
        commits_of, _, title = line.partition("\t")
        name, *parents = commits_of.split()
        if not parents:
            continue
        with Revision(repository, name) as after, Revision(repository, parents[0]) as before:
            outcome = compare(analysed(after), analysed(before, prove=False))
            if outcome.new or outcome.mended:
                print(f"\n{name[:12]} {title}")
            for each in outcome.new:
                show("+", each, after)
            for each in outcome.mended:
                show("-", each, before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--commits", type=int, default=60, metavar="N", help="how many commits to go back (60)")
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    options = parser.parse_args()
    spare_garbage()
    for repository in options.repositories:
        head(repository)
        if options.commits:
            history(repository, options.commits)
    print("\nnow, brought, mended:")
    for rule in sorted({rule for rule, _ in tally}):
        print(f"{tally[rule, ' ']:5} {tally[rule, '+']:5} {tally[rule, '-']:5}  {rule}")


if __name__ == "__main__":
    main()
