"""Reads a pull request from GitHub: as little as needed, as much as possible at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from ghapp.github import (
    MAX_CHANGED_FILES,
    SHARING,
    ChangedFile,
    Entry,
    Line,
    Listing,
    OwnThread,
    SharedFile,
    changed_files,
    compare,
    differences,
    merge_base,
    read,
    tree,
)
from ghapp.inbox import PullRequest
from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.policy import PATH
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.source import MAX_FILE_BYTES
from ghapp.review.snapshot import Organisation, Side, Snapshot, before

T = TypeVar("T")
U = TypeVar("U")

MAX_FILES = 500
MAX_BYTES = 16 << 20
QUERY = 25  # texts come in queries of so many: what fits into the first costs nothing
LIKELY = ("Makefile", "package.json")  # by name
LIKELY_KINDS = (".sh", ".bash", ".tf")


async def together(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """Runs both at once and waits for both, also when one fails; then raises the first error."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    if isinstance(first, BaseException):
        raise first
    if isinstance(second, BaseException):
        raise second
    return first, second


def _runs(path: str) -> bool:
    """Whether the file is called by its path, by the looks of it."""
    return platform_of(path) is Platform.SHELL or "." not in path.rpartition("/")[2]


async def _with_shared(line: Line, gather: Coroutine[Any, Any, Gathering]) -> Gathering:
    """The change with its owner's policy, asked for at the same time; the repository that holds it reads it anyway."""
    if line.name.endswith(f"/{SHARING}"):
        return await gather
    gathering, shared = await together(gather, line.telephone.shared.get(line, PATH))
    gathering.shared = shared
    return gathering


