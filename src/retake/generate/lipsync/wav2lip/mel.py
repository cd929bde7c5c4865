"""What Wav2Lip hears: a mel spectrogram, 80 columns a second, and the 16 columns that belong to a frame.

Enters: mono sound. Leaves: float32 arrays of 80 rows, values in [-4, 4]. The steps are those with which the
public weights were trained; the mel scale is that of M. Slaney, "Auditory Toolbox", 1998.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

RATE = 16_000
BANDS = 80
COLUMNS_PER_SECOND = 80
WINDOW = 16  # columns that a frame is drawn from: a fifth of a second

_FFT, _HOP = 800, 200
_LOWEST, _HIGHEST = 55.0, 7600.0  # hertz
_PRE_EMPHASIS = 0.97
_FLOOR, _REFERENCE, _RANGE, _EXTENT = 1e-5, 20.0, 100.0, 4.0  # dB, but for the first
_LINEAR = 200 / 3  # hertz per mel below the knee
_KNEE, _STEP = 15.0, np.log(6.4) / 27  # mel where the scale turns logarithmic, and its step there


def at_16k(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Mono sound at 16 kHz."""
    ratio = Fraction(RATE, rate)
    if ratio == 1:
        return samples
    return np.asarray(resample_poly(samples, ratio.numerator, ratio.denominator), np.float32)


def mel_spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mono sound at 16 kHz as (80, columns), a column centred on every 200th sample."""
    short = _FFT // 2 + 1 - len(samples)
    sound = np.pad(samples.astype(np.float64), (0, max(short, 0)))
    sound[1:] -= _PRE_EMPHASIS * sound[:-1].copy()
    framed = np.lib.stride_tricks.sliding_window_view(np.pad(sound, _FFT // 2, mode="reflect"), _FFT)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)
    magnitude = np.abs(np.fft.rfft(framed[::_HOP] * hann, axis=1)).T
    level = 20 * np.log10(np.maximum(_filters() @ magnitude, _FLOOR)) - _REFERENCE
    scaled = 2 * _EXTENT * (level + _RANGE) / _RANGE - _EXTENT
    return np.clip(scaled, -_EXTENT, _EXTENT).astype(np.float32)


def windows(samples: NDArray[np.float32], rate: int, times: NDArray[np.float64]) -> NDArray[np.float32]:
    """For each time, in seconds of the sound, what is heard in the fifth of a second that begins there:
    (times, 1, 80, 16). Before and after the sound there is silence."""
    sound = at_16k(samples, rate)
    first = np.floor(times * COLUMNS_PER_SECOND + 1e-6).astype(int)
    before = max(-int(first.min()), 0)
    last = int(first.max()) + before + WINDOW
    after = max(last * _HOP - len(sound) - before * _HOP, 0)
    mel = mel_spectrogram(np.pad(sound, (before * _HOP, after)))
    return np.stack([mel[None, :, start : start + WINDOW] for start in first + before])


@cache
def _filters() -> NDArray[np.float64]:
    """Triangles on the mel scale, each of area 1: (80, 401)."""
    edges = _hertz(np.linspace(_mel(_LOWEST), _mel(_HIGHEST), BANDS + 2))
    low, peak, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    bins = np.arange(_FFT // 2 + 1) * RATE / _FFT
    rising, falling = (bins - low) / (peak - low), (high - bins) / (high - peak)
    return np.maximum(np.minimum(rising, falling), 0) * 2 / (high - low)


def _mel(hertz: float) -> float:
    mel = hertz / _LINEAR
    return mel if mel < _KNEE else _KNEE + float(np.log(mel / _KNEE)) / _STEP


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < _KNEE, mel, _KNEE * np.exp(_STEP * (mel - _KNEE))) * _LINEAR
