"""Two sequences held against each other: which items of the second are items of the first, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence


def align(first: Sequence[Hashable], second: Sequence[Hashable]) -> dict[int, int]:
    """For places of `second` the places of `first` with an equal item, both rising.

    Patience diff (B. Cohen): equal heads and tails, then the items that are single in both are anchors, of
    which the longest rising sequence is taken, and equal runs grow from them. Almost linear, also where many
    items are alike, as the packets of silence are.
    """
    pairs: dict[int, int] = {}
    _between(first, second, (0, len(first)), (0, len(second)), pairs)
    return pairs


def _between(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    a: tuple[int, int],
    b: tuple[int, int],
    pairs: dict[int, int],
) -> None:
    """Aligns first[a0:a1] with second[b0:b1]; what anchors part is aligned piece by piece."""
    (a0, a1), (b0, b1) = a, b
    while a0 < a1 and b0 < b1 and first[a0] == second[b0]:
        pairs[b0] = a0
        a0, b0 = a0 + 1, b0 + 1
    while a0 < a1 and b0 < b1 and first[a1 - 1] == second[b1 - 1]:
        a1, b1 = a1 - 1, b1 - 1
        pairs[b1] = a1
    anchors = _anchors(first, second, (a0, a1), (b0, b1))
    if not anchors:
        if a1 - a0 == b1 - b0:  # changed in place
            pairs.update({b0 + n: a0 + n for n in range(b1 - b0) if first[a0 + n] == second[b0 + n]})
        return
    for at, bt in [*anchors, (a1, b1)]:
        _between(first, second, (a0, at), (b0, bt), pairs)
        if bt < b1:
            pairs[bt] = at
        a0, b0 = at + 1, bt + 1


def _anchors(
    first: Sequence[Hashable], second: Sequence[Hashable], a: tuple[int, int], b: tuple[int, int]
) -> list[tuple[int, int]]:
    """Items that are single in both, as places, rising in both: the longest such sequence."""
    ours, theirs = Counter(first[slice(*a)]), Counter(second[slice(*b)])
    places = {first[n]: n for n in range(*a) if ours[first[n]] == 1}
    met = [(places[second[n]], n) for n in range(*b) if theirs[second[n]] == 1 and second[n] in places]
    tails: list[int] = []  # the smallest last place of a rising sequence of each length
    ends: list[int] = []  # which of `met` that is
    before: list[int] = []
    for n, (at, _) in enumerate(met):
        length = bisect_left(tails, at)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [at]
        ends[length : length + 1] = [n]
    chain: list[tuple[int, int]] = []
    n = ends[-1] if ends else -1
    while n >= 0:
        chain.append(met[n])
        n = before[n]
    return chain[::-1]
