r"""The job logs in to ECR as one user and pushes as another.

`docker login` writes the credentials into the home directory of whoever runs it. With `sudo` that is root's: `sudo
docker push` does not see a login without `sudo`, and the other way round. The registry answers "no basic auth
credentials", as if nobody had logged in.

Bad:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/amazon-ecr-login@v2
      - run: sudo docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:1  # <-
```

Good:

```yaml
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/amazon-ecr-login@v2
      - run: docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:1
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Command, Edit, Evidence, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_in
from ghapp.pipeline.model import Job, RunnerKind
from ghapp.rules._ecr import Transfer
from ghapp.rules._ecr_logins import transfers_with_logins


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    for job in pipeline.jobs:
        for transfer, logins in transfers_with_logins(job) if _is_no_root(job) else ():
            item = transfer.item
            found = [each for each in logins if not each.registry.differs(transfer.registry)]
            by_root = isinstance(item, Command) and "sudo" in item.wrappers
            if not found or any(each.by_root == by_root or not _plain(each.item) for each in found) or not _plain(item):
                continue
            who, other = ("as root", "without `sudo`") if by_root else ("without `sudo`", "as root")
            message = (
                f"The {transfer.words} runs {who}, but the login before it {other}: each has a Docker configuration of "
                "its own, so the registry answers 'no basic auth credentials'. Run both as the same user."
            )
            evidence = tuple(Evidence(each.item.place, f"logs in {other}") for each in found)
            yield Finding(transfer.place, message, evidence=evidence, subject=transfer)
            break


def _is_no_root(job: Job) -> bool:
    """Whether commands run as a user whose home is not root's: GitHub's runners, CircleCI's machines and images."""
    return job.runner.kind is RunnerKind.HOSTED or (job.runner.image or "").startswith("cimg/")


def _plain(item: object) -> bool:
    """Not so: `sudo -E`, `sudo HOME=…`, which may keep the user's own configuration."""
    if not isinstance(item, Command) or "sudo" not in item.wrappers:
        return True
    return item.script.text.value[item.start : item.words[0].start].split() in (["sudo"], ["sudo", "-n"])


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """The push without `sudo`: on these machines the user may ask Docker himself, as the login has shown."""
    item = cast(Transfer, finding.subject).item
    if not isinstance(item, Command) or "sudo" not in item.wrappers:
        return None
    return replace_in(item.script.text, item.start, item.words[0].end, item.words[0].raw)


RULE = Rule(
    page=__doc__,
    severity=Severity.FAILURE,
    sources=("S1.6",),
    platforms=(Platform.ACTIONS, Platform.CIRCLECI),
    words=("sudo push ecr", "sudo pull ecr"),
    detect=detect,
    fix=fix,
)
