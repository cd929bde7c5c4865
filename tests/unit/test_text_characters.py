"""What a reader sees as one character, and what capitals are."""

from __future__ import annotations

import pytest

from retake.render.text.bidi import base_level, levels, visual_order
from retake.render.text.characters import capitals, clusters, is_emoji, script
from retake.render.text.markup import parse


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in clusters(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("👨‍👩‍👧x", ["👨‍👩‍👧", "x"]),
        ("🇩🇪🇯🇵🇫", ["🇩🇪", "🇯🇵", "🇫"]),
        ("👍🏽❤️", ["👍🏽", "❤️"]),
        ("1️⃣2", ["1️⃣", "2"]),
        ("नमस्ते", ["न", "म", "स्", "ते"]),
        ("각", ["각"]),
        ("", []),
    ],
)
def test_marks_joiners_and_flags_stay_with_their_character(text: str, expected: list[str]):
    assert split(text) == expected


def test_emoji_are_told_from_text_symbols():
    assert all(map(is_emoji, ("🎉", "❤️", "1️⃣", "👨‍👩‍👧", "✨", "🇩🇪", "☝🏽")))
    assert not any(map(is_emoji, ("a", "❤", "❤︎", "©", "1", "→", "中")))


def test_script_of_shared_characters_is_unknown():
    assert [script(char) for char in "aЖ中あ한क ,1"] == [
        "Latn",
        "Cyrl",
        "Hani",
        "Hira",
        "Hang",
        "Deva",
        "",
        "",
        "",
    ]


def test_capitals_follow_the_language():
    assert capitals("istanbul", "tr") == "İSTANBUL"
    assert capitals("istanbul", "en") == "ISTANBUL"
    assert capitals("Ελλάδα", "el") == "ΕΛΛΑΔΑ"
    assert capitals("straße") == "STRASSE"


def test_emphasis_is_taken_out_and_remembered():
    marked = parse("a *bold move* and 2 * 3 * 4, rated 5\\*")
    assert marked.text == "a bold move and 2 * 3 * 4, rated 5*"
    assert [marked.text[a:b] for a, b in marked.emphasis] == ["bold move"]


def test_a_paragraph_takes_its_direction_from_its_first_letter_or_its_language():
    assert base_level("12 مرحبا abc") == 1
    assert base_level("abc مرحبا") == 0
    assert base_level("123", "ar") == 1
    assert base_level("123", "en") == 0


def test_numbers_in_right_to_left_text_run_left_to_right():
    assert levels("אב 12", 1) == [1, 1, 1, 2, 2]
    assert visual_order([1, 2, 1]) == [2, 1, 0]
    assert visual_order([0, 1, 2, 1, 0]) == [0, 3, 2, 1, 4]
