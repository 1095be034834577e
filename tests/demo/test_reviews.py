"""Reviews, threads and comments: which lines GitHub takes, and where they are after the next push."""

from typing import Any

import pytest

from ghapp.demo.github import Pull, Repository

from .conftest import NUMBERS, Api

BASE = "/repos/acme/shop"


def on(line: int, **more: Any) -> dict[str, Any]:
    return {"path": "a.txt", "line": line, "side": "RIGHT", "body": "b", **more}


async def review(api: Api, *comments: dict[str, Any], **more: Any) -> Any:
    return await api("POST", f"{BASE}/pulls/1/reviews", {"event": "COMMENT", "comments": list(comments), **more})


async def test_a_review_takes_lines_of_one_hunk_on_either_side(api: Api, pull: Pull) -> None:
    answer = await review(
        api,
        on(5),
        on(8, start_line=2, start_side="RIGHT"),
        on(5, side="LEFT"),
        {"path": "new.txt", "position": 1, "body": "b"},
    )
    (made,) = pull.reviews

    assert answer.json()["state"] == "COMMENTED"
    assert [(c.path, c.start_line, c.line, c.side) for c in made.comments] == [
        ("a.txt", None, 5, "RIGHT"),
        ("a.txt", 2, 8, "RIGHT"),
        ("a.txt", None, 5, "LEFT"),
        ("new.txt", None, 1, "RIGHT"),
    ]
    assert made.comments[0].json()["diff_hunk"].endswith("-5\n+five")
    assert api.github.violations == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (on(25), "line must be part of the diff"),
        (on(5, side="MIDDLE"), "line must be part of the diff"),
        (on(25, side="LEFT"), "line must be part of the diff"),
        (on(5, start_line=5), "start line must precede the end line"),
        (on(5, start_line=1), "same hunk"),
        (on(5, path="b.txt"), "Path could not be resolved"),
        ({"path": "a.txt", "body": "b"}, "line or position"),
        ({"path": "a.txt", "body": "b", "position": 99}, "Position is invalid"),
        (on(5, body="x" * 65_537), "too long"),
    ],
)
async def test_one_bad_comment_refuses_the_whole_review(api: Api, pull: Pull, bad: dict[str, Any], said: str) -> None:
    answer = await review(api, on(5), bad)

    assert answer.status_code == 422
    assert said in answer.json()["errors"][0]
    assert (pull.reviews, pull.comments) == ([], [])
    assert api.github.violations == []


async def test_a_review_says_something_and_about_a_commit_of_the_pull_request(
    api: Api, repo: Repository, pull: Pull
) -> None:
    stranger = repo.commit({"z": "z"}, branch="other")
    answers = [
        await review(api),
        await review(api, on(5), commit_id="f" * 40),
        await review(api, on(5), commit_id=stranger),
    ]

    assert [each.status_code for each in answers] == [422, 422, 422]


async def test_a_comment_follows_its_line_and_is_outdated_when_the_line_changes(
    api: Api, repo: Repository, pull: Pull
) -> None:
    await review(api, on(5), on(6, start_line=4))
    pull.push({"a.txt": "zero\n" + NUMBERS.replace("5\n", "five\n", 1)})
    moved = [(thread.is_outdated, thread.lines) for thread in pull.threads]
    pull.push({"a.txt": "zero\n" + NUMBERS.replace("5\n", "FIVE\n", 1)})
    listed = (await api("GET", f"{BASE}/pulls/1/comments")).json()

    assert moved == [(False, (6, 6)), (False, (5, 7))]
    assert [thread.is_outdated for thread in pull.threads] == [True, True]
    assert [(c["line"], c["original_line"], c["position"]) for c in listed] == [(None, 5, None), (None, 6, None)]
    assert api.github.violations == []


async def test_a_comment_is_outdated_when_its_line_leaves_the_diff(api: Api, pull: Pull) -> None:
    await review(api, on(7), {"path": "new.txt", "line": 1, "side": "RIGHT", "body": "b"}, on(5, side="LEFT"))
    pull.push({"a.txt": NUMBERS}, deletes=["new.txt"])

    assert [thread.is_outdated for thread in pull.threads] == [True, True, True]


async def test_a_review_of_an_older_commit_of_the_pull_request_is_taken(api: Api, pull: Pull) -> None:
    old = pull.head_sha
    pull.push({"a.txt": NUMBERS.replace("5\n", "V\n", 1)})
    answer = await review(api, on(5), commit_id=old)

    assert answer.status_code == 200
    assert pull.threads[0].is_outdated


