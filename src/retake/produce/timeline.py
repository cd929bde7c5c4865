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
from retake.errors import InputError
from retake.produce.expectation import expect
from retake.produce.filming import export, film_to
from retake.produce.results import FilmResult, film_result
from retake.produce.shoot import open_shoot, read_document
from retake.produce.workplace import frugal
from retake.progress import Progress, silent
from retake.settings import Settings
from retake.timeline.document import FORMATS

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_FILMS = ("mp4", "webm")
_MISSING = ("there is no such file", "check the path")


def render_document(
    source: Path,
    out: Path | None,
    *,
    row: Mapping[str, JsonValue] = _NOTHING,
    overrides: Mapping[str, object] = _NOTHING,
    settings: Settings,
    progress: Progress = silent,
    allowed: Sequence[Path] = (),
    checked: bool = True,
) -> FilmResult:
    """Renders a timeline to `out`. Its files must lie under its own folder or the `allowed` ones.

    The name of `out` decides the format where `overrides` do not; without `out` the timeline's format decides
    the name, in the working folder.

    A film that fails its check is in the result with a failed verdict; without `checked` it is not read back,
    and its verdict warns of that. Raises `RetakeError`.
    """
    began = time.monotonic()
    document = read_document(source, row, {**_named_format(out, overrides), **overrides})
    if out is None:
        out = Path(
            source.stem if document.output.format == "png" else f"{source.stem}.{document.output.format}"
        )
    with frugal():
        shoot = open_shoot(document, source.parent, allowed, settings)
        if document.output.format not in _FILMS:
            export(shoot, out, settings, progress)
            return film_result(out.stem, out, {}, shoot, Verdict(()), None, shoot.warnings, (), began)
        verdict, receipt = film_to(shoot, out, settings, progress, checked=checked)
    return film_result(out.stem, out, {}, shoot, verdict, receipt, shoot.warnings, (), began)


def _named_format(out: Path | None, overrides: Mapping[str, object]) -> Mapping[str, object]:
    """The format that the name of a film asks for. Raises `InputError` for a name that says another thing."""
    ending = out.suffix.lower().removeprefix(".") if out else ""
    if not ending or "format" in overrides:
        return _NOTHING
    if ending not in FORMATS:
        raise InputError(
            "is not the name of a film",
            place=str(out),
            remedy=f"end it in one of {', '.join(FORMATS)}, or name the format",
        )
    return {"format": ending}


def check_file(path: Path, against: Path | None, *, settings: Settings | None = None) -> Verdict:
    """Reads a film back, on its own or against the timeline that it was made from. Raises `RetakeError`."""
    if not path.is_file():
        reason, remedy = ("is a folder", "name the file in it") if path.is_dir() else _MISSING
        raise InputError(reason, place=str(path), remedy=remedy)
    if against is None:
        return check(path, None)
    document = read_document(against, {}, {})
    shoot = open_shoot(document, against.parent, (), settings or Settings.from_environment(os.environ))
    return check(path, expect(shoot))
