"""What is read from GitHub: changed files, the list of paths, contents, our own threads."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ghapp.github.errors import Refused, Uncertain
from ghapp.github.line import Line
from ghapp.github.shared import REPOSITORY
from ghapp.github.threads import THREADS, OwnThread, threads_in

Json = dict[str, Any]

MAX_CHANGED_FILES = 3000  # GitHub lists no more (REST, pulls/list-files)
PAGE = 100
TEXTS_A_QUERY = 25  # larger ones fail now and then, and the largest always


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file of a pull request. `status`: added, removed, modified, renamed, copied, changed or unchanged.

    `sha`: its blob at head (of a removed file: the one it had). `patch` is None where GitHub gives none: binary, too
    large, or renamed only. `previous`: the path before a renaming. `commit`: the head that GitHub listed it for.
    """

    path: str
    status: str
    sha: str
    patch: str | None = None
    previous: str | None = None
    changes: int = 0  # lines
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a commit. `kind`: file, link or module (a submodule). `size` in bytes."""

    sha: str
    size: int
    kind: str = "file"
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Every file of a commit by path. `truncated`: GitHub left some out."""

    entries: Mapping[str, Entry]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer to one question: contents by what they were asked by, and the pull request's state.

    `head`: its head commit by now. `open`: whether it is neither merged nor closed. `threads`: ours, oldest first.
    `shared`: the owner's file that was asked for, if it is public.
    """

    texts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    head: str = ""
    open: bool = True
    threads: tuple[OwnThread, ...] = ()
    shared: bytes | None = None


async def changed_files(line: Line, pull: int, count: int) -> list[ChangedFile]:
    """The pull request's files. `count`: how many there should be, so that all pages can be asked for at once."""

    async def page(number: int) -> list[Json]:
        return await line.get(f"pulls/{pull}/files", per_page=PAGE, page=number)

    most = MAX_CHANGED_FILES // PAGE
    pages = await asyncio.gather(*(page(number) for number in range(1, min(most, max(0, count - 1) // PAGE + 1) + 1)))
    while len(pages[-1]) == PAGE and len(pages) < most:
        pages.append(await page(len(pages) + 1))
    return [changed_file(each) for found in pages for each in found]


def changed_file(item: Json) -> ChangedFile:
    return ChangedFile(
        path=item["filename"],
        status=item["status"],
        sha=item["sha"] or "",
        patch=item.get("patch"),
        previous=item.get("previous_filename"),
        changes=item["changes"],
        commit=item["contents_url"].rpartition("?ref=")[2],
    )


async def tree(line: Line, commit: str) -> Listing:
    """Every file of a commit."""
    answer = await line.get(f"git/trees/{commit}", recursive=1)
    entries = {each["path"]: _entry(each) for each in answer["tree"] if each["type"] != "tree"}
    return Listing(entries, bool(answer["truncated"]))


def _entry(item: Json) -> Entry:
    kind = "module" if item["type"] == "commit" else "link" if item["mode"] == "120000" else "file"
    return Entry(item.get("sha") or "", item.get("size") or 0, kind, executable=item["mode"] == "100755")


async def merge_base(line: Line, base: str, head: str) -> str:
    """The commit at which the branches parted: what a pull request's patch compares with."""
    # The files stand on the first page only; the second is short.
    answer = await line.get(f"compare/{base}...{head}", per_page=1, page=2)
    return answer["merge_base_commit"]["sha"]


async def read(line: Line, expressions: Sequence[str], pull: int | None = None, shared: str = "") -> Reading:
    """Contents by git's expressions (a blob's SHA, or `commit:path`), and with `pull` the state of that pull request.

    `shared`: also the file at this path in the owner's repository `.github`, if that is public.

    Contents go into one GraphQL query for every 25, all at once; what GraphQL shortens or leaves out is read as a blob.
    What does not exist is missing in the answer.
    """
    kept = {each: data for each in expressions if (data := line.telephone.contents.get(line.repository, each))}
    lacking = [each for each in dict.fromkeys(expressions) if each not in kept]
    batches = [lacking[at : at + TEXTS_A_QUERY] for at in range(0, len(lacking), TEXTS_A_QUERY)]
    if (pull is not None or shared) and not batches:
        batches.append([])
    readings = await asyncio.gather(
        *(_ask(line, batch, None if at else pull, "" if at else shared) for at, batch in enumerate(batches))
    )
    for reading in readings:
        kept.update(reading.texts)
    return replace(readings[0], texts=kept) if readings else Reading(kept)


async def _ask(line: Line, expressions: Sequence[str], pull: int | None, shared: str) -> Reading:
    try:
        data = await line.graphql(*_question(line, expressions, pull, shared))
    except Uncertain:  # too much for one query, perhaps: the contents can be had one by one
        if not expressions:
            raise
        data = {} if pull is None and not shared else await line.graphql(*_question(line, (), pull, shared))
    repository: Json = data.get("repository") or {}
    texts = await asyncio.gather(*(_text(line, each, repository.get(f"t{at}")) for at, each in enumerate(expressions)))
    found = {each: text for each, text in zip(expressions, texts, strict=True) if text is not None}
    for each, text in found.items():
        line.telephone.contents.put(line.repository, each, text)
    if pull is None:
        return Reading(found, shared=_shared(data))
    state: Json = repository.get("pullRequest") or {}
    if not state.get("reviewThreads"):  # without them, everything would be said once more
        raise Uncertain("GitHub left the pull request out")
    threads = await threads_in(line, pull, state["reviewThreads"])
    return Reading(found, state["headRefOid"], state["state"] == "OPEN", tuple(threads), _shared(data))


def _question(line: Line, expressions: Sequence[str], pull: int | None, shared: str) -> tuple[str, Json]:
    owner, _, name = line.name.partition("/")
    variables: Json = {"owner": owner, "name": name}
    declared, asked = ["$owner: String!", "$name: String!"], list[str]()
    if pull is not None:
        variables["pull"] = pull
        declared.append("$pull: Int!")
        asked.append(f"pullRequest(number: $pull) {{ headRefOid state reviewThreads(last: 100) {{ {THREADS} }} }}")
    for at, expression in enumerate(expressions):
        variables[f"e{at}"] = expression
        declared.append(f"$e{at}: String!")
        asked.append(f"t{at}: object(expression: $e{at}) {{ ... on Blob {{ oid byteSize isTruncated text }} }}")
    others = ""
    if shared:
        variables["shared"] = f"HEAD:{shared}"
        declared.append("$shared: String!")
        blob = "object(expression: $shared) { ... on Blob { byteSize isTruncated text } }"
        others = f'owners: repository(owner: $owner, name: "{REPOSITORY}") {{ {blob} }}'
    here = f"repository(owner: $owner, name: $name) {{ {' '.join(asked)} }}"
    return f"query({', '.join(declared)}) {{ {here} {others} }}", variables


def _shared(data: Json) -> bytes | None:
    """The owner's file; of one that GraphQL does not give whole, as many zeros."""
    owners: Json = data.get("owners") or {}
    blob: Json = owners.get("object") or {}
    size: int | None = blob.get("byteSize")
    text = (blob.get("text") or "").encode()
    return text if len(text) == size else None if size is None else bytes(size)


async def _text(line: Line, expression: str, blob: Json | None) -> bytes | None:
    """GraphQL gives no text of a binary file, shortens a long one, and may decode one that is not UTF-8."""
    blob = blob or {}
    data = (blob.get("text") or "").encode()
    if not blob.get("isTruncated") and len(data) == blob.get("byteSize"):
        return data
    sha = blob.get("oid") or ("" if ":" in expression else expression)
    if not sha:
        return None
    try:
        answer = await line.get(f"git/blobs/{sha}")
    except Refused as refusal:
        if refusal.status in (403, 404, 422):  # 403: over 100 MB
            return None
        raise
    return base64.b64decode(answer["content"])
