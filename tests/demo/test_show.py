"""`ghapp demo`: the real App, in a process of its own, reviews the sample pull requests and what is pushed to them."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from ghapp.demo.github import GitHub
from ghapp.demo.samples import SAMPLES, Sample
from ghapp.demo.stage import free_port
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

COMMAND = [sys.executable, "-c", "from ghapp.cli import main; main()", "demo"]


def findings(files: dict[str, bytes]) -> list[str]:
    tree = Tree(files, files.get)
    return sorted(each.rule.id for each in analyse(tree, sorted(files), catalogue()).diagnostics)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.folder)
def test_a_sample_is_clean_until_its_pull_request_breaks_the_rules_it_names(sample: Sample) -> None:
    pull = sample.open(GitHub())
    before, after = (
        {path: pull.repository.file(path, at=sha) for path in pull.objects.files(sha)}
        for sha in (pull.base_sha, pull.head_sha)
    )

    assert findings(before) == []
    assert set(findings(after)) >= set(sample.rules)
    assert all(change.patch for change in pull.files())


def test_a_port_that_is_taken_is_not_waited_for() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert free_port(port) not in (0, port)


def test_run_once_prints_check_runs_annotations_and_suggestions_of_both_and_succeeds() -> None:
    done = subprocess.run([*COMMAND, "--once"], capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr
    for sample in SAMPLES:
        assert f"{sample.repository}#1  {sample.title}" in done.stdout
        assert all(f"/rules/{rule}" in done.stdout for rule in sample.rules)
    assert done.stdout.count("Check run ghapp: failure") == len(SAMPLES)
    assert re.search(r"\+ +terraform init -backend=false", done.stdout)


def lines(process: "subprocess.Popen[str]", until: str) -> Iterator[str]:
    assert process.stdout
    watchdog = threading.Timer(90, process.kill)  # then the output ends, and so does the wait for it
    watchdog.daemon = True
    watchdog.start()
    for line in process.stdout:
        yield line
        if until in line:
            watchdog.cancel()
            return
    raise AssertionError(f"the demo ended before it said {until!r}")


def test_applying_a_suggestion_makes_the_app_review_again_until_all_is_well() -> None:
    process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = "".join(lines(process, "Ctrl-C"))
        url = re.findall(r"http://\S+/acme/storefront/pull/1", said)[0]
        with httpx.Client() as http:
            answer = http.post(f"{url}/apply")
            told = "".join(lines(process, "success"))
            page = http.get(url).text
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    finally:
        process.kill()

    assert answer.status_code == 303
    assert "pull_request.synchronize  acme/storefront#1  202" in told
    assert "All checks have passed" in page
    assert (process.returncode, "Good-bye" in rest) == (0, True)


def test_the_app_ends_with_the_demo_even_when_that_is_killed() -> None:
    process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    address = re.findall(r"ghapp +(http://\S+)", "".join(lines(process, "ghapp ")))[0]
    process.kill()
    process.communicate(timeout=60)
    until = time.monotonic() + 20
    while (alive := _answers(address)) and time.monotonic() < until:
        time.sleep(0.1)

    assert not alive


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").is_success
    except httpx.TransportError:
        return False


def test_an_app_that_does_not_start_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ghapp.demo import run

    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setattr(sys, "executable", "/bin/false")

    assert run(once=True) == 1
    assert "did not start" in capsys.readouterr().out
