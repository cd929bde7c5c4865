"""Glyphs to lines: breaking, balancing, aligning. All in px from the top left of the text's block."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Literal

from retake.render.text.bidi import base_level, levels, visual_order
from retake.render.text.breaks import opportunities
from retake.render.text.characters import SOFT_HYPHEN, clusters, script
from retake.render.text.faces import Face
from retake.render.text.fonts import DEFAULT_FAMILY, FontBook
from retake.render.text.shape import Run, Typeface, shape

ELLIPSIS = "…"
_ASCENT, _DESCENT = 0.969, 0.241  # Inter's, for every font: capitals then stand in the middle of their line
_PAUSES = frozenset(",;:.!?–—…、，。；：！？।،؛")
_HYPHENATING = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
_VOWELS = frozenset("aeiouyæøœаеиоуыэюяєіїαεηιουω")
_SEARCHED = 7  # characters before the end of a line that a better place to part a long word is looked for in
_LINE_GAP = 0.06  # ems that must stay between the ink of lines set in scripts taller than Latin


@dataclass(frozen=True, slots=True)
class Setting:
    """How text is set: the type, line pitch in ems, alignment, and how many lines there may be."""

    type: Typeface
    line_height: float = 1.2
    align: Literal["start", "center", "end"] = "center"
    max_lines: int | None = None
    balance: bool = True


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A glyph at its origin: x, and y downward to the baseline. `cluster` is its character in the text."""

    face: Face
    id: int
    x: float
    y: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Cell:
    """The room that the characters `start` to `end` take on their line."""

    start: int
    end: int
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line: characters `start` to `end`, from `x0` to `x1`, its ink at most `ascent` above the baseline."""

    start: int
    end: int
    x0: float
    x1: float
    baseline: float
    ascent: float
    descent: float
    glyphs: tuple[PlacedGlyph, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines set in a column `column` px wide; `width` and `height` are the block's own."""

    text: str
    size: float
    column: float
    width: float
    height: float
    lines: tuple[Line, ...]
    shortened: bool = False
    """Whether words were left out to keep to the lines allowed."""
    forced: bool = False
    """Whether a word was broken where no break belongs."""


def lay_out(text: str, setting: Setting, column: float, fonts: FontBook) -> Layout:
    """Sets `text`, with its own line feeds, in a column of `column` px."""
    rows, forced = _rows(text, setting, column, fonts)
    shortened = setting.max_lines is not None and len(rows) > setting.max_lines
    if setting.max_lines is not None and shortened:
        text = _shorten(text, rows, setting, column, fonts)
        rows = _rows(text, replace(setting, balance=False), column, fonts)[0][: setting.max_lines]
    return _stack(text, rows, setting, column, shortened, forced)


def natural_width(text: str, type: Typeface, fonts: FontBook) -> float:
    """The width of `text` on one line."""
    found = levels(text, base_level(text, type.language))
    return sum(g.advance for run in shape(text, 0, len(text), found, type, fonts) for g in run.glyphs)


@dataclass(frozen=True, slots=True)
class _Row:
    """Characters of one line, shaped; in a right-to-left paragraph when `base` is 1."""

    start: int
    end: int
    base: int
    runs: tuple[Run, ...]


def _rows(text: str, setting: Setting, column: float, fonts: FontBook) -> tuple[list[_Row], bool]:
    rows: list[_Row] = []
    forced = False
    start = 0
    for paragraph in text.split("\n"):
        measured = _Paragraph(paragraph, setting, fonts)
        spans, broken = measured.balanced(column) if setting.balance else measured.greedy(column)
        forced |= broken
        for begin, end in spans:
            rows.append(measured.row(begin, end, start))
        start += len(paragraph) + 1
    return rows, forced


