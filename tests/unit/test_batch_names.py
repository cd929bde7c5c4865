"""A row's film and its line on the sheet have names that a person recognises and every system can hold."""

from __future__ import annotations

import pytest

from retake.jobs.names import film_name, label
from retake.jobs.rows import Row
from retake.recipes.recording.template import RecordingTemplate

TEMPLATE = RecordingTemplate.model_validate(
    {
        "id": "show",
        "base_video_path": "m.mp4",
        "visual_segments": [
            {"id": name, "segment_type": kind, "start_time": 0, "end_time": 1, "placeholder_key": key}
            | {"x": 0, "y": 0, "width": 0.1, "height": 0.1}
            for name, kind, key in (("a", "image", "logo"), ("b", "text", "who"), ("c", "text", "firm"))
        ],
    }
)


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("Ada Lovelace", "0007-ada-lovelace"),
        ("Zoë  Müller-Söhne ", "0007-zoe-muller-sohne"),
        ("李雷", "0007"),
        ("../../etc/passwd", "0007-etc-passwd"),
        ("x" * 60, "0007-" + "x" * 40),
        ("", "0007-lume"),
        (42, "0007-42"),
    ],
)
def test_a_film_is_named_after_its_row(who: object, name: str) -> None:
    row = Row(7, {"logo": "a.png", "who": who, "firm": "Lume"})  # type: ignore[dict-item]
    assert film_name(row, TEMPLATE) == name


def test_a_label_tells_what_a_row_says_and_no_picture() -> None:
    assert label(Row(1, {"logo": "a.png", "who": "Ada", "firm": "Lume"}), TEMPLATE) == "Ada · Lume"
    assert label(Row(1, {"who": "Ada", "firm": "Ada"}), TEMPLATE) == "Ada"
    assert len(label(Row(1, {"who": "A" * 300}), TEMPLATE)) == 80
    assert label(Row(1, {}), TEMPLATE) == ""
