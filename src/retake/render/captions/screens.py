"""Spoken words cut into screens: at sentences and pauses, then where a phrase ends, of about equal length.

Enter: cues of timed words, and how wide each word is. Leave: groups of words with the times to show them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retake.render.captions.styles import Style
from retake.render.text.breaks import opportunities
from retake.render.text.characters import clusters, is_wide, spaceless
from retake.render.text.markup import printable
from retake.timeline.assets import Captions

PAUSE = 0.35
"""Seconds of silence that end a screen."""
_LEAD, _LINGER = 0.08, 0.35
_SENTENCE_ENDS = frozenset(".!?…。！？।॥؟۔")
_PHRASE_ENDS = frozenset(",;:—–，、；：،؛")
_CLOSERS = "\"'”’»)]}」』）】*"
_SPLIT_CLUSTERS = 4  # a word of a script without spaces that is longer was not timed word by word

_TITLES = frozenset(
    ("Dr.", "Mr.", "Mrs.", "Ms.", "Prof.", "St.", "Sr.", "Sra.", "Dra.", "M.", "Mme.", "Mlle.", "Hr.", "Fr.")
)
"""Words that end in a stop and yet belong to the name that follows."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word on a screen: seconds from the clip's start, and its characters in the screen's text."""

    text: str
    start: float
    end: float
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown from `start` to `end` seconds. `box` is x0, y0, x1, y1 px of the text, outline included.

    `overflow` tells by how many px the text is higher than its place although it was made smaller.
    """

    start: float
    end: float
    text: str
    words: tuple[SpokenWord, ...]
    box: tuple[float, float, float, float]
    overflow: float = 0.0

    @property
    def reading_speed(self) -> float:
        """Characters a second, full-width ones counted as two."""
        return _length(self.text) / max(self.end - self.start, 1e-6)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of one screen with their times, before it is laid out."""

    start: float
    end: float
    text: str
    words: tuple[SpokenWord, ...]


def cut(captions: Captions, style: Style, column: float, width: Callable[[str], float]) -> tuple[Phrase, ...]:
    """The screens of `captions`. `width` measures a text in px; a screen's lines fit in `column` px."""
    groups: list[list[SpokenWord]] = []
    for cue in captions.cues:
        spoken = [SpokenWord(printable(w.text).strip(), float(w.start), float(w.end)) for w in cue.words]
        words = [part for word in spoken if word.text for part in _parts(word)]
        for breath in _breaths(sorted(words, key=lambda word: word.start)):
            groups += _divide(breath, style, column, width)
    groups.sort(key=lambda group: group[0].start)
    return tuple(
        _timed(group, groups[i - 1] if i else None, groups[i + 1] if i + 1 < len(groups) else None, style)
        for i, group in enumerate(groups)
    )


def _parts(word: SpokenWord) -> list[SpokenWord]:
    """A word timed as one that holds several: divided, its time shared out by length."""
    pieces = word.text.split()
    spans = clusters(word.text)
    if len(pieces) == 1 and len(spans) > _SPLIT_CLUSTERS and all(map(spaceless, word.text)):
        edges = [0, *opportunities(word.text, spans), len(word.text)]
        kept = [0]
        for edge in edges[1:]:
            if edge - kept[-1] >= 2 and len(word.text) - edge != 1:
                kept.append(edge)
        kept[-1] = len(word.text)
        pieces = [word.text[a:b] for a, b in pairwise(kept)]
    if len(pieces) == 1:
        return [word]
    total, done = sum(map(_length, pieces)), 0
    parts: list[SpokenWord] = []
    for piece in pieces:
        start = word.start + (word.end - word.start) * done / total
        done += _length(piece)
        parts.append(SpokenWord(piece, start, word.start + (word.end - word.start) * done / total))
    return parts


def _breaths(words: Sequence[SpokenWord]) -> list[list[SpokenWord]]:
    breaths: list[list[SpokenWord]] = []
    for word in words:
        last = breaths[-1][-1] if breaths else None
        if last is None or word.start - last.end > PAUSE or _ends(last.text) in _SENTENCE_ENDS:
            breaths.append([word])
        else:
            breaths[-1].append(word)
    return breaths


