"""The only reader of the environment. Everything else is passed as arguments."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

T = TypeVar("T")

LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """The environment cannot be used. `problems`: one sentence for each variable that is missing or wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("ghapp cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a server needs to know.

    `app`: the App's client id or numeric id, the issuer of its tokens. `webhook_secrets`: any of them may have signed
    a delivery, so that a secret can be changed without losing one. `database_url`: SQLite or PostgreSQL.
    `github_url`: the root of the REST API; on GitHub Enterprise Server `https://HOST/api/v3`. `public_url`: where
    people reach our pages, without a trailing slash; empty when they cannot. `executor`: the name under which this
    process takes up its unfinished work after a restart; no two living processes may share it. `writes_a_minute`: how
    much may be written to GitHub for one installation, and eight times that in an hour. `catch_up_seconds`: how often
    GitHub is asked for webhooks that did not arrive; 0: never.
    """

    app: str
    private_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    database_url: str = field(default="sqlite:///ghapp.db", repr=False)  # a PostgreSQL URL holds a password
    github_url: str = "https://api.github.com"
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    executor: str = "local"
    writes_a_minute: int = 50
    catch_up_seconds: int = 300
    log_level: str = "info"
    log_json: bool = True

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """The settings that the variables `GHAPP_…` give. Raises SettingsError, which names every problem at once."""
        read = _Reader(env)
        settings = {
            "app": read.value("GHAPP_CLIENT_ID", _app_id, other="GHAPP_APP_ID"),
            "private_key": read.value("GHAPP_PRIVATE_KEY", _private_key, other="GHAPP_PRIVATE_KEY_FILE"),
            "webhook_secrets": read.value("GHAPP_WEBHOOK_SECRETS", _secrets, other="GHAPP_WEBHOOK_SECRET"),
            "database_url": read.value("GHAPP_DATABASE_URL", _database_url, default="sqlite:///ghapp.db"),
            "github_url": read.value("GHAPP_GITHUB_URL", _api_url, default="https://api.github.com"),
            "public_url": read.value("GHAPP_PUBLIC_URL", _url, default=""),
            "host": read.value("GHAPP_HOST", str, default="127.0.0.1"),
            "port": read.value("GHAPP_PORT", _port, default="8000"),
            "executor": read.value("GHAPP_EXECUTOR", _name, default="local"),
            "writes_a_minute": read.value("GHAPP_WRITES_A_MINUTE", _count, default="50"),
            "catch_up_seconds": read.value("GHAPP_CATCH_UP_SECONDS", _seconds, default="300"),
            "log_level": read.value("GHAPP_LOG", _log_level, default="info"),
            "log_json": read.value("GHAPP_LOG_FORMAT", _log_json, default="json"),
        }
        if read.problems:
            raise SettingsError(read.problems)
        return cls(**settings)  # pyright: ignore[reportArgumentType] - every value is there, or a problem was listed


class _Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def value(self, name: str, parse: Callable[[str], T], *, other: str = "", default: str | None = None) -> T | None:
        """The parsed value of `name`, or of `other` (for `…_FILE`: of the text in that file)."""
        try:
            text = self._text(name, other)
            if text is None and default is None:
                raise ValueError(f"is missing{f' (or give {other})' if other else ''}")
            return parse(text if text is not None else default or "")
        except ValueError as error:
            self.problems.append(f"{name} {error}.")
            return None

    def _text(self, name: str, other: str) -> str | None:
        if self.env.get(name, "").strip():
            return self.env[name].strip()
        value = self.env.get(other, "").strip()
        if not value or not other.endswith("_FILE"):
            return value or None
        try:
            return Path(value).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"cannot be read from the file that {other} names: {error}") from None


def _app_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", text):
        raise ValueError("must be the App's client id or numeric id")
    return text


def _private_key(text: str) -> str:
    text = text.replace("\\n", "\n")  # how many secret stores write a line end
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("must be the private key in PEM form, as GitHub hands it out") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("must be an RSA key")
    return text


def _secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(text.split())
    if any(len(secret) < 8 for secret in secrets):
        raise ValueError("must have at least 8 characters each; several are separated by spaces")
    return secrets


def _database_url(text: str) -> str:
    if not re.match(r"sqlite:///.|postgres(ql)?(\+psycopg)?://.", text):
        raise ValueError("must begin with sqlite:/// and name a file, or with postgresql://")
    return text


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = not text or (parts.scheme in ("https", "http") and parts.hostname and not parts.query)
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be an address such as https://ghapp.example.com")
    return text.rstrip("/")


def _api_url(text: str) -> str:
    """`https://HOST` of a GitHub Enterprise Server stands for its API at `https://HOST/api/v3`."""
    url = _url(text)
    host, path = urlsplit(url).hostname or "", urlsplit(url).path
    own = host == "api.github.com" or host.startswith("api.") or host in ("127.0.0.1", "localhost", "::1")
    return url if path or own else f"{url}/api/v3"


def _number(least: int, most: int, said: str) -> Callable[[str], int]:
    """A reader of whole numbers. `said`: of what, from where to where."""

    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"must be a number {said}")
        return int(text)

    return parse


_port = _number(1, 65_535, "from 1 to 65535")
_count = _number(1, 1_000_000, "from 1 to 1000000")
_seconds = _number(0, 86_400, "of seconds from 0 (never) to 86400 (a day)")


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._@-]{1,64}", text):
        raise ValueError("must be a short name of letters, digits and `._@-`")
    return text


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.lower()


def _log_json(text: str) -> bool:
    if text not in ("json", "text"):
        raise ValueError("must be json or text")
    return text == "json"
