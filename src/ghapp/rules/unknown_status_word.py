r"""A condition compares a result with a word that no result is.

GitHub's jobs and steps end as `success`, `failure`, `cancelled` or `skipped`; CircleCI's jobs as `success`, `failed`,
`canceled`, `unauthorized` or `not_run`. The words of one are not those of the other. A comparison with any other word
is no error: it is never true, so a rollback that waits for it never runs.

Bad:

```yaml
jobs:
  deploy:
    steps:
      - run: ./deploy.sh
  rollback:
    needs: deploy
    if: always() && needs.deploy.result == 'failed'  # <-
    steps:
      - run: ./rollback.sh
```

Good:

```yaml
jobs:
  deploy:
    steps:
      - run: ./deploy.sh
  rollback:
    needs: deploy
    if: always() && needs.deploy.result == 'failure'
    steps:
      - run: ./rollback.sh
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in, replace_value
from ghapp.rules._status import Slip, slips

NEVER = "`{slip.written}` is never true: {slip.whose} `{slip.word}`, only {known}. {what} therefore never runs."
ALWAYS = "`{slip.written}` is always true: {slip.whose} `{slip.word}`, only {known}."
REFUSED = "CircleCI knows no status `{slip.word}`, only {known}: {what} does not run when it should."


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for slip in slips(pipeline):
        form = REFUSED if slip.text is None else ALWAYS if slip.operator == "!=" else NEVER
        known = ", ".join(f"`{word}`" for word in slip.known)
        what = slip.what if slip.operator != "!=" else ""
        message = form.format(slip=slip, known=known, what=what if form is REFUSED else what[:1].upper() + what[1:])
        if slip.meant:
            message += f" Did you mean `{slip.meant}`?"
        yield Finding(slip.place, message, subject=slip)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    slip = finding.subject
    if not isinstance(slip, Slip) or not slip.meant:
        return None
    if slip.text is None:
        return replace_value(slip.node, slip.meant)
    return replace_in(slip.text, slip.start, slip.end, slip.meant)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.10",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("result", "outcome", "conclusion", "job.status", "requires", "when:"),
    detect=detect,
    fix=fix,
)
