"""All proven edits at once: what is merged, what is not, and that nothing gets worse."""

from __future__ import annotations

from collections.abc import Callable

from ghapp.pipeline.engine import Crash, FileError, Outcome, analyse
from ghapp.pipeline.mending import MOST_ROUNDS, Mending, mend
from ghapp.pipeline.rule import Confidence, Diagnostic, Edit, Finding, Platform, Rule, Severity
from ghapp.pipeline.source import Place
from ghapp.pipeline.tree import Tree
from ghapp.rules import catalogue

WORKFLOW = ".github/workflows/ci.yml"
STEPS = """\
on: push
jobs:
  one:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v5
      - run: terraform validate
  two:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v5
      - run: terraform validate  # a comment that stays
"""
FILES = {WORKFLOW: STEPS, "main.tf": 'resource "aws_s3_bucket" "logs" {}\n'}


def a_rule(name: str) -> Rule:
    return Rule("A page.", Severity.FAILURE, (), (Platform.SHELL,), (), lambda pipeline: (), id=name)


def found(
    line: int, *text: str, path: str = "a.sh", rule: str = "r", sure: Confidence = Confidence.HIGH, proven: bool = True
) -> Diagnostic:
    """A finding that the line be something else."""
    finding = Finding(Place(path, line, 1, line, 2), "Not so.", confidence=sure)
    return Diagnostic(a_rule(rule), finding, f"{rule}{path}{line}", edit=Edit(path, line, line, text), proven=proven)


def text(tree: Tree, path: str = "a.sh") -> str:
    source = tree.source(path)
    assert source is not None
    return source.text


def wanting(*wishes: tuple[str, Diagnostic]) -> Callable[[Tree], Outcome]:
    """An examiner that finds something as long as a word stands in a.sh."""
    return lambda tree: Outcome(new=tuple(each for word, each in wishes if word in text(tree)))


def mended(files: dict[str, str], examine: Callable[[Tree], Outcome]) -> Mending:
    tree = Tree.of(files)
    return mend(tree, examine(tree), examine)


def test_every_proven_edit_of_a_file_is_made_at_once() -> None:
    rounds: list[Tree] = []

    def examine(tree: Tree) -> Outcome:
        rounds.append(tree)
        return Outcome(new=analyse(tree, [WORKFLOW], catalogue()).diagnostics)

    done = mended(FILES, examine)
    better = STEPS.replace("terraform validate", "terraform init -backend=false -input=false && terraform validate")

    assert done.texts == {WORKFLOW: better}
    assert [each.place.line for each in done.mended] == [7, 12]
    assert done.outcome.new == ()
    assert len(rounds) == 2


def test_edits_of_several_files_are_made_together() -> None:
    wishes = (("x", found(1, "1")), ("y", found(1, "2", path="b.sh")))

    def examine(tree: Tree) -> Outcome:
        return Outcome(new=tuple(each for word, each in wishes if word in text(tree, each.path)))

    assert mended({"a.sh": "x\n", "b.sh": "y\n"}, examine).texts == {"a.sh": "1\n", "b.sh": "2\n"}


def test_one_edit_may_mend_several_findings() -> None:
    done = mended({"a.sh": "x\n"}, wanting(("x", found(1, "1")), ("x", found(1, "1", rule="s"))))

    assert [each.rule.id for each in done.mended] == ["r", "s"]


def test_of_two_edits_of_one_line_the_second_waits_for_the_next_round() -> None:
    done = mended({"a.sh": "x y\n"}, wanting(("x", found(1, "1 y")), ("y", found(1, "1 2"))))

    assert done.texts == {"a.sh": "1 2\n"}
    assert len(done.mended) == 2


def test_edits_that_cannot_be_proven_together_are_made_one_by_one() -> None:
    broken = "if true"
    done = mended({"a.sh": "x\ny\n"}, wanting(("x", found(1, "1")), ("y", found(2, broken))))

    assert done.texts["a.sh"].startswith("1\n")


def test_edits_that_together_bring_something_new_are_made_one_by_one() -> None:
    def examine(tree: Tree) -> Outcome:
        now = text(tree)
        left = [each for word, each in (("x", found(1, "1")), ("y", found(2, "2"))) if word in now]
        return Outcome(new=(*left, *([found(3, rule="s", proven=False)] if now == "1\n2\n" else [])))

    done = mended({"a.sh": "x\ny\n"}, examine)

    assert [each.place.line for each in done.mended] == [1, 2]
    assert [each.rule.id for each in done.outcome.new] == ["s"]


def test_an_edit_after_which_a_file_cannot_be_read_is_not_made() -> None:
    def examine(tree: Tree) -> Outcome:
        broken = "x" not in text(tree)
        errors = (FileError("a.sh", 1, 1, "Broken."),) if broken else ()
        return Outcome(new=() if broken else (found(1, "1"),), errors=errors)

    assert mended({"a.sh": "x\n"}, examine).texts == {}


def test_an_edit_after_which_a_rule_fails_is_not_made() -> None:
    def examine(tree: Tree) -> Outcome:
        crashes = () if "x" in text(tree) else (Crash("r", "a.sh", "KeyError: 'x'"),)
        return Outcome(new=() if crashes else (found(1, "1"),), crashes=crashes)

    assert mended({"a.sh": "x\n"}, examine).mended == ()


def test_a_file_that_was_broken_before_keeps_no_other_from_being_mended() -> None:
    def examine(tree: Tree) -> Outcome:
        line = len(text(tree))
        new = (found(1, "123"),) if "x" in text(tree) else ()
        return Outcome(new=new, errors=(FileError("b.yml", line, 1, "Broken."),))

    assert mended({"a.sh": "x\n"}, examine).texts == {"a.sh": "123\n"}


def test_it_ends_where_every_edit_calls_for_the_next() -> None:
    def examine(tree: Tree) -> Outcome:
        return Outcome(new=(found(1, f"{text(tree).strip()}+"),))

    assert mended({"a.sh": "x\n"}, examine).texts == {"a.sh": f"x{'+' * MOST_ROUNDS}\n"}


def test_what_is_not_proven_or_only_guessed_or_not_to_be_edited_stays() -> None:
    unproven = wanting(("x", found(1, "1", proven=False)))
    guessed = wanting(("x", found(1, "1", sure=Confidence.LOW)))
    fine = wanting(("x", found(1, "1")))

    assert mended({"a.sh": "x\n"}, unproven).texts == {}
    assert mended({"a.sh": "x\n"}, guessed).texts == {}
    tree = Tree.of({"a.sh": "x\n"})
    assert mend(tree, fine(tree), fine, editable=lambda path: path != "a.sh").texts == {}
