"""The receipt of a personalised film says what was kept and what was changed, and survives its JSON."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from tests.films import SIZE
from tests.personalised import FRAMES, LOGO, VOICE, Personalised, personalise

from retake.assemble.receipt import file_hash
from retake.assemble.take_receipt import (
    COMPOSITE,
    SCHEMA,
    FileFacts,
    Moment,
    TakeReceipt,
    changed_moments,
    disclosure,
    make_take_receipt,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Personalised:
    return personalise(tmp_path_factory.mktemp("film"))


def test_both_files_are_named_with_their_hashes(made: Personalised) -> None:
    assert made.receipt.master == FileFacts("master.mp4", file_hash(made.master))
    assert made.receipt.output == FileFacts("film.mp4", file_hash(made.film))


def test_spans_cover_the_film_and_tell_what_was_changed_by_whom(made: Personalised) -> None:
    spans = made.receipt.video.spans
    assert [span.how for span in spans] == ["copy", "encode", "copy"]
    assert (spans[0].start, spans[-1].stop) == (0, FRAMES)
    assert all(a.stop == b.start and a.seconds[1] == b.seconds[0] for a, b in pairwise(spans))
    assert spans[1].changed == (VOICE, LOGO)
    assert not spans[0].changed
    assert spans[1].seconds[0] == spans[1].start / 25


def test_the_sounds_spans_tell_what_was_said(made: Personalised) -> None:
    assert made.receipt.sound is not None
    changed = [span for span in made.receipt.sound.spans if span.how == "encode"]
    assert [span.changed for span in changed] == [(VOICE,)]
    assert changed[0].seconds == pytest.approx(
        (changed[0].start / 48_000, changed[0].stop / 48_000), abs=1e-6
    )


def test_every_copied_packet_has_its_hash_and_every_run_the_masters_place(made: Personalised) -> None:
    track, packets = made.receipt.video, made.video.packets
    assert track.copied == len(track.hashes) == sum(n is not None for n in made.video.kept)
    listed = list(track.hashes)
    for run in track.runs:
        for n in range(run.first, run.after):
            original = made.take.video.packets[run.source + n - run.first]
            assert original.data == packets[n].data
            assert listed.pop(0) == sha256(packets[n].data).hexdigest()[:16]
        digests = [sha256(packets[n].data).digest() for n in range(run.first, run.after)]
        assert run.sha256 == sha256(b"".join(digests)).hexdigest()
    assert not listed


def test_shares_are_counted(made: Personalised) -> None:
    shares, track = made.receipt.shares, made.receipt.video
    changed = track.spans[1].stop - track.spans[1].start
    assert shares.frames == pytest.approx(1 - changed / FRAMES, abs=1e-6)
    assert shares.packets == pytest.approx(track.copied / track.packets, abs=1e-6)
    assert shares.pixels == pytest.approx(1 - 40 * 40 * 6 / (SIZE[0] * SIZE[1] * FRAMES), abs=1e-6)
    assert shares.seconds == pytest.approx((FRAMES - changed) / 25, abs=1e-3)
    assert shares.sound_packets == pytest.approx(made.sound.share_kept, abs=1e-6)


def test_a_receipt_survives_its_json(made: Personalised) -> None:
    text = made.receipt.to_json()
    assert json.loads(text)["schema"] == SCHEMA
    assert TakeReceipt.from_json(text) == made.receipt


def test_it_is_small(made: Personalised) -> None:
    packets = made.receipt.video.packets + len(made.sound.packets)
    assert len(made.receipt.to_json()) < 4_000 + 30 * packets


def test_what_a_model_made_is_disclosed(made: Personalised) -> None:
    assert made.receipt.disclosure is not None
    assert made.receipt.disclosure.digital_source_type == COMPOSITE
    assert made.receipt.disclosure.generated == ("greeting: said: Hello Ada! (espeak)",)
    assert disclosure([LOGO]) is None


def test_every_changed_segment_has_a_moment_to_look_at(made: Personalised) -> None:
    # Both are in the span of frames 16 to 24: the greeting's middle is frame 19, the logo's too.
    assert changed_moments(made.receipt) == (Moment("greeting", 0.76), Moment("logo", 0.76))


def test_without_changes_all_is_the_masters_own(made: Personalised) -> None:
    facts = FileFacts("a.mp4", "0" * 64)
    spans = tuple(piece for piece in made.video.spans if piece.span.how == "copy")
    kept = tuple(n for n in made.video.kept if n is not None)
    hashes = tuple(h for h, n in zip(made.video.hashes, made.video.kept, strict=True) if n is not None)
    video = type(made.video)(made.take.video.packets, spans, kept, hashes, made.take.video.time_base)
    receipt = make_take_receipt(made.take, video, None, master=facts, output=facts, template="t")
    assert receipt.sound is None
    assert receipt.shares.sound_packets is None
    assert (receipt.shares.frames, receipt.shares.pixels) == (1, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "retake.receipt/1"}, "not of the kind"),
        ({"master": {"name": "a.mp4"}}, "master.sha256"),
        ({"shares": None}, "shares"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_is_no_receipt_is_refused_with_the_place(
    made: Personalised, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        TakeReceipt.from_json(json.dumps(json.loads(made.receipt.to_json()) | change))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is not"):
        TakeReceipt.from_json(text)
