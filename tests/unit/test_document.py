"""The document's surface: aliases, shorthands, defaults, its JSON Schema."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from retake.timeline.assets import Gradient
from retake.timeline.document import Clip, Document, Output, Timeline, Track

COLOR = {"type": "color", "color": "#FFF"}


def test_length_is_another_name_for_duration() -> None:
    assert Clip.model_validate({"asset": COLOR, "length": 2}).duration == 2


def test_a_transition_may_be_its_name_alone() -> None:
    clip = Clip.model_validate({"asset": COLOR, "transition": {"in": "wipe"}})
    assert clip.transition.in_ is not None
    assert (clip.transition.in_.type, clip.transition.in_.duration) == ("wipe", Fraction(1, 2))


@pytest.mark.parametrize("name", ["top_left", "top-left", "Top Left"])
def test_a_place_may_be_named(name: str) -> None:
    assert Clip.model_validate({"asset": COLOR, "position": name}).position.model_dump() == {"x": 0, "y": 0}


def test_an_offset_moves_only_as_it_says() -> None:
    offset = Clip.model_validate({"asset": COLOR, "offset": {"x": 0.1}}).offset
    assert offset.model_dump() == {"x": 0.1, "y": 0}


def test_colours_are_lower_case() -> None:
    assert Clip.model_validate({"asset": COLOR}).asset.model_dump()["color"] == "#fff"


def test_a_document_is_frozen() -> None:
    clip = Clip.model_validate({"asset": COLOR})
    with pytest.raises(ValidationError, match="frozen"):
        clip.id = "x"  # type: ignore[misc]


@pytest.mark.parametrize("size", [(1081, 1920), (1080, 1921), (14, 16), (0, 16), (8194, 16), (-16, 16)])
def test_odd_and_absurd_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValidationError, match="even"):
        Output(size=size)


def test_an_audio_track_holds_only_sound() -> None:
    with pytest.raises(ValidationError, match="audio track"):
        Track.model_validate({"kind": "audio", "clips": [{"asset": COLOR}]})


def test_a_document_comes_back_from_its_own_json() -> None:
    document = Document.model_validate(
        {
            "title": "T",
            "variables": [{"id": "n", "type": "number", "default": 2}],
            "output": {"fps": 29.97, "size": [640, 360]},
            "soundtrack": {"src": "m.mp3", "ducking": False},
            "timeline": {
                "markers": [{"name": "m", "start": "1/3"}],
                "tracks": [
                    {
                        "clips": [
                            {
                                "asset": {"type": "text", "text": "hi", "style": {"box": "#00000080"}},
                                "start": "1/3",
                                "length": 2.5,
                                "scale": [{"at": 0, "value": 1}, {"at": "1/3", "value": 2, "easing": "ease"}],
                                "transition": {"in": "fade", "out": {"type": "dip", "color": "#fff"}},
                                "position": "top",
                            }
                        ]
                    }
                ],
            },
        }
    )
    again = Document.model_validate_json(document.model_dump_json(by_alias=True))
    assert again == document
    assert again.output.fps == Fraction(30000, 1001)


def test_the_schema_names_every_asset_and_the_users_own_field_names() -> None:
    schema = Document.model_json_schema()
    assert set(schema["properties"]) >= {"schema", "timeline", "output", "variables", "soundtrack"}
    assert set(schema["$defs"]) >= {"Image", "Layers", "Video", "Text", "Captions", "Keyframe", "Mask"}
    assert "in" in schema["$defs"]["Transitions"]["properties"]
    assert schema["$defs"]["Clip"]["additionalProperties"] is False
    assert Timeline.model_json_schema()["properties"]["background"]["pattern"].startswith("^#")


def test_the_schema_tells_what_the_string_below_a_field_says() -> None:
    properties = Gradient.model_json_schema()["properties"]
    assert properties["stops"]["description"].startswith("Where each colour stands")
    assert "description" not in properties["kind"]
    assert "description" in Document.model_json_schema()["$defs"]["Gradient"]["properties"]["stops"]
