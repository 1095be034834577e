"""A conversation that people like: one living thread for each finding, from push to push."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from house import CI, TERRAFORM, House, open_house

from ghapp.demo.github import FIXER, REVIEWER, CheckRun, Pull, Repository, Thread

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAY = {"acme": REVIEWER, "fixers": FIXER}
"""What the App may do in two organisations: comment only, or also write contents, as resolving a thread demands."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    async with open_house(tmp_path_factory.mktemp("house")) as house:
        for owner, permissions in MAY.items():
            house.github.install(owner, permissions=permissions)
        yield house


@dataclass(frozen=True)
class Job:
    """A job that fails, in a step of this name, by a command that says which of the findings it is."""

    name: str
    command: str = "terraform validate"
    step: str = "Check"
    before: int = 0  # lines of comments above it

    def __str__(self) -> str:
        said = "".join(f"  # line {number}\n" for number in range(self.before))
        steps = (
            f"    steps:\n      - uses: actions/checkout@v5\n      - name: {self.step}\n        run: {self.command}\n"
        )
        return f"{said}  {self.name}:\n    runs-on: ubuntu-22.04\n{steps}"


def workflow(jobs: Iterable[Job]) -> str:
    """A workflow of these jobs, and of one in which nothing fails."""
    return "on: push\njobs:\n" + "".join(map(str, (*jobs, Job("fine", "make"))))


def repository(house: House, owner: str = "acme", files: Mapping[str, str] | None = None) -> Repository:
    number = len(house.github.repositories)
    return house.github.repository(
        f"{owner}/talk-{number}", files={**(files or {CI: workflow(())}), "main.tf": TERRAFORM}
    )


async def opened(house: House, files: Mapping[str, str], owner: str = "acme") -> Pull:
    return await house.pull_request(dict(files), repository(house, owner))


async def push(house: House, pull: Pull, files: Mapping[str, str], *, force: bool = False) -> None:
    house.github.clock.advance(1)
    pull.push(dict(files), force=force)
    await house.settle()


def the_run(pull: Pull) -> CheckRun:
    return pull.repository.check_runs(pull.head_sha)[0]


def is_open(thread: Thread) -> bool:
    """Whether it says that something is to be done: not resolved, and not hidden."""
    return not thread.is_resolved and thread.comments[0].minimized is None


def says(thread: Thread) -> str:
    """What its first comment says, without the marker."""
    return thread.comments[0].body.partition("\n\n<!--")[0]


def edits(thread: Thread) -> bool:
    return thread.comments[0].updated_at != thread.comments[0].created_at


ONE = {CI: workflow([Job("one")])}
NONE = {CI: workflow(())}


# -- from push to push -------------------------------------------------------------------------------------------------


async def test_a_finding_has_one_thread_and_its_comment_is_left_alone_while_nothing_changes(house: House) -> None:
    pull = await opened(house, ONE)
    await push(house, pull, {CI: workflow([Job("one", before=3)])})
    await push(house, pull, {"README.md": "# Shop\n"})
    (thread,) = pull.threads

    assert (is_open(thread), edits(thread), len(pull.reviews)) == (True, False, 1)


async def test_an_edited_command_edits_the_comment_and_says_where_it_stands_now(house: House) -> None:
    pull = await opened(house, ONE)
    await push(house, pull, {CI: workflow([Job("one", "terraform validate -json", before=20)])})
    (thread,) = pull.threads

    assert (thread.is_outdated, is_open(thread), len(pull.reviews)) == (True, True, 1)
    assert f"It stands at [`{CI}:" in says(thread)
    assert f"/{pull.repository.full_name}/blob/{pull.head_sha}/{CI}#L" in says(thread)
    assert "```suggestion" not in says(thread)


@pytest.mark.parametrize("owner", MAY)
async def test_a_mended_finding_closes_its_thread(house: House, owner: str) -> None:
    pull = await opened(house, ONE, owner)
    said = says(pull.threads[0])
    await push(house, pull, NONE)
    (thread,) = pull.threads

    if owner == "fixers":
        assert (thread.is_resolved, says(thread)) == (True, said)
    else:
        assert thread.comments[0].minimized == "RESOLVED"
        assert says(thread).startswith(f"**Mended** in {pull.head_sha}.")


