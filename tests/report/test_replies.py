"""What is answered to people who talk to ghapp on a pull request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from report.build import A_RULE, rule_url
from report.test_markdown_stays_text import ALIVE, HOSTILE, rendered

from ghapp.pipeline.rule import Rule
from ghapp.report import replies
from ghapp.rules import catalogue

DAY = date(2027, 1, 31)


def test_all_that_is_answered(as_in_golden: Callable[[str, str], None]) -> None:
    page = "A `plan` fails.\n\nIt needs `init`.\n\nBad:\n\n```yaml\nbad\n```\n\nGood:\n\n```yaml\ngood\n```"
    rule = replace(A_RULE, page=page)
    said = {
        "ignore": replies.ignored(rule.id, None, several=False),
        "ignore … until": replies.ignored(rule.id, DAY, several=True),
        "unignore": replies.unignored(there_were=True),
        "unignore of nothing": replies.unignored(there_were=False),
        "explain": replies.explained(rule, rule_url(rule.id)),
        "explain what is no more": replies.forgotten("old-rule"),
        "a stranger": replies.turned_away(),
        "nothing": replies.unknown(""),
        "a wrong word": replies.unknown("ingore"),
        "a very wrong word": replies.unknown("frobnicate"),
        "no reason": replies.without_reason(),
        "a rule that the organisation has locked": replies.locked(rule.id),
        "no day": replies.no_such_day("2027-02-30"),
        "a day that is over": replies.day_is_over(DAY),
        "no thread": replies.no_finding("ignore", in_thread=False),
        "another thread": replies.no_finding("explain", in_thread=True),
        "closed": replies.closed(),
        "our mistake": replies.failed("94adf683-4171-4b80-a108-b146464c0bda"),
    }

    as_in_golden("replies.md", "\n\n".join(f"# {what}\n\n{text}" for what, text in said.items()) + "\n")


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)
def test_every_rule_can_be_explained_without_its_bad_example(rule: Rule) -> None:
    said = replies.explained(rule, rule_url(rule.id))

    assert said.startswith(f"**{rule.title}")
    assert said.count("<details>") == ("\nGood:\n" in str(rule.page))
    assert "# <-" not in said
    assert len(said) < 6000


def test_a_page_without_an_example_is_explained_in_its_words() -> None:
    assert replies.explained(A_RULE, "https://ghapp.example/rules/x").count("\n\n") == 2


@given(HOSTILE)
def test_an_unknown_word_is_echoed_as_code(verb: str) -> None:
    tokens = list(rendered(replies.unknown(verb)))
    text = "".join(each.content for each in tokens if each.type == "text")

    assert not ALIVE.search(text)
    assert {each.type for each in tokens} <= {
        *("paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close", "list_item_open"),
        *("list_item_close", "inline", "text", "code_inline", "softbreak"),
    }
