"""How fits, masks, keys, turns, gradients and shapes look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Golden
from tests.staging import flag, shot, still

IMAGE = {"type": "image", "src": "photo.png"}
HALF = {"box": {"width": 0.6, "height": 0.4}}
SUNSET = {"type": "gradient", "colors": ["#1a1a2e", "#c04060", "#ffc070"], "angle": 70}
STAR = [
    [0.5, 0],
    [0.62, 0.38],
    [1, 0.38],
    [0.69, 0.6],
    [0.81, 1],
    [0.5, 0.75],
    [0.19, 1],
    [0.31, 0.6],
    [0, 0.38],
    [0.38, 0.38],
]

CLIPS: dict[str, dict[str, Any]] = {
    "cover": {"asset": IMAGE},
    "contain": {"asset": IMAGE, "fit": "contain"},
    "blur": {"asset": IMAGE, "fit": "blur"},
    "stretch": {"asset": IMAGE, "fit": "stretch"},
    "none": {"asset": IMAGE, "fit": "none"},
    "turned": {"asset": IMAGE, **HALF, "rotation": 20, "corner_radius": 120},
    "ellipse": {"asset": IMAGE, **HALF, "mask": {"shape": "ellipse", "feather": 40}},
    "inverted": {"asset": IMAGE, "mask": {"shape": "ellipse", "invert": True}},
    "keyed": {"asset": {"type": "image", "src": "green.png"}, "chroma_key": {}},
    "radial": {"asset": {"type": "gradient", "kind": "radial", "colors": ["#fff4d0", "#40a0c0", "#102040"]}},
    "star": {"asset": {"type": "shape", "shape": "polygon", "points": STAR, "fill": "#ffd040"}, **HALF},
    "ring": {
        "asset": {"type": "shape", "shape": "ellipse", "fill": None, "stroke": "#fff", "stroke_width": 30},
        **HALF,
    },
    "adjusted": {
        "asset": IMAGE,
        "adjust": {"saturation": 0.4, "contrast": 1.3, "temperature": 0.6, "blur": 6},
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("layers")
    photo = flag(240, 160)
    y, x = np.mgrid[0:160, 0:240]
    photo[np.hypot(x - 120, y - 80) < 50] = (250, 200, 60)
    still(where / "photo.png", photo)
    green = np.full((320, 180, 3), (0, 177, 64), np.uint8)
    y, x = np.mgrid[0:320, 0:180]
    green[np.hypot(x - 90, y - 140) < 60] = (220, 150, 120)
    still(where / "green.png", green)
    return where


@pytest.mark.parametrize("name", list(CLIPS))
def test_a_layer_looks_as_it_did(folder: Path, golden: Golden, name: str) -> None:
    golden(f"layer_{name}", shot(folder, [{"asset": SUNSET}], [CLIPS[name]]))
