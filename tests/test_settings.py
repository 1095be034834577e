"""The environment: what is read, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ghapp.settings import Settings, SettingsError


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    form, none = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


KEY = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
LEAST = {"GHAPP_CLIENT_ID": "Iv23abc", "GHAPP_PRIVATE_KEY": KEY, "GHAPP_WEBHOOK_SECRET": "correct-horse"}


def test_three_variables_are_enough() -> None:
    settings = Settings.from_env(LEAST)

    assert (settings.app, settings.webhook_secrets) == ("Iv23abc", ("correct-horse",))
    assert (settings.database_url, settings.github_url) == ("sqlite:///ghapp.db", "https://api.github.com")
    assert (settings.host, settings.port, settings.executor) == ("127.0.0.1", 8000, "local")


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_env({"GHAPP_PORT": "many", "GHAPP_LOG": "loud"})

    said = str(error.value)
    assert len(error.value.problems) == 5
    assert "GHAPP_CLIENT_ID is missing (or give GHAPP_APP_ID)" in said
    assert "GHAPP_PRIVATE_KEY is missing (or give GHAPP_PRIVATE_KEY_FILE)" in said
    assert "GHAPP_WEBHOOK_SECRETS is missing" in said
    assert "GHAPP_PORT must be a number" in said
    assert "GHAPP_LOG must be one of" in said


def test_secrets_stand_in_no_repr() -> None:
    said = repr(Settings.from_env({**LEAST, "GHAPP_DATABASE_URL": "postgresql://ghapp:hunter22@db/ghapp"}))

    assert "correct-horse" not in said
    assert "PRIVATE KEY" not in said
    assert "hunter22" not in said


def test_several_secrets_are_good_while_one_replaces_the_other() -> None:
    settings = Settings.from_env({**LEAST, "GHAPP_WEBHOOK_SECRETS": "new-secret correct-horse"})

    assert settings.webhook_secrets == ("new-secret", "correct-horse")


def test_the_key_may_stand_in_a_file_or_on_one_line(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(KEY)
    rest = {name: value for name, value in LEAST.items() if name != "GHAPP_PRIVATE_KEY"}
    from_file = Settings.from_env({**rest, "GHAPP_PRIVATE_KEY_FILE": str(file)})
    from_line = Settings.from_env({**rest, "GHAPP_PRIVATE_KEY": KEY.replace("\n", "\\n")})

    assert from_file.private_key.strip() == from_line.private_key.strip() == KEY.strip()


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://github.example.com", "https://github.example.com/api/v3"),
        ("https://github.example.com/", "https://github.example.com/api/v3"),
        ("https://github.example.com/api/v3/", "https://github.example.com/api/v3"),
        ("https://api.github.com/", "https://api.github.com"),
        ("https://api.octocorp.ghe.com", "https://api.octocorp.ghe.com"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
    ],
)
def test_the_address_of_github_becomes_the_root_of_its_api(url: str, api: str) -> None:
    assert Settings.from_env({**LEAST, "GHAPP_GITHUB_URL": url}).github_url == api


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GHAPP_CLIENT_ID", "no id at all", "client id or numeric id"),
        ("GHAPP_PRIVATE_KEY", "-----BEGIN NONSENSE-----", "PEM"),
        ("GHAPP_PRIVATE_KEY", pem(ec.generate_private_key(ec.SECP256R1())), "RSA"),
        ("GHAPP_WEBHOOK_SECRETS", "short", "at least 8 characters"),
        ("GHAPP_DATABASE_URL", "mysql://db/ghapp", "sqlite:///"),
        ("GHAPP_DATABASE_URL", "sqlite://", "name a file"),
        ("GHAPP_GITHUB_URL", "github.com", "address"),
        ("GHAPP_GITHUB_URL", "https://[oops", "address"),
        ("GHAPP_PUBLIC_URL", "ftp://ghapp.example.com", "address"),
        ("GHAPP_PORT", "65536", "1 to 65535"),
        ("GHAPP_EXECUTOR", "two words", "short name"),
        ("GHAPP_LOG_FORMAT", "xml", "json or text"),
    ],
)
def test_a_wrong_value_is_refused_with_what_it_must_be(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as error:
        Settings.from_env({**LEAST, name: value})

    assert len(error.value.problems) == 1
    assert error.value.problems[0].startswith(name)


def test_a_file_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    rest = {name: value for name, value in LEAST.items() if name != "GHAPP_PRIVATE_KEY"}

    with pytest.raises(SettingsError, match="cannot be read from the file that GHAPP_PRIVATE_KEY_FILE names"):
        Settings.from_env({**rest, "GHAPP_PRIVATE_KEY_FILE": str(tmp_path / "nowhere")})


def test_the_webhook_secret_is_never_empty() -> None:
    with pytest.raises(SettingsError, match="GHAPP_WEBHOOK_SECRETS is missing"):
        Settings.from_env({**LEAST, "GHAPP_WEBHOOK_SECRET": "  "})


@pytest.mark.parametrize("value", ["0", "many", "-1", "10000000"])
def test_how_much_is_written_a_minute_is_a_number(value: str) -> None:
    with pytest.raises(SettingsError, match="GHAPP_WRITES_A_MINUTE must be a number"):
        Settings.from_env({**LEAST, "GHAPP_WRITES_A_MINUTE": value})


@pytest.mark.parametrize("value", ["often", "-1", "100000"])
def test_how_often_github_is_asked_is_a_number_of_seconds(value: str) -> None:
    with pytest.raises(SettingsError, match="GHAPP_CATCH_UP_SECONDS must be a number of seconds"):
        Settings.from_env({**LEAST, "GHAPP_CATCH_UP_SECONDS": value})
