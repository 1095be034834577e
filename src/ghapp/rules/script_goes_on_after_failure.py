r"""A script goes on after the command that counts has failed.

A script that is called runs in a shell of its own, which does not stop at a failure: the `-e` of the step does not
reach it. It ends with the status of its last command, so an `echo` at the end makes a failed build or deploy a green
step. `set -euo pipefail` at the top lets it stop where it fails.

Bad:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: ./scripts/publish.sh
```

With `scripts/publish.sh`:

```bash
#!/usr/bin/env bash
docker push "registry.example.com/app:$GITHUB_SHA"  # <-
echo "Published."
```

Good:

```yaml
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: ./scripts/publish.sh
```

With `scripts/publish.sh`:

```bash
#!/usr/bin/env bash
set -euo pipefail
docker push "registry.example.com/app:$GITHUB_SHA"
echo "Published."
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ghapp.pipeline import Command, Confidence, Evidence, Finding, Mask, Pipeline, Platform, Rule, Severity

ANY = frozenset((
    "pytest", "tox", "cargo", "mvn", "mvnw", "gradle", "gradlew", "ansible-playbook", "flyway", "liquibase", "alembic",
    "eslint", "tsc", "jest", "vitest", "playwright", "cypress", "newman", "k6", "semgrep", "checkov", "tfsec", "tflint",
    "shellcheck", "golangci-lint", "mypy", "ruff", "msbuild", "make",
))  # fmt: skip
"""Programs that a script is written for."""
VERBS = {
    "docker": ("build", "push", "buildx"),
    "terraform": ("init", "validate", "plan", "apply"),
    "tofu": ("init", "validate", "plan", "apply"),
    "kubectl": ("apply", "rollout", "set", "create", "replace"),
    "helm": ("install", "upgrade", "rollback", "push"),
    "npm": ("test", "run", "ci", "publish"),
    "yarn": ("test", "run", "build", "publish"),
    "pnpm": ("test", "run", "build", "publish"),
    "go": ("test", "build", "vet"),
    "pulumi": ("up", "preview"),
    "cdk": ("deploy", "synth"),
    "serverless": ("deploy",),
    "sls": ("deploy",),
    "dotnet": ("test", "build", "publish"),
    "twine": ("upload",),
}
"""The subcommands that count, of programs that also do what does not."""
_AWS_DEEDS = re.compile(r"(?:create|update|register|deploy|put|modify|wait|sync|cp|run|publish|start)\b")
LAST_WORDS = frozenset(("echo", "printf", "true", ":", "date", "ls", "cat", "rm", "popd", "cd", "unset"))
_HANDLES = re.compile(r"\bset\s+[-+]\w*e|\bset\s+[-+]o\s+errexit|\btrap\b|\$\?|PIPESTATUS|\bset\s+\"?\$")


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        scripts: dict[object, list[Command]] = {}
        for command in job.commands:
            if command.path != pipeline.path:
                scripts.setdefault((command.script.text.source.path, command.calls), []).append(command)
        for commands in scripts.values():
            yield from _of_script(commands)


def _of_script(commands: list[Command]) -> Iterator[Finding]:
    """`commands`: of one run of one script, in order."""
    last = commands[-1]
    counting = next((each for each in reversed(commands) if not _closes(each)), None)
    if counting is None or counting is last or last.guards or not _counts(counting):
        return
    if Mask.NO_ERREXIT not in counting.masks or counting.substituted or not counting.script.clean:
        return
    if not _HANDLES.search(counting.script.text.value):
        message = (
            f"When `{counting.raw[:60]}` fails, this script goes on and ends with the status of `{last.raw[:60]}`: the "
            "step is green. Put `set -euo pipefail` at the top."
        )
        evidence = (Evidence(last.place, "the script ends with the status of this"),)
        yield Finding(counting.place, message, confidence=Confidence.MEDIUM, evidence=evidence)


def _closes(command: Command) -> bool:
    """Whether the command says something or tidies up, whatever came of what was before it."""
    return command.name in LAST_WORDS or command.raw in ("exit 0", "exit") or not command.words


def _counts(command: Command) -> bool:
    if command.name == "aws":
        return any(_AWS_DEEDS.match(word.literal or "") for word in command.operands[1:2])
    verbs = VERBS.get(command.name or "", ())
    return command.name in ANY or any(command.is_a(command.name or "", verb) for verb in verbs)


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("C1",),
    platforms=(Platform.ACTIONS, Platform.ACTION, Platform.CIRCLECI),
    words=("scripts/", ".sh", ".bash"),
    detect=detect,
)
