"""A voice said faster or slower, higher or lower, with the same throat.

The pitch by `transpose`. The timing by TD-PSOLA (Moulines and Charpentier, 1990) where the voice has a pitch:
whole periods are left out or repeated. By WSOLA (Verhelst and Roelands, 1993) where it has none.
"""

from __future__ import annotations

import numpy as np

from retake.recording.voice.pitch import HOPS, marks, track
from retake.recording.voice.speech import Floats
from retake.recording.voice.transpose import transposed

_UNHEARD = 1e-3  # of a pitch
_SEEK = 0.004  # seconds in which an unvoiced grain is moved to where it goes on best


def revoice(
    samples: Floats,
    rate: int,
    *,
    taken: Floats,
    given: Floats,
    ratio: Floats | float = 1.0,
    pitch: Floats | None = None,
) -> Floats:
    """The voice with its timing and pitch changed.

    `taken` are rising times of the input in seconds and `given` when these moments are heard in the output
    (both from 0, at least two); `ratio` is the pitch's factor, one number or one for each 10 ms of the input.
    `pitch` is the input's track, where it is known. Where neither changes, the input comes back.
    """
    length = round(float(given[-1]) * rate)
    if not len(samples) or length <= 0:
        return np.zeros(max(length, 0))
    f0 = track(samples, rate) if pitch is None else pitch
    factor = np.broadcast_to(np.asarray(ratio, np.float64), (len(f0),))
    if np.abs(factor - 1).max() < _UNHEARD:
        return _retimed(samples, rate, f0, taken, given, length)
    voice, origin = transposed(samples, rate, f0, factor)
    frames = np.arange(max(1, len(voice) * HOPS // rate)) * rate // HOPS
    was = np.minimum(np.round(origin[frames] / rate * HOPS).astype(np.int64), len(f0) - 1)
    moments = np.append(frames / rate, len(voice) / rate)
    heard = np.interp(np.append(origin[frames] / rate, len(samples) / rate), taken, given)
    return _retimed(voice, rate, f0[was] * factor[was], moments, heard, length)


def _retimed(samples: Floats, rate: int, pitch: Floats, taken: Floats, given: Floats, length: int) -> Floats:
    """The voice with its timing changed: whole periods are left out or repeated."""
    at, voiced = marks(samples, rate, pitch)
    gaps = np.diff(at, append=len(samples) if len(at) == 0 else at[-1] + max(1, round(0.005 * rate)))
    before = np.concatenate([gaps[:1], gaps[:-1]])
    output = np.zeros(length + 2 * rate)
    weight = np.zeros_like(output)
    padded = np.pad(samples, rate)
    place, last = float(np.interp(at[0] / rate, taken, given)) * rate if len(at) else 0.0, -1
    while place < length:
        moment = float(np.interp(place / rate, given, taken)) * rate
        mark = int(np.searchsorted((at[:-1] + at[1:]) / 2, moment)) if len(at) > 1 else 0
        left, right = int(before[mark]), int(gaps[mark])
        centre = int(at[mark])
        if not voiced[mark] and last >= 0:
            centre = _continue(padded, rate, last, round(moment), max(left, right))
        grain = padded[rate + centre - left : rate + centre + right]
        shape = _window(left, right)
        begin = rate + round(place) - left
        output[begin : begin + len(grain)] += grain * shape
        weight[begin : begin + len(grain)] += shape
        last = centre + right
        place += right
    kept = slice(rate, rate + length)
    return output[kept] / np.maximum(weight[kept], 0.3)


def _window(left: int, right: int) -> Floats:
    """A Hann window with its peak `left` samples from its beginning."""
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(left) / max(left, 1))
    fall = 0.5 + 0.5 * np.cos(np.pi * np.arange(right) / max(right, 1))
    return np.concatenate([rise, fall])


def _continue(padded: Floats, rate: int, expected: int, wanted: int, half: int) -> int:
    """The centre near `wanted` whose sound is most like the sound around `expected`, which would follow."""
    reach = round(_SEEK * rate)
    if abs(wanted - expected) <= 1:
        return expected
    pattern = padded[rate + expected - half : rate + expected + half]
    field = padded[rate + wanted - reach - half : rate + wanted + reach + half]
    if len(pattern) < 2 * half or len(field) < 2 * (half + reach):
        return wanted
    likeness = np.correlate(field, pattern, "valid")
    energy = np.convolve(np.square(field), np.ones(2 * half), "valid")
    return wanted - reach + int((likeness / np.sqrt(energy + 1e-9)).argmax())
