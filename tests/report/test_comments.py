"""Where a comment on a finding stands, what it says, and when it has a button that mends the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from report.build import (
    EDIT,
    EVERYTHING,
    IGNORED,
    IN_A_SCRIPT,
    MENDABLE,
    SCRIPT,
    TEXTS,
    WORKFLOW,
    a_diagnostic,
    read,
    rule_url,
)

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.ignores import Reason
from ghapp.pipeline.rule import Confidence, Diagnostic, Edit, Evidence, Severity
from ghapp.pipeline.source import Place
from ghapp.report import Comments, Patch, Spot, links_below

WHOLE = "@@ -0,0 +1,9 @@\n" + "".join(f"+{line}\n" for line in TEXTS[WORKFLOW].splitlines())
SCRIPT_TOO = "@@ -0,0 +1,3 @@\n" + "".join(f"+{line}\n" for line in TEXTS[SCRIPT].splitlines())
AT = Spot(WORKFLOW, 8, 8)


def words(patch: str = WHOLE, wanted: str = "all", script: str = "") -> Comments:
    patches = {WORKFLOW: Patch.parse(patch), SCRIPT: Patch.parse(script)}
    link = links_below("https://github.example/acme/shop/blob/c0ffee")
    return Comments(patches, rule_url=rule_url, link=link, read=read, wanted=wanted)


def said(each: Diagnostic, patch: str = WHOLE) -> str:
    """The body of a new comment on it."""
    comments = words(patch)
    return comments.body([each], comments.spot([each]))


def mending(edit: Edit, fingerprint: str = "0f", severity: Severity = Severity.FAILURE) -> Diagnostic:
    return a_diagnostic(edit=edit, proven=True, fingerprint=fingerprint, severity=severity)


# -- what it says ------------------------------------------------------------------------------------------------------


def test_a_comment_says_what_fails_why_and_how_one_click_mends_it(as_in_golden: Callable[[str, str], None]) -> None:
    evidence = (Evidence(Place(WORKFLOW, 7, 9, 7, 33), "only the checkout runs before it"),)
    body = said(replace(MENDABLE, finding=replace(MENDABLE.finding, evidence=evidence)))

    as_in_golden("comment.md", f"{body}\n")


def test_an_edit_that_is_not_sure_is_shown_as_a_diff_to_copy_from() -> None:
    body = said(replace(MENDABLE, proven=False))

    assert "This may mend it; try it before you trust it (line 8 of" in body
    assert "```diff\n-      - run: terraform validate\n+      - run: terraform init" in body


def test_a_comment_that_is_outdated_says_where_the_finding_stands_now_and_shows_a_diff() -> None:
    body = words().body([MENDABLE], None)

    assert f"It stands at [`{WORKFLOW}:8`](https://github.example/acme/shop/blob/c0ffee/{WORKFLOW}#L8)." in body
    assert "```suggestion" not in body
    assert "This mends it (line 8 of" in body


@pytest.mark.parametrize("at", [Spot(WORKFLOW, 20, 21), Spot(SCRIPT, 8, 8)])
def test_a_comment_at_another_line_offers_no_suggestion(at: Spot) -> None:
    body = words().body([MENDABLE], at)

    assert "It stands at" in body
    assert "```suggestion" not in body


@pytest.mark.parametrize("line", [1, 8, 18])
def test_a_comment_near_its_line_does_not_say_where_it_is(line: int) -> None:
    assert "It stands at" not in words().body([MENDABLE], Spot(WORKFLOW, line, line))


def test_several_findings_of_a_rule_are_one_list_with_links_and_the_changes_folded(
    as_in_golden: Callable[[str, str], None],
) -> None:
    there = replace(MENDABLE, finding=replace(MENDABLE.finding, place=Place(WORKFLOW, 9, 14, 9, 20)), edit=None)

    as_in_golden("comment_on_several.md", f"{words().body([MENDABLE, there], AT)}\n")


def test_where_the_messages_of_several_findings_differ_each_stands_beside_its_place() -> None:
    other = a_diagnostic(message="Here it is something else.", place=Place(WORKFLOW, 9, 1, 9, 2))
    body = words().body([a_diagnostic(), other], AT)

    assert f"{WORKFLOW}#L9): Here it is something else.\n" in body
    assert "How to mend" not in body


def test_a_list_that_is_too_long_for_a_comment_says_how_many_places_are_left_out() -> None:
    many = [a_diagnostic(message="x" * 3000 + str(number)) for number in range(30)]
    body = words().body(many, AT)

    assert "In 30 places:" in body
    assert "more places did not fit here" in body
    assert len(body) < 65_000


def test_a_change_that_is_too_long_for_a_comment_is_left_to_the_check() -> None:
    body = said(mending(Edit(WORKFLOW, 9, 9, ("x" * 70_000,))))

    assert "1 more change did not fit here." in body
    assert len(body) < 65_000


@pytest.mark.parametrize(
    ("outcome", "farewell"),
    [
        (Outcome(), "**Mended** in c0ffee."),
        (
            Outcome(known=(a_diagnostic(),)),
            "**The base branch has it too** by now, so this pull request no longer brings it.",
        ),
        (Outcome(ignored=(IGNORED,)), "**Mended** in c0ffee."),
        (
            Outcome(ignored=(replace(IGNORED, diagnostic=a_diagnostic()),)),
            "**Ignored**: The image has it.",
        ),
        (
            Outcome(ignored=(replace(IGNORED, diagnostic=a_diagnostic(), reason=Reason("Ask @jo.", by="octo-dev")),)),
            "**Ignored** by `octo-dev`: Ask `@jo`.",
        ),
    ],
    ids=["mended", "there before", "another one ignored", "ignored in a file", "ignored by somebody"],
)
def test_the_last_words_say_why_nothing_is_left(outcome: Outcome, farewell: str) -> None:
    body = words().farewell("some-rule", ["0123456789abcdef"], outcome, "c0ffee")

    assert body == f"{farewell}\n\n[`some-rule`](https://ghapp.example/rules/some-rule)"


# -- what is worth one -------------------------------------------------------------------------------------------------


def test_failures_and_warnings_are_worth_a_comment_and_notices_only_with_a_suggestion() -> None:
    everything = words(script=SCRIPT_TOO)
    warning = replace(IN_A_SCRIPT, edit=None)
    notice = a_diagnostic(severity=Severity.NOTICE)

    assert [everything.wants(each) for each in (a_diagnostic(), warning, notice)] == [True, True, False]
    assert everything.wants(mending(EDIT, severity=Severity.NOTICE))


def test_what_is_not_sure_is_not_worth_a_comment() -> None:
    assert not words().wants(a_diagnostic(confidence=Confidence.LOW))
    assert words().wants(a_diagnostic(confidence=Confidence.MEDIUM))


def test_what_stands_outside_of_the_diff_has_no_place_for_a_comment() -> None:
    assert not words().wants(IN_A_SCRIPT)
    assert not words(patch="@@ -1 +1,2 @@\n a\n+b\n").wants(MENDABLE)


def test_a_finding_outside_of_the_diff_is_commented_on_where_its_change_would_be_made() -> None:
    outside = a_diagnostic(place=Place(SCRIPT, 3, 1, 3, 4), edit=Edit(WORKFLOW, 7, 9, ("x",)))

    assert words().spot([outside]) == Spot(WORKFLOW, 7, 9)
    assert "It stands at" in said(outside)


@pytest.mark.parametrize(
    ("wanted", "worth"), [("all", [True, True]), ("suggestions", [False, True]), ("none", [False, False])]
)
def test_a_policy_chooses_what_is_commented_on(wanted: str, worth: list[bool]) -> None:
    comments = words(wanted=wanted)

    assert [comments.wants(each) for each in (a_diagnostic(), MENDABLE)] == worth


# -- where it stands ---------------------------------------------------------------------------------------------------


def test_a_comment_with_a_suggestion_covers_exactly_the_lines_of_the_edit() -> None:
    each = mending(Edit(WORKFLOW, 7, 9, ("      - run: make",)))

    assert words().spot([each]) == Spot(WORKFLOW, 7, 9)
    assert "```suggestion\n      - run: make\n```" in said(each)


def test_a_comment_without_a_suggestion_covers_the_lines_of_the_finding_unless_they_are_many() -> None:
    patch = "@@ -0,0 +1,30 @@\n" + "+x\n" * 30
    few, many = (a_diagnostic(place=Place(WORKFLOW, 3, 1, last, 9)) for last in (6, 20))

    assert words(patch).spot([few]) == Spot(WORKFLOW, 3, 6)
    assert words(patch).spot([many]) == Spot(WORKFLOW, 3, 3)


def test_a_finding_that_leaves_the_hunk_is_commented_on_at_its_first_line() -> None:
    each = a_diagnostic(place=Place(WORKFLOW, 8, 1, 12, 9))

    assert words().spot([each]) == Spot(WORKFLOW, 8, 8)


def test_several_findings_are_commented_on_where_the_first_stands() -> None:
    wide = mending(Edit(WORKFLOW, 6, 9, ("x",)))

    assert words().spot([wide, a_diagnostic()]) == Spot(WORKFLOW, 8, 8)


# -- the button --------------------------------------------------------------------------------------------------------


def test_an_edit_that_deletes_is_an_empty_suggestion() -> None:
    assert "```suggestion\n```" in said(mending(Edit(WORKFLOW, 9, 9, ())))


def test_a_fence_in_the_text_does_not_end_the_suggestion() -> None:
    assert "`````suggestion\n  ````x\n`````" in said(mending(Edit(WORKFLOW, 9, 9, ("  ````x",))))


@pytest.mark.parametrize(
    "each",
    [
        a_diagnostic(),
        replace(MENDABLE, proven=False),
        a_diagnostic(edit=EDIT, proven=True, confidence=Confidence.MEDIUM),
        mending(replace(EDIT, path="another.yml")),
        mending(Edit(WORKFLOW, 8, 8, ("      - run: terraform validate",))),
        mending(Edit(WORKFLOW, 9, 10, ("x",))),
        mending(Edit(WORKFLOW, 9, 9, ("a\u202eb",))),
        mending(Edit(WORKFLOW, 9, 9, ("x" * 70_000,))),
    ],
    ids=["no edit", "unproven", "unsure", "unchanged file", "no-op", "beyond the hunk", "bidi", "too long"],
)
def test_anything_less_is_no_suggestion(each: Diagnostic) -> None:
    assert "```suggestion" not in said(each)


def test_a_file_with_windows_line_ends_gets_none() -> None:
    assert "```suggestion" not in said(MENDABLE, patch=WHOLE.replace("\n+", "\r\n+"))


def test_lines_in_two_hunks_get_none() -> None:
    patch = "@@ -6,2 +6,2 @@\n-a\n+b\n c\n@@ -8 +8 @@\n-d\n+e\n"

    assert "```suggestion" not in said(mending(Edit(WORKFLOW, 7, 8, ("x",))), patch=patch)
    assert "```suggestion" in said(mending(Edit(WORKFLOW, 6, 7, ("x",))), patch=patch)


def test_of_overlapping_edits_the_first_is_offered_and_the_other_shown() -> None:
    comments = words()
    first, overlapping, beside = (
        mending(Edit(WORKFLOW, 8, 9, ("b",))),
        mending(Edit(WORKFLOW, 7, 8, ("a",))),
        mending(Edit(WORKFLOW, 7, 7, ("c",))),
    )
    bodies = [comments.body([each], comments.spot([each])) for each in (first, overlapping, beside)]

    assert ["```suggestion" in body for body in bodies] == [True, False, True]


def test_a_finding_whose_suggestion_is_taken_is_commented_on_at_its_own_line() -> None:
    comments = words()
    comments.body([mending(Edit(WORKFLOW, 6, 9, ("b",)))], Spot(WORKFLOW, 6, 9))

    assert comments.spot([mending(Edit(WORKFLOW, 6, 8, ("a",)))]) == Spot(WORKFLOW, 8, 8)


def test_everything_can_be_said() -> None:
    comments = words(script=SCRIPT_TOO)

    assert [len(comments.body([each], None)) > 100 for each in EVERYTHING.new] == [True] * 3
