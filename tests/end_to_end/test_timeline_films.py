"""A timeline becomes a film, in every format; and what others' files look like does not break it."""

from __future__ import annotations

import json
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence
from tests.films import BT709, Tags, moving, tone, write_film
from tests.timelines import RATE, SIZE, edited, hidden_in, pattern, settings_in, write_document

from retake.errors import DocumentError, InputError, RetakeError
from retake.media.probe import probe
from retake.media.sound import write_wav
from retake.produce import check_file, preview_frame, render_document, validate_file

PQ = Tags(primaries=9, transfer=16, matrix=9, range=1)


def document(folder: Path, *clips: dict[str, Any], sounds: tuple[dict[str, Any], ...] = ()) -> Path:
    tracks = [{"clips": [{"duration": 1, **clip} for clip in clips]}]
    if sounds:
        tracks.append({"kind": "audio", "clips": [{"duration": 1, **clip} for clip in sounds]})
    path = folder / "timeline.json"
    output = {"size": SIZE, "fps": RATE, "quality": "draft"}
    path.write_text(json.dumps({"timeline": {"tracks": tracks}, "output": output}))
    return path


def test_a_film_is_checked_in_place_and_nothing_else_is_left(tmp_path: Path) -> None:
    made = render_document(
        write_document(tmp_path), tmp_path / "out" / "f.mp4", settings=settings_in(tmp_path)
    )
    assert made.verdict.passed and made.frames == 3 * RATE
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["f.mp4", "f.mp4.receipt.json"]
    assert not [p for p in (tmp_path / "store" / "work").iterdir() if p.is_dir()]


def test_a_film_is_held_against_its_timeline(tmp_path: Path) -> None:
    timeline, out = write_document(tmp_path), tmp_path / "f.mp4"
    render_document(timeline, out, settings=settings_in(tmp_path))
    assert check_file(out, timeline, settings=settings_in(tmp_path)).passed
    assert check_file(out, None).passed

    def longer(made: dict[str, Any]) -> None:
        made["timeline"]["tracks"][0]["clips"][-1]["duration"] = 3

    verdict = check_file(out, edited(timeline, longer), settings=settings_in(tmp_path))
    assert "frames" in {finding.name for finding in verdict.failures}


def test_without_its_check_the_verdict_says_so(tmp_path: Path) -> None:
    made = render_document(
        write_document(tmp_path), tmp_path / "f.mp4", settings=settings_in(tmp_path), checked=False
    )
    assert made.film.is_file() and made.verdict.passed
    assert [finding.name for finding in made.verdict.warnings] == ["checked"]


def test_a_film_that_fails_is_kept_apart_and_the_last_good_one_stays(tmp_path: Path) -> None:
    timeline, out, settings = write_document(tmp_path), tmp_path / "f.mp4", settings_in(tmp_path)
    render_document(timeline, out, settings=settings)
    good = out.read_bytes()
    for i in range(3):
        write_wav(tmp_path / f"sound_{i}.wav", np.zeros((48_000, 2), np.float32), 48_000)
    failed = render_document(timeline, out, settings=settings)
    assert not failed.verdict.passed
    assert failed.film == tmp_path / "f.failed.mp4" and failed.film.is_file()
    assert out.read_bytes() == good
    for i in range(3):
        write_wav(tmp_path / f"sound_{i}.wav", tone(1), 48_000)
    assert render_document(timeline, out, settings=settings).verdict.passed
    assert not list(tmp_path.glob("*.failed*"))


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
@pytest.mark.parametrize("rate", [24, "29.97", 60])
def test_films_of_either_kind_pass_at_any_rate(tmp_path: Path, suffix: str, rate: object) -> None:
    timeline = write_document(tmp_path, scenes=2, rate=rate, format=suffix)
    made = render_document(timeline, tmp_path / f"f.{suffix}", settings=settings_in(tmp_path))
    assert made.verdict.passed, made.verdict.failures


def test_a_gif_lasts_as_long_as_the_film(tmp_path: Path) -> None:
    timeline = write_document(tmp_path, format="gif", rate=30)
    render_document(timeline, tmp_path / "f.gif", settings=settings_in(tmp_path))
    image = Image.open(tmp_path / "f.gif")
    assert abs(sum(f.info["duration"] for f in ImageSequence.Iterator(image)) - 3000) <= 10
    assert image.size == SIZE


def test_frames_become_a_folder_of_pictures_that_are_the_previews(tmp_path: Path) -> None:
    timeline = write_document(tmp_path, scenes=1, format="png")
    render_document(timeline, tmp_path / "frames", settings=settings_in(tmp_path))
    names = sorted(path.name for path in (tmp_path / "frames").iterdir())
    assert names == [f"{n:06}.png" for n in range(RATE)]
    preview = preview_frame(timeline, Fraction(5, RATE), settings=settings_in(tmp_path))
    assert np.array_equal(np.asarray(Image.open(tmp_path / "frames" / "000005.png")), preview)


