"""Consent: default deny, what a record allows, and a book in which no change stays unseen."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from retake.errors import HostError, InputError
from retake.trust.consent import Agreement, ConsentBook
from retake.trust.ledger import BEGINNING, Ledger
from retake.trust.statement import statement

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADA = Agreement("Ada Byron", ("voice", "face"), date(2027, 11, 20), project="demo_v1", purpose="sales films")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def book(tmp_path: Path) -> ConsentBook:
    return ConsentBook(tmp_path / "home" / "consent.jsonl", now=Clock())


def test_nobody_is_allowed_by_default_and_the_remedy_is_the_command(book: ConsentBook):
    with pytest.raises(InputError, match="nobody has recorded") as caught:
        book.require("voice", "Ada Byron", "demo_v1")
    assert caught.value.exit_code == 2
    assert "retake consent add --subject 'Ada Byron' --voice --project demo_v1" in caught.value.remedy
    assert not book.ledger.path.exists()


def test_what_was_agreed_to_is_allowed(book: ConsentBook):
    consent = book.add(ADA, method="typed")
    assert book.require("voice", "Ada Byron", "demo_v1").id == consent.id
    assert book.require("face", "  ada   BYRON ", "demo_v1") == consent
    assert book.require("voice", "Ada Byron") == consent
    assert book.list() == (consent,)
    assert "Ada Byron" in consent.statement and "demo_v1" in consent.statement
    assert "20 November 2027" in consent.statement


@pytest.mark.parametrize(
    ("kind", "project", "days", "language", "reason"),
    [
        ("face", "demo_v1", 0, "", "for the voice only"),
        ("voice", "demo_v2", 0, "", "for the project demo_v1 only"),
        ("voice", "demo_v1", 366, "", "ended on 2027-11-20"),
        ("voice", "demo_v1", -1, "", "not given before 2026-11-21"),
        ("voice", "demo_v1", 0, "fr-FR", "for en, de only"),
    ],
)
def test_what_was_not_agreed_to_is_refused_with_the_reason(
    book: ConsentBook, kind: Any, project: str, days: int, language: str, reason: str
):
    book.add(replace(ADA, kinds=("voice",), languages=("en", "de")))
    assert book.require("voice", "Ada Byron", "demo_v1", language="de-AT")
    at = NOON + timedelta(days=days, hours=1)
    with pytest.raises(InputError, match=reason):
        book.require(kind, "Ada Byron", project, at=at, language=language)


def test_the_last_day_counts_in_full(book: ConsentBook):
    book.add(ADA)
    last = datetime(2027, 11, 20, 23, 59, 59, tzinfo=UTC)
    assert book.require("voice", "Ada Byron", "demo_v1", at=last)
    with pytest.raises(InputError, match="ended"):
        book.require("voice", "Ada Byron", "demo_v1", at=last + timedelta(seconds=1))


def test_any_project_is_every_project(book: ConsentBook):
    book.add(replace(ADA, project="any"))
    assert book.require("voice", "Ada Byron", "whatever")


def test_what_was_taken_back_is_refused_and_stays_in_the_book(book: ConsentBook):
    consent = book.add(ADA)
    taken = book.revoke(consent.id, "changed my mind")
    assert taken.revoked and taken.reason == "changed my mind"
    with pytest.raises(InputError, match="was revoked on 2026-11-21"):
        book.require("voice", "Ada Byron", "demo_v1")
    with pytest.raises(InputError, match="revoked already"):
        book.revoke(consent.id)
    with pytest.raises(InputError, match="no consent 'c-0'"):
        book.revoke("c-0")
    again = book.add(ADA)
    assert book.require("voice", "Ada Byron", "demo_v1").id == again.id
    assert len(book.ledger.read().records) == 3


def test_evidence_is_kept_as_its_hash(book: ConsentBook, tmp_path: Path):
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"signed")
    consent = book.add(ADA, evidence=letter)
    assert consent.method == "evidence"
    assert consent.evidence == hashlib.sha256(b"signed").hexdigest()
    with pytest.raises(InputError, match="cannot be read"):
        book.add(ADA, evidence=tmp_path / "missing.pdf")
    assert len(book.list()) == 1


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"subject": "  "}, "--subject"),
        ({"kinds": ()}, "--voice"),
        ({"until": TODAY - timedelta(days=1)}, "--until"),
        ({"subject": "A\nB"}, "--subject"),
        ({"purpose": "x" * 300}, "--purpose"),
    ],
)
def test_an_agreement_that_says_too_little_is_not_recorded(
    book: ConsentBook, change: dict[str, Any], place: str
):
    with pytest.raises(InputError) as caught:
        book.add(replace(ADA, **change))
    assert place in caught.value.place
    assert book.list() == ()


def test_two_records_of_the_same_are_not_the_same(book: ConsentBook):
    first, second = book.add(ADA), book.add(ADA)
    assert first.id != second.id and first.nonce != second.nonce


def test_the_statement_names_everything():
    text = statement("Ada  Byron", ("face",), "any", "", TODAY)
    assert "Ada Byron" in text and "my face" in text and "any project" in text and "21 November 2026" in text


@pytest.fixture
def full(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "book.jsonl")
    for n in range(4):
        ledger.append(lambda _, n=n: {"type": "note", "n": n})
    return ledger


def test_each_line_follows_from_the_one_before(full: Ledger):
    records = full.read().records
    assert [record["previous"] for record in records] == [BEGINNING, *(r["hash"] for r in records[:-1])]
    assert full.read().head == records[-1]["hash"]


def _changed(lines: list[bytes]) -> list[bytes]:
    return [*lines[:1], lines[1].replace(b'"n":1', b'"n":7'), *lines[2:]]


def _rehashed(lines: list[bytes]) -> list[bytes]:
    """A forger who knows how a line's own hash is made."""
    told = json.loads(lines[1])
    body = {name: value for name, value in told.items() if name != "hash"} | {"n": 7}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    forged = body | {"hash": hashlib.sha256(canonical).hexdigest()}
    return [lines[0], json.dumps(forged, sort_keys=True, separators=(",", ":")).encode(), *lines[2:]]


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (_changed, 2),
        (_rehashed, 3),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),
        (lambda lines: [*lines, lines[-1]], 5),
        (lambda lines: [*lines[:2], b"", *lines[2:]], 3),
        (lambda lines: [*lines[:3], lines[3].replace(b":", b": ", 1)], 4),
    ],
)  # fmt: skip
def test_a_change_anywhere_names_its_line(
    full: Ledger, tamper: Callable[[list[bytes]], list[bytes]], line: int
):
    lines = full.path.read_bytes().splitlines()
    full.path.write_bytes(b"\n".join(tamper(lines)) + b"\n")
    with pytest.raises(HostError, match=f"line {line} ") as caught:
        full.read()
    assert caught.value.place == f"{full.path}:{line}"
    before = full.path.read_bytes()
    with pytest.raises(HostError):
        full.append(lambda _: {"type": "note"})
    assert full.path.read_bytes() == before


