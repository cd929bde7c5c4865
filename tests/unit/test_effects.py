"""Colour adjustments, keys, masks and the blurred ground."""

from __future__ import annotations

import numpy as np
import pytest

from retake.media.colour import picture_to_rgb, rgb_to_picture, yuv_of
from retake.media.picture import Picture
from retake.render import effects
from retake.timeline.document import Adjust, ChromaKey, Mask


def _noise(low: int = 40, high: int = 200) -> Picture:
    rgb = np.random.default_rng(0).integers(low, high, (12, 16, 3)).astype(np.uint8)
    return rgb_to_picture(np.repeat(np.repeat(rgb, 4, axis=0), 4, axis=1))


def _hue(rgb: tuple[int, ...]) -> float:
    _, u, v = yuv_of(rgb)
    return float(np.degrees(np.arctan2(v - 128, u - 128)))


def test_the_defaults_change_nothing() -> None:
    picture = _noise()
    assert effects.adjust(picture, Adjust(), 1) is picture
    assert effects.adjust(picture, Adjust(blur=0, hue=0), 1).equals(picture)


@pytest.mark.parametrize("amount", [-0.3, 0.2])
def test_brightness_lifts_luma_alone(amount: float) -> None:
    picture = _noise(90, 150)
    bright = effects.adjust(picture, Adjust(brightness=amount), 1)
    assert np.abs(bright.y.astype(int) - picture.y - round(219 * amount)).max() <= 1
    assert np.array_equal(bright.u, picture.u)


def test_contrast_turns_about_mid_grey() -> None:
    grey = Picture.blank(8, 8, (126, 128, 128))
    assert abs(int(effects.adjust(grey, Adjust(contrast=2), 1).y[0, 0]) - 126) <= 1
    picture = _noise()
    flat = effects.adjust(picture, Adjust(contrast=0.5), 1)
    assert flat.y.std() == pytest.approx(picture.y.std() / 2, rel=0.02)


def test_without_saturation_nothing_has_colour() -> None:
    grey = effects.adjust(_noise(), Adjust(saturation=0), 1)
    assert (grey.u == 128).all()
    assert (grey.v == 128).all()
    picture = _noise()
    vivid = effects.adjust(picture, Adjust(saturation=1.5), 1)
    assert (vivid.u - 128.0).std() == pytest.approx(1.5 * (picture.u - 128.0).std(), rel=0.05)


def test_a_turn_of_hue_goes_from_red_to_green() -> None:
    red = rgb_to_picture(np.full((8, 8, 3), (180, 60, 60), np.uint8))
    turned = picture_to_rgb(effects.adjust(red, Adjust(hue=120), 1))[0, 0]
    assert turned[1] > turned[0]
    assert turned[1] > turned[2]


def test_warmth_lifts_red_and_lowers_blue() -> None:
    grey = rgb_to_picture(np.full((8, 8, 3), 128, np.uint8))
    warm = picture_to_rgb(effects.adjust(grey, Adjust(temperature=0.5), 1))[0, 0].astype(int)
    assert warm[0] > 128 > warm[2]


def test_a_blur_is_measured_in_the_reference_frame() -> None:
    picture = _noise()
    one, other = effects.adjust(picture, Adjust(blur=8), 0.5), effects.adjust(picture, Adjust(blur=4), 1)
    assert one.equals(other)
    assert one.y.std() < picture.y.std()


def test_extremes_stay_within_video_levels() -> None:
    picture = _noise(0, 256)
    for settings in (Adjust(brightness=1), Adjust(brightness=-1), Adjust(contrast=4, saturation=4, hue=90)):
        out = effects.adjust(picture, settings, 1)
        assert out.y.min() >= 16
        assert out.y.max() <= 235
        assert min(out.u.min(), out.v.min()) >= 16
        assert max(out.u.max(), out.v.max()) <= 240


def test_a_key_removes_the_green_ground_and_keeps_the_subject() -> None:
    rgb = np.full((60, 80, 3), (0, 177, 64), np.uint8)
    rgb[20:40, 30:50] = (200, 40, 40)
    picture, alpha = effects.key_alpha(rgb_to_picture(rgb), ChromaKey())
    assert (alpha[:16] == 0).all()
    assert (alpha[24:36, 34:46] == 255).all()
    kept = picture_to_rgb(picture)[24:36, 34:46].astype(int)
    assert np.abs(kept - (200, 40, 40)).max() < 6


def test_a_key_takes_a_shadow_on_the_ground_and_the_greys_stay() -> None:
    rgb = np.zeros((20, 60, 3), np.uint8)
    rgb[:, :20] = (0, 150, 54)
    rgb[:, 20:40] = 128
    rgb[:, 40:] = (255, 224, 189)
    _, alpha = effects.key_alpha(rgb_to_picture(rgb), ChromaKey())
    assert alpha[10, 8] < 30
    assert alpha[10, 30] == alpha[10, 50] == 255


def test_spill_is_taken_out_along_the_keys_own_hue() -> None:
    tinted = rgb_to_picture(np.full((8, 8, 3), (120, 160, 125), np.uint8))
    clean, _ = effects.key_alpha(tinted, ChromaKey(spill=1))
    before, after = picture_to_rgb(tinted)[4, 4].astype(int), picture_to_rgb(clean)[4, 4].astype(int)
    assert np.ptp(after) < np.ptp(before) / 3


def test_masks_and_corners_meet() -> None:
    whole = effects.mask_alpha(None, 0, (40, 30), None, 1)
    assert (whole == 255).all()
    cut = effects.mask_alpha(None, 10, (40, 30), None, 1)
    assert cut[0, 0] == 0
    assert cut[15, 20] == 255
    ring = effects.mask_alpha(Mask(shape="ellipse", invert=True), 0, (40, 30), None, 1)
    assert ring[0, 0] == 255
    assert ring[15, 20] == 0
    image = np.zeros((6, 8), np.uint8)
    image[:, 4:] = 255
    half = effects.mask_alpha(Mask(shape="image", src="m.png"), 0, (40, 30), image, 1)
    assert half[15, 5] == 0
    assert half[15, 35] == 255


@pytest.mark.parametrize("shape", ["ellipse", "rectangle"])
def test_a_feather_fades_within_the_box(shape: str) -> None:
    soft = effects.mask_alpha(Mask.model_validate({"shape": shape, "feather": 12}), 0, (120, 90), None, 0.5)
    assert soft[45, 60] == 255
    assert soft[45, 0] < 12
    assert int(soft[45, 12]) == pytest.approx(128, abs=25)
    assert (np.diff(soft[45, :60].astype(int)) >= 0).all()


@pytest.mark.parametrize("size", [(180, 320), (320, 180), (64, 64), (18, 34)])
@pytest.mark.parametrize("source", [(64, 48), (500, 20), (20, 500), (2, 2)])
def test_a_blurred_ground_fills_its_size_with_quiet_light(
    size: tuple[int, int], source: tuple[int, int]
) -> None:
    rgb = np.full((source[1], source[0], 3), (200, 160, 90), np.uint8)
    ground = effects.blurred_fill(rgb_to_picture(rgb), size)
    assert (ground.width, ground.height) == size
    assert ground.y.min() == ground.y.max()
    assert 90 < ground.y[0, 0] < 165
