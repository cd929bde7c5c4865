"""BT.709 limited range, exactly rounded; chroma where H.264 has it; colours by name."""

from __future__ import annotations

import numpy as np
import pytest

from retake.media.colour import halve, luma_of, parse_color, picture_to_rgb, rgb_to_picture, yuv_of
from retake.media.picture import Picture


@pytest.mark.parametrize(
    ("color", "yuv"),
    [
        ("black", (16, 128, 128)),
        ("white", (235, 128, 128)),
        ("red", (63, 102, 240)),
        ("lime", (173, 42, 26)),
        ("blue", (32, 240, 118)),
        ("#808080", (126, 128, 128)),
    ],
)
def test_colours_have_the_codes_of_bt709(color: str, yuv: tuple[int, int, int]) -> None:
    assert yuv_of(color) == yuv
    rgb = np.full((4, 6, 3), parse_color(color)[:3], np.uint8)
    picture = rgb_to_picture(rgb)
    assert picture.equals(Picture.blank(6, 4, yuv))


def test_luma_is_the_exact_value_rounded() -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (130, 64, 3), dtype=np.uint8)
    exact = 16 + rgb @ np.array([0.2126, 0.7152, 0.0722]) * 219 / 255
    apart = luma_of(rgb) - exact
    assert np.abs(apart).max() <= 0.5 + 1e-3


def test_chroma_is_sited_on_even_columns_between_two_rows() -> None:
    rgb = np.random.default_rng(2).integers(0, 256, (130, 64, 3), dtype=np.uint8)
    blue = rgb @ (np.array([-0.2126, -0.7152, 0.9278]) / 1.8556 * 224 / 255)
    rows = (blue[0::2] + blue[1::2]) / 2
    before = np.concatenate([rows[:, :1], rows[:, 1:-1:2]], axis=1)
    exact = 128 + rows[:, 0::2] / 2 + rows[:, 1::2] / 4 + before / 4
    assert np.abs(rgb_to_picture(rgb).u - exact).max() <= 0.5 + 1e-3


def test_smooth_pictures_come_back_from_yuv() -> None:
    y, x = np.mgrid[0:96, 0:128]
    rgb = np.dstack([x * 1.9, y * 2.5, 255 - x * 1.9]).astype(np.uint8)
    back = picture_to_rgb(rgb_to_picture(rgb)).astype(int)
    assert np.abs(back - rgb).max() <= 5
    assert np.abs((back - rgb).mean(axis=(0, 1))).max() < 0.3


def test_colours_outside_of_rgb_are_clipped_not_wrapped() -> None:
    assert picture_to_rgb(Picture.blank(4, 4, (235, 240, 240)))[0, 0].tolist() == [255, 171, 255]
    assert picture_to_rgb(Picture.blank(4, 4, (16, 16, 16)))[0, 0].tolist() == [0, 84, 0]


def test_halving_keeps_flat_masks_exact() -> None:
    assert np.all(halve(np.full((6, 8), 255, np.uint8)) == 255)
    assert halve(np.zeros((6, 8), np.uint8)).shape == (3, 4)


def test_odd_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        rgb_to_picture(np.zeros((5, 4, 3), np.uint8))


def test_colours_are_parsed_as_style_sheets_write_them() -> None:
    assert parse_color("#1a1a2e") == (26, 26, 46, 255)
    assert parse_color("#F0a") == (255, 0, 170, 255)
    assert parse_color("#11223380") == (17, 34, 51, 128)
    assert parse_color(" RebeccaPurple ") == (102, 51, 153, 255)
    assert parse_color("transparent")[3] == 0


@pytest.mark.parametrize("text", ["", "#12", "#12345g", "blurple", "rgb(1,2,3)", "112233"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no colour"):
        parse_color(text)


def test_a_picture_has_even_contiguous_planes_of_its_own() -> None:
    picture = Picture.blank(8, 4, yuv_of("navy"))
    copy = picture.copy()
    assert copy.equals(picture)
    copy.u[0, 0] += 1
    assert not copy.equals(picture)
    assert (picture.width, picture.height) == (8, 4)
    with pytest.raises(ValueError, match="4:2:0"):
        Picture(picture.y, picture.u[:1], picture.v)
    with pytest.raises(ValueError, match="contiguous"):
        Picture(picture.y[:, ::-1], picture.u, picture.v)
