"""What the words around a slot tell: the recording and the new voice say the same there.

Enters: the recording, the slot, the new sentence and where its new words are. Leaves: by how much the voice's
pitch, colour and level differ from the recording's, and which room the recording was made in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from retake.recording.voice.echo import at_level, learned
from retake.recording.voice.features import cepstra
from retake.recording.voice.measure import distance, speech_level
from retake.recording.voice.pitch import median, track
from retake.recording.voice.room import ROOMS, RoomSettings, nearest, noise_power, response, room_tone
from retake.recording.voice.slot import Slot
from retake.recording.voice.spectrum import filtered, matching_filter, speech_power
from retake.recording.voice.speech import Floats, Mono, Spoken, resample, sound
from retake.recording.voice.warp import OUTSIDE, cosine, warp

AROUND = 6.0  # seconds of the recording on both sides that are listened to
BESIDE = 1.2  # seconds of neighbouring words that give level, pitch and echo
_COARSE = 16_000
_LEARNED_FROM = 3.0  # seconds of speech
_SLOWEST = 1.33  # times as long as the new voice the recorded one may take for the same words
_LEVELS = (0.0, 0.5, 1.0, 1.4)  # of a learned echo
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

    def spoken(self) -> float:
        """For how many seconds the recording stands out of its noise."""
        hop = self.rate // 100
        level = np.square(self.take[: len(self.take) // hop * hop]).reshape(-1, hop).mean(axis=1)
        return float((level > max(4 * self.hiss, 1e-7)).sum() * hop / self.rate)

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
    beside, slower = round(BESIDE * heard.rate), round(BESIDE * _SLOWEST * heard.rate)
    (recorded_before, spoken_before), (recorded_after, spoken_after) = heard.before, heard.after
    left = _pitch_ratio(Pair(recorded_before[-slower:], spoken_before[-beside:]), heard)
    right = _pitch_ratio(Pair(recorded_after[:slower], spoken_after[:beside]), heard)
    left, right = left or right, right or left
    if left and right:
        return left, right
    ratio = _pitch_ratio(heard.model, heard) or 1.0
    return ratio, ratio


def _pitch_ratio(pair: Pair, heard: Surroundings) -> float | None:
    """The median ratio of both pitches in the same moments of the same words, or else that of their medians;
    None where either voice has no pitch."""
    if not heard.speaks(pair):
        return None
    recorded, spoken = (track(samples, heard.rate) for samples in pair)
    ratio = median(recorded) / median(spoken)
    if heard.alike:
        (said, _), (known, _) = (cepstra(samples, heard.rate) for samples in pair)
        path = warp(cosine(known[: len(spoken)], said[: len(recorded)]), open_ends=OUTSIDE)
        moments = median(recorded[path[:, 1]] / spoken[path[:, 0]])
        ratio = moments if np.isfinite(moments) else ratio
    return ratio if np.isfinite(ratio) else None


def echo_around(heard: Surroundings, seed: int) -> tuple[Floats, RoomSettings | None]:
    """The impulse response with which the voice sounds most like the recording.

    It is learned from the recording, and as strong as makes the known words most like the recorded ones.
    Where too little is spoken to learn from, it is the nearest of `ROOMS`, which is then given too.
    """
    if heard.spoken() < _LEARNED_FROM:
        if not heard.alike:
            return response(RoomSettings(), heard.rate, seed), RoomSettings()
        unlike = _unlikeness(heard, seed)
        room = nearest(ROOMS, lambda room: unlike(response(room, _coarse(heard.rate), seed)))
        return response(room, heard.rate, seed), room
    echo = learned(heard.take, heard.rate)
    if heard.alike:
        unlike = _unlikeness(heard, seed)
        coarse = resample(echo, heard.rate, _coarse(heard.rate)) * heard.rate / _coarse(heard.rate)
        coarse[0] = 1
        echo = at_level(echo, nearest(_LEVELS, lambda level: unlike(at_level(coarse, level))))
    return echo, None


def _coarse(rate: int) -> int:
    """The rate at which echoes are compared: they are heard below 8 kHz, at a third of the cost."""
    return min(rate, _COARSE)


def _unlikeness(heard: Surroundings, seed: int) -> Callable[[Floats], float]:
    """A function from an impulse response at the coarse rate to how unlike the known words are with it."""
    count = round(BESIDE * heard.rate)
    words = heard.beside(heard.before.spoken[-count:], heard.after.spoken[:count])
    words = words if heard.speaks(words) else heard.model
    rate = _coarse(heard.rate)
    words = Pair(*(resample(samples, heard.rate, rate) for samples in words))
    take = resample(heard.take, heard.rate, rate)
    coarse = replace(heard, rate=rate, noise=noise_power(take, rate))
    tone = room_tone(take, rate, len(words.spoken), seed)

    def unlike(echo: Floats) -> float:
        wet = in_room(words.spoken, words, coarse, echo)
        wet *= gain(Pair(words.recorded, wet), coarse)
        return distance(words.recorded, wet + tone, rate)

    return unlike


def in_room(samples: Floats, model: Pair, heard: Surroundings, echo: Floats) -> Floats:
    """The voice with the echo, and with the colour that makes the model's voice the recorded one."""
    echoing = filtered(samples, echo)
    if not heard.speaks(model):
        return echoing
    spoken = filtered(model.spoken, echo)
    wanted, given = (speech_power(words, heard.rate) for words in (model.recorded, spoken))
    return filtered(echoing, matching_filter(wanted, given, heard.noise, heard.rate))


def gain(pair: Pair, heard: Surroundings) -> float:
    """What makes the spoken words as loud as the recorded ones without their noise; 1 if there are none."""
    if not heard.speaks(pair):
        return 1.0
    wanted = max(speech_level(pair.recorded, heard.rate) - heard.hiss, 1e-9)
    return float(np.clip(np.sqrt(wanted / speech_level(pair.spoken, heard.rate)), 1 / _MOST, _MOST))
