"""Text becomes a document, or every problem at once, each with its place and what to do."""

# ruff: noqa: E501

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from pydantic import JsonValue

from retake.errors import DocumentError
from retake.timeline.reading import load, parse

Raw = dict[str, JsonValue]

COLOR: Raw = {"type": "color", "color": "#fff"}
CLIP = "$.timeline.tracks[0].clips[0]"


def _film(*clips: Raw, **top: JsonValue) -> Raw:
    listed: list[JsonValue] = [{"asset": COLOR, "duration": 2, **clip} for clip in clips or ({},)]
    return {"timeline": {"tracks": [{"clips": listed}]}, **top}


def _problems(raw: JsonValue | str, row: Raw | None = None) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse(raw if isinstance(raw, str) else json.dumps(raw), row=row)
    return [str(problem) for problem in caught.value.problems]


def test_json_and_yaml_give_the_same_document() -> None:
    yaml = """
    timeline:
      tracks:
        - clips:
            - asset: {type: color, color: "#fff"}
              duration: 2
    """
    assert parse(json.dumps(_film())) == parse(yaml)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert parse("\ufeff" + json.dumps(_film())) == parse(json.dumps(_film()))
    assert load("\ufeffa: 1", name="x") == {"a": 1}


@pytest.mark.parametrize("text", ["", " \n", "hello", "[1]", "3", "null", "\ufeff"])
def test_what_is_no_object_is_refused(text: str) -> None:
    assert _problems(text) == ['$: is not an object (start with {"timeline": ...})']


def test_broken_json_is_told_by_line_and_column() -> None:
    assert _problems('{"timeline":\n  {"tracks": [}]}')[0].startswith("line 2, column 15: Expecting value")


def test_broken_yaml_is_told_by_line_and_column() -> None:
    assert _problems("timeline: [1\nb: 2")[0].startswith("line 2, column 2: is neither JSON nor YAML")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 300 + "1" + "}" * 300, "- " * 3000 + "x", "timeline: &a [*a]"],
)
def test_deep_nesting_and_cycles_are_refused(text: str) -> None:
    assert "nested too deeply" in _problems(text)[0]


def test_aliases_may_repeat_but_not_explode() -> None:
    text = "timeline: {tracks: [{clips: [{asset: &a {type: color, color: '#fff'}, duration: 1},"
    text += " {asset: *a, start: 1, duration: 1}]}]}"
    assert len(parse(text).timeline.tracks[0].clips) == 2
    laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    laughs += "".join(f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in pairwise("abcdefghi"))
    assert "unfold" in _problems(laughs)[0]
    merges = "a: &a {k: 1}\n"
    merges += "".join(f"{b}: &{b} {{<<: [{', '.join(['*' + a] * 10)}]}}\n" for a, b in pairwise("abcdefghi"))
    assert "unfold" in _problems(merges)[0]


def test_yaml_makes_no_objects() -> None:
    assert "neither JSON nor YAML" in _problems("timeline: !!python/object/apply:os.getcwd []")[0]
    assert "date" in _problems("timeline: 2020-01-01")[0]


