"""One row's changes to a take, before anything is encoded: sound edits, picture edits, and what was told.

    bound row -> lines     spoken, spliced into the sound, the mouth mended for them
              -> showings  names and pictures drawn on their surfaces
              -> Changes   edits of the sound and of the picture

A line that cannot be spoken or whose mouth cannot be mended keeps the original words, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from threading import Lock

import numpy as np

from retake.assemble.sequence import Edit
from retake.assemble.sound_splice import SoundEdit
from retake.assemble.take_receipt import Alteration
from retake.errors import InputError, ProviderError, Severity
from retake.generate.lipsync.base import LipSyncRequest
from retake.generate.lipsync.library import MouthLibrary
from retake.generate.ports import Phoneme
from retake.media.patch import Patch, apply
from retake.media.picture import Picture
from retake.media.take import Take, decode_sound, read_take
from retake.media.take.values import rescaled
from retake.produce.lines import RetakenLine, Sound, in_channels, open_reading, retake_line
from retake.produce.mouths import Mended, given_box, mended, open_library
from retake.produce.preparation import BUFFER, voice_of
from retake.produce.speaking import Booth
from retake.produce.templates import Prepared
from retake.recipes.recording.binding import Bound, Line
from retake.recipes.recording.template import VoiceSegment
from retake.recording.voice import Phoneme as Spoken
from retake.recording.voice import RoomSettings, VoiceEdit
from retake.settings import Settings

_PACKET = 1024
"""Samples of an AAC packet: what a change of length is rounded to, so that later packets stay as they are."""


@dataclass(frozen=True, eq=False)
class Stage:
    """A prepared template opened for work: read once, used for every row."""

    prepared: Prepared

    @cached_property
    def take(self) -> Take:
        """The master, its clock fine enough for a packet of sound."""
        take = read_take(self.prepared.master)
        rate = take.audio.rate if take.audio else 1
        ticks = Fraction(_PACKET, rate) / take.video.time_base
        return take if ticks.denominator == 1 else rescaled(take, ticks.denominator)

    @cached_property
    def sound(self) -> Sound:
        """What is heard, float32 (samples, channels)."""
        return decode_sound(self.take)

    @cached_property
    def mono(self) -> Sound:
        return np.ascontiguousarray(self.sound.mean(1, dtype=np.float32))

    @cached_property
    def library(self) -> MouthLibrary | None:
        return open_library(self.prepared)

    @property
    def rate(self) -> int:
        return self.prepared.analysis.sample_rate


class Tally:
    """Counts the pixels under patches as frames are drawn; spans are drawn in several threads."""

    def __init__(self) -> None:
        self.pixels = 0
        self._lock = Lock()

    def add(self, patch: Patch) -> None:
        with self._lock:
            self.pixels += int(np.count_nonzero(patch.alpha))


@dataclass(eq=False)
class Changes:
    """All that one row changes, and what happened on the way.

    No edit refers to it, so that what a row held is freed with it: a cycle would wait for the garbage
    collector, with all its sound and pictures.
    """

    sound: list[SoundEdit] = field(default_factory=list[SoundEdit])
    picture: list[Edit] = field(default_factory=list[Edit])
    told: list[Alteration] = field(default_factory=list[Alteration])
    voices: list[tuple[str, VoiceEdit]] = field(default_factory=list[tuple[str, VoiceEdit]])
    mouths: list[tuple[str, Mended]] = field(default_factory=list[tuple[str, Mended]])
    fallbacks: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    tally: Tally = field(default_factory=Tally)


def say_lines(
    stage: Stage, bound: Bound, booth: Booth, settings: Settings, changes: Changes, *, only: int | None = None
) -> None:
    """Adds the edits of every line of the row; with `only`, of the lines that may change that frame.

    Raises `ProviderError` only where no row could be spoken.
    """
    prepared = stage.prepared
    wanted = [line for line in bound.lines if _differs(line) and _near(prepared, line, only)]
    if not wanted:
        return
    voice = voice_of(prepared.template, settings)
    spoken = booth.speak([line.text for line in wanted], voice)
    for line, (new, reason) in zip(wanted, spoken, strict=True):
        if new is None:
            changes.fallbacks.append(_kept(line, f"could not be spoken: {reason}"))
            continue
        facts = prepared.line(line.segment.id)
        try:
            found = retake_line(
                line,
                facts,
                new,
                open_reading(prepared.folder, facts),
                stage.mono,
                stage.rate,
                room=_room(prepared),
                quantum=_PACKET,
            )
            _add_line(stage, line, found, voice.provider, changes)
        except InputError as error:
            changes.fallbacks.append(_kept(line, error.message))
        except ProviderError as error:
            if error.severity is Severity.CRITICAL:
                raise
            changes.fallbacks.append(_kept(line, error.message))


def _differs(line: Line) -> bool:
    return line.text != line.segment.original_text


def _near(prepared: Prepared, line: Line, frame: int | None) -> bool:
    start, stop = prepared.line(line.segment.id).window
    return frame is None or start <= frame < stop


def _kept(line: Line, why: str) -> str:
    return f"{line.segment.id}: the original words stay, since {line.text!r} {why}"


def _room(prepared: Prepared) -> RoomSettings | None:
    reverb = prepared.template.reverb
    return None if reverb is None else RoomSettings(rt60=reverb)


def _add_line(stage: Stage, line: Line, made: RetakenLine, provider: str, changes: Changes) -> None:
    """The line's edits of sound and picture: all of them, or none where one fails."""
    segment = line.segment
    sound: list[SoundEdit] = []
    picture: list[Edit] = []
    told: list[Alteration] = []
    found: list[Mended] = []
    for edit, phonemes in zip(made.edits, made.phonemes, strict=True):
        span = _span(stage, edit)
        shown = _retimed(stage, edit, span)
        start, stop = span
        words = " ".join(edit.fit.how) or "as spoken"
        moves = segment.lip_sync and stage.prepared.template.lip_sync != "none"
        if moves:
            picture += _mouth_edits(stage, segment, edit, phonemes, span, shown, changes.tally, found)
            start, stop = max(start - BUFFER, 0), min(stop + BUFFER, stage.take.length)
        elif shown:
            picture.append(Edit(*span, _nothing, shown))
        sound.append(SoundEdit(edit.start, edit.stop, in_channels(edit, stage.mono, stage.sound, stage.rate)))
        makers = f"{provider} + {stage.prepared.template.lip_sync}" if moves else provider
        what = f"{line.text!r}: {words}"
        told.append(Alteration(segment.id, start, stop, makers, what, generated=True, heard=True))
    _refuse_conflicts([*changes.sound, *sound], [*changes.picture, *picture])
    changes.sound += sound
    changes.picture += picture
    changes.told += told
    changes.fallbacks += dict.fromkeys(f"{segment.id}: {m.fallback}" for m in found if m.fallback)
    changes.mouths += [(segment.id, mouth) for mouth in found]
    changes.voices += [(segment.id, edit) for edit in made.edits]
    changes.warnings += dict.fromkeys(
        f"{segment.id}: {text}" for edit in made.edits for text in edit.warnings
    )


