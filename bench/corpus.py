"""CPU time of `ghapp check` beside zizmor's, over the same files in the same run: `python -m bench.corpus CORPUS`.

Each tool is one process over all files, so both pay their start once. What counts is the CPU time (user and system) of
that process and its threads, as the kernel tells it to the parent when the child ends; of three rounds the lowest.
zizmor reads GitHub Actions only, so the comparison is over workflows and actions; the time with CircleCI's files and
scripts is given besides. Neither uses the network. ghapp gets the path list of each repository, as on a pull request,
and reading it is counted too. The two look for different things: this compares what a reader of the files costs.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from bench.corpus_files import folder, repositories
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.rule import Platform
from ghapp.rules import catalogue

ROUNDS = 3


def check(corpus: Path, platforms: set[str]) -> None:
    """What `ghapp check` does, for every repository of the folder. Prints how many files were read."""
    files = crashes = errors = 0
    for repository in repositories(corpus):
        paths = [path for path in repository.files if platform_of(path) in platforms]
        analysis = analyse(repository.tree(), paths, catalogue())
        files, errors, crashes = files + analysis.files, errors + len(analysis.errors), crashes + len(analysis.crashes)
    print(f"{files} files read, {errors} errors in files, {crashes} crashes of rules")


def seconds(command: list[str]) -> tuple[float, str]:
    """CPU seconds of one process, and the last line it printed. The lowest of three rounds: the machine is shared."""
    best, said = float("inf"), ""
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in range(15):  # zizmor: 0 nothing, 11 to 14 findings by severity
            sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        said = (done.stdout.strip().splitlines() or [""])[-1]
    return best, said


def main() -> None:
    corpus = folder()
    actions = {Platform.ACTIONS, Platform.ACTION}
    if len(sys.argv) > 2:
        check(corpus, set(sys.argv[2].split(",")))
        return
    readable = [
        str(file)
        for repository in repositories(corpus)
        for path, file in repository.files.items()
        if platform_of(path) in actions
    ]
    zizmor = str(Path(sys.executable).with_name("zizmor"))
    here = [sys.executable, "-m", "bench.corpus", str(corpus)]
    theirs, _ = seconds([zizmor, "--offline", "--no-config", "--no-progress", "--quiet", *readable])
    ours, said = seconds([*here, ",".join(actions)])
    both, said_both = seconds([*here, ",".join(Platform)])
    count = int(said.split()[0])
    print(f"zizmor  {theirs:6.2f} s CPU  {1000 * theirs / len(readable):5.2f} ms a file  {len(readable)} files given")
    print(f"ghapp   {ours:6.2f} s CPU  {1000 * ours / count:5.2f} ms a file  {said}")
    print(f"ghapp / zizmor: {ours / theirs:.2f}")
    each = 1000 * both / int(said_both.split()[0])
    print(f"ghapp   {both:6.2f} s CPU  {each:5.2f} ms a file  {said_both} (with CircleCI and scripts)")


if __name__ == "__main__":
    main()
