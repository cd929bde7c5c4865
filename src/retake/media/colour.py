"""sRGB and BT.709: colours by name, and pictures from and to RGB.

RGB is 8-bit, full range, as in files and style sheets; its values are taken as BT.709's own R'G'B' (the two
share their primaries, and every player treats their transfer curves as one). YUV is 8-bit limited range:
luma 16-235, chroma 16-240. Matrices: Recommendation ITU-R BT.709-6, items 3.2 to 3.5.
"""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray
from PIL import ImageColor

from retake.media.picture import Picture, Plane

_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_LUMA = np.array([_KR, _KG, _KB]) * 219 / 255
_BLUE = np.array([-_KR, -_KG, 1 - _KB]) / (2 * (1 - _KB)) * 224 / 255
_RED = np.array([1 - _KR, -_KG, -_KB]) / (2 * (1 - _KR)) * 224 / 255
_TO_YUV = np.stack([_LUMA, _BLUE, _RED])
_TO_RGB = np.linalg.inv(_TO_YUV)
_OFFSET = np.array([16.0, 128.0, 128.0])

# Values that lie exactly between two codes go up on every processor, whatever order its sums are made in.
_TIE = 1e-4
_ROWS = 64  # rows converted at a time: they stay in the cache


def parse_color(text: str) -> tuple[int, int, int, int]:
    """Red, green, blue and alpha, 0 to 255, of `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa` or a CSS colour name.

    Raises `ValueError`.
    """
    name = text.strip().lower()
    if name == "transparent":
        return 0, 0, 0, 0
    if name.startswith("#") or name in ImageColor.colormap:
        try:
            red, green, blue, *alpha = ImageColor.getrgb(name)
        except ValueError:
            pass
        else:
            return red, green, blue, alpha[0] if alpha else 255
    raise ValueError(f"{text!r} is no colour: write #rrggbb, #rrggbbaa or a CSS name such as 'navy'")


def yuv_of(color: str | tuple[int, ...]) -> tuple[int, int, int]:
    """A colour, as text or as (r, g, b) with any alpha left out, in BT.709 limited range."""
    rgb = parse_color(color) if isinstance(color, str) else color
    y, u, v = np.floor(_TO_YUV @ np.array(rgb[:3], float) + _OFFSET + 0.5 + _TIE).astype(int).tolist()
    return y, u, v


def luma_of(rgb: NDArray[np.uint8]) -> Plane:
    """Full-resolution luma of sRGB uint8 (height, width, 3), rounded to the nearest code."""
    luma = np.empty(rgb.shape[:2], np.uint8)
    matrix = np.array([[*_LUMA, 16 + 0.5 + _TIE]], np.float32)
    for top in range(0, len(rgb), _ROWS):
        luma[top : top + _ROWS] = cv2.transform(rgb[top : top + _ROWS].astype(np.float32), matrix)
    return luma


def rgb_to_picture(rgb: NDArray[np.uint8]) -> Picture:
    """A picture of sRGB uint8 (height, width, 3), both sizes even (`ValueError` if not).

    Sums are made in float32 from the RGB values and rounded once. A chroma sample is the mean of two rows and
    of three columns weighted 1:2:1 about its even column, as its siting asks.
    """
    height, width = rgb.shape[:2]
    if height % 2 or width % 2:
        raise ValueError(f"a picture of {width}x{height} cannot be halved: both sizes must be even")
    u = np.empty((height // 2, width // 2), np.uint8)
    v = np.empty_like(u)
    for top in range(0, height, _ROWS):
        rows = rgb[top : top + _ROWS]
        pairs = cv2.add(rows[0::2], rows[1::2], dtype=cv2.CV_32F)
        part = slice(top // 2, top // 2 + len(pairs))
        for plane, weights in ((u, _BLUE), (v, _RED)):
            chroma = cv2.transform(pairs, np.array([weights / 8], np.float32))
            plane[part] = _site(chroma, 128 + 0.5 + _TIE)[:, 0::2]
    return Picture(luma_of(rgb), u, v)


def halve(plane: Plane) -> Plane:
    """A full-resolution plane (a mask, say) at chroma's resolution and siting, rounded."""
    pairs = cv2.add(plane[0::2], plane[1::2], dtype=cv2.CV_32F)
    return _site(pairs * (1 / 8), 0.5 + _TIE)[:, 0::2].astype(np.uint8)


def picture_to_rgb(picture: Picture) -> NDArray[np.uint8]:
    """sRGB uint8 (height, width, 3). Chroma is interpolated linearly from where it is sited."""
    offset = -_TO_RGB @ _OFFSET
    matrix = np.column_stack([_TO_RGB, offset]).astype(np.float32)
    rgb = np.empty((picture.height, picture.width, 3), np.uint8)
    u, v = _double(picture.u), _double(picture.v)
    for top in range(0, picture.height, _ROWS):
        rows = slice(top, top + _ROWS)
        yuv = cv2.merge([picture.y[rows].astype(np.float32), u[rows], v[rows]])
        exact = cv2.transform(yuv, matrix)
        cv2.addWeighted(exact, 1, exact, 0, 0, dst=rgb[rows], dtype=cv2.CV_8U)
    return rgb


def _site(pairs: MatLike, offset: float) -> MatLike:
    """Columns weighted 1:2:1, the edge repeated, plus an offset. Float32 (rows, width), as it came."""
    weights = np.array([[1, 2, 1]], np.float32)
    return cv2.filter2D(pairs, -1, weights, delta=offset, borderType=cv2.BORDER_REPLICATE)


def _double(chroma: Plane) -> MatLike:
    """Chroma at luma's resolution, linearly, from its siting: float32."""
    rows, columns = chroma.shape
    back = np.array([[0.5, 0, 0], [0, 0.5, -0.25]])  # a luma sample's place among those of chroma
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    exact = chroma.astype(np.float32)
    return cv2.warpAffine(exact, back, (2 * columns, 2 * rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
