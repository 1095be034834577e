"""The policy file that `--config` names."""

from __future__ import annotations

from pathlib import Path

from ghapp.cli.git import Unusable
from ghapp.pipeline.source import BrokenFile, Source
from ghapp.pipeline.yaml import parse


def read(path: Path) -> None:
    """Checks the file. No setting is known yet, so any that is given is refused rather than passed over in silence."""
    try:
        root = parse(Source.decode(str(path), path.read_bytes())).root
    except BrokenFile as error:
        raise Unusable(str(error)) from None
    if root is None or root.text == "":
        return
    if root.kind != "map":
        raise Unusable(f"{path}:{root.place.line}:{root.place.column}: The policy must be a map of settings.")
    for key, _ in root.pairs:
        place = key.place
        raise Unusable(f"{path}:{place.line}:{place.column}: `{key.value}` is no setting that this version knows.")
