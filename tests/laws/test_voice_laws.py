"""Laws of spliced words: a plan always adds up, and what is outside an edit is the original's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retake.recording.voice import (
    RoomSettings,
    Slot,
    Spoken,
    Word,
    apply,
    changed_words,
    plan_length,
    splice_voice,
)
from retake.recording.voice.fit import STRETCH

RATE = 16_000


@given(
    slot=st.integers(1, 200_000),
    new=st.integers(1, 200_000),
    before=st.integers(0, 30_000),
    after=st.integers(0, 30_000),
    quantum=st.sampled_from([1, 256, 533, 1024]),
)
def test_a_plan_fills_exactly_what_it_takes(slot: int, new: int, before: int, after: int, quantum: int):
    fit = plan_length(slot, new, RATE, pause_before=before, pause_after=after, quantum=quantum)
    taken = slot + max(fit.borrowed_before, 0) + max(fit.borrowed_after, 0)
    assert fit.filled == taken + fit.retimed
    assert fit.retimed % quantum == 0
    assert fit.length > 0
    assert min(fit.lead, fit.trail) >= 0
    least = round(0.08 * RATE)
    assert fit.borrowed_before <= max(0, before - least)
    assert fit.borrowed_after <= max(0, after - least)
    low, high = STRETCH
    assert low - 1 / new <= fit.stretch <= high + 1 / new


WORD = st.sampled_from(["a", "of", "Anna", "Bob", "Bob,", "hello", "Hello!", "welcome"])


@given(old=st.lists(WORD, min_size=1, max_size=8), new=st.lists(WORD, min_size=1, max_size=8))
def test_changed_words_are_all_that_must_be_said_again(old: list[str], new: list[str]):
    changes = changed_words(" ".join(old), " ".join(new))
    kept_old, kept_new = list(old), list(new)
    for change in reversed(changes):
        assert change.old
        assert change.new
        del kept_old[change.old.start : change.old.stop]
        del kept_new[change.new.start : change.new.stop]
    assert [word.strip(",!").lower() for word in kept_old] == [word.strip(",!").lower() for word in kept_new]
    assert all(a.old.stop <= b.old.start for a, b in pairwise(changes))


def hum(seconds: float, hertz: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A voice of sorts: a buzz in syllables, with a hiss."""
    time = np.arange(round(seconds * RATE)) / RATE
    buzz = np.sum([np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, 9)], axis=0)
    syllables = np.clip(np.sin(2 * np.pi * 3 * time), 0, 1)
    hiss = 1e-3 * np.random.default_rng(0).standard_normal(len(time))
    return (0.1 * buzz * syllables + hiss).astype(np.float32)


TAKE, VOICE = hum(3.0, 110.0), hum(1.5, 130.0)


@settings(max_examples=8, deadline=None)
@given(
    start=st.integers(0, len(TAKE) - 1),
    length=st.integers(1, RATE),
    first=st.floats(0, 1.2),
    seconds=st.floats(0.05, 1.0),
    quantum=st.sampled_from([1, 1024]),
)
def test_wherever_the_slot_is_the_rest_stays(
    start: int, length: int, first: float, seconds: float, quantum: int
):
    slot = Slot(start, min(start + length, len(TAKE)))
    end = min(first + seconds, 1.5)
    new = Spoken(VOICE, RATE, (Word("before", 0, first), Word("new", first, end), Word("after", end, 1.5)))
    room = RoomSettings(0.2, -8.0)
    edit = splice_voice(TAKE, RATE, slot, new, range(1, 2), room=room, quantum=quantum)
    result = apply(TAKE, edit)
    assert 0 <= edit.start <= slot.start
    assert slot.stop <= edit.stop <= len(TAKE)
    assert len(result) == len(TAKE) + edit.fit.retimed
    assert np.array_equal(result[: edit.start], TAKE[: edit.start])
    assert np.array_equal(result[len(result) - (len(TAKE) - edit.stop) :], TAKE[edit.stop :])
    assert np.isfinite(edit.samples).all()
    assert np.abs(edit.samples).max() <= 1
