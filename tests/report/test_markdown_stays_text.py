"""Whatever a pull request says, nothing but text and code comes out of the Markdown we make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report.build import a_diagnostic, rule_url

from ghapp.pipeline.engine import Crash, FileError, Ignored, Outcome
from ghapp.pipeline.ignores import Reason
from ghapp.pipeline.rule import Edit, Evidence
from ghapp.pipeline.source import Place, Source
from ghapp.report import Comments, Patch, Spot, check_run, links_below
from ghapp.report.markdown import cell, clean, code, fenced, one_line, prose, shortened

FRAGMENTS = (
    "@octocat @org/team a@b.example ![x](https://evil.example/x.png) [x](y) [x]: https://y <https://z> <img src=x> <b>"
    " </details> <!-- ghapp:00 --> --> `x` ``` ```` ~~~ # ## - + * 1. 2) > | || \\| \\ \\` --- === *x* __x__ ~~x~~ &lt;"
    " https://evil.example www.evil.example ftp://x #1 GH-1 owner/repo#1 JIRA-12 0123456789abcdef :tada: $x$ ${{ x }}"
    ' deadbee \u202e \u200b \x00 \x1b[31m \r \t \u2028 \udc80 (x) "x" x. x: é 漢 isn\'t <summary> </code>'
)
HOSTILE = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS.split(" ")), st.sampled_from([" ", "\n", "\n\n", "    "]), st.text(max_size=6)),
    max_size=12,
).map("".join)

ALIVE = re.compile(r"@\w|https?:|www\.|ftp:|#\d|\bGH-\d|:\w+:|\$\w|\b[0-9a-f]{7,40}\b|[\u200b\u202e\x00\x1b\u2028]")


def rendered(markdown: str) -> Iterator[Token]:
    """The tokens, those inside of lines included."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        yield token
        yield from token.children or ()


class Elements(HTMLParser):
    """What an HTML fragment is made of: its tags, and the text that stands in no code."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.comments: list[str] = []
        self.text = ""
        self._code = 0
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {attrs}" if attrs else tag)
        self._code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.text += "" if self._code else data


@given(HOSTILE)
def test_a_sentence_is_words_and_code(text: str) -> None:
    tokens = list(rendered(prose(text)))

    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}
    assert not [token.content for token in tokens if token.type == "text" and ALIVE.search(token.content)]


@given(HOSTILE)
def test_a_code_span_is_one_code_span(text: str) -> None:
    inside = next(token for token in rendered(f"a {code(text)} b") if token.type == "inline").children or []

    assert [token.type for token in inside] == ["text", "code_inline", "text"]
    assert inside[1].content.strip() == one_line(text)


@given(HOSTILE)
def test_a_fence_holds_the_whole_text(text: str) -> None:
    block = [token for token in rendered(fenced(text, "diff")) if token.type != "paragraph"]

    assert [(token.type, token.info) for token in block] == [("fence", "diff")]
    assert block[0].content.rstrip("\n") == clean(text).rstrip("\n")


@given(HOSTILE)
def test_a_table_keeps_its_columns(text: str) -> None:
    tokens = list(rendered(f"| a | b |\n|---|---|\n| {cell(code(text))} | end |"))
    [span] = [token for token in tokens if token.type == "code_inline"]

    assert span.content.strip() == one_line(text).replace("\\|", "\\ |")
    assert [token.content for token in tokens if token.type == "inline"][3:] == ["end"]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("`terraform init` is missing.", "`terraform init` is missing."),
        ("Ask @octocat, (see #12).", "Ask `@octocat`, (see `#12`)."),
        ("NODE_ENV is not set: it isn't there", "`NODE_ENV` is not set: it isn't there"),
        ("a lone ` tick", "a lone `` ` `` tick"),
        ("- no list", "`-` no list"),
        ("1. no list, step 1.", "`1.` no list, step 1."),
        ("`one``two`", "`one` `two`"),
        ("@one`two`", "`@one` `two`"),
        ("a <!-- b", "a `<!--` b"),
        ("", ""),
    ],
)
def test_harmless_words_stay_as_they_are(text: str, markdown: str) -> None:
    assert prose(text) == markdown


def test_text_is_cut_at_a_character() -> None:
    assert shortened("ééé", 6) == "ééé"
    assert shortened("éééé", 6) == "é…"


def outcome_saying(text: str) -> Outcome:
    """An outcome in which everything that a pull request can choose is the text."""
    place = Place(text, 1, 1, 1, 2)
    edit = Edit("file.yml", 1, 1, (text.replace("\n", " "),))
    each = a_diagnostic(place=place, message=text, evidence=(Evidence(place, text),), edit=edit, proven=True)
    return Outcome(
        new=(each, replace(each, edit=None), replace(each, proven=False, edit=replace(edit, path=text))),
        known=(each,),
        mended=(each,),
        errors=(FileError(text, 1, 1, text),),
        crashes=(Crash("some-rule", text, text),),
        files=1,
    )


FILES = "https://github.example/acme/shop/blob/c0ffee/"
STRUCTURE = {
    *("paragraph_open", "paragraph_close", "inline", "text", "softbreak", "code_inline", "fence", "html_block"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "strong_open", "strong_close"),
    *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close"),
    *("th_open", "th_close", "td_open", "td_close", "link_open", "link_close"),
}


def assert_inert(markdown: str) -> None:
    tokens = list(rendered(markdown))
    html = [Elements(token.content) for token in tokens if token.type == "html_block"]

    assert {token.type for token in tokens} <= STRUCTURE
    links = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    assert [each for each in links if each != rule_url(a_diagnostic().rule.id) and not each.startswith(FILES)] == []
    assert not [token.content for token in tokens if token.type == "text" and ALIVE.search(token.content)]
    assert {tag for each in html for tag in each.tags} <= {"details", "summary", "b", "code"}
    assert not [each.text for each in html if ALIVE.search(each.text)]
    assert not [comment for each in html for comment in each.comments]


@given(HOSTILE)
def test_nothing_that_a_pull_request_says_comes_alive_in_the_check_run(text: str) -> None:
    run = check_run(outcome_saying(text), rule_url=rule_url, delivery=text, read=lambda path: Source(path, text))

    assert_inert(run.summary)
    assert_inert(run.text)


@given(HOSTILE)
def test_nothing_that_a_pull_request_says_comes_alive_in_a_comment(text: str) -> None:
    link = links_below(FILES.removesuffix("/"))
    comments = Comments({"file.yml": Patch.parse("@@ -0,0 +1 @@\n+old")}, rule_url, link)
    outcome = outcome_saying(text)
    ignored = Outcome(ignored=(Ignored(a_diagnostic(), Reason(text, by=text)),))

    for each in outcome.new:
        assert_inert(comments.body([each], Spot("file.yml", 1, 1)))
        assert_inert(comments.body([each], None))
    assert_inert(comments.body(outcome.new, None))
    assert_inert(comments.farewell(a_diagnostic().rule.id, [a_diagnostic().fingerprint], ignored, "c0ffee"))
