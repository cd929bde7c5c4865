"""Where lines end, and how they stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retake.render.text.fonts import FontBook
from retake.render.text.layout import Layout, Setting, lay_out, natural_width
from retake.render.text.shape import Typeface

BOOK = FontBook(directories=[Path(__file__).parents[1] / "data" / "fonts"])
SETTING = Setting(Typeface(size=50))


def lines(text: str, column: float, **changes: object) -> list[str]:
    return shown(lay_out(text, replace(SETTING, **changes), column, BOOK))  # pyright: ignore[reportArgumentType]


def shown(layout: Layout) -> list[str]:
    return [layout.text[line.start : line.end] for line in layout.lines]


def test_lines_are_balanced():
    text = "One two three four five six seven"
    assert lines(text, 760, balance=False) == ["One two three four five six", "seven"]
    assert lines(text, 760) == ["One two three", "four five six seven"]


def test_line_feeds_are_kept():
    assert lines("One\n\ntwo", 500) == ["One", "", "two"]


def test_no_line_starts_with_a_closing_mark_nor_ends_with_an_opening_one():
    for column in range(200, 500, 20):
        for line in lines("「昔々、ある所に」おじいさん「と」", column):
            assert line[0] not in "、」々" and line[-1] != "「", (column, line)


def test_a_chinese_line_ends_at_a_comma_where_it_may():
    assert lines("在遥远的山谷里，有一座古老的灯塔。", 500) == ["在遥远的山谷里，", "有一座古老的灯塔。"]


def test_a_soft_hyphen_shows_only_where_the_line_ends():
    layout = lay_out("Donau\u00addampf\u00adschiff", replace(SETTING, balance=False), 400, BOOK)
    assert [line.rstrip("\u00ad") for line in shown(layout)] == ["Donau\u00addampf", "schiff"]
    hyphen = BOOK.primary(weight=700).shaper.get_nominal_glyph(ord("-"))
    assert [line.glyphs[-1].id == hyphen for line in layout.lines] == [True, False]
    assert not layout.forced


def test_a_word_too_long_for_its_line_is_parted_and_reported():
    layout = lay_out("Donaudampfschifffahrtsgesellschaft", SETTING, 400, BOOK)
    assert layout.forced and len(layout.lines) > 1
    assert all(line.x1 - line.x0 <= 400.1 for line in layout.lines)


def test_lines_beyond_those_allowed_end_in_an_ellipsis():
    layout = lay_out("One two three four five six seven eight nine", replace(SETTING, max_lines=2), 400, BOOK)
    assert layout.shortened and len(layout.lines) == 2 and shown(layout)[-1].endswith("…")
    assert all(line.x1 - line.x0 <= 400.1 for line in layout.lines)


@pytest.mark.parametrize(("text", "left"), [("Hello", True), ("مرحبا", False)])
def test_start_is_where_reading_starts(text: str, left: bool):
    line = lay_out(text, replace(SETTING, align="start"), 1000, BOOK).lines[0]
    assert (line.x0 == pytest.approx(0)) == left and (line.x1 == pytest.approx(1000)) != left


def test_arabic_letters_join_and_run_right_to_left():
    line = lay_out("نص", SETTING, 500, BOOK).lines[0]
    assert [glyph.cluster for glyph in line.glyphs] == sorted((g.cluster for g in line.glyphs), reverse=True)
    apart = natural_width("ن", SETTING.type, BOOK) + natural_width("ص", SETTING.type, BOOK)
    assert line.x1 - line.x0 < apart * 0.95


def test_han_characters_follow_the_language():
    def glyph(language: str) -> int:
        typeface = replace(SETTING.type, language=language)
        return lay_out("骨", replace(SETTING, type=typeface), 500, BOOK).lines[0].glyphs[0].id

    assert glyph("ja") != glyph("zh-Hans")


def test_taller_scripts_never_touch_the_line_above():
    layout = lay_out("ที่สุด\nที่สุด", replace(SETTING, line_height=0.8), 900, BOOK)
    above, below = layout.lines
    assert above.baseline + above.descent < below.baseline - below.ascent


@settings(max_examples=60, deadline=None)
@given(st.text("abc déf-ghij, 山谷里。مرحبا 🎉\n", max_size=60), st.integers(60, 900))
def test_lines_hold_every_character_and_fit_their_column(text: str, column: int):
    layout = lay_out(text, SETTING, column, BOOK)
    assert "".join("".join(shown(layout)).split()) == "".join(text.split())
    for line in layout.lines:
        assert layout.forced or line.x1 - line.x0 <= column + 1.5
