"""Films as pictures: a folder of PNG frames, one frame as a file, and an animated GIF."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retake.errors import HostError
from retake.media.png import png_of

Pixels = NDArray[np.uint8]

_GIF_RATE = 12
_GIF_SIDE = 480
_GIF_SAMPLES = 12


def write_png(path: Path, pixels: Pixels) -> None:
    """Writes sRGB pixels (h, w, 3). Raises `HostError`."""
    _write(path, lambda part: part.write_bytes(png_of(pixels)))


def write_jpeg(path: Path, pixels: Pixels, quality: int = 90) -> None:
    """Writes sRGB pixels (h, w, 3) as a progressive JPEG. Raises `HostError`."""
    _write(path, lambda part: Image.fromarray(pixels).save(part, "JPEG", quality=quality, progressive=True))


def gif_frames(length: int, rate: float) -> range:
    """The frames of a film that its GIF shows: at most 12 a second."""
    return range(0, length, max(1, round(rate / _GIF_RATE)))


def write_gif(
    path: Path, frame: Callable[[int], Pixels], numbers: range, seconds: Fraction, side: int = _GIF_SIDE
) -> None:
    """Writes a looping GIF of `seconds`, its picture `i` being `frame(i)` (sRGB, h, w, 3) at `numbers[i]`.

    One palette of 255 colours serves all, made from frames spread over the film, with Floyd-Steinberg
    dithering. Raises `HostError`.
    """
    count = len(numbers)
    picked = range(0, count, max(1, count // _GIF_SAMPLES))
    sheet = np.concatenate([_fitted(frame(i), side) for i in picked], axis=0)
    palette = Image.fromarray(sheet).quantize(255, method=Image.Quantize.MEDIANCUT)
    pictures = (
        Image.fromarray(_fitted(frame(i), side)).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
        for i in range(count)
    )
    # A GIF counts in hundredths of a second: what is lost by rounding one picture is given to the next.
    ends = [round(100 * seconds * (i + 1) / count) for i in range(count)]
    times = [10 * (end - begin) for begin, end in pairwise([0, *ends])]

    def save(part: Path) -> None:
        first = next(pictures)
        first.save(
            part,
            "GIF",
            save_all=True,
            append_images=pictures,
            duration=times if count > 1 else times[0],
            loop=0,
            optimize=False,
        )

    _write(path, save)


def _fitted(pixels: Pixels, side: int) -> Pixels:
    k = min(1.0, side / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * k)), max(1, round(pixels.shape[0] * k))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _write(path: Path, save: Callable[[Path], object]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        save(part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        remedy = "check that the disk has space and the folder can be written"
        raise HostError(f"cannot write: {error}", place=str(path), remedy=remedy) from error
