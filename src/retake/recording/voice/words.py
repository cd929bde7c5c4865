"""Which words of a sentence change, so that everything else stays the recording's own.

A word is what stands between spaces; letter case and punctuation do not make a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from unicodedata import category, normalize

_CLAUSE = ",.;:!?"
_GLUE = 3  # letters of a lone word between two changes that is spoken again with them


@dataclass(frozen=True, slots=True)
class Change:
    """Words that differ: half-open ranges of word indices in the original and in the new sentence."""

    old: range
    new: range


def changed_words(original: str, new: str) -> tuple[Change, ...]:
    """The smallest runs of words that differ, in order; none where both sentences sound the same.

    Each run holds at least one word of both sentences: where words are only added or only dropped, a
    neighbour is spoken again with them. A lone short word between two runs joins them. Where the original's
    words are not known (""), the whole new sentence is one change with an empty `old`.
    """
    before, after = original.split(), new.split()
    if not after:
        return ()
    if not before:
        return (Change(range(0), range(len(after))),)
    matcher = SequenceMatcher(None, [_said(w) for w in before], [_said(w) for w in after], autojunk=False)
    runs: list[Change] = []
    for kind, old_start, old_stop, new_start, new_stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        run = _with_neighbour(range(old_start, old_stop), range(new_start, new_stop), before, after)
        if runs and _glued(before[runs[-1].old.stop : run.old.start]):
            run = Change(range(runs[-1].old.start, run.old.stop), range(runs[-1].new.start, run.new.stop))
            runs.pop()
        runs.append(run)
    return tuple(runs)


def _with_neighbour(old: range, new: range, before: list[str], after: list[str]) -> Change:
    """The run; where one side is empty, with the word after it, or before it if it ends a clause."""
    if old and new:
        return Change(old, new)
    line, run = (after, new) if new else (before, old)
    follows_on = run.start > 0 and line[run.start - 1][-1] not in _CLAUSE
    last = old.stop == len(before) or new.stop == len(after)
    first = old.start == 0 or new.start == 0
    if not first and (last or (follows_on and line[run.stop - 1][-1] in _CLAUSE)):
        return Change(range(old.start - 1, old.stop), range(new.start - 1, new.stop))
    return Change(range(old.start, old.stop + 1), range(new.start, new.stop + 1))


def _glued(between: list[str]) -> bool:
    return not between or (len(between) == 1 and len(_said(between[0])) <= _GLUE)


def _said(word: str) -> str:
    """The word without case and punctuation; itself where nothing else is in it."""
    plain = normalize("NFKC", word).casefold()
    return "".join(c for c in plain if category(c)[0] in "LNM") or plain
