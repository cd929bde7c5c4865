"""Variables: declared once, filled in for every row, before anything else is understood.

`{{ name }}` stands anywhere in a string of the document; a string that is nothing but one `{{ name }}` takes
the variable's own type. A condition on a clip is `{{ a }}`, `not {{ a }}`, or a comparison with == or !=.
Binding works on the plain JSON value, so that a colour, a number or a whole asset can be a variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from retake.errors import Problem
from retake.timeline.model import Model

_NAME = r"[A-Za-z_][\w.-]*"
_WORD = re.compile(_NAME)
_MERGE = re.compile(rf"\{{\{{\s*({_NAME})\s*\}}\}}")
_COMPARISON = re.compile(r"^(?P<left>.*?)\s*(?P<sign>==|!=)\s*(?P<right>.*)$", re.DOTALL)
_FALSE = {"", "0", "false", "no", "none", "null"}

VariableType = Literal["text", "number", "bool", "color", "image", "video", "audio"]


class Variable(Model):
    id: Annotated[str, Field(pattern=f"^{_NAME}$")]
    type: VariableType = "text"
    label: str = ""
    default: JsonValue = None
    required: bool = False
    options: tuple[JsonValue, ...] = ()
    max_chars: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _default_fits(self) -> Variable:
        if self.default is not None and (fault := self.fault(self.default)):
            raise ValueError(f"the default of {self.id!r} {fault}")
        return self

    def fault(self, value: JsonValue) -> str:
        """Why a value cannot fill this variable, or ""."""
        if self.options and value not in self.options:
            return f"must be one of {', '.join(map(str, self.options))}"
        if self.type == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
            return "must be a number"
        if self.type == "bool" and not isinstance(value, bool):
            return "must be true or false"
        if self.type in ("text", "color", "image", "video", "audio") and not isinstance(
            value, str | int | float
        ):
            return f"must be {'text' if self.type == 'text' else f'the {self.type} as text'}"
        if self.max_chars and len(str(value)) > self.max_chars:
            return f"has {len(str(value))} characters, more than {self.max_chars}"
        return ""


def bind(
    raw: JsonValue, variables: tuple[Variable, ...], row: Mapping[str, JsonValue]
) -> tuple[JsonValue, tuple[Problem, ...]]:
    """The document with every `{{ name }}` filled from `row` or the defaults, and every problem met."""
    declared = {variable.id: variable for variable in variables}
    values: dict[str, JsonValue] = {v.id: v.default for v in variables}
    problems: list[Problem] = []
    for name, value in row.items():
        if name not in declared:
            problems.append(
                Problem(f"row.{name}", "no such variable", "declare it in `variables` or drop it")
            )
        elif fault := declared[name].fault(value):
            problems.append(Problem(f"row.{name}", fault))
        else:
            values[name] = value
    for variable in variables:
        if variable.required and values[variable.id] is None and variable.id not in row:
            problems.append(Problem(f"row.{variable.id}", "is required", "give it a value"))

    def filled(text: str) -> str:
        return _MERGE.sub(lambda m: _text(values.get(m[1])), text)

    def fill(node: JsonValue, place: str) -> JsonValue:
        if isinstance(node, dict):
            return {
                k: v if k == "variables" and place == "$" else fill(v, f"{place}.{k}")
                for k, v in node.items()
            }
        if isinstance(node, list):
            return [fill(item, f"{place}[{i}]") for i, item in enumerate(node)]
        if not isinstance(node, str):
            return node
        for name in _MERGE.findall(node):
            if name not in declared:
                problems.append(Problem(place, f"{{{{ {name} }}}} is not declared", "add it to `variables`"))
        if place.endswith(".condition"):
            if _MERGE.search(node):
                return holds(node, filled)
            for word in sorted(declared.keys() & set(_WORD.findall(node))):
                problems.append(Problem(place, f"{word!r} is only a word here", f"write {{{{ {word} }}}}"))
        whole = _MERGE.fullmatch(node.strip())
        if whole and whole[1] in declared:
            value = values[whole[1]]
            return "" if value is None else value
        return filled(node)

    return fill(raw, "$"), tuple(problems)


def holds(condition: str | bool | float | None, filled: Callable[[str], str] = str) -> bool:
    """Whether a condition is true; no condition always is.

    It is taken apart first and its parts `filled` after, so that a value that holds "==" is only a value.
    """
    if not isinstance(condition, str):
        return condition is None or bool(condition)
    text = condition.strip()
    if comparison := _COMPARISON.match(text):
        equal = _bare(filled(comparison["left"])) == _bare(filled(comparison["right"]))
        return equal == (comparison["sign"] == "==")
    if text.startswith("not ") or text == "not":
        return not holds(text[3:], filled)
    return filled(text).strip().lower() not in _FALSE


def merge_fields(text: str) -> Iterator[str]:
    """The names of the merge fields in a text."""
    yield from _MERGE.findall(text)


def _bare(text: str) -> str:
    return text.strip().strip("'\"").lower()


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
