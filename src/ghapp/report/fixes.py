"""What is said at the top of a check run when someone pressed "Apply all fixes"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ghapp.report.markdown import code, prose, shortened
from ghapp.report.words import counted

MOST_RULES = 20
TRAILER = "Ghapp-Fixes"
"""The line at the end of a commit of fixes: the commit that they are for. So a second click, or a second try after a
crash, knows the first one's commit."""

CLOSED = "the pull request is closed."
FORK = (
    "the branch stands in a fork, where ghapp may not write. Take over the suggestions on the pull request, or run "
    "`ghapp check --fix` on the branch."
)
GONE = "the branch is gone."
MOVED = "the branch has gone on since this check. Press the button of the newest commit's check."
NOTHING = "nothing is left to mend on this commit."
TOO_MUCH = "the CI files are too much to analyse."
OURS = "an error of ghapp's own kept it from that. Whoever runs it finds what happened in the log."
UNANSWERED = "GitHub did not answer in time, again and again. Press the button once more later on."


def message(head: str, rules: Iterable[str]) -> tuple[str, str]:
    """A commit's message: its first line, and the rest. Of what stands in the pull request, nothing."""
    counts = Counter(rules)
    lines = [f"- {rule}{f' ({count})' if count > 1 else ''}" for rule, count in list(counts.items())[:MOST_RULES]]
    if len(counts) > MOST_RULES:
        lines.append(f"- {counted(len(counts) - MOST_RULES, 'more rule')}")
    said = f"Fixes that are proven to work, for {counted(counts.total(), 'finding')}:"
    return "Mend what ghapp found", "\n".join([said, "", *lines, "", f"{TRAILER}: {head}"])


def is_of(text: str, head: str) -> bool:
    """Whether a commit's message is that of the fixes for `head`."""
    return text.rstrip().endswith(f"\n{TRAILER}: {head}")


def pushed(commit: str, address: str, findings: int = 0, files: int = 0, left: int = 0) -> str:
    """The fixes are on the branch. `left`: how many are not, since their files may be executed."""
    what = f" mends {counted(findings, 'finding')} in {counted(files, 'file')}" if findings else " has them"
    said = (
        f"**The fixes are pushed:** [{code(commit[:7])}]({address}/commit/{commit}){what}. It has a check of its own."
    )
    return f"{said} {_left(left)}" if left else said


def not_pushed(why: str) -> str:
    return f"**Nothing was pushed:** {why}"


def nothing_to_push(left: int) -> str:
    return not_pushed(f"{NOTHING[:-1]}, but for what stands in scripts. {_left(left)}" if left else NOTHING)


def not_allowed(login: str) -> str:
    return not_pushed(f"only people with write access can have fixes pushed, and {code(login)} has none.")


def missing(permissions: Mapping[str, str], address: str) -> str:
    """`permissions`: those that the App lacks. `address`: where owners see what it has."""
    what = "permission" if len(permissions) == 1 else "permissions"
    names = " and ".join(f"*{each.capitalize()}: {level}*" for each, level in permissions.items())
    return not_pushed(
        f"ghapp lacks the {what} {names}. Whoever runs the App adds that to its registration; an owner of the "
        f"organisation then accepts it on [the installation's page]({address}). Until then, take over the suggestions "
        "on the pull request, or run `ghapp check --fix` on the branch."
    )


def refused(reason: str) -> str:
    """GitHub's own words: the branch is protected, most likely."""
    return not_pushed(
        f"GitHub refused the commit: {prose(shortened(reason, 500))} Where the branch is protected, its rules decide "
        "who may push to it. Take over the suggestions on the pull request, or run `ghapp check --fix` on the branch."
    )


def _left(count: int) -> str:
    left = f"{counted(count, 'fix', 'fixes')} in executable files {'is' if count == 1 else 'are'}"
    return f"{left} left to you, because a commit through GitHub's API would take that permission away."
