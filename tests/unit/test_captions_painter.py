"""Captions over time: in the safe area, each word lit when spoken, cheap from frame to frame."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from retake.errors import InputError
from retake.render.captions import CaptionPainter, Screen
from retake.render.text.fonts import FontBook
from retake.timeline.assets import Captions, CaptionStyle

BOOK = FontBook(directories=[Path(__file__).parents[1] / "data" / "fonts"])
STYLES = get_args(CaptionStyle)
FRAMES = [(1080, 1920), (1080, 1350), (1080, 1080), (1920, 1080)]
TALE = "Deep in the jungle, an explorer finds a map that nobody has seen for three hundred years."


def painter(
    text: str, style: str = "karaoke", frame: tuple[int, int] = (540, 960), **fields: object
) -> CaptionPainter:
    words = [
        {"text": word, "start": number * 0.4, "end": number * 0.4 + 0.38}
        for number, word in enumerate(text.split())
    ]
    return CaptionPainter(
        Captions.model_validate({"style": style, "cues": [{"words": words}], **fields}), frame, BOOK
    )


def limits(frame: tuple[int, int]) -> tuple[float, float, float, float]:
    width, height = frame
    if height / width > 1.6:
        return 120, 288, 960, 1248
    return 0.08 * width, 0.08 * height, 0.92 * width, 0.92 * height


def inside(screen: Screen, frame: tuple[int, int]) -> bool:
    left, top, right, bottom = limits(frame)
    x0, y0, x1, y1 = screen.box
    return left - 1 <= x0 < x1 <= right + 1 and top - 1 <= y0 < y1 <= bottom + 1


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("style", STYLES)
def test_captions_stay_in_the_safe_area(style: str, frame: tuple[int, int]):
    found = painter(TALE + " gjpqy ÅÇ Rindfleischetikettierungsgesetz!", style, frame).screens()
    assert all(inside(screen, frame) and not screen.overflow for screen in found)


@pytest.mark.parametrize("position", ["lower", "center", "upper"])
def test_positions_stand_one_above_the_other(position: str):
    box = painter(TALE, position=position, frame=(1080, 1920)).screens()[0].box
    middle = (box[1] + box[3]) / 2 / 1920
    assert {"lower": 0.55 < middle < 0.65, "center": 0.45 < middle < 0.55, "upper": 0.15 < middle < 0.3}[
        position
    ]


def test_a_safe_area_of_ones_own_is_kept():
    area = (0.5, 0.1, 0.95, 0.3)
    for screen in painter(TALE, frame=(1080, 1920), safe_area=area).screens():
        x0, y0, x1, y1 = screen.box
        assert x0 >= 539 and x1 <= 0.95 * 1080 + 1 and y0 >= 191 and y1 <= 577


def test_an_empty_safe_area_is_refused():
    with pytest.raises(InputError, match="safe area"):
        painter(TALE, safe_area=(0.5, 0.5, 0.5, 0.9))


@pytest.mark.parametrize("style", STYLES)
def test_one_moment_gives_the_same_rasters_and_no_ink_is_cut(style: str):
    captions = painter(TALE, style)
    first, second = captions.sprites(0.9, 10), captions.sprites(0.92, 10)
    assert first[0].raster is second[0].raster
    for sprite in first:
        alpha = sprite.raster.rgba[..., 3]
        assert np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]]).max() <= 2


@pytest.mark.parametrize("style", ["karaoke", "pop"])
def test_only_the_word_being_spoken_is_lit(style: str):
    captions = painter("one two", style, highlight="#ff0000")
    for moment, word in ((0.3, 0), (0.7, 1)):
        base, lit = captions.sprites(moment, 2)
        assert lit.opacity == 1.0
        left_half = lit.x + lit.raster.rgba.shape[1] / 2 < base.x + base.raster.rgba.shape[1] / 2
        assert left_half == (word == 0)
        assert [255, 0, 0, 255] in lit.raster.rgba.reshape(-1, 4).tolist()


def test_arabic_words_are_lit_from_right_to_left():
    captions = painter("هذا نص عربي")
    centres = [
        lit.x + lit.raster.rgba.shape[1] / 2 for lit in (captions.sprites(t, 2)[1] for t in (0.3, 0.7, 1.1))
    ]
    assert centres == sorted(centres, reverse=True)


def test_a_lit_word_covers_exactly_the_same_letters():
    captions = painter("one two", highlight="#ffffff")
    base, lit = captions.sprites(0.3, 2)
    x, y = round(lit.x - base.x), round(lit.y - base.y)
    height, width = lit.raster.rgba.shape[:2]
    beneath = base.raster.rgba[y : y + height, x : x + width]
    letters = (lit.raster.rgba[..., 0] > 250) & (lit.raster.rgba[..., 3] == 255)
    assert letters.any() and (beneath[letters] > 250).all()


def test_highlight_passes_smoothly_from_word_to_word():
    captions = painter("one two")
    strengths = [sum(s.opacity for s in captions.sprites(0.38 + k / 60, 2)[1:]) for k in range(8)]
    assert all(0.4 < strength < 1.8 for strength in strengths)


def test_classic_captions_light_a_word_only_when_asked():
    assert len(painter("one two", "classic").sprites(0.3, 2)) == 1
    assert len(painter("one two", "classic", highlight="#ff0000").sprites(0.3, 2)) == 2


def test_pop_captions_come_with_an_overshoot_and_rest_at_full_size():
    captions = painter("one two", "pop")
    scales = [captions.sprites(k / 100, 2)[0].scale for k in range(30)]
    assert scales[0] < 0.95 and 1.04 < max(scales) <= 1.051 and scales[-1] == 1.0


def test_only_the_last_screens_are_kept():
    captions = painter(" ".join(f"sentence{number}." for number in range(12)))
    first = captions.sprites(0.2, 10)[0].raster
    assert captions.sprites(0.25, 10)[0].raster is first
    for number in range(12):
        captions.sprites(number * 0.4 + 0.2, 10)
    assert captions.sprites(0.2, 10)[0].raster is not first
    assert np.array_equal(captions.sprites(0.2, 10)[0].raster.rgba, first.rgba)


def test_nothing_shows_before_the_first_word_after_the_last_or_past_the_clip():
    captions = painter("one two")
    assert captions.sprites(-0.1, 5) == captions.sprites(2.0, 5) == captions.sprites(0.5, 0.5) == ()


def test_captions_without_words_show_nothing():
    captions = CaptionPainter(Captions(), (540, 960), BOOK)
    assert captions.screens() == captions.sprites(0, 1) == ()


def test_pop_captions_are_in_capitals():
    assert painter("straße hin", "pop").screens()[0].text == "STRASSE HIN"


def test_a_screen_that_follows_another_does_not_blink():
    captions = painter("First one. Second one.")
    first, second = captions.screens()
    assert captions.sprites(first.start, 5)[0].opacity < 1
    assert captions.sprites(second.start, 5)[0].opacity == 1
