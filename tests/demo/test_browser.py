"""The pages in a real browser: nothing is refused or missing, nothing overflows, and the button works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ghapp.demo.github import GitHub, serve
from ghapp.demo.github.checks import CheckRun
from ghapp.demo.github.conversation import Review
from ghapp.demo.github.routes.reviews import add_thread, changes_at, place
from ghapp.demo.page import pages

from .browser import CHROMIUM, Browser, browser

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Debian's chromium")]

LONG = "x" * 300
PAGES = ("", "/checks", "/files", "/edit/ci.yml")


@pytest.fixture
def github() -> GitHub:
    """A world with one failed check and one suggestion, its texts of the awkward kind."""
    github = GitHub()
    repo = github.repository("acme/shop", {"ci.yml": "run: one\n"})
    repo.commit({"ci.yml": f"run: two\nenv: {LONG}\n"}, branch="feature", message=f"Change {LONG}")
    pull = repo.pull_request(head="feature", title=f"Title {LONG}", body=f"`{LONG}`")
    note = {"path": "ci.yml", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": LONG}
    output = {"title": "1 failure", "summary": f"| a | b |\n|---|---|\n| {LONG} | `{LONG}` |", "annotations": [note]}
    run = CheckRun(repo, {"name": "ghapp", "head_sha": pull.head_sha, "conclusion": "failure", "output": output})
    repo.runs.append(run)
    review = Review(pull, github.bot, "", "COMMENTED", pull.head_sha)
    pull.reviews.append(review)
    spot = {"path": "ci.yml", "line": 1, "side": "RIGHT"}
    body = f"{LONG}\n\n```suggestion\nrun: three {LONG}\n```"
    add_thread(pull, place(changes_at(pull, pull.head_sha), pull.head_sha, spot), review, body)
    return github


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture
def url(github: GitHub) -> Iterator[str]:
    with serve(pages(github)) as url:
        yield url


def test_nothing_overflows_on_a_phone_or_a_screen_and_nothing_is_refused(window: Browser, url: str) -> None:
    window.problems.clear()
    overflowing: list[tuple[str, int, int]] = []
    for page in ("/", "/deliveries", *(f"/acme/shop/pull/1{tab}" for tab in PAGES)):
        for width in (390, 1280):
            window.open(f"{url}{page}", width=width)
            if (needed := window.js("document.documentElement.scrollWidth")) > width:
                overflowing.append((page, width, needed))

    assert overflowing == []
    assert window.problems == []


def test_light_and_dark_follow_the_persons_choice(window: Browser, url: str) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    window.open(url)
    light = window.js(colour)
    window.open(url, dark=True)
    dark = window.js(colour)

    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(13, 17, 23)")


def test_the_button_of_a_suggestion_pushes_it(window: Browser, url: str, github: GitHub, tmp_path: Path) -> None:
    window.open(f"{url}/acme/shop/pull/1/files")
    window.click(".comment button.primary")
    repo = github.repositories["acme/shop"]

    assert repo.file("ci.yml", at="feature").startswith(b"run: three")
    assert window.js("location.pathname") == "/acme/shop/pull/1"
    assert "Apply suggestion from code review" in window.js("document.body.innerText")
