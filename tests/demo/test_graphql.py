"""GraphQL: the schema is GitHub's, the answers are of the same world as REST's."""

import base64
from typing import Any

from ghapp.demo.github import GitHub, Pull, Repository

from .conftest import Api

THREADS = """query($number: Int!, $after: String) { repository(owner: "acme", name: "shop") {
  pullRequest(number: $number) { headRefOid isCrossRepository state
    reviewThreads(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor }
      nodes { id line originalLine isOutdated isResolved viewerCanResolve subjectType
        comments(first: 5) { nodes { id databaseId body viewerDidAuthor outdated author { __typename login }
          replyTo { id } pullRequestReview { state } } } } }
    reviews(last: 5) { nodes { body state author { login } comments(first: 1) { totalCount } } } } } }"""


async def post(api: Api, pull: Pull, *lines: int) -> None:
    comments = [{"path": "a.txt", "line": line, "side": "RIGHT", "body": f"on {line}"} for line in lines]
    await api("POST", "/repos/acme/shop/pulls/1/reviews", {"event": "COMMENT", "comments": comments})


async def test_threads_are_read_page_by_page(api: Api, pull: Pull) -> None:
    await post(api, pull, 4, 5, 6)
    pull.threads[0].reply("octo-dev", "thanks")
    first = (await api.graphql(THREADS, number=1))["data"]["repository"]["pullRequest"]
    page = first["reviewThreads"]
    second = await api.graphql(THREADS, number=1, after=page["pageInfo"]["endCursor"])
    rest = second["data"]["repository"]["pullRequest"]["reviewThreads"]

    assert first["headRefOid"] == pull.head_sha
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], len(page["nodes"])) == (3, True, 2)
    assert [thread["line"] for thread in rest["nodes"]] == [6]
    mine, theirs = page["nodes"][0]["comments"]["nodes"]
    assert (mine["viewerDidAuthor"], mine["author"]) == (True, {"__typename": "Bot", "login": "ghapp"})
    assert (theirs["viewerDidAuthor"], theirs["replyTo"]["id"]) == (False, mine["id"])
    assert api.github.violations == []


async def test_contents_are_read_by_expression(api: Api, repo: Repository, pull: Pull) -> None:
    repo.commit({"long.txt": "é" * 300_000, "bin": b"\0"}, branch="feature")
    fields = "... on Blob { oid byteSize isBinary isTruncated text } ... on Tree { entries { name type size mode } }"
    query = f"""query($blob: String!) {{ repository(owner: "ACME", name: "Shop") {{
      file: object(expression: "feature:lib/run.sh") {{ {fields} }}
      folder: object(expression: "{pull.head_sha}:lib") {{ {fields} }}
      top: object(expression: "HEAD:") {{ {fields} }}
      none: object(expression: "feature:nothing") {{ oid }}
      unknown: object(expression: "nothing:a.txt") {{ oid }}
      commit: object(expression: "feature") {{ __typename oid ... on Commit {{ tree {{ oid }} messageHeadline }} }}
      long: object(expression: "feature:long.txt") {{ {fields} }}
      binary: object(expression: "feature:bin") {{ {fields} }}
      blob: object(expression: $blob) {{ {fields} }}
      defaultBranchRef {{ name target {{ oid }} }} ref(qualifiedName: "refs/heads/feature") {{ name }}
    }} }}"""
    blob = repo.objects.files(repo.head())["lib/run.sh"].sha
    data = (await api.graphql(query, blob=blob))["data"]["repository"]

    assert (data["file"]["text"], data["blob"]["text"]) == ("echo one\n", "echo one\n")
    assert data["folder"]["entries"] == [{"name": "run.sh", "type": "blob", "size": 9, "mode": 0o100644}]
    assert [entry["name"] for entry in data["top"]["entries"]] == ["a.txt", "lib", "logo.png"]
    assert (data["none"], data["unknown"]) == (None, None)
    assert (data["commit"]["__typename"], data["commit"]["oid"]) == ("Commit", repo.head("feature"))
    assert (data["long"]["isTruncated"], data["long"]["byteSize"], len(data["long"]["text"])) == (
        True,
        600_000,
        256_000,
    )
    assert (data["binary"]["isBinary"], data["binary"]["text"]) == (True, None)
    assert (data["defaultBranchRef"]["target"]["oid"], data["ref"]["name"]) == (repo.head(), "feature")
    assert api.github.violations == []


async def test_what_is_not_in_githubs_schema_is_refused_and_remembered(api: Api) -> None:
    answers = [
        await api.graphql("{ repository(owner: 1) { id } }"),
        await api.graphql("{ nonsense }"),
        await api.graphql("not graphql"),
        (await api("POST", "/graphql", {"wrong": "key"})).json(),
        await api.graphql('query($n: Int!) { repository(owner: "a", name: "b") { pullRequest(number: $n) { id } } }'),
    ]

    assert all(answer["errors"] and not answer.get("data") for answer in answers)
    assert len(api.github.violations) == 5


