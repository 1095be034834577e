"""The play: opens the pull requests, tells in the terminal what happens, and says where to look."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable

import click

from ghapp.demo.github import GitHub, Pull
from ghapp.demo.page.suggestions import suggestion
from ghapp.demo.page.views import annotations_of, is_pending, runs_of
from ghapp.demo.samples import SAMPLES
from ghapp.demo.stage import NotStarted, stage

PATIENCE = 60  # seconds until a review must be there
PAUSE = 0.1
COLOURS = {"failure": "red", "warning": "yellow", "notice": "blue", "success": "green", "neutral": "blue"}


def show(*, once: bool) -> int:
    say("Starting a GitHub and the App on this machine ...")
    # The App's process must not outlive this one. asyncio would take Python's own handler for one that it may replace.
    usual = {each: signal.signal(each, _interrupted) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        with stage() as (github, address):
            say(f"  GitHub  {bold(github.web_url)}")
            say(f"  ghapp   {address}\n")
            return play(github, once=once)
    except NotStarted as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nGood-bye.")
        return 0
    finally:
        for each, handler in usual.items():
            signal.signal(each, handler)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def play(github: GitHub, *, once: bool) -> int:
    """Opens the pull requests, waits for the reviews, tells what they say; then goes on unless it is for `once`."""
    started, teller = time.perf_counter(), Teller(github)
    pulls = [sample.open(github) for sample in SAMPLES]
    complete = follow(github, teller, lambda: not any(map(is_pending, pulls)), PATIENCE)
    seconds = time.perf_counter() - started
    for pull in pulls:
        report(pull)
    problems = missing(pulls, github)
    if not complete:
        problems.append(f"The reviews were not complete after {PATIENCE} s.")
    if problems:
        say(click.style("\n" + "\n".join(problems), fg="red"))
    else:
        say(f"\n{count(len(pulls), 'pull request')} reviewed in {seconds:.1f} s.")
    if not once:
        invite(pulls)
        follow(github, teller, lambda: False, None)
    return 1 if problems else 0


def follow(github: GitHub, teller: "Teller", done: Callable[[], bool], seconds: float | None) -> bool:
    """Delivers webhooks and tells what happens until it is `done`; False when that takes too long."""
    until = None if seconds is None else time.monotonic() + seconds
    while until is None or time.monotonic() < until:
        if github.webhooks.waiting:
            asyncio.run(github.deliver(concurrency=4))
        if done():
            time.sleep(PAUSE)  # a review is posted together with the check, not before it
            asyncio.run(github.deliver(concurrency=4))
            teller.tell()
            return True
        teller.tell()
        time.sleep(PAUSE)
    return False


class Teller:
    """Says each thing that happens once."""

    def __init__(self, github: GitHub) -> None:
        self.github = github
        self.told: set[object] = set()

    def tell(self) -> None:
        for delivery in list(self.github.deliveries):
            if delivery.event == "pull_request" and self._new(delivery.id):
                where = f"{delivery.payload['repository']['full_name']}#{delivery.payload['number']}"
                again = " again" if delivery.redelivery else ""
                answer = f"{delivery.status_code or delivery.status} in {delivery.duration * 1000:.0f} ms"
                say(f"  → {delivery.event}.{delivery.action}{again}  {where}  {answer}")
        for repository in list(self.github.repositories.values()):
            for run in list(repository.runs):
                state = run.conclusion or run.status
                if self._new((run.id, len(run.history), state)):
                    title = f": {run.output['title']}" if run.output["title"] else ""
                    say(f"  ← check run  {repository.full_name}  {coloured(state)}{title}")
            for pull in repository.pulls.values():
                for review in list(pull.reviews):
                    if review.user is self.github.bot and self._new(review.id):
                        where = f"{repository.full_name}#{pull.number}"
                        say(f"  ← review     {where}  {count(len(review.comments), 'comment')}")

    def _new(self, what: object) -> bool:
        fresh = what not in self.told
        self.told.add(what)
        return fresh


def report(pull: Pull) -> None:
    """What was posted on one pull request, in full."""
    say(f"\n{bold(f'{pull.repository.full_name}#{pull.number}')}  {pull.title}\n  {pull.url}")
    for run in runs_of(pull):
        say(f"  Check run {run.name}: {coloured(run.conclusion or run.status)}, {run.output['title']}")
    for each in annotations_of(pull):
        say(f"    {coloured(each.annotation_level)} {each.path}:{each.start_line}  {each.title or ''}")
        say(indented(each.message, "      "))
    for comment in pull.comments:
        if change := suggestion(comment):
            say(f"  Suggestion for {change.path}:{change.first}")
            say(click.style(indented("\n".join(f"- {line}" for line in change.old), "    "), fg="red"))
            say(click.style(indented("\n".join(f"+ {line}" for line in change.new), "    "), fg="green"))


def missing(pulls: list[Pull], github: GitHub) -> list[str]:
    """What should be there and is not; also what GitHub would not have accepted."""
    problems = list(github.violations)
    for sample, pull in zip(SAMPLES, pulls, strict=True):
        name = f"{pull.repository.full_name}#{pull.number}"
        if not any(run.status == "completed" for run in runs_of(pull)):
            problems.append(f"{name} has no completed check run")
        said = "\n".join(each.message for each in annotations_of(pull))
        problems += [f"{name} has no annotation of {rule}" for rule in sample.rules if f"/rules/{rule}" not in said]
        if not any(map(suggestion, pull.comments)):
            problems.append(f"{name} has no suggestion")
    return problems


def invite(pulls: list[Pull]) -> None:
    say("\nOpen one of them, look at its checks and files, and apply a suggestion: the App reviews again.")
    for pull in pulls:
        say(f"  {bold(pull.url)}")
    say("Ctrl-C ends the demo.\n")


def say(text: str) -> None:
    click.echo(text)
    sys.stdout.flush()


def bold(text: str) -> str:
    return click.style(text, bold=True)


def coloured(word: str) -> str:
    return click.style(word.replace("_", " "), fg=COLOURS.get(word, "cyan"))


def count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def indented(text: str, by: str) -> str:
    return "\n".join(by + line for line in text.splitlines())