class _Paragraph:
    """A paragraph measured once, so that many widths can be tried."""

    def __init__(self, text: str, setting: Setting, fonts: FontBook) -> None:
        self.text, self.type, self.fonts = text, setting.type, fonts
        self.base = base_level(text, setting.type.language)
        self.levels = levels(text, self.base)
        self.clusters = clusters(text)
        self.breaks = opportunities(text, self.clusters)
        self._stops = frozenset(self.breaks)
        advances = [0.0] * (len(text) + 1)
        for run in shape(text, 0, len(text), self.levels, setting.type, fonts):
            for glyph in run.glyphs:
                advances[glyph.cluster + 1] += glyph.advance
        self.ends = [0.0]
        for advance in advances[1:]:
            self.ends.append(self.ends[-1] + advance)
        self.hyphen = natural_width("-", setting.type, fonts)

    def width(self, start: int, end: int) -> float:
        hyphen = self.hyphen if self._hyphenated(end) else 0.0
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return self.ends[end] - self.ends[start] + hyphen

    def greedy(self, column: float) -> tuple[list[tuple[int, int]], bool]:
        """Lines as full as possible, and whether a word had to be broken."""
        lines: list[tuple[int, int]] = []
        start, forced = 0, False
        while start < len(self.text) and self.width(start, len(self.text)) > column + 0.01:
            end = start
            for stop in islice(self.breaks, bisect_right(self.breaks, start), None):
                if self.width(start, stop) > column + 0.01:
                    break
                end = stop
            if end == start:
                end, forced = self._force(start, column), True
            lines.append((start, end))
            start = end
        if start < len(self.text) or not lines:
            lines.append((start, len(self.text)))
        return lines, forced

    def _force(self, start: int, column: float) -> int:
        fitting = start
        for _, end in islice(self.clusters, bisect_left(self.clusters, (start, start)), None):
            if fitting > start and self.width(start, end) > column + 0.01:
                break
            fitting = end
        near = range(fitting, max(fitting - _SEARCHED, start + 1), -1)
        return next((at for at in near if self._between_syllables(at)), fitting)

    def _between_syllables(self, at: int) -> bool:
        """Whether a vowel stands before and a consonant with a vowel after, which most languages may part."""
        sounds = [
            unicodedata.normalize("NFD", char)[0].lower() in _VOWELS for char in self.text[at - 1 : at + 2]
        ]
        return sounds == [True, False, True] and self.text[at - 1 : at + 2].isalpha()

    def balanced(self, column: float) -> tuple[list[tuple[int, int]], bool]:
        """As many lines as `greedy`, about equally long, that end where a reader would pause.

        The least sum of squares over all ways to break (Knuth and Plass 1981, without stretching spaces).
        """
        greedy, forced = self.greedy(column)
        if len(greedy) == 1 or forced:
            return greedy, forced
        target = self.width(0, len(self.text)) / len(greedy)
        stops = (0, *self.breaks, len(self.text))
        best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
        for k in range(1, len(stops)):
            options: list[tuple[int, float, int]] = []
            for j in range(k - 1, -1, -1):
                width = self.width(stops[j], stops[k])
                if width > column + 0.01:
                    break
                lines, cost, _ = best[j]
                uneven = ((width - target) / column) ** 2
                options.append((lines + 1, cost + uneven + _harshness(self.text, stops[k]), j))
            best.append(min(options, default=(len(stops), 0.0, k - 1)))
        ends = [len(stops) - 1]
        while best[ends[-1]][2]:
            ends.append(best[ends[-1]][2])
        edges = [0, *(stops[k] for k in reversed(ends))]
        return list(pairwise(edges)), False

    def row(self, start: int, end: int, offset: int) -> _Row:
        """The line's glyphs, with clusters counted from the whole text's start."""
        text, found = self.text, self.levels
        hyphenated = self._hyphenated(end)
        while end > start and text[end - 1].isspace():
            end -= 1
        if hyphenated:
            text, found = text[:end].rstrip(SOFT_HYPHEN) + "-", [*found[:end], self.levels[end - 1]]
        runs = shape(text, start, len(text) if hyphenated else end, found, self.type, self.fonts)
        if not offset and not hyphenated:
            return _Row(start, end, self.base, runs)
        moved = tuple(
            replace(
                run,
                start=run.start + offset,
                end=min(run.end, end) + offset,
                glyphs=tuple(replace(g, cluster=min(g.cluster, end - 1) + offset) for g in run.glyphs),
            )
            for run in runs
        )
        return _Row(start + offset, end + offset, self.base, moved)

    def _hyphenated(self, end: int) -> bool:
        """Whether a line that ends here needs a hyphen: at a soft one, or within a word of an alphabet."""
        if not 0 < end < len(self.text):
            return False
        before, after = self.text[end - 1], self.text[end]
        if before == SOFT_HYPHEN:
            return True
        return (
            end not in self._stops and before.isalpha() and after.isalpha() and script(before) in _HYPHENATING
        )


