"""What stands before a surface, cut out of it: none of the old surface comes along."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retake.recording.surface.compare import find_cover
from retake.recording.surface.matte import find_alpha, lift
from retake.recording.surface.reference import Reference

Floats = NDArray[np.float32]

HEIGHT, WIDTH = 160, 320
ORANGE = np.array((190, 110, 60), np.float32)


def _card(text: str) -> Floats:
    card = np.full((HEIGHT, WIDTH, 3), (228, 232, 236), np.uint8)
    cv2.putText(card, text, (14, 105), cv2.FONT_HERSHEY_DUPLEX, 2.0, (28, 30, 60), 5, cv2.LINE_AA)
    return cv2.GaussianBlur(card.astype(np.float32), (0, 0), 0.7)


def _stick(width: int, slope: float) -> Floats:
    """The share of each pixel that a stick through the middle covers; its edges are soft."""
    large, along = np.zeros((4 * HEIGHT, 4 * WIDTH), np.float32), np.array((np.cos(slope), np.sin(slope)))
    ends = (np.array((640, 320)) + side * 900 * along for side in (-1, 1))
    cv2.line(large, *((round(x), round(y)) for x, y in ends), 1.0, 4 * width, cv2.LINE_AA)  # pyright: ignore
    return cv2.GaussianBlur(cv2.resize(large, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), (0, 0), 0.8)


def _exchanged(width: int, slope: float) -> tuple[Floats, Floats, Floats]:
    """The new card behind the stick: as cut out of a frame of the old one, and as it would be; its share."""
    old, new, share = _card("Maria"), _card("Zoe L"), _stick(width, slope)
    noise = np.random.default_rng(width).normal(0, 2, old.shape).astype(np.float32)
    shown = share[..., None] * ORANGE + (1 - share[..., None]) * old + noise
    down, along = np.gradient(cv2.cvtColor(old, cv2.COLOR_RGB2GRAY))
    reference = cast(Reference, SimpleNamespace(edges=np.hypot(down, along).astype(np.float32)))
    cover = find_cover(reference, shown - old, np.ones(share.shape, np.bool_))
    alpha = find_alpha(shown, old, cover, np.zeros_like(share))
    made = lift(shown, old, alpha) + (1 - alpha[..., None]) * new
    return made, share[..., None] * ORANGE + (1 - share[..., None]) * new, share


@pytest.mark.parametrize("slope", [0.2, 1.0, 1.5])
@pytest.mark.parametrize("width", [2, 3, 6, 20])
def test_no_old_letters_stay_beside_what_passes_however_thin(width: int, slope: float) -> None:
    made, true, share = _exchanged(width, slope)
    beside = (cv2.dilate(share, np.ones((25, 25))) > 0.5) & (cv2.dilate(share, np.ones((5, 5))) < 0.05)
    apart = np.abs(made - true).max(2)[beside]
    assert (apart > 40).mean() < 0.005


@pytest.mark.parametrize("slope", [0.2, 1.0, 1.5])
@pytest.mark.parametrize("width", [3, 6, 20])
def test_what_passes_keeps_its_colour_and_its_edge(width: int, slope: float) -> None:
    made, true, share = _exchanged(width, slope)
    apart = np.abs(made - true).mean(2)
    assert apart[share > 0.9 * share.max()].mean() < 8
    assert apart[(share > 0.05) & (share < 0.9 * share.max())].mean() < 15
