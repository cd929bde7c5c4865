"""Which font draws which character: the family asked for, then Inter, then whatever on this machine has it.

The machine's fonts are looked at only when nothing nearer covers a character, and then in an order that is
the same on every run: those known to suit the script first, the others by path.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from retake import fonts as bundled
from retake.render.text.characters import clusters, invisible, is_emoji, script
from retake.render.text.faces import Face
from retake.render.text.native import harfbuzz as hb

DEFAULT_FAMILY = "Inter"
_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
_UNHELPFUL = ("lastresort", "adobeblank", "fallback")

NOTO = {
    "Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Bopo": "CJK", "Cans": "Canadian Aboriginal",
    "Cher": "Cherokee", "Deva": "Devanagari", "Ethi": "Ethiopic", "Geor": "Georgian", "Gujr": "Gujarati",
    "Guru": "Gurmukhi", "Hang": "CJK", "Hani": "CJK", "Hebr": "Hebrew", "Hira": "CJK", "Kana": "CJK",
    "Khmr": "Khmer", "Knda": "Kannada", "Laoo": "Lao", "Mlym": "Malayalam", "Mong": "Mongolian",
    "Mymr": "Myanmar", "Orya": "Oriya", "Sinh": "Sinhala", "Syrc": "Syriac", "Taml": "Tamil",
    "Telu": "Telugu", "Thaa": "Thaana", "Thai": "Thai", "Tibt": "Tibetan",
}  # fmt: skip
"""What the Noto family for a script is called."""

_OTHERS = {
    "Arab": ("geezapro", "notonaskharabic", "sfarabic", "dejavusans"),
    "Deva": ("kohinoordevanagari", "devanagarimt", "lohitdevanagari"),
    "Hang": ("notosanskr", "applesdgothicneo", "nanumgothic", "wqy"),
    "Hani": (
        "notosanssc",
        "notosansjp",
        "sourcehansans",
        "pingfang",
        "hiraginosansgb",
        "wqy",
        "droidsansfallback",
    ),
    "Hebr": ("arialhebrew", "dejavusans"),
    "Hira": ("notosansjp", "hiragino", "hiraginosans", "ipagothic", "takao", "wqy", "droidsansfallback"),
    "Thai": ("thonburi", "looma", "garuda"),
}


def system_directories() -> tuple[Path, ...]:
    """Where this kind of machine keeps fonts."""
    home = Path.home()
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
    )


class FontBook:
    """The fonts that may be used: the bundled Inter, the user's `files` by family name, and the machine's.

    `directories` are searched for the rest; None means the machine's own, () none, which makes the picture
    depend on nothing but the arguments.
    """

    def __init__(
        self, files: Mapping[str, Path] | None = None, directories: Sequence[Path] | None = None
    ) -> None:
        self._files = dict(files or {})
        self._directories = system_directories() if directories is None else tuple(directories)
        self._opened: dict[Path, tuple[Face, ...]] = {}
        self._at_weight: dict[tuple[Face, int], Face] = {}
        self._chosen: dict[tuple[str, str, int, bool], Face | None] = {}
        self._families: dict[str, tuple[Face, ...]] = {}
        self._lock = threading.RLock()

    def face_for(
        self, cluster: str, family: str = "", weight: int = 400, italic: bool = False
    ) -> Face | None:
        """The face to draw a grapheme cluster with; None when no font has it."""
        key = (cluster, family, weight, italic)
        with self._lock:
            if key not in self._chosen:
                self._chosen[key] = self._choose(cluster, family or DEFAULT_FAMILY, weight, italic)
            return self._chosen[key]

    def primary(self, family: str = "", weight: int = 400, italic: bool = False) -> Face:
        """The face of the family asked for, or Inter's where it is not there."""
        with self._lock:
            faces = self.family(family or DEFAULT_FAMILY) or self.family(DEFAULT_FAMILY)
            return self._nearest(faces, weight, italic)

    def family(self, name: str) -> tuple[Face, ...]:
        """The faces of a family; empty when there is no such font."""
        with self._lock:
            key = _plain(name)
            if key not in self._families:
                self._families[key] = self._find_family(key)
            return self._families[key]

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters (grapheme clusters) of `text` that no font has, each once."""
        found = (text[start:end] for start, end in clusters(text))
        return tuple(dict.fromkeys(c for c in found if not c.isspace() and self.face_for(c) is None))

    def _choose(self, cluster: str, family: str, weight: int, italic: bool) -> Face | None:
        if all(invisible(char) or char.isspace() for char in cluster):
            return self.primary(family, weight, italic)
        if is_emoji(cluster):
            for face in self._emoji_faces:
                if face.has(cluster):
                    return face
        for faces in self._nearby(family):
            face = self._nearest(faces, weight, italic)
            if face.has(cluster):
                return face
        face = self._on_this_machine(cluster, weight, italic)
        if face is None and len(cluster) > 1:  # the letter at least, when no font has its marks
            return self.face_for(cluster[0], family, weight, italic) if self._bare(cluster) else None
        return face

    def _bare(self, cluster: str) -> bool:
        """Whether the rest of the cluster only modifies the first character's look."""
        return all(invisible(char) or "\U0001f3fb" <= char <= "\U0001f3ff" for char in cluster[1:])

    def _nearby(self, family: str) -> Iterator[tuple[Face, ...]]:
        """Families at hand, best first, without looking at the machine's fonts unless one is asked for."""
        for name in dict.fromkeys((family, DEFAULT_FAMILY, *self._files)):
            if faces := self.family(name):
                yield faces

    def _find_family(self, key: str) -> tuple[Face, ...]:
        own = [face for name, path in self._files.items() if _plain(name) == key for face in self._open(path)]
        own += [
            face for path in self._files.values() for face in self._open(path) if _plain(face.family) == key
        ]
        if own:
            return tuple(dict.fromkeys(own))
        if key == _plain(DEFAULT_FAMILY):
            return tuple(
                face for path in sorted(bundled.DIRECTORY.glob("*.ttf")) for face in self._open(path)
            )
        alike = [path for path in self._paths if _plain(path.stem).startswith(key)]
        for paths in (alike, self._paths):  # a family's files are most often named after it
            if faces := tuple(f for path in paths for f in self._open(path) if _plain(f.family) == key):
                return faces
        return ()

    def _on_this_machine(self, cluster: str, weight: int, italic: bool) -> Face | None:
        visible = next(char for char in cluster if not invisible(char))
        for path in self._ranked(script(visible)):
            faces = self._open(path)
            if faces and faces[0].has(cluster):
                stem = path.stem.split("-")[0]
                siblings = [
                    p for p in self._paths if p.parent == path.parent and p.stem.split("-")[0] == stem
                ]
                return self._nearest(
                    tuple(f for p in siblings for f in self._open(p)[:1] if f.has(cluster)), weight, italic
                )
        return None

    def _ranked(self, script_code: str) -> list[Path]:
        noto = _plain("Noto Sans " + NOTO.get(script_code, ""))
        liked = (noto, *_OTHERS.get(script_code, ()), "notosanssymbols", "notosans", "dejavusans")

        def rank(path: Path) -> tuple[int, bool, str]:
            plain = _plain(path.stem.split("-")[0])
            place = next((i for i, name in enumerate(liked) if plain.startswith(name)), len(liked))
            return place, any(word in plain for word in ("serif", "mono", "emoji")), str(path)

        return sorted(self._paths, key=rank)

    @cached_property
    def _emoji_faces(self) -> tuple[Face, ...]:
        paths = [*self._files.values(), *(path for path in self._paths if "emoji" in path.stem.lower())]
        return tuple(face for path in paths for face in self._open(path)[:1] if face.color)

    @cached_property
    def _paths(self) -> tuple[Path, ...]:
        found = (p for root in self._directories if root.is_dir() for p in sorted(root.rglob("*")))
        return tuple(
            p for p in found if p.suffix.lower() in _SUFFIXES and not _plain(p.stem).startswith(_UNHELPFUL)
        )

    def _open(self, path: Path) -> tuple[Face, ...]:
        """Every face of a file; none when it cannot be read as a font: machines hold such files."""
        if path not in self._opened:
            try:
                first = Face(path)
                self._opened[path] = (first, *(Face(path, index) for index in range(1, first.siblings)))
            except (hb.HarfBuzzError, OSError):
                self._opened[path] = ()
        return self._opened[path]

    def _nearest(self, faces: Sequence[Face], weight: int, italic: bool) -> Face:
        def distance(face: Face) -> tuple[bool, int, bool]:
            apart = 0 if face.variable else abs(face.weight - weight)
            return face.italic != italic, apart, (face.weight < weight) == (weight >= 500)

        best = min(faces, key=distance)
        if not best.variable or best.weight == weight:
            return best
        if (best, weight) not in self._at_weight:
            self._at_weight[best, weight] = best.at_weight(weight)
        return self._at_weight[best, weight]


def _plain(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())
