"""A logo or picture that a user gives for one row: read into pixels, or refused with what to do instead.

Enters: a file. Leaves: sRGB pixels with straight alpha, and problems that are only worth a warning. What a
file is, its content decides: most refusals here are for something else under a picture's name, and say how to
get a picture from it. Errors: `MediaError`.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retake.errors import MediaError, Problem
from retake.media.source import plain_file
from retake.media.still import MAX_PIXELS, open_still, read_still

LONGEST_SIDE = 16_384
SMALLEST_SIDE = 8
"""The longer side of anything that can be told from a dot: below it, the file is a mistake."""
COARSE_SIDE = 48
"""Below it, a logo is blurred or blocky in any film of today."""

_EXPORT = "export it as PNG, 500 to 2000 pixels wide, and give that file"
_FOREIGN: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), what, remedy)
    for pattern, what, remedy in (
        (rb"\s*(<\?xml.*?)?(<!--.*?)?(<!doctype svg.*?)?<svg\b", "an SVG drawing, not a picture", _EXPORT),
        (rb"\x1f\x8b", "a compressed file (SVGZ?), not a picture", _EXPORT),
        (
            rb"\s*(<!--.*?-->\s*)*(<\?xml.*?)?(<!doctype html|<html|<head|<body|<script)",
            "a web page, not a picture",
            "open the page, save the picture itself, and give that file",
        ),
        (rb"%PDF-", "a PDF document, not a picture", _EXPORT),
        (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript drawing (EPS or AI), not a picture", _EXPORT),
        (rb"8BPS", "a Photoshop document, not a picture", _EXPORT),
        (rb"....ftyp(heic|heix|mif1|msf1|avif|avis)", "a HEIC or AVIF picture, which is not read", _EXPORT),
        (rb"....ftyp|\x1a\x45\xdf\xa3", "a film, not a picture", "take a frame of it as PNG"),
        (rb"\s*[{\[]", "a text, not a picture", "look at where it was downloaded from"),
    )
)


def read_logo(path: Path, *, max_pixels: int = MAX_PIXELS, longest: int = 4096) -> NDArray[np.uint8]:
    """Pixels of a logo: uint8 (height, width, 4), sRGB, straight alpha, upright, at most `longest` a side.

    PNG, JPEG, WebP, GIF, TIFF and BMP are read, in any mode that `read_still` knows (CMYK by its profile,
    16 bits, palettes, EXIF turns); of an animation the first frame; what has no alpha is opaque. Larger
    pictures are scaled down. Raises `MediaError` for anything else, also where there is nothing to be seen.
    """
    check_logo(path, max_pixels=max_pixels)
    pixels = read_still(path, max_pixels=max_pixels, target=(longest, longest))
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    if not pixels[..., 3].any():
        raise MediaError("every pixel of it is transparent", place=str(path), remedy="export it again")
    return pixels if max(pixels.shape[:2]) <= longest else _scaled_down(pixels, longest)


def check_logo(path: Path, *, max_pixels: int = MAX_PIXELS) -> tuple[Problem, ...]:
    """What is to be warned of, from the head of the file alone. Raises `MediaError` as `read_logo` does."""
    _refuse_foreign(path)
    with open_still(path, max_pixels=max_pixels) as image:
        size, moving = max(image.size), getattr(image, "is_animated", False)
        told = f"{image.width}x{image.height} pixels"
    place = str(path)
    if size > LONGEST_SIDE:
        raise MediaError(f"{told}: too large", place=place, remedy="scale it to at most 4000 pixels a side")
    if size < SMALLEST_SIDE:
        raise MediaError(f"{told}: too small to be a logo", place=place, remedy=_EXPORT)
    found: list[Problem] = []
    if moving:
        found.append(Problem(place, "it is animated; its first frame is used", "give a PNG", warning=True))
    if size < COARSE_SIDE:
        found.append(Problem(place, f"{told}: it will look coarse", _EXPORT, warning=True))
    return tuple(found)


def _refuse_foreign(path: Path) -> None:
    with plain_file(path).open("rb") as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf")
    for pattern, what, remedy in _FOREIGN:
        if pattern.match(head):
            raise MediaError(f"this is {what}", place=str(path), remedy=remedy)


def _scaled_down(pixels: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """Scaled with its colours weighted by alpha, so that what is hidden does not bleed into the edges."""
    image = Image.fromarray(pixels).convert("RGBa")
    image.thumbnail((longest, longest), Image.Resampling.HAMMING, reducing_gap=3.0)
    return np.array(image.convert("RGBA"))
