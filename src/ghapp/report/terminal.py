"""The report for a person at a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from textwrap import wrap

from ghapp.pipeline.engine import Outcome
from ghapp.pipeline.rule import Diagnostic, Edit, Severity
from ghapp.pipeline.source import Place
from ghapp.report.markdown import clean, one_line, shortened
from ghapp.report.words import Read, broken, by_severity, counted, diff

_COLOURS = {Severity.FAILURE: "1;31", Severity.WARNING: "1;33", Severity.NOTICE: "1;36"}
_SIGNS = {"-": "31", "+": "32"}
_BEFORE, _MARKED, _AFTER = 60, 80, 40
"""At most so many characters of a source line are shown before, within and behind the marked part."""
_DIFF_LINES = 30

Paint = Callable[[str, str], str]


def text(
    outcome: Outcome,
    *,
    read: Read,
    colour: bool = False,
    width: int = 100,
    shown: Callable[[str], str] = str,
) -> str:
    """`read`: the texts that the findings stand in. `shown`: a path as the reader would write it where they are."""
    paint = _ansi if colour else _plain
    blocks = [_finding(each, read, paint, width, shown) for each in outcome.new]
    for error in outcome.errors:
        where = f"{_path(shown(error.path))}:{error.line}:{error.column}"
        blocks.append([f"{paint('1', where)} {paint('1;31', 'error')}", *_wrapped(error.message, width)])
    for crash in outcome.crashes:
        said = f"The rule {crash.rule} failed, which is a mistake of ghapp, not yours: {crash.error}"
        blocks.append([f"{paint('1', _path(shown(crash.path)))} {paint('1;31', 'error')}", *_wrapped(said, width)])
    return "".join("\n".join(block) + "\n\n" for block in blocks) + _closing(outcome, paint) + "\n"


def _plain(code: str, said: str) -> str:
    return said


def _ansi(code: str, said: str) -> str:
    return f"\x1b[{code}m{said}\x1b[0m"


def _finding(each: Diagnostic, read: Read, paint: Paint, width: int, shown: Callable[[str], str]) -> list[str]:
    place, severity = each.place, each.severity
    where = paint("1", f"{_path(shown(each.path))}:{place.line}:{place.column}")
    said = [f"{where} {paint(_COLOURS[severity], severity.value)} {each.rule.id}"]
    said += _wrapped(each.finding.message, width)
    said += _source(place, read, paint, _COLOURS[severity])
    for item in each.finding.evidence:
        at = f"{_path(shown(item.place.path))}:{item.place.line}"
        said.append(f"  {paint('2', '→')} {paint('1', at)} {one_line(item.text)}")
    if each.edit is not None:
        said += _fix(each.edit, read, paint, proven=each.mend is not None)
    return said


def _path(path: str) -> str:
    return one_line(path)


def _wrapped(message: str, width: int) -> list[str]:
    return wrap(one_line(shortened(message, 4_000)), width - 2, initial_indent="  ", subsequent_indent="  ")


def _source(place: Place, read: Read, paint: Paint, colour: str) -> Iterator[str]:
    """The first line of the place with the marked part underlined."""
    source = read(place.path)
    if source is None:
        return
    line = source.line_text(place.line)
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    before, marked = _display(line[: place.column - 1]), _display(line[place.column - 1 : end])
    after = _display(line[end:])
    before = before if len(before) <= _BEFORE else f"…{before[-_BEFORE:]}"
    marked = marked if len(marked) <= _MARKED else f"{marked[:_MARKED]}…"
    after = after if len(after) <= _AFTER else f"{after[:_AFTER]}…"
    number = str(place.line)
    gutter = " " * len(number)
    yield f"  {paint('2', f'{gutter} |')}"
    yield f"  {paint('2', f'{number} |')} {before}{marked}{after}".rstrip()
    yield f"  {paint('2', f'{gutter} |')} {' ' * _cells(before)}{paint(colour, '^' * max(1, _cells(marked)))}"


def _display(piece: str) -> str:
    return clean(piece).replace("\t", "    ")


def _cells(piece: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in piece
    )


def _fix(edit: Edit, read: Read, paint: Paint, *, proven: bool) -> Iterator[str]:
    yield paint("2", "  fix (`--fix` applies it):" if proven else "  a way to mend it (not proven, so not applied):")
    lines = diff(edit, read)
    for line in lines[:_DIFF_LINES]:
        sign, said = line[0], _display(line).rstrip()
        yield f"    {paint(_SIGNS[sign], said) if sign in _SIGNS else said}"
    if len(lines) > _DIFF_LINES:
        yield f"    … {counted(len(lines) - _DIFF_LINES, 'more line')}"


def _closing(outcome: Outcome, paint: Paint) -> str:
    said = [by_severity(outcome.new)] if outcome.new else []
    if outcome.errors:
        said.append(counted(broken(outcome), "broken file"))
    closing = ", ".join(said) or ("No findings" if outcome.files else "No CI files")
    if outcome.files:
        closing += f" in {counted(outcome.files, 'CI file')}"
    notes = [f"{outcome.seconds:.2f} s"]
    notes += [f"{len(outcome.known):,} known before"] if outcome.known else []
    notes += [f"{len(outcome.mended):,} mended"] if outcome.mended else []
    notes += [f"{len(outcome.ignored):,} ignored"] if outcome.ignored else []
    mendable = sum(each.mend is not None for each in outcome.new)
    notes += [f"{mendable:,} can be mended by --fix"] if mendable else []
    return f"{paint('1;32' if not said else '1', closing)} {paint('2', '(' + ', '.join(notes) + ')')}"
