"""A judge that lives for weeks keeps nothing of what it has judged."""

import gc
import weakref
from collections.abc import Iterable

from ghapp.pipeline import Finding, Job, Pipeline, Severity
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.rule import Platform, Rule
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

DEPLOY = """\
on: push
jobs:
  test: {runs-on: ubuntu-24.04, steps: [{run: npm test}]}
  deploy-production:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v6
      - run: ./scripts/lost.sh && terraform apply && kubectl apply -f k8s/ && curl https://example.com/health
      - run: docker push 1.dkr.ecr.eu-west-1.amazonaws.com/app
"""


def test_a_job_is_forgotten_when_all_rules_have_spoken() -> None:
    jobs: list[weakref.ref[Job]] = []

    def watch(pipeline: Pipeline) -> Iterable[Finding]:
        jobs.extend(map(weakref.ref, pipeline.jobs))
        return ()

    spy = Rule("Watches.", Severity.NOTICE, (), tuple(Platform), ("",), watch, id="spy")
    found = analyse(Tree.of({".github/workflows/ci.yml": DEPLOY}), [".github/workflows/ci.yml"], [spy, *catalogue()])
    reported = len(found.diagnostics)
    del found
    gc.collect()

    assert reported > 1
    assert len(jobs) > 1
    assert not any(job() for job in jobs)
