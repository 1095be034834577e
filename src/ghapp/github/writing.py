"""What is written to GitHub: check runs and reviews. Each write bears repetition: in doubt, it looks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ghapp.github.errors import Uncertain
from ghapp.github.line import Line

ANNOTATIONS_A_REQUEST = 50  # GitHub refuses more (REST, checks/update); each request appends
NOTE, NOTE_END = "<!-- ghapp: note -->\n\n", "\n\n<!-- ghapp: end of note -->\n\n"
LOOKS = 3  # how often a write of unknown fate is looked after before it is given up for now


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One of our check runs. `annotations`: how many it has."""

    id: int
    status: str
    conclusion: str
    external_id: str
    annotations: int


@dataclass(frozen=True, slots=True)
class Output:
    """What a check run shows. `summary` and `text` are Markdown; `annotations` and `actions` are GitHub's."""

    title: str
    summary: str
    text: str = ""
    annotations: tuple[Mapping[str, Any], ...] = ()
    actions: tuple[Mapping[str, str], ...] = ()


async def find_check_runs(line: Line, commit: str, name: str) -> list[CheckRun]:
    """Our check runs of that name on the commit, newest first. Runs of other apps do not count, whatever their name."""
    answer = await line.get(f"commits/{commit}/check-runs", check_name=name, filter="all", per_page=100)
    runs: list[dict[str, Any]] = answer["check_runs"]
    own = [run for run in runs if _is_own(run, line.telephone.app)]
    return sorted((_run(run) for run in own), key=lambda run: -run.id)


async def open_check_run(
    line: Line, commit: str, name: str, external_id: str, output: Output, conclusion: str = "", *, after: int = 0
) -> CheckRun:
    """A check run in progress; with a `conclusion`, one that has ended already.

    Whoever looks for it after a write of unknown fate takes none whose id is `after` or below.
    """
    body: dict[str, Any] = {
        "name": name,
        "head_sha": commit,
        "external_id": external_id,
        "status": "in_progress",
        "started_at": _now(),
        "output": _shown(output),
    }
    if conclusion:
        body |= {"status": "completed", "conclusion": conclusion, "completed_at": _now()}
    for _ in range(LOOKS):
        try:
            return _run(await line.post("check-runs", body))
        except Uncertain:
            for run in await find_check_runs(line, commit, name):
                if run.external_id == external_id and run.id > after:
                    return run
    raise Uncertain("GitHub does not say whether it opened the check run")


async def complete_check_run(line: Line, run: CheckRun, external_id: str, conclusion: str, output: Output) -> None:
    """Ends the check run with that output. Annotations that it has already are taken to be the first of them.

    Beyond 50, annotations go ahead in batches; the last request ends the run, so that it ends complete.
    """
    looks = 0
    while True:
        left = output.annotations[run.annotations :]
        last = len(left) <= ANNOTATIONS_A_REQUEST
        batch = replace(output, annotations=left[:ANNOTATIONS_A_REQUEST])
        body: dict[str, Any] = {"output": _shown(batch), "external_id": external_id}
        if last:
            body |= {"status": "completed", "conclusion": conclusion, "completed_at": _now()}
            body["actions"] = [*output.actions]
        try:
            await line.patch(f"check-runs/{run.id}", body)
            run = replace(run, annotations=run.annotations + len(batch.annotations))
            if last:
                return
        except Uncertain:
            looks += 1
            if looks == LOOKS:
                raise
            run = _run(await line.get(f"check-runs/{run.id}"))
            if last and _ended(run, external_id, conclusion, output):
                return


async def put_note(line: Line, run: int, note: str, actions: Sequence[Mapping[str, str]] | None = None) -> None:
    """Puts a note at the top of a check run's summary, in the place of one that stands there. Markdown; nothing else
    of the run changes. `actions`: its buttons from now on; None: those that it has.

    Raises Refused when the run is gone.
    """
    output: dict[str, Any] = (await line.get(f"check-runs/{run}"))["output"]
    summary: str = output.get("summary") or ""
    rest = summary.partition(NOTE_END)[2] if summary.startswith(NOTE) else summary
    shown = Output(output.get("title") or "", f"{NOTE}{note}{NOTE_END}{rest}", output.get("text") or "")
    body: dict[str, Any] = {"output": _shown(shown)}
    if actions is not None:
        body["actions"] = [*actions]
    for looks in range(1, LOOKS + 1):
        try:
            await line.patch(f"check-runs/{run}", body)
            return
        except Uncertain:  # done twice, it does no more than done once
            if looks == LOOKS:
                raise


async def review(line: Line, pull: int, commit: str, comments: Sequence[Mapping[str, Any]]) -> None:
    """One review with these comments, in GitHub's own form: one notification. All or nothing."""
    await line.post(f"pulls/{pull}/reviews", {"commit_id": commit, "event": "COMMENT", "comments": [*comments]})


def _ended(run: CheckRun, external_id: str, conclusion: str, output: Output) -> bool:
    return (
        run.status == "completed"
        and run.external_id == external_id
        and run.conclusion == conclusion
        and run.annotations >= len(output.annotations)
    )


def _shown(output: Output) -> dict[str, Any]:
    shown: dict[str, Any] = {"title": output.title, "summary": output.summary}
    if output.text:
        shown["text"] = output.text
    if output.annotations:
        shown["annotations"] = [*output.annotations]
    return shown


def _run(answer: dict[str, Any]) -> CheckRun:
    output: dict[str, Any] = answer.get("output") or {}
    return CheckRun(
        id=answer["id"],
        status=answer["status"],
        conclusion=answer.get("conclusion") or "",
        external_id=answer.get("external_id") or "",
        annotations=output.get("annotations_count") or 0,
    )


def _is_own(run: dict[str, Any], app: str) -> bool:
    maker: dict[str, Any] = run.get("app") or {}
    if app.isdecimal():
        return str(maker.get("id")) == app
    return maker.get("client_id") in (app, None)  # an older GitHub Enterprise Server does not tell it


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
