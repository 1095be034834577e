"""Calls of curl: what they ask for, and whether anybody learns that the server said no.

Without `--fail` curl ends with status 0 whatever HTTP status it gets; with `--fail` an answer of 400 or more gives
status 22. Source: curl.se/docs/manpage.html (option list of 8.16), and runs of 7.88 against a server that answers 500.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ghapp.pipeline import Command, Edit, Job, Pipeline, Platform, Word
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.kept import kept
from ghapp.pipeline.model import PartKind, RunnerKind

PLATFORMS = (Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL)

_SHORT = {
    "f": "fail",
    "s": "silent",
    "X": "request",
    "d": "data",
    "F": "form",
    "T": "upload-file",
    "G": "get",
    "I": "head",
    "H": "header",
    "w": "write-out",
    "o": "output",
    "O": "remote-name",
    "K": "config",
}
_SHORT_VALUES = frozenset("XdFTHwoKAbcCDeEmPQrtuUxyYz")
_LONG_VALUES = frozenset(
    "request data data-raw data-binary data-ascii data-urlencode json form form-string upload-file header write-out "  # noqa: SIM905
    "output output-dir config user user-agent cookie cookie-jar referer max-time connect-timeout retry retry-delay "
    "retry-max-time cacert capath cert cert-type key key-type url proxy proxy-user resolve connect-to dump-header "
    "range limit-rate noproxy aws-sigv4 oauth2-bearer interface max-redirs max-filesize unix-socket ciphers tls-max "
    "stderr trace trace-ascii time-cond speed-limit speed-time pass request-target url-query variable".split()
)
_SENDS = frozenset(
    "data data-raw data-binary data-ascii data-urlencode json form form-string upload-file".split()  # noqa: SIM905
)
_OPTIONS = re.compile(r"opt|arg|flag|param", re.IGNORECASE)
_LOOPS = re.compile(r"while|until|.*(?:\bseq\b|\{\d+\.\.|\(\()")
_HOST = re.compile(r"https?://([^/?#]+)")
_MERGES = re.compile(r"-(?=[a-zA-Z]*s)[sSLkg]+")
_FAILS = re.compile(r"[\s;]*exit [1-9]")
_HEEDED = 120
"""How far behind a statement `$?` is looked for, or an `exit 1` that fails whatever it was."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of curl. `given`: the options by their long names, with the word of the value; `urls`: where it goes."""

    command: Command
    given: dict[str, Word | None]
    urls: tuple[Word, ...]
    opaque: bool

    @property
    def method(self) -> str:
        """The HTTP method; a `$` in it where it is not known."""
        word = self.given.get("request")
        if word is not None:
            return self.command.expand(word).upper()
        return "POST" if self.given.keys() & _SENDS and "get" not in self.given else "GET"

    @property
    def url(self) -> str:
        """The first address, as far as it is known."""
        return self.command.expand(self.urls[0]) if self.urls else ""

    @property
    def server(self) -> str:
        """Who answers, for a message."""
        host = _HOST.match(self.url)
        return f"`{host[1]}`" if host is not None and "$" not in host[1] and "<<" not in host[1] else "the server"

    @property
    def fails(self) -> bool:
        """Whether an HTTP error ends curl with a failure, as far as the options tell."""
        return bool(self.given.keys() & {"fail", "fail-with-body"})

    @property
    def silenced(self) -> bool:
        """Whether the answer goes where nobody reads it: to the log or to /dev/null."""
        command = self.command
        files = [self.given["output"]] if "output" in self.given else []
        files += [each.target for each in command.redirections if each.operator.endswith(">") and each.target]
        nowhere = all(word is not None and command.expand(word) == "/dev/null" for word in files)
        return nowhere and "remote-name" not in self.given and command.piped_to is None

    @property
    def saved_as(self) -> str:
        """The file that the answer is saved in, as far as it is known; empty when it is not."""
        word = self.given.get("output")
        if word is not None:
            return self.command.expand(word)
        return self.url.partition("?")[0] if "remote-name" in self.given else ""

    @property
    def heeded(self) -> bool:
        """Whether the status of curl, and nothing else, decides whether the step fails."""
        command = self.command
        if command.masks:
            return False
        if any(guard.kind == "loop" and _LOOPS.match(guard.test) for guard in command.guards):
            return False
        end = max(command.end, command.statement[1])
        text = command.script.text.value
        after = text[end : end + _HEEDED]
        return "||" not in text[command.end : end] and "$?" not in after and not _FAILS.match(after)

    def failing(self) -> Edit | None:
        """curl with `-f` in a cluster like `-sL`, else with `--fail` behind its name.

        What sends something also shows why it was refused, where curl is surely 7.76 or later.
        """
        command = self.command
        program, *rest = command.words
        text = command.script.text
        first = next((word for word in rest if _MERGES.fullmatch(word.raw)), None)
        if self.method != "GET" and is_modern(command.job):
            return replace_in(text, program.end, program.end, " --fail-with-body")
        if first is None:
            return replace_in(text, program.end, program.end, " --fail")
        letters = first.raw[1:]
        new = f"-f{letters}" if "S" in letters else f"-f{letters.replace('s', 'sS', 1)}"
        return replace_in(text, first.start, first.end, new)


@kept
def calls(pipeline: Pipeline) -> tuple[Call, ...]:
    """The calls of curl in the pipeline that can be read whole."""
    if ".curlrc" in pipeline.source.text:
        return ()
    commands = (command for job in pipeline.jobs for command in job.running("curl"))
    found = (_call(command) for command in commands if command.script.clean and not command.followed)
    return tuple(call for call in found if not call.opaque and "config" not in call.given)


def _call(command: Command) -> Call:
    given: dict[str, Word | None] = {}
    operands: list[Word] = []
    words = iter(command.words[1:])
    for word in words:
        begin = word.parts[0].text if word.parts[0].kind is PartKind.LITERAL else ""
        if begin.startswith("--"):
            name = begin[2:].partition("=")[0]
            given[name] = next(words, None) if name in _LONG_VALUES else None
        elif begin.startswith("-") and begin != "-":
            _cluster(word, begin, words, given)
        else:
            operands.append(word)
    url = given.get("url")
    urls = (url, *operands) if url is not None else tuple(operands)
    return Call(command, given, urls, any(_several(word, urls) for word in operands))


def _cluster(word: Word, begin: str, words: Iterator[Word], given: dict[str, Word | None]) -> None:
    """One-letter options in one word: the first that takes a value has the rest of the word, or the next word."""
    for at, letter in enumerate(begin[1:], 2):
        name = _SHORT.get(letter, letter)
        if letter in _SHORT_VALUES:
            attached = at < len(begin) or len(word.parts) > 1
            given[name] = word.after(at) if attached else next(words, None)
            return
        given[name] = None


def _several(word: Word, urls: tuple[Word, ...]) -> bool:
    """Whether the word may stand for options."""
    if "[@]" in word.raw or word.raw.strip('"') in ("$@", "$*"):
        return True
    alone = len(word.parts) == 1 and word.parts[0].kind is not PartKind.LITERAL and not word.parts[0].quote
    return alone and (len(urls) > 1 or _OPTIONS.search(word.raw) is not None)


def is_modern(job: Job) -> bool:
    """Whether its machine surely has jq and a curl of 7.76 or later: GitHub's Ubuntu images, CircleCI's `cimg/`."""
    runner = job.runner
    hosted = runner.kind is RunnerKind.HOSTED and all(label.startswith("ubuntu-") for label in runner.labels)
    return hosted or (runner.image or "").startswith("cimg/")
