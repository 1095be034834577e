"""What jobs are for, by their names and by what they run: nothing is known for certain, so it is counted.

- `role_score(job, role)`: how much speaks for it. Roles: `deploy`, `test` (unit tests, linters), `integration-test`,
  `e2e-test`, `performance-test`, `smoke-test`, `security-scan`, `rollback`. `plays(job, role)` is weak (3 and more: a
  name alone does), `plays_surely(job, role)` strong (5 and more: a name and what it runs). Names lie: a finding of
  severity failure needs a sure role or a command that proves it.
- `deploys(job)`: the commands and steps that change a running target, in order; no dry runs, no clusters that the job
  itself has made.
- `production(job)`: by which words a job says that it works on production, or an empty text.
- `checks_health(item)`, `rolls_back(item)`: of a command or a step. Whether a bad answer fails the job is the caller's
  question (`command.masks`, `step.tolerated`); what could not be followed (Gap) may check or roll back, too.
- `items_of(job)`: everything a job does, each with its text as one line (`said`) for patterns of a rule's own.

Nothing is computed before it is asked for; what was found out about a job is kept as long as the job.
"""

from ghapp.pipeline.roles.evidence import action_of, checks_health, deploys, items_of, rolls_back, said
from ghapp.pipeline.roles.production import is_other_environment, is_production, production
from ghapp.pipeline.roles.score import STRONG, WEAK, plays, plays_surely, role_score, workflow_names
from ghapp.pipeline.roles.vocabulary import normal

__all__ = [
    "STRONG",
    "WEAK",
    "action_of",
    "checks_health",
    "deploys",
    "is_other_environment",
    "is_production",
    "items_of",
    "normal",
    "plays",
    "plays_surely",
    "production",
    "role_score",
    "rolls_back",
    "said",
    "workflow_names",
]
