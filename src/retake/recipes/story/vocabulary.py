"""The words that the rules know, one file per language in `words/`: a language is added by adding a file.

A file has sections in brackets. In `place`, `thing`, `role`, `time`, `weather`, `mood` and `action` a line is
`meaning: forms`, the meaning in English; the other sections are plain lists. `*` ends a stem (Russian
`храм*`), `_` joins the words of one form.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f'’\-][^\W_]*)*", re.UNICODE)
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A known word in a text: its English meaning, and where its form begins and ends."""

    meaning: str
    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """One language's words. `lists` are the plain sections, `meanings` the others, form to meaning."""

    language: str
    lists: dict[str, frozenset[str]]
    meanings: dict[str, dict[str, str]]
    stems: dict[str, dict[str, str]]

    def has(self, section: str, word: str) -> bool:
        return word in self.lists.get(section, frozenset())

    def meaning(self, section: str, word: str) -> str:
        """The meaning of a lower-case word, or ""."""
        exact = self.meanings.get(section, {})
        if word in exact:
            return exact[word]
        if stems := self.stems.get(section):
            for length in range(len(word), 1, -1):
                if found := stems.get(word[:length]):
                    return found
        return ""

    def find(self, section: str, text: str) -> list[Hit]:
        """Every known word of a section in a text, in order of appearance."""
        if self.language in _UNSPACED:
            return self._find_unspaced(section, text)
        tokens = [(m.group().lower(), m.start(), m.end()) for m in WORD.finditer(text)]
        hits: list[Hit] = []
        for i, (word, start, end) in enumerate(tokens):
            for count in (3, 2, 1):
                run = tokens[i : i + count]
                form = "_".join(t[0] for t in run)
                if len(run) == count and (meaning := self.meaning(section, form if count > 1 else word)):
                    hits.append(Hit(meaning, start, run[-1][2] if count > 1 else end))
                    break
        return hits

    def _find_unspaced(self, section: str, text: str) -> list[Hit]:
        hits: list[Hit] = []
        taken: set[int] = set()
        for form, meaning in sorted(self.meanings.get(section, {}).items(), key=lambda f: (-len(f[0]), f[0])):
            at = text.find(form)
            while at >= 0:
                if taken.isdisjoint(range(at, at + len(form))):
                    hits.append(Hit(meaning, at, at + len(form)))
                    taken.update(range(at, at + len(form)))
                at = text.find(form, at + 1)
        return sorted(hits, key=lambda hit: hit.start)

    def begins_with(self, section: str, text: str) -> bool:
        """Whether a text's first word or words are in a plain list."""
        if self.language in _UNSPACED:
            return text.startswith(tuple(self.lists.get(section, frozenset())))
        first = [m.group().lower() for m in WORD.finditer(text[:120])][:4]
        return any(
            "_".join(first[:n]) in self.lists.get(section, frozenset()) for n in range(1, len(first) + 1)
        )


@cache
def vocabulary(language: str) -> Vocabulary:
    """The words of a BCP 47 language; an empty vocabulary where there is no file."""
    name = re.split(r"[-_]", language.lower())[0]
    source = files("retake.recipes.story") / "words" / f"{name}.txt"
    lists: dict[str, frozenset[str]] = {}
    meanings: dict[str, dict[str, str]] = {}
    stems: dict[str, dict[str, str]] = {}
    section = ""
    text = source.read_text("utf-8") if name.isalpha() and source.is_file() else ""
    for line in unicodedata.normalize("NFC", text).splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
        elif ":" in line:
            meaning, forms = line.split(":", 1)
            for form in forms.split():
                table = stems if form.endswith("*") else meanings
                table.setdefault(section, {}).setdefault(form.rstrip("*"), meaning.strip())
        else:
            plain = frozenset(form.rstrip("*") for form in line.split())
            lists[section] = lists.get(section, frozenset()) | plain
    return Vocabulary(name, lists, meanings, stems)


def languages() -> tuple[str, ...]:
    """The languages that have a file of words."""
    folder = files("retake.recipes.story") / "words"
    return tuple(sorted(f.name.removesuffix(".txt") for f in folder.iterdir() if f.name.endswith(".txt")))
