"""The report for a person at a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from report.build import EVERYTHING, MENDABLE, WORKFLOW, a_diagnostic, read

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Edit, Evidence
from ghapp.pipeline.source import Place, Source
from ghapp.report import text


def test_a_report_with_everything_reads_well(as_in_golden: Callable[[str, str], None]) -> None:
    as_in_golden("terminal.txt", text(EVERYTHING, read=read))


def test_colours_change_nothing_but_colours() -> None:
    coloured = text(EVERYTHING, read=read, colour=True)

    assert "\x1b[1;31mfailure\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text(EVERYTHING, read=read)


@pytest.mark.parametrize(
    ("outcome", "closing"),
    [
        (Outcome(), "No CI files (0.00 s)"),
        (Outcome(files=2, seconds=1.5), "No findings in 2 CI files (1.50 s)"),
        (Outcome(new=(MENDABLE,), files=1), "1 failure in 1 CI file (0.00 s, 1 can be mended by --fix)"),
        (replace(EVERYTHING, new=()), "1 broken file in 3 CI files (0.12 s, 2 known before, 1 mended, 2 ignored)"),
    ],
)
def test_the_last_line_sums_up(outcome: Outcome, closing: str) -> None:
    assert text(outcome, read=read).splitlines()[-1] == closing


def test_paths_are_shown_as_the_reader_writes_them() -> None:
    evidence = (Evidence(Place(WORKFLOW, 7, 1, 7, 2), "before"),)
    said = text(replace(EVERYTHING, new=(a_diagnostic(evidence=evidence),)), read=read, shown=lambda path: f"../{path}")

    assert said.startswith(f"../{WORKFLOW}:8:14 failure")
    assert f"→ ../{WORKFLOW}:7 before" in said
    assert "../.circleci/config.yml:3:7 error" in said


def caret(line: str, column: int, end_column: int, end_line: int = 1) -> list[str]:
    """The source line and the line below it, without the gutter."""
    place = Place("a.yml", 1, column, end_line, end_column)
    lines = text(Outcome(new=(a_diagnostic(place=place),), files=1), read=lambda path: Source(path, line)).splitlines()
    at = next(at for at, each in enumerate(lines) if "^" in each)
    return [each.split("| ", 1)[1] for each in lines[at - 1 : at + 1]]


def test_the_caret_stands_below_the_marked_part() -> None:
    assert caret("run: make it", 6, 10) == ["run: make it", "     ^^^^"]


def test_tabs_and_wide_characters_do_not_move_the_caret() -> None:
    assert caret("\t漢漢e\u0301 漢!", 7, 9) == ["    漢漢e\u0301 漢!", "          ^^^"]


def test_a_place_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert caret("run: make\nmore", 6, 3, end_line=2) == ["run: make", "     ^^^^"]


def test_an_empty_place_still_has_a_caret() -> None:
    assert caret("run:", 5, 5) == ["run:", "    ^"]


def test_a_long_line_is_cut_around_the_marked_part() -> None:
    shown, below = caret("a" * 5_000 + "b" * 5_000 + "c" * 5_000, 5_001, 10_001)

    assert shown == f"…{'a' * 60}{'b' * 80}…{'c' * 40}…"
    assert below == " " * 61 + "^" * 81


def test_nothing_of_a_file_reaches_the_terminal_as_a_command() -> None:
    hostile = "\x1b]0;owned\x07\x9b31m\u202e\n\r"
    place = Place(f"a{hostile}.yml", 1, 1, 1, 4)
    edit = Edit(place.path, 1, 1, (f"x{hostile}",))
    each = a_diagnostic(place=place, message=f"a{hostile}b", evidence=(Evidence(place, hostile),), edit=edit)
    said = text(Outcome(new=(each,), files=1), read=lambda path: Source(path, hostile * 3))

    assert said.replace("\n", "").isprintable()


def test_a_finding_whose_text_is_not_at_hand_is_told_without_it() -> None:
    said = text(Outcome(new=(MENDABLE,), files=1), read=lambda path: None)

    assert "^" not in said
    assert f"    +{MENDABLE.edit.lines[0] if MENDABLE.edit else ''}" in said


def test_a_long_fix_is_cut() -> None:
    edit = Edit(WORKFLOW, 8, 8, tuple(f"line {at}" for at in range(100)))
    said = text(Outcome(new=(a_diagnostic(edit=edit),), files=1), read=read)

    assert "    … 71 more lines\n" in said


def test_a_message_is_wrapped_to_the_width() -> None:
    said = text(Outcome(new=(a_diagnostic(message="word " * 100),), files=1), read=read, width=40)

    assert max(map(len, said.splitlines()[1:-8])) <= 40
