"""What a well-formed document can still get wrong."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from retake.timeline.document import Document
from retake.timeline.validate import problems_of

Raw = dict[str, JsonValue]
COLOR: Raw = {"type": "color", "color": "#fff"}


def _places(*clips: Raw, kind: str = "video") -> list[str]:
    raw = {"timeline": {"tracks": [{"kind": kind, "clips": [{"asset": COLOR, **clip} for clip in clips]}]}}
    return [problem.place.removeprefix("$.timeline.tracks[0].") for problem in problems_of(Document(**raw))]  # type: ignore[arg-type]


def test_a_sound_document_has_no_problem() -> None:
    assert not _places({"duration": 1}, {"start": 1, "duration": 2, "id": "a"})


def test_a_film_without_clips_is_told() -> None:
    assert _places() == ["$.timeline.tracks"]


@pytest.mark.parametrize(
    ("clip", "place"),
    [
        ({"opacity": 1.5}, "opacity"),
        ({"opacity": [{"at": 0, "value": 0}, {"at": 1, "value": -0.1}]}, "opacity"),
        ({"scale": -1}, "scale"),
        ({"scale": 1000}, "scale"),
        ({"volume": -1}, "volume"),
        ({"crop": {"left": 0.5, "right": 0.5}}, "crop"),
        ({"crop": {"top": -0.1}}, "crop"),
        ({"duration": 1, "transition": {"in": {"type": "fade", "duration": 2}}}, "transition.in"),
        ({"duration": 1, "transition": {"out": {"type": "fade", "duration": 2}}}, "transition.out"),
        ({"start": 3 * 3600, "duration": 1}, "duration"),
        ({"asset": {"type": "gradient", "colors": ["#000", "#fff"], "stops": [0]}}, "asset.stops"),
        ({"asset": {"type": "shape", "shape": "polygon", "points": [[0, 0]]}}, "asset.points"),
        ({"asset": {"type": "text", "text": "  "}}, "asset.text"),
    ],
)
def test_a_value_out_of_its_range_is_told(clip: Raw, place: str) -> None:
    assert _places(clip) == [f"clips[0].{place}"]


def test_an_empty_text_is_only_a_warning() -> None:
    document = Document.model_validate(
        {"timeline": {"tracks": [{"clips": [{"asset": {"type": "text", "text": ""}, "duration": 1}]}]}}
    )
    assert [problem.warning for problem in problems_of(document)] == [True]


def test_clips_of_a_track_may_overlap_only_for_a_transition() -> None:
    first: Raw = {"duration": 2}
    assert not _places(first, {"start": 2, "duration": 1})
    assert _places(first, {"start": 1.9, "duration": 1}) == ["clips[1].start"]
    dissolve: JsonValue = {"in": {"type": "dissolve", "duration": 0.5}}
    assert not _places(first, {"start": 1.5, "duration": 1, "transition": dissolve})
    assert _places(first, {"start": 1.4, "duration": 1, "transition": dissolve}) == ["clips[1].start"]


def test_overlaps_are_found_whatever_the_order_and_however_far_apart() -> None:
    assert _places({"start": 5, "duration": 1}, {"duration": 10}, {"start": 7, "duration": 1}) == [
        "clips[0].start",
        "clips[2].start",
    ]


def test_three_clips_may_not_meet_at_once() -> None:
    fade: JsonValue = {"in": {"type": "fade", "duration": 1}}
    places = _places(
        {"duration": 5},
        {"start": 4, "duration": 1, "transition": fade},
        {"start": 4.5, "duration": 2, "transition": fade},
    )
    assert places == ["clips[2].start"]


def test_clips_that_are_not_shown_overlap_nothing() -> None:
    assert not _places({"duration": 2}, {"duration": 2, "condition": False})


def test_sounds_may_overlap() -> None:
    sound: JsonValue = {"type": "audio", "src": "a.wav"}
    clips: list[Raw] = [{"asset": sound, "duration": 2}, {"asset": sound, "duration": 2}]
    assert not _places(*clips, kind="audio")
    assert not _places(*clips)


def test_an_id_stands_for_one_clip() -> None:
    assert _places({"id": "a", "duration": 1}, {"id": "a", "start": 1, "duration": 1}) == ["clips[1].id"]


def test_spoken_words_come_in_order() -> None:
    words: JsonValue = [
        {"text": "a", "start": 1, "end": 0.5},
        {"text": "b", "start": 0.2, "end": 0.6},
    ]
    asset: JsonValue = {"type": "captions", "cues": [{"words": words}]}
    assert _places({"asset": asset}) == [
        "clips[0].asset.cues[0].words[0].end",
        "clips[0].asset.cues[0].words[1].start",
    ]


def test_a_font_family_is_given_once() -> None:
    fonts = [{"family": "Lora", "src": "a.ttf"}, {"family": "lora", "src": "b.ttf"}]
    document = Document.model_validate(
        {"fonts": fonts, "timeline": {"tracks": [{"clips": [{"asset": COLOR, "duration": 1}]}]}}
    )
    assert [problem.place for problem in problems_of(document)] == ["$.fonts[1].family"]
