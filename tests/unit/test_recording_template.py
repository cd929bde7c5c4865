"""A recording template is accepted as it has always been written, and its rows are filled in safely."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from retake.errors import DocumentError
from retake.recipes.recording.binding import bind_row, needed_fields
from retake.recipes.recording.reading import problems_within, read_template
from retake.recipes.recording.template import RecordingTemplate

AS_SPECIFIED = {
    "id": "demo_v1",
    "name": "Product Demo",
    "base_video_path": "gs://bucket/videos/base.mp4",
    "voice_id": "elevenlabs-voice-id",
    "voice_segments": [
        {"id": "greeting", "start_time": 2.0, "end_time": 5.5, "template_text": "Hello {client_name}!"}
    ],
    "visual_segments": [
        {
            "id": "logo",
            "segment_type": "image",
            "start_time": 0.0,
            "end_time": 30.0,
            "x": 0.85,
            "y": 0.05,
            "width": 0.1,
            "height": 0.08,
            "placeholder_key": "logo",
        }
    ],
}


def _template(**changes: Any) -> RecordingTemplate:
    return read_template(json.dumps({**AS_SPECIFIED, **changes}))


def _voice(**changes: Any) -> dict[str, Any]:
    return {**AS_SPECIFIED["voice_segments"][0], **changes}  # type: ignore[dict-item]


def _visual(**changes: Any) -> dict[str, Any]:
    return {**AS_SPECIFIED["visual_segments"][0], **changes}  # type: ignore[dict-item]


def _places(caught: pytest.ExceptionInfo[DocumentError]) -> list[str]:
    return [problem.place for problem in caught.value.problems]


def test_the_template_of_the_specification_is_accepted_as_it_stands() -> None:
    template = _template()
    assert template.voice_segments[0].start_time == Fraction(2)
    assert template.visual_segments[0].box == (0.85, 0.05, 0.1, 0.08)
    assert needed_fields(template) == ("client_name", "logo")


def test_a_template_survives_being_written_and_read() -> None:
    template = _template(transcript="Hello Maria!", placeholders={"client_name": {"default": "there"}})
    assert read_template(template.model_dump_json()) == template


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"voice_segments": [_voice(end_time=2.0)]}, "$.voice_segments[0].end_time"),
        ({"voice_segments": [_voice(start_time=-1)]}, "$.voice_segments[0].start_time"),
        ({"voice_segments": [_voice(), _voice(id="b", start_time=5, end_time=6)]}, "$.voice_segments[1]"),
        ({"visual_segments": [_visual(id="greeting")]}, "$.visual_segments[0].id"),
        ({"visual_segments": [_visual(x=0.95)]}, "$.visual_segments[0]"),
        (
            {"visual_segments": [_visual(segment_type="text", placeholder_key="")]},
            "$.visual_segments[0].text",
        ),
        ({"visual_segments": [_visual(segment_type="custom")]}, "$.visual_segments[0].effect"),
        ({"visual_segments": [_visual(wdith=0.1)]}, "$.visual_segments[0].wdith"),
        ({"voice_id": ""}, "$.voice_id"),
        ({"id": "../escape"}, "$.id"),
        ({"voice_segments": [], "visual_segments": []}, "$"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        _template(**changes)
    assert place in _places(caught)
    assert all(problem.message for problem in caught.value.problems)


def test_segments_are_held_against_the_recording() -> None:
    segments = [_voice(), _voice(id="late", start_time=40, end_time=41)]
    short = _visual(id="short", start_time=1, end_time=1.01)
    template = _template(voice_segments=segments, visual_segments=[_visual(), short])
    problems = problems_within(template, Fraction(20), Fraction(1, 30))
    assert {(p.place, p.warning) for p in problems} == {
        ("$.voice_segments[1].start_time", False),
        ("$.visual_segments[0].end_time", True),
        ("$.visual_segments[1]", False),
    }


def test_a_row_fills_sentences_and_pictures() -> None:
    bound = bind_row(_template(), {"client_name": " Zoë  Müller ", "logo": "a.png", "email": "x@y.z"})
    assert bound.lines[0].text == "Hello Zoë Müller!"
    assert bound.showings[0].content == "a.png"


def test_braces_in_a_value_are_only_braces() -> None:
    bound = bind_row(_template(), {"client_name": "{logo} {{ client_name }}", "logo": "a.png"})
    assert bound.lines[0].text == "Hello {logo} {{ client_name }}!"


def test_both_kinds_of_merge_field_are_filled() -> None:
    template = _template(voice_segments=[_voice(template_text="Hi {{ client_name }} of { company }")])
    bound = bind_row(template, {"client_name": "Ann", "company": 7.0, "logo": "a.png"})
    assert bound.lines[0].text == "Hi Ann of 7"


def test_a_default_stands_in_for_what_a_row_lacks() -> None:
    template = _template(placeholders={"client_name": {"default": "there"}})
    assert bind_row(template, {"client_name": "", "logo": "a.png"}).lines[0].text == "Hello there!"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"logo": "a.png"}, "is missing"),
        ({"client_name": " \u00a0", "logo": "a.png"}, "is empty"),
        ({"client_name": None, "logo": "a.png"}, "is empty"),
        ({"client_name": "x" * 300, "logo": "a.png"}, "300 characters"),
        ({"client_name": "<b>Ann</b>", "logo": "a.png"}, "markup"),
        ({"client_name": ["Ann"], "logo": "a.png"}, "no text"),
        ({"client_name": "An\x07n", "logo": "a.png"}, "cannot be shown"),
    ],
)
def test_an_unfit_value_is_told_with_its_field(row: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        bind_row(_template(), row, name="row 57")
    assert _places(caught) == ["row 57.client_name"]
    assert said in caught.value.problems[0].message
    assert caught.value.problems[0].remedy


@pytest.mark.parametrize(
    "name", ["李雷", "محمد", "Ωμέγα", "Łukasz", "प्रिया", "👩🏽‍🚀 Ada", "O'Neil-Smith", "{"]
)
def test_names_in_any_script_are_taken_as_they_are(name: str) -> None:
    assert bind_row(_template(), {"client_name": name, "logo": "a.png"}).lines[0].text == f"Hello {name}!"
