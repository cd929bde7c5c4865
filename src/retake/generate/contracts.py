"""The contracts of `generate.ports`, as checks: whatever an adapter returns passes here before it is used.

Enters: a request and what came back. Leaves: the same value with its type, or a recoverable `ProviderError`.
"""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from retake.errors import ProviderError, Severity
from retake.generate.ports import (
    ArtLayer,
    Artwork,
    ImageRequest,
    Music,
    MusicRequest,
    Phoneme,
    Speech,
    SpeechRequest,
    Word,
)

_T = TypeVar("_T")

_TOLERANCE = 1e-3
"""Seconds by which a time may pass the end of the sound: rounding of milliseconds at the provider's side."""


def check_speech(request: SpeechRequest, value: object) -> Speech:
    """Mono sound in [-1, 1]; words that join to the text; times in order and inside the sound."""
    speech = _of_type(value, Speech)
    _check_sound(speech.samples, speech.sample_rate, channels=1)
    _check_words(request.text, speech.words, speech.duration)
    phonemes: tuple[Any, ...] = speech.phonemes
    _refuse_unless(all(isinstance(phoneme, Phoneme) for phoneme in phonemes), "phonemes of another type")
    _check_order([phoneme.start for phoneme in speech.phonemes], speech.duration, "phoneme")
    return speech


def check_artwork(request: ImageRequest, value: object) -> Artwork:
    """Layers of one size with the shape asked for, uint8, the first opaque; depths from far to near."""
    artwork = _of_type(value, Artwork)
    layers: tuple[Any, ...] = artwork.layers
    _refuse_unless(len(layers) > 0, "a picture without layers")
    for layer in layers:
        pixels = _array(_of_type(layer, ArtLayer).pixels, np.uint8)
        _refuse_unless(pixels.ndim == 3 and pixels.shape[2] in (3, 4), f"pixels of shape {pixels.shape}")
        _refuse_unless(pixels.shape[:2] == layers[0].pixels.shape[:2], "layers of different sizes")
    height, width = layers[0].pixels.shape[:2]
    asked_width, asked_height = request.size
    fits = width >= asked_width and height >= asked_height
    _refuse_unless(fits, f"a picture of {width}x{height} where {asked_width}x{asked_height} was asked for")
    first = layers[0].pixels
    _refuse_unless(first.shape[2] == 3 or bool((first[..., 3] == 255).all()), "a first layer with holes")
    depths = [layer.depth for layer in layers]
    _refuse_unless(all(0 <= depth <= 1 for depth in depths), "a depth outside 0 to 1")
    _refuse_unless(all(a <= b for a, b in pairwise(depths)), "layers that do not go from far to near")
    return artwork


def check_music(request: MusicRequest, value: object) -> Music:
    """Stereo sound in [-1, 1] of the length asked for, to a tenth of a second."""
    music = _of_type(value, Music)
    _check_sound(music.samples, music.sample_rate, channels=2)
    length = len(music.samples) / music.sample_rate
    right = abs(length - request.duration) <= 0.1
    _refuse_unless(right, f"{length:.2f} s of music where {request.duration:.2f} s was asked for")
    return music


def _refuse_unless(condition: bool, what: str) -> None:
    if not condition:
        raise ProviderError(f"the provider returned {what}", severity=Severity.RECOVERABLE)


def _of_type(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise ProviderError(
            f"the provider returned {type(value).__name__} where {kind.__name__} was expected",
            severity=Severity.RECOVERABLE,
        )
    return value


def _array(value: object, dtype: type[np.generic]) -> NDArray[Any]:
    array: NDArray[Any] = _of_type(value, np.ndarray)
    _refuse_unless(array.dtype == dtype, f"an array of {array.dtype} where {dtype.__name__} was expected")
    return array


def _check_sound(sound: object, sample_rate: object, channels: int) -> None:
    samples = _array(sound, np.float32)
    right_shape = samples.ndim == 1 if channels == 1 else samples.ndim == 2 and samples.shape[1] == channels
    _refuse_unless(right_shape, f"samples of shape {samples.shape} where {channels} channels were expected")
    _refuse_unless(len(samples) > 0, "no sound")
    usual = isinstance(sample_rate, int) and 4_000 <= sample_rate <= 384_000
    _refuse_unless(usual, f"a sample rate of {sample_rate}")
    # NaN fails the comparison too.
    inside = bool(samples.min() >= -1.0) and bool(samples.max() <= 1.0)
    _refuse_unless(inside, "samples outside -1 to 1")


def _check_words(text: str, words: tuple[Any, ...], duration: float) -> None:
    _refuse_unless(all(isinstance(word, Word) for word in words), "words of another type")
    starts = set(accumulate((len(word.text) for word in words), initial=0))
    tokens = text.split()
    joined = "".join(word.text for word in words)
    _refuse_unless(joined == "".join(tokens), "words that do not join to the text")
    position = 0
    for token in tokens:
        _refuse_unless(position in starts, f"a word that runs into {token!r}")
        position += len(token)
    times = [time for word in words for time in (word.start, word.end)]
    _check_order(times, duration, "word")


def _check_order(times: list[float], duration: float, what: str) -> None:
    _refuse_unless(all(math.isfinite(time) for time in times), f"a {what} time that is no number")
    _refuse_unless(all(a <= b for a, b in pairwise(times)), f"{what} times out of order")
    inside = not times or (times[0] >= 0 and times[-1] <= duration + _TOLERANCE)
    _refuse_unless(inside, f"a {what} outside the sound")
