"""What speech sounds like, frame by frame: log-mel spectra, and cepstra for comparing two voices.

Frame n is centred on sample n * hop. Levels are decibels of power.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.fft import dct

from retake.recording.voice.speech import Floats, resample

RATE = 16_000
FRAMES = 100  # per second, of `cepstra`
_SPAN = 35.0  # dB under the loudest frame that still count: below it is the room, not the voice


def frames(samples: Floats, length: int, hop: int) -> Floats:
    """Overlapping stretches of sound (count, length), centred on multiples of `hop`, silent past the ends."""
    count = max(1, -(-len(samples) // hop))
    padded = np.zeros((count - 1) * hop + length)
    half = length // 2
    part = samples[: len(padded) - half]
    padded[half : half + len(part)] = part
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


def power(samples: Floats, length: int, hop: int) -> Floats:
    """Power spectra (count, length // 2 + 1) under a Hann window."""
    return np.abs(np.fft.rfft(frames(samples, length, hop) * np.hanning(length))) ** 2


@lru_cache(maxsize=16)
def mel_bands(rate: int, length: int, bands: int, low: float, high: float) -> Floats:
    """Triangular filters (length // 2 + 1, bands), even on the mel scale of O'Shaughnessy (1987)."""
    edges = 700 * (np.exp(np.linspace(np.log1p(low / 700), np.log1p(high / 700), bands + 2)) - 1)
    hertz = np.fft.rfftfreq(length, 1 / rate)[:, None]
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling))


def log_mel(samples: Floats, rate: int, *, bands: int = 40, floor: float = 1e-9) -> Floats:
    """Log-mel spectra (count, bands) every 11.6 ms over 46 ms, up to 8 kHz, in decibels."""
    length, hop = 2 * round(rate * 0.0232), round(rate * 0.0116)
    high = min(8000.0, rate / 2)
    return 10 * np.log10(power(samples, length, hop) @ mel_bands(rate, length, bands, 60.0, high) + floor)


def cepstra(samples: Floats, rate: int) -> tuple[Floats, Floats]:
    """MFCC with their slopes (count, 25), each even in mean and spread, and the level of each frame in dB.

    100 frames a second. Davis and Mermelstein (1980); the mean and spread are taken out so that a room, a
    microphone and a throat matter less than the sounds.
    """
    heard = resample(samples, rate, RATE)
    spectrum = power(heard, 512, RATE // FRAMES) @ mel_bands(RATE, 512, 40, 80.0, min(6000.0, 0.45 * rate))
    level = 10 * np.log10(spectrum.sum(axis=1) + 1e-9)
    decibels = 10 * np.log10(spectrum + 1e-12)
    decibels = np.maximum(decibels, decibels.max() - _SPAN)
    coefficients = np.asarray(dct(decibels, axis=1, norm="ortho"), np.float64)[:, :13]
    slope = np.zeros_like(coefficients)
    edge = np.pad(coefficients, ((2, 2), (0, 0)), mode="edge")
    for offset in (1, 2):
        slope += offset * (
            edge[2 + offset : len(edge) - 2 + offset] - edge[2 - offset : len(edge) - 2 - offset]
        )
    values = np.hstack([coefficients[:, 1:], slope[:, :13] / 10])
    even = (values - values.mean(axis=0)) / (values.std(axis=0) + 1e-6)
    weights = np.concatenate([np.ones(12), np.full(13, 1.5)])
    return even * weights, level