async def test_a_pending_review_is_seen_by_nobody_until_it_is_submitted(api: Api, pull: Pull) -> None:
    made = (await api("POST", f"{BASE}/pulls/1/reviews", {"comments": [on(5)]})).json()
    second = await api("POST", f"{BASE}/pulls/1/reviews", {"body": "b"})
    before = len(pull.comments)
    path = f"{BASE}/pulls/1/reviews/{made['id']}"
    submitted = (await api("POST", f"{path}/events", {"event": "COMMENT", "body": "done"})).json()
    twice = await api("POST", f"{path}/events", {"event": "COMMENT"})

    assert (made["state"], second.status_code, before) == ("PENDING", 422, 0)
    assert (submitted["state"], submitted["body"], len(pull.comments)) == ("COMMENTED", "done", 1)
    assert twice.status_code == 422


async def test_a_review_can_be_edited_and_dismissed_only_if_it_decided(api: Api, pull: Pull) -> None:
    comment = (await review(api, body="b")).json()["id"]
    approval = (await review(api, event="APPROVE")).json()["id"]
    edited = await api("PUT", f"{BASE}/pulls/1/reviews/{comment}", {"body": "better"})
    refused = await api("PUT", f"{BASE}/pulls/1/reviews/{comment}/dismissals", {"message": "m"})
    dismissed = await api("PUT", f"{BASE}/pulls/1/reviews/{approval}/dismissals", {"message": "m"})
    unknown = await api("GET", f"{BASE}/pulls/1/reviews/7/comments")

    assert edited.json()["body"] == "better"
    assert (refused.status_code, dismissed.json()["state"], unknown.status_code) == (422, "DISMISSED", 404)
    assert api.github.violations == []


async def test_single_comments_stand_on_lines_on_files_or_in_threads(api: Api, pull: Pull) -> None:
    path, head = f"{BASE}/pulls/1/comments", pull.head_sha
    line = (await api("POST", path, {**on(5), "commit_id": head})).json()
    file = await api("POST", path, {"path": "new.txt", "body": "f", "commit_id": head, "subject_type": "file"})
    reply = (await api("POST", f"{path}/{line['id']}/replies", {"body": "r"})).json()
    other = (
        await api("POST", path, {"path": "a.txt", "body": "r", "commit_id": head, "in_reply_to": line["id"]})
    ).json()
    outside = await api("POST", path, {**on(25), "commit_id": head})
    nowhere = await api("POST", path, {"path": "x", "body": "f", "commit_id": head, "subject_type": "file"})
    lost = await api("POST", f"{path}/7/replies", {"body": "r"})
    deeper = await api("POST", f"{path}/{reply['id']}/replies", {"body": "r"})
    read = await api("GET", f"{path.replace('/1', '')}/{reply['id']}")

    assert (file.json()["subject_type"], file.json()["line"]) == ("file", None)
    assert (reply["in_reply_to_id"], other["in_reply_to_id"]) == (line["id"], line["id"])
    assert [len(thread.comments) for thread in pull.threads] == [3, 1]
    assert [each.status_code for each in (outside, nowhere, lost, deeper)] == [422, 422, 404, 404]
    assert (read.json()["body"], read.json()["in_reply_to_id"]) == ("r", line["id"])
    assert outside.json()["errors"][0]["field"] == "pull_request_review_thread.line"
    assert api.github.violations == []


async def test_own_comments_can_be_edited_and_deleted_those_of_others_only_read(api: Api, pull: Pull) -> None:
    await review(api, on(5))
    mine = pull.comments[0]
    theirs = mine.thread.reply("octo-dev", "no")
    edited = await api("PATCH", f"{BASE}/pulls/comments/{mine.id}", {"body": "new"})
    refused = await api("PATCH", f"{BASE}/pulls/comments/{theirs.id}", {"body": "new"})
    for each in (theirs, mine):
        assert (await api("DELETE", f"{BASE}/pulls/comments/{each.id}")).status_code == 204
    gone = await api("DELETE", f"{BASE}/pulls/comments/{mine.id}")

    assert (edited.json()["body"], refused.status_code, gone.status_code) == ("new", 403, 404)
    assert pull.threads == []


async def test_comments_below_the_pull_request_can_be_written_edited_and_deleted(api: Api, pull: Pull) -> None:
    path = f"{BASE}/issues/1/comments"
    made = (await api("POST", path, {"body": "b"})).json()
    theirs = pull.say("octo-dev", "hi")
    one = f"{BASE}/issues/comments/{made['id']}"
    edited = await api("PATCH", one, {"body": "new"})
    refused = await api("PATCH", f"{BASE}/issues/comments/{theirs.id}", {"body": "new"})
    long = await api("POST", path, {"body": "x" * 65_537})
    deleted = await api("DELETE", one)
    gone = await api("DELETE", one)
    listed = (await api("GET", path)).json()

    assert edited.json()["body"] == "new"
    assert [each.status_code for each in (refused, long, deleted, gone)] == [403, 422, 204, 404]
    assert [each["body"] for each in listed] == ["hi"]
    assert api.github.violations == []
