"""A small recording prepared as a template, and rows for it: a name on a card, a logo, a spoken sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.signal import resample_poly
from tests.films import RATE, write_film

from retake.generate.espeak import Espeak
from retake.generate.ports import SpeechRequest
from retake.produce.preparation import create_template
from retake.produce.templates import open_template
from retake.settings import Settings

SIZE = (320, 180)
CARD, LOGO = (16, 100, 192, 48), (240, 16, 64, 48)
"""Boxes in pixels: x, y, width, height."""
KEYLESS = "espeak:arthur"
SENTENCE = "Hello Maria, welcome to the show."


@dataclass(frozen=True)
class Home:
    """Where a user works, `base`, where their templates and their store are, and what else they have set."""

    folder: Path
    base: Path
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def environment(self) -> dict[str, str]:
        own = {"RETAKE_HOME": str(self.base / "home"), "RETAKE_STORE": str(self.base / "store")}
        return own | dict(self.more)

    @property
    def settings(self) -> Settings:
        return Settings.from_environment(self.environment)

    def retake(
        self, *arguments: str | Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The command line, in this home."""
        run = self.start(*arguments, env=env)
        out, told = run.communicate(timeout=120)
        return subprocess.CompletedProcess(run.args, run.returncode, out, told)

    def start(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """The command line, and the test goes on."""
        return subprocess.Popen(
            [sys.executable, "-m", "retake", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=self.folder, env=os.environ | self.environment | dict(env or {}),
        )  # fmt: skip


def write_recording(path: Path, *, seconds: float = 2.0, voice: bool = False) -> tuple[float, float]:
    """A still desk with a name card and a logo, sensor noise, room tone, and with `voice` a spoken sentence.
    Gives the seconds between which it is heard."""
    scene = Image.new("RGB", SIZE, (96, 120, 132))
    draw = ImageDraw.Draw(scene)
    for box, colour in ((CARD, (244, 240, 228)), (LOGO, (250, 250, 250))):
        x, y, width, height = box
        draw.rectangle((x, y, x + width - 1, y + height - 1), fill=colour)
    draw.text((28, 110), "Maria Berg", font=ImageFont.load_default(28), fill=(30, 32, 60))
    draw.ellipse((256, 24, 288, 56), fill=(190, 40, 30))
    random = np.random.default_rng(7)
    sound = random.normal(0, 0.001, round(seconds * RATE))
    heard = (0.0, 0.0)
    if voice:
        speech = Espeak().speak(SpeechRequest(SENTENCE, "en", rate=1.1))
        words = resample_poly(speech.samples, RATE, speech.sample_rate)
        begin = RATE // 4
        sound = np.pad(sound, (0, max(0, begin + len(words) + RATE // 2 - len(sound))), "wrap")
        sound[begin : begin + len(words)] += words
        heard = 0.25, 0.25 + len(words) / RATE
    still = np.asarray(scene, np.float32)
    frames = [
        np.clip(still + random.normal(0, 1.5, still.shape), 0, 255).astype(np.uint8)
        for _ in range(len(sound) * 25 // RATE)
    ]
    stereo = np.stack([sound, sound], 1).astype(np.float32)
    write_film(path, frames, sound=stereo, keys=25, options={"preset": "ultrafast", "crf": "23"})
    return heard


def template_of(
    folder: Path, *, voice: str = "", logo: bool = True, seconds: float = 2.0, **more: Any
) -> Path:
    """Writes a recording and its template, and gives the template's path. `voice` is a `voice_id`."""
    folder.mkdir(parents=True, exist_ok=True)
    start, end = write_recording(folder / "master.mp4", seconds=seconds, voice=bool(voice))
    visuals = [_visual("card", "text", CARD, text="{client_name}")]
    if logo:
        visuals.append(_visual("logo", "image", LOGO, placeholder_key="logo"))
    template: dict[str, Any] = {
        "id": "show", "name": "The show", "base_video_path": "master.mp4", "voice_id": voice,
        "visual_segments": visuals, "lip_sync": "none", "presenter": "Maria Berg",
        "encoding": {"preset": "ultrafast", "crf": 20},
    }  # fmt: skip
    if voice:
        template["voice_segments"] = [
            {
                "id": "greeting", "start_time": round(start, 3), "end_time": round(end, 3),
                "template_text": SENTENCE.replace("Maria", "{client_name}"), "original_text": SENTENCE,
            }
        ]  # fmt: skip
    path = folder / "template.json"
    path.write_text(json.dumps(template | more), encoding="utf-8")
    return path


def prepare(folder: Path, **how: Any) -> Home:
    """A home in which the template `show` is ready."""
    home = Home(folder, folder)
    create_template(template_of(folder / "recording", **how), settings=home.settings)
    return home


def write_logo(path: Path, colour: tuple[int, int, int] = (20, 60, 160), size: int = 120) -> Path:
    """A bar in a disc."""
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((0, 0, size - 1, size - 1), fill=(*colour, 255))
    draw.rectangle((size // 4, size * 2 // 5, size * 3 // 4, size * 3 // 5), fill=(255, 255, 255, 255))
    picture.save(path)
    return path


def _visual(name: str, kind: str, box: tuple[int, int, int, int], **more: str) -> dict[str, Any]:
    x, y, width, height = box
    across, down = SIZE
    return {
        "id": name, "segment_type": kind, "start_time": 0.4, "end_time": 1.2, "motion": "static",
        "x": x / across, "y": y / down, "width": width / across, "height": height / down, **more,
    }  # fmt: skip


def master_of(home: Home, name: str = "show") -> Path:
    return open_template(name, home.settings).master


def receipt_of(home: Home, film: str) -> dict[str, Any]:
    return json.loads((home.folder / f"{film}.receipt.json").read_text(encoding="utf-8"))


def issue_template(folder: Path, base: str, **more: Any) -> Path:
    """The template as its format was first written down, without anything that came later but `more`."""
    template = {
        "id": "demo_v1", "name": "Product Demo", "base_video_path": base, "voice_id": KEYLESS,
        "voice_segments": [{"id": "greeting", "start_time": 0.27, "end_time": 1.0,
                            "template_text": "Hello {client_name}!"}],
        "visual_segments": [{"id": "logo", "segment_type": "image", "start_time": 0.0, "end_time": 30.0,
                             "x": 0.75, "y": 0.09, "width": 0.2, "height": 0.27, "placeholder_key": "logo"}],
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "TEMPLATE.json"
    path.write_text(json.dumps(template | more), encoding="utf-8")
    return path
