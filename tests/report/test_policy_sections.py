"""What the check says of policies: who decided, what was said in vain, and what a change of them does."""

from __future__ import annotations

from collections.abc import Callable

from report.build import MASKED, a_diagnostic, rule_url

from ghapp.pipeline.effect import Effect
from ghapp.pipeline.policy import PATH, Policy, laid_over, read_file
from ghapp.pipeline.rule import Severity
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.report import broken_policy, effect_section, links_below, links_to, policy_section

ABOVE = "acme/.github:.github/ghapp.yml"
LINK = links_to({PATH: "https://github.com/acme/shop/blob/base/.github/ghapp.yml", ABOVE: ""})
HERE = links_below("https://github.com/acme/shop/blob/head")
LEVELS = {"no-tool": Severity.WARNING}


def policy(above: str, below: str) -> Policy:
    organisation = read_file(Source(ABOVE, above), LEVELS)
    return laid_over(organisation, read_file(Source(PATH, below), LEVELS), LEVELS)


def test_nothing_is_said_where_there_is_no_policy() -> None:
    assert policy_section(Policy(), LINK) == ""
    assert effect_section(None, rule_url, HERE) == ""


def test_the_summary_says_which_file_decided_what_and_what_was_said_in_vain(
    as_in_golden: Callable[[str, str], None],
) -> None:
    above = "oidc_only: true\nretention: {smoke: 7}\nlocked: [oidc_only, severities.no-tool]\n"
    below = "oidc_only: false\nretention: {debug: 3}\nlocked: [rollback]\nignore: [{rule: no-tool, reason: Known.}]\n"

    as_in_golden("policy_section.md", policy_section(policy(above, below), LINK) + "\n")


def test_a_repositorys_locks_are_said_to_lock_nothing() -> None:
    said = policy_section(policy("", "locked: [rollback]\n"), LINK)

    assert "only an organisation locks, in its repository `.github`" in said


def test_an_organisations_policy_that_could_not_be_read_is_no_secret() -> None:
    said = policy_section(Policy(), LINK, whole=False)

    assert said == "The organisation's policy could not be read just now: this was checked without it."


def test_the_effect_of_another_policy_is_told_in_three_lists(as_in_golden: Callable[[str, str], None]) -> None:
    notice = a_diagnostic(severity=Severity.NOTICE)
    effect = Effect(appear=(a_diagnostic(),), vanish=(a_diagnostic(rule=MASKED),), shift=((a_diagnostic(), notice),))

    as_in_golden("effect_section.md", effect_section(effect, rule_url, HERE) + "\n")


def test_another_policy_that_changes_nothing_is_said_to_change_nothing() -> None:
    said = effect_section(Effect(), rule_url, HERE)

    assert said.endswith("counts once it is merged, and finds the same in this repository.")


def test_a_broken_policy_of_the_organisation_is_named_with_its_repository() -> None:
    run = broken_policy([BrokenFile(ABOVE, 3, 1, "`x` is no setting."), BrokenFile(PATH, 1, 1, "`y` is no setting.")])

    assert run.conclusion == "action_required"
    assert f"- `{ABOVE}:3:1`: `x` is no setting." in run.summary
    assert "`.github/ghapp.yml` in the repository `acme/.github` is the policy of all repositories" in run.summary
    assert "`.github/ghapp.yml` counts as it stands on the base branch." in run.summary
