"""What would go wrong with texts and captions, found before anything is rendered."""

from __future__ import annotations

import unicodedata

from retake.errors import Problem
from retake.render.captions.painter import CaptionPainter
from retake.render.text.characters import is_emoji, script
from retake.render.text.fonts import DEFAULT_FAMILY, NOTO, FontBook
from retake.render.text.layout import natural_width
from retake.render.text.painter import set_text, setting_of
from retake.timeline.assets import Captions, Text

FASTEST_READING = 25
"""Characters a second that few can still read."""
_NAMED = 8


def text_problems(
    text: Text, box: tuple[float, float], frame: tuple[int, int], fonts: FontBook, place: str
) -> tuple[Problem, ...]:
    """What is wrong with a text in a box of `box` px on a canvas of `frame` px; `place` is its JSON path."""
    problems = [*_font_problems(text.style.font, fonts, f"{place}.style.font")]
    if not text.text.strip():
        return tuple(problems)
    marked, layout = set_text(text, box, frame, fonts)
    problems += _glyph_problems(marked.text, fonts, f"{place}.text")
    if layout.shortened:
        message = f"the text is longer than the {text.style.max_lines} lines that it may take"
        problems.append(Problem(f"{place}.text", message, "shorten it, make it smaller or raise max_lines"))
    padding = text.style.box_padding * min(frame) / 1080 if text.style.box else 0.0
    excess = layout.height + padding - box[1]
    if excess >= 1:
        message = f"the text does not fit its box: {excess:.0f} px too high ({len(layout.lines)} lines)"
        share = box[1] / (layout.height + padding)
        remedy = f"make it at most {share:.0%} as large, shorten it or enlarge the box"
        problems.append(Problem(f"{place}.text", message, remedy))
    if layout.forced:
        typeface = setting_of(text.style, min(frame) / 1080, text.language).type
        word = max(marked.text.split(), key=lambda word: natural_width(word, typeface, fonts))
        wider = natural_width(word, typeface, fonts) - layout.column
        message = f"the word {word[:40]!r} is {max(wider, 1):.0f} px wider than its box and will be broken"
        remedy = "make the text smaller or mark where the word may break with a soft hyphen (U+00AD)"
        problems.append(Problem(f"{place}.text", message, remedy, warning=True))
    return tuple(problems)


def caption_problems(
    captions: Captions, frame: tuple[int, int], fonts: FontBook, place: str
) -> tuple[Problem, ...]:
    """What is wrong with captions on a canvas of `frame` px; `place` is the asset's JSON path.

    Raises InputError for a safe area that holds nothing.
    """
    problems = [*_font_problems(captions.font, fonts, f"{place}.font")]
    named: set[str] = set()
    for i, cue in enumerate(captions.cues):
        for j, word in enumerate(cue.words):
            if new := set(fonts.missing(word.text)) - named:
                named |= new
                missing = "".join(c for c in word.text if c in "".join(new))
                problems += _glyph_problems(missing, fonts, f"{place}.cues[{i}].words[{j}].text")
    for screen in CaptionPainter(captions, frame, fonts).screens():
        at = f"{place} at {screen.start:.2f} s"
        if screen.overflow >= 1:
            message = f"the caption {screen.text[:40]!r} is {screen.overflow:.0f} px higher than its place"
            problems.append(Problem(at, message, "make the captions' size smaller", warning=True))
        if screen.reading_speed > FASTEST_READING:
            message = f"{screen.text[:40]!r} asks for {screen.reading_speed:.0f} characters a second"
            problems.append(Problem(at, message, "speak more slowly or say less", warning=True))
    return tuple(problems)


def _font_problems(family: str, fonts: FontBook, place: str) -> tuple[Problem, ...]:
    if not family or fonts.family(family):
        return ()
    message = f"there is no font {family!r} here; {DEFAULT_FAMILY} will be used"
    return (Problem(place, message, "install the font, give its file, or name another", warning=True),)


def _glyph_problems(text: str, fonts: FontBook, place: str) -> tuple[Problem, ...]:
    missing = fonts.missing(text)
    problems = [
        Problem(place, f"no font here has the character {_described(cluster)}", _font_to_add(cluster))
        for cluster in missing[:_NAMED]
    ]
    if len(missing) > _NAMED:
        problems.append(Problem(place, f"{len(missing) - _NAMED} more characters are in no font here"))
    return tuple(problems)


def _described(cluster: str) -> str:
    codes = " ".join(f"U+{ord(char):04X}" for char in cluster)
    return f"{cluster} ({codes} {unicodedata.name(cluster[0], 'without a name').lower()})"


def _font_to_add(cluster: str) -> str:
    if is_emoji(cluster):
        return "add a font such as Noto Color Emoji (Debian: fonts-noto-color-emoji), or leave the emoji out"
    family = NOTO.get(script(cluster[0]), "")
    if family == "CJK":
        return "add a font such as Noto Sans CJK (Debian: fonts-noto-cjk)"
    name = f"Noto Sans {family}" if family else "Noto Sans Symbols 2"
    return f"add a font such as {name} (Debian: fonts-noto-core), or use another character"
