"""New words set as the old ones on a surface were: their size, weight, slant, colour and place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from retake.recording.replace import Letterer, TextLook
from retake.recording.replace.fit import Rgba
from retake.render.text import FontBook
from retake.render.text.fonts import system_directories
from retake.render.text.layout import Layout, Setting, lay_out
from retake.render.text.raster import Look, paint_text
from retake.render.text.shape import Typeface
from retake.settings import Settings

_ONE_LINE = 1e6  # px: no line is so long that it is broken
_SLANTED = 6.0  # degrees from which letters are italic


def open_fonts(settings: Settings) -> FontBook:
    return FontBook(directories=(*settings.fonts, *system_directories()))


def missing_glyphs(text: str, fonts: FontBook) -> tuple[str, ...]:
    return fonts.missing(text)


def letterer(fonts: FontBook, family: str) -> Letterer:
    """A function that paints one line as a `TextLook` asks, as `recording.replace` needs it."""

    def paint(text: str, look: TextLook, size: tuple[int, int]) -> Rgba:
        italic = look.slant > _SLANTED
        face = fonts.primary(family, look.weight, italic)
        typeface = Typeface(family, look.weight, italic, look.cap_height / face.cap_height)
        layout = lay_out(text, Setting(typeface, align="start", max_lines=1, balance=False), _ONE_LINE, fonts)
        return _on_canvas(layout, look, size, italic)

    return paint


def _on_canvas(layout: Layout, look: TextLook, size: tuple[int, int], italic: bool) -> Rgba:
    """The line's ink at the look's anchor and baseline on a transparent canvas; what lies outside is cut."""
    canvas = np.zeros((size[1], size[0], 4), np.uint8)
    line = layout.lines[0]
    at = {"left": line.x0, "center": (line.x0 + line.x1) / 2, "right": line.x1}[look.align]
    moved = _moved(layout, look.anchor - at, look.baselines[0] - line.baseline)
    red, green, blue = look.colour
    painted = paint_text(moved, Look(color=(red, green, blue, 255), weight=look.weight, italic=italic))
    if painted is None:
        return canvas
    rgba = painted.raster.rgba
    height, width = rgba.shape[:2]
    left, top = max(painted.x, 0), max(painted.y, 0)
    right, bottom = min(painted.x + width, size[0]), min(painted.y + height, size[1])
    if left < right and top < bottom:
        canvas[top:bottom, left:right] = rgba[
            top - painted.y : bottom - painted.y, left - painted.x : right - painted.x
        ]
    return canvas


def _moved(layout: Layout, x: float, y: float) -> Layout:
    """The layout with its glyphs moved, so that they keep their place between the pixels."""
    lines = tuple(
        replace(line, glyphs=tuple(replace(g, x=g.x + x, y=g.y + y) for g in line.glyphs))
        for line in layout.lines
    )
    return replace(layout, lines=lines)
