"""What is answered to people who talk to ghapp on a pull request."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches

from ghapp.pipeline.rule import Rule
from ghapp.report.blocks import folded
from ghapp.report.markdown import code, shortened

COMMANDS = {
    "ignore": "`/ghapp ignore <why>` in the thread of a finding: it is not reported any more, in this repository. "
    "With `until 2027-01-31` at the end it is, from the next day on.",
    "unignore": "`/ghapp unignore` in the thread of a finding: takes that back.",
    "explain": "`/ghapp explain` in the thread of a finding: what fails there, why, and what to do.",
    "review": "`/ghapp review` anywhere on the pull request: reviews it once more, from scratch.",
}
"""What one can say, and what it does."""

UNCHANGED = "Nothing has changed."

_LABEL = re.compile(r"\n\n[^\n]+:\n\n```")
_GOOD = re.compile(r"\n\nGood:\n\n(```.*?\n```)(?:\n|\Z)", re.DOTALL)


def ignored(rule: str, until: date | None, *, several: bool) -> str:
    findings, it = ("These findings", "them") if several else ("This finding", "it")
    end = f" until {until.isoformat()}" if until else ""
    return (
        f"**Ignored{end}.** {findings} of {code(rule)} will not be reported on any pull request of this repository; "
        f"the check lists {it} with your reason and your name. When the code there changes, that is another finding."
        f"\n\n{code('/ghapp unignore')} takes this back."
    )


def unignored(there_were: bool) -> str:
    if not there_were:
        return f"Nothing of this thread was ignored by a reply. {UNCHANGED}"
    return "**No longer ignored.** What is found here is reported again, as long as it stands."


def explained(rule: Rule, url: str) -> str:
    """The rule's page, shortened: what happens, what to do, and where all of it stands."""
    page = (rule.page or "").strip()
    title, _, text = _LABEL.split(page, maxsplit=1)[0].partition("\n")
    good = _GOOD.search(page)
    said = [f"**{title}**", text.strip()]
    if good is not None:
        said.append(folded("How it looks when it is right", good[1]))
    return "\n\n".join([*said, f"[All of it: {code(rule.id)}]({url})"])


def forgotten(rule: str) -> str:
    """For a thread of a rule that there is no longer."""
    return f"ghapp no longer knows a rule {code(rule)}, so there is nothing to explain. {UNCHANGED}"


def turned_away() -> str:
    return (
        "ghapp takes commands from people with write access to this repository only, so this one was passed over. "
        "Somebody who has it can give the same command."
    )


def unknown(verb: str) -> str:
    near = get_close_matches(verb, COMMANDS, n=1)
    meant = f" Did you mean {code(f'/ghapp {near[0]}')}?" if near else ""
    said = f"ghapp does not know {code(f'/ghapp {shortened(verb, 40)}')}.{meant} " if verb else ""
    manual = "\n".join(f"- {each}" for each in COMMANDS.values())
    return f"{said}This is what one can say to ghapp:\n\n{manual}"


def without_reason() -> str:
    return (
        "An ignore needs a reason, for those who come across it later, such as "
        f"{code('/ghapp ignore the sandbox keeps no state until 2027-01-31')}. {UNCHANGED}"
    )


def locked(rule: str) -> str:
    return (
        f"The organisation lets nobody ignore what {code(rule)} finds: its policy, in its repository "
        f"{code('.github')}, has locked it. {UNCHANGED}"
    )


def no_such_day(until: str) -> str:
    return f"The calendar has no {code(until)}: a day is written like {code('until 2027-01-31')}. {UNCHANGED}"


def day_is_over(until: date) -> str:
    return f"{until.isoformat()} is over already, so this would ignore nothing. {UNCHANGED}"


def no_finding(verb: str, *, in_thread: bool) -> str:
    """For what is said about a finding where there is none."""
    where = "This thread is not about a finding." if in_thread else "Here it is not clear which finding is meant."
    return f"{where} Reply {code(f'/ghapp {verb}')} in the thread of one, below ghapp's comment. {UNCHANGED}"


def closed() -> str:
    return "This pull request is closed, so it is not reviewed. When it is reopened, it is."


def failed(delivery: str) -> str:
    return (
        "ghapp failed at this, which is a mistake of ghapp, not yours. It may help to say it once more. Whoever runs "
        f"ghapp finds what happened under delivery {code(delivery)}."
    )
