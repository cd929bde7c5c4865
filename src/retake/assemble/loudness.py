"""A mix brought to a loudness, its true peaks held below a ceiling.

Loudness and true peak are those of ITU-R BS.1770-4. One pass over the mix surveys it; from the survey alone
the gain and the limiter's curve follow; a second pass applies them and measures what really came out.
The limiter looks both ways: its gain is the least that any peak within its reach needs, smoothed by a Hann
window of that reach, so that no peak passes and the gain never jumps. A long reach is the gentlest; where
peaks stand so densely that it would only turn everything down, a shorter one is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retake.media.filters import SILENCE, Chain, Loudness, LoudnessMeter, Samples, as_samples

HOP = 32  # samples that share one point of the gain curve
MAX_GAIN = 20.0  # dB; what is quieter still is meant to be quiet
TOLERANCE = 0.15  # LU
REACHES = (30, 9, 3)  # hops: 20, 6 and 2 ms
_OVERSAMPLING = 4


@dataclass(frozen=True, eq=False)
class Survey:
    """What one pass over a mix tells: loudness, and true peak and energy of each `HOP` samples."""

    loudness: Loudness
    peaks: NDArray[np.float32]
    energy: NDArray[np.float64]


class Surveyor:
    """Surveys a mix as its blocks pass; every block but the last is a whole number of hops.

    A mix that only has to be kept from clipping need not be surveyed `closely`: its peaks are then those of
    the samples, and its loudness is not measured.
    """

    def __init__(self, rate: int, *, closely: bool = True) -> None:
        self._meter = LoudnessMeter(rate) if closely else None
        self._finer = Chain(rate, ("aresample", str(rate * _OVERSAMPLING))) if closely else None
        self._rest = np.zeros((0, 2), np.float32)
        self._peaks: list[NDArray[np.float32]] = []
        self._energy: list[NDArray[np.float64]] = []

    def add(self, block: Samples) -> None:
        self._energy.append(_per_hop(np.square(block), HOP).sum(axis=(1, 2), dtype=np.float64))
        if self._meter and self._finer:
            self._meter.add(block)
            self._note([as_samples(frame) for frame in self._finer.push(block)])
        else:
            self._peaks.append(np.abs(_per_hop(block, HOP)).max(axis=(1, 2), initial=0))

    def finish(self) -> Survey:
        if self._finer:
            self._note([as_samples(frame) for frame in self._finer.finish()])
        energy = np.concatenate([*self._energy, np.zeros(1)])
        peaks = np.concatenate([*self._peaks, _peaks(self._rest), np.zeros(len(energy), np.float32)])
        loudness = self._meter.finish() if self._meter else Loudness(SILENCE, SILENCE)
        return Survey(loudness, peaks[: len(energy)], energy)

    def _note(self, finer: list[Samples]) -> None:
        joined = np.concatenate([self._rest, *finer])
        whole = len(joined) // (HOP * _OVERSAMPLING) * HOP * _OVERSAMPLING
        self._peaks.append(_peaks(joined[:whole]))
        self._rest = joined[whole:]


def _peaks(finer: Samples) -> NDArray[np.float32]:
    return np.maximum(*(edge(_per_hop(finer, HOP * _OVERSAMPLING)) for edge in (_highest, _deepest)))


def _highest(hops: Samples) -> NDArray[np.float32]:
    return hops.max(axis=(1, 2), initial=0)


def _deepest(hops: Samples) -> NDArray[np.float32]:
    return -hops.min(axis=(1, 2), initial=0)


def _per_hop(samples: Samples, hop: int) -> Samples:
    """Samples (hops, hop, 2), the last hop filled up with silence."""
    missing = -len(samples) % hop
    if missing:
        samples = np.concatenate([samples, np.zeros((missing, 2), np.float32)])
    return samples.reshape(-1, hop, 2)


@dataclass(frozen=True, slots=True)
class Setting:
    """A gain in dB, a ceiling for true peaks in dBTP, and how many hops the limiter reaches both ways."""

    gain: float
    ceiling: float
    reach: int = REACHES[0]


def setting_for(survey: Survey, target: float, ceiling: float) -> Setting:
    """The gain and the gentlest limiter that are expected to bring the mix to `target` LUFS.

    No gain for silence, never more than `MAX_GAIN`.
    """
    setting = Setting(0.0, ceiling)
    if survey.loudness.integrated <= SILENCE:
        return setting
    for reach in REACHES:
        setting = Setting(min(target - survey.loudness.integrated, MAX_GAIN), ceiling, reach)
        for _ in range(8):
            missed = target - _expected(survey, setting)
            if abs(missed) < TOLERANCE / 3:
                return setting
            setting = replace(setting, gain=min(setting.gain + missed, MAX_GAIN))
    return setting


def _expected(survey: Survey, setting: Setting) -> float:
    """The loudness after the gain and the limiter, from the energy that the limiter leaves."""
    curve = gain_curve(survey.peaks, setting)
    left = float(np.dot(survey.energy, np.square(curve, dtype=np.float64)))
    return survey.loudness.integrated + float(10 * np.log10(max(left, 1e-12) / survey.energy.sum()))


def gain_curve(peaks: NDArray[np.float32], setting: Setting) -> NDArray[np.float32]:
    """The factor at the middle of each hop: the gain, less where a peak would pass the ceiling."""
    factor, highest = (np.float32(10 ** (level / 20)) for level in (setting.gain, setting.ceiling))
    allowed = np.minimum(factor, highest / np.maximum(peaks, 1e-9)).astype(np.float32)
    if allowed.min(initial=factor) == factor:
        return allowed
    size = 2 * setting.reach + 1
    least = cv2.erode(allowed[None], np.ones((1, size), np.uint8))
    window = np.hanning(size)[None].astype(np.float32)  # its ends are 0: one hop less than the reach
    smooth = cv2.filter2D(least, -1, window / window.sum(), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth, np.float32)[0]


def applied(blocks: Iterable[Samples], curve: NDArray[np.float32]) -> Iterator[Samples]:
    """Blocks times a gain curve, whose points are joined by straight lines."""
    start = 0
    for block in blocks:
        first, last = max(start // HOP - 1, 0), (start + len(block)) // HOP + 2
        points = curve[first:last]
        if np.ptp(points) == 0:
            yield block * points[0]
        else:
            at = (np.arange(start, start + len(block)) + 0.5) / HOP - 0.5 - first
            yield block * np.interp(at, np.arange(len(points)), points).astype(np.float32)[:, None]
        start += len(block)
