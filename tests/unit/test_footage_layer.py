"""Video clips: the frame that belongs to the moment, at the size and place of its clip."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.films import tone, write_film
from tests.staging import bounds, flag, stage

from retake.errors import MediaError
from retake.media.colour import picture_to_rgb, yuv_of
from retake.render.renderer import Renderer
from retake.timeline.film import Length

COUNT, RATE = 50, 25
LENGTHS = dict.fromkeys(("grey.mp4", "flag.mp4", "green.mp4", "text.mp4"), Length(Fraction(2)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`grey.mp4` is four levels brighter with every frame of its two seconds."""
    where = tmp_path_factory.mktemp("footage")
    greys = [np.full((64, 96, 3), 20 + 4 * n, np.uint8) for n in range(COUNT)]
    write_film(where / "grey.mp4", greys, rate=RATE)
    write_film(where / "flag.mp4", [flag(200, 100)] * RATE, rate=RATE)
    green = np.full((120, 80, 3), (0, 177, 64), np.uint8)
    green[40:80, 20:60] = (220, 40, 40)
    write_film(where / "green.mp4", [green] * 3, rate=RATE)
    write_film(where / "sound.mp4", [flag(32, 32)] * 3, rate=RATE, sound=tone(0.2))
    return where


@pytest.fixture
def renderers() -> Iterator[list[Renderer]]:
    opened: list[Renderer] = []
    yield opened
    for renderer in opened:
        renderer.close()


def _shown(renderer: Renderer, n: int) -> int:
    """Which frame of `grey.mp4` a frame of the film shows."""
    return round((int(picture_to_rgb(renderer.frame(n))[10, 10, 0]) - 20) / 4)


def _clip(src: str, **clip: Any) -> list[dict[str, Any]]:
    return [{"asset": {"type": "video", "src": src}, **clip}]


@pytest.mark.parametrize(
    ("clip", "seconds_of"),
    [
        ({}, lambda t: t),
        ({"trim": 0.5}, lambda t: t + Fraction(1, 2)),
        ({"speed": 2}, lambda t: t * 2),
        ({"speed": 0.5, "trim": 1}, lambda t: 1 + t / 2),
    ],
)
def test_the_frame_shown_is_the_one_of_its_moment(
    folder: Path, renderers: list[Renderer], clip: dict[str, Any], seconds_of: Any
) -> None:
    renderers.append(renderer := stage(folder, _clip("grey.mp4", **clip), size=(96, 64), lengths=LENGTHS))
    for n in (0, 1, 7, 29, 3, 20, 20):
        assert _shown(renderer, n) == int(seconds_of(Fraction(n, 30)) * RATE)


def test_a_clip_that_lasts_longer_holds_its_last_frame_or_begins_again(
    folder: Path, renderers: list[Renderer]
) -> None:
    longer = {"duration": 5, "trim": 1}
    renderers.append(held := stage(folder, _clip("grey.mp4", **longer), size=(96, 64), lengths=LENGTHS))
    assert _shown(held, 100) == COUNT - 1
    looped = _clip("grey.mp4", **longer, loop=True)
    renderers.append(again := stage(folder, looped, size=(96, 64), lengths=LENGTHS))
    assert [_shown(again, n) for n in (0, 29, 30, 45, 61)] == [25, 49, 25, 37, 25]


@pytest.mark.parametrize(
    ("clip", "box"),
    [
        ({"fit": "contain"}, (0, 115, 180, 205)),
        ({"fit": "cover"}, (0, 0, 180, 320)),
        ({"fit": "stretch"}, (0, 0, 180, 320)),
        ({"fit": "none", "position": "top_left"}, (0, 0, 180, 100)),
        ({"box": {"width": 0.5, "height": 0.5}, "position": "bottom"}, (45, 160, 135, 320)),
        ({"box": {"width": 0.5, "height": 0.5}, "corner_radius": 1, "scale": 0.5}, (68, 120, 112, 200)),
    ],
)
def test_every_fit_puts_it_where_the_document_says(
    folder: Path, renderers: list[Renderer], clip: dict[str, Any], box: tuple[int, ...]
) -> None:
    renderers.append(renderer := stage(folder, _clip("flag.mp4", **clip), lengths=LENGTHS))
    assert np.abs(np.subtract(bounds(picture_to_rgb(renderer.frame(0)), 110), box)).max() <= 1


@pytest.mark.parametrize("extra", [{}, {"corner_radius": 100}, {"mask": {"shape": "ellipse"}}])
def test_an_enlarged_clip_has_no_dark_edge(
    folder: Path, renderers: list[Renderer], extra: dict[str, Any]
) -> None:
    below = [{"asset": {"type": "color", "color": "#fff"}}]
    clips = _clip("flag.mp4", scale=1.0, crop={"right": 0.6, "bottom": 0.6}, **extra)
    renderers.append(renderer := stage(folder, below, clips, lengths=LENGTHS))
    frame = renderer.frame(3)
    assert frame.y.min() >= yuv_of((220, 40, 40))[0] - 4
    assert np.abs(picture_to_rgb(frame)[160, 0].astype(int) - (220, 40, 40)).max() < 10


def test_a_blurred_ground_and_a_key_work_on_moving_pictures(folder: Path, renderers: list[Renderer]) -> None:
    renderers.append(blurred := stage(folder, _clip("flag.mp4", fit="blur"), lengths=LENGTHS))
    assert picture_to_rgb(blurred.frame(0)).max(axis=2).min() > 30
    below = [{"asset": {"type": "color", "color": "#2040ff"}}]
    keyed = _clip("green.mp4", chroma_key={}, fit="contain")
    renderers.append(renderer := stage(folder, below, keyed, lengths=LENGTHS))
    seen = picture_to_rgb(renderer.frame(0)).astype(int)
    assert np.abs(seen[60, 20] - (0x20, 0x40, 0xFF)).max() < 10
    assert np.abs(seen[160, 90] - (220, 40, 40)).max() < 20


def test_a_file_without_pictures_is_told(folder: Path) -> None:
    (folder / "text.mp4").write_text("no film")
    renderer = stage(folder, _clip("text.mp4"), lengths=LENGTHS)
    with pytest.raises(MediaError):
        renderer.frame(0)
