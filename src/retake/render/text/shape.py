"""Characters to glyphs: text cut into runs of one font, script and direction, each shaped by HarfBuzz."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retake.render.text.characters import clusters, invisible, script
from retake.render.text.faces import Face
from retake.render.text.fonts import DEFAULT_FAMILY, FontBook
from retake.render.text.native import harfbuzz as hb

_JOINED_SCRIPTS = frozenset({"Arab", "Syrc", "Mong", "Nkoo", "Mand", "Adlm", "Rohg", "Deva", "Beng", "Guru"})
_INTER_TRACKING = -0.02  # Inter's own spacing is made for small sizes; its designers tighten large type so


@dataclass(frozen=True, slots=True)
class Typeface:
    """What is asked of fonts: family ("" is Inter), weight, size in px, letter spacing in ems."""

    family: str = ""
    weight: int = 700
    italic: bool = False
    size: float = 64.0
    letter_spacing: float = 0.0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of a run: px from the pen to its origin (y up), its advance, the character it is for."""

    id: int
    x: float
    y: float
    advance: float
    cluster: int


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one face from left to right, for characters `start` to `end`."""

    face: Face
    start: int
    end: int
    level: int
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    face: Face
    script: str
    level: int
    start: int
    end: int


def shape(
    text: str, start: int, end: int, levels: Sequence[int], type: Typeface, fonts: FontBook
) -> tuple[Run, ...]:
    """Runs of `text[start:end]` in logical order. `levels` are the bidi levels of the whole text."""
    language = type.language or _likely_language(text)
    runs: list[Run] = []
    for item in _itemise(text[start:end], levels[start:end], type, fonts):
        spacing = type.letter_spacing if item.script not in _JOINED_SCRIPTS else 0.0
        raw = _shape(
            item.face,
            text[start + item.start : start + item.end],
            item.script,
            item.level % 2,
            language,
            bool(spacing),
        )
        if item.face.family == DEFAULT_FAMILY and type.size >= 24:
            spacing += _INTER_TRACKING
        runs.append(_placed(raw, item, start, type.size, spacing * type.size))
    return tuple(runs)


def _placed(
    raw: tuple[tuple[int, int, int, int, int], ...], item: _Item, start: int, size: float, spacing: float
) -> Run:
    scale = size / item.face.upem
    offset = start + item.start
    last_of_cluster = {cluster: i for i, (_, cluster, *_) in enumerate(raw)}
    glyphs = tuple(
        Glyph(
            glyph,
            x * scale,
            y * scale,
            advance * scale + (spacing if last_of_cluster[c] == i and advance else 0),
            offset + c,
        )
        for i, (glyph, c, x, y, advance) in enumerate(raw)
    )
    return Run(item.face, offset, start + item.end, item.level, glyphs)


def _itemise(text: str, levels: Sequence[int], type: Typeface, fonts: FontBook) -> list[_Item]:
    if text.isascii() and not any(levels):
        face = fonts.primary(type.family, type.weight, type.italic)
        if face.has(text):
            return [_Item(face, "Latn", 0, 0, len(text))] if text else []
    items: list[_Item] = []
    for begin, end in clusters(text):
        cluster = text[begin:end]
        own = next((code for code in map(script, cluster) if code), "")
        last = items[-1] if items else None
        neutral = not own and (cluster.isspace() or all(map(invisible, cluster)))
        if last and neutral and not last.face.color and last.face.has(cluster):
            face = last.face
        else:
            face = fonts.face_for(cluster, type.family, type.weight, type.italic)
            face = face or fonts.primary(type.family, type.weight, type.italic)
        same = (
            last
            and last.face is face
            and last.level == levels[begin]
            and (not own or own == (last.script or own))
        )
        if last and same:
            items[-1] = _Item(face, last.script or own, last.level, last.start, end)
        else:
            items.append(_Item(face, own, levels[begin], begin, end))
    return items


@lru_cache(maxsize=4096)
def _shape(
    face: Face, text: str, script_code: str, rtl: int, language: str, spaced: bool
) -> tuple[tuple[int, int, int, int, int], ...]:
    """(glyph, cluster, x offset, y offset, advance) in font units."""
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(char) for char in text])
    buffer.direction = "rtl" if rtl else "ltr"
    buffer.script = script_code or "Zyyy"
    if language:
        buffer.language = language
    hb.shape(face.shaper, buffer, {"liga": False, "clig": False} if spaced else {})
    places = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return tuple((i.codepoint, i.cluster, p.x_offset, p.y_offset, p.x_advance) for i, p in places)


@lru_cache(maxsize=256)
def _likely_language(text: str) -> str:
    """Han characters look different by language; kana and hangul tell which one it is."""
    scripts: set[str] = set() if text.isascii() else set(map(script, text))
    if scripts & {"Hira", "Kana"}:
        return "ja"
    return "ko" if "Hang" in scripts else "zh-Hans" if "Hani" in scripts else ""
