"""A film's one continuous mix, counted in samples and made in blocks: memory does not grow with the film.

Enters a `MixPlan`; leaves a `MixFile`, raw float32 stereo on disk that is read back in blocks. Each sound is
opened when the film reaches it and closed when it has been heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np

from retake.assemble.ducking import HOPS, Ducker, DuckSettings
from retake.assemble.loudness import (
    HOP,
    MAX_GAIN,
    TOLERANCE,
    Setting,
    Surveyor,
    applied,
    gain_curve,
    setting_for,
)
from retake.assemble.player import Envelope, Player
from retake.errors import HostError
from retake.media.filters import SILENCE, Loudness, LoudnessMeter, Samples

Role = Literal["narration", "music", "effects"]

ENCODER_MARGIN = 0.5  # dB by which AAC may raise a peak
_FULL_SCALE = -0.01  # dBTP
_PASSES = 3


@dataclass(frozen=True, slots=True)
class PlacedSound:
    """A sound on the film. All counts are samples at the plan's rate.

    `start` is where it begins on the film and `length` how long it is heard there (None: to its end, or with
    `loop` to the film's). The end of a loop and its next beginning sound together for `overlap`. `trim` is
    skipped in the source, before `speed` (pitch is kept). `volume` is a factor, or points (sample after
    `start`, factor) joined by straight lines. `fade_in` and `fade_out` are at least 5 ms, against clicks.
    """

    path: Path
    start: int = 0
    length: int | None = None
    trim: int = 0
    role: Role = "effects"
    volume: Envelope = 1.0
    fade_in: int = 0
    fade_out: int = 0
    loop: bool = False
    overlap: int = 0
    speed: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class MixPlan:
    """The sounds of a film of `length` samples. `duck` lowers music under narration; `loudness` is the
    integrated loudness to reach in LUFS, with true peaks at most `true_peak` dBTP after AAC. With None the
    mix stays as it is, and is only kept from clipping."""

    length: int
    rate: int = 48_000
    sounds: tuple[PlacedSound, ...] = ()
    duck: DuckSettings | None = None
    loudness: float | None = -14.0
    true_peak: float = -1.0


@dataclass(frozen=True, slots=True)
class MixFile:
    """A finished mix: raw float32 stereo at `path`, `length` samples. `before` and `after` are its measures
    before and after `gain` dB and the limiter, both silence where the plan asks for no loudness."""

    path: Path
    rate: int
    length: int
    before: Loudness
    after: Loudness
    gain: float

    def blocks(self, size: int = 48_000) -> Iterator[Samples]:
        """The samples (count, 2) in order, at most `size` at a time."""
        return _read(self.path, size)


def mix(plan: MixPlan, work: Path) -> MixFile:
    """Makes the mix in the folder `work`. Raises `MediaError` for a source, `HostError` for the disk."""
    draft, final = work / "mix.draft.f32", work / "mix.f32"
    block = _block(plan.rate)
    try:
        surveyor = Surveyor(plan.rate, closely=plan.loudness is not None)
        _write(draft, _measured(mixed(plan), surveyor))
        survey = surveyor.finish()
        if plan.loudness is None:
            setting = Setting(0.0, _FULL_SCALE)
        else:
            setting = setting_for(survey, plan.loudness, plan.true_peak - ENCODER_MARGIN)
        after = survey.loudness
        for _ in range(_PASSES):
            curve = gain_curve(survey.peaks, setting)
            if (curve == 1).all():
                draft.replace(final)
                break
            meter = LoudnessMeter(plan.rate)
            _write(final, _measured(applied(_read(draft, block), curve), meter))
            after = meter.finish()
            missed = 0.0 if plan.loudness is None else plan.loudness - after.integrated
            gain = min(setting.gain + missed, MAX_GAIN)
            if abs(missed) <= TOLERANCE or after.integrated <= SILENCE or gain == setting.gain:
                break
            setting = replace(setting, gain=gain)
        draft.unlink(missing_ok=True)
    except OSError as error:
        remedy = "free some space or choose another folder"
        raise HostError(f"cannot write the mix: {error}", place=str(work), remedy=remedy) from error
    return MixFile(final, plan.rate, plan.length, survey.loudness, after, setting.gain)


def mixed(plan: MixPlan, seconds: int = 1) -> Iterator[Samples]:
    """The mix before its loudness is set, in blocks of whole seconds. Raises `MediaError`."""
    block = _block(plan.rate) * seconds
    narration = _bus(plan, ("narration",), block)
    music, effects = _bus(plan, ("music",), block), _bus(plan, ("effects",), block)
    ducker = Ducker(plan.duck, plan.rate) if plan.duck else None
    start, said = 0, _heard(narration, ducker)
    while said is not None:
        following = _heard(narration, ducker)
        under = next(music)
        if ducker:
            under *= ducker.gain(start, len(under))[:, None]
        yield said + under + next(effects)
        start, said = start + len(said), following


def _block(rate: int) -> int:
    """About a second, in whole hops of the ducker and the limiter."""
    hops = int(np.lcm(rate // HOPS, HOP))
    return max(rate // hops, 1) * hops


def _heard(narration: Iterator[Samples], ducker: Ducker | None) -> Samples | None:
    block = next(narration, None)
    if ducker and block is not None:
        ducker.hear(block)
    return block


def _bus(plan: MixPlan, roles: tuple[Role, ...], block: int) -> Iterator[Samples]:
    """The sum of the sounds in these roles, in blocks over the whole film."""
    waiting = sorted((s for s in plan.sounds if s.role in roles), key=lambda s: (s.start, str(s.path)))
    playing: list[tuple[PlacedSound, Player]] = []
    for at in range(0, plan.length, block):
        out = np.zeros((min(block, plan.length - at), 2), np.float32)
        while waiting and waiting[0].start < at + len(out):
            playing.append((waiting[0], _player(waiting[0], plan)))
            waiting.pop(0)
        for sound, player in playing:
            begin = max(sound.start - at, 0)
            samples = player.take(len(out) - begin)
            out[begin : begin + len(samples)] += samples
        playing = [(sound, player) for sound, player in playing if not player.ended]
        yield out


def _player(sound: PlacedSound, plan: MixPlan) -> Player:
    room = plan.length - sound.start
    return Player(
        sound.path,
        plan.rate,
        length=room if sound.length is None and sound.loop else sound.length,
        trim=sound.trim,
        volume=sound.volume,
        fade_in=sound.fade_in,
        fade_out=sound.fade_out,
        loop=sound.loop,
        overlap=sound.overlap,
        speed=sound.speed,
    )


def _measured(blocks: Iterable[Samples], meter: Surveyor | LoudnessMeter) -> Iterator[Samples]:
    for block in blocks:
        meter.add(block)
        yield block


def _write(path: Path, blocks: Iterable[Samples]) -> None:
    with path.open("wb") as file:
        for block in blocks:
            file.write(np.ascontiguousarray(block, "<f4").tobytes())


def _read(path: Path, size: int) -> Iterator[Samples]:
    with path.open("rb") as file:
        while data := file.read(size * 8):
            yield np.frombuffer(data, "<f4").reshape(-1, 2).astype(np.float32, copy=False)
