"""Programs that run the program behind them: `sudo -E timeout 5 make` is a `make`.

Sources: sudo(8), GNU coreutils (env, nice, nohup, timeout, stdbuf), findutils (xargs), util-linux (setsid, ionice),
the Bash Reference Manual (command, exec, builtin, time), xvfb-run(1).
"""

from __future__ import annotations

import re

from ghapp.pipeline.word import Assignment, Word

WRAPPERS: dict[str, frozenset[str]] = {
    name: frozenset(options.split())
    for name, options in {
        "sudo": "-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir --chroot",
        "doas": "-u -C",
        "env": "-u -C -S --unset --chdir",
        "command": "",
        "builtin": "",
        "exec": "-a",
        "time": "-f -o --format --output",
        "nohup": "",
        "nice": "-n --adjustment",
        "ionice": "-c -n --class --classdata",
        "setsid": "",
        "timeout": "-k -s --kill-after --signal",
        "stdbuf": "-i -o -e",
        "unbuffer": "",
        "xvfb-run": "-n -s -e -f -w --server-num --server-args",
        "xargs": "-a -d -E -I -L -n -P -s --arg-file --delimiter --max-lines --max-args --max-procs --replace",
    }.items()
}
"""Each wrapper with its options that take a value."""

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")
_ASSIGNING = frozenset({"env", "sudo", "doas", "time"})
_MOST = 16
_QUERIES = frozenset({"-v", "-V"})  # `command -v x` only asks for x


def unwrap(words: tuple[Word, ...]) -> tuple[tuple[str, ...], tuple[Word, ...], tuple[Assignment, ...]]:
    """The wrappers, the words of the program that they run in the end, and what `env X=1` and `sudo X=1` assign.

    `xargs` among the wrappers means that further operands come from its input. A wrapper without a program stays.
    """
    wrappers: list[str] = []
    assignments: list[Assignment] = []
    at = 0
    while len(wrappers) < _MOST and at < len(words) and (name := words[at].literal or "") in WRAPPERS:
        following = _past(words, at + 1, name, assignments)
        if following >= len(words) or (name == "command" and words[at + 1].raw in _QUERIES):
            break
        wrappers.append(name)
        at = following
    return tuple(wrappers), words[at:], tuple(assignments)


def _past(words: tuple[Word, ...], at: int, name: str, assignments: list[Assignment]) -> int:
    """Where the program begins behind the wrapper's own options and operands."""
    valued = WRAPPERS[name]
    while at < len(words):
        raw = words[at].literal or words[at].raw
        sign = _ASSIGNMENT.match(raw) if name in _ASSIGNING else None
        if sign is not None:
            assignments.append(Assignment(sign[1], words[at].after(sign.end())))
        elif raw == "--":
            at += 1
            break
        elif not raw.startswith("-"):
            break
        elif raw in valued:
            at += 1
        at += 1
    return at + 1 if name == "timeout" else at
