"""The commands of consent as a person runs them: on a terminal, and from a script."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "RETAKE_HOME": str(home), "NO_COLOR": "1"}


def consent(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "retake", "consent", *map(str, arguments)],
        capture_output=True, text=True, env=environment(home), stdin=subprocess.DEVNULL,
    )  # fmt: skip


def on_a_terminal(home: Path, answers: str, *arguments: str) -> tuple[int, str]:
    """The exit code and all that was seen on the screen."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "retake", "consent", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(home)) as run:
        os.close(theirs)
        os.write(ours, answers.encode())
        seen = b""
        while True:
            try:
                block = os.read(ours, 65_536)
            except OSError:  # Linux ends a terminal without a writer so
                break
            if not block:
                break
            seen += block
    os.close(ours)
    return run.returncode, " ".join(seen.decode().split())


def listed(home: Path) -> list[dict[str, Any]]:
    return json.loads(consent(home, "list", "--json").stdout)["consents"]


def test_a_person_agrees_by_typing_their_name(tmp_path: Path) -> None:
    answers = "Ada Byron\ny\nn\ndemo_v1\n2099-12-31\nada byron\n"
    code, seen = on_a_terminal(tmp_path, answers, "add")
    assert code == 0, seen
    assert "I, Ada Byron, agree that my voice may be imitated" in seen
    assert "the project demo_v1" in seen and "31 December 2099" in seen
    (told,) = listed(tmp_path)
    assert (told["subject"], told["kinds"], told["method"]) == ("Ada Byron", ["voice"], "typed")
    assert told["standing"] == "holds"
    assert told["statement"] in seen


def test_another_name_is_no_agreement(tmp_path: Path) -> None:
    code, seen = on_a_terminal(tmp_path, "Eve\n", "add", "--subject", "Ada Byron", "--voice",
                               "--project", "any", "--until", "2099-12-31")  # fmt: skip
    assert code == 2
    assert "nothing was recorded" in seen
    assert listed(tmp_path) == []


def test_from_a_script_it_is_recorded_with_its_evidence(tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"signed")
    done = consent(tmp_path, "add", "--subject", "Ada Byron", "--voice", "--face", "--project", "demo_v1",
                   "--until", "2099-12-31", "--evidence", letter, "--yes", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["evidence"] == hashlib.sha256(b"signed").hexdigest()
    assert told["kinds"] == ["voice", "face"]
    assert listed(tmp_path) == [told]


def test_without_a_last_day_it_holds_for_a_year(tmp_path: Path) -> None:
    done = consent(tmp_path, "add", "--subject", "Ada", "--voice", "--yes", "--json")
    until = date.fromisoformat(json.loads(done.stdout)["until"])
    assert abs(until - datetime.now(UTC).date() - timedelta(days=365)) <= timedelta(days=1)


def test_what_is_taken_back_is_shown_so(tmp_path: Path) -> None:
    consent(tmp_path, "add", "--subject", "Ada", "--voice", "--yes")
    (told,) = listed(tmp_path)
    done = consent(tmp_path, "revoke", told["id"], "--reason", "changed my mind")
    assert done.returncode == 0 and "revoked" in done.stdout
    assert "revoked" in consent(tmp_path, "list").stdout
    (after,) = listed(tmp_path)
    assert after["reason"] == "changed my mind" and after["standing"].startswith("revoked")
    assert consent(tmp_path, "revoke", told["id"]).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "--subject", "Ada", "--voice"), "--yes"),
        (("add", "--voice", "--yes"), "full name"),
        (("add", "--subject", "Ada", "--yes"), "what may be used"),
        (("add", "--subject", "Ada", "--voice", "--until", "soon", "--yes"), "2027-12-31"),
        (("add", "--subject", "Ada", "--voice", "--until", "2020-01-01", "--yes"), "is over"),
        (("add", "--subject", "Ada", "--voice", "--evidence", "missing.pdf", "--yes"), "missing.pdf"),
        (("revoke", "c-0"), "consent list"),
    ],
)
def test_a_mistake_is_told_with_exit_code_2_and_nothing_is_recorded(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = consent(tmp_path, *arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "consent.jsonl").exists() or listed(tmp_path) == []


def test_a_book_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    consent(tmp_path, "add", "--subject", "Ada", "--voice", "--yes")
    book = tmp_path / "consent.jsonl"
    book.write_text(book.read_text().replace("Ada", "Eve"))
    done = consent(tmp_path, "list", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["place"] == f"{book}:1"


def test_a_torn_line_is_told(tmp_path: Path) -> None:
    consent(tmp_path, "add", "--subject", "Ada", "--voice", "--yes")
    book = tmp_path / "consent.jsonl"
    book.write_bytes(book.read_bytes() + b'{"type": "conse')
    done = consent(tmp_path, "list")
    assert done.returncode == 0 and "Ada" in done.stdout
    assert "the last line is not whole" in done.stderr
