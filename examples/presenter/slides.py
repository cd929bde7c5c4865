"""What the monitor shows: a welcome by name, then the first week, which is everybody's.

Leaves: uint8 RGB pictures of `PANEL` (width, height); boxes are left, top, right, bottom in their pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from presenter.logos import draw_logo
from retake import fonts

Picture = NDArray[np.uint8]
PANEL = (1200, 760)
NAME_BOX = (76, 356, 1120, 548)
"""Room for the tallest accents and the longest tails of the name's letters, and some more."""
LOGO_BOX = (90, 84, 600, 224)
INK, TEAL, GREY = (24, 39, 66), (31, 122, 140), (104, 122, 142)
_BIG = 4


def welcome(name: str, logo: str) -> Picture:
    """The company's logo, and the name in letters that fit."""
    picture = _ground()
    pen = ImageDraw.Draw(picture)
    mark = draw_logo(logo, (LOGO_BOX[2] - LOGO_BOX[0], LOGO_BOX[3] - LOGO_BOX[1]))
    picture.paste(mark, LOGO_BOX[:2], mark)
    pen.text((92, 306), "Welcome,", font=_font("Regular", 54), fill=(84, 104, 128), anchor="ls")
    size = 128
    while size > 40 and pen.textlength(name, font=_font("Bold", size)) > NAME_BOX[2] - NAME_BOX[0] - 24:
        size -= 2
    pen.text((90, 494), name, font=_font("Bold", size), fill=INK, anchor="ls")
    pen.rounded_rectangle((94, 590, 420, 668), 39, fill=TEAL)
    pen.text((257, 630), "Your first week", font=_font("SemiBold", 34), fill=(255, 255, 255), anchor="mm")
    pen.text((450, 630), "takes four steps", font=_font("Regular", 36), fill=GREY, anchor="lm")
    return np.asarray(picture, np.uint8)


def first_week(*, steps: bool = True) -> Picture:
    """The heading, and four steps with their days on a line from left to right."""
    picture = _ground()
    pen = ImageDraw.Draw(picture)
    pen.text((90, 176), "Your first week", font=_font("Bold", 92), fill=INK, anchor="ls")
    pen.text((92, 244), "One take, then it runs by itself", font=_font("Regular", 44), fill=GREY, anchor="ls")
    if not steps:
        return np.asarray(picture, np.uint8)
    middles = [186 + 276 * k for k in range(len(_STEPS))]
    pen.line((middles[0], 420, middles[-1], 420), fill=(190, 206, 216), width=7)
    for middle, (day, step, colour, draw) in zip(middles, _STEPS, strict=True):
        badge = _badge(colour, draw)
        picture.paste(badge, (middle - badge.width // 2, 420 - badge.height // 2), badge)
        pen.text((middle, 578), step, font=_font("Bold", 50), fill=INK, anchor="ms")
        pen.text((middle, 640), day, font=_font("Regular", 40), fill=GREY, anchor="ms")
    return np.asarray(picture, np.uint8)


def _ground() -> Image.Image:
    """Nearly white, a little bluer towards the lower right, under a bar."""
    width, height = PANEL
    ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    slope = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    light, deep = np.array([250, 250, 248]), np.array([226, 234, 240])
    picture = Image.fromarray((light + (deep - light) * (0.6 * ramp + 0.4 * slope)).astype(np.uint8))
    ImageDraw.Draw(picture).rectangle((0, 0, width, 20), fill=TEAL)
    return picture


class _Pen:
    """Draws on a square from 0 to 1, white on a badge."""

    def __init__(self, pen: ImageDraw.ImageDraw, side: int, ground: tuple[int, int, int]) -> None:
        self._pen, self._side, self._ground = pen, side, ground

    def shape(self, *points: tuple[float, float], hole: bool = False) -> None:
        self._pen.polygon([(x * self._side, y * self._side) for x, y in points], self._fill(hole))

    def box(self, *edges: float, round_by: float = 0.03, hole: bool = False) -> None:
        box = tuple(edge * self._side for edge in edges)
        self._pen.rounded_rectangle(box, round_by * self._side, fill=self._fill(hole))

    def stroke(self, *points: tuple[float, float], width: float = 0.075) -> None:
        at = [(x * self._side, y * self._side) for x, y in points]
        self._pen.line(at, (255, 255, 255), round(width * self._side), "curve")
        half = width * self._side / 2
        for x, y in (at[0], at[-1]):
            self._pen.ellipse((x - half, y - half, x + half, y + half), fill=(255, 255, 255))

    def _fill(self, hole: bool) -> tuple[int, int, int]:
        return self._ground if hole else (255, 255, 255)


def _camera(pen: _Pen) -> None:
    pen.box(0.24, 0.35, 0.59, 0.65, round_by=0.06)
    pen.shape((0.62, 0.46), (0.77, 0.36), (0.77, 0.64), (0.62, 0.54))
    pen.box(0.36, 0.445, 0.47, 0.555, round_by=0.055, hole=True)


def _table(pen: _Pen) -> None:
    pen.box(0.27, 0.29, 0.73, 0.71, round_by=0.05)
    for row in (0.405, 0.505, 0.605):
        pen.box(0.32, row, 0.40, row + 0.045, round_by=0.02, hole=True)
        pen.box(0.45, row, 0.68, row + 0.045, round_by=0.02, hole=True)


def _tick(pen: _Pen) -> None:
    pen.stroke((0.31, 0.52), (0.45, 0.65), (0.70, 0.37))


def _plane(pen: _Pen) -> None:
    pen.shape((0.25, 0.49), (0.75, 0.27), (0.62, 0.71), (0.48, 0.58), (0.42, 0.72), (0.40, 0.55))
    pen.shape((0.40, 0.55), (0.75, 0.27), (0.48, 0.58), (0.43, 0.66), hole=True)
    pen.shape((0.42, 0.72), (0.435, 0.60), (0.49, 0.585))


def _badge(colour: tuple[int, int, int], draw: Callable[[_Pen], None]) -> Image.Image:
    side = 176 * _BIG
    badge = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(badge)
    pen.ellipse((0, 0, side - 1, side - 1), fill=(238, 242, 244))
    edge = round(0.055 * side)
    pen.ellipse((edge, edge, side - 1 - edge, side - 1 - edge), fill=colour)
    draw(_Pen(pen, side, colour))
    return badge.resize((side // _BIG, side // _BIG), Image.Resampling.LANCZOS)


_STEPS = (
    ("Monday", "Record", TEAL, _camera),
    ("Tuesday", "List", (43, 92, 184), _table),
    ("Wednesday", "Check", (214, 108, 38), _tick),
    ("Thursday", "Send", (52, 124, 74), _plane),
)


def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(fonts.__file__).with_name(f"Inter-{weight}.ttf")), size)
