"""A batch as a user runs it: every row of every kind of table becomes a film or a named failure."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import Workbook
from PIL import Image
from tests.batches import (
    assert_whole,
    batch,
    films,
    good_rows,
    logo_server,
    results,
    states,
    write_rows,
)
from tests.takes import Home, prepare, write_logo


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return prepare(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def home(ready: Home, tmp_path: Path) -> Home:
    return Home(tmp_path, ready.base)


def as_table(folder: Path, kind: str, rows: list[tuple[str, str]]) -> str:
    records = [{"client_name": name, "logo": logo} for name, logo in rows]
    path = folder / f"rows.{kind}"
    if kind == "xlsx":
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for cells in (("client_name", "logo"), *rows):
            sheet.append(cells)
        book.save(path)
    elif kind == "tsv":
        path.write_text("".join("\t".join(cells) + "\n" for cells in (("client_name", "logo"), *rows)))
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    elif kind == "json":
        path.write_text(json.dumps(records))
    else:
        write_rows(folder, rows)
    return path.name


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "json", "xlsx"])
def test_rows_in_are_films_out_and_failures_named(home: Home, kind: str) -> None:
    rows = [*good_rows(home, 2), ("Zoë <b>", "logo.png")]
    code, told = batch(home, rows=as_table(home.folder, kind, rows))
    assert (code, told["rows"], told["films"]) == (1, 3, 2)
    (failure,) = told["failed"]
    assert failure["row"] == 3 and failure["error"].startswith("client_name: holds markup")
    assert states(home) == ["done", "done", "failed"]
    assert list(films(home)) == ["0001-ada-fox", "0002-bo-li"]
    assert_whole(home, 2)


def test_results_tell_of_every_row(home: Home) -> None:
    write_rows(home.folder, [*good_rows(home, 1), ("=1+1", "none.png")])
    batch(home)
    out = home.folder / "out"
    first, second = results(home)
    assert (first["state"], first["verdict"], first["attempts"], first["error"]) == ("done", "passed", 1, "")
    assert (out / first["file"]).is_file() and (out / first["receipt"]).is_file()
    assert 0.5 < first["pixels_kept"] < 1 and first["cost_usd"] == 0 and first["cpu_seconds"] > 0
    assert first["data"] == {"client_name": "Ada Fox", "logo": "logo.png"}
    assert second["file"] == "" and second["kind"] == "DocumentError" and "none.png" in second["error"]
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [line["file"] for line in table] == [first["file"], ""]
    assert table[1]["data.client_name"] == "'=1+1"


class Page(HTMLParser):
    """What a browser would load, and the words on the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.pictures += [unquote(value or "") for name, value in attrs if name == "src"]
        self.links += [unquote(value or "") for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_contact_sheet_shows_every_changed_moment_and_failures_first(home: Home) -> None:
    rows = [*good_rows(home, 2), ("Eve <script>alert(1)</script>", "logo.png"), ("Maximilian Oe", "logo.png")]
    write_rows(home.folder, rows)
    batch(home)
    out = home.folder / "out"
    page = Page((out / "index.html").read_text(encoding="utf-8"))
    assert page.words.index("Eve") < page.words.index("Ada Fox") < page.words.index("Bo Li")
    assert page.tags.count("article") == 4 and "script" not in page.tags
    assert len(page.pictures) == 3 and len(set(page.pictures)) == 3
    for name in (*page.pictures, *page.links):
        assert (out / name).is_file(), name
    with Image.open(out / page.pictures[0]) as picture:
        assert picture.size == (640, 360)
    assert "card, logo" in page.words
    assert not re.search(r"https?://", (out / "index.html").read_text())


def strange_logos(folder: Path) -> dict[str, str]:
    """Files that users take for logos, and what is told of each: "" where it can be used."""
    write_logo(folder / "logo.png")
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (folder / "page.png").write_text("<!doctype html><html><body>not found</body></html>")
    Image.new("RGB", (1, 1), "red").save(folder / "dot.png")
    Image.new("L", (20_000, 8), 90).save(folder / "huge.png")
    Image.new("CMYK", (80, 60), (0, 200, 200, 0)).save(folder / "print.jpg")
    frames = [Image.new("RGB", (64, 48), (200, shade, 0)) for shade in (0, 120, 240)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:], duration=80)
    (folder / "cut.png").write_bytes((folder / "logo.png").read_bytes()[:300])
    (folder / "folder.png").mkdir()
    return {
        "logo.png": "", "drawing.svg": "SVG", "page.png": "a web page", "dot.png": "too small",
        "huge.png": "too large", "print.jpg": "", "moving.gif": "", "cut.png": "cut.png",
        "folder.png": "folder.png", "nowhere.png": "nowhere.png",
    }  # fmt: skip


