"""Reads the examples of a rule's page, and of its corner cases, which have the same form.

A page is prose with labelled code blocks:

- `Bad:` must be found exactly on the lines that end in `# <-`;
- `Good:` must be silent, and is what the fix makes of the Bad before it;
- `Silent:` must be silent;
- `Policy:` is the repository's `.github/ghapp.yml` (for the examples of the section that follow);
- `Repository:` lists the paths that the repository has besides the examples (for the section it stands in);
- `With `path`:` is a file of that name which the example before it can call (`bash plain`: which may not be executed).

A label may say more before its colon (`Bad, on CircleCI:`); what is `Bad, without an edit` must be offered none;
what is `shortened from 200 lines` is filled up with empty ones. A corner-case file has sections (`## …`), each with its
own Repository and Policy. A block's language tells what it is: `yaml` is a workflow, or a CircleCI config when it has a
`version:`; `yaml action` a composite action; `bash` a script; `crlf` behind it gives it the line ends of Windows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ghapp.pipeline.engine import Analysis, analyse
from ghapp.pipeline.policy import PATH, Policy, read_policy
from ghapp.pipeline.rule import Rule
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

TODAY = date(2026, 7, 1)
LABEL = re.compile(r"^(Bad|Good|Silent|Policy|Repository|With `(?P<path>[^`]+)`)[^:`]*:\s*$")
MARK = re.compile(r"[ \t]*# <-[ \t]*$", re.MULTILINE)


@dataclass
class Example:
    """One labelled block with the files it stands among."""

    rule: Rule
    label: str
    language: str
    text: str
    title: str
    files: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    policy_text: str = ""
    crlf: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    bare: bool = False  # without an edit

    @property
    def path(self) -> str:
        if self.language.startswith("bash"):
            return "ci.sh"
        if "action" in self.language:
            return ".github/actions/example/action.yml"
        return (
            ".circleci/config.yml" if re.search(r"^version:", self.text, re.MULTILINE) else ".github/workflows/ci.yml"
        )

    @property
    def marks(self) -> set[tuple[str, int]]:
        texts = {self.path: self.text, PATH: self.policy_text, **self.files}
        return {
            (path, number)
            for path, text in texts.items()
            for number, line in enumerate(text.split("\n"), 1)
            if MARK.search(line)
        }

    @property
    def policy(self) -> Policy:
        return read_policy(Source(PATH, self.policy_text), [rule.id for rule in catalogue()])

    @property
    def unmarked(self) -> str:
        return MARK.sub("", self.text)

    def tree(self, text: str | None = None) -> Tree:
        files = {path: MARK.sub("", each) for path, each in self.files.items()}
        files[self.path] = self.unmarked if text is None else text
        files |= {path: files[path].replace("\n", "\r\n") for path in self.crlf}
        tree = Tree.of(files, self.paths)
        tree.runs = lambda path: path not in self.plain
        return tree

    def analysis(self, text: str | None = None) -> Analysis:
        rules = catalogue() if self.rule.after is not None else [self.rule]  # which speaks of the others
        analysis = analyse(self.tree(text), [self.path], rules, policy=self.policy, today=TODAY)
        return replace(
            analysis, diagnostics=tuple(each for each in analysis.diagnostics if each.rule.id == self.rule.id)
        )

    def __str__(self) -> str:
        return f"{self.rule.id}: {self.title} {self.label}".strip()


def examples(rule: Rule, page: str, title: str = "") -> Iterator[list[Example]]:
    """The examples of each section of a page, in order."""
    for number, section in enumerate(re.split(r"^(?=## )", page, flags=re.MULTILINE)):
        heading = re.match(r"## (.*)", section)
        yield list(_section(rule, section, heading.group(1) if heading else f"{title} {number}".strip()))


def _section(rule: Rule, section: str, title: str) -> Iterator[Example]:
    paths: list[str] = []
    policy = ""
    current: Example | None = None
    for heading, named, language, text in _blocks(section):
        label, _, note = heading.partition(" ")
        if label == "Repository":
            paths.extend(text.split())
        elif label == "Policy":
            policy = text
        elif named:
            assert current is not None, f"{rule.id}: `With` stands before any example"
            current.files[named] = text
            for word, paths_so in (("crlf", current.crlf), ("plain", current.plain)):
                paths_so.update([named] if word in language else [])
        else:
            if current is not None:
                yield current
            current = Example(rule, label, language, text, title, paths=paths, policy_text=policy)
            current.bare = "without an edit" in note
            if shortened := re.search(r"from (\d+) lines", note):
                current.text += "\n" * (int(shortened.group(1)) - text.count("\n"))
            current.crlf.update([current.path] if "crlf" in language else [])
    if current is not None:
        yield current


def _blocks(section: str) -> Iterator[tuple[str, str, str, str]]:
    """(label and note, path of a With, language, text) of every labelled block. A fence without a label is prose."""
    label, named, fence, language = "", "", "", ""
    body: list[str] = []
    for line in section.splitlines():
        if fence:
            if line.strip() == fence:
                if label:
                    yield label, named, language, "\n".join(body) + "\n"
                label, named, fence = "", "", ""
            else:
                body.append(line)
        elif opening := re.match(r"(`{3,})(.*)$", line):
            fence, language, body = opening.group(1), opening.group(2).strip(), []
        elif match := LABEL.match(line):
            named = match.group("path") or ""
            label = "With" if named else f"{match.group(1)} {line[match.end(1) :]}"
    assert not fence, "a fence is not closed"


def every_section() -> list[list[Example]]:
    """The examples of every page and every corner case of the catalogue, section by section."""
    sections: list[list[Example]] = []
    for rule in catalogue():
        sections.extend(examples(rule, rule.page or "", "page"))
        corner_cases = Path(__file__).parent / "corner_cases" / f"{rule.id}.md"
        if corner_cases.exists():
            sections.extend(examples(rule, corner_cases.read_text("utf-8"), "corner case"))
    return [section for section in sections if section]
