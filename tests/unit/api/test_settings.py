"""Settings from the environment."""

from dataclasses import fields
from pathlib import Path

import pytest

from api.settings import Settings, from_env, settings_table
from termserver.errors import InvalidRequest


def test_nothing_set_gives_the_defaults() -> None:
    assert from_env({}) == Settings()


def test_the_environment_goes_over_the_default() -> None:
    settings = from_env(
        {
            "TERMSERVER_HOME": "/srv/terms",
            "TERMSERVER_PORT": "9000",
            "TERMSERVER_CORS_ORIGINS": "https://a.example, https://b.example",
        }
    )
    assert settings.home == Path("/srv/terms")
    assert settings.port == 9000
    assert settings.cors_origins == ("https://a.example", "https://b.example")


def test_an_option_goes_over_the_environment() -> None:
    settings = from_env({"TERMSERVER_PORT": "9000"}).with_options(port=1234, host=None)
    assert (settings.port, settings.host) == (1234, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "x"),
        ("PORT", "70000"),
        ("WORKERS", "-1"),
        ("LOG_LEVEL", "loud"),
        ("PUBLIC_URL", "example.org"),
        ("MAX_JSON_DEPTH", "1"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_its_setting(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest, match=f"TERMSERVER_{name} must be .* is '{value}'"):
        from_env({f"TERMSERVER_{name}": value})


def test_settings_survive_the_way_to_a_worker_process() -> None:
    settings = from_env({"TERMSERVER_CORS_ORIGINS": "*", "TERMSERVER_DEADLINE_S": "7"})
    assert from_env(settings.to_environ()) == settings


def test_every_setting_has_a_text() -> None:
    rows = list(settings_table())
    assert len(rows) == len(fields(Settings))
    assert all(row.text.endswith(".") for row in rows)
