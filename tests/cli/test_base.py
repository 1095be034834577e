"""`ghapp check --base REV` and what is asked of git."""

from __future__ import annotations

import json
import os

import pytest
from cli.conftest import BAD, GOOD, WORKFLOW, Folder, ghapp


def new(*arguments: str) -> list[tuple[str, int]]:
    report = json.loads(ghapp("check", "--format", "json", *arguments).stdout)
    return [(each["path"], each["line"]) for each in report["diagnostics"]]


def test_what_was_there_before_is_not_reported(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    folder.commit()
    folder.write(WORKFLOW, "# moved down\n" + BAD)
    result = ghapp("check", "--base", "HEAD")

    assert result.exit_code == 0
    assert "1 known before" in result.stdout


def test_what_is_new_is_reported(folder: Folder) -> None:
    folder.write(WORKFLOW, GOOD)
    folder.commit()
    folder.write(WORKFLOW, BAD)
    folder.write(".github/workflows/untracked.yml", BAD)

    assert new("--base", "HEAD") == [(WORKFLOW, 7), (".github/workflows/untracked.yml", 7)]
    assert new("--base", "HEAD", WORKFLOW) == [(WORKFLOW, 7)]


def test_what_is_gone_is_counted_as_mended(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    folder.commit()
    folder.write(WORKFLOW, GOOD)

    assert "1 mended" in ghapp("check", "--base", "HEAD").stdout


def test_a_renamed_file_brings_nothing_new(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    folder.commit()
    folder.git("mv", WORKFLOW, ".github/workflows/renamed.yml")

    assert new("--base", "HEAD") == []
    assert new("--base", "HEAD", ".github/workflows/renamed.yml") == []
    assert new() == [(".github/workflows/renamed.yml", 7)]


@pytest.mark.parametrize("called", ["validate.sh", "link.sh"])
def test_called_scripts_are_read_from_the_revision_also_through_links(folder: Folder, called: str) -> None:
    folder.write(WORKFLOW, BAD.replace("terraform validate", f"scripts/{called}"))
    folder.write("scripts/validate.sh", "terraform validate\n").chmod(0o755)
    (folder.root / "scripts/link.sh").symlink_to("validate.sh")
    folder.commit()
    folder.write("scripts/validate.sh", "# Validates\nterraform validate\n")

    assert (f"scripts/{called}", 2) in new()
    assert new("--base", "HEAD") == []


def test_the_modes_of_the_revision_count(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD.replace("terraform validate", "ci/one.sh && ci/two.sh"))
    folder.write("ci/one.sh", "set -e\n")
    folder.write("ci/two.sh", "set -e\n").chmod(0o755)
    folder.commit()
    (folder.root / "ci/two.sh").chmod(0o644)

    assert new() == [(WORKFLOW, 7), (WORKFLOW, 7)]
    assert new("--base", "HEAD") == [(WORKFLOW, 7)]


@pytest.mark.parametrize("target", ["link.sh", "../../outside.sh", "nowhere.sh"])
def test_a_link_that_leads_nowhere_is_not_read(folder: Folder, target: str) -> None:
    folder.write(WORKFLOW, BAD.replace("terraform validate", "scripts/link.sh"))
    (folder.root / "scripts").mkdir()
    (folder.root / "scripts/link.sh").symlink_to(target)
    folder.commit()

    assert new("--base", "HEAD") == []


@pytest.mark.parametrize("name", ["nowhere", "--help", "--output=owned", "HEAD:README.md", ""])
def test_a_revision_that_names_no_commit_is_refused(folder: Folder, name: str) -> None:
    folder.write("README.md", "Read me")
    folder.commit()
    result = ghapp("check", f"--base={name}")

    assert result.exit_code == 2
    assert "names no commit here" in result.stderr
    assert sorted(os.listdir(folder.root)) == [".git", "README.md", "main.tf"]


def test_without_git_there_is_nothing_to_compare_with(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    result = ghapp("check", "--base", "HEAD")

    assert result.exit_code == 2
    assert "no git checkout" in result.stderr


def test_a_machine_without_git_is_told_so(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.commit_nothing()
    monkeypatch.setenv("PATH", str(folder.root))
    result = ghapp("check")

    assert result.exit_code == 2
    assert "no git on this machine" in result.stderr


def test_ignored_and_deleted_files_are_no_part_of_the_repository(folder: Folder) -> None:
    folder.write(".gitignore", "build/\n")
    folder.write("gone/action.yml", "runs: [")
    folder.commit()
    (folder.root / "gone/action.yml").unlink()
    folder.write("build/action.yml", "runs: [")

    assert ghapp("check").exit_code == 0
    assert ghapp("check", "build/action.yml").exit_code == 2


def test_a_deleted_file_is_not_there_for_the_rules_either(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    folder.commit()
    (folder.root / "main.tf").unlink()

    assert new() == []


def test_nothing_that_the_repository_configures_is_executed(folder: Folder) -> None:
    folder.write(WORKFLOW, GOOD)
    folder.write(".gitattributes", "*.yml diff=evil\n")
    folder.commit()
    folder.write(WORKFLOW, BAD)
    script = folder.write("evil.sh", "#!/bin/sh\ntouch owned\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager"):
        folder.git("config", key, str(script))

    assert new("--base", "HEAD") == [(WORKFLOW, 7)]
    assert not (folder.root / "owned").exists()
