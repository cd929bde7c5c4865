"""Plates: premultiplied pixels whose compositing is what the straight formula says."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from retake.media.colour import picture_to_rgb, yuv_of
from retake.media.picture import Picture
from retake.render.camera import drawn, paste
from retake.render.plate import Plate, faded, from_picture, from_rgb, masked

Pixels = NDArray[np.uint8]


def _smooth(width: int, height: int, channels: int, seed: int = 0) -> Pixels:
    phase = np.random.default_rng(seed).uniform(0, 6.28, (channels, 2))
    y, x = np.mgrid[0:height, 0:width]
    waves = [127.5 + 120 * np.sin(x / 23 + a) * np.cos(y / 19 + b) for a, b in phase]
    return np.stack(waves, axis=2).round().astype(np.uint8)


def _over(canvas: tuple[int, int, int], plate: Plate) -> Picture:
    picture = Picture.blank(plate.width, plate.height, canvas)
    paste(picture, plate, 0, 0)
    return picture


def test_an_opaque_plate_is_pasted_sample_for_sample() -> None:
    plate = from_rgb(_smooth(64, 48, 3))
    assert plate.opaque
    assert _over((200, 90, 90), plate).equals(Picture(plate.y, plate.u, plate.v))


def test_alpha_that_hides_nothing_makes_an_opaque_plate() -> None:
    pixels = np.dstack([_smooth(32, 32, 3), np.full((32, 32), 255, np.uint8)])
    assert from_rgb(pixels).opaque


def test_compositing_equals_the_straight_formula() -> None:
    pixels = _smooth(96, 80, 4)
    picture = Picture(*(p for p in _over((16, 128, 128), from_rgb(pixels[..., :3].copy())).planes))
    alpha = np.ascontiguousarray(pixels[..., 3])
    over = _over((180, 100, 160), from_picture(picture, alpha))
    part = alpha / 255.0
    half = part.reshape(40, 2, 48, 2).mean(axis=(1, 3))
    for drawn_plane, source, ground, a in zip(
        over.planes, picture.planes, (180, 100, 160), (part, half, half), strict=True
    ):
        assert np.abs(drawn_plane - (source * a + ground * (1 - a))).max() <= 2


@pytest.mark.parametrize("opacity", [0.0, 0.25, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_faded_plate_shows_its_part_of_it(opacity: float, channels: int) -> None:
    plate = from_rgb(_smooth(64, 64, channels))
    ground = (200, 100, 150)
    whole, part = _over(ground, plate), _over(ground, faded(plate, opacity))
    for full, seen, level in zip(whole.planes, part.planes, ground, strict=True):
        assert np.abs(seen - (full * opacity + level * (1 - opacity))).max() <= 2


def test_a_plate_is_trimmed_to_what_is_seen_and_keeps_a_clear_margin() -> None:
    pixels = np.zeros((60, 80, 4), np.uint8)
    pixels[21:33, 15:40] = 255
    plate = from_rgb(pixels)
    assert (plate.width, plate.height) == (80, 60)
    assert plate.left % 2 == plate.top % 2 == 0
    assert plate.y.size < 80 * 60 / 3
    assert plate.clear is not None
    for edge in (plate.clear[0], plate.clear[-1], plate.clear[:, 0], plate.clear[:, -1]):
        assert (edge == 255).all()
    seen = picture_to_rgb(_over(yuv_of("#000"), plate))[..., 1]
    assert (seen[21:33, 15:40] >= 250).all()
    assert seen[:20].max() <= 3


def test_a_plate_that_shows_nothing_draws_nothing() -> None:
    plate = from_rgb(np.zeros((20, 20, 4), np.uint8))
    canvas = Picture.blank(20, 20, (77, 99, 111))
    paste(canvas, plate, 0, 0)
    assert canvas.equals(Picture.blank(20, 20, (77, 99, 111)))


def test_hidden_colour_does_not_bleed_into_an_edge() -> None:
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[..., :3] = (0, 255, 0)
    pixels[:, :21] = (200, 30, 30, 255)
    over = picture_to_rgb(_over(yuv_of("#c81e1e"), from_rgb(pixels)))
    assert np.abs(over.astype(int) - (200, 30, 30)).max() <= 3


@pytest.mark.parametrize("size", [(33, 20), (32, 21), (1, 1), (3, 3)])
def test_odd_sizes_are_padded_by_their_edge(size: tuple[int, int]) -> None:
    plate = from_rgb(np.full((size[1], size[0], 3), 180, np.uint8))
    assert plate.width % 2 == plate.height % 2 == 0
    assert plate.y.min() == plate.y.max()


@pytest.mark.parametrize("channels", [3, 4])
def test_half_a_plate_is_its_mean(channels: int) -> None:
    plate = from_rgb(_smooth(64, 48, channels))
    half = plate.half
    assert (half.width, half.height) == (32, 24)
    assert half is plate.half
    mean = plate.y.reshape(24, 2, 32, 2).mean(axis=(1, 3))
    assert np.abs(half.y - mean).max() <= 1
    assert half.opaque == plate.opaque


def test_half_of_a_trimmed_plate_lies_where_it_lay() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[40:56, 8:24] = 255
    half = _over((16, 128, 128), from_rgb(pixels).half).y
    rows, columns = np.nonzero(half > 100)
    assert (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) == (20, 28, 4, 12)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_masked_plate_shows_only_where_the_mask_is_white(channels: int) -> None:
    plate = from_rgb(_smooth(64, 48, channels, seed=3))
    mask = np.zeros((48, 64), np.uint8)
    mask[:, 32:] = 255
    ground = (200, 100, 150)
    part, whole = _over(ground, masked(plate, mask)), _over(ground, plate)
    assert (part.y[:, :31] == 200).all()
    assert np.abs(part.y[:, 33:].astype(int) - whole.y[:, 33:]).max() <= 1
    assert np.abs(part.u[:, 17:].astype(int) - whole.u[:, 17:]).max() <= 1


def test_what_was_drawn_becomes_a_plate_that_draws_the_same() -> None:
    plate = from_rgb(_smooth(64, 48, 4, seed=5))
    again = drawn((64, 48), lambda canvas: paste(canvas, faded(plate, 0.7), 6, -4))
    one, other = Picture.blank(64, 48, (140, 90, 170)), Picture.blank(64, 48, (140, 90, 170))
    paste(one, faded(plate, 0.7), 6, -4)
    paste(other, again, 0, 0)
    assert (
        max(int(np.abs(a.astype(int) - b).max()) for a, b in zip(one.planes, other.planes, strict=True)) <= 1
    )
