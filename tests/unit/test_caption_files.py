"""Captions beside the film: SubRip, WebVTT, word-timed JSON."""

from __future__ import annotations

import json

import pytest

from retake.assemble.captions import Cue, TimedWord, srt, vtt, words_json

CUE = Cue("Hello\nworld", 1.0, 2.5, (TimedWord("Hello", 1.0, 1.5), TimedWord("world", 1.62, 2.4)))


def test_subrip_is_numbered_and_written_with_a_comma() -> None:
    second = Cue("Bye", 3661.0, 3662.0015, ())
    assert srt([CUE, second]) == (
        "1\n00:00:01,000 --> 00:00:02,500\nHello\nworld\n\n2\n01:01:01,000 --> 01:01:02,002\nBye\n"
    )


def test_webvtt_times_each_word_inside_its_cue() -> None:
    text = vtt([CUE], "en")
    assert text.startswith("WEBVTT\nLanguage: en\n\n")
    assert "00:00:01.000 --> 00:00:02.500\nHello\n<00:00:01.620>world\n" in text


def test_what_looks_like_markup_is_escaped() -> None:
    assert "a &lt;b&gt; &amp; c" in vtt([Cue("a <b> & c", 0, 1, ())], "en")


def test_words_that_are_not_found_in_order_leave_the_text_untimed() -> None:
    cue = Cue("one two", 0, 1, (TimedWord("two", 0, 0.5), TimedWord("one", 0.5, 1)))
    assert "\none two\n" in vtt([cue], "en")


def test_a_time_before_the_film_is_its_beginning() -> None:
    assert "00:00:00,000 -->" in srt([Cue("a", -0.2, 1, ())])


@pytest.mark.parametrize(("seconds", "clock"), [(59.9996, "00:01:00.000"), (3599.9999, "01:00:00.000")])
def test_rounding_carries_over(seconds: float, clock: str) -> None:
    assert f"{clock} -->" in vtt([Cue("a", seconds, seconds + 1, ())], "en")


def test_the_json_holds_every_screen_with_its_words_in_any_script() -> None:
    told = json.loads(words_json([CUE, Cue("你好", 3, 4, (TimedWord("你好", 3.1, 3.9),))], "zh"))
    assert told["language"] == "zh"
    assert told["cues"][0]["words"][1] == {"text": "world", "start": 1.62, "end": 2.4}
    assert told["cues"][1]["text"] == "你好"


def test_without_cues_the_files_are_still_files() -> None:
    assert srt([]) == ""
    assert vtt([], "en").startswith("WEBVTT")
    assert json.loads(words_json([], "en"))["cues"] == []
