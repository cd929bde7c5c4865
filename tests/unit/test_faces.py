from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.talking_head import face, frame, nods, photograph

from retake.errors import InputError
from retake.generate.lipsync.faces import FaceBox, box_of_landmarks, find_faces, yunet_detector

EYES, MOUTH = np.array([(95.0, 98.0), (136.0, 97.0)]), (118.0, 143.0)


def turned(picture: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """The face as if it lay on a ball that is turned about its upright axis."""
    box, angle = face(), np.radians(degrees)
    reach = 0.75 * box.width
    from_ = np.linspace(-1, 1, 2001)
    to = from_ * np.cos(angle) + 0.9 * (np.sqrt(1 - from_**2) - 0.3) * np.sin(angle)
    edge = int(np.argmax(to)) + 1
    x = np.arange(picture.shape[1], dtype=np.float32)
    at = (x - box.centre[0]) / reach
    inside = (at > to[0]) & (at < to[edge - 1])
    columns = np.where(inside, np.interp(at, to[:edge], from_[:edge]) * reach + box.centre[0], x)
    rows = np.arange(picture.shape[0], dtype=np.float32)[:, None]
    maps = np.broadcast_arrays(columns.astype(np.float32)[None], rows)
    return np.asarray(cv2.remap(picture, maps[0].copy(), maps[1].copy(), cv2.INTER_LINEAR), np.uint8)


def test_a_face_is_found_with_eyes_and_mouth_where_the_box_says():
    box = face()
    for x, y in (*EYES, MOUTH):
        assert box.x < x < box.x + box.width
        assert box.y < y < box.y + box.height
    assert abs((MOUTH[1] - box.y) / box.height - 0.8) < 0.06


def test_the_box_follows_the_head_without_jitter():
    count, box = 26, face()
    places = nods(count)
    found = find_faces([frame(photograph(), place, i) for i, place in enumerate(places)])
    true = places[:, :, :2] @ box.centre + places[:, :, 2]
    apart = np.array([f.centre for f in found]) - true
    assert np.abs(apart - apart.mean(0)).max() < 1.5
    assert np.abs(np.diff(apart, axis=0)).max() < 0.4


def test_grey_frames_will_do():
    grey = cv2.cvtColor(photograph(), cv2.COLOR_RGB2GRAY)
    assert find_faces([grey])[0].overlap(face()) > 0.8


def test_the_larger_of_two_faces_speaks():
    small = cv2.resize(photograph(), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    scene = np.zeros((220, 400, 3), np.uint8)
    scene[:, :240], scene[: len(small), 250 : 250 + small.shape[1]] = photograph(), small
    assert find_faces([scene])[0].overlap(face()) > 0.8


def test_two_equally_large_faces_are_refused():
    with pytest.raises(InputError, match="two faces") as refusal:
        find_faces([np.hstack([photograph(), photograph()])], place="take.mp4")
    assert refusal.value.place == "take.mp4"
    assert "box" in refusal.value.remedy


def test_a_recording_without_a_face_is_refused():
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    with pytest.raises(InputError, match="no face"):
        find_faces([noise] * 9)


def test_a_face_that_is_mostly_hidden_is_refused():
    gone = np.full_like(photograph(), 90)
    with pytest.raises(InputError, match="hidden"):
        find_faces([photograph(), *[gone] * 30])


def test_a_face_turned_too_far_is_refused_and_a_slightly_turned_one_is_not():
    find_faces([turned(photograph(), 12)])
    with pytest.raises(InputError):
        find_faces([turned(photograph(), 55)])


def test_a_box_in_fractions_is_one_in_pixels():
    assert FaceBox.of_fractions(0.25, 0.5, 0.5, 0.25, (200, 100)) == FaceBox(50, 50, 100, 25)


def test_landmarks_give_the_box_that_the_cascade_gives():
    points = np.array([*EYES, (114, 120), (99, 142), (138, 142)])
    assert box_of_landmarks(points).overlap(face()) > 0.75


def test_a_file_that_is_no_detector_is_refused(tmp_path: Path):
    model = tmp_path / "yunet.onnx"
    model.write_bytes(b"not a network")
    with pytest.raises(InputError, match="no face detector"):
        yunet_detector(model)
