"""Captions beside the film: SubRip, WebVTT and word-timed JSON. Pure; times are seconds of the film."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimedWord:
    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Cue:
    """What stands on the screen at once; lines are separated by newlines."""

    text: str
    start: float
    end: float
    words: tuple[TimedWord, ...]


def srt(cues: Sequence[Cue]) -> str:
    """SubRip: numbered cues, times with a comma."""
    blocks = (
        f"{i}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{cue.text}\n"
        for i, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def vtt(cues: Sequence[Cue], language: str) -> str:
    """WebVTT (W3C), with every word's own time inside its cue."""
    blocks = [f"WEBVTT\nLanguage: {language}\n"]
    for cue in cues:
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{_timed(cue)}\n")
    return "\n".join(blocks)


def words_json(cues: Sequence[Cue], language: str) -> str:
    """Every screen with its words and their times."""
    body = {
        "language": language,
        "cues": [
            {
                "text": cue.text,
                "start": round(cue.start, 3),
                "end": round(cue.end, 3),
                "words": [
                    {"text": w.text, "start": round(w.start, 3), "end": round(w.end, 3)} for w in cue.words
                ],
            }
            for cue in cues
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def _timed(cue: Cue) -> str:
    """The cue's text with a time before each word but the first, where the words are found in it in order."""
    out, at = "", 0
    for i, word in enumerate(cue.words):
        found = cue.text.find(word.text, at)
        if found < 0:
            return _plain(cue.text)
        stamp = f"<{_clock(word.start, '.')}>" if i and cue.start < word.start < cue.end else ""
        out += _plain(cue.text[at:found]) + stamp + _plain(word.text)
        at = found + len(word.text)
    return out + _plain(cue.text[at:])


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str) -> str:
    total = max(0, round(seconds * 1000))
    minutes, rest = divmod(total, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
