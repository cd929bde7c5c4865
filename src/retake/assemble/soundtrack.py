"""The mix plan of a film: every sound on its samples, its volume as points, the music under it all. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import cast

from retake.assemble.ducking import DuckSettings
from retake.assemble.mix import MixPlan, PlacedSound, Role
from retake.assemble.player import Envelope
from retake.timeline.assets import Audio
from retake.timeline.film import SAMPLE_RATE, Film, Sound
from retake.timeline.motion import EASINGS, Animation
from retake.timeline.time import to_units

_EASED_STEPS = 16
_JOIN = 2 * SAMPLE_RATE
"""How long a looped music's end and its next beginning sound together."""


def mix_plan(film: Film, paths: Mapping[str, Path]) -> MixPlan | None:
    """What is heard, or None for a silent film."""
    sounds = [_placed(sound, film.samples, paths) for sound in film.sounds if sound.span.start < film.samples]
    duck = any(sound.role == "music" for sound in sounds)
    if film.soundtrack:
        track = film.soundtrack
        duck = duck or track.duck
        sounds.append(
            PlacedSound(
                paths[track.src],
                length=film.samples,
                role="music" if track.duck else "effects",
                volume=track.volume,
                fade_in=to_units(track.fade_in, SAMPLE_RATE),
                fade_out=to_units(track.fade_out, SAMPLE_RATE),
                loop=track.loop,
                overlap=_JOIN,
            )
        )
    if not sounds:
        return None
    return MixPlan(
        length=film.samples,
        rate=SAMPLE_RATE,
        sounds=tuple(sounds),
        duck=DuckSettings() if duck else None,
        loudness=film.output.loudness,
        true_peak=film.output.true_peak,
    )


def _placed(sound: Sound, samples: int, paths: Mapping[str, Path]) -> PlacedSound:
    clip = sound.clip
    return PlacedSound(
        paths[sound.src],
        start=sound.span.start,
        length=min(sound.span.end, samples) - sound.span.start,
        trim=sound.trim,
        role=cast(Role, sound.role),
        volume=_envelope(clip.volume),
        fade_in=to_units(clip.fade_in, SAMPLE_RATE),
        fade_out=to_units(clip.fade_out, SAMPLE_RATE),
        loop=clip.loop,
        # A video's sound must not slide against its picture, so only music of its own overlaps.
        overlap=_JOIN if sound.role == "music" and isinstance(clip.asset, Audio) else 0,
        speed=clip.speed,
    )


def _envelope(volume: float | Animation) -> Envelope:
    """Keyframes as points; an eased stretch becomes short straight ones."""
    if not isinstance(volume, Animation):
        return volume
    keys = volume.keyframes
    points = [(to_units(keys[0].at, SAMPLE_RATE), keys[0].value)]
    for here, there in pairwise(keys):
        steps = 1 if here.easing == "linear" else _EASED_STEPS
        for i in range(1, steps + 1):
            part = EASINGS[here.easing](i / steps) if i < steps else 1.0
            at = here.at + (there.at - here.at) * Fraction(i, steps)
            points.append((to_units(at, SAMPLE_RATE), here.value + (there.value - here.value) * part))
    return tuple(points)
