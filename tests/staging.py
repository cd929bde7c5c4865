"""A timeline put before the camera: what the tests of layers and renderer share."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retake.media.colour import picture_to_rgb
from retake.render.assets import Plates
from retake.render.renderer import Renderer
from retake.render.resources import Resources
from retake.render.text.fonts import FontBook
from retake.timeline.document import Document
from retake.timeline.film import Length, lay_out, sources

Pixels = NDArray[np.uint8]
SIZE = (180, 320)


def stage(
    folder: Path,
    *tracks: list[dict[str, Any]],
    size: tuple[int, int] = SIZE,
    lengths: Mapping[str, Length] | None = None,
    **timeline: Any,
) -> Renderer:
    """A renderer of clips whose files lie in `folder`; each clip lasts a second unless it says otherwise."""
    document = Document.model_validate(
        {
            "output": {"size": size, "fps": 30},
            "timeline": {
                "tracks": [{"clips": [{"duration": 1, **clip} for clip in clips]} for clips in tracks],
                **timeline,
            },
        }
    )
    paths = {src: folder / src for _, src in sources(document)}
    film = lay_out(document, lengths or {})
    resources = Resources(
        frame=size,
        rate=film.rate,
        paths=paths,
        hashes={src: sha256(path.read_bytes()).hexdigest() for src, path in paths.items()},
        fonts=FontBook(directories=()),
        plates=Plates(),
    )
    return Renderer(film, resources)


def shot(folder: Path, *tracks: list[dict[str, Any]], at: int = 0, **more: Any) -> Pixels:
    """Frame `at` of such a timeline, (h, w, 3)."""
    return picture_to_rgb(stage(folder, *tracks, **more).frame(at))


def still(path: Path, pixels: Pixels) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def flag(width: int, height: int) -> Pixels:
    """Red, green, blue and white quarters: which way up, and where cut, is seen at once."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (220, 40, 40)
    pixels[: height // 2, width // 2 :] = (40, 180, 60)
    pixels[height // 2 :, : width // 2] = (40, 70, 210)
    pixels[height // 2 :, width // 2 :] = (240, 240, 240)
    return pixels


def bounds(pixels: Pixels, threshold: int = 40) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is brighter than the background, half-open."""
    rows, columns = np.nonzero(pixels.max(axis=2) > threshold)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
