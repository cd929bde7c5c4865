"""Where a line may end, after UAX #14 with the rules that matter to titles and captions.

Break after spaces and hyphens, between CJK characters with kinsoku (JIS X 4051: no closing mark at the start
of a line, no opening mark at its end), at soft hyphens and zero-width spaces, in Thai and Lao before leading
vowels.
"""

from __future__ import annotations

from itertools import pairwise

from retake.render.text.characters import SOFT_HYPHEN, is_emoji, script

_NO_LINE_START = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー〜～’”）〕］｝〉》」』】〙〗〟｠»…‥‼⁇⁈⁉·,.!?:;)]}%‰℃°"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ､｡｣ｰﾞﾟ։।॥؟،؛۔"
)
_NO_LINE_END = frozenset("（〔［｛〈《「『【〘〖〝｟«‘“([{¿¡｢$£€¥₹￥＄＃#@")
_GLUE = frozenset("\u00a0\u202f\u2060\ufeff\u2007\u200d\u2011")
_SPACES = frozenset(" \u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u200b\u3000")
_HYPHENS = frozenset("-\u2010\u2012\u2013\u2014\u2e3a/")
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_IDEOGRAPHIC = frozenset({"Hani", "Hira", "Kana", "Bopo"})


def opportunities(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """The indices at which a new line may start. `spans` are the grapheme clusters of `text`."""
    found: list[int] = []
    for (begin, end), (_, after) in pairwise(spans):
        if _may_break(text, text[begin:end], text[end:after], end):
            found.append(end)
    return tuple(found)


def _may_break(text: str, before: str, after: str, index: int) -> bool:
    last, first = before[-1], after[0]
    if first in _SPACES or first in _GLUE or last in _GLUE:
        return False
    if last in _SPACES or last == SOFT_HYPHEN:
        return True
    if last in _HYPHENS:
        follows_word = index >= 2 and text[index - 2].isalnum()
        return follows_word and not first.isdigit() and first not in _NO_LINE_START and first not in _HYPHENS
    if first in _NO_LINE_START or before[0] in _NO_LINE_END:
        return False
    if first in _LEADING_VOWELS:
        return True
    return (_stands_alone(before) and _follows(after)) or (_stands_alone(after) and _follows(before))


def _stands_alone(cluster: str) -> bool:
    return (
        script(cluster[0]) in _IDEOGRAPHIC
        or (cluster[0] in _NO_LINE_START and cluster[0] > "\u2fff")
        or is_emoji(cluster)
    )


def _follows(cluster: str) -> bool:
    return cluster[0].isalnum() or _stands_alone(cluster) or cluster[0] in _NO_LINE_END