@pytest.mark.parametrize("owner", MAY)
async def test_a_finding_that_comes_back_reopens_its_thread(house: House, owner: str) -> None:
    pull = await opened(house, ONE, owner)
    await push(house, pull, NONE)
    await push(house, pull, ONE)
    (thread,) = pull.threads

    assert is_open(thread)
    assert says(thread).startswith("**Failure: ")


@pytest.mark.parametrize("owner", MAY)
async def test_a_pull_request_that_no_longer_touches_ci_files_closes_its_threads(house: House, owner: str) -> None:
    pull = await opened(house, {**ONE, "README.md": "# Shop\n"}, owner)
    await push(house, pull, NONE)
    (thread,) = pull.threads

    assert not is_open(thread)
    assert the_run(pull).output["title"] == "No CI files changed"


@pytest.mark.parametrize("owner", MAY)
async def test_twenty_pushes_leave_one_thread_for_each_finding_in_the_right_state(house: House, owner: str) -> None:
    """Findings come, move, change their steps' names, are renamed and reordered, go, and come back."""
    chance = random.Random(20)
    every = [
        Job("one"),
        Job("two"),
        Job("three", "docker-compose up -d"),
        Job("four", "$(aws ecr get-login --no-include-email)"),
        Job("five", "docker-compose pull"),
    ]
    pull = await opened(house, {CI: workflow(every[:2])}, owner)
    jobs, ever = every[:2], {"one", "two"}
    for number in range(20):
        jobs = [job for job in jobs if chance.random() < 0.75]
        jobs += [job for job in every if job.name not in {each.name for each in jobs} and chance.random() < 0.35]
        jobs = [replace(job, before=chance.randrange(4)) for job in jobs]
        if number % 3 == 0:
            chance.shuffle(jobs)
        if number % 4 == 1:
            jobs = [replace(job, step=f"Step {chance.randrange(3)}") for job in jobs]
        ever |= {job.name for job in jobs}
        await push(house, pull, {CI: workflow(jobs)}, force=number % 5 == 4)
        standing = [thread for thread in pull.threads if is_open(thread)]

        assert len(pull.threads) == len(ever), f"push {number}"
        assert len(standing) == len(jobs) == len(the_run(pull).annotations), f"push {number}"

    assert ever == {job.name for job in every}
    assert len(pull.comments) == len(ever)


async def test_a_rebase_and_a_force_push_leave_the_threads_as_they_are(house: House) -> None:
    pull = await opened(house, ONE)
    pull.repository.commit({"go.mod": "module shop\n"}, branch="main")
    house.github.clock.advance(1)
    pull.repository.branch("rebased", at="main")
    sha = pull.repository.commit({CI: workflow([Job("one", before=1)])}, branch="rebased")
    pull.repository.force_push("feature", sha)
    await house.settle()
    (thread,) = pull.threads

    assert is_open(thread)
    assert len(pull.reviews) == 1


async def test_a_force_push_back_to_an_old_head_puts_the_threads_right(house: House) -> None:
    pull = await opened(house, ONE)
    old = pull.head_sha
    await push(house, pull, NONE)
    closed = is_open(pull.threads[0])
    house.github.clock.advance(1)
    pull.repository.force_push("feature", old)
    await house.settle()
    (thread,) = pull.threads

    assert (closed, is_open(thread)) == (False, True)


async def test_a_finding_in_a_renamed_file_keeps_its_thread(house: House) -> None:
    pull = await opened(house, {".github/workflows/new.yml": workflow([Job("one")])})
    house.github.clock.advance(1)
    pull.push(renames={".github/workflows/new.yml": ".github/workflows/build.yml"})
    await house.settle()
    (thread,) = pull.threads

    assert is_open(thread)
    assert "It stands at [`.github/workflows/build.yml:" in says(thread)


async def test_of_two_equal_findings_one_may_go_and_the_other_keeps_its_thread(house: House) -> None:
    twice = (
        "on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n" + "      - run: docker-compose up\n" * 2
    )
    pull = await opened(house, {CI: twice})
    first, second = pull.threads
    await push(house, pull, {CI: twice.replace("      - run: docker-compose up\n", "", 1)})

    assert len(pull.threads) == 2
    assert [is_open(first), is_open(second)].count(True) == 1


