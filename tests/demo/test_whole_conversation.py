"""The whole conversation, as a person has it: in a real browser, with the real App behind the demo's pages."""

import asyncio
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from ghapp.demo.github import GitHub, Pull
from ghapp.demo.page.views import is_pending, queued
from ghapp.demo.samples import SAMPLES
from ghapp.demo.stage import stage

from .browser import CHROMIUM, Browser, browser

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Debian's chromium")]

PATIENCE = 90  # seconds


class Person:
    """Sits before the browser: `does` something, and waits until GitHub and the App have nothing left to say."""

    def __init__(self, window: Browser, github: GitHub, pull: Pull) -> None:
        self.window, self.github, self.pull = window, github, pull

    def until(self, done: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while self.github.webhooks.waiting or not done():
            assert time.monotonic() < until, "nothing came of it"
            asyncio.run(self.github.deliver(concurrency=4))
            time.sleep(0.05)

    def looks(self, tab: str = "") -> str:
        self.window.open(f"{self.pull.url}{tab}")
        return str(self.window.js("document.body.innerText"))

    def types(self, selector: str, text: str) -> None:
        self.window.js(f"document.querySelector({selector!r}).value = {text!r}")

    def clicks(self, selector: str) -> None:
        self.window.click(selector)

    def replies(self, thread: int, text: str) -> None:
        """Answers in the thread, and waits for the App's answer."""
        talk = next(each for each in self.pull.threads if each.id == thread)
        said = len(talk.comments)
        self.looks()
        self.types(f"#reply-{thread}", text)
        self.clicks(f"#thread-{thread} .reply button")
        self.until(lambda: len(talk.comments) >= said + 2)


@contextmanager
def person(folder: str, window: Browser) -> Generator[Person]:
    sample = next(each for each in SAMPLES if each.folder == folder)
    with stage() as (github, _):
        someone = Person(window, github, sample.open(github))
        someone.until(lambda: not is_pending(someone.pull) and bool(someone.pull.reviews))
        yield someone
        assert not github.violations


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


def test_a_person_asks_ignores_mends_and_queues(window: Browser) -> None:
    with person("storefront", window) as someone:
        pull = someone.pull
        runs = partial(pull.repository.check_runs, pull.head_sha)
        asked, ignored, *_ = [each for each in pull.threads if not each.is_resolved]
        someone.replies(asked.id, "/ghapp explain")
        explained = someone.looks()
        someone.replies(ignored.id, "/ghapp ignore We know, and mend it next week")
        someone.until(lambda: len(runs()) == 2 and not is_pending(pull))
        told, summary = someone.looks(), someone.looks("/checks")
        someone.clicks("button[name=identifier][value=fix]")
        someone.until(lambda: len(pull.commits()) == 2 and not is_pending(pull))
        mended, checked = someone.looks(), someone.looks("/checks")
        someone.looks()
        someone.clicks("form[action$='/queue'] button")
        someone.until(lambda: queued(pull) not in ("waiting", "in_progress"))
        in_queue = someone.looks()

        assert "How it looks when it is right" in explained
        assert "resolved" in told
        assert "We know, and mend it next week" in summary
        assert "Apply all fixes" in summary
        assert "ghapp[bot] pushed" in mended
        assert "1 warning in 2 CI files" in checked, "a fix in an executable file is left to people"
        assert "its checks have passed" in in_queue
        assert len(pull.threads) == len({each.comments[0].body for each in pull.threads}), "one thread for each finding"
        assert window.problems == []
