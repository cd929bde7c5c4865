"""Captions over time: each screen painted once, each word's lit picture once, then only shown and hidden."""

from __future__ import annotations

import math
import threading
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from retake.render.captions.place import place
from retake.render.captions.screens import Phrase, Screen, SpokenWord, cut
from retake.render.captions.styles import look_of, setting_of, style_of
from retake.render.sprite import Sprite
from retake.render.text import motion
from retake.render.text.characters import capitals
from retake.render.text.fonts import FontBook
from retake.render.text.layout import Layout, lay_out, natural_width
from retake.render.text.raster import Look, Painted, merge, paint_plate, paint_text
from retake.timeline.assets import Captions

_KEPT_SCREENS = 4
_SMALLEST = 0.6  # of the style's size: what a screen may shrink to so that its longest word fits
_ABOVE, _BELOW = 0.76, 0.24  # what Inter's letters take above and below the baseline, in ems
_CHARACTER = 0.57  # ems that a character takes on average
_LIT_IN, _LIT_OUT = 0.06, 0.12


@dataclass(slots=True)
class _Shown:
    """A screen's pictures: all of it, and each word in the highlight colour, made when first spoken."""

    phrase: Phrase
    layout: Layout
    look: Look
    x: int
    y: int
    base: Painted | None
    lit: dict[int, Painted | None] = field(default_factory=dict[int, "Painted | None"])

    def word(self, index: int) -> Painted | None:
        if index not in self.lit:
            span = (self.phrase.words[index].span,)
            self.lit[index] = paint_text(self.layout, self.look, only=span, lit=span, shadow=False)
        return self.lit[index]


class CaptionPainter:
    """Draws `captions` on a canvas of `frame` px (width, height), which positions count from."""

    def __init__(self, captions: Captions, frame: tuple[int, int], fonts: FontBook) -> None:
        if captions.style == "pop":
            captions = _in_capitals(captions)
        self._fonts = fonts
        self._style = style_of(captions)
        scale = min(frame) / 1080
        self._setting = setting_of(captions, self._style, scale)
        self._look = look_of(captions, self._style, scale)
        self._place = place(captions, frame)
        self._margin = max(self._look.outline, self._look.box_padding)
        longest = self._style.line_chars * _CHARACTER * self._setting.type.size
        self._column = min(self._place.width - 2 * self._margin, longest)
        self.phrases = cut(captions, self._style, self._column, lru_cache(4096)(self._width))
        self._starts = [phrase.start for phrase in self.phrases]
        self._shown: OrderedDict[int, _Shown] = OrderedDict()
        self._lock = threading.RLock()

    def screens(self) -> tuple[Screen, ...]:
        """Every screen with its times, words and place, in order."""
        return self._screens

    def sprites(self, seconds: float, duration: float) -> tuple[Sprite, ...]:
        """What to draw `seconds` after the start of a clip that lasts `duration` seconds."""
        index = bisect_right(self._starts, seconds) - 1
        if index < 0 or not 0 <= seconds < min(duration, self.phrases[index].end):
            return ()
        with self._lock:
            shown = self._screen(index)
            opacity = scale = 1.0
            age = seconds - shown.phrase.start
            if age < self._style.entrance:
                coming = (age + 1 / 60) / self._style.entrance  # the first frame already shows something
                follows = (
                    index > 0 and self.phrases[index - 1].end >= shown.phrase.start
                )  # fading would blink
                opacity = 1.0 if follows else motion.clamp(coming * 2)
                scale = motion.pop_scale(coming) if self._style.pops else 1.0
            if shown.base is None:
                return ()
            found = [_sprite(shown, shown.base, shown.base, scale, opacity)]
            if self._look.highlight:
                for number, strength in lit_words(shown.phrase.words, seconds):
                    word = shown.word(number)
                    if word and strength > 0.004:
                        found.append(_sprite(shown, word, shown.base, scale, opacity * strength))
            return tuple(found)

    def _width(self, text: str) -> float:
        return natural_width(text, self._setting.type, self._fonts)

    def _screen(self, index: int) -> _Shown:
        if index in self._shown:
            self._shown.move_to_end(index)
            return self._shown[index]
        phrase = self.phrases[index]
        layout, _ = self._fit(phrase)
        x, y = self._corner(layout)
        base = merge(paint_plate(layout, self._look), paint_text(layout, self._look))
        shown = self._shown[index] = _Shown(phrase, layout, self._look, x, y, base)
        if len(self._shown) > _KEPT_SCREENS:
            self._shown.popitem(last=False)
        return shown

    def _fit(self, phrase: Phrase) -> tuple[Layout, float]:
        """The screen laid out, smaller where a long word asks for it, and the px that it is too high."""
        size = self._setting.type.size
        factor = 1.0
        while True:
            setting = replace(self._setting, type=replace(self._setting.type, size=size * factor))
            layout = lay_out(phrase.text, setting, self._column, self._fonts)
            fits = len(layout.lines) <= self._style.lines and not layout.forced
            if fits or factor * 0.92 < _SMALLEST:
                return layout, max(layout.height - (self._place.bottom - self._place.top), 0.0)
            factor *= 0.92

    def _corner(self, layout: Layout) -> tuple[int, int]:
        """Where the layout's corner goes. Letters no higher or lower than Latin ones do not move it."""
        edge = max(self._look.outline, self._look.box_padding / 2)
        first, last = layout.lines[0], layout.lines[-1]
        top = first.baseline - max(first.ascent, _ABOVE * layout.size) - edge
        bottom = last.baseline + max(last.descent, _BELOW * layout.size) + edge
        y = self._place.block_top(bottom - top) - top
        return round(self._place.left + (self._place.width - self._column) / 2), math.floor(y)

    @cached_property
    def _screens(self) -> tuple[Screen, ...]:
        return tuple(self._measured(phrase) for phrase in self.phrases)

    def _measured(self, phrase: Phrase) -> Screen:
        layout, overflow = self._fit(phrase)
        x, y = self._corner(layout)
        edge, lines = self._margin, layout.lines
        box = (
            x + min(line.x0 for line in lines) - edge,
            y + lines[0].baseline - lines[0].ascent - self._look.outline,
            x + max(line.x1 for line in lines) + edge,
            y + lines[-1].baseline + lines[-1].descent + self._look.outline,
        )
        return Screen(phrase.start, phrase.end, phrase.text, phrase.words, box, overflow)


