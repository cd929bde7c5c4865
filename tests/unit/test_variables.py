"""Variables: typed, checked, filled in once, and never read as anything but values."""

from __future__ import annotations

import pytest
from pydantic import JsonValue, TypeAdapter, ValidationError

from retake.timeline.variables import Variable, bind, holds, merge_fields

_VARIABLES = TypeAdapter(tuple[Variable, ...])


def _bind(raw: JsonValue, declared: list[JsonValue], row: dict[str, JsonValue]) -> JsonValue:
    bound, problems = bind(raw, _VARIABLES.validate_python(declared), row)
    assert not problems
    return bound


def _faults(raw: JsonValue, declared: list[JsonValue], row: dict[str, JsonValue]) -> list[str]:
    return [str(problem) for problem in bind(raw, _VARIABLES.validate_python(declared), row)[1]]


NAME: JsonValue = {"id": "name", "default": "you"}
COUNT: JsonValue = {"id": "count", "type": "number"}


def test_a_string_that_is_one_merge_takes_the_values_own_type() -> None:
    assert _bind({"a": "{{ count }}", "b": " {{count}} "}, [COUNT], {"count": 3}) == {"a": 3, "b": 3}


def test_a_merge_within_a_text_is_written_into_it() -> None:
    raw: JsonValue = ["Hi {{ name }}, {{ count }} new", "{{ yes }}!"]
    declared = [NAME, COUNT, {"id": "yes", "type": "bool"}]
    assert _bind(raw, declared, {"name": "Ada", "count": 2, "yes": True}) == ["Hi Ada, 2 new", "true!"]


def test_a_value_that_is_not_given_is_its_default_or_nothing() -> None:
    assert _bind(["{{ name }}", "<{{ count }}>"], [NAME, COUNT], {}) == ["you", "<>"]


def test_a_value_is_never_expanded_again() -> None:
    row: dict[str, JsonValue] = {"name": "{{ secret }}", "secret": "x"}
    declared: list[JsonValue] = [NAME, {"id": "secret"}]
    assert _bind(["{{ name }}", "a {{ name }}"], declared, row) == ["{{ secret }}", "a {{ secret }}"]


def test_variables_themselves_are_left_as_they_are() -> None:
    raw: JsonValue = {"variables": [{"id": "name", "label": "{{ name }}"}], "x": "{{ name }}"}
    assert _bind(raw, [NAME], {}) == {"variables": [{"id": "name", "label": "{{ name }}"}], "x": "you"}


def test_an_undeclared_merge_is_named_with_its_place() -> None:
    assert _faults({"a": [{"b": "hi {{ nme }}"}]}, [NAME], {}) == [
        "$.a[0].b: {{ nme }} is not declared (add it to `variables`)"
    ]


def test_every_problem_of_a_row_is_named_at_once() -> None:
    declared: list[JsonValue] = [
        COUNT,
        {"id": "must", "required": True},
        {"id": "short", "max_chars": 3},
        {"id": "plan", "options": ["gold", "free"]},
        {"id": "on", "type": "bool"},
    ]
    row: dict[str, JsonValue] = {"count": "3", "short": "long", "plan": "iron", "on": 1, "else": 1}
    faults = _faults({}, declared, row)
    assert [fault.split(":")[0] for fault in faults] == [
        "row.count", "row.short", "row.plan", "row.on", "row.else", "row.must",
    ]  # fmt: skip


def test_a_default_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be a number"):
        Variable.model_validate({"id": "n", "type": "number", "default": "x"})


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (None, True), (True, True), (False, False), (0, False), (2.5, True), ("yes", True), ("", False),
        ("no", False), ("False", False), ("0", False), ("none", False), ("not yes", False), ("not", True),
        ("not  ", True), ("gold == gold", True), ("gold == Gold", True), ("gold == 'gold'", True),
        ("gold != free", True), ("gold == free", False), (" == ", True), ("x != ", True), ("note", True),
    ],
)  # fmt: skip
def test_a_condition_is_a_value_a_negation_or_a_comparison(condition: str | bool, shown: bool) -> None:
    assert holds(condition) is shown


@pytest.mark.parametrize(
    ("condition", "value", "shown"),
    [
        ("{{ name }}", "Ada", True),
        ("{{ name }}", "", False),
        ("not {{ name }}", "", True),
        ("{{ name }} == Ada", "ada", True),
        ("{{ name }} == gold", "gold == gold", False),
        ("{{ name }} == gold", "x != ", False),
        ("{{ name }}", "not good", True),
        ("{{ name }}", "a == b", True),
        ("not {{ name }}", "no way", False),
    ],
)
def test_a_value_cannot_change_what_a_condition_asks(condition: str, value: str, shown: bool) -> None:
    bound = _bind({"clip": {"condition": condition}}, [NAME], {"name": value})
    assert isinstance(bound, dict)
    clip = bound["clip"]
    assert isinstance(clip, dict)
    assert clip["condition"] is shown


def test_merge_fields_are_listed_in_order() -> None:
    assert list(merge_fields("{{ a }} {{b.c}} { d } {{e f}}")) == ["a", "b.c"]


@pytest.mark.parametrize("condition", ["name", "not name", "name == Ada"])
def test_a_condition_that_only_spells_a_variable_is_a_mistake(condition: str) -> None:
    raw: JsonValue = {"clips": [{"condition": condition}]}
    (told,) = _faults(raw, [NAME], {})
    assert told == "$.clips[0].condition: 'name' is only a word here (write {{ name }})"
