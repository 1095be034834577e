"""Pull requests as they are now, and what lies between two commits: against the demo's GitHub."""

from __future__ import annotations

from ghapp.github import ChangedFile, Entry, Listing, compare, differences, pull_request, pull_requests_with

from .test_telephone import calling


async def test_a_pull_request_tells_its_ends_and_whether_it_is_open() -> None:
    async with calling() as (_, repository, line):
        repository.commit({"a.txt": "2\n"}, branch="feature")
        pull = repository.pull_request(head="feature")
        before = await pull_request(line, pull.number)
        pull.close()
        after = await pull_request(line, pull.number)

    assert (before.open, after.open) == (True, False)
    assert (before.head, before.head_ref, before.head_repository) == (pull.head_sha, "feature", repository.id)
    assert (before.base, before.base_ref, before.changed_files) == (pull.base_sha, "main", 1)


async def test_a_fork_that_was_deleted_has_no_repository() -> None:
    async with calling() as (_, repository, line):
        fork = repository.fork("mallory")
        fork.commit({"a.txt": "2\n"}, branch="patch-1")
        pull = repository.pull_request(head="mallory:patch-1")
        fork.delete()
        state = await pull_request(line, pull.number)

    assert (state.head, state.head_repository) == (pull.head_sha, 0)


async def test_the_pull_requests_of_a_commit_are_found() -> None:
    async with calling() as (_, repository, line):
        repository.commit({"a.txt": "2\n"}, branch="feature")
        pull = repository.pull_request(head="feature")
        found = await pull_requests_with(line, pull.head_sha)

    assert [each.number for each in found] == [pull.number]


async def test_a_comparison_begins_where_the_commits_parted_and_says_when_it_is_not_whole() -> None:
    async with calling() as (_, repository, line):
        parted = repository.head()
        repository.commit({"b.txt": "1\n"}, branch="small")
        repository.commit({f"{number}.txt": "1\n" for number in range(301)}, branch="large")
        repository.commit({"c.txt": "1\n"})
        small = await compare(line, repository.head(), repository.head("small"))
        large = await compare(line, repository.head(), repository.head("large"))

    assert (small.merge_base, [each.path for each in small.files], small.whole) == (parted, ["b.txt"], True)
    assert (len(large.files), large.whole) == (300, False)


OLD = {"gone": Entry("1", 1), "same": Entry("2", 1), "other": Entry("3", 1), "mode": Entry("4", 1)}
NEW = {"same": Entry("2", 1), "other": Entry("5", 1), "mode": Entry("4", 1, executable=True), "come": Entry("6", 1)}


def test_what_differs_between_two_listings_is_told_without_patches() -> None:
    assert differences(Listing(OLD, truncated=False), Listing(NEW, truncated=False)) == [
        ChangedFile("come", "added", "6", changes=1),
        ChangedFile("gone", "removed", "1", changes=1),
        ChangedFile("mode", "modified", "4"),
        ChangedFile("other", "modified", "5", changes=1),
    ]


def test_what_a_truncated_listing_lacks_is_neither_added_nor_removed() -> None:
    found = differences(Listing(OLD, truncated=False), Listing(NEW, truncated=True))

    assert [each.path for each in found] == ["mode", "other"]
