"""Forced alignment offline: the words of a recording, timed by a synthetic voice that says the same.

Enters: the stretch of the recording that holds the sentence, and the same sentence spoken by any voice whose
word times are known. Leaves: the words, or the phonemes, with their times in the recording. The two sounds
are warped onto each other by their cepstra; pauses are shortened first, for every speaker makes his own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from retake.errors import InputError
from retake.recording.voice.features import FRAMES, cepstra
from retake.recording.voice.speech import Floats, Mono, Phoneme, Spoken, Word, sound
from retake.recording.voice.warp import OUTSIDE, cosine, warp

_PAUSE = 4  # frames of a pause that are left at either end of it


def align(samples: Mono, rate: int, reference: Spoken) -> tuple[Word, ...]:
    """The reference's words with their times in `samples`, non-decreasing, inside the sound.

    Raises `InputError` where there is no speech, or too little for the words.
    """
    times = _timing(samples, rate, reference)
    starts = times(np.array([word.start for word in reference.words]))
    ends = times(np.array([word.end for word in reference.words]))
    words: list[Word] = []
    for word, start, end in zip(reference.words, starts, ends, strict=True):
        start = max(float(start), words[-1].end if words else 0.0)
        words.append(Word(word.text, start, max(float(end), start)))
    return tuple(words)


def align_phonemes(samples: Mono, rate: int, reference: Spoken) -> tuple[Phoneme, ...]:
    """The reference's phonemes with their times in `samples`. Raises `InputError` like `align`."""
    starts = _timing(samples, rate, reference)(np.array([phoneme.start for phoneme in reference.phonemes]))
    return tuple(
        Phoneme(phoneme.ipa, float(start)) for phoneme, start in zip(reference.phonemes, starts, strict=True)
    )


def _timing(samples: Mono, rate: int, reference: Spoken) -> Callable[[Floats], Floats]:
    """A function from seconds of the reference to seconds of the recording."""
    heard, heard_level = cepstra(sound(samples, rate), rate)
    known, known_level = cepstra(sound(reference.samples, reference.rate), reference.rate)
    heard_frames, known_frames = _without_pauses(heard_level), _without_pauses(known_level)
    if not len(heard_frames) or not len(known_frames):
        raise InputError("there is no speech to align with", remedy="check the segment's start and end")
    path = warp(cosine(known[known_frames], heard[heard_frames]), open_ends=OUTSIDE)
    if not len(path):
        raise InputError(
            f"{len(heard_frames) / FRAMES:.2f} s of speech cannot hold words that take "
            f"{len(known_frames) / FRAMES:.2f} s",
            remedy="check the segment's start, end and original text",
        )
    known_at = known_frames[path[:, 0]] / FRAMES
    heard_at = heard_frames[path[:, 1]] / FRAMES
    last = len(samples) / rate
    return lambda seconds: np.clip(np.interp(seconds, known_at, heard_at), 0.0, last)


def _without_pauses(level: Floats) -> NDArray[np.int64]:
    """The frames that are left when every pause is cut to a few; none where all is one pause."""
    low, high = np.percentile(level, (5, 95))
    if high - low < 6:
        return np.arange(len(level)) if high > -60 else np.empty(0, np.int64)
    speech = level >= max(low + 0.2 * (high - low), high - 40)
    return np.flatnonzero(binary_dilation(speech, iterations=_PAUSE))
