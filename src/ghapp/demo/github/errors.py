"""How this GitHub says no."""

from typing import Any

DOCS = "https://docs.github.com/rest"


class Refused(Exception):  # noqa: N818 - an answer, not a mistake
    """An answer outside of 2xx: raised anywhere below the wire, written there."""

    def __init__(
        self, status: int, message: str, errors: list[Any] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {message} {errors or ''}")
        self.status, self.message, self.errors, self.headers = status, message, errors, headers or {}

    def json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "documentation_url": DOCS, "status": str(self.status)}
        return body | ({"errors": self.errors} if self.errors else {})


class Moved(Refused):
    """The repository has another name. Whoever writes is to repeat the request as it was (docs: REST, redirects)."""

    def __init__(self, method: str, url: str) -> None:
        status, said = (301, "Moved Permanently") if method == "GET" else (307, "Temporary Redirect")
        super().__init__(status, said, headers={"location": url})
        self.url = url

    def json(self) -> dict[str, Any]:
        return {"message": self.message, "url": self.url, "documentation_url": DOCS}


def not_found() -> Refused:
    return Refused(404, "Not Found")


def invalid(resource: str, field: str, message: str, code: str = "custom") -> Refused:
    """GitHub's usual 422, with one entry that names the field."""
    return Refused(422, "Validation Failed", [{"resource": resource, "code": code, "field": field, "message": message}])


def unprocessable(*messages: str) -> Refused:
    """The 422 of reviews, whose errors are plain sentences."""
    return Refused(422, "Unprocessable Entity", list(messages))
