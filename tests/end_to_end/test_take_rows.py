"""Rows of a prepared recording: what is said and shown of each, its receipt and its proof."""

from __future__ import annotations

import gc
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.commands import make, run
from tests.takes import (
    KEYLESS,
    Home,
    master_of,
    prepare,
    receipt_of,
    template_of,
    write_logo,
    write_recording,
)

from retake.media.take import TakeReader, decode_sound, read_take
from retake.produce.personalisation import Session, personalize
from retake.produce.preparation import create_template
from retake.produce.templates import open_template

LONG = "Bartholomew Featherstonehaugh"


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The template `show`: a spoken sentence, a name card and a logo."""
    home = prepare(tmp_path_factory.mktemp("show"), voice=KEYLESS)
    write_logo(home.folder / "acme.png")
    return home


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The template `show` of which only the words differ."""
    return prepare(tmp_path_factory.mktemp("talk"), voice=KEYLESS, visual_segments=[])


def test_a_row_is_told_all_that_is_wrong_with_it(show: Home) -> None:
    bad = {
        "": "is empty", "x" * 300: "has 300 characters", "<b>Bob</b>": "markup",
        "Bob\x07": "cannot be shown",
    }  # fmt: skip
    for value, told in bad.items():
        row = show.folder / "bad.json"
        row.write_text(json.dumps({"client_name": value, "logo": "nothing.png"}))
        done = run(show, "personalize", "-t", "show", "--data", row, "-o", "bad.mp4")
        assert (done.code, told in done.said, "client_name" in done.said) == (2, True, True), done.told
    lacking = run(show, "personalize", "-t", "show", "-o", "bad.mp4")
    assert lacking.code == 2 and "client_name" in lacking.said and "logo" in lacking.said
    assert make(show, "Bob", "bad.mp4", logo="nothing.png").code == 2
    assert not list(show.folder.glob("*bad*mp4*"))


def test_braces_in_a_value_are_plain_text(show: Home) -> None:
    done = make(show, "Bo{client_name}b", "braces.mp4")
    assert done.code == 0, done.told


def test_a_name_that_no_font_has_is_refused_and_one_that_no_voice_has_is_told(show: Home) -> None:
    shown = make(show, "\U00012000\U00012001", "glyphs.mp4")
    assert (shown.code, "no font has" in shown.said) == (2, True)
    folder = show.folder / "scripts"
    visual = {"visual_segments": [], "id": "said"}
    create_template(template_of(folder, voice=KEYLESS, **visual), settings=show.settings)
    for name, out in (("محمد", "ar.mp4"), ("王伟", "zh.mp4"), ("आरव", "hi.mp4")):
        done = run(show, "personalize", "-t", "said", "--set", f"client_name={name}", "-o", out, "--json")
        assert done.code == 0, done.told
        if not done.json["fallbacks"]:
            spans = receipt_of(show, out)["sound"]["spans"]
            assert any(span["how"] == "encode" for span in spans)
        else:
            assert "original words stay" in done.json["fallbacks"][0]
            assert done.json["kept"]["packets"] == 1


def test_the_original_name_leaves_its_words_alone(show: Home) -> None:
    done = make(show, "maria", "same.mp4")
    assert done.code == 0, done.told
    receipt = receipt_of(show, "same.mp4")
    assert receipt["shares"]["sound_packets"] == 1 and receipt["disclosure"] is None
    changed = {change["segment"] for span in receipt["video"]["spans"] for change in span["changed"]}
    assert changed == {"card", "logo"}
    assert "comment" not in read_take(show.folder / "same.mp4").tags


