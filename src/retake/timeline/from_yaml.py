"""YAML as the plain values that JSON can hold. Apart from `reading`, since few documents need it.

Errors: `DocumentError` with line and column; `ValueError` or `TypeError` for what has no such place.
"""

from __future__ import annotations

import json

import yaml

from retake.errors import DocumentError, Problem

_LARGEST = 1_000_000


def from_yaml(text: str, *, name: str) -> object:
    """The value. What its aliases unfold to more than a million values is refused; raises
    `RecursionError` for what lies too deep."""
    try:
        return _value(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "$"
        problem = Problem(where, "is neither JSON nor YAML", error.problem or "check the indentation there")
        raise DocumentError([problem], place=name) from error
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _value(text: str) -> object:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _unfolded(node, {}) > _LARGEST:
            raise ValueError("its aliases unfold to more than a document can hold")
        value: object = loader.construct_document(node)  # pyright: ignore[reportUnknownMemberType]
    finally:
        loader.dispose()
    json.dumps(value)  # dates, sets and cycles have no place in a document
    return value


def _unfolded(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for, each alias counted as what it repeats."""
    if id(node) not in known:
        parts: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            parts = [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            parts = node.value
        known[id(node)] = 1 + sum(_unfolded(part, known) for part in parts)
    return known[id(node)]
