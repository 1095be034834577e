"""What is said of a path that is not there, and how gravely."""

from __future__ import annotations

from textwrap import dedent

from ghapp.pipeline.engine import analyse
from ghapp.pipeline.rule import Confidence, Diagnostic, Severity
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

RULES = [rule for rule in catalogue() if "S2.1" in rule.sources]
PATH = ".github/workflows/ci.yml"


def said(steps: str, *paths: str, tree: Tree | None = None) -> list[Diagnostic]:
    """The findings in a job of these steps, behind a checkout, in a repository with these paths."""
    head = "jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n"
    text = head + "".join(f"      {line}\n" for line in dedent(steps).strip().split("\n"))
    tree = tree or Tree.of({PATH: text}, paths)
    return list(analyse(tree, [PATH], RULES).diagnostics)


def test_a_failure_that_stops_the_step_is_grave() -> None:
    (found,) = said("- run: cp conf/a.yaml /tmp")

    assert (found.severity, found.finding.confidence) == (Severity.FAILURE, Confidence.HIGH)


def test_a_failure_that_nothing_heeds_is_a_warning() -> None:
    (found,) = said("- run: cp conf/a.yaml /tmp\n  continue-on-error: true")

    assert found.severity is Severity.WARNING


def test_a_directory_that_checkov_passes_over_is_a_warning() -> None:
    action = "- uses: bridgecrewio/checkov-action@v12\n  with:\n    directory: policies/"
    found = said(f"- run: checkov -d infra\n{action}\n    file: main.tf")

    assert [each.severity for each in found] == [Severity.WARNING, Severity.WARNING]
    assert all("and ends with status 0: nothing in it is checked." in each.finding.message for each in found)


def test_what_an_action_lacks_is_called_by_what_it_is() -> None:
    found = said(
        "- uses: hadolint/hadolint-action@v3\n  with:\n    dockerfile: Containerfile\n"
        "- uses: golangci/golangci-lint-action@v9\n  with:\n    working-directory: api/"
    )

    assert [each.finding.message[:38] for each in found] == [
        "The repository has no file `Containerf",
        "The repository has no directory `api`,",
    ]


def test_where_something_unknown_ran_before_the_confidence_is_medium() -> None:
    (found,) = said("- run: some-tool && ./scripts/gone.sh", "scripts/other.sh")

    assert found.finding.confidence is Confidence.MEDIUM
    assert "nothing that can be seen makes it" in found.finding.message


def test_the_working_directory_is_named() -> None:
    (found,) = said("- run: shellcheck bin/*.sh\n  working-directory: web", "web/index.js")

    assert "`bin/*.sh` matches no file (working directory `web`)" in found.finding.message


def test_what_may_be_meant_is_named() -> None:
    (found,) = said("- run: cp conf/a.yaml /tmp", "one/a.yaml", "two/a.yaml")

    assert found.finding.message.endswith("The repository has `one/a.yaml` and `two/a.yaml`.")
    assert found.edit is None


def test_too_many_places_are_not_named() -> None:
    (found,) = said("- run: cp conf/a.yaml /tmp", *(f"{each}/a.yaml" for each in "bcde"))

    assert found.finding.message.endswith("`cp` fails.")


def test_one_file_of_a_common_name_need_not_be_meant() -> None:
    (found,) = said("- run: docker build -f Dockerfile .", "services/api/Dockerfile")

    assert "The repository has `services/api/Dockerfile`." in found.finding.message
    assert found.edit is None


def test_a_glob_over_two_stars_explains_itself() -> None:
    (found,) = said("- run: shellcheck scripts/**/*.sh", "scripts/a.sh")

    assert "Without `shopt -s globstar`, `**` is the same as `*`." in found.finding.message


def test_an_edit_is_written_as_the_path_was() -> None:
    (found,) = said("- run: ../scripts/a.sh\n  working-directory: web", "lib/scripts/a.sh", "web/index.js")

    assert found.edit is not None
    assert found.edit.lines == ("      - run: ../lib/scripts/a.sh",)


def test_a_path_in_a_variable_is_found_but_not_edited() -> None:
    (found,) = said('- run: |\n    where=conf\n    cp "$where/a.yaml" /tmp', "config/a.yaml")

    assert found.edit is None


def test_a_path_behind_the_workspace_is_found_but_not_edited() -> None:
    (found,) = said('- run: cp "$GITHUB_WORKSPACE/conf/a.yaml" /tmp', "config/a.yaml")

    assert found.edit is None


def test_nothing_is_said_of_a_repository_whose_files_are_not_known() -> None:
    text = "jobs:\n  a:\n    uses: ./x.yml\n  b:\n    steps:\n      - uses: actions/checkout@v6\n      - run: cp a b\n"
    for tree in (Tree(None, lambda path: text.encode()), Tree([PATH], lambda path: text.encode(), truncated=True)):
        assert said("", tree=tree) == []


def test_no_more_paths_are_looked_into_than_anybody_reads_of() -> None:
    found = said("- run: |\n" + "\n".join(f"    cp conf/{number}.yaml /tmp" for number in range(180)))

    assert len(found) == 100


def test_what_makes_more_files_than_are_kept_may_make_any() -> None:
    many = "- run: |\n" + "\n".join(f"    touch made{number}" for number in range(400)) + "\n- run: cp conf/a.yaml /tmp"

    assert said(many) == []


def test_a_job_that_asks_for_more_names_than_are_kept_is_walked_all_the_same() -> None:
    many = (
        "- run: |\n" + "\n".join(f"    test -e here{number}" for number in range(1100)) + "\n- run: cp conf/a.yaml /tmp"
    )

    assert len(said(many)) == 1


def test_a_script_that_nothing_calls_may_run_where_it_stands() -> None:
    tree = Tree.of({"tools/check.sh": "shellcheck beside.sh\nshellcheck nowhere.sh\n"}, ["tools/beside.sh"])

    found = analyse(tree, ["tools/check.sh"], RULES).diagnostics

    assert [each.place.line for each in found] == []


def test_a_linter_in_a_script_that_nothing_calls_is_given_a_path_that_stands_elsewhere() -> None:
    tree = Tree.of(
        {"tools/check.sh": "shellcheck beside.sh\nshellcheck ci/deploy.sh\n"}, ["tools/beside.sh", "x/deploy.sh"]
    )

    (found,) = analyse(tree, ["tools/check.sh"], RULES).diagnostics

    assert found.place.line == 2
    assert found.finding.confidence is Confidence.MEDIUM


def test_only_so_many_globs_are_held_against_the_paths_of_the_repository() -> None:
    found = said(
        "- run: |\n" + "\n".join(f"    shellcheck *{number}.sh" for number in range(150)) + "\n    cp conf/a.yaml /tmp"
    )

    assert len(found) == 51
