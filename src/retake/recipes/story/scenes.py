"""Sentences to scenes: 3 to 15, about equally long to say, cut where paragraphs and the tale itself turn.

The cuts are the cheapest of all, found by dynamic programming over the sentences: a scene costs the square of
its distance from the wished length, and a cut at a paragraph, a section or a shift of time or place is cheap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf

from retake.recipes.story.sentences import cut_point, paragraphs, split_clauses, split_sentences
from retake.recipes.story.spoken import expected_seconds
from retake.recipes.story.vocabulary import vocabulary

FEWEST, MOST = 3, 15
_WISHED_SECONDS = 6.0
_LONGEST_SENTENCE = 260
_FEWEST_LETTERS = 8
SECTION = re.compile(r"^\s*(?:\*\s*\*\s*\*|-{3,}|_{3,}|⁂|#)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, and how much the tale turns before it, 0 to 1."""

    text: str
    turn: float = 0.0


def split_scenes(content: str, language: str, *, target: float = 0, count: int = 0) -> list[list[str]]:
    """The scenes of a text, each a list of sentences.

    `target` is the film's wished length in seconds, `count` a wished number of scenes; 0 leaves them free.
    Fewer than three scenes come back only from a text too short to cut.
    """
    units = sentence_units(content, language)
    while len(units) < FEWEST and (cut := _cut_longest(units)):
        units = cut
    wished = count or round((target or sum(expected_seconds(u.text) for u in units)) / _WISHED_SECONDS)
    most = min(MOST, len(units))
    number = max(min(FEWEST, most), min(most, wished))
    candidates = (
        [number] if count else [n for n in (number - 1, number, number + 1) if min(FEWEST, most) <= n <= most]
    )
    return min((_partition(units, n) for n in candidates), key=lambda found: found[0])[1] if units else []


def sentence_units(content: str, language: str) -> list[Unit]:
    """The sentences of a text, long ones cut at clauses, with the turns between them."""
    words = vocabulary(language)
    units: list[Unit] = []
    for number, section in enumerate(SECTION.split(content)):
        for place, paragraph in enumerate(paragraphs(section)):
            for index, sentence in enumerate(split_sentences(paragraph, language)):
                turn = 0.0 if index else 1.0 if number and not place else 0.5
                if words.begins_with("shift", sentence):
                    turn = max(turn, 0.35) + 0.1
                first, *rest = split_clauses(sentence, _LONGEST_SENTENCE)
                units += [Unit(first, turn), *(Unit(part, -0.5) for part in rest)]
    return units


def _cut_longest(units: list[Unit]) -> list[Unit]:
    """The units with the longest cut in two, or nothing when all are too short."""
    for i in sorted(range(len(units)), key=lambda i: (-len(units[i].text), i)):
        unit = units[i]
        at = cut_point(unit.text, torn=expected_seconds(unit.text) > 2)
        if len(unit.text) >= _FEWEST_LETTERS and at:
            parts = [Unit(unit.text[:at].strip(), unit.turn), Unit(unit.text[at:].strip(), -0.5)]
            return units[:i] + parts + units[i + 1 :]
    return []


def _partition(units: list[Unit], count: int) -> tuple[float, list[list[str]]]:
    """The cheapest cut of the units into `count` scenes, and its cost per scene."""
    lengths = [0.0]
    for unit in units:
        lengths.append(lengths[-1] + max(0.4, expected_seconds(unit.text)))
    wished = lengths[-1] / count
    total = len(units)
    best = [[inf] * (total + 1) for _ in range(count + 1)]
    came = [[0] * (total + 1) for _ in range(count + 1)]
    best[0][0] = 0.0
    for scene in range(1, count + 1):
        for end in range(scene, total - (count - scene) + 1):
            for start in range(scene - 1, end):
                off = (lengths[end] - lengths[start]) / wished - 1
                cost = best[scene - 1][start] + off * off + (0.4 - 0.6 * units[start].turn if start else 0)
                if cost < best[scene][end]:
                    best[scene][end], came[scene][end] = cost, start
    scenes: list[list[str]] = []
    end = total
    for scene in range(count, 0, -1):
        start = came[scene][end]
        scenes.insert(0, [unit.text for unit in units[start:end]])
        end = start
    return best[count][total] / count, scenes
