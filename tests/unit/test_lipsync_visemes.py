from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.talking_head import speak

from retake.generate.lipsync.visemes import REST, VISEMES, track, track_of_sound, visemes_of
from retake.generate.ports import Phoneme

MAMA = tuple(
    Phoneme(ipa, 0.5 + 0.12 * i) for i, ipa in enumerate(["m", "ˈɑː", "m", "ɐ", "f", "iː", "b", "æ"])
)
END = 0.5 + 0.12 * len(MAMA)


def test_stress_length_and_diacritics_do_not_change_a_shape():
    assert visemes_of("ˈɑː") == visemes_of("ɑ") == (VISEMES["ɑ"],)
    assert visemes_of("ã") == (VISEMES["a"],)
    assert visemes_of("tʃ") == (VISEMES["tʃ"],) != (VISEMES["t"],)
    assert visemes_of("") == visemes_of("ː") == (REST,)


def test_a_diphthong_goes_from_its_first_vowel_to_its_second():
    assert visemes_of("ˈaɪ") == (VISEMES["a"], VISEMES["ɪ"])
    found = track([Phoneme("aɪ", 0.0), Phoneme("t", 0.3)], 0.4, [0.075, 0.225])
    assert found.open[0] > found.open[1] + 0.2
    assert found.width[0] < found.width[1]


def test_lips_meet_in_the_middle_of_every_bilabial_and_open_between():
    middles = [phoneme.start + 0.06 for phoneme in MAMA]
    found = track(MAMA, END, middles)
    for phoneme, opening, press in zip(MAMA, found.open, found.press, strict=True):
        if phoneme.ipa in "mb":
            assert opening < 0.06
            assert press > 0.9
        elif phoneme.ipa in ("ˈɑː", "æ"):
            assert opening > 0.3


def test_the_mouth_rests_before_after_and_in_pauses():
    pause = (*MAMA, Phoneme("ɑ", 4.0))
    found = track(pause, 4.2, [-3.0, 0.1, 2.9, 9.0])
    assert found.open.max() < 0.05


def test_neighbours_colour_a_sound():
    alone = track([Phoneme("t", 0.0)], 0.1, [0.05])
    rounded = track([Phoneme("u", -0.1), Phoneme("t", 0.0), Phoneme("u", 0.1)], 0.2, [0.05])
    assert rounded.width[0] < alone.width[0]


@given(st.lists(st.floats(-1, 3), min_size=1, max_size=40))
def test_times_may_come_in_any_order_and_spacing(times: list[float]):
    together = track(MAMA, END, times)
    alone = [track(MAMA, END, [time]).open[0] for time in times]
    assert np.allclose(together.open, alone, atol=1e-6)
    assert ((together.open >= 0) & (together.open <= 1)).all()


def test_long_recordings_are_tracked_as_short_ones_are():
    far = [Phoneme(p.ipa, p.start + 100.0) for p in MAMA]
    many = [*MAMA, *far]
    times = np.linspace(0, 102, 3000)
    found = track(many, END + 100, times)
    here = times > 99
    assert np.allclose(found.open[here], track(far, END + 100, times[here]).open, atol=1e-3)


def test_without_phonemes_loudness_opens_the_mouth():
    speech = speak("Papa, papa.")
    times = np.arange(0, speech.duration, 0.04)
    found = track_of_sound(speech.samples, speech.sample_rate, times)
    known = track(speech.phonemes, speech.duration, times)
    assert np.corrcoef(found.open, known.open)[0, 1] > 0.4
    assert track_of_sound(np.zeros(8000, np.float32), 8000, [0.5]).open == pytest.approx(0, abs=0.05)
