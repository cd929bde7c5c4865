"""Who, where and what: characters, locations, objects and actions of a story, by rules.

Characters are capitalised names (in scripts that have capitals), with a title, a role beside the name or a
verb to tell them from places, and people named by role alone ("the keeper"). Each gets one description,
chosen from the name, that every picture repeats.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from retake.recipes.story.script import Character, Location
from retake.recipes.story.vocabulary import WORD, Vocabulary

_MOST_CHARACTERS = 5
_LOOKS = {
    "woman": (
        "auburn hair and an ochre coat",
        "a black braid and a teal coat",
        "short curls and a crimson scarf",
        "silver hair and a navy coat",
        "long chestnut hair and an olive jacket",
    ),
    "man": (
        "a trimmed beard and a navy coat",
        "curly hair and an olive jacket",
        "silver hair and a brown coat",
        "black hair and a crimson scarf",
        "round glasses and a tan coat",
    ),
    "girl": ("two braids and a red cape", "curly hair and a yellow raincoat", "a fringe and a blue dress"),
    "boy": ("tousled hair and a green jumper", "a flat cap and a red scarf", "freckles and a blue jacket"),
    "figure": ("a hooded ochre coat", "a navy coat and a backpack", "a crimson scarf"),
    "people": ("simple clothes",),
}


@dataclass(slots=True)
class _Name:
    text: str
    titled: bool = False
    inside: int = 0
    placed: int = 0
    count: int = 0
    first: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Elements:
    """What the scenes are about. The tuples from `present` to `deeds` run by scene: names of characters, the
    place ("" when unknown), other places in view, things in sight, and what the characters do; `actions` are
    all that is done."""

    characters: tuple[Character, ...]
    locations: tuple[Location, ...]
    present: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]
    beyond: tuple[tuple[str, ...], ...]
    objects: tuple[tuple[str, ...], ...]
    deeds: tuple[tuple[str, ...], ...]
    actions: tuple[str, ...]


def extract(scenes: Sequence[Sequence[str]], words: Vocabulary) -> Elements:
    """The elements of a story whose scenes are lists of sentences."""
    texts = [" ".join(scene) for scene in scenes]
    people, proper_places = _names(scenes, words)
    characters = _characters(people, texts, words)
    present = _presence(characters, texts, words)
    locations, places = _locations(texts, proper_places, words)
    beyond = [
        tuple(p for p in _meanings("place", text, words) if p != place)[:1]
        for text, place in zip(texts, places, strict=True)
    ]
    return Elements(
        characters=tuple(characters),
        locations=tuple(locations),
        present=tuple(present),
        places=tuple(places),
        beyond=tuple(beyond),
        objects=tuple(_objects(texts, present, words)),
        deeds=tuple(_deeds(scene, characters, words) for scene in scenes),
        actions=_meanings("action", " ".join(texts), words),
    )


def _meanings(section: str, text: str, words: Vocabulary) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.meaning for hit in words.find(section, text)))


def _objects(
    texts: Sequence[str], present: Sequence[tuple[str, ...]], words: Vocabulary
) -> list[tuple[str, ...]]:
    """The things in each scene, new ones first; one that shows nothing else keeps the first of the scene
    before. A thing right before another only describes it ("stone doors")."""
    objects: list[tuple[str, ...]] = []
    for text, people in zip(texts, present, strict=True):
        hits = words.find("thing", text)
        named = [
            hit.meaning
            for hit, after in zip_longest(hits, hits[1:])
            if not (after and text[hit.end : after.start] == " ")
        ]
        before = objects[-1] if objects else ()
        here = tuple(sorted(dict.fromkeys(named), key=lambda thing: thing in before))[:3]
        alone = not (here or people or words.find("place", text))
        objects.append(objects[-1][:1] if alone and objects else here)
    return objects


def _deeds(scene: Sequence[str], characters: Sequence[Character], words: Vocabulary) -> tuple[str, ...]:
    """What the characters of a scene do: verbs close behind a name or a pronoun, or at a sentence's head."""
    subjects = {part.lower() for c in characters for part in c.name.split()}
    subjects |= words.lists.get("she", frozenset()) | words.lists.get("he", frozenset())
    subjects -= {"her", "hers", "herself", "him", "his", "himself"}
    deeds: list[str] = []
    for sentence in scene:
        for hit in words.find("action", sentence):
            near = {m.group().lower() for m in WORD.finditer(sentence[max(0, hit.start - 24) : hit.start])}
            if near & subjects or hit.start < 2:
                deeds.append(hit.meaning)
    return tuple(dict.fromkeys(deeds))