def test_strange_logos_cost_their_own_row_only(home: Home) -> None:
    expected = strange_logos(home.folder)
    with logo_server(home.folder) as logos:
        expected |= {f"{logos.url}/private": "10.1.2.3", f"{logos.url}/fine": ""}
        expected |= {"http://192.168.7.7/logo.png": "no public web address"}
        rows = [(f"Name {i}", name) for i, name in enumerate(expected)]
        write_rows(home.folder, rows)
        code, told = batch(home, **logos.environment)
    assert (code, told["waiting"]) == (1, 0)
    for (name, words), record in zip(expected.items(), results(home), strict=True):
        assert (words in record["error"]) if words else record["state"] == "done", (name, record)
        assert record["state"] == ("failed" if words else "done"), name
    assert_whole(home, 4)


def test_strange_values_cost_their_own_row_only(home: Home) -> None:
    write_logo(home.folder / "logo.png")
    expected: list[tuple[dict[str, Any], str]] = [
        ({"client_name": "Ada"}, ""), ({}, "is missing"), ({"client_name": ""}, "is empty"),
        ({"client_name": " \t"}, "is empty"), ({"client_name": None}, "is empty"),
        ({"client_name": "x" * 300}, "has 300 characters"), ({"client_name": "<b>Ada</b>"}, "holds markup"),
        ({"client_name": ["Ada"]}, "is no text"), ({"client_name": "A\u0000da"}, "cannot be shown"),
        ({"client_name": "\ud800", "note": "\udfff"}, "cannot be shown"), ({"client_name": 7}, ""),
        ({"client_name": "{client_name}", "note": "\ud800"}, ""), ({"client_name": "[red]Ada[/red] & S"}, ""),
    ]  # fmt: skip
    lines = [json.dumps(row | {"logo": "logo.png"}) for row, _ in expected]
    (home.folder / "rows.jsonl").write_text("\n".join(lines))
    code, told = batch(home, rows="rows.jsonl")
    assert (code, told["waiting"]) == (1, 0)
    for (row, words), record in zip(expected, results(home), strict=True):
        assert record["state"] == ("failed" if words else "done"), (row, record)
        assert words in record["error"]
        assert not words or "client_name" in record["error"]
    assert_whole(home, 4)


def test_only_what_changed_is_made_again(home: Home) -> None:
    rows = good_rows(home, 5)
    write_logo(home.folder / "other.png", (200, 30, 30))
    rows[4] = (rows[4][0], "other.png")
    write_rows(home.folder, rows)
    assert batch(home)[0] == 0
    first = films(home)
    rows[1] = ("Bob Li", "logo.png")
    write_rows(home.folder, rows)
    (home.folder / "out" / "films" / "0003-cy-dorn.mp4").unlink()
    write_logo(home.folder / "other.png", (30, 200, 30))
    code, told = batch(home)
    assert (code, told["films"], told["made_now"], told["strays"]) == (0, 5, 3, [])
    second = films(home)
    assert list(second) == ["0001-ada-fox", "0002-bob-li", "0003-cy-dorn", "0004-di-ek", "0005-ed-fay"]
    same = [name for name in first if second.get(name) == first[name]]
    assert same == ["0001-ada-fox", "0004-di-ek"]
    left = {path.name for path in (home.folder / "out" / "stills").iterdir()}
    assert left == set(second)
    assert batch(home)[1]["made_now"] == 0


def test_an_edited_template_makes_every_row_again(tmp_path: Path) -> None:
    home = prepare(tmp_path)
    write_rows(home.folder, good_rows(home, 2))
    batch(home)
    config = tmp_path / "recording" / "template.json"
    config.write_text(config.read_text().replace('"crf": 20', '"crf": 24'))
    assert home.retake("create-template", "-c", config).returncode == 0
    assert batch(home)[1]["made_now"] == 2


def test_a_row_that_fails_now_leaves_no_film_of_before(home: Home) -> None:
    write_rows(home.folder, good_rows(home, 2))
    batch(home)
    write_rows(home.folder, [("Ada Fox", "none.png")])
    code, told = batch(home)
    assert (code, told["films"]) == (1, 0)
    assert list(films(home)) == ["0002-bo-li"]
    assert told["strays"] == ["films/0002-bo-li.mp4"]


