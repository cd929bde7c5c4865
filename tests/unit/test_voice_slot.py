"""Which words change, where the recording is cut for them, and how the new ones are made to fit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from retake.errors import InputError
from retake.recording.voice import Slot, changed_words, find_slot, pauses_around, plan_length
from retake.recording.voice.slot import HEARD

RATE = 16_000


def test_only_the_words_that_differ_change():
    (change,) = changed_words("Hello Maria, welcome back", "Hello Jonathan Parker, welcome back")
    assert (change.old, change.new) == (range(1, 2), range(1, 3))


def test_case_and_punctuation_change_nothing():
    assert changed_words("Hello, Maria!", "hello Maria") == ()


@pytest.mark.parametrize(
    ("old", "new", "ranges"),
    [
        ("Hello Maria", "Hello dear Maria", (range(1, 2), range(1, 3))),
        ("Hello", "Hello Maria", (range(1), range(2))),
        ("Hello dear Maria", "Hello Maria", (range(1, 3), range(1, 2))),
        ("Maria, hello", "hello", (range(2), range(1))),
        ("Hello Bob, welcome", "Hello Bob Smith, welcome", (range(1, 2), range(1, 3))),
    ],
)
def test_a_word_more_or_less_takes_a_neighbour_with_it(old: str, new: str, ranges: tuple[range, range]):
    (change,) = changed_words(old, new)
    assert (change.old, change.new) == ranges


def test_two_changes_with_a_short_word_between_are_one():
    (one,) = changed_words("Hi Maria of Acme", "Hi Bob of Globex")
    assert one.old == range(1, 4)
    assert len(changed_words("Hi Maria from Acme", "Hi Bob from Globex")) == 2


def test_without_the_original_everything_is_new():
    (change,) = changed_words("", "Hello Bob")
    assert (change.old, change.new) == (range(0), range(2))
    assert changed_words("Hello", " ") == ()


def bursts(*spans: tuple[float, float], seconds: float = 3.0, rate: int = RATE) -> NDArray[np.float32]:
    """Words as tones with soft edges, over a faint hiss."""
    time = np.arange(round(seconds * rate)) / rate
    sound = 1e-4 * np.random.default_rng(0).standard_normal(len(time))
    for start, end in spans:
        edge = np.clip(np.minimum(time - start, end - time) / 0.01, 0, 1)
        sound += 0.3 * edge * np.sin(2 * np.pi * 150 * time)
    return sound.astype(np.float32)


def test_an_edge_goes_to_the_quiet_between_two_words():
    sound = bursts((0.5, 1.0), (1.03, 1.6), (1.63, 2.2))
    slot = find_slot(sound, RATE, 1.045, 1.6)
    assert 0.99 <= slot.start / RATE <= 1.04
    assert 1.59 <= slot.stop / RATE <= 1.64


def test_rough_times_are_moved_to_the_word_and_its_pauses_stay():
    sound = bursts((0.2, 0.8), (1.2, 1.7), (2.1, 2.7))
    for start, end in ((1.0, 1.9), (1.3, 1.6), (1.1, 1.75)):
        slot = find_slot(sound, RATE, start, end, within=HEARD)
        assert slot.start / RATE == pytest.approx(1.19, abs=0.03)
        assert slot.stop / RATE == pytest.approx(1.71, abs=0.03)
    before, after = pauses_around(sound, RATE, slot)
    assert before / RATE == pytest.approx(0.38, abs=0.04)
    assert after / RATE == pytest.approx(0.38, abs=0.04)


def test_words_that_follow_each_other_have_no_pause_between():
    sound = bursts((0.5, 1.0), (1.02, 1.6), (1.62, 2.2))
    assert pauses_around(sound, RATE, find_slot(sound, RATE, 1.01, 1.61)) == (0, 0)


def test_the_cut_is_where_the_wave_crosses_zero():
    time = np.arange(2 * RATE) / RATE
    sound = (0.3 * np.sin(2 * np.pi * 150 * time + 0.3)).astype(np.float32)
    slot = find_slot(sound, RATE, 0.7003, 1.2004)
    for edge in (slot.start, slot.stop):
        assert np.signbit(sound[edge - 1]) != np.signbit(sound[edge])


@pytest.mark.parametrize(("start", "end"), [(5, 6), (-1, 1), (1, 1), (2, 1), (3.0, 3.5)])
def test_a_segment_outside_the_recording_is_refused(start: float, end: float):
    with pytest.raises(InputError, match=r"outside the recording of 3\.00 s"):
        find_slot(bursts((1, 2)), RATE, start, end)


def test_sounds_that_cannot_be_used_are_refused():
    sound = bursts((1, 2))
    with pytest.raises(InputError, match="shorter than any word"):
        find_slot(sound, RATE, 1.5, 1.502)
    with pytest.raises(InputError, match="not numbers"):
        find_slot(sound * np.float32(np.nan), RATE, 1, 2)
    with pytest.raises(InputError, match="mono"):
        find_slot(np.stack([sound, sound]), RATE, 1, 2)
    with pytest.raises(InputError, match="4000 Hz"):
        find_slot(sound, 4000, 1, 2)


def test_a_pause_between_two_words_is_taken_as_it_was_given():
    sound = bursts((0.2, 1.0), (2.0, 2.8))
    assert find_slot(sound, RATE, 1.3, 1.6) == Slot(round(1.3 * RATE), round(1.6 * RATE))


def test_a_segment_to_the_very_end_is_cut_there():
    assert find_slot(bursts((1, 3), seconds=2.0), RATE, 1.0, 9.0).stop >= 2 * RATE - 50
    assert find_slot(np.zeros(RATE, np.float32), RATE, 0, 1) == Slot(0, RATE)


def test_what_nearly_fits_is_stretched_only():
    fit = plan_length(10_000, 9_000, RATE, pause_before=9_000, pause_after=9_000, quantum=1024)
    assert fit.how == ("stretch",)
    assert (fit.length, fit.filled, fit.retimed) == (10_000, 10_000, 0)
    assert plan_length(10_000, 10_000, RATE).how == ()


def test_longer_words_borrow_from_the_pauses_and_leave_some_of_each():
    fit = plan_length(10_000, 13_000, RATE, pause_before=1_000, pause_after=4_000)
    assert fit.how == ("stretch", "borrow")
    assert fit.stretch == pytest.approx(0.88, abs=0.001)
    assert fit.borrowed_before == 0
    assert fit.length == 10_000 + fit.borrowed_after
    assert 4_000 - fit.borrowed_after >= 0.08 * RATE


def test_what_the_pauses_cannot_give_the_picture_gives_in_whole_packets():
    fit = plan_length(10_000, 20_000, RATE, pause_before=1_600, pause_after=1_600, quantum=1024)
    assert fit.how == ("stretch", "borrow", "retime")
    assert fit.retimed % 1024 == 0
    assert fit.filled == 10_000 + fit.borrowed_before + fit.borrowed_after + fit.retimed
    assert 0.88 <= fit.stretch <= 1.14
    assert fit.retimed_seconds == fit.retimed / RATE


def test_shorter_words_let_the_pauses_grow_and_then_shorten_the_take():
    paused = plan_length(10_000, 7_000, RATE, pause_before=3_000, pause_after=3_000)
    assert paused.how == ("stretch", "borrow")
    assert paused.lead + paused.length + paused.trail == 10_000
    assert (paused.lead, paused.trail) == (-paused.borrowed_before, -paused.borrowed_after)
    glued = plan_length(10_000, 5_000, RATE, quantum=1024)
    assert glued.how == ("stretch", "retime")
    assert glued.retimed < 0
    assert glued.filled == 10_000 + glued.retimed


def test_a_fit_of_nothing_is_refused():
    for slot, new, quantum in ((0, 5, 1), (5, 0, 1), (5, 5, 0)):
        with pytest.raises(InputError, match="cannot fit"):
            plan_length(slot, new, RATE, quantum=quantum)
