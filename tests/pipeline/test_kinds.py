"""Which file is what."""

from __future__ import annotations

import pytest

from ghapp.pipeline.kinds import platform_of
from ghapp.pipeline.rule import Platform


@pytest.mark.parametrize(
    ("path", "platform"),
    [
        (".github/workflows/ci.yml", Platform.ACTIONS),
        (".github/workflows/ci.yaml", Platform.ACTIONS),
        (".github/workflows/action.yml", Platform.ACTIONS),
        (".github/workflows/nested/ci.yml", None),
        (".github/workflows/actions.lock", None),
        (".github/workflows/README.md", None),
        ("sub/.github/workflows/ci.yml", None),
        ("action.yml", Platform.ACTION),
        (".github/actions/setup/action.yaml", Platform.ACTION),
        ("my-action.yml", None),
        (".circleci/config.yml", Platform.CIRCLECI),
        (".circleci/jobs/deploy.yaml", Platform.CIRCLECI),
        (".circleci/action.yml", Platform.CIRCLECI),
        (".circleci/deploy.sh", Platform.SHELL),
        ("circle.yml", None),
        ("lib/scripts/deploy.sh", Platform.SHELL),
        ("bin/deploy.bash", Platform.SHELL),
        ("deploy.zsh", None),
        ("Makefile", None),
        ("", None),
    ],
)
def test_the_path_tells_what_a_file_is(path: str, platform: Platform | None) -> None:
    assert platform_of(path) is platform
