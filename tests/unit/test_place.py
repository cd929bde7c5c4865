"""Geometry: the window that a clip shows of its source, and the place where it lands."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from retake.render.camera import Placement, Window
from retake.render.place import (
    Pose,
    content_size,
    crop_moves,
    is_still,
    placement_at,
    pose_at,
    window_at,
)
from retake.timeline.document import Clip

FRAME = (200, 400)
START = Fraction(0)


def _clip(**fields: Any) -> Clip:
    return Clip.model_validate({"asset": {"type": "color", "color": "#fff"}, **fields})


@pytest.mark.parametrize(
    ("fields", "window"),
    [
        ({}, Window(150, 0, 100, 200)),
        ({"focus": "left"}, Window(0, 0, 100, 200)),
        ({"focus": {"x": 0.6}}, Window(190, 0, 100, 200)),
        ({"focus": {"x": 7}}, Window(300, 0, 100, 200)),
        ({"fit": "contain"}, Window(0, 0, 400, 200)),
        ({"fit": "contain", "crop": {"left": 0.25, "bottom": 0.5}}, Window(100, 0, 300, 100)),
        ({"crop": {"left": 0.5}}, Window(250, 0, 100, 200)),
        ({"box": {"height": 0.25}}, Window(0, 0, 400, 200)),
    ],
)
def test_the_window_is_the_crop_and_for_cover_what_fills_the_box(
    fields: dict[str, Any], window: Window
) -> None:
    assert window_at(_clip(**fields), (400.0, 200.0), FRAME, START) == window


@pytest.mark.parametrize(
    ("fit", "size"),
    [
        ("cover", (200, 400)),
        ("stretch", (200, 400)),
        ("blur", (200, 400)),
        ("contain", (200, 100)),
        ("none", (60, 30)),
    ],
)
def test_the_content_has_the_size_that_its_fit_gives(fit: str, size: tuple[float, float]) -> None:
    assert content_size(_clip(fit=fit), (60.0, 30.0), FRAME) == size


@pytest.mark.parametrize(
    ("fields", "centre"),
    [
        ({}, (100, 200)),
        ({"position": "top_left"}, (50, 100)),
        ({"position": "bottom_right"}, (150, 300)),
        ({"position": {"x": 0.25}}, (75, 200)),
        ({"offset": {"x": 0.1}}, (120, 200)),
        ({"offset": {"y": -0.1}}, (100, 160)),
    ],
)
def test_the_same_part_of_the_box_and_of_the_frame_meet(
    fields: dict[str, Any], centre: tuple[float, float]
) -> None:
    clip = _clip(box={"width": 0.5, "height": 0.5}, **fields)
    placement = placement_at(clip, (100.0, 200.0), FRAME, pose_at(clip, START), START)
    assert (placement.x, placement.y, placement.width, placement.height) == (*centre, 100, 200)


def test_an_easing_that_swings_past_the_crop_stays_within_the_source() -> None:
    swing = [{"at": 0, "value": 0.5, "easing": "back_out"}, {"at": 1, "value": 0}]
    clip = _clip(fit="contain", crop={"left": swing})
    for n in range(31):
        window = window_at(clip, (400.0, 200.0), FRAME, Fraction(n, 30))
        assert window.x >= 0
        assert window.x + window.width <= 400


def test_a_plane_in_depth_takes_its_part_of_the_move() -> None:
    pose = Pose(0.1, 0.2, 1.5, 30, 0.5)
    assert pose.towards(0.6) == Pose(pytest.approx(0.06), pytest.approx(0.12), 1.3, 30, 0.5)
    assert Pose(0, 0, 0, 0, 1).towards(0.6).scale == 0
    assert Pose(0, 0, 1, 0, 1).towards(1.4).scale == 1
    assert 0 < Pose(0, 0, 0.25, 0, 1).towards(1.4).scale < 0.25


def test_what_moves_is_known() -> None:
    keys = [{"at": 0, "value": 0}, {"at": 1, "value": 0.2}]
    assert is_still(_clip(scale=2))
    assert not is_still(_clip(offset={"x": keys}))
    assert crop_moves(_clip(crop={"top": keys}))
    assert crop_moves(_clip(focus={"x": keys}))
    assert not crop_moves(_clip(crop={"top": 0.2}))


def test_a_placement_covers_only_what_it_hides_whole() -> None:
    whole = Placement(100, 200, 200, 400)
    assert whole.covers(200, 400)
    assert not whole.covers(201, 400)
    assert not Placement(100, 200, 200, 400, rotation=5).covers(200, 400)
    assert not Placement(101, 200, 200, 400).covers(200, 400)
