"""What is kept of each event that is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ghapp.inbox import Command, Delivery, PullRequest
from ghapp.web import ANSWERED
from ghapp.web.fields import Malformed
from ghapp.web.payload import EVENTS, UNASKED, Ignored, delivery

EXAMPLES = Path(__file__).parent / "payloads"


def example(name: str, **changed: Any) -> dict[str, Any]:
    """One of GitHub's examples, with some of its parts changed."""
    payload: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text())
    for key, value in changed.items():
        payload[key] = {**payload[key], **value} if isinstance(payload.get(key), dict) else value
    return payload


def kept(event: str, payload: dict[str, Any]) -> Delivery:
    stored = delivery("guid", event, payload, 1.0)

    assert Delivery.from_json(json.loads(json.dumps(stored.to_json()))) == stored
    return stored


def test_a_group_of_the_merge_queue_is_kept_with_its_two_commits_and_the_name_of_the_base() -> None:
    payload = example("merge_group.checks_requested.0")
    stored, group = kept("merge_group", payload), payload["merge_group"]

    assert stored.kind == "group"
    assert (stored.pull.number, stored.pull.head, stored.pull.base) == (0, group["head_sha"], group["base_sha"])
    assert stored.pull.base_ref == "main"
    assert stored.subject == f"{payload['repository']['id']}@{group['head_sha']}"


SHA = "d6fde92930d4715a2b49857d24b940956b26d2d3"
BASE = "b" * 40


@pytest.mark.parametrize(
    ("external_id", "number", "base_ref", "base"),
    [
        ("42 main", 42, "main", ""),
        ("42 release/1.x superseded", 42, "release/1.x", ""),
        ("42 main failed", 42, "main", ""),
        (f"0 main {BASE}", 0, "main", BASE),
        (f"0 main {BASE} failed", 0, "main", BASE),
        ("", 0, "", ""),
        ("somebody else's", 0, "", ""),
        ("0 main", 0, "", ""),
        ("042 main", 0, "", ""),
        ("42", 0, "", ""),
    ],
)
def test_a_check_run_that_is_to_run_again_tells_what_it_is_about(
    external_id: str, number: int, base_ref: str, base: str
) -> None:
    payload = example("check_run.rerequested.0", check_run={"external_id": external_id})
    stored = kept("check_run", payload)
    about = PullRequest(number=number, head=SHA, base=base, base_ref=base_ref, changed_files=0)

    assert (stored.kind, stored.pull, stored.run) == ("rerun", about, 4)


def test_what_our_check_runs_say_they_are_about_can_be_read_back() -> None:
    one = PullRequest(number=42, head=SHA, base="", base_ref="a,b;c", changed_files=0)
    group = PullRequest(number=0, head=SHA, base=BASE, base_ref="main", changed_files=0)

    assert [PullRequest.about(each.key, SHA) for each in (one, group)] == [one, group]


def test_a_suite_that_is_to_run_again_is_kept_with_nothing_but_its_head() -> None:
    payload = example("check_suite.rerequested.0")
    stored, head = kept("check_suite", payload), payload["check_suite"]["head_sha"]

    assert stored.kind == "rerun"
    assert stored.pull == PullRequest(number=0, head=head, base="", base_ref="", changed_files=0)


def test_our_button_is_kept_and_others_are_not() -> None:
    ours = {"check_run": {"external_id": "42 main"}, "requested_action": {"identifier": "fix"}}
    stored = kept("check_run", example("check_run.requested_action.0", **ours))

    assert (stored.kind, stored.pull.number, stored.run) == ("fix", 42, 1494503112)
    assert stored.subject == f"{stored.repository}#42"
    with pytest.raises(Ignored):
        kept("check_run", example("check_run.requested_action.0", check_run={"external_id": "42 main"}))
    with pytest.raises(Ignored, match="none of ours"):
        kept("check_run", example("check_run.requested_action.0", requested_action={"identifier": "fix"}))


# -- comments ----------------------------------------------------------------------------------------------------------


def said(body: str, **comment: Any) -> Delivery:
    return kept(
        "pull_request_review_comment",
        example("pull_request_review_comment.created.1", comment={"body": body, **comment}),
    )


