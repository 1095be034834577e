"""The floor plan: logs without secrets, replay, a server that says why it cannot start."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from inbox.desk import delivery
from test_settings import LEAST

from ghapp import app
from ghapp.inbox import Inbox
from ghapp.settings import Settings

# the forms GitHub documents: an opaque token, a stateless one with dots and dashes, and a JWT
TOKENS = (
    "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
    "ghs_1001_eyJh-bGci.eyJpc3-M_iOi.x-Y_z",
    "eyJhbGciOiJSUzI1NiJ9.eyJp.c_-s",
)


@pytest.fixture
def own_logs() -> Iterator[None]:
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("own_logs")
@pytest.mark.parametrize("form", ["json", "text"])
def test_no_token_gets_into_the_log_whoever_writes_it(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    app.configure_logs(Settings.from_env({**LEAST, "GHAPP_LOG_FORMAT": form}))
    for token in TOKENS:
        structlog.stdlib.get_logger("a test").info("said", token=token)
        logging.getLogger("somebody").warning("Authorization: token %s", token)
        try:
            raise ValueError(token)
        except ValueError:
            structlog.stdlib.get_logger("a test").exception("failed")
    said = capsys.readouterr().err

    assert said.count("[redacted]") >= 9
    for token in TOKENS:
        assert token[:12] not in said
        assert token[-5:] not in said


@pytest.mark.usefixtures("own_logs")
def test_a_line_of_the_log_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    app.configure_logs(Settings.from_env(LEAST))
    logging.getLogger("somebody").warning("first\nsecond")
    (line,) = capsys.readouterr().err.splitlines()

    assert json.loads(line)["event"] == "first\nsecond"
    assert json.loads(line)["level"] == "warning"


def test_replay_says_what_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'inbox.db'}"
    for name, value in {**LEAST, "GHAPP_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    inbox = Inbox(url)
    inbox.open()
    asyncio.run(inbox.put(delivery("known")))
    inbox.close()
    unknown, known = app.replay("unknown"), app.replay("known")
    said = capsys.readouterr().err

    assert (unknown, known) == (1, 1)
    assert "No delivery unknown is stored" in said
    assert "Delivery known is under way" in said


def test_a_server_that_lacks_settings_says_all_of_them_and_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LEAST:
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SystemExit, match="GHAPP_WEBHOOK_SECRETS is missing"):
        app.serve()
