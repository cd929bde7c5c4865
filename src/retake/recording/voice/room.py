"""The room that a recording was made in: its tone between the words, and its echo after them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.ndimage import uniform_filter1d

from retake.recording.voice.features import power
from retake.recording.voice.spectrum import filtered, length_at
from retake.recording.voice.speech import Floats

Room = TypeVar("Room")

_GRAIN = 0.06  # seconds of a real pause that are laid over each other
_MOMENT, _BINS = 4, 17  # windows and bins over which the noise is smoothed
_WEAKEST = 0.57  # of the mean power of noise, smoothed so: what its weakest 1 % hold
_PAUSE = 0.25  # seconds a pause must last so that its own samples are used


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """An echo. `rt60` is the time in seconds in which it falls by 60 dB, 0 for none; `echo` its level in dB
    against the direct sound."""

    rt60: float = 0.3
    echo: float = -6.0


DRY = RoomSettings(0.0)
ROOMS = (  # from the driest to the most echoing
    DRY,
    RoomSettings(0.15, -8.0),
    RoomSettings(0.25, -6.0),
    RoomSettings(0.35, -8.0),
    RoomSettings(0.35, -4.0),
    RoomSettings(0.5, -6.0),
    RoomSettings(0.8, -8.0),
    RoomSettings(0.8, -4.0),
)


def nearest(rooms: Sequence[Room], distance: Callable[[Room], float]) -> Room:
    """The room whose `distance` is least, tried in the order given, from dry to echoing, until it only grows.

    How strong an echo is cannot be told from speech alone; it can where the same words are known without it,
    and `distance` compares the two.
    """
    best, least, worse = rooms[0], float("inf"), 0
    for room in rooms:
        unlike = distance(room)
        if unlike < least:
            best, least, worse = room, unlike, 0
        else:
            worse += 1
        if worse == 2:
            break
    return best


def response(settings: RoomSettings, rate: int, seed: int) -> Floats:
    """The impulse response (taps,) of a room, 1 at its first sample: exponentially decaying noise (Moorer,
    1979), 3 ms after the direct sound."""
    count = round(settings.rt60 * rate)
    first = round(0.003 * rate)
    if count <= first:
        return np.ones(1)
    tail = np.random.default_rng(seed).standard_normal(count)
    tail *= np.exp(-np.log(1000) * np.arange(count) / count)
    tail[:first] = 0
    tail *= 10 ** (settings.echo / 20) / np.sqrt(np.square(tail).sum())
    tail[0] = 1
    return tail


def quietest(samples: Floats, rate: int) -> tuple[int, int]:
    """The longest stretch without speech, as samples (start, stop); empty where the voice never rests."""
    hop = max(1, rate // 100)
    count = len(samples) // hop
    if not count:
        return 0, 0
    level = np.square(samples[: count * hop]).reshape(count, hop).mean(axis=1)
    level = uniform_filter1d(level, 3, mode="nearest")
    quiet = level <= 2.5 * np.percentile(level, 5) + 1e-12
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8))).reshape(-1, 2)
    start, stop = edges[(edges[:, 1] - edges[:, 0]).argmax()]
    return int(start) * hop, int(stop) * hop


def noise_power(samples: Floats, rate: int) -> Floats:
    """The power spectrum (bins,) of what is heard between the words, smooth over some 17 bins.

    From a pause where there is one; but no more than each band's weakest moments hold, for a pause between
    words may hold an echo or a breath (minimum statistics: Martin, 2001).
    """
    length = length_at(rate)
    spectra = power(samples, length, length // 4)
    inside = spectra[2:-2] if len(spectra) > 8 else spectra  # the outermost windows are partly empty
    moments = uniform_filter1d(inside, _BINS, axis=1, mode="nearest")
    moments = uniform_filter1d(moments, _MOMENT, axis=0, mode="nearest")
    spectrum = np.percentile(moments, 1, axis=0) / _WEAKEST
    start, stop = quietest(samples, rate)
    if stop - start >= 2 * length:
        pause = power(samples[start:stop], length, length // 4)[2:-2].mean(axis=0)
        spectrum = np.minimum(spectrum, uniform_filter1d(pause, _BINS, mode="nearest"))
    spectrum = np.maximum(spectrum, 0) + 1e-15  # running sums may end a little below 0
    return np.exp(uniform_filter1d(np.log(spectrum), _BINS, mode="nearest"))


def room_tone(samples: Floats, rate: int, count: int, seed: int) -> Floats:
    """`count` samples of the room without speech, like the pauses of `samples`.

    Grains of a real pause in random order where one is long enough, otherwise noise shaped like the room's.
    """
    start, stop = quietest(samples, rate)
    rng = np.random.default_rng(seed)
    if stop - start < _PAUSE * rate:
        return _shaped(noise_power(samples, rate), length_at(rate), count, rng)
    pause = samples[start:stop]
    grain = 2 * round(_GRAIN * rate / 2)
    # Powers add where unlike noises are laid over each other: the sine window's squares add to one.
    window = np.sin(np.pi * (np.arange(grain) + 0.5) / grain)
    output = np.zeros(count + 2 * grain)
    for at in range(0, count + grain, grain // 2):
        begin = int(rng.integers(len(pause) - grain + 1))
        output[at : at + grain] += pause[begin : begin + grain] * window
    return output[grain : grain + count]


def _shaped(spectrum: Floats, length: int, count: int, rng: np.random.Generator) -> Floats:
    """Noise of this power spectrum, which was measured under a Hann window of `length`."""
    gain = np.sqrt(spectrum / np.square(np.hanning(length)).sum())
    response = np.roll(np.fft.irfft(gain, length), length // 2) * np.hanning(length)
    return filtered(rng.standard_normal(count + length), response)[length:]
