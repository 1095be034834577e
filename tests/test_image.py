"""What the Dockerfile says, done without Docker: built, started under its own command, and asked for its health.

The paths of the image are mapped into a temporary folder. Not done here: pulling the base image, installing the pinned
dependencies (the tests run with the same pins: test_repository), and adding the user.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HOUSE = Path(__file__).parents[1]
TEXT = re.sub(r"\\\n", " ", (HOUSE / "Dockerfile").read_text("utf-8"))
BUILD, FINAL = (
    [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in stage.splitlines() if re.match(r"[A-Z]+ ", line)]
    for stage in re.split(r"^(?=FROM )", TEXT, flags=re.MULTILINE)[1:]
)
STATE = "/var/lib/ghapp"


def arguments(stage: list[tuple[str, str]], instruction: str) -> list[str]:
    return [rest for name, rest in stage if name == instruction]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in arguments(FINAL, "ENV") for pair in shlex.split(line))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the image's own commands have built and installed ghapp."""
    root = tmp_path_factory.mktemp("image")
    source, target = root / "src", root / "opt/ghapp"
    source.mkdir()
    for copied in arguments(BUILD, "COPY"):
        *names, to = copied.split()
        for name in names:
            copy(HOUSE / name, source / to / (Path(name).name if to.endswith("/") else ""))
    for command in arguments(BUILD, "RUN"):
        if "-m venv" not in command and "--require-hashes" not in command:
            command = command.replace(
                "/opt/ghapp/bin/python -m pip install", f"{sys.executable} -m pip install -t {target}"
            )
            run(command.replace("/opt/build/bin/python", sys.executable), source)
    return target


def copy(what: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if what.is_dir():
        shutil.copytree(what, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(what, to)


def run(command: str, directory: Path) -> None:
    done = subprocess.run(["sh", "-c", command], cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def environ(installed: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of the image, with what a person has to add."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(key)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mapped = {name: value.replace(STATE, str(tmp_path)) for name, value in environment().items()}
    return {
        **mapped,
        "PATH": f"{installed / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(installed),
        "GHAPP_PORT": str(port),
        "GHAPP_CLIENT_ID": "Iv23example",
        "GHAPP_WEBHOOK_SECRET": "a-secret-of-some-length",
        "GHAPP_PRIVATE_KEY_FILE": str(tmp_path / "key.pem"),
        "GHAPP_GITHUB_URL": "http://127.0.0.1:9",
    }


def health(environ: dict[str, str]) -> int:
    command = json.loads(arguments(FINAL, "HEALTHCHECK")[0].partition("CMD ")[2])
    command[0] = sys.executable
    return subprocess.run(command, env=environ, capture_output=True, check=False).returncode


@pytest.fixture
def served(environ: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [json.loads(arguments(FINAL, name)[0]) for name in ("ENTRYPOINT", "CMD")]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*command[0], *command[1]], cwd=tmp_path, env=environ, stdout=log, stderr=log)
    yield process
    process.kill()
    process.wait()


def test_the_wheel_has_what_the_package_needs_besides_modules(installed: Path) -> None:
    [wheel] = (installed.parents[1] / "src/dist").glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    data = {
        str(path.relative_to(HOUSE / "src"))
        for path in (HOUSE / "src/ghapp").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert data <= packed
    assert "ghapp/py.typed" in packed


def test_the_image_serves_and_its_health_check_says_so(
    served: subprocess.Popen[bytes], environ: dict[str, str], tmp_path: Path
) -> None:
    until = time.monotonic() + 30
    while health(environ) != 0 and served.poll() is None and time.monotonic() < until:
        time.sleep(0.2)

    assert served.poll() is None, (tmp_path / "log").read_text()
    assert health(environ) == 0
    assert (tmp_path / "ghapp.db").exists()


def test_the_health_check_fails_where_nothing_listens(environ: dict[str, str]) -> None:
    assert health(environ) != 0


def test_the_image_does_not_run_as_root_and_its_state_is_on_a_volume() -> None:
    [user] = arguments(FINAL, "USER")
    names = [name for name, _ in FINAL]

    assert user not in ("root", "0")
    assert f"--uid {user} " in arguments(FINAL, "RUN")[0]
    assert max(at for at, name in enumerate(names) if name == "RUN") < names.index("USER")
    assert arguments(FINAL, "VOLUME") == arguments(FINAL, "WORKDIR") == [STATE]
    assert environment()["GHAPP_DATABASE_URL"] == f"sqlite:///{STATE}/ghapp.db"


def test_nothing_is_installed_without_a_hash() -> None:
    installs = [command for command in arguments(BUILD, "RUN") + arguments(FINAL, "RUN") if "pip install" in command]

    assert installs
    assert all("--require-hashes" in command or "--no-index" in command for command in installs)


def test_what_is_copied_is_let_into_the_build() -> None:
    allowed = [line[1:] for line in (HOUSE / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [name for line in arguments(BUILD, "COPY") for name in line.split()[:-1]]

    assert all(any(fnmatch(name, pattern) for pattern in allowed) for name in copied)


def test_both_stages_start_from_the_same_image() -> None:
    assert arguments(BUILD, "FROM")[0].split()[0] == arguments(FINAL, "FROM")[0]


def test_compose_keeps_the_state_and_drops_what_the_server_does_not_need() -> None:
    compose = yaml.safe_load((HOUSE / "deploy/compose.yaml").read_text())
    service = compose["services"]["ghapp"]

    assert f"state:{STATE}" in service["volumes"]
    assert "state" in compose["volumes"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {Path(service["env_file"]).name + ".example"} <= {path.name for path in (HOUSE / "deploy").iterdir()}
