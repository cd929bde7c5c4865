"""Laws of rendering: every scale and place is drawn whole, and a frame depends on nothing but its number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.films import moving, write_film
from tests.staging import flag, stage, still

from retake.media.picture import Picture
from retake.render.camera import Placement, Window, draw
from retake.render.plate import from_rgb
from retake.render.renderer import Renderer
from retake.render.resample import Scratch, source_extent
from retake.timeline.film import Length
from retake.timeline.time import Span

_RNG = np.random.default_rng(4)
_OPAQUE = from_rgb(_RNG.integers(60, 200, (90, 70, 3), np.uint8))
_CLEAR = from_rgb(
    np.dstack([_RNG.integers(60, 200, (90, 70, 3), np.uint8), np.full((90, 70), 120, np.uint8)])
)

sizes = st.integers(1, 60).map(lambda n: n * 2)
places = st.floats(-150, 150)
lengths = st.floats(0.01, 400)


@given(st.integers(1, 4096), st.floats(1, 40), st.integers(1, 4096))
@example(180, 236 / 180.5, 236)
@example(180, 181 / 180.5, 181)
@settings(max_examples=500)
def test_opencv_makes_exactly_as_many_pixels_as_are_asked_for(length: int, scale: float, extent: int) -> None:
    for s in (scale, max(1.0, extent / (length + 0.5))):  # the second lies on the edge of rounding
        source = source_extent(length, s)
        row = np.zeros((1, min(source, 200_000)), np.uint8)
        assert cv2.resize(row, None, fx=1 / s, fy=1).shape[1] == length
        assert source <= ceil(length * s)


@given(sizes, sizes, st.floats(1, 6), st.floats(1, 6), st.floats(0, 1), st.booleans())
@settings(max_examples=300)
def test_every_scale_fills_every_canvas(
    width: int, height: int, sx: float, sy: float, phase: float, opaque: bool
) -> None:
    canvas = Picture.blank(width, height, (0, 0, 0))
    placement = Placement(width / 2, height / 2, max(width, 70 / sx), max(height, 90 / sy))
    window = Window(phase, phase, 69 - phase, 89 - phase)
    draw(canvas, _OPAQUE if opaque else _CLEAR, window, placement, Scratch())
    assert all(plane.min() > 0 for plane in canvas.planes)


@given(sizes, sizes, places, places, lengths, lengths, st.sampled_from([0.0, 13.0, 90.0]), st.booleans())
@settings(max_examples=300)
def test_any_placement_stays_between_the_plate_and_the_ground(
    width: int, height: int, x: float, y: float, w: float, h: float, turn: float, opaque: bool
) -> None:
    canvas = Picture.blank(width, height, (220, 128, 128))
    plate = _OPAQUE if opaque else _CLEAR
    draw(canvas, plate, Window(0, 0, 70, 90), Placement(x, y, w, h, turn), Scratch())
    assert canvas.y.max() <= 222
    assert canvas.y.min() >= 55


@given(sizes, sizes, places, places, st.floats(20, 200), st.sampled_from([0.0, 30.0]))
@settings(max_examples=100)
def test_drawing_again_with_used_memory_gives_the_same(
    width: int, height: int, x: float, y: float, w: float, turn: float
) -> None:
    used = Scratch()
    draw(Picture.blank(50, 90), _CLEAR, Window(0, 0, 70, 90), Placement(25, 45, 70, 90), used)
    pictures = []
    for scratch in (Scratch(), used):
        canvas = Picture.blank(width, height, (100, 90, 160))
        draw(canvas, _CLEAR, Window(0, 0, 70, 90), Placement(x, y, w, w, turn), scratch)
        pictures.append(canvas)
    assert pictures[0].equals(pictures[1])


def _everything(folder: Path) -> list[list[dict[str, Any]]]:
    """A film of most things that move, for a purity that would be lost by any of them."""
    still(folder / "flag.png", flag(300, 420))
    write_film(folder / "film.mp4", moving(20), rate=25)
    drift = {"x": [{"at": 0, "value": -0.02}, {"at": 1, "value": 0.02}]}
    zoom = [{"at": 0, "value": 1.05}, {"at": 1, "value": 1.2}]
    words = [
        {"text": word, "start": 0.2 * i, "end": 0.2 * i + 0.2}
        for i, word in enumerate(["one", "two", "three"])
    ]
    picture = {"type": "image", "src": "flag.png"}
    return [
        [
            {"asset": picture, "scale": zoom, "offset": drift},
            {
                "asset": {"type": "video", "src": "film.mp4"},
                "start": 0.7,
                "fit": "blur",
                "transition": {"in": {"type": "slide", "duration": 0.3}},
            },
        ],
        [
            {
                "asset": picture,
                "box": {"width": 0.3, "height": 0.3},
                "rotation": zoom,
                "mask": {"shape": "ellipse"},
            }
        ],
        [
            {
                "asset": {"type": "text", "text": "Retake", "animation": "rise"},
                "transition": {"in": {"type": "push", "direction": "up"}, "out": "zoom"},
            },
            {"asset": {"type": "captions", "cues": [{"words": words}]}, "start": 1, "duration": 0.7},
        ],
    ]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[dict[str, Any]]]]:
    folder = tmp_path_factory.mktemp("law")
    return folder, _everything(folder)


def test_frames_are_equal_in_any_order_and_from_any_thread(
    film: tuple[Path, list[list[dict[str, Any]]]],
) -> None:
    folder, tracks = film
    lengths = {"film.mp4": Length(Fraction(4, 5))}
    first = stage(folder, *tracks, lengths=lengths)
    count = 51
    straight = [first.frame(n) for n in range(count)]
    assert len({frame.y.tobytes() for frame in straight}) > 45
    second = Renderer(first._film, first._resources)
    for n in np.random.default_rng(7).permutation(count).tolist():
        assert second.frame(n).equals(straight[n])
    shared = [Renderer(first._film, first._resources) for _ in range(3)]

    def part(worker: int) -> list[Picture]:
        return [shared[worker].frame(n) for n in range(worker, count, 3)]

    with ThreadPoolExecutor(3) as pool:
        parts = list(pool.map(part, range(3)))
    for worker, frames in enumerate(parts):
        assert all(f.equals(straight[n]) for n, f in zip(range(worker, count, 3), frames, strict=True))
    with pytest.raises(IndexError):
        first.frame(count)
    for renderer in (first, second, *shared):
        renderer.close()


def test_a_frame_does_not_depend_on_what_the_canvas_held(
    film: tuple[Path, list[list[dict[str, Any]]]],
) -> None:
    folder, tracks = film
    renderer = stage(folder, *tracks, lengths={"film.mp4": Length(Fraction(4, 5))})
    for n in (3, 25, 40):
        canvas = Picture.blank(180, 320, (200, 40, 60))
        renderer.draw(canvas, n)
        assert canvas.equals(renderer.frame(n))
    renderer.close()


def _colours(*starts: float, **edit: Any) -> list[dict[str, Any]]:
    clips = [
        {"id": f"c{i}", "asset": {"type": "color", "color": f"#{i}{i}8"}, "start": start}
        for i, start in enumerate(starts)
    ]
    for i, change in edit.items():
        clips[int(i[1:])].update(change)
    return clips


def test_an_identity_tells_what_a_span_shows_and_nothing_else(tmp_path: Path) -> None:
    span = Span(30, 60)
    plain = stage(tmp_path, _colours(0, 1, 2)).identity(span)
    assert stage(tmp_path, _colours(0, 1, 2)).identity(span) == plain
    assert stage(tmp_path, _colours(0, 1, 2, c0={"opacity": 0.5}, c2={"scale": 2})).identity(span) == plain
    assert stage(tmp_path, _colours(0, 1, 2, c1={"id": "renamed", "volume": 0.5})).identity(span) == plain
    assert stage(tmp_path, _colours(0, 1, 2, c1={"opacity": 0.5})).identity(span) != plain
    assert stage(tmp_path, _colours(0, 1, 2), background="#ffffff").identity(span) != plain
    assert stage(tmp_path, _colours(0, 1, 2), size=(320, 180)).identity(span) != plain
    assert stage(tmp_path, _colours(0, 2, 3)).identity(Span(60, 90)) == plain
    assert stage(tmp_path, _colours(0, 1, 2)).identity(Span(30, 59)) != plain


def test_an_identity_follows_the_files_themselves(tmp_path: Path) -> None:
    clip = {"asset": {"type": "image", "src": "a.png"}}
    still(tmp_path / "a.png", flag(20, 20))
    before = stage(tmp_path, [clip]).identity(Span(0, 30))
    assert stage(tmp_path, [clip]).identity(Span(0, 30)) == before
    still(tmp_path / "a.png", flag(22, 20))
    assert stage(tmp_path, [clip]).identity(Span(0, 30)) != before


def test_equal_identities_show_equal_frames(tmp_path: Path) -> None:
    words = [{"text": "late", "start": 1.5, "end": 1.9}]
    captions = {
        "type": "captions",
        "cues": [{"words": [{"text": "now", "start": 0, "end": 0.5}]}, {"words": words}],
    }
    edited = {"type": "captions", "cues": [captions["cues"][0], {"words": [{**words[0], "text": "later"}]}]}
    one, other = (stage(tmp_path, [{"asset": asset, "duration": 2}]) for asset in (captions, edited))
    assert one.identity(Span(0, 20)) == other.identity(Span(0, 20))
    assert all(one.frame(n).equals(other.frame(n)) for n in range(0, 20, 5))
    assert one.identity(Span(40, 60)) != other.identity(Span(40, 60))
