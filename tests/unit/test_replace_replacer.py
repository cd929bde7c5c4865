"""Replacing on a card that rests: clean plates, looks, texts, logos, effects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import retake.fonts
from retake.errors import InputError, MediaError
from retake.media.patch import Patch
from retake.recording.replace import Painter, Plate, TextLook, VisualReplacer, clean_plate, find_replacer
from retake.recording.surface import SurfaceTrack, track

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 320, 160
BOX = (60 / WIDTH, 40 / HEIGHT, 200 / WIDTH, 60 / HEIGHT)
GROUND, INK = (236, 232, 220), (30, 50, 120)
FONT = Path(retake.fonts.__file__).parent / "Inter-Bold.ttf"


def letterer(text: str, look: TextLook, size: tuple[int, int]) -> Pixels:
    fine = 4
    font = ImageFont.truetype(str(FONT), look.cap_height / 0.727 * fine)
    mask = Image.new("L", (size[0] * fine, size[1] * fine))
    anchor = {"left": "ls", "center": "ms", "right": "rs"}[look.align]
    ImageDraw.Draw(mask).text((look.anchor * fine, look.baselines[0] * fine), text, 255, font, anchor)
    alpha = np.asarray(mask.resize(size, Image.Resampling.BOX))
    return np.dstack([np.full((size[1], size[0], 3), look.colour, np.uint8), alpha])


def _text(frame: Pixels, text: str, x: float, y: float, cap: float, anchor: str) -> None:
    look = TextLook(INK, GROUND, 0, 0, 0, 0, cap, 0, (y,), anchor, x, (0, 0), 0, 700, 0)  # pyright: ignore
    painted = letterer(text, look, (frame.shape[1], frame.shape[0])).astype(np.float32)
    alpha = painted[..., 3:] / 255
    frame[:] = np.rint(frame * (1 - alpha) + painted[..., :3] * alpha)


def _card(text: str = "Anna Weber", *, align: str = "center") -> Pixels:
    frame = np.full((HEIGHT, WIDTH, 3), (120, 130, 140), np.uint8)
    frame[40:100, 60:260] = GROUND
    x = {"center": 160, "left": 72, "right": 248}[align]
    _text(frame, text, x, 80, 20, align)
    return frame


def _prepared(frame: Pixels) -> tuple[SurfaceTrack, Plate]:
    found = track([frame] * 3, 0, BOX)
    return found, clean_plate([frame] * 3, found, text=True)


def _laid(frame: Pixels, patch: Patch | None) -> Pixels:
    assert patch is not None
    done = frame.astype(np.float32)
    height, width = patch.alpha.shape
    part = done[patch.y : patch.y + height, patch.x : patch.x + width]
    part += (patch.rgb - part) * patch.alpha[..., None]
    return np.rint(done).astype(np.uint8)


def test_removing_leaves_the_bare_card() -> None:
    frame = _card()
    found, plate = _prepared(frame)
    done = _laid(frame, VisualReplacer().draw(found, VisualReplacer().remove(plate), plate, 1))
    assert np.abs(done.astype(int) - _card("")).max() <= 1


def test_a_patch_is_clear_where_nothing_changes() -> None:
    found, plate = _prepared(_card("Anna"))
    patch = VisualReplacer().draw(found, VisualReplacer().remove(plate), plate, 0)
    assert patch is not None
    assert patch.x > 60 and patch.y > 40
    assert float((patch.alpha > 0).sum()) < 0.5 * 200 * 60


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_the_look_of_the_old_text_is_read(align: str) -> None:
    _, plate = _prepared(_card("Anna We", align=align))
    look = VisualReplacer().read_text_look(plate)
    assert look.align == align
    assert look.cap_height == pytest.approx(20, abs=0.8)
    assert look.x_height == pytest.approx(15, abs=1)
    assert look.baselines == pytest.approx((40,), abs=0.8)
    assert np.abs(np.subtract(look.colour, INK)).max() <= 3
    assert np.abs(np.subtract(look.background, GROUND)).max() <= 1
    assert 600 <= look.weight <= 800
    assert look.slant == 0


def test_the_same_text_again_gives_the_same_picture() -> None:
    frame = _card()
    found, plate = _prepared(frame)
    layer = VisualReplacer().replace_text("Anna Weber", plate, letterer)
    done = _laid(frame, Painter(found, layer, plate).draw(0)).astype(int)
    assert np.abs(done - frame).mean(2)[40:100, 60:260].mean() < 3


def _bounds(frame: Pixels) -> list[int]:
    """The first and last row and column of the text on a card."""
    dark = np.abs(frame[40:100, 60:260].astype(int) - GROUND).max(2) > 40
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    return [int(v) for v in (rows[0], rows[-1], columns[0], columns[-1])]


def test_a_new_text_stands_where_the_old_one_stood() -> None:
    frame = _card("Anna We", align="left")
    found, plate = _prepared(frame)
    done = _laid(frame, Painter(found, VisualReplacer().replace_text("Nora", plate, letterer), plate).draw(0))
    assert np.abs(np.subtract(_bounds(done), _bounds(_card("Nora", align="left")))).max() <= 1
    assert abs(_bounds(done)[2] - _bounds(frame)[2]) <= 1


def test_a_longer_text_shrinks_and_a_far_too_long_one_is_refused() -> None:
    frame = _card()
    _, plate = _prepared(frame)
    replacer = VisualReplacer(place="$.visual_segments[0]")
    layer = replacer.replace_text("Annabelle Webermann", plate, letterer)
    columns = np.flatnonzero((np.abs(layer[..., :3].astype(int) - plate.clean).max(2) > 60).any(0))
    assert columns[0] >= 3 and columns[-1] <= 196
    with pytest.raises(InputError, match="too long") as caught:
        replacer.replace_text("Annabelle Webermann of Weatherford & Sons", plate, letterer)
    assert caught.value.place == "$.visual_segments[0]" and "characters" in caught.value.remedy
    with pytest.raises(InputError, match="empty"):
        replacer.replace_text("  \n", plate, letterer)


def test_a_card_without_text_has_no_look() -> None:
    found = track([_card("")] * 2, 0, BOX, motion="static")
    with pytest.raises(InputError, match="no text"):
        VisualReplacer().read_text_look(clean_plate([_card("")] * 2, found))


def test_a_logo_is_whole_centred_and_in_its_own_colours() -> None:
    frame = _card()
    found, plate = _prepared(frame)
    logo = np.zeros((40, 40, 4), np.uint8)
    cv2.circle(logo, (20, 20), 19, (220, 30, 40, 255), -1, cv2.LINE_AA)
    layer = VisualReplacer().replace_image(logo, plate)
    done = _laid(frame, Painter(found, layer, plate).draw(0)).astype(int)
    assert np.abs(done[70, 160] - (220, 30, 40)).max() <= 2
    assert np.abs(done[70, [80, 100, 220, 240]] - GROUND).max() <= 1
    reds = np.flatnonzero((np.abs(done - (220, 30, 40)).max(2) < 30).any(0))
    assert (reds[0] + reds[-1]) / 2 == pytest.approx(159.5, abs=1)


def test_a_logo_loses_its_even_background_when_asked() -> None:
    _, plate = _prepared(_card())
    logo = np.full((60, 200, 3), 255, np.uint8)
    logo[20:40, 80:120] = (10, 120, 60)
    kept = VisualReplacer().replace_image(logo, plate)
    cut = VisualReplacer().replace_image(logo, plate, cut_background=True)
    assert np.abs(kept[5, 100, :3].astype(int) - 255).max() <= 2
    assert np.abs(cut[5, 100, :3].astype(int) - GROUND).max() <= 2
    assert np.abs(cut[30, 100, :3].astype(int) - (10, 120, 60)).max() <= 3


def test_a_transparent_logo_is_refused() -> None:
    _, plate = _prepared(_card())
    with pytest.raises(InputError, match="transparent"):
        VisualReplacer().replace_image(np.zeros((9, 9, 4), np.uint8), plate)


class Darkened(VisualReplacer):
    def apply_custom_effect(self, frame: Pixels, params: Mapping[str, Any]) -> Pixels:
        return (frame * params["by"]).astype(np.uint8)


class Broken(VisualReplacer):
    def apply_custom_effect(self, frame: Pixels, params: Mapping[str, Any]) -> Pixels:
        return frame[:3]


def test_a_custom_effect_changes_the_surface_only() -> None:
    frame = _card()
    found, _ = _prepared(frame)
    done = _laid(frame, Darkened().draw_custom(found, frame, 1, {"by": 0.5}))
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[40:100, 60:260] = True
    assert np.array_equal(done[~inside], frame[~inside])
    assert np.array_equal(done[42:98, 62:258], frame[42:98, 62:258] // 2)
    assert VisualReplacer().draw_custom(found, frame, 1, {}) is None


def test_an_effect_that_gives_no_such_picture_is_named() -> None:
    frame = _card()
    found, _ = _prepared(frame)
    with pytest.raises(InputError, match="Broken"):
        Broken().draw_custom(found, frame, 0, {})


def test_an_unknown_replacer_is_named() -> None:
    assert type(find_replacer("")) is VisualReplacer
    with pytest.raises(InputError, match="'sparkle'"):
        find_replacer("sparkle")


def test_texture_behind_a_removed_text_is_the_surfaces_own() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    weave = 190 + 22 * np.sin(x * 2 * np.pi / 8) * np.sin(y * 2 * np.pi / 8)
    frame = np.repeat(np.rint(weave)[..., None], 3, 2).astype(np.uint8)
    bare = frame.copy()
    _text(frame, "Anna", 160, 80, 20, "center")
    found = track([frame] * 2, 0, BOX)
    plate = clean_plate([frame] * 2, found)
    hole = plate.ink > 0.5
    apart = plate.clean.astype(int) - bare[40:100, 60:260]
    assert np.sqrt((apart[hole] ** 2).mean()) < 9


def test_a_plate_is_kept_and_read_again(tmp_path: Path) -> None:
    _, plate = _prepared(_card())
    plate.save(tmp_path / "plate.npz")
    again = Plate.load(tmp_path / "plate.npz")
    assert np.array_equal(again.clean, plate.clean) and np.array_equal(again.old, plate.old)
    assert np.abs(again.ink - plate.ink).max() < 0.01
    assert (again.zoom, again.sharpness) == (plate.zoom, plate.sharpness)
    (tmp_path / "x.npz").write_bytes(b"rubbish")
    with pytest.raises(MediaError, match="no plate"):
        Plate.load(tmp_path / "x.npz")
