"""A room: convolution with decaying noise, darker as it fades, in blocks (overlap-add)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from retake.generate.bed.instruments import RATE
from retake.media.filters import Samples

_PREDELAY = 0.025  # seconds


def reverberated(blocks: Iterable[tuple[Samples, Samples]], seconds: float) -> Iterator[Samples]:
    """Each block's sound and what the room gives back of its send; it falls by 60 dB in `seconds`."""
    answer = _answer(seconds)
    tail = np.zeros((len(answer), 2), np.float32)
    spectra = dict[int, np.ndarray]()
    for sound, send in blocks:
        length = len(sound) + len(answer)
        size = 1 << (length - 1).bit_length()
        if size not in spectra:
            spectra[size] = np.fft.rfft(answer, size, axis=0).astype(np.complex64)
        wet = np.fft.irfft(np.fft.rfft(send, size, axis=0) * spectra[size], size, axis=0)[:length].astype(
            np.float32
        )
        wet[: len(tail)] += tail[:length]
        yield sound + wet[: len(sound)]
        tail = wet[len(sound) :]


def _answer(seconds: float) -> Samples:
    """The room's impulse response, of unit energy on each side, different left and right."""
    count = int(seconds * RATE)
    random = np.random.default_rng(1961)
    t = np.arange(count)[:, None] / RATE
    noise = random.standard_normal((count, 2)).astype(np.float32)
    dull = noise.copy()
    for _ in range(3):
        dull[1:] = 0.5 * (dull[1:] + dull[:-1])
    duller = np.cumsum(dull, axis=0)
    duller[12:] = (duller[12:] - duller[:-12]) / 12**0.5
    tail = dull * 10 ** (-3 * t / (0.4 * seconds)) + 0.6 * duller * 10 ** (-3 * t / seconds)
    tail *= np.minimum(t / 0.012, 1)
    silent = np.zeros((int(_PREDELAY * RATE), 2))
    answer = np.concatenate([silent, tail]).astype(np.float32)
    return answer / np.sqrt((answer**2).sum(axis=0))
