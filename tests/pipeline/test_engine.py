"""The engine: what it reads, what it makes of rules that fail, and which edits it takes for proven."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from textwrap import dedent

import pytest
from pipeline.toys import NO_FAIL, WORKFLOW, analysed, at, commands, instead, rule, workflow

from ghapp.pipeline import Confidence, Edit, Finding, Pipeline, Platform, Severity
from ghapp.pipeline.edits import insert_lines_before
from ghapp.pipeline.engine import Crash, FileError, analyse
from ghapp.pipeline.policy import Policy
from ghapp.pipeline.tree import Tree

ONE_STEP = """
    on: push
    jobs:
      build:
        runs-on: ubuntu-latest
        steps:
          - run: fail here
"""
CALLER = """
    on: push
    jobs:
      build:
        runs-on: ubuntu-latest
        steps:
          - run: ci/build.sh
"""
CONFIG = """
    version: 2.1
    jobs:
      build:
        docker: [{image: cimg/base:2026.01}]
        steps:
          - run: fail here
    workflows:
      main:
        jobs: [build]
"""


# --- What is read -------------------------------------------------------------------------------


def test_files_that_are_no_ci_are_passed_over() -> None:
    analysis = analysed({"README.md": "fail", "src/main.py": "fail", WORKFLOW: ONE_STEP})

    assert at(analysis) == [("no-fail", WORKFLOW, 7)]
    assert analysis.files == 1


def test_a_path_named_twice_is_read_once() -> None:
    analysis = analysed({WORKFLOW: ONE_STEP}, paths=[WORKFLOW, WORKFLOW])

    assert analysis.files == 1
    assert len(analysis.diagnostics) == 1


def test_a_file_whose_text_is_not_at_hand_is_wanted() -> None:
    analysis = analyse(Tree([WORKFLOW], lambda path: None), [WORKFLOW], [NO_FAIL])

    assert analysis.files == 0
    assert analysis.wanted == {WORKFLOW}


def test_a_called_script_is_seen_through_its_caller_alone() -> None:
    analysis = analysed({WORKFLOW: CALLER, "ci/build.sh": "fail\n", "ci/other.sh": "fail\n"})

    assert at(analysis) == [("no-fail", "ci/build.sh", 1), ("no-fail", "ci/other.sh", 1)]
    assert analysis.files == 3
    assert [each.anchor.split("\t")[0] for each in analysis.diagnostics] == ["", ""]


def test_a_script_that_is_only_named_is_still_read_on_its_own() -> None:
    text = ONE_STEP.replace("fail here", "echo run ci/build.sh by hand")

    assert at(analysed({WORKFLOW: text, "ci/build.sh": "fail\n"})) == [("no-fail", "ci/build.sh", 1)]


def test_a_script_called_by_two_workflows_is_found_once() -> None:
    files = {WORKFLOW: CALLER, ".github/workflows/release.yml": CALLER, "ci/build.sh": "fail\n"}

    assert at(analysed(files)) == [("no-fail", "ci/build.sh", 1)]


def test_a_job_invoked_twice_is_found_once() -> None:
    text = CONFIG.replace("[build]", "[build, {build: {name: again}}]")

    assert at(analysed({".circleci/config.yml": text})) == [("no-fail", ".circleci/config.yml", 7)]


# --- Files that cannot be read ------------------------------------------------------------------


def test_a_broken_workflow_is_an_error_at_its_place() -> None:
    analysis = workflow("on: push\njobs: [\n")

    assert [(each.path, each.line) for each in analysis.errors] == [(WORKFLOW, 3)]
    assert analysis.files == 0


def test_a_workflow_that_is_not_utf_8_is_an_error() -> None:
    analysis = analyse(Tree([WORKFLOW], lambda path: b"on: \xff\n"), [WORKFLOW], [NO_FAIL])

    assert [(each.line, each.column) for each in analysis.errors] == [(1, 5)]


def test_the_others_are_read_all_the_same() -> None:
    analysis = analysed({".github/workflows/broken.yml": "a: [", WORKFLOW: ONE_STEP})

    assert len(analysis.errors) == 1
    assert at(analysis) == [("no-fail", WORKFLOW, 7)]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (".circleci/config.yml", "jobs: [", True),
        (".circleci/continue.yml", "version: 2.1\njobs: [", True),
        (".circleci/test-suites.yml", "name: ci tests\n---\nname: windows tests\n", False),
        (".circleci/src/jobs/test.yml", "steps: [", False),
        ("tools/lint/action.yml", "name: Lint\nruns: [", True),
        ("playbooks/action.yml", "- hosts: [", False),
        ("ci/latin.sh", "echo caf\udce9", False),
    ],
)
def test_a_broken_file_is_an_error_where_it_is_surely_ci(path: str, text: str, *, said: bool) -> None:
    data = text.encode("utf-8", "surrogateescape")

    analysis = analyse(Tree([path], lambda path: data), [path], [NO_FAIL])

    assert bool(analysis.errors) == said
    assert analysis.files == 0


def test_a_key_twice_is_an_error_on_github_actions() -> None:
    analysis = workflow(ONE_STEP + "    on: pull_request\n")

    assert analysis.errors == (
        FileError(WORKFLOW, 8, 1, "`on` is already defined in this map; GitHub refuses the file."),
    )
    assert at(analysis) == [("no-fail", WORKFLOW, 7)]


def test_a_key_twice_is_no_error_on_circleci() -> None:
    analysis = analysed({".circleci/config.yml": CONFIG + "    version: 2.1\n"})

    assert analysis.errors == ()
    assert len(analysis.diagnostics) == 1


# --- Which rules are asked ----------------------------------------------------------------------


def asked(words: tuple[str, ...], files: dict[str, str], platforms: tuple[Platform, ...] = tuple(Platform)) -> bool:
    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        yield Finding(pipeline.source.place(0, 1), "Asked.")

    return bool(analysed(files, [rule("asked", detect, words=words, platforms=platforms)]).diagnostics)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("fail",), True),
        (("runs-on: ubuntu",), True),
        (("helm",), False),
        (("helm", "ubuntu"), True),
        (("fail helm",), False),
        (("fail ubuntu", "helm"), True),
    ],
)
def test_a_rule_is_asked_where_its_words_occur(words: tuple[str, ...], *, expected: bool) -> None:
    assert asked(words, {WORKFLOW: ONE_STEP.replace("fail here", "FAIL here")}) == expected


def test_a_rule_is_asked_where_its_words_occur_in_a_script_that_is_called_through_another() -> None:
    files = {WORKFLOW: CALLER, "ci/build.sh": "./ci/deep.sh\n", "ci/deep.sh": "helm upgrade\n"}

    assert asked(("helm ci/build",), files)


def test_scripts_that_call_each_other_are_read_once() -> None:
    files = {WORKFLOW: CALLER, "ci/build.sh": "./ci/deep.sh\n", "ci/deep.sh": "./ci/build.sh\n"}

    assert not asked(("helm",), files)


def test_at_most_sixty_four_files_are_looked_through() -> None:
    scripts = {f"ci/{number}.sh": f"./ci/{number + 1}.sh\n" for number in range(70)}
    caller = ONE_STEP.replace("fail here", "./ci/0.sh")
    last = {"ci/70.sh": "helm upgrade\n"}

    assert not asked(("helm",), {WORKFLOW: caller, **scripts, **last}, (Platform.ACTIONS,))


def test_a_rule_is_asked_on_its_platforms_only() -> None:
    assert not asked(("fail",), {WORKFLOW: ONE_STEP}, (Platform.CIRCLECI, Platform.SHELL))


# --- Rules and models that crash ----------------------------------------------------------------


def crash(pipeline: Pipeline) -> Iterator[Finding]:
    raise LookupError("no such thing")
    yield


def test_a_rule_that_crashes_is_named_and_the_others_go_on() -> None:
    analysis = workflow(ONE_STEP, [rule("bad-rule", crash), NO_FAIL])

    assert analysis.crashes == (Crash("bad-rule", WORKFLOW, "LookupError: no such thing"),)
    assert at(analysis) == [("no-fail", WORKFLOW, 7)]


def test_a_fix_that_crashes_is_named_and_its_finding_stays() -> None:
    def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
        raise LookupError("no such thing")

    analysis = workflow(ONE_STEP, [rule("bad-fix", commands("fail"), fix)])

    assert analysis.crashes == (Crash("bad-fix", WORKFLOW, "LookupError: no such thing"),)
    assert at(analysis) == [("bad-fix", WORKFLOW, 7)]
    assert analysis.diagnostics[0].edit is None


def tree_that_breaks(files: dict[str, str], broken: str) -> Tree:
    def read(path: str) -> bytes:
        if path == broken:
            raise OSError("the disk is gone")
        return files[path].encode()

    return Tree([*files, broken], read)


def test_a_file_whose_reading_crashes_is_named_and_the_others_are_read() -> None:
    other = ".github/workflows/other.yml"

    analysis = analyse(tree_that_breaks({WORKFLOW: "on: push\n"}, other), [other, WORKFLOW], [NO_FAIL])

    assert analysis.crashes == (Crash("pipeline", other, "OSError: the disk is gone"),)
    assert analysis.files == 1


def test_a_called_file_whose_reading_crashes_is_named_once() -> None:
    files = {WORKFLOW: dedent(CALLER)}

    analysis = analyse(tree_that_breaks(files, "ci/build.sh"), [WORKFLOW], [NO_FAIL])

    assert analysis.crashes == (Crash("pipeline", WORKFLOW, "OSError: the disk is gone"),)


def test_a_script_is_judged_alone_when_the_model_of_its_caller_crashes() -> None:
    asked = 0

    def read(path: str) -> bytes | None:
        nonlocal asked
        if path == "ci/more.sh":
            asked += 1
            if asked > 1:
                raise OSError("the disk is gone")
            return None
        return {WORKFLOW: dedent(CALLER) + "      - run: ci/more.sh\n", "ci/build.sh": "fail\n"}[path].encode()

    tree = Tree([WORKFLOW, "ci/build.sh", "ci/more.sh"], read)
    analysis = analyse(tree, [WORKFLOW, "ci/build.sh"], [NO_FAIL])

    assert analysis.crashes == (Crash("pipeline", WORKFLOW, "OSError: the disk is gone"),)
    assert at(analysis) == [("no-fail", "ci/build.sh", 1)]


def test_a_model_that_crashes_is_no_rules_fault_and_named_once() -> None:
    asked = 0

    def read(path: str) -> bytes | None:
        nonlocal asked
        if path == WORKFLOW:
            return dedent(CALLER).encode()
        asked += 1
        if asked > 1:
            raise OSError("the disk is gone")
        return None

    rules = [rule("one", commands("fail")), rule("two", commands("fail"))]

    analysis = analyse(Tree([WORKFLOW, "ci/build.sh"], read), [WORKFLOW], rules)

    assert analysis.crashes == (Crash("pipeline", WORKFLOW, "OSError: the disk is gone"),)


def test_a_caller_that_cannot_be_followed_leaves_its_scripts_to_themselves() -> None:
    files = {WORKFLOW: dedent(CALLER), "ci/other.sh": "fail\n"}

    analysis = analyse(tree_that_breaks(files, "ci/build.sh"), list(files), [NO_FAIL])

    assert at(analysis) == [("no-fail", "ci/other.sh", 1)]
    assert [each.rule for each in analysis.crashes] == ["pipeline"]


# --- Several findings at one place --------------------------------------------------------------


def test_of_findings_at_one_place_the_gravest_and_surest_stays() -> None:
    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        place = pipeline.source.place(0, 2)
        yield Finding(place, "Perhaps.", Severity.NOTICE)
        yield Finding(place, "Likely.", Severity.FAILURE, Confidence.MEDIUM)
        yield Finding(place, "Surely.", Severity.FAILURE)
        yield Finding(place, "Also.", Severity.FAILURE)
        yield Finding(place, "Little.")

    analysis = workflow("on: push\n", [rule("graded", detect)])

    assert [each.finding.message for each in analysis.diagnostics] == ["Surely."]


def test_diagnostics_stand_in_the_order_of_the_file() -> None:
    other = rule("all-true", commands("true"))
    text = ONE_STEP.replace("fail here", "true; fail; fail")

    analysis = workflow(text, [NO_FAIL, other])

    assert [each.rule.id for each in analysis.diagnostics] == ["all-true", "no-fail", "no-fail"]


# --- Proof --------------------------------------------------------------------------------------


def proven(rules, files: dict[str, str]) -> list[bool]:
    return [each.proven for each in analysed(files, rules).diagnostics if each.edit is not None]


def test_an_edit_that_clears_its_finding_is_proven() -> None:
    assert proven([NO_FAIL], {WORKFLOW: ONE_STEP}) == [True]


def test_each_of_several_findings_has_its_own_proof() -> None:
    assert proven([NO_FAIL], {WORKFLOW: ONE_STEP.replace("fail here", "fail && fail && fail")}) == [True] * 3


def test_without_proof_there_is_no_edit() -> None:
    tree = Tree.of({"ci.sh": "fail\n"})

    assert analyse(tree, ["ci.sh"], [NO_FAIL], prove=False).diagnostics[0].edit is None


def test_a_fix_may_decline() -> None:
    assert proven([rule("no-fail", commands("fail"), lambda pipeline, finding: None)], {WORKFLOW: ONE_STEP}) == []


def test_an_edit_that_leaves_its_finding_is_not_proven() -> None:
    assert proven([rule("no-fail", commands("fail"), instead("env fail"))], {WORKFLOW: ONE_STEP}) == [False]


def test_an_edit_that_makes_another_rule_fire_is_not_proven() -> None:
    assert proven([NO_FAIL, rule("no-true", commands("true"))], {WORKFLOW: ONE_STEP}) == [False]


def test_an_edit_with_which_a_rule_crashes_is_not_proven() -> None:
    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        if any(command.name == "true" for command in pipeline.commands()):
            raise LookupError
        yield from ()

    assert proven([NO_FAIL, rule("brittle", detect)], {WORKFLOW: ONE_STEP}) == [False]


def test_an_edit_of_a_file_that_is_not_there_is_not_proven() -> None:
    def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
        return Edit("ci/gone.sh", 1, 1, ("true",))

    assert proven([rule("no-fail", commands("fail"), fix)], {WORKFLOW: ONE_STEP}) == [False]


def test_an_edit_that_breaks_the_file_is_not_proven() -> None:
    def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
        return Edit(WORKFLOW, 7, 7, ("  ]",))

    assert proven([rule("no-fail", commands("fail"), fix)], {WORKFLOW: ONE_STEP}) == [False]


def test_an_edit_of_a_script_must_please_every_pipeline_that_calls_it() -> None:
    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        for command in commands("true")(pipeline):
            if pipeline.path.endswith("release.yml"):
                yield command

    files = {WORKFLOW: CALLER, "ci/build.sh": "fail\n"}
    rules = [NO_FAIL, rule("no-true-in-releases", detect)]

    assert proven(rules, files) == [True]
    assert proven(rules, {**files, ".github/workflows/release.yml": CALLER}) == [False]


def test_an_edit_may_be_shared_by_callers_that_agree() -> None:
    def fix(pipeline: Pipeline, finding: Finding) -> Edit | None:
        command = finding.subject
        return insert_lines_before(command.script.text, command.start, "set +e")  # type: ignore[attr-defined]

    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        for finding in commands("fail")(pipeline):
            if finding.subject.errexit:  # type: ignore[attr-defined]
                yield finding

    files = {WORKFLOW: CALLER, ".github/workflows/release.yml": CALLER, "ci/build.sh": "set -e\nfail\n"}

    assert proven([rule("no-exit", detect, fix)], files) == [True]


def test_edits_beyond_the_budget_are_not_proven() -> None:
    padding = "".join(f"# {number:0400}\n" for number in range(450))

    found = proven([NO_FAIL], {"ci.sh": padding + "fail\n" * 50})

    assert found == sorted(found, reverse=True)
    assert 8 < sum(found) < 14


# --- The policy ---------------------------------------------------------------------------------


def test_a_rule_that_the_policy_has_off_is_not_asked() -> None:
    policy = Policy(severities={"no-fail": None})
    tree = Tree.of({"ci.sh": "fail\n"})

    assert analyse(tree, ["ci.sh"], [NO_FAIL], policy=policy).diagnostics == ()
    assert at(analyse(tree, ["ci.sh"], [NO_FAIL], policy=Policy())) == [("no-fail", "ci.sh", 1)]


def test_what_a_rule_finds_is_as_severe_as_the_policy_wants_it() -> None:
    policy = Policy(severities={"no-fail": Severity.NOTICE})

    (diagnostic,) = analyse(Tree.of({"ci.sh": "fail\n"}), ["ci.sh"], [NO_FAIL], policy=policy).diagnostics

    assert diagnostic.severity is Severity.NOTICE


def test_rules_read_the_policy_also_when_an_edit_is_tried() -> None:
    def detect(pipeline: Pipeline) -> Iterator[Finding]:
        if pipeline.policy.oidc_only:
            yield from commands("fail")(pipeline)

    each = rule("only-by-policy", detect, instead("true"))
    tree = Tree.of({"ci.sh": "fail\nfail\n"})
    analysis = analyse(tree, ["ci.sh"], [each], policy=Policy(oidc_only=True))

    assert at(analyse(tree, ["ci.sh"], [each])) == []
    assert [each.proven for each in analysis.diagnostics] == [True, True]


def test_which_of_too_many_scripts_are_read_is_the_same_in_every_process() -> None:
    """Python hashes strings anew in each process, and so a set has another order."""
    program = """
from ghapp.pipeline.engine import analyse
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

CI = ".github/workflows/ci.yml"
names = [f"ci/{number}.sh" for number in range(200)]
steps = "".join(f"      - run: ./{name}\\n" for name in names)
text = f"on: push\\njobs:\\n  a:\\n    runs-on: ubuntu-24.04\\n    steps:\\n{steps}"
texts = {name: b"echo ${NEXT}\\n" for name in names} | {CI: text.encode()}
asked = []
tree = Tree(texts, lambda path: asked.append(path) or texts[path])
analyse(tree, [CI], catalogue())
print(len(asked), asked)
"""

    def said(seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert said("1") == said("2")
