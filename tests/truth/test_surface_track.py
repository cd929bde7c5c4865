"""Following a surface: cards that rest, that move, that go, and those that cannot be followed."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retake.errors import InputError, MediaError
from retake.recording.surface import SurfaceTrack, track

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 240, 160
BOX = (80 / WIDTH, 50 / HEIGHT, 84 / WIDTH, 48 / HEIGHT)


def _frame(dx: float = 0, dy: float = 0, *, noise: float = 0, seed: int = 0) -> Pixels:
    frame = np.full((HEIGHT, WIDTH, 3), (90, 110, 100), np.uint8)
    card = np.full((48, 84, 3), 230, np.uint8)
    cv2.rectangle(card, (4, 4), (79, 43), (60, 70, 80), 1, cv2.LINE_AA)
    cv2.putText(card, "Anna", (10, 33), cv2.FONT_HERSHEY_DUPLEX, 0.9, (30, 30, 40), 2, cv2.LINE_AA)
    move = np.array([[1, 0, 80 + dx], [0, 1, 50 + dy]], np.float64)
    cv2.warpAffine(card, move, (WIDTH, HEIGHT), dst=frame, borderMode=cv2.BORDER_TRANSPARENT)
    grain = np.random.default_rng(seed).normal(0, noise, frame.shape) if noise else 0
    return np.clip(np.rint(frame + grain), 0, 255).astype(np.uint8)


def test_a_card_of_a_screen_recording_is_exactly_where_it_is() -> None:
    found = track([_frame()] * 4, 7, BOX)
    assert found.static
    assert found.size == (84, 48)
    assert not found.noise.any()
    for number in range(7, 11):
        state = found.at(number)
        assert np.array_equal(state.homography, [[1, 0, 80], [0, 1, 50], [0, 0, 1]])
        assert (state.gain, state.offset, state.blur, state.cover) == ((1, 1, 1), (0, 0, 0), 0, b"")
    assert np.array_equal(found.picture, _frame()[50:98, 80:164])


def test_a_resting_card_stays_exact_under_noise() -> None:
    found = track([_frame(noise=3, seed=n) for n in range(5)], 0, BOX)
    assert found.static
    assert np.sqrt(np.diag(found.noise)) == pytest.approx(3, rel=0.2)


def test_a_card_that_slides_is_followed() -> None:
    found = track([_frame(0.7 * n, -0.4 * n, noise=1, seed=n) for n in range(8)], 0, BOX)
    assert not found.static
    for n in range(8):
        moved = found.corners(n) - found.corners(0)
        assert np.abs(moved - (0.7 * n, -0.4 * n)).max() < 0.3


def test_a_card_keeps_its_shape_while_something_hides_one_end_of_it() -> None:
    frames = [_frame(0.6 * np.sin(n), 0.4 * n, noise=2, seed=n) for n in range(24)]
    for frame in frames[4:]:
        frame[:, 134:176] = (150, 90, 60)
    found = track(frames, 0, BOX)
    for n in range(24):
        moved = found.corners(n) - found.corners(0)
        assert np.abs(moved - (0.6 * np.sin(n), 0.4 * n)).max() < 0.4


def test_a_card_that_goes_and_comes_back_is_found_again_and_told() -> None:
    gone = np.full((HEIGHT, WIDTH, 3), (90, 110, 100), np.uint8)
    frames = [
        _frame(),
        _frame(1, 0),
        _frame(2, 0),
        *[gone] * 3,
        _frame(-28, 22),
        _frame(-27, 22),
        _frame(-26, 22),
    ]
    found = track(frames, 40, BOX, place="badge")
    assert [state.visible for state in found.frames] == [True] * 3 + [False] * 3 + [True] * 3
    assert np.abs(found.corners(46) - found.corners(40) - (-28, 22)).max() < 0.5
    (told,) = found.problems
    assert told.warning and "frames 43 to 45" in told.message and told.place == "badge"


def test_a_card_half_out_of_the_frame_is_still_followed() -> None:
    found = track([_frame(-10.0 * n, 0) for n in range(12)], 0, BOX)
    assert all(state.visible for state in found.frames)
    assert found.at(11).seen < 0.75
    assert np.abs(found.corners(11) - found.corners(0) - (-110, 0)).max() < 1


def test_a_matte_covers_what_it_is_white_on_and_nothing_else() -> None:
    frames = [_frame(noise=1, seed=n) for n in range(3)]
    frames[1][40:110, 140:] = (200, 140, 110)
    mattes = [np.zeros((HEIGHT, WIDTH), np.uint8) for _ in frames]
    mattes[1][:, 140:] = 255
    found = track(frames, 0, BOX, mattes=mattes)
    cover = found.cover(1)
    assert cover is not None
    assert cover[:, 60:].min() == 1 and cover[:, :59].max() == 0
    assert found.cover(0) is None


def test_a_nailed_box_needs_nothing_to_follow() -> None:
    rng = np.random.default_rng(1)
    frames = [np.full((HEIGHT, WIDTH, 3), rng.integers(255), np.uint8) for _ in range(3)]
    found = track(frames, 0, BOX, motion="static")
    assert found.static and all(state.seen == 1 for state in found.frames)


def test_a_bare_patch_of_a_resting_picture_rests() -> None:
    box = (30 / WIDTH, 60 / HEIGHT, 40 / WIDTH, 30 / HEIGHT)
    assert track([_frame(noise=1, seed=n) for n in range(3)], 0, box).static


@pytest.mark.parametrize("motion", ["auto", "planar"])
def test_a_bare_wall_cannot_be_followed(motion: str) -> None:
    wall = [np.full((HEIGHT, WIDTH, 3), 128, np.uint8)] * 3
    with pytest.raises(InputError, match="too few details") as caught:
        track(wall, 0, BOX, motion=motion, place="$.visual_segments[0]")  # pyright: ignore[reportArgumentType]
    assert caught.value.place == "$.visual_segments[0]"
    assert "static" in caught.value.remedy


def test_a_surface_seen_in_the_first_frames_only_is_refused() -> None:
    rng = np.random.default_rng(3)
    other = [rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(9)]
    with pytest.raises(InputError, match="only 1 of 10 frames"):
        track([_frame(), *other], 0, BOX)


@pytest.mark.parametrize(
    "region",
    [(0.5, 0.5, 0.01, 0.01), [(0.2, 0.2), (0.1, 0.8), (0.8, 0.8), (0.8, 0.2)], [(0, 0), (1, 0), (1, 1)]],
)
def test_a_region_that_is_none_is_refused(region: object) -> None:
    with pytest.raises(InputError, match="region"):
        track([_frame()], 0, region)  # pyright: ignore[reportArgumentType]


def test_missing_frames_and_mattes_are_refused() -> None:
    with pytest.raises(InputError, match="no frame"):
        track([], 0, BOX)
    with pytest.raises(InputError, match="no matte"):
        track([_frame()] * 2, 0, BOX, mattes=[np.zeros((HEIGHT, WIDTH), np.uint8)])


def test_a_track_is_kept_and_read_again(tmp_path: Path) -> None:
    frames = [_frame(n, 0, noise=2, seed=n) for n in range(4)]
    frames[2][50:100, 130:] = (200, 140, 110)
    found = track(frames, 5, BOX)
    found.save(tmp_path / "card.npz")
    again = SurfaceTrack.load(tmp_path / "card.npz")
    assert (again.start, again.size, again.frame_size, again.problems) == (
        5,
        (84, 48),
        (WIDTH, HEIGHT),
        found.problems,
    )
    assert np.array_equal(again.picture, found.picture) and np.array_equal(again.noise, found.noise)
    for one, other in zip(found.frames, again.frames, strict=True):
        assert np.array_equal(one.homography, other.homography)
        assert (one.seen, one.gain, one.offset, one.blur, one.cover, one.front) == (
            other.seen,
            other.gain,
            other.offset,
            other.blur,
            other.cover,
            other.front,
        )
    assert found.cover(7) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["card.npz"]


def test_a_file_that_is_no_track_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"PK rubbish")
    with pytest.raises(MediaError, match="no surface"):
        SurfaceTrack.load(tmp_path / "x.npz")
