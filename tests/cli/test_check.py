"""`ghapp check`: what is checked, what is said, and the exit status."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from cli.conftest import BAD, GOOD, RULE, TERRAFORM, WORKFLOW, Folder, ghapp


def found(*arguments: str | Path) -> list[tuple[str, str, int]]:
    """Rule, path and line of every finding."""
    report = json.loads(ghapp("check", "--format", "json", *arguments).stdout)
    return [(each["rule"], each["path"], each["line"]) for each in report["diagnostics"]]


def test_the_current_folder_is_checked(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    result = ghapp("check")

    assert result.exit_code == 1
    assert f"{WORKFLOW}:7:14 failure {RULE}\n" in result.stdout
    assert result.stderr == ""


def test_nothing_to_say_ends_with_0(folder: Folder) -> None:
    folder.write(WORKFLOW, GOOD)
    result = ghapp("check")

    assert result.exit_code == 0
    assert result.stdout.startswith("No findings in 1 CI file")


def test_a_folder_without_ci_files_ends_with_0(folder: Folder) -> None:
    assert ghapp("check").exit_code == 0


def test_a_broken_file_is_named_and_ends_with_2(folder: Folder) -> None:
    folder.write(WORKFLOW, "on: push\njobs:\n\tbuild: {}\n")
    folder.write(".github/workflows/other.yml", BAD)
    result = ghapp("check")

    assert result.exit_code == 2
    assert f"{WORKFLOW}:3:" in result.stdout
    assert ".github/workflows/other.yml:7:14 failure" in result.stdout


@pytest.mark.parametrize(
    "path", [".", "..", ".github", ".github/workflows", WORKFLOW, "sub/../.github"], ids=lambda path: str(path)
)
def test_the_repository_is_found_from_any_path_in_it(
    folder: Folder, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(WORKFLOW, BAD)
    (folder.root / "sub").mkdir()
    monkeypatch.chdir(folder.root / "sub" if path == ".." else folder.root)

    assert found(path) == [(RULE, WORKFLOW, 7)]


def test_only_the_files_that_are_asked_for_are_checked(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    other = ".github/workflows/other.yml"
    folder.write(other, BAD)
    folder.write(".circleci/config.yml", "version: 2.1\n")

    assert found(folder.root / other) == [(RULE, other, 7)]
    assert found(other, WORKFLOW) == [(RULE, WORKFLOW, 7), (RULE, other, 7)]
    assert found(".circleci") == []


def test_paths_are_shown_as_one_writes_them_from_the_current_folder(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(WORKFLOW, BAD)
    monkeypatch.chdir(folder.root / ".github")

    assert "\n" not in (first := ghapp("check").stdout.splitlines()[0])
    assert first.startswith("workflows/ci.yml:7:14 ")


def test_two_repositories_at_once_are_refused(folder: Folder) -> None:
    folder.write(f"one/{WORKFLOW}", BAD)
    folder.write(f"two/{WORKFLOW}", BAD)
    result = ghapp("check", "one", "two")

    assert result.exit_code == 2
    assert "different repositories" in result.stderr


def test_a_file_that_is_no_ci_file_is_refused(folder: Folder) -> None:
    folder.write("draft.yml", BAD)
    result = ghapp("check", "draft.yml")

    assert result.exit_code == 2
    assert "draft.yml is no CI file" in result.stderr


def test_a_path_that_is_not_there_is_refused(folder: Folder) -> None:
    assert ghapp("check", "nowhere").exit_code == 2


def test_vendored_files_are_no_part_of_the_repository(folder: Folder) -> None:
    folder.write("node_modules/some-action/action.yml", "runs: {using: composite, steps: [}")

    assert ghapp("check").exit_code == 0


def test_a_link_that_leads_out_of_the_repository_is_not_followed(folder: Folder) -> None:
    outside = folder.write("outside.yml", BAD)
    (folder.root / "repository/.github/workflows").mkdir(parents=True)
    (folder.root / "repository" / WORKFLOW).symlink_to(outside)

    assert found("repository") == []


def test_a_script_outside_of_the_repository_is_not_read_through_a_link(folder: Folder) -> None:
    outside = folder.write("outside.sh", "terraform validate\n")
    folder.write("repository/main.tf", TERRAFORM)
    folder.write(f"repository/{WORKFLOW}", BAD.replace("terraform validate", "scripts/link.sh"))
    link = folder.root / "repository/scripts/link.sh"
    link.parent.mkdir()
    link.symlink_to(outside)

    assert found("repository") == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD).chmod(0)
    folder.write(".github/workflows/other.yml", BAD)
    result = ghapp("check")

    assert result.exit_code == 2
    assert f"{WORKFLOW}:1:1 error\n  The file cannot be opened: Permission denied." in result.stdout
    assert ".github/workflows/other.yml:7:14 failure" in result.stdout


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no names that are not UTF-8")
def test_a_name_that_is_not_utf_8_is_checked_and_shown(folder: Folder) -> None:
    folder.write(".github/workflows/" + os.fsdecode(b"a\xff\x1b[31m.yml"), BAD)

    assert ".github/workflows/a\ufffd[31m.yml:7:14" in ghapp("check").stdout
    assert found() == [(RULE, ".github/workflows/a\udcff\x1b[31m.yml", 7)]


@pytest.mark.parametrize(("threshold", "status"), [("failure", 1), ("warning", 1), ("notice", 1)])
def test_a_failure_is_at_or_above_every_threshold(folder: Folder, threshold: str, status: int) -> None:
    folder.write(WORKFLOW, BAD)

    assert ghapp("check", "--fail-on", threshold).exit_code == status


def test_json_counts_files_and_seconds(folder: Folder) -> None:
    folder.write(WORKFLOW, GOOD)
    report = json.loads(ghapp("check", "--format", "json").stdout)

    assert (report["diagnostics"], report["errors"], report["files"]) == ([], [], 1)
    assert 0 < report["seconds"] < 10


def test_sarif_and_workflow_commands_are_printed(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    sarif = json.loads(ghapp("check", "--format", "sarif").stdout)

    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == [RULE]
    assert ghapp("check", "--format", "github").stdout.startswith(f"::error file={WORKFLOW},line=7,")


# One loose file


def test_a_loose_file_is_checked_as_if_it_stood_in_a_repository(folder: Folder) -> None:
    folder.write("draft.yml", BAD)
    folder.write("paths.txt", f"./main.tf\n{WORKFLOW}\n")
    folder.write("without.txt", "README.md\n")

    assert found("draft.yml", "--as", WORKFLOW, "--tree", "paths.txt") == [(RULE, WORKFLOW, 7)]
    assert found("draft.yml", "--as", WORKFLOW, "--tree", "without.txt") == []
    assert found("draft.yml", "--as", WORKFLOW) == [(RULE, WORKFLOW, 7)]


def test_a_loose_file_is_shown_by_its_own_name(folder: Folder) -> None:
    folder.write("draft.yml", BAD)
    folder.write("paths.txt", "main.tf\n")

    assert ghapp("check", "draft.yml", "--as", WORKFLOW, "--tree", "paths.txt").stdout.startswith(
        "draft.yml:7:14 failure"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as", WORKFLOW),
        (".", "--as", WORKFLOW),
        ("draft.yml", "other.yml", "--as", WORKFLOW),
        ("draft.yml", "--as", "README.md"),
        ("draft.yml", "--as", WORKFLOW, "--base", "HEAD"),
        ("draft.yml", "--tree", "other.yml"),
    ],
    ids=" ".join,
)
def test_a_loose_file_needs_one_file_and_a_ci_path(folder: Folder, arguments: tuple[str, ...]) -> None:
    folder.write("draft.yml", BAD)
    folder.write("other.yml", BAD)
    result = ghapp("check", *arguments)

    assert result.exit_code == 2
    assert "Error: " in result.stderr


# --- Modes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "rules"), [(0o644, ["script-not-executable"]), (0o755, [])])
def test_a_script_that_may_not_be_executed_is_found(folder: Folder, mode: int, rules: list[str]) -> None:
    folder.write(WORKFLOW, BAD.replace("terraform validate", "ci/build.sh"))
    folder.write("ci/build.sh", "#!/bin/sh\nset -e\nmake\n").chmod(mode)
    folder.write("Makefile", "all:\n\ttrue\n")

    assert [each for each, _, _ in found()] == rules


def test_the_mode_of_a_loose_files_scripts_is_not_known(folder: Folder) -> None:
    folder.write("draft.yml", BAD.replace("terraform validate", "ci/build.sh"))
    folder.write("paths.txt", "ci/build.sh\n")

    assert found("draft.yml", "--as", WORKFLOW, "--tree", "paths.txt") == []
