"""Reviews and review comments over REST, with the hand rules of lines: all or nothing, one hunk, one side.

Sources of the refusals' words: ubuntu/WSL#244, parkerbxyz/suggest-changes#28, mshick/add-pr-comment#93.
"""

from typing import TypeVar

from ghapp.demo.github.conversation import Place, Review, ReviewComment, Thread
from ghapp.demo.github.diff import Change
from ghapp.demo.github.errors import Refused, invalid, not_found, unprocessable
from ghapp.demo.github.pull import Pull
from ghapp.demo.github.routes.answers import created, gone, ok
from ghapp.demo.github.shapes import Json
from ghapp.demo.github.wire import Answer, Call

Owned = TypeVar("Owned", Review, ReviewComment)
LONGEST = 65_536  # characters of a body
STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED", None: "PENDING"}


def create_review(call: Call) -> Answer:
    pull, body = call.pull, call.body
    event, text = body.get("event"), body.get("body") or ""
    comments: list[Json] = body.get("comments") or []
    if not text and (event == "REQUEST_CHANGES" or (event == "COMMENT" and not comments)):
        raise unprocessable("Review Can not submit a review without a body or comments")
    check_length(text, *(each["body"] for each in comments))
    if not event and any(each.state == "PENDING" and each.user is call.github.bot for each in pull.reviews):
        raise unprocessable("User can only have one pending review per pull request")
    commit = body.get("commit_id") or pull.head_sha
    changes = changes_at(pull, commit)
    places = [place(changes, commit, each) for each in comments]  # one bad line refuses the whole review
    review = Review(pull, call.github.bot, text, STATES[event], commit)
    pull.reviews.append(review)
    for at, comment in zip(places, comments, strict=True):
        add_thread(pull, at, review, comment["body"])
    _tell(review)
    return ok(review.json())


def changes_at(pull: Pull, commit: str) -> list[Change]:
    if commit not in pull.objects.commits or commit not in (pull.head_sha, *pull.objects.ancestors(pull.head_sha)):
        raise unprocessable("The commit_id is not part of the pull request")
    return pull.changes_at(commit)


def place(changes: list[Change], commit: str, body: Json) -> Place:
    """Where a comment stands, or 422 when its lines are not in one hunk of the diff, on one side."""
    path, line, side = body["path"], body.get("line"), body.get("side") or "RIGHT"
    change = next((each for each in changes if each.path == path), None)
    if change is None:
        raise unprocessable("Path could not be resolved")
    if line is None and body.get("position"):
        return _at_position(change, commit, body["position"])
    start, start_side = body.get("start_line"), body.get("start_side") or side
    if line is None:
        raise unprocessable("Pull request review thread line or position must be given")
    if start is not None and start >= line and start_side == side:
        raise unprocessable("Pull request review thread start line must precede the end line.")
    hunk = change.hunk_at(line, side) if side in ("LEFT", "RIGHT") else None
    last = hunk.at(line, side) if hunk else None
    if hunk is None or last is None:
        raise unprocessable(
            "Pull request review thread line must be part of the diff and "
            "Pull request review thread diff hunk can't be blank"
        )
    if start is not None and not hunk.at(start, start_side):
        raise unprocessable("Pull request review thread start line must be part of the same hunk as the line.")
    return Place(path, commit, line, side, start, hunk.until(last), last.position)


def file_place(changes: list[Change], commit: str, path: str) -> Place:
    """A comment on a changed file as a whole."""
    if all(each.path != path for each in changes):
        raise unprocessable("Path could not be resolved")
    return Place(path, commit)


def _at_position(change: Change, commit: str, position: int) -> Place:
    for hunk in change.hunks:
        for line in hunk.lines:
            if line.position == position and (line.new or line.old):
                side = "RIGHT" if line.new else "LEFT"
                return Place(change.path, commit, line.new or line.old, side, None, hunk.until(line), position)
    raise unprocessable("Position is invalid")


def check_length(*bodies: str) -> None:
    if any(len(body) > LONGEST for body in bodies):
        raise unprocessable(f"Body is too long (maximum is {LONGEST} characters)")


def add_thread(pull: Pull, at: Place, review: Review, body: str) -> ReviewComment:
    thread = Thread(pull, at)
    pull.threads.append(thread)
    return ReviewComment(thread, review, review.user, body)


