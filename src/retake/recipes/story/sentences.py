"""Text to sentences, in any language that marks where they end, and long sentences to clauses.

The rules follow the shape of Unicode Standard Annex 29 (sentence boundaries): terminators, then closing
marks, then a boundary, unless what follows is lower case, or a number, or the full stop belongs to an
abbreviation or an initial. Nothing but white space is ever dropped.
"""

from __future__ import annotations

import re
import unicodedata

from retake.recipes.story.language import script_of
from retake.recipes.story.vocabulary import vocabulary

_WESTERN = ".!?…"
_ALWAYS = "。！？｡؟۔।॥։።፧፨‽⁇⁈⁉။៕"
_CLOSERS = "\"'”’»›)]}」』】）〉》"
_CLAUSE = ",;:—–，、；：،؛፣፤՝"
_SHOWN_SPACE = re.compile(r"\s+")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_BEFORE_STOP = re.compile(r"([^\s\"'“‘«(\[¿¡]+)$")
_ORDINAL_LANGUAGES = ("de", "da", "fi", "nb", "no", "cs", "hu", "tr", "pl")
_ALSO_ENDS = frozenset({"etc", "usw", "ecc", "a.m", "p.m", "u.s", "inc", "ltd", "co", "jr", "sr"})


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, white space inside them made single."""
    return [one for part in _PARAGRAPHS.split(text) if (one := _SHOWN_SPACE.sub(" ", part).strip())]


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a text in order; joined, they keep every character of it that is not white space."""
    sentences: list[str] = []
    for paragraph in paragraphs(text):
        start = at = 0
        while at < len(paragraph):
            end = _end_of_sentence(paragraph, start, at, language)
            if end:
                sentences.append(paragraph[start:end].strip())
                start = at = end
            else:
                at += 1
        if rest := paragraph[start:].strip():
            sentences.append(rest)
    return [sentence for sentence in sentences if sentence]


def _end_of_sentence(text: str, start: int, at: int, language: str) -> int:
    """Where the sentence ends whose terminators begin at `at`, or 0 when none ends here."""
    if text[at] not in _WESTERN and text[at] not in _ALWAYS:
        return 0
    end = at
    while end < len(text) and (text[end] in _WESTERN or text[end] in _ALWAYS or text[end] in "\ufe0f\u200d"):
        end += 1
    run = text[at:end]
    # A German quotation („...“) closes with the mark that opens an English one.
    while end < len(text) and (text[end] in _CLOSERS or (text[end] == "“" and "„" in text[start:at])):
        end += 1
    if french := re.match(r"[\s\u00a0\u202f]+[»›]", text[end:]):
        sentence = text[start:end]
        if sentence.count("«") + sentence.count("‹") > sentence.count("»") + sentence.count("›"):
            end += french.end()
    if end >= len(text):
        return end
    if any(mark in _ALWAYS for mark in run):
        return end
    if not text[end].isspace():
        # "e.g.", "3.14", "example.com" go on; in scripts without spaces a mark may be followed at once.
        return end if script_of(text[end]) in ("han", "kana", "hangul", "thai") and end > at else 0
    following = text[end:].lstrip()
    first = next((c for c in following if c.isalnum()), "")
    if first.islower():
        return 0
    if run == "." and _is_abbreviated(text[start:at], first, language):
        return 0
    return end


def _is_abbreviated(before: str, first: str, language: str) -> bool:
    found = _BEFORE_STOP.search(before)
    word = (found[1] if found else "").lower()
    if word.isdigit():
        return len(word) <= 2 and language.split("-")[0] in _ORDINAL_LANGUAGES
    if not word or word in _ALSO_ENDS:
        return False
    initial = len(word) == 1 and word.isalpha() and (found is not None and found[1].isupper()) and word != "i"
    return initial or vocabulary(language).has("abbreviations", word)


def split_clauses(sentence: str, most: int) -> list[str]:
    """A sentence in parts of at most `most` characters, cut at clauses, else at spaces, else anywhere that
    does not tear a character from its marks."""
    if len(sentence) <= most:
        return [sentence]
    at = cut_point(sentence)
    if not at:
        return [sentence]
    left, right = sentence[:at].strip(), sentence[at:].strip()
    return split_clauses(left, most) + split_clauses(right, most)


def cut_point(sentence: str, torn: bool = True) -> int:
    """Where a sentence is best cut in two, near its middle, or 0. Without `torn` only between words."""
    middle = len(sentence) / 2
    clauses = [
        m.end()
        for m in re.finditer(rf"[{re.escape(_CLAUSE)}](?=\s)|[，、；：，](?=\S)|\s[—–]\s", sentence)
        if 0.2 * len(sentence) <= m.end() <= 0.85 * len(sentence)
    ]
    spaces = [m.end() for m in re.finditer(r"\s+", sentence) if m.start() and m.end() < len(sentence)]
    anywhere = [i for i in range(1, len(sentence)) if _whole(sentence, i)] if torn else []
    for places in (clauses, spaces, anywhere):
        if places:
            return min(places, key=lambda place: (abs(place - middle), place))
    return 0


def _whole(text: str, at: int) -> bool:
    """Whether cutting before `at` leaves characters, marks and emoji sequences whole."""
    after, before = text[at], text[at - 1]
    return not (
        unicodedata.category(after).startswith("M")
        or after in "\u200d\ufe0e\ufe0f"
        or before == "\u200d"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U0001f1e6" <= after <= "\U0001f1ff"
        or "\U000e0020" <= after <= "\U000e007f"
    )
