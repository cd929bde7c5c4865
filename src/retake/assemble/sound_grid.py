"""Where the packets of an AAC track are heard, and which of them a change of the sound touches.

Enters: a track, and samples of what is heard. Leaves: packet numbers.
"""

from __future__ import annotations

from fractions import Fraction

from retake.media.take.aac import FRAME
from retake.media.take.values import AudioTrack

MARGIN = 2
"""Packets encoded again on both sides of those that an edit touches."""


class Grid:
    """Where a track's packets are heard: packet k at sample `origin` + 1024 k of what is heard."""

    def __init__(self, track: AudioTrack, start: Fraction) -> None:
        self.per_tick = track.time_base * track.rate
        self.count = len(track.packets)
        # In whole numbers, `unit` to a sample: a long sound has many packets.
        samples, unit = self.per_tick.as_integer_ratio()
        base = start * track.rate * unit
        drift = [p.pts * samples - k * FRAME * unit for k, p in enumerate(track.packets)]
        # Times in milliseconds are rounded; over all packets the rounding averages out.
        mean = Fraction(sum(drift), max(self.count, 1))
        self.origin = round((mean - base) / unit)
        loosest = max(samples, unit)
        low, high = mean - loosest, mean + loosest
        self.regular = not drift or (low <= min(drift) and max(drift) <= high)
        last = track.packets[-1] if track.packets else None
        lasts = min(round(last.duration * self.per_tick) or FRAME, FRAME) if last else 0
        self.end = self.at(self.count - 1) + lasts

    def at(self, packet: int) -> int:
        """The sample at which a packet is heard."""
        return self.origin + packet * FRAME

    def holding(self, sample: int) -> int:
        """The packet that is heard at a sample."""
        return (sample - self.origin) // FRAME

    def touched(self, start: int, stop: int) -> tuple[int, int]:
        """The first packet that is made of any of the samples [start, stop), and the one after the last."""
        first, last = self.holding(start) - 1, self.holding(max(stop - 1, start))
        return max(first - MARGIN, 0), min(last + 1 + MARGIN, self.count)
