"""The words of a line: which slots they fill, what they share, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import resample_poly

from retake.generate.espeak import Espeak
from retake.generate.ports import SpeechRequest
from retake.produce.lines import in_channels, parted, retake_line, study_line, with_rooms
from retake.produce.speaking import Booth, as_spoken
from retake.produce.templates import LineFacts, Slot
from retake.recipes.recording.binding import Line, filled_words
from retake.recipes.recording.template import VoiceSegment
from retake.recording.voice import Slot as Place
from retake.recording.voice import Spoken, splice_voice
from retake.settings import Settings

RATE = 48_000
ORIGINAL = "Hello Maria, welcome to Berlin today."
PATTERN = "Hello {{ name }}, welcome to {city} today."


def spoken(text: str) -> Spoken:
    return as_spoken(Espeak().speak(SpeechRequest(text, "en", rate=0.9)))


@pytest.fixture(scope="module")
def take() -> np.ndarray:
    speech = spoken(ORIGINAL)
    random = np.random.default_rng(3)
    said = resample_poly(speech.samples, RATE, speech.rate)
    sound = np.pad(said, RATE // 2) + random.normal(0, 1e-3, len(said) + RATE)
    return np.asarray(sound, np.float32)


@pytest.fixture(scope="module")
def segment(take: np.ndarray) -> VoiceSegment:
    return VoiceSegment.model_validate(
        {
            "id": "line", "start_time": 0.5, "end_time": len(take) / RATE - 0.5,
            "template_text": PATTERN, "original_text": ORIGINAL,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def facts(take: np.ndarray, segment: VoiceSegment, tmp_path_factory: pytest.TempPathFactory) -> LineFacts:
    store = {"RETAKE_STORE": str(tmp_path_factory.mktemp("store"))}
    booth = Booth.open(Settings.from_environment(store))
    return study_line(segment, take, RATE, booth, "en", "$.voice_segments[0]")


def line(segment: VoiceSegment, **values: str) -> Line:
    return Line(segment, filled_words(PATTERN, values))


def test_blanks_inside_the_braces_part_no_words() -> None:
    assert filled_words("Hi {{ a }}-{b}, {a}!", {"a": "Jo Ann", "b": "and {a}"}) == (
        "Hi", "Jo Ann-and {a},", "Jo Ann!",
    )  # fmt: skip


def test_each_field_has_a_slot_around_its_word(facts: LineFacts, take: np.ndarray) -> None:
    assert [facts.words[slice(*slot.words)][0].text for slot in facts.slots] == ["Maria,", "Berlin"]
    assert [slot.texts for slot in facts.slots] == [(1, 2), (4, 5)]
    for slot in facts.slots:
        word = facts.words[slot.words[0]]
        assert abs(slot.start / RATE - word.start) < 0.08 and abs(slot.stop / RATE - word.end) < 0.08


def test_only_the_slot_whose_words_differ_is_spoken_anew(
    facts: LineFacts, segment: VoiceSegment, take: np.ndarray
) -> None:
    def made(**values: str) -> list[int]:
        new = line(segment, **values)
        said = spoken(new.text)
        edits = retake_line(new, facts, said, None, take, RATE, room=None, quantum=1024).edits
        return [next(n for n, s in enumerate(facts.slots) if e.start <= s.start < e.stop) for e in edits]

    assert made(name="Maria", city="berlin!") == []
    assert made(name="Maria", city="Rome") == [1]
    assert made(name="Bob and welcome to Ann", city="Rome") == [0, 1]


def test_a_pause_between_two_slots_is_shared(facts: LineFacts) -> None:
    first, second = facts.slots[0], facts.slots[1]
    near = replace(second, start=first.stop + 4000, stop=first.stop + 9000, before=4000)
    one = replace(facts, segment="one", slots=(replace(first, after=4000),))
    two = replace(facts, segment="two", slots=(near,))
    found, problems = parted([two, one], RATE)
    assert not problems
    assert found[1].slots[0].after == 2000 == found[0].slots[0].before
    meeting = replace(two, slots=(replace(near, start=first.stop + 10),))
    (problem,) = parted([one, meeting], RATE)[1]
    assert problem.place == "$.voice_segments (two)" and "'one'" in problem.message


def test_no_more_of_a_pause_is_taken_than_the_slot_may_have(facts: LineFacts, take: np.ndarray) -> None:
    long = spoken("Hello Bartholomew Featherstonehaugh, welcome to Berlin today.")
    place = Place(facts.slots[0].start, facts.slots[0].stop)
    for pauses in ((0, 0), (6000, 7000)):
        fit = splice_voice(take, RATE, place, long, range(1, 3), pauses=pauses, quantum=1024).fit
        assert fit.borrowed_before <= max(pauses[0] - 3840, 0)
        assert fit.borrowed_after <= max(pauses[1] - 3840, 0)


def test_the_room_is_heard_once_from_the_original_words(facts: LineFacts, take: np.ndarray) -> None:
    rooms = [slot.room for slot in with_rooms(facts, spoken(ORIGINAL), take, RATE).slots]
    assert all(room is not None and room[0] <= 0.25 for room in rooms)
    silent = replace(spoken(ORIGINAL), words=())
    assert [slot.room for slot in with_rooms(facts, silent, take, RATE).slots] == [None, None]


def test_a_voice_on_the_left_stays_on_the_left(facts: LineFacts, take: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(0, 1e-4, (2, len(take)))
    sound = np.stack([take * 1.6, take * 0.4], 1).astype(np.float32) + noise.T.astype(np.float32)
    mono = np.ascontiguousarray(sound.mean(1, dtype=np.float32))
    slot = facts.slots[0]
    edit = splice_voice(mono, RATE, Place(slot.start, slot.stop), spoken("Hello Bob."), range(1, 2))
    both = in_channels(edit, mono, sound, RATE)
    left, right = (float(np.sqrt(np.mean(both[:, n] ** 2))) for n in (0, 1))
    assert left / right == pytest.approx(4, rel=0.1)
    assert np.abs(both[0] - sound[edit.start]).max() < 0.02
    assert np.abs(both[-1] - sound[edit.stop - 1]).max() < 0.02


def test_what_was_found_out_is_read_back_as_it_was(tmp_path: Path) -> None:
    slot = Slot((1, 2), (1, 3), 10, 20, 1, 2, (0.3, -6.0))
    facts = LineFacts("a", (), (slot,), (0, 9))
    assert parted([facts], RATE)[0] == [facts]
