"""Logic statements: what `when`, `unless` and `condition` say before the pipeline runs.

The statements: circleci.com/docs/reference/configuration-reference/#logic-statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ghapp.pipeline.circleci.parameters import Argument, Frame, Value
from ghapp.pipeline.yaml import Node

MAX_DEPTH = 20
MAX_STATEMENTS = 200
MAX_LITERAL = 10
LITERALS = {"true": True, "false": False, "1": True, "0": False, "": False}


def holds(node: Node | None, frame: Frame) -> bool | None:
    """Whether the statement is true; None when that is only known once a pipeline is started.

    Pipeline values are open, and so are pipeline parameters: a push gets their default, but a condition on one is there
    because somebody will give another.
    """
    return _holds(node, frame, iter(range(MAX_STATEMENTS)), 0) if node is not None else None


def _holds(node: Node, frame: Frame, left: Iterator[int], depth: int) -> bool | None:
    if depth > MAX_DEPTH or next(left, None) is None:
        return None
    if node.kind != "map":
        return _truth(frame.follow(node))
    if len(node.pairs) != 1:
        return None
    ((key, value),) = node.entries()
    arguments = [each.deref() for each in value.items[:MAX_STATEMENTS]]
    match key.text:
        case "not":
            return _opposite(_holds(arguments[0] if arguments else value, frame, left, depth + 1))
        case "and":
            return _every([_holds(each, frame, left, depth + 1) for each in arguments])
        case "or":
            opposites = [_opposite(_holds(each, frame, left, depth + 1)) for each in arguments]
            return _opposite(_every(opposites)) if opposites else False
        case "equal":
            return _equal([frame.follow(each).value for each in arguments])
        case _:  # `matches` takes Java's regular expressions
            return None


def _truth(argument: Argument) -> bool | None:
    """A string parameter is true unless it is empty; a literal that is neither flag nor number may be an expression."""
    value = argument.value
    if not value.known or not value.fixed:
        return None
    if argument.type in ("string", "enum"):
        return value.text != ""
    return LITERALS.get(value.text[:MAX_LITERAL].lower())


def _opposite(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


def _every(verdicts: Sequence[bool | None]) -> bool | None:
    """A statement without arguments is false."""
    if False in verdicts or not verdicts:
        return False
    return None if None in verdicts else True


def _equal(values: Sequence[Value]) -> bool | None:
    certain = {value.text for value in values if value.known and value.fixed}
    if len(certain) > 1:
        return False
    return True if len(certain) == 1 and all(value.known and value.fixed for value in values) else None
