"""How the old text on a surface looked, so that the new one can look the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from retake.errors import InputError
from retake.recording.replace.ink import smooth_ground
from retake.recording.replace.plate import Plate
from retake.recording.surface.plane import Floats

Align = Literal["left", "center", "right"]

_STEMS = ((0.09, 300), (0.13, 400), (0.165, 500), (0.19, 600), (0.215, 700), (0.25, 800), (0.29, 900))
"""Stem widths as shares of the cap height, and the font weights that have them."""
_SLANTS = np.arange(-4, 21, 2)  # degrees to the right: italics are near 12
_TOUCHED = 0.1  # of a pixel: where text begins
_MARKED = 24.0  # of 255: what differs so from the surface stands beside the text
_OFF_CENTRE = 0.12  # of the room: margins that differ less are meant to be equal


@dataclass(frozen=True, slots=True)
class TextLook:
    """The old text, measured in pixels of the plate.

    `colour` and `background` are sRGB, 0 to 255. `left`, `top`, `right` and `bottom` bound the old text.
    `cap_height` is the height of its capitals, `x_height` that of its small letters, 0 where it has none;
    `baselines` the rows on which its lines stand, counted from the top; `anchor` the column that `align`
    speaks of: the left edge, the middle or the right edge; `room` the columns between which nothing else
    stands beside the text. `stroke` is how thick its strokes are, `weight` the font weight that has such
    strokes, `slant` the degrees that its stems lean to the right.
    """

    colour: tuple[int, int, int]
    background: tuple[int, int, int]
    left: float
    top: float
    right: float
    bottom: float
    cap_height: float
    x_height: float
    baselines: tuple[float, ...]
    align: Align
    anchor: float
    room: tuple[float, float]
    stroke: float
    weight: int
    slant: float


def read_text_look(plate: Plate, *, place: str = "surface") -> TextLook:
    """Measures the old text of a plate. Raises `InputError` where there is none."""
    old, clean = plate.old.astype(np.float32), plate.clean.astype(np.float32)
    colour, background = _colours(old, clean, plate.ink)
    if plate.ink.max(initial=0) < 0.5 or float(np.abs(colour - background).max()) < 8:
        raise InputError(
            "there is no text on the surface whose look the new text could take",
            place=place,
            remedy="put the box around the old text, or use segment_type image",
        )
    coverage = _coverage(old, clean, colour, plate.ink)
    rows = coverage.sum(1)
    top, bottom = _ends(rows)
    filled = np.flatnonzero(coverage.max(0) > _TOUCHED)
    left, right = float(filled[0]), float(filled[-1] + 1)
    lines = _lines(rows, top, bottom)
    heights = [_heights(coverage, *line) for line in lines]
    cap, x_height, _ = max(heights)
    middle = (left + right) / 2
    room = _room(clean, (top, bottom), (left, right))
    before, after = left - room[0], room[1] - right
    align: Align = "left" if before < after else "right"
    if abs(before - after) < _OFF_CENTRE * (room[1] - room[0]):
        align = "center"
    anchor = {"left": left, "center": middle, "right": right}[align]
    stroke = stroke_of(coverage)
    stems, weights = zip(*_STEMS, strict=True)
    weight = int(round(float(np.interp(stroke / cap, stems, weights)) / 100) * 100)
    return TextLook(
        colour=_rgb(colour),
        background=_rgb(background),
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        cap_height=cap,
        x_height=x_height,
        baselines=tuple(baseline for _, _, baseline in heights),
        align=align,
        anchor=anchor,
        room=room,
        stroke=stroke,
        weight=weight,
        slant=_slant(coverage[round(lines[0][0]) : round(lines[0][1]) + 1]),
    )


def stroke_of(coverage: Floats) -> float:
    """How thick the strokes of a text are, in pixels: twice its area over the length of its outline."""
    down, along = np.gradient(coverage)
    slope = np.hypot(np.asarray(down, np.float64), np.asarray(along, np.float64))
    return 2 * float(coverage.sum()) / max(float(slope.sum()), 1e-6)


def _colours(old: Floats, clean: Floats, ink: Floats) -> tuple[Floats, Floats]:
    """The text's own colour, where it is thick enough to be pure, and that of what is behind it."""
    apart = np.abs(old - clean).max(2) * (ink > 0.3)
    if not apart.any():
        return np.zeros(3, np.float32), np.zeros(3, np.float32)
    core = apart >= np.percentile(apart[apart > 0], 75)
    return np.median(old[core], 0).astype(np.float32), np.median(clean[core], 0).astype(np.float32)


