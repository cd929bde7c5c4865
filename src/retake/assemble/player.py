"""One sound of a mix as it is heard: cut, looped, shaped by volume and fades, handed out piece by piece."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retake.media.filters import Samples
from retake.media.sound import iter_sound

Envelope = float | tuple[tuple[int, float], ...]
"""A factor, or points (sample after the sound's start, factor) joined by straight lines."""

_SHORT = 10  # seconds of a loop that are kept in memory
EDGE = 200  # the part of a second of the shortest fade: 5 ms


class Player:
    """Plays a file from its beginning; `take` what comes next, in order.

    Where the length is not known, as much as the closing fade is read ahead, so that it ends with the source.
    """

    def __init__(
        self,
        path: Path,
        rate: int,
        *,
        length: int | None = None,
        trim: int = 0,
        volume: Envelope = 1.0,
        fade_in: int = 0,
        fade_out: int = 0,
        loop: bool = False,
        overlap: int = 0,
        speed: Fraction = Fraction(1),
    ) -> None:
        once = iter_sound(path, rate, Fraction(trim, rate), speed=speed)
        again = _remembered(lambda: iter_sound(path, rate, speed=speed), _SHORT * rate)
        self._source = _looped(once, again, overlap) if loop else once
        self._waiting: list[Samples] = []
        self._held, self._at, self._end = 0, 0, length
        self._volume = volume
        self._fade_in, self._fade_out = max(fade_in, rate // EDGE), max(fade_out, rate // EDGE)

    @property
    def ended(self) -> bool:
        return self._end is not None and self._at >= self._end

    def take(self, count: int) -> Samples:
        """The next `count` samples, or fewer at the sound's end."""
        self._read_ahead(count + self._fade_out)
        held = np.concatenate(self._waiting) if self._waiting else np.zeros((0, 2), np.float32)
        if self._end is not None:
            count = min(count, self._end - self._at)
        piece, rest = held[:count], held[count:]
        self._waiting, self._held = [rest] if len(rest) else [], len(rest)
        shaped = piece * self._gain(self._at, len(piece))
        self._at += len(piece)
        return shaped

    def _read_ahead(self, count: int) -> None:
        while self._held < count:
            block = next(self._source, None)
            if block is None:
                end = self._at + self._held
                self._end = end if self._end is None else min(self._end, end)
                return
            self._waiting.append(block)
            self._held += len(block)

    def _gain(self, start: int, count: int) -> NDArray[np.float32] | np.float32:
        """The factors (count, 1) of the samples from `start` on, or the one factor of them all."""
        end = start + count
        faded = start < self._fade_in or (self._end is not None and end > self._end - self._fade_out)
        if not (faded or isinstance(self._volume, tuple)):
            return np.float32(self._volume)
        at = np.arange(start, end)
        if isinstance(self._volume, tuple):
            points = np.array(self._volume, np.float64).reshape(-1, 2)
            gain = np.interp(at, points[:, 0], points[:, 1])
        else:
            gain = np.full(count, self._volume)
        part = np.minimum((at + 1) / self._fade_in, 1)
        if self._end is not None:
            part = np.minimum(part, (self._end - at) / self._fade_out)
        if faded:
            gain = gain * (0.5 - 0.5 * np.cos(np.pi * np.clip(part, 0, 1)))
        return gain.astype(np.float32)[:, None]


def _remembered(read: Callable[[], Iterator[Samples]], most: int) -> Callable[[], Iterator[Samples]]:
    """Passes of a sound: one of at most `most` samples is read from its file only once."""
    kept: list[Samples] = []

    def again() -> Iterator[Samples]:
        if kept:
            yield from kept
            return
        length, heard = 0, list[Samples]()
        for block in read():
            length += len(block)
            if length <= most:
                heard.append(block)
            yield block
        if length <= most:
            kept.extend(heard)

    return again


def _looped(
    first: Iterator[Samples], again: Callable[[], Iterator[Samples]], overlap: int
) -> Iterator[Samples]:
    """The `first` pass, then pass after pass, without end unless the source is empty.

    The last `overlap` samples of a pass, at most half of it, sound together with the beginning of the next:
    the one falls by a cosine and the other rises by a sine, so that their power is that of either.
    """
    tail = np.zeros((0, 2), np.float32)
    blocks = first
    while True:
        heard, waiting = 0, 0
        held: deque[Samples] = deque()
        for block in _crossed(tail, blocks):
            heard, waiting = heard + len(block), waiting + len(block)
            held.append(block)
            while held and waiting - len(held[0]) >= overlap:
                waiting -= len(held[0])
                yield held.popleft()
        if not heard and blocks is not first:
            return
        keep = min(overlap, heard // 2)
        rest = np.concatenate([np.zeros((0, 2), np.float32), *held])
        yield rest[: len(rest) - keep]
        tail, blocks = rest[len(rest) - keep :], again()


def _crossed(tail: Samples, blocks: Iterator[Samples]) -> Iterator[Samples]:
    """The blocks, of which the first samples rise while those of the tail fall."""
    at = 0
    for block in blocks:
        count = min(len(block), len(tail) - at)
        if count:
            turn = (np.arange(at, at + count, dtype=np.float32)[:, None] + 0.5) * np.float32(
                np.pi / 2 / len(tail)
            )
            rising = block[:count] * np.sin(turn) + tail[at : at + count] * np.cos(turn)
            block = np.concatenate([rising, block[count:]])
            at += count
        yield block