def _divide(
    words: list[SpokenWord], style: Style, column: float, width: Callable[[str], float]
) -> list[list[SpokenWord]]:
    """The cheapest way to cut a breath into screens, by dynamic programming."""
    widths = [width(word.text) for word in words]
    space = width("n n") - width("nn")
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        options: list[tuple[float, int]] = []
        for start in range(end - 1, -1, -1):
            group = words[start:end]
            if len(group) > 1 and not _fits(group, widths[start:end], space, style, column):
                break
            options.append((best[start][0] + _cost(group, style, len(words)), start))
        best.append(min(options))
    cuts = [len(words)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    cuts.reverse()
    return [words[a:b] for a, b in pairwise(cuts)]


def _fits(
    group: Sequence[SpokenWord], widths: Sequence[float], space: float, style: Style, column: float
) -> bool:
    """Whether the words keep to the style's lines, each within the column and the characters allowed."""
    if sum(_weight(word.text) for word in group) > style.words:
        return False
    lines, used, chars = 1, 0.0, 0
    for i, word in enumerate(group):
        gap = i > 0 and chars > 0 and _spaced(group[i - 1].text, word.text)
        more, longer = widths[i] + gap * space, _length(word.text) + gap
        if chars and (used + more > column or chars + longer > style.line_chars):
            lines, used, chars = lines + 1, widths[i], _length(word.text)
        else:
            used, chars = used + more, chars + longer
    return lines <= style.lines


def _cost(group: Sequence[SpokenWord], style: Style, of: int) -> float:
    """How badly the words make a screen, against others of the same breath."""
    chars = sum(_length(word.text) + 1 for word in group) - 1
    cost = 0.3 + 0.6 * ((chars - style.usual_chars) / style.usual_chars) ** 2
    if len(group) == 1 and of > 1 and chars <= 6:
        cost += 0.9
    if group[-1].end - group[0].start < 0.3 and of > 1:
        cost += 0.3
    cost += sum(0.25 for word in group[:-1] if _ends(word.text) in _PHRASE_ENDS)
    if _ends(group[-1].text) in _PHRASE_ENDS:
        cost -= 0.15
    elif (
        len(group) > 1
        and (group[-1].text in _TITLES or (len(group[-1].text) <= 3 and group[-1].text.isalpha()))
        and not spaceless(group[-1].text[0])
    ):
        cost += 0.15  # "the", "of", "and" belong to what follows
    return cost


def _timed(
    group: list[SpokenWord], before: list[SpokenWord] | None, after: list[SpokenWord] | None, style: Style
) -> Phrase:
    start = _start(group, before)
    end = max(group[-1].end + _LINGER, start + style.shortest)
    if after:
        following = _start(after, group)
        close = following - group[-1].end < PAUSE + _LINGER
        end = following - style.gap if close and not style.gap else min(end, following - style.gap)
    text, words = _joined(group, style)
    return Phrase(start, max(end, start + 0.01), text, words)


def _start(group: list[SpokenWord], before: list[SpokenWord] | None) -> float:
    first = group[0].start
    return max(0.0, first - (min(_LEAD, max(first - before[-1].end, 0.0)) if before else _LEAD))


def _joined(group: Sequence[SpokenWord], style: Style) -> tuple[str, tuple[SpokenWord, ...]]:
    text = ""
    words: list[SpokenWord] = []
    for word in group:
        if text and _spaced(text, word.text):
            text += " "
        words.append(SpokenWord(word.text, word.start, word.end, (len(text), len(text) + len(word.text))))
        text += word.text
    return text, tuple(words)


def _spaced(before: str, after: str) -> bool:
    """Whether a space stands between two words that follow each other."""
    return not (spaceless(before[-1]) and spaceless(after[0])) and after[0] not in ",.;:!?…)]}»”"


def _ends(text: str) -> str:
    """The word's last character, closing quotes and brackets left out; "" when it is nothing but those, or a
    title, which belongs to the name that follows."""
    return "" if text in _TITLES else text.rstrip(_CLOSERS)[-1:]


@lru_cache(maxsize=4096)
def _length(text: str) -> int:
    return sum(2 if is_wide(text[a]) else 1 for a, _ in clusters(text))


def _weight(text: str) -> float:
    """A word counts as one; in scripts without spaces two characters do."""
    return len(clusters(text)) / 2.2 if all(map(spaceless, text)) else 1.0