def test_a_dry_run_tells_everything_and_writes_nothing(home: Home) -> None:
    rows = [*good_rows(home, 3), ("", "none.png"), ("Ed", "logo.png")]
    write_rows(home.folder, rows)
    code, told = batch(home, "--dry-run")
    assert (code, told["rows"], told["fit"], told["done"]) == (1, 5, 4, 0)
    assert [problem["row"] for problem in told["problems"]] == [4]
    assert "is empty" in told["problems"][0]["problem"]
    assert told["seconds"] > 0 and told["cost_usd"] == 0
    assert not (home.folder / "out").exists()
    batch(home, "--limit", "2")
    before = {path: path.stat().st_mtime_ns for path in (home.folder / "out").rglob("*")}
    code, told = batch(home, "--dry-run", "--only", "1-3")
    assert (code, told["done"], told["basis"]) == (0, 2, "from the rows already made")
    assert {path: path.stat().st_mtime_ns for path in (home.folder / "out").rglob("*")} == before


def test_a_dry_run_looks_into_the_logos(home: Home) -> None:
    expected = strange_logos(home.folder)
    write_rows(home.folder, [(f"Name {i}", name) for i, name in enumerate(expected)])
    code, told = batch(home, "--dry-run")
    assert code == 1
    unfit = {problem["row"]: problem["problem"] for problem in told["problems"]}
    for number, (name, words) in enumerate(expected.items(), 1):
        if words and name != "cut.png":  # its head is whole
            assert words in unfit[number]
        else:
            assert number not in unfit


def test_rows_may_be_chosen(home: Home) -> None:
    write_rows(home.folder, good_rows(home, 6))
    code, told = batch(home, "--only", "2,4-5", "--limit", "2", "--workers", "2")
    assert (code, told["rows"], told["films"]) == (0, 2, 2)
    assert states(home) == ["waiting", "done", "waiting", "done", "waiting", "waiting"]
    code, told = batch(home, "--only", "2,4-5")
    assert (code, told["made_now"]) == (0, 1)


@pytest.mark.parametrize("only", ["0", "7", "a", "3-2", "1-", "-1", "²", "1-99999999999"])
def test_rows_that_are_none_are_refused(home: Home, only: str) -> None:
    write_rows(home.folder, good_rows(home, 2))
    code, told = batch(home, f"--only={only}")
    assert code == 2 and told["error"]["place"] == "--only"
    assert not (home.folder / "out").exists()


def test_a_batch_may_stop_at_the_first_failure(home: Home) -> None:
    rows = good_rows(home, 4)
    rows[1] = ("Bo Li", "none.png")
    write_rows(home.folder, rows)
    code, told = batch(home, "--fail-fast", "--workers", "1")
    assert (code, told["films"], len(told["failed"]), told["waiting"]) == (1, 1, 1, 2)
    assert "row 2" in told["stopped"]


def test_what_a_person_reads(home: Home) -> None:
    write_rows(home.folder, [*good_rows(home, 2), ("Zoë [b]<i>", "logo.png")])
    run = home.retake("batch", "-t", "show", "-r", "rows.csv", "-o", "out")
    assert run.returncode == 1
    assert "3 rows: 2 films, 1 failed; 2 made now" in run.stdout
    assert "✗ row 3: client_name: holds markup (<i>)" in run.stdout
    assert "look at them: out/index.html" in run.stdout
    assert run.stderr.splitlines()[0] == "rows: 3 parts"
    assert run.stderr.splitlines()[-1].startswith("rows: done in")


def test_a_table_or_template_that_is_none_is_refused_before_anything(home: Home) -> None:
    (home.folder / "rows.csv").write_text("client_name,client_name\nA,B\n")
    code, told = batch(home)
    assert code == 2 and told["error"]["problems"][0]["place"] == "column 2"
    code, told = batch(home, "-t", "shows")
    assert code == 2 and "did you mean 'show'" in told["error"]["remedy"]
    assert not (home.folder / "out").exists()


def test_many_workers_make_what_one_makes(home: Home) -> None:
    write_rows(home.folder, good_rows(home, 4))
    assert batch(home, "--workers", "3")[0] == 0
    many = {path.name: path.read_bytes() for path in (home.folder / "out" / "films").glob("*.mp4")}
    alone = Home(home.folder / "alone", home.base)
    alone.folder.mkdir()
    write_rows(alone.folder, good_rows(alone, 4))
    assert batch(alone, "--workers", "1")[0] == 0
    one = {path.name: path.read_bytes() for path in (alone.folder / "out" / "films").glob("*.mp4")}
    assert many == one and len(one) == 4
