"""Retake: programmable video. A template once, then every row of data becomes a finished, checked film.

    import retake

    production = retake.produce("story.json", "film/")
    film = retake.render("timeline.json", "out.mp4", row={"name": "Ada"})
    picture = retake.frame("timeline.json", 3.2)

The verbs are the public interface, and each imports what it needs when it is called, so that `import retake`
stays light. Whatever goes wrong is a `RetakeError`: what happened, at which place, and what to do about it.

Three verbs share their names with the modules that do the work (`retake.produce`, `retake.render`,
`retake.check`). The verb keeps the name in this package; a module is reached by
`from retake.produce import produce_story`. docs/decisions/0005-verbs-and-modules-of-one-name.md says why.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from retake.errors import DocumentError, Problem, RetakeError
from retake.progress import Progress, Step, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pydantic import JsonValue

    from retake.check import Verdict
    from retake.produce import FilmResult, Production
    from retake.settings import Settings

__version__ = "0.1.0"

__all__ = [
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

_NOTHING: Mapping[str, object] = MappingProxyType({})


def produce(
    story: str | Path,
    out: str | Path,
    *,
    overrides: Mapping[str, object] = _NOTHING,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Production:
    """Make the films of a story (JSON, YAML, Markdown or plain text) in the folder `out`.

    `overrides` are options of the story that take the place of its own: `{"aspect_ratios": ("9:16", "1:1")}`.
    Raises `RetakeError`.
    """
    from retake.produce import produce_story

    return produce_story(
        Path(story), Path(out), overrides=overrides, settings=settings or _settings(), progress=progress
    )


def render(
    timeline: str | Path,
    out: str | Path,
    *,
    row: Mapping[str, JsonValue] = MappingProxyType({}),
    overrides: Mapping[str, object] = _NOTHING,
    settings: Settings | None = None,
    progress: Progress = silent,
    allowed: Sequence[str | Path] = (),
    checked: bool = True,
) -> FilmResult:
    """Render a timeline (JSON or YAML), its variables filled from `row`, to the file `out`.

    `overrides` take the place of fields of its `output`; `allowed` are folders that its files may lie in
    beside its own; without `checked` the film is not read back. Raises `RetakeError`.
    """
    from retake.produce import render_document

    return render_document(
        Path(timeline),
        Path(out),
        row=row,
        overrides=overrides,
        settings=settings or _settings(),
        progress=progress,
        allowed=tuple(map(Path, allowed)),
        checked=checked,
    )


def frame(
    timeline: str | Path,
    at: float | Fraction,
    *,
    row: Mapping[str, JsonValue] = MappingProxyType({}),
    settings: Settings | None = None,
    allowed: Sequence[str | Path] = (),
) -> NDArray[np.uint8]:
    """The picture that a timeline shows at `at` seconds: uint8 (height, width, 3), sRGB.

    `allowed` are folders that its files may lie in beside its own. Raises `RetakeError`.
    """
    from retake.produce import preview_frame

    # The decimal that a float prints as is what its writer meant: 3.2, not 3.2000000000000001776.
    time = at if isinstance(at, Fraction) else Fraction(str(at))
    places = tuple(map(Path, allowed))
    return preview_frame(Path(timeline), time, row=row, settings=settings or _settings(), allowed=places)


def check(film: str | Path, *, against: str | Path | None = None) -> Verdict:
    """Read a finished film back, on its own or against the timeline that it was made from.

    A film that does not pass is a verdict, not an error. Raises `RetakeError` where the file is none.
    """
    from retake.produce import check_file

    return check_file(Path(film), None if against is None else Path(against))


def validate(document: str | Path) -> tuple[Problem, ...]:
    """Every problem of a story or a timeline, in document order; empty when it can be made."""
    from retake.produce import validate_file

    return validate_file(Path(document))


def _settings() -> Settings:
    from retake.settings import Settings

    return Settings.from_environment(os.environ)


class _Package(ModuleType):
    """This package: its verbs keep their names when a module of the same name is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in __all__):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
