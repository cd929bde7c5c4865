"""A document from text: JSON or YAML in, a bound and validated `Document` out, every problem at once.

Nothing is read from disk here; the caller brings the text. Problems carry JSON paths of the user's own
document and a remedy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from textwrap import shorten
from typing import Any, cast, get_args

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from retake.errors import DocumentError, Problem
from retake.timeline.document import Document
from retake.timeline.validate import problems_of
from retake.timeline.variables import Variable, bind

_VARIABLES = TypeAdapter(tuple[Variable, ...])
_DEEPEST = 100
_PLAIN = (str, int, float, bool, type(None))
_WORDS = {
    "a valid dictionary or object to extract fields from": "an object",
    "a valid dictionary": "an object",
    "valid tuple": "list",
    "tuple should": "the list should",
    " after validation": "",
}
"""Python's words, and a document's."""
_ADDED = {"$.timeline": "add it; the film of a story is made by `retake story`"}
_LIST, _OBJECT = "write it as a list: [ ... ]", "write it as an object: { ... }"
_SHAPES = {
    "list_type": _LIST, "tuple_type": _LIST, "dict_type": _OBJECT, "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
}  # fmt: skip
_ALIKE = 0.72
"""How like a known name a field must be to be taken for a misspelling of it, 0 to 1."""


def parse(text: str, *, name: str = "timeline", row: Mapping[str, JsonValue] | None = None) -> Document:
    """The document in `text`, its variables filled from `row`. Raises `DocumentError` with every problem."""
    raw = load(text, name=name)
    if not isinstance(raw, dict):
        raise DocumentError([Problem("$", "is not an object", 'start with {"timeline": ...}')], place=name)
    try:
        variables = validated(_VARIABLES, raw.get("variables") or [], name=name, at="$.variables")
    except DocumentError:
        variables = None  # told below, with the rest of the document
    bound, faults = bind(raw, variables or (), row or {})
    told = () if variables is None else faults
    try:
        document = validated(TypeAdapter(Document), bound, name=name)
    except DocumentError as error:
        unfilled = {fault.place for fault in faults}
        rest = (problem for problem in error.problems if problem.place not in unfilled)
        raise DocumentError([*told, *rest], place=name) from error
    if wrong := [*told, *(p for p in problems_of(document) if not p.warning)]:
        raise DocumentError(wrong, place=name)
    return document


def load(text: str, *, name: str) -> JsonValue:
    """JSON or YAML as a plain value. Raises `DocumentError` with line and column.

    What unfolds to more than a million values or lies deeper than a hundred levels is refused.
    """
    text = text.lstrip("\ufeff")
    try:
        value = _plain(text, name)
        if _depth(value) > _DEEPEST:
            raise RecursionError
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problem = Problem(where, error.msg, "check commas and quotes there")
    except (TypeError, ValueError) as error:
        problem = Problem("$", "is neither JSON nor YAML", str(error).split("\n")[0])
    except RecursionError:
        problem = Problem("$", "is nested too deeply", f"stay within {_DEEPEST} levels")
    else:
        return value
    raise DocumentError([problem], place=name)


def _plain(text: str, name: str) -> JsonValue:
    if text.lstrip().startswith(("{", "[")):
        return json.loads(text)

    from retake.timeline.from_yaml import from_yaml

    return cast(JsonValue, from_yaml(text, name=name))


def _depth(value: JsonValue) -> int:
    depth, level = 0, [value]
    while level and depth <= _DEEPEST:
        depth += 1
        below = (node.values() if isinstance(node, dict) else node for node in level)
        level = [child for nodes in below if not isinstance(nodes, _PLAIN) for child in nodes]
    return depth


def validated(adapter: TypeAdapter[Any], value: JsonValue, *, name: str, at: str = "$") -> Any:
    """The value as the adapter's type. Raises `DocumentError` whose problems name JSON paths and remedies."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise DocumentError(tuple(_problems(error, value, at)), place=name) from error


def _problems(error: ValidationError, value: JsonValue, at: str) -> Iterable[Problem]:
    seen: set[str] = set()
    for fault in error.errors(include_url=False):
        kind, message = fault["type"], fault["msg"].removeprefix("Value error, ")
        given = fault.get("input")
        limits: dict[str, Any] = fault.get("ctx", {})
        if (
            kind == "too_short"
            and isinstance(given, list)
            and len(cast(list[Any], given)) >= limits["min_length"]
        ):
            continue  # pydantic counts only the items that are right, and those have been told
        place = at + _path(fault["loc"], value, missing=kind == "missing")
        remedy = ""
        if kind == "extra_forbidden":
            message, remedy = "unknown field", _near(str(fault["loc"][-1]))
        elif kind == "missing":
            message, remedy = "is missing", _ADDED.get(place, "add it")
        elif kind == "union_tag_not_found":
            message, remedy = "has no `type`", "say what it is: image, video, text, ..."
        elif not isinstance(given, dict | list) and kind != "value_error":
            message = f"{message}, not {shorten(repr(given), 80)}"
        remedy = remedy or _SHAPES.get(kind, "")
        if kind != "value_error":
            message = message[:1].lower() + message[1:]
        for theirs, ours in _WORDS.items():
            message = message.replace(theirs, ours)
        key = place if kind.endswith(("_type", "_parsing")) else f"{place} {message}"
        if key not in seen:
            seen.add(key)
            yield Problem(place, message, remedy)


def _path(loc: tuple[int | str, ...], value: JsonValue, *, missing: bool) -> str:
    """The location as a path of the user's value: pydantic's union branches are no part of it."""
    path, here, before = "", value, None
    for step in loc:
        if isinstance(step, int) and isinstance(here, list | tuple):
            path, here = f"{path}[{step}]", here[step] if step < len(here) else None
        elif not isinstance(here, dict) or (before == "asset" and step == here.get("type")):
            pass
        elif step in here or (missing and step == loc[-1]):
            path, here = f"{path}.{step}", here.get(cast(str, step))
        before = step
    return path


def _near(field: str) -> str:
    known = _known_fields()
    if field in known:
        return "it belongs elsewhere; remove it here"
    near = get_close_matches(field, known, n=1, cutoff=_ALIKE)
    return f"did you mean {near[0]!r}?" if near else "remove it"


def _known_fields() -> list[str]:
    """Every field name that documents know: enough to suggest from."""
    names: set[str] = set()
    waiting: list[type[BaseModel]] = [Document]
    seen: set[type[BaseModel]] = set()
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        for name, field in model.model_fields.items():
            names.add(field.alias or name)
            waiting.extend(_models_in(field.annotation))
    return sorted(names)


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