def test_the_name_decides_the_format_and_without_one_the_timeline_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = write_document(tmp_path, scenes=1, format="webm")
    monkeypatch.chdir(tmp_path)
    settings = settings_in(tmp_path)

    named = render_document(timeline, tmp_path / "f.gif", settings=settings)
    unnamed = render_document(timeline, None, settings=settings, checked=False)

    assert named.film.read_bytes().startswith(b"GIF8")
    assert unnamed.film == Path(f"{timeline.stem}.webm")
    assert unnamed.film.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
    with pytest.raises(InputError, match="not the name of a film"):
        render_document(timeline, tmp_path / "f.avi", settings=settings)


def test_a_film_that_is_not_there_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        check_file(tmp_path / "f.mp4", None)
    with pytest.raises(InputError, match="folder"):
        check_file(tmp_path, None)


def test_white_words_alone_on_black_are_no_fault(tmp_path: Path) -> None:
    words = {"asset": {"type": "text", "text": "The end"}, "duration": 3}
    path = document(tmp_path, words)
    assert render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path)).verdict.passed


@pytest.mark.parametrize("suffix", ["m4a", "wav"])
def test_sound_alone_is_as_long_as_the_film(tmp_path: Path, suffix: str) -> None:
    timeline = write_document(tmp_path, format=suffix)
    render_document(timeline, tmp_path / f"f.{suffix}", settings=settings_in(tmp_path))
    report = probe(tmp_path / f"f.{suffix}")
    assert report.kind == "audio" and abs(float(report.duration) - 3) < 0.05
    assert hidden_in(tmp_path) == []


def test_a_silent_film_has_no_sound_to_deliver(tmp_path: Path) -> None:
    path = document(tmp_path, {"asset": {"type": "color", "color": "#c00"}})
    with pytest.raises(InputError, match="no sound"):
        settings = settings_in(tmp_path)
        render_document(path, tmp_path / "f.wav", overrides={"format": "wav"}, settings=settings)
    assert not (tmp_path / "f.wav").exists()


def test_files_elsewhere_are_used_only_where_allowed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    Image.fromarray(pattern(1)).save(tmp_path / "p.png")
    path = document(home, {"asset": {"type": "image", "src": "../p.png"}})
    with pytest.raises(DocumentError):
        render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path))
    settings = settings_in(tmp_path)
    assert render_document(path, tmp_path / "f.mp4", settings=settings, allowed=(tmp_path,)).verdict.passed


def picture(folder: Path, kind: str) -> str:
    """A picture of a kind that others' cameras and programs write; its name."""
    rgb = Image.fromarray(pattern(3, (200, 300)))
    match kind:
        case "animated":
            rgb.save(folder / "p.gif", save_all=True, append_images=[Image.fromarray(pattern(4, (200, 300)))])
            return "p.gif"
        case "cmyk":
            rgb.convert("CMYK").save(folder / "p.jpg")
        case "deep":
            deep = pattern(3, (200, 300))[..., 0].astype(np.uint16) * 257
            Image.fromarray(deep).save(folder / "p.png")
            return "p.png"
        case "turned":
            exif = Image.Exif()
            exif[0x0112] = 6
            rgb.save(folder / "p.jpg", exif=exif)
        case _:
            rgb.save(folder / "p.jpg", "PNG")
    return "p.jpg"


@pytest.mark.parametrize("kind", ["animated", "cmyk", "deep", "turned", "mislabelled"])
def test_unusual_pictures_are_shown(tmp_path: Path, kind: str) -> None:
    move = {"scale": [{"at": 0, "value": 1}, {"at": 1, "value": 1.2}]}
    path = document(tmp_path, {"asset": {"type": "image", "src": picture(tmp_path, kind)}, **move})
    assert render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path)).verdict.passed


@pytest.mark.parametrize("kind", ["truncated", "huge", "text", "film"])
def test_pictures_that_cannot_be_used_are_named(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "p.png"
    match kind:
        case "truncated":
            Image.fromarray(pattern(3, (200, 300))).save(target)
            target.write_bytes(target.read_bytes()[:9000])
        case "huge":
            Image.new("1", (30_000, 30_000)).save(target)
        case "text":
            target.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        case _:
            write_film(tmp_path / "p.mp4", moving(5)).rename(target)
    path = document(tmp_path, {"asset": {"type": "image", "src": "p.png"}})
    with pytest.raises(InputError) as caught:
        render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path))
    assert "p.png" in str(caught.value) and not (tmp_path / "f.mp4").exists()
    assert hidden_in(tmp_path) == []