@pytest.mark.parametrize(
    ("body", "verb", "reason", "until"),
    [
        ("/ghapp ignore it is a test", "ignore", "it is a test", ""),
        ("/ghapp ignore it is a test until 2027-01-31", "ignore", "it is a test", "2027-01-31"),
        ("/ghapp ignore until 2027-01-31", "ignore", "", "2027-01-31"),
        ("/ghapp ignore a test UNTIL  2027-99-31", "ignore", "a test", "2027-99-31"),
        ("/ghapp ignore not until tomorrow", "ignore", "not until tomorrow", ""),
        ("/ghapp ignore gone until 2027-01-31, I hope", "ignore", "gone until 2027-01-31, I hope", ""),
        ("/GHApp Explain", "explain", "", ""),
        ("  /ghapp\treview\r\n\r\nThanks!", "review", "", ""),
        ("/ghapp", "", "", ""),
        ("/ghapp make coffee\n/ghapp review", "make", "coffee", ""),
        (f"/ghapp {'x' * 90} {'y' * 900}", "x" * 40, "y" * 500, ""),
    ],
)
def test_a_command_is_kept_as_it_was_written(body: str, verb: str, reason: str, until: str) -> None:
    stored = said(body)

    assert stored.kind == "command"
    assert stored.command == Command(
        verb=verb, reason=reason, until=until, comment=284312630, thread=0, by="Codertocat"
    )


@pytest.mark.parametrize(
    "body", ["", "\n", "/ghapps review", "Try\n/ghapp review", "> /ghapp review", "`/ghapp review`"]
)
def test_a_comment_that_does_not_begin_with_our_name_is_not_kept(body: str) -> None:
    with pytest.raises(Ignored, match="not for ghapp"):
        said(body)


@pytest.mark.parametrize("kind", ["Bot", "Organization", "Mannequin"])
def test_a_command_that_no_person_wrote_is_not_kept(kind: str) -> None:
    with pytest.raises(Ignored, match="person"):
        said("/ghapp review", user={"login": "ghapp[bot]", "type": kind})


@pytest.mark.parametrize("action", ["edited", "deleted"])
def test_a_comment_that_is_edited_or_deleted_asks_for_nothing(action: str) -> None:
    payload = example("pull_request_review_comment.created.1", comment={"body": "/ghapp review"}) | {"action": action}

    with pytest.raises(Ignored, match="new comment"):
        kept("pull_request_review_comment", payload)


def test_a_reply_is_kept_with_its_thread_and_the_commits_of_the_pull_request() -> None:
    stored = said("/ghapp explain", in_reply_to_id=77)
    pull = example("pull_request_review_comment.created.1")["pull_request"]

    assert stored.command is not None
    assert stored.command.thread == 77
    assert (stored.pull.head, stored.pull.base_ref) == (pull["head"]["sha"], pull["base"]["ref"])
    assert stored.subject == f"{stored.repository}#{pull['number']}"


def test_a_comment_below_a_pull_request_is_kept_with_its_number_alone_and_one_on_an_issue_is_not() -> None:
    below = example("issue_comment.created.3", comment={"body": "/ghapp review"}, issue={"pull_request": {"url": "x"}})
    stored = kept("issue_comment", below)

    assert stored.pull == PullRequest(number=stored.pull.number, head="", base="", base_ref="", changed_files=0)
    assert stored.pull.number == below["issue"]["number"]
    with pytest.raises(Ignored, match="issue"):
        kept("issue_comment", example("issue_comment.created.3", comment={"body": "/ghapp review"}))


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("merge_group", example("merge_group.checks_requested.0", merge_group={"base_sha": "../x"})),
        ("check_run", example("check_run.rerequested.0", check_run={"head_sha": "x"})),
        ("check_run", example("check_run.requested_action.0", requested_action={"identifier": 1})),
        ("check_suite", example("check_suite.rerequested.0", check_suite={"head_sha": None})),
        ("issue_comment", example("issue_comment.created.3", comment={"body": 7})),
    ],
)
def test_what_github_never_sends_is_refused(event: str, payload: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        kept(event, payload)


def test_whatever_is_kept_is_worth_being_sent_again() -> None:
    kept_ones: set[str] = set()
    for path in EXAMPLES.glob("*.json"):
        event, payload = path.name.partition(".")[0], json.loads(path.read_text())
        try:
            kept_ones.add(f"{event}.{delivery('guid', event, payload, 1.0).action}")
        except (Ignored, Malformed):
            continue

    assert kept_ones
    assert kept_ones <= ANSWERED
    assert {each.partition(".")[0] for each in ANSWERED} == {*EVENTS, *UNASKED}
