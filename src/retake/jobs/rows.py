"""Rows of data: a CSV, TSV, JSON Lines, JSON or XLSX file in, `Row` values out, every problem at once."""

from __future__ import annotations

import csv
import json
import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import JsonValue

from retake.errors import DocumentError, InputError, Problem

MOST_ROWS = 1_000_000
_LARGEST = 512 * 1024 * 1024
_NO_WORKBOOK = (
    BadZipFile, InvalidFileException, ParseError, zlib.error, EOFError, KeyError, IndexError, ValueError,
    TypeError, AttributeError,
)  # fmt: skip
"""What openpyxl raises for a file that is broken, at whatever depth."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, counted from 1 without the header, and its fields."""

    number: int
    data: dict[str, JsonValue]

    @property
    def key(self) -> str:
        """The SHA-256 of its content: a row that was edited has another."""
        return sha256(json.dumps(self.data, sort_keys=True).encode()).hexdigest()


def read_rows(path: Path) -> tuple[Row, ...]:
    """The rows of a file, by its ending: .csv, .tsv, .jsonl, .ndjson, .json or .xlsx.

    Blank lines are skipped, and not counted. Raises `InputError` or `DocumentError` with every problem.
    """
    readers = {
        ".csv": _read_csv,
        ".tsv": _read_csv,
        ".tab": _read_csv,
        ".jsonl": _read_json_lines,
        ".ndjson": _read_json_lines,
        ".json": _read_json,
        ".xlsx": _read_xlsx,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        remedy = "give a .csv, .tsv, .jsonl, .json or .xlsx file"
        raise InputError(
            f"{path.suffix or 'no ending'!r} is no kind of table", place=str(path), remedy=remedy
        )
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError("is larger than 512 MB", place=str(path), remedy="split it")
        records = reader(path)
    except OSError as error:
        remedy = "check the path" if not path.exists() else (error.strerror or str(error)).lower()
        raise InputError("cannot be read", place=str(path), remedy=remedy) from error
    if not records:
        raise InputError("holds no rows", place=str(path), remedy="give a header and at least one row")
    if len(records) > MOST_ROWS:
        raise InputError(f"holds {len(records)} rows", place=str(path), remedy=f"split it at {MOST_ROWS}")
    return tuple(Row(i, record) for i, record in enumerate(records, 1))


def _decoded(path: Path) -> str:
    """The text of a file: UTF-8 or, where a byte order mark says so, UTF-16."""
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"line {line} is not UTF-8 text", place=str(path), remedy="save it as CSV UTF-8, or as .xlsx"
        ) from error


def _read_csv(path: Path) -> list[dict[str, JsonValue]]:
    text = _decoded(path)
    delimiter = "\t" if path.suffix.lower() in (".tsv", ".tab") else _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[str, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((f"line {reader.line_num}", cells))
    except csv.Error as error:
        raise InputError(
            f"line {reader.line_num}: {error}", place=str(path), remedy="check the quotes there"
        ) from error
    return _records(path, lines)


def _delimiter(text: str) -> str:
    """What parts the header: a comma, or the semicolon that spreadsheets write in half of Europe."""
    header = text.lstrip().partition("\n")[0]
    return max((",", ";", "\t"), key=header.count)


def _records(path: Path, lines: Sequence[tuple[str, Sequence[Any]]]) -> list[dict[str, JsonValue]]:
    """Rows of cells under a header as records. Raises `DocumentError`."""
    if not lines:
        return []
    names = [str(cell or "").strip() for cell in lines[0][1]]
    while names and not names[-1]:
        names.pop()
    problems = [*_header_problems(names)]
    for place, cells in lines[1:]:
        if any(str(cell or "").strip() for cell in cells[len(names) :]):
            message = f"has {len(cells)} cells where the header has {len(names)}"
            problems.append(Problem(place, message, "quote cells that hold the separator"))
    if problems:
        raise DocumentError(problems, place=str(path))
    return [dict(zip(names, _padded(cells, len(names)), strict=True)) for _, cells in lines[1:]]


def _header_problems(names: Sequence[str]) -> Iterator[Problem]:
    for i, name in enumerate(names):
        if not name:
            yield Problem(f"column {i + 1}", "has no name", "name it in the first line")
        elif name in names[:i]:
            yield Problem(f"column {i + 1}", f"{name!r} stands in the header twice", "rename one of them")


def _padded(cells: Sequence[Any], width: int) -> list[JsonValue]:
    return [cells[i] if i < len(cells) else "" for i in range(width)]


def _read_json_lines(path: Path) -> list[dict[str, JsonValue]]:
    found: list[dict[str, JsonValue]] = []
    problems: list[Problem] = []
    for number, line in enumerate(_decoded(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(Problem(f"line {number}", "is not JSON", str(error)))
            continue
        if isinstance(record, dict):
            found.append(cast("dict[str, JsonValue]", record))
        else:
            problems.append(Problem(f"line {number}", "is not an object", 'write {"name": "value"}'))
    if problems:
        raise DocumentError(problems, place=str(path))
    return found


def _read_json(path: Path) -> list[dict[str, JsonValue]]:
    try:
        raw: object = json.loads(_decoded(path))
    except (ValueError, RecursionError) as error:
        raise InputError("is not JSON", place=str(path), remedy=f"look there: {error}") from error
    if isinstance(raw, dict):
        raw = cast("dict[str, object]", raw).get("rows", [raw])
    if not isinstance(raw, list):
        raise InputError("is not a list of rows", place=str(path), remedy='write [{"name": "value"}, ...]')
    records = cast("list[object]", raw)
    wrong = [i for i, record in enumerate(records) if not isinstance(record, dict)]
    if wrong:
        problems = [Problem(f"$[{i}]", "is not an object", 'write {"name": "value"}') for i in wrong]
        raise DocumentError(problems, place=str(path))
    return cast("list[dict[str, JsonValue]]", records)


def _read_xlsx(path: Path) -> list[dict[str, JsonValue]]:
    """The first sheet; a formula counts as the value that was last worked out for it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a workbook holds beside its cells
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                cells = list(book.worksheets[0].iter_rows(values_only=True))
            finally:
                book.close()
    except _NO_WORKBOOK as error:
        raise InputError(
            "is no XLSX file", place=str(path), remedy="save it as Excel workbook (.xlsx), or as CSV"
        ) from error
    lines = [(f"row {number}", [_cell(value) for value in line]) for number, line in enumerate(cells, 1)]
    return _records(path, [(place, line) for place, line in lines if any(str(v).strip() for v in line)])


def _cell(value: object) -> JsonValue:
    """A cell as JSON: dates as ISO 8601, without the midnight that a workbook gives to every day."""
    if value is None or isinstance(value, str | bool | int | float):
        return "" if value is None else value
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return value.isoformat() if isinstance(value, date | time) else str(value)
