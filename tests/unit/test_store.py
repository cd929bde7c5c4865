"""The store: whole files under content keys, verified, limited in age and size."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from retake.errors import HostError
from retake.store import DAY, Store, content_key

A, B, C = (content_key(name) for name in "abc")


class Now:
    def __init__(self) -> None:
        self.time = 1_000_000_000.0

    def __call__(self) -> float:
        self.time += 1.0
        return self.time


def store_at(root: Path, max_bytes: int = 1000, now: Now | None = None) -> Store:
    return Store(root, max_bytes, now=now or Now())


def test_what_is_put_is_got(tmp_path: Path):
    store = store_at(tmp_path)
    path = store.put(A, "audio", b"sound", ".wav")
    assert store.get(A) == path
    assert path.read_bytes() == b"sound"
    assert path.suffix == ".wav"


def test_a_writer_may_be_given_instead_of_bytes(tmp_path: Path):
    store = store_at(tmp_path)
    path = store.put(A, "image", lambda file: [file.write(b"pix"), file.write(b"els")])
    assert path.read_bytes() == b"pixels"
    assert store.get(A) == path


def test_nothing_is_got_where_nothing_was_put(tmp_path: Path):
    assert store_at(tmp_path / "not there").get(A) is None


def test_a_key_that_could_leave_the_folder_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="not a content key"):
        store_at(tmp_path).get("../" + A)


def test_fields_are_framed_so_that_no_two_lists_share_a_key():
    lists: list[tuple[object, ...]] = [
        ("ab", "c"),
        ("a", "bc"),
        ("abc",),
        (b"ab", "c"),
        ("a", ["b", "c"]),
        (1, 2),
        (12,),
    ]
    assert len({content_key(*fields) for fields in lists}) == len(lists)
    assert content_key({"x": 1, "y": 2}) == content_key({"y": 2, "x": 1})


def test_a_corrupt_file_is_dropped_and_absent(tmp_path: Path):
    store = store_at(tmp_path)
    path = store.put(A, "audio", b"sound")
    path.write_bytes(b"noise")
    assert store.get(A) is None
    assert not path.exists()


def test_a_truncated_file_is_absent(tmp_path: Path):
    store = store_at(tmp_path)
    os.truncate(store.put(A, "audio", b"sound"), 2)
    assert store.get(A) is None


@pytest.mark.parametrize(("kind", "days"), [("image", 7), ("audio", 30)])
def test_each_kind_is_kept_as_long_as_it_may_be(tmp_path: Path, kind: str, days: int):
    now = Now()
    path = store_at(tmp_path, now=now).put(A, kind, b"asset")
    made = path.stat().st_mtime
    now.time = made + days * DAY - 60
    assert store_at(tmp_path, now=now).get(A) == path
    now.time = made + days * DAY + 60
    assert store_at(tmp_path, now=now).get(A) is None
    assert not path.exists()


def test_use_does_not_prolong_the_age(tmp_path: Path):
    now = Now()
    store = store_at(tmp_path, now=now)
    path = store.put(A, "image", b"asset")
    made = path.stat().st_mtime
    store.get(A)
    assert path.stat().st_mtime == made


def test_beyond_the_limit_the_least_recently_used_goes(tmp_path: Path):
    now = Now()
    earlier = store_at(tmp_path, now=now)
    for key in (A, B):
        earlier.put(key, "audio", bytes(400))
    earlier.get(A)
    store_at(tmp_path, now=now).put(C, "audio", bytes(400))
    later = store_at(tmp_path, now=now)
    assert [later.get(key) is not None for key in (A, B, C)] == [True, False, True]


def test_what_this_process_used_is_never_evicted(tmp_path: Path):
    store = store_at(tmp_path)
    for key in (A, B, C):
        store.put(key, "audio", bytes(400))
    assert all(store.get(key) for key in (A, B, C))
    assert store.size() == 1200


def test_a_full_disk_is_reported_with_a_remedy_and_leaves_nothing(tmp_path: Path):
    def fill(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(HostError, match="disk is full") as caught:
        store_at(tmp_path).put(A, "audio", fill)
    assert "RETAKE_STORE" in caught.value.remedy
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_store_that_cannot_be_written_is_reported_with_a_remedy(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HostError, match="cannot be written") as caught:
        store_at(tmp_path / "file").put(A, "audio", b"sound")
    assert "RETAKE_STORE" in caught.value.remedy


def test_a_read_only_store_still_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = store_at(tmp_path).put(A, "audio", b"sound")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "utime", refuse)
    assert store_at(tmp_path).get(A) == path


def test_abandoned_temporary_files_are_cleared_away(tmp_path: Path):
    now = Now()
    path = store_at(tmp_path, now=now).put(A, "audio", b"sound")
    left = path.with_name(".new-left")
    left.write_bytes(b"half")
    now.time = left.stat().st_mtime + 2 * DAY
    store_at(tmp_path, now=now).prune()
    assert not left.exists()
    assert path.exists()
