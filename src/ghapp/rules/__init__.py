"""The failure catalogue: one file, one failure. A file's presence is its registration."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module

from ghapp.pipeline.rule import Rule


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule, sorted by id. The id is the module's name in kebab-case."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(
        replace(import_module(f"{__name__}.{name}").RULE, id=name.replace("_", "-"))
        for name in modules
        if not name.endswith("_facts")
    )


def rule(id: str) -> Rule | None:  # noqa: A002 - the field's own name
    """The rule of that id, or None."""
    return next((each for each in catalogue() if each.id == id), None)
