from __future__ import annotations

import cv2
import numpy as np
import pytest
from tests.talking_head import face, frame, nods, photograph

from retake.errors import InputError
from retake.generate.lipsync.anchor import Anchor
from retake.generate.lipsync.canon import Canon
from retake.generate.lipsync.faces import gray_of
from retake.generate.lipsync.paste import laid
from retake.media.patch import Look
from retake.media.picture import Picture

COUNT = 16


def test_the_mouth_is_placed_within_a_tenth_of_a_pixel():
    box, places, picture = face(), nods(COUNT), photograph()
    frames = [gray_of(frame(picture, place, i)) for i, place in enumerate(places)]
    anchor = Anchor(frames[0], box)
    whole = [np.vstack([place, [0, 0, 1]]) for place in places]
    mouth = np.array([box.centre[0], box.y + 0.8 * box.height, 1])
    errors = []
    for found, true in zip((anchor.locate(grey) for grey in frames), whole, strict=True):
        expected = (true @ np.linalg.inv(whole[0]) @ mouth)[:2]
        errors.append(np.linalg.norm(found @ mouth - expected))
    assert np.mean(errors) < 0.1
    assert np.max(errors) < 0.2


def test_a_hidden_face_is_refused_and_found_again():
    picture, box = gray_of(photograph()), face()
    anchor = Anchor(picture, box, place="take.mp4")
    covered = picture.copy()
    covered[:, 90:] = 128
    with pytest.raises(InputError, match="hidden") as refusal:
        anchor.locate(covered)
    assert refusal.value.place == "take.mp4"
    assert np.abs(anchor.locate(picture) - np.eye(2, 3)).max() < 0.01


def test_a_plain_surface_shows_nothing_to_follow():
    with pytest.raises(InputError, match="nothing that could be followed"):
        Anchor(np.full((200, 200), 120, np.uint8), face())


def test_the_lower_face_that_is_cut_out_is_laid_back_where_it_was():
    canon = Canon.of(face())
    grey = gray_of(photograph())
    half = np.full((grey.shape[0] // 2, grey.shape[1] // 2), 128, np.uint8)
    picture = Picture(grey, half, half.copy())
    look = Look(full_range=True)
    place = cv2.getRotationMatrix2D((120, 120), 5.0, 1.05)
    piece = canon.cut(picture, look, place)
    patch = canon.lay(7, picture, look, place, piece.astype(np.float32), canon.mask(), 1.0)
    assert patch is not None
    assert patch.frame == 7
    before = np.repeat(grey[..., None], 3, axis=2)
    after = laid(before, patch)
    changed = (after != before).any(-1)
    assert changed.any()
    assert np.abs(after.astype(int) - before).mean(where=changed[..., None]) < 3
    assert canon.lay(7, picture, look, place, piece.astype(np.float32), canon.mask(), 0.0) is None