async def test_what_the_base_branch_has_by_now_is_no_longer_the_pull_requests_matter(house: House) -> None:
    pull = await opened(house, ONE)
    pull.repository.commit(ONE, branch="main")
    house.github.clock.advance(1)
    pull.repository.branch("merged", at="main")
    sha = pull.repository.commit({CI: workflow([Job("one"), Job("made", "make")])}, branch="merged")
    pull.repository.force_push("feature", sha)
    await house.settle()
    (thread,) = pull.threads

    assert not is_open(thread)
    assert says(thread).startswith("**The base branch has it too**")


async def test_a_finding_on_a_line_outside_of_the_diff_is_said_in_the_check_with_the_change_that_mends_it(
    house: House,
) -> None:
    steps = "".join(f"      - run: echo {number}\n" for number in range(12))
    base = ONE[CI].replace("      - name: Check", f"      - run: terraform init\n{steps}      - name: Check")
    pull = await house.pull_request(
        {CI: base.replace("run: terraform init\n", "run: echo none\n")}, repository(house, files={CI: base})
    )
    run = the_run(pull)

    assert pull.threads == []
    assert [each.title for each in run.annotations] == ["`terraform validate` runs before `terraform init`"]
    assert "```diff" in str(run.output["text"])


# -- groups ------------------------------------------------------------------------------------------------------------


def several(count: int) -> dict[str, str]:
    return {CI: workflow([Job(f"job{number}") for number in range(count)])}


async def test_many_findings_of_a_rule_are_one_comment_that_grows_and_shrinks_with_them(house: House) -> None:
    pull = await opened(house, several(25))
    sizes = [says(pull.threads[0]).count("\n- [")]
    for count in (4, 30, 1, 0, 2):
        await push(house, pull, several(count))
        (thread,) = pull.threads
        sizes.append(says(thread).count("\n- [") if is_open(thread) else -1)

    assert sizes == [25, 4, 30, 0, -1, 2]
    assert len(pull.comments) == 1


async def test_every_place_of_a_group_is_a_link_to_its_line_at_head(house: House) -> None:
    pull = await opened(house, several(4))
    address = f"/{pull.repository.full_name}/blob/{pull.head_sha}/{CI}#L"

    assert says(pull.threads[0]).count(address) == 4


async def test_three_findings_of_a_rule_have_threads_of_their_own_and_further_ones_share_a_fourth(house: House) -> None:
    pull = await opened(house, several(3))
    await push(house, pull, several(4))
    await push(house, pull, several(9))

    assert [is_open(thread) for thread in pull.threads] == [True] * 4
    assert "In 6 places" in says(pull.threads[3])


EIGHT = """  {name}:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v5
      - run: docker-compose up
      - run: $(aws ecr get-login)
      - run: sqlmap -u "https://shop.example/?id=1" --batch --risk 3
      - uses: actions/cache@v5
        with: {{path: ~/go/pkg/mod, key: go}}
      - if: failure
        run: echo failed
      - run: |
          curl -d '{{"a": $HOME}}' https://shop.example/report
"""
"""A job that fails in eight ways at least."""


async def test_a_push_brings_at_most_twenty_comments_and_the_next_one_the_rest_while_the_check_has_all(
    house: House,
) -> None:
    files = {CI: "on: push\njobs:\n" + "".join(EIGHT.format(name=name) for name in ("one", "two", "three"))}
    pull = await opened(house, files)
    first, every = len(pull.comments), the_run(pull).annotations
    await push(house, pull, {"README.md": "# Shop\n"})
    await push(house, pull, {"README.md": "# A shop\n"})

    assert (first, len(every)) == (20, 27)
    assert [len(review.comments) for review in pull.reviews] == [20, 7]
    assert not any(map(edits, pull.threads))


