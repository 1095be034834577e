"""What libyaml refuses, in words that help: the place and a sentence."""

from __future__ import annotations

from typing import Any

from ghapp.pipeline.source import BrokenFile, Source

SENTENCES = {
    "mapping values are not allowed in this context": (
        "A `:` begins a value here, where none can stand. Check the indentation of this line and the one above, "
        "or put the value into quotes if the `:` belongs to it."
    ),
    "could not find expected ':'": (
        "This line is read as a key, but no `:` follows. Check its indentation (the end of a here-document stands as "
        "deep as its script), or whether a quote or bracket above was closed."
    ),
    "did not find expected key": (
        "What stands here is neither a key of the map above nor its end. Check the indentation; a closing quote "
        "followed by more text also ends up here."
    ),
    "did not find expected '-' indicator": (
        "The list above is not finished, so a `-` was expected here. Check the indentation."
    ),
    "did not find expected ',' or ']'": "The list that `[` opens in line {line} is not closed: `,` or `]` is missing.",
    "did not find expected ',' or '}'": "The map that `{` opens in line {line} is not closed: `,` or `}` is missing.",
    "found unexpected end of stream": "A quote is opened but never closed before the end of the file.",
    "found unexpected document indicator": "A quote is opened but not closed before the next `---`.",
    "found unknown escape character": (
        "This `\\` escape does not exist. In double quotes, write `\\\\` for a backslash, or use single quotes."
    ),
    "found a tab character where an indentation space is expected": (
        "A tab stands where the text is indented; YAML allows only spaces there."
    ),
    "block sequence entries are not allowed in this context": (
        "A `-` cannot begin a list here. Put the list on the next line, or the text into quotes."
    ),
    "found unexpected ':'": "A `:` stands within a value without quotes; put the value into quotes.",
}


def refusal(source: Source, error: Any) -> BrokenFile:
    """libyaml's error as a BrokenFile. libyaml counts lines by YAML 1.1; the place is taken from its index instead."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # the reader's error: characters that YAML never allows
        at = len(source.text.encode()[: error.position].decode(errors="ignore"))
        return broken(source, at, f"The character U+{error.character:04X} is not allowed in YAML.")
    at = min(mark.index, len(source.text))
    begin = at if error.context_mark is None else error.context_mark.index
    if error.problem == "found character that cannot start any token":
        return broken(source, at, _bad_start(source.text[at]))
    if error.context == "while scanning a directive":
        return broken(source, begin, "A line that begins with `%` is a directive for YAML; put the text into quotes.")
    if error.problem in ("found unexpected end of stream", "could not find expected ':'"):
        at = begin
    sentence = SENTENCES.get(error.problem, f"YAML cannot be read here: {error.problem}.")
    return broken(source, at, sentence.replace("{line}", str(source.line_of(begin))))


def broken(source: Source, at: int, message: str) -> BrokenFile:
    """The error for the character at offset `at`."""
    place = source.place(at, at)
    return BrokenFile(source.path, place.line, place.column, message)


def _bad_start(sign: str) -> str:
    if sign == "\t":
        return "A tab stands where the text is indented; YAML allows only spaces there."
    return f"A value cannot begin with `{sign}` unless it stands in quotes."
