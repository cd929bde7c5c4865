"""Law 5, for the store: whatever is written appears whole or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from retake.store import Store, content_key

KEY = content_key("asset")

_KILLED_WRITER = """
import os, signal, sys
from pathlib import Path
from retake.store import Store, content_key

def write(file):
    file.write(b"half of it")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

Store(Path(sys.argv[1]), 10**9).put(content_key("asset"), "audio", write)
"""


def test_a_writer_killed_half_way_leaves_no_entry(tmp_path: Path):
    done = subprocess.run([sys.executable, "-c", _KILLED_WRITER, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    store = Store(tmp_path, 10**9)
    assert store.get(KEY) is None
    path = store.put(KEY, "audio", b"all of it")
    assert store.get(KEY) == path


def test_a_writer_that_raises_leaves_nothing(tmp_path: Path):
    def write(file: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Store(tmp_path, 10**9).put(KEY, "audio", write)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_readers_see_all_or_nothing_while_writers_race(tmp_path: Path):
    contents = [bytes([n]) * 50_000 for n in range(4)]
    seen: list[bytes] = []
    start = threading.Barrier(5)

    def write(data: bytes) -> None:
        start.wait()
        Store(tmp_path, 10**9).put(KEY, "audio", data)

    def read() -> None:
        store = Store(tmp_path, 10**9)
        start.wait()
        for _ in range(50):
            if path := store.get(KEY):
                seen.append(path.read_bytes())

    threads = [threading.Thread(target=write, args=(data,)) for data in contents]
    threads.append(threading.Thread(target=read))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = Store(tmp_path, 10**9).get(KEY)
    assert final is not None
    assert final.read_bytes() in contents
    assert all(data in contents for data in seen)
