"""Text prepared for a synthesiser, and the way back from its events to the words of the request.

Enters: any text. Leaves: the words that the sound is timed by, and chunks to be spoken, in which every
character knows its word. What a narrator would not say (emoji, control characters, the `https://` of an
address, emphasis marks) is kept as a word and left silent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

CHUNK = 1500
"""Characters after which a chunk ends at the next sentence; at twice as many it ends anywhere."""

_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔]+[\"'”’»)\]」』]*$")
_SCHEME = re.compile(r"^(\W*)[a-z]{2,6}://(?:www\.)?", re.IGNORECASE)
_MONEY = re.compile(r"^([(\"'“‘]*)([$€£¥₹])(\d[\d.,]*\d|\d)(.*)$")
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee"}
_EMPHASIS = frozenset("*_~`^|\\")

# Scripts written without spaces between words; the ends are inclusive.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # ideographic marks
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_JOINS_PREVIOUS = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮーゝゞヽヾ々ะาำๅๆฯະາຳ")
_JOINS_NEXT = frozenset("เแโใไເແໂໃໄ")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Text for the synthesiser; `owners` gives for each character the index of its word, or -1."""

    text: str
    owners: tuple[int, ...]


def words_of(text: str) -> list[str]:
    """The whitespace-separated tokens; those in scripts without spaces are divided into characters, with
    the marks that belong to them. Without its whitespace, the text is the words joined."""
    return [word for token in text.split() for word in _divide(token)]


def chunks_of(text: str, language: str) -> Iterator[Chunk]:
    """The text as it is to be spoken, in stretches of whole sentences where it has any."""
    parts: list[str] = []
    owners: list[int] = []
    index = 0
    for token, gap in re.findall(r"(\S+)(\s*)", text):
        words = _divide(token)
        for word in words:
            spoken = _silence(word) if len(words) > 1 else say_as(word, language)
            for start in range(0, len(spoken), CHUNK):
                if len(owners) >= 2 * CHUNK:
                    yield Chunk("".join(parts), tuple(owners))
                    parts, owners = [], []
                piece = spoken[start : start + CHUNK]
                parts.append(piece)
                owners.extend([index] * len(piece))
            index += 1
        paragraph = gap.count("\n") > 1
        parts.append("\n\n" if paragraph else " ")
        owners.extend([-1] * len(parts[-1]))
        if len(owners) >= CHUNK and (paragraph or _SENTENCE_END.search(token)):
            yield Chunk("".join(parts), tuple(owners))
            parts, owners = [], []
    if owners:
        yield Chunk("".join(parts), tuple(owners))


def say_as(token: str, language: str) -> str:
    """A token as a narrator says it: "$42." is "42 dollars." in English, "42 $." elsewhere."""
    spoken = _SCHEME.sub(r"\1", _silence(token))
    if match := _MONEY.match(spoken):
        before, symbol, amount, after = match.groups()
        # "$3.5M": the unit comes before the currency, and is best left to the synthesiser.
        if not after[:1].isalnum():
            name = _CURRENCIES[symbol] + ("" if amount == "1" or symbol == "¥" else "s")
            return f"{before}{amount} {name if language.lower().startswith('en') else symbol}{after}"
    return spoken


def speakable(text: str) -> bool:
    """Whether a narrator would say anything of it."""
    return any(character.isalnum() for character in _silence(text))


def _silence(word: str) -> str:
    """The word with a space for each character that is not to be said."""
    return "".join(" " if _is_silent(character) else character for character in word)


def _is_silent(character: str) -> bool:
    category = unicodedata.category(character)
    # So: emoji and dingbats; Sk: their skin tones; Cf: joiners and direction marks; Cs: half a character.
    if category in ("So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"):
        return character not in "\u200c\u200d°" or category == "Cs"
    return character in _EMPHASIS or "\ufe00" <= character <= "\ufe0f"


def _divide(token: str) -> list[str]:
    """A token's words: itself, or in an unspaced script its characters with the marks that join them."""
    if token.isascii() or not any(map(_is_unspaced, token)):
        return [token]
    words: list[str] = []
    join = False
    for character in token:
        if words and (join or _joins(words[-1], character)):
            words[-1] += character
        else:
            words.append(character)
        join = character in _JOINS_NEXT or unicodedata.category(character) in ("Ps", "Pi")
    return words


def _joins(word: str, character: str) -> bool:
    """Whether a character belongs to the word before it."""
    if character in _JOINS_PREVIOUS or unicodedata.category(character)[0] in "MPC":
        return unicodedata.category(character) not in ("Ps", "Pi")
    wide = unicodedata.east_asian_width(word[-1]) in "WF"
    return not (_is_unspaced(character) or _is_unspaced(word[-1]) or wide)


def _is_unspaced(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _UNSPACED)
