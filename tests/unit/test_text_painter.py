"""Texts over time: what is drawn, and that nothing is cut off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retake.render.sprite import Sprite
from retake.render.text import FontBook, TextPainter
from retake.timeline.assets import Text, TextStyle

BOOK = FontBook(directories=[Path(__file__).parents[1] / "data" / "fonts"])
FRAME = (540, 960)
MOVING = ["fade", "rise", "pop", "typewriter", "words"]


def painter(text: str, animation: str = "none", **style: object) -> TextPainter:
    value = {"text": text, "animation": animation, "style": TextStyle.model_validate(style)}
    return TextPainter(Text.model_validate(value), (480, 200), FRAME, BOOK)


def covered(sprites: tuple[Sprite, ...], size: tuple[int, int] = (480, 200)) -> np.ndarray:
    """Opacity over the box, with room of 100 px around."""
    sheet = np.zeros((size[1] + 200, size[0] + 200))
    for sprite in sprites:
        height, width = sprite.raster.rgba.shape[:2]
        x, y = round(sprite.x) + 100, round(sprite.y) + 100
        part = sheet[y : y + height, x : x + width]
        np.maximum(part, sprite.raster.rgba[..., 3] / 255, out=part)
    return sheet


@pytest.mark.parametrize("text", ["gjpqyÅÇ", "مرحبا", "ที่สุด", "नमस्ते", "🎉 jg", "fj"])
@pytest.mark.parametrize(
    "style", [{}, {"outline": 8, "shadow": 20}, {"italic": True}, {"box": "#000000"}, {"line_height": 0.6}]
)
def test_no_ink_touches_the_edge_of_its_raster(text: str, style: dict[str, object]):
    for sprite in painter(text, **style).sprites(1, 3):
        alpha = sprite.raster.rgba[..., 3]
        edge = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert edge.max() <= 2


def test_capitals_stand_in_the_middle_of_the_box():
    rows = np.flatnonzero(covered(painter("HEN").sprites(0, 1)).max(axis=1))
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(200, abs=1.5)


@pytest.mark.parametrize("animation", MOVING)
def test_an_animation_ends_in_one_sprite_that_stays_the_same(animation: str):
    moving = painter("Two words", animation)
    (first,), (second,) = moving.sprites(1.5, 3), moving.sprites(2.0, 3)
    assert first.raster is second.raster
    assert (first.x, first.y, first.scale, first.opacity) == (second.x, second.y, 1.0, 1.0)
    (still,) = painter("Two words").sprites(1, 3)
    assert np.array_equal(first.raster.rgba, still.raster.rgba)


@pytest.mark.parametrize("animation", MOVING)
def test_an_animated_text_comes_in_and_fades_out(animation: str):
    moving = painter("Two words", animation)
    early, whole = covered(moving.sprites(0.05, 3)), covered(moving.sprites(1.5, 3))
    opacity = max((sprite.opacity for sprite in moving.sprites(0.05, 3)), default=0.0)
    assert opacity < 1 or early.sum() < 0.8 * whole.sum()
    assert max(sprite.opacity for sprite in moving.sprites(2.9, 3)) == pytest.approx(0.5)


def test_nothing_is_drawn_outside_the_clip():
    assert painter("x").sprites(-0.01, 1) == painter("x").sprites(1.0, 1) == ()


def test_typed_letters_lie_exactly_where_the_finished_text_has_them():
    typing = painter("Type\nמה abc", "typewriter", outline=4, shadow=10)
    (whole,) = typing.sprites(1.5, 3)
    seen = 0
    for frame in range(10):
        parts = typing.sprites(frame / 30, 3)
        for part in parts:
            x, y = int(part.x - whole.x), int(part.y - whole.y)
            height, width = part.raster.rgba.shape[:2]
            beneath = whole.raster.rgba[y : y + height, x : x + width]
            letters = (part.raster.rgba[..., 0] > 250) & (part.raster.rgba[..., 3] == 255)
            assert (beneath[letters] > 250).all()
        now = sum(int((part.raster.rgba[..., 0] > 250).sum()) for part in parts)
        assert now >= seen
        seen = now
    assert typing.sprites(0.1, 3)[0].raster is typing.sprites(0.1, 3)[0].raster


def test_emphasised_words_take_the_highlight_colour():
    (sprite,) = painter("a *b* c", highlight="#ff0000", color="#0000ff").sprites(0, 1)
    solid = sprite.raster.rgba[sprite.raster.rgba[..., 3] == 255][:, :3]
    assert {tuple(pixel) for pixel in solid.tolist()} == {(255, 0, 0), (0, 0, 255)}


def test_the_outline_surrounds_the_letters_and_leaves_them_as_they_are():
    (plain,), (outlined,) = painter("I").sprites(0, 1), painter("I", outline=10).sprites(0, 1)
    assert outlined.raster.rgba.shape[1] >= plain.raster.rgba.shape[1] + 2 * 5 - 1
    white = (outlined.raster.rgba[..., 0] > 250) & (outlined.raster.rgba[..., 3] == 255)
    assert white.sum() == pytest.approx((plain.raster.rgba[..., 3] > 250).sum(), rel=0.05)


def test_sizes_follow_the_shorter_side_of_the_frame():
    text = Text(text="Size", style=TextStyle(size=100))
    small = TextPainter(text, (480, 200), (540, 960), BOOK).layout
    large = TextPainter(text, (960, 400), (1920, 1080), BOOK).layout
    assert large.width == pytest.approx(2 * small.width)


def test_the_same_text_gives_the_same_pixels():
    one, two = (painter("Same مرحبا 🎉", outline=3, shadow=8).sprites(0, 1)[0].raster.rgba for _ in range(2))
    assert one is not two and np.array_equal(one, two)


@pytest.mark.parametrize("file", ["NotoColrSmile.ttf", "NotoColorEmoji.ttf"])
def test_colour_glyphs_of_either_kind_are_in_colour_and_upright(file: str):
    path = Path(__file__).parents[1] / "data" / "fonts" / file
    emoji = "😀" if "Colr" in file else "🇩🇪"
    text = Text(text=emoji, style=TextStyle(size=200))
    (sprite,) = TextPainter(text, (480, 200), FRAME, FontBook({"Emoji": path}, directories=[])).sprites(0, 1)
    pixels = sprite.raster.rgba.astype(int)
    solid = pixels[..., 3] > 200
    dark = solid & (pixels[..., :3].max(axis=-1) < 110)  # the eyes, or the black of the flag
    red = solid & (pixels[..., 0] > 180) & (pixels[..., 1] < 120)  # the tongue, or the red below the black
    assert dark.any() and red.any()
    assert np.argwhere(dark)[:, 0].mean() < np.argwhere(red)[:, 0].mean()


def test_lines_far_out_of_the_frame_take_no_memory():
    (sprite,) = painter("word\n" * 2000).sprites(0, 1)
    assert sprite.raster.rgba.shape[0] < 3 * FRAME[1]


def test_control_and_unknown_characters_do_no_harm():
    assert painter("\x00\x07").sprites(0, 1) == ()
    (plain,), (odd,) = painter("a b").sprites(0, 1), painter("a\x07\tb\x00").sprites(0, 1)
    assert np.array_equal(plain.raster.rgba, odd.raster.rgba)
    assert painter("א \U000e0fff \u2067 \u202e x").sprites(0, 1)
