"""Image prompts: in English, the setting first, with the same words for the same person and place in every
scene, so that pictures by any maker hold together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from retake.recipes.story.elements import Elements
from retake.recipes.story.story import Mood, Shot
from retake.recipes.story.vocabulary import Vocabulary

_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "harbor": "harbor by the sea",
        "beach": "beach by the sea",
        "island": "island in the sea",
        "lighthouse": "lighthouse on the coast above the sea",
        "space": "deep starry space",
        "planet": "planet in starry space",
        "moon": "lunar plain in starry space",
        "street": "city street",
        "market": "village market square",
        "chamber": "temple chamber",
        "tomb": "stone tomb",
        "station": "railway station",
        "theater": "theater stage",
        "sky": "sky above the mountains",
    }
)
_DEFAULT_PLACE: Mapping[str, str] = MappingProxyType(
    {
        "adventure": "mountains",
        "mystery": "city street",
        "science fiction": "space",
        "horror": "forest",
        "fantasy": "castle",
        "children": "meadow",
        "romance": "garden",
        "comedy": "village",
        "drama": "city",
        "education": "mountains",
        "business": "office",
    }
)
_DEFAULT_TIME: Mapping[str, str] = MappingProxyType(
    {
        "adventure": "golden hour",
        "mystery": "night",
        "science fiction": "night",
        "horror": "night",
        "fantasy": "dusk",
        "children": "golden hour",
        "romance": "golden hour",
        "education": "dawn",
        "drama": "dusk",
    }
)
_STYLES: Mapping[str, str] = MappingProxyType(
    {
        "adventure": "cinematic adventure illustration",
        "mystery": "noir illustration, deep contrast",
        "science fiction": "cinematic science fiction illustration",
        "horror": "gothic illustration",
        "fantasy": "painterly fantasy illustration",
        "children": "storybook illustration, rounded shapes",
        "romance": "painterly illustration, pastel tones",
        "comedy": "playful illustration",
        "drama": "cinematic illustration",
        "education": "documentary illustration",
        "business": "clean flat illustration",
    }
)
_LIGHT: Mapping[Mood, str] = MappingProxyType(
    {
        "neutral": "balanced light",
        "mysterious": "soft shafts of light",
        "tense": "dramatic contrast",
        "eerie": "pale light, long shadows",
        "joyful": "vivid colours",
        "sad": "muted colours",
        "calm": "gentle tones",
        "epic": "monumental scale",
        "hopeful": "rays of light",
        "romantic": "rosy tones",
    }
)
_SPACE = ("space", "planet", "moon")
_PARTS = frozenset({"door", "stairs"})
_HEWN = frozenset({"cave", "temple", "tomb", "chamber", "ruins", "castle"})


def times_of_day(texts: Sequence[str], words: Vocabulary, genre: str) -> list[str]:
    """The time of day of each scene: the last one named so far; before any is named, the genre's."""
    time, times = "", [hits[-1].meaning if (hits := words.find("time", text)) else "" for text in texts]
    first = next((t for t in times if t), "")
    time = first if first and first in times[: len(times) // 2 + 1] else _DEFAULT_TIME.get(genre, "day")
    result: list[str] = []
    for named in times:
        time = named or time
        result.append(time)
    return result


def weathers(texts: Sequence[str], places: Sequence[str], words: Vocabulary) -> list[str]:
    """The weather of each scene: as named, kept for one more scene in the same place."""
    result: list[str] = []
    named = [hits[0].meaning if (hits := words.find("weather", text)) else "" for text in texts]
    for i, weather in enumerate(named):
        stays = i and places[i] == places[i - 1]
        result.append(weather or (named[i - 1] if stays else ""))
    return result


def shots(elements: Elements) -> list[Shot]:
    """The size of each shot: wide where the place is new; then near and nearer in turn, never the same twice,
    close on what is new."""
    chosen: list[Shot] = []
    for i, place in enumerate(elements.places):
        things, people = elements.objects[i], elements.present[i]
        if i == 0 or place != elements.places[i - 1]:
            chosen.append("wide")
        elif chosen[-1] == "close-up":
            chosen.append("medium" if people or chosen[-2:-1] == ["wide"] else "wide")
        elif chosen[-1] == "wide":
            chosen.append("close-up" if things and not people else "medium")
        else:
            chosen.append("close-up" if things or people else "wide")
    return chosen


def views(framing: Sequence[Shot], elements: Elements) -> list[str]:
    """From where each shot looks, "" for straight ahead: wide shots from below and above in turn, every other
    medium one over the shoulder of whoever is there."""
    seen: Counter[str] = Counter()
    chosen: list[str] = []
    for i, shot in enumerate(framing):
        view = ""
        if shot == "wide":
            view = ("", "low-angle ", "high-angle ")[seen[shot] % 3]
        elif shot == "medium" and elements.present[i] and not _PARTS.intersection(elements.objects[i]):
            view = ("", "over-the-shoulder ")[seen[shot] % 2]
        seen[shot] += not _PARTS.intersection(elements.objects[i])
        chosen.append(view)
    return chosen


def image_prompts(
    elements: Elements, moods: Sequence[Mood], times: Sequence[str], weather: Sequence[str], genre: str
) -> list[str]:
    """One prompt for each scene."""
    characters = {c.name: c for c in elements.characters}
    locations = {place.name: place.description for place in elements.locations}
    prompts: list[str] = []
    framing, focused = shots(elements), dict[str, int]()
    for i, (shot, view) in enumerate(zip(framing, views(framing, elements), strict=True)):
        place = elements.places[i]
        setting = _setting(locations.get(place, place), place) or _DEFAULT_PLACE.get(
            genre, "abstract landscape"
        )
        when = (
            ""
            if place in _SPACE
            else {"golden hour": "at golden hour", "day": "by daylight", "night": "at night"}.get(
                times[i], f"at {times[i]}"
            )
        )
        people = [
            _person(characters[name].name, characters[name].description) for name in elements.present[i]
        ]
        deed = elements.deeds[i][0] if elements.deeds[i] and people else ""
        if people and deed:
            people[0] = f"{people[0]}, {deed}"
        things = [_shown(thing, place) for thing in elements.objects[i]]
        focus = min(things, key=lambda t: focused.get(t, -1)) if shot == "close-up" and things else ""
        focused[focus] = i
        if shot == "close-up" and not focus and people:
            focus = people.pop(0)
        parts = [
            f"{_framed(shot, view, _article(setting), focus)}{' ' + when if when else ''}",
            *(f"{_article(name)} beyond" for name in elements.beyond[i]),
            weather[i],
            *people,
            *(thing for thing in things if thing != focus),
            f"{moods[i]} mood" if moods[i] != "neutral" else "",
            _LIGHT[moods[i]],
            _STYLES.get(genre, "cinematic illustration"),
        ]
        prompts.append(", ".join(part for part in parts if part))
    return prompts


def _framed(shot: str, view: str, setting: str, focus: str) -> str:
    if focus:
        return f"Close-up of {focus if '(' in focus else _article(focus)}, {setting} behind"
    return f"{view}{shot} shot of {setting}".capitalize()


def _shown(thing: str, place: str) -> str:
    """Stars under a roof are those on its walls."""
    return "wall of stars" if thing == "stars" and place in _HEWN else thing


def _setting(description: str, place: str) -> str:
    return description.replace(place, _SETTINGS.get(place, place)) if place else ""


def _person(name: str, description: str) -> str:
    return f"{name} ({description})" if name[:1].isupper() else description


def _article(noun: str) -> str:
    last = noun.split(" of ")[0].split()[-1]
    if noun in ("deep starry space", "space", "abstract landscape", "fire", "footprints", "stairs"):
        return noun
    if last in ("sea", "stairs") or noun.startswith("sky"):
        return f"the {noun}"
    if last.endswith("s"):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
