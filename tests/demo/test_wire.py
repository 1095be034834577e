"""Every request and every answer is checked; what is not GitHub's is loud."""

import asyncio
import json
import re
import time

import httpx
import pytest

from ghapp.demo.github import GitHub, Pull, Repository, serve
from ghapp.demo.github.openapi import operations

from .conftest import Api

RUN = {"name": "ghapp", "status": "in_progress"}


async def test_every_operation_that_reads_answers_as_github_describes_it(
    api: Api, repo: Repository, pull: Pull
) -> None:
    base = "/repos/acme/shop"
    made = (await api("POST", f"{base}/check-runs", {**RUN, "head_sha": pull.head_sha})).json()
    comment = {"path": "a.txt", "line": 5, "side": "RIGHT", "body": "b"}
    review = (await api("POST", f"{base}/pulls/1/reviews", {"event": "COMMENT", "comments": [comment]})).json()
    pull.say("octo-dev", "hello")
    blob = pull.files()[0].sha
    paths = [
        base,
        f"{base}/pulls?state=all&head=acme:feature&base=main&sort=updated&direction=asc",
        f"{base}/pulls/1",
        f"{base}/pulls/1/files",
        f"{base}/pulls/1/commits",
        f"{base}/pulls/1/reviews",
        f"{base}/pulls/1/comments",
        f"{base}/pulls/1/reviews/{review['id']}/comments",
        f"{base}/issues/1/comments",
        f"{base}/compare/main...feature",
        f"{base}/commits/feature",
        f"{base}/commits/{pull.head_sha}/pulls",
        f"{base}/commits/feature/check-runs?check_name=ghapp&app_id={api.github.app.id}&filter=all&status=in_progress",
        f"{base}/commits/feature/check-suites?app_id={api.github.app.id}&check_name=ghapp",
        f"{base}/check-runs/{made['id']}",
        f"{base}/check-runs/{made['id']}/annotations",
        f"{base}/check-suites/{made['check_suite']['id']}",
        f"{base}/check-suites/{made['check_suite']['id']}/check-runs",
        f"{base}/git/trees/feature?recursive=1",
        f"{base}/git/blobs/{blob}",
        f"{base}/contents/a.txt?ref=feature",
        f"{base}/contents/lib",
        "/installation/repositories",
        "/rate_limit",
    ]
    answers = {path: await api("GET", path) for path in paths}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, 200)
    assert api.github.violations == []


async def test_the_app_reads_its_registration_installations_and_deliveries(anyone: Api, repo: Repository) -> None:
    app = Api(anyone.github, anyone.http, anyone.jwt())
    number = repo.installation.id
    paths = ["/app", "/app/installations", f"/app/installations/{number}", "/repos/acme/shop/installation"]
    paths += ["/app/hook/config", "/app/hook/deliveries?per_page=5"]
    answers = [await app("GET", path) for path in paths]
    changed = await app("PATCH", "/app/hook/config", {"url": "http://127.0.0.1/webhook"})

    assert [answer.status_code for answer in answers] == [200] * len(paths)
    assert changed.json()["url"] == "http://127.0.0.1/webhook"
    assert anyone.github.violations == []


async def test_a_manifest_code_can_be_exchanged_once_without_signing_in(anyone: Api) -> None:
    anyone.github.manifest_codes.add("code")
    first, second = [await anyone("POST", "/app-manifests/code/conversions") for _ in range(2)]

    assert (first.status_code, second.status_code) == (201, 404)
    assert first.json()["pem"] == anyone.github.app.private_key


async def test_every_operation_of_the_description_has_a_handler() -> None:
    from ghapp.demo.github.routes import HANDLERS

    assert {operation.id for operation in operations()} == set(HANDLERS)


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("GET", "/repos/acme/shop/teams", None, "no such operation"),
        ("GET", "/repos/acme/shop/pulls/one", None, "no such operation"),
        ("GET", "/repos/acme/shop/pulls/1/files?perpage=100", None, "unknown query parameter 'perpage'"),
        ("GET", "/repos/acme/shop/pulls?state=opened", None, "state='opened' is not valid"),
        ("GET", "/repos/acme/shop", {"x": 1}, "takes no body"),
        ("POST", "/repos/acme/shop/check-runs", {"name": "n"}, '"head_sha" is a required property'),
        ("POST", "/repos/acme/shop/check-runs", {"name": "n", "head_sha": "x", "outputs": {}}, "outputs"),
        ("POST", "/repos/acme/shop/pulls/1/comments", {"body": "b", "commit_id": "x", "path": "p", "lien": 1}, "lien"),
    ],
)
async def test_what_github_does_not_know_is_refused_and_remembered(
    api: Api, pull: Pull, method: str, path: str, body: object, said: str
) -> None:
    answer = await api(method, path, body)

    assert answer.status_code in (422, 500)
    assert len(api.github.violations) == 1
    assert said in api.github.violations[0]


