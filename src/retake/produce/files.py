"""Documents and folders of the user's: read with plain errors, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from retake.errors import HostError, InputError

_LONGEST_TEXT = 32 << 20


def read_text(path: Path) -> str:
    """A document's text. Raises `InputError`."""
    try:
        if path.stat().st_size > _LONGEST_TEXT:
            raise InputError("is too large for a document", place=str(path), remedy="is it the right file?")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("there is no such file", place=str(path), remedy="check the path") from error
    except IsADirectoryError as error:
        raise InputError("is a folder", place=str(path), remedy="name the file in it") from error
    except UnicodeDecodeError as error:
        raise InputError("is not text in UTF-8", place=str(path), remedy="save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from error


def make_folder(path: Path) -> Path:
    """The folder, made if need be. Raises `InputError` or `HostError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError("is not a folder", place=str(path), remedy="choose another place") from error
    except OSError as error:
        remedy = "choose a folder that can be written"
        raise HostError(f"cannot be made: {error.strerror}", place=str(path), remedy=remedy) from error
    return path


def write_text(path: Path, text: str) -> Path:
    """Writes a text file whole or not at all. Raises `HostError`."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise HostError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="free some space"
        ) from error
    return path


def write_json(path: Path, value: Any) -> Path:
    return write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
