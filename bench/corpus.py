"""CPU time of `ghapp check` beside zizmor's, over the same files in the same run: `python -m bench.corpus CORPUS`.

Each tool is one process over all files, so both pay their start once. What counts is the CPU time (user and system) of
that process and its threads, as the kernel tells it to the parent when the child ends; of three rounds the lowest.
zizmor reads GitHub Actions only, and gives up everything at the first file that its YAML parser refuses: such files are
left out for both. The time with CircleCI's files and scripts, and with the files left out, is given besides. Neither
uses the network. ghapp gets the path list of each repository, as on a pull request, and reading it is counted too. The
two look for different things: this compares what a reader of the files costs. What each pays before it reads anything,
its start, is given besides: with one small file it is nearly all there is.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

from bench.corpus_files import folder, repositories
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.memory import leave_garbage
from ghapp.pipeline.rule import Platform
from ghapp.rules import catalogue

ROUNDS = 3
ZIZMOR = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-config", "--no-progress", "--quiet"]
ZIZMOR_ENDS = (0, 11, 12, 13, 14)
"""Nothing found, or findings up to a severity."""
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""An installed program has its bytecode at hand: the first round may write it."""
START = [sys.executable, "-c", "import ghapp.cli.check; from ghapp.rules import catalogue; catalogue()"]


def check(corpus: Path, files: set[str]) -> None:
    """What `ghapp check` does, repository by repository, for the files named (all, when none is). Says what it read."""
    leave_garbage()
    read = errors = crashes = 0
    for repository in repositories(corpus):
        paths = [path for path, file in repository.files.items() if not files or str(file) in files]
        analysis = analyse(repository.tree(), paths, catalogue())
        read, errors, crashes = read + analysis.files, errors + len(analysis.errors), crashes + len(analysis.crashes)
    print(f"{read} files read, {errors} errors in files, {crashes} crashes of rules")


def seconds(command: list[str], *, given: str = "", ends: tuple[int, ...] = (0,)) -> tuple[float, str]:
    """The CPU seconds of a process, the lowest of some rounds since machines are shared; and what it printed."""
    best, said = float("inf"), ""
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, env=ENVIRONMENT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in ends:
            sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        said = done.stdout.strip()
    return best, said


def readable(files: list[str]) -> list[str]:
    """The files without those at which zizmor stops."""
    left = list(files)
    while True:
        done = subprocess.run([*ZIZMOR, *left], capture_output=True, text=True, check=False)
        refused = re.search(r"failed to load file://(\S+) as", done.stderr)
        if done.returncode in ZIZMOR_ENDS or refused is None:
            return left
        left.remove(refused.group(1))


def main() -> None:
    corpus = folder()
    if "--check" in sys.argv:
        check(corpus, set(sys.stdin.read().splitlines()))
        return
    actions = [
        str(file)
        for repository in repositories(corpus)
        for path, file in repository.files.items()
        if platform_of(path) in (Platform.ACTIONS, Platform.ACTION)
    ]
    files = readable(actions)
    here = [sys.executable, "-m", "bench.corpus", str(corpus), "--check"]
    smallest = min(files, key=lambda file: Path(file).stat().st_size)
    their_start, _ = seconds([*ZIZMOR, smallest], ends=ZIZMOR_ENDS)
    start, _ = seconds(START)
    theirs, _ = seconds([*ZIZMOR, *files], ends=ZIZMOR_ENDS)
    ours, said = seconds(here, given="\n".join(files))
    everything, said_of_all = seconds(here)
    print(f"{len(files)} workflows and actions; {len(actions) - len(files)} more left out, at which zizmor stops")
    print(f"zizmor  {theirs:6.2f} s CPU  {1000 * theirs / len(files):5.2f} ms a file")
    print(f"ghapp   {ours:6.2f} s CPU  {1000 * ours / len(files):5.2f} ms a file  {said}")
    print(f"ghapp / zizmor: {ours / theirs:.2f}")
    print(f"of that the start: zizmor {their_start:.2f} s, ghapp {start:.2f} s")
    each = 1000 * everything / int(said_of_all.split()[0])
    print(f"all kinds of file: {everything:.2f} s CPU  {each:.2f} ms a file  {said_of_all}")


if __name__ == "__main__":
    main()
