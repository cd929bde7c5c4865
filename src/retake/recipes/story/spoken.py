"""How long a text takes to say, before it has been said: letters over the usual letters a second."""

from __future__ import annotations

from retake.recipes.story.language import script_of

LETTERS_A_SECOND = 13.0
_SCRIPTS = {
    "han": 4.3,
    "kana": 7.0,
    "hangul": 5.5,
    "arabic": 9.5,
    "hebrew": 9.0,
    "devanagari": 10.0,
    "thai": 10.0,
}
_DIGITS_A_SECOND = 4.5
_PAUSE = {
    ",": 0.12,
    ";": 0.2,
    ":": 0.2,
    ".": 0.3,
    "!": 0.35,
    "?": 0.35,
    "。": 0.3,
    "！": 0.35,
    "？": 0.35,
    "।": 0.3,
}


def expected_seconds(text: str) -> float:
    """Seconds of narration at a voice's natural rate (about 165 English words a minute, with pauses)."""
    seconds = 0.0
    for letter in text:
        if script := script_of(letter):
            seconds += 1 / _SCRIPTS.get(script, LETTERS_A_SECOND)
        elif letter.isdigit():
            seconds += 1 / _DIGITS_A_SECOND
        else:
            seconds += _PAUSE.get(letter, 0.0)
    return seconds


def reading_seconds(text: str) -> float:
    """Seconds to read a text on the screen in peace."""
    return max(2.0, 1.1 * expected_seconds(text))
