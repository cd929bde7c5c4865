"""The polish of a formant synthesiser's voice: from a bare machine to someone in a small, soft room.

Enters: mono sound of a synthesiser. Leaves: mono float32 of the same length. Pure and deterministic.
One filter does all that is linear: an equaliser towards the long-term spectrum of real speech (Byrne et al.,
"An international comparison of long-term average speech spectra", JASA 96, 1994), dispersion of the treble,
which takes away the buzz of its perfectly regular pulses, and the first reflections of a room. Then a slow
compressor holds words at one level.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

_BANDS = (0, 60, 100, 160, 300, 500, 800, 1800, 3200, 5000, 8000, 11025)
_EQUALISER = {
    "male": (-30, -12, 3, 3, 1, 0, 0, 0, -1, 0, -3, -12),
    "female": (-30, -25, -12, 1, 1, 0, 0, -2, -7, -9, -9, -14),
}
"""Gain in dB at the frequencies of `_BANDS`, in Hz."""

_BUZZ = 2800.0  # Hz; above it the pulses of a real voice are no longer sharp
_DISPERSION = 0.006  # seconds over which the treble of a pulse is spread
_BREATH_FROM, _BREATH_LEVEL = 3800.0, np.float32(0.3)
_ROOM = 0.11  # seconds until the room is silent
_ROOM_LEVEL = 0.2  # of the direct sound
_BLOCK = 1 << 16


def polish(sound: NDArray[np.int16] | Sound, sample_rate: int, gender: str) -> Sound:
    """Equalise, soften and level a voice; int16 or float32 in, float32 of the same length out."""
    signal = np.asarray(sound, np.float32)
    if sound.dtype == np.int16:
        signal /= np.float32(32768)
    kernel, delay = _kernel(sample_rate, gender)
    breathing = signal + _breath(signal, sample_rate)
    return _compress(_convolve(breathing, kernel)[delay : delay + len(signal)], sample_rate)


def normalise(sound: Sound, level: float = -20.0, peak: float = -3.0) -> Sound:
    """Bring the spoken parts to `level` dBFS (RMS), or as near as `peak` dBFS allows."""
    loudest = max(float(sound.max(initial=0.0)), -float(sound.min(initial=0.0)))
    if loudest == 0.0:
        return sound
    power, count = 0.0, 0
    for start in range(0, len(sound), _BLOCK):
        block = sound[start : start + _BLOCK]
        spoken = block[np.abs(block) > 0.02 * loudest]
        power += float(np.square(spoken, dtype=np.float64).sum())
        count += len(spoken)
    wanted = 10 ** (level / 20) / math.sqrt(power / count)
    return sound * np.float32(min(wanted, 10 ** (peak / 20) / loudest))


@cache
def _kernel(sample_rate: int, gender: str) -> tuple[Sound, int]:
    """The filter, and the delay of its direct sound in samples."""
    size = 4096
    delay = size // 4
    frequencies = np.fft.rfftfreq(size, 1 / sample_rate)
    gain = 10 ** (np.interp(frequencies, _BANDS, _EQUALISER[gender]) / 20)
    random = np.random.default_rng(1)
    time = np.arange(size - delay) / sample_rate

    # An all-pass: each frequency is late by its own, smoothly wandering delay.
    marks = np.arange(0, sample_rate, 150)
    spread = np.interp(frequencies, marks, random.random(len(marks)))
    spread *= _DISPERSION / (1 + (_BUZZ / np.maximum(frequencies, 1)) ** 2)
    dispersed = np.exp(-2j * np.pi * np.cumsum(spread) * sample_rate / size)

    room = random.standard_normal(size - delay) * np.exp(-6.9 * time / _ROOM) * (time > 0.006)
    room = np.fft.rfft(room / np.sqrt(np.sum(room**2)), size) / (1 + (frequencies / 3000) ** 2)

    direct = np.exp(-2j * np.pi * np.arange(len(frequencies)) * delay / size)
    response = gain * direct * (dispersed + _ROOM_LEVEL * room)
    return np.fft.irfft(response, size).astype(np.float32), delay


def _breath(signal: Sound, sample_rate: int) -> Sound:
    """Noise above `_BREATH_FROM`, as loud from moment to moment as the octave below it suggests."""
    below = _filtered(signal, sample_rate, (_BREATH_FROM / 2, _BREATH_FROM))
    window = np.hanning(2 * round(0.0008 * sample_rate) + 1).astype(np.float32)
    delay = len(window) // 2
    loudness = _convolve(np.abs(below), window / window.sum())[delay : delay + len(signal)]
    noise = np.random.default_rng(2).standard_normal(len(signal), np.float32)
    return _filtered(loudness * noise, sample_rate, (_BREATH_FROM, sample_rate / 2)) * _BREATH_LEVEL


def _filtered(signal: Sound, sample_rate: int, band: tuple[float, float]) -> Sound:
    """The signal between two frequencies, without delay."""
    taps = 2 * round(0.003 * sample_rate) + 1
    time = (np.arange(taps) - taps // 2) / sample_rate
    low, high = band
    kernel = 2 * high * np.sinc(2 * high * time) - 2 * low * np.sinc(2 * low * time)
    kernel *= np.hanning(taps) / sample_rate
    return _convolve(signal, kernel.astype(np.float32))[taps // 2 : taps // 2 + len(signal)]


def _convolve(signal: Sound, kernel: Sound) -> Sound:
    """The full convolution, in blocks (overlap and add)."""
    out = np.zeros(len(signal) + len(kernel) - 1, np.float32)
    size = _BLOCK + len(kernel) - 1
    size = 1 << (size - 1).bit_length()
    spectrum = np.fft.rfft(kernel, size)
    step = size - len(kernel) + 1
    for start in range(0, len(signal), step):
        block = signal[start : start + step]
        length = len(block) + len(kernel) - 1
        out[start : start + length] += np.fft.irfft(np.fft.rfft(block, size) * spectrum, size)[:length]
    return out


def _compress(sound: Sound, sample_rate: int, ratio: float = 2.0) -> Sound:
    """Halve, in dB, how far each moment lies above the typical level; attack and release are alike, slow."""
    window = np.hanning(2 * round(0.02 * sample_rate) + 1).astype(np.float32)
    delay = len(window) // 2
    power = _convolve(sound**2, window / window.sum())[delay : delay + len(sound)]
    typical = float(np.mean(power))
    if typical == 0.0:
        return sound
    return sound * np.maximum(power / typical, 1.0) ** np.float32(-(1 - 1 / ratio) / 2)
