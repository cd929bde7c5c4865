"""A document laid out: every clip on its exact frames, every sound on its samples."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import JsonValue

from retake.errors import DocumentError
from retake.timeline.document import Document
from retake.timeline.film import Film, Length, Shot, lay_out, sources
from retake.timeline.time import Span

Raw = dict[str, JsonValue]
COLOR: Raw = {"type": "color", "color": "#fff"}
VIDEO: Raw = {"type": "video", "src": "v.mp4"}
SOUND: Raw = {"type": "audio", "src": "a.wav"}
LENGTHS = {"v.mp4": Length(Fraction(10), sound=True), "a.wav": Length(Fraction(4), sound=True)}


def _film(*tracks: list[Raw], fps: JsonValue = 30, markers: JsonValue = ()) -> Film:
    raw = {
        "output": {"fps": fps, "size": [64, 64]},
        "timeline": {
            "markers": markers,
            "tracks": [{"clips": [{"asset": COLOR, **clip} for clip in clips]} for clips in tracks],
        },
    }
    return lay_out(Document.model_validate(raw), LENGTHS)


def _shots(*clips: Raw, fps: JsonValue = 30) -> tuple[Shot, ...]:
    return _film(list(clips), fps=fps).layers[0]


def _spans(*clips: Raw, fps: JsonValue = 30) -> list[tuple[int, int]]:
    return [(shot.span.start, shot.span.end) for shot in _shots(*clips, fps=fps)]


def test_clips_side_by_side_leave_no_frame_out_and_share_none() -> None:
    thirds: list[Raw] = [{"start": f"{n}/3", "duration": "1/3"} for n in range(30)]
    spans = _spans(*thirds, fps=29.97)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert spans[0][0] == 0
    assert spans[-1][1] == 300


def test_a_gap_shows_the_background() -> None:
    assert _spans({"duration": 1}, {"start": 2, "duration": 1}) == [(0, 30), (60, 90)]


def test_clips_are_ordered_by_their_time() -> None:
    assert _spans({"start": 1, "duration": 1}, {"duration": 1}) == [(0, 30), (30, 60)]


def test_a_still_without_duration_lasts_as_long_as_the_film() -> None:
    film = _film([{}], [{"start": 1, "duration": 2}])
    assert film.length == 90
    assert film.layers[0][0].span == Span(0, 90)


def test_a_video_without_duration_lasts_as_long_as_what_is_left_of_it() -> None:
    assert _spans({"asset": VIDEO}) == [(0, 300)]
    assert _spans({"asset": VIDEO, "trim": 4, "start": 1}) == [(30, 210)]
    assert _spans({"asset": VIDEO, "trim": 4, "speed": 2}) == [(0, 90)]
    assert _spans({"asset": VIDEO, "speed": 0.5}) == [(0, 600)]


def test_a_video_of_which_nothing_is_left_is_told() -> None:
    with pytest.raises(DocumentError) as caught:
        _film([{"asset": VIDEO, "trim": 10}])
    assert caught.value.problems[0].place == "$.timeline.tracks[0].clips[0].trim"


def test_a_film_that_no_clip_gives_a_length_is_told() -> None:
    with pytest.raises(DocumentError, match="1 problem"):
        _film([{}])


def test_captions_last_a_little_longer_than_their_words() -> None:
    asset: JsonValue = {"type": "captions", "cues": [{"words": [{"text": "a", "start": 0, "end": 1}]}]}
    assert _spans({"asset": asset}) == [(0, 45)]


def test_a_clip_that_is_not_shown_leaves_the_others_their_places() -> None:
    shots = _shots({"duration": 1, "condition": "no"}, {"start": 1, "duration": 1})
    assert [shot.place for shot in shots] == ["$.timeline.tracks[0].clips[1]"]


def test_a_clip_shorter_than_half_a_frame_shows_nothing() -> None:
    assert _spans({"duration": 1}, {"start": 1, "duration": 0.01}) == [(0, 30)]


def test_an_overlap_with_a_transition_is_shared_by_both() -> None:
    before, after = _shots(
        {"duration": 2, "transition": {"out": "fade"}},
        {"start": 1.5, "duration": 2, "transition": {"in": "dissolve"}},
    )
    assert after.crossing
    assert after.enter == before.leave == Span(45, 60)
    assert before.yields
    assert not before.crossing


def test_an_entrance_alone_lasts_as_long_as_its_transition() -> None:
    (shot,) = _shots({"duration": 2, "transition": {"in": "fade", "out": {"type": "fade", "duration": 1}}})
    assert not shot.crossing
    assert (shot.enter, shot.leave) == (Span(0, 15), Span(30, 60))


def test_a_crossing_is_never_longer_than_its_transition() -> None:
    shots = _shots({"asset": VIDEO}, {"start": 3, "duration": 4, "transition": {"in": "dissolve"}})
    assert shots[1].enter == Span(90, 105)


def test_a_clip_that_shows_nothing_takes_part_in_no_crossing() -> None:
    before, after = _shots(
        {"duration": 1},
        {"start": 1, "duration": 0.01, "transition": {"in": "fade"}},
        {"start": 1, "duration": 1, "transition": {"in": "fade"}},
    )
    assert not before.yields
    assert not after.crossing
    assert after.enter == Span(30, 45)


def test_sounds_lie_on_samples() -> None:
    film = _film([{"duration": 5}], [{"asset": SOUND, "start": 0.5, "trim": 1}], fps=29.97)
    (sound,) = film.sounds
    assert (sound.span, sound.trim) == (Span(24_000, 168_000), 48_000)
    assert not film.layers[1:]
    assert film.samples == round(film.length * 1001 / 30000 * 48_000)


def test_markers_become_scenes_within_the_film() -> None:
    film = _film(
        [{"duration": 2}],
        markers=[
            {"name": "one", "duration": 1},
            {"name": "two", "start": 1, "duration": 9},
            {"name": "late", "start": 5, "duration": 1},
        ],
    )
    assert [(scene.name, scene.span) for scene in film.scenes] == [
        ("one", Span(0, 30)),
        ("two", Span(30, 60)),
    ]


def test_every_file_is_named_with_its_place() -> None:
    raw = {
        "fonts": [{"family": "F", "src": "f.ttf"}],
        "soundtrack": {"src": "m.mp3"},
        "timeline": {
            "tracks": [
                {
                    "clips": [
                        {"asset": VIDEO, "mask": {"shape": "image", "src": "k.png"}},
                        {"asset": {"type": "layers", "planes": [{"src": "p.png"}]}},
                    ]
                }
            ]
        },
    }
    assert sources(Document.model_validate(raw)) == (
        ("$.fonts[0].src", "f.ttf"),
        ("$.timeline.tracks[0].clips[0].asset.src", "v.mp4"),
        ("$.timeline.tracks[0].clips[0].mask.src", "k.png"),
        ("$.timeline.tracks[0].clips[1].asset.planes[0].src", "p.png"),
        ("$.soundtrack.src", "m.mp3"),
    )
