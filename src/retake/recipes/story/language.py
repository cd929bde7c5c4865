"""Which language a text is in: by its script, and, where many languages share one, by its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from retake.recipes.story.vocabulary import languages, vocabulary

_RANGES = (
    ("kana", 0x3040, 0x30FF),
    ("han", 0x3400, 0x9FFF),
    ("hangul", 0xAC00, 0xD7AF),
    ("hangul", 0x1100, 0x11FF),
    ("arabic", 0x0600, 0x06FF),
    ("arabic", 0x0750, 0x077F),
    ("hebrew", 0x0590, 0x05FF),
    ("greek", 0x0370, 0x03FF),
    ("devanagari", 0x0900, 0x097F),
    ("bengali", 0x0980, 0x09FF),
    ("gurmukhi", 0x0A00, 0x0A7F),
    ("gujarati", 0x0A80, 0x0AFF),
    ("tamil", 0x0B80, 0x0BFF),
    ("telugu", 0x0C00, 0x0C7F),
    ("kannada", 0x0C80, 0x0CFF),
    ("malayalam", 0x0D00, 0x0D7F),
    ("sinhala", 0x0D80, 0x0DFF),
    ("thai", 0x0E00, 0x0E7F),
    ("lao", 0x0E80, 0x0EFF),
    ("burmese", 0x1000, 0x109F),
    ("georgian", 0x10A0, 0x10FF),
    ("ethiopic", 0x1200, 0x137F),
    ("khmer", 0x1780, 0x17FF),
    ("armenian", 0x0530, 0x058F),
    ("cyrillic", 0x0400, 0x052F),
    ("latin", 0x0041, 0x024F),
    ("latin", 0x1E00, 0x1EFF),
)
_LANGUAGE = {
    "han": "zh",
    "kana": "ja",
    "hangul": "ko",
    "arabic": "ar",
    "hebrew": "he",
    "greek": "el",
    "devanagari": "hi",
    "bengali": "bn",
    "gurmukhi": "pa",
    "gujarati": "gu",
    "tamil": "ta",
    "telugu": "te",
    "kannada": "kn",
    "malayalam": "ml",
    "sinhala": "si",
    "thai": "th",
    "lao": "lo",
    "burmese": "my",
    "georgian": "ka",
    "ethiopic": "am",
    "khmer": "km",
    "armenian": "hy",
}
_OTHER_WORDS = {
    "nl": "de het een en van ik te dat die in is niet zijn op aan met als voor had er maar om hem dan zou of"
    " wat mijn men dit zo door over ze zich bij ook tot je naar werd haar",
    "pl": "i w nie na się że z do to jest jak co ale po za tak był była od przez jego jej tylko już go",
    "sv": "och att det i på är som en för av med den till inte var har ett han hon jag om vi så men från",
    "tr": "bir ve bu da de için ne çok gibi ama daha o ile kadar sonra her ben vardı olan değil",
    "uk": "і в не на що я з а то як у до це та й але він вона було його її ще від за про був була",
    "cs": "a se v na je že to s z do o i jako ale by byl byla jsem jeho pro po jen už k ten",
    "ro": "și în de la a cu pe nu o un este din că mai se pentru au fost era ca după dar",
    "vi": "và của là có không được cho một trong người những đã này với các để khi",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke ada dia mereka",
}
_TOKEN = re.compile(r"[^\W\d_]+")


@cache
def _common_words() -> dict[str, frozenset[str]]:
    known = {name: vocabulary(name).lists.get("stop", frozenset()) for name in languages()}
    return known | {name: frozenset(words.split()) for name, words in _OTHER_WORDS.items()}


def script_of(letter: str) -> str:
    """The script of one letter, "" for anything else."""
    if not letter.isalpha():
        return ""
    point = ord(letter)
    return next((name for name, low, high in _RANGES if low <= point <= high), "")


def detect_language(text: str) -> str:
    """The BCP 47 tag of a text's language; "en" where nothing tells."""
    counts = Counter(script_of(letter) for letter in text[:20_000])
    del counts[""]
    if not counts:
        return "en"
    if counts["kana"] > 0.1 * (counts["han"] + counts["kana"]):
        return "ja"
    script = min(counts, key=lambda name: (-counts[name], name))
    if script == "arabic":
        return "ur" if re.search("[ٹڈڑےں]", text) else "fa" if re.search("[پچژگ]", text) else "ar"
    if script not in ("latin", "cyrillic"):
        return _LANGUAGE[script]
    words = Counter(_TOKEN.findall(text[:20_000].lower()))
    scores = {
        name: sum(count for word, count in words.items() if word in common)
        for name, common in _common_words().items()
        if common and script_of(min(common)[0]) == script
    }
    best = min(scores, key=lambda name: (-scores[name], name != "en", name))
    return best if scores[best] else ("ru" if script == "cyrillic" else "en")
