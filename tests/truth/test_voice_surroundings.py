"""What is told from around the slot: the pitch of the same words, and the noise between them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import fftconvolve

from retake.generate.espeak import Espeak
from retake.generate.ports import SpeechRequest
from retake.recording.voice import Slot, Spoken, Word
from retake.recording.voice.room import noise_power
from retake.recording.voice.surroundings import listen, pitch_ratios

RATE = 22_050
TEXT = "Good morning, and a warm welcome to {}, who joins us from Madrid."
FIRST, LAST = 7, 8


def say(name: str, voice: str, rate: float = 1.0, pitch: float = 1.0) -> Spoken:
    speech = Espeak().speak(SpeechRequest(TEXT.format(name), "en", voice, rate, pitch))
    words = tuple(Word(word.text, word.start, word.end) for word in speech.words)
    return Spoken(speech.samples, speech.sample_rate, words)


def place(spoken: Spoken) -> Slot:
    return Slot(round(spoken.words[FIRST].start * RATE), round(spoken.words[LAST].end * RATE))


@pytest.mark.parametrize("voice", ["clara", "arthur", "daniel"])
@pytest.mark.parametrize("pitch", [0.92, 1.08])
def test_the_pitch_is_compared_in_the_same_moments_of_the_same_words(voice: str, pitch: float):
    old, plain = say("Maria Lopez", voice), say("Jonathan Parker", voice, 1.1)
    moved = say("Jonathan Parker", voice, 1.1, pitch)
    noisy = old.samples + 1e-3 * np.random.default_rng(1).standard_normal(len(old.samples))
    plain_ratios, ratios = (
        pitch_ratios(listen(noisy.astype(np.float32), RATE, place(old), new, place(new), None, None))
        for new in (plain, moved)
    )
    assert plain_ratios == pytest.approx((1.0, 1.0), abs=0.02)
    assert np.array(ratios) == pytest.approx(np.array(plain_ratios) / pitch, rel=0.025)


def test_an_echo_between_the_words_is_not_taken_for_noise():
    speech = 0.5 * say("Maria Lopez", "arthur").samples.astype(np.float64)
    random = np.random.default_rng(2)
    tail = random.standard_normal(RATE // 3) * np.exp(-6.9 * np.linspace(0, 1, RATE // 3))
    tail *= 0.5 / np.linalg.norm(tail)
    tail[0] = 1
    noise = 2e-3 * random.standard_normal(len(speech))
    found = noise_power(fftconvolve(speech, tail)[: len(speech)] + noise, RATE)
    true = noise_power(noise, RATE)
    above = len(true) // 10  # 1.1 kHz; below it the echo never ends here
    assert abs(10 * np.log10(np.mean(found[above:] / true[above:]))) < 3