def lit_words(words: tuple[SpokenWord, ...], seconds: float) -> list[tuple[int, float]]:
    """The words lit now and how much, 0 to 1: the one being spoken, and the one before while it fades."""
    found: list[tuple[int, float]] = []
    for number, word in enumerate(words):
        following = words[number + 1].start if number + 1 < len(words) else word.end
        until = max(following if following - word.end < 0.3 else word.end, word.start)
        if word.start <= seconds < until + _LIT_OUT:
            rising = motion.smooth((seconds - word.start) / _LIT_IN + 0.25)
            falling = 1 - motion.smooth((seconds - until) / _LIT_OUT)
            found.append((number, rising * falling))
    return found


def _in_capitals(captions: Captions) -> Captions:
    def changed(text: str) -> str:
        return capitals(text, captions.language)

    cues = tuple(
        cue.model_copy(
            update={"words": tuple(w.model_copy(update={"text": changed(w.text)}) for w in cue.words)}
        )
        for cue in captions.cues
    )
    return captions.model_copy(update={"cues": cues})


def _sprite(shown: _Shown, painted: Painted, around: Painted, scale: float, opacity: float) -> Sprite:
    """The picture at its place, scaled about the middle of `around`."""
    height, width = painted.raster.rgba.shape[:2]
    full_height, full_width = around.raster.rgba.shape[:2]
    middle_x, middle_y = around.x + full_width / 2, around.y + full_height / 2
    x = middle_x + (painted.x + width / 2 - middle_x) * scale - width / 2
    y = middle_y + (painted.y + height / 2 - middle_y) * scale - height / 2
    return Sprite(painted.raster, shown.x + x, shown.y + y, scale, opacity)
