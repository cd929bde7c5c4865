"""What must hold for every surface that is followed and every picture that is replaced on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retake.media.patch import Patch
from retake.recording.replace import Painter, Plate, VisualReplacer, clean_plate
from retake.recording.surface import SurfaceTrack, track

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT, FRAMES = 480, 270, 30
NOISE = 2.5
CORNERS = np.array([(560, 480), (840, 480), (840, 620), (560, 620)], np.float32)
OCCLUDED = range(9, 22)


def _wall() -> Pixels:
    rng = np.random.default_rng(4)
    coarse = cv2.resize(rng.uniform(60, 150, (50, 50, 3)).astype(np.float32), (1400, 1100))
    return np.clip(
        coarse + cv2.resize(rng.uniform(-25, 25, (350, 350)), (1400, 1100))[..., None], 0, 255
    ).astype(np.uint8)


def _world(text: str) -> Pixels:
    world = _wall()
    (left, top), (right, bottom) = CORNERS[0].astype(int), CORNERS[2].astype(int)
    sign = world[top:bottom, left:right]
    sign[:] = np.array((228, 232, 235)) * (1 - np.linspace(0, 0.1, right - left))[None, :, None]
    cv2.rectangle(sign, (6, 6), (right - left - 7, bottom - top - 7), (60, 60, 60), 3, cv2.LINE_AA)
    cv2.putText(sign, text, (50, 88), cv2.FONT_HERSHEY_DUPLEX, 1.9, (40, 40, 40), 4, cv2.LINE_AA)
    return world


def _camera(index: int) -> NDArray[np.float64]:
    t = index / 90
    shake = 2.0 * np.sin(np.array([1.7, 2.3]) * index)
    turn = np.array([0.22 * np.sin(3.3 * t + 1), 0.35 * np.sin(6.2 * t), 0.06 * np.sin(5 * t)])
    rotation = np.asarray(cv2.Rodrigues(turn)[0])
    lens = np.array([[500, 0, 240], [0, 500, 135], [0, 0, 1]], np.float64)
    place = np.array([20 * np.sin(4 * t) + shake[0], 12 * np.cos(5 * t) + shake[1], 900 - 250 * t])
    plane = np.column_stack([rotation[:, 0], rotation[:, 1], place])
    return lens @ plane @ np.array([[1, 0, -700], [0, 1, -550], [0, 0, 1.0]])


def _hand(index: int) -> NDArray[np.float32]:
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    if index in OCCLUDED:
        x = 90 + (index - OCCLUDED.start) * 22
        cv2.ellipse(mask, (x, 200), (42, 110), 15, 0, 360, 1.0, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.0), np.float32)


def _shoot(world: Pixels, index: int, take: int) -> Pixels:
    frame = np.asarray(
        cv2.warpPerspective(world, _camera(index), (WIDTH, HEIGHT), flags=cv2.INTER_AREA), np.float32
    )
    frame = cv2.GaussianBlur(frame * (1 - 0.1 * np.sin(index / 6)), (0, 0), 0.6 + 0.5 * (index % 7 == 3))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    skin = np.stack([200 + 20 * np.sin(x / 9), 140 + 15 * np.sin(y / 7), 110 + 0 * x], -1)
    hand = _hand(index)[..., None]
    frame = frame * (1 - hand) + skin * hand
    frame = frame + np.random.default_rng((take, index)).normal(0, NOISE, frame.shape)
    return np.clip(np.rint(frame), 0, 255).astype(np.uint8)


def _corners(index: int) -> NDArray[np.float64]:
    return np.asarray(cv2.perspectiveTransform(CORNERS[None] - 0.5, _camera(index))[0], np.float64)


@dataclass(frozen=True)
class Scene:
    frames: list[Pixels]
    track: SurfaceTrack
    plate: Plate


@pytest.fixture(scope="module")
def scene() -> Scene:
    world = _world("ACME")
    frames = [_shoot(world, index, 1) for index in range(FRAMES)]
    quad = [((x + 0.5) / WIDTH, (y + 0.5) / HEIGHT) for x, y in _corners(0)]
    found = track(frames, 100, quad)
    return Scene(frames, found, clean_plate(frames, found))


def _laid(frame: Pixels, patch: Patch | None) -> Pixels:
    if patch is None:
        return frame
    done = frame.astype(np.float32)
    height, width = patch.alpha.shape
    part = done[patch.y : patch.y + height, patch.x : patch.x + width]
    part += (patch.rgb - part) * patch.alpha[..., None]
    return np.rint(done).astype(np.uint8)


def _sign(index: int, grow: float = 0) -> NDArray[np.bool_]:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(_corners(index) * 16).astype(np.int32), 1, shift=4)
    if grow:
        kernel = np.ones((int(2 * abs(grow)) + 1,) * 2, np.uint8)
        mask = np.asarray(cv2.dilate(mask, kernel) if grow > 0 else cv2.erode(mask, kernel))
    return mask > 0


def test_a_moving_sign_is_followed_to_half_a_pixel_through_blur_noise_and_a_hand(scene: Scene) -> None:
    errors = np.array(
        [np.linalg.norm(scene.track.corners(100 + i) - _corners(i), axis=1) for i in range(FRAMES)]
    )
    assert all(frame.visible for frame in scene.track.frames)
    assert np.percentile(errors, 95) <= 0.5
    assert errors.mean() <= 0.25


def test_no_pixel_outside_the_surface_changes(scene: Scene) -> None:
    painter = Painter(scene.track, VisualReplacer().remove(scene.plate), scene.plate)
    for index, frame in enumerate(scene.frames):
        outside = ~_sign(index, grow=1)
        assert np.array_equal(_laid(frame, painter.draw(100 + index))[outside], frame[outside])


def test_what_stands_before_the_surface_stays_before_it(scene: Scene) -> None:
    painter = Painter(scene.track, VisualReplacer().remove(scene.plate), scene.plate)
    kept: list[float] = []
    for index in OCCLUDED:
        done = _laid(scene.frames[index], painter.draw(100 + index))
        hand = (_hand(index) > 0.9) & _sign(index)
        if hand.sum() > 100:
            kept.append(float((done[hand] == scene.frames[index][hand]).all(1).mean()))
    assert len(kept) > 5
    assert min(kept) > 0.95, kept


def test_no_rim_of_the_old_text_stays_beside_what_stands_before_it(scene: Scene) -> None:
    painter = Painter(scene.track, VisualReplacer().remove(scene.plate), scene.plate)
    bare = _world("")
    worst: list[float] = []
    left: list[float] = []
    for index in OCCLUDED:
        near = np.asarray(cv2.dilate(_hand(index), np.ones((13, 13), np.uint8)))
        beside = (near > 0.5) & (_hand(index) < 0.9) & _sign(index, grow=-3)
        if beside.sum() < 100:
            continue
        truth = _shoot(bare, index, 1).astype(np.float32)
        done = _laid(scene.frames[index], painter.draw(100 + index)).astype(np.float32)
        apart, before = (
            np.abs(np.asarray(cv2.GaussianBlur(shown - truth, (0, 0), 1.0))[beside])
            for shown in (done, scene.frames[index].astype(np.float32))
        )
        if before.mean() > 2:  # letters stood there
            worst.append(float(np.percentile(apart, 99)))
            left.append(float(apart.mean() / before.mean()))
    assert len(worst) > 5
    assert max(worst) < 14, worst
    assert max(left) < 0.1, left


def test_a_removed_text_leaves_no_ghost(scene: Scene) -> None:
    bare = _world("")
    layer = VisualReplacer().remove(scene.plate)
    painter = Painter(scene.track, layer, scene.plate)
    residuals: list[float] = []
    for index in (*range(0, 8, 2), 24, 28):
        done = _laid(scene.frames[index], painter.draw(100 + index)).astype(np.float32)
        truth = _shoot(bare, index, 1).astype(np.float32)
        inside = _sign(index, grow=-3)
        apart = np.asarray(cv2.GaussianBlur(done - truth, (0, 0), 1.5))[inside]
        before = np.asarray(cv2.GaussianBlur(scene.frames[index] - truth, (0, 0), 1.5))[inside]
        residuals.append(float(np.abs(apart).mean()))
        assert np.percentile(np.abs(apart), 99.5) < 8
        assert np.abs(apart).mean() < 0.12 * np.abs(before).mean()
    assert np.mean(residuals) < 1.5


def test_what_is_drawn_has_the_noise_and_light_of_the_recording(scene: Scene) -> None:
    painter = Painter(scene.track, VisualReplacer().remove(scene.plate), scene.plate)
    for index in (2, 6, 26):
        patch = painter.draw(100 + index)
        assert patch is not None
        core = np.asarray(cv2.erode((patch.alpha > 0.999).astype(np.uint8), np.ones((5, 5)))) > 0
        rough = patch.rgb - np.asarray(cv2.GaussianBlur(patch.rgb.astype(np.float32), (0, 0), 2.0))
        assert rough[core].std() == pytest.approx(NOISE, rel=0.25)
        truth = _shoot(_world(""), index, 1)[patch.y :, patch.x :][
            : patch.alpha.shape[0], : patch.alpha.shape[1]
        ]
        assert patch.rgb[core].mean() == pytest.approx(truth[core].mean(), abs=1.5)


def test_the_same_take_gives_the_same_track_and_patches(scene: Scene) -> None:
    quad = [((x + 0.5) / WIDTH, (y + 0.5) / HEIGHT) for x, y in _corners(6)]
    first, second = (track(scene.frames[6:12], 100, quad) for _ in range(2))
    for one, other in zip(first.frames, second.frames, strict=True):
        assert np.array_equal(one.homography, other.homography)
        assert (one.gain, one.offset, one.blur, one.cover) == (
            other.gain,
            other.offset,
            other.blur,
            other.cover,
        )
    layer = VisualReplacer().remove(scene.plate)
    forwards = Painter(scene.track, layer, scene.plate)
    in_order = [forwards.draw(100 + index) for index in range(6)]
    for index in (4, 1):
        patch = Painter(scene.track, layer, scene.plate).draw(100 + index)
        known = in_order[index]
        assert patch is not None and known is not None
        assert np.array_equal(patch.rgb, known.rgb)
        assert np.array_equal(patch.alpha, known.alpha)
