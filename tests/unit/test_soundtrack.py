"""The mix plan of a film."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from retake.assemble.mix import MixPlan, PlacedSound
from retake.assemble.soundtrack import mix_plan
from retake.timeline.document import Document
from retake.timeline.film import Length, lay_out

PATHS = {"a.wav": Path("/media/a.wav"), "music.wav": Path("/media/music.wav")}
LENGTHS = {"a.wav": Length(None, True), "music.wav": Length(None, True)}
RED = {"asset": {"type": "color", "color": "#c00"}, "duration": 4}


def plan(*clips: dict[str, Any], role: str = "effects", **document: Any) -> MixPlan | None:
    sounds = [{"asset": {"type": "audio", "src": "a.wav"}, "duration": 1, **clip} for clip in clips]
    tracks = [{"clips": [RED]}, {"kind": "audio", "role": role, "clips": sounds}]
    film = lay_out(Document.model_validate({"timeline": {"tracks": tracks}, **document}), LENGTHS)
    return mix_plan(film, PATHS)


def one(**clip: Any) -> PlacedSound:
    found = plan(clip)
    assert found is not None
    (sound,) = found.sounds
    return sound


def test_a_film_without_sounds_has_no_plan() -> None:
    assert plan() is None


def test_times_become_samples() -> None:
    sound = one(start=1.5, duration=2, trim=0.25, fade_in=0.1, fade_out=0.2)
    assert (sound.start, sound.length, sound.trim) == (72_000, 96_000, 12_000)
    assert (sound.fade_in, sound.fade_out) == (4_800, 9_600)


def test_a_sound_ends_with_the_film_and_one_after_it_is_not_heard() -> None:
    music = {"asset": {"type": "audio", "src": "a.wav"}, "start": 3}
    found = plan(music)
    assert found is not None
    assert found.sounds[0].start + (found.sounds[0].length or 0) == found.length == 4 * 48_000


def test_keyframes_of_the_volume_become_points() -> None:
    sound = one(volume=[{"at": 0, "value": 1}, {"at": 1, "value": 0}])
    assert sound.volume == ((0, 1.0), (48_000, 0.0))


def test_an_eased_stretch_becomes_short_straight_ones_between_the_same_ends() -> None:
    eased = one(volume=[{"at": 0, "value": 0, "easing": "sine_in_out"}, {"at": 1, "value": 1}]).volume
    assert isinstance(eased, tuple)
    assert (eased[0], eased[-1]) == ((0, 0.0), (48_000, 1.0))
    assert len(eased) > 8
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(eased))


def test_the_soundtrack_lies_under_the_whole_film_and_is_ducked() -> None:
    found = plan({}, role="narration", soundtrack={"src": "music.wav", "volume": 0.4})
    assert found is not None
    assert found.duck is not None
    assert [(s.role, s.start, s.length, s.volume) for s in found.sounds[1:]] == [
        ("music", 0, found.length, 0.4)
    ]


def test_music_that_is_looped_overlaps_itself_and_a_looped_sound_does_not() -> None:
    track = plan({}, soundtrack={"src": "music.wav"})
    music = plan({"loop": True}, role="music")
    sound = plan({"loop": True})
    assert track and music and sound
    assert [found.sounds[-1].overlap > 0 for found in (track, music, sound)] == [True, True, False]


def test_a_soundtrack_that_is_not_ducked_ducks_nothing() -> None:
    found = plan(soundtrack={"src": "music.wav", "duck": False})
    assert found is not None
    assert found.duck is None


def test_a_track_of_music_is_ducked_too() -> None:
    found = plan({}, role="music")
    assert found is not None
    assert found.duck is not None


def test_loudness_and_peak_are_the_outputs_own() -> None:
    found = plan({}, output={"loudness": -20, "true_peak": -3})
    assert found is not None
    assert (found.loudness, found.true_peak) == (-20, -3)
