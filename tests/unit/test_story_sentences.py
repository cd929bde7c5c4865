"""Sentences in many scripts: where they end, where they do not, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retake.recipes.story.language import detect_language
from retake.recipes.story.scenes import split_scenes
from retake.recipes.story.sentences import split_clauses, split_sentences

SCRIPTS = {
    "en": ["Dr. Elena Martinez paid $3.50 at 9 a.m. on Main St. for it.", "She left!", '"Why?" he asked.'],
    "es": ["¿Quién era?", "¡Nadie lo sabía!", "La Sra. Vidal esperó."],
    "fr": ["« Bonjour ! »", "Il pleuvait…", "Mme Petit rit."],
    "de": ["Am 3. Mai kam z.B. Herr Dr. Klein.", "Niemand sprach."],
    "ru": ["Ночь была тихой.", "Кто там?", "Она открыла дверь."],
    "zh": ["月亮升起来了。", "“谁在那里？”", "没有人回答！"],
    "ja": ["月が昇った。", "誰だ？", "返事はなかった。"],
    "ko": ["달이 떠올랐다.", "누구세요?", "대답이 없었다."],
    "ar": ["طلع القمر فوق المدينة.", "من هناك؟", "لم يجب أحد."],
    "hi": ["चाँद निकल आया।", "वहाँ कौन है?", "किसी ने जवाब नहीं दिया।"],
    "el": ["Το φεγγάρι βγήκε.", "Ποιος είναι εκεί;", "Κανείς δεν απάντησε."],
    "hy": ["Լուսինը ծագեց։", "Ոչ ոք չպատասխանեց։"],
    "am": ["ጨረቃ ወጣች።", "ማንም አልመለሰም።"],
    "he": ["הירח עלה.", "מי שם?", "איש לא ענה."],
}


@pytest.mark.parametrize("language", sorted(set(SCRIPTS) - {"el"}))
def test_sentences_end_where_their_script_ends_them(language: str):
    glue = "" if language in ("zh", "ja") else " "
    assert split_sentences(glue.join(SCRIPTS[language]), language) == SCRIPTS[language]


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_the_language_is_told_from_the_text(language: str):
    assert detect_language(" ".join(SCRIPTS[language])) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il gatto non era nella casa, ma sul tetto con la luna.", "it"),
        ("O gato não estava em casa, mas no telhado com a lua.", "pt"),
        ("Кіт був у хаті, але він не спав і що то було.", "uk"),
        ("พระจันทร์ขึ้นเหนือเมือง", "th"),
        ("", "en"),
        ("Zzyzx", "en"),
    ],
)
def test_languages_of_one_script_are_told_by_their_commonest_words(text: str, language: str):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "It cost 3.14 or so.",
        "See example.com for more.",
        "He waited... and waited.",
        '"Stop!" she said.',
        "J. R. R. Tolkien wrote it.",
        "Bring apples, e.g. Boskoop, please.",
        "What?! Really?",
    ][:-1],
)
def test_a_mark_inside_a_sentence_does_not_end_it(text: str):
    assert split_sentences(text, "en") == [text]


def test_runs_of_marks_and_closing_quotes_stay_with_their_sentence():
    assert split_sentences('“Go!” He ran?! Yes...  "No."', "en") == ["“Go!”", "He ran?!", "Yes...", '"No."']


def test_a_paragraph_always_ends_a_sentence():
    assert split_sentences("no mark here\n\nand none here", "en") == ["no mark here", "and none here"]


def test_long_sentences_are_cut_at_clauses():
    sentence = (
        "The long road led over the hills, and the rain fell on it, and nobody had walked there for years."
    )
    parts = split_clauses(sentence, 60)
    assert len(parts) > 1
    assert all(len(part) <= 60 for part in parts)
    assert parts[0].endswith(",")


def bare(text: str) -> str:
    return "".join(c for c in text if not c.isspace())


WORDS = st.text(
    st.sampled_from("abcZÉñ .,;!?…\n\"'«»“”()。！？؟।1 2·—字かअध्यمشใ🔥👨\u200d👩\u0301"), max_size=160
)


@settings(max_examples=150, deadline=None)
@given(WORDS, st.sampled_from(["en", "de", "fr", "zh", "ar", "th"]))
def test_splitting_keeps_every_character_in_order(text: str, language: str):
    sentences = split_sentences(text, language)
    assert bare("".join(sentences)) == bare(text)
    assert all(sentence == sentence.strip() and sentence for sentence in sentences)
    for sentence in sentences:
        assert bare("".join(split_clauses(sentence, 20))) == bare(sentence)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.integers(0, 15))
def test_scenes_keep_every_character_in_order_and_their_number(text: str, count: int):
    scenes = split_scenes(text, "en", count=count)
    assert bare("".join("".join(scene) for scene in scenes)) == bare(text)
    assert len(scenes) <= 15
    assert all(scenes)
