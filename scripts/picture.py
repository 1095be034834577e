"""Takes the README's picture: a pull request of the demo, reviewed, as its page shows it. Needs Debian's chromium.

python scripts/picture.py            # writes docs/images/pull-request.png
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from ghapp.demo.page.views import is_pending
from ghapp.demo.samples import SAMPLES
from ghapp.demo.show import PATIENCE, Teller, follow
from ghapp.demo.stage import stage

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "pull-request.png"
SIZE = "1180,1020"


def main() -> int:
    with stage() as (github, _), tempfile.TemporaryDirectory() as profile:
        pull = SAMPLES[0].open(github)
        if not follow(github, Teller(github), lambda: not is_pending(pull), PATIENCE):
            return 1
        options = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={profile}"]
        options += [f"--window-size={SIZE}", f"--screenshot={PICTURE}", f"{pull.url}/files"]
        return subprocess.run(["chromium", *options], stderr=subprocess.DEVNULL, check=False, timeout=60).returncode


if __name__ == "__main__":
    sys.exit(main())
