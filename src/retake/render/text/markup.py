"""The one mark that texts may carry: `*emphasised*` words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_EMPHASIS = re.compile(r"\\(\*)|\*(?=\S)([^*\n]*[^\s*\\])\*")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its marks, and the half-open spans that were emphasised."""

    text: str
    emphasis: tuple[tuple[int, int], ...] = ()


def parse(source: str) -> Marked:
    """Takes out the asterisks around emphasised words; `\\*` and an asterisk that pairs with none stay."""
    source = printable(source)
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    length = end = 0
    for match in _EMPHASIS.finditer(source):
        before = source[end : match.start()]
        inner = match.group(1) or match.group(2)
        pieces += [before, inner]
        length += len(before)
        if match.group(2):
            spans.append((length, length + len(inner)))
        length += len(inner)
        end = match.end()
    return Marked("".join([*pieces, source[end:]]), tuple(spans))


def printable(text: str) -> str:
    """`text` with plain line feeds and spaces, and without the control characters that no font shows."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if text.isprintable():
        return text
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) != "Cc")
