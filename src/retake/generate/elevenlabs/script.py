"""A text as it is sent to be spoken, and the way back from the times of its characters to its words.

Enters: any text. Leaves: the same text, character for character, in which what a narrator would not say, or
the service would take for a command, is a space; its parts; and its timed words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from retake.generate.ports import Word
from retake.generate.spoken_text import words_of

Span = tuple[float, float]
"""When something begins and ends, in seconds."""

_UNSAID = ("So", "Sk", "Cc", "Cf", "Cs", "Co", "Cn")
_JOINERS = "\u200c\u200d°"
_MARKUP = re.compile(r"<([/!?]?[A-Za-z][^<>]*)>")
_DIRECTIONS = {"[": "(", "]": ")"}
_CUTS = (
    re.compile(r"\n\s*\n\s*"),
    re.compile(r"[.!?…。！？؟।۔]+[\"'”’»)\]」』]*(\s+|(?<=[。！？])(?=\S))"),
    re.compile(r"[,;:،、，；：—–]+\s*"),
    re.compile(r"\s+"),
)


@dataclass(frozen=True, slots=True)
class CharacterTimes:
    """For each character that was spoken, when it begins and ends, in seconds."""

    characters: tuple[str, ...]
    starts: tuple[float, ...]
    ends: tuple[float, ...]


def sendable(text: str, *, performs: bool) -> str:
    """The text with a space in place of what is not to be said. A row's text is only ever text: marks of
    SSML go, and brackets that a model `performs` become round ones."""
    sent = "".join(" " if _is_unsaid(character) else character for character in text)
    sent = _MARKUP.sub(lambda tag: f" {tag[1]} ", sent)
    return sent.translate(str.maketrans(_DIRECTIONS)) if performs else sent


def parts_of(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` characters that join to it, cut at paragraphs, else at sentences,
    else at clauses, else between words, else anywhere."""
    parts: list[str] = []
    while len(text) > limit:
        cut = next((at for pattern in _CUTS if (at := _last_cut(pattern, text, limit))), limit)
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text] if text else parts


def timed_words(text: str, sent: str, spans: Mapping[int, Span], duration: float) -> tuple[Word, ...] | None:
    """The words of `text`, which was sent as `sent`, with the times of their characters, in order and inside
    the sound; those that are not said have no duration. None where the times belong to another text."""
    timed: list[Word] = []
    position, last, sayable, found = 0, 0.0, 0, 0
    for word in words_of(text):
        position = text.index(word, position)
        within = [i for i in range(position, position + len(word)) if _is_said(sent[i])]
        heard = [spans[i] for i in within if i in spans]
        sayable, found = sayable + bool(within), found + bool(heard)
        start = min(max(min((start for start, _ in heard), default=last), last), duration)
        end = min(max(max((end for _, end in heard), default=start), start), duration)
        timed.append(Word(word, round(start, 6), round(end, 6)))
        position, last = position + len(word), end
    return tuple(timed) if 2 * found >= sayable else None


def spans_of(sent: str, times: CharacterTimes) -> dict[int, Span]:
    """When each character of the text is heard, by its position. A service may change the space between
    words, and single words; the others are still found."""
    heard = [
        (character, start, end)
        for told, start, end in zip(times.characters, times.starts, times.ends, strict=True)
        for character in told
    ]
    ours = _tokens(sent)
    theirs = _tokens("".join(character for character, _, _ in heard))
    same = SequenceMatcher(None, [word for word, _ in ours], [word for word, _ in theirs], autojunk=False)
    spans: dict[int, Span] = {}
    for block in same.get_matching_blocks():
        for (word, mine), (_, yours) in zip(
            ours[block.a : block.a + block.size], theirs[block.b : block.b + block.size], strict=True
        ):
            for i in range(len(word)):
                spans[mine + i] = heard[yours + i][1:]
    return spans


def _tokens(text: str) -> list[tuple[str, int]]:
    return [(match[0], match.start()) for match in re.finditer(r"\S+", text)]


def _is_said(character: str) -> bool:
    """Whether a sound belongs to the character: a comma has none, a dollar sign has."""
    return character.isalnum() or character in "%&@#" or unicodedata.category(character) in ("Sc", "Sm")


def _is_unsaid(character: str) -> bool:
    if character.isspace():
        return False
    category = unicodedata.category(character)
    if "\ufe00" <= character <= "\ufe0f":
        return True
    return category in _UNSAID and (character not in _JOINERS or category == "Cs")


def _last_cut(pattern: re.Pattern[str], text: str, limit: int) -> int:
    """Where the last match within the limit ends; 0 for none, or one that leaves a snippet."""
    ends = [match.end() for match in pattern.finditer(text, 0, limit) if match.end() <= limit]
    return ends[-1] if ends and ends[-1] > limit // 8 else 0
