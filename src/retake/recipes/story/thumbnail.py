"""Thumbnails as documents: the film's best frame, lit up, with the title set large. Pure."""

from __future__ import annotations

from fractions import Fraction
from textwrap import wrap
from unicodedata import east_asian_width

from retake.timeline.assets import Gradient, Image, Text, TextStyle
from retake.timeline.document import Adjust, Box, Clip, Document, Output, Point, Timeline, Track

SIZES = ((1080, 1080), (1080, 1920), (1280, 720))
"""What the platforms ask for, in pixels."""

_MOMENT = Fraction(1, 10)
_FEW_LINES = 3
_LARGE = 96


def thumbnail_document(frame: str, title: str, size: tuple[int, int], accent: str) -> Document:
    """A film of one frame: the picture `frame` (a path) filling `size`, and the title over a soft shade."""
    picture = Clip(
        asset=Image(src=frame),
        duration=_MOMENT,
        focus=Point(x=0.5, y=0.42),
        adjust=Adjust(contrast=1.08, saturation=1.12, brightness=0.015),
    )
    tracks = [Track(clips=(picture,))]
    if title.strip():
        shade = Gradient(colors=("#00000000", "#000000c8"), angle=90)
        tracks.append(Track(clips=(_shade(shade),)))
        tracks.append(Track(clips=(_title(title, size, accent),)))
    return Document(
        timeline=Timeline(tracks=tuple(tracks)), output=Output(size=size, fps=Fraction(30), loudness=None)
    )


def _shade(gradient: Gradient) -> Clip:
    return Clip(
        asset=gradient,
        duration=_MOMENT,
        fit="stretch",
        box=Box(width=1, height=0.62),
        position=Point(x=0.5, y=1.0),
    )


def _title(title: str, size: tuple[int, int], accent: str) -> Clip:
    """The title at the foot of the picture, as large as its length allows."""
    unit = min(size) / 1080
    width, height = 0.9 * size[0] / unit, 0.42 * size[1] / unit
    em, lines = _setting(title, width, height)
    style = TextStyle(weight=900, size=em, line_height=1.05, outline=6, shadow=18, highlight=accent)
    return Clip(
        asset=Text(text=title, style=style),
        duration=_MOMENT,
        fit="none",
        box=Box(width=0.9, height=min(0.5, (lines * 1.05 + 0.4) * em * unit / size[1])),
        position=Point(x=0.5, y=0.95 if size[1] <= size[0] * 1.5 else 0.8),
    )


def _setting(title: str, width: float, height: float) -> tuple[float, int]:
    """The largest letters, in pixels of a 1080 frame, with which the title fits, and its number of lines.

    Few lines are better than the very largest letters: a fourth line is taken by long titles only.
    """
    wide = any(east_asian_width(c) in "WF" for c in title)
    longest = max(len(word) for word in title.split())
    for smallest, most in ((_LARGE, _FEW_LINES), (30, len(title))):
        for em in range(150, smallest, -6):
            columns = int(width / (em * (1.02 if wide else 0.64)))
            lines = wrap(title, max(1, columns))
            if len(lines) <= most and len(lines) * 1.05 * em <= height and columns >= longest:
                return float(em), len(lines)
    return 30.0, len(wrap(title, int(width / 30)))
