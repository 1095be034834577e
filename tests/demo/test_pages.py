"""The pages show a pull request as GitHub would, and their buttons do what they say."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ghapp.demo.github import GitHub, Pull, Repository
from ghapp.demo.page import pages
from ghapp.demo.page.markdown import markdown
from ghapp.demo.page.suggestions import apply, open_suggestions, suggestion

from .conftest import NUMBERS, Api

PULL = "/acme/shop/pull/1"


@pytest.fixture
async def site(github: GitHub) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(pages(github))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", follow_redirects=True) as http:
        yield http


async def check(api: Api, pull: Pull, *notes: dict[str, Any], **more: Any) -> None:
    output = {"title": "T <b>", "summary": "**bold** <script>alert(1)</script>", "text": "<details>more</details>"}
    body = {"name": "ghapp", "head_sha": pull.head_sha, "output": {**output, "annotations": list(notes)}}
    answer = await api("POST", "/repos/acme/shop/check-runs", {**body, **(more or {"conclusion": "failure"})})
    assert answer.status_code == 201


def note(path: str, line: int, **more: Any) -> dict[str, Any]:
    common = {"annotation_level": "warning", "message": "what <i> it is: https://x.test/rules/a", "title": "Title"}
    return {"path": path, "start_line": line, "end_line": line, **common, **more}


async def suggest(api: Api, *places: tuple[int, int, str], path: str = "a.txt") -> None:
    comments = [
        {"path": path, "line": last, "side": "RIGHT", "body": f"Better:\n\n```suggestion\n{text}```\n<!-- marker -->"}
        | ({"start_line": first, "start_side": "RIGHT"} if first < last else {})
        for first, last, text in places
    ]
    answer = await api("POST", "/repos/acme/shop/pulls/1/reviews", {"event": "COMMENT", "comments": comments})
    assert answer.status_code == 200


async def test_the_first_page_lists_pull_requests_and_waits_for_their_checks(
    api: Api, site: httpx.AsyncClient, pull: Pull
) -> None:
    waiting = (await site.get("/")).text
    await check(api, pull)
    done = (await site.get("/")).text

    assert 'href="/acme/shop/pull/1"' in waiting
    assert 'http-equiv="refresh"' in waiting
    assert 'http-equiv="refresh"' not in done
    assert 'aria-label="failed"' in done


async def test_the_conversation_tells_commits_reviews_and_comments_in_their_order(
    api: Api, site: httpx.AsyncClient, pull: Pull
) -> None:
    pull.body = "What *this* does"
    await suggest(api, (5, 5, "FIVE\n"))
    pull.threads[0].reply("octo-dev", "Why <b>?")
    pull.say("octo-dev", "A comment below")
    page = (await site.get(PULL)).text

    assert "What <em>this</em> does" in page
    assert page.index("pushed") < page.index("reviewed") < page.index("A comment below")
    assert "Why <b>?" in page
    assert "marker" not in page
    assert '<td class="code">FIVE</td>' in page
    assert "Apply the suggestion" in page


async def test_checks_show_the_output_as_clean_markdown_and_every_annotation(
    api: Api, site: httpx.AsyncClient, pull: Pull
) -> None:
    none = (await site.get(f"{PULL}/checks")).text
    await check(api, pull, note("a.txt", 5, raw_details="raw <x>"), note("a.txt", 6, annotation_level="failure"))
    page = (await site.get(f"{PULL}/checks")).text

    assert "No check has been reported" in none
    assert "T &lt;b&gt;" in page
    assert "<strong>bold</strong>" in page
    assert "<script>" not in page
    assert "what &lt;i&gt; it is" in page
    assert '<a href="https://x.test/rules/a" rel="noopener noreferrer">' in page
    assert "raw &lt;x&gt;" in page
    assert page.index("a.txt, line 6") < page.index("a.txt, line 5")


async def test_files_show_annotations_in_place_outside_of_the_diff_and_in_unchanged_files(
    api: Api, site: httpx.AsyncClient, repo: Repository, pull: Pull
) -> None:
    pull.push({"logo.png": b"\0\2"}, renames={"lib/run.sh": "lib/go.sh"})
    await check(
        api, pull, note("a.txt", 5, title="Here"), note("a.txt", 25, title="Far"), note("b.txt", 1, title="Other")
    )
    await suggest(api, (5, 5, "FIVE\n"))
    body = {"path": "a.txt", "body": "on the file", "commit_id": pull.head_sha}
    await api("POST", "/repos/acme/shop/pulls/1/comments", {**body, "subject_type": "file"})
    await api("POST", "/repos/acme/shop/pulls/1/comments", {**body, "body": "on the old", "line": 5, "side": "LEFT"})
    page = (await site.get(f"{PULL}/files")).text

    assert page.index("five</td>") < page.index("Here") < page.index("Apply suggestion") < page.index("Far")
    assert "on the file" in page
    assert "on the old" in page
    assert page.index("Unchanged files with annotations") < page.index("Other")
    assert "lib/run.sh → lib/go.sh" in page
    assert "No text to compare" in page
    assert "Renamed without a change" in page


async def test_a_suggestion_is_applied_as_a_commit_that_sets_off_a_webhook(
    api: Api, site: httpx.AsyncClient, repo: Repository, pull: Pull
) -> None:
    await suggest(api, (4, 6, "vier\nsechs\n"), (8, 8, ""))
    first, second = pull.comments
    api.github.drop()
    page = await site.post(f"{PULL}/apply", content=f"comment={first.id}")

    assert repo.file("a.txt", at="feature").decode().split("\n")[:8] == ["1", "2", "3", "vier", "sechs", "7", "8", "9"]
    assert [(d.event, d.action) for d in api.github.drop()][-1] == ("pull_request", "synchronize")
    assert (first.thread.is_resolved, second.thread.lines) == (True, (7, 7))
    assert "Apply suggestion from code review" in page.text
    assert pull.objects.commits[pull.head_sha].message.endswith(
        "Co-authored-by: ghapp[bot] <ghapp[bot]@users.noreply.github.com>"
    )


async def test_all_suggestions_are_applied_in_one_commit_unless_they_overlap(
    api: Api, site: httpx.AsyncClient, repo: Repository, pull: Pull
) -> None:
    await suggest(api, (2, 2, "zwei\n"), (8, 8, ""), (7, 8, "other\n"))
    await suggest(api, (1, 1, "````text\n"), path="new.txt")
    before = len(pull.commits())
    await site.post(f"{PULL}/apply")

    assert len(pull.commits()) == before + 1
    assert repo.file("a.txt", at="feature").decode().split("\n")[1:8] == ["zwei", "3", "4", "five", "6", "7", "9"]
    assert repo.file("new.txt", at="feature") == b"````text\n"
    assert open_suggestions(pull) == []


async def test_what_changes_nothing_or_is_outdated_or_closed_cannot_be_applied(
    api: Api, site: httpx.AsyncClient, pull: Pull
) -> None:
    await suggest(api, (5, 5, "five\n"), (6, 6, "SIX\n"))
    same, other = pull.comments
    usable = [suggestion(same), suggestion(other)]
    pull.close()
    closed = suggestion(other)
    pull.reopen()
    pull.push({"a.txt": NUMBERS.replace("6\n", "VI\n", 1)})
    head = pull.head_sha
    page = (await site.post(f"{PULL}/apply", content=f"comment={other.id}")).text

    assert (usable[0], usable[1] is None, closed, suggestion(other)) == (None, False, None, None)
    assert apply(pull, pull.comments) is None
    assert pull.head_sha == head
    assert "no longer applicable" in page


async def test_a_check_can_be_run_again(api: Api, site: httpx.AsyncClient, pull: Pull) -> None:
    await check(api, pull)
    await check(api, pull, name="other", status="in_progress")
    api.github.drop()
    page = await site.post(f"{PULL}/rerun")

    assert [(d.event, d.action) for d in api.github.drop()] == [("check_run", "rerequested")]
    assert 'aria-label="in progress"' in page.text


async def test_a_file_can_be_edited_on_the_head_branch(site: httpx.AsyncClient, repo: Repository, pull: Pull) -> None:
    form = (await site.get(f"{PULL}/edit/new.txt")).text
    before = len(pull.commits())
    await site.post(f"{PULL}/edit/new.txt", data={"text": "one\r\ntwo\r\n", "message": ""})
    await site.post(f"{PULL}/edit/new.txt", data={"text": "one\r\ntwo\r\n"})
    missing = await site.get(f"{PULL}/edit/nothing.txt")

    assert 'spellcheck="false" wrap="off">\nnew\n</textarea>' in form
    assert repo.file("new.txt", at="feature") == b"one\ntwo\n"
    assert len(pull.commits()) == before + 1
    assert missing.status_code == 404


async def test_deliveries_can_be_sent_again(github: GitHub, site: httpx.AsyncClient, pull: Pull) -> None:
    github.webhooks.url = "http://127.0.0.1:1/webhook"
    github.webhooks.transport = httpx.MockTransport(lambda _: httpx.Response(202))
    await github.deliver()
    sent = github.deliveries[-1]
    page = await site.post(f"/deliveries/{sent.id}")
    again = await github.deliver()
    unknown = await site.post("/deliveries/7")

    assert sent.guid in page.text
    assert [(each.guid, each.redelivery) for each in again] == [(sent.guid, True)]
    assert unknown.status_code == 404


async def test_links_of_the_check_lead_somewhere(
    api: Api, site: httpx.AsyncClient, repo: Repository, pull: Pull
) -> None:
    await check(api, pull)
    run = repo.check_runs()[0]
    answers = [
        await site.get(path)
        for path in (
            f"/acme/shop/runs/{run.id}",
            f"/acme/shop/blob/{pull.head_sha}/a.txt",
            f"/acme/shop/commit/{pull.head_sha}",
            "/demo.css",
            "/acme/shop/runs/7",
            "/acme/shop/commit/7",
            "/acme/shop/blob/main/nothing",
            "/acme/nothing/pull/1",
            "/acme/shop/pull/9",
            "/nothing",
        )
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 404, 404, 404, 404, 404, 404]
    assert 'id="L5"' in answers[1].text


async def test_pages_run_no_scripts_and_load_nothing_from_elsewhere(
    api: Api, site: httpx.AsyncClient, pull: Pull
) -> None:
    await check(api, pull, note("a.txt", 5))
    await suggest(api, (5, 5, "FIVE\n"))
    for path in ("/", PULL, f"{PULL}/checks", f"{PULL}/files", f"{PULL}/edit/a.txt", "/deliveries", "/nothing"):
        answer = await site.get(path)

        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert "<script" not in answer.text
        assert "src=" not in answer.text
        assert '<html lang="en">' in answer.text
        assert answer.text.count("<h1") == 1


async def test_only_this_machine_is_answered(site: httpx.AsyncClient) -> None:
    assert (await site.get("/", headers={"host": "evil.test"})).status_code == 400


def test_markdown_is_rendered_and_cleaned() -> None:
    html = markdown("| a |\n|---|\n| `b` |\n\n<img src=x onerror=alert(1)> [x](javascript:alert(1)) <!-- secret -->")

    assert "<table>" in html
    assert "<code>b</code>" in html
    assert "img" not in html
    assert "<a" not in html
    assert "secret" not in html
    assert markdown(None) == ""


CHART = """```mermaid
flowchart LR
j0["unit-tests"]
j1["deploy<br/>a#60;b#62;.yml#58;11 #55296;#9999999;"]
j0 --> j1
j1 --> j0
classDef failing fill:#ffebe9
class j1 failing
```
"""


def test_a_chart_is_drawn_without_a_script() -> None:
    drawn = str(markdown(f"Before\n\n{CHART}\nAfter\n"))

    assert drawn.startswith("<p>Before</p>\n<svg ")
    assert drawn.endswith("<p>After</p>\n")
    assert '<g class="failing"><rect ' in drawn
    assert ">deploy</text>" in drawn
    assert ">a&lt;b&gt;.yml:11 \ufffd\ufffd</text>" in drawn
    assert drawn.count('class="arrow"') == 2


@pytest.mark.parametrize(
    "line", ["click j0 alert", "j0 --> j9", "class j9 failing", "class j0 style=x", 'j2["a"]; x', "flowchart LR"]
)
def test_what_is_no_chart_of_ours_stays_text(line: str) -> None:
    drawn = str(markdown(CHART.replace("j0 --> j1", line)))

    assert "<svg" not in drawn
    assert "<pre><code" in drawn
    assert "<svg" not in str(markdown("```mermaid\ngraph TD\n```"))


async def test_a_person_replies_in_a_thread_resolves_it_and_opens_it_again(
    api: Api, site: httpx.AsyncClient, pull: Pull, github: GitHub
) -> None:
    await suggest(api, (5, 5, "FIVE\n"))
    (thread,) = pull.threads
    github.drop()
    page = (await site.post(f"{PULL}/threads/{thread.id}", data={"text": "/ghapp explain", "resolve": "1"})).text
    resolved = thread.is_resolved
    await site.post(f"{PULL}/threads/{thread.id}", data={"text": " ", "reopen": "1"})

    assert "/ghapp explain" in page
    assert "Unresolve" in page
    assert (resolved, thread.is_resolved) == (True, False)
    assert [(each.event, each.action) for each in github.drop()] == [("pull_request_review_comment", "created")]
    assert (await site.post(f"{PULL}/threads/1", data={"text": "lost"})).status_code == 404


async def test_a_person_comments_below_the_pull_request(site: httpx.AsyncClient, pull: Pull, github: GitHub) -> None:
    github.drop()
    await site.post(f"{PULL}/say", data={"text": "  "})
    page = (await site.post(f"{PULL}/say", data={"text": "/ghapp review"})).text

    assert [each.body for each in pull.issue_comments] == ["/ghapp review"]
    assert "/ghapp review" in page
    assert [(each.event, each.action) for each in github.drop()] == [("issue_comment", "created")]


async def test_a_check_run_shows_its_own_buttons_and_only_they_can_be_pressed(
    api: Api, site: httpx.AsyncClient, pull: Pull, github: GitHub
) -> None:
    button = {"label": "Mend <all>", "description": "One commit", "identifier": "fix"}
    await check(api, pull, conclusion="failure", actions=[button])
    (run,) = pull.repository.check_runs()
    page = (await site.get(f"{PULL}/checks")).text
    github.drop()
    await site.post(f"{PULL}/action", data={"run": str(run.id), "identifier": "drop-database"})
    await site.post(f"{PULL}/action", data={"run": "0", "identifier": "fix"})
    refused = github.drop()
    await site.post(f"{PULL}/action", data={"run": str(run.id), "identifier": "fix"})
    (pressed,) = github.drop()

    assert "Mend &lt;all&gt;" in page
    assert refused == []
    assert (pressed.action, pressed.payload["requested_action"]) == ("requested_action", {"identifier": "fix"})


async def test_the_merge_queue_waits_for_the_check_of_its_group(
    api: Api, site: httpx.AsyncClient, pull: Pull, github: GitHub
) -> None:
    await check(api, pull, conclusion="success")
    github.drop()
    waiting = (await site.post(f"{PULL}/queue")).text
    (asked,) = [each for each in github.drop() if each.event == "merge_group"]
    group = {"name": "ghapp", "head_sha": asked.payload["merge_group"]["head_sha"], "conclusion": "success"}
    await api("POST", "/repos/acme/shop/check-runs", group)
    done = (await site.get(PULL)).text
    pull.push({"a.txt": "other\n"})
    pushed = (await site.get(PULL)).text
    pull.close()
    await site.post(f"{PULL}/queue")

    assert "its checks are under way" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert "its checks have passed" in done
    assert "Add to the merge queue" in pushed
    assert pull.queued == ""


async def test_a_minimised_comment_is_folded_and_an_edited_one_says_so(
    api: Api, site: httpx.AsyncClient, pull: Pull, github: GitHub
) -> None:
    await suggest(api, (5, 5, "FIVE\n"))
    (comment,) = pull.comments
    github.clock.advance(seconds=60)
    comment.edit("Mended in abc1234.")
    comment.minimized = "RESOLVED"
    page = (await site.get(PULL)).text

    assert "This comment was marked as resolved." in page
    assert "Mended in abc1234." in page
    assert "edited</span>" in page
