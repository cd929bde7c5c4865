"""The lines of a recording: where the words that differ lie in the take, and new ones put in their place.

`study_line` is done once for a template, `retake_line` for every row. Samples count at the master's own rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retake.errors import HostError, InputError, Problem
from retake.produce.speaking import KEYLESS, Booth, Voice
from retake.produce.templates import LineFacts, TimedWord
from retake.produce.templates import Slot as SlotFacts
from retake.recipes.recording.binding import Line, fields_of, filled_words
from retake.recipes.recording.template import VoiceSegment
from retake.recording.voice import (
    Phoneme,
    RoomSettings,
    Slot,
    Spoken,
    VoiceEdit,
    Word,
    align,
    changed_words,
    find_slot,
    pauses_around,
    splice_voice,
)

_HEARD = 0.25
"""Seconds around a time that somebody gave by ear."""
_BESIDE = 0.4
"""Seconds around a segment in which its words are looked for."""
_MOST_BORROWED = 0.4
"""Seconds of a pause that may be borrowed at most: the picture has to change there too."""
_JOINT = 0.018
"""Seconds between two slots that their joints need."""
_ROUNDING = 0.001
_FIELD = "\u241f"
"""A sign that no sentence holds stands for a field where a template is compared with the original words."""

Sound = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class RetakenLine:
    """A line as a row says it: its edits of the mono sound, and its phonemes in seconds of the new take,
    counted without what other lines make longer."""

    edits: tuple[VoiceEdit, ...] = ()
    phonemes: tuple[tuple[Phoneme, ...], ...] = ()


def study_line(
    segment: VoiceSegment, mono: Sound, rate: int, booth: Booth, language: str, place: str
) -> LineFacts:
    """Where the line's words are, and which of them differ from row to row. Raises `InputError`."""
    words = _words_of(segment, mono, rate, booth, language, place)
    slots: list[SlotFacts] = []
    if not words:
        count = len(filled_words(segment.template_text, _marked(segment)))
        start, end = float(segment.start_time), float(segment.end_time)
        found = find_slot(mono, rate, start, end, within=_HEARD)
        slots.append(_slot((0, 0), (0, count), found, mono, rate))
    else:
        pattern = filled_words(segment.template_text, _marked(segment))
        for change in changed_words(segment.original_text, " ".join(pattern)):
            first, last = words[change.old.start], words[change.old.stop - 1]
            found = find_slot(mono, rate, first.start, last.end)
            old, new = (change.old.start, change.old.stop), (change.new.start, change.new.stop)
            slots.append(_slot(old, new, found, mono, rate))
    timed = tuple(TimedWord(w.text, round(w.start, 4), round(w.end, 4)) for w in words)
    return LineFacts(segment.id, timed, tuple(slots), (0, 0))


def _marked(segment: VoiceSegment) -> dict[str, str]:
    return dict.fromkeys(fields_of(segment.template_text), _FIELD)


def _words_of(
    segment: VoiceSegment, mono: Sound, rate: int, booth: Booth, language: str, place: str
) -> tuple[Word, ...]:
    """The original words with their times in the take; none where they are not known."""
    if not segment.original_text:
        return ()
    reference, reason = booth.speak([segment.original_text], Voice(KEYLESS, "", language))[0]
    if reference is None:
        remedy = "leave original_text out: the slot is then found by its pauses"
        raise InputError(f"the original words cannot be aligned: {reason}", place=place, remedy=remedy)
    begin = max(0.0, float(segment.start_time) - _BESIDE)
    end = min(len(mono) / rate, float(segment.end_time) + _BESIDE)
    try:
        found = align(mono[round(begin * rate) : round(end * rate)], rate, reference)
    except InputError as error:
        raise InputError(error.message, place=place, remedy=error.remedy) from error
    return tuple(Word(word.text, word.start + begin, word.end + begin) for word in found)


def _slot(old: tuple[int, int], new: tuple[int, int], found: Slot, mono: Sound, rate: int) -> SlotFacts:
    most = round(_MOST_BORROWED * rate)
    before, after = (min(pause, most) for pause in pauses_around(mono, rate, found))
    return SlotFacts(old, new, found.start, found.stop, before, after)


def with_rooms(facts: LineFacts, like: Spoken, mono: Sound, rate: int) -> LineFacts:
    """The line with the room around each slot, heard by putting the original words of `like` back into it;
    none where a row can learn the echo itself."""
    return replace(facts, slots=tuple(_in_its_room(slot, facts, like, mono, rate) for slot in facts.slots))


def _in_its_room(slot: SlotFacts, facts: LineFacts, like: Spoken, mono: Sound, rate: int) -> SlotFacts:
    place, sentence = Slot(slot.start, slot.stop), Slot(*_stretch(facts, rate))
    try:
        edit = splice_voice(mono, rate, place, like, range(*slot.words), like=like, segment=sentence)
    except InputError:  # these words make no sound: an ordinary room will do
        return slot
    return replace(slot, room=(edit.room.rt60, edit.room.echo) if edit.room else None)


def _stretch(facts: LineFacts, rate: int) -> tuple[int, int]:
    return round(facts.words[0].start * rate), round(facts.words[-1].end * rate)


