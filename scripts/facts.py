"""`make facts`: renews the versions and pins of src/ghapp/rules/facts/tools.json; read the diff before you commit it.

Asks pip and npm for packages, and git for the tags of tools and actions. ONLY="trivy checkov" renews some of them. What
runner images hold is read off their README by people: it says when those have moved on.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[1]
FACTS = "src/ghapp/rules/facts"
EXAMPLES = ("src/ghapp/rules/tool_not_installed.py", "tests/rules/corner_cases/tool-not-installed.md")
GITHUB = re.compile(r"github\.com/([\w.-]+/[\w.-]+)")
PLAIN = re.compile(r"v?(\d+(?:\.\d+)+)")
RUNNERS = "https://github.com/actions/runner-images"


def main(only: set[str], house: Path = HOUSE) -> None:
    path = house / FACTS / "tools.json"
    document = json.loads(path.read_text("utf-8"))
    changes: list[tuple[str, str, str]] = []
    for name, tool in document["tools"].items():
        if (not only or name in only) and "version" in tool:
            old, tool["version"] = tool["version"], newest_version(tool) or unanswered(name, tool["version"])
            changes.append((name, old, tool["version"]))
    for name, pin in document["pins"].items():
        if not only or name in only:
            old = dict(pin)
            pin |= newest_pin(name) or {"tag": unanswered(name, pin["tag"])}
            changes += [(name, old[key], pin[key]) for key in ("sha", "tag")]
    document["date"] = date.today().isoformat()  # noqa: DTZ011 - the day here
    path.write_text(written(document), "utf-8")
    renew_examples([change for change in changes if change[1] != change[2]], house)
    if not only:
        say_whether_runners_moved_on(house)


def unanswered(name: str, version: str) -> str:
    print(f"{name}: nobody answered; it stays at {version}")
    return version


def renew_examples(changes: list[tuple[str, str, str]], house: Path) -> None:
    """The examples of the rules show what they suggest: there, too, the new versions."""
    for name, old, new in changes:
        print(f"{name}: {old} → {new}")
    for path in (house / example for example in EXAMPLES):
        lines = path.read_text("utf-8").split("\n")
        for name, old, new in changes:
            lines = [line.replace(old, new) if name in line else line for line in lines]
        path.write_text("\n".join(lines), "utf-8")


def newest_version(tool: dict[str, Any]) -> str | None:
    """The newest version that can be installed the way we suggest; None when nobody could be asked."""
    if "pip" in tool:
        return first(r"\(([\d.]+)\)", said(sys.executable, "-m", "pip", "index", "versions", tool["pip"]))
    if "npm" in tool:
        return first(r"^([\d.]+)$", said("npm", "view", tool["npm"], "version"))
    repository = tool.get("repository") or first(GITHUB, tool.get("release", {}).get("url", "") or tool.get("go", ""))
    if repository is None:
        return None
    version = newest(tag for tag in tags(repository) if tag not in compromised())
    return version.removeprefix("v") if version is not None and published(tool, version.removeprefix("v")) else None


def newest_pin(name: str) -> dict[str, str] | None:
    """The newest tag of an action, and its commit; None when nobody could be asked."""
    found = tags("/".join(name.split("/")[:2]))
    tag = newest(found)
    return None if tag is None else {"tag": tag, "sha": found[tag]}


def tags(repository: str) -> dict[str, str]:
    """The repository's tags and the commits that they name."""
    lines = said("git", "ls-remote", "--tags", f"https://github.com/{repository}").splitlines()
    pairs = (line.split("\trefs/tags/") for line in lines)
    return {tag.removesuffix("^{}"): commit for commit, tag in pairs}  # the commit of an annotated tag stands behind it


def newest(names: Iterable[str]) -> str | None:
    """The highest of the names that are plain versions: `v1.2.3`, without anything behind it."""
    versions = {name: match[1] for name in names if (match := PLAIN.fullmatch(name)) is not None}
    return max(versions, key=lambda name: [*map(int, versions[name].split("."))], default=None)


def published(tool: dict[str, Any], version: str) -> bool:
    """Whether the release's files still have the names that we know."""
    release = tool.get("release", {})
    names = [release[key].format(version=version) for key in ("file", "sums") if key in release]
    return all(answers(f"{release['url'].format(version=version)}/{name}") for name in names)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=30) as response:
            return response.status == 200
    except (urllib.error.URLError, TimeoutError):
        return False


def compromised() -> set[str]:
    """Versions that must never be suggested."""
    images = json.loads((HOUSE / FACTS / "compromised.json").read_text("utf-8"))["images"]
    return {f"v{image.rpartition(':')[2]}" for image in images.split()}


def say_whether_runners_moved_on(house: Path) -> None:
    seen = first(r"runner-images at (\w+)", json.loads((house / FACTS / "machines.json").read_text("utf-8"))["source"])
    now = said("git", "ls-remote", RUNNERS, "HEAD")
    if now and seen is not None and not now.startswith(seen):
        print(f"machines.json: {RUNNERS} has moved on since {seen}; look through the READMEs of its images")


def written(document: dict[str, Any]) -> str:
    """The file's form: one line for each pin and each tool."""
    parts = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in document.items() if isinstance(value, str)]
    for key in ("pins", "tools"):
        lines = (f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in document[key].items())
        parts.append(f' "{key}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def said(*command: str) -> str:
    """What a program prints; nothing when it fails or is not there."""
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def first(pattern: str | re.Pattern[str], text: str) -> str | None:
    match = re.search(pattern, text, re.MULTILINE) if isinstance(pattern, str) else pattern.search(text)
    return match[1] if match is not None else None


if __name__ == "__main__":
    main(set(sys.argv[1:]))
