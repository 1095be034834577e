"""The other commands, and how the program starts and ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest
from cli.conftest import BAD, RULE, WORKFLOW, Folder, ghapp

from ghapp.rules import catalogue

PROGRAM = (sys.executable, "-c", "from ghapp.cli import main; main(prog_name='ghapp')")


def test_rules_lists_every_rule(folder: Folder) -> None:
    lines = ghapp("rules").stdout.splitlines()

    assert [line.split()[0] for line in lines] == [rule.id for rule in catalogue()]
    assert next(line for line in lines if RULE in line).split()[1:3] == ["failure", "fix"]


def test_rules_as_json_are_the_cards_of_the_catalogue(folder: Folder) -> None:
    cards = json.loads(ghapp("rules", "--format", "json").stdout)
    [card] = [card for card in cards if card["id"] == RULE]

    assert len(cards) == len(catalogue())
    assert list(card) == ["id", "title", "severity", "sources", "platforms", "has_fix"]
    assert card["sources"] == ["S2.2"]
    assert card["has_fix"] is True


def test_explain_prints_the_page(folder: Folder) -> None:
    result = ghapp("explain", RULE)

    assert result.exit_code == 0
    assert result.stdout.startswith(f"{RULE} (failure; ")
    assert "Bad:" in result.stdout


@pytest.mark.parametrize(
    ("name", "hint"),
    [("terraform-validate-without-innit", f"Did you mean {RULE}"), ("zzz", "`ghapp rules` lists them all")],
)
def test_a_rule_that_is_not_there_brings_the_nearest(folder: Folder, name: str, hint: str) -> None:
    result = ghapp("explain", name)

    assert result.exit_code == 2
    assert hint in result.stderr


@pytest.mark.parametrize("command", ["check", "rules", "explain", "serve", "demo", "replay", "ignores"])
def test_every_command_explains_itself(folder: Folder, command: str) -> None:
    assert command in ghapp("--help").stdout
    assert ghapp(command, "--help").stdout.startswith(f"Usage: ghapp {command}")


def test_the_version_is_told(folder: Folder) -> None:
    assert ghapp("--version").stdout.startswith("ghapp, version ")


def test_a_check_loads_no_server_and_no_client(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    script = (
        "import sys\nfrom ghapp.cli import main\ntry:\n    main(['check'])\nexcept SystemExit: pass\n"
        "print({'githubkit', 'starlette', 'dbos', 'httpx', 'asyncio', 'uvicorn', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "set()"


def test_a_reader_that_goes_away_is_no_error(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*PROGRAM, "check"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert done.stderr == ""
    assert done.returncode == 1


def test_output_is_utf_8_wherever_it_goes(folder: Folder) -> None:
    folder.write(".github/workflows/é.yml", BAD)
    env = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*PROGRAM, "check"], capture_output=True, env=env, check=False)

    assert done.stdout.decode("utf-8").startswith(".github/workflows/é.yml:7:14")


def on_a_terminal(program: tuple[str, ...] = (*PROGRAM, "check"), **env: str) -> str:
    """What the program, `ghapp check` if none is given, writes to a terminal."""
    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    child = subprocess.Popen(program, stdout=theirs, stderr=theirs, env={**plain, **env})
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65_536):
            said += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    child.wait()
    return said.decode()


def test_a_terminal_gets_colours(folder: Folder) -> None:
    folder.write(WORKFLOW, BAD)

    assert "\x1b[1;31mfailure\x1b[0m" in on_a_terminal(TERM="xterm")


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}], ids=str)
def test_a_terminal_that_wants_none_gets_none(folder: Folder, env: dict[str, str]) -> None:
    folder.write(WORKFLOW, BAD)

    assert "\x1b" not in on_a_terminal(**env)


@pytest.mark.parametrize(
    ("seconds", "said"), [(1.5, "\r\x1b[KWaiting …\r\x1b[Kdone"), (0, "done")], ids=["long", "short"]
)
def test_a_terminal_is_told_what_takes_long_and_only_that(seconds: float, said: str) -> None:
    script = (
        "import sys, time\nfrom ghapp.cli.patience import patience\n"
        "with patience('Waiting'):\n    time.sleep(float(sys.argv[1]))\nprint('done')"
    )

    assert on_a_terminal((sys.executable, "-c", script, str(seconds))).rstrip() == said
