"""What Unicode says about characters: what a reader sees as one, what is an emoji, which script it is.

Sources: UAX #29 (grapheme clusters, the rules that text in practice needs), UTS #51 (emoji), and HarfBuzz's
own script table.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from retake.render.text.native import harfbuzz as hb

ZWNJ, ZWJ = "\u200c", "\u200d"
SOFT_HYPHEN = "\u00ad"
_TEXT_PRESENTATION, _EMOJI_PRESENTATION, _KEYCAP = "\ufe0e", "\ufe0f", "\u20e3"

# Emoji_Presentation=Yes below U+1F000 (emoji-data.txt 16.0).
_BMP_EMOJI = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)


def clusters(text: str) -> tuple[tuple[int, int], ...]:
    """The half-open spans of `text` that a reader sees as one character each."""
    spans: list[tuple[int, int]] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not _joined(text, start, index):
            spans.append((start, index))
            start = index
    return tuple(spans)


def _joined(text: str, start: int, index: int) -> bool:
    char, before = text[index], text[index - 1]
    if char < "\u0300":
        return char == "\n" and before == "\r"
    if _extends(char) or (before == ZWJ and _pictograph(char)):
        return True
    if _regional(char) and _regional(before):
        return (index - start) % 2 == 1
    return _hangul_joined(before, char)


def _extends(char: str) -> bool:
    if char in (ZWJ, ZWNJ) or unicodedata.category(char) in ("Mn", "Me", "Mc"):
        return True
    return "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _pictograph(char: str) -> bool:
    return char >= "\U0001f000" or "\u2190" <= char <= "\u2bff" or char in "\u3030\u303d\u3297\u3299©®"


def _regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _hangul_joined(before: str, char: str) -> bool:
    """UAX #29 GB6 to GB8: leading consonants, vowels and trailing consonants of one syllable."""
    if not "\u1160" <= char <= "\u11ff" and not (char >= "\u1100" and "\u1100" <= before <= "\u115f"):
        return False
    if "\u1100" <= before <= "\u115f":
        return char <= "\u11a7" or "\uac00" <= char <= "\ud7a3"
    return "\u1160" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"


@lru_cache(maxsize=4096)
def is_emoji(cluster: str) -> bool:
    """Whether the cluster is to be shown as a colour picture (UTS #51, section 4.3)."""
    if _TEXT_PRESENTATION in cluster:
        return False
    first = cluster[0]
    if _EMOJI_PRESENTATION in cluster or _KEYCAP in cluster:
        return True
    if first < "\U0001f000":
        return first in _BMP_EMOJI or (len(cluster) > 1 and cluster[1] >= "\U0001f3fb" and _pictograph(first))
    return first in "\U0001f004\U0001f0cf\U0001f18e" or (
        "\U0001f191" <= first <= "\U0001faff" and not "\U0001f700" <= first <= "\U0001f7df"
    )


@lru_cache(maxsize=8192)
def script(char: str) -> str:
    """ISO 15924 code of the character's script; "" for what many scripts share (spaces, digits, marks)."""
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(char)])
    buffer.guess_segment_properties()
    return buffer.script or ""


def invisible(char: str) -> bool:
    """Whether no font needs a glyph for it: joiners, variation selectors, tags, controls, bidi marks."""
    return unicodedata.category(char) in ("Cf", "Cc", "Zl", "Zp") or "\ufe00" <= char <= "\ufe0f"


def is_wide(char: str) -> bool:
    """Whether the character takes a full em in East Asian setting."""
    return unicodedata.east_asian_width(char) in "WF"


def spaceless(char: str) -> bool:
    """Whether words of the character's script follow each other without a space between them."""
    return script(char) in _SPACELESS or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uff60"


_SPACELESS = frozenset({"Hani", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})


def capitals(text: str, language: str = "") -> str:
    """Upper case by the rules of the language: Turkish dotted İ, Greek without accents."""
    code = language.lower().split("-")[0]
    if code in ("tr", "az"):
        text = text.replace("i", "İ")
    if code == "el":
        bare = (char for char in unicodedata.normalize("NFD", text) if char not in "\u0301\u0300\u0342")
        text = unicodedata.normalize("NFC", "".join(bare))
    return text.upper()
