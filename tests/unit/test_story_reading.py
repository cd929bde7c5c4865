"""Stories from text: what is accepted, and every problem with its place and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retake.errors import DocumentError
from retake.recipes.story import parse_story, read_story, story_schema, with_images
from retake.recipes.story.markdown import read_markdown

EXAMPLE = {
    "story_id": "story_12345",
    "title": "The Lost Artifact",
    "content": "Full story text...",
    "metadata": {"genre": "adventure", "target_duration": 60, "aspect_ratio": "9:16"},
}


def problems(raw: object) -> dict[str, tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        parse_story(raw)  # type: ignore[arg-type]
    return {p.place: (p.message, p.remedy) for p in caught.value.problems}


def test_the_specified_input_is_read_exactly():
    story = read_story(json.dumps(EXAMPLE), ".json")
    assert (story.story_id, story.title, story.content) == (
        "story_12345",
        "The Lost Artifact",
        "Full story text...",
    )
    assert (story.metadata.genre, story.metadata.target_duration) == ("adventure", 60)
    assert story.size == (1080, 1920)


def test_options_are_taken_from_options_or_metadata_alike():
    above = parse_story({**EXAMPLE, "options": {"voice": "clara", "fps": 29.97}})
    within = parse_story({**EXAMPLE, "metadata": {**EXAMPLE["metadata"], "voice": "clara", "fps": 29.97}})
    assert above.options == within.options
    assert above.options.voice == "clara"


def test_yaml_is_read_like_json():
    text = "title: Dawn\ncontent: The sun rose. Birds sang. All was well.\nmetadata:\n  aspect_ratio: '1:1'\n"
    assert read_story(text, ".yaml").size == (1080, 1080)


def test_a_bare_aspect_ratio_in_yaml_is_no_time_of_day():
    for written, size in (("9:16", (1080, 1920)), ("16:9", (1920, 1080)), ("4:5", (1080, 1350))):
        text = f"content: The sun rose.\nmetadata:\n  aspect_ratio: {written}\n"
        assert read_story(text, ".yml").size == size


def test_every_problem_is_reported_at_once_with_place_and_nearest_name():
    found = problems(
        {
            "titel": "x",
            "content": "A story.",
            "metadata": {"genre": 7, "aspect_ratio": "3:7", "target_duration": -1},
            "options": {"voise": "a", "brand": {"colors": ["blue"]}, "platforms": ["myspace"]},
            "voice": "clara",
        }
    )
    assert "title" in found["$.titel"][1]
    assert "voice" in found["$.options.voise"][1]
    assert "options" in found["$.voice"][1]
    assert "9:16" in found["$.metadata.aspect_ratio"][0]
    assert "youtube_shorts" in found["$.options.platforms[0]"][0]
    assert {"$.metadata.genre", "$.metadata.target_duration", "$.options.brand.colors[0]"} <= set(found)


def test_a_misplaced_option_keeps_the_users_own_path():
    assert "$.metadata.quality" in problems({**EXAMPLE, "metadata": {"quality": "ultra"}})


@pytest.mark.parametrize("content", ["", "   \n\t", None])
def test_an_empty_story_is_refused(content: str | None):
    raw = {"title": "Nothing"} if content is None else {"title": "Nothing", "content": content}
    assert "empty" in problems(raw)["$.content"][0]


def test_a_story_of_signs_alone_is_refused():
    assert "no words" in problems({"content": "🔥🎉 *** ..."})["$.content"][0]


def test_a_hundred_thousand_words_are_refused_with_the_limit():
    message, remedy = problems({"content": "word and more " * 33_400})["$.content"]
    assert "100,200 words" in message
    assert "2,500 words" in remedy


def test_a_story_in_a_script_without_spaces_is_measured_too():
    assert "too long" in problems({"content": "月光照在古老的寺庙上。" * 900})["$.content"][0]


def test_something_else_than_an_object_is_refused():
    assert "$" in problems([1, 2])


def test_markdown_gives_title_front_matter_and_plain_text():
    story = read_story(
        "---\ngenre: children\naspect_ratio: '1:1'\nmusic: none\n---\n# The *Red* Fox\n\nA **fox** ran to"
        " [the wood](http://x.y).\n\n## Later\n\n> It slept.\n\n- - -\n\nThe `end`.\n",
        ".md",
        "tales/red_fox.md",
    )
    assert story.title == "The Red Fox"
    assert story.story_id == "red_fox"
    assert story.content == "A fox ran to the wood.\n\n***\n\nIt slept.\n\n***\n\nThe end."
    assert (story.metadata.genre, story.options.music, story.size) == ("children", "none", (1080, 1080))


def test_a_setext_heading_is_a_title():
    assert read_markdown("Night\n=====\n\nIt was dark.\n").title == "Night"


def test_plain_text_takes_a_short_first_line_as_title():
    for first in ("Night Train", "# Night Train", "Title: Night Train"):
        assert read_story(f"{first}\n\nIt left at nine.\n", ".txt").title == "Night Train"
    assert read_story("It left at nine.\n\nNobody waved.", ".txt", "night_train.txt").title == "Night train"


def test_an_unknown_way_of_writing_is_refused():
    with pytest.raises(DocumentError, match="docx"):
        read_story("x", ".docx")


def test_a_folder_of_images_is_read_in_natural_order(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    for name in ("img10.jpg", "img2.jpg", "notes.txt", "img1.PNG"):
        (tmp_path / "mine" / name).write_bytes(b"")
    story = with_images(parse_story({**EXAMPLE, "options": {"images": "mine"}}), tmp_path)
    assert story.options.images == ("mine/img1.PNG", "mine/img2.jpg", "mine/img10.jpg")


@pytest.mark.parametrize(
    "name", ["../secret.jpg", "/etc/passwd.jpg", "file:///etc/x.jpg", "none.jpg", "a.concat"]
)
def test_images_that_are_missing_or_outside_are_refused(name: str, tmp_path: Path):
    with pytest.raises(DocumentError) as caught:
        with_images(parse_story({**EXAMPLE, "options": {"images": [name]}}), tmp_path)
    assert caught.value.problems[0].place == "$.options.images[0]"


def test_the_schema_describes_the_options_in_both_places():
    schema = story_schema()
    assert "caption_style" in schema["$defs"]["Metadata"]["properties"]
    assert "caption_style" in schema["$defs"]["Options"]["properties"]
    json.dumps(schema)
