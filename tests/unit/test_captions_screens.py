"""How spoken words become screens."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retake.render.captions.screens import Phrase, cut
from retake.render.captions.styles import STYLES, style_of
from retake.timeline.assets import Captions

STYLE_NAMES = sorted(STYLES)


def spoken(
    text: str | list[str], style: str = "karaoke", pace: float = 0.3, pauses: dict[int, float] | None = None
):
    """Captions whose words take `pace` seconds each, with a pause before some."""
    at, words = 0.5, []
    for number, word in enumerate(text.split() if isinstance(text, str) else text):
        at += (pauses or {}).get(number, 0.0)
        words.append({"text": word, "start": round(at, 3), "end": round(at + pace, 3)})
        at += pace
    return Captions.model_validate({"style": style, "cues": [{"words": words}]})


def screens(captions: Captions, column: float = 840) -> tuple[Phrase, ...]:
    return cut(captions, style_of(captions), column, lambda text: 40.0 * len(text))


def texts(captions: Captions) -> list[str]:
    return [phrase.text for phrase in screens(captions)]


def test_sentences_and_pauses_end_a_screen():
    assert texts(spoken("He ran. She hid", pauses={3: 0.5})) == ["He ran.", "She", "hid"]
    assert texts(spoken("He said “stop.” Then left")) == ["He said “stop.”", "Then left"]


def test_screens_end_where_a_phrase_does():
    assert texts(spoken("Deep in the forest, nobody ever goes"))[0] == "Deep in the forest,"


def test_no_short_word_is_left_alone():
    found = texts(spoken("they went up to the old tower and saw it", "pop"))
    assert all(len(text) > 3 for text in found)


@pytest.mark.parametrize("style", ["pop", "karaoke", "classic"])
def test_a_screen_stays_until_the_next(style: str):
    found = screens(spoken("one two three four five six seven eight nine ten eleven twelve", style))
    assert len(found) > 1
    assert all(before.end == after.start for before, after in pairwise(found))


def test_a_screen_leads_its_first_word_and_outlasts_its_last():
    (found,) = screens(spoken("Hello there"))
    assert found.start == pytest.approx(0.42) and found.end == pytest.approx(1.1 + 0.35)


def test_subtitles_leave_a_gap_of_two_frames():
    found = screens(spoken("One is here. Two is there. Three is gone.", "subtitle"))
    assert [after.start - before.end for before, after in pairwise(found)] == pytest.approx([2 / 24] * 2)


def test_chinese_words_join_without_spaces():
    assert texts(spoken(["在", "遥远", "的", "山谷"])) == ["在遥远的山谷"]


def test_a_sentence_timed_as_one_word_is_divided():
    captions = spoken(["在遥远的山谷里有一座古老的灯塔"], pace=3.0)
    words = [word for phrase in screens(captions) for word in phrase.words]
    assert len(words) > 4 and "".join(word.text for word in words) == "在遥远的山谷里有一座古老的灯塔"
    assert words[0].start == pytest.approx(0.5) and words[-1].end == pytest.approx(3.5)
    assert all(before.end == after.start for before, after in pairwise(words))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.text("abcdé,.?山谷مل🎉", min_size=1, max_size=12), min_size=1, max_size=30),
    st.sampled_from(STYLE_NAMES),
    st.dictionaries(st.integers(0, 29), st.floats(0, 2), max_size=4),
)
def test_every_word_is_on_one_screen_in_order_at_its_time(
    words: list[str], style: str, pauses: dict[int, float]
):
    captions = spoken(words, style, pauses=pauses)
    found = screens(captions)
    assert "".join(word.text for phrase in found for word in phrase.words) == "".join(words)
    for phrase in found:
        assert phrase.start <= phrase.words[0].start and phrase.words[-1].end <= phrase.end + 0.1
        assert [phrase.text[slice(*word.span)] for word in phrase.words] == [
            word.text for word in phrase.words
        ]
    for before, after in pairwise(found):
        assert before.start < before.end <= after.start + 1e-9
