"""New words in a recording: nearer to the true take than a paste, and plain about what went wrong."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, iirpeak, lfilter

from retake.errors import InputError
from retake.generate.espeak import Espeak
from retake.generate.ports import SpeechRequest
from retake.recording.voice import (
    RoomSettings,
    Slot,
    Spoken,
    VoiceEdit,
    Word,
    apply,
    distance,
    find_slot,
    splice_voice,
)
from retake.recording.voice.measure import measures
from retake.recording.voice.room import ROOMS
from retake.recording.voice.speech import resample

BEFORE, AFTER = "Good morning, and a warm welcome to", "who joins us from Madrid."
OLD, NEW = "Maria Lopez", "Jonathan Parker"
FIRST = len(BEFORE.split())
WORDS = range(FIRST, FIRST + 2)
SILENCE = 0.5
ROOM = RoomSettings(0.35, -6.0)  # given where the test is not about hearing it


@cache
def say(text: str, voice: str = "arthur", rate: float = 1.0, pitch: float = 1.0) -> Spoken:
    speech = Espeak().speak(SpeechRequest(text, "en", voice, rate, pitch))
    words = tuple(Word(word.text, word.start, word.end) for word in speech.words)
    return Spoken(speech.samples, speech.sample_rate, words)


def in_a_room(
    dry: NDArray[np.float64], rate: int, rt60: float = 0.35, echo: float = -4
) -> NDArray[np.float32]:
    """What a microphone hears: an echo, a narrow band with a bump, and hiss."""
    rng = np.random.default_rng(1)
    tail = rng.standard_normal(round(rt60 * rate)) * np.exp(-6.9 * np.linspace(0, 1, round(rt60 * rate)))
    tail[: rate // 400] = 0
    tail *= 10 ** (echo / 20) / np.linalg.norm(tail)
    tail[0] = 1
    heard = fftconvolve(dry, tail)[: len(dry)]
    heard = lfilter(*butter(2, [120, min(5200, 0.45 * rate)], "band", fs=rate), heard)
    heard = heard + 0.6 * lfilter(*iirpeak(900, 1.2, fs=rate), heard)
    hiss = lfilter([1], [1, -0.93], rng.standard_normal(len(dry)))
    return (heard + hiss * 10 ** (-58 / 20) / hiss.std()).astype(np.float32)


@cache
def recorded(name: str, rate: int = 22_050, rt60: float = 0.35, echo: float = -4) -> NDArray[np.float32]:
    spoken = say(f"{BEFORE} {name} {AFTER}")
    dry = np.pad(resample(0.5 * spoken.samples.astype(np.float64), spoken.rate, rate), round(SILENCE * rate))
    return in_a_room(dry, rate, rt60, echo)


def place(name: str) -> tuple[float, float]:
    words = say(f"{BEFORE} {name} {AFTER}").words
    return SILENCE + words[FIRST].start, SILENCE + words[FIRST + 1].end


@cache
def synthetic() -> Spoken:
    """What a speech service gives for the presenter's voice: dry, brighter, louder, faster and higher."""
    spoken = say(f"{BEFORE} {NEW} {AFTER}", rate=1.08, pitch=1.06)
    bright = np.asarray(lfilter([1.0, -0.7], [1.0], spoken.samples))
    return Spoken((0.9 * bright / np.abs(bright).max()).astype(np.float32), spoken.rate, spoken.words)


@cache
def edited(
    rate: int = 22_050, room: RoomSettings | None = None
) -> tuple[NDArray[np.float32], Slot, VoiceEdit]:
    take = recorded(OLD, rate)
    slot = find_slot(take, rate, *place(OLD))
    return take, slot, splice_voice(take, rate, slot, synthetic(), WORDS, room=room, quantum=1024)


def words_in(take: NDArray[np.float32], slot: Slot, edit: VoiceEdit) -> NDArray[np.float32]:
    start = slot.start - max(edit.fit.borrowed_before, 0)
    return apply(take, edit)[start : start + edit.fit.filled]


def oracle(rate: int = 22_050, rt60: float = 0.35, echo: float = -4) -> NDArray[np.float32]:
    start, end = place(NEW)
    return recorded(NEW, rate, rt60, echo)[round(start * rate) : round(end * rate)]


def pasted() -> NDArray[np.float32]:
    voice = synthetic()
    start, end = voice.words[FIRST].start, voice.words[FIRST + 1].end
    return voice.samples[round(start * voice.rate) : round(end * voice.rate)]