def parted(lines: Sequence[LineFacts], rate: int) -> tuple[list[LineFacts], list[Problem]]:
    """The lines with each pause between two slots shared by both, and a problem for slots that meet."""
    joint = round(_JOINT * rate)
    order = sorted(
        ((line.segment, n) for line in lines for n in range(len(line.slots))),
        key=lambda key: _named(lines, key).start,
    )
    slots = {key: _named(lines, key) for key in order}
    problems: list[Problem] = []
    for one, other in pairwise(order):
        gap = slots[other].start - slots[one].stop
        if gap < joint:
            message = f"its words are not apart from those of {one[0]!r}"
            problems.append(Problem(f"$.voice_segments ({other[0]})", message, "make one segment of both"))
        share = max(gap // 2, 0)
        slots[one] = replace(slots[one], after=min(slots[one].after, share))
        slots[other] = replace(slots[other], before=min(slots[other].before, share))
    found = [
        replace(line, slots=tuple(slots[line.segment, n] for n in range(len(line.slots)))) for line in lines
    ]
    return found, problems


def _named(lines: Sequence[LineFacts], key: tuple[str, int]) -> SlotFacts:
    return next(line for line in lines if line.segment == key[0]).slots[key[1]]


def retake_line(
    line: Line,
    facts: LineFacts,
    new: Spoken,
    like: Spoken | None,
    mono: Sound,
    rate: int,
    *,
    room: RoomSettings | None,
    quantum: int,
) -> RetakenLine:
    """The line with the words of `new`, the whole sentence as spoken, in its slots.

    `quantum` is what a change of length is rounded to. A slot whose words are the original ones is left as it
    is. Raises `InputError` where words cannot be placed.
    """
    sentence = _sentence(line.segment, facts, rate)
    edits: list[VoiceEdit] = []
    phonemes: list[tuple[Phoneme, ...]] = []
    for number, slot in enumerate(facts.slots):
        first, last = (len(_words(line.parts[:n])) for n in slot.texts)
        old = " ".join(word.text for word in facts.words[slice(*slot.words)])
        if old and not changed_words(old, " ".join(line.parts[slice(*slot.texts)])):
            continue
        edit = splice_voice(
            mono,
            rate,
            Slot(slot.start, slot.stop),
            new,
            range(first, last),
            like=like,
            segment=sentence,
            room=room or (RoomSettings(*slot.room) if slot.room else None),
            pauses=(slot.before, slot.after),
            quantum=quantum,
            seed=number,
        )
        edits.append(edit)
        phonemes.append(tuple(_placed_phonemes(edit, new, range(first, last), rate)))
    return RetakenLine(tuple(edits), tuple(phonemes))


def _words(parts: Sequence[str]) -> list[str]:
    return " ".join(parts).split()


def _sentence(segment: VoiceSegment, facts: LineFacts, rate: int) -> Slot:
    if facts.words:
        return Slot(*_stretch(facts, rate))
    return Slot(round(segment.start_time * rate), round(segment.end_time * rate))


def _placed_phonemes(edit: VoiceEdit, new: Spoken, words: range, rate: int) -> Iterator[Phoneme]:
    """The phonemes of the new words at their times in the take, in seconds. The first may begin a little
    before the cut, which lies at the quietest moment near it."""
    begin, end = edit.spoken
    scale = edit.fit.length / rate / (end - begin)
    origin = edit.words_start / rate
    first = min(begin, new.words[words.start].start)
    for phoneme in new.phonemes:
        if first - _ROUNDING <= phoneme.start < end:
            yield replace(phoneme, start=origin + max(phoneme.start - begin, 0.0) * scale)


def open_reading(folder: Path, facts: LineFacts) -> Spoken | None:
    """The original sentence in the new voice, as `keep_reading` wrote it; None where there is none."""
    if not facts.reading:
        return None
    with np.load(folder / facts.reading, allow_pickle=False) as file:
        times, texts = file["words"].tolist(), file["texts"].tolist()
        words = tuple(Word(text, start, end) for text, (start, end) in zip(texts, times, strict=True))
        return Spoken(np.asarray(file["samples"], np.float32), int(file["rate"]), words)


def keep_reading(folder: Path, segment: str, like: Spoken) -> str:
    """Keeps the original sentence in the new voice in `folder`; the file's name. Raises `HostError`."""
    name = f"reading-{segment}.npz"
    try:
        np.savez_compressed(
            folder / name,
            samples=like.samples,
            rate=np.array(like.rate),
            words=np.array([(word.start, word.end) for word in like.words]),
            texts=np.array([word.text for word in like.words]),
        )
    except OSError as error:
        remedy = "free some space"
        raise HostError(f"cannot be written: {error.strerror}", place=str(folder), remedy=remedy) from error
    return name


def in_channels(edit: VoiceEdit, mono: Sound, sound: Sound, rate: int) -> Sound:
    """The edit for every channel of the recording, (samples, channels).

    Each channel gets the words at the level that the voice has in it, and at the joints what this channel
    holds beyond its share of the mono sound, faded out and in.
    """
    around = slice(max(0, edit.start - 2 * rate), edit.stop + 2 * rate)
    power = float(np.dot(mono[around], mono[around])) + 1e-9
    rise, fall = edit.joints
    columns: list[Sound] = []
    for channel in sound.T:
        gain = float(np.dot(channel[around], mono[around])) / power
        column = edit.samples.astype(np.float64) * gain
        rest = channel.astype(np.float64)[edit.start : edit.stop] - gain * mono[edit.start : edit.stop]
        column[:rise] += rest[:rise] * _rising(rise)[::-1]
        column[len(column) - fall :] += rest[len(rest) - fall :] * _rising(fall)
        columns.append(np.clip(column, -1, 1).astype(np.float32))
    return np.stack(columns, 1)


def _rising(count: int) -> NDArray[np.float64]:
    """A quarter of a sine: one side of an equal-power joint."""
    return np.sin(np.pi / 2 * (np.arange(count) + 0.5) / max(count, 1))
