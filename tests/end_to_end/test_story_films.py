"""A story becomes a film, with everything that lies beside it; and what is not touched is not made again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from tests.timelines import STORY, hidden_in, pattern, receipt_of, write_story

from retake.errors import DocumentError
from retake.media.probe import probe
from retake.produce import FilmResult, Production, check_file, produce_story
from retake.progress import Step
from retake.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One store for all, since making is not what these tests are about."""
    return Settings(store=tmp_path_factory.mktemp("store"), workers=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Production:
    folder = tmp_path_factory.mktemp("story")
    return produce_story(write_story(folder), folder / "out", settings=settings)


def only(production: Production) -> FilmResult:
    (film,) = production.films
    return film


def pixels(path: Path, at: int) -> np.ndarray:
    with av.open(str(path)) as film:
        return next(f for i, f in enumerate(film.decode(video=0)) if i == at).to_ndarray(format="rgb24")


def test_the_film_passes_and_has_its_picture_and_sound(made: Production) -> None:
    film = only(made)
    report = probe(film.film)
    assert film.verdict.passed and film.fallbacks == ()
    assert report.video is not None and report.audio is not None
    assert report.video.size == (128, 224)
    assert abs(float(report.duration) - film.frames / 12) < 0.1


def test_everything_lies_beside_it_and_nothing_half_written(made: Production) -> None:
    film = only(made)
    names = {"timeline", "verdict", "srt", "vtt", "words", "metadata",
             "thumbnail_1080x1080", "thumbnail_1080x1920", "thumbnail_1280x720"}  # fmt: skip
    assert set(film.files) == names
    assert all(path.stat().st_size for path in film.files.values())
    assert hidden_in(made.story.parent) == []
    for name, path in film.files.items():
        if name.startswith("thumbnail"):
            assert "x".join(map(str, Image.open(path).size)) == name.removeprefix("thumbnail_")


def test_the_metadata_describe_the_film(made: Production) -> None:
    film = only(made)
    told = json.loads(film.files["metadata"].read_text())
    assert told["title"] == "The Lamp" and told["description"] and told["tags"] and told["hashtags"]
    assert told["format"]["resolution"] == "128x224"
    assert told["format"]["aspect_ratio"] == "4:7"
    assert told["format"]["file_size"] == film.film.stat().st_size
    assert told["duration"] == pytest.approx(film.frames / 12, abs=0.1)
    assert {usage["kind"] for usage in told["usage"]} == {"speech", "image", "music"}
    assert told["created_at"] and told["platforms"] and told["fallbacks"] == []


def test_the_captions_are_the_words_spoken(made: Production) -> None:
    words = json.loads(only(made).files["words"].read_text())
    said = " ".join(word["text"] for cue in words["cues"] for word in cue["words"])
    assert said.casefold().split() == STORY["content"].casefold().split()


def test_the_timeline_beside_the_film_is_the_one_it_is_checked_against(
    made: Production, settings: Settings
) -> None:
    film = only(made)
    assert check_file(film.film, film.files["timeline"], settings=settings).passed


def test_running_again_copies_every_frame_and_makes_nothing(
    made: Production, settings: Settings, tmp_path: Path
) -> None:
    steps: list[Step] = []
    source = made.story.parent.parent / "story.json"
    before = only(made).film.read_bytes()
    again = only(produce_story(source, made.story.parent, settings=settings, progress=steps.append))
    assert again.frames_copied == again.frames
    assert again.film.read_bytes() == before
    usage = json.loads(again.files["metadata"].read_text())["usage"]
    assert all(entry["cached"] == entry["assets"] and entry["attempts"] == 0 for entry in usage)


def test_an_edit_in_one_scene_encodes_that_scene_and_the_next(settings: Settings, tmp_path: Path) -> None:
    things = ("lamp", "ship", "garden", "mountain", "river", "castle")
    content = "\n\n".join(
        f"Long ago there stood a {thing} by the road. It was a {thing} of stone." for thing in things
    )
    source = write_story(tmp_path, content=content, options=STORY["options"] | {"title_card": False})
    first = produce_story(source, tmp_path / "out", settings=settings)
    story = json.loads(first.story.read_text())
    assert len(story["scenes"]) >= 4
    story["scenes"][1]["image_prompt"] = "a red desert under two moons"
    first.story.write_text(json.dumps(story))
    second = only(produce_story(first.story, tmp_path / "out", settings=settings))
    records = receipt_of(second.film)["records"]
    encoded = [i for i, record in enumerate(records) if record["how"] == "encode"]
    assert encoded and set(encoded) <= {1, 2}
    usage = {u["kind"]: u for u in json.loads(second.files["metadata"].read_text())["usage"]}
    assert usage["speech"]["cached"] == usage["speech"]["assets"]
    assert usage["image"]["assets"] - usage["image"]["cached"] == 1


def test_several_shapes_share_their_speech(settings: Settings, tmp_path: Path) -> None:
    options = {k: v for k, v in STORY["options"].items() if k != "size"}
    story = write_story(tmp_path, content="A lamp burned.", options=options)
    stages: list[str] = []
    made = produce_story(
        story,
        tmp_path / "out",
        overrides={"aspect_ratios": ("1:1", "4:5"), "thumbnails": False},
        settings=settings,
        progress=lambda step: stages.append(step.stage),
    )
    sizes = [f"{f.verdict.figures['width']}x{f.verdict.figures['height']}" for f in made.films]
    assert sizes == ["1080x1080", "1080x1350"]
    assert [film.name.rsplit("_", 1)[1] for film in made.films] == ["1x1", "4x5"]
    speech = [u for u in json.loads(made.films[1].files["metadata"].read_text())["usage"]
              if u["kind"] == "speech"]  # fmt: skip
    spoken = {d["asset"]["src"] for film in made.films for d in narration(film)}
    assert speech[0]["assets"] <= 2 and len(spoken) == len(narration(made.films[0]))
    assert all(film.verdict.passed for film in made.films)


def narration(film: FilmResult) -> list[dict[str, Any]]:
    tracks = json.loads(film.files["timeline"].read_text())["timeline"]["tracks"]
    return [clip for track in tracks if track.get("role") == "narration" for clip in track["clips"]]


def test_a_platform_decides_the_shape_and_warns_of_its_limits(settings: Settings, tmp_path: Path) -> None:
    options = {k: v for k, v in STORY["options"].items() if k != "size"}
    story = write_story(tmp_path, content="A lamp burned.", options=options)
    overrides = {"platforms": ("instagram_post",), "thumbnails": False}
    film = only(produce_story(story, tmp_path / "out", overrides=overrides, settings=settings))
    told = json.loads(film.files["metadata"].read_text())
    assert list(told["platforms"]) == ["instagram_post"]
    assert film.verdict.passed


def test_own_pictures_are_shown_and_copied_beside_the_film(settings: Settings, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for i, colour in enumerate([(200, 60, 60), (60, 180, 60), (60, 60, 200)]):
        picture = pattern(i, (300, 500)) // 6 + np.array(colour, np.uint8)
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(photos / f"p{i}.jpg")
    options = STORY["options"] | {"title_card": False, "caption_style": "none"}
    story = write_story(tmp_path / "home", options=options)
    made = produce_story(story, tmp_path / "out", overrides={"images": photos}, settings=settings)
    film = only(made)
    assert sorted(p.name for p in (tmp_path / "out" / "media").iterdir()) == ["p0.jpg", "p1.jpg", "p2.jpg"]
    first = pixels(film.film, 3).reshape(-1, 3).mean(axis=0)
    last = pixels(film.film, film.frames - 12).reshape(-1, 3).mean(axis=0)
    assert first.argmax() == 0 and last.argmax() == 2
    moved = tmp_path / "moved"
    (tmp_path / "out").rename(moved)
    again = only(produce_story(moved / "story.json", moved, settings=settings))
    assert again.frames_copied == again.frames


@pytest.mark.parametrize(
    "options",
    [{"images": "../photos"}, {"images": ["/etc/hostname"]}, {"music": "/etc/hostname"},
     {"music": "file:///etc/hostname"}, {"brand": {"font_file": "../f.ttf"}}],
)  # fmt: skip
def test_nothing_outside_of_the_storys_folder_is_read(
    settings: Settings, tmp_path: Path, options: dict[str, Any]
) -> None:
    story = write_story(tmp_path / "home", options=STORY["options"] | options)
    with pytest.raises(DocumentError):
        produce_story(story, tmp_path / "out", settings=settings)
    assert not list((tmp_path / "out").rglob("*.mp4")) and not (tmp_path / "out" / "media").exists()
