"""Where to cut: at the quietest moment near a word's edge, and there where the wave crosses zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from retake.errors import InputError
from retake.recording.voice.speech import Floats, Mono, sound

SPOKEN, ALIGNED, HEARD = 0.03, 0.05, 0.25  # seconds to look around a word's edge: known, aligned, or guessed
_QUIET, _PAUSE = 0.25, 0.5  # of the way from the floor to the voice; a pause may hold an echo
_MARGIN = 0.015  # seconds of a pause that stay with the word
_AROUND = 2.0  # seconds on both sides that tell what is quiet here
_TILT = 12.0  # dB that an edge must win to be moved as far as allowed
_CROSSING = 0.003
_SHORTEST = 0.01
_SHORTEST_PAUSE, _ECHO = 0.05, 0.12
_RISE = 6.0  # dB by which an echo may rise while it decays


@dataclass(frozen=True, slots=True)
class Slot:
    """A half-open stretch of a recording, in samples."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def find_slot(samples: Mono, rate: int, start: float, end: float, *, within: float = ALIGNED) -> Slot:
    """The stretch to replace, its edges in seconds moved by at most `within` to where a cut is not heard.

    An edge that falls into a pause goes on to the word, so that the pause stays as it was. Use `ALIGNED`
    where the times come from `align`, `HEARD` where somebody gave them by ear. Raises `InputError` where the
    stretch lies outside the recording or holds nothing.
    """
    first = max(0, round((start - _AROUND) * rate))
    near = sound(samples[first : max(first, round((end + _AROUND) * rate))], rate)
    seconds = len(samples) / rate
    if not 0 <= start < end or start >= seconds:
        raise InputError(
            f"the segment from {start:g} s to {end:g} s lies outside the recording of {seconds:.2f} s",
            remedy="give times inside the recording, the end after the start",
        )
    begin, stop = round(start * rate) - first, min(round(end * rate) - first, len(near))
    shortest = round(_SHORTEST * rate)
    if stop - begin < shortest:
        raise InputError(
            f"the segment from {start:g} s to {end:g} s is shorter than any word",
            remedy="check the segment's times",
        )
    reach = min(round(within * rate), (stop - begin) // 2)
    left = _edge(near, rate, begin, reach)
    right = len(near) - _edge(near[::-1], rate, len(near) - stop, reach)
    if right - left < shortest:  # no word in it to go to: a pause is replaced as it was given
        left, right = begin, stop
    return Slot(first + left, first + right)


def _edge(near: Floats, rate: int, at: int, reach: int) -> int:
    """Where a stretch begins whose beginning is thought to be `at`; sound given backwards tells its end."""
    level = _level(near, rate)
    threshold = _threshold(level, _QUIET)
    low, high = max(at - reach, 0), min(at + reach, len(near) - 1)
    broad = np.maximum(uniform_filter1d(level, max(1, reach // 5), mode="nearest"), threshold)
    tilt = _TILT * np.square((np.arange(low, high + 1) - at) / max(reach, 1))
    edge = low + int((broad[low : high + 1] + tilt).argmin())
    loud = level[edge:] >= threshold
    if loud.any() and not loud[0]:
        edge = max(edge, edge + int(loud.argmax()) - round(_MARGIN * rate))
    return _crossing(near, edge, round(_CROSSING * rate))


def _crossing(near: Floats, at: int, reach: int) -> int:
    """The nearest sample after which the wave changes its sign, or `at` where it does not."""
    low = max(at - reach, 0)
    signs = np.signbit(near[low : at + reach + 1])
    crossings = low + 1 + np.flatnonzero(signs[1:] != signs[:-1])
    return int(crossings[np.abs(crossings - at).argmin()]) if len(crossings) else at


def _level(near: Floats, rate: int) -> Floats:
    """The level around each sample in dB, over 10 ms."""
    return 10 * np.log10(uniform_filter1d(np.square(near), max(1, rate // 100), mode="nearest") + 1e-12)


def _threshold(level: Floats, part: float) -> float:
    """What is quiet here: this part of the way up from the floor to the voice."""
    floor, voice = np.percentile(level, (5, 95))
    floor = max(floor, voice - 60)
    return float(floor + max(6.0, part * (voice - floor)))


def pauses_around(samples: Mono, rate: int, slot: Slot) -> tuple[int, int]:
    """How many samples of pause lie right before and right after the slot.

    The pause after it may begin with the slot's own echo. Shorter than 50 ms is no pause but part of a word.
    """
    first = max(0, slot.start - round(_AROUND * rate))
    near = sound(samples[first : slot.stop + round(_AROUND * rate)], rate)
    level = _level(near, rate)
    threshold = _threshold(level, _PAUSE)
    before, after = level[: slot.start - first][::-1], level[slot.stop - first :]
    decay = _decay(after[: round(_ECHO * rate)], threshold)
    left, right = _quiet(before, threshold), _quiet(after[decay:], threshold)
    least = round(_SHORTEST_PAUSE * rate)
    return left if left >= least else 0, decay + right if right >= least else 0


def _decay(level: Floats, threshold: float) -> int:
    """How many samples of echo come before it is quiet; 0 where it is not, or where a voice rises first."""
    quiet = level < threshold
    count = int(quiet.argmax()) if quiet.any() else 0
    falling = level[:count] - np.minimum.accumulate(level[:count]) < _RISE
    return count if falling.all() else 0


def _quiet(level: Floats, threshold: float) -> int:
    """The samples until the voice is heard."""
    loud = level >= threshold
    return int(loud.argmax()) if loud.any() else len(loud)