# -- people ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", MAY)
async def test_a_thread_that_a_person_resolved_stays_resolved_whatever_comes(house: House, owner: str) -> None:
    pull = await opened(house, ONE, owner)
    pull.threads[0].resolve("octo-dev")
    await push(house, pull, {CI: workflow([Job("one", "terraform validate -json")])})
    await push(house, pull, NONE)
    await push(house, pull, ONE)
    (thread,) = pull.threads

    assert thread.resolved_by is not None
    assert (thread.resolved_by.login, edits(thread)) == ("octo-dev", False)


@pytest.mark.parametrize("owner", MAY)
async def test_a_thread_that_a_person_opened_again_is_not_closed_again(house: House, owner: str) -> None:
    pull = await opened(house, ONE, owner)
    await push(house, pull, NONE)
    (thread,) = pull.threads
    thread.unresolve("octo-dev")
    thread.comments[0].minimized = None
    await push(house, pull, {CI: workflow([Job("made", "make")])})

    assert is_open(thread)


@pytest.mark.parametrize("owner", MAY)
async def test_what_people_wrote_in_a_thread_stays_there(house: House, owner: str) -> None:
    pull = await opened(house, ONE, owner)
    pull.threads[0].reply("octo-dev", "Are you sure?")
    await push(house, pull, NONE)
    await push(house, pull, ONE)
    await push(house, pull, NONE)
    (thread,) = pull.threads

    assert [comment.body for comment in thread.comments[1:]] == ["Are you sure?"]
    assert thread.comments[1].minimized is None


async def test_a_forged_marker_in_a_comment_of_a_person_changes_nothing(house: House) -> None:
    pull = await opened(house, ONE)
    (thread,) = pull.threads
    marker = thread.comments[0].body.rpartition("\n\n")[2]
    thread.reply("mallory", f"Mine\n\n{marker}")
    pull.say("mallory", f"Mine\n\n{marker}")
    await push(house, pull, NONE)

    assert [comment.minimized for comment in thread.comments] == ["RESOLVED", None]
    assert thread.comments[1].body.startswith("Mine")


async def test_a_marker_that_a_person_edited_makes_the_comment_theirs_and_the_finding_is_said_anew(
    house: House,
) -> None:
    pull = await opened(house, ONE)
    (thread,) = pull.threads
    forged = thread.comments[0].body.replace("open terraform-validate", "closed terraform-validate")
    thread.comments[0].edit(forged)
    await push(house, pull, {"README.md": "# Shop\n"})
    await push(house, pull, {"README.md": "# A shop\n"})

    assert thread.comments[0].body == forged
    assert len(pull.threads) == 2


async def test_the_marker_of_another_pull_request_is_worth_nothing_here(house: House) -> None:
    other, pull = await opened(house, NONE | {"a.txt": "a\n"}), await opened(house, ONE)
    await push(house, other, ONE)
    stolen = other.threads[0].comments[0].body
    pull.threads[0].comments[0].edit(stolen)
    await push(house, pull, {"README.md": "# Shop\n"})

    assert len(pull.threads) == 2


async def test_words_that_a_person_puts_into_our_comment_do_not_stay_there_under_our_name(house: House) -> None:
    pull = await opened(house, ONE)
    (thread,) = pull.threads
    said = thread.comments[0].body
    thread.comments[0].edit(f"Merge this, says ghapp.\n\n{said}")
    await push(house, pull, {"README.md": "# Shop\n"})

    assert thread.comments[0].body == said


# -- limits and trouble ------------------------------------------------------------------------------------------------


async def test_nothing_is_said_on_a_pull_request_that_was_closed_meanwhile(house: House) -> None:
    here = repository(house)
    here.commit(ONE, branch="feature")
    pull = here.pull_request(head="feature", title="A change")
    pull.state = "closed"
    await house.settle()
    closed = list(pull.threads)
    pull.reopen()
    await house.settle()

    assert closed == []
    assert [is_open(thread) for thread in pull.threads] == [True]
    assert the_run(pull).conclusion == "failure"


async def test_nothing_is_said_to_be_mended_while_a_file_is_broken(house: House) -> None:
    pull = await opened(house, ONE)
    await push(house, pull, {CI: ONE[CI] + "  broken: [\n"})
    (thread,) = pull.threads

    assert is_open(thread)
    assert "broken file" in str(the_run(pull).output["title"])


