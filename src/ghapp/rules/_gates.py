"""Commands that are run for what they say or do, so that their failure matters: tests, builds, linters, deploys."""

from __future__ import annotations

import re

from ghapp.pipeline import Command

_ANY = frozenset((
    "pytest", "tox", "nox", "ctest", "rspec", "phpunit", "gotestsum", "mocha", "jest", "vitest", "playwright",
    "cypress", "newman", "k6", "make", "mvn", "mvnw", "gradle", "gradlew", "msbuild", "tsc", "eslint", "mypy", "ruff",
    "flake8", "shellcheck", "golangci-lint", "hadolint", "yamllint", "actionlint", "semgrep", "checkov", "tfsec",
    "tflint", "terragrunt", "ansible-playbook", "flyway", "liquibase", "alembic", "dbmate",
))  # fmt: skip
"""Programs whose failure always matters."""
_VERBS = {
    "bundle": ("exec",),
    "cargo": ("test", "build", "clippy", "nextest", "publish"),
    "cdk": ("deploy", "synth"),
    "docker": ("build", "push", "buildx"),
    "dotnet": ("test", "build", "publish"),
    "go": ("test", "build", "vet"),
    "helm": ("install", "upgrade", "rollback", "push", "lint"),
    "kubectl": ("apply", "rollout", "set", "create", "replace"),
    "npm": ("test", "run", "ci", "publish"),
    "npx": ("playwright", "cypress", "jest", "vitest"),
    "pnpm": ("test", "run", "build", "publish", "lint"),
    "pulumi": ("up", "preview"),
    "serverless": ("deploy",),
    "sls": ("deploy",),
    "terraform": ("init", "validate", "plan", "apply", "destroy"),
    "tofu": ("init", "validate", "plan", "apply", "destroy"),
    "twine": ("upload",),
    "yarn": ("test", "run", "build", "publish", "lint"),
}
"""The subcommands that count, of programs that also do what does not."""
_AWS_DEEDS = re.compile(r"(?:create|update|register|deploy|put|modify|wait|sync|cp|run|publish|start)\b")
GATES = (*sorted(_ANY), *_VERBS, "aws")
"""Their names."""


def is_gate(command: Command) -> bool:
    """Whether the command is run for its failure, as far as its name and first operands tell."""
    if command.name == "aws" and any(_AWS_DEEDS.match(word.literal or "") for word in command.operands[1:2]):
        return True
    verbs = _VERBS.get(command.name or "", ())
    return command.name in _ANY or any(command.is_a(command.name or "", verb) for verb in verbs)
