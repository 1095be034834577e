"""Who is calling: the App by its JWT, or one of its installations by a token that lives for an hour.

Sources: docs.github.com/en/apps, "Generating a JSON Web Token" and "Generating an installation access token".
"""

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt

from ghapp.demo.github.errors import Refused

if TYPE_CHECKING:
    from ghapp.demo.github.repository import Repository
    from ghapp.demo.github.state import GitHub, Installation

LIFETIME = timedelta(hours=1)
_RANK = {"read": 1, "write": 2, "admin": 3}


@dataclass(eq=False)
class Token:
    """An installation token. `repositories` is None when it may reach all that the installation sees."""

    text: str
    installation: "Installation"
    permissions: Mapping[str, str]
    repositories: frozenset[int] | None
    expires_at: datetime

    def sees(self, repository: "Repository") -> bool:
        inside = self.repositories is None or repository.id in self.repositories
        return inside and self.installation.sees(repository)

    def may(self, permission: str, level: str) -> bool:
        return _RANK.get(self.permissions.get(permission, ""), 0) >= _RANK[level]


class Tokens:
    def __init__(self, github: "GitHub") -> None:
        self.github = github
        self.issued: dict[str, Token] = {}

    def issue(self, installation: "Installation", body: dict[str, Any]) -> Token:
        """A token for what the body asks, which may not be more than what was granted."""
        seen = {r.name: r.id for r in self.github.repositories.values() if installation.sees(r)}
        chosen: frozenset[int] | None = None
        if "repositories" in body or "repository_ids" in body:
            wanted = {seen.get(name) for name in body.get("repositories", [])} | set(body.get("repository_ids", []))
            if not wanted <= set(seen.values()):
                raise Refused(
                    422,
                    "There is at least one repository that does not exist or is not accessible to the parent "
                    "installation.",
                )
            chosen = frozenset(each for each in wanted if each is not None)
        permissions: dict[str, str] = {"metadata": "read"} | (body.get("permissions") or dict(installation.permissions))
        for name, level in permissions.items():
            if _RANK.get(installation.permissions.get(name, ""), 0) < _RANK[level]:
                raise Refused(422, "The permissions requested are not granted to this installation.")
        token = Token(_text(self.github.app.id), installation, permissions, chosen, self.github.clock.now() + LIFETIME)
        self.issued[token.text] = token
        return token

    def app(self, header: str) -> None:
        """Accepts a JWT of the App, else 401 with GitHub's words."""
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer" or text.count(".") != 2 or text.startswith("ghs_"):
            raise Refused(401, "A JSON web token could not be decoded")
        try:
            claims = jwt.decode(
                text,
                self.github.app.public_key,
                algorithms=["RS256"],
                options={"verify_iat": False, "verify_exp": False},
            )
        except jwt.PyJWTError:
            raise Refused(401, "A JSON web token could not be decoded") from None
        now = time.time()
        if str(claims.get("iss")) not in (str(self.github.app.id), self.github.app.client_id):
            raise Refused(401, "Integration not found")
        if not isinstance(claims.get("exp"), int | float) or claims["exp"] > now + 600:
            raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
        if claims["exp"] < now:
            raise Refused(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
        if not isinstance(claims.get("iat"), int | float) or claims["iat"] > now + 1:
            raise Refused(
                401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
            )

    def installation(self, header: str) -> Token:
        """The token a request carries, else 401."""
        kind, _, text = header.partition(" ")
        token = self.issued.get(text)
        if not header:
            raise Refused(401, "Requires authentication")
        if kind.lower() not in ("bearer", "token") or token is None or token.expires_at <= self.github.clock.now():
            raise Refused(401, "Bad credentials")
        if token.installation.id not in self.github.installations:
            raise Refused(401, "Bad credentials")
        if token.installation.suspended_at:
            raise Refused(403, "This installation has been suspended")
        return token


def _text(app_id: int) -> str:
    """Today's form of a token, `ghs_APPID_JWT`: some 520 characters with dots, dashes and underscores."""
    head, body, sign = (base64.urlsafe_b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (24, 180, 180))
    return f"ghs_{app_id}_{head}.{body}.{sign}"
