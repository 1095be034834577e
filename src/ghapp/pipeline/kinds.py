"""Which file is what, told by its path alone."""

from __future__ import annotations

from ghapp.pipeline.rule import Platform


def platform_of(path: str) -> Platform | None:
    """What kind of CI file stands at `path` (relative to the repository's root), or None.

    GitHub reads workflows only directly below `.github/workflows` and actions from `action.yml` or `action.yaml` in
    any directory; CircleCI reads `.circleci/config.yml` and, through dynamic configuration, other files below it.
    """
    directory, _, name = path.rpartition("/")
    if name.endswith((".yml", ".yaml")):
        if directory == ".github/workflows":
            return Platform.ACTIONS
        if path.startswith(".circleci/"):
            return Platform.CIRCLECI
        return Platform.ACTION if name in ("action.yml", "action.yaml") else None
    return Platform.SHELL if name.endswith((".sh", ".bash")) else None
