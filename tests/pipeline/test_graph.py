"""Which jobs run before and after which."""

from __future__ import annotations

from pipeline.build import config_of, workflow_of

from ghapp.pipeline import graph
from ghapp.pipeline.graph import Graph
from ghapp.pipeline.model import Job, Pipeline

CHAIN = """\
    jobs:
      build: {runs-on: ubuntu-24.04, steps: [{run: make}]}
      test: {needs: build, runs-on: ubuntu-24.04, steps: [{run: make}]}
      scan: {needs: [build, nothing], runs-on: ubuntu-24.04, steps: [{run: make}]}
      deploy: {needs: [test, scan], runs-on: ubuntu-24.04, steps: [{run: make}]}
      docs: {runs-on: ubuntu-24.04, steps: [{run: make}]}
    """


def job(pipeline: Pipeline, name: str, workflow: str = "") -> Job:
    return next(each for each in pipeline.jobs if each.id == name and each.workflow == workflow)


def ids(jobs: list[Job]) -> list[str]:
    return [each.id for each in jobs]


def test_upstream_are_the_jobs_that_must_end_before_the_nearest_first() -> None:
    pipeline = workflow_of(CHAIN)

    assert ids(Graph(pipeline).upstream(job(pipeline, "deploy"))) == ["test", "scan", "build"]


def test_downstream_are_the_jobs_that_wait() -> None:
    pipeline = workflow_of(CHAIN)

    assert ids(Graph(pipeline).downstream(job(pipeline, "build"))) == ["test", "scan", "deploy"]
    assert ids(Graph(pipeline).downstream(job(pipeline, "docs"))) == []


def test_siblings_are_all_other_jobs_of_the_workflow() -> None:
    pipeline = workflow_of(CHAIN)

    assert ids(Graph(pipeline).siblings(job(pipeline, "docs"))) == ["build", "test", "scan", "deploy"]


def test_a_need_that_names_no_job_leads_nowhere() -> None:
    pipeline = workflow_of(CHAIN)

    assert ids([each for each, _ in Graph(pipeline).needs(job(pipeline, "scan"))]) == ["build"]


def test_on_circleci_a_job_is_known_within_its_workflow_with_the_status_that_is_waited_for() -> None:
    pipeline = config_of("""\
        version: 2.1
        jobs:
          deploy: {docker: [{image: cimg/base:2026.04}], steps: [checkout]}
          rollback: {docker: [{image: cimg/base:2026.04}], steps: [checkout]}
        workflows:
          one:
            jobs:
              - deploy
              - rollback: {requires: [{deploy: failed}]}
          two:
            jobs: [deploy, rollback]
        """)
    order = Graph(pipeline)

    assert [(each.id, need.statuses) for each, need in order.dependants(job(pipeline, "deploy", "one"))] == [
        ("rollback", ("failed",))
    ]
    assert order.dependants(job(pipeline, "deploy", "two")) == []
    assert ids(order.siblings(job(pipeline, "deploy", "two"))) == ["rollback"]


def test_jobs_that_wait_for_each_other_end_the_walk() -> None:
    pipeline = workflow_of("""\
        jobs:
          a: {needs: b, runs-on: ubuntu-24.04, steps: [{run: make}]}
          b: {needs: a, runs-on: ubuntu-24.04, steps: [{run: make}]}
        """)

    assert ids(Graph(pipeline).upstream(job(pipeline, "a"))) == ["b", "a"]


def test_past_the_limit_every_job_stands_before_every_other() -> None:
    size = 300  # a chain of 300 jobs, each asked: 45,000 edges
    text = "jobs:\n" + "".join(
        f"  j{at}: {{needs: j{max(0, at - 1)}, runs-on: ubuntu-24.04, steps: [{{run: make}}]}}\n" for at in range(size)
    )
    pipeline = workflow_of(text)
    order = Graph(pipeline)

    found = [len(order.upstream(each)) for each in pipeline.jobs]

    assert sum(found[:150]) < graph.MAX_VISITS
    assert found[10] == 10
    assert found[-1] == size - 1
    assert len(order.upstream(job(pipeline, "j1"))) == size - 1
