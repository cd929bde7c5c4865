"""A timeline's way: read with its row, filmed or exported, and checked."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from retake.check import Verdict, check
from retake.produce.expectation import expect
from retake.produce.filming import export, film_to
from retake.produce.results import FilmResult, film_result
from retake.produce.shoot import open_shoot, read_document
from retake.produce.workplace import frugal
from retake.progress import Progress, silent
from retake.settings import Settings

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_FILMS = ("mp4", "webm")


def render_document(
    source: Path,
    out: Path,
    *,
    row: Mapping[str, JsonValue] = _NOTHING,
    overrides: Mapping[str, object] = _NOTHING,
    settings: Settings,
    progress: Progress = silent,
    allowed: Sequence[Path] = (),
    checked: bool = True,
) -> FilmResult:
    """Renders a timeline to `out`. Its files must lie under its own folder or the `allowed` ones.

    A film that fails its check is in the result with a failed verdict; without `checked` it is not read back,
    and its verdict warns of that. Raises `RetakeError`.
    """
    began = time.monotonic()
    document = read_document(source, row, overrides)
    with frugal():
        shoot = open_shoot(document, source.parent, allowed, settings)
        if document.output.format not in _FILMS:
            export(shoot, out, settings, progress)
            return film_result(out.stem, out, {}, shoot, Verdict(()), None, shoot.warnings, (), began)
        verdict, receipt = film_to(shoot, out, settings, progress, checked=checked)
    return film_result(out.stem, out, {}, shoot, verdict, receipt, shoot.warnings, (), began)


def check_file(path: Path, against: Path | None, *, settings: Settings | None = None) -> Verdict:
    """Reads a film back, on its own or against the timeline that it was made from. Raises `RetakeError`."""
    if against is None:
        return check(path, None)
    document = read_document(against, {}, {})
    shoot = open_shoot(document, against.parent, (), settings or Settings.from_environment(os.environ))
    return check(path, expect(shoot))
