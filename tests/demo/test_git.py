"""Objects and patches are those that git itself would make."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ghapp.demo.github import File, GitHub, Repository
from ghapp.demo.github.diff import compare, split
from ghapp.demo.github.git import EXECUTABLE, SUBMODULE, SYMLINK, Objects

git_only = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


def git(folder: Path, *arguments: str, stdin: str | None = None) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, input=stdin)
    return done.stdout.strip()


@git_only
def test_a_tree_has_the_sha_that_git_gives_it(tmp_path: Path) -> None:
    repo = GitHub().repository(
        "acme/shop",
        {
            "a/b.txt": "b\n",
            "a.txt": "a\n",
            "a-b": "x",
            "run.sh": File(b"echo\n", EXECUTABLE),
            "l": File(b"a.txt", SYMLINK),
        },
    )
    git(tmp_path, "init", "-q")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.txt").write_text("b\n")
    (tmp_path / "a.txt").write_text("a\n")
    (tmp_path / "a-b").write_text("x")
    (tmp_path / "run.sh").write_text("echo\n")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "l").symlink_to("a.txt")
    git(tmp_path, "add", ".")

    assert repo.objects.commits[repo.head()].tree == git(tmp_path, "write-tree")


@git_only
def test_a_commit_has_the_sha_that_git_gives_it(tmp_path: Path) -> None:
    repo = GitHub().repository("acme/shop", {"a.txt": "a\n"})
    commit = repo.objects.commits[repo.head()]
    git(tmp_path, "init", "-q")
    who = f"{commit.author.name} <{commit.author.email}> {int(commit.date.timestamp())} +0000"
    body = f"tree {commit.tree}\nauthor {who}\ncommitter {who}\n\n{commit.message}"

    assert commit.sha == git(tmp_path, "hash-object", "-t", "commit", "--literally", "--stdin", stdin=body)


@git_only
def test_git_applies_the_patches(tmp_path: Path) -> None:
    old = "".join(f"line {n}\n" for n in range(60))
    new = old.replace("line 3\n", "three\n").replace("line 20\n", "").replace("line 50\n", "line 50\nmore\n") + "no end"
    (tmp_path / "a.txt").write_text(old)
    objects = Objects()
    before, after = (objects.add_tree({"a.txt": objects.add_file(text)}) for text in (old, new))
    (change,) = compare(objects, before, after)
    git(tmp_path, "init", "-q")
    git(tmp_path, "apply", "-", stdin=f"--- a/a.txt\n+++ b/a.txt\n{change.patch}\n")

    assert (tmp_path / "a.txt").read_text() == new
    assert (change.additions, change.deletions, len(change.hunks)) == (3, 2, 4)


texts = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d\r\n"]), max_size=30).map("".join)


@given(old=texts, new=texts, end=st.sampled_from(["", "z"]))
def test_what_a_patch_says_turns_the_old_text_into_the_new(old: str, new: str, end: str) -> None:
    objects, new = Objects(), new + end
    before, after = (objects.add_tree({"f": objects.add_file(text)}) for text in (old, new))
    changes = compare(objects, before, after)
    shown = [line for change in changes for hunk in change.hunks for line in hunk.lines]
    added = {line.new: line.text for line in shown if line.tag == "+"}
    removed = {line.old for line in shown if line.tag == "-"}
    kept = iter([line for number, line in enumerate(plain(old), 1) if number not in removed])
    result = [added[number] if number in added else next(kept) for number in range(1, len(plain(new)) + 1)]

    assert result == plain(new)
    assert list(kept) == []
    assert [line.position for line in shown if line.tag == " "] == sorted(
        line.position for line in shown if line.tag == " "
    )


def plain(text: str) -> list[str]:
    return [line.removesuffix("\n") for line in split(text)]


def test_renames_are_found_by_content_and_by_likeness(repo: Repository) -> None:
    text = "".join(f"step {n}\n" for n in range(20))
    repo.commit({"same.sh": "echo\n", "like.sh": text, "gone.sh": "other\n"})
    base = repo.head()
    repo.commit({}, renames={"same.sh": "lib/same.sh", "like.sh": "lib/like.sh"}, deletes=["gone.sh"])
    repo.commit({"lib/like.sh": text + "more\n"})
    changes = {change.path: change for change in compare(repo.objects, base, repo.head())}

    assert {path: (change.status, change.previous) for path, change in changes.items()} == {
        "lib/same.sh": ("renamed", "same.sh"),
        "lib/like.sh": ("renamed", "like.sh"),
        "gone.sh": ("removed", None),
    }
    assert changes["lib/same.sh"].patch is None
    assert "+more" in (changes["lib/like.sh"].patch or "")


def test_binary_and_very_large_changes_have_no_patch(repo: Repository) -> None:
    base = repo.head()
    long = "".join(f"{n}\n" for n in range(2_100))
    huge = "x\n" * 30_000
    repo.commit({"logo.png": b"\0\2", "long.txt": long, "huge.txt": huge, "module": File(b"1" * 40, SUBMODULE)})
    changes = {change.path: change for change in compare(repo.objects, base, repo.head())}

    assert {path: change.patch for path, change in changes.items()} == {
        "logo.png": None,
        "long.txt": None,
        "huge.txt": None,
        "module": "@@ -0,0 +1 @@\n+Subproject commit " + "1" * 40,
    }
    assert changes["long.txt"].additions == 2_100
    assert changes["huge.txt"].additions >= 30_000


def test_a_hunk_names_what_it_is_in_and_counts_positions_through_the_file(repo: Repository) -> None:
    base = repo.head()
    old = "def one():\n" + "  x\n" * 20 + "def two():\n" + "  y\n" * 20
    repo.commit({"f.py": old})
    base = repo.head()
    lines = old.split("\n")
    lines[10], lines[30] = "  changed", "  changed"
    repo.commit({"f.py": "\n".join(lines)})
    (change,) = compare(repo.objects, base, repo.head())
    first, second = change.hunks

    assert first.header == "@@ -8,7 +8,7 @@ def one():"
    assert second.header == "@@ -28,7 +28,7 @@ def two():"
    assert first.lines[0].position == 1
    assert second.lines[0].position == first.lines[-1].position + 2


def test_very_many_moved_files_are_told_apart_by_equal_content_alone(repo: Repository) -> None:
    repo.commit({f"old/{n}.txt": f"{n}\n" * 3 for n in range(1_000)})
    base = repo.head()
    repo.commit(
        {f"new/{n}.txt": f"{n}\n" * (3 if n % 2 else 4) for n in range(1_000)},
        deletes=[f"old/{n}.txt" for n in range(1_000)],
    )
    statuses = [change.status for change in compare(repo.objects, base, repo.head())]

    assert {status: statuses.count(status) for status in set(statuses)} == {
        "renamed": 500,
        "added": 500,
        "removed": 500,
    }


def test_an_edited_script_stays_executable(repo: Repository) -> None:
    repo.commit({"run.sh": File(b"true\n", "100755")})
    repo.commit({"run.sh": "false\n"})
    edited = repo.objects.files(repo.head())["run.sh"].mode
    repo.commit({"run.sh": File(b"true\n")})

    assert (edited, repo.objects.files(repo.head())["run.sh"].mode) == ("100755", "100644")
