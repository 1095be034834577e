"""Comments below a pull request (GitHub calls them issue comments) over REST."""

from ghapp.demo.github.conversation import IssueComment
from ghapp.demo.github.errors import Refused, invalid, not_found
from ghapp.demo.github.routes.answers import created, gone, ok
from ghapp.demo.github.routes.reviews import LONGEST
from ghapp.demo.github.wire import Answer, Call


def list_comments(call: Call) -> Answer:
    found = [each for each in call.pull.issue_comments if each.since(call.query.get("since", ""))]
    return ok([each.json() for each in call.page(found)])


def create(call: Call) -> Answer:
    return created(call.pull.say(call.github.bot.login, _body(call)).json())


def update(call: Call) -> Answer:
    comment = _comment(call)
    if comment.user is not call.github.bot:
        raise Refused(403, "Resource not accessible by integration")
    comment.edit(_body(call))
    return ok(comment.json())


def delete(call: Call) -> Answer:
    comment = _comment(call)
    comment.pull.issue_comments.remove(comment)
    return gone()


def _body(call: Call) -> str:
    if len(call.body["body"]) > LONGEST:
        raise invalid("IssueComment", "body", f"body is too long (maximum is {LONGEST} characters)")
    return call.body["body"]


def _comment(call: Call) -> IssueComment:
    number = int(call.params["comment_id"])
    found = next((c for pull in call.repository.pulls.values() for c in pull.issue_comments if c.id == number), None)
    if found is None:
        raise not_found()
    return found


HANDLERS = {
    "issues/list-comments": list_comments,
    "issues/create-comment": create,
    "issues/update-comment": update,
    "issues/delete-comment": delete,
}
