"""What all of GraphQL's answers share: errors with their types, permissions, node ids and paged lists."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from graphql import GraphQLError

from ghapp.demo.github.pull import Pull
from ghapp.demo.github.wire import Call

View = dict[str, Any]
Thing = TypeVar("Thing")


def failure(kind: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": kind})


def permit(call: Call, permission: str, level: str = "read") -> None:
    if call.token is None or not call.token.may(permission, level):
        raise failure("FORBIDDEN", "Resource not accessible by integration")


def find(call: Call, node: str, kind: type[Thing]) -> Thing:
    """What a node id stands for, if the token may see it."""
    thing = call.github.nodes.get(node)
    pull = thing if isinstance(thing, Pull) else getattr(thing, "pull", None)
    hidden = isinstance(pull, Pull) and call.token is not None and not call.token.sees(pull.repository)
    if hidden or not isinstance(thing, kind):
        raise failure("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")
    return thing


def connection(name: str, items: Callable[[], Sequence[View]]) -> Callable[..., View]:
    """A paged list; GitHub insists on `first` or `last`, from 1 to 100."""

    def resolve(
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        before: str | None = None,
        **_: Any,
    ) -> View:
        size = first if first is not None else last
        if size is None:
            message = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            raise failure("MISSING_PAGINATION_BOUNDARIES", message)
        if not 1 <= size <= 100:
            message = f"Requesting {size} records on the `{name}` connection exceeds the limit of 100 records."
            raise failure("EXCESSIVE_PAGINATION", message)
        everything = items()
        start = _position(after) + 1 if after else 0
        end = _position(before) if before else len(everything)
        window = range(start, end)
        window = window[:first] if first is not None else window[-size:]
        edges = [{"cursor": _cursor(index), "node": everything[index]} for index in window]
        return {
            "edges": edges,
            "nodes": [edge["node"] for edge in edges],
            "totalCount": len(everything),
            "pageInfo": {
                "hasNextPage": bool(window) and window[-1] + 1 < len(everything),
                "hasPreviousPage": bool(window) and window[0] > 0,
                "startCursor": edges[0]["cursor"] if edges else None,
                "endCursor": edges[-1]["cursor"] if edges else None,
            },
        }

    return resolve


def _cursor(index: int) -> str:
    return base64.b64encode(f"cursor:{index}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("cursor:"))
    except ValueError:
        raise failure("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None
