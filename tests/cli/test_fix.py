"""`ghapp check --fix`: proven edits, written to disk."""

from __future__ import annotations

import os

import pytest
from cli.conftest import BAD, GOOD, RULE, WORKFLOW, Folder, ghapp

INIT = "terraform init -backend=false -input=false"
THREE = BAD + "  again:\n" + BAD.split("validate:\n", 1)[1] + "  once_more:\n" + BAD.split("validate:\n", 1)[1]


def test_a_proven_fix_is_applied_and_named(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    result = ghapp("check", "--fix")

    assert result.exit_code == 0
    assert folder.text() == GOOD
    assert result.stderr == f"Mended {WORKFLOW}:7: {RULE}\n"
    assert result.stdout.startswith("No findings in 1 CI file")


def test_every_finding_of_a_file_is_mended(folder: Folder) -> None:
    folder.write(WORKFLOW, THREE)
    result = ghapp("check", "--fix")

    assert folder.text() == THREE.replace("terraform validate", f"{INIT} && terraform validate")
    assert result.stderr.count("Mended ") == 3


def test_where_nothing_can_be_mended_nothing_is_written(folder: Folder) -> None:
    place = folder.write(WORKFLOW, GOOD)
    before = place.stat()
    result = ghapp("check", "--fix")

    assert "Nothing to mend" in result.stderr
    assert place.stat() == before


def test_mode_byte_order_mark_and_links_are_kept(folder: Folder) -> None:
    place = folder.write("real.yml", b"\xef\xbb\xbf" + BAD.encode())
    place.chmod(0o640)
    (folder.root / ".github/workflows").mkdir(parents=True)
    link = folder.root / WORKFLOW
    link.symlink_to(place)
    ghapp("check", WORKFLOW, "--fix")

    assert place.read_bytes() == b"\xef\xbb\xbf" + GOOD.encode()
    assert place.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(os.listdir(folder.root)) == [".github", "main.tf", "real.yml"]


def test_windows_line_ends_are_never_mixed(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD.replace("\n", "\r\n"))
    ghapp("check", "--fix")

    assert folder.text().count("\n") == folder.text().count("\r\n") == 7


def test_a_loose_file_is_mended_where_it_lies(folder: Folder) -> None:
    folder.write("draft.yml", BAD)
    folder.write("paths.txt", "main.tf\n")
    result = ghapp("check", "draft.yml", "--as", WORKFLOW, "--tree", "paths.txt", "--fix")

    assert folder.text("draft.yml") == GOOD
    assert result.stderr == f"Mended draft.yml:7: {RULE}\n"
    assert sorted(os.listdir(folder.root)) == ["draft.yml", "main.tf", "paths.txt"]


def test_what_was_there_before_the_base_is_left_alone(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    folder.commit()
    ghapp("check", "--fix", "--base", "HEAD")

    assert folder.text() == BAD


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_named(folder: Folder) -> None:
    place = folder.write(WORKFLOW, BAD)
    place.parent.chmod(0o555)
    result = ghapp("check", "--fix")
    place.parent.chmod(0o755)

    assert result.exit_code == 2
    assert f"{WORKFLOW}: Permission denied" in result.stderr
    assert folder.text() == BAD