class Gathering:
    """A change as it is read, step by step: its files first, then the contents that matter.

    After `read` or `look`, `head_now` is the pull request's head by GitHub's word, `open` whether it is neither merged
    nor closed, and `threads` are ours. `shared`: the policy of the owner. `fixing`: set it to
    have the snapshot ask for fixes, too.
    """

    def __init__(
        self, line: Line, pull: PullRequest, files: list[ChangedFile], listing: Listing, *, compared: bool = False
    ) -> None:
        self.line = line
        self.pull = pull
        self.files = files
        self.listing = listing
        self.head_now = ""
        self.open = True
        self.threads: tuple[OwnThread, ...] = ()
        self.fixing = False
        self._compared = compared
        self._head: dict[str, bytes] = {}
        self._base: dict[str, bytes] = {}
        self._sizes: dict[str, int] = {}
        self._merge_base = ""
        self._policy: bytes | None = None
        self.shared = SharedFile()

    @classmethod
    async def of(cls, line: Line, pull: PullRequest) -> Gathering:
        """What the pull request changes, by GitHub's word."""
        return await _with_shared(line, cls._of(line, pull))

    @classmethod
    async def _of(cls, line: Line, pull: PullRequest) -> Gathering:
        files, listing = await together(changed_files(line, pull.number, pull.changed_files), tree(line, pull.head))
        if not files:  # nothing, or nothing computed yet
            comparison = await compare(line, pull.base, pull.head)
            return cls(line, pull, [], listing, compared=not comparison.files)
        self = cls(line, pull, files, listing)
        if len(files) >= MAX_CHANGED_FILES and not self.stale:
            await self._list_the_rest(await merge_base(line, pull.base, pull.head))
        return self

    @classmethod
    async def between(cls, line: Line, pull: PullRequest) -> Gathering:
        """What the head brings to the base, by the commits alone: for what is no open pull request's head."""
        return await _with_shared(line, cls._between(line, pull))

    @classmethod
    async def _between(cls, line: Line, pull: PullRequest) -> Gathering:
        comparison, listing = await together(compare(line, pull.base, pull.head), tree(line, pull.head))
        self = cls(line, pull, comparison.files, listing, compared=True)
        if not comparison.whole:
            await self._list_the_rest(comparison.merge_base)
        return self

    async def _list_the_rest(self, parted: str) -> None:
        self._merge_base = parted
        listed = {each.path for each in self.files} | {each.previous for each in self.files}
        more = differences(await tree(self.line, parted), self.listing)
        self.files += [each for each in more if each.path not in listed]

    @property
    def stale(self) -> bool:
        """Whether GitHub tells of another head than the one that was asked for: it computes still, or has gone on."""
        told = {self.head_now, *(each.commit for each in self.files)} - {""}
        return not self._compared and told != {self.pull.head}

    @property
    def talks(self) -> bool:
        """Whether comments have a place here; on a closed pull request and on a mere comparison they have none."""
        return self.open and not self._compared

    @property
    def concerns_ci(self) -> bool:
        """Whether the change can alter what pipelines do, or what is demanded of them: their files, what they may
        call, names they may use, the policy."""
        return any(
            each.status in ("removed", "renamed")
            or each.path == PATH
            or platform_of(each.path) is not None
            or each.path.rpartition("/")[2] in LIKELY
            or ((entry := self.listing.entries.get(each.path)) is not None and entry.executable)
            for each in self.files
        )

    async def read(self) -> None:
        """The pipelines' contents, and the state of the pull request."""
        await self._fetch(self._first(), first=True)

    async def look(self) -> None:
        """The state of the pull request alone."""
        answer = await read(self.line, (), self.pull.number)
        self.head_now, self.open, self.threads = answer.head, answer.open, answer.threads

    async def read_more(self, head: Iterable[str], base: Iterable[str]) -> bool:
        """Contents that the analysis asked for. Gives whether there were any that it has not seen."""
        known = len(self._head) + len(self._base) + len(self._sizes)
        paths = {path for path in {*head, *base} if path not in self._head and path not in self._sizes}
        await self._fetch(sorted(paths))
        return len(self._head) + len(self._base) + len(self._sizes) > known

    def snapshot(self) -> Snapshot:
        paths = frozenset(self.listing.entries)
        renames = {each.path: each.previous for each in self.files if each.previous and each.status == "renamed"}
        gone = {each.path for each in self.files if each.status in ("added", "copied", "renamed")}
        back = {each.path for each in self.files if each.status == "removed"} | set(renames.values())
        modules = any(entry.kind == "module" for entry in self.listing.entries.values())  # whose files are not listed
        truncated = self.listing.truncated or modules
        plain = self._plain()
        return Snapshot(
            head=Side(paths, truncated, dict(self._head), dict(self._sizes), plain),
            base=Side((paths - gone) | back, truncated, dict(self._base), plain=plain ^ self._of_other_mode()),
            changed=frozenset(each.path for each in self.files) | back,
            patches={each.path: each.patch for each in self.files if each.patch} if self.talks else {},
            renames=renames,
            policy=self._policy,
            organisation=self._organisation(),
            policy_at=f"{self.line.address}/blob/{self.pull.base}/{PATH}",
            today=datetime.now(UTC).date(),
            files_at=f"{self.line.address}/blob/{self.pull.head}",
            commit=self.pull.head,
            fixable=self._fixable() if self.fixing else None,
        )

    def _organisation(self) -> Organisation:
        owner, _, name = self.line.name.partition("/")
        home = f"{self.line.address.rpartition('/')[0]}/{SHARING}"
        return Organisation(
            text=self.shared.text,
            path=f"{owner}/{SHARING}:{PATH}",
            at=f"{home}/blob/HEAD/{PATH}",
            read=not self.shared.unread,
            here=name == SHARING,
        )

    def _fixable(self) -> frozenset[str]:
        """The files that a commit through GitHub's API leaves as they are but for their text: it takes the permission
        to run from those that have it (babarot/gh-infra#167)."""
        entries = self.listing.entries.items()
        return frozenset(path for path, each in entries if each.kind == "file" and not each.executable)

    def _plain(self) -> frozenset[str]:
        """The scripts that may not be executed."""
        entries = self.listing.entries.items()
        return frozenset(path for path, each in entries if each.kind == "file" and not each.executable and _runs(path))

    def _of_other_mode(self) -> frozenset[str]:
        """The scripts that had the other mode before: GitHub lists them as modified, without a line."""
        changed = (each for each in self.files if each.status == "modified" and not each.changes)
        return frozenset(each.path for each in changed if _runs(each.path))

    def _first(self) -> list[str]:
        """Every pipeline, and what changed of the rest; then, into the room that is left, what may well be called."""
        changed = {each.path for each in self.files}
        kinds = {path: platform_of(path) for path in self.listing.entries}
        needed = [
            path
            for path, kind in kinds.items()
            if kind in (Platform.ACTIONS, Platform.CIRCLECI) or ((kind or path == PATH) and path in changed)
        ]
        needed.sort(key=lambda path: (path not in changed, path))
        room = -(len(needed) + 1) % QUERY  # one is the base branch's policy
        likely = [
            path
            for path, kind in kinds.items()
            if path not in needed
            and (path in LIKELY or path.endswith(LIKELY_KINDS) or (kind and path.startswith(".github/actions/")))
        ]
        return needed + sorted(likely, key=lambda path: (path.count("/"), path))[:room]

    async def _fetch(self, paths: Iterable[str], *, first: bool = False) -> None:
        budget = MAX_BYTES - sum(map(len, self._head.values()))
        wanted: dict[str, Entry] = {}
        for path in paths:
            entry = self.listing.entries.get(path)
            if entry is None or entry.kind != "file":
                continue
            if entry.size > MAX_FILE_BYTES:
                self._sizes[path] = entry.size
            elif entry.size <= budget and len(wanted) + len(self._head) < MAX_FILES:
                wanted[path] = entry
                budget -= entry.size
        shas = list(dict.fromkeys(entry.sha for entry in wanted.values()))
        policy = f"{self.pull.base}:{PATH}"
        number = self.pull.number if first and not self._compared else None
        if not first:
            answer = await read(self.line, shas)
        else:
            answer = await read(self.line, [policy, *shas], number, PATH if self.shared.hidden else "")
            self.shared = replace(self.shared, text=answer.shared if self.shared.hidden else self.shared.text)
            self.head_now, self.open, self.threads = answer.head, answer.open, answer.threads
            self._policy = answer.texts.get(policy)
        self._head |= {path: answer.texts[entry.sha] for path, entry in wanted.items() if entry.sha in answer.texts}
        await self._go_back()

    async def _go_back(self) -> None:
        """What the files said before: the same, unless the pull request changed them."""
        files = {each.path: each for each in self.files}
        lost: dict[str, str] = {}
        for path, text in self._head.items():
            file = files.get(path)
            if file is None:
                self._base[path] = text
            elif file.status not in ("added", "copied") and (old := file.previous or path) not in self._base:
                was = before(text, file.patch) if file.patch else None if file.changes else text
                if was is None:
                    lost[f":{old}"] = old
                else:
                    self._base[old] = was
        for file in self.files:
            if file.status == "removed" and file.patch and file.path not in self._base and platform_of(file.path):
                self._base[file.path] = before(b"", file.patch) or b""
        if lost:
            await self._read_base(lost)

    async def _read_base(self, lost: dict[str, str]) -> None:
        """Contents that no patch tells, since GitHub gives none for large changes."""
        if not self._merge_base:
            self._merge_base = await merge_base(self.line, self.pull.base, self.pull.head)
        answer = await read(self.line, [self._merge_base + each for each in lost])
        for each, path in lost.items():
            self._base[path] = answer.texts.get(self._merge_base + each, b"")
