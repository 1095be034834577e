"""Commands whose failure is what they are run for: tests, builds, linters, changes of infrastructure and databases."""

from __future__ import annotations

from ghapp.pipeline import Command

_ALWAYS = frozenset(
    {
        "pytest", "tox", "nox", "jest", "vitest", "mocha", "ctest", "rspec", "phpunit", "make", "mvn", "gradle",
        "gradlew", "shellcheck", "golangci-lint", "eslint", "tsc", "mypy", "ruff", "flake8", "hadolint", "yamllint",
        "actionlint", "terragrunt", "ansible-playbook", "flyway", "liquibase", "alembic", "dbmate", "gotestsum",
    }
)  # fmt: skip
_WITH = {
    "go": frozenset({"test", "build", "vet"}),
    "cargo": frozenset({"test", "build", "clippy", "nextest"}),
    "npm": frozenset({"test", "run", "ci"}),
    "yarn": frozenset({"test", "run", "build", "lint"}),
    "pnpm": frozenset({"test", "run", "build", "lint"}),
    "npx": frozenset({"playwright", "cypress", "jest", "vitest"}),
    "dotnet": frozenset({"test", "build"}),
    "terraform": frozenset({"plan", "apply", "validate", "destroy"}),
    "tofu": frozenset({"plan", "apply", "validate", "destroy"}),
    "docker": frozenset({"build", "push"}),
    "helm": frozenset({"upgrade", "install", "lint"}),
    "kubectl": frozenset({"apply", "rollout"}),
    "aws": frozenset({"cloudformation", "deploy"}),
    "cdk": frozenset({"deploy"}),
    "bundle": frozenset({"exec"}),
}
WORDS = (*sorted(_ALWAYS), *sorted(_WITH))


def is_gate(command: Command) -> bool:
    """Whether the command is run for its failure, as far as its name and first operand tell."""
    if command.name in _ALWAYS:
        return True
    wanted = _WITH.get(command.name or "")
    return wanted is not None and bool(command.operands) and command.operands[0].literal in wanted
