"""The way of a film, on one page.

    story or timeline + row
      -> bind      `read_story`, `read_document`: variables filled in, every problem at once
      -> make      `tell`, `picture`, `play`: missing assets, once each
      -> lay out   `open_shoot`: every clip on its exact frames
      -> plan      `assemble`: each span is copied from a master or encoded
      -> render    `Renderer`: (film, frame number) -> picture
      -> assemble  spans joined, one continuous mix, one file
      -> check     the file read back: a verdict
      -> deliver   captions, thumbnails, metadata

`story`, `timeline`, `preview` and `validation` hold the five functions that the command line and the library
call. Each is loaded when it is first asked for, so that a preview does not wait for what only a story needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retake.produce.preview import preview_frame
    from retake.produce.results import FilmResult, Production
    from retake.produce.story import produce_story
    from retake.produce.timeline import check_file, render_document
    from retake.produce.validation import validate_file

__all__ = [
    "FilmResult",
    "Production",
    "check_file",
    "preview_frame",
    "produce_story",
    "render_document",
    "validate_file",
]

_HOMES = {
    "FilmResult": "results",
    "Production": "results",
    "check_file": "timeline",
    "preview_frame": "preview",
    "produce_story": "story",
    "render_document": "timeline",
    "validate_file": "validation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
