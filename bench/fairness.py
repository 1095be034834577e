"""One noisy installation beside quiet ones: `python -m bench.fairness [pull requests of the noisy one]`.

60 pull requests of one organisation and 5 of others arrive at once, at the real App, from a GitHub that counts what is
written as it does: 80 a minute, 500 an hour, however many installations there are. Says how long each waited for its
review, beside the time that the quiet ones take by themselves, and whether a limit was ever broken. Takes some minutes,
since the limits are those of the real one.

A wait begins when the App has answered the webhook: how fast this machine can send two hundred of them is another
matter.
"""

from __future__ import annotations

import asyncio
import sys
import time

from bench.review_latency import BEFORE, FILES, complete, reviewed
from ghapp.demo.github import GitHub, Pull
from ghapp.demo.stage import stage

NOISY, QUIET = 60, 5
LATENCY = 0.05  # seconds, in every answer of GitHub
PATIENCE = 1200.0


def opened(github: GitHub, owner: str, number: int) -> Pull:
    repository = github.repository(f"{owner}/shop-{number}", BEFORE)
    repository.commit(FILES, branch="feature")
    return repository.pull_request(head="feature", title="Build, lint and test")


def waits(github: GitHub, pulls: list[Pull]) -> dict[Pull, float]:
    """Delivers all webhooks at once; gives the seconds from the answer to each to the review."""
    ended = dict[Pull, float]()
    began = time.time()
    asyncio.run(github.deliver(concurrency=len(github.webhooks.waiting)))
    while len(ended) < len(pulls):
        if time.time() - began > PATIENCE:
            sys.exit(f"{len(pulls) - len(ended)} were not reviewed within {PATIENCE:.0f} s")
        now = time.time()
        ended |= {pull: now for pull in pulls if pull not in ended and complete(pull)}
        time.sleep(0.01)
    stored = {
        each.payload["repository"]["full_name"]: each.delivered_at.timestamp() + each.duration
        for each in github.deliveries
        if each.event == "pull_request" and each.delivered_at is not None
    }
    return {pull: ended[pull] - stored[pull.repository.full_name] for pull in pulls}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else NOISY
    with stage() as (github, _):
        reviewed(github, 0)  # the first one pays for what the App does once
        github.latency = LATENCY
        solo = [opened(github, f"solo-{number}", 0) for number in range(QUIET)]
        alone = max(waits(github, solo).values())
        github.limits.content = True
        noisy = [opened(github, "noisy", number) for number in range(count)]
        quiet = [opened(github, f"quiet-{number}", 0) for number in range(QUIET)]
        github.clear()
        waited = waits(github, noisy + quiet)
        refused = [call for call in github.calls if call.status in (403, 429)]
    slowest = max(waited[pull] for pull in quiet)
    print(f"{QUIET} quiet ones by themselves: {alone:.2f} s; beside {count} noisy ones: {slowest:.2f} s", end=" ")
    print(f"({slowest / alone:.1f} times)")
    earlier = sum(waited[pull] < slowest for pull in noisy)
    print(
        f"noisy ones that were done sooner than that: {earlier}; the last: {max(waited[each] for each in noisy):.0f} s"
    )
    print(f"{len(github.calls)} calls, {len(refused)} refused for a limit")


if __name__ == "__main__":
    main()
