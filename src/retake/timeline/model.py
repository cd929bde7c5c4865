"""The base of everything in a document: frozen, strict about unknown fields."""

from __future__ import annotations

import ast
import re
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Model(BaseModel):
    """A frozen value. An unknown field is an error, since it is most often a misspelt one.

    The string below a field is its description in the JSON Schema. It is read from the source when a schema
    is asked for: pydantic's own `use_attribute_docstrings` parses every class when it is made, which took a
    fifth of the time of a cold preview frame.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        allow_inf_nan=False,
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        told = {name: text for base in reversed(cls.__mro__) for name, text in _described(base).items()}
        for name, field in cls.model_fields.items():
            shown = properties.get(field.alias or name, properties.get(name))
            if shown is not None and name in told:
                shown.setdefault("description", told[name])
        return schema


def _described(model: type) -> dict[str, str]:
    """The strings below the fields of a class of ours, by the fields' names."""
    if not issubclass(model, Model):
        return {}
    body = ast.parse(dedent(getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: cleandoc(text.value.value)
        for field, text in pairwise(body.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


_HEX = re.compile(r"^#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$", re.IGNORECASE)


def _colour(value: str) -> str:
    if not _HEX.match(value):
        raise ValueError(f"{value!r} is not a colour; write #rgb, #rrggbb or #rrggbbaa")
    return value.lower()


Colour = Annotated[str, AfterValidator(_colour), WithJsonSchema({"type": "string", "pattern": _HEX.pattern})]