def test_words_are_stretched_then_borrow_then_the_picture_is_timed_anew(talk: Home) -> None:
    master, ways = read_take(master_of(talk)), ("stretch", "borrow", "retime")
    assert master.audio is not None
    heard = len(decode_sound(master))
    lasts: list[Fraction] = []
    for name, out in (("Marta", "marta.mp4"), (LONG, "long.mp4"), ("Al", "al.mp4")):
        done = make(talk, name, out)
        assert done.code == 0, done.said
        spans = receipt_of(talk, out)["sound"]["spans"]
        (told,) = (change["told"] for span in spans for change in span["changed"])
        used = tuple(told.rpartition(": ")[2].split())
        assert used == tuple(way for way in ways if way in used) and used[0] == "stretch"
        assert run(talk, "verify", master_of(talk), out).code == 0
        film = read_take(talk.folder / out)
        assert film.audio is not None
        more = (film.duration - master.duration) * film.audio.rate
        assert len(decode_sound(film)) - heard == more
        assert ("retime" in used) == (more != 0)
        assert [p.data for p in film.audio.packets[-8:]] == [p.data for p in master.audio.packets[-8:]]
        assert film.video.packets[-1].data == master.video.packets[-1].data
        lasts.append(film.duration)
    assert lasts[2] <= master.duration < lasts[1] and lasts[0] == master.duration


def test_what_a_row_held_is_freed_with_it(show: Home) -> None:
    """Sound and pictures in a cycle would wait for a full round of the garbage collector, which is rare in
    a process with many objects: a batch would grow by megabytes for every row."""
    session = Session(open_template("show", show.settings), show.settings)
    row = {"client_name": "Bertolt", "logo": "acme.png"}
    personalize(session, row, show.folder / "held.mp4", base=show.folder, stills=show.folder / "held")
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        personalize(session, row, show.folder / "held.mp4", base=show.folder, stills=show.folder / "held")
        gc.collect()
        left = {f"{type(found).__module__}.{type(found).__name__}" for found in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert [name for name in left if name.startswith(("retake.", "av.", "numpy."))] == []


def test_a_row_gives_the_same_bytes_whoever_makes_it(show: Home) -> None:
    films: list[bytes] = []
    receipts: list[dict[str, Any]] = []
    for out, workers in (("one.mp4", "1"), ("two.mp4", "2"), ("three.mp4", "1")):
        home = replace(show, more={"RETAKE_WORKERS": workers})
        assert make(home, "Bertolt", out).code == 0
        films.append((show.folder / out).read_bytes())
        receipts.append(receipt_of(show, out) | {"output": {}})
    assert films[0] == films[1] == films[2]
    assert receipts[0] == receipts[1] == receipts[2]


def test_verify_finds_what_a_receipt_does_not_tell(show: Home, tmp_path: Path) -> None:
    assert make(show, "Bob", "true.mp4").code == 0
    film = bytearray((show.folder / "true.mp4").read_bytes())
    film[film.index(b"mdat") + 2000] ^= 0x40
    forged = tmp_path / "true.mp4"
    forged.write_bytes(film)
    (tmp_path / "true.mp4.receipt.json").write_bytes((show.folder / "true.mp4.receipt.json").read_bytes())
    assert run(show, "verify", master_of(show), forged).code == 1
    write_recording(tmp_path / "other.mp4", seconds=1.5)
    assert run(show, "verify", tmp_path / "other.mp4", "true.mp4").code == 1
    assert run(show, "verify", show.folder / "no.mp4", "true.mp4").code == 2


def test_a_preview_is_the_film_before_it_is_encoded(talk: Home, show: Home) -> None:
    for home, name, moments in ((talk, LONG, ("0.2", "0.7", "1.2")), (show, "Bob", ("0.1", "0.8"))):
        assert make(home, name, "whole.mp4").code == 0
        film = np.stack(list(TakeReader(read_take(home.folder / "whole.mp4")).rgb(0, 48))).astype(int)
        values = ("--set", f"client_name={name}", "--set", "logo=acme.png")
        for at in moments:
            done = run(home, "preview", "-t", "show", *values, "--at", at, "-o", "p.png")
            assert done.code == 0, done.said
            seen = np.asarray(Image.open(home.folder / "p.png").convert("RGB"))
            assert np.abs(film - seen).mean((1, 2, 3)).min() < 2.5
        assert run(home, "preview", "-t", "show", *values, "--at", "99", "-o", "late.png").code == 2
        assert not (home.folder / "late.png").exists()
