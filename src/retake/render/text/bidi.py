"""The order in which mixed left-to-right and right-to-left text is seen (UAX #9).

Levels come from python-bidi's implementation of the algorithm; isolates are treated as embeddings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from retake.render.text.native import bidi, bidi_algorithm

_RTL_LANGUAGES = frozenset({"ar", "he", "iw", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_NEUTRAL = "\ufffc"  # stands for characters that Unicode does not know yet
_ISOLATES = {0x2066: 0x202A, 0x2067: 0x202B, 0x2068: 0x202A, 0x2069: 0x202C}


def base_level(text: str, language: str = "") -> int:
    """0 for a left-to-right paragraph, 1 for right-to-left: by its first letter, else by the language."""
    if text.isascii() and any(char.isalpha() for char in text):
        return 0
    if any(unicodedata.bidirectional(char) in ("L", "R", "AL") for char in text):
        return bidi.get_base_level(text)
    return int(language.lower().split("-")[0] in _RTL_LANGUAGES)


def levels(text: str, base: int) -> list[int]:
    """The embedding level of each character: even runs left to right, odd runs right to left."""
    if base == 0 and (
        text.isascii() or not any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)
    ):
        return [0] * len(text)
    storage: dict[str, Any] = bidi_algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    known = "".join(char if unicodedata.bidirectional(char) not in ("", "B") else _NEUTRAL for char in text)
    bidi_algorithm.get_embedding_levels(known.translate(_ISOLATES), storage)
    for index, char in enumerate(storage["chars"]):
        char["index"] = index
    bidi_algorithm.explicit_embed_and_overrides(storage)
    bidi_algorithm.resolve_weak_types(storage)
    bidi_algorithm.resolve_neutral_types(storage, False)
    bidi_algorithm.resolve_implicit_levels(storage, False)
    resolved = {char["index"]: int(char["level"]) for char in storage["chars"]}
    found: list[int] = []
    for index in range(len(text)):  # a character that the algorithm removes goes with the one before it
        found.append(resolved.get(index, found[-1] if found else base))
    return found


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """Indices of a line's runs from left to right (rule L2)."""
    order = list(range(len(run_levels)))
    for level in range(max(run_levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and run_levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order
