"""Check runs, by the rules that GitHub's OpenAPI does not state."""

from typing import Any

import pytest

from ghapp.demo.github import Pull, Repository

from .conftest import Api

BASE = "/repos/acme/shop"


def note(**more: Any) -> dict[str, Any]:
    return {"path": "a.txt", "start_line": 5, "end_line": 5, "annotation_level": "notice", "message": "m", **more}


def output(*annotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "t", "summary": "s", "annotations": list(annotations), **more}


async def create(api: Api, pull: Pull, **body: Any) -> Any:
    return await api("POST", f"{BASE}/check-runs", {"name": "ghapp", "head_sha": pull.head_sha, **body})


async def test_annotations_append_with_each_update(api: Api, repo: Repository, pull: Pull) -> None:
    number = (await create(api, pull, status="in_progress")).json()["id"]
    for _ in range(3):
        answer = await api("PATCH", f"{BASE}/check-runs/{number}", {"output": output(*[note()] * 50)})
    listed = await api("GET", f"{BASE}/check-runs/{number}/annotations?per_page=100")
    (run,) = repo.check_runs()

    assert answer.json()["output"]["annotations_count"] == 150
    assert len(listed.json()) == 100
    assert len(run.annotations) == 150
    assert [len(each.get("output", {}).get("annotations", [])) for each in run.history] == [0, 50, 50, 50]


@pytest.mark.parametrize(
    "bad",
    [
        output(*[note()] * 51),
        output(note(start_column=1, end_line=6)),
        output(note(start_column=3, end_column=2)),
        output(note(start_column=0)),
        output(note(end_line=4)),
        output(note(start_line=0, end_line=0)),
        output(note(title="x" * 256)),
        output(note(message="é" * 32_769)),
        output(note(raw_details="x" * 65_537)),
        output(note(path="/a.txt")),
        output(summary="x" * 65_536),
        output(text="x" * 65_536),
        output(title="x" * 256),
        output(note(annotation_level="error")),
    ],
)
async def test_what_github_refuses_in_an_output_is_refused_whole(
    api: Api, repo: Repository, pull: Pull, bad: dict[str, Any]
) -> None:
    number = (await create(api, pull, status="in_progress")).json()["id"]
    answer = await api("PATCH", f"{BASE}/check-runs/{number}", {"conclusion": "failure", "output": bad})
    (run,) = repo.check_runs()

    assert answer.status_code == 422
    assert (run.status, run.annotations, len(run.history)) == ("in_progress", [], 1)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "completed"},
        {"conclusion": "stale"},
        {"head_sha": "f" * 40},
        {"actions": [{"label": "l" * 21, "description": "d", "identifier": "i"}]},
        {"actions": [{"label": "l", "description": "d", "identifier": "i"}] * 4},
    ],
)
async def test_a_run_that_github_would_not_take_is_not_made(
    api: Api, repo: Repository, pull: Pull, body: dict[str, Any]
) -> None:
    answer = await create(api, pull, **body)

    assert answer.status_code == 422
    assert repo.check_runs() == []


async def test_a_conclusion_completes_and_a_new_start_reopens(api: Api, pull: Pull) -> None:
    run = (await create(api, pull, conclusion="success")).json()
    again = (await api("PATCH", f"{BASE}/check-runs/{run['id']}", {"status": "in_progress"})).json()

    assert (run["status"], run["conclusion"]) == ("completed", "success")
    assert run["completed_at"]
    assert (again["status"], again["conclusion"], again["completed_at"]) == ("in_progress", None, None)


async def test_runs_are_listed_newest_first_and_the_latest_of_a_name_unless_all_are_wanted(
    api: Api, pull: Pull
) -> None:
    made = [(await create(api, pull, name=name, external_id=name)).json()["id"] for name in ("a", "b", "a")]
    path = f"{BASE}/commits/{pull.head_sha}/check-runs"

    async def ids(query: str) -> list[int]:
        return [run["id"] for run in (await api("GET", f"{path}?{query}")).json()["check_runs"]]

    assert await ids("") == [made[2], made[1]]
    assert await ids("filter=all") == [made[2], made[1], made[0]]
    assert await ids("check_name=b") == [made[1]]
    assert await ids("app_id=5") == []
    assert await ids("status=completed") == []
    assert (await api("GET", f"{BASE}/commits/{pull.head_sha}/check-suites?app_id=5")).json()["total_count"] == 0


async def test_a_run_on_a_forks_commit_stands_in_the_base_repository_without_pull_requests(
    api: Api, repo: Repository
) -> None:
    fork = repo.fork("mallory")
    fork.commit({"a.txt": "evil\n"}, branch="patch-1")
    pull = repo.pull_request(head="mallory:patch-1")
    run = (await create(api, pull)).json()
    shown = (await api("GET", f"{BASE}/pulls/1")).json()

    assert run["pull_requests"] == []
    assert shown["head"]["repo"]["full_name"] == "mallory/shop"
    assert [change.path for change in pull.files()] == ["a.txt"]
    fork.delete()
    assert (await api("GET", f"{BASE}/pulls/1")).json()["head"]["repo"] is None


async def test_the_worst_run_decides_a_suite_and_a_rerun_resets_it(api: Api, repo: Repository, pull: Pull) -> None:
    empty = repo.suite(pull.head_sha).json()
    for name, conclusion in (("a", "success"), ("b", "failure"), ("c", "neutral")):
        last = (await create(api, pull, name=name, conclusion=conclusion)).json()
    path = f"{BASE}/check-suites/{last['check_suite']['id']}"
    done = (await api("GET", path)).json()
    rerun = await api("POST", f"{BASE}/check-runs/{last['id']}/rerequest")
    reset = (await api("GET", path)).json()
    await api("POST", f"{path}/rerequest")

    assert (empty["status"], done["status"], done["conclusion"]) == ("queued", "completed", "failure")
    assert (rerun.status_code, reset["status"], reset["conclusion"]) == (201, "in_progress", None)
    assert [(d.event, d.action) for d in repo.github.webhooks.waiting[-2:]] == [
        ("check_run", "rerequested"),
        ("check_suite", "rerequested"),
    ]
    assert api.github.violations == []


async def test_a_run_in_progress_cannot_be_asked_for_again(api: Api, pull: Pull) -> None:
    number = (await create(api, pull)).json()["id"]

    assert (await api("POST", f"{BASE}/check-runs/{number}/rerequest")).status_code == 422