def _tell(review: Review) -> None:
    if review.state == "PENDING":
        return
    pull, repository = review.pull, review.pull.repository
    payload = {"review": review.json() | {"state": review.state.lower()}, "pull_request": pull.simple_json()}
    repository.emit("pull_request_review", "submitted", payload, review.user)
    for comment in review.comments:
        told = {"comment": comment.json(), "pull_request": pull.simple_json()}
        repository.emit("pull_request_review_comment", "created", told, review.user)


def list_reviews(call: Call) -> Answer:
    mine = [each for each in call.pull.reviews if each.state != "PENDING" or each.user is call.github.bot]
    return ok([each.json() for each in call.page(mine)])


def update_review(call: Call) -> Answer:
    check_length(call.body["body"])
    review = _own(call, _review(call))
    review.edit(call.body["body"])
    return ok(review.json())


def submit_review(call: Call) -> Answer:
    review = _own(call, _review(call))
    if review.state != "PENDING":
        raise Refused(422, "Unprocessable Entity", ["Review has already been submitted"])
    review.state = STATES[call.body["event"]]
    review.body = call.body.get("body") or review.body
    _tell(review)
    return ok(review.json())


def dismiss_review(call: Call) -> Answer:
    review = _review(call)
    if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise unprocessable("Can not dismiss a commented pull request review")
    review.state = "DISMISSED"
    return ok(review.json())


def list_comments_of_review(call: Call) -> Answer:
    return ok([each.json() for each in call.page(_review(call).comments)])


def list_comments(call: Call) -> Answer:
    comments = sorted(call.pull.comments, key=lambda each: each.id, reverse=call.query.get("direction") == "desc")
    found = [each for each in comments if each.since(call.query.get("since", ""))]
    return ok([each.json() for each in call.page(found)])


def create_comment(call: Call) -> Answer:
    pull, body = call.pull, call.body
    check_length(body["body"])
    if "in_reply_to" in body:
        return created(_reply(call, body["in_reply_to"], body["body"]).json())
    try:
        changes = changes_at(pull, body["commit_id"])
        whole = body.get("subject_type") == "file"
        at = file_place(changes, body["commit_id"], body["path"]) if whole else place(changes, body["commit_id"], body)
    except Refused as refused:  # a single comment is refused in other words than a review
        raise invalid(
            "PullRequestReviewComment", "pull_request_review_thread.line", (refused.errors or [""])[0]
        ) from None
    review = Review(pull, call.github.bot, "", "COMMENTED", body["commit_id"])
    pull.reviews.append(review)
    comment = add_thread(pull, at, review, body["body"])
    _tell(review)
    return created(comment.json())


def reply(call: Call) -> Answer:
    """Only to the comment that begins a thread: GitHub knows no replies to replies."""
    check_length(call.body["body"])
    if _comment(call).in_reply_to:
        raise not_found()
    return created(_reply(call, int(call.params["comment_id"]), call.body["body"]).json())


def _reply(call: Call, comment_id: int, body: str) -> ReviewComment:
    thread = call.pull.thread_of(comment_id)
    if thread is None:
        raise not_found()
    return thread.reply(call.github.bot.login, body)


def get_comment(call: Call) -> Answer:
    return ok(_comment(call).json())


def update_comment(call: Call) -> Answer:
    check_length(call.body["body"])
    comment = _own(call, _comment(call))
    comment.edit(call.body["body"])
    return ok(comment.json())


def delete_comment(call: Call) -> Answer:
    _comment(call).delete()
    return gone()


def _own(call: Call, said: Owned) -> Owned:
    if said.user is not call.github.bot:
        raise Refused(403, "Resource not accessible by integration")
    return said


def _review(call: Call) -> Review:
    number = int(call.params["review_id"])
    review = next((each for each in call.pull.reviews if each.id == number), None)
    if review is None:
        raise not_found()
    return review


def _comment(call: Call) -> ReviewComment:
    number = int(call.params["comment_id"])
    found = next((c for pull in call.repository.pulls.values() for c in pull.comments if c.id == number), None)
    if found is None:
        raise not_found()
    return found


HANDLERS = {
    "pulls/create-review": create_review,
    "pulls/list-reviews": list_reviews,
    "pulls/update-review": update_review,
    "pulls/submit-review": submit_review,
    "pulls/dismiss-review": dismiss_review,
    "pulls/list-comments-for-review": list_comments_of_review,
    "pulls/list-review-comments": list_comments,
    "pulls/create-review-comment": create_comment,
    "pulls/create-reply-for-review-comment": reply,
    "pulls/get-review-comment": get_comment,
    "pulls/update-review-comment": update_comment,
    "pulls/delete-review-comment": delete_comment,
}