async def test_typos_inside_annotations_and_outputs_are_found(api: Api, pull: Pull) -> None:
    note = {"path": "a.txt", "startline": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    output = {"title": "t", "summary": "s", "annotations": [note]}
    for body in ({"output": output}, {"output": {"summary": "s", "txt": ""}}, {"conclusions": "success"}):
        await api("POST", "/repos/acme/shop/check-runs", {**RUN, "head_sha": pull.head_sha, **body})

    assert len(api.github.violations) == 3
    assert "startline" in api.github.violations[0]


async def test_lists_come_in_pages_with_links(api: Api, repo: Repository) -> None:
    repo.commit({f"f{n:03}.txt": "x\n" for n in range(250)}, branch="many")
    repo.pull_request(head="many")
    first = await api("GET", "/repos/acme/shop/pulls/1/files?per_page=100")
    last = await api("GET", first.links["last"]["url"])
    beyond = await api("GET", "/repos/acme/shop/pulls/1/files?per_page=500&page=9")
    usual = await api("GET", "/repos/acme/shop/pulls/1/files")

    assert [len(each.json()) for each in (first, last, beyond, usual)] == [100, 50, 0, 30]
    assert first.links["next"]["url"].endswith("per_page=100&page=2")
    assert set(last.links) == {"prev", "first"}


async def test_github_enterprise_paths_and_a_real_port_serve_the_same(api: Api, repo: Repository) -> None:
    with serve(api.github.asgi) as url:
        async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {api.token}"}) as http:
            rest = await http.get("/api/v3/repos/acme/shop")
            graph = await http.post("/api/graphql", json={"query": "{ viewer { login } }"})

    assert rest.json()["full_name"] == "acme/shop"
    assert graph.json() == {"data": {"viewer": {"login": "ghapp"}}}


async def test_paths_with_odd_characters_reach_the_right_file(api: Api, repo: Repository) -> None:
    repo.commit({"dir/a?b#c%d é.txt": "odd\n"})
    answer = await api("GET", "/repos/acme/shop/contents/dir/a%3Fb%23c%25d%20%C3%A9.txt")

    assert answer.json()["name"] == "a?b#c%d é.txt"


async def test_contents_come_as_json_raw_or_not_at_all(api: Api, repo: Repository) -> None:
    from ghapp.demo.github import File

    repo.commit(
        {"big.bin": b"x" * (1024 * 1024 + 1), "link": File(b"a.txt", "120000"), "mod": File(b"1" * 40, "160000")}
    )
    raw = await api(
        "GET", "/repos/acme/shop/contents/lib/run.sh", headers={"accept": "application/vnd.github.raw+json"}
    )
    big, link, mod, none = [
        await api("GET", f"/repos/acme/shop/contents/{path}") for path in ("big.bin", "link", "mod", "nothing")
    ]
    blob = await api(
        "GET",
        f"/repos/acme/shop/git/blobs/{link.json()['sha']}",
        headers={"accept": "application/vnd.github.raw+json"},
    )

    assert raw.content == b"echo one\n"
    assert (big.json()["encoding"], big.json()["content"]) == ("none", "")
    assert (link.json()["type"], link.json()["target"], blob.content) == ("symlink", "a.txt", b"a.txt")
    assert mod.json()["type"] == "submodule"
    assert none.status_code == 404
    assert api.github.violations == []


async def test_a_large_tree_is_truncated(api: Api, repo: Repository) -> None:
    whole = await api("GET", "/repos/acme/shop/git/trees/main?recursive=1")
    api.github.tree_limit = 2
    cut = await api("GET", "/repos/acme/shop/git/trees/main?recursive=1")

    assert [entry["path"] for entry in whole.json()["tree"]] == ["a.txt", "lib", "lib/run.sh", "logo.png"]
    assert (whole.json()["truncated"], cut.json()["truncated"], len(cut.json()["tree"])) == (False, True, 2)


async def test_unknown_objects_are_refused_as_on_github(api: Api, repo: Repository) -> None:
    base, unknown = "/repos/acme/shop", "f" * 40
    paths = {
        f"{base}/git/blobs/{unknown}": 404,
        f"{base}/git/blobs/short": 422,
        f"{base}/git/trees/{unknown}": 404,
        f"{base}/commits/{unknown}": 422,
        f"{base}/commits/{unknown}/check-runs": 422,
        f"{base}/commits/{unknown}/pulls": 422,
        f"{base}/compare/main...{unknown}": 404,
        f"{base}/pulls/7": 404,
        f"{base}/check-runs/7": 404,
        f"{base}/check-suites/7": 404,
        "/repos/acme/other": 404,
    }
    answers = {path: (await api("GET", path)).status_code for path in paths}

    assert answers == paths
    assert api.github.violations == []


async def test_comparisons_say_who_is_ahead(api: Api, repo: Repository, pull: Pull) -> None:
    repo.commit({"b.txt": "b\n"})
    base = "/repos/acme/shop/compare"
    answers = [
        (await api("GET", f"{base}/{ends}")).json() for ends in ("main...feature", "main...main", "feature...main")
    ]

    assert [each["status"] for each in answers] == ["diverged", "identical", "diverged"]
    assert [file["filename"] for file in answers[0]["files"]] == ["a.txt", "new.txt"]
    assert answers[0]["merge_base_commit"]["sha"] == pull.merge_base


async def test_an_etag_spares_the_body_while_the_token_stays(api: Api, anyone: Api, repo: Repository) -> None:
    first = await api("GET", "/repos/acme/shop")
    same = await api("GET", "/repos/acme/shop", headers={"if-none-match": first.headers["etag"]})
    other = await anyone.sign_in(repo)
    anew = await other("GET", "/repos/acme/shop", headers={"if-none-match": first.headers["etag"]})

    assert (same.status_code, same.content, anew.status_code) == (304, b"", 200)


async def test_calls_are_logged_with_operation_installation_and_status(api: Api, repo: Repository) -> None:
    api.github.clear()
    await api("GET", "/repos/acme/shop")
    await api.graphql("{ viewer { login } }")
    first, second = api.github.calls

    assert (first.operation, first.method, first.status) == ("repos/get", "GET", 200)
    assert first.installation == repo.installation.id
    assert api.github.operations == ["repos/get", "graphql"]
    assert 0 < second.seconds < 5


async def test_faults_come_before_after_or_in_the_middle(api: Api, repo: Repository, pull: Pull) -> None:
    github, body = api.github, {**RUN, "head_sha": pull.head_sha}
    path = "/repos/acme/shop/check-runs"
    github.fail("checks/create", status=502)
    github.fail("checks/create", timeout="before")
    github.fail("checks/create", timeout="after")
    github.fail("checks/create", truncated=True)
    github.fail("checks/create", headers={"x-odd": "yes"})
    failed = await api("POST", path, body)
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            await api("POST", path, body)
    runs = len(repo.check_runs())
    cut = await api("POST", path, body)
    odd = await api("POST", path, body)

    assert (failed.status_code, runs, odd.headers["x-odd"]) == (502, 1, "yes")
    with pytest.raises(json.JSONDecodeError):
        cut.json()


async def test_a_fault_may_let_calls_pass_first_and_hit_any_operation(api: Api) -> None:
    api.github.fail("*", times=2, after=1, status=500)
    answers = [(await api("GET", "/rate_limit")).status_code for _ in range(4)]

    assert answers == [200, 500, 500, 200]


async def test_a_timeout_on_a_real_port_keeps_the_client_waiting(api: Api, repo: Repository) -> None:
    api.github.faults.hang = 5
    api.github.fail("repos/get", timeout="before")
    with serve(api.github.asgi) as url:
        async with httpx.AsyncClient(base_url=url, timeout=0.2) as http:
            with pytest.raises(httpx.ReadTimeout):
                await http.get("/repos/acme/shop")
        api.github.faults.hang = 0


async def test_latency_is_added_to_each_call(api: Api) -> None:
    api.github.latency = 0.05
    started = time.perf_counter()
    await asyncio.gather(*(api("GET", "/rate_limit") for _ in range(5)))

    assert 0.05 <= time.perf_counter() - started < 2


async def test_the_primary_limit_counts_down_and_comes_back(api: Api) -> None:
    api.github.limits.remaining(1, reset_in=60)
    last = await api("GET", "/repos/acme/shop")
    over = await api("GET", "/repos/acme/shop")
    graph = await api.graphql("{ viewer { login } }")
    graph_over = await api.graphql("{ viewer { login } }")
    limits = await api("GET", "/rate_limit")
    api.github.clock.advance(61)
    after = await api("GET", "/repos/acme/shop")

    assert (last.status_code, last.headers["x-ratelimit-remaining"]) == (200, "0")
    assert (over.status_code, over.headers["x-ratelimit-remaining"]) == (403, "0")
    assert int(over.headers["x-ratelimit-reset"]) - time.time() < 62
    assert graph["data"]["viewer"]["login"] == "ghapp"
    assert graph_over["errors"][0]["type"] == "RATE_LIMITED"
    assert limits.json()["resources"]["core"]["remaining"] == 0
    assert (after.status_code, after.headers["x-ratelimit-remaining"]) == (200, "4999")


async def test_secondary_limits_come_with_and_without_retry_after(api: Api) -> None:
    api.github.limits.secondary(retry_after=60)
    api.github.limits.secondary(status=429, retry_after=None)
    told, silent, after = [await api("GET", "/repos/acme/shop") for _ in range(3)]

    assert (told.status_code, told.headers["retry-after"]) == (403, "60")
    assert (silent.status_code, "retry-after" in silent.headers) == (429, False)
    assert re.search("secondary rate limit", silent.json()["message"])
    assert after.status_code == 200


async def test_content_is_limited_to_80_writes_a_minute_when_switched_on(api: Api, pull: Pull) -> None:
    api.github.limits.content = True
    body = {"body": "hello"}
    answers = [(await api("POST", "/repos/acme/shop/issues/1/comments", body)).status_code for _ in range(81)]
    api.github.clock.advance(61)
    later = await api("POST", "/repos/acme/shop/issues/1/comments", body)

    assert answers == [201] * 80 + [403]
    assert later.status_code == 201


def test_a_world_of_ones_own_needs_no_arguments() -> None:
    repo = GitHub().repository("acme/shop")

    assert repo.file("README.md") == b"# shop\n"


async def test_content_is_limited_to_500_writes_an_hour_when_switched_on(api: Api, pull: Pull) -> None:
    api.github.limits.content = True
    statuses: list[int] = []
    for _ in range(501):
        api.github.clock.advance(1)
        statuses.append((await api("POST", "/repos/acme/shop/issues/1/comments", {"body": "hello"})).status_code)
    api.github.clock.advance(3_600)
    fresh = await api.sign_in(pull.repository)
    later = await fresh("POST", "/repos/acme/shop/issues/1/comments", {"body": "hello"})

    assert (statuses.count(201), statuses[-1], later.status_code) == (500, 403, 201)


async def test_graphql_too_has_a_secondary_limit(api: Api) -> None:
    api.github.limits.secondary()

    assert (await api("POST", "/graphql", {"query": "{ viewer { login } }"})).status_code == 403


async def test_a_mistake_of_this_github_is_loud(api: Api, repo: Repository, pull: Pull) -> None:
    pull.title = None  # type: ignore[assignment]
    answer = await api("GET", "/repos/acme/shop/pulls/1")
    repo.pulls[2] = None  # type: ignore[assignment]
    broken = await api("GET", "/repos/acme/shop/pulls?state=all")

    assert (answer.status_code, broken.status_code) == (500, 500)
    assert "our answer 200 is not GitHub's" in api.github.violations[0]
    assert "AttributeError" in api.github.violations[1]


async def test_a_fault_waits_for_its_own_operation(api: Api) -> None:
    api.github.fail("repos/get", status=500)
    first = await api("GET", "/rate_limit")
    second = await api("GET", "/repos/acme/shop")

    assert (first.status_code, second.status_code) == (200, 500)


async def test_the_selected_api_version_is_named(api: Api) -> None:
    answer = await api("GET", "/rate_limit", headers={"x-github-api-version": "2022-11-28"})

    assert answer.headers["x-github-api-version-selected"] == "2022-11-28"


async def test_a_body_that_is_not_json_is_refused(api: Api, pull: Pull) -> None:
    headers = {"authorization": f"Bearer {api.token}"}
    answer = await api.http.post("/repos/acme/shop/check-runs", content=b"{not json", headers=headers)

    assert answer.status_code == 422
    assert "not JSON" in api.github.violations[0]


async def test_a_pull_request_is_found_by_its_ref_as_well(api: Api, pull: Pull) -> None:
    tree = await api("GET", "/repos/acme/shop/commits/refs/pull/1/head")

    assert tree.json()["sha"] == pull.head_sha