@pytest.mark.parametrize(
    "film",
    [
        {},
        {"sound": tone(1)},
        {"times": (0, 1, 2, 5, 6, 12, 13, 14, 15, 16, 20, 24)},
        {"codec": "libx265", "pixels": "yuv420p10le"},
        {"rotation": 90},
        {"tags": PQ, "codec": "libx265", "pixels": "yuv420p10le"},
    ],
    ids=["no sound", "sound", "variable rate", "10-bit", "rotated", "HDR"],
)
def test_unusual_films_are_shown(tmp_path: Path, film: dict[str, Any]) -> None:
    tags = film.pop("tags", BT709)
    try:
        write_film(tmp_path / "c.mp4", moving(12), rate=12, tags=tags, **film)
    except ValueError:
        pytest.skip("these libraries cannot make such a film")
    path = document(tmp_path, {"asset": {"type": "video", "src": "c.mp4"}})
    made = render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path))
    assert made.verdict.passed, made.verdict.failures
    assert (probe(made.film).audio is not None) == ("sound" in film)


def test_a_film_of_no_length_is_named(tmp_path: Path) -> None:
    data = write_film(tmp_path / "c.mp4", moving(12)).read_bytes()
    (tmp_path / "c.mp4").write_bytes(data[: data.index(b"mdat")])
    path = document(tmp_path, {"asset": {"type": "video", "src": "c.mp4"}})
    with pytest.raises(DocumentError, match=r"c\.mp4"):
        render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path))


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (11_025, 2), (22_255, 1), (96_000, 6)])
def test_sound_at_odd_rates_and_of_any_channels_is_heard(tmp_path: Path, rate: int, channels: int) -> None:
    wave_form = (0.3 * np.sin(np.arange(rate) * 2 * np.pi * 440 / rate) * 32767).astype("<i2")
    with wave.open(str(tmp_path / "s.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(wave_form[:, None], channels, axis=1).tobytes())
    Image.fromarray(pattern(1)).save(tmp_path / "p.png")
    sound = {"asset": {"type": "audio", "src": "s.wav"}}
    path = document(tmp_path, {"asset": {"type": "image", "src": "p.png"}}, sounds=(sound,))
    made = render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path))
    assert made.verdict.passed, made.verdict.failures


RED = {"asset": {"type": "color", "color": "#c00"}}


@pytest.mark.parametrize(
    "clip",
    [{**RED, "start": -1}, {**RED, "duration": 0}, {**RED, "duration": "long"}, {**RED, "colour": 1},
     {"asset": {"type": "hologram"}}, {"asset": {"type": "image", "src": "timeline.json"}},
     {"asset": {"type": "video", "src": "timeline.json"}}, {**RED, "opacity": [{"at": 1}, {"at": 0}]},
     {"asset": {"type": "text", "text": "\U000f0000"}}, {**RED, "start": 0.5}],
    ids=["negative time", "no time", "wrong type", "unknown field", "unknown asset", "itself",
         "itself as a film", "keys out of order", "no glyph", "overlap"],
)  # fmt: skip
def test_a_document_that_cannot_be_made_is_told_with_its_place(tmp_path: Path, clip: dict[str, Any]) -> None:
    path = document(tmp_path, RED, {"start": 1, **clip})
    with pytest.raises(DocumentError) as caught:
        render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path))
    assert all("clips[1]" in problem.place and problem.message for problem in caught.value.problems)
    assert [p for p in validate_file(path) if not p.warning] == list(caught.value.problems)
    assert not (tmp_path / "f.mp4").exists()


def test_every_problem_of_a_document_is_told_at_once(tmp_path: Path) -> None:
    path = document(tmp_path, {**RED, "start": -1}, {**RED, "fitt": "cover"}, {"asset": {"type": "x"}})
    assert len([p for p in validate_file(path) if not p.warning]) == 3


@pytest.mark.parametrize("at", ["-1", "9"])
def test_a_time_outside_of_the_film_has_no_picture(tmp_path: Path, at: str) -> None:
    with pytest.raises(InputError, match="not in the film"):
        preview_frame(document(tmp_path, RED), Fraction(at), settings=settings_in(tmp_path))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "timeline: {tracks: [&a {clips: [*a]}]}"])
def test_what_is_no_document_is_bad_input(tmp_path: Path, text: str) -> None:
    path = tmp_path / "timeline.yaml"
    path.write_text(text)
    with pytest.raises(InputError):
        render_document(path, tmp_path / "f.mp4", settings=settings_in(tmp_path))


@pytest.mark.parametrize("name", ["missing.json", ".", "binary.json"])
def test_what_is_no_text_is_bad_input(tmp_path: Path, name: str) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\0\0")
    with pytest.raises(RetakeError) as caught:
        render_document(tmp_path / name, tmp_path / "f.mp4", settings=settings_in(tmp_path))
    assert caught.value.exit_code == 2 and caught.value.place
