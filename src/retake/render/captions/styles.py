"""The four looks of captions. Sizes are px of a frame whose shorter side is 1080."""

from __future__ import annotations

from dataclasses import dataclass, replace

from retake.render.text.layout import Setting
from retake.render.text.raster import Look, colour
from retake.render.text.shape import Typeface
from retake.timeline.assets import Captions, CaptionStyle

HIGHLIGHT = "#ffd700"


@dataclass(frozen=True, slots=True)
class Style:
    """How captions look, how much goes on one screen, and how they come."""

    size: float
    weight: int
    words: float
    """Words on a screen at most."""
    lines: int
    line_chars: int
    """Characters on a line at most; a full-width character counts as two."""
    usual_chars: int
    """Characters on a screen that reads best."""
    outline: float = 0.0
    outline_color: str = "#000000"
    shadow: float = 0.0
    shadow_color: str = "#000000b0"
    line_height: float = 1.16
    letter_spacing: float = 0.0
    highlight: str | None = None
    box: str | None = None
    box_padding: float = 0.0
    box_radius: float = 0.0
    uppercase: bool = False
    gap: float = 0.0
    """Seconds without caption between two screens."""
    shortest: float = 0.0
    """Seconds that a screen stays at least, where the next one lets it."""
    entrance: float = 0.0
    """Seconds to come in."""
    pops: bool = False


STYLES: dict[CaptionStyle, Style] = {
    "classic": Style(
        size=68, weight=700, words=6, lines=2, line_chars=24, usual_chars=28,
        outline=3, outline_color="#000000c0", shadow=18, shadow_color="#000000c8", letter_spacing=0.01,
        entrance=0.08,
    ),
    "karaoke": Style(
        size=74, weight=800, words=6, lines=2, line_chars=22, usual_chars=26,
        outline=5, shadow=16, letter_spacing=0.025, highlight=HIGHLIGHT, entrance=0.08,
    ),
    "pop": Style(
        size=98, weight=900, words=3, lines=1, line_chars=16, usual_chars=11,
        outline=10, shadow=14, shadow_color="#000000a0", letter_spacing=0.04, line_height=1.08,
        highlight=HIGHLIGHT, uppercase=True, entrance=0.12, pops=True,
    ),
    "subtitle": Style(
        size=46, weight=600, words=16, lines=2, line_chars=42, usual_chars=56,
        line_height=1.3, letter_spacing=0.005, box="#000000b3", box_padding=20, box_radius=14,
        gap=2 / 24, shortest=5 / 6,
    ),
}  # fmt: skip


def style_of(captions: Captions) -> Style:
    """The style named, with the document's own size and highlight."""
    style = STYLES[captions.style]
    return replace(style, size=captions.size or style.size, highlight=captions.highlight or style.highlight)


def setting_of(captions: Captions, style: Style, scale: float) -> Setting:
    """How the style sets text in a frame whose shorter side is 1080 * `scale` px."""
    typeface = Typeface(
        captions.font, style.weight, False, style.size * scale, style.letter_spacing, captions.language
    )
    return Setting(typeface, style.line_height)


def look_of(captions: Captions, style: Style, scale: float) -> Look:
    """The style's colours, and its sizes in px of such a frame."""
    return Look(
        color=colour(captions.color or "#ffffff"),
        highlight=colour(style.highlight) if style.highlight else None,
        outline=style.outline * scale,
        outline_color=colour(style.outline_color),
        shadow=style.shadow * scale,
        shadow_color=colour(style.shadow_color),
        box=colour(style.box) if style.box else None,
        box_padding=style.box_padding * scale,
        box_radius=style.box_radius * scale,
        weight=style.weight,
    )
