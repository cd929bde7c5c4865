"""Shapes and gradients: the right area, even edges, no bands."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from retake.render import shapes
from retake.timeline.assets import Gradient, Shape


@pytest.mark.parametrize("size", [(8, 8), (33, 47), (100, 60), (270, 480)])
def test_an_ellipse_has_its_area_and_is_symmetric(size: tuple[int, int]) -> None:
    alpha = shapes.ellipse(*size)
    assert alpha.shape == size[::-1]
    assert alpha.sum() / 255 == pytest.approx(pi / 4 * size[0] * size[1], rel=0.01)
    assert np.array_equal(alpha, alpha[::-1])
    assert np.array_equal(alpha, alpha[:, ::-1])


@pytest.mark.parametrize("radius", [0, 1, 7.5, 20, 1000])
def test_round_corners_cut_their_area(radius: float) -> None:
    alpha = shapes.rounded(90, 60, radius)
    r = min(radius, 30)
    assert alpha.sum() / 255 == pytest.approx(90 * 60 - (4 - pi) * r * r, rel=0.002)
    assert np.array_equal(alpha, alpha[::-1, ::-1])
    assert alpha[30, 0] >= 254
    assert (alpha[0, 0] == 255) == (radius == 0)


def test_edges_are_antialiased() -> None:
    for alpha in (shapes.ellipse(100, 60), shapes.rounded(100, 60, 20)):
        assert len(np.unique(alpha)) > 10


def test_a_shape_is_its_fill_within_its_stroke() -> None:
    spec = Shape(fill="#ff0000", stroke="#0000ff", stroke_width=6)
    pixels = shapes.shape(spec, 80, 60, 0.5)
    assert pixels[30, 40].tolist() == [255, 0, 0, 255]
    assert pixels[0, 0].tolist() == pixels[2, 40].tolist() == [0, 0, 255, 255]
    assert pixels[3, 40].tolist() == [255, 0, 0, 255]


def test_an_outline_without_fill_is_hollow() -> None:
    pixels = shapes.shape(Shape(shape="ellipse", fill=None, stroke="#fff", stroke_width=10), 100, 100, 1)
    assert pixels[50, 50, 3] == 0
    assert pixels[50, 4].tolist() == [255, 255, 255, 255]
    assert pixels[..., 3].sum() / 255 == pytest.approx(pi * (50**2 - 40**2), rel=0.01)


def test_a_stroke_wider_than_its_shape_fills_it() -> None:
    pixels = shapes.shape(Shape(fill="#f00", stroke="#00f", stroke_width=500), 40, 40, 1)
    assert (pixels == (0, 0, 255, 255)).all()


def test_a_polygon_and_a_line_follow_their_points() -> None:
    half = shapes.shape(Shape(shape="polygon", points=((0, 0), (1, 0), (0, 1))), 80, 80, 1)
    assert half[..., 3].sum() / 255 == pytest.approx(3200, rel=0.03)
    assert half[10, 10, 3] == 255
    assert half[70, 70, 3] == 0
    line = shapes.shape(
        Shape(shape="line", points=((0, 0.5), (1, 0.5)), stroke="#fff", stroke_width=8), 80, 80, 1
    )
    assert line[..., 3].sum() / 255 == pytest.approx(640, rel=0.05)


def test_a_half_clear_fill_keeps_its_alpha() -> None:
    assert shapes.shape(Shape(fill="#ff000080"), 20, 20, 1)[10, 10].tolist() == [255, 0, 0, 128]


def test_a_gradient_runs_from_its_first_colour_to_its_last() -> None:
    wide = shapes.gradient(Gradient(colors=("#000000", "#ffffff"), angle=0), 256, 16)[..., 0].astype(int)
    assert wide[:, 0].max() <= 2
    assert wide[:, -1].min() >= 253
    mean = wide.mean(axis=0)
    assert np.abs(mean - (np.arange(256) + 0.5) / 256 * 255).max() < 1
    down = shapes.gradient(Gradient(colors=("#000", "#fff"), angle=90), 16, 256)[..., 0]
    assert down[0].max() < 5
    assert down[-1].min() > 250


def test_a_slanted_gradient_ends_in_the_corners() -> None:
    pixels = shapes.gradient(Gradient(colors=("#000", "#fff"), angle=45), 100, 60)[..., 0]
    assert pixels[0, 0] < 4
    assert pixels[-1, -1] > 251


def test_stops_place_the_colours() -> None:
    spec = Gradient(colors=("#000", "#f00", "#fff"), stops=(0, 0.25, 1), angle=0)
    assert np.abs(shapes.gradient(spec, 400, 8)[0, 100].astype(int) - (255, 0, 0, 255)).max() <= 2


def test_a_radial_gradient_is_round_and_reaches_the_edges() -> None:
    pixels = shapes.gradient(Gradient(kind="radial", colors=("#fff", "#000")), 96, 96)[..., 0]
    assert pixels[48, 48] > 250
    assert pixels[48, 0] < 6
    assert pixels[0, 0] == 0


def test_a_slow_ramp_has_no_bands() -> None:
    spec = Gradient(colors=("#202020", "#282828"), angle=0)
    ramp = shapes.gradient(spec, 800, 64)[..., 0].astype(float).mean(axis=0)
    blocks = ramp.reshape(100, 8).mean(axis=1)
    assert np.abs(blocks - np.interp((np.arange(100) + 0.5) / 100, [0, 1], [32, 40])).max() < 0.7
    steps = np.diff(blocks)
    assert steps.max() < 0.2


def test_a_flat_fill_is_its_colour() -> None:
    assert (shapes.fill("#12345678", 4, 6) == (0x12, 0x34, 0x56, 0x78)).all()
