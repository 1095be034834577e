"""Outcomes to report on, made of the real words of the pipeline."""

from __future__ import annotations

from dataclasses import replace

from ghapp.pipeline.engine import Crash, FileError, Ignored, Outcome
from ghapp.pipeline.ignores import Reason
from ghapp.pipeline.rule import Confidence, Diagnostic, Edit, Evidence, Finding, Platform, Rule, Severity
from ghapp.pipeline.source import Place, Source

WORKFLOW = ".github/workflows/deploy.yml"
SCRIPT = "lib/scripts/plan.sh"

TEXTS = {
    WORKFLOW: """\
name: Deploy
on: push
jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: terraform validate
      - run: lib/scripts/plan.sh prod
""",
    SCRIPT: "#!/usr/bin/env bash\nset -e\nterraform plan || true\n",
}


def read(path: str) -> Source | None:
    return Source(path, TEXTS[path]) if path in TEXTS else None


def rule_url(rule: str) -> str:
    return f"https://ghapp.example/rules/{rule}"


def a_rule(id: str = "terraform-validate-without-init", severity: Severity = Severity.FAILURE) -> Rule:  # noqa: A002
    page = "`terraform validate` runs before `terraform init`.\n\nValidation reads what `init` downloads."
    return Rule(
        page, severity, ("S2.2",), (Platform.ACTIONS, Platform.SHELL), ("terraform",), lambda pipeline: (), id=id
    )


MASKED = replace(
    a_rule("failure-masked", Severity.WARNING),
    page="A command whose failure nobody sees.\n\nIt fails, and nobody sees it.",
)

EDIT = Edit(WORKFLOW, 8, 8, ("      - run: terraform init -backend=false -input=false && terraform validate",))


A_RULE = a_rule()
PLACE = Place(WORKFLOW, 8, 14, 8, 32)
MESSAGE = "Nothing has run `terraform init` on this runner, so `terraform validate` finds no provider and fails."


def a_diagnostic(
    *,
    rule: Rule = A_RULE,
    place: Place = PLACE,
    message: str = MESSAGE,
    severity: Severity | None = None,
    confidence: Confidence = Confidence.HIGH,
    evidence: tuple[Evidence, ...] = (),
    fingerprint: str = "0123456789abcdef",
    edit: Edit | None = None,
    proven: bool = False,
) -> Diagnostic:
    finding = Finding(place, message, severity, confidence, evidence)
    return Diagnostic(rule, finding, fingerprint, edit=edit, proven=proven)


MENDABLE = a_diagnostic(edit=EDIT, proven=True)

IN_A_SCRIPT = a_diagnostic(
    rule=MASKED,
    place=Place(SCRIPT, 3, 1, 3, 23),
    message="`terraform plan || true` succeeds whatever the plan says, so a broken plan goes on to be applied.",
    evidence=(
        Evidence(Place(WORKFLOW, 9, 14, 9, 38), "the job calls the script here"),
        Evidence(Place(SCRIPT, 2, 1, 2, 7), "`set -e` does not look behind `||`"),
    ),
    fingerprint="fedcba9876543210",
    edit=Edit(SCRIPT, 3, 3, ("terraform plan",)),
)

HUSHED = Ignored(IN_A_SCRIPT, Reason("The plan is *only* for reading, says @jo.", Place(SCRIPT, 3, 30, 3, 44)))
IGNORED = Ignored(a_diagnostic(fingerprint="ee"), Reason("The image has it.", Place(".github/ghapp.yml", 2, 5, 2, 40)))

EVERYTHING = Outcome(
    new=(IN_A_SCRIPT, MENDABLE, a_diagnostic(severity=Severity.NOTICE, confidence=Confidence.LOW, fingerprint="aa")),
    known=(a_diagnostic(fingerprint="bb"), a_diagnostic(rule=MASKED, fingerprint="cc")),
    mended=(a_diagnostic(fingerprint="dd"),),
    errors=(FileError(".circleci/config.yml", 3, 7, "A tab cannot indent YAML: use spaces."),),
    crashes=(Crash("cache-key-without-lockfile", WORKFLOW, "KeyError: 'steps'"),),
    files=3,
    seconds=0.1234,
    ignored=(HUSHED, IGNORED),
    hushed=(HUSHED,),
)