def test_the_spliced_words_are_twice_as_near_to_the_true_recording_as_a_paste():
    take, slot, edit = edited()
    naive, matched = (distance(words, oracle(), 22_050) for words in (pasted(), words_in(take, slot, edit)))
    assert matched <= naive / 2
    assert matched < 4.5
    assert not edit.warnings


def test_every_measure_passes_for_the_splice_and_the_true_recording():
    rate = 22_050
    _, _, edit = edited()
    start, end = (round(seconds * rate) for seconds in place(NEW))
    truth = measures(recorded(NEW).astype(np.float64), rate, start, end)
    assert [measure.name for measure in edit.measures] == [
        "noise_floor_step",
        "level_step",
        "pitch_jump",
        "click",
    ]
    assert all(measure.passed for measure in (*edit.measures, *truth))


def test_a_paste_is_found_by_its_noise_floor():
    take, rate = recorded(OLD).astype(np.float64), 22_050
    start, end = (round(seconds * rate) for seconds in place(OLD))
    naive = np.concatenate([take[:start], pasted(), take[end:]])
    floor = measures(naive, rate, start, start + len(pasted()))[0]
    assert floor.value < -10
    assert not floor.passed


@pytest.mark.parametrize(("rt60", "echo"), [(0.01, -40.0), (0.7, -4.0)])
def test_the_echo_is_learned_from_the_recording(rt60: float, echo: float):
    take, rate = recorded(OLD, 22_050, rt60, echo), 22_050
    slot = find_slot(take, rate, *place(OLD))
    edit = splice_voice(take, rate, slot, synthetic(), WORDS)
    other = splice_voice(take, rate, slot, synthetic(), WORDS, room=RoomSettings(0.35, -4.0))
    truth = oracle(rate, rt60, echo)
    assert edit.room is None
    assert other.room == RoomSettings(0.35, -4.0)
    found, given = (distance(words_in(take, slot, one), truth, rate) for one in (edit, other))
    assert found < given


def test_a_learned_echo_is_nearer_to_the_truth_than_any_room_that_could_be_guessed():
    take, rate = recorded(OLD), 22_050
    slot = find_slot(take, rate, *place(OLD))
    voice = say(f"{BEFORE} {NEW} {AFTER}")
    found, *guessed = (
        distance(
            words_in(take, slot, splice_voice(take, rate, slot, voice, WORDS, room=room)), oracle(), rate
        )
        for room in (None, *ROOMS)
    )
    assert found < 0.92 * min(guessed)


def test_a_recording_without_echo_gets_none():
    take, rate = recorded(OLD, 22_050, 0.01, -40.0), 22_050
    slot = find_slot(take, rate, *place(OLD))
    learned, dry = (
        splice_voice(take, rate, slot, synthetic(), WORDS, room=room) for room in (None, RoomSettings(0.0))
    )
    assert np.allclose(learned.samples, dry.samples, atol=1e-5)


@pytest.mark.parametrize(("rt60", "echo"), [(0.01, -40.0), (0.7, -4.0)])
def test_in_a_take_too_short_to_learn_from_the_nearest_room_is_found(rt60: float, echo: float):
    rate = 22_050
    start, end = place(OLD)
    take = recorded(OLD, rate, rt60, echo)[round((start - 1.2) * rate) : round((end + 0.8) * rate)]
    slot = find_slot(take, rate, 1.2, 1.2 + end - start)
    room = splice_voice(take, rate, slot, synthetic(), WORDS).room
    assert room is not None
    assert room.rt60 < 0.2 if rt60 < 0.1 else room.rt60 > 0.45


def test_nothing_outside_the_edit_changes_and_the_length_is_as_planned():
    take, slot, edit = edited()
    result = apply(take, edit)
    assert len(result) == len(take) + edit.fit.retimed
    assert edit.fit.retimed % 1024 == 0
    assert np.array_equal(result[: edit.start], take[: edit.start])
    assert np.array_equal(result[edit.start + len(edit.samples) :], take[edit.stop :])
    around = round(0.01 * 22_050)
    assert slot.start - max(edit.fit.borrowed_before, 0) - edit.start <= around


def test_the_same_input_gives_the_same_samples_and_only_the_neighbourhood_matters():
    take, slot, edit = edited(8_000, ROOM)
    again = splice_voice(take, 8_000, slot, synthetic(), WORDS, room=ROOM, quantum=1024)
    assert np.array_equal(edit.samples, again.samples)
    noise = np.random.default_rng(3).standard_normal(8_000).astype(np.float32) * 0.1
    quiet = np.zeros(7 * 8_000, np.float32)
    moved = Slot(slot.start + 8 * 8_000, slot.stop + 8 * 8_000)
    first, second = (
        splice_voice(
            np.concatenate([end, quiet, take, quiet, end]), 8_000, moved, synthetic(), WORDS, room=ROOM
        )
        for end in (noise, -noise)
    )
    assert np.array_equal(first.samples, second.samples)


