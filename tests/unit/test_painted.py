"""The painted pictures: what they promise to every caller, and that they show what the words say."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import retake
from retake.errors import ProviderError, Severity
from retake.generate.painted import BUILDERS, Painted, palette
from retake.generate.painted.figures import person
from retake.generate.painted.plane import Plane
from retake.generate.painted.prompt import read
from retake.generate.painted.stage import Spot, Stage
from retake.generate.ports import Artwork, ImageMaker, ImageRequest

SIZE = (180, 320)


def paint(prompt: str, size: tuple[int, int] = SIZE, **more: object) -> Artwork:
    return Painted().paint(ImageRequest(prompt, size, **more))  # type: ignore[arg-type]


def flat(artwork: Artwork, shift: float = 0.0) -> np.ndarray:
    """The planes over one another, the nearer moved down by `shift` of the height."""
    picture = artwork.layers[0].pixels.astype(np.float32)
    height, width = picture.shape[:2]
    for layer in artwork.layers[1:]:
        move = np.array([[1, 0, 0], [0, 1, shift * height * layer.depth]], np.float32)
        plane = cv2.warpAffine(layer.pixels.astype(np.float32), move, (width, height))
        cover = plane[..., 3:] / 255
        picture = picture * (1 - cover) + plane[..., :3] * cover
    return picture


def staged(prompt: str) -> Stage:
    scene = read(prompt, "drama")
    return Stage(*SIZE, scene, palette.script_for(scene.genre, scene.time))


def digest(artwork: Artwork) -> str:
    return hashlib.sha256(b"".join(layer.pixels.tobytes() for layer in artwork.layers)).hexdigest()


def test_is_an_image_maker():
    assert isinstance(Painted(), ImageMaker)


@pytest.mark.parametrize("setting", BUILDERS)
def test_every_setting_keeps_the_contract_of_layers(setting: str):
    layers = paint(f"{setting} {setting} {setting}, rain, lantern, man").layers
    assert 2 <= len(layers) <= 4
    assert layers[0].pixels.shape == (SIZE[1], SIZE[0], 3)
    assert all(layer.pixels.shape == (SIZE[1], SIZE[0], 4) for layer in layers[1:])
    assert all(layer.pixels.dtype == np.uint8 for layer in layers)
    depths = [layer.depth for layer in layers]
    assert depths == sorted(set(depths))
    assert depths[0] >= 0 and depths[-1] <= 1


@pytest.mark.parametrize("setting", BUILDERS)
def test_no_setting_is_flat(setting: str):
    picture = flat(paint(f"{setting} {setting} {setting}"))
    assert picture.std() > 18
    assert picture.mean() > 12


def test_another_process_paints_the_same_bytes():
    code = (
        "import hashlib; from retake.generate.painted import Painted;"
        "from retake.generate.ports import ImageRequest;"
        f"a = Painted().paint(ImageRequest('castle at night, dragon', {SIZE}, 'fantasy', ('#aa3355',), 3));"
        "print(hashlib.sha256(b''.join(l.pixels.tobytes() for l in a.layers)).hexdigest())"
    )
    source = str(Path(retake.__path__[0]).parent)
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": source, "PYTHONHASHSEED": "7"},
    )
    here = paint("castle at night, dragon", genre="fantasy", palette=("#aa3355",), seed=3)
    assert told.stdout.strip() == digest(here)


def test_words_seed_genre_and_palette_each_change_the_picture():
    pictures = [
        paint("forest"),
        paint("forest, an owl"),
        paint("forest", seed=1),
        paint("forest", genre="horror"),
        paint("forest", palette=("#ff00aa",)),
    ]
    assert len({digest(picture) for picture in pictures}) == len(pictures)


@pytest.mark.parametrize("place", ["mountains", "sea", "village", "forest", "kitchen"])
def test_night_is_darker_than_day(place: str):
    assert flat(paint(f"{place} at night")).mean() < 0.8 * flat(paint(f"{place} at midday")).mean()


def test_the_brand_turns_the_hue():
    red, green, _ = flat(paint("mountains at midday", palette=("#d02020",))).mean((0, 1))
    assert red > green * 1.1
    red, green, _ = flat(paint("mountains at midday", palette=("#108030",))).mean((0, 1))
    assert green > red * 1.05


def test_a_named_colour_glows():
    blue = flat(paint("temple, glowing blue crystal, night"))
    red = flat(paint("temple, glowing red crystal, night"))
    assert (red[..., 0] > blue[..., 0] + 60).mean() > 0.002


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (7, 300), (640, 80), (201, 77)])
def test_odd_sizes_are_painted(size: tuple[int, int]):
    for prompt in ("city street in rain", "temple", "mountains, snow", "space", "room"):
        assert paint(prompt, size).layers[0].pixels.shape == (size[1], size[0], 3)


@pytest.mark.parametrize("prompt", ["mountains", "forest", "castle", "sea", "desert"])
def test_the_near_plane_covers_the_lower_edge(prompt: str):
    near = paint(f"{prompt} {prompt} at noon").layers[-1].pixels
    assert near[-1, :, 3].min() > 240


def test_colour_runs_on_under_transparent_pixels():
    for layer in paint("mountains at midday, pines").layers[1:]:
        colour, cover = layer.pixels[..., :3].astype(int), layer.pixels[..., 3]
        faint = (cover > 8) & (cover < 128)
        solid = cover > 250
        if faint.any() and solid.any():
            assert colour[faint].mean() > 0.6 * colour[solid].mean()


@pytest.mark.parametrize("prompt", ["mountains, snow", "forest", "desert", "temple", "sea"])
def test_lifting_the_planes_opens_no_gap_below(prompt: str):
    picture = paint(f"{prompt} at noon")
    rows = int(SIZE[1] * 0.04)
    still, lifted = (flat(picture, lift)[-rows:] for lift in (0.0, -0.05))
    assert np.abs(still - lifted).mean() < 12


@pytest.mark.parametrize(
    "request_", [ImageRequest("sea", (0, 9)), ImageRequest("sea", (9, 9), palette=("red",))]
)
def test_what_cannot_be_painted_is_refused(request_: ImageRequest):
    with pytest.raises(ProviderError) as refusal:
        Painted().paint(request_)
    assert refusal.value.severity is Severity.CRITICAL
    assert refusal.value.remedy


SHOTS = ("Wide shot of", "Medium shot of", "Over-the-shoulder medium shot of", "Low-angle wide shot of")


@pytest.mark.parametrize("setting", BUILDERS)
def test_each_shot_of_a_place_is_another_picture_in_the_same_colours(setting: str):
    pictures = [flat(paint(f"{shot} {setting} {setting} at dusk, man", genre="drama")) for shot in SHOTS]
    for number, one in enumerate(pictures):
        for other in pictures[number + 1 :]:
            assert np.abs(one - other).mean() > 6
            assert np.abs(one.mean((0, 1)) - other.mean((0, 1))).max() < 80


@pytest.mark.parametrize("thing", ["crystal", "book", "clock", "letter", "lantern", "map", "orb"])
def test_a_close_up_brings_the_thing_to_the_front(thing: str):
    above = int(SIZE[1] * 0.48)
    wide, close = (
        paint(f"{shot} {thing}, temple temple at night")
        .layers[1]
        .pixels[:above, SIZE[0] // 3 : -SIZE[0] // 3, 3]
        for shot in ("Wide shot of", "Close-up of a")
    )
    assert (close > 200).sum() > 40
    assert not np.array_equal(wide, close)


def test_a_close_up_blurs_the_place_behind():
    wide, close = (
        cv2.Laplacian(paint(f"{shot} key, temple temple at dusk").layers[0].pixels, cv2.CV_32F).std()
        for shot in ("Wide shot of a", "Close-up of a")
    )
    assert close < 0.6 * wide


@pytest.mark.parametrize("shot", ["Wide", "Low-angle wide", "Medium"])
@pytest.mark.parametrize("place", ["temple", "mountains", "village", "cave", "forest"])
def test_a_person_in_a_tall_picture_stands_above_the_captions(shot: str, place: str):
    peopled = flat(paint(f"{shot} shot of {place} {place} at noon, a woman with a red dress", (270, 480)))
    red = (peopled[..., 0] > 1.35 * peopled[..., 1]) & (peopled[..., 0] > 1.35 * peopled[..., 2])
    rows = np.flatnonzero(red.sum(1) > 1)
    assert len(rows)
    assert rows.min() < 0.57 * 480


@pytest.mark.parametrize("part", ["door", "stairs", "mural"])
def test_a_part_that_is_named_is_shown_in_nearer_shots(part: str):
    whole, shown = (paint(f"{shot} shot of a temple temple at dusk, {part}") for shot in ("Wide", "Medium"))
    assert np.abs(flat(whole) - flat(shown)).mean() > 10


@pytest.mark.parametrize(
    "shot", ["Medium shot of", "Close-up of a crystal,", "Over-the-shoulder medium shot of"]
)
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (7, 300), (640, 80), (201, 77)])
def test_odd_sizes_are_painted_in_every_shot(shot: str, size: tuple[int, int]):
    for place in ("temple, door", "sea, ship, woman", "village, star, child", "cave, stairs, man"):
        assert paint(f"{shot} {place}", size).layers[0].pixels.shape == (size[1], size[0], 3)


@pytest.mark.parametrize("prompt", ["Medium shot of a forest, man", "Close-up of a key, desert behind"])
def test_lifting_the_planes_of_nearer_shots_opens_no_gap_below(prompt: str):
    picture = paint(f"{prompt} at noon")
    rows = int(SIZE[1] * 0.04)
    still, lifted = (flat(picture, lift)[-rows:] for lift in (0.0, -0.05))
    assert np.abs(still - lifted).mean() < 14


@pytest.mark.parametrize("place", ["room", "office", "laboratory"])
def test_who_is_behind_a_table_stands_on_the_floor_and_not_on_the_table(place: str):
    places = BUILDERS[place](staged(f"{place} by day, a woman"))
    hidden = (places.person.y - places.pedestal.y) / places.person.size
    assert places.behind
    assert 0.3 < hidden < 0.5


def test_a_small_figure_has_the_hair_that_the_prompt_gives_it():
    heads: list[float] = []
    for colour in ("silver", "black"):
        stage = staged(f"meadow by day, a woman with {colour} hair and a navy coat")
        plane = Plane(*SIZE, opaque=False)
        person(stage, plane, Spot(90, 280, 200), "dress")
        heads.append(float(plane.channels[:3, 95, 90].mean()))
    assert heads[0] > heads[1] + 0.15


@pytest.mark.parametrize("shot", ["Medium shot", "Over-the-shoulder medium shot", "Close-up"])
def test_who_is_in_space_wears_a_white_suit(shot: str):
    white: list[int] = []
    for someone in ("a man with a brown coat", "nothing"):
        layer = paint(f"{shot} of deep space at night, {someone}", genre="drama").layers[1].pixels
        white.append(int(((layer[..., :3].min(-1) > 130) & (layer[..., 3] > 250)).sum()))
    assert white[0] > 400 > 4 * white[1]


@pytest.mark.parametrize("time", ["at dawn", "at noon", "at sunset", "at night"])
def test_water_is_blue_at_any_hour_when_one_is_in_it(time: str):
    red, _, blue = flat(paint(f"Medium shot underwater {time}, a diver", genre="adventure")).mean((0, 1))
    assert blue > 1.3 * red
