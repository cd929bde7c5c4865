"""The pitch of a voice, and the marks of its periods.

De Cheveigné and Kawahara (2002), YIN: the normalised difference function of each frame; its dips are the
candidates, and the path through them that jumps least is the pitch, as in pYIN (Mauch and Dixon, 2014).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from retake.recording.voice.speech import Floats, resample

HOPS = 100  # per second
LOWEST, HIGHEST = 50.0, 500.0  # Hz
_WINDOW = 0.025
_CANDIDATES = 4
_UNVOICED = 0.3  # what a frame without pitch costs; a clear period costs under 0.1
_SWITCH, _LEAP = 0.15, 1.2  # of beginning or ending to be voiced, and of an octave's leap


def track(samples: Floats, rate: int) -> Floats:
    """The fundamental frequency in Hz, 100 times a second; NaN where there is none."""
    step = max(1, round(rate / 16_000))
    coarse = rate // step if rate % step == 0 else rate
    heard = resample(samples, rate, coarse)
    lags = int(coarse / LOWEST) + 2
    window = round(_WINDOW * coarse)
    hop = coarse / HOPS
    count = max(1, int(len(heard) / hop))
    period, cost = _candidates(_stretches(heard, count, hop, window + lags), window, lags, coarse / HIGHEST)
    best = _cheapest_path(period, cost)
    chosen = np.where(best < _CANDIDATES, period[np.arange(count), np.minimum(best, _CANDIDATES - 1)], np.nan)
    return coarse / chosen


def median(pitch: Floats) -> float:
    """The median of the voiced frames; NaN where fewer than five are."""
    voiced = pitch[np.isfinite(pitch)]
    return float(np.median(voiced)) if len(voiced) >= 5 else float("nan")


def _stretches(samples: Floats, count: int, hop: float, length: int) -> Floats:
    """The sound around each hop (count, length)."""
    padded = np.pad(samples, (length // 2, length))
    starts = np.round(np.arange(count) * hop).astype(np.int64)
    return np.lib.stride_tricks.sliding_window_view(padded, length)[starts]


def _candidates(stretches: Floats, window: int, lags: int, shortest: float) -> tuple[Floats, Floats]:
    """The deepest dips of the normalised difference: their periods in samples and depths (count, 4)."""
    count, length = stretches.shape
    size = 1 << (length + window - 1).bit_length()
    correlation = np.fft.irfft(
        np.fft.rfft(stretches, size) * np.conj(np.fft.rfft(stretches[:, :window], size)), size
    )[:, :lags]
    energy = np.pad(np.cumsum(np.square(stretches), axis=1), ((0, 0), (1, 0)))
    moving = energy[:, window : window + lags] - energy[:, :lags]
    difference = np.maximum(moving[:, :1] + moving - 2 * correlation, 0)
    lag = np.arange(lags)
    mean = np.cumsum(difference[:, 1:], axis=1) / lag[1:]
    shape = np.ones((count, lags))
    shape[:, 1:] = np.where(mean > 1e-9, difference[:, 1:] / np.maximum(mean, 1e-12), 1.0)
    left, here, right = shape[:, :-2], shape[:, 1:-1], shape[:, 2:]
    dip = (here < left) & (here <= right) & (lag[1:-1] >= shortest)
    depth = np.where(dip, here, np.inf)
    chosen = np.argpartition(depth, _CANDIDATES - 1, axis=1)[:, :_CANDIDATES]
    rows = np.arange(count)[:, None]
    a, b, c = left[rows, chosen], here[rows, chosen], right[rows, chosen]
    bend = a - 2 * b + c
    period = chosen + 1 + np.where(bend > 1e-12, (a - c) / (2 * np.maximum(bend, 1e-12)), 0.0)
    # Of equal dips the shortest period is the true one: its multiples are dips too.
    return np.asarray(period, np.float64), np.asarray(depth[rows, chosen] + 0.0002 * period, np.float64)


def _cheapest_path(period: Floats, cost: Floats) -> NDArray[np.int64]:
    """The index of each frame's candidate; the last index, past the candidates, says unvoiced."""
    count = len(period)
    octave = np.log2(np.maximum(period, 1e-9))
    total = np.append(cost[0], _UNVOICED)
    back = np.zeros((count, _CANDIDATES + 1), np.int64)
    for frame in range(1, count):
        move = np.full((_CANDIDATES + 1, _CANDIDATES + 1), _SWITCH)
        move[:-1, :-1] = _LEAP * np.abs(octave[frame - 1][:, None] - octave[frame])
        move[-1, -1] = 0
        reached = total[:, None] + move
        back[frame] = reached.argmin(axis=0)
        total = reached.min(axis=0) + np.append(cost[frame], _UNVOICED)
    path = np.empty(count, np.int64)
    path[-1] = total.argmin()
    for frame in range(count - 1, 0, -1):
        path[frame - 1] = back[frame, path[frame]]
    return path


def marks(samples: Floats, rate: int, pitch: Floats) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """One sample index for each period of the voice, on its peak, and one every 5 ms where it has none.

    The second array says which marks are voiced. Both cover the whole sound.
    """
    smooth = np.asarray(sosfiltfilt(butter(2, min(900.0, 0.4 * rate), fs=rate, output="sos"), samples))
    if abs(smooth.min(initial=0)) > abs(smooth.max(initial=0)):
        smooth = -smooth
    hop, fixed = rate / HOPS, round(0.005 * rate)
    voiced = np.isfinite(pitch)
    found: list[int] = []
    kinds: list[bool] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], voiced, [False]]).astype(np.int8)))
    for first, stop in edges.reshape(-1, 2):
        start, end = round((first - 0.5) * hop), min(round((stop - 0.5) * hop), len(samples))
        run = _periods(smooth, max(start, 0), end, rate / pitch[first:stop], first * hop, hop)
        run = [at for at in run if not found or at - found[-1] > fixed // 4]
        _fill(found, kinds, run[0] if run else end, fixed)
        found.extend(run)
        kinds.extend([True] * len(run))
    _fill(found, kinds, len(samples), fixed)
    return np.array(found, np.int64), np.array(kinds, np.bool_)


def _fill(found: list[int], kinds: list[bool], stop: int, step: int) -> None:
    at = found[-1] + step if found else 0
    while at < stop - step // 2:
        found.append(at)
        kinds.append(False)
        at += step


def _periods(smooth: Floats, start: int, stop: int, period: Floats, origin: float, hop: float) -> list[int]:
    """The peaks of a voiced run, walked in both directions from the highest."""
    if stop - start < 3:
        return []

    def length(at: int) -> float:
        return float(period[int(np.clip(round((at - origin) / hop), 0, len(period) - 1))])

    def near(at: float, reach: float) -> int:
        low, high = max(start, int(at - reach)), min(stop, int(at + reach) + 1)
        return low + int(smooth[low:high].argmax())

    peak = start + int(smooth[start:stop].argmax())
    ahead, behind = [peak], []
    while ahead[-1] + 1.15 * length(ahead[-1]) < stop:
        ahead.append(near(ahead[-1] + length(ahead[-1]), 0.15 * length(ahead[-1])))
    while (behind or [peak])[-1] - 1.15 * length((behind or [peak])[-1]) >= start:
        at = (behind or [peak])[-1]
        behind.append(near(at - length(at), 0.15 * length(at)))
    return behind[::-1] + ahead
