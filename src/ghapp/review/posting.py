"""Writes the verdict to GitHub, in a form that bears repetition.

A check run's `external_id` says what it is about and how it stands: `PullRequest.key` alone is judged or being judged;
with ` superseded`, ` failed` or ` closed` behind it (on a closed one, nothing is said), it is to be judged anew. (No
branch's name has a space.)
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from ghapp.github import CheckRun, Line, Output, Refused, complete_check_run, find_check_runs, open_check_run
from ghapp.inbox import PullRequest
from ghapp.report import NAME, Annotation
from ghapp.review.conversation import converse
from ghapp.review.gathering import together
from ghapp.review.judge import Verdict
from ghapp.review.markers import Seal

UNDER_WAY = Output("Reading the pipelines", "ghapp is reading what changes.")
NOTHING = Output("No CI files changed", "This change touches no CI files, so there was nothing to check.")
REFUSED = Output(
    "GitHub did not let ghapp review this change",
    "It said: `{}`\n\n"
    "An owner of the organisation sees under Settings → GitHub Apps what ghapp was granted, and whether it asks "
    "for a permission that nobody has accepted yet. Then press **Re-run** here.",
)
SUPERSEDED = Output("Superseded", "A newer push came before this one was judged.")


class Post:
    """What is posted on one pull request's head, or on that of a group.

    `after`: the id of a check run that is to be made anew, as are all before it: annotations cannot be taken back.
    """

    def __init__(self, line: Line, pull: PullRequest, *, after: int = 0) -> None:
        self.line = line
        self.pull = pull
        self.key = pull.key
        self.after = after
        self.run: CheckRun | None = None

    async def look(self) -> None:
        """Finds the check run that an earlier try has left.

        Only the newest counts, because GitHub shows no other: if that is about another base, this one has none.
        """
        for run in await find_check_runs(self.line, self.pull.head, NAME):
            about = PullRequest.about(run.external_id, self.pull.head)
            if about is not None and about.number == self.pull.number:
                if about.key == self.key and (run.id > self.after or run.status != "completed"):
                    self.run = run
                return

    @property
    def judged(self) -> bool:
        return self.run is not None and self.run.status == "completed" and self.run.external_id == self.key

    async def open(self) -> CheckRun:
        if self.run is None:
            self.run = await self._open(self.key, UNDER_WAY)
        return self.run

    async def end(self, conclusion: str, output: Output, *, state: str = "") -> None:
        """Completes the check run; makes it in the same request if there is none. A judged one stays as it is."""
        external_id = f"{self.key} {state}".strip()
        if self.run is None:
            self.run = await self._open(external_id, output, conclusion)
        elif not self.judged:
            await self._close(self.run, external_id, conclusion, output)

    async def give_up(self, refusal: Refused) -> None:
        """Ends the check, since GitHub let us not do what we wanted; unless it does not let us do that either."""
        said = REFUSED.summary.format(refusal.reason.replace("`", "'"))
        with suppress(Refused):
            await self.end("neutral", replace(REFUSED, summary=said), state="failed")

    async def withdraw(self) -> None:
        """Ends a check run that an earlier try has left under way: nobody waits for it any more."""
        if self.run is not None and self.run.status != "completed":
            await self.end("cancelled", SUPERSEDED, state="superseded")

    async def publish(self, verdict: Verdict, seal: Seal | None, *, state: str = "") -> None:
        """Completes the check run and carries the conversation on, at once. Without a seal there is no conversation,
        and nothing to press."""
        external_id = f"{self.key} {state}".strip()
        talk = _silence() if seal is None else converse(self.line, self.pull, verdict.plan, seal)
        output = _output(verdict) if seal is not None else replace(_output(verdict), actions=())
        _, refused = await together(self._complete(verdict.check.conclusion, external_id, output), talk)
        if refused and self.run is not None:  # then the check run says what the comments would have said
            output = replace(output, text=verdict.plain, annotations=())
            await self._close(self.run, external_id, verdict.check.conclusion, output)

    async def _complete(self, conclusion: str, external_id: str, output: Output) -> bool:
        run = await self.open()
        if not self.judged:
            await self._close(run, external_id, conclusion, output)
        return False

    async def _open(self, external_id: str, output: Output, conclusion: str = "") -> CheckRun:
        head = self.pull.head
        return await open_check_run(self.line, head, NAME, external_id, output, conclusion, after=self.after)

    async def _close(self, run: CheckRun, external_id: str, conclusion: str, output: Output) -> None:
        await complete_check_run(self.line, run, external_id, conclusion, output)
        self.run = replace(run, status="completed", conclusion=conclusion, external_id=external_id)


async def _silence() -> bool:
    return False


def _output(verdict: Verdict) -> Output:
    check = verdict.check
    buttons = tuple(map(asdict, check.buttons))
    return Output(check.title, check.summary, check.text, tuple(map(_annotation, check.annotations)), buttons)


def _annotation(annotation: Annotation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level.value,
        "title": annotation.title,
        "message": annotation.message,
    }
    if annotation.start_column is not None and annotation.end_column is not None:
        said |= {"start_column": annotation.start_column, "end_column": annotation.end_column}
    return said
