"""From the webhook to the posted review, with a slow GitHub: `python -m bench.review_latency [reviews]`.

The real App runs as a process of its own against the demo's GitHub, which adds 200 ms to every answer. Each pull
request changes three CI files, in a repository of its own, so that a token has to be minted, too, and no content is
remembered. A review is complete when its check run has ended and its comments stand. The calls of the median review
are drawn, one line each, so that the round trips can be counted.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass

from ghapp.demo.github import Call, GitHub, Pull
from ghapp.demo.stage import stage

LATENCY = 0.2  # seconds, in every answer
REVIEWS = 15
PATIENCE = 30.0
WIDTH = 60  # characters of the drawing

WORKFLOW = """\
on: pull_request
jobs:
  {job}:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: {run}
"""
FILES = {
    ".github/workflows/build.yml": WORKFLOW.format(job="build", run="terraform validate"),
    ".github/workflows/lint.yml": WORKFLOW.format(job="lint", run="shellcheck scripts/*.sh"),
    ".circleci/config.yml": "version: 2.1\njobs:\n  test:\n    docker: [{image: cimg/base:2025.01}]\n"
    "    steps: [checkout, {run: make test}]\nworkflows:\n  all:\n    jobs: [test]\n",
}
BEFORE = {
    "main.tf": 'resource "aws_s3_bucket" "logs" {}\n',
    "scripts/build.sh": "#!/bin/bash\nset -euo pipefail\nmake\n",
    "Makefile": "test:\n\ttrue\n",
}


@dataclass(frozen=True, slots=True)
class Review:
    """`seconds` from the webhook's sending to the last word; its calls to GitHub, by their time."""

    seconds: float
    sent: float
    calls: list[Call]


def reviewed(github: GitHub, number: int) -> Review:
    """Opens a pull request and waits until all is said."""
    repository = github.repository(f"acme/shop-{number}", BEFORE)
    repository.commit(FILES, branch="feature")
    github.drop()
    github.clear()
    pull = repository.pull_request(head="feature", title="Build, lint and test")
    sent = time.perf_counter()
    asyncio.run(github.deliver())
    while not complete(pull):
        if time.perf_counter() - sent > PATIENCE:
            sys.exit(f"{repository.full_name} was not reviewed within {PATIENCE:.0f} s")
        time.sleep(0.005)
    calls = sorted(github.calls, key=lambda call: call.started)
    return Review(max(call.started + call.seconds for call in calls) - sent, sent, calls)


def complete(pull: Pull) -> bool:
    runs = pull.repository.check_runs(pull.head_sha)
    return bool(runs) and all(run.status == "completed" for run in runs) and bool(pull.reviews)


def drawn(review: Review) -> str:
    scale = WIDTH / review.seconds
    lines: list[str] = []
    for call in review.calls:
        start, end = call.started - review.sent, call.started - review.sent + call.seconds
        bar = " " * int(start * scale) + "█" * max(1, round((end - start) * scale))
        lines.append(f"  {call.operation:<38} {bar:<{WIDTH + 1}} {1000 * start:5.0f} to {1000 * end:5.0f} ms")
    return "\n".join(lines)


def round_trips(calls: list[Call]) -> int:
    """How many calls had to wait for another: those that begin only after one that began since the last wait."""
    count, until = 0, 0.0
    for call in calls:
        if call.started >= until:
            count, until = count + 1, call.started + call.seconds
    return count


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REVIEWS
    with stage() as (github, _):
        reviewed(github, 0)  # the first one pays for what the App does once
        github.latency = LATENCY
        reviews = [reviewed(github, number) for number in range(1, count + 1)]
        github.latency = 0
        if github.violations:
            sys.exit("\n".join(github.violations))
    reviews.sort(key=lambda review: review.seconds)
    median = reviews[len(reviews) // 2]
    opened = next(at for at, call in enumerate(median.calls) if call.operation == "checks/create")
    after = [call for call in median.calls if call.started >= median.calls[opened].started + LATENCY]
    seconds = [review.seconds for review in reviews]
    print(f"{count} pull requests of {len(FILES)} CI files, {1000 * LATENCY:.0f} ms in every answer of GitHub")
    print(f"seconds: median {statistics.median(seconds):.2f}, fastest {seconds[0]:.2f}, slowest {seconds[-1]:.2f}")
    print(f"requests: {len(median.calls)}; round trips: {round_trips(median.calls)}, of these", end=" ")
    print(f"{round_trips(after)} after the check run is open. The median review:\n\n{drawn(median)}")


if __name__ == "__main__":
    main()
