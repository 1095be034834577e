"""Repositories on disk to check."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ghapp.cli import main

WORKFLOW = ".github/workflows/ci.yml"
BAD = """\
on: push
jobs:
  validate:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v5
      - run: terraform validate
"""
GOOD = BAD.replace("terraform validate", "terraform init -backend=false -input=false && terraform validate")
TERRAFORM = 'resource "aws_s3_bucket" "logs" {}\n'
RULE = "terraform-validate-without-init"


class Folder:
    """A folder with files, and a git in it when asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str | bytes = "") -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def text(self, path: str = WORKFLOW) -> str:
        return (self.root / path).read_bytes().decode()

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True, env=env)

    def commit_nothing(self) -> None:
        self.git("init", "--quiet")

    def commit(self) -> None:
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Files")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder with a Terraform configuration, which is the current one."""
    monkeypatch.chdir(tmp_path)
    made = Folder(tmp_path)
    made.write("main.tf", TERRAFORM)
    return made


def ghapp(*arguments: str | Path) -> Result:
    """What the command line does with the arguments."""
    return CliRunner().invoke(main, [str(each) for each in arguments], prog_name="ghapp")