async def test_what_one_may_not_see_does_not_exist(anyone: Api, github: GitHub, repo: Repository, pull: Pull) -> None:
    other = github.repository("acme/other")
    other.commit({"b": "b"}, branch="feature")
    api = await anyone.sign_in(repo, repository_ids=[repo.id], permissions={"contents": "read"})
    hidden = other.pull_request(head="feature")
    answers = [
        await api.graphql('{ repository(owner: "acme", name: "other") { id } }'),
        await api.graphql("query($id: ID!) { node(id: $id) { id } }", id=hidden.node_id),
        await api.graphql('{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { id } } }'),
    ]
    seeing = await anyone.sign_in(repo)
    missing = await seeing.graphql('{ repository(owner: "acme", name: "shop") { pullRequest(number: 9) { id } } }')

    kinds = [answer["errors"][0]["type"] for answer in (*answers, missing)]
    assert kinds == ["NOT_FOUND", "NOT_FOUND", "FORBIDDEN", "NOT_FOUND"]
    assert github.violations == []


async def test_lists_want_a_sensible_size(api: Api, pull: Pull) -> None:
    query = '{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { reviews%s { totalCount } } } }'
    sizes = ("", "(first: 101)", '(first: 1, after: "x")')
    answers = [await api.graphql(query % size) for size in sizes]

    assert [answer["errors"][0]["type"] for answer in answers] == [
        "MISSING_PAGINATION_BOUNDARIES",
        "EXCESSIVE_PAGINATION",
        "INVALID_CURSOR_ARGUMENTS",
    ]


