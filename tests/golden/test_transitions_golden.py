"""How every transition looks a little before its middle."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from tests.conftest import Golden
from tests.staging import Pixels, flag, shot, still

from retake.timeline.document import TransitionType


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("transitions")
    still(where / "flag.png", flag(180, 320))
    y, x = np.mgrid[0:320, 0:180]
    rings = 128 + 100 * np.sin(np.hypot(x - 90, y - 160) / 6)
    still(where / "rings.png", np.stack([rings, rings * 0.8, 60 + 0 * x], axis=2).astype(np.uint8))
    return where


def _halfway(folder: Path, kind: str) -> Pixels:
    clips = [
        {"asset": {"type": "image", "src": "flag.png"}},
        {
            "asset": {"type": "image", "src": "rings.png"},
            "start": 0.5,
            "transition": {"in": {"type": kind, "duration": 0.5, "color": "#804020"}},
        },
    ]
    return shot(folder, clips, at=21)


@pytest.mark.parametrize("kind", get_args(TransitionType))
def test_a_transition_looks_as_it_did(folder: Path, golden: Golden, kind: str) -> None:
    golden(f"transition_{kind}", _halfway(folder, kind))


@pytest.mark.parametrize("kind", ["slide", "push", "zoom", "blur"])
def test_a_title_goes_without_its_background(folder: Path, golden: Golden, kind: str) -> None:
    below = [{"asset": {"type": "image", "src": "flag.png"}}]
    shape = {"type": "shape", "shape": "ellipse", "fill": "#ffd040", "stroke": "#203050", "stroke_width": 24}
    transition = {"out": {"type": kind, "duration": 0.5}}
    above = [{"asset": shape, "box": {"width": 0.6, "height": 0.2}, "transition": transition}]
    golden(f"title_{kind}", shot(folder, below, above, at=23))
