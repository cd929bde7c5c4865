"""Music that steps back while somebody speaks.

The narration's own level decides, hop by hop of 10 ms; the music is down when a word begins, waits through
the pauses between words, and comes back slowly. The curve depends on the film's samples only, never on how
they were cut into blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retake.media.filters import Samples

HOPS = 100  # per second


@dataclass(frozen=True, slots=True)
class DuckSettings:
    """`depth` in dB; `threshold` in dBFS (RMS) above which the narration counts as speech; times in seconds.

    `attack` lies before the first word, `hold` and then `release` after the last.
    """

    depth: float = 12.0
    threshold: float = -45.0
    attack: float = 0.15
    hold: float = 0.45
    release: float = 0.5


class Ducker:
    """Hears the narration ahead of the music and gives the music's gain."""

    def __init__(self, settings: DuckSettings, rate: int) -> None:
        self._settings, self._hop = settings, rate // HOPS
        self._ahead = max(round(settings.attack * HOPS), 1)
        self._hold = round(settings.hold * HOPS)
        self._speaking: list[bool] = []
        self._down: list[float] = []  # how far down the music is at each hop's beginning, 0 to 1

    @property
    def lookahead(self) -> int:
        """How many samples of narration beyond the ones asked for must have been heard."""
        return (self._ahead + 2) * self._hop

    def hear(self, narration: Samples) -> None:
        """The next samples of the narration; whole hops, except at the end of the film."""
        for at in range(0, len(narration), self._hop):
            power = float(np.mean(np.square(narration[at : at + self._hop])))
            self._speaking.append(power > 10 ** (self._settings.threshold / 10))

    def gain(self, start: int, count: int) -> NDArray[np.float32]:
        """The music's gain (count,) from a sample on; asked for in order."""
        first, last = start // self._hop, -(-(start + count) // self._hop)
        while len(self._down) <= last:
            self._down.append(self._next())
        curve = np.array(self._down[first : last + 1])
        decibels = -self._settings.depth * curve * curve * (3 - 2 * curve)
        at = (np.arange(start, start + count) - first * self._hop) / self._hop
        return (10 ** (np.interp(at, np.arange(len(curve)), decibels) / 20)).astype(np.float32)

    def _next(self) -> float:
        hop = len(self._down)
        wanted = any(self._speaking[max(hop - self._hold, 0) : hop + self._ahead])
        if not self._down:
            return float(wanted)
        step = 1 / self._ahead if wanted else -1 / max(self._settings.release * HOPS, 1)
        return min(max(self._down[-1] + step, 0.0), 1.0)
