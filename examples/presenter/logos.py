"""Logos of companies that do not exist, drawn: a mark and a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from retake import fonts

COMPANIES = {
    "Northwind": (31, 122, 140),
    "Bluepeak": (43, 92, 184),
    "Fernhill": (52, 124, 74),
    "Solstice": (214, 108, 38),
    "Kestrel": (142, 50, 74),
}
"""Name to colour; any other name gets the first one's mark in grey."""


def draw_logo(company: str, size: tuple[int, int]) -> Image.Image:
    """RGBA, on nothing: the mark on the left, the name beside it."""
    width, height = size
    big = 4
    colour = COMPANIES.get(company, (70, 80, 92))
    mark = Image.new("RGBA", (height * big, height * big))
    pen = ImageDraw.Draw(mark)
    side = height * big
    _MARKS.get(company, _wind)(pen, side, colour)
    logo = Image.new("RGBA", (width, height))
    logo.alpha_composite(mark.resize((height, height), Image.Resampling.LANCZOS))
    text = ImageDraw.Draw(logo)
    points = round(height * 0.50)
    path = str(Path(fonts.__file__).with_name("Inter-ExtraBold.ttf"))
    gap = round(height * 1.12)
    while points > 8 and text.textlength(company, font=ImageFont.truetype(path, points)) > width - gap - 4:
        points -= 1
    text.text((gap, height / 2), company, font=ImageFont.truetype(path, points), fill=colour, anchor="lm")
    return logo


def _wind(pen: ImageDraw.ImageDraw, s: int, colour: tuple[int, int, int]) -> None:
    pen.ellipse((0.04 * s, 0.04 * s, 0.96 * s, 0.96 * s), fill=colour)
    needle = [(0.5, 0.14), (0.62, 0.5), (0.5, 0.86), (0.38, 0.5)]
    turned = _turn(needle, 40)
    pen.polygon([(x * s, y * s) for x, y in turned], fill=(255, 255, 255))
    half = _turn([(0.5, 0.86), (0.62, 0.5), (0.38, 0.5)], 40)
    pen.polygon([(x * s, y * s) for x, y in half], fill=(150, 206, 214))
    pen.ellipse((0.45 * s, 0.45 * s, 0.55 * s, 0.55 * s), fill=colour)


def _peak(pen: ImageDraw.ImageDraw, s: int, colour: tuple[int, int, int]) -> None:
    pen.polygon([(0.02 * s, 0.90 * s), (0.40 * s, 0.16 * s), (0.78 * s, 0.90 * s)], fill=colour)
    pen.polygon([(0.44 * s, 0.90 * s), (0.70 * s, 0.40 * s), (0.98 * s, 0.90 * s)], fill=(120, 164, 232))
    cap = [(0.40, 0.16), (0.53, 0.41), (0.45, 0.50), (0.39, 0.42), (0.33, 0.50), (0.27, 0.41)]
    pen.polygon([(x * s, y * s) for x, y in cap], fill=(226, 238, 255))


def _fern(pen: ImageDraw.ImageDraw, s: int, colour: tuple[int, int, int]) -> None:
    pen.rounded_rectangle((0.04 * s, 0.04 * s, 0.96 * s, 0.96 * s), 0.24 * s, fill=colour)
    for k in range(5):
        y, reach = 0.78 - 0.14 * k, 0.30 - 0.045 * k
        for side in (-1, 1):
            leaf = [(0.5, y), (0.5 + side * reach * 0.6, y - 0.15), (0.5 + side * reach, y - 0.13)]
            leaf.append((0.5 + side * reach * 0.7, y - 0.03))
            pen.polygon([(x * s, v * s) for x, v in leaf], fill=(222, 242, 214))
    pen.line((0.5 * s, 0.12 * s, 0.5 * s, 0.88 * s), fill=(222, 242, 214), width=round(0.035 * s))


def _sun(pen: ImageDraw.ImageDraw, s: int, colour: tuple[int, int, int]) -> None:
    for k in range(12):
        ray = _turn([(0.46, 0.02), (0.54, 0.02), (0.53, 0.18), (0.47, 0.18)], 30 * k)
        pen.polygon([(x * s, y * s) for x, y in ray], fill=colour)
    pen.ellipse((0.24 * s, 0.24 * s, 0.76 * s, 0.76 * s), fill=colour)
    pen.chord((0.24 * s, 0.24 * s, 0.76 * s, 0.76 * s), 10, 170, fill=(252, 196, 92))


def _bird(pen: ImageDraw.ImageDraw, s: int, colour: tuple[int, int, int]) -> None:
    wing = [(0.02, 0.30), (0.36, 0.40), (0.50, 0.56), (0.64, 0.40), (0.98, 0.30), (0.66, 0.62), (0.50, 0.92),
            (0.34, 0.62)]  # fmt: skip
    pen.polygon([(x * s, y * s) for x, y in wing], fill=colour)
    pen.ellipse((0.41 * s, 0.16 * s, 0.59 * s, 0.34 * s), fill=(214, 150, 92))


def _turn(points: list[tuple[float, float]], degrees: float) -> list[tuple[float, float]]:
    a = np.deg2rad(degrees)
    c, s = float(np.cos(a)), float(np.sin(a))
    return [(0.5 + (x - 0.5) * c - (y - 0.5) * s, 0.5 + (x - 0.5) * s + (y - 0.5) * c) for x, y in points]


_MARKS = {"Northwind": _wind, "Bluepeak": _peak, "Fernhill": _fern, "Solstice": _sun, "Kestrel": _bird}
