"""Writes docs/rules/, the README's rules and the policy schema: `make docs`. --check names what is stale."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from ghapp.pipeline.policy import schema
from ghapp.pipeline.rule import Platform, Rule, Severity
from ghapp.rules import catalogue

HOUSE = Path(__file__).parents[1]
PAGES = HOUSE / "docs/rules"
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)
PLATFORMS = {
    Platform.ACTIONS: "GitHub Actions",
    Platform.ACTION: "composite actions",
    Platform.CIRCLECI: "CircleCI",
    Platform.SHELL: "shell scripts",
}
SEVERITIES = {
    Severity.FAILURE: "the job fails on every run, or passes without doing its work",
    Severity.WARNING: "likely to fail, or a safety net that does not hold",
    Severity.NOTICE: "worth knowing",
}
TOPICS = {
    "Caches": ("S2.10", "F20"),
    "Vulnerability scans": ("S2.8",),
    "Paths and scripts": ("S2.1", "C1"),
    "Tools, runners and images": ("S2.9", "F27", "F28", "F29", "F34"),
    "Requests, health checks and JSON": ("S2.11",),
    "Order, conditions and hidden failures": ("C3", "F2", "F3", "F11", "F32"),
    "Integration tests and what they need": ("S1.1", "S1.2"),
    "Tests that are shared out": ("S1.3",),
    "Access to AWS": ("C2", "F13"),
    "ECR": ("S1.6", "F19"),
    "ECS": ("S2.3", "S2.4", "S2.5"),
    "Canary and blue-green": ("S1.5", "S2.6"),
    "Rollback": ("S1.10",),
    "Terraform": ("S2.2", "C4", "F21"),
    "Prowler and PCI-DSS": ("S1.4", "C5"),
    "sqlmap": ("S2.7",),
    "Artifacts and how long they are kept": ("S1.8", "F14"),
    "Explanations": ("S1.9",),
    "Ignores": (),
}
"""What the rules are about: the entries that belong together, for people who have never seen the catalogue."""


def page(rule: Rule) -> str:
    """The page of one rule: its docstring under a line of facts."""
    title, _, body = (rule.page or "").strip().partition("\n")
    facts = [
        f"`{rule.id}`",
        rule.severity.value,
        ", ".join(PLATFORMS[platform] for platform in rule.platforms),
        "suggests a change" if rule.fix else "advice only",
        *([f"entry {', '.join(rule.sources)}"] if rule.sources else []),
    ]
    written = f"<!-- Written by `make docs` from src/ghapp/rules/{rule.id.replace('-', '_')}.py: edit that. -->"
    return f"{written}\n\n# {title.rstrip('.')}\n\n{' · '.join(facts)}\n\n{body.strip()}\n"


def table(rules: Iterable[Rule]) -> str:
    """The rules as a Markdown table."""
    rows = [f"| [{rule.id}]({rule.id}.md) | {_cell(rule.title)} | {'yes' if rule.fix else ''} |" for rule in rules]
    return "\n".join(["| Rule | What it finds | Suggests a change |", "|---|---|---|", *rows, ""])


def topics(rules: tuple[Rule, ...]) -> str:
    """The rules by what they are about, as a Markdown table. Raises ValueError for a rule that belongs nowhere."""
    about = {entry: topic for topic, entries in TOPICS.items() for entry in entries or ("",)}
    said: dict[str, list[Rule]] = {topic: [] for topic in TOPICS}
    for rule in rules:
        entry = next(iter(rule.sources), "")
        if entry not in about:
            raise ValueError(f"{rule.id} is of entry {entry}, which has no topic: add it to TOPICS in scripts/docs.py")
        said[about[entry]].append(rule)
    rows = [
        f"| {topic} | {', '.join(f'[{rule.id}](docs/rules/{rule.id}.md)' for rule in chosen)} |"
        for topic, chosen in said.items()
    ]
    count = f"{len(rules)} rules; {sum(rule.fix is not None for rule in rules)} of them can suggest the change."
    return "\n".join([count, "", "| About | Rules |", "|---|---|", *rows, ""])


def index(rules: tuple[Rule, ...]) -> str:
    """The list of all pages by severity and by platform, and what became of each entry of the catalogue."""
    parts = ["<!-- Written by `make docs`. -->\n\n# The catalogue\n", "## By severity\n"]
    for severity, meaning in SEVERITIES.items():
        if chosen := [rule for rule in rules if rule.severity is severity]:
            parts.append(f"### {severity.value}: {meaning}\n\n{table(chosen)}")
    parts += ["## By platform\n", f"| Rule | {' | '.join(PLATFORMS.values())} |", "|---" * (len(PLATFORMS) + 1) + "|"]
    for rule in rules:
        marks = ["yes" if platform in rule.platforms else "" for platform in PLATFORMS]
        parts.append(f"| [{rule.id}]({rule.id}.md) | {' | '.join(marks)} |")
    entries = sorted({source for rule in rules for source in rule.sources}, key=_by_number)
    rows = [
        f"| {entry} | {', '.join(f'[{rule.id}]({rule.id}.md)' for rule in rules if entry in rule.sources)} |"
        for entry in entries
    ]
    parts.append("\n## By entry\n\nThe entries are the observed failures that the rules were made from.\n")
    return "\n".join([*parts, "| Entry | Rules |", "|---|---|", *rows, ""])


def wanted() -> dict[Path, str]:
    """Every generated file with the text that it should have."""
    rules = catalogue()
    readme = HOUSE / "README.md"
    return {
        **{PAGES / f"{rule.id}.md": page(rule) for rule in rules},
        PAGES / "README.md": index(rules),
        HOUSE / "docs/ghapp.schema.json": json.dumps(schema([rule.id for rule in rules]), indent=2) + "\n",
        readme: TABLE.sub(lambda _: topics(rules), readme.read_text("utf-8")),
    }


def main(*, check: bool) -> int:
    """Writes what is stale, or only names it. Returns the exit status."""
    files = wanted()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    left_over = [path for path in PAGES.glob("*.md") if path not in files]
    for path in [*stale, *left_over]:
        print(f"{'stale' if check else 'written' if path in files else 'removed'}: {path.relative_to(HOUSE)}")
    if check:
        if stale or left_over:
            print("Run `make docs` and commit what it writes.")
        return 1 if stale or left_over else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(files[path], "utf-8")
    for path in left_over:
        path.unlink()
    return 0


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _by_number(entry: str) -> tuple[str, list[int]]:
    return entry[0], [int(number) for number in re.findall(r"\d+", entry)]


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
