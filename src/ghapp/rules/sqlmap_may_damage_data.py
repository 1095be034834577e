r"""sqlmap is told to do what can change, copy or take over the database behind the target.

From `--risk=2` on, sqlmap tries heavy queries that keep the database busy, and from `--risk=3` on payloads with `OR`:
in an `UPDATE` or `DELETE` of the application they hit every row. Options such as `--os-shell`, `--sql-query` or
`--dump` go further, and run commands, statements of their own, or copy the data into the job. To find an injection none
of them is needed.

Bad:

```bash
set -euo pipefail
sqlmap -u "$STAGING_URL/items?id=1" --batch --technique=B --risk=3  # <-
```

Good:

```bash
set -euo pipefail
sqlmap -u "$STAGING_URL/items?id=1" --batch --technique=B --risk=1
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.rules._sqlmap import PLATFORMS, Run, runs

_RISKS = {
    "2": "its heavy time-based queries keep the database busy",
    "3": "its `OR` payloads, within an UPDATE or DELETE of the application, change or lock every row",
}
_DEEDS = {
    "--os-shell --os-cmd --os-pwn --os-smbrelay --os-bof --priv-esc": "runs commands on the database's machine",
    "--reg-read --reg-add --reg-del": "reads or changes the registry of the database's machine",
    "--udf-inject": "installs functions of its own in the database",
    "--file-write --file-dest": "writes files on the database's machine",
    "--sql-shell --sql-query --sql-file": "runs statements of its own in the database",
    "--dump --dump-all --passwords": "copies what the database holds into the job",
    "--eval": "runs code of its own before every request",
}
_BOUNDS = ("--scope", "--crawl-exclude")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for run in runs(pipeline):
        risk = run.value("--risk")
        deeds = list(_deeds(run))
        if risk in _RISKS:
            deeds.insert(0, f"`--risk={risk}`: {_RISKS[risk]}")
        severity = run.gravity
        if not deeds and run.view.has_option("--crawl", "--forms") and not run.view.has_option(*_BOUNDS):
            severity = severity or Severity.WARNING
            deeds.append("`--crawl` and `--forms` follow every link and send every form, those that delete included")
        if deeds:
            message = f"sqlmap runs with {'; '.join(deeds)}. A test for injections needs none of that."
            yield Finding(run.command.place, message, severity=severity, subject=run if len(deeds) == 1 else None)


def _deeds(run: Run) -> Iterator[str]:
    for options, deed in _DEEDS.items():
        given = next((each for each in options.split() if run.view.has_option(each)), None)
        if given is not None:
            yield f"`{given}`, which {deed}"


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    run = finding.subject
    risk = run.view.option("--risk") if isinstance(run, Run) else None
    if not isinstance(run, Run) or risk is None or risk.raw not in _RISKS:
        return None
    return replace_in(run.command.script.text, risk.start, risk.end, "1")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.7",),
    platforms=PLATFORMS,
    words=("sqlmap",),
    detect=detect,
    fix=fix,
)
