"""A repository's policy over its organisation's: what is merged, and what is locked."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest
from pipeline.toys import NO_FAIL, WORKFLOW

from ghapp.pipeline.effect import effect
from ghapp.pipeline.engine import Analysis, analyse
from ghapp.pipeline.ignores import Agreed, Reason
from ghapp.pipeline.policy import PATH, BrokenPolicy, Policy, RunBlock, Runner, laid_over, read_file
from ghapp.pipeline.rule import Severity
from ghapp.pipeline.source import Source
from ghapp.pipeline.tree import Tree
from ghapp.rules import rule as known_rule

SAID = ("ignore-hides-nothing", "ignore-has-ended")
RULES = (NO_FAIL, *(each for name in SAID if (each := known_rule(name)) is not None))

LEVELS = {"no-tool": Severity.WARNING, "no-deploy": Severity.FAILURE, "no-fail": Severity.WARNING}
ABOVE = "acme/.github:.github/ghapp.yml"


def merged(above: str, below: str) -> Policy:
    organisation = read_file(Source(ABOVE, dedent(above)), LEVELS)
    return laid_over(organisation, read_file(Source(PATH, dedent(below)), LEVELS), LEVELS)


def overruled(policy: Policy) -> list[tuple[str, int]]:
    return [(each.key, each.place.line) for each in policy.overruled]


def test_without_a_word_of_its_own_a_repository_has_its_organisations_policy() -> None:
    policy = merged("oidc_only: true\nretention: {smoke: 7}\n", "")
    (evidence,) = policy.evidence("retention.smoke", "said there")

    assert (policy.oidc_only, policy.retention) == (True, {"smoke": 7})
    assert (evidence.place.path, evidence.place.line) == (ABOVE, 2)


def test_without_a_word_of_its_organisation_a_repository_has_its_own_policy() -> None:
    policy = merged("", "oidc_only: true\nignore: [{rule: no-tool, reason: Known.}]\n")

    assert policy.oidc_only is True
    assert [(each.rule, each.organisation) for each in policy.ignore] == [("no-tool", False)]
    assert policy.places["oidc_only"].path == PATH


def test_a_repositorys_own_word_counts_where_both_say_something() -> None:
    policy = merged(
        """\
        oidc_only: true
        rollback: all
        run_block: {max_lines: 5, script_dir: ci}
        compliance: [pci-dss]
        integration: {needs: [postgres, redis]}
        severities: {no-tool: failure, no-deploy: warning}
        """,
        """\
        oidc_only: false
        rollback: prod
        run_block: {max_lines: 20}
        integration: {needs: [mysql]}
        severities: {no-tool: off}
        """,
    )

    assert (policy.oidc_only, policy.rollback, policy.compliance) == (False, "prod", ("pci-dss",))
    assert policy.run_block == RunBlock(20, "ci")
    assert policy.integration_needs == ("mysql",)
    assert policy.severities == {"no-tool": None, "no-deploy": Severity.WARNING}
    assert (policy.places["rollback"].path, policy.places["compliance"].path) == (PATH, ABOVE)
    assert policy.overruled == ()


def test_what_is_so_on_the_machines_adds_up_and_so_do_ignores() -> None:
    policy = merged(
        """\
        tools: {assume_installed: [trivy, k6]}
        runners: {big: {extends: ubuntu-24.04, tools: [terraform]}}
        ignore: [{rule: no-tool, reason: Everywhere.}]
        """,
        """\
        tools: {assume_installed: [k6, jq]}
        runners: {big: {tools: [helm]}, small: {extends: ubuntu-22.04}}
        ignore: [{rule: no-deploy, reason: Here.}]
        """,
    )

    assert policy.assume_installed == ("trivy", "k6", "jq")
    assert policy.runners == {"big": Runner("ubuntu-24.04", ("terraform", "helm")), "small": Runner("ubuntu-22.04")}
    assert [(each.reason, each.organisation) for each in policy.ignore] == [("Everywhere.", True), ("Here.", False)]


@pytest.mark.parametrize(
    ("locks", "above", "below", "holds"),
    [
        ("oidc_only", "oidc_only: true", "oidc_only: false", {"oidc_only": True}),
        ("run_block", "run_block: {max_lines: 5}", "run_block: {max_lines: 9}", {"run_block": RunBlock(5)}),
        ("run_block.max_lines", "run_block: {max_lines: 5}", "run_block: {max_lines: 9}", {"run_block": RunBlock(5)}),
        ("run_block", "run_block: {script_dir: a}", "run_block: {script_dir: b}", {"run_block": RunBlock(5, "a")}),
        ("run_block", "run_block: {}", "run_block: {languages: [sh]}", {"run_block": RunBlock()}),
        ("retention", "retention: {smoke: 7}", "retention: {smoke: 30}", {"retention": {"smoke": 7}}),
        ("rollback", "rollback: all", "rollback: prod", {"rollback": "all"}),
        ("compliance", "compliance: [pci-dss]", "compliance: []", {"compliance": ("pci-dss",)}),
        ("severities", "severities: {no-tool: failure}", "severities: {no-tool: notice}",
         {"severities": {"no-tool": Severity.FAILURE}}),
        ("severities.no-tool", "severities: {no-tool: notice}", "severities: {no-tool: off}",
         {"severities": {"no-tool": Severity.NOTICE}}),
        ("severities.no-tool", "{}", "severities: {no-tool: notice}", {"severities": {}}),
        ("fails_on", "fails_on: warning", "fails_on: failure", {"fails_on": Severity.WARNING}),
        ("fails_on", "{}", "fails_on: never", {"fails_on": Severity.FAILURE}),
        ("tools", "tools: {assume_installed: [jq]}", "tools: {assume_installed: [k6]}", {"assume_installed": ("jq",)}),
        ("tools.assume_installed", "{}", "tools: {assume_installed: [k6]}", {"assume_installed": ()}),
        ("runners", "runners: {a: {tools: [jq]}}", "runners: {b: {}}", {"runners": {"a": Runner(tools=("jq",))}}),
        ("runners.a-1.2", "runners: {a-1.2: {tools: [jq]}}", "runners: {a-1.2: {tools: [k6]}}",
         {"runners": {"a-1.2": Runner(tools=("jq",))}}),
    ],
)  # fmt: skip
def test_what_is_locked_cannot_be_softened(locks: str, above: str, below: str, holds: dict[str, object]) -> None:
    both = "" if above == "{}" else f"{above}\n"
    policy = merged(f"{both}locked: [{locks}]\n", f"{below}\n")
    (note,) = policy.overruled

    assert {name: getattr(policy, name) for name in holds} == holds
    assert (note.place.path, note.place.line) == (PATH, 1)
    assert note.by is not None
    assert (note.by.path, note.by.line) == (ABOVE, 2 if both else 1)


@pytest.mark.parametrize(
    ("locks", "above", "below", "holds"),
    [
        ("oidc_only", "{}", "oidc_only: true", {"oidc_only": True}),
        ("oidc_only", "oidc_only: false", "oidc_only: true", {"oidc_only": True}),
        ("run_block", "run_block: {max_lines: 5}", "run_block: {max_lines: 3}", {"run_block": RunBlock(3)}),
        ("run_block", "{}", "run_block: {max_lines: 9, script_dir: ci}", {"run_block": RunBlock(9, "ci")}),
        ("retention", "retention: {smoke: 7}", "retention: {debug: 90}", {"retention": {"smoke": 7, "debug": 90}}),
        ("rollback", "rollback: prod", "rollback: all", {"rollback": "all"}),
        ("integration", "integration: {needs: [redis]}", "integration: {needs: [redis, mysql]}",
         {"integration_needs": ("redis", "mysql")}),
        ("severities", "{}", "severities: {no-tool: failure}", {"severities": {"no-tool": Severity.FAILURE}}),
        ("fails_on", "fails_on: failure", "fails_on: notice", {"fails_on": Severity.NOTICE}),
        ("fails_on", "{}", "fails_on: failure", {"fails_on": Severity.FAILURE}),
        ("tools", "tools: {assume_installed: [jq]}", "tools: {assume_installed: [jq]}", {"assume_installed": ("jq",)}),
    ],
)  # fmt: skip
def test_what_is_locked_may_be_made_stricter(locks: str, above: str, below: str, holds: dict[str, object]) -> None:
    policy = merged(f"{'' if above == '{}' else above}\nlocked: [{locks}]\n", f"{below}\n")

    assert {name: getattr(policy, name) for name in holds} == holds
    assert policy.overruled == ()


def test_of_a_locked_list_nothing_can_be_left_out_and_what_is_added_counts() -> None:
    above = "docs: {require: [oidc, secrets]}\nlocked: [docs.require]\n"
    policy = merged(above, "docs: {require: [secrets, approval]}\n")

    assert policy.docs_require == ("oidc", "secrets", "approval")
    assert overruled(policy) == [("docs.require", 1)]
    assert policy.places["docs.require"].path == ABOVE


def test_what_is_overruled_is_told_in_the_order_of_the_file() -> None:
    above = "oidc_only: true\nretention: {smoke: 7}\nlocked: [retention, oidc_only]\n"
    policy = merged(above, "retention:\n  smoke: 8\noidc_only: false\nlocked: [rollback]\n")

    assert overruled(policy) == [("retention.smoke", 2), ("oidc_only", 3), ("locked", 4)]
    assert policy.locked == ("retention", "oidc_only")


def test_locks_of_a_repository_itself_lock_nothing() -> None:
    policy = merged("", "locked: [severities]\n")
    (note,) = policy.overruled

    assert (policy.locked, note.key, note.by) == ((), "locked", None)
    assert not policy.locks("no-tool")


@pytest.mark.parametrize(
    "lock", ["run_block", "run_block.max_lines", "severities.no-tool", "runners.a-1.2", "runners.big.tools", "ignore"]
)
def test_any_key_can_be_locked(lock: str) -> None:
    assert merged(f"locked: [{lock}]\n", "").locked == (lock,)


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("oidc", "There is no setting `oidc`. Did you mean `oidc_only`?"),
        ("run_block.max_line", "There is no setting `run_block.max_line`. Did you mean `run_block.max_lines`?"),
        ("run_block.", "There is no setting `run_block.`. Did you mean `run_block`?"),
        ("oidc_only.x", "There is no setting `oidc_only.x`. Did you mean `oidc_only`?"),
        ("severities.no-tol", "There is no setting `severities.no-tol`. Did you mean `severities.no-tool`?"),
        ("''", "There is no setting ``."),
        ("[a]", "There is no setting ``."),
        ("locked", "There is no setting `locked`."),
        ("zzz", "There is no setting `zzz`."),
    ],
)
def test_a_lock_on_what_is_no_key_is_a_mistake(lock: str, said: str) -> None:
    with pytest.raises(BrokenPolicy) as broken:
        merged(f"locked: [{lock}]\n", "")

    assert [each.message for each in broken.value.mistakes] == [said]


# What an organisation does not let be ignored

JOB = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: "
FAILS = f"{JOB}fail now\n"
COMMENTED = f"{JOB}fail now  # ghapp: ignore[no-fail] known\n"
IGNORED = "ignore: [{rule: no-fail, reason: Known.}]\n"


def analysed(above: str, below: str = "", text: str = FAILS, agreed: dict[str, Reason] | None = None) -> Analysis:
    policy = merged(above, below)
    today = date(2026, 7, 1)
    return analyse(
        Tree.of({WORKFLOW: text}), [WORKFLOW], RULES, policy=policy, today=today, agreed=Agreed(agreed or {})
    )


def said(analysis: Analysis) -> list[str]:
    return [each.rule.id for each in analysis.diagnostics]


@pytest.mark.parametrize("lock", ["severities", "severities.no-fail", "ignore"])
@pytest.mark.parametrize(
    ("below", "text", "place"), [(IGNORED, FAILS, (PATH, 1)), ("", COMMENTED, (WORKFLOW, 6))], ids=["policy", "comment"]
)
def test_a_finding_of_a_locked_rule_is_ignored_in_vain(
    lock: str, below: str, text: str, place: tuple[str, int]
) -> None:
    analysis = analysed(f"locked: [{lock}]\n", below, text)
    (diagnostic,) = analysis.diagnostics
    (evidence,) = diagnostic.finding.evidence

    assert (diagnostic.rule.id, analysis.ignored) == ("no-fail", ())
    assert (evidence.place.path, evidence.place.line) == place
    assert "in vain" in evidence.text


def test_people_cannot_agree_to_ignore_a_finding_of_a_locked_rule() -> None:
    (found,) = analysed("").diagnostics
    agreed = {found.fingerprint: Reason("Known.", by="octocat")}
    analysis = analysed("locked: [ignore]\n", agreed=agreed)
    (diagnostic,) = analysis.diagnostics

    assert analysed("", agreed=agreed).diagnostics == ()
    assert analysis.ignored == ()
    assert "an answer on the pull request" in diagnostic.finding.evidence[0].text


def test_an_entry_for_a_locked_rule_is_told_as_overruled() -> None:
    policy = merged("locked: [severities.no-tool]\n", "ignore:\n  - {rule: no-tool, reason: Known.}\n")

    assert overruled(policy) == [("ignore[no-tool]", 2)]


def test_other_rules_may_still_be_ignored() -> None:
    analysis = analysed("locked: [severities.no-tool]\n", IGNORED)

    assert [each.reason.text for each in analysis.ignored] == ["Known."]


def test_the_organisation_itself_may_ignore_a_rule_that_it_has_locked() -> None:
    analysis = analysed(f"{IGNORED}locked: [severities.no-fail]\n", IGNORED)

    assert said(analysis) == []
    assert [each.reason.place.path for each in analysis.ignored] == [ABOVE]


def test_an_entry_of_the_organisation_that_hides_nothing_here_is_no_news() -> None:
    quiet = FAILS.replace("fail", "make")

    assert said(analysed(IGNORED, "", quiet)) == []
    assert said(analysed("", IGNORED, quiet)) == ["ignore-hides-nothing"]


def test_an_entry_of_the_organisation_that_is_over_hides_nothing_and_is_not_told_here() -> None:
    over = IGNORED.replace("}", ", until: 2026-06-30}")

    assert said(analysed(over)) == ["no-fail"]
    assert said(analysed("", over)) == ["ignore-has-ended", "no-fail"]


# What another policy would change


def test_the_effect_of_a_policy_is_what_appears_and_what_vanishes() -> None:
    now, then = analysed(""), analysed("", "severities: {no-fail: off}\n")
    gone, back = effect(now, then), effect(then, now)

    assert [each.rule.id for each in gone.vanish] == [each.rule.id for each in back.appear] == ["no-fail"]
    assert (gone.appear, gone.shift, back.vanish, back.shift) == ((), (), (), ())


def test_a_finding_that_is_only_weighed_differently_shifts() -> None:
    change = effect(analysed(""), analysed("severities: {no-fail: notice}\n"))
    ((before, after),) = change.shift

    assert (before.severity, after.severity) == (Severity.WARNING, Severity.NOTICE)
    assert (change.appear, change.vanish) == ((), ())


def test_a_policy_that_says_the_same_has_no_effect() -> None:
    change = effect(analysed("severities: {no-fail: notice}\n"), analysed("", "severities: {no-fail: notice}\n"))

    assert (change.appear, change.vanish, change.shift) == ((), (), ())
