"""New words in place of old ones in a recording, so that it sounds like one take.

Enters: the recording, the slot to replace, and the whole new sentence in the new voice, of which the slot's
words are cut out: so they have the sentence's melody, and its other words, which the recording holds too,
tell what the voice must be changed by. Leaves: the samples that replace the slot, joins included; nothing
outside them changes. The steps are in `splice_voice`, in order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retake.errors import InputError
from retake.recording.voice.fit import Fit, plan_length
from retake.recording.voice.measure import Measure, measures
from retake.recording.voice.pitch import HOPS, track
from retake.recording.voice.room import RoomSettings, response, room_tone
from retake.recording.voice.slot import SPOKEN, Slot, find_slot, pauses_around
from retake.recording.voice.speech import Floats, Mono, Spoken, resample, sound
from retake.recording.voice.stretch import revoice
from retake.recording.voice.surroundings import BESIDE, Pair, echo_around, gain, in_room, listen, pitch_ratios

_FADE = 0.018  # seconds of a joint
_PITCH = (0.8, 1.25)  # how far a voice may be moved
_PEAK = 0.98
_SILENCE = 1e-4
_GAP = 0.005  # seconds in which words fade where quiet is put beside them


@dataclass(frozen=True, eq=False)
class VoiceEdit:
    """The samples that take the place of [start, stop) of a recording, and how well they sit there.

    `spoken` is the stretch of the new sentence, in seconds, that the words were cut from; they are heard from
    sample `words_start` of the new recording on, `fit.length` samples long. `joints` are the samples at both
    ends in which the old sound passes into the new one and back. `room` is None where the echo was
    learned from the recording.
    """

    start: int
    stop: int
    samples: Mono
    fit: Fit
    room: RoomSettings | None
    measures: tuple[Measure, ...]
    spoken: tuple[float, float]
    words_start: int
    joints: tuple[int, int]
    warnings: tuple[str, ...] = ()


def apply(original: Mono, edit: VoiceEdit) -> Mono:
    """The recording with the edit in it; what lies outside is the original's own samples."""
    return np.concatenate([original[: edit.start], edit.samples, original[edit.stop :]])


def splice_voice(
    original: Mono,
    rate: int,
    slot: Slot,
    new: Spoken,
    new_words: range,
    *,
    like: Spoken | None = None,
    segment: Slot | None = None,
    room: RoomSettings | None = None,
    pauses: tuple[int, int] | None = None,
    quantum: int = 1,
    seed: int = 0,
) -> VoiceEdit:
    """Puts the words `new_words` of the sentence `new` in place of `slot`.

    `segment` is the sentence's place in the recording, `like` the sentence that stands there in the new
    voice; they make the match of colour, level and pitch surer, and are needed where no word stays.
    `pauses` are the samples of pause before and after the slot that may be used, as many as there are if not
    given; `quantum` is what a change of length is rounded to, in samples. `room` is the echo of the
    new words, the recording's own if not given. The same input and seed give the same samples. Raises
    `InputError` where the slot or the words are empty.
    """
    if not 0 <= slot.start < slot.stop <= len(original):
        raise InputError(
            f"the slot from {slot.start} to {slot.stop} is not in the recording of {len(original)} samples",
            remedy="find the slot in this recording",
        )
    cut = _cut(new, new_words)

    # 1. The voice says the whole sentence, so its other words can be compared with the recording's.
    heard = listen(original, rate, slot, new, cut, like, segment)
    warnings: list[str] = []
    if not heard.speaks(heard.model):
        warnings.append("nothing is spoken around the slot: the voice keeps its own colour, level and pitch")
    elif not heard.alike:
        warnings.append("no words of the sentence stay: colour, level and pitch are told from other words")
    if heard.speaks_above(new.rate / 2):
        warnings.append(f"the new voice ends at {new.rate / 2000:g} kHz, the recorded one is brighter")

    # 2. The length: stretched, then into the pauses, then by re-timing the picture.
    pause_before, pause_after = pauses or pauses_around(original, rate, slot)
    spoken = max(1, round(len(cut) * rate / new.rate))
    fit = plan_length(
        len(slot), spoken, rate, pause_before=pause_before, pause_after=pause_after, quantum=quantum
    )
    place = Slot(slot.start - max(fit.borrowed_before, 0), slot.stop + max(fit.borrowed_after, 0))

    # 3. The pitch of the neighbouring words; changed together with the length.
    wanted = pitch_ratios(heard)
    ratios = np.clip(wanted, *_PITCH)
    if not np.array_equal(wanted, ratios):
        off = max(wanted, key=lambda ratio: abs(np.log(ratio)))
        warnings.append(f"the voice's pitch would have to be changed by a factor of {off:.2f}")
    dry, at = _said(new, cut, fit, ratios, rate)

    # 4. The colour of the long-term spectrum, and 5. the echo of the room.
    echo, room = (response(room, rate, seed), room) if room else echo_around(heard, seed)
    wet = in_room(dry, heard.model, heard, echo)

    # 6. The level of the neighbouring words, which went the same way.
    beside = heard.beside(wet[:at], wet[at + fit.filled :])
    if not heard.speaks(beside):
        model = in_room(heard.model.spoken, heard.model, heard, echo)
        beside = Pair(heard.model.recorded, model)
    wet *= gain(beside, heard)

    # 7. The tone of the room, and 8. the joints at equal power, half of each outside of the place.
    half = round(_FADE * rate) // 2
    left, right = min(half, place.start), min(half, len(original) - place.stop)
    speech = np.pad(wet, (left, right))[at : at + left + fit.filled + right]
    tone = room_tone(heard.take, rate, len(speech), seed)
    peak = float(np.abs(speech + tone).max())
    if peak > _PEAK:
        speech *= max(0.0, _PEAK - float(np.abs(tone).max())) / float(np.abs(speech).max())
        warnings.append(f"the words were lowered by {20 * np.log10(peak / _PEAK):.1f} dB so as not to clip")
    start, stop = place.start - left, place.stop + right
    old = heard.take[start - heard.first : stop - heard.first]
    samples = np.clip(_joined(old, speech + tone, 2 * left, 2 * right), -1, 1)

    result = np.concatenate([heard.take[: start - heard.first], samples, heard.take[stop - heard.first :]])
    joint = place.start - heard.first
    figures = measures(result, rate, joint, joint + fit.filled)
    return VoiceEdit(
        start,
        stop,
        samples.astype(np.float32),
        fit,
        room,
        figures,
        (cut.start / new.rate, cut.stop / new.rate),
        place.start + fit.lead,
        (2 * left, 2 * right),
        tuple(warnings),
    )


