"""What the button "Apply all fixes" leaves behind: a commit's message, and a note in the check run."""

from __future__ import annotations

from collections.abc import Callable

from report.build import MENDABLE, a_diagnostic, rule_url

from ghapp.pipeline.engine import Outcome
from ghapp.report import Button, check_run
from ghapp.report import fixes as words

HEAD = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "https://github.example/acme/shop"
PAGE = "https://github.example/organizations/acme/settings/installations/1"


def test_every_note_reads_well(as_in_golden: Callable[[str, str], None]) -> None:
    notes = [
        words.pushed(HEAD, REPOSITORY, findings=1, files=1),
        words.pushed(HEAD, REPOSITORY, findings=5, files=2, left=2),
        words.pushed(HEAD, REPOSITORY),
        *map(words.not_pushed, (words.CLOSED, words.FORK, words.GONE, words.MOVED, words.TOO_MUCH)),
        *map(words.not_pushed, (words.OURS, words.UNANSWERED)),
        words.nothing_to_push(0),
        words.nothing_to_push(1),
        words.not_allowed("octo-`cat`"),
        words.missing({"contents": "write", "workflows": "write"}, PAGE),
        words.refused("Changes must be made through a pull request, says @acme/owners <b>."),
    ]

    as_in_golden("fixes.md", "\n\n".join(notes) + "\n")


def test_the_message_of_a_commit_names_rules_and_nothing_of_the_pull_request() -> None:
    first, rest = words.message(HEAD, ["b", "a", "a"])

    assert first == "Mend what ghapp found"
    assert rest == f"Fixes that are proven to work, for 3 findings:\n\n- b\n- a (2)\n\nGhapp-Fixes: {HEAD}"
    assert "- 5 more rules\n" in words.message(HEAD, map(str, range(25)))[1]


def test_a_commit_of_fixes_is_known_by_its_last_line() -> None:
    message = "\n\n".join(words.message(HEAD, ["a"]))

    assert words.is_of(f"{message}\n", HEAD)
    assert not words.is_of(message, HEAD[::-1])
    assert not words.is_of(f"{message}\n\nCo-authored-by: someone", HEAD)


def test_a_check_has_a_button_where_something_can_be_mended() -> None:
    new = (MENDABLE, MENDABLE, a_diagnostic())
    (button,) = check_run(Outcome(new=new, files=1), rule_url=rule_url).buttons

    assert button == Button("Apply all fixes", "Pushes a commit with 2 fixes", "fix")
    assert (len(button.label) <= 20, len(button.description) <= 40, len(button.identifier) <= 20) == (True,) * 3
    assert check_run(Outcome(new=(a_diagnostic(),), files=1), rule_url=rule_url).buttons == ()
