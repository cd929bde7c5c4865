"""Where captions go: inside what no platform covers with its own buttons and texts.

At 9:16 the area free on TikTok, Reels and Shorts is x 120-888, y 288-1248 of 1080x1920; captions stay centred
in the frame, so that they may reach x 960, where only small icons stand. Other frames keep 8 % at each side.
"""

from __future__ import annotations

from dataclasses import dataclass

from retake.errors import InputError
from retake.timeline.assets import Captions

_UPRIGHT = 1.6  # taller than this is a phone's screen, with a platform's buttons around
_PHONE = (120 / 1080, 288 / 1920, 960 / 1080, 1248 / 1920)
_MARGIN = 0.08
_LONGEST_LINE = 1240 / 1080  # of the shorter side: longer lines are hard to take in at a glance
_CENTRES = {"upper": 0.22, "center": 0.5}
_LOWER_UPRIGHT, _LOWER = 0.63, 0.8


@dataclass(frozen=True, slots=True)
class Place:
    """A column for captions in px: left edge and width, the height to centre on, top and bottom limits."""

    left: float
    width: float
    centre: float
    top: float
    bottom: float

    def block_top(self, height: float) -> float:
        """The top of a block of `height` px: centred, but within the limits while it fits between them."""
        return max(min(self.centre - height / 2, self.bottom - height), self.top)


def place(captions: Captions, frame: tuple[int, int]) -> Place:
    """The column for `captions` in a frame of (width, height) px. Raises InputError: empty safe area."""
    width, height = frame
    upright = height / width >= _UPRIGHT
    default = _PHONE if upright else (_MARGIN, _MARGIN, 1 - _MARGIN, 1 - _MARGIN)
    left, top, right, bottom = captions.safe_area or default
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise InputError(
            "the captions' safe area holds nothing",
            place="safe_area",
            remedy="give its left, top, right and bottom edges as fractions of the frame: 0.1, 0.1, 0.9, 0.9",
        )
    middle = (left + right) / 2 if captions.safe_area else 0.5
    column = 2 * min(middle - left, right - middle) * width
    if captions.style != "subtitle":
        column = min(column, _LONGEST_LINE * min(frame))
    if captions.position == "lower":
        centre = (
            1.0 if captions.style == "subtitle" and not upright else _LOWER_UPRIGHT if upright else _LOWER
        )
    else:
        centre = _CENTRES[captions.position]
    return Place(middle * width - column / 2, column, centre * height, top * height, bottom * height)
