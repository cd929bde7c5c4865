"""Problems of texts and captions that are told before rendering."""

from __future__ import annotations

from retake.render.text.fonts import FontBook
from retake.render.text.inspect import caption_problems, text_problems
from retake.timeline.assets import CaptionCue, Captions, CaptionWord, Text, TextStyle

BOOK = FontBook(directories=[])
FRAME = (1080, 1920)


def problems(text: str, box: tuple[float, float] = (900, 400), **style: object):
    value = Text(text=text, style=TextStyle.model_validate(style))
    return text_problems(value, box, FRAME, BOOK, "$.asset")


def captions(*words: tuple[str, float, float], **fields: object) -> Captions:
    timed = [{"text": text, "start": start, "end": end} for text, start, end in words]
    return Captions.model_validate({"cues": [{"words": timed}], **fields} if timed else fields)


def test_a_text_that_inter_can_show_in_its_box_has_no_problem():
    assert problems("A fine *text*, ça va?") == problems("") == ()


def test_a_character_without_a_font_is_named_with_a_font_that_has_it():
    (problem,) = problems("Hello 山")
    assert problem.place == "$.asset.text" and not problem.warning
    assert "U+5C71" in problem.message and "山" in problem.message
    assert "Noto Sans CJK" in problem.remedy
    assert "Noto Color Emoji" in problems("🎉")[0].remedy
    assert "Noto Sans Thai" in problems("ส")[0].remedy


def test_many_missing_characters_are_told_in_few_lines():
    assert len(problems("山谷里有一座古老灯塔昔所", size=10)) == 9


def test_a_text_higher_than_its_box_says_by_how_much():
    (problem,) = problems("one two three four five six seven", (400, 100), size=64)
    assert "px too high" in problem.message and not problem.warning


def test_a_text_longer_than_its_lines_and_a_word_wider_than_its_box_are_told():
    assert "2 lines" in problems("word " * 60, max_lines=2)[0].message
    (problem,) = problems("Rindfleischetikettierungsgesetz", (400, 400))
    assert problem.warning and "px wider" in problem.message


def test_an_unknown_font_is_a_warning():
    (problem,) = problems("x", font="No Such Font")
    assert problem.warning and problem.place == "$.asset.style.font"


def test_captions_faster_than_one_reads_are_a_warning():
    words = [(f"wording{i}", i * 0.1, i * 0.1 + 0.1) for i in range(12)]
    told = caption_problems(captions(*words), FRAME, BOOK, "$.asset")
    assert told and all(problem.warning and "characters a second" in problem.message for problem in told)
    assert caption_problems(captions(("Hello", 0, 1), ("there", 1, 2)), FRAME, BOOK, "$.asset") == ()


def test_a_missing_character_of_captions_is_told_once_with_its_word():
    told = caption_problems(captions(("a", 0, 1), ("山", 1, 2), ("山", 2, 3)), FRAME, BOOK, "$.asset")
    assert [problem.place for problem in told] == ["$.asset.cues[0].words[1].text"]


def test_cues_are_values_of_the_timeline():
    word = CaptionWord.model_validate({"text": "Hi", "start": 0, "end": 1})
    assert caption_problems(Captions(cues=(CaptionCue(words=(word,)),)), FRAME, BOOK, "$") == ()
