"""Markdown to a title and plain text: headings and rules become section breaks, other markup goes."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTION_BREAK = "\n\n***\n\n"
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TITLE = re.compile(r"^#\s+(.+?)\s*#*\s*$|^([^\n]+)\n=+\s*$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+.*$|^[^\n]+\n(?:=+|-{2,})\s*$", re.MULTILINE)
_RULE = re.compile(r"^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$", re.MULTILINE)
_INLINE = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[\^[^\]]+\](?::.*$)?", re.MULTILINE), ""),
    (re.compile(r"</?[A-Za-z][^>]*>"), ""),
    (re.compile(r"^\s{0,3}>\s?", re.MULTILINE), ""),
    (re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<!\w)([*_])(?=\S)([^*_]+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"~~(.+?)~~"), r"\1"),
    (re.compile(r"`([^`]*)`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A title ("" when there is no heading), the text with section breaks, and the YAML front matter."""

    title: str
    text: str
    front_matter: str = ""


def read_markdown(text: str) -> Plain:
    """The first heading and the plain text below it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = ""
    if (found := _FRONT_MATTER.match(text)) and re.search(r"^\w+\s*:", found[1], re.MULTILINE):
        front, text = found[1], text[found.end() :]
    for pattern in (_FENCE, _COMMENT):
        text = pattern.sub("", text)
    title = ""
    if (first := _TITLE.search(text)) and not text[: first.start()].strip():
        title = strip_markup(first[1] or first[2])
        text = text[first.end() :]
    for pattern in (_HEADING, _RULE):
        text = pattern.sub(SECTION_BREAK, text)
    body = re.sub(r"(?:\s*\n\*\*\*\n\s*)+", SECTION_BREAK, strip_markup(text, keep=SECTION_BREAK.strip()))
    return Plain(title, re.sub(r"\A(?:\s*\*\*\*\s*)+|(?:\s*\*\*\*\s*)+\Z", "", body).strip(), front)


def strip_markup(text: str, keep: str = "") -> str:
    """The text without inline markup; lines that are just `keep` stay."""
    guard = "\ue000"
    if keep:
        text = re.sub(rf"^{re.escape(keep)}$", guard, text, flags=re.MULTILINE)
    for pattern, plain in _INLINE:
        text = pattern.sub(plain, text)
    return text.replace(guard, keep).strip()
