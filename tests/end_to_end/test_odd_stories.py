"""Stories at the edge: one word, a hundred thousand, a dozen scripts, floods of emoji; and what stands in
for speech and pictures that could not be made."""

from __future__ import annotations

import importlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.timelines import STORY, settings_in, write_story

from retake.errors import DocumentError, ProviderError, Severity
from retake.produce import FilmResult, preview_frame, produce_story, validate_file
from retake.settings import Settings

FONTS = Path(__file__).parents[1] / "data" / "fonts"

SCRIPTS = {
    "Latin": "Über allen Gipfeln ist Ruh.", "Greek": "Ήταν μια νύχτα.", "Cyrillic": "Была тихая ночь.",
    "Arabic": "كان هناك مصباح.", "Hebrew": "שלום עולם.", "Devanagari": "नमस्ते।",
    "Thai": "สวัสดี", "Chinese": "山谷里有灯。", "Japanese": "山に塔がある。",
}  # fmt: skip
BEYOND = {"Tamil": "ஒரு விளக்கு", "Georgian": "ლამპარი", "Ethiopic": "መብራት", "Khmer": "ចង្កៀង"}


@pytest.fixture(autouse=True)
def no_fonts_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Retake's own font and those of the tests, so that every machine sees the same."""
    shoot = importlib.import_module("retake.produce.shoot")
    monkeypatch.setattr(shoot, "system_directories", lambda: ())


def made(folder: Path, settings: Settings | None = None, **changes: Any) -> FilmResult:
    (film,) = produce_story(
        write_story(folder, **changes),
        folder / "out",
        overrides={"thumbnails": False},
        settings=settings or settings_in(folder, fonts=(FONTS,)),
    ).films
    return film


def test_one_word_is_a_film(tmp_path: Path) -> None:
    assert made(tmp_path, content="Lamp").verdict.passed


@pytest.mark.parametrize("content", ["", " \n\t", "!!! ...", "🎬" * 40])
def test_a_story_without_words_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DocumentError):
        made(tmp_path, content=content)
    assert not list((tmp_path / "out").glob("*"))


def test_a_hundred_thousand_words_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        made(tmp_path, content="the lamp burned on " * 25_000)
    assert "100,000 words" in str(caught.value)


def test_a_flood_of_emoji_is_shown_and_not_spoken(tmp_path: Path) -> None:
    film = made(tmp_path, content="A lamp " + "❤🎉👍" * 60 + " burned on the hill. " + "🎉" * 30)
    assert film.verdict.passed, film.verdict.failures


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_story_in_any_script_with_a_font_is_a_film(tmp_path: Path, script: str) -> None:
    options = {k: v for k, v in STORY["options"].items() if k != "language"} | {"music": "none"}
    film = made(tmp_path, title="", content=SCRIPTS[script], options=options)
    assert film.verdict.passed, film.verdict.failures


@pytest.mark.parametrize("script", [*BEYOND, "Chinese", "Arabic"])
def test_a_character_that_no_font_has_is_named_before_anything_is_rendered(
    tmp_path: Path, script: str
) -> None:
    text = (BEYOND | SCRIPTS)[script]
    clip = {"asset": {"type": "text", "text": text}, "duration": 1}
    path = tmp_path / "timeline.json"
    path.write_text(json.dumps({"timeline": {"tracks": [{"clips": [clip]}]}}))
    problems = [p for p in validate_file(path) if not p.warning]
    with pytest.raises(DocumentError) as caught:
        preview_frame(path, Fraction(0), settings=settings_in(tmp_path))
    assert list(caught.value.problems) == problems
    assert any(f"U+{ord(text[0]):04X}" in p.message or text[0] in p.message for p in problems), problems
    assert all(p.remedy and "clips[0].asset" in p.place for p in problems)


def test_a_very_long_title_is_no_fault(tmp_path: Path) -> None:
    story = write_story(tmp_path, content="A lamp burned.", title="The " + "very " * 50 + "long title")
    (film,) = produce_story(story, tmp_path / "out", settings=settings_in(tmp_path)).films
    assert film.verdict.passed and len(film.files) > 6


class Failing:
    name, version = "failing", "1"

    def speak(self, request: object) -> object:
        raise ProviderError("out of order", severity=Severity.FALLBACK)

    paint = speak


def failing(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    making = importlib.import_module("retake.produce.making")
    find = making.find
    monkeypatch.setattr(making, "find", lambda k, name: Failing() if k == kind else find(k, name))


def picture_of(film: FilmResult, at: Fraction, settings: Settings) -> np.ndarray:
    return preview_frame(film.files["timeline"], at, settings=settings)


def test_a_picture_that_failed_is_the_specified_ground_with_the_text_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "image")
    settings = settings_in(tmp_path)
    options = STORY["options"] | {"caption_style": "none", "title_card": False}
    film = made(tmp_path, settings, content="A lamp burned on the hill.", options=options)
    seen = picture_of(film, Fraction(1), settings).astype(int)
    assert np.abs(seen[2, 2] - (0x1A, 0x1A, 0x2E)).max() <= 3
    assert (seen.min(axis=2) > 120).sum() > 30
    columns = np.flatnonzero((seen.min(axis=2) > 120).any(axis=0))
    assert np.ptp(columns) <= 900 / 1080 * seen.shape[1] + 2


def test_a_scene_that_was_not_spoken_is_longer_and_shows_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "A lamp burned on the hill."
    options = STORY["options"] | {"caption_style": "none", "title_card": False, "music": "none"}
    spoken = made(tmp_path / "spoken", content=text, options=options)
    failing(monkeypatch, "speech")
    silent = made(tmp_path / "silent", content=text, options=options)
    tracks = json.loads(silent.files["timeline"].read_text())["timeline"]["tracks"]
    shown = " ".join(
        clip["asset"]["text"]
        for track in tracks
        for clip in track["clips"]
        if clip["asset"]["type"] == "text"
    )
    assert shown.replace("\n", " ").split() == text.split()
    assert not [track for track in tracks if track.get("kind") == "audio" and track["clips"]]
    assert silent.frames > spoken.frames
    assert any("speech" in line for line in silent.fallbacks)
