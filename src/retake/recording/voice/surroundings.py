"""What the words around a slot tell: the recording and the new voice say the same there.

Enters: the recording, the slot, the new sentence and where its new words are. Leaves: by how much the voice's
pitch, colour and level differ from the recording's, and which room the recording was made in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from retake.recording.voice.measure import distance, speech_level
from retake.recording.voice.pitch import median, track
from retake.recording.voice.room import (
    RoomSettings,
    nearest_room,
    noise_power,
    reverberated,
    room_tone,
)
from retake.recording.voice.slot import Slot
from retake.recording.voice.spectrum import filtered, matching_filter, speech_power
from retake.recording.voice.speech import Floats, Mono, Spoken, resample, sound

AROUND = 6.0  # seconds of the recording on both sides that are listened to
BESIDE = 1.2  # seconds of neighbouring words that give level, pitch and echo
_COARSE = 16_000
_MOST = 10 ** (24 / 20)  # the largest gain


class Pair(NamedTuple):
    """The same words twice, at the recording's rate: as recorded, and in the new voice."""

    recorded: Floats
    spoken: Floats


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The recording around a slot: `take` begins at its sample `first`. `before` and `after` are the words
    beside the slot, `model` those that colour and echo are told from; `alike` says whether the model's words
    are the same. The `noise` is a power spectrum, `hiss` its power."""

    rate: int
    first: int
    take: Floats
    before: Pair
    after: Pair
    model: Pair
    alike: bool
    noise: Floats
    hiss: float

    def speaks(self, pair: Pair) -> bool:
        """Whether both sounds of a pair hold words that stand out of the noise."""
        return min(map(len, pair)) > 0.2 * self.rate and (
            speech_level(pair.recorded, self.rate) > max(4 * self.hiss, 1e-7)
            and speech_level(pair.spoken, self.rate) > 1e-7
        )

    def beside(self, spoken_before: Floats, spoken_after: Floats) -> Pair:
        """The words beside the slot as spoken, with as much of the recorded ones."""
        recorded = self.before.recorded
        return Pair(
            np.concatenate(
                [
                    recorded[max(0, len(recorded) - len(spoken_before)) :],
                    self.after.recorded[: len(spoken_after)],
                ]
            ),
            np.concatenate([spoken_before, spoken_after]),
        )

    def speaks_above(self, hertz: float) -> bool:
        """Whether the recorded voice stands out of the noise above this frequency."""
        first = round(1.1 * hertz / (self.rate / 2) * (len(self.noise) - 1))
        if first >= len(self.noise) - 1 or not len(self.model.recorded):
            return False
        voice = speech_power(self.model.recorded, self.rate)[first:].mean()
        return bool(voice > 10 * self.noise[first:].mean() + 1e-9)


def listen(
    original: Mono, rate: int, slot: Slot, new: Spoken, cut: Slot, like: Spoken | None, segment: Slot | None
) -> Surroundings:
    """Finds the words to compare. Without a `segment`, the sentence is as long as the new voice says it."""
    first = max(0, slot.start - round(AROUND * rate))
    take = sound(original[first : slot.stop + round(AROUND * rate)], rate)
    start, stop = slot.start - first, slot.stop - first
    voice, reach = sound(new.samples, new.rate), round(AROUND * new.rate)
    said_before = resample(voice[max(0, cut.start - reach) : cut.start], new.rate, rate)
    said_after = resample(voice[cut.stop : cut.stop + reach], new.rate, rate)
    begin = max(0, segment.start - first if segment else start - len(said_before))
    end = max(stop, segment.stop - first if segment else stop + len(said_after))
    before, after = Pair(take[begin:start], said_before), Pair(take[stop:end], said_after)
    tone = room_tone(take, rate, rate, 0)
    heard = Surroundings(
        rate, first, take, before, after, before, True, noise_power(take, rate), float(np.square(tone).mean())
    )
    beside = Pair(*(np.concatenate(parts) for parts in zip(before, after, strict=True)))
    models = [beside]
    if like is not None and segment is not None:
        models = [Pair(take[begin:end], resample(sound(like.samples, like.rate), like.rate, rate)), beside]
    for model in models:
        if heard.speaks(model):
            return replace(heard, model=model)
    other = Pair(take, resample(voice, new.rate, rate))
    return replace(heard, model=other, alike=False)


def pitch_ratios(heard: Surroundings) -> tuple[float, float]:
    """By what the voice's pitch is to be multiplied where the words begin and where they end."""
    beside = round(BESIDE * heard.rate)
    (recorded_before, spoken_before), (recorded_after, spoken_after) = heard.before, heard.after
    left = _pitch_ratio(Pair(recorded_before[-beside:], spoken_before[-beside:]), heard)
    right = _pitch_ratio(Pair(recorded_after[:beside], spoken_after[:beside]), heard)
    left, right = left or right, right or left
    if left and right:
        return left, right
    ratio = _pitch_ratio(heard.model, heard) or 1.0
    return ratio, ratio


def _pitch_ratio(pair: Pair, heard: Surroundings) -> float | None:
    """The ratio of the median pitches; None where either voice has no pitch."""
    if not heard.speaks(pair):
        return None
    ratio = median(track(pair.recorded, heard.rate)) / median(track(pair.spoken, heard.rate))
    return ratio if np.isfinite(ratio) else None


def room_around(heard: Surroundings, seed: int) -> RoomSettings:
    """The room in which the voice sounds most like the recording; an ordinary one if no words are alike."""
    if not heard.alike:
        return RoomSettings()
    count = round(BESIDE * heard.rate)
    words = heard.beside(heard.before.spoken[-count:], heard.after.spoken[:count])
    words = words if heard.speaks(words) else heard.model
    # What tells an echo is heard below 8 kHz, at a third of the cost.
    rate = min(heard.rate, _COARSE)
    words = Pair(*(resample(samples, heard.rate, rate) for samples in words))
    take = resample(heard.take, heard.rate, rate)
    coarse = replace(heard, rate=rate, noise=noise_power(take, rate))
    tone = room_tone(take, rate, len(words.spoken), seed)

    def unlike(room: RoomSettings) -> float:
        wet = in_room(words.spoken, words, coarse, room, seed)
        wet *= gain(Pair(words.recorded, wet), coarse)
        return distance(words.recorded, wet + tone, rate)

    return nearest_room(unlike)


def in_room(samples: Floats, model: Pair, heard: Surroundings, room: RoomSettings, seed: int) -> Floats:
    """The voice with the room's echo, and with the colour that makes the model's voice the recorded one."""
    echoing = reverberated(samples, heard.rate, room, seed)
    if not heard.speaks(model):
        return echoing
    spoken = reverberated(model.spoken, heard.rate, room, seed)
    wanted, given = (speech_power(words, heard.rate) for words in (model.recorded, spoken))
    return filtered(echoing, matching_filter(wanted, given, heard.noise, heard.rate))


def gain(pair: Pair, heard: Surroundings) -> float:
    """What makes the spoken words as loud as the recorded ones without their noise; 1 if there are none."""
    if not heard.speaks(pair):
        return 1.0
    wanted = max(speech_level(pair.recorded, heard.rate) - heard.hiss, 1e-9)
    return float(np.clip(np.sqrt(wanted / speech_level(pair.spoken, heard.rate)), 1 / _MOST, _MOST))
