"""Colour scripts: the few colours that a picture is mixed from, chosen by genre and time of day.

Each was composed by hand as a whole; a genre takes one for every time of day, so that the scenes of one film
belong together. A brand's palette turns the hues and leaves the light as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retake.generate.painted.colour import Rgb, from_hex, from_oklab, luminance, to_oklab


@dataclass(frozen=True, eq=False)
class ColourScript:
    """`sky` runs from the zenith to the horizon; `light` is sun or moon, `haze` the air, `far` and `near` the
    land at either end, `accent` lamps, windows and small things that should be seen."""

    sky: tuple[Rgb, Rgb, Rgb, Rgb]
    light: Rgb
    haze: Rgb
    far: Rgb
    near: Rgb
    accent: Rgb
    branded: bool = False


#                 zenith                 horizon  light  haze   far    near   accent
_SCRIPTS: dict[str, str] = {
    "dawn_peach": "35477c 8478b4 f0a7a2 ffdfb4  fff1cf f2b7a8 9884b0 2b2450 ffcf86",
    "dawn_mint": "2a6d90 6fb3ba cde5c6 ffecc4  fff6da cfe2cc 7cb2b0 143c47 ffca70",
    "dawn_grey": "26364c 50677d 95a3a6 e2d2b6  f8e7c4 a9b3b2 6d808d 142230 f2b660",
    "day_azure": "1467c0 3f9be2 98d2f4 eaf5e6  fff7d8 bfe2f0 74acd0 123f46 ffb454",
    "day_story": "27a0d6 74cfe6 cdf0de fff4c6  fffadb d6f0dc 83cbbd 1a5a52 ff8257",
    "day_clear": "2450d0 6594f2 b4d0fc eff5ff  ffffff cddeff 84a8ee 122459 ffb23e",
    "day_bleak": "4c5b66 788890 a8b3b2 d8d8ca  f6f2e0 b8c1bf 80909a 1c282f e08c48",
    "golden_amber": "31506f b88568 f6b058 ffe4a4  fff3c8 f3b368 b07f5e 2a1822 ffc24c",
    "golden_rose": "56498e c3769c ff9b86 ffdca4  fff0cc f5a48e a2709a 2a1838 ffc46a",
    "golden_teal": "0c4a5e 3d8a8e e2b76c ffe2a0  fff4cc d9b979 5a8a86 0a2631 ffb648",
    "dusk_magenta": "19194a 562e7e c4497e ff9d6a  ffd8a0 c65680 6a3d80 130d2c ffb14a",
    "dusk_ember": "221a36 692a40 c84a32 ffa64c  ffd682 c65a3c 6e3644 190c16 ffb347",
    "dusk_slate": "13213f 314f72 7c889b e8b08c  ffdcae 8591a4 475e7c 0b1424 ffbe64",
    "night_blue": "050a24 0d2150 21498a 5c90be  e9f2ff 3866a2 214780 040918 ffc568",
    "night_teal": "02131c 06303c 126070 52a8a0  e6fff5 28787e 12525f 020c12 ffb858",
    "night_violet": "0a0724 23114e 50298a a860b4  fde9ff 683c9a 40227a 070418 ffae72",
    "night_blood": "0a0608 260c12 5c191c b04a30  ffdcb8 5c2522 47171b 050203 ff6a36",
    "night_noir": "06080d 141d28 33444f 7a8c90  f2f5ee 46575f 28363f 030508 ffb64e",
}

TIMES = ("dawn", "day", "golden", "dusk", "night")

# The scripts of each genre in the order of TIMES, then the times it likes when the prompt names none.
_GENRES: dict[str, tuple[str, str]] = {
    "adventure": ("peach azure amber ember blue", "golden dusk golden day"),
    "mystery": ("grey bleak teal slate noir", "night dusk night dawn"),
    "romance": ("peach story rose magenta violet", "golden dusk dawn golden"),
    "science fiction": ("mint clear teal magenta teal", "night dusk night dawn"),
    "horror": ("grey bleak amber ember blood", "night dusk night night"),
    "fantasy": ("peach story rose magenta violet", "dusk night golden dawn"),
    "comedy": ("mint story amber magenta blue", "day golden day dawn"),
    "drama": ("peach azure amber slate blue", "dusk golden dawn night"),
    "children": ("mint story rose magenta blue", "day dawn golden night"),
    "education": ("mint azure teal slate blue", "day dawn day golden"),
    "business": ("mint clear teal slate blue", "day dawn golden dusk"),
    "news": ("grey clear teal slate blue", "day dusk day dawn"),
    "": ("peach azure amber magenta blue", "golden dusk day dawn night"),
}

_FAMILIES: tuple[tuple[str, str], ...] = (
    ("children", "child kid famil fairy bedtime anim nursery"),
    ("science fiction", "sci-fi scifi science-fic science_fic space cyber futur"),
    ("fantasy", "fantas magic myth legend epic folk"),
    ("horror", "horror terror ghost scary thriller dark"),
    ("mystery", "myster crime detect noir suspens"),
    ("romance", "roman love wedding"),
    ("comedy", "comed humor humour funny satire"),
    ("business", "business tech corporate startup market product finance promo advert"),
    ("education", "educat science learn explain tutorial document histor how-to nature"),
    ("news", "news report journal politic sport"),
    ("adventure", "advent action explor travel western quest"),
    ("drama", "drama trag biograph slice poem memoir literary"),
)


def family(genre: str) -> str:
    """The genre that Retake has colours for, nearest to the one named; "" when none is near."""
    name = genre.casefold().strip()
    if name in _GENRES:
        return name
    return next((known for known, stems in _FAMILIES if any(stem in name for stem in stems.split())), "")


def likely_times(genre: str) -> tuple[str, ...]:
    """Times of day that suit a genre family, the likeliest more than once."""
    return tuple(_GENRES[genre][1].split())


def script_for(genre: str, time: str, brand: tuple[str, ...] = ()) -> ColourScript:
    """The colours of a genre family at a time of day, turned towards the brand's (#rrggbb)."""
    variant = _GENRES[genre][0].split()[TIMES.index(time)]
    colours = [from_hex(text) for text in _SCRIPTS[f"{time}_{variant}"].split()]
    if brand:
        colours = _turned(colours, [from_hex(text) for text in brand])
    return ColourScript((colours[0], colours[1], colours[2], colours[3]), *colours[4:], branded=bool(brand))


def _turned(colours: list[Rgb], brand: list[Rgb]) -> list[Rgb]:
    """The script's colours with the hue of the brand: sky and land take its first true colour, light
    and accent the one that differs most from it."""
    labs = [to_oklab(colour) for colour in brand]
    main = next((lab for lab in labs if np.hypot(lab[1], lab[2]) > 0.04), labs[0])
    second = max(
        (lab for lab in labs if lab is not main),
        key=lambda lab: float(np.hypot(*(lab[1:] - main[1:]))),
        default=None,
    )
    turned: list[Rgb] = []
    for index, colour in enumerate(colours):
        lab = to_oklab(colour)
        is_light = index in (3, 4, 8)
        goal = second if is_light and second is not None else main
        share = 0.45 if is_light and second is None else 0.85
        strength = float(np.hypot(lab[1], lab[2]))
        lab[1:] = _unit(_unit(lab[1:]) * (1 - share) + _unit(goal[1:]) * share) * max(strength, 0.03)
        turned.append(from_oklab(lab))
    if second is not None and luminance(from_oklab(second)) > 0.5:
        turned[8] = from_oklab(second)
    return turned


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.hypot(vector[0], vector[1]))
    return vector / length if length > 0.01 else vector * 0
