"""The colour of a voice: its long-term spectrum, and the filter that gives it to another voice.

Levels are decibels of power in third-octave bands (IEC 61260, centres from 100 Hz).
"""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, rfft
from scipy.signal import fftconvolve

from retake.recording.voice.features import power
from retake.recording.voice.speech import Floats

LENGTH = 1024  # samples of a spectrum at 22.05 kHz; scaled with the rate
_CUT, _BOOST = -24.0, 12.0  # dB


def length_at(rate: int) -> int:
    """The number of samples of a spectrum, some 46 ms; a multiple of 32, which transforms fast."""
    return 32 * round(LENGTH / 32 * rate / 22_050)


def speech_power(samples: Floats, rate: int) -> Floats:
    """The mean power spectrum (bins,) of the loudest 40 % of the frames: the voice rather than its pauses."""
    length = length_at(rate)
    spectra = power(samples, length, length // 2)
    energy = spectra.sum(axis=1)
    return spectra[energy >= np.percentile(energy, 60)].mean(axis=0)


def thirds(spectrum: Floats, rate: int) -> tuple[Floats, Floats]:
    """Band centres in Hz and their mean power in dB, up to 0.45 of the rate."""
    hertz = np.linspace(0, rate / 2, len(spectrum))
    centres = 100 * 2 ** (np.arange(24) / 3)
    centres = centres[centres * 2 ** (1 / 6) <= 0.47 * rate]
    running = np.concatenate([[0.0], np.cumsum(spectrum)])
    low = np.searchsorted(hertz, centres * 2 ** (-1 / 6))
    high = np.maximum(np.searchsorted(hertz, centres * 2 ** (1 / 6)), low + 1)
    return centres, 10 * np.log10((running[high] - running[low]) / (high - low) + 1e-12)


def matching_filter(wanted: Floats, given: Floats, noise: Floats, rate: int) -> Floats:
    """The minimum-phase filter (taps,) that turns speech of spectrum `given` into speech of `wanted`.

    All three are power spectra (bins,); `noise` is what `wanted` holds without speech. The overall level
    stays. A band in which the noise drowns the speech may be cut, never raised.
    """
    centres, heard = thirds(np.maximum(wanted - noise, 1e-3 * wanted), rate)
    _, spoken = thirds(given, rate)
    _, hiss = thirds(noise, rate)
    gain = heard - spoken
    loud = spoken > spoken.max() - 25
    gain -= float(np.median(gain[loud]))
    drowned = thirds(wanted, rate)[1] < hiss + 3
    gain = np.where(drowned, np.minimum(gain, 0), gain)
    gain = np.clip(np.convolve(np.pad(gain, 1, mode="edge"), (0.25, 0.5, 0.25), "valid"), _CUT, _BOOST)
    bins = 4 * (len(wanted) - 1) + 1
    hertz = np.maximum(np.linspace(0, rate / 2, bins), 1.0)
    return minimum_phase(np.interp(np.log2(hertz), np.log2(centres), gain), 2 * (len(wanted) - 1))


def minimum_phase(gain: Floats, taps: int) -> Floats:
    """The causal filter of shortest delay with this gain in dB (bins,), from 0 Hz to half the rate.

    By the real cepstrum: Oppenheim and Schafer, Discrete-Time Signal Processing, section 13.
    """
    size = 2 * (len(gain) - 1)
    cepstrum = np.asarray(irfft(gain * np.log(10) / 20, size))
    folded = np.zeros(size)
    folded[0], folded[size // 2] = cepstrum[0], cepstrum[size // 2]
    folded[1 : size // 2] = 2 * cepstrum[1 : size // 2]
    response = np.asarray(irfft(np.exp(np.asarray(rfft(folded))), size))[:taps]
    fade = taps // 4
    response[-fade:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)
    return response


def filtered(samples: Floats, response: Floats) -> Floats:
    """The sound through a filter, as long as before."""
    return np.asarray(fftconvolve(samples, response), np.float64)[: len(samples)]
