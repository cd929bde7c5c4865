"""The files that a document names: found inside what is allowed, or refused all at once."""

from __future__ import annotations

import os
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from tests.films import moving, tone, write_film
from tests.timelines import pattern

from retake.errors import DocumentError, Problem
from retake.media.gather import Fingerprints, gather
from retake.media.sound import write_wav


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "document"
    (folder / "media").mkdir(parents=True)
    Image.fromarray(pattern(1)).save(folder / "media" / "picture.png")
    write_wav(folder / "sound.wav", tone(0.5), 48_000)
    write_film(folder / "film.mp4", moving(10), rate=20, sound=tone(0.5))
    write_film(folder / "silent.mp4", moving(10), rate=20)
    Image.fromarray(pattern(2)).save(tmp_path / "secret.png")
    return folder


def problems(base: Path, *sources: str, allowed: tuple[Path, ...] = ()) -> tuple[Problem, ...]:
    with pytest.raises(DocumentError) as caught:
        gather([(f"$[{i}]", src) for i, src in enumerate(sources)], base, allowed)
    return caught.value.problems


def test_files_are_found_and_measured(base: Path) -> None:
    names = ("media/picture.png", "sound.wav", "film.mp4", "silent.mp4")
    found = gather([("$", name) for name in names], base, ())
    assert found.lengths["media/picture.png"].seconds is None
    assert found.lengths["sound.wav"].seconds == Fraction(1, 2)
    assert found.lengths["sound.wav"].sound and found.lengths["film.mp4"].sound
    assert not found.lengths["silent.mp4"].sound
    assert all(found.paths[name] == (base / name).resolve() for name in names)


def test_what_is_unusual_is_told_with_its_place(base: Path) -> None:
    (warning,) = gather([("$.clip", "silent.mp4")], base, ()).warnings
    assert warning.place == "$.clip" and "no sound" in warning.message and warning.warning


@pytest.mark.parametrize("src", ["../secret.png", "media/../../secret.png", "./.././secret.png"])
def test_a_way_out_of_the_folder_is_refused(base: Path, src: str) -> None:
    (problem,) = problems(base, src)
    assert "outside" in problem.message and "--allow" in problem.remedy


def test_an_absolute_path_is_refused_unless_it_is_allowed(base: Path) -> None:
    secret = base.parent / "secret.png"
    (problem,) = problems(base, str(secret))
    assert "outside" in problem.message
    assert gather([("$", str(secret))], base, (base.parent,)).paths[str(secret)] == secret.resolve()
    assert gather([("$", str(base / "sound.wav"))], base, ()).paths


def test_a_link_that_leads_out_is_refused(base: Path) -> None:
    (base / "link.png").symlink_to(base.parent / "secret.png")
    (base / "door").symlink_to(base.parent)
    assert all("outside" in problem.message for problem in problems(base, "link.png", "door/secret.png"))


def test_a_link_inside_the_folder_is_followed(base: Path) -> None:
    (base / "link.png").symlink_to(base / "media" / "picture.png")
    assert gather([("$", "link.png")], base, ()).paths["link.png"].name == "picture.png"


def test_a_folder_whose_name_begins_alike_is_another_folder(base: Path) -> None:
    twin = base.with_name("document2")
    twin.mkdir()
    Image.fromarray(pattern(1)).save(twin / "a.png")
    (problem,) = problems(base, "../document2/a.png")
    assert "outside" in problem.message


@pytest.mark.parametrize(
    "src", ["file:///etc/hostname", "http://localhost/a.png", "concat:sound.wav|sound.wav", "data:,a"]
)
def test_an_address_is_no_file(base: Path, src: str) -> None:
    assert len(problems(base, src)) == 1


def test_everything_wrong_is_told_at_once(base: Path) -> None:
    (base / "script.mp4").write_text("ffconcat version 1.0\nfile '../secret.png'\n")
    (base / "empty.png").touch()
    (base / "text.png").write_text("no picture")
    (base / "cycle.json").write_text('{"timeline": {"tracks": []}}')
    (base / "loop").symlink_to(base / "loop")
    wrong = ("missing.png", "../secret.png", "script.mp4", "empty.png", "text.png", "cycle.json", "media",
             "loop", "a\0b")  # fmt: skip
    found = problems(base, "sound.wav", *wrong)
    assert [problem.place for problem in found] == [f"$[{i}]" for i in range(1, len(wrong) + 1)]
    assert all(problem.message and not problem.warning for problem in found)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(base: Path) -> None:
    (base / "sound.wav").chmod(0)
    (problem,) = problems(base, "sound.wav")
    assert "may not be read" in problem.message


def test_a_file_named_twice_is_measured_once(base: Path) -> None:
    found = gather([("$.a", "silent.mp4"), ("$.b", "silent.mp4")], base, ())
    assert len(found.warnings) == 1


def test_fingerprints_are_of_the_bytes(base: Path) -> None:
    prints = Fingerprints({"s": base / "sound.wav"})
    assert prints["s"] == sha256((base / "sound.wav").read_bytes()).hexdigest()
    assert list(prints) == ["s"] and len(prints) == 1
    with pytest.raises(KeyError):
        prints["other"]
