"""One living thread for each finding: the plan, made of what stands there and of what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from report.build import A_RULE, MASKED, a_diagnostic, rule_url

from ghapp.github import OwnThread
from ghapp.pipeline.engine import Crash, FileError, Ignored, Outcome
from ghapp.pipeline.identity import fingerprint, numbered
from ghapp.pipeline.ignores import Reason
from ghapp.pipeline.rule import Diagnostic, Edit, Rule, Severity
from ghapp.pipeline.source import Place
from ghapp.report import Comments, Patch, Spot, links_below
from ghapp.review.markers import Entry, Mark, Seal
from ghapp.review.threads import MOST_NEW, Plan, Thread, known, plan

CI = ".github/workflows/ci.yml"
OTHER = ".github/workflows/other.yml"
HEAD, BEFORE = "b" * 40, "a" * 40
LINES = "@@ -0,0 +1,90 @@\n" + "+x\n" * 90


def finding(
    line: int,
    step: str = "Test",
    *,
    path: str = CI,
    number: int = 1,
    rule: Rule = A_RULE,
    job: str = "build",
    text: str = "terraform validate",
    **other: Any,
) -> Diagnostic:
    """What a rule found in a step, on that line of a file; the `number`th of equal ones."""
    anchor = numbered(f"jobs.{job}.steps[{step}].run\t{text}", number)
    each = a_diagnostic(rule=rule, place=Place(path, line, 1, line, 5), **other)
    return replace(each, anchor=anchor, fingerprint=fingerprint(rule.id, path, anchor))


def planned(threads: Iterable[Thread], *new: Diagnostic, head: str = HEAD, wanted: str = "all", **other: Any) -> Plan:
    patches = {CI: Patch.parse(LINES), OTHER: Patch.parse(LINES)}
    link = links_below(f"https://github.example/acme/shop/blob/{head}")
    return plan(tuple(threads), Outcome(new=new, **other), Comments(patches, rule_url, link, wanted=wanted), head)


def posted(*new: Diagnostic) -> list[Thread]:
    """The threads that these findings got at the commit before."""
    return [
        Thread(f"T{at}", f"C{at}", at, each.spot.path, each.spot, each.body, each.mark)
        for at, each in enumerate(planned((), *new, head=BEFORE).new)
    ]


def listed(mark: Mark) -> list[str]:
    return [each.fingerprint for each in mark.entries]


NOTHING = Plan()


# -- a finding keeps its thread ----------------------------------------------------------------------------------------


def test_a_new_finding_begins_a_thread_that_lists_it() -> None:
    each = finding(8)
    (new,) = planned((), each).new

    assert (new.spot, new.mark.rule, listed(new.mark)) == (Spot(CI, 8, 8), A_RULE.id, [each.fingerprint])
    assert "runs before" in new.body


def test_nothing_is_done_while_nothing_changes() -> None:
    each = finding(8)

    assert planned(posted(each), each) == replace(NOTHING, commented=frozenset([each.fingerprint]))


def test_a_finding_that_moves_with_its_lines_is_left_alone() -> None:
    (thread,) = posted(finding(8))
    moved = replace(thread, spot=Spot(CI, 30, 30))

    assert planned([moved], finding(30)).edits == ()


def test_a_finding_whose_text_changes_has_its_comment_edited() -> None:
    (edit,) = planned(posted(finding(8)), finding(8, message="It is worse than that.")).edits

    assert "It is worse than that." in edit.body


def test_a_suggestion_that_changes_is_offered_anew_in_the_same_thread() -> None:
    old, new = (finding(8, edit=Edit(CI, 8, 8, (text,)), proven=True) for text in ("one", "two"))
    (edit,) = planned(posted(old), new).edits

    assert "```suggestion\ntwo\n```" in edit.body


def test_an_outdated_thread_is_edited_to_say_where_the_finding_stands_now() -> None:
    mended = finding(8, edit=Edit(CI, 8, 8, ("y",)), proven=True)
    (thread,) = posted(mended)
    (edit,) = planned([replace(thread, spot=None)], replace(mended, finding=finding(12).finding)).edits

    assert f"It stands at [`{CI}:12`]" in edit.body
    assert "```suggestion" not in edit.body
    assert "```diff" in edit.body


def test_an_outdated_thread_is_not_edited_for_a_link_to_a_newer_commit() -> None:
    (thread,) = posted(finding(8))
    (edit,) = planned([replace(thread, spot=None)], finding(12), head="c" * 40).edits
    said = replace(thread, spot=None, text=edit.body)

    assert planned([said], finding(12)).edits == ()


@pytest.mark.parametrize(
    "now",
    [
        finding(9, "Check"),
        finding(8, path=OTHER),
        finding(8, text="terraform validate -json"),
    ],
    ids=["step renamed", "file renamed", "text edited"],
)
def test_a_finding_that_is_known_again_keeps_its_thread(now: Diagnostic) -> None:
    done = planned(posted(finding(8)), now)
    (edit,) = done.edits

    assert (done.new, done.closings) == ((), ())
    assert listed(edit.mark) == [now.fingerprint]


def test_two_equal_findings_keep_their_own_threads_when_the_first_of_them_goes() -> None:
    first, second = posted(finding(8), finding(20, number=2))
    done = planned([replace(first, spot=None), replace(second, spot=Spot(CI, 19, 19))], finding(19))

    assert [each.thread.id for each in done.closings] == [first.id]
    assert [(each.thread.id, listed(each.mark)) for each in done.edits] == [(second.id, [finding(19).fingerprint])]


def test_an_equal_finding_before_another_does_not_take_its_thread() -> None:
    (thread,) = posted(finding(8))
    done = planned([replace(thread, spot=Spot(CI, 10, 10))], finding(5), finding(10, number=2))

    assert [(each.thread.id, listed(each.mark)) for each in done.edits] == [
        (thread.id, [finding(10, number=2).fingerprint])
    ]
    assert [each.spot.first for each in done.new] == [5]


@pytest.mark.parametrize(
    "now", [finding(8, job="check"), finding(8, "Check", text="terraform validate -json")], ids=["job", "step and text"]
)
def test_a_finding_with_too_little_in_common_is_another_one(now: Diagnostic) -> None:
    done = planned(posted(finding(8)), now)

    assert (len(done.closings), [listed(each.mark) for each in done.new]) == (1, [[now.fingerprint]])


def test_a_copy_of_a_file_gets_threads_of_its_own() -> None:
    done = planned(posted(finding(8)), finding(8), finding(8, path=OTHER))

    assert (done.edits, [each.spot.path for each in done.new]) == ((), [OTHER])


def test_a_finding_that_is_no_longer_worth_a_new_comment_keeps_its_thread() -> None:
    done = planned(posted(finding(8)), finding(8, severity=Severity.NOTICE))
    (edit,) = done.edits

    assert edit.body.startswith("**Notice")
    assert planned((), finding(8, severity=Severity.NOTICE)).new == ()


def test_of_two_threads_that_list_a_finding_the_living_one_is_its_own() -> None:
    (old,) = posted(finding(8))
    closed = replace(old, id="closed", mark=replace(old.mark, closed=True), resolved=True, spot=None)

    assert planned([closed, replace(old, spot=None)], finding(8)).reopenings == ()


# -- a finding goes, and comes back ------------------------------------------------------------------------------------


def test_a_thread_whose_finding_is_gone_is_closed_and_says_so() -> None:
    (closing,) = planned(posted(finding(8))).closings

    assert closing.mark.closed
    assert closing.body.startswith(f"**Mended** in {HEAD}.")


def test_a_thread_whose_finding_is_ignored_by_now_is_closed_and_says_by_whom() -> None:
    ignored = Ignored(finding(8), Reason("We know.", by="octo-dev"))
    (closing,) = planned(posted(finding(8)), ignored=(ignored,)).closings

    assert closing.body.startswith("**Ignored** by `octo-dev`: We know.")


@pytest.mark.parametrize(
    "trouble",
    [{"errors": (FileError(OTHER, 1, 1, "A tab."),)}, {"crashes": (Crash("some-rule", CI, "KeyError"),)}],
    ids=["a broken file", "a rule that failed"],
)
def test_nothing_is_said_to_be_mended_while_not_everything_could_be_checked(trouble: dict[str, Any]) -> None:
    group = posted(*(finding(line, f"S{line}") for line in (1, 2, 3, 4)))

    assert planned(posted(finding(8)), **trouble).closings == ()
    assert planned(group, finding(1, "S1"), **trouble).edits == ()
    assert planned(posted(finding(8)), finding(8, message="Worse."), **trouble).edits != ()


def test_a_closed_thread_is_closed_once() -> None:
    (thread,) = posted(finding(8))
    closed = replace(thread, mark=replace(thread.mark, closed=True))

    assert planned([replace(closed, resolved=True)]) == NOTHING
    assert planned([replace(closed, hidden=True)]) == NOTHING
    assert planned([closed]) == NOTHING, "somebody has opened it again"


def test_a_closing_that_broke_off_is_done_with() -> None:
    (thread,) = posted(finding(8))

    assert len(planned([replace(thread, resolved=True)]).closings) == 1


@pytest.mark.parametrize("state", [{"resolved": True}, {"hidden": True}, {}], ids=["resolved", "hidden", "open"])
def test_a_finding_that_comes_back_reopens_its_thread(state: dict[str, Any]) -> None:
    (thread,) = posted(finding(8))
    closed = replace(thread, mark=replace(thread.mark, closed=True), text="**Mended**", **state)
    done = planned([closed], finding(8))
    (reopening,) = done.reopenings

    assert (done.new, done.edits) == ((), ())
    assert (reopening.mark.closed, "runs before" in reopening.body) == (False, True)


def test_a_closed_thread_of_another_file_is_not_reopened_for_a_finding_like_it() -> None:
    (thread,) = posted(finding(8, path=OTHER))
    done = planned([replace(thread, mark=replace(thread.mark, closed=True), resolved=True)], finding(8))

    assert (done.reopenings, len(done.new)) == ((), 1)


def test_a_closed_thread_is_reopened_for_its_finding_in_a_renamed_step() -> None:
    (thread,) = posted(finding(8))
    done = planned([replace(thread, mark=replace(thread.mark, closed=True), resolved=True)], finding(8, "Check"))

    assert (len(done.reopenings), done.new) == (1, ())


# -- what people did ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [False, True], ids=["before it was mended", "after it was mended"])
def test_a_thread_that_a_person_resolved_is_left_alone_whatever_comes(closed: bool) -> None:
    (thread,) = posted(finding(8))
    theirs = replace(thread, resolved=True, by_people=True, mark=replace(thread.mark, closed=closed))

    assert planned([theirs], finding(8, message="Worse.")) == NOTHING
    assert planned([theirs]) == NOTHING


def test_a_thread_whose_comment_a_person_hid_is_left_alone() -> None:
    (thread,) = posted(finding(8))

    assert planned([replace(thread, hidden=True)], finding(8, message="Worse.")) == NOTHING
    assert planned([replace(thread, hidden=True)]) == NOTHING


# -- groups ------------------------------------------------------------------------------------------------------------


def test_up_to_three_findings_of_a_rule_are_threads_of_their_own() -> None:
    assert len(planned((), *(finding(line, f"S{line}") for line in (1, 2, 3))).new) == 3


def test_more_than_three_findings_of_a_rule_share_a_thread() -> None:
    several = [finding(line, f"S{line}") for line in (4, 3, 2, 1)]
    (group, other) = planned((), *several, finding(9, rule=MASKED)).new

    assert (group.spot, "In 4 places" in group.body) == (Spot(CI, 1, 1), True)
    assert set(listed(group.mark)) == {each.fingerprint for each in several}
    assert other.mark.rule == MASKED.id


def test_findings_that_are_not_worth_a_comment_are_in_no_group() -> None:
    outside = [finding(line, f"S{line}", path="outside.yml") for line in (1, 2)]

    assert len(planned((), *(finding(line, f"S{line}") for line in (1, 2, 3)), *outside).new) == 3


def test_a_fourth_finding_of_a_rule_begins_a_thread_in_which_all_further_ones_join() -> None:
    threads = posted(*(finding(line, f"S{line}") for line in (1, 2, 3)))
    now = [finding(line, f"S{line}") for line in (1, 2, 3, 4, 5)]
    (group,) = planned(threads, *now).new
    begun = Thread("G", "CG", 9, CI, group.spot, group.body, group.mark)
    done = planned([*threads, begun], *now, finding(6, "S6"))

    assert "In 2 places" in group.body
    assert (done.new, [each.thread.id for each in done.edits]) == ((), ["G"])
    assert "In 3 places" in done.edits[0].body


def test_a_group_that_shrinks_says_what_is_left_and_remembers_the_rest() -> None:
    threads = posted(*(finding(line, f"S{line}") for line in (1, 2, 3, 4)))
    (edit,) = planned(threads, finding(3, "S3"), finding(4, "S4")).edits
    (last,) = planned(threads, finding(4, "S4")).edits

    assert "In 2 places" in edit.body
    assert "places" not in last.body
    assert set(listed(last.mark)) == set(listed(threads[0].mark))


def test_what_comes_back_to_a_group_is_said_in_it() -> None:
    (group,) = posted(*(finding(line, f"S{line}") for line in (1, 2, 3, 4)))
    (less,) = planned([group], finding(4, "S4")).edits
    done = planned([replace(group, text=less.body, mark=less.mark)], finding(4, "S4"), finding(1, "S1"))

    assert (done.new, "In 2 places" in done.edits[0].body) == ((), True)


def test_a_group_of_which_nothing_is_left_is_closed_and_takes_in_nothing_more() -> None:
    (group,) = posted(*(finding(line, f"S{line}") for line in (1, 2, 3, 4)))
    (closing,) = planned([group]).closings
    closed = replace(group, resolved=True, mark=closing.mark)
    done = planned([closed], finding(9, job="other", text="terraform validate -json"))
    again = planned([closed], finding(2, "S2"))

    assert set(listed(closing.mark)) == set(listed(group.mark))
    assert (len(again.reopenings), again.new) == (1, ())
    assert (done.reopenings, len(done.new)) == ((), 1)


def test_a_group_that_a_person_resolved_takes_in_nothing() -> None:
    (group,) = posted(*(finding(line, f"S{line}") for line in (1, 2, 3, 4)))
    fifth = finding(5, job="other", text="terraform validate -json")
    theirs = replace(group, resolved=True, by_people=True)

    assert len(planned([theirs], fifth).new) == 1
    assert planned([group], fifth).new == ()


# -- limits and wishes -------------------------------------------------------------------------------------------------


def rules(count: int) -> list[Rule]:
    return [replace(A_RULE, id=f"rule-{number:02}") for number in range(count)]


def test_a_push_brings_at_most_twenty_comments_and_the_next_one_the_rest() -> None:
    several = [finding(at + 1, rule=rule) for at, rule in enumerate(rules(25))]
    first = planned((), *several)
    threads = [Thread(f"T{at}", f"C{at}", at, CI, each.spot, each.body, each.mark) for at, each in enumerate(first.new)]
    second = planned(threads, *several)

    assert (len(first.new), len(first.commented)) == (MOST_NEW, MOST_NEW)
    assert (len(second.new), len(second.commented), second.edits) == (5, 25, ())


def test_a_policy_without_comments_begins_no_thread_and_goes_on_with_those_there_are() -> None:
    done = planned(
        posted(finding(8), finding(9, "Other")), finding(8, message="Worse."), finding(20, rule=MASKED), wanted="none"
    )

    assert (done.new, len(done.edits), len(done.closings)) == ((), 1, 1)


# -- from GitHub's words -----------------------------------------------------------------------------------------------

SEAL = Seal(("a secret", "an older one"), 7, 42)
MARK = Mark(A_RULE.id, (Entry("0" * 16, ("1" * 8, "2" * 8)),))


def own(**other: Any) -> OwnThread:
    fields: dict[str, Any] = {
        "id": "T",
        "path": CI,
        "line": 8,
        "start_line": 6,
        "resolved": False,
        "resolved_by": "",
        "comment": "C",
        "number": 5,
        "body": f"Text\n\n{SEAL.marker(MARK)}",
        "author": "ghapp",
        "hidden": False,
        "answered": True,
    }
    return OwnThread(**{**fields, **other})


def test_a_thread_is_known_by_its_marker() -> None:
    (thread,) = known([own(), own(body="Text"), own(body=f"Text\n\n{Seal(('x',), 7, 42).marker(MARK)}")], SEAL)

    assert thread == Thread("T", "C", 5, CI, Spot(CI, 6, 8), "Text", MARK, answered=True)
    assert thread.fingerprints == ("0" * 16,)


@pytest.mark.parametrize(
    ("resolved_by", "by_people"), [("octo-dev", True), ("ghapp", False), ("", False)], ids=["a person", "we", "unknown"]
)
def test_who_resolved_a_thread_is_told_by_github(resolved_by: str, by_people: bool) -> None:
    (thread,) = known([own(resolved=True, resolved_by=resolved_by, line=0, start_line=0)], SEAL)

    assert (thread.resolved, thread.by_people, thread.spot) == (True, by_people, None)


def test_a_marker_signed_with_an_older_secret_is_signed_anew() -> None:
    each = finding(8)
    (thread,) = posted(each)
    body = f"{thread.text}\n\n{Seal(('an older one',), 7, 42).marker(thread.mark)}"
    (stale,) = known([own(body=body, start_line=8)], SEAL)
    (edit,) = planned([stale], each).edits

    assert (edit.body, edit.mark) == (thread.text, thread.mark)
