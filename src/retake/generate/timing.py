"""When each word is heard: eSpeak's events laid over the words of the request.

Enters: the events of one chunk (see `espeak_worker`). Leaves: half-open spans in samples. eSpeak reads "$42."
as three words and two Chinese characters as one, and reports where a clause ends with its pause: so events
are gathered by the word that owns their first character, words without an event share the time of the one
before them by length, and a word ends with its last audible phoneme.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SAID_SYMBOLS = frozenset("$€£¥₹%&@+=#")


@dataclass(frozen=True, slots=True)
class Timing:
    """Spans by word index, and phonemes with "" for silence; in samples."""

    spans: Mapping[int, tuple[int, int]]
    phonemes: tuple[tuple[str, int], ...]

    def shifted(self, offset: int) -> Timing:
        """The same, later."""
        return Timing(
            {index: (start + offset, end + offset) for index, (start, end) in self.spans.items()},
            tuple((ipa, sample + offset) for ipa, sample in self.phonemes),
        )


def time_words(owners: Sequence[int], text: str, record: Mapping[str, Any], length: int) -> Timing:
    """The span of every word that owns a character of the chunk; `length` is that of its sound."""
    phonemes = _phonemes(record["phonemes"])
    weights: dict[int, int] = {}
    for owner, character in zip(owners, text, strict=True):
        if owner >= 0:
            said = character.isalnum() or character in _SAID_SYMBOLS
            weights[owner] = weights.get(owner, 0) + said
    starts = _starts(owners, record["words"])
    spans: dict[int, tuple[int, int]] = {}
    groups = _groups(sorted(weights), starts)
    bounds = [starts.get(group[0], 0) for group in groups] + [length]
    for group, start, limit in zip(groups, bounds, bounds[1:], strict=False):
        end = _heard_until(phonemes, start, limit)
        whole = sum(weights[index] for index in group)
        passed = 0
        for index in group:
            first, passed = passed, passed + weights[index]
            spans[index] = (
                start + (end - start) * first // max(whole, 1),
                start + (end - start) * passed // max(whole, 1),
            )
    return Timing(spans, phonemes)


def _starts(owners: Sequence[int], events: Sequence[Sequence[int]]) -> dict[int, int]:
    """The first sample of each word that has an event; never earlier than the word before it."""
    starts: dict[int, int] = {}
    latest = 0
    for position, length, sample in sorted(events, key=lambda event: event[2]):
        reach = owners[max(position, 0) : max(position, 0) + max(length, 1)]
        owner = next((owner for owner in reach if owner >= 0), -1)
        if owner >= latest and owner not in starts:
            starts[owner] = sample
            latest = owner
    return starts


def _groups(indices: Sequence[int], starts: Mapping[int, int]) -> list[list[int]]:
    """Words with a start, each with those after it that have none."""
    groups: list[list[int]] = []
    for index in indices:
        if index in starts or not groups:
            groups.append([index])
        else:
            groups[-1].append(index)
    return groups


def _phonemes(events: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The phonemes in order, silence only once, without marks such as "(en)" for a change of language."""
    kept: list[tuple[str, int]] = []
    for ipa, sample in events:
        if not ipa.startswith("(") and (ipa or not kept or kept[-1][0]):
            kept.append((ipa, sample))
    return tuple(kept)


def _heard_until(phonemes: Sequence[tuple[str, int]], start: int, limit: int) -> int:
    """Where the last audible phoneme that begins in [start, limit) ends."""
    last = bisect_left(phonemes, limit, key=lambda phoneme: phoneme[1]) - 1
    while last >= 0 and phonemes[last][1] >= start and not phonemes[last][0]:
        last -= 1
    if last < 0 or phonemes[last][1] < start or last + 1 == len(phonemes):
        return limit
    return min(phonemes[last + 1][1], limit)
