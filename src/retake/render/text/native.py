"""The libraries that set text. They come without types, so that the type checker takes them as they are."""

from __future__ import annotations

from importlib import import_module
from typing import Any

harfbuzz: Any = import_module("uharfbuzz")
freetype: Any = import_module("freetype")
bidi: Any = import_module("bidi")
bidi_algorithm: Any = import_module("bidi.algorithm")