async def test_any_node_can_be_asked_for_by_its_id(api: Api, repo: Repository, pull: Pull) -> None:
    await post(api, pull, 5)
    things = [repo, pull, pull.threads[0], pull.comments[0], pull.reviews[0], pull.say("octo-dev", "hi")]
    ids = [thing.node_id for thing in things]
    answer = await api.graphql("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    limit = await api.graphql("{ rateLimit { remaining cost resetAt } }")

    assert [node["id"] for node in answer["data"]["nodes"]] == ids
    assert [node["__typename"] for node in answer["data"]["nodes"]] == [
        "Repository",
        "PullRequest",
        "PullRequestReviewThread",
        "PullRequestReviewComment",
        "PullRequestReview",
        "IssueComment",
    ]
    assert limit["data"]["rateLimit"]["remaining"] < 5_000


async def mutate(api: Api, name: str, given: dict[str, Any], wanted: str) -> dict[str, Any]:
    kind = name[0].upper() + name[1:] + "Input"
    return await api.graphql(f"mutation($i: {kind}!) {{ {name}(input: $i) {{ clientMutationId {wanted} }} }}", i=given)


async def test_resolving_a_thread_needs_to_write_contents(anyone: Api, api: Api, repo: Repository, pull: Pull) -> None:
    await post(api, pull, 5)
    thread = pull.threads[0]
    weak = await anyone.sign_in(repo, permissions={"pull_requests": "write", "contents": "read"})
    given = {"threadId": thread.node_id, "clientMutationId": "me"}
    refused = await mutate(weak, "resolveReviewThread", given, "thread { isResolved }")
    before = thread.is_resolved
    done = await mutate(api, "resolveReviewThread", given, "thread { isResolved resolvedBy { login } }")
    undone = await mutate(api, "unresolveReviewThread", given, "thread { isResolved }")

    assert (refused["errors"][0]["type"], before) == ("FORBIDDEN", False)
    assert done["data"]["resolveReviewThread"]["clientMutationId"] == "me"
    assert done["data"]["resolveReviewThread"]["thread"]["isResolved"]
    assert not undone["data"]["unresolveReviewThread"]["thread"]["isResolved"]
    assert api.github.violations == []


async def test_comments_of_all_kinds_can_be_minimized_and_shown_again(api: Api, pull: Pull) -> None:
    await post(api, pull, 5)
    for thing in (pull.comments[0], pull.reviews[0], pull.say("octo-dev", "hi")):
        given = {"subjectId": thing.node_id, "classifier": "OUTDATED"}
        answer = await mutate(api, "minimizeComment", given, "minimizedComment { isMinimized minimizedReason }")
        shown = answer["data"]["minimizeComment"]["minimizedComment"]
        again = await mutate(
            api, "unminimizeComment", {"subjectId": thing.node_id}, "unminimizedComment { isMinimized }"
        )

        assert shown == {"isMinimized": True, "minimizedReason": "outdated"}
        assert not again["data"]["unminimizeComment"]["unminimizedComment"]["isMinimized"]


async def test_threads_can_be_added_on_files_and_lines_and_are_lost_outside_of_the_diff(api: Api, pull: Pull) -> None:
    base = {"pullRequestId": pull.node_id, "path": "a.txt", "body": "b"}
    wanted = "thread { subjectType line }"
    file = await mutate(api, "addPullRequestReviewThread", {**base, "subjectType": "FILE"}, wanted)
    line = await mutate(api, "addPullRequestReviewThread", {**base, "line": 5, "side": "RIGHT"}, wanted)
    lost = await mutate(api, "addPullRequestReviewThread", {**base, "line": 25}, wanted)

    assert file["data"]["addPullRequestReviewThread"]["thread"] == {"subjectType": "FILE", "line": None}
    assert line["data"]["addPullRequestReviewThread"]["thread"] == {"subjectType": "LINE", "line": 5}
    assert lost["data"]["addPullRequestReviewThread"] == {"clientMutationId": None, "thread": None}
    assert len(pull.threads) == 2


async def test_a_review_with_threads_is_all_or_nothing(api: Api, pull: Pull) -> None:
    good, bad = ({"path": "a.txt", "line": line, "side": "RIGHT", "body": "b"} for line in (5, 25))
    given = {"pullRequestId": pull.node_id, "event": "COMMENT", "body": "b"}
    wanted = "pullRequestReview { state comments(first: 5) { totalCount } }"
    refused = await mutate(api, "addPullRequestReview", {**given, "threads": [good, bad]}, wanted)
    made = await mutate(api, "addPullRequestReview", {**given, "threads": [good]}, wanted)

    assert refused["errors"][0]["type"] == "UNPROCESSABLE"
    assert made["data"]["addPullRequestReview"]["pullRequestReview"] == {
        "state": "COMMENTED",
        "comments": {"totalCount": 1},
    }
    assert len(pull.reviews) == 1


async def test_a_commit_is_made_only_where_the_branch_is_expected_to_stand(
    api: Api, repo: Repository, pull: Pull
) -> None:
    def given(expected: str, path: str = "a.txt", branch: str = "feature") -> dict[str, Any]:
        return {
            "branch": {"repositoryNameWithOwner": "acme/shop", "branchName": branch},
            "expectedHeadOid": expected,
            "message": {"headline": "fix", "body": "why"},
            "fileChanges": {
                "additions": [{"path": path, "contents": base64.b64encode(b"mended\n").decode()}],
                "deletions": [{"path": "new.txt"}],
            },
        }

    old = pull.head_sha
    wanted = "commit { oid message } ref { name }"
    made = (await mutate(api, "createCommitOnBranch", given(old), wanted))["data"]["createCommitOnBranch"]
    stale = await mutate(api, "createCommitOnBranch", given(old), wanted)
    lost = await mutate(api, "createCommitOnBranch", given(old, branch="gone"), wanted)

    assert (made["commit"]["oid"], made["commit"]["message"]) == (pull.head_sha, "fix\n\nwhy")
    assert repo.file("a.txt", at="feature") == b"mended\n"
    assert [each["errors"][0]["type"] for each in (stale, lost)] == ["STALE_DATA", "NOT_FOUND"]


async def test_workflow_files_need_their_own_permission(anyone: Api, repo: Repository, pull: Pull) -> None:
    api = await anyone.sign_in(repo, permissions={"contents": "write"})
    given = {
        "branch": {"repositoryNameWithOwner": "acme/shop", "branchName": "feature"},
        "expectedHeadOid": pull.head_sha,
        "message": {"headline": "fix"},
        "fileChanges": {"additions": [{"path": ".github/workflows/ci.yml", "contents": ""}]},
    }

    assert (await mutate(api, "createCommitOnBranch", given, "commit { oid }"))["errors"][0]["type"] == "FORBIDDEN"


async def test_a_comment_is_edited_by_the_app_that_wrote_it_only(api: Api, pull: Pull) -> None:
    await post(api, pull, 4)
    own = pull.threads[0].comments[0]
    theirs = pull.threads[0].reply("octo-dev", "thanks")
    field = "pullRequestReviewComment { body }"

    async def edit(comment: str, body: str) -> dict[str, Any]:
        given = {"pullRequestReviewCommentId": comment, "body": body}
        return await mutate(api, "updatePullRequestReviewComment", given, field)

    edited, refused, long = [
        await edit(own.node_id, "new"),
        await edit(theirs.node_id, "x"),
        await edit(own.node_id, "x" * 65_537),
    ]

    assert (edited["data"]["updatePullRequestReviewComment"]["pullRequestReviewComment"], own.body) == (
        {"body": "new"},
        "new",
    )
    assert [each["errors"][0]["type"] for each in (refused, long)] == ["FORBIDDEN", "UNPROCESSABLE"]
    assert theirs.body == "thanks"
