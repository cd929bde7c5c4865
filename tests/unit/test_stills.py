"""Pictures and GIFs on disk."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from tests.films import moving
from tests.timelines import pattern

from retake.assemble.stills import gif_frames, write_gif, write_jpeg, write_png
from retake.errors import HostError


def test_a_png_holds_the_very_pixels(tmp_path: Path) -> None:
    write_png(tmp_path / "a.png", pattern(1))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), pattern(1))
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_jpeg_is_near_them(tmp_path: Path) -> None:
    write_jpeg(tmp_path / "a.jpg", pattern(1))
    image = Image.open(tmp_path / "a.jpg")
    assert image.format == "JPEG"
    assert np.abs(np.asarray(image).astype(int) - pattern(1)).mean() < 3


@pytest.mark.parametrize(("rate", "step"), [(12, 1), (24, 2), (29.97, 2), (30, 2), (60, 5), (5, 1)])
def test_a_gif_shows_at_most_twelve_frames_a_second_or_nearly(rate: float, step: int) -> None:
    assert gif_frames(100, rate) == range(0, 100, step)


def test_a_gif_lasts_as_long_as_its_film_loops_and_is_small(tmp_path: Path) -> None:
    frames = moving(37, (640, 480))
    numbers = gif_frames(37, 30)
    write_gif(tmp_path / "a.gif", lambda i: frames[numbers[i]], numbers, Fraction(37, 30))
    image = Image.open(tmp_path / "a.gif")
    lasts = sum(frame.info["duration"] for frame in ImageSequence.Iterator(image))
    assert abs(lasts - 1000 * 37 / 30) <= 10
    assert image.info["loop"] == 0
    assert max(image.size) == 480


def test_a_gifs_colours_are_near_those_of_the_film(tmp_path: Path) -> None:
    frames = [pattern(1)] * 2 + [pattern(2)] * 2
    write_gif(tmp_path / "a.gif", lambda i: frames[i], range(4), Fraction(4, 12))
    seen = [np.asarray(f.convert("RGB")) for f in ImageSequence.Iterator(Image.open(tmp_path / "a.gif"))]
    for found, expected in ((seen[0], pattern(1)), (seen[-1], pattern(2))):
        assert np.abs(found.astype(int) - expected).mean() < 12


def test_a_gif_of_one_frame_is_a_gif(tmp_path: Path) -> None:
    write_gif(tmp_path / "a.gif", lambda _: pattern(1), range(1), Fraction(1, 30))
    assert Image.open(tmp_path / "a.gif").format == "GIF"


def test_frames_of_a_gif_are_asked_for_one_by_one(tmp_path: Path) -> None:
    asked: list[int] = []
    frames = moving(40)

    def frame(i: int) -> np.ndarray:
        asked.append(i)
        return frames[i]

    write_gif(tmp_path / "a.gif", frame, range(40), Fraction(40, 12))
    assert asked[-40:] == list(range(40))
    assert len(asked) < 60


@pytest.mark.parametrize("write", [write_png, write_jpeg])
def test_what_cannot_be_written_is_the_hosts_fault_and_leaves_nothing(tmp_path: Path, write: object) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(HostError, match="cannot write"):
        write(tmp_path / "a", pattern(1))  # type: ignore[operator]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
