"""The camera: every placement lands where it says, to a small part of a pixel, and has no seams."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retake.media.picture import Picture
from retake.render import camera
from retake.render.camera import Placement, Window, draw
from retake.render.plate import BORDER, Plate, from_rgb
from retake.render.resample import Scratch

Field = NDArray[np.float64]
CANVAS = 180, 320
SOURCE = 236, 420
WHOLE = Window(0, 0, *SOURCE)
GROUND = (235, 60, 200)


def _luma(x: Field, y: Field) -> Field:
    return 126 + 90 * np.sin(2 * np.pi * x / 25.37) * np.sin(2 * np.pi * y / 23.71)


def _chroma(x: Field, y: Field) -> Field:
    return 128 + 90 * np.sin(2 * np.pi * x / 37.3) * np.cos(2 * np.pi * y / 35.9)


def _grid(width: int, height: int) -> tuple[Field, Field]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return x, y


def _waves() -> Plate:
    """A pattern known at every point: chroma lies level with even columns, between two rows."""
    width, height = SOURCE
    x, y = _grid(width, height)
    cx, cy = _grid(width // 2, height // 2)
    luma, chroma = _luma(x, y), _chroma(2 * cx, 2 * cy + 0.5)
    planes = [p.round().astype(np.uint8) for p in (luma, chroma, chroma)]
    return Plate(*planes, None, None, width, height)


def _seen(placement: Placement, chroma: bool, window: Window = WHOLE) -> tuple[Field, Field]:
    """The point of the plate that each sample of the canvas shows."""
    x, y = _grid(CANVAS[0] // 2, CANVAS[1] // 2) if chroma else _grid(*CANVAS)
    x, y = (2 * x, 2 * y + 0.5) if chroma else (x, y)
    sx, sy = window.width / placement.width, window.height / placement.height
    return (
        window.x + (x + 0.5 - placement.left) * sx - 0.5,
        window.y + (y + 0.5 - placement.top) * sy - 0.5,
    )


def _error(plane: NDArray[np.uint8], placement: Placement, chroma: bool) -> Field:
    """How far, in plate pixels, a drawn pattern lies from where it should: least squares over its slopes."""
    pattern = _chroma if chroma else _luma
    x, y = _seen(placement, chroma)
    e = 1e-3
    slope_x = (pattern(x + e, y) - pattern(x - e, y)) / (2 * e)
    slope_y = (pattern(x, y + e) - pattern(x, y - e)) / (2 * e)
    inner = slice(8, -8), slice(8, -8)
    apart = (plane - pattern(x, y))[inner].ravel()
    slopes = np.stack([slope_x[inner].ravel(), slope_y[inner].ravel(), np.ones(apart.size)], axis=1)
    return np.linalg.lstsq(slopes, apart, rcond=None)[0][:2]


def _draw(plate: Plate, placement: Placement, window: Window = WHOLE) -> Picture:
    canvas = Picture.blank(*CANVAS, GROUND)
    draw(canvas, plate, window, placement, Scratch())
    return canvas


def _slow_move(zoom: float, count: int = 40) -> list[Placement]:
    return [
        Placement(
            90 + 0.013 * n, 160 - 0.007 * n, 184 * zoom * (1 + 0.0005 * n), 327 * zoom * (1 + 0.0005 * n)
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("zoom", [1.0, 1.15, 1.6], ids=["minified", "near 1:1", "enlarged"])
def test_a_slow_move_lies_on_its_path_to_a_twentieth_of_a_pixel(zoom: float) -> None:
    plate = _waves()
    luma, chroma = [], []
    for placement in _slow_move(zoom):
        canvas = _draw(plate, placement)
        luma.append(_error(canvas.y, placement, chroma=False))
        chroma.append(_error(canvas.u, placement, chroma=True))
    assert np.abs(luma).max() < 0.05
    assert np.abs(chroma).max() < 0.05


def test_a_slow_move_makes_even_steps() -> None:
    plate = _waves()
    for chroma in (False, True):
        path = []
        for n in range(60):
            placement = Placement(90 + 0.05 * n, 160, 190, 338)
            canvas = _draw(plate, placement)
            at = _error(canvas.u if chroma else canvas.y, placement, chroma)[0] * 190 / SOURCE[0]
            path.append(0.05 * n - at)
        steps = [b - a for a, b in pairwise(path)]
        assert min(steps) > 0.02
        assert max(steps) < 0.08


@pytest.mark.parametrize("channels", [3, 4])
def test_both_roads_show_the_same_picture(channels: int) -> None:
    x, y = _grid(*SOURCE)
    waves = [128 + 80 * np.sin(x / (30 + 5 * c)) * np.cos(y / (35 + 4 * c)) for c in range(channels)]
    plate = from_rgb(np.stack(waves, axis=2).round().astype(np.uint8))
    for placement in _slow_move(1.0)[::8]:
        fast = _draw(plate, placement)
        turned = Placement(placement.x, placement.y, placement.width, placement.height, rotation=1e-7)
        general = _draw(plate, turned)
        inner = slice(2, -2), slice(2, -2)
        for one, other in zip(fast.planes, general.planes, strict=True):
            apart = np.abs(one[inner].astype(float) - other[inner])
            assert apart.max() <= 2
            assert apart.mean() <= 0.5


def _bilinear(plane: NDArray[np.uint8], x: Field, y: Field) -> Field:
    """The plane at every point (x, y), in float."""
    height, width = plane.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    fx, fy = x - left, y - top
    upper = plane[top, left] * (1 - fx) + plane[top, left + 1] * fx
    lower = plane[top + 1, left] * (1 - fx) + plane[top + 1, left + 1] * fx
    return upper * (1 - fy) + lower * fy


def test_a_zoom_is_as_sharp_as_one_exact_resampling() -> None:
    pixels = np.random.default_rng(4).integers(90, 166, (420, 236, 3), np.uint8)
    plate = from_rgb(pixels)
    sharp = []
    for n in range(30):
        placement = Placement(90, 160, 184 + 0.83 * n, (184 + 0.83 * n) * 420 / 236)
        exact = _bilinear(plate.y, *_seen(placement, chroma=False))
        drawn = _draw(plate, placement).y.astype(float)
        sharp.append(drawn.std() / exact.std())
    assert np.median(sharp) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("grounded", [True, False])
@pytest.mark.parametrize("scale", [(1.07, 1.07), (1.31, 1.31), (1.68, 1.68), (1.12, 1.85), (1.93, 1.27)])
def test_one_pass_and_two_agree_for_a_plane_that_ends_inside_the_canvas(
    monkeypatch: pytest.MonkeyPatch, scale: tuple[float, float], grounded: bool
) -> None:
    x, y = _grid(*SOURCE)
    pixels = np.dstack([_luma(x, y).round().astype(np.uint8)] * 3 + [np.zeros(SOURCE[::-1], np.uint8)])
    pixels[130:190, 70:150, 3] = 255
    if grounded:
        pixels[200:, :, 3] = 255
    plate = from_rgb(pixels)
    width, height = SOURCE[0] / scale[0], SOURCE[1] / scale[1]
    size = round(width * 0.46) * 2, round(height * 0.46) * 2
    sampling, ways = camera._sampling, list[bool]()

    def drawn(one_pass: bool, phase: float) -> Picture:
        def choose(*given: Any) -> Any:
            found = sampling(*given)
            ways.append(found is not None)
            return found if one_pass else None

        monkeypatch.setattr(camera, "_sampling", choose)
        canvas = Picture.blank(*size)
        placement = Placement(size[0] / 2 + phase, size[1] / 2 - phase, width, height)
        draw(canvas, plate, Window(0, 0, plate.width, plate.height), placement, Scratch())
        return canvas

    for phase in (0, 0.3, 1.7):
        one, two = drawn(True, phase), drawn(False, phase)
        for a, b in zip(one.planes, two.planes, strict=True):
            assert np.abs(a.astype(int) - b).max() < 48  # half of an edge: the two are not equally sharp
    assert any(ways)


def test_a_plate_is_bordered_by_its_edges() -> None:
    plate = _waves()
    luma, chroma = plate.bordered.y, plate.bordered.uv
    height, width = plate.y.shape
    assert np.array_equal(luma[BORDER : BORDER + height, BORDER : BORDER + width], plate.y)
    assert np.array_equal(chroma[BORDER:, BORDER:, 0][: height // 2, : width // 2], plate.u)
    assert np.array_equal(chroma[BORDER:, BORDER:, 1][: height // 2, : width // 2], plate.v)
    assert (luma[BORDER:, :BORDER] == luma[BORDER:, BORDER : BORDER + 1]).all()
    assert (luma[:BORDER] == luma[BORDER]).all()


def test_a_plate_in_its_own_place_is_copied_exactly() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (320, 180, 3), np.uint8)
    plate = from_rgb(pixels)
    canvas = _draw(plate, Placement(90, 160, 180, 320), Window(0, 0, 180, 320))
    assert canvas.equals(Picture(plate.y, plate.u, plate.v))


@pytest.mark.parametrize("size", [(236, 420), (180, 320), (122, 214), (40, 70), (2, 2)])
@pytest.mark.parametrize("opaque", [True, False])
def test_what_covers_the_canvas_has_no_border(size: tuple[int, int], opaque: bool) -> None:
    plate = from_rgb(np.full((size[1], size[0], 3), 255, np.uint8))
    if not opaque:
        clear = np.zeros((size[1], size[0]), np.uint8)
        plate = Plate(plate.y, plate.u, plate.v, clear, np.zeros_like(plate.u), *size)
    for phase in (0, 0.25, 0.5, 0.77):
        placement = Placement(90 + phase, 160 - phase, 180 + 2 * phase, 320 + 2 * phase)
        canvas = _draw(plate, placement, Window(0, 0, *size))
        assert canvas.y.min() >= 234
        assert np.abs(canvas.u.astype(int) - 128).max() <= 1


def test_a_partly_covering_rectangle_is_antialiased_by_what_it_covers() -> None:
    plate = from_rgb(np.zeros((60, 40, 3), np.uint8))
    for enlarged in (1, 3):
        width, height = 40 * enlarged, 60 * enlarged
        placement = Placement(20.25 + width / 2, 30.5 + height / 2, width, height)
        canvas = _draw(plate, placement, Window(0, 0, 40, 60))
        inside = (235 - canvas.y.astype(float)) / 219
        assert inside.sum() == pytest.approx(width * height, rel=0.002)
        middle = 30 + height // 2
        assert inside[middle, 20] == pytest.approx(0.75, abs=0.02)
        assert inside[middle, 20 + width] == pytest.approx(0.25, abs=0.02)
        assert inside[30, 20 + width // 2] == pytest.approx(0.5, abs=0.02)
        assert inside[middle, 21] == inside[middle, 19 + width] == 1


@pytest.mark.parametrize("x", [-30, 0, 90, 175, 400])
def test_placements_partly_outside_draw_only_what_lies_inside(x: float) -> None:
    plate = from_rgb(np.zeros((60, 40, 3), np.uint8))
    canvas = _draw(plate, Placement(x, 10, 40, 60), Window(0, 0, 40, 60))
    left, right = max(0, round(x - 20)), min(180, max(0, round(x + 20)))
    dark = canvas.y < 100
    assert dark.sum() == max(0, right - left) * 40
    assert not dark[40:].any()


def test_a_trimmed_plate_does_not_grow_as_the_camera_moves() -> None:
    pixels = np.zeros((420, 236, 4), np.uint8)
    pixels[100:200, 60:140] = (0, 0, 0, 255)
    plate = from_rgb(pixels)
    canvas = _draw(plate, Placement(90, 160, 190, 338.14), WHOLE)
    k = 190 / 236
    inside = (235 - canvas.y.astype(float)) / 219
    assert inside.sum() == pytest.approx(100 * 80 * k * k, rel=0.01)


@pytest.mark.parametrize(("turn", "times"), [(90, 1), (180, 2), (270, 3), (360, 0), (-90, 3), (720, 0)])
def test_quarter_turns_are_exact_and_clockwise(turn: float, times: int) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (80, 80, 3), np.uint8)
    plate = from_rgb(pixels)
    canvas = _draw(plate, Placement(90, 160, 80, 80, rotation=turn), Window(0, 0, 80, 80))
    assert np.array_equal(canvas.y[120:200, 50:130], np.rot90(plate.y, -times))


def test_opacity_mixes_with_what_lies_beneath() -> None:
    plate = from_rgb(np.zeros((320, 180, 3), np.uint8))
    canvas = Picture.blank(*CANVAS, (216, 128, 128))
    draw(canvas, plate, Window(0, 0, 180, 320), Placement(90, 160, 180, 320, opacity=0.25), Scratch())
    assert np.abs(canvas.y - (16 * 0.25 + 216 * 0.75)).max() <= 1


@pytest.mark.parametrize(
    "placement",
    [Placement(90, 160, 0, 0), Placement(90, 160, -5, 10), Placement(90, 160, 180, 320, opacity=0)],
)
def test_what_has_no_size_or_opacity_is_not_drawn(placement: Placement) -> None:
    assert _draw(_waves(), placement).equals(Picture.blank(*CANVAS, GROUND))


@pytest.mark.parametrize("scale", [1e-6, 0.001, 0.01, 0.1])
def test_growing_from_nothing_begins_with_nothing(scale: float) -> None:
    plate = from_rgb(np.zeros((420, 236, 3), np.uint8))
    canvas = _draw(plate, Placement(90, 160, 180 * scale, 320 * scale), WHOLE)
    inside = (235 - canvas.y.astype(float)) / 219
    assert inside.sum() == pytest.approx(180 * 320 * scale * scale, rel=0.01, abs=0.5)


def test_a_fine_pattern_seen_small_turns_grey_instead_of_shimmering() -> None:
    pixels = np.zeros((1200, 720, 3), np.uint8)
    pixels[::2, ::2] = pixels[1::2, 1::2] = 255
    plate = from_rgb(pixels)
    for n in range(4):
        canvas = _draw(plate, Placement(90, 160, 183 + n, 325 + n), Window(0, 0, 720, 1200))
        assert canvas.y.std() < 4