def _harshness(text: str, end: int) -> float:
    """What it costs a reader that a line ends here, against lines of unequal length."""
    if end == len(text):
        return 0.0
    before, after = text[end - 1], text[end]
    if before == SOFT_HYPHEN:
        return 0.02
    if before.isspace():
        return -0.01 if text[:end].rstrip()[-1:] in _PAUSES else 0.0
    if before in _PAUSES:
        return -0.02
    return {("Hira", "Hira"): 0.03, ("Hani", "Hira"): 0.04, ("Kana", "Kana"): 0.06}.get(
        (script(before), script(after)), 0.01
    )


def _shorten(text: str, rows: Sequence[_Row], setting: Setting, column: float, fonts: FontBook) -> str:
    """`text` up to the last line allowed, ended with an ellipsis that still fits."""
    assert setting.max_lines is not None
    last = rows[setting.max_lines - 1]
    kept = [end for _, end in clusters(text[last.start : last.end])]
    while kept:
        candidate = text[: last.start + kept[-1]].rstrip(" ,.;:-–—") + ELLIPSIS
        if natural_width(candidate[last.start :], setting.type, fonts) <= column:
            return candidate
        kept.pop()
    return text[: last.start] + ELLIPSIS


def _stack(
    text: str, rows: Sequence[_Row], setting: Setting, column: float, shortened: bool, forced: bool
) -> Layout:
    size, pitch = setting.type.size, setting.line_height * setting.type.size
    first = (pitch - (_ASCENT + _DESCENT) * size) / 2 + _ASCENT * size
    lines: list[Line] = []
    for row in rows:
        ascent, descent, foreign = _ink(row, size)
        if lines:
            clear = lines[-1].descent + ascent + _LINE_GAP * size
            baseline = lines[-1].baseline + (max(pitch, clear) if foreign else pitch)
        else:
            baseline = max(first, ascent) if foreign else first
        lines.append(_line(row, setting, column, baseline, ascent, descent))
    below = max(pitch - first, lines[-1].descent if _ink(rows[-1], size)[2] else 0.0)
    width = max(line.x1 - line.x0 for line in lines)
    return Layout(text, size, column, width, lines[-1].baseline + below, tuple(lines), shortened, forced)


def _ink(row: _Row, size: float) -> tuple[float, float, bool]:
    """How far ink reaches above and below the baseline, and whether other fonts than Inter are there."""
    tops, bottoms = [0.0], [0.0]
    for run in row.runs:
        for glyph in run.glyphs:
            top, bottom = run.face.ink(glyph.id)
            tops.append(top * size + glyph.y)
            bottoms.append(-bottom * size - glyph.y)
    return max(tops), max(bottoms), any(run.face.family != DEFAULT_FAMILY for run in row.runs)


def _line(row: _Row, setting: Setting, column: float, baseline: float, ascent: float, descent: float) -> Line:
    runs = [row.runs[i] for i in visual_order([run.level for run in row.runs])]
    width = sum(glyph.advance for run in runs for glyph in run.glyphs)
    slack = column - width
    left = {"start": slack * row.base, "center": slack / 2, "end": slack * (1 - row.base)}[setting.align]
    glyphs: list[PlacedGlyph] = []
    cells: list[Cell] = []
    pen = left
    for run in runs:
        ends = sorted({glyph.cluster for glyph in run.glyphs} | {run.end})
        following = dict(pairwise(ends))
        for glyph in run.glyphs:
            glyphs.append(PlacedGlyph(run.face, glyph.id, pen + glyph.x, baseline - glyph.y, glyph.cluster))
            cell = Cell(glyph.cluster, following[glyph.cluster], pen, pen + glyph.advance)
            if cells and cells[-1].start == cell.start:
                cell = replace(cells.pop(), x1=cell.x1)
            cells.append(cell)
            pen += glyph.advance
    cells.sort(key=lambda cell: cell.start)
    return Line(row.start, row.end, left, pen, baseline, ascent, descent, tuple(glyphs), tuple(cells))
