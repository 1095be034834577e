"""The words of a catalogue: where none of a rule's occur, the rule need not be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ghapp.pipeline.rule import Platform, Rule


class Vocabulary:
    """The words of some rules, looked for all at once: one by one they would cost more than most of the rules do."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        needs = [(frozenset(words.split()), number) for number, rule in enumerate(rules) for words in rule.words]
        self._alone: dict[str, set[int]] = {}
        for needed, number in needs:
            if len(needed) == 1:
                self._alone.setdefault(next(iter(needed)), set()).add(number)
        self._together = [(needed, number) for needed, number in needs if len(needed) != 1]
        words = {word for needed, _ in needs for word in needed}
        self._longest = re.compile(f"(?=({_trie(words)}))") if words else re.compile("(?!)()")
        self._begins = {word: frozenset(each for each in words if word.startswith(each)) for word in words}

    def found(self, text: str) -> frozenset[str]:
        """Which of the words the text says, in any case of letters."""
        longest = set(self._longest.findall(text.lower()))
        return frozenset[str]().union(*(self._begins[word] for word in longest))

    def concerned(self, said: frozenset[str], platform: Platform) -> list[Rule]:
        """The rules of the platform that need no more than the words said, in the catalogue's order."""
        numbers = {number for needed, number in self._together if needed <= said}
        numbers.update(*(self._alone[word] for word in said if word in self._alone))
        return [self._rules[number] for number in sorted(numbers) if platform in self._rules[number].platforms]


vocabulary = lru_cache(maxsize=4)(Vocabulary)
"""The vocabulary of a catalogue, made once."""


def _trie(words: Iterable[str]) -> str:
    """A regular expression for the longest of the words that begins at a place, each beginning written once."""
    following: dict[str, set[str]] = {}
    ends = False
    for word in words:
        ends = ends or not word
        if word:
            following.setdefault(word[0], set()).add(word[1:])
    branches = [re.escape(sign) + _trie(rests) for sign, rests in sorted(following.items())]
    if not branches:
        return ""
    one = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
    return f"{one}?" if ends else one
