"""`ghapp check` and the policy: where it is read from, and what is said of one that cannot be followed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli.conftest import BAD, GOOD, RULE, WORKFLOW, Folder, ghapp

POLICY = ".github/ghapp.yml"
OFF = f"severities: {{{RULE}: off}}\n"
NOTICE = f"severities: {{{RULE}: notice}}\n"
IGNORED = f"ignore: [{{rule: {RULE}, reason: The image has been initialised.}}]\n"


def found(*arguments: str | Path) -> list[tuple[str, str]]:
    """Rule and severity of every finding."""
    report = json.loads(ghapp("check", "--format", "json", *arguments).stdout)
    return [(each["rule"], each["severity"]) for each in report["diagnostics"]]


@pytest.fixture
def bad(folder: Folder) -> Folder:
    folder.write(WORKFLOW, BAD)
    return folder


def test_the_repositorys_policy_counts(bad: Folder) -> None:
    bad.write(POLICY, NOTICE)

    assert found() == [(RULE, "notice")]
    assert ghapp("check").exit_code == 0


def test_the_repositorys_policy_counts_from_any_folder(bad: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    bad.write(POLICY, OFF)
    monkeypatch.chdir(bad.root / ".github")

    assert found("workflows/ci.yml") == []


def test_another_policy_may_be_named(bad: Folder) -> None:
    bad.write(POLICY, OFF)
    bad.write("other.yml", NOTICE)

    assert found("--config", "other.yml") == [(RULE, "notice")]


def test_a_loose_file_has_the_policy_that_is_named(folder: Folder) -> None:
    folder.write("draft.yml", BAD)
    folder.write("policy.yml", NOTICE)
    folder.write("paths.txt", "main.tf\n")
    arguments = ("draft.yml", "--as", WORKFLOW, "--tree", "paths.txt")

    assert found(*arguments) == [(RULE, "failure")]
    assert found(*arguments, "--config", "policy.yml") == [(RULE, "notice")]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_an_empty_policy_is_fine(bad: Folder, text: str) -> None:
    bad.write(POLICY, text)

    assert found() == [(RULE, "failure")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# ours\nxyz: 1\nrollback: no\n", ["2:1: `xyz` is no setting.", "3:11: `rollback` is `all` or `prod`."]),
        ("- a\n", ["1:1: The policy is a map of settings."]),
        ("a: [\n", ["2:1: "]),
        (b"a: \xff\n", ["1:4: The file is not UTF-8"]),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_followed_is_refused_with_every_mistake(
    bad: Folder, text: str | bytes, said: list[str]
) -> None:
    bad.write(POLICY, text)
    result = ghapp("check")

    assert result.exit_code == 2
    assert [each for each in said if f"\n{POLICY}:{each}" not in result.stderr] == []


def test_a_policy_that_is_named_is_refused_by_its_own_name(bad: Folder) -> None:
    bad.write("policies/strict.yml", "unheard: of\n")
    result = ghapp("check", "--config", "policies/strict.yml")

    assert result.exit_code == 2
    assert "\npolicies/strict.yml:1:1: " in result.stderr


def test_a_policy_outside_of_the_repository_may_be_named(bad: Folder, tmp_path_factory: pytest.TempPathFactory) -> None:
    policy = tmp_path_factory.mktemp("elsewhere") / "policy.yml"
    policy.write_text("unheard: of\n")

    assert f"\n{policy}:1:1: " in ghapp("check", "--config", policy).stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_policy_that_may_not_be_read_is_named(bad: Folder) -> None:
    bad.write(POLICY, OFF).chmod(0)
    result = ghapp("check")

    assert result.exit_code == 2
    assert "ghapp.yml: Permission denied" in result.stderr


def test_a_policy_that_is_a_link_out_of_the_repository_is_not_read(bad: Folder) -> None:
    bad.root.parent.joinpath("outside.yml").write_text("unheard: of\n")
    (bad.root / POLICY).symlink_to("../../outside.yml")

    assert found() == [(RULE, "failure")]


# --- What is ignored --------------------------------------------------------------------------------


def test_what_is_ignored_is_counted_and_listed_for_programs(bad: Folder) -> None:
    bad.write(POLICY, IGNORED)
    report = json.loads(ghapp("check", "--format", "json").stdout)
    result = ghapp("check")

    assert result.exit_code == 0
    assert "1 ignored" in result.stdout
    assert report["diagnostics"] == []
    assert report["ignored"] == [
        {"rule": RULE, "path": WORKFLOW, "line": 7, "reason": "The image has been initialised."}
    ]


def test_an_ignore_that_is_over_hides_nothing(bad: Folder) -> None:
    bad.write(POLICY, IGNORED.replace("}", ", until: 2020-01-01}"))

    assert found() == [("ignore-has-ended", "notice"), (RULE, "failure")]


def test_a_comment_in_the_workflow_ignores(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD.rstrip() + f"  # ghapp: ignore[{RULE}] known\n")

    assert found() == []


def test_what_is_ignored_is_not_mended(bad: Folder) -> None:
    bad.write(POLICY, IGNORED)
    result = ghapp("check", "--fix")

    assert result.exit_code == 0
    assert bad.text() == BAD


# --- Against a revision -----------------------------------------------------------------------------


def test_a_change_is_measured_by_the_policy_of_its_base(folder: Folder) -> None:
    folder.write(WORKFLOW, GOOD)
    folder.commit()
    folder.write(WORKFLOW, BAD)
    folder.write(POLICY, OFF)

    assert found("--base", "HEAD") == [(RULE, "failure")]
    assert found() == []


def test_the_policy_of_the_base_counts_also_when_the_change_takes_it_away(folder: Folder) -> None:
    folder.write(WORKFLOW, GOOD)
    folder.write(POLICY, OFF)
    folder.commit()
    folder.write(WORKFLOW, BAD)
    (folder.root / POLICY).unlink()

    assert found("--base", "HEAD") == []


def test_a_policy_of_the_base_that_cannot_be_followed_is_named_with_its_revision(folder: Folder) -> None:
    folder.write(POLICY, "unheard: of\n")
    folder.commit()
    folder.write(POLICY, "")
    result = ghapp("check", "--base", "HEAD")

    assert result.exit_code == 2
    assert f"\nHEAD:{POLICY}:1:1: " in result.stderr


def test_the_policy_that_is_named_counts_on_both_sides(bad: Folder) -> None:
    bad.write(POLICY, "unheard: of\n")
    bad.commit()
    bad.write("policy.yml", OFF)

    assert found("--base", "HEAD", "--config", "policy.yml") == []


def test_a_comment_that_the_change_brings_counts(folder: Folder) -> None:
    folder.write(WORKFLOW, GOOD)
    folder.commit()
    folder.write(WORKFLOW, BAD.rstrip() + f"  # ghapp: ignore[{RULE}] known\n")
    result = ghapp("check", "--base", "HEAD")

    assert result.exit_code == 0
    assert "1 ignored" in result.stdout


# --- An organisation's policy -----------------------------------------------------------------------


def test_the_repositorys_policy_is_laid_over_the_organisations(bad: Folder) -> None:
    bad.write("org.yml", OFF)

    assert found("--org", "org.yml") == []
    bad.write(POLICY, NOTICE)
    assert found("--org", "org.yml") == [(RULE, "notice")]


def test_what_the_organisation_has_locked_counts_also_against_a_revision_and_for_a_named_policy(bad: Folder) -> None:
    bad.write("org.yml", f"locked: [severities.{RULE}]\n")
    bad.write("own.yml", OFF)
    bad.write(POLICY, OFF)
    text = bad.text()
    (bad.root / WORKFLOW).unlink()
    bad.commit()
    bad.write(WORKFLOW, text)

    assert found("--org", "org.yml") == [(RULE, "failure")]
    assert found("--org", "org.yml", "--config", "own.yml") == [(RULE, "failure")]
    assert found("--org", "org.yml", "--base", "HEAD") == [(RULE, "failure")]


def test_a_loose_file_has_the_policy_of_the_organisation_that_is_named(folder: Folder) -> None:
    folder.write("draft.yml", BAD)
    folder.write("org.yml", NOTICE)
    folder.write("paths.txt", "main.tf\n")

    assert found("draft.yml", "--as", WORKFLOW, "--tree", "paths.txt", "--org", "org.yml") == [(RULE, "notice")]


def test_a_policy_can_be_tried_before_it_is_merged(folder: Folder) -> None:
    folder.write("org.yml", "oidc_only: true\nlocked: [oidc_only]\n")
    folder.write(POLICY, "oidc_only: false\nrollback: prod\n")
    result = ghapp("policy", "--org", "org.yml")

    assert result.exit_code == 0
    assert result.stdout == (
        f"oidc_only  org.yml:1  locked\nrollback   {POLICY}:2\n\n{POLICY}:1: `oidc_only` does not count here.\n"
    )


def test_a_policy_of_an_organisation_can_be_tried_alone(folder: Folder) -> None:
    folder.write("org.yml", "{}\n")

    assert ghapp("policy", "--org", "org.yml").stdout == "Nothing is demanded.\n"


def test_a_policy_with_mistakes_is_refused_with_every_mistake(folder: Folder) -> None:
    folder.write("org.yml", "locked: [oidc]\nrollback: no\n")
    result = ghapp("policy", "--org", "org.yml")

    assert result.exit_code == 2
    assert "\norg.yml:1:10: There is no setting `oidc`. Did you mean `oidc_only`?" in result.stderr
    assert "\norg.yml:2:11: `rollback` is `all` or `prod`." in result.stderr


def test_where_there_is_no_policy_there_is_none_to_try(folder: Folder) -> None:
    result = ghapp("policy")

    assert result.exit_code == 2
    assert f"There is no {POLICY} here" in result.stderr
