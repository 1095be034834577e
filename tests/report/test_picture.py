"""The picture of the order of jobs, for findings that are about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from report.build import rule_url

from ghapp.pipeline.engine import Analysis, analyse, compare
from ghapp.pipeline.rule import Confidence
from ghapp.pipeline.tree import Tree
from ghapp.report import check_run, pictures
from ghapp.rules import catalogue

FILE = ".github/workflows/deploy.yml"
DEPLOY = """\
on: {push: {branches: [main]}}
jobs:
  unit-tests:
    runs-on: ubuntu-24.04
    steps:
      - run: npm test
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: docker build .
  deploy-production:
    runs-on: ubuntu-24.04
    needs: [build, build]
    steps:
      - run: kubectl apply -f k8s/
"""
CIRCLE = """\
version: 2.1
jobs:
  test: {docker: [{image: "cimg/node:22.0"}], steps: [checkout, {run: npm test}]}
  deploy: {docker: [{image: "cimg/deploy:2024.08"}], steps: [checkout, {run: kubectl apply -f k8s/}]}
workflows:
  "release | it":
    jobs:
      - test
      - deploy: {name: deploy-production}
  nightly:
    jobs: [test]
"""


def analysed(text: str, path: str = FILE) -> Analysis:
    return analyse(Tree([path], {path: text.encode()}.get), [path], catalogue())


def drawn(text: str, path: str = FILE) -> tuple[str, ...]:
    analysis = analysed(text, path)
    return pictures(analysis.diagnostics, analysis.pipelines)


def many(count: int, needs: str = "") -> str:
    """The deploy with so many more jobs in front of it."""
    job = "  job{}:\n    runs-on: ubuntu-24.04\n{}    steps:\n      - run: make\n"
    return DEPLOY + "".join(job.format(at, needs.format(at)) for at in range(count))


def test_a_deploy_that_waits_for_no_test_is_shown_among_its_jobs(as_in_golden: Callable[[str, str], None]) -> None:
    analysis = analysed(DEPLOY)
    outcome = compare(analysis, Analysis())
    said = check_run(outcome, rule_url=rule_url, pictures=pictures(outcome.new, analysis.pipelines)).summary

    as_in_golden("check_run_picture.md", f"{said}\n")


def test_a_workflow_of_circleci_is_a_picture_of_its_own() -> None:
    (picture,) = drawn(CIRCLE, ".circleci/config.yml")

    assert picture.startswith("The order of the jobs in `.circleci/config.yml`, workflow `release | it`: red is ")
    assert 'j1["deploy-production<br/>config.yml#58;9"]' in picture
    assert "class j0 beside\nclass j1 failing" in picture


def test_a_finding_that_is_not_about_the_order_is_not_drawn() -> None:
    assert drawn(DEPLOY.replace("needs: [build, build]", "needs: [unit-tests]")) == ()


def test_a_finding_that_may_be_none_is_not_drawn() -> None:
    analysis = analysed(DEPLOY)
    unsure = [replace(each, finding=replace(each.finding, confidence=Confidence.LOW)) for each in analysis.diagnostics]

    assert pictures(unsure, analysis.pipelines) == ()


def test_a_finding_of_another_file_is_not_drawn_here() -> None:
    here, there = analysed(DEPLOY), analysed(DEPLOY, ".github/workflows/other.yml")

    assert pictures(here.diagnostics, there.pipelines) == ()


def test_of_many_jobs_the_marked_ones_and_their_neighbours_are_drawn() -> None:
    (picture,) = drawn(many(60).replace("  build:\n", "  build:\n    needs: [job7]\n"))

    assert '"deploy-production<br/>deploy.yml#58;12"' in picture
    assert '"build"' in picture
    assert '"job7"' not in picture
    assert picture.count(" --> ") == 1
    assert "60 more jobs would not fit here." in picture


def test_a_tangle_of_needs_is_not_drawn_in_full() -> None:
    every = ", ".join(f"job{at}" for at in range(30))
    (picture,) = drawn(many(30, f"    needs: [{every}]\n"))

    assert picture.count(" --> ") == 200


def test_no_more_than_three_pictures_are_drawn() -> None:
    paths = [f".github/workflows/{at}.yml" for at in range(5)]
    analysis = analyse(Tree(paths, lambda path: DEPLOY.encode()), paths, catalogue())

    assert len(pictures(analysis.diagnostics, analysis.pipelines)) == 3


def test_nothing_in_a_name_gets_out_of_its_label() -> None:
    hostile = '"deploy-production\\"] --> x; click x \\n```\\n<img src=x>`#quot;%%{init}$$@team 1. "'
    (picture,) = drawn(DEPLOY.replace("deploy-production", hostile))
    body = re.fullmatch(r"[^\n]*\n\n```mermaid\n(.*)\n```", picture, re.DOTALL)
    assert body is not None
    node = re.compile(r'j\d+\["(?:[\w./,()…-]|#\d+;|<br/>)*"\]')
    lines = body[1].split("\n")

    assert all(node.fullmatch(line) for line in lines[1:4])
    assert [line for line in lines if "-->" in line] == ["j1 --> j2"]
    assert "production#34;#93;#32;--#62;" in lines[3]
