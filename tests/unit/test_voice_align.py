"""Words and phonemes are found where they are said, in a room, by another voice, with other pauses."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from retake.errors import InputError
from retake.generate.espeak import Espeak
from retake.generate.ports import SpeechRequest
from retake.recording.voice import Phoneme, Spoken, Word, align, align_phonemes
from retake.recording.voice.speech import resample
from retake.recording.voice.warp import euclidean, warp

RATE = 16_000
SENTENCES = (
    "Good morning everyone, please bring the maps to Madrid.",
    "Your bank balance improved by forty percent.",
    "We value very much what you have built, thank you.",
)
LEAD = 0.4


@cache
def say(text: str, voice: str, rate: float = 1.0) -> Spoken:
    speech = Espeak().speak(SpeechRequest(text, "en", voice, rate))
    words = tuple(Word(word.text, word.start, word.end) for word in speech.words)
    phonemes = tuple(Phoneme(phoneme.ipa, phoneme.start) for phoneme in speech.phonemes)
    return Spoken(speech.samples, speech.sample_rate, words, phonemes)


@cache
def recorded(text: str, voice: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The sentence in a room with an echo of 0.3 s and hiss, after a silence."""
    spoken = say(text, voice)
    dry = np.pad(resample(0.5 * spoken.samples.astype(np.float64), spoken.rate, RATE), round(LEAD * RATE))
    rng = np.random.default_rng(1)
    count = round(0.3 * RATE)
    tail = rng.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    tail *= 10 ** (-5 / 20) / np.linalg.norm(tail)
    tail[0] = 1
    return (np.convolve(dry, tail)[: len(dry)] + 1e-3 * rng.standard_normal(len(dry))).astype(np.float32)


def errors(text: str, voice: str, other: str) -> list[float]:
    found = align(recorded(text, voice), RATE, say(text, other, 1.12))
    truth = say(text, voice).words
    assert [word.text for word in found] == [word.text for word in truth]
    return [abs(word.start - true.start - LEAD) for word, true in zip(found, truth, strict=True)]


def test_words_begin_within_some_hundredths_of_a_second():
    pairs = (("arthur", "clara"), ("clara", "daniel"), ("arthur", "clara"))
    off = [error for text, pair in zip(SENTENCES, pairs, strict=True) for error in errors(text, *pair)]
    assert np.median(off) < 0.02
    assert np.percentile(off, 90) < 0.06


def test_words_keep_their_order_and_stay_inside_the_sound():
    text = SENTENCES[0]
    words = align(recorded(text, "arthur"), RATE, say(text, "clara"))
    assert all(word.start <= word.end for word in words)
    assert all(first.end <= second.start for first, second in pairwise(words))
    assert 0 <= words[0].start < words[-1].end <= len(recorded(text, "arthur")) / RATE


def test_a_long_pause_that_the_reference_does_not_make_is_passed_over():
    text = "Hello Maria, I made this video."
    spoken = say(text, "arthur")
    samples = resample(spoken.samples.astype(np.float64), spoken.rate, RATE)
    cut = round((spoken.words[1].end + spoken.words[2].start) / 2 * RATE)
    paused = np.concatenate([samples[:cut], np.zeros(2 * RATE), samples[cut:]]).astype(np.float32)
    words = align(paused, RATE, say(text, "clara"))
    assert abs(words[2].start - spoken.words[2].start - 2) < 0.06
    assert words[1].end < spoken.words[1].end + 0.3


def test_a_sentence_is_found_among_others():
    part = "Hello Maria, I made this video."
    whole = f"Welcome to the show. {part} See you soon."
    words = align(recorded(whole, "arthur"), RATE, say(part, "clara"))
    truth = say(whole, "arthur").words[4:]
    assert all(
        abs(word.start - true.start - LEAD) < 0.08 for word, true in zip(words[1:], truth[1:6], strict=True)
    )


def test_phonemes_are_warped_like_the_words():
    text = SENTENCES[1]
    reference = say(text, "daniel", 1.12)
    found = align_phonemes(recorded(text, "clara"), RATE, reference)
    assert [phoneme.ipa for phoneme in found] == [phoneme.ipa for phoneme in reference.phonemes]
    starts = [phoneme.start for phoneme in found]
    assert starts == sorted(starts)
    truth = say(text, "clara").phonemes
    if len(truth) == len(found):
        off = [abs(one.start - true.start - LEAD) for one, true in zip(found, truth, strict=True)]
        assert np.median(off) < 0.02


def test_what_holds_no_speech_or_too_little_is_refused():
    reference = say(SENTENCES[0], "clara")
    with pytest.raises(InputError, match="no speech"):
        align(np.zeros(RATE, np.float32), RATE, reference)
    with pytest.raises(InputError, match="cannot hold words"):
        align(recorded(SENTENCES[0], "arthur")[8_000:11_000], RATE, reference)
    with pytest.raises(InputError, match="mono"):
        align(np.zeros((RATE, 2), np.float32), RATE, reference)


def test_a_warp_follows_a_sound_played_at_half_the_pace():
    rng = np.random.default_rng(2)
    first = rng.standard_normal((40, 5))
    path = warp(euclidean(first, np.repeat(first, 2, axis=0)))
    assert tuple(path[0]) == (0, 0)
    assert tuple(path[-1]) == (39, 79)
    assert np.abs(path[:, 1] - 2 * path[:, 0]).max() <= 2


def test_a_sound_four_times_as_long_has_no_warp():
    assert len(warp(np.zeros((10, 40)))) == 0
