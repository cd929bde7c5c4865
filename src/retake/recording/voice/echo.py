"""The echo of a room, learned from the voice that was recorded in it.

Enters: some seconds of a recording. Leaves: the impulse response (taps,) of its room, 1 at its first sample.

What comes late in a room can be told from what was said before: weighted prediction error (Nakatani et al.,
2010) predicts each band of the short-time spectrum from its own past, 20 ms ago and more, and what it cannot
predict is the voice without its echo. A short filter in each band that leads from that voice back to the
recording (Talmon, Cohen and Gannot, 2009) is the echo; its mean over time is an ordinary impulse response. So
the new words pass an ordinary filter, which neither sounds before them nor chirps as filters in bands may.

Reflections within the first 8 ms cannot be told from the voice itself: they are left to the match of colour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from retake.recording.voice.features import frames
from retake.recording.voice.speech import Floats, resample

Spectra = NDArray[np.complex64]  # half the work; equations are solved in double precision

_RATE = 16_000  # an echo is heard below 8 kHz
_HOP = 0.01  # seconds; a window is four of them
_DELAY = 2  # hops after which a sound that comes back is echo
_TAPS = 14  # hops that are looked back
_ROUNDS = 3
_RIDGE = 1e-3  # of the mean power, in both least squares
_AT_ONCE = 64  # bands; what is held of the past grows with it
_PIECE = 64  # hops
_FIRST, _FADE = 0.008, 0.004  # seconds: where the echo begins, and in which it fades in


def learned(take: Floats, rate: int) -> Floats:
    """The impulse response (taps,) of the room of `take`, which holds speech, at the same rate.

    The echo is 170 ms long and ends at 8 kHz. One of some -22 dB is found where there is none, for vowels
    repeat themselves: how much of it is true must be told by words that are known.
    """
    coarse = min(rate, _RATE)
    hop = round(_HOP * coarse)
    window = np.hanning(4 * hop + 1)[:-1]
    heard = resample(take, rate, coarse)
    level = np.abs(heard).max() + 1e-12
    spectra = np.fft.rfft(frames(heard / level, 4 * hop, hop) * window).T.astype(np.complex64)
    filters = np.concatenate(
        [_band_filters(spectra[band : band + _AT_ONCE]) for band in range(0, len(spectra), _AT_ONCE)]
    )
    tail = _over_time(filters, window, hop)
    first, fade = round(_FIRST * coarse), round(_FADE * coarse)
    tail[:first] = 0
    tail[first : first + fade] *= np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    response = resample(tail, coarse, rate) * coarse / rate
    response[: round(_FIRST * rate)] = 0
    response[0] = 1
    return response


def at_level(response: Floats, level: float) -> Floats:
    """The same room with an echo `level` times as strong."""
    return np.concatenate([response[:1], level * response[1:]])


def _band_filters(heard: Spectra) -> Spectra:
    """For some bands (bands, hops) of the recording: the filters (bands, taps) from the voice to it."""
    energy = np.square(np.abs(heard))
    floor = 2 * np.percentile(energy, 10, axis=1, keepdims=True) + 1e-12
    past = _past(heard, _DELAY, _TAPS)
    voice = heard
    for _ in range(_ROUNDS):
        weight = 1 / np.maximum(uniform_filter1d(np.square(np.abs(voice)), 3, axis=1, mode="constant"), floor)
        voice = heard - np.einsum("btk,bk->bt", past, _least_squares(past, heard, weight))
    return _least_squares(_past(voice, 0, _DELAY + _TAPS), heard, 1 / np.maximum(energy, floor))


def _past(spectra: Spectra, delay: int, taps: int) -> Spectra:
    """What each band held `delay` hops before each hop, and before that (bands, hops, taps)."""
    bands, hops = spectra.shape
    padded = np.concatenate([np.zeros((bands, delay + taps - 1), np.complex64), spectra], axis=1)
    return np.ascontiguousarray(
        np.lib.stride_tricks.sliding_window_view(padded, taps, axis=1)[:, :hops, ::-1]
    )


def _least_squares(known: Spectra, wanted: Spectra, weight: Floats) -> Spectra:
    """The filters (bands, taps) that make `wanted` (bands, hops) from `known` (bands, hops, taps)."""
    weighted = (known * weight[..., None]).conj().transpose(0, 2, 1)
    # In short pieces, for which the matrix library starts no threads: those cost more than they save here.
    bands, hops, taps = known.shape
    square = np.zeros((bands, taps, taps), np.complex128)
    for at in range(0, hops, _PIECE):
        square += weighted[:, :, at : at + _PIECE] @ known[:, at : at + _PIECE]
    ridge = _RIDGE * np.trace(square, axis1=1, axis2=2).real / taps + 1e-20
    square += ridge[:, None, None] * np.eye(taps)
    right = np.einsum("bkt,bt->bk", weighted, wanted)
    return np.linalg.solve(square, right[..., None])[..., 0].astype(np.complex64)


def _over_time(filters: Spectra, window: Floats, hop: int) -> Floats:
    """The impulse response (samples,) that filters in the bands have in the mean over all moments.

    A moment is seen by every window that holds it, and made by every window that is added up: the filter's
    own response of a hop is weighted by how far the two overlap, the window's autocorrelation.
    """
    length = len(window)
    overlap = np.correlate(window, window, "full")[length - 1 - length // 2 :][:length]
    overlap /= overlap[length // 2]
    responses = np.roll(np.fft.irfft(filters, length, axis=0), length // 2, axis=0) * overlap[:, None]
    total = np.zeros((filters.shape[1] - 1) * hop + length)
    for tap, response in enumerate(responses.T):
        total[tap * hop : tap * hop + length] += response
    return total[length // 2 :]