def _cut(new: Spoken, words: range) -> Slot:
    """Where the words are in the new sentence, in its own samples."""
    spoken = [new.words[index] for index in words if 0 <= index < len(new.words)]
    spoken = [word for word in spoken if word.end > word.start]
    if not spoken:
        raise InputError(
            f"the new sentence {' '.join(word.text for word in new.words)!r} has no sound for the new words",
            remedy="give words that can be spoken",
        )
    cut = find_slot(new.samples, new.rate, spoken[0].start, spoken[-1].end, within=SPOKEN)
    if np.abs(new.samples[cut.start : cut.stop]).max() < _SILENCE:
        raise InputError(
            f"the new words {' '.join(word.text for word in spoken)!r} are silent",
            remedy="give words that can be spoken",
        )
    return cut


def _said(new: Spoken, cut: Slot, fit: Fit, ratios: Floats, rate: int) -> tuple[Floats, int]:
    """The words as they are to be said, the quiet and the words beside them; and where that quiet begins."""
    lead = min(cut.start, round(BESIDE * new.rate)) / new.rate
    trail = min(len(new.samples) - cut.stop, round(BESIDE * new.rate)) / new.rate
    begin, stop = cut.start - round(lead * new.rate), cut.stop + round(trail * new.rate)
    length = len(cut) / new.rate
    taken = np.cumsum([0.0, lead, length, trail])
    given = np.cumsum([0.0, lead, fit.length / rate, trail])
    voice = sound(new.samples[begin:stop], new.rate)
    pitch = track(voice, new.rate)
    ratio = np.interp(np.arange(len(pitch)) / HOPS, (lead, lead + length), ratios)
    voice = resample(
        revoice(voice, new.rate, taken=taken, given=given, ratio=ratio, pitch=pitch), new.rate, rate
    )
    at = round(lead * rate)
    before, words, after = voice[:at], voice[at : at + fit.length], voice[at + fit.length :]
    words = np.pad(words, (0, fit.length - len(words)))
    if fit.lead:
        before, words = _faded(before, 0, _GAP, rate), _faded(words, _GAP, 0, rate)
    if fit.trail:
        words, after = _faded(words, 0, _GAP, rate), _faded(after, _GAP, 0, rate)
    return np.concatenate([before, np.zeros(fit.lead), words, np.zeros(fit.trail), after]), at


def _faded(samples: Floats, rise: float, fall: float, rate: int) -> Floats:
    """The sound with a fade in and a fade out of these seconds."""
    gain = np.ones(len(samples))
    up, down = min(round(rise * rate), len(samples)), min(round(fall * rate), len(samples))
    gain[:up] *= np.sin(np.linspace(0, np.pi / 2, up)) ** 2
    gain[len(gain) - down :] *= np.cos(np.linspace(0, np.pi / 2, down)) ** 2
    return samples * gain


def _joined(old: Floats, new: Floats, rise: int, fall: int) -> Floats:
    """The new sound with its ends blended into the old one's at equal power."""
    joined = new.copy()
    rise, fall = (min(count, len(old), len(new)) for count in (rise, fall))
    up = np.sin(np.pi / 2 * (np.arange(rise) + 0.5) / max(rise, 1))
    joined[:rise] = new[:rise] * up + old[:rise] * up[::-1]
    down = np.sin(np.pi / 2 * (np.arange(fall) + 0.5) / max(fall, 1))[::-1]
    end = len(joined) - fall
    joined[end:] = joined[end:] * down + old[len(old) - fall :] * down[::-1]
    return joined
