"""Batches on the command line: rows written, the command started, its films looked at; and a server of logos
that tells which row is under way, and can make it wait."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.takes import Home, write_logo

from retake.media.take import TakeReader, read_take
from retake.produce.verification import verify

NAMES = ("Ada Fox", "Bo Li", "Cy Dorn", "Di Ek", "Ed Fay", "Flo Gat", "Gil Ho", "Hal Ito")


def write_rows(folder: Path, rows: Iterable[tuple[str, str]], name: str = "rows.csv") -> Path:
    """A CSV of names and logos."""
    table = io.StringIO(newline="")
    csv.writer(table).writerows([("client_name", "logo"), *rows])
    path = folder / name
    path.write_text(table.getvalue(), encoding="utf-8")
    return path


def good_rows(home: Home, count: int) -> list[tuple[str, str]]:
    """Rows that can be made, with one logo for all."""
    write_logo(home.folder / "logo.png")
    return [(name, "logo.png") for name in NAMES[:count]]


def batch(home: Home, *options: str, rows: str = "rows.csv", **env: str) -> tuple[int, dict[str, Any]]:
    """Runs the batch into `out`; the exit code and what it told."""
    done = home.retake("batch", "-t", "show", "-r", rows, "-o", "out", "--json", *options, env=env)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def start(home: Home, *options: str, **env: str) -> subprocess.Popen[str]:
    return home.start("batch", "-t", "show", "-r", "rows.csv", "-o", "out", "--json", *options, env=env)


def results(home: Home) -> list[dict[str, Any]]:
    lines = (home.folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def states(home: Home) -> list[str]:
    return [record["state"] for record in results(home)]


def films(home: Home) -> dict[str, int]:
    """When each film was written, by its name."""
    found = sorted((home.folder / "out" / "films").glob("*.mp4"))
    return {path.stem: path.stat().st_mtime_ns for path in found}


def assert_whole(home: Home, count: int) -> None:
    """Every film is there, plays, and its receipt is right; and there is nothing half-made."""
    out = home.folder / "out"
    master = home.settings.home / "templates" / "show" / "master.mp4"
    made = sorted((out / "films").glob("*.mp4"))
    assert len(made) == count
    for film in made:
        take = read_take(film)
        assert sum(1 for _ in TakeReader(take).pictures(0, take.length)) == take.length
        found = verify(master, film)
        assert found.receipt == "holds", found.faults
    assert hidden(out) == []


def hidden(out: Path) -> list[str]:
    return [str(path.relative_to(out)) for path in out.rglob(".*")]


def workers_of(batch: int) -> list[int]:
    """The processes that a process has started."""
    try:
        told = Path(f"/proc/{batch}/task/{batch}/children").read_text()
    except OSError:
        return []
    return [int(number) for number in told.split()]


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Waits for something to become true."""
    for _ in range(int(seconds * 50)):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it did not become true")


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@dataclass
class Logos:
    """A server of one logo. `asked` are the paths so far; a path that begins with /wait is answered when
    `go` is set; what stands in `acts` is done first; /private leads to a private address."""

    url: str = ""
    asked: list[str] = field(default_factory=list[str])
    go: threading.Event = field(default_factory=threading.Event)
    acts: dict[str, Callable[[], object]] = field(default_factory=dict[str, Callable[[], object]])

    @property
    def environment(self) -> dict[str, str]:
        return {"RETAKE_ALLOW_HOSTS": self.url.removeprefix("http://")}


@contextmanager
def logo_server(folder: Path) -> Generator[Logos]:
    picture = write_logo(folder / "served.png").read_bytes()
    logos = Logos()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            logos.asked.append(self.path)
            logos.acts.get(self.path, lambda: None)()
            if self.path.startswith("/wait"):
                logos.go.wait(60)
            if self.path == "/private":
                self.send_response(302)
                self.send_header("location", "http://10.1.2.3/logo.png")
                self.end_headers()
                return
            try:
                self.send_response(200)
                self.send_header("content-type", "image/png")
                self.send_header("content-length", str(len(picture)))
                self.end_headers()
                self.wfile.write(picture)
            except OSError:
                return  # whoever asked is dead

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    logos.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield logos
    finally:
        logos.go.set()
        server.shutdown()
        server.server_close()
