"""How well a mouth fits what is heard: its opening in pixels against what the phonemes ask for.

Enters: canonical pieces (the head held still) and phonemes. Leaves: openings, and a `LipSyncReport`. The
envelope of the sound is no good target: a mouth is closed in the middle of loud words and open in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.faces import Rgb
from retake.generate.lipsync.lips import MouthShape, inner_redness
from retake.generate.lipsync.visemes import MouthTrack, track
from retake.generate.ports import Phoneme

_LAGS = 8  # frames to both sides
_CLOSED = 0.9  # of `press`: here lips must meet
_PASSING = 4.0  # of redness, in which lips pass into the opening
_BLUR = 0.012  # of the mouth's width


@dataclass(frozen=True, slots=True)
class LipSyncReport:
    """`correlation` of the opening with the phonemes' (Pearson's r); `lag` in frames at which it is highest,
    positive where the mouth is late, and the correlation there; `closure`: how far the mouth is still open
    where lips must meet, as a share of its range (None where nothing asks for that)."""

    frames: int
    correlation: float
    lag: int
    correlation_at_lag: float
    closure: float | None


@dataclass(frozen=True, slots=True)
class Ruler:
    """Measures the opening of one mouth: in the middle half of it (`left` to `right`, `top` to `bottom` in
    the canonical piece), what is less red than `limit` lies between the lips."""

    left: int
    right: int
    top: int
    bottom: int
    skin_light: float
    limit: float

    @classmethod
    def of(cls, shape: MouthShape, pieces: Sequence[Rgb]) -> Ruler:
        """The ruler for a mouth found in the canonical piece. The limit is what hardly anything is less red
        than in the fifth of the given pieces in which the mouth is most closed."""
        (x, y), width = shape.centre, shape.width
        light = float(cv2.cvtColor(shape.skin[None, None].astype(np.uint8), cv2.COLOR_RGB2LAB)[0, 0, 0])
        blank = cls(
            round(x - 0.25 * width),
            round(x + 0.25 * width),
            round(y - 0.2 * width),
            round(y + 0.42 * width),
            light,
            0,
        )
        least = np.sort([float(np.percentile(blank.redness(piece), 2)) for piece in pieces])
        limit = float(np.median(least[-max(len(least) // 5, 1) :]))
        return cls(blank.left, blank.right, blank.top, blank.bottom, light, limit)

    @property
    def mouth_width(self) -> float:
        return 2.0 * (self.right - self.left)

    def redness(self, piece: Rgb) -> NDArray[np.float32]:
        part = np.ascontiguousarray(piece[self.top : self.bottom, self.left : self.right])
        lab = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2LAB), np.float32)
        sigma = max(_BLUR * self.mouth_width, 0.6)
        return np.asarray(cv2.GaussianBlur(inner_redness(lab, self.skin_light), (0, 0), sigma), np.float32)

    def thumb(self, piece: Rgb, size: tuple[int, int]) -> NDArray[np.float32]:
        """The mouth with its surroundings, small and grey, to compare mouths by: flat float32, 0 to 1."""
        side, down = (self.right - self.left) // 2, (self.bottom - self.top) // 4
        rows = slice(max(self.top - down, 0), self.bottom + down)
        mouth = piece[rows, max(self.left - side - side // 4, 0) : self.right + side + side // 4]
        small = cv2.resize(cv2.cvtColor(mouth, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32).ravel() / np.float32(255)

    def opening(self, piece: Rgb) -> float:
        """The mean height of the opening, in pixels; what is hardly less red counts in part."""
        within = np.clip((self.limit + 1 - self.redness(piece)) / _PASSING, 0, 1)
        return float(within.sum(0).mean())


def report(
    openings: NDArray[np.float64], times: NDArray[np.float64], phonemes: Sequence[Phoneme], end: float
) -> LipSyncReport:
    """Compares openings at some times with the phonemes, the last of which lasts until `end`. Times are
    evenly spaced, in seconds: for frames the middles of the time that each is on the screen."""
    low, high = np.percentile(openings, [2, 98])
    return compared(openings, track(phonemes, end, times), (float(low), float(high)))


def compared(openings: NDArray[np.float64], target: MouthTrack, extent: tuple[float, float]) -> LipSyncReport:
    """Compares openings with what the mouth should have done at the same times; `extent` is from where to
    where this mouth opens."""
    lags = range(-min(_LAGS, len(openings) // 3), min(_LAGS, len(openings) // 3) + 1)
    found = {lag: _correlation(openings, target.open, lag) for lag in lags}
    best = max(found, key=lambda lag: (found[lag], -abs(lag)))
    low, high = extent
    closed = target.press > _CLOSED
    closure = float((openings[closed].mean() - low) / max(high - low, 1e-6)) if closed.any() else None
    return LipSyncReport(len(openings), found[0], best, found[best], closure)


def _correlation(openings: NDArray[np.float64], target: NDArray[np.float64], lag: int) -> float:
    count = len(openings) - abs(lag)
    a, b = openings[max(lag, 0) :][:count], target[max(-lag, 0) :][:count]
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return cast(float, np.corrcoef(a, b)[0, 1].item())
