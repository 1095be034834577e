r"""What is taken for a task definition's family still has the revision on it.

The ARN of a task definition ends in `task-definition/app:42`. `basename` and `${ARN##*/}` make `app:42` of it, which
`--task-definition` understands, but a family is `app` alone: `--family app:42` is refused, `--family-prefix app:42`
finds nothing, and `app:42:41` is no definition. It is mostly the rollback that breaks, when it is needed.

Bad:

```bash
set -euo pipefail
TASK_DEF_ARN=$(aws ecs describe-services --cluster "$1" --services "$2" --query 'services[0].taskDefinition' --output text)
FAMILY=$(basename "$TASK_DEF_ARN")  # <-
PREVIOUS=$(aws ecs list-task-definitions --family-prefix "$FAMILY" --sort DESC --query 'taskDefinitionArns[1]' --output text)
aws ecs update-service --cluster "$1" --service "$2" --task-definition "$PREVIOUS"
```

Good:

```bash
set -euo pipefail
TASK_DEF_ARN=$(aws ecs describe-services --cluster "$1" --services "$2" --query 'services[0].taskDefinition' --output text)
FAMILY=$(basename "$TASK_DEF_ARN" | cut -d: -f1)
PREVIOUS=$(aws ecs list-task-definitions --family-prefix "$FAMILY" --sort DESC --query 'taskDefinitionArns[1]' --output text)
aws ecs update-service --cluster "$1" --service "$2" --task-definition "$PREVIOUS"
```
"""  # noqa: E501 - the lines are what a reader would write

from __future__ import annotations

from collections.abc import Iterator

from ghapp.pipeline import Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.ecs.families import FAMILY, SAMPLE, Families, Mistake
from ghapp.pipeline.edits import replace_in

_WANTS = {
    "--family": f"`--family` takes the family `{FAMILY}`: AWS refuses the name",
    "--family-prefix": f"`--family-prefix` takes the family `{FAMILY}`: nothing is found under that name",
    "--task-definition": "`--task-definition` takes `family:revision`: AWS knows no such definition",
    '"family"': f"the definition's `family` is `{FAMILY}`: AWS refuses the name",
}


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for mistake in Families(job).mistakes():
            message = (
                f"For a task definition like `{SAMPLE}` this makes `{mistake.made}`, but {_WANTS[mistake.option]}."
            )
            used = (
                () if mistake.value is None else (Evidence(mistake.command.place, f"`{mistake.option}` gets it here"),)
            )
            yield Finding(mistake.place, message, evidence=used, subject=mistake)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """Cuts the revision off, where the text is made by a `$(…)` that nothing else needs whole."""
    mistake = finding.subject
    if not isinstance(mistake, Mistake) or mistake.value is None or not mistake.family_alone:
        return None
    word = mistake.made_by
    end = word.end - len(word.raw) + len(word.raw.rstrip('"'))
    text = mistake.maker.script.text
    if text.value[end - 1 : end] != ")" or mistake.value.text != f"{FAMILY}:42":
        return None
    return replace_in(text, end - 1, end - 1, " | cut -d: -f1")


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S2.5",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI, Platform.SHELL),
    words=("aws ecs famil", "aws ecs --task-definition"),
    detect=detect,
    fix=fix,
)
