"""How a prompt is read."""

from __future__ import annotations

import pytest

from retake.generate.painted import BUILDERS, palette, vocabulary
from retake.generate.painted.prompt import read


@pytest.mark.parametrize(
    ("prompt", "setting"),
    [
        ("ancient temple interior, dusty, archaeologist", "hall"),
        ("city street at night in the rain, neon", "city"),
        ("quiet village by the sea at dawn", "village"),
        ("forest path in fog, a girl with a lantern", "forest"),
        ("space station above a blue planet", "space"),
        ("grandmother kitchen, warm window light", "room"),
        ("startup office, growth chart", "office"),
        ("un bosque oscuro", "forest"),
        ("une forêt sombre", "forest"),
        ("ein dunkler Wald", "forest"),
        ("тёмный лес", "forest"),
        ("das alte Schloß", "castle"),
    ],
)
def test_the_subject_decides_the_setting(prompt: str, setting: str):
    assert read(prompt).setting == setting


@pytest.mark.parametrize(
    ("prompt", "time", "weather"),
    [
        ("mountains at sunrise", "dawn", ""),
        ("moonlit lake", "night", ""),
        ("lighthouse in a storm", "night", "storm"),
        ("snowy pass at noon", "day", "snow"),
        ("дождь, вечер, город", "dusk", "rain"),
    ],
)
def test_time_and_weather_are_heard(prompt: str, time: str, weather: str):
    scene = read(prompt)
    assert (scene.time, scene.weather) == (time, weather)


def test_people_and_things_are_heard():
    scene = read("a girl with a lantern opens the door")
    assert scene.person == "dress"
    assert set(scene.motifs) == {"lantern", "door"}
    assert read("empty sea").person == ""


def test_wordless_prompts_of_one_film_vary_and_fit_the_genre():
    scenes = [read(f"{number}", "adventure") for number in range(12)]
    assert len({scene.setting for scene in scenes}) >= 4
    assert {scene.time for scene in scenes} <= set(palette.likely_times("adventure"))


@pytest.mark.parametrize(
    ("genre", "family"), [("Sci-Fi", "science fiction"), ("Thriller", "horror"), ("whimsy", ""), ("", "")]
)
def test_genres_fall_into_families(genre: str, family: str):
    assert palette.family(genre) == family


def test_every_concept_can_be_painted():
    assert set(vocabulary.SETTINGS) == set(BUILDERS)
    assert set(vocabulary.TIMES) == set(palette.TIMES)


@pytest.mark.parametrize("genre", palette._GENRES)  # pyright: ignore[reportPrivateUsage]
def test_every_genre_has_colours_for_every_time(genre: str):
    for time in palette.TIMES:
        assert palette.script_for(genre, time).near.mean() < palette.script_for(genre, time).light.mean()


@pytest.mark.parametrize(
    ("prompt", "shot", "angle"),
    [
        ("Wide shot of a temple", "wide", ""),
        ("Low-angle wide shot of a temple", "wide", "low"),
        ("High-angle wide shot of the sea", "wide", "high"),
        ("Over-the-shoulder medium shot of a cave", "medium", "shoulder"),
        ("Close-up of a key, a room behind", "close-up", ""),
        ("a temple", "wide", ""),
    ],
)
def test_the_shot_is_read(prompt: str, shot: str, angle: str):
    scene = read(prompt)
    assert (scene.shot, scene.angle) == (shot, angle)


def test_colours_of_clothes_and_hair_are_not_those_of_what_glows():
    scene = read("temple, a woman with auburn hair and an ochre coat, blue crystal at golden hour")
    assert scene.tint == vocabulary.COLOURS["blue"]
    assert (scene.hair, scene.cloth) == (vocabulary.DYES["auburn"], vocabulary.DYES["ochre"])
    assert read("temple at golden hour, crystal").tint == ""


def test_a_part_is_only_of_places_that_have_it():
    assert read("medium shot of a temple, a door").part == "doorway"
    assert read("medium shot of the sea, a door").part == ""
