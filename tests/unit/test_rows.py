"""Rows come out of every kind of table alike, and what is wrong with a table is told with its place."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from retake.errors import DocumentError, InputError
from retake.jobs.rows import read_rows

PEOPLE = [
    {"client_name": "Zoë", "company_name": "Müller, Söhne"},
    {"client_name": "李雷", "company_name": "A"},
]


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


CSV = 'client_name,company_name\nZoë,"Müller, Söhne"\n\n李雷,A\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", CSV),
        ("bom.csv", b"\xef\xbb\xbf" + CSV.encode()),
        ("utf16.csv", CSV.encode("utf-16")),
        ("windows.csv", CSV.replace("\n", "\r\n")),
        ("excel.csv", "client_name;company_name\nZoë;Müller, Söhne\n李雷;A\n"),
        ("rows.tsv", "client_name\tcompany_name\nZoë\tMüller, Söhne\n李雷\tA\n"),
        ("rows.jsonl", "\n".join(json.dumps(row) for row in PEOPLE) + "\n\n"),
        ("rows.json", json.dumps(PEOPLE)),
        ("named.json", json.dumps({"rows": PEOPLE})),
    ],
)
def test_every_kind_of_table_gives_the_same_rows(tmp_path: Path, name: str, content: str | bytes) -> None:
    rows = read_rows(_file(tmp_path, name, content))
    assert [row.data for row in rows] == PEOPLE
    assert [row.number for row in rows] == [1, 2]


def test_a_workbook_gives_its_first_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["name", "since", "seats"], ["Ada", datetime.date(2026, 3, 1), 12], [None, None, None]):
        sheet.append(cells)
    book.save(tmp_path / "rows.xlsx")
    (row,) = read_rows(tmp_path / "rows.xlsx")
    assert row.data == {"name": "Ada", "since": "2026-03-01", "seats": 12}


def test_a_cell_may_hold_line_breaks(tmp_path: Path) -> None:
    (row,) = read_rows(_file(tmp_path, "rows.csv", 'name,note\nAda,"one\ntwo"\n'))
    assert row.data["note"] == "one\ntwo"


def test_only_line_ends_part_rows(tmp_path: Path) -> None:
    (row,) = read_rows(_file(tmp_path, "rows.csv", "name,note\nAda,one\u2028two\x0cthree\n"))
    assert row.data["note"] == "one\u2028two\x0cthree"


def test_half_a_character_is_kept_for_its_row_to_be_refused(tmp_path: Path) -> None:
    (row,) = read_rows(_file(tmp_path, "rows.json", '[{"name": "\\ud800"}]'))
    assert row.data == {"name": "\ud800"} and len(row.key) == 64


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for i in range(50):
        sheet.append([f"name {i}", i])
    book.save(tmp_path / "whole.xlsx")
    with ZipFile(tmp_path / "whole.xlsx") as whole, ZipFile(tmp_path / "broken.xlsx", "w") as broken:
        for name in whole.namelist():
            data = whole.read(name)
            broken.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(InputError, match="is no XLSX file"):
        read_rows(tmp_path / "broken.xlsx")


def test_missing_cells_at_the_end_are_empty(tmp_path: Path) -> None:
    (row,) = read_rows(_file(tmp_path, "rows.csv", "name,note\nAda\n"))
    assert row.data == {"name": "Ada", "note": ""}


def test_the_key_of_a_row_is_that_of_its_content(tmp_path: Path) -> None:
    first = read_rows(_file(tmp_path, "a.csv", "x,y\n1,2\n3,4\n"))
    second = read_rows(_file(tmp_path, "b.csv", "x,y\n1,2\n3,5\n"))
    assert first[0].key == second[0].key
    assert first[1].key != second[1].key


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", "name,name\nA,B\n", "column 2"),
        ("b.csv", "name,,note\nA,B,C\n", "column 2"),
        ("c.csv", "name\nA,B\n", "line 2"),
        ("d.jsonl", '{"a": 1}\nnot json\n[1]\n', "line 2"),
        ("e.json", "[1, 2]", "$[0]"),
    ],
)
def test_every_problem_of_a_table_has_its_place(tmp_path: Path, name: str, content: str, place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_rows(_file(tmp_path, name, content))
    assert caught.value.problems[0].place == place


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", ""),
        ("header.csv", "name\n"),
        ("latin.csv", "name\nZo\xeb\n".encode("latin-1")),
        ("rows.doc", "name\nA\n"),
        ("fake.xlsx", "name\nA\n"),
        ("number.json", "3"),
        ("quote.csv", 'name\n"A\n'),
    ],
)
def test_what_is_no_table_is_refused_with_its_name(tmp_path: Path, name: str, content: str | bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_rows(_file(tmp_path, name, content))
    assert name in str(caught.value)
    assert caught.value.remedy


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_rows(tmp_path / "nowhere.csv")
