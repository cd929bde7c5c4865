"""FFmpeg's sound filters over numpy arrays: resampling, change of tempo, loudness.

Samples are float32 (count, 2), full scale 1.0, everywhere in and out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from av import AudioFrame
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as Finished
from av.filter import Graph
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Filter = tuple[str, str]
"""A filter's name in FFmpeg and its arguments."""

SILENCE = -70.0
"""Integrated loudness, in LUFS, of what lies wholly below the absolute gate of BS.1770."""


def as_frame(samples: Samples, rate: int, at: int) -> AudioFrame:
    """Samples as a packed frame that begins `at` samples into its stream."""
    packed = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
    frame = AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
    return frame


def as_samples(frame: AudioFrame) -> Samples:
    """A packed float frame, mono or stereo, as stereo samples."""
    channels = frame.layout.nb_channels
    samples = frame.to_ndarray().astype(np.float32, copy=False).reshape(-1, channels)
    return np.repeat(samples, 2, axis=1) if channels == 1 else samples


class Chain:
    """Filters one after the other; what goes in comes out later, aligned to the same first sample."""

    def __init__(self, rate: int, *filters: Filter) -> None:
        self._rate, self._count = rate, 0
        self._graph = Graph()
        self._graph.threads = 1
        self._entry = self._graph.add_abuffer(
            sample_rate=rate, format="flt", layout="stereo", time_base=Fraction(1, rate)
        )
        self._exit = self._graph.add("abuffersink")
        nodes = [self._graph.add(name, arguments) for name, arguments in filters]
        packed = self._graph.add("aformat", "sample_fmts=flt:channel_layouts=stereo")
        self._graph.link_nodes(self._entry, *nodes, packed, self._exit).configure()

    def push(self, samples: Samples) -> list[AudioFrame]:
        """The frames that are ready once these samples are in."""
        if not len(samples):
            return []
        self._entry.push(as_frame(samples, self._rate, self._count))
        self._count += len(samples)
        return list(self._ready())

    def finish(self) -> list[AudioFrame]:
        """What the filters still held."""
        self._entry.push(None)
        return list(self._ready())

    def _ready(self) -> Iterator[AudioFrame]:
        while True:
            try:
                frame = self._exit.pull()
            except (NothingYet, Finished):
                return
            assert isinstance(frame, AudioFrame)
            yield frame


def filtered(blocks: Iterable[Samples], rate: int, *filters: Filter) -> Iterator[Samples]:
    """A stream of blocks through filters; the blocks that come out have other lengths."""
    chain = Chain(rate, *filters)
    for block in blocks:
        for frame in chain.push(block):
            yield as_samples(frame)
    for frame in chain.finish():
        yield as_samples(frame)


def tempo(speed: Fraction) -> tuple[Filter, ...]:
    """Filters that play `speed` times as fast at the same pitch (FFmpeg's atempo, WSOLA)."""
    steps: list[Filter] = []
    while speed < Fraction(1, 2):
        steps.append(("atempo", "0.5"))
        speed *= 2
    return (*steps, ("atempo", f"{float(speed):.9f}")) if speed != 1 else tuple(steps)


@dataclass(frozen=True, slots=True)
class Loudness:
    """`integrated` in LUFS (ITU-R BS.1770-4, gated; `SILENCE` where there is nothing to measure),
    `true_peak` in dBTP (four times oversampled; -inf for digital silence)."""

    integrated: float
    true_peak: float


class LoudnessMeter:
    """Measures a stream of blocks as it passes, by FFmpeg's `ebur128`."""

    def __init__(self, rate: int) -> None:
        self._tenth = rate // 10
        self._chain = Chain(rate, ("ebur128", "metadata=1:peak=true:framelog=quiet"))
        self._count, self._last = 0, dict[str, str]()

    def add(self, samples: Samples) -> None:
        self._count += len(samples)
        self._note(self._chain.push(samples))

    def finish(self) -> Loudness:
        """The measure of everything added; the meter is spent."""
        rest = -self._count % self._tenth
        self.add(np.zeros((rest, 2), np.float32))
        self._note(self._chain.finish())
        integrated = float(self._last.get("lavfi.r128.I", SILENCE))
        peak = float(self._last.get("lavfi.r128.true_peak", 0))
        return Loudness(
            max(integrated, SILENCE) if np.isfinite(integrated) else SILENCE,
            float(20 * np.log10(peak)) if peak > 0 else -np.inf,
        )

    def _note(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            self._last = frame.metadata or self._last


def measure(blocks: Iterable[Samples], rate: int) -> Loudness:
    """The loudness and true peak of a stream of blocks."""
    meter = LoudnessMeter(rate)
    for block in blocks:
        meter.add(block)
    return meter.finish()
