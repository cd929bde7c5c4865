"""The script that the rules write: scenes, elements, prompts, moods, transitions, words beside the film."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from retake.recipes.story import (
    PLATFORMS,
    Rules,
    Script,
    ScriptMaker,
    describe,
    parse_story,
    platform_fields,
    read_story,
)
from retake.recipes.story.album import shared_out
from retake.recipes.story.describe import Description, basic_description
from retake.recipes.story.mood import emphasis_of, genre_of
from retake.recipes.story.scenes import split_scenes
from retake.recipes.story.spoken import expected_seconds
from retake.recipes.story.vocabulary import languages, vocabulary

EXAMPLES = Path(__file__).parents[2] / "examples"
ARTIFACT = (
    "In a dusty ancient temple, archaeologist Dr. Elena Martinez discovered a glowing crystal. It pulsed with"
    " energy. Elena lifted it. She followed the steps to a hidden cave. Later, at dawn, she walked over the"
    " desert. The desert was silent."
)
SCRIPTS = {
    "zh": "月光照在古老的寺庙上。女孩打开了门。她看见了一条龙！",
    "ja": "森の中に古い寺があった。少女は扉を開けた。竜がいた！",
    "ko": "숲속에 오래된 절이 있었다. 소녀는 문을 열었다. 용이 있었다!",
    "ar": "كان هناك معبد قديم في الغابة. فتحت الفتاة الباب. من هناك؟",
    "he": "היה מקדש עתיק ביער. הילדה פתחה את הדלת. מי שם?",
    "hi": "जंगल में एक पुराना मंदिर था। लड़की ने दरवाज़ा खोला। वहाँ कौन है?",
    "th": "มีวัดเก่าในป่า เด็กหญิงเปิดประตู มังกรอยู่ที่นั่น และเธอก็ยิ้มให้มัน",
    "el": "Ένας παλιός ναός στο δάσος. Το κορίτσι άνοιξε την πόρτα. Ποιος είναι;",
    "ru": "В лесу стоял старый храм. Девочка открыла дверь. Кто там?",
    "hy": "Անտառում մի հին տաճար կար։ Աղջիկը բացեց դուռը։ Ոչ ոք չկար։",
    "am": "በጫካ ውስጥ አሮጌ ቤተ መቅደስ ነበር። ልጅቷ በሩን ከፈተች። ማንም አልነበረም።",
    "en": "An old temple stood in the forest. The girl opened the door. Who was there?",
}


def write(content: str, **metadata: object) -> Script:
    return Rules().write(parse_story({"title": "A Title", "content": content, "metadata": metadata}))  # type: ignore[dict-item]


def test_rules_fulfil_the_port():
    assert isinstance(Rules(), ScriptMaker)


def test_the_same_story_gives_the_same_script():
    assert write(ARTIFACT) == write(ARTIFACT)


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_a_story_in_any_script_becomes_three_scenes_with_prompts(language: str):
    script = write(SCRIPTS[language])
    assert script.language == language
    assert len(script.scenes) == 3
    assert not script.problems
    assert all(scene.image_prompt and scene.segments for scene in script.scenes)


@pytest.mark.parametrize("language", ["zh", "ja", "hi", "ar", "ru", "en"])
def test_places_and_people_are_known_in_many_languages(language: str):
    script = write(SCRIPTS[language])
    assert "temple" in script.scenes[0].image_prompt
    assert "girl" in " ".join(scene.image_prompt for scene in script.scenes)


def test_a_character_and_a_place_keep_their_description_from_scene_to_scene():
    script = write(ARTIFACT, genre="adventure", target_duration=36)
    (elena,) = [c for c in script.characters if c.name == "Elena Martinez"]
    assert (elena.role, elena.kind) == ("archaeologist", "woman")
    with_her = [s for s in script.scenes if "Elena Martinez" in s.characters]
    assert len(with_her) >= 3
    assert all(elena.description in scene.image_prompt for scene in with_her)
    temple = [s for s in script.scenes if s.location == "temple"]
    assert len(temple) >= 2
    assert all("dusty ancient temple" in scene.image_prompt for scene in temple)
    assert {place.name for place in script.locations} >= {"temple", "cave", "desert"}
    assert "discovering" in script.actions


def test_time_of_day_goes_on_until_the_tale_changes_it():
    script = write(ARTIFACT, genre="adventure", target_duration=36)
    prompts = [scene.image_prompt for scene in script.scenes]
    assert "at golden hour" in prompts[0]
    assert "at dawn" in prompts[-1]


def test_names_of_places_are_not_taken_for_people():
    script = write("The train from Lisbon was late. Marta Reis waited in Lisbon. Then Marta wrote to Lisbon.")
    assert [c.name for c in script.characters] == ["Marta Reis"]
    assert "Lisbon" in {place.name for place in script.locations}


def test_one_word_makes_one_scene_with_a_warning():
    script = write("Hope")
    assert [scene.text for scene in script.scenes] == ["Hope"]
    (problem,) = script.problems
    assert problem.warning
    assert problem.place == "$.content"


def test_a_single_sentence_is_cut_to_reach_three_scenes():
    script = write("The old captain sailed past the island, through the storm, and into the silent harbor.")
    assert len(script.scenes) == 3


def test_a_long_story_stays_within_fifteen_scenes_of_like_length():
    script = write("The ship sailed on over the dark sea and nobody spoke a word. " * 190)
    lengths = [expected_seconds(scene.text) for scene in script.scenes]
    assert len(script.scenes) in (14, 15)
    assert max(lengths) < 1.6 * min(lengths)


def test_scenes_turn_where_the_tale_turns():
    content = "She slept. She dreamt.\n\nThe next day she ran. She fell.\n\nAt night it snowed. It was still."
    assert [" ".join(s) for s in split_scenes(content, "en", count=3)] == content.split("\n\n")


def test_an_emoji_flood_neither_breaks_nor_fills_a_scene():
    script = write("We won! " + "🎉🔥" * 400 + " Everybody danced. " + "👨‍👩‍👧" * 50 + " Then we slept.")
    assert all(any(c.isalnum() for c in scene.text) for scene in script.scenes)
    assert all(any(c.isalnum() for c in s.text) for scene in script.scenes for s in scene.segments)


def test_own_images_decide_the_number_of_scenes_and_come_in_order():
    images = [f"{i}.jpg" for i in range(5)]
    story = {"content": ARTIFACT * 2, "options": {"images": images}}
    assert [s.image for s in Rules().write(parse_story(story)).scenes] == images  # type: ignore[arg-type]


def test_images_beyond_the_scenes_are_a_warning():
    story = {"content": "One. Two. Three.", "options": {"images": ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]}}
    (problem,) = Rules().write(parse_story(story)).problems  # type: ignore[arg-type]
    assert problem.warning
    assert problem.place == "$.options.images"


def test_fewer_images_than_scenes_are_shared_out():
    story = {"content": ARTIFACT, "options": {"images": ["a.jpg", "b.jpg"]}}
    images = [s.image for s in Rules().write(parse_story(story)).scenes]  # type: ignore[arg-type]
    assert images == sorted(images)
    assert set(images) == {"a.jpg", "b.jpg"}


def test_a_picture_comes_where_the_text_speaks_of_what_its_name_says():
    texts = ["A rocket rose.", "It flew.", "They saw the Moon.", "The stars came out.", "Galaxies!"]
    images = ["1_launch.jpg", "2_moon.jpg", "3_galaxies.jpg"]
    shown = shared_out(images, texts)
    assert shown == sorted(shown)
    assert (shown[0], shown[2], shown[4]) == tuple(images)


def test_no_two_scenes_running_have_the_same_prompt_or_size_in_one_place():
    script = write(ARTIFACT * 4, genre="adventure")
    for before, after in pairwise(script.scenes):
        assert before.image_prompt != after.image_prompt
        if before.location == after.location:
            assert before.shot != after.shot


def test_wide_shots_are_seen_from_several_heights():
    prompts = [s.image_prompt for s in write(ARTIFACT * 4).scenes if s.shot == "wide"]
    assert prompts[0].startswith("Wide")
    assert {p.split()[0] for p in prompts} >= {"Wide", "Low-angle"}


def test_a_thing_before_another_only_describes_it():
    (scene, *_) = write("Stone doors opened in the temple. She ran. He hid there.").scenes
    assert "door" in scene.image_prompt
    assert "crystal" not in scene.image_prompt


def test_transitions_are_mostly_the_specified_three_and_the_last_fades():
    script = write((ARTIFACT + " Suddenly they ran! Danger was near. ") * 5, genre="adventure")
    chosen = [scene.transition for scene in script.scenes]
    assert chosen[-1] == "fade"
    assert {"fade", "slide", "dissolve"} >= {t for t in chosen if chosen.count(t) > 2}
    assert sum(t not in ("fade", "slide", "dissolve") for t in chosen) <= len(chosen) / 4


def test_the_camera_never_moves_the_same_way_twice_running():
    motions = [scene.motion for scene in write(ARTIFACT * 4).scenes]
    assert all(a != b for a, b in pairwise(motions))


@pytest.mark.parametrize(
    ("sentence", "emphasis"),
    [
        ("She walked home.", "normal"),
        ("Who is there?", "question"),
        ("Run!", "strong"),
        ("It was NEVER found.", "strong"),
        ("She whispered a name.", "soft"),
        ("And then…", "suspense"),
        ("„Wer ist da?“", "question"),
    ],
)
def test_emphasis_comes_from_punctuation_and_words(sentence: str, emphasis: str):
    assert emphasis_of(sentence, vocabulary("en")) == emphasis


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("Sci-Fi", "science fiction"),
        ("Educational", "education"),
        ("Märchen", "fantasy"),
        ("", ""),
        ("zzz", ""),
    ],
)
def test_genres_are_known_in_any_spelling(given: str, known: str):
    assert genre_of(given) == known


def test_descriptions_sum_up_without_giving_away_the_end():
    script = write(ARTIFACT + " In the end the crystal was glass.", genre="adventure")
    text = describe(script)
    assert 0 < len(text.description) <= 300
    assert "glass" not in text.description
    assert text.tags[0] == "Elena Martinez"
    assert {"crystal", "desert"} <= set(text.tags)
    assert all(tag.startswith("#") and " " not in tag for tag in text.hashtags)


def test_every_platforms_limits_are_kept():
    long = Description("T" * 400, "word " * 2000, ("tag" * 20,) * 50, tuple(f"#tag{i}" for i in range(60)))
    for name, fields in platform_fields(long, tuple(PLATFORMS)).items():
        limits = PLATFORMS[name].text
        assert isinstance(fields, dict)
        caption = str(fields.get("caption", fields.get("description")))
        assert len(caption) <= limits.caption
        assert len(str(fields.get("title", ""))) <= max(limits.title, 0)
        assert caption.count("#") <= limits.hashtags
        assert fields[limits.disclosure] is True


def test_x_counts_wide_letters_twice():
    fields = platform_fields(Description("標題", "月" * 400, (), ()), ("x",))["x"]
    assert isinstance(fields, dict)
    weight = sum(1 if letter == "\n" else 2 for letter in str(fields["caption"]))
    assert 270 < weight <= 280


def test_the_basic_description_needs_nothing_but_the_story():
    text = basic_description(parse_story({"story_id": "s1", "content": "x"}))
    assert (text.title, text.basic) == ("s1", True)


@pytest.mark.parametrize("language", languages())
def test_each_file_of_words_is_read_whole(language: str):
    words = vocabulary(language)
    assert words.lists["stop"]
    assert {"place", "thing", "role", "time", "weather"} <= set(words.meanings) | set(words.stems)


@pytest.mark.parametrize(
    ("name", "language", "size", "scenes"),
    [
        ("lost_artifact.json", "en", (1080, 1920), 10),
        ("el_relojero.json", "es", (1080, 1080), 9),
        ("ten_days_of_nothing.json", "en", (1920, 1080), 10),
        ("la_petite_allumeuse.md", "fr", (1080, 1920), 9),
        ("morning_bread.json", "en", (1080, 1080), 8),
    ],
)
def test_the_examples_are_stories_of_a_minute(name: str, language: str, size: tuple[int, int], scenes: int):
    path = EXAMPLES / name
    story = read_story(path.read_text("utf-8"), path.suffix, name)
    script = Rules().write(story)
    assert (script.language, story.size) == (language, size)
    assert abs(len(script.scenes) - scenes) <= 3
    assert 40 < sum(expected_seconds(scene.text) for scene in script.scenes) < 68
