"""What each operation does, by GitHub's operation id, and who may call it."""

from collections.abc import Callable

from ghapp.demo.github.errors import Refused
from ghapp.demo.github.routes import apps, checks, comments, pulls, repos, reviews
from ghapp.demo.github.wire import Answer, Call

HANDLERS: dict[str, Callable[[Call], Answer]] = {
    **apps.HANDLERS,
    **checks.HANDLERS,
    **comments.HANDLERS,
    **pulls.HANDLERS,
    **repos.HANDLERS,
    **reviews.HANDLERS,
}
# operations only the App itself may call, with its JWT
_APP = {each for each in apps.HANDLERS if each.startswith("apps/")} - {"apps/list-repos-accessible-to-installation"}
_PERMISSION = {"checks": ("checks",), "pulls": ("pull_requests",), "issues": ("issues", "pull_requests")}
_OTHER = {
    "apps/list-repos-accessible-to-installation": "metadata",
    "repos/get": "metadata",
    "repos/get-collaborator-permission-level": "metadata",
    "repos/list-pull-requests-associated-with-commit": "pull_requests",
}
_CONTENT = ("POST", "PATCH", "PUT")


def authenticate(call: Call) -> None:
    """Finds out who calls and whether they may: 401, 403 or a rate limit otherwise."""
    header = call.headers.get("authorization", "")
    if call.operation == "apps/create-from-manifest":
        return
    if call.operation in _APP:
        call.github.tokens.app(header)
        call.github.limits.spend(0, "core", writes=False)
        return
    call.token = call.github.tokens.installation(header)
    # GraphQL asks for permissions field by field, and says itself when a limit is reached
    if call.operation not in ("rate-limit/get", "graphql"):
        call.github.limits.spend(call.token.installation.id, "core", writes=call.method in _CONTENT)
        _permit(call, call.token.may)


def _permit(call: Call, may: Callable[[str, str], bool]) -> None:
    level = "read" if call.method == "GET" else "write"
    room = call.operation.partition("/")[0]
    permissions = _PERMISSION.get(room) or (_OTHER.get(call.operation, "contents"),)
    if "owner" in call.params:
        repository = call.repository  # 404 before 403: what one may not see does not exist
        if level == "read" and not repository.private:
            return
        if call.token and not call.token.sees(repository):
            raise Refused(403, "Resource not accessible by integration")
    if not any(may(permission, level) for permission in permissions):
        needed = "; ".join(f"{permission}={level}" for permission in permissions)
        raise Refused(403, "Resource not accessible by integration", headers={"x-accepted-github-permissions": needed})
    if level == "write" and "owner" in call.params and call.repository.archived:
        raise Refused(403, "Repository was archived so is read-only.")