def test_a_broken_book_allows_nothing(book: ConsentBook):
    book.add(ADA)
    book.ledger.path.write_bytes(book.ledger.path.read_bytes().replace(b"Ada", b"Eve"))
    with pytest.raises(HostError):
        book.require("voice", "Eve Byron", "demo_v1")


def test_a_line_that_was_cut_off_is_passed_over_told_and_set_aside(full: Ledger):
    whole = full.path.read_bytes()
    full.path.write_bytes(whole + whole[: len(whole) // 7])
    reading = full.read()
    assert len(reading.records) == 4
    assert "not whole" in reading.warnings[0].message and reading.warnings[0].warning
    full.append(lambda _: {"type": "note", "n": 4})
    after = full.read()
    assert len(after.records) == 5 and after.warnings == ()
    assert full.path.with_suffix(".torn").read_bytes() == whole[: len(whole) // 7] + b"\n"


def test_a_kind_of_record_from_a_newer_version_is_not_passed_over(book: ConsentBook):
    book.add(ADA)
    book.ledger.append(lambda _: {"type": "suspension"})
    with pytest.raises(HostError, match="suspension"):
        book.require("voice", "Ada Byron")


def test_a_full_disk_leaves_the_book_as_it_was(full: Ledger, monkeypatch: pytest.MonkeyPatch):
    before = full.path.read_bytes()

    def full_disk(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(HostError, match="no space left"):
        full.append(lambda _: {"type": "note"})
    assert full.path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "home").write_text("a file")
    with pytest.raises(HostError, match="cannot be written") as caught:
        ConsentBook.at_home(tmp_path / "home").add(ADA)
    assert "RETAKE_HOME" in caught.value.remedy


def test_only_its_owner_can_read_the_book(book: ConsentBook):
    book.add(ADA)
    assert book.ledger.path.stat().st_mode & 0o077 == 0


def test_who_writes_later_sees_what_was_written_before(full: Ledger):
    seen: list[int] = []
    later = threading.Thread(target=lambda: full.append(lambda told: {"type": "note", "n": note(told)}))

    def note(told: Sequence[object]) -> int:
        seen.append(len(told))
        return len(told)

    def slowly(told: Sequence[object]) -> dict[str, object]:
        later.start()
        later.join(timeout=0.1)  # it waits for the lock, and is seen to
        return {"type": "note", "n": note(told)}

    full.append(slowly)
    later.join()
    assert seen == [4, 5]
    assert len(full.read().records) == 6


WRITER = """\
import sys
from pathlib import Path
from retake.trust.ledger import Ledger
for n in range(int(sys.argv[3])):
    Ledger(Path(sys.argv[1])).append(lambda _: {"type": "note", "by": sys.argv[2], "n": n})
    print(n + 1, flush=True)
"""


def _writer(path: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path):
    path = tmp_path / "book.jsonl"
    with _writer(path, "a", 25) as first, _writer(path, "b", 25) as second:
        first.communicate()
        second.communicate()
    records = Ledger(path).read().records
    assert sorted((r["by"], r["n"]) for r in records) == sorted((w, n) for w in "ab" for n in range(25))


def test_a_writer_that_is_killed_leaves_a_whole_book(tmp_path: Path):
    path = tmp_path / "book.jsonl"
    with _writer(path, "a", 10**6) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            told = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        told = int((writer.stdout.read().splitlines()[-1:] or [told])[0])
    ledger = Ledger(path)
    assert len(ledger.read().records) >= told >= 5
    ledger.append(lambda _: {"type": "note"})
    assert ledger.read().warnings == ()