def _names(scenes: Sequence[Sequence[str]], words: Vocabulary) -> tuple[list[_Name], Counter[str]]:
    """Names of people, the most mentioned first, and of places."""
    found: dict[str, _Name] = {}
    for number, scene in enumerate(scenes):
        for sentence in scene:
            for name, start, titled, initial, placed in _capitalised(sentence, words):
                entry = found.setdefault(name, _Name(name, first=(number, start)))
                entry.count += 1
                entry.titled |= titled
                entry.inside += not initial
                entry.placed += placed
    people: dict[str, _Name] = {}
    places: Counter[str] = Counter()
    german = words.language == "de"
    for name in sorted(found, key=lambda n: (-len(n), n)):
        entry = found[name]
        if longer := next((p for p in people if re.search(rf"\b{re.escape(name)}\b", p)), ""):
            people[longer].count += entry.count
        elif entry.placed and entry.placed * 2 >= entry.inside and not entry.titled:
            places[name] += entry.count
        elif entry.titled or (entry.inside and not german) or entry.count >= (3 if german else 2):
            people[name] = entry
    return sorted(people.values(), key=lambda e: (-e.count, e.first)), places


def _capitalised(sentence: str, words: Vocabulary) -> Iterable[tuple[str, int, bool, bool, bool]]:
    """Runs of capitalised words: (name, start, titled, begins the sentence, stands where places stand)."""
    tokens = list(WORD.finditer(sentence))
    lowered = [token.group().lower() for token in tokens]
    i = 0
    while i < len(tokens):
        if not _is_name(tokens[i].group(), words):
            i += 1
            continue
        j = i + 1
        while j < len(tokens) and _is_name(tokens[j].group(), words):
            gap = sentence[tokens[j - 1].end() : tokens[j].start()]
            if gap != " " and not (gap == ". " and words.has("titles", lowered[j - 1])):
                break
            j += 1
        first = i
        while first < j and words.has("titles", lowered[first]):
            first += 1
        before = lowered[i - 1] if i else ""
        titled = first > i or words.has("titles", before)
        thing = words.has("articles", before) and not titled
        nearby = lowered[max(0, i - 2) : i]
        placed = (
            words.has("in", before) or (thing and any(words.has("in", w) for w in nearby))
        ) and not titled
        placed = placed or (thing and j < len(tokens) and bool(words.meaning("place", lowered[j])))
        if first < j and (placed or not thing) and not (words.language == "de" and words.has("stop", before)):
            opening = sentence[: tokens[i].start()].rstrip()
            initial = (not opening or opening[-1] in '"“«„‘¿¡—–-.!?') and j - first == 1
            name = re.sub(r"['’]s$", "", sentence[tokens[first].start() : tokens[j - 1].end()])
            yield name, tokens[first].start(), titled, initial, placed
        i = j


def _is_name(word: str, words: Vocabulary) -> bool:
    lowered = re.sub(r"['’]s$", "", word.lower())
    if not word[0].isupper() or len(lowered) < 2 or (word.isupper() and len(word) > 3):
        return False
    if words.has("titles", lowered):
        return True
    if any(
        words.has(s, lowered) for s in ("stop", "name_breakers", "shift", "she", "he", "adjectives", "in")
    ):
        return False
    if any(words.has("shift", lowered + "_" + tail) for tail in ("day", "night", "morning")):
        return False
    return not any(
        words.meaning(s, lowered) for s in ("place", "thing", "role", "time", "weather", "action", "mood")
    )


def _characters(people: list[_Name], texts: list[str], words: Vocabulary) -> list[Character]:
    whole = " ".join(texts)
    characters: list[Character] = []
    for entry in people[:_MOST_CHARACTERS]:
        role, kind = _role_beside(entry.text, whole, words)
        if kind in ("", "figure", "man", "woman"):
            kind = _kind_by_pronouns(entry.text, whole, words) or kind or _kind_by_ending(entry.text)
        characters.append(_character(entry.text, role, kind, characters))
    taken_roles = {c.role for c in characters if c.role} | {c.kind for c in characters if not c.role}
    for meaning, count in Counter(hit.meaning for hit in words.find("role", whole)).most_common():
        role, _, kind = meaning.rpartition(" ")
        name = role or kind
        if len(characters) < _MOST_CHARACTERS and name not in taken_roles and (count > 1 or not characters):
            if kind in ("figure", "man") and role:
                kind = _kind_by_pronouns("", whole, words) or kind
            taken_roles.add(name)
            characters.append(_character(name, role, kind, characters))
    if not characters:
        tokens = [m.group().lower() for m in WORD.finditer(whole)]
        if sum(words.has("first_person", token) for token in tokens) > 0.03 * len(tokens) > 0:
            characters.append(_character("narrator", "", "figure", characters))
    return characters


def _character(name: str, role: str, kind: str, others: Sequence[Character]) -> Character:
    looks = _LOOKS.get(kind, _LOOKS["figure"])
    first = zlib.crc32(name.encode()) % len(looks)
    free = [
        look for look in (*looks[first:], *looks[:first]) if all(look not in o.description for o in others)
    ]
    look = free[0] if free else looks[first]
    who = kind if role in ("", kind) else f"woman {role}" if kind == "woman" else f"{role}, a {kind}"
    article = "" if kind == "people" else "an " if who[0] in "aeiou" else "a "
    return Character(name, role, kind, f"{article}{who} with {look}")


