"""What a voice says and when: the values that this package takes and gives.

Sound is mono float32, full scale at 1. Times are seconds from the first sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from retake.errors import InputError

Mono: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Word:
    """A word and the half-open stretch of sound that it fills, in seconds."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Phoneme:
    """An IPA symbol and when it begins, in seconds."""

    ipa: str
    start: float


@dataclass(frozen=True, eq=False)
class Spoken:
    """A sentence as one voice says it: its sound, and the times of its words in order."""

    samples: Mono
    rate: int
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...] = ()


def sound(samples: NDArray[Any], rate: int) -> Floats:
    """The samples as float64. Raises `InputError` unless they are finite, mono, and at 8 kHz or more."""
    if rate < 8000:
        raise InputError(f"a sound of {rate} Hz is too coarse for speech", remedy="give 8000 Hz or more")
    if samples.ndim != 1:
        raise InputError(f"a mono sound is needed, not one of shape {samples.shape}", remedy="mix it down")
    if not np.isfinite(samples).all():
        raise InputError("the sound holds samples that are not numbers", remedy="decode the recording again")
    return np.asarray(samples, np.float64)


def resample(samples: Floats, rate: int, target: int) -> Floats:
    """The same sound at `target` Hz, by a polyphase filter; sample 0 stays sample 0."""
    if rate == target or not len(samples):
        return samples
    common = gcd(rate, target)
    return np.asarray(resample_poly(samples, target // common, rate // common), np.float64)
