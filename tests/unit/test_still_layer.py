"""Stills: every fit, place, crop, mask and move puts the picture where the document says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.staging import bounds, flag, shot, stage, still

from retake.media.picture import Picture

RED, GREEN, BLUE, WHITE = (220, 40, 40), (40, 180, 60), (40, 70, 210), (240, 240, 240)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    still(tmp_path / "wide.png", flag(400, 200))
    still(tmp_path / "tall.png", flag(200, 400))
    still(tmp_path / "small.png", flag(60, 40))
    white = np.full((200, 200, 4), 255, np.uint8)
    white[:, :100, 3] = 0
    still(tmp_path / "half.png", white)
    still(tmp_path / "mask.png", white[..., 3])
    return tmp_path


def _image(src: str, **clip: Any) -> list[dict[str, Any]]:
    return [{"asset": {"type": "image", "src": src}, **clip}]


def _near(pixel: np.ndarray, colour: tuple[int, int, int], tolerance: int = 8) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= tolerance)


def test_cover_fills_the_frame_and_keeps_the_middle(folder: Path) -> None:
    seen = shot(folder, _image("wide.png"))
    assert bounds(seen) == (0, 0, 180, 320)
    corners = [seen[5, 5], seen[5, -5], seen[-5, 5], seen[-5, -5]]
    assert all(_near(p, c) for p, c in zip(corners, (RED, GREEN, BLUE, WHITE), strict=True))
    assert _near(seen[100, 80], RED)
    assert _near(seen[100, 100], GREEN)


@pytest.mark.parametrize(("focus", "colours"), [("left", (RED, BLUE)), ("right", (GREEN, WHITE))])
def test_the_focus_stays_in_view(folder: Path, focus: str, colours: tuple[Any, Any]) -> None:
    seen = shot(folder, _image("wide.png", focus=focus))
    assert _near(seen[100, 90], colours[0])
    assert _near(seen[250, 90], colours[1])


@pytest.mark.parametrize(
    ("src", "position", "box"),
    [
        ("wide.png", "center", (0, 115, 180, 205)),
        ("wide.png", "top", (0, 0, 180, 90)),
        ("wide.png", "bottom", (0, 230, 180, 320)),
        ("tall.png", "center", (10, 0, 170, 320)),
        ("tall.png", "left", (0, 0, 160, 320)),
        ("small.png", "center", (0, 100, 180, 220)),
    ],
)
def test_contain_shows_all_of_it_at_its_place(
    folder: Path, src: str, position: str, box: tuple[int, ...]
) -> None:
    seen = bounds(shot(folder, _image(src, fit="contain", position=position)))
    assert np.abs(np.subtract(seen, box)).max() <= 1


def test_stretch_shows_all_of_it_everywhere(folder: Path) -> None:
    seen = shot(folder, _image("wide.png", fit="stretch"))
    assert bounds(seen) == (0, 0, 180, 320)
    assert _near(seen[155, 85], RED)
    assert _near(seen[165, 95], WHITE)


def test_none_keeps_the_pictures_own_size(folder: Path) -> None:
    assert bounds(shot(folder, _image("small.png", fit="none")), 130) == (60, 140, 120, 180)
    corner = shot(folder, _image("small.png", fit="none", position="bottom_right"))
    assert bounds(corner, 130) == (120, 280, 180, 320)


def test_none_keeps_the_size_of_a_large_photograph_too(tmp_path: Path) -> None:
    Image.fromarray(flag(1600, 1600)).save(tmp_path / "big.jpg", quality=95)
    seen = shot(tmp_path, _image("big.jpg", fit="none", position="top_left"))
    assert _near(seen[300, 170], RED, 12)


def test_blur_contains_it_on_a_quiet_ground_without_black(folder: Path) -> None:
    seen = shot(folder, _image("wide.png", fit="blur"))
    assert seen.max(axis=2).min() > 30
    assert _near(seen[130, 40], RED)
    assert _near(seen[190, 140], WHITE)
    assert np.abs(np.diff(seen[10].astype(int), axis=0)).max() < 12


@pytest.mark.parametrize(
    ("place", "box"),
    [
        ({"box": {"width": 0.5, "height": 0.25}}, (45, 120, 135, 200)),
        ({"box": {"width": 0.5, "height": 0.25}, "position": "top_right"}, (90, 0, 180, 80)),
        ({"box": {"width": 0.5, "height": 0.25}, "position": {"x": 0, "y": 1}}, (0, 240, 90, 320)),
        ({"box": {"width": 0.5, "height": 0.25}, "offset": {"x": 0.1, "y": -0.1}}, (63, 88, 153, 168)),
        ({"box": {"width": 0.5, "height": 0.5}, "scale": 0.5}, (68, 120, 112, 200)),
        ({"box": {"width": 0.5, "height": 0.5}, "rotation": 90}, (10, 115, 170, 205)),
        ({"box": {"width": 0.5, "height": 0.5}, "position": {"x": -1, "y": 0}}, None),
    ],
)
def test_a_box_lies_where_it_is_put(folder: Path, place: dict[str, Any], box: tuple[int, ...] | None) -> None:
    seen = shot(folder, [{"asset": {"type": "color", "color": "#fff"}, **place}])
    if box is None:
        assert seen.max() < 20
    else:
        assert np.abs(np.subtract(bounds(seen, 128), box)).max() <= 1


def test_a_crop_cuts_the_source(folder: Path) -> None:
    seen = shot(folder, _image("tall.png", crop={"left": 0.5, "bottom": 0.5}))
    assert _near(seen[5, 5], GREEN)
    assert _near(seen[-5, -5], GREEN)


@pytest.mark.parametrize(
    "extra", [{}, {"corner_radius": 60}, {"mask": {"shape": "ellipse"}}, {"fit": "blur"}]
)
def test_a_crop_moves_by_its_keyframes(folder: Path, extra: dict[str, Any]) -> None:
    left = [{"at": 0, "value": 0.5}, {"at": 1, "value": 0}]
    right = [{"at": 0, "value": 0}, {"at": 1, "value": 0.5}]
    clips = _image("wide.png", crop={"left": left, "right": right}, **extra)
    renderer = stage(folder, clips)
    first, middle = (shot(folder, clips, at=n) for n in (0, 15))
    assert _near(first[140, 90], GREEN)
    assert _near(middle[140, 60], RED)
    assert _near(middle[140, 120], GREEN)
    columns = [int(np.argmax(renderer.frame(n).u[70, 20:70] < 120)) for n in range(1, 29, 3)]
    assert columns == sorted(columns)


def test_a_moving_crop_keeps_transparency(folder: Path) -> None:
    crop = {"left": [{"at": 0, "value": 0}, {"at": 1, "value": 0.2}]}
    mask = {"shape": "rectangle", "feather": 0}
    for extra in ({}, {"mask": mask}):
        seen = shot(folder, _image("half.png", crop=crop, fit="stretch", **extra))
        assert seen[160, 60].max() < 10
        assert seen[160, 140].min() > 245


def test_round_corners_and_masks_cut_the_clip(folder: Path) -> None:
    white = {"type": "color", "color": "#fff"}
    box = {"width": 0.5, "height": 0.5}
    corner = shot(folder, [{"asset": white, "box": box, "corner_radius": 120}])
    assert bounds(corner, 128) in ((44, 80, 134, 240), (46, 80, 136, 240))
    assert corner[81, 45].max() < 10
    area = (corner[..., 1] / 255).sum()
    assert area == pytest.approx(90 * 160 - (4 - np.pi) * 20**2, rel=0.01)
    ellipse = shot(folder, [{"asset": white, "box": box, "mask": {"shape": "ellipse"}}])
    assert (ellipse[..., 1] / 255).sum() == pytest.approx(np.pi / 4 * 90 * 160, rel=0.01)
    inverted = shot(folder, [{"asset": white, "box": box, "mask": {"shape": "ellipse", "invert": True}}])
    assert inverted[160, 90].max() < 10
    assert inverted[82, 47].min() > 245
    image = shot(folder, [{"asset": white, "box": box, "mask": {"shape": "image", "src": "mask.png"}}])
    assert image[160, 60].max() < 10
    assert image[160, 120].min() > 245
    soft = shot(folder, [{"asset": white, "box": box, "mask": {"shape": "ellipse", "feather": 60}}])
    assert soft[160, 46].max() < 30
    assert 60 < soft[160, 64].max() < 200


def test_a_key_lets_the_track_below_through(folder: Path) -> None:
    green = np.full((320, 180, 3), (0, 177, 64), np.uint8)
    green[120:200, 60:120] = RED
    still(folder / "green.png", green)
    below = [{"asset": {"type": "color", "color": "#2040ff"}}]
    seen = shot(folder, below, _image("green.png", chroma_key={}))
    assert _near(seen[20, 20], (0x20, 0x40, 0xFF))
    assert _near(seen[160, 90], RED)


def test_opacity_and_transparency_show_what_lies_below(folder: Path) -> None:
    below = [{"asset": {"type": "color", "color": "#000"}}]
    seen = shot(folder, below, [{"asset": {"type": "color", "color": "#fff"}, "opacity": 0.5}])
    assert _near(seen[100, 100], (128, 128, 128), 3)
    seen = shot(folder, below, [{"asset": {"type": "color", "color": "#ffffff80"}}])
    assert _near(seen[100, 100], (128, 128, 128), 3)


def test_planes_in_depth_move_apart_and_never_show_an_edge(folder: Path) -> None:
    still(folder / "far.png", np.full((400, 240, 3), 90, np.uint8))
    near = np.zeros((400, 240, 4), np.uint8)
    near[:, 110:130] = 255
    still(folder / "near.png", near)
    planes = [{"src": "far.png", "depth": 0}, {"src": "near.png", "depth": 1}]
    offset = {"x": [{"at": 0, "value": 0}, {"at": 1, "value": 0.05}]}
    clip = {"asset": {"type": "layers", "planes": planes}, "scale": 1.12, "offset": offset}
    for n in (0, 10, 29):
        seen = shot(folder, [clip], at=n)
        assert seen.min() >= 86
        columns = np.nonzero(seen[160, :, 1] > 170)[0]
        assert columns.mean() == pytest.approx(89.5 + 1.4 * 0.05 * 180 * n / 30, abs=0.6)


def test_planes_in_depth_grow_from_nothing_together(folder: Path) -> None:
    asset = {"type": "layers", "planes": [{"src": "tall.png", "depth": d} for d in (0, 0.5, 1)]}
    seen = shot(folder, [{"asset": asset, "scale": [{"at": 0, "value": 0}, {"at": 1, "value": 1}]}])
    assert seen.max() < 10


def test_a_very_large_scale_asks_for_no_endless_plate(folder: Path) -> None:
    scale = [{"at": 0, "value": 1}, {"at": 1, "value": 100}]
    renderer = stage(folder, _image("tall.png", scale=scale))
    renderer.frame(29)
    assert sum(plate.y.size for held in renderer._resources.plates._held.values() for plate in held) < 25e6


def test_a_transparent_picture_on_a_blurred_ground_shows_no_hidden_colour(folder: Path) -> None:
    hidden = np.zeros((100, 100, 4), np.uint8)
    hidden[..., :3] = (0, 255, 0)
    hidden[30:70, 30:70] = (200, 200, 200, 255)
    still(folder / "hidden.png", hidden)
    seen = shot(folder, _image("hidden.png", fit="blur"))
    assert _near(seen[160, 90], (200, 200, 200), 6)


@pytest.mark.parametrize(
    "clip",
    [
        {"scale": [{"at": 0, "value": 1}, {"at": 1, "value": 1.2}]},
        {"scale": [{"at": 0, "value": 1.2}, {"at": 1, "value": 0.6}]},
        {"scale": [{"at": 0, "value": 1}, {"at": 1, "value": 1.2}], "opacity": 0.5},
        {"scale": [{"at": 0, "value": 1}, {"at": 1, "value": 1.2}], "fit": "contain"},
        {"rotation": [{"at": 0, "value": 0}, {"at": 1, "value": 9}]},
        {"offset": {"x": [{"at": 0, "value": 0}, {"at": 1, "value": 0.4}]}},
        {
            "scale": [{"at": 0, "value": 1}, {"at": 1, "value": 1.2}],
            "transition": {
                "in": {"type": "dissolve", "duration": 0.3},
                "out": {"type": "dissolve", "duration": 0.3},
            },
        },
        {},
    ],
)
@pytest.mark.parametrize("src", ["wide.png", "half.png"])
def test_what_a_canvas_held_before_does_not_show(folder: Path, src: str, clip: dict[str, Any]) -> None:
    renderer = stage(folder, _image(src, **clip))
    for n in (0, 4, 15, 24, 29):
        used = Picture.blank(180, 320, (200, 90, 30))
        renderer.draw(used, n)
        assert used.equals(renderer.frame(n))


def _stacked(folder: Path, corner: int, at: int) -> np.ndarray:
    """A picture far away, and hills before it: opaque but for one pixel, whose alpha is `corner`."""
    rng = np.random.default_rng(5)
    far = cv2.resize(rng.integers(60, 200, (25, 15, 3), np.uint8), (240, 400), interpolation=cv2.INTER_CUBIC)
    still(folder / "back.png", far)
    hills = np.dstack([cv2.flip(far, 0), np.zeros((400, 240), np.uint8)])
    for x in range(240):
        hills[180 + round(30 * np.sin(x / 20)) :, x, 3] = 255
    hills[399, 239, 3] = corner
    still(folder / f"hills{corner}.png", hills)
    planes = [{"src": "back.png", "depth": 0}, {"src": f"hills{corner}.png", "depth": 0.5}]
    scale = [{"at": 0, "value": 1.02}, {"at": 1, "value": 1.25}]
    return shot(folder, [{"asset": {"type": "layers", "planes": planes}, "scale": scale}], at=at).astype(int)


@pytest.mark.parametrize("at", [0, 7, 15, 29])
def test_what_stands_on_opaque_ground_looks_as_if_all_beneath_it_were_drawn(folder: Path, at: int) -> None:
    short, whole = _stacked(folder, 255, at), _stacked(folder, 0, at)
    assert np.abs(short - whole)[:-4, :-4].max() <= 4


def test_a_near_plane_is_as_fine_as_its_own_move_asks(folder: Path) -> None:
    stripes = np.zeros((1600, 960, 4), np.uint8)
    stripes[:, 200:760:4, :3] = stripes[:, 201:760:4, :3] = 255
    stripes[:, 200:760, 3] = 255
    still(folder / "stripes.png", stripes)
    planes = [{"src": "stripes.png", "depth": 0}, {"src": "stripes.png", "depth": 1}]
    clip = {"asset": {"type": "layers", "planes": planes}, "scale": 1.5}
    renderer = stage(folder, [clip])
    renderer.frame(0)
    ((far, near),) = renderer._resources.plates._held.values()
    assert near.height / far.height == pytest.approx(1.7 / 1.3, abs=0.02)
