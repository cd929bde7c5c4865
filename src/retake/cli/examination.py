"""The examination behind `retake doctor`: what this machine has, and what each missing thing would give.

Enters: the settings. Leaves: findings, in order. Nothing is installed, repaired or downloaded; a part of
Retake that cannot even be imported is a finding too.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from retake.cli.screen import size

if TYPE_CHECKING:
    from retake.settings import Settings

_SCRIPTS = {
    "Latin": "Aé", "Greek": "Ω", "Cyrillic": "Ж", "Arabic": "ع", "Hebrew": "ש", "Devanagari": "क",
    "Bengali": "ক", "Tamil": "த", "Thai": "ก", "Chinese": "漢", "Japanese": "あ", "Korean": "한",
    "Emoji": "🎬",
}  # fmt: skip
_PORTS = {
    "speech": "the narrator's voice",
    "image": "pictures from prompts",
    "music": "a bed of music",
    "script": "the division of a text into scenes",
    "lipsync": "mouths that follow new words",
}
_ENCODERS = {
    "x264": "H.264 on any processor, the same bytes on every run",
    "nvenc": "H.264 on an NVIDIA graphics card, with --encoder nvenc",
    "videotoolbox": "H.264 on a Mac's media engine, with --encoder videotoolbox",
    "qsv": "H.264 on an Intel graphics unit, with --encoder qsv",
}
_FREE = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked for: `gives` tells what it is good for, `remedy` how to come by it."""

    area: str
    name: str
    found: bool
    detail: str = ""
    gives: str = ""
    remedy: str = ""
    needed: bool = False


def findings(settings: Settings) -> Iterator[Finding]:
    """Everything looked for, area by area."""
    yield from _machine()
    yield from _packages()
    parts: tuple[tuple[str, Callable[[], Iterable[Finding]]], ...] = (
        ("encoders", _encoders),
        ("fonts", lambda: _fonts(settings)),
        ("voices", _voices),
        ("providers", _providers),
        ("services", lambda: _services(settings)),
    )
    for area, examine in parts:
        try:
            yield from examine()
        except (ImportError, OSError) as error:
            reason = f"cannot be looked at: {error}"
            yield Finding(area, area, False, reason, remedy="install Retake again", needed=True)
    yield from _places(settings)


def to_json(finding: Finding) -> dict[str, object]:
    """The finding as plain values."""
    return asdict(finding)


def say(found: Iterable[Finding], console: Console) -> None:
    """The findings as lines, grouped by area."""
    for area, group in groupby(found, lambda finding: finding.area):
        console.print(Text(area, "bold"))
        rows = list(group)
        width = max(len(row.name) for row in rows)
        for finding, after in zip(rows, [*rows[1:], None], strict=True):
            mark, colour = (
                ("✓", "green") if finding.found else ("✗", "red") if finding.needed else ("–", "yellow")
            )
            line = Text.assemble("  ", (mark, colour), f" {finding.name:<{width}}  ", (_line(finding), "dim"))
            line.rstrip()
            console.print(line)
            alike = after is not None and not after.found and after.remedy == finding.remedy
            if not finding.found and finding.remedy and not alike:
                console.print(Text(f"      {finding.remedy}", "cyan"))


def _line(finding: Finding) -> str:
    missed = f"would give {finding.gives}" if finding.gives and not finding.found else ""
    return "; ".join(part for part in (finding.detail, missed) if part)


def _machine() -> Iterator[Finding]:
    yield Finding("machine", "Python", True, f"{platform.python_version()}, {sys.executable}", needed=True)
    yield Finding("machine", "system", True, f"{platform.system()} {platform.release()} {platform.machine()}")
    yield Finding("machine", "cores", True, str(_cores()), gives="that many frames rendered at once")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield Finding("machine", "memory", True, size(memory))


