"""Pacing: how one scene passes into the next, and how the camera moves in each."""

from __future__ import annotations

from collections.abc import Sequence

from retake.recipes.story.story import Mood, Move, Shot
from retake.timeline.document import TransitionType

_QUICK: frozenset[Mood] = frozenset({"tense", "joyful", "epic"})
_SLOW: frozenset[Mood] = frozenset({"sad", "calm", "romantic", "mysterious", "eerie"})
_ACCENTS: dict[Mood, TransitionType] = {
    "epic": "zoom",
    "tense": "push",
    "eerie": "blur",
    "mysterious": "blur",
    "joyful": "wipe",
    "romantic": "blur",
}
_EVERY = 5
"""At most one transition in this many is other than fade, slide or dissolve."""


def transitions(moods: Sequence[Mood], turns: Sequence[bool]) -> list[TransitionType]:
    """The transition out of each scene. `turns[i]` says that time or place change before scene i.

    A turn of the tale fades, quick moods slide, slow ones dissolve; none comes three times running, and the
    last scene fades out.
    """
    chosen: list[TransitionType] = []
    since_accent = 2
    for i in range(len(moods) - 1):
        here, there = moods[i], moods[i + 1]
        wanted: TransitionType
        if turns[i + 1]:
            wanted = "fade" if there in _SLOW or here in _SLOW else "slide"
        else:
            wanted = "slide" if here in _QUICK and there in _QUICK else "dissolve"
        if since_accent >= _EVERY and here != there and there in _ACCENTS:
            wanted, since_accent = _ACCENTS[there], 0
        elif chosen[-2:] == [wanted, wanted]:
            wanted = "fade" if wanted == "dissolve" else "dissolve"
        since_accent += 1
        chosen.append(wanted)
    return [*chosen, "fade"] if moods else []


def moves(moods: Sequence[Mood], shots: Sequence[Shot], wide: bool) -> list[Move]:
    """The camera's move in each scene: never the same twice running; along the longer side of the picture."""
    across: tuple[Move, Move] = ("pan_right", "pan_left") if wide else ("pan_up", "pan_right")
    chosen: list[Move] = []
    for i, (mood, shot) in enumerate(zip(moods, shots, strict=True)):
        if shot == "close-up" or mood in ("tense", "eerie"):
            order: tuple[Move, ...] = ("zoom_in", "zoom_out", across[i % 2])
        elif shot == "wide":
            order = ("zoom_out" if i else "zoom_in", across[i % 2], "zoom_in")
        else:
            order = (across[i % 2], "zoom_in", "zoom_out")
        chosen.append(next(move for move in order if not chosen or move != chosen[-1]))
    return chosen
