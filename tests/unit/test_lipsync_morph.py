from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from tests.talking_head import photograph

from retake.generate.lipsync.morph import between


def moved(by: float) -> NDArray[np.float32]:
    picture = photograph()[60:200, 60:200].astype(np.float32)
    place = np.array([[1, 0, 0], [0, 1, by]], np.float64)
    return np.asarray(cv2.warpAffine(picture, place, (140, 140), borderMode=cv2.BORDER_REPLICATE), np.float32)


def apart(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(np.abs(a - b)[20:-20, 20:-20].mean())


def test_what_lies_between_two_mouths_has_moved_part_of_the_way():
    first, second = moved(0), moved(5)
    for share in (1 / 3, 1 / 2, 2 / 3):
        found = between(first, second, share)
        dissolved = first + (second - first) * np.float32(share)
        assert apart(found, moved(5 * share)) < 0.4 * apart(dissolved, moved(5 * share))


def test_large_pieces_are_bent_as_small_ones_are():
    first, second = (cv2.resize(moved(by), None, fx=3, fy=3) for by in (0, 5))
    found = np.asarray(cv2.resize(between(first, second, 0.5), (140, 140)), np.float32)
    assert apart(found, moved(2.5)) < 0.4 * apart((moved(0) + moved(5)) / 2, moved(2.5))


def test_the_ends_are_the_mouths_themselves():
    first, second = moved(0), moved(5)
    assert between(first, second, 0) is first
    assert between(first, second, 1) is second
