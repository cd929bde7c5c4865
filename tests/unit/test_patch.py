"""A patch changes what it covers and nothing else, however the recording is turned and coloured."""

from __future__ import annotations

import numpy as np
import pytest

from retake.media.patch import Look, Patch, apply, to_rgb
from retake.media.picture import Picture

LOOKS = [
    Look(matrix, full, turn)
    for matrix in ("bt709", "bt601")
    for full in (False, True)
    for turn in (0, 1, 2, 3)
]


def _noise(width: int = 48, height: int = 32) -> Picture:
    rng = np.random.default_rng(7)
    return Picture(
        rng.integers(40, 200, (height, width), np.uint8),
        rng.integers(90, 160, (height // 2, width // 2), np.uint8),
        rng.integers(90, 160, (height // 2, width // 2), np.uint8),
    )


def _red(x: int, y: int, width: int, height: int, alpha: float = 1.0) -> Patch:
    rgb = np.full((height, width, 3), (200, 40, 30), np.uint8)
    return Patch(0, x, y, rgb, np.full((height, width), alpha, np.float32))


@pytest.mark.parametrize("look", LOOKS)
def test_a_patch_is_seen_where_it_was_laid_on_the_upright_frame(look: Look) -> None:
    picture = Picture.blank(48, 32, (90, 128, 128))
    apply(picture, _red(6, 4, 10, 12), look)
    shown = to_rgb(picture, look)
    assert shown.shape == ((48, 32, 3) if look.turn % 2 else (32, 48, 3))
    rows, columns = np.nonzero(shown[..., 0].astype(int) - shown[..., 1] > 100)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (6, 15, 4, 15)
    assert np.abs(shown[10, 10].astype(int) - (200, 40, 30)).max() <= 3


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_samples_outside_a_patch_stay_what_they_were(turn: int) -> None:
    picture, before = _noise(), _noise()
    alpha = np.zeros((9, 7), np.float32)
    alpha[2:5, 3:6] = 0.5
    apply(picture, Patch(0, 5, 3, np.full((9, 7, 3), 255, np.uint8), alpha), Look(turn=turn))
    changed = picture.y != before.y
    assert 0 < changed.sum() <= 9
    assert (picture.u != before.u).sum() <= 9


def test_an_alpha_of_nothing_changes_nothing() -> None:
    picture = _noise()
    apply(picture, _red(0, 0, 20, 20, alpha=0.0), Look())
    assert picture.equals(_noise())


@pytest.mark.parametrize(("x", "y"), [(-30, 0), (60, 5), (5, 40), (-4, -4), (44, 28)])
def test_a_patch_that_reaches_out_of_the_frame_is_cut(x: int, y: int) -> None:
    picture = _noise()
    apply(picture, _red(x, y, 20, 12), Look())
    inside = np.zeros((32, 48), bool)
    inside[max(y, 0) : max(y + 12, 0), max(x, 0) : max(x + 20, 0)] = True
    assert np.array_equal(picture.y[~inside], _noise().y[~inside])


def test_half_an_alpha_is_half_way() -> None:
    picture = Picture.blank(16, 16, (100, 128, 128))
    grey = Patch(0, 0, 0, np.full((16, 16, 3), 255, np.uint8), np.full((16, 16), 0.5, np.float32))
    apply(picture, grey, Look())
    assert np.all(picture.y == 168)


def test_a_patch_of_mismatched_sizes_is_refused() -> None:
    with pytest.raises(ValueError, match="alpha"):
        Patch(0, 0, 0, np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5), np.float32))