def _refuse_conflicts(sound: Sequence[SoundEdit], picture: Sequence[Edit]) -> None:
    """Raises `InputError` where words run into those of another slot, in the sound or on the screen."""
    moved = [edit for edit in picture if edit.retime]
    for edits in (sound, moved):
        for one, other in pairwise(sorted(edits, key=lambda edit: edit.start)):
            if other.start < one.stop:
                remedy = "leave more time between the segments, or make one of them"
                raise InputError("runs into other new words", remedy=remedy)


def _span(stage: Stage, edit: VoiceEdit) -> tuple[int, int]:
    """The frames on the screen while the edit is heard."""
    take, rate = stage.take, stage.rate
    first = take.frame_at(Fraction(edit.start, rate))
    last = take.frame_at(Fraction(edit.stop, rate))
    return first, min(last + 1, take.length)


def _retimed(stage: Stage, edit: VoiceEdit, span: tuple[int, int]) -> tuple[tuple[int, int], ...] | None:
    """The span's frames shown for as much longer as the sound is: which of them, and for how many ticks."""
    moved = len(edit.samples) - (edit.stop - edit.start)
    if not moved:
        return None
    take = stage.take
    start, stop = span
    end = take.video.end if stop == take.length else take.video.times[stop]
    before = end - take.video.times[start]
    after = before + Fraction(moved, stage.rate) / take.video.time_base
    assert after.denominator == 1, "the clock counts packets of sound exactly"
    count = max(round((stop - start) * after / before), 1)
    ticks = [int(after) * k // count for k in range(count + 1)]
    frames = [start + (2 * k + 1) * (stop - start) // (2 * count) for k in range(count)]
    return tuple((n, b - a) for n, (a, b) in zip(frames, pairwise(ticks), strict=True))


def _mouth_edits(
    stage: Stage,
    segment: VoiceSegment,
    edit: VoiceEdit,
    phonemes: Sequence[Spoken],
    span: tuple[int, int],
    shown: tuple[tuple[int, int], ...] | None,
    tally: Tally,
    made: list[Mended],
) -> list[Edit]:
    """The edits that move the mouth: the span itself and the buffers around it. `made` gets what the
    mouth's patches are."""
    take, rate = stage.take, stage.rate
    start, stop = span
    origin = take.seconds(start)
    moved = len(edit.samples) - (edit.stop - edit.start)
    begin, end = round(origin * rate), round(take.seconds(stop) * rate)
    heard = [stage.mono[begin : edit.start], edit.samples, stage.mono[edit.stop : end]]
    request = LipSyncRequest(
        video=stage.prepared.master,
        start=start,
        stop=stop,
        speech=np.concatenate(heard),
        rate=rate,
        phonemes=tuple(_around(stage, edit, phonemes, float(origin), moved)),
        buffer=BUFFER,
        shown=tuple(n for n, _ in shown) if shown else None,
        boxes=given_box(segment, take),
        library=stage.library,
        take=take,
    )
    mouth = mended(request, stage.prepared.template.lip_sync)
    made.append(mouth)
    patches: dict[int, list[Patch]] = {}
    for patch in mouth.patches:
        patches.setdefault(patch.frame, []).append(patch)
    first, last = max(start - BUFFER, 0), min(stop + BUFFER, take.length)
    look = take.video.look

    def draw(shift: int) -> Callable[[int, Picture], None]:
        def on(n: int, picture: Picture) -> None:
            for patch in patches.get(n + shift, ()):
                apply(picture, patch, look)
                tally.add(patch)

        return on

    if shown is None:
        return [Edit(first, last, draw(0))]
    longer = len(shown) - (stop - start)
    edits = [Edit(start, stop, draw(0), shown)]
    if first < start:
        edits.append(Edit(first, start, draw(0)))
    if stop < last:
        edits.append(Edit(stop, last, draw(longer)))
    return edits


def _around(
    stage: Stage, edit: VoiceEdit, phonemes: Sequence[Spoken], origin: float, moved: int
) -> list[Phoneme]:
    """The new phonemes with the recording's own before and after them, in seconds from `origin`."""
    start, stop = edit.start / stage.rate, edit.stop / stage.rate
    own = [Phoneme(ipa, at) for ipa, at in stage.prepared.analysis.phonemes]
    before = [Phoneme(p.ipa, p.start - origin) for p in own if p.start < start]
    new = [Phoneme(p.ipa, p.start - origin) for p in phonemes]
    after = [Phoneme(p.ipa, p.start - origin + moved / stage.rate) for p in own if p.start >= stop]
    ending = [Phoneme("", (edit.stop + moved) / stage.rate - origin)] if not after else []
    return [*before, *new, *ending, *after]


def _nothing(n: int, picture: Picture) -> None:
    """A frame that is only shown for longer."""
