"""Whether something waits for a service before it is used."""

from __future__ import annotations

import re

from ghapp.pipeline import Command, Gap, Job, Mask, Step
from ghapp.rules._services import Known

_USES = re.compile(
    r"(?>(?:(?:bundle exec|npx(?>(?: -\S+)*)|pnpm exec|yarn|(?:poetry|pdm|uv|pipenv) run"
    r"|(?:python3?|coverage run)(?: -m)?) )*)(?:\S*/)?"
    r"(?:psql|mysql|mongosh|createdb|pytest|jest|vitest|mocha|rspec|phpunit|tox|nox|test"
    r"|(?:go|cargo|dotnet|mix|(?:npm|pnpm)(?: run)?) test|manage\.py (?:test|migrate)"
    r"|(?:rails|rake) (?:db:\S+|test|spec)|(?:npm|pnpm|yarn) run \S*migrat\S*|(?:prisma|knex) migrate\S*"
    r"|alembic upgrade)(?:\s|$)"
)
"""Commands that speak to a database at once: clients, migrations, tests. Gradle and Maven compile first."""
_WAITS = re.compile(
    r"wait|isready|ping|sleep|dockerize|retry|health|until |while |\bnc |timeout|/dev/tcp|ready"
    r"|^(?:sudo )?(?:apt|apt-get|apk|dnf|yum) (?:-\S+ )*(?:install|add)\b",
    re.IGNORECASE,
)
"""What waits, or takes as long as a database does to start: packages of the system are never cached."""


def is_checked(known: Known) -> bool:
    """Whether it has a health check, or may have one."""
    options = known.service.node.get("options", ignore_case=True)
    return options is not None and ("health" in (options.text or "") or "${{" in (options.text or "${{"))


def first_user(job: Job) -> Command | None:
    """The first command that speaks to a database, if nothing before it waits or cannot be read."""
    for item in job.trail:
        if isinstance(item, Gap) or _WAITS.search(item.step.name if isinstance(item, Command) else item.name):
            return None
        if isinstance(item, Step):
            if item.uses is not None and _WAITS.search(item.uses.name):
                return None
        elif _WAITS.search(item.raw) or item.guards or Mask.CONDITION in item.masks:
            return None
        elif _USES.match(" ".join(item.raw.split())):
            return item
    return None
