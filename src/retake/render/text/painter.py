"""A text clip over time: laid out once, painted once, then only moved, faded and cut."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate, pairwise

from retake.render.sprite import Sprite
from retake.render.text import motion
from retake.render.text.characters import capitals, spaceless
from retake.render.text.fonts import FontBook
from retake.render.text.layout import Layout, Line, Setting, lay_out
from retake.render.text.markup import Marked, parse
from retake.render.text.raster import Look, Painted, colour, merge, paint_plate, paint_text
from retake.render.text.shape import Typeface
from retake.timeline.assets import Text, TextStyle

_TYPED_PER_SECOND = 32
_WORD_STAGGER = 0.08


def setting_of(style: TextStyle, scale: float, language: str = "") -> Setting:
    """How `style` sets text in a frame whose shorter side is 1080 * `scale` px."""
    spacing = style.letter_spacing + 0.5 * style.outline / style.size  # outlines need room between letters
    typeface = Typeface(style.font, style.weight, style.italic, style.size * scale, spacing, language)
    return Setting(typeface, style.line_height, style.align, style.max_lines, style.balance)


def look_of(style: TextStyle, scale: float) -> Look:
    """The colours and sizes of `style`, in px of such a frame."""
    return Look(
        color=colour(style.color),
        highlight=colour(style.highlight) if style.highlight else None,
        outline=style.outline * scale,
        outline_color=colour(style.outline_color),
        shadow=style.shadow * scale,
        shadow_color=colour(style.shadow_color),
        box=colour(style.box) if style.box else None,
        box_padding=style.box_padding * scale if style.box else 0.0,
        box_radius=style.box_radius * scale,
        weight=style.weight,
        italic=style.italic,
    )


def set_text(
    text: Text, box: tuple[float, float], frame: tuple[int, int], fonts: FontBook
) -> tuple[Marked, Layout]:
    """The text without its marks, and its lines in a box of `box` px."""
    scale = min(frame) / 1080
    marked = parse(text.text)
    if text.style.uppercase:
        marked = uppercase(marked, text.language)
    margin = text.style.box_padding * scale if text.style.box else text.style.outline * scale
    column = max(box[0] - 2 * margin, 1.0)
    return marked, lay_out(marked.text, setting_of(text.style, scale, text.language), column, fonts)


def uppercase(marked: Marked, language: str) -> Marked:
    """In capitals, by the rules of the language; the emphasised spans move along."""
    edges = sorted({0, len(marked.text), *(edge for span in marked.emphasis for edge in span)})
    pieces = [capitals(marked.text[a:b], language) for a, b in pairwise(edges)]
    moved = dict(zip(edges, accumulate(map(len, pieces), initial=0), strict=True))
    return Marked("".join(pieces), tuple((moved[a], moved[b]) for a, b in marked.emphasis))


class TextPainter:
    """Draws `text` in the middle of a box of `box` px (width, height); positions count from the box's corner.

    `frame` is the canvas in px, which the style's sizes are scaled to.
    """

    def __init__(self, text: Text, box: tuple[float, float], frame: tuple[int, int], fonts: FontBook) -> None:
        self._animation = text.animation
        self._marked, layout = set_text(text, box, frame, fonts)
        self._look = look_of(text.style, min(frame) / 1080)
        self._x = round((box[0] - layout.column) / 2)
        self._y = round((box[1] - layout.height) / 2)
        self.layout = _near(layout, -self._y - frame[1], box[1] - self._y + frame[1])
        self._typed: tuple[int, tuple[Painted, ...]] = (-1, ())
        self._lines: dict[int, Painted | None] = {}
        self._lock = threading.RLock()

    def sprites(self, seconds: float, duration: float) -> tuple[Sprite, ...]:
        """What to draw `seconds` after the start of a clip that lasts `duration` seconds."""
        if not 0 <= seconds < duration:
            return ()
        if self._animation == "none":
            return self._whole(1.0)
        leaving = motion.clamp((duration - seconds) / min(motion.EXIT, duration / 3))
        coming = seconds / min(motion.ENTRANCE, duration / 2)
        with self._lock:
            match self._animation:
                case "fade":
                    return self._whole(motion.smooth(coming) * leaving)
                case "rise":
                    sinking = 0.6 * self.layout.size * (1 - motion.ease_out(coming))
                    return self._whole(motion.smooth(coming * 1.4) * leaving, down=sinking)
                case "pop":
                    return self._whole(motion.clamp(coming * 3) * leaving, scale=motion.pop_scale(coming))
                case "typewriter":
                    return self._typewriter(seconds, duration, leaving)
                case _:
                    return self._words(seconds, duration, leaving)

    def _whole(self, opacity: float, *, down: float = 0.0, scale: float = 1.0) -> tuple[Sprite, ...]:
        return self._show([self._block] if self._block else [], opacity, down, scale)

    def _show(
        self, pieces: Sequence[Painted], opacity: float, down: float = 0.0, scale: float = 1.0
    ) -> tuple[Sprite, ...]:
        if opacity < 0.004:
            return ()
        x, y = self._x, self._y + down
        return tuple(Sprite(p.raster, x + p.x, y + p.y, scale, opacity) for p in pieces)

    def _typewriter(self, seconds: float, duration: float, opacity: float) -> tuple[Sprite, ...]:
        cells = sum(len(line.cells) for line in self.layout.lines)
        typed = int(seconds * max(_TYPED_PER_SECOND, cells / (0.6 * duration))) + 1
        if typed >= cells:
            return self._whole(opacity)
        if self._typed[0] != typed:
            self._typed = (typed, self._cut(typed))
        return self._show([*([self._plate] if self._plate else []), *self._typed[1]], opacity)

    def _cut(self, typed: int) -> tuple[Painted, ...]:
        """The lines typed so far, of `typed` characters; only the last one is painted anew."""
        pieces: list[Painted | None] = []
        for number, line in enumerate(self.layout.lines):
            if typed < len(line.cells):
                pieces += [self._span(line.start, line.cells[typed].start)] if typed > 0 else []
                break
            if number not in self._lines:
                self._lines[number] = self._span(line.start, line.end)
            pieces.append(self._lines[number])
            typed -= len(line.cells)
        return tuple(piece for piece in pieces if piece)

    def _span(self, start: int, end: int) -> Painted | None:
        return paint_text(self.layout, self._look, only=((start, end),), lit=self._marked.emphasis)

    def _words(self, seconds: float, duration: float, opacity: float) -> tuple[Sprite, ...]:
        stagger = min(_WORD_STAGGER, 0.6 * duration / max(len(self._spans), 1))
        if seconds >= stagger * len(self._spans) + motion.ENTRANCE:
            return self._whole(opacity)
        found = list(self._show([self._plate] if self._plate else [], motion.smooth(seconds / 0.2) * opacity))
        for number, piece in enumerate(self._pieces):
            coming = (seconds - stagger * number) / motion.ENTRANCE
            if piece and coming > 0:
                sinking = 0.35 * self.layout.size * (1 - motion.ease_out(coming))
                found += self._show([piece], motion.smooth(coming * 1.5) * opacity, sinking)
        return tuple(found)

    @cached_property
    def _ink(self) -> Painted | None:
        return paint_text(self.layout, self._look, lit=self._marked.emphasis)

    @cached_property
    def _plate(self) -> Painted | None:
        return paint_plate(self.layout, self._look)

    @cached_property
    def _block(self) -> Painted | None:
        return merge(self._plate, self._ink)

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        return tuple(span for line in self.layout.lines for span in word_spans(self.layout.text, line))

    @cached_property
    def _pieces(self) -> tuple[Painted | None, ...]:
        return tuple(self._span(start, end) for start, end in self._spans)


def word_spans(text: str, line: Line) -> list[tuple[int, int]]:
    """The words of a line: what stands between spaces, or each character where the script has none."""
    spans: list[tuple[int, int]] = []
    for cell in line.cells:
        char = text[cell.start : cell.start + 1]
        if not char or char.isspace():
            continue
        before = text[cell.start - 1] if cell.start > line.start else " "
        if spans and spans[-1][1] == cell.start and not before.isspace() and not spaceless(char):
            spans[-1] = (spans[-1][0], cell.end)
        else:
            spans.append((cell.start, cell.end))
    return spans


def _near(layout: Layout, top: float, bottom: float) -> Layout:
    """The layout without the lines so far out of the frame that painting them would only take memory."""
    return replace(layout, lines=tuple(line for line in layout.lines if top <= line.baseline <= bottom))
