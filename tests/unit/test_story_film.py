"""From a script and its narration to a timeline: seconds, camera, captions, fallbacks, and back again."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise

import pytest

from retake.generate.ports import Word
from retake.recipes.story import (
    ASPECTS,
    Narration,
    Rules,
    SceneAssets,
    Schedule,
    Script,
    compose,
    parse_story,
    processed_story,
    schedule,
    speaking_rate,
    speech_requests,
)
from retake.recipes.story.camera import ken_burns
from retake.recipes.story.spoken import expected_seconds
from retake.recipes.story.timing import speakable
from retake.timeline.assets import Captions, Color, Layers, Text, Video
from retake.timeline.document import Clip, Document
from retake.timeline.film import Length, lay_out, sources
from retake.timeline.motion import value_at
from retake.timeline.validate import problems_of

CONTENT = (
    "In a dusty temple, Dr. Elena Martinez discovered a glowing crystal. It pulsed like a heart.\n\n"
    "She lifted it toward the light! Behind her, stone doors ground open. What had she done?\n\n"
    "She lit her lantern and went down to a hidden cave. The walls were covered with stars.\n\n"
    "At dawn a beam of light rose over the desert... and the crystal was home."
)


def script_of(**metadata: object) -> Script:
    story = {"title": "The Lost Artifact", "content": CONTENT, "metadata": {"genre": "adventure", **metadata}}
    return Rules().write(parse_story(story))  # type: ignore[arg-type]


def spoken(script: Script, rate: float = 1.0, pace: float = 1.0) -> list[list[float]]:
    rows = speech_requests(script, rate)
    return [[round(expected_seconds(r.text) * pace / r.rate, 3) for r in row] for row in rows]


def assets_of(script: Script, lengths: list[list[float]]) -> list[SceneAssets]:
    made: list[SceneAssets] = []
    for i, (row, requests) in enumerate(zip(lengths, speech_requests(script), strict=True)):
        narrations: list[Narration] = []
        for j, (seconds, request) in enumerate(zip(row, requests, strict=False)):
            tokens = request.text.split()
            step = seconds / len(tokens)
            words = tuple(Word(t, k * step, (k + 1) * step) for k, t in enumerate(tokens))
            narrations.append(Narration(f"say_{i}_{j}.wav", seconds, words))
        made.append(SceneAssets(tuple(narrations), planes=((f"far_{i}.png", 0.0), (f"near_{i}.png", 1.0))))
    return made


def film_of(
    script: Script, lengths: list[list[float]], **options: object
) -> tuple[Document, Schedule, list[SceneAssets]]:
    timed = schedule(script, lengths)
    assets = assets_of(script, lengths)
    return compose(script, timed, assets, **options), timed, assets  # type: ignore[arg-type]


def track(document: Document, name: str) -> tuple[Clip, ...]:
    return next((t.clips for t in document.timeline.tracks if t.name == name), ())


def test_pauses_then_the_voice_meet_the_target_exactly():
    natural = sum(sum(row) for row in spoken(script_of()))
    for factor in (1.1, 1.3, 1.5):
        target = round(natural * factor)
        script = script_of(target_duration=target)
        rate = speaking_rate(script, spoken(script))
        assert 0.85 <= rate <= 1.2
        timed = schedule(script, spoken(script, rate), rate)
        assert timed.duration == pytest.approx(target, abs=0.3)
        assert not timed.problems


@pytest.mark.parametrize(("target", "rate", "word"), [(6, 1.2, "cut"), (300, 0.85, "add")])
def test_a_target_out_of_the_voices_reach_is_a_warning(target: int, rate: float, word: str):
    script = script_of(target_duration=target)
    assert speaking_rate(script, spoken(script)) == rate
    (problem,) = schedule(script, spoken(script, rate), rate).problems
    assert problem.warning
    assert word in problem.remedy


def test_without_a_target_the_voice_keeps_its_own_speed():
    script = script_of()
    assert speaking_rate(script, spoken(script)) == 1.0


def test_scenes_last_whole_frames_so_that_an_edit_moves_later_ones_by_whole_frames():
    script = script_of()
    for pace in (1.0, 1.013, 1.0371):
        for scene in schedule(script, spoken(script, pace=pace)).scenes:
            frames = scene.duration * 30
            assert frames == pytest.approx(round(frames), abs=1e-6)


@pytest.mark.parametrize("fps", [2, 12, 25])
def test_whole_frames_never_cut_a_scenes_narration_short(fps: int):
    script = script_of(fps=fps)
    for pace in (1.0, 1.013, 1.0371):
        lengths = spoken(script, pace=pace)
        for scene, row in zip(schedule(script, lengths).scenes, lengths, strict=True):
            assert scene.segments[-1] + row[-1] <= scene.end + 1e-3


def test_scenes_follow_each_other_and_narration_stays_inside_its_scene():
    script = script_of(target_duration=30)
    lengths = spoken(script)
    timed = schedule(script, lengths)
    at = 0.0
    for timing, row in zip(timed.scenes, lengths, strict=True):
        assert timing.start == pytest.approx(at)
        assert timing.start <= timing.segments[0]
        assert timing.segments[-1] + row[-1] <= timing.end
        at = timing.end


def test_a_scene_that_could_not_be_spoken_is_longer_silent_and_shows_its_text():
    script = script_of()
    lengths = spoken(script)
    lengths[1] = []
    document, timed, _ = film_of(script, lengths)
    assert timed.scenes[1].silent
    assert timed.scenes[1].duration >= 1.5 * expected_seconds(script.scenes[1].text) - 0.01
    (text,) = track(document, "texts")
    assert isinstance(text.asset, Text)
    assert text.asset.text == script.scenes[1].text
    assert not [c for c in track(document, "narration") if c.id.startswith("scene_002")]


def test_a_picture_that_failed_is_the_specified_plain_ground_with_text():
    script = script_of()
    lengths = spoken(script)
    assets = assets_of(script, lengths)
    assets[0] = SceneAssets(assets[0].narrations)
    document = compose(script, schedule(script, lengths), assets)
    ground, text = track(document, "pictures")[0], track(document, "texts")[0]
    assert isinstance(ground.asset, Color)
    assert ground.asset.color == "#1a1a2e"
    assert isinstance(text.asset, Text)
    assert (text.asset.style.size, text.asset.style.weight, text.asset.style.color) == (60, 700, "#ffffff")
    assert text.box.width == pytest.approx(900 / 1080)


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_one_script_compiles_for_every_shape_without_problems(aspect: str):
    script = script_of(target_duration=30)
    document, timed, _ = film_of(script, spoken(script), music="bed.wav", size=ASPECTS[aspect])
    assert not problems_of(document)
    lengths = {src: Length(Fraction(100), True) for _, src in sources(document) if src.endswith(".wav")}
    film = lay_out(document, lengths)
    assert film.size == ASPECTS[aspect]
    assert float(film.seconds) == pytest.approx(timed.duration, abs=0.05)
    assert [scene.name for scene in film.scenes] == [scene.scene_id for scene in script.scenes]
    assert all(shot.crossing for shot in film.layers[0][1:])
    assert Document.model_validate_json(document.model_dump_json(by_alias=True)) == document


def test_transitions_are_centred_on_the_cut():
    document, timed, _ = film_of(script_of(), spoken(script_of()))
    first, second = track(document, "pictures")[:2]
    cut = Fraction(round(timed.scenes[1].start * 1000), 1000)
    assert first.duration is not None
    assert first.start + first.duration - cut == cut - second.start == Fraction(1, 4)


def test_captions_are_the_spoken_words_in_film_time():
    script = script_of()
    document, timed, assets = film_of(script, spoken(script))
    (clip,) = track(document, "captions")
    assert isinstance(clip.asset, Captions)
    words = [word for cue in clip.asset.cues for word in cue.words]
    assert [w.text for w in words] == [w.text for a in assets for n in a.narrations for w in n.words]
    assert float(words[0].start) == pytest.approx(timed.scenes[0].segments[0], abs=0.001)
    assert all(a.start <= b.start for a, b in pairwise(words))


def test_captions_follow_the_shape_unless_a_style_is_given():
    script = script_of()
    for size, style in (((1920, 1080), "subtitle"), ((1080, 1080), "karaoke")):
        (clip,) = track(film_of(script, spoken(script), size=size)[0], "captions")
        assert isinstance(clip.asset, Captions)
        assert clip.asset.style == style
    assert not track(film_of(script_of(caption_style="none"), spoken(script))[0], "captions")


def test_own_clips_are_looped_and_silent_and_misshapen_stills_are_not_cut_away():
    script = script_of()
    lengths = spoken(script)
    assets = assets_of(script, lengths)
    assets[0] = SceneAssets(assets[0].narrations, video="walk.mp4")
    assets[1] = SceneAssets(assets[1].narrations, image="wide.jpg", image_size=(3000, 1000))
    clips = track(compose(script, schedule(script, lengths), assets), "pictures")
    assert isinstance(clips[0].asset, Video)
    assert (clips[0].loop, clips[0].volume) == (True, 0.0)
    assert (clips[1].fit, clips[2].fit) == ("blur", "cover")
    assert isinstance(clips[2].asset, Layers)


@pytest.mark.parametrize(
    "move", ["zoom_in", "zoom_out", "pan_left", "pan_right", "pan_up", "pan_down", "still"]
)
@pytest.mark.parametrize("near", [1.0, 1.03, 1.4])
@pytest.mark.parametrize("seconds", [Fraction(2), Fraction(41, 3)])
def test_the_camera_never_uncovers_an_edge_at_any_depth(move: str, near: float, seconds: Fraction):
    camera = ken_burns(move, seconds, "tense", 1, near)  # type: ignore[arg-type]
    for step in range(21):
        at = seconds * step / 20
        scale = value_at(camera.scale, at)
        assert near <= scale <= near + 0.2
        for factor in (0.6, 1.0, 1.4):
            room = (scale - 1) * factor / 2 + 1e-6
            assert abs(value_at(camera.offset.x, at)) * factor <= room
            assert abs(value_at(camera.offset.y, at)) * factor <= room


def test_a_processed_story_given_again_makes_the_very_same_film():
    script = script_of(target_duration=30)
    rate = speaking_rate(script, spoken(script))
    lengths = spoken(script, rate)
    timed = schedule(script, lengths, rate)
    again = Rules().write(parse_story(json.loads(json.dumps(processed_story(script, timed)))))
    assert again.story.options.speech_rate == rate
    assert speech_requests(again, rate) == speech_requests(script, rate)
    assert schedule(again, lengths, rate).scenes == timed.scenes
    assets = assets_of(script, lengths)
    assert compose(again, schedule(again, lengths, rate), assets) == compose(script, timed, assets)


def test_the_processed_story_has_the_specified_shape():
    script = script_of(target_duration=30)
    processed = processed_story(script, schedule(script, spoken(script)))
    scene = processed["scenes"][0]  # type: ignore[index]
    assert list(scene)[:5] == ["scene_id", "text", "image_prompt", "duration", "transition"]  # type: ignore[arg-type]
    assert scene["scene_id"] == "scene_001"  # type: ignore[index]
    segment = processed["audio_script"]["segments"][0]  # type: ignore[index]
    assert {"text", "start_time", "emphasis"} <= set(segment)  # type: ignore[arg-type]
    assert {"characters", "locations", "actions"} <= set(processed)


def test_an_edited_scene_is_told_anew_and_the_others_stay():
    script = script_of(target_duration=30)
    lengths = spoken(script)
    processed = json.loads(json.dumps(processed_story(script, schedule(script, lengths))))
    processed["scenes"][1]["text"] = "Something else happened here. Nobody knew why."
    processed["scenes"][2]["image_prompt"] = "A green field"
    processed["scenes"][2]["transition"] = "iris"
    again = Rules().write(parse_story(processed))
    assert [s.text for s in again.scenes[1].segments] == ["Something else happened here.", "Nobody knew why."]
    assert again.scenes[1].duration is None
    assert (again.scenes[2].image_prompt, again.scenes[2].transition) == ("A green field", "iris")
    for before, after in zip(script.scenes, again.scenes, strict=True):
        if before.scene_id not in ("scene_002", "scene_003"):
            assert (after.text, after.image_prompt) == (before.text, before.image_prompt)


def test_a_duration_too_short_for_its_narration_grows_with_a_warning():
    script = script_of()
    lengths = spoken(script)
    processed = json.loads(json.dumps(processed_story(script, schedule(script, lengths))))
    processed["scenes"][0]["duration"] = 1.0
    timed = schedule(Rules().write(parse_story(processed)), lengths)
    assert timed.scenes[0].duration > lengths[0][0]
    assert [p.place for p in timed.problems] == ["$.scenes[0].duration"]


def test_a_voice_is_not_given_floods_of_emoji_or_texts_without_words():
    assert speakable("Look 🔥🔥🔥🔥🔥🔥! Then 👨‍👩‍👧 left.") == "Look 🔥🔥🔥! Then 👨‍👩‍👧 left."
    assert speakable("🎉 *** 🎉") == ""