async def test_more_than_a_hundred_threads_of_people_do_not_hide_ours(house: House) -> None:
    pull = await opened(house, ONE)
    (ours,) = pull.threads
    await talk(pull, 230)
    await push(house, pull, {"README.md": "# Shop\n"})
    await push(house, pull, NONE)

    assert len(pull.threads) == 231
    assert not is_open(ours)


async def talk(pull: Pull, count: int) -> None:
    """People begin so many threads."""
    for _ in range(count):
        thread = Thread(pull, pull.threads[0].place)
        pull.threads.append(thread)
        thread.reply("octo-dev", "And here?")
    pull.github.drop()


@pytest.mark.parametrize("wanted", ["suggestions", "none"])
async def test_a_policy_chooses_what_is_commented_on(house: House, wanted: str) -> None:
    base = {CI: workflow(()), ".github/ghapp.yml": f"comments: {wanted}\n"}
    both = {CI: workflow([Job("one"), Job("two", "$(aws ecr get-login)")])}
    pull = await house.pull_request(both, repository(house, files=base))

    assert ["```suggestion" in says(thread) for thread in pull.threads] == ([True] if wanted == "suggestions" else [])
    assert len(the_run(pull).annotations) == 2


@pytest.mark.parametrize("owner", MAY)
async def test_a_push_costs_one_request_for_whatever_becomes_of_the_threads(house: House, owner: str) -> None:
    pull = await opened(house, several(3), owner)
    house.github.clear()
    await push(house, pull, {CI: workflow([Job("job1", "terraform validate -json"), Job("x", "docker-compose up")])})
    spoken = [call.operation for call in house.github.calls]
    refused = [call for call in house.github.calls if call.status == 422]

    assert spoken.count("graphql") == 2, "one to read, one to write"
    assert spoken.count("pulls/create-review") == 1
    assert len(refused) <= (1 if owner == "acme" else 0)


TROUBLE: dict[str, dict[str, Any]] = {
    "no answer, nothing happened": {"timeout": "before"},
    "no answer, but it happened": {"timeout": "after"},
    "a server error": {"status": 502, "body": "<html>Bad gateway</html>"},
    "half an answer": {"truncated": True},
    "slow down": {"status": 403, "headers": {"retry-after": "0"}, "body": {"message": "secondary rate limit"}},
}
WRITES = {"the threads": ("graphql", 1), "the review": ("pulls/create-review", 0), "the check": ("checks/update", 0)}


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize(
    ("owner", "call"),
    [("fixers", "the threads"), ("acme", "the threads"), ("fixers", "the review"), ("acme", "the check")],
)
async def test_whatever_write_fails_once_the_threads_end_as_they_should(
    house: House, owner: str, call: str, trouble: str
) -> None:
    before = [Job("mended"), Job("edited", "docker-compose up")]
    after = [Job("edited", "docker-compose pull"), Job("new", "$(aws ecr get-login)")]
    pull = await opened(house, {CI: workflow(before)}, owner)
    operation, calls_before = WRITES[call]
    house.github.fail(operation, after=calls_before, **TROUBLE[trouble])
    await push(house, pull, {CI: workflow(after)})
    mended, edited, new = pull.threads

    assert not house.github.faults.waiting, "the trouble was met"
    assert [is_open(each) for each in (mended, edited, new)] == [False, True, True]
    assert "docker compose pull" in says(edited)
    assert (the_run(pull).conclusion, len(the_run(pull).annotations)) == ("failure", 2)


async def test_a_permission_that_is_not_granted_any_more_is_done_without(house: House) -> None:
    pull = await opened(house, ONE, "fixers")
    forbidden = {
        "data": {"c0": None, "c1": None},
        "errors": [
            {"type": "FORBIDDEN", "path": [f"c{at}"], "message": "Resource not accessible by integration"}
            for at in (0, 1)
        ],
    }
    house.github.fail("graphql", after=1, status=200, body=forbidden)
    await push(house, pull, NONE)
    (thread,) = pull.threads

    assert (thread.is_resolved, is_open(thread)) == (False, False)
    assert says(thread).startswith("**Mended**")
