"""A voice higher or lower, with the same throat; its length follows the pitch.

Enters: a voice, its pitch track and the pitch's factor for each 10 ms. Leaves: the voice played faster or
slower where it has a pitch, so that each period keeps its shape, and the resonances of the throat put back
where they were by a filter that follows the spectral envelope (CheapTrick, Morise, 2015).
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation, map_coordinates, uniform_filter1d

from retake.recording.voice.pitch import HOPS
from retake.recording.voice.spectrum import length_at
from retake.recording.voice.speech import Floats, resample

_USUAL = 200.0  # Hz: the width of the window where there is no pitch
_MOST = 2.0  # nepers by which a resonance is moved up or down
_FINE = 4  # times the rate, so that a cubic goes through the samples between


def transposed(samples: Floats, rate: int, pitch: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """The voice with its pitch multiplied, and for each of its samples the one it was in the input.

    `pitch` in Hz and `factor` are given 100 times a second; where there is no pitch, nothing changes.
    """
    voiced = binary_dilation(np.isfinite(pitch), iterations=2)
    pace = 1 + (factor - 1) * uniform_filter1d(voiced.astype(np.float64), 3, mode="nearest")
    step = rate / HOPS
    each = np.interp(np.arange(len(samples)) / step, np.arange(len(pace)), pace)
    heard = np.concatenate([[0.0], np.cumsum(1 / each)])
    origin = np.interp(np.arange(int(heard[-1])), heard, np.arange(len(heard)))
    fine = resample(samples, rate, _FINE * rate)
    played = np.asarray(map_coordinates(fine, [_FINE * origin], order=3, mode="nearest"), np.float64)
    return _with_throat(played, origin / step, pace, _envelopes(samples, rate, pitch)), origin


def _envelopes(samples: Floats, rate: int, pitch: Floats) -> Floats:
    """The log power (count, bins) of what shapes the voice, 100 times a second: its spectrum over three
    periods, smoothed over the harmonics in both frequency and quefrency."""
    size = length_at(rate)
    padded = np.pad(samples, size)
    quefrency = np.arange(size // 2 + 1) / rate
    envelopes = np.empty((len(pitch), size // 2 + 1))
    for index, hertz in enumerate(np.where(np.isfinite(pitch), pitch, _USUAL)):
        half = min(round(1.5 * rate / hertz), size // 2)
        centre = min(round(index * rate / HOPS), len(samples)) + size
        window = np.hanning(2 * half + 1)
        part = padded[centre - half : centre + half + 1] * window
        part -= window * part.sum() / window.sum()
        power = np.square(np.abs(np.fft.rfft(part, size))) / np.square(window).sum()
        power = uniform_filter1d(power, 2 * round(hertz / 3 * size / rate) + 1, mode="mirror")
        cepstrum = np.fft.irfft(np.log(power + 1e-12), size)[: size // 2 + 1]
        cepstrum *= np.sinc(hertz * quefrency) * (1.18 - 0.18 * np.cos(2 * np.pi * hertz * quefrency))
        envelopes[index] = np.fft.rfft(np.concatenate([cepstrum, cepstrum[-2:0:-1]])).real
    return envelopes


def _with_throat(played: Floats, moments: Floats, pace: Floats, envelopes: Floats) -> Floats:
    """The played voice with each envelope where it was; `moments` are the input's frames of its samples."""
    size = envelopes.shape[1] - 1
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size)
    bins = np.arange(0, size + 1, 2, dtype=np.float64)
    padded = np.pad(played, size)
    output, weight = np.zeros_like(padded), np.zeros_like(padded)
    for begin in range(0, len(padded) - size + 1, size // 4):
        sample = min(max(begin - size // 2, 0), len(played) - 1)
        frame = min(round(float(moments[sample])), len(pace) - 1)
        envelope = envelopes[frame]
        moved = np.interp(bins / pace[frame], np.arange(size + 1), envelope)
        gain = np.exp(np.clip((envelope[::2] - moved) / 2, -_MOST, _MOST))
        here = slice(begin, begin + size)
        output[here] += np.fft.irfft(np.fft.rfft(padded[here] * window) * gain, size) * window
        weight[here] += np.square(window)
    kept = slice(size, size + len(played))
    return output[kept] / np.maximum(weight[kept], 0.1)
