"""A film is held against its master packet by packet; a receipt that says otherwise is found out."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.films import moving, write_film
from tests.personalised import EDITED, FRAMES, KEYS, Personalised, brighten, personalise
from typer.testing import CliRunner

from retake.assemble.receipt import file_hash, receipt_path
from retake.assemble.retakes import Edit, splice
from retake.assemble.take_receipt import FileFacts, make_take_receipt
from retake.cli import verify as command
from retake.errors import MediaError
from retake.media.take import write_take
from retake.produce.alignment import align
from retake.produce.verification import verify

app = typer.Typer()
app.command()(command.verify)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Personalised:
    return personalise(tmp_path_factory.mktemp("film"))


@pytest.fixture
def film(whole: Personalised, tmp_path: Path) -> Path:
    """A copy of the film and its receipt, to be tampered with."""
    for path in (whole.film, receipt_path(whole.film)):
        shutil.copy(path, tmp_path)
    return tmp_path / whole.film.name


def rewritten(film: Path, place: str, value: object) -> None:
    """Puts another value in the receipt, at a place like `video.runs.0.after`."""
    path = receipt_path(film)
    body: Any = json.loads(path.read_text(encoding="utf-8"))
    *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    holder = body
    for step in way:
        holder = holder[step]
    holder[last] = value
    path.write_text(json.dumps(body), encoding="utf-8")


def test_a_true_receipt_holds(whole: Personalised) -> None:
    found = verify(whole.master, whole.film)
    assert (found.receipt, found.faults) == ("holds", ())
    assert found.frames == FRAMES
    replaced = FRAMES - round(whole.receipt.shares.frames * FRAMES)
    assert found.frames_identical == FRAMES - replaced
    assert found.video.share == pytest.approx(whole.receipt.shares.packets, abs=1e-6)
    assert found.sound is not None
    assert found.sound.share == pytest.approx(whole.receipt.shares.sound_packets, abs=1e-6)


def test_changed_spans_are_found_without_a_receipt(whole: Personalised, film: Path) -> None:
    receipt_path(film).unlink()
    found = verify(whole.master, film)
    assert found.receipt == "absent"
    (span,) = found.video.changed
    assert span.start == EDITED[0] / 25
    assert EDITED[1] / 25 <= span.stop <= (EDITED[0] + KEYS) / 25
    assert found.sound is not None
    (heard,) = found.sound.changed
    assert heard.start < 38_500 / 48_000 < 45_000 / 48_000 < heard.stop


def test_a_film_is_identical_to_itself(whole: Personalised) -> None:
    found = verify(whole.master, whole.master)
    assert found.share_frames == found.video.share == 1
    assert not found.video.changed


def test_another_film_has_nothing_in_common(whole: Personalised, tmp_path: Path) -> None:
    other = write_film(tmp_path / "other.mp4", moving(20)[::-1], keys=5)
    found = verify(whole.master, other)
    assert found.frames_identical == 0
    assert [span.identical for span in found.video.stretches] == [False]


def test_a_frame_whose_reference_changed_is_not_identical(whole: Personalised, tmp_path: Path) -> None:
    packets = list(whole.take.video.packets)
    packets[17] = replace(packets[17], data=whole.take.video.packets[18].data)
    out = tmp_path / "broken.mp4"
    write_take(out, whole.master, packets, None)
    found = verify(whole.master, out)
    assert found.video.identical >= FRAMES - 2
    assert found.frames_identical == FRAMES - (KEYS - 1)


def test_what_follows_a_retimed_span_is_still_the_masters_own(whole: Personalised, tmp_path: Path) -> None:
    take, out = whole.take, tmp_path / "slower.mp4"
    tick = round(1 / 25 / take.video.time_base)
    retime = tuple((n, tick) for n in (16, 17, 17, 18, 18, 19, 20, 21, 22, 23))
    video = splice(take, [Edit(16, 24, brighten, retime)], preset="ultrafast")
    video.write(out, take, None)
    receipt = make_take_receipt(
        take, video, None, master=FileFacts.of(whole.master), output=FileFacts.of(out), template="demo_v1"
    )
    receipt_path(out).write_text(receipt.to_json(), encoding="utf-8")
    found = verify(whole.master, out)
    assert (found.receipt, found.faults) == ("holds", ())
    assert (found.frames, found.frames_identical) == (FRAMES + 2, FRAMES - KEYS)
    assert [(s.start, s.stop) for s in found.video.changed] == [(0.64, pytest.approx(26 / 25))]
    assert receipt.video.spans[-1].seconds == (26 / 25, 50 / 25)


def test_an_altered_film_is_found_out(whole: Personalised, film: Path) -> None:
    film.write_bytes(film.read_bytes() + b"\0\0\0\x08free")
    assert "altered" in verify(whole.master, film).faults[0]


def test_another_master_is_found_out(whole: Personalised, film: Path, tmp_path: Path) -> None:
    other = write_film(tmp_path / "other.mp4", moving(FRAMES)[::-1], keys=KEYS)
    found = verify(other, film)
    assert found.receipt == "wrong"
    assert any("another master, master.mp4" in fault for fault in found.faults)
    assert any("is said to be the master's packet" in fault for fault in found.faults)


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("video.runs.0.after", 17, "said to be"),
        ("video.runs.1.source", 3, "said to be the master's packet 3"),
        ("video.runs.0.sha256", "0" * 64, "hashes of packets"),
        ("video.hashes.2", "0" * 16, "hashes of packets"),
        ("video.runs.0.after", -4, "no run"),
        ("video.runs.0.source", 10_000, "said to be"),
        ("video.packets", 7, "7 packets"),
        ("video.copied", 47, "47 packets are said"),
        ("shares.packets", 0.99, "share of packets"),
        ("shares.frames", 0.99, "share of frames"),
        ("shares.sound_packets", 1.0, "share of sound packets"),
        ("shares.pixels", 1.5, "share of pixels"),
        ("shares.pixels", 0.1, "share of pixels"),
        ("video.spans.1.how", "copy", "frames are said to be copied"),
        ("video.spans.2.stop", 60, "frames, the film"),
        ("sound.runs.0.source", 1, "sound: packet"),
        ("sound", None, "whether there is sound"),
        ("schema", "another", "cannot be read"),
        ("shares", {}, "cannot be read"),
    ],
)
def test_a_receipt_that_lies_is_found_out(
    whole: Personalised, film: Path, place: str, value: object, told: str
) -> None:
    rewritten(film, place, value)
    found = verify(whole.master, film)
    assert found.receipt == "wrong"
    assert any(told in fault for fault in found.faults), found.faults


def test_a_receipt_made_to_fit_an_altered_film_is_found_out(whole: Personalised, film: Path) -> None:
    """Even with the film's own hash in it: the packets are not the master's."""
    other = write_film(film.parent / "x.mp4", moving(FRAMES)[::-1], keys=KEYS)
    film.write_bytes(other.read_bytes())
    rewritten(film, "output.sha256", file_hash(film))
    assert verify(whole.master, film).receipt == "wrong"


def test_the_command_tells_the_shares_and_draws_the_time(whole: Personalised) -> None:
    done = CliRunner().invoke(app, [str(whole.master), str(whole.film)])
    assert done.exit_code == 0
    for part in ("video", "sound", "frames", "changed  0.64-", "█", "─", "holds"):
        assert part in done.output


def test_the_command_tells_programs(whole: Personalised) -> None:
    done = CliRunner().invoke(app, [str(whole.master), str(whole.film), "--json"])
    told = json.loads(done.output)
    assert told["receipt"] == "holds"
    assert told["video"]["changed"][0][0] == 0.64
    assert told["frames"]["count"] == FRAMES


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--receipt-required"], 1)])
def test_a_missing_receipt_is_told_and_fails_only_where_one_is_required(
    whole: Personalised, film: Path, options: list[str], code: int
) -> None:
    receipt_path(film).unlink()
    done = CliRunner().invoke(app, [str(whole.master), str(film), *options])
    assert done.exit_code == code
    assert "there is none" in done.output


def test_a_wrong_receipt_fails_with_the_reason(whole: Personalised, film: Path) -> None:
    rewritten(film, "shares.packets", 0.99)
    done = CliRunner().invoke(app, [str(whole.master), str(film)])
    assert done.exit_code == 1
    assert "the share of packets is said to be 99.0000%" in done.output


@pytest.mark.parametrize("content", [b"", b"no film", None])
def test_a_file_that_is_no_film_is_the_users_fault(
    whole: Personalised, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "bad.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError):
        verify(whole.master, path)


def test_alignment_finds_what_was_replaced_moved_in_and_taken_out() -> None:
    first = list(range(100))
    second = [*first[:20], "a", "b", "c", *first[25:60], *first[70:]]
    pairs = align(first, second)
    assert all(first[a] == second[b] for b, a in pairs.items())
    assert len(pairs) == 20 + 35 + 30


def test_alignment_of_much_that_is_alike_keeps_its_order_and_is_quick() -> None:
    rng = random.Random(1)
    first: list[object] = [0 if rng.random() < 0.9 else n for n in range(20_000)]
    second = [*first[:9_000], *("new",) * 300, *first[9_300:]]
    pairs = align(first, second)
    assert len(pairs) >= 19_700
    places = [pairs[n] for n in sorted(pairs)]
    assert places == sorted(set(places))
    assert all(first[a] == second[b] for b, a in pairs.items())
    assert align([0] * 5_000, [0] * 4_000) == {n: n for n in range(4_000)}
    assert align([], [1]) == {}
