"""Settings: read from a given environment, every bad value named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from retake.errors import DocumentError, InputError
from retake.settings import Settings


def test_without_variables_every_setting_has_its_default():
    settings = Settings.from_environment({})
    assert settings.attempts == 3
    assert settings.workers >= 1
    assert settings.store.is_absolute()
    assert settings.store.name == "retake"
    assert settings.fonts == ()


def test_variables_are_read(tmp_path: Path):
    settings = Settings.from_environment(
        {
            "RETAKE_STORE": str(tmp_path),
            "RETAKE_STORE_LIMIT_GB": "0.5",
            "RETAKE_WORKERS": "2",
            "RETAKE_TIMEOUT": "1.5",
            "RETAKE_ATTEMPTS": "5",
            "RETAKE_FONTS": os.pathsep.join(["/fonts/a", "/fonts/b"]),
        }
    )
    assert settings.store == tmp_path
    assert settings.store_limit == 500_000_000
    assert (settings.workers, settings.timeout, settings.attempts) == (2, 1.5, 5)
    assert settings.fonts == (Path("/fonts/a"), Path("/fonts/b"))


def test_a_home_folder_is_expanded():
    assert Settings.from_environment({"RETAKE_STORE": "~/assets"}).store == Path.home() / "assets"


def test_an_empty_variable_means_the_default():
    assert Settings.from_environment({"RETAKE_ATTEMPTS": " "}).attempts == 3


def test_every_bad_value_is_named_at_once():
    with pytest.raises(DocumentError) as caught:
        Settings.from_environment({"RETAKE_WORKERS": "many", "RETAKE_TIMEOUT": "-1", "RETAKE_ATTEMPTS": "2"})
    places = [problem.place for problem in caught.value.problems]
    assert places == ["RETAKE_WORKERS", "RETAKE_TIMEOUT"]
    assert "'many'" in caught.value.problems[0].message
    assert isinstance(caught.value, InputError)


@pytest.mark.parametrize("value", ["nan", "inf", "0"])
def test_a_limit_that_is_no_size_is_refused(value: str):
    with pytest.raises(InputError):
        Settings.from_environment({"RETAKE_STORE_LIMIT_GB": value})


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings.from_environment({}).workers = 3  # pyright: ignore[reportAttributeAccessIssue]
