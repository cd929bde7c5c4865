"""Lines to pixels: glyphs, outline, shadow and the rounded box behind, as one picture with straight alpha."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.render.sprite import Raster
from retake.render.text.faces import Drawing, Mask, Picture
from retake.render.text.layout import Layout, PlacedGlyph
from retake.render.text.plate import plate_mask
from retake.render.text.sheet import Rgba, Sheet

Spans = tuple[tuple[int, int], ...]
_PHASES = 4  # a glyph is drawn at the nearest quarter of a px
_HEAVY, _BOLDER = 600, 0.03  # a face without a heavy weight gets this many ems more
_SHADOW_DROP, _SHADOW_GAIN = 0.22, 1.35  # blurring thin strokes makes them pale


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and sizes of text, in px of the frame. Colours are RGBA, 0 to 255."""

    color: Rgba = (255, 255, 255, 255)
    highlight: Rgba | None = None
    outline: float = 0.0
    outline_color: Rgba = (0, 0, 0, 255)
    shadow: float = 0.0
    shadow_color: Rgba = (0, 0, 0, 176)
    box: Rgba | None = None
    box_padding: float = 0.0
    box_radius: float = 0.0
    weight: int = 700
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Painted:
    """A raster whose top left pixel lies at `x`, `y` of the layout's block."""

    raster: Raster
    x: int
    y: int


def colour(value: str) -> Rgba:
    """RGBA of #rgb, #rrggbb or #rrggbbaa."""
    digits = value.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, alpha = bytes.fromhex(digits.ljust(8, "f"))
    return red, green, blue, alpha


def paint_text(
    layout: Layout, look: Look, *, only: Spans | None = None, lit: Spans = (), shadow: bool = True
) -> Painted | None:
    """Paints the glyphs, of the characters in `only` or of all; those in `lit` in the highlight colour.

    The picture is as large as its ink needs, outline and shadow included. None where there is no ink.
    """
    glyphs = [g for line in layout.lines for g in line.glyphs if only is None or _within(g.cluster, only)]
    inks = [ink for glyph in glyphs if (ink := _draw(glyph, layout.size, look))]
    if not inks:
        return None
    spread = _shadow_reach(look) if shadow else (0, 0)
    x0, y0, x1, y1 = zip(*(ink.box for ink in inks), strict=True)
    left, top, right = min(x0) - spread[0] - 1, min(y0) - spread[0] - 1, max(x1) + spread[0] + 1
    bottom = max(y1) + spread[0] + spread[1] + 1
    shape = (bottom - top, right - left)
    fill, bright, stroke, whole = (np.zeros(shape, np.uint8) for _ in range(4))
    for ink in inks:
        if ink.stroke is not None:
            _lay(stroke, ink.stroke, -left, -top)
        if isinstance(ink.body, Mask):
            _lay(bright if _within(ink.cluster, lit) else fill, ink.body, -left, -top)
    sheet = Sheet(shape)
    if shadow and look.shadow and look.shadow_color[3]:
        cv2.max(cv2.max(fill, bright), stroke, dst=whole)
        for ink in inks:
            if isinstance(ink.body, Picture):
                _lay(whole, Mask(ink.body.left, ink.body.top, ink.body.rgba[..., 3]), -left, -top)
        sheet.cover(_softened(whole, look), look.shadow_color)
    if look.outline:
        sheet.cover(stroke, look.outline_color)
    sheet.cover(fill, look.color)
    if lit:
        sheet.cover(bright, look.highlight or look.color)
    for ink in inks:
        if isinstance(ink.body, Picture):
            sheet.stamp(ink.body.rgba, ink.body.left - left, ink.body.top - top)
    return Painted(Raster(sheet.pixels()), left, top)


def paint_plate(layout: Layout, look: Look) -> Painted | None:
    """Paints the rounded box behind the lines; None where the look has none or there are no words."""
    plate = plate_mask(layout, look.box_padding, look.box_radius) if look.box else None
    if plate is None or look.box is None:
        return None
    sheet = Sheet(plate.alpha.shape)
    sheet.cover(plate.alpha, look.box)
    return Painted(Raster(sheet.pixels()), plate.left, plate.top)


def merge(lower: Painted | None, upper: Painted | None) -> Painted | None:
    """The one over the other as one picture."""
    if lower is None or upper is None:
        return upper or lower
    left, top = min(lower.x, upper.x), min(lower.y, upper.y)
    right = max(p.x + p.raster.rgba.shape[1] for p in (lower, upper))
    bottom = max(p.y + p.raster.rgba.shape[0] for p in (lower, upper))
    sheet = Sheet((bottom - top, right - left))
    for painted in (lower, upper):
        sheet.stamp(painted.raster.rgba, painted.x - left, painted.y - top)
    return Painted(Raster(sheet.pixels()), left, top)


@dataclass(frozen=True, slots=True)
class _Ink:
    """A glyph's pixels, `left` and `top` counted right and down in the block."""

    body: Mask | Picture | None
    stroke: Mask | None
    cluster: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        parts = [
            (part.left, part.top, part.left + pixels.shape[1], part.top + pixels.shape[0])
            for part in (self.body, self.stroke)
            if part is not None
            for pixels in (part.rgba if isinstance(part, Picture) else part.alpha,)
        ]
        x0, y0, x1, y1 = zip(*parts, strict=True)
        return min(x0), min(y0), max(x1), max(y1)


def _draw(glyph: PlacedGlyph, size: float, look: Look) -> _Ink | None:
    steps, row = math.floor(glyph.x * _PHASES + 0.5), math.floor(glyph.y + 0.5)
    column, phase = divmod(steps, _PHASES)
    if picture := glyph.face.picture(glyph.id, size):
        return _Ink(Picture(column + picture.left, row - picture.top, picture.rgba), None, glyph.cluster)
    slanted = look.italic and not glyph.face.italic
    bolder = _BOLDER if look.weight >= _HEAVY and glyph.face.weight < _HEAVY else 0.0
    drawing = Drawing(size, phase, 0.0, slanted, bolder)
    body = glyph.face.mask(glyph.id, drawing)
    if body is None:
        return None
    stroke = glyph.face.mask(glyph.id, replace(drawing, outline=look.outline)) if look.outline else None
    placed = [m and Mask(column + m.left, row - m.top, m.alpha) for m in (body, stroke)]
    return _Ink(placed[0], placed[1], glyph.cluster)


def _lay(sheet: NDArray[np.uint8], mask: Mask, dx: int, dy: int) -> None:
    x, y = mask.left + dx, mask.top + dy
    height, width = mask.alpha.shape
    part = sheet[y : y + height, x : x + width]
    np.maximum(part, mask.alpha, out=part)


def _within(index: int, spans: Spans) -> bool:
    return any(start <= index < end for start, end in spans)


def _shadow_reach(look: Look) -> tuple[int, int]:
    """How far the shadow spreads, and how far below the text it lies."""
    return math.ceil(look.shadow * 1.3), round(look.shadow * _SHADOW_DROP)


def _softened(mask: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    """The mask blurred and moved down: at half size, as nobody sees finer detail in a shadow."""
    drop = _shadow_reach(look)[1]
    height, width = mask.shape
    moved = np.zeros_like(mask)
    moved[drop:] = mask[: height - drop]
    small = cv2.resize(moved, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(look.shadow * 0.25, 0.3))
    blurred = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.convertScaleAbs(blurred, alpha=_SHADOW_GAIN).astype(np.uint8, copy=False)
