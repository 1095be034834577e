"""The pages' addresses, which are those of GitHub where GitHub has them."""

from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ghapp.demo.github import GitHub, Pull
from ghapp.demo.page import suggestions, views
from ghapp.demo.page.markdown import markdown

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}
PERSON = "octo-dev"  # who sits before the pages
Page = Callable[[Request], Awaitable[Response]]


def pages(github: GitHub) -> Starlette:
    """The site of one GitHub."""
    site = Site(github)
    pull = "/{owner}/{repo}/pull/{number:int}"
    return Starlette(
        routes=[
            Route("/", site.home),
            Route("/demo.css", site.style),
            Route("/deliveries", site.deliveries),
            Route("/deliveries/{id:int}", site.redeliver, methods=["POST"]),
            Route(pull, site.conversation),
            Route(f"{pull}/checks", site.checks),
            Route(f"{pull}/files", site.files),
            Route(f"{pull}/apply", site.apply, methods=["POST"]),
            Route(f"{pull}/rerun", site.rerun, methods=["POST"]),
            Route(f"{pull}/action", site.action, methods=["POST"]),
            Route(f"{pull}/say", site.say, methods=["POST"]),
            Route(f"{pull}/threads/{{thread:int}}", site.settle, methods=["POST"]),
            Route(f"{pull}/queue", site.queue, methods=["POST"]),
            Route(f"{pull}/edit/{{path:path}}", site.edit, methods=["GET", "POST"]),
            Route("/{owner}/{repo}/runs/{id:int}", site.run),
            Route("/{owner}/{repo}/commit/{sha}", site.commit),
            Route("/{owner}/{repo}/blob/{ref}/{path:path}", site.blob),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", "testserver"])],
        exception_handlers={HTTPException: site.missing},
    )


class Site:
    def __init__(self, github: GitHub) -> None:
        self.github = github
        self.templates = Environment(
            loader=PackageLoader("ghapp.demo"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters["markdown"] = markdown
        self.templates.filters["state_of"] = views.state_of

    # -- reading -------------------------------------------------------------------------------------------------------

    async def home(self, _: Request) -> Response:
        pulls = [pull for repository in self.github.repositories.values() for pull in repository.pulls.values()]
        return self._page("home.html", pulls=pulls, refresh=any(map(views.is_pending, pulls)))

    async def style(self, _: Request) -> Response:
        css = resources.files("ghapp.demo").joinpath("templates", "demo.css").read_text()
        return Response(css, media_type="text/css", headers=HEADERS)

    async def conversation(self, request: Request) -> Response:
        pull = self._pull(request)
        waiting, queued = suggestions.open_suggestions(pull), views.queued(pull)
        return self._about(
            pull, "conversation.html", timeline=views.timeline(pull), suggestions=len(waiting), queued=queued
        )

    async def checks(self, request: Request) -> Response:
        pull = self._pull(request)
        return self._about(pull, "checks.html", annotations=views.annotations_of(pull))

    async def files(self, request: Request) -> Response:
        pull = self._pull(request)
        return self._about(pull, "files.html", diffs=views.diffs(pull), unchanged=views.unchanged(pull))

    async def run(self, request: Request) -> Response:
        """Where a check run's own address leads: to the pull request that shows it."""
        repository = self._repository(request)
        run = next((each for each in repository.runs if each.id == request.path_params["id"]), None)
        pull = self._pull_with(repository, run.head_sha if run else "")
        return RedirectResponse(f"{self._path(pull)}/checks", 303)

    async def commit(self, request: Request) -> Response:
        """Where a commit's address leads: to the pull request that brings it."""
        pull = self._pull_with(self._repository(request), request.path_params["sha"])
        return RedirectResponse(f"{self._path(pull)}/files", 303)

    async def blob(self, request: Request) -> Response:
        path, ref = request.path_params["path"], request.path_params["ref"]
        repository = self._repository(request)
        try:
            text = repository.file(path, at=ref).decode(errors="replace")
        except Exception:
            raise HTTPException(404) from None
        return self._page(
            "blob.html", repository=repository, path=path, ref=ref, lines=text.splitlines(), refresh=False
        )

    async def deliveries(self, _: Request) -> Response:
        return self._page("deliveries.html", sent=self.github.deliveries[::-1], refresh=False)

    async def missing(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self._page("missing.html", status=status, refresh=False)

    # -- changing ------------------------------------------------------------------------------------------------------

    async def apply(self, request: Request) -> Response:
        """Applies one suggestion (`comment`), or all that are open."""
        pull, form = self._pull(request), await self._form(request)
        wanted = form.get("comment")
        chosen = [each for each in suggestions.open_suggestions(pull) if wanted in (None, str(each.id))]
        suggestions.apply(pull, chosen)
        return RedirectResponse(self._path(pull), 303)

    async def rerun(self, request: Request) -> Response:
        pull = self._pull(request)
        for run in views.runs_of(pull):
            if run.status == "completed":
                pull.repository.rerequest(run)
        return RedirectResponse(f"{self._path(pull)}/checks", 303)

    async def action(self, request: Request) -> Response:
        """One of a check run's own buttons (`run`, `identifier`)."""
        pull, form = self._pull(request), await self._form(request)
        for run in views.runs_of(pull):
            offered = {each["identifier"] for each in run.actions}
            if str(run.id) == form.get("run") and form.get("identifier") in offered:
                pull.repository.request_action(run, form["identifier"])
        return RedirectResponse(f"{self._path(pull)}/checks", 303)

    async def say(self, request: Request) -> Response:
        """A comment (`text`) below the pull request."""
        pull, form = self._pull(request), await self._form(request)
        if text := form.get("text", "").strip():
            pull.say(PERSON, text)
        return RedirectResponse(f"{self._path(pull)}#last", 303)

    async def settle(self, request: Request) -> Response:
        """A reply (`text`) in a thread, and whether it is resolved (`resolve`) or open again (`reopen`)."""
        pull, form = self._pull(request), await self._form(request)
        thread = next((each for each in pull.threads if each.id == request.path_params["thread"]), None)
        if thread is None:
            raise HTTPException(404)
        if text := form.get("text", "").strip():
            thread.reply(PERSON, text)
        if "resolve" in form:
            thread.resolve(PERSON)
        elif "reopen" in form:
            thread.unresolve(PERSON)
        return RedirectResponse(f"{self._path(pull)}#thread-{thread.id}", 303)

    async def queue(self, request: Request) -> Response:
        """The merge queue asks for checks on what merging would make."""
        pull = self._pull(request)
        if pull.state == "open":
            pull.queued = pull.repository.merge_group(pull)
        return RedirectResponse(self._path(pull), 303)

    async def edit(self, request: Request) -> Response:
        """A text area with a file of the head branch; sending it makes a commit."""
        pull, path = self._pull(request), request.path_params["path"]
        if path not in pull.objects.files(pull.head_sha) or pull.state != "open":
            raise HTTPException(404)
        text = pull.repository.file(path, at=pull.head_sha).decode(errors="replace")
        if request.method == "GET":
            return self._about(pull, "edit.html", path=path, text=text)
        form = await self._form(request)
        written = form.get("text", "").replace("\r\n", "\n")
        if written != text:
            pull.push({path: written}, message=form.get("message") or f"Edit {path}")
        return RedirectResponse(f"{self._path(pull)}/files", 303)

    async def redeliver(self, request: Request) -> Response:
        if request.path_params["id"] not in {each.id for each in self.github.deliveries}:
            raise HTTPException(404)
        self.github.webhooks.request_redelivery(request.path_params["id"])
        return RedirectResponse("/deliveries", 303)

    # -- how -----------------------------------------------------------------------------------------------------------

    def _repository(self, request: Request) -> Any:
        found = self.github.repositories.get("{owner}/{repo}".format(**request.path_params))
        if found is None:
            raise HTTPException(404)
        return found

    def _pull(self, request: Request) -> Pull:
        found = self._repository(request).pulls.get(request.path_params["number"])
        if found is None:
            raise HTTPException(404)
        return found

    def _pull_with(self, repository: Any, sha: str) -> Pull:
        found = next((each for each in repository.pulls.values() if sha in each.commits()), None)
        if found is None:
            raise HTTPException(404)
        return found

    def _path(self, pull: Pull) -> str:
        return f"/{pull.repository.full_name}/pull/{pull.number}"

    async def _form(self, request: Request) -> dict[str, str]:
        fields = parse_qs((await request.body()).decode(errors="replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}

    def _about(self, pull: Pull, template: str, **more: Any) -> Response:
        """A page about a pull request; it renews itself while a check is under way."""
        tab = template.removesuffix(".html")
        refresh = views.is_pending(pull) and tab != "edit"
        runs = views.runs_of(pull)
        return self._page(template, pull=pull, path_of=self._path(pull), tab=tab, runs=runs, refresh=refresh, **more)

    def _page(self, template: str, **values: Any) -> Response:
        status = values.get("status", 200)
        return HTMLResponse(self.templates.get_template(template).render(**values), status, headers=HEADERS)