def _coverage(old: Floats, clean: Floats, colour: Floats, ink: Floats) -> Floats:
    """How much of each pixel the text fills: where it lies between the surface's colour and the text's."""
    way = colour - clean
    share = ((old - clean) * way).sum(2) / np.maximum((way * way).sum(2), 1.0)
    near = cv2.dilate((ink > 0.05).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    share = np.where(near, np.clip(share, 0, 1), 0)
    return np.where(share > 0.04, share, 0).astype(np.float32)


def _room(clean: Floats, rows: tuple[float, float], columns: tuple[float, float]) -> tuple[float, float]:
    """The columns up to which the surface beside a text is bare."""
    apart = np.abs(clean - smooth_ground(clean)).max(2)
    band = apart[max(int(rows[0]), 0) : int(rows[1]) + 1]
    marked = (band > _MARKED).any(0)
    before, after = np.flatnonzero(marked[: int(columns[0])]), np.flatnonzero(marked[int(columns[1]) + 1 :])
    first = float(before[-1] + 1) if len(before) else 0.0
    last = float(columns[1] + 1 + after[0]) if len(after) else float(clean.shape[1])
    return first, last


def _ends(profile: Floats) -> tuple[float, float]:
    """Where a profile begins and ends, to a part of a pixel: half of its nearest peak."""
    filled = np.flatnonzero(profile > 0.3)
    if not len(filled):
        return 0.0, float(len(profile))
    return _edge(profile, int(filled[0])), len(profile) - _edge(
        profile[::-1], len(profile) - 1 - int(filled[-1])
    )


def _edge(profile: Floats, first: int) -> float:
    near = profile[first : first + 6]
    half = float(near.max()) / 2
    over = int((near >= half).argmax())
    if over == 0:
        return float(first)
    low, high = float(near[over - 1]), float(near[over])
    return first + over - 1 + (half - low) / max(high - low, 1e-6) + 0.5


def _lines(rows: Floats, top: float, bottom: float) -> list[tuple[float, float]]:
    """The rows of each line: stretches with ink; one much lower than the tallest is an accent or a dot."""
    filled = np.r_[False, rows > max(0.3, 0.02 * float(rows.max())), False].astype(np.int8)
    starts, stops = np.flatnonzero(np.diff(filled) == 1), np.flatnonzero(np.diff(filled) == -1)
    tallest = float((stops - starts).max())
    lines: list[tuple[float, float]] = []
    for start, stop in zip(starts, stops, strict=True):
        small_before = bool(lines) and lines[-1][1] - lines[-1][0] < 0.4 * tallest
        if lines and (small_before or stop - start < 0.4 * tallest):
            lines[-1] = (lines[-1][0], float(stop))
        else:
            lines.append((float(start), float(stop)))
    return lines or [(top, bottom)]


def _heights(coverage: Floats, first: float, stop: float) -> tuple[float, float, float]:
    """Cap height, x-height (0 where all letters are tall) and baseline of a line.

    Each letter is a connected piece; its foot and head are read to a part of a pixel from its own rows.
    """
    start = max(int(first) - 1, 0)
    band = coverage[start : int(stop) + 2]
    count, labels, boxes, _ = cv2.connectedComponentsWithStats((band > 0.3).astype(np.uint8), connectivity=8)
    heads: list[float] = []
    feet: list[float] = []
    tallest = max((int(boxes[i][3]) for i in range(1, count)), default=1)
    for index in range(1, count):
        if boxes[index][3] < 0.45 * tallest:
            continue
        letter = np.where(np.asarray(labels) == index, band, 0)
        near = cv2.dilate((np.asarray(labels) == index).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        letter = np.where(near, band, 0).max(1)
        head, foot = _ends(letter)
        heads.append(head + start)
        feet.append(foot + start)
    if not heads:
        return stop - first, 0.0, stop
    baseline = float(np.median(feet))
    tall = baseline - np.array(heads)
    cap = float(np.percentile(tall, 90))
    low = tall[(tall < 0.84 * cap) & (tall > 0.5 * cap)]
    return cap, float(np.median(low)) if len(low) else 0.0, baseline


def _slant(line: Floats) -> float:
    """The lean at which the stems of a line stand most sharply apart when it is taken back."""
    height, width = line.shape
    if height < 8:
        return 0.0
    scores: list[float] = []
    for degrees in _SLANTS:
        lean = float(np.tan(np.radians(degrees)))
        shear = np.array([[1, lean, -lean * height / 2], [0, 1, 0]], np.float32)
        profile = np.asarray(cv2.warpAffine(line, shear, (width, height), flags=cv2.INTER_LINEAR)).sum(0)
        scores.append(float((np.diff(profile) ** 2).sum()))
    best = int(np.argmax(scores))
    return float(_SLANTS[best]) if abs(float(_SLANTS[best])) >= 6 and scores[best] > 1.15 * scores[2] else 0.0


def _rgb(colour: Floats) -> tuple[int, int, int]:
    red, green, blue = (int(np.clip(np.rint(v), 0, 255)) for v in colour)
    return red, green, blue
