"""Transitions: exact at their ends, steady between, and pure."""

from __future__ import annotations

from itertools import pairwise, product
from typing import get_args

import numpy as np
import pytest

from retake.media.colour import yuv_of
from retake.media.picture import Picture
from retake.render.overlays import MOVING, arrive, depart
from retake.render.plate import from_rgb
from retake.render.resample import Scratch
from retake.render.transitions import blurred, mix
from retake.timeline.document import Direction, Transition, TransitionType

KINDS = get_args(TransitionType)
DIRECTIONS = get_args(Direction)
SIZES = [(18, 34), (64, 48), (2, 2)]


def _picture(size: tuple[int, int], seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    w, h = size
    return Picture(
        *(rng.integers(30, 220, s, np.uint8) for s in ((h, w), (h // 2, w // 2), (h // 2, w // 2)))
    )


def _mix(a: Picture, b: Picture, p: float, kind: TransitionType, direction: Direction = "left") -> Picture:
    out = Picture.blank(a.width, a.height, (1, 1, 1))
    mix(a, b, Picture.blank(a.width, a.height), p, Transition(type=kind, direction=direction), out)
    return out


def _apart(one: Picture, other: Picture) -> float:
    return float(
        np.mean([np.abs(a.astype(float) - b).mean() for a, b in zip(one.planes, other.planes, strict=True)])
    )


@pytest.mark.parametrize(("kind", "direction", "size"), list(product(KINDS, DIRECTIONS, SIZES)))
def test_a_transition_is_exact_at_its_ends(
    kind: TransitionType, direction: Direction, size: tuple[int, int]
) -> None:
    a, b = _picture(size, 1), _picture(size, 2)
    assert _mix(a, b, 0, kind, direction).equals(a)
    assert _mix(a, b, 1, kind, direction).equals(b)


@pytest.mark.parametrize(("kind", "direction", "size"), list(product(KINDS, DIRECTIONS, SIZES)))
def test_a_transition_leaves_no_sample_unwritten_and_its_sources_alone(
    kind: TransitionType, direction: Direction, size: tuple[int, int]
) -> None:
    a, b = _picture(size, 1), _picture(size, 2)
    kept = a.copy(), b.copy()
    for p in (0.01, 0.3, 0.5, 0.77, 0.99):
        out = _mix(a, b, p, kind, direction)
        assert all(plane.min() > 1 for plane in out.planes)
        assert out.equals(_mix(a, b, p, kind, direction))
    assert a.equals(kept[0])
    assert b.equals(kept[1])


@pytest.mark.parametrize(
    ("kind", "direction"),
    [(k, d) for k, d in product(KINDS, DIRECTIONS) if d == "left" or k in ("slide", "push", "wipe")],
)
def test_a_transition_goes_steadily_from_one_picture_to_the_other(
    kind: TransitionType, direction: Direction
) -> None:
    a, b = Picture.blank(90, 160, (40, 100, 140)), Picture.blank(90, 160, (200, 150, 100))
    through = Picture.blank(90, 160) if kind in ("fade", "dip") else a
    steps = [_mix(a, b, n / 40, kind, direction) for n in range(41)]
    if through is a:
        shown = [float(step.y.mean()) for step in steps]
        assert all(later >= earlier for earlier, later in pairwise(shown))
    else:
        from_a = [_apart(step, through) for step in steps[:21]]
        from_b = [_apart(step, through) for step in steps[20:]]
        assert all(later <= earlier for earlier, later in pairwise(from_a))
        assert all(later >= earlier for earlier, later in pairwise(from_b))
    assert max(_apart(one, other) for one, other in pairwise(steps)) < 15


@pytest.mark.parametrize("kind", ["zoom", "blur"])
def test_a_zoom_or_blur_begins_and_ends_without_a_jump(kind: TransitionType) -> None:
    y, x = np.mgrid[0:160, 0:90]
    a = from_rgb(np.stack([x * 2, y, x + y], axis=2).astype(np.uint8))
    b = from_rgb(np.stack([y, x * 2, 200 - x], axis=2).astype(np.uint8))
    one, other = Picture(a.y, a.u, a.v), Picture(b.y, b.u, b.v)
    assert _apart(_mix(one, other, 0.01, kind), one) < 1
    assert _apart(_mix(one, other, 0.99, kind), other) < 1


@pytest.mark.parametrize(
    ("direction", "new"),
    [("left", (0, -1)), ("right", (0, 0)), ("up", (-1, 0)), ("down", (0, 0))],
)
@pytest.mark.parametrize("kind", ["slide", "push", "wipe"])
def test_the_new_picture_comes_in_the_direction_that_is_named(
    kind: TransitionType, direction: Direction, new: tuple[int, int]
) -> None:
    a, b = Picture.blank(60, 80, (20, 128, 128)), Picture.blank(60, 80, (220, 128, 128))
    out = _mix(a, b, 0.4, kind, direction)
    assert out.y[new] == 220
    assert out.y[-1 if direction == "down" else 0, -1 if direction == "right" else 0] == 20


def test_a_push_moves_both_pictures_edge_to_edge() -> None:
    ramp = np.tile(np.arange(0, 60, dtype=np.uint8) + 60, (40, 1))
    half = np.full((20, 30), 128, np.uint8)
    a, b = Picture(ramp, half, half), Picture(ramp + 60, half, half)
    row = _mix(a, b, 0.5, "push").y[0].astype(int)
    assert (np.diff(row) == 1).all()
    assert row[0] == 90


def test_a_dip_goes_through_its_colour_and_a_fade_through_what_lies_beneath() -> None:
    a, b, out = _picture((64, 48), 1), _picture((64, 48), 2), Picture.blank(64, 48)
    mix(a, b, a, 0.5, Transition(type="dip", color="#ff0000"), out)
    assert out.equals(Picture.blank(64, 48, yuv_of("#ff0000")))
    beneath = _picture((64, 48), 3)
    mix(a, b, beneath, 0.5, Transition(type="fade"), out)
    assert out.equals(beneath)


def test_a_dissolve_is_the_weighted_mean() -> None:
    a, b = _picture((64, 48), 1), _picture((64, 48), 2)
    out = _mix(a, b, 0.3, "dissolve")
    assert np.abs(out.y - (a.y * 0.7 + b.y * 0.3)).max() <= 1


def test_a_blur_keeps_the_mean_and_takes_the_detail() -> None:
    plane = np.random.default_rng(0).integers(0, 256, (96, 96), np.uint8)
    assert np.array_equal(blurred(plane, 0), plane)
    soft = [blurred(plane, sigma) for sigma in (0.5, 2, 5, 8, 12)]
    spread = [float(s.std()) for s in soft]
    assert all(later < earlier for earlier, later in pairwise(spread))
    assert all(abs(float(s.mean()) - float(plane.mean())) < 1 for s in soft)


@pytest.mark.parametrize(("kind", "direction"), list(product(sorted(MOVING), DIRECTIONS)))
def test_a_title_comes_and_goes_without_its_background(kind: TransitionType, direction: Direction) -> None:
    pixels = np.zeros((80, 60, 4), np.uint8)
    pixels[30:50, 20:40] = 255
    title = from_rgb(pixels)
    ground = Picture(
        np.tile(np.arange(40, 100, dtype=np.uint8), (80, 1)),
        *(np.full((40, 30), 128, np.uint8) for _ in range(2)),
    )
    transition = Transition(type=kind, direction=direction)
    for move in (arrive, depart):
        for p in (0.1, 0.5, 0.9):
            canvas = ground.copy()
            move(canvas, title, p, transition, Scratch())
            far = canvas.y.astype(int) - ground.y
            assert far.min() >= -2
            assert (np.abs(far) > 2).mean() < 0.25
    canvas = ground.copy()
    arrive(canvas, title, 0.999, transition, Scratch())
    assert canvas.y[40, 30] > 230
    canvas = ground.copy()
    depart(canvas, title, 0.999, transition, Scratch())
    assert np.abs(canvas.y.astype(int) - ground.y).max() <= 2
