"""One picture of a timeline, with as little else as possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from retake.errors import InputError
from retake.media.colour import picture_to_rgb
from retake.produce.shoot import open_shoot, read_document
from retake.settings import Settings

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def preview_frame(
    source: Path,
    at: Fraction,
    *,
    row: Mapping[str, JsonValue] = _NOTHING,
    settings: Settings,
    allowed: Sequence[Path] = (),
) -> NDArray[np.uint8]:
    """The picture of a timeline at a time in seconds: uint8 (h, w, 3), sRGB. Raises `RetakeError`."""
    document = read_document(source, row, {})
    shoot = open_shoot(document, source.parent, allowed, settings)
    if not 0 <= at <= shoot.film.seconds:
        remedy = f"the film lasts {float(shoot.film.seconds):g} s"
        raise InputError(f"{float(at):g} s is not in the film", place="--at", remedy=remedy)
    renderer = shoot.renderer()
    try:
        return picture_to_rgb(renderer.frame(min(shoot.film.length - 1, int(at * shoot.film.rate))))
    finally:
        renderer.close()