@pytest.mark.parametrize("rate", [8_000, 48_000])
def test_a_recording_of_any_rate_takes_the_words(rate: int):
    take, slot, edit = edited(rate, ROOM)
    naive = resample(pasted().astype(np.float64), 22_050, rate)
    truth = oracle(rate)
    assert distance(words_in(take, slot, edit), truth, rate) < 0.6 * distance(naive, truth, rate)


def test_where_no_words_stay_it_says_so_and_still_gives_sound():
    take, rate = recorded(OLD), 22_050
    whole = Slot(round(0.4 * rate), len(take) - round(0.4 * rate))
    new = Spoken(synthetic().samples, 22_050, (Word("Bonjour", 0.1, 1.0), Word("Jonathan", 1.0, 2.0)))
    edit = splice_voice(take, rate, whole, new, range(2), room=ROOM)
    assert any("no words of the sentence stay" in warning for warning in edit.warnings)
    assert np.abs(edit.samples).max() > 0.02
    like = say(f"{BEFORE} {OLD} {AFTER}", rate=1.08, pitch=1.06)
    assert not splice_voice(take, rate, whole, new, range(2), like=like, segment=whole, room=ROOM).warnings


@pytest.mark.parametrize("sound", ["silence", "noise"])
def test_in_a_recording_without_speech_the_voice_keeps_its_own_level(sound: str):
    rate = 16_000
    noise = np.random.default_rng(2).standard_normal(3 * rate) * (0.01 if sound == "noise" else 0)
    edit = splice_voice(noise.astype(np.float32), rate, Slot(rate, 2 * rate), synthetic(), WORDS)
    assert any("nothing is spoken around the slot" in warning for warning in edit.warnings)
    assert 0.1 < np.abs(edit.samples).max() <= 1


@pytest.mark.parametrize(("start", "stop"), [(0, 6000), (-6000, 0), (30_000, 30_001)])
def test_a_slot_at_an_end_or_of_one_sample_is_filled(start: int, stop: int):
    take = recorded(OLD)
    slot = Slot(start % len(take), stop or len(take))
    edit = splice_voice(take, 22_050, slot, synthetic(), WORDS, room=ROOM)
    result = apply(take, edit)
    assert np.isfinite(result).all()
    assert len(result) == len(take) + edit.fit.retimed
    assert 0 <= edit.start <= slot.start < slot.stop <= edit.stop <= len(take)


def test_a_name_of_eight_seconds_lengthens_the_take():
    take, slot, _ = edited()
    long = Spoken(np.tile(synthetic().samples, 3), 22_050, (Word("Jonathan" * 37, 0.1, 8.0),))
    edit = splice_voice(take, 22_050, slot, long, range(1), room=ROOM, quantum=735)
    assert edit.fit.how[-1] == "retime"
    assert edit.fit.retimed > 5 * 22_050
    assert edit.fit.retimed % 735 == 0


def test_words_without_pitch_are_taken_as_they_are():
    rate = 22_050
    hush = np.random.default_rng(1).standard_normal(rate) * np.hanning(rate) * 0.1
    voice = Spoken(
        hush.astype(np.float32), rate, (Word("a", 0, 0.3), Word("hush", 0.3, 0.7), Word("b", 0.7, 1))
    )
    take, slot, _ = edited()
    assert np.isfinite(splice_voice(take, rate, slot, voice, range(1, 2), room=ROOM).samples).all()


def test_words_that_would_clip_are_lowered_and_that_is_told():
    take = np.clip(40 * recorded(OLD), -1, 1)
    slot = find_slot(take, 22_050, *place(OLD))
    edit = splice_voice(take, 22_050, slot, synthetic(), WORDS, room=ROOM)
    assert np.abs(edit.samples).max() <= 1
    assert any("clip" in warning for warning in edit.warnings)


def test_empty_slots_and_silent_words_are_refused_with_their_name():
    take, slot, _ = edited()
    voice = synthetic()
    with pytest.raises(InputError, match="slot from 5 to 5"):
        splice_voice(take, 22_050, Slot(5, 5), voice, WORDS)
    with pytest.raises(InputError, match="no sound for the new words"):
        splice_voice(take, 22_050, slot, voice, range(3, 3))
    mute = Spoken(np.zeros_like(voice.samples), voice.rate, voice.words)
    with pytest.raises(InputError, match="'Jonathan Parker' are silent"):
        splice_voice(take, 22_050, slot, mute, WORDS)
