"""Short names for the usual answers."""

from typing import Any

from ghapp.demo.github.wire import Answer


def ok(body: Any) -> Answer:
    return Answer(200, body)


def created(body: Any) -> Answer:
    return Answer(201, body)


def accepted(body: Any) -> Answer:
    return Answer(202, body)


def gone() -> Answer:
    return Answer(204)
