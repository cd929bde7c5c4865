"""Frames by time: exact, in any order, and in the film's own colours and orientation."""

from __future__ import annotations

import gc
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av import VideoFrame
from PIL import Image
from tests.films import SIZE, UNTAGGED, Tags, flat, moving, write_film

from retake.errors import MediaError
from retake.media.colour import picture_to_rgb, yuv_of
from retake.media.decode import VideoReader
from retake.media.picture import Picture


def greys(count: int) -> list[np.ndarray]:
    """Frames that tell their number by their brightness."""
    return [np.full((64, 64, 3), 20 + 4 * n, np.uint8) for n in range(count)]


def number(picture: Picture) -> int:
    return round((float(picture.y.mean()) - 16) * 255 / 219 / 4 - 5)


def colour(picture: Picture) -> list[int]:
    return picture_to_rgb(picture)[picture.height // 2, picture.width // 2].tolist()


def near(found: list[int], expected: tuple[int, int, int], by: int = 4) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts", "film.avi"])
def test_a_frame_is_shown_from_its_time_until_the_next(tmp_path: Path, name: str) -> None:
    if name == "film.avi":
        path = write_film(
            tmp_path / name,
            greys(50),
            codec="mjpeg",
            pixels="yuvj420p",
            tags=Tags(range=2),
            options={"qmax": "2"},
        )
    else:
        path = write_film(tmp_path / name, greys(50), options={"bf": "2"}, keys=20)
    with VideoReader(path) as reader:
        for n in (0, 1, 7, 19, 20, 33, 49):
            assert number(reader.frame_at(Fraction(n, 25))) == n
            assert number(reader.frame_at(Fraction(n, 25) + Fraction(1, 26))) == n


def test_the_order_of_asking_changes_nothing(tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "film.mp4", moving(150), options={"preset": "medium", "x264-params": "open-gop=1"}, keys=25
    )
    order = [*range(0, 150, 11), *range(149, 0, -17), 3, 140, 4, 99, 100]
    with VideoReader(path) as reader:
        straight = {n: reader.frame_at(Fraction(n, 25)).copy() for n in sorted(set(order))}
    with VideoReader(path) as reader:
        assert all(reader.frame_at(Fraction(n, 25)).equals(straight[n]) for n in order)


def test_variable_rate_is_followed_by_time(tmp_path: Path) -> None:
    times = [0, 1, 2, 10, 11, 30, 31, 60]
    path = write_film(tmp_path / "vfr.mp4", greys(8), times=times)
    with VideoReader(path) as reader:
        assert [number(reader.frame_at(Fraction(t, 25))) for t in (0, 9, 10, 29, 30, 59, 60)] == [
            0, 2, 3, 4, 5, 6, 7,
        ]  # fmt: skip


def test_outside_of_the_film_the_nearest_frame_is_shown(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", greys(10))
    with VideoReader(path) as reader:
        assert number(reader.frame_at(Fraction(100))) == 9
        assert number(reader.frame_at(Fraction(-1))) == 0
        assert number(reader.frame_at(Fraction(99))) == 9


def test_second_0_is_the_first_frame_of_a_stream_that_starts_late(tmp_path: Path) -> None:
    path = write_film(tmp_path / "late.ts", greys(30), times=range(250, 280))
    with VideoReader(path) as reader:
        assert [number(reader.frame_at(Fraction(n, 25))) for n in (0, 20, 5)] == [0, 20, 5]


def test_a_frame_is_freed_when_it_was_shown(tmp_path: Path) -> None:
    path = write_film(tmp_path / "turned.mp4", moving(20), rotation=90)
    gc.collect()
    gc.disable()  # a frame in a cycle would live until the collector comes
    try:
        with VideoReader(path) as reader:
            for n in range(20):
                reader.frame_at(Fraction(n, 25))
            alive = sum(isinstance(found, VideoFrame) for found in gc.get_objects())
    finally:
        gc.enable()
    assert alive < 6


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_rotated_film_is_shown_upright(tmp_path: Path, rotation: int) -> None:
    upright = np.zeros((96, 64, 3), np.uint8)
    upright[:48, :32] = 255
    stored = np.ascontiguousarray(np.rot90(upright, rotation // 90))
    path = write_film(tmp_path / "turned.mp4", [stored] * 3, rotation=rotation)
    with VideoReader(path) as reader:
        picture = reader.frame_at(Fraction(0))
    assert (picture.width, picture.height) == (64, 96)
    corners = picture.y[8, 8], picture.y[8, -8], picture.y[-8, 8], picture.y[-8, -8]
    assert [int(corner) > 128 for corner in corners] == [True, False, False, False]


@pytest.mark.parametrize(
    ("pixels", "tags"),
    [
        ("yuv420p", Tags()),
        ("yuv420p10le", Tags()),
        ("yuv444p", Tags()),
        ("yuv420p", Tags(range=2)),
        ("yuv420p", Tags(6, 6, 6, 1)),
        ("yuv420p", UNTAGGED),
        ("yuvj420p", Tags(6, 6, 6, 2)),
    ],
)
def test_colours_survive_depth_range_and_matrix(tmp_path: Path, pixels: str, tags: Tags) -> None:
    path = write_film(tmp_path / "film.mp4", flat(2, (200, 60, 30)), pixels=pixels, tags=tags)
    with VideoReader(path) as reader:
        assert near(colour(reader.frame_at(Fraction(0))), (200, 60, 30))


def test_without_tags_large_pictures_are_bt709(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", flat(2, (200, 60, 30), (1280, 720)), tags=UNTAGGED)
    with VideoReader(path, size=(64, 36)) as reader:
        assert near(colour(reader.frame_at(Fraction(0))), (200, 60, 30))


@pytest.mark.parametrize("transfer", [16, 18])
def test_high_dynamic_range_is_rolled_off_in_order(tmp_path: Path, transfer: int) -> None:
    codes = [np.full((96, 128, 3), level, np.uint8) for level in range(0, 256, 15)]
    path = write_film(
        tmp_path / "hdr.mp4", codes, pixels="yuv420p10le", tags=Tags(9, transfer, 9, 1), options={"crf": "1"}
    )
    with VideoReader(path) as reader:
        luma = [int(reader.frame_at(Fraction(n, 25)).y[40, 40]) for n in range(len(codes))]
    assert luma == sorted(luma)
    assert luma[0] <= 17
    assert luma[-1] >= 233
    white = {16: 10, 18: 13}[transfer]  # close to reference white, 203 cd/m2: bright, and not yet clipped
    assert 190 < luma[white] < 225


def test_wide_gamut_is_brought_into_bt709(tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "wide.mp4", flat(2, (160, 128, 100)), pixels="yuv420p10le", tags=Tags(9, 14, 9, 1)
    )
    with VideoReader(path) as reader:
        red, green, blue = colour(reader.frame_at(Fraction(0)))
    assert red > 163
    assert abs(green - 127) <= 4
    assert blue < 100


def test_square_pixels_odd_sizes_and_a_size_asked_for(tmp_path: Path) -> None:
    wide = write_film(tmp_path / "wide.mp4", moving(2), aspect=Fraction(4, 3))
    odd = write_film(tmp_path / "odd.mp4", moving(2, (101, 75)), pixels="yuv444p")
    with VideoReader(wide) as reader:
        assert reader.size == (170, 96)
    with VideoReader(odd) as reader:
        assert (reader.frame_at(Fraction(0)).width, reader.size) == (100, (100, 74))
    with VideoReader(wide, size=(40, 60)) as reader:
        assert reader.frame_at(Fraction(0)).y.shape == (60, 40)


def test_a_picture_of_the_right_kind_is_passed_through_untouched(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", flat(2, (26, 26, 46)), options={"crf": "0"})
    with VideoReader(path) as reader:
        assert reader.frame_at(Fraction(0)).equals(Picture.blank(*SIZE, yuv_of("#1a1a2e")))


def test_an_animated_gif_is_a_film(tmp_path: Path) -> None:
    shots = [Image.new("RGB", (32, 32), name) for name in ("red", "lime", "blue")]
    shots[0].save(tmp_path / "a.gif", save_all=True, append_images=shots[1:], duration=200)
    with VideoReader(tmp_path / "a.gif") as reader:
        assert near(colour(reader.frame_at(Fraction(1, 4))), (0, 255, 0))
        assert near(colour(reader.frame_at(Fraction(0))), (255, 0, 0))


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 800)
    with pytest.raises(MediaError, match=r"a\.wav"):
        VideoReader(tmp_path / "a.wav")
