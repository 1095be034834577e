"""How a tool is installed in a step of its own: pinned, its checksum verified, in at most five lines of shell."""

from __future__ import annotations

import re
from typing import Any

from ghapp.pipeline import Platform
from ghapp.pipeline.model import Job
from ghapp.rules._facts import facts
from ghapp.rules._missing_tools import Missing
from ghapp.rules._tools import Base, tools

_SHA = re.compile(r"[0-9a-f]{40}")
_PYTHON_3_12 = "ubuntu-24.04"  # the image whose own Python it is


def through_npx(call: Missing) -> bool:
    """Whether the package.json beside the command lists the tool, so that `npx` finds what `npm ci` has installed."""
    package, directory = call.tool.data.get("npm"), call.command.directory
    if package is None or directory is None:
        return False
    source = call.job.pipeline.tree.source(f"{directory}/package.json".lstrip("/"))
    return source is not None and f'"{package}"' in source.text


def advice(call: Missing) -> str:
    """What to do, in a sentence."""
    if through_npx(call):
        return f"package.json lists it: behind `npm ci`, `npx {call.command.name}` finds it."
    return call.tool.data.get("advice", "Install it in a step before this one.")


def install_step(call: Missing) -> str | None:
    """The step, as YAML at the left margin, that puts the tool on the PATH of the job's machine.

    None when it cannot be said for this machine, or when which version to take is the repository's business.
    """
    data: dict[str, Any] = {"version": "", **call.tool.data}
    if "project" in data or not all(_plain(machine.base, machine.image) for machine in call.machines):
        return None
    circleci = call.job.pipeline.platform is Platform.CIRCLECI
    if not circleci and "action" in data:
        return _action(call.job, data)
    lines = _download(data, circleci) or (_on_circleci(call, data) if circleci else _on_github(call, data))
    if not lines or not all({data["needs"]} <= machine.has for machine in call.machines if "needs" in data):
        return None
    return _step(f"Install {call.tool.name} {data['version']}".rstrip(), lines, circleci)


def _plain(base: Base, image: str) -> bool:
    """Whether it is a Linux on x64 that has `sudo` and `curl`."""
    return base is not Base.IMAGE and not image.startswith(("macos", "windows")) and not image.endswith("-arm")


def _step(name: str, lines: list[str], circleci: bool) -> str:
    if circleci:
        shell = "\n".join(f"      {line}" for line in lines)
        return f"- run:\n    name: {name}\n    command: |\n{shell}\n"
    if len(lines) == 1:
        return f"- run: {lines[0]}\n"
    shell = "\n".join(f"    {line}" for line in lines)
    return f"- name: {name}\n  run: |\n{shell}\n"


def _action(job: Job, data: dict[str, Any]) -> str:
    """The action that sets it up, pinned as the job pins its others: by commit, or by tag."""
    action = data["action"]
    refs = [step.uses.ref for step in job.steps if step.uses is not None and not step.uses.local]
    by_commit = sum(bool(_SHA.fullmatch(ref)) for ref in refs) * 5 >= len(refs) * 4
    pin = facts("tools")["pins"][action["uses"]]
    ref = f"{pin['sha']} # {pin['tag']}" if by_commit else pin["tag"]
    given = [f"    {name}: {value.format(**data)}" for name, value in action["with"].items()]
    return "\n".join([f"- uses: {action['uses']}@{ref}", "  with:", *given, ""])


def _download(data: dict[str, Any], circleci: bool) -> list[str]:
    """A published archive or program, held against the checksums published with it."""
    release = data.get("release") or data.get("folder")
    if release is None:
        return []
    url, file, sums, *_ = (value.format(**data) for value in release.values())
    fetch = f"curl -fsSL -O {url}/{file} -O {url}/{sums}"
    if "folder" in data:
        bin_ = release["bin"].format(**data)
        add = f"""echo 'export PATH="$HOME/{bin_}:$PATH"' >> "$BASH_ENV\"""" if circleci else ""
        return [
            "cd",
            fetch,
            f"sha512sum --check {sums}",
            f"tar -xzf {file}",
            add or f'echo "$HOME/{bin_}" >> "$GITHUB_PATH"',
        ]
    member = release["member"].format(**data)
    unpack = [f"unzip -q {file} {member}"] if file.endswith(".zip") else [f"tar -xzf {file} {member}"]
    check = f"sha256sum --check --ignore-missing {sums}"
    put = f"sudo install {member} /usr/local/bin/{data['commands'].split()[0]}"
    return ['cd "$(mktemp -d)"', fetch, check, *(unpack if member != file else []), put]


def _on_github(call: Missing, data: dict[str, Any]) -> list[str]:
    if "pip" in data:
        fits = "python" not in data or all(machine.image == _PYTHON_3_12 for machine in call.machines)
        return [f"pipx install '{data['pip']}=={data['version']}'"] if fits else []
    if "npm" in data:
        return [f"npm install --global {data['npm']}@{data['version']}"]
    if "go" in data:
        return [f"go install {data['go'].format(**data)}", 'echo "$(go env GOPATH)/bin" >> "$GITHUB_PATH"']
    return [f"sudo apt-get update && sudo apt-get install --yes {data['apt']}"] if "apt" in data else []


def _on_circleci(call: Missing, data: dict[str, Any]) -> list[str]:
    has = call.machines[0].has
    if "pip" in data:
        python = f"--python {data['python']} " if "python" in data else ""
        uv = tools()["uv"].data["version"]
        get = [] if "uv" in has else [f"curl -LsSf https://astral.sh/uv/{uv}/install.sh | sh"]
        return [
            *get,
            f"{'' if 'uv' in has else '~/.local/bin/'}uv tool install {python}'{data['pip']}=={data['version']}'",
        ]
    if "npm" in data:
        return [f"sudo npm install --global {data['npm']}@{data['version']}"] if "npm" in has else []
    if "go" in data:
        return (
            [f"go install {data['go'].format(**data)}"]
            if "go" in has and call.machines[0].base is Base.CIRCLECI
            else []
        )
    return [f"sudo apt-get update && sudo apt-get install --yes {data['apt']}"] if "apt" in data else []