def _role_beside(name: str, text: str, words: Vocabulary) -> tuple[str, str]:
    """The role and kind named right before a name, or after it behind a comma."""
    for found in re.finditer(rf"\b{re.escape(name)}\b", text):
        lead = _without_titles(text[max(0, found.start() - 120) : found.start()], words)
        sentence = re.split(r"[.!?…]\s", lead)[-1]
        group, colon, listed = sentence.rpartition(":")
        if colon and len(listed) < 60 and (named := words.find("role", group)[-1:]):
            role, _, kind = named[0].meaning.rpartition(" ")
            return role, kind
        before = re.split(r"[,;:]\s", sentence)[-1]
        after = text[found.end() : found.end() + 60]
        after = re.split(r"[.!?;:…,]", after[1:])[0] if after.startswith(",") else ""
        for beside in (words.find("role", before)[-1:], words.find("role", after)[:1]):
            if beside and (after or len(before) - beside[0].end < 12):
                role, _, kind = beside[0].meaning.rpartition(" ")
                return role, kind
    return "", ""


def _without_titles(text: str, words: Vocabulary) -> str:
    """A text without the titles ("Dr. ") at its end."""
    while (last := re.search(r"(\w+)\.?\s*$", text)) and words.has("titles", last[1].lower()):
        text = text[: last.start()]
    return text


def _kind_by_pronouns(name: str, text: str, words: Vocabulary) -> str:
    votes: Counter[str] = Counter()
    places = [found.end() for found in re.finditer(rf"\b{re.escape(name)}\b", text)] if name else [0]
    for place in places:
        stretch = text[place : place + 160] if name else text
        for token in WORD.finditer(stretch):
            lowered = token.group().lower()
            votes["woman"] += words.has("she", lowered)
            votes["man"] += words.has("he", lowered)
    return "" if votes["woman"] == votes["man"] else "woman" if votes["woman"] > votes["man"] else "man"


def _kind_by_ending(name: str) -> str:
    return (
        "woman" if name.split()[0].lower().endswith(("a", "ie", "ine", "elle", "а", "я", "η", "α")) else "man"
    )


def _presence(
    characters: Sequence[Character], texts: Sequence[str], words: Vocabulary
) -> list[tuple[str, ...]]:
    """Who is in each scene: named, known by role, or meant by a pronoun."""
    present: list[tuple[str, ...]] = []
    last: dict[str, str] = {}
    for text in texts:
        roles = {hit.meaning for hit in words.find("role", text)}
        here = [c for c in characters if _is_named(c, text, roles)]
        tokens = {m.group().lower() for m in WORD.finditer(text)}
        for section, kinds in (("she", ("woman", "girl")), ("he", ("man", "boy"))):
            if tokens & words.lists.get(section, frozenset()) and not any(c.kind in kinds for c in here):
                here += [c for c in characters if c.name in {last.get(kind) for kind in kinds}][:1]
        if tokens & words.lists.get("first_person", frozenset()):
            here += [c for c in characters if c.name == "narrator" and c not in here]
        for character in here:
            last[character.kind] = character.name
        present.append(tuple(c.name for c in here[:2]))
    return present


def _is_named(character: Character, text: str, roles: set[str]) -> bool:
    parts = [part for part in character.name.split() if part[:1].isupper()]
    if any(re.search(rf"(?<!\w){re.escape(part)}", text) for part in parts):
        return True
    own = character.role or (character.kind if character.name == character.kind else "")
    return bool(own) and any(role.rpartition(" ")[0] == own or role == own for role in roles)


def _locations(
    texts: Sequence[str], proper: Counter[str], words: Vocabulary
) -> tuple[list[Location], list[str]]:
    """The places of a story, and each scene's own; a scene that names none stays where the tale was."""
    described: dict[str, str] = {}
    places: list[str] = []
    for text in texts:
        votes: Counter[str] = Counter()
        for hit in words.find("place", text):
            before = [m.group().lower() for m in WORD.finditer(text[: hit.start])][-4:]
            votes[hit.meaning] += 2 if any(words.has("in", token) for token in before) else 1
            adjectives: list[str] = []
            for token in reversed(before):
                if not words.has("adjectives", token):
                    break
                adjectives.insert(0, token)
            described.setdefault(hit.meaning, hit.meaning)
            if adjectives and described[hit.meaning] == hit.meaning:
                described[hit.meaning] = " ".join([*adjectives[-2:], hit.meaning])
        order = list(votes)
        here = min(order, key=lambda place: (-votes[place], order.index(place))) if order else ""
        places.append(here or (places[-1] if places else ""))
    if first := next((place for place in places if place), ""):
        places = [place or first for place in places]
    kept = [Location(name, described[name]) for name in dict.fromkeys(p for p in places if p)]
    others = [Location(name, text) for name, text in described.items() if name not in places]
    return kept + others + [Location(name, name) for name, _ in proper.most_common(5)], places
