r"""A job has several executors, and each of them does all the work.

With `parallelism: 4` CircleCI runs every step four times. Unless the commands take a part each, by `circleci tests
split`, `circleci tests run` or by `CIRCLE_NODE_INDEX`, that is four times the cost for the same result. Load tests then
put four times the load on their target, and write four sets of results.

Bad:

```yaml
version: 2.1
jobs:
  performance-tests:
    docker: [{image: 'grafana/k6:2.2.0'}]
    parallelism: 4  # <-
    steps:
      - checkout
      - run: k6 run load/all.js
workflows:
  main:
    jobs: [performance-tests]
```

With `load/all.js`:

```js
export default () => http.get(__ENV.TARGET)
```

Good:

```yaml
version: 2.1
jobs:
  performance-tests:
    docker: [{image: 'grafana/k6:2.2.0'}]
    parallelism: 1
    steps:
      - checkout
      - run: k6 run load/all.js
workflows:
  main:
    jobs: [performance-tests]
```

With `load/all.js`:

```js
export default () => http.get(__ENV.TARGET)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from ghapp.pipeline import Edit, Finding, Pipeline, Platform, Rule, Severity
from ghapp.pipeline.edits import replace_value
from ghapp.pipeline.yaml import Node
from ghapp.rules._load import load_runs, on_purpose, times
from ghapp.rules._splits import may_split, repeats_tests


def detect(pipeline: Pipeline) -> Iterator[Finding]:
    seen: set[Node] = set()
    for job in pipeline.jobs:
        node = job.node.get("parallelism", merge=True)
        count = times(job) or 1
        if node is None or node in seen or count < 2 or not repeats_tests(job):
            continue
        seen.add(node)
        if on_purpose(job) or may_split(pipeline, job):
            continue
        load = next(load_runs(job), None) is not None
        what = f"{count} times the load on the target, and {count} sets of results" if load else "the same each time"
        message = (
            f"`parallelism: {count}` runs every step of `{job.id}` {count} times, and nothing gives each executor a "
            f"part of its own: {what}. Hand out the tests with `circleci tests split`, or take one executor."
        )
        yield Finding(node.place, message, Severity.FAILURE if load else None, subject=node if load else None)


def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
    """One executor does what all of them did; for other tests than load tests, sharing out was surely meant."""
    node = cast(Node | None, finding.subject)
    return replace_value(node, "1") if node is not None and (node.text or "").isdecimal() else None


RULE = Rule(
    page=__doc__,
    severity=Severity.WARNING,
    sources=("S1.3",),
    platforms=(Platform.CIRCLECI,),
    words=("parallelism:",),
    detect=detect,
    fix=fix,
)
