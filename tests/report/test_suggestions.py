"""Which findings become a suggestion, and what its comment says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from report.build import EDIT, IN_A_SCRIPT, MENDABLE, TEXTS, WORKFLOW, a_diagnostic, rule_url

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Confidence, Diagnostic, Edit, Evidence, Severity
from ghapp.pipeline.source import Place
from ghapp.report import Patch, ReviewComment, suggestions

WHOLE = "@@ -0,0 +1,9 @@\n" + "".join(f"+{line}\n" for line in TEXTS[WORKFLOW].splitlines())


def suggested(*new: Diagnostic, patch: str = WHOLE) -> tuple[ReviewComment, ...]:
    return suggestions(Outcome(new=new, files=1), {WORKFLOW: Patch.parse(patch)}, rule_url=rule_url)


def mending(edit: Edit, fingerprint: str = "0f", severity: Severity = Severity.FAILURE) -> Diagnostic:
    return a_diagnostic(edit=edit, proven=True, fingerprint=fingerprint, severity=severity)


def test_a_proven_edit_of_one_line_becomes_a_comment_on_that_line(as_in_golden: Callable[[str, str], None]) -> None:
    evidence = (Evidence(Place(WORKFLOW, 7, 9, 7, 33), "only the checkout runs before it"),)
    [comment] = suggested(replace(MENDABLE, finding=replace(MENDABLE.finding, evidence=evidence)))

    assert (comment.path, comment.start_line, comment.line) == (WORKFLOW, None, 8)
    assert comment.fingerprint == MENDABLE.fingerprint
    as_in_golden("suggestion.md", f"{comment.body}\n")


def test_the_comment_covers_exactly_the_lines_of_the_edit() -> None:
    [comment] = suggested(mending(Edit(WORKFLOW, 7, 9, ("      - run: make",))))

    assert (comment.start_line, comment.line) == (7, 9)
    assert "```suggestion\n      - run: make\n```" in comment.body


def test_an_edit_that_deletes_is_an_empty_suggestion() -> None:
    [comment] = suggested(mending(Edit(WORKFLOW, 9, 9, ())))

    assert "```suggestion\n```" in comment.body


def test_a_fence_in_the_text_does_not_end_the_suggestion() -> None:
    [comment] = suggested(mending(Edit(WORKFLOW, 9, 9, ("  ````x",))))

    assert "`````suggestion\n  ````x\n`````" in comment.body


@pytest.mark.parametrize(
    "each",
    [
        a_diagnostic(),
        IN_A_SCRIPT,
        replace(MENDABLE, proven=False),
        a_diagnostic(edit=EDIT, proven=True, confidence=Confidence.MEDIUM),
        mending(replace(EDIT, path="another.yml")),
        mending(Edit(WORKFLOW, 8, 8, ("      - run: terraform validate",))),
        mending(Edit(WORKFLOW, 9, 10, ("x",))),
        mending(Edit(WORKFLOW, 9, 9, ("a\u202eb",))),
        mending(Edit(WORKFLOW, 9, 9, ("x" * 70_000,))),
    ],
    ids=["no edit", "advice", "unproven", "unsure", "unchanged file", "no-op", "beyond the hunk", "bidi", "too long"],
)
def test_anything_less_becomes_none(each: Diagnostic) -> None:
    assert suggested(each) == ()


def test_a_file_with_windows_line_ends_gets_none() -> None:
    assert suggested(MENDABLE, patch=WHOLE.replace("\n+", "\r\n+")) == ()


def test_lines_in_two_hunks_get_none() -> None:
    patch = "@@ -6,2 +6,2 @@\n-a\n+b\n c\n@@ -8 +8 @@\n-d\n+e\n"

    assert suggested(mending(Edit(WORKFLOW, 7, 8, ("x",))), patch=patch) == ()
    assert len(suggested(mending(Edit(WORKFLOW, 6, 7, ("x",))), patch=patch)) == 1


def test_of_overlapping_edits_the_gravest_is_offered() -> None:
    notice = mending(Edit(WORKFLOW, 7, 8, ("a",)), "aa", Severity.NOTICE)
    failure = mending(Edit(WORKFLOW, 8, 9, ("b",)), "bb")
    beside = mending(Edit(WORKFLOW, 7, 7, ("c",)), "cc", Severity.NOTICE)

    assert [each.fingerprint for each in suggested(notice, failure, beside)] == ["bb", "cc"]


def test_there_are_at_most_twenty() -> None:
    patch = "@@ -0,0 +1,30 @@\n" + "+x\n" * 30
    new = [mending(Edit(WORKFLOW, at, at, ("y",)), f"{at:02x}") for at in range(1, 31)]

    assert len(suggested(*new, patch=patch)) == 20
