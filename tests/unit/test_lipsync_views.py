from __future__ import annotations

import numpy as np
import pytest

from retake.generate.lipsync.views import luma, window
from retake.media.patch import Look, to_rgb
from retake.media.picture import Picture

RANDOM = np.random.default_rng(3)
CODED = Picture(
    RANDOM.integers(16, 235, (36, 48), dtype=np.uint8),
    np.full((18, 24), 90, np.uint8),
    np.full((18, 24), 170, np.uint8),
)


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("edges", [(4, 6, 20, 18), (-9, -9, 11, 13), (25.5, 7.2, 99, 99)])
def test_a_window_is_what_the_whole_frame_shows_there(turn: int, edges: tuple[float, float, float, float]):
    look = Look("bt601", turn=turn)
    whole = to_rgb(CODED, look)
    seen = window(CODED, look, *edges)
    assert seen is not None
    height, width = seen.rgb.shape[:2]
    assert np.array_equal(seen.rgb, whole[seen.y : seen.y + height, seen.x : seen.x + width])
    left, top, right, bottom = edges
    assert seen.x <= max(left, 0)
    assert seen.y <= max(top, 0)
    assert seen.x + width >= min(right, whole.shape[1])
    assert seen.y + height >= min(bottom, whole.shape[0])


def test_nothing_is_seen_outside_the_frame():
    assert window(CODED, Look(), 60, 0, 70, 10) is None


@pytest.mark.parametrize("turn", range(4))
def test_luma_is_upright(turn: int):
    grey = Picture(CODED.y, np.full((18, 24), 128, np.uint8), np.full((18, 24), 128, np.uint8))
    look = Look(full_range=True, turn=turn)
    assert np.array_equal(luma(grey, look), to_rgb(grey, look)[..., 0])