def _cores() -> int:
    """The processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _packages() -> Iterator[Finding]:
    try:
        required = distribution("retake").requires or []
    except PackageNotFoundError:
        yield Finding(
            "packages", "retake", False, "runs from its source, not installed",
            gives="its providers and the `retake` command", remedy="./dev setup, or pip install -e .",
        )  # fmt: skip
        return
    yield Finding("packages", "retake", True, version("retake"), needed=True)
    for requirement in sorted(required, key=str.lower):
        if "extra ==" in requirement:
            continue
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        try:
            yield Finding("packages", name, True, version(name), needed=True)
        except PackageNotFoundError:
            yield Finding(
                "packages", name, False, "missing", remedy=f"pip install '{requirement}'", needed=True
            )


def _encoders() -> Iterator[Finding]:
    from retake.media.encode import available_encoders

    present = available_encoders()
    for name, gives in _ENCODERS.items():
        found = present.get(name, False)
        yield Finding("encoders", name, found, gives if found else "not here", gives, needed=name == "x264")


def _fonts(settings: Settings) -> Iterator[Finding]:
    from retake.render.text.fonts import FontBook, system_directories

    book = FontBook(directories=(*settings.fonts, *system_directories()))
    for script, sample in _SCRIPTS.items():
        faces = [book.face_for(char) for char in sample]
        names = dict.fromkeys(face.family for face in faces if face)
        found = all(faces)
        yield Finding(
            "fonts", script, found, ", ".join(names) if found else "no font here has it",
            gives=f"{script} text" if script != "Emoji" else "emoji in colour",
            remedy=_font_remedy(script), needed=script == "Latin",
        )  # fmt: skip


def _font_remedy(script: str) -> str:
    if sys.platform == "darwin":
        return "install a Noto font, or name its folder in RETAKE_FONTS"
    package = {"Emoji": "fonts-noto-color-emoji", "Chinese": "fonts-noto-cjk", "Japanese": "fonts-noto-cjk",
               "Korean": "fonts-noto-cjk"}.get(script, "fonts-noto-core")  # fmt: skip
    return f"apt install {package}, or name a folder of fonts in RETAKE_FONTS"


def _voices() -> Iterator[Finding]:
    import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]

    from retake.generate.voices import LANGUAGES, VOICES

    library = Path(espeakng_loader.get_library_path())
    languages = {tag.split("-")[0] for tag in LANGUAGES}
    yield Finding(
        "voices", "eSpeak NG", library.is_file(), f"{len(languages)} languages",
        gives="narration without key or network", remedy="pip install espeakng-loader", needed=True,
    )  # fmt: skip
    for voice in VOICES:
        yield Finding("voices", voice.name, True, f"{voice.gender}, {voice.age}: {voice.description}")


def _providers() -> Iterator[Finding]:
    from retake.generate.providers import available

    for kind, gives in _PORTS.items():
        names = available(kind)
        yield Finding(
            "providers", kind, bool(names), ", ".join(names) or "none", gives,
            remedy="install Retake again (./dev setup): it declares its own", needed=True,
        )  # fmt: skip


def _services(settings: Settings) -> Iterator[Finding]:
    """What only a key or weights of the user's own open. Nothing is asked over the network."""
    weights = settings.wav2lip_weights
    torch = find_spec("torch") is not None
    for name, found, detail, gives, remedy in (
        ("ElevenLabs", bool(settings.elevenlabs_key.get_secret_value()), "a key is set",
         "cloned voices", "set RETAKE_ELEVENLABS_KEY"),
        ("sync.so", bool(settings.sync_key.get_secret_value()), "a key is set",
         "lip sync by sync.so", "set RETAKE_SYNC_KEY"),
        ("Wav2Lip", torch and weights is not None and weights.is_file(), str(weights),
         "lip sync by Wav2Lip (weights for non-commercial use)",
         "pip install 'retake[wav2lip]', and name the weights in RETAKE_WAV2LIP_WEIGHTS"),
    ):  # fmt: skip
        yield Finding("services", name, found, detail if found else "not set up", gives, remedy=remedy)


def _places(settings: Settings) -> Iterator[Finding]:
    from retake.store import Store

    store = Store(settings.store, settings.store_limit)
    kept, limit = size(store.size()), size(settings.store_limit)
    yield Finding(
        "places", "store", _writable(settings.store), f"{settings.store}, {kept} of {limit}",
        gives="finished assets taken up again", remedy="set RETAKE_STORE to a folder that you may write",
        needed=True,
    )  # fmt: skip
    yield Finding(
        "places", "home", _writable(settings.home), str(settings.home),
        gives="templates, known voices and consents kept",
        remedy="set RETAKE_HOME to a folder that you may write", needed=True,
    )  # fmt: skip
    temporary = Path(tempfile.gettempdir())
    for name, path, variable in (
        ("store's disk", settings.store, "RETAKE_STORE"),
        ("temporary", temporary, "TMPDIR"),
    ):
        free = shutil.disk_usage(_existing(path)).free
        yield Finding(
            "places", name, free >= _FREE and _writable(path), f"{path}, {size(free)} free",
            gives="room for a film while it is made",
            remedy=f"free some space, or set {variable} to another folder",
        )  # fmt: skip


def _existing(path: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next((place for place in (path, *path.parents) if place.is_dir()), Path("/"))


def _writable(path: Path) -> bool:
    return os.access(_existing(path), os.W_OK | os.X_OK)