@pytest.mark.parametrize(
    ("clip", "problem"),
    [
        (
            {"asset": {"type": "text", "text": "hi", "style": {"size": -1}}},
            f"{CLIP}.asset.style.size: input should be greater than 0, not -1",
        ),
        (
            {"asset": {"type": "text", "text": "hi", "style": {"colr": "#fff"}}},
            f"{CLIP}.asset.style.colr: unknown field (did you mean 'color'?)",
        ),
        ({"asset": {"type": "text", "text": 5}}, f"{CLIP}.asset.text: input should be a valid string, not 5"),
        ({"asset": {"type": "text"}}, f"{CLIP}.asset.text: is missing (add it)"),
        ({"asset": {"text": "hi"}}, f"{CLIP}.asset: has no `type` (say what it is: image, video, text, ...)"),
        ({"asset": "x"}, f"{CLIP}.asset: input should be an object, not 'x' (write it as an object: {{ ... }})"),
        ({"asset": {"type": "color", "color": "red"}}, f"{CLIP}.asset.color: 'red' is not a colour; write #rgb, #rrggbb or #rrggbbaa"),
        ({"scale": [{"at": 0, "value": "x"}]}, f"{CLIP}.scale[0].value: input should be a valid number, unable to parse string as a number, not 'x'"),
        ({"scale": {"foo": 1, "keyframes": [{"at": 0, "value": 1}]}}, f"{CLIP}.scale.foo: unknown field (remove it)"),
        ({"scale": "abc"}, f"{CLIP}.scale: input should be a valid number, unable to parse string as a number, not 'abc'"),
        ({"scale": [{"at": 1, "value": 1}, {"at": 0, "value": 1}]}, f"{CLIP}.scale: keyframes must come in order of time, each at its own time"),
        ({"scale": []}, f"{CLIP}.scale: the list should have at least 1 item, not 0"),
        ({"condition": {"a": 1}}, f"{CLIP}.condition: input should be a valid string"),
        ({"start": -1}, f"{CLIP}.start: input should be greater than or equal to 0, not -1"),
        ({"start": "1e999999999"}, f"{CLIP}.start: '1e999999999' is not a time; give seconds, '5/2' or '1:02.5'"),
        ({"start": 10**300}, f"{CLIP}.start: longer than a day"),
        ({"duration": 0}, f"{CLIP}.duration: input should be greater than 0, not 0"),
        ({"tracks": []}, f"{CLIP}.tracks: unknown field (it belongs elsewhere; remove it here)"),
        ({"position": "middle"}, f"{CLIP}.position: 'middle' is not a place; give {{x, y}} or one of center, top, bottom, left, right, top_left, top_right, bottom_left, bottom_right"),
        ({"transition": {"in": {"type": "fade", "duration": -1}}}, f"{CLIP}.transition.in.duration: input should be greater than 0, not -1"),
        ({"mask": {"shape": "image"}}, f"{CLIP}.mask: an image mask, and only an image mask, needs `src`"),
        ({"box": {"width": "\ud800"}}, f"{CLIP}.box.width: input should be a valid string, unable to parse raw data as a unicode string, not '\\ud800'"),
    ],
)  # fmt: skip
def test_a_problem_is_told_at_its_place_in_the_users_own_document(clip: Raw, problem: str) -> None:
    assert _problems(_film(clip)) == [problem]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_no_number_may_be_endless_or_undefined(number: str) -> None:
    text = json.dumps(_film({"scale": 7, "start": 7, "corner_radius": 7})).replace("7", number)
    places = [problem.split(":")[0] for problem in _problems(text)]
    assert places == [f"{CLIP}.start", f"{CLIP}.scale", f"{CLIP}.corner_radius"]


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert "neither JSON" in _problems('{"timeline": ' + "9" * 5000 + "}")[0]


def test_every_problem_is_told_at_once() -> None:
    raw = _film(
        {"start": -1, "opacty": 1},
        {"asset": {"type": "text", "text": "{{ who }}", "style": {"size": "big"}}},
        output={"size": [1081, 1920], "fps": 0},
        outptu={},
    )
    raw["variables"] = [{"id": "who"}, {"id": "n", "type": "numbr"}]
    places = [problem.split(":")[0] for problem in _problems(raw)]
    assert places == [
        "$.variables[1].type",
        f"{CLIP}.start",
        f"{CLIP}.opacty",
        "$.timeline.tracks[0].clips[1].asset.style.size",
        "$.output.size",
        "$.output.fps",
        "$.outptu",
    ]  # fmt: skip


def test_problems_of_the_row_and_of_the_document_come_together() -> None:
    raw = _film({"start": -1, "scale": "{{ zoom }}", "opacity": "{{ undeclared }}"})
    raw["variables"] = [{"id": "zoom", "type": "number", "required": True}]
    places = [problem.split(":")[0] for problem in _problems(raw)]
    assert places[:3] == ["row.zoom", f"{CLIP}.opacity", f"{CLIP}.start"]


def test_a_row_fills_numbers_colours_and_texts() -> None:
    raw = _film(
        {
            "asset": {"type": "text", "text": "Hi {{ name }}"},
            "opacity": "{{ see }}",
            "condition": "{{ name }}",
        }
    )
    raw["variables"] = [{"id": "name"}, {"id": "see", "type": "number", "default": 0.5}]
    clip = parse(json.dumps(raw), row={"name": "{{ see }}"}).timeline.tracks[0].clips[0]
    assert clip.opacity == 0.5
    assert clip.asset.model_dump()["text"] == "Hi {{ see }}"
    assert clip.condition is True


def test_lone_surrogates_are_refused() -> None:
    assert _problems(_film({"asset": {"type": "text", "text": "\ud800"}}))[0].startswith(f"{CLIP}.asset.text")


def test_a_field_is_taken_for_a_misspelling_only_where_it_is_nearly_one() -> None:
    told = _problems({"story_id": "a", "content": "b", "outputs": {}})
    assert "$.story_id: unknown field (remove it)" in told
    assert "$.outputs: unknown field (did you mean 'output'?)" in told
    shaped = "$.variables: input should be a list (write it as a list: [ ... ])"
    assert _problems(_film(variables={})) == [shaped]
    assert "$.timeline: is missing (add it; the film of a story is made by `retake story`)" in told
