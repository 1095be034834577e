"""What the check run says, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from report.build import (
    EDIT,
    EVERYTHING,
    HUSHED,
    IGNORED,
    IN_A_SCRIPT,
    MASKED,
    MENDABLE,
    MESSAGE,
    PLACE,
    SCRIPT,
    TEXTS,
    WORKFLOW,
    a_diagnostic,
    a_rule,
    read,
    rule_url,
)

from ghapp.pipeline.engine import Crash, FileError, Ignored, Outcome
from ghapp.pipeline.ignores import Reason
from ghapp.pipeline.rule import Confidence, Edit, Evidence, Severity
from ghapp.pipeline.source import BrokenFile, Place
from ghapp.report import Annotation, CheckRun, broken_policy, check_run, links_below

FAILURE = a_diagnostic()
WARNING = a_diagnostic(severity=Severity.WARNING)
NOTICE = a_diagnostic(severity=Severity.NOTICE)
OTHER = a_diagnostic(rule=MASKED)
ENDLESS = a_diagnostic(rule=replace(a_rule(), page="T" * 300))
THEME = "terraform validate runs before terraform init"
MENDED = "No new findings, 1 mended, 1 ignored"
BROKEN = FileError("a.yml", 3, 7, "A tab cannot indent YAML.")
CRASH = Crash("some-rule", "a.yml", "KeyError: 'x'")


def run_for(outcome: Outcome) -> CheckRun:
    return check_run(outcome, rule_url=rule_url)


@pytest.mark.parametrize(
    ("outcome", "title", "conclusion"),
    [
        (Outcome(), "No CI files changed", "success"),
        (Outcome(files=2), "No new findings", "success"),
        (Outcome(known=(FAILURE,), files=1), "No new findings", "success"),
        (Outcome(mended=(FAILURE,), ignored=(HUSHED,), hushed=(HUSHED,), files=1), MENDED, "success"),
        (Outcome(new=(FAILURE, OTHER, FAILURE), files=3), "2 failures, 1 warning in 3 CI files", "failure"),
        (Outcome(new=(NOTICE, WARNING), files=1), f"1 warning, 1 notice in 1 CI file: {THEME}", "neutral"),
        (Outcome(new=(ENDLESS,), files=1), f"1 failure in 1 CI file: {'T' * 95}…", "failure"),
        (Outcome(errors=(BROKEN, BROKEN)), "1 broken file", "failure"),
        (Outcome(new=(NOTICE,), errors=(BROKEN,), files=1), "1 broken file, 1 notice in 1 CI file", "failure"),
        (Outcome(crashes=(CRASH,), files=1), "No new findings", "neutral"),
    ],
)
def test_title_and_conclusion_say_it_at_a_glance(outcome: Outcome, title: str, conclusion: str) -> None:
    run = run_for(outcome)

    assert (run.name, run.title, run.conclusion) == ("ghapp", title, conclusion)
    assert run.summary


def test_a_change_with_everything_reads_well(as_in_golden: Callable[[str, str], None]) -> None:
    run = check_run(EVERYTHING, rule_url=rule_url, delivery="f9b6f5a0-9c1e-11f0-8c0a-5a2b7e0f6c11", read=read)

    as_in_golden("check_run_everything.md", f"{run.title}: {run.conclusion}\n\n{run.summary}\n\n{run.text}\n")


@pytest.mark.parametrize("outcome", [Outcome(), Outcome(files=2, known=(FAILURE,))], ids=["no_ci_files", "nothing_new"])
def test_a_clean_change_reads_well(
    outcome: Outcome, as_in_golden: Callable[[str, str], None], request: pytest.FixtureRequest
) -> None:
    run = run_for(outcome)

    assert run.text == ""
    as_in_golden(f"check_run_{request.node.callspec.id}.md", f"{run.title}: {run.conclusion}\n\n{run.summary}\n")


def test_a_policy_that_cannot_be_followed_is_said_with_every_mistake(as_in_golden: Callable[[str, str], None]) -> None:
    mistakes = [
        BrokenFile(".github/ghapp.yml", 2, 1, "`complience` is no setting. Did you mean `compliance`?"),
        BrokenFile(".github/ghapp.yml", 3, 14, "There is no rule `@everyone`."),
    ]
    run = broken_policy(mistakes, delivery="guid")

    as_in_golden("check_run_broken_policy.md", f"{run.title}: {run.conclusion}\n\n{run.summary}\n")


@pytest.mark.parametrize(
    ("fails_on", "severity", "conclusion"),
    [
        (Severity.FAILURE, Severity.FAILURE, "failure"),
        (Severity.FAILURE, Severity.WARNING, "neutral"),
        (Severity.WARNING, Severity.WARNING, "failure"),
        (Severity.WARNING, Severity.NOTICE, "neutral"),
        (Severity.NOTICE, Severity.NOTICE, "failure"),
        (None, Severity.FAILURE, "neutral"),
    ],
)
def test_the_policy_says_from_which_severity_on_the_check_fails(
    fails_on: Severity | None, severity: Severity, conclusion: str
) -> None:
    outcome = Outcome(new=(a_diagnostic(severity=severity),), files=1)

    assert check_run(outcome, rule_url=rule_url, fails_on=fails_on).conclusion == conclusion


def test_a_broken_file_fails_the_check_unless_nothing_does() -> None:
    outcome = Outcome(errors=(BROKEN,), files=1)

    assert check_run(outcome, rule_url=rule_url, fails_on=Severity.FAILURE).conclusion == "failure"
    assert check_run(outcome, rule_url=rule_url, fails_on=None).conclusion == "neutral"


def test_what_was_ignored_before_is_folded_with_who_says_so() -> None:
    run = check_run(Outcome(ignored=(IGNORED,), files=1), rule_url=rule_url)

    assert "<summary>1 finding ignored as before</summary>" in run.summary
    assert "The image has it. (says `.github/ghapp.yml:2`)" in run.summary
    assert (run.conclusion, run.title) == ("success", "No new findings")


def test_what_people_agreed_to_ignore_is_said_with_who_and_why_and_until_when() -> None:
    agreed = Reason("We *never* apply here.", by="octocat", until=date(2027, 1, 31))
    forever = Reason("It is a demo.", by="hubot")
    outcome = Outcome(ignored=(Ignored(FAILURE, agreed), Ignored(WARNING, forever)), files=1)
    said = run_for(outcome).summary

    assert "People agreed to ignore these findings:" in said
    assert "We `*never*` apply here. (says `octocat`, until 2027-01-31)" in said
    assert "It is a demo. (says `hubot`)" in said
    assert "as before" not in said


def test_places_are_links_where_the_files_can_be_seen() -> None:
    root = "https://github.example/acme/shop/blob/0c3f"
    path = ".github/workflows/a b(1)#?\udc80.yml"
    new = (
        a_diagnostic(place=Place(path, 8, 3, 8, 9), fingerprint="1"),
        a_diagnostic(place=Place(WORKFLOW, 8, 3, 9, 9), fingerprint="2"),
    )
    run = check_run(Outcome(new=new, files=2), rule_url=rule_url, link=links_below(root), commented={"2"})

    assert f"({root}/.github/workflows/a%20b%281%29%23%3F%3F.yml#L8)" in run.summary
    assert f"({root}/{WORKFLOW}#L8-L9)" in run.summary
    assert f"({root}/.github" in run.text  # nothing else leads to that line: it has no thread
    assert f"({root}/{WORKFLOW}" not in run.text


def test_without_an_address_a_place_is_only_named() -> None:
    run = check_run(Outcome(new=(FAILURE,), files=1), rule_url=rule_url, link=links_below(""))

    assert f"| `{WORKFLOW}:8` |" in run.summary


def test_one_rule_is_one_row_however_often_it_fires() -> None:
    new = tuple(
        a_diagnostic(place=Place(WORKFLOW, line, 1, line, 2), fingerprint=str(line)) for line in (1, 2, 3, 4, 5)
    )
    summary = run_for(Outcome(new=new, files=1)).summary

    assert summary.count("| failure |") == 1
    assert f"`{WORKFLOW}:1`, `{WORKFLOW}:2`, `{WORKFLOW}:3` and 2 more |" in summary


def test_pictures_and_sections_stand_below_the_findings_and_above_what_is_folded() -> None:
    outcome = Outcome(new=(FAILURE,), known=(FAILURE,), files=1)
    said = check_run(outcome, rule_url=rule_url, pictures=("A picture",), sections=("A section", "")).summary

    assert said.index("| failure |") < said.index("A picture") < said.index("A section") < said.index("from before")


def test_the_table_names_the_gravest_first() -> None:
    summary = run_for(Outcome(new=(NOTICE, WARNING, FAILURE), files=1)).summary

    assert summary.index("| failure |") < summary.index("| warning |") < summary.index("| notice |")


def test_an_edit_that_stands_as_a_suggestion_is_not_said_twice() -> None:
    outcome = Outcome(new=(MENDABLE,), files=1)
    twice = check_run(outcome, rule_url=rule_url, read=read).text
    once = check_run(outcome, rule_url=rule_url, read=read, commented={MENDABLE.fingerprint}).text

    assert "```diff" in twice
    assert "```diff" not in once
    assert "The comment on the pull request has the change that mends it." in once


def test_an_edit_is_shown_as_what_it_changes_with_a_little_around_it() -> None:
    lines = ("on: push", "jobs:", "  validate:", "    name: Validate", "    runs-on: ubuntu-latest", "    steps:")
    edit = Edit(WORKFLOW, 2, 6, (*lines, "      - uses: actions/checkout@v5")[:6])
    text = check_run(Outcome(new=(a_diagnostic(edit=edit),), files=1), rule_url=rule_url, read=read).text

    assert "lines 2 to 6 of" in text
    assert "```diff\n jobs:\n   validate:\n+    name: Validate\n     runs-on: ubuntu-latest\n     steps:\n```" in text


def test_a_line_that_is_repeated_is_shown_as_added() -> None:
    again = TEXTS[WORKFLOW].splitlines()[8]
    edit = Edit(WORKFLOW, 9, 9, (again, again))
    text = check_run(Outcome(new=(a_diagnostic(edit=edit),), files=1), rule_url=rule_url, read=read).text

    assert f"```diff\n {again}\n+{again}\n```" in text


def test_without_the_text_at_hand_an_edit_shows_what_it_writes() -> None:
    text = run_for(Outcome(new=(MENDABLE,), files=1)).text

    assert f"```diff\n+{EDIT.lines[0]}\n```" in text


def test_what_does_not_fit_is_counted() -> None:
    many = tuple(replace(FAILURE, fingerprint=f"{at:016x}") for at in range(5_000))
    outcome = Outcome(many, many, many, (BROKEN,) * 5_000, (CRASH,) * 5_000, files=5_000)
    run = check_run(outcome, rule_url=rule_url, delivery="x" * 10_000)

    assert max(len(run.summary.encode()), len(run.text.encode())) <= 65_535
    assert run.summary.count(" did not fit here.") == 4
    assert run.text.count("<details>") == run.text.count("</details>")
    shown = run.text.count("<details>")
    assert f"{5_000 - shown:,} more findings did not fit here." in run.text
    assert len(run.annotations) == 10_000


def test_one_endless_message_does_not_crowd_out_the_others() -> None:
    outcome = Outcome(new=(a_diagnostic(message="endless " * 10_000), IN_A_SCRIPT), files=1)

    assert "3 more parts did not fit here." not in (text := run_for(outcome).text)
    assert "2 more parts did not fit here." in text
    assert "so a broken plan goes on to be applied" in text


def test_an_annotation_stands_where_the_finding_does() -> None:
    evidence = (Evidence(Place(SCRIPT, 3, 1, 3, 5), "called\x1b here"),)
    [annotation] = run_for(Outcome(new=(a_diagnostic(evidence=evidence),), files=1)).annotations

    assert annotation == Annotation(
        path=WORKFLOW,
        start_line=8,
        end_line=8,
        level=Severity.FAILURE,
        title="`terraform validate` runs before `terraform init`",
        message=f"{MESSAGE}\n\n{SCRIPT}:3: called here\n\n{rule_url('terraform-validate-without-init')}",
        start_column=14,
        end_column=32,
    )


def test_columns_are_given_on_one_line_only() -> None:
    over_lines = a_diagnostic(place=replace(PLACE, end_line=9, end_column=3))
    [annotation] = run_for(Outcome(new=(over_lines,), files=1)).annotations

    assert (annotation.start_line, annotation.end_line) == (8, 9)
    assert annotation.start_column is annotation.end_column is None


def test_a_broken_file_is_annotated_where_it_breaks() -> None:
    [annotation] = run_for(Outcome(errors=(BROKEN,))).annotations

    assert (annotation.path, annotation.start_line, annotation.level) == ("a.yml", 3, Severity.FAILURE)
    assert annotation.message == "A tab cannot indent YAML."


def test_a_finding_of_low_confidence_is_never_inline() -> None:
    run = run_for(Outcome(new=(a_diagnostic(confidence=Confidence.LOW),), files=1))

    assert run.annotations == ()
    assert "Not sure" in run.text


def test_annotations_stay_within_the_limits_of_github() -> None:
    outcome = Outcome(
        new=(a_diagnostic(rule=replace(a_rule(), page="T" * 300), message="é" * 70_000),),
        errors=(FileError("a", 1, 1, "x" * 70_000),),
        files=1,
    )
    annotations = run_for(outcome).annotations

    assert all(len(each.message.encode()) <= 64 * 1024 and len(each.title) <= 255 for each in annotations)
    assert annotations[1].message.endswith(rule_url("terraform-validate-without-init"))
