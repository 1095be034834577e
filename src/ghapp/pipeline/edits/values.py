"""Edits within the text of a scalar or a script file."""

from __future__ import annotations

from ghapp.pipeline.edits import lines as whole
from ghapp.pipeline.edits.meaning import Meaning, Replaced
from ghapp.pipeline.edits.places import editable, fits_plain, in_flow, is_text, printable, quoted
from ghapp.pipeline.rule import Edit
from ghapp.pipeline.source import Text
from ghapp.pipeline.yaml import Node


def replace_in(text: Text, start: int, end: int, new: str) -> Edit | None:
    """`text.value[start:end]` becomes `new`, written as the scalar's quotes demand.

    The stretch may not end with a line break. In a literal block or a script it may span lines, and so may `new`, whose
    further lines are indented like the first; elsewhere both stay within one line of the file.
    """
    if _is_script(text):
        if text.value[start:end].endswith("\n"):
            return None
        shell_indent, indent = _indents(text, start)
        begin = text.offset(start)
        stop = text.offset(end - 1) + 1 if end > start else begin
        value = text.value[:start] + new.replace("\n", "\n" + shell_indent) + text.value[end:]
        return whole.span(text.source, begin, stop, new.replace("\n", "\n" + indent), _meaning(text.node, value))
    node, stretch = text.node, _stretch(text, start, end)
    if node is None or stretch is None or not editable(node):
        return None
    value = text.value[:start] + new + text.value[end:]
    written = _written(node, value, new)
    return None if written is None else whole.span(text.source, *stretch, written, _meaning(node, value))


def replace_value(node: Node, value: str) -> Edit | None:
    """The scalar's value becomes `value`, in its own quotes, or in single ones where it can no longer do without."""
    source = node.source
    if node.kind != "scalar" or node.style in ("|", ">") or node.start == node.end or not editable(node):
        return None
    style = node.style
    if style == "" and not _stays_plain(node, value):
        style = "'"
    body = value if style == "" else quoted(value, style)
    if body is None or "\n" in source.text[node.start : node.end]:
        return None
    return whole.span(source, node.start, node.end, style + body + style, _meaning(node, value, style))


def insert_lines_before(text: Text, at: int, new: str) -> Edit | None:
    """Lines of shell come before the line of a script that holds `text.value[at]`, indented like it."""
    if not _is_script(text):
        return None
    start = text.value.rfind("\n", 0, at) + 1
    shell_indent, indent = _indents(text, at)
    value = text.value[:start] + "".join(f"{line}\n" for line in _indented(new, shell_indent)) + text.value[start:]
    line = text.source.line_of(text.offset(at))
    return whole.before(text.source, line, _indented(new, indent), _meaning(text.node, value))


def insert_lines_after(text: Text, at: int, new: str, *, like: int | None = None) -> Edit | None:
    """Lines of shell come after the line of a script that holds `text.value[at]`.

    They are indented like the line of `text.value[like]`, by default that line itself.
    """
    if not _is_script(text):
        return None
    stop = text.value.find("\n", at)
    end = stop if stop >= 0 else len(text.value)
    shell_indent, indent = _indents(text, at if like is None else like)
    value = text.value[:end] + "".join(f"\n{line}" for line in _indented(new, shell_indent)) + text.value[end:]
    line = text.source.line_of(text.offset(at))
    return whole.after(text.source, line, _indented(new, indent), _meaning(text.node, value))


def _is_script(text: Text) -> bool:
    """Whether each line of the text is a line of the file: a script file or a literal block that may be edited."""
    if text.node is None:
        return text.value is text.source.text and "\r" not in text.value
    return text.exact and text.node.style == "|" and editable(text.node)


def _indents(text: Text, at: int) -> tuple[str, str]:
    """How the line that holds `text.value[at]` is indented in the script and in the file."""
    start = text.value.rfind("\n", 0, at) + 1
    line = text.value[start:].split("\n", 1)[0]
    shell = line[: len(line) - len(line.lstrip(" \t"))]
    source = text.source
    begin = source.line_starts[source.line_of(text.offset(at)) - 1]
    return shell, source.text[begin : text.offset(start)] + shell


def _indented(text: str, indent: str) -> list[str]:
    return [indent + line if line else line for line in text.split("\n")]


def _stretch(text: Text, start: int, end: int) -> tuple[int, int] | None:
    """Where `text.value[start:end]` stands in the file, when it stands there as it is, in one piece."""
    begin = text.offset(start)
    stop = begin + end - start
    follows = text.offset(end) == stop or end == len(text.value)
    return (begin, stop) if text.exact and follows and text.source.text[begin:stop] == text.value[start:end] else None


def _written(node: Node, value: str, new: str) -> str | None:
    if not printable(new):
        return None
    if node.style in ("'", '"'):
        return quoted(new, node.style)
    return new if node.style or _stays_plain(node, value) else None


def _stays_plain(node: Node, value: str) -> bool:
    """Whether a plain scalar may get the value: readable without quotes, and no text turned into a number."""
    return fits_plain(value, flow=in_flow(node)) and (is_text(value) or not is_text(node.value))


def _meaning(node: Node | None, value: str, style: str | None = None) -> Meaning | None:
    if node is None:
        return None
    by = Node("scalar", node.source, node.start, node.end, node.style if style is None else style, value, None)
    by.tag = node.tag
    return Meaning((Replaced(node, by),))
