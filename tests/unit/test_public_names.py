"""The public interface: its names, its lightness, and how verbs and modules of one name live together."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import retake

HEAVY = ("numpy", "av", "cv2", "PIL", "pydantic", "rich.progress", "uharfbuzz")


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_public_names_are_these() -> None:
    assert sorted(retake.__all__) == [
        "DocumentError",
        "Problem",
        "Progress",
        "RetakeError",
        "Step",
        "check",
        "frame",
        "produce",
        "render",
        "validate",
    ]
    assert all(hasattr(retake, name) for name in retake.__all__)


@pytest.mark.parametrize("module", ["retake", "retake.cli", "retake.cli.app"])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    loaded = python(f"import sys, {module}; print(*[m for m in {HEAVY!r} if m in sys.modules])")
    assert loaded == ""


@pytest.mark.parametrize("name", ["render", "check"])
def test_a_verb_keeps_its_name_when_the_module_of_that_name_is_imported(name: str) -> None:
    verb = getattr(retake, name)
    module = importlib.import_module(f"retake.{name}")
    assert getattr(retake, name) is verb
    assert callable(verb)
    assert module.__name__ == f"retake.{name}"


def test_a_module_is_reached_by_from_whichever_was_imported_first() -> None:
    code = "from retake.render.sprite import Sprite; import retake; from retake import render; "
    assert python(code + "print(Sprite.__module__, callable(retake.render), callable(render))") == (
        "retake.render.sprite True True"
    )


def test_every_other_module_becomes_an_attribute_as_usual() -> None:
    assert python("import retake.errors; print(retake.errors.__name__)") == "retake.errors"


def test_produce_is_the_verb_and_its_module_is_importable() -> None:
    code = (
        "from retake.produce import produce_story; import retake; print(produce_story is not retake.produce)"
    )
    assert python(code) == "True"
    assert python("import retake, retake.produce; print(type(retake.produce).__name__)") == "function"
