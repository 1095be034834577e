"""Pull requests over REST: reading them; reviews have their own module."""

from ghapp.demo.github.routes.answers import ok
from ghapp.demo.github.shapes import change_json
from ghapp.demo.github.wire import Answer, Call


def get(call: Call) -> Answer:
    return ok(call.pull.json())


def list_pulls(call: Call) -> Answer:
    """Newest first; `head` is "login:branch"."""
    wanted, query = call.query.get("state", "open"), call.query
    pulls = [each for each in call.repository.pulls.values() if wanted in ("all", each.state)]
    if "head" in query:
        pulls = [each for each in pulls if f"{each.head_repo.owner.login}:{each.head_ref}" == query["head"]]
    if "base" in query:
        pulls = [each for each in pulls if each.base_ref == query["base"]]
    key = {"updated": "updated_at"}.get(query.get("sort", "created"), "id")
    pulls.sort(key=lambda each: getattr(each, key), reverse=query.get("direction", "desc") == "desc")
    return ok([each.simple_json() for each in call.page(pulls)])


def list_files(call: Call) -> Answer:
    pull = call.pull
    return ok([change_json(pull.repository, each, pull.head_sha) for each in call.page(pull.files())])


def list_commits(call: Call) -> Answer:
    """At most 250, as on GitHub."""
    return ok([call.repository.commit_json(sha) for sha in call.page(call.pull.commits()[:250])])


HANDLERS = {
    "pulls/get": get,
    "pulls/list": list_pulls,
    "pulls/list-files": list_files,
    "pulls/list-commits": list_commits,
}
