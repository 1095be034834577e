"""Takes the pictures of README and docs: the demo's pages, with a conversation on them. Needs Debian's chromium.

python scripts/picture.py            # writes docs/images/*.png
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from ghapp.demo.github import GitHub, Pull
from ghapp.demo.page.views import is_pending
from ghapp.demo.samples import SAMPLES
from ghapp.demo.show import PATIENCE, Teller, follow
from ghapp.demo.stage import stage

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PAGES = {"pull-request": ("/files", "1180,1020"), "conversation": ("", "1180,1500"), "check": ("/checks", "1180,900")}


def main() -> int:
    with stage() as (github, _):
        pull = SAMPLES[0].open(github)
        if not settled(github, pull):
            return 1
        pictures(pull, "pull-request", "check")
        first, second, *_ = pull.threads
        first.reply("octo-dev", "/ghapp explain")
        second.reply("octo-dev", "/ghapp ignore It is mended with the new cache, next week")
        talked = follow(github, Teller(github), lambda: len(first.comments) > 2 and len(second.comments) > 2, PATIENCE)
        if not talked or not settled(github, pull):
            return 1
        pictures(pull, "conversation")
    return 0


def settled(github: GitHub, pull: Pull) -> bool:
    return follow(github, Teller(github), lambda: not is_pending(pull), PATIENCE)


def pictures(pull: Pull, *names: str) -> None:
    for name in names:
        tab, size = PAGES[name]
        with tempfile.TemporaryDirectory() as profile:
            options = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={profile}"]
            options += [f"--window-size={size}", f"--screenshot={IMAGES / name}.png", f"{pull.url}{tab}"]
            subprocess.run(["chromium", *options], stderr=subprocess.DEVNULL, check=True, timeout=60)


if __name__ == "__main__":
    sys.exit(main())
