"""Plain text in flow style that ruamel's libyaml refuses: `[postgres:16]`, `{image: cimg/go:1.25, url: x?y}`.

Its libyaml is 0.1.7, for which a `:` or `?` ends plain text in flow style. YAML 1.2, newer libyaml, GitHub and CircleCI
read on. So a file that fails there is read once more with these signs disguised as private characters of the same
length, which leaves every place where it was, and the scalars get their signs back.

It also wants a blank behind the key of `{branches:{only:[main]}}`, which YAML 1.2 and CircleCI do without. There the
key's last letter makes room for one: `{branche: {onl: [main]}}`, and the key gets its letter back.
"""

from __future__ import annotations

import re
from typing import Any

_WITHIN_PLAIN = re.compile(r"""(?<![\s\[\]{},"'])(?:\?|:(?![\s\[\]{},]))""")
_TIGHT = re.compile(r"(?<=[\w.-])[\w.-]:(?=[\[\]{},])")
_PRIVATE = range(0xE000, 0xF8FF)

MOST_TIGHT = 20
"""How many keys without a blank are read: each costs another reading of the file."""


def stumbles(text: str, error: Any) -> bool:
    """Whether libyaml's error may be due to such a sign."""
    mark = getattr(error, "problem_mark", None)
    return mark is not None and text[mark.index : mark.index + 1] in (":", "?") and "expected" in error.problem


def tight(text: str, error: Any) -> int | None:
    """Where the last letter of the key stands that libyaml's error is about for want of a blank behind its `:`."""
    mark = getattr(error, "problem_mark", None)
    found = _TIGHT.match(text, mark.index - 1) if mark is not None and mark.index else None
    return found.start() if found is not None else None


def disguise(text: str) -> tuple[str, dict[int, str]]:
    """The text with every such sign replaced, and the table for `str.translate` that puts them back."""
    free = sorted(set(_PRIVATE).difference(map(ord, set(text))))[:2]
    masks = dict(zip(":?", map(chr, free), strict=False))
    masked = _WITHIN_PLAIN.sub(lambda match: masks.get(match[0], match[0]), text)
    return masked, {ord(mask): sign for sign, mask in masks.items()}
