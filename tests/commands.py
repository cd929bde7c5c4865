"""The command line in this process: as a user calls it, without a new interpreter for each call."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.takes import Home

from retake.cli.app import app


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, and what it printed."""

    code: int
    out: str
    told: str

    @property
    def said(self) -> str:
        return self.out + self.told

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


def run(home: Home, *arguments: str | Path) -> Done:
    """A command in this home, from its folder."""
    out, told = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(told),
    ):
        patch.chdir(home.folder)
        for name, value in home.environment.items():
            patch.setenv(name, value)
        try:
            app([str(argument) for argument in arguments], prog_name="retake")
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
            return Done(code, out.getvalue(), told.getvalue())
    return Done(0, out.getvalue(), told.getvalue())


def make(home: Home, name: str, out: str = "", **values: str) -> Done:
    """The film of a row of the template `show`."""
    fields = {"client_name": name, "logo": "acme.png"} | values
    chosen = [part for key, value in fields.items() for part in ("--set", f"{key}={value}")]
    return run(home, "personalize", "-t", "show", *chosen, "-o", out or "out.mp4", "--json")
