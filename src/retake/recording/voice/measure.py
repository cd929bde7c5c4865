"""How well new words sit in a recording: the measures of a splice, each with what passes.

Every measure compares the new stretch with the recording around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz
from scipy.ndimage import uniform_filter1d
from scipy.signal import lfilter

from retake.recording.voice.features import log_mel, mel_bands, power
from retake.recording.voice.pitch import HOPS, median, track
from retake.recording.voice.spectrum import length_at
from retake.recording.voice.speech import Floats, resample, sound
from retake.recording.voice.warp import euclidean, warp

FLOOR_STEP, LEVEL_STEP = 6.0, 5.0  # dB; untouched speech reaches 4.6 and 4.0
PITCH_JUMP = 5.0  # semitones
CLICK = 2.5  # times the strongest impulse beside the joint
_OCTAVE = 0.8  # octaves from the median beyond which a pitch is taken for a mistake
_BESIDE = 1.2  # seconds of neighbouring words
_MEASURED_AT = 16_000


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a verdict; `limit` is the largest magnitude that passes."""

    name: str
    value: float
    unit: str
    limit: float

    @property
    def passed(self) -> bool:
        return abs(self.value) <= self.limit


def measures(heard: Floats, rate: int, start: int, stop: int) -> tuple[Measure, ...]:
    """The measures of a new stretch [start, stop) in the recording around it, some seconds of it."""
    return (
        Measure("noise_floor_step", floor_step(heard, rate, start, stop), "dB", FLOOR_STEP),
        Measure("level_step", level_step(heard, rate, start, stop), "dB", LEVEL_STEP),
        Measure("pitch_jump", pitch_jump(heard, rate, start, stop), "semitones", PITCH_JUMP),
        Measure("click", max(click(heard, rate, start), click(heard, rate, stop)), "ratio", CLICK),
    )


def speech_level(samples: Floats, rate: int) -> float:
    """The power of the louder half of the frames of 46 ms; 0 where there is no sound."""
    length = length_at(rate)
    count = len(samples) // (length // 2)
    if count < 1:
        return float(np.square(samples).mean()) if len(samples) else 0.0
    level = np.square(samples[: count * (length // 2)]).reshape(count, -1).mean(axis=1)
    return float(level[level >= np.median(level)].mean())


def level_step(heard: Floats, rate: int, start: int, stop: int) -> float:
    """By how many dB the stretch is louder than the words beside it; 0 where there are none."""
    beside = round(_BESIDE * rate)
    around = np.concatenate([heard[max(0, start - beside) : start], heard[stop : stop + beside]])
    inside, outside = speech_level(heard[start:stop], rate), speech_level(around, rate)
    return 10 * float(np.log10((inside + 1e-9) / (outside + 1e-9))) if outside > 1e-7 else 0.0


def floor_step(heard: Floats, rate: int, start: int, stop: int) -> float:
    """By how many dB the noise in the stretch is over the noise around it.

    A voice seldom fills all frequencies at once: each band's weakest moments are the noise. The median of the
    bands' differences, against the median of stretches as long around it.
    """
    length, hop = 2 * round(0.0116 * rate), max(1, round(0.0058 * rate))
    bands = mel_bands(rate, length, 24, 200.0, min(10_000.0, 0.45 * rate))
    level = 10 * np.log10(uniform_filter1d(power(heard, length, hop) @ bands, 5, axis=0) + 1e-9)
    first, last = -(-start // hop), stop // hop
    span = last - first
    if span < 4:
        return 0.0

    def floor(begin: int) -> Floats:
        return level[begin : begin + span].min(axis=0)

    step = max(span // 2, 1)
    places = [n for n in range(0, len(level) - span + 1, step) if n + span <= first - 2 or n >= last + 2]
    if not places:
        return 0.0
    around = np.median([floor(n) for n in places], axis=0)
    return float(np.percentile(floor(first) - around, 25))


def pitch_jump(heard: Floats, rate: int, start: int, stop: int) -> float:
    """The larger jump of pitch at the two joints in semitones, over 0.2 s on each side; 0 if unvoiced."""
    first = max(0, start - round(0.3 * rate))
    pitch = track(heard[first : stop + round(0.3 * rate)], rate)
    middle = median(pitch)
    pitch = np.where(np.abs(np.log2(pitch / middle)) < _OCTAVE, pitch, np.nan)
    jumps = [0.0]
    for joint in (start, stop):
        at = round((joint - first) / rate * HOPS)
        before, after = median(pitch[max(0, at - 20) : at]), median(pitch[at : at + 20])
        if np.isfinite(before) and np.isfinite(after):
            jumps.append(12 * float(np.log2(after / before)))
    return max(jumps, key=abs)


def click(heard: Floats, rate: int, joint: int) -> float:
    """The strongest impulse within 10 ms of a joint over the strongest within 60 ms beside that.

    Impulses are what linear prediction from the sound around does not expect (Vaseghi, 2008, chapter 13).
    """
    near, wide = round(0.01 * rate), round(0.06 * rate)
    first = max(0, joint - wide)
    part = heard[first : joint + wide]
    order = 16
    if len(part) < 4 * order or not part.any():
        return 0.0
    correlation = np.correlate(part, part, "full")[len(part) - 1 : len(part) + order]
    correlation[0] *= 1 + 1e-6
    predictor = np.asarray(solve_toeplitz(correlation[:-1], correlation[1:]), np.float64)
    residual = np.abs(np.asarray(lfilter(np.concatenate([[1.0], -predictor]), [1.0], part)))[order:]
    at = joint - first - order
    inside = residual[max(0, at - near) : at + near]
    beside = np.concatenate([residual[: max(0, at - near)], residual[at + near :]])
    if not len(inside) or not len(beside):
        return 0.0
    return float(inside.max() / (np.sort(beside)[-max(1, len(beside) // 200)] + 1e-6))


def distance(first: NDArray[Any], second: NDArray[Any], rate: int) -> float:
    """How unlike two sounds of the same words are: log-mel difference in dB along the best warp."""
    a, b = (log_mel(resample(sound(x, rate), rate, _MEASURED_AT), _MEASURED_AT) for x in (first, second))
    costs = euclidean(a, b)
    path = warp(costs)
    return float(costs[path[:, 0], path[:, 1]].mean()) if len(path) else float("inf")
