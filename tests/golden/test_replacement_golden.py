"""How a new name and a new logo look on a slanted, noisy card."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import Golden

from retake.recording.replace import Plate, TextLook, VisualReplacer, clean_plate
from retake.recording.surface import SurfaceTrack, track

Pixels = NDArray[np.uint8]

QUAD = np.array([(40, 34), (212, 22), (206, 112), (46, 106)], np.float32)


def letterer(text: str, look: TextLook, size: tuple[int, int]) -> Pixels:
    scale = look.cap_height / 21
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, 2)
    left = look.anchor - {"left": 0, "center": width / 2, "right": width}[look.align]
    mask = np.zeros((size[1], size[0]), np.uint8)
    at = round(left), round(look.baselines[0])
    cv2.putText(mask, text, at, cv2.FONT_HERSHEY_DUPLEX, scale, (255,), 2, cv2.LINE_AA)
    return np.dstack([np.full((size[1], size[0], 3), look.colour, np.uint8), mask])


def _frame(seed: int) -> Pixels:
    card = np.full((180, 344, 3), (232, 236, 228), np.uint8)
    cv2.putText(card, "Acme", (84, 112), cv2.FONT_HERSHEY_DUPLEX, 2.2, (120, 40, 30), 5, cv2.LINE_AA)
    corners = np.array([(0, 0), (344, 0), (344, 180), (0, 180)], np.float32)
    place = np.asarray(cv2.getPerspectiveTransform(corners, QUAD))
    frame = np.full((140, 250, 3), (110, 118, 126), np.uint8)
    cv2.warpPerspective(card, place, (250, 140), dst=frame, borderMode=cv2.BORDER_TRANSPARENT)
    frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), 0.7))
    noise = np.random.default_rng(seed).normal(0, 2, frame.shape)
    return np.clip(np.rint(frame + noise), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def prepared() -> tuple[SurfaceTrack, Plate]:
    frames = [_frame(seed) for seed in range(4)]
    found = track(frames, 0, [(x / 250, y / 140) for x, y in QUAD.tolist()])
    return found, clean_plate(frames, found)


def _laid(track: SurfaceTrack, plate: Plate, layer: Pixels) -> Pixels:
    done = _frame(1).astype(np.float32)
    patch = VisualReplacer().draw(track, layer, plate, 1)
    assert patch is not None
    height, width = patch.alpha.shape
    part = done[patch.y : patch.y + height, patch.x : patch.x + width]
    part += (patch.rgb - part) * patch.alpha[..., None]
    return np.rint(done).astype(np.uint8)


def test_a_new_name_looks_as_it_did(golden: Golden, prepared: tuple[SurfaceTrack, Plate]) -> None:
    surface, plate = prepared
    golden("replaced_name", _laid(surface, plate, VisualReplacer().replace_text("Nova", plate, letterer)))


def test_a_new_logo_looks_as_it_did(golden: Golden, prepared: tuple[SurfaceTrack, Plate]) -> None:
    surface, plate = prepared
    logo = np.zeros((90, 120, 4), np.uint8)
    cv2.circle(logo, (60, 45), 42, (20, 110, 90, 255), -1, cv2.LINE_AA)
    cv2.circle(logo, (60, 45), 20, (0, 0, 0, 0), -1)
    golden("replaced_logo", _laid(surface, plate, VisualReplacer().replace_image(logo, plate)))
