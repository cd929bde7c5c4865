"""A personalised film in a real browser: it plays and seeks across every joint, and shows the right frames.

Every frame carries its number as black and white blocks, and a mark where it was taken again. A page seeks to
the frames around each joint, plays across it, reads the blocks back from what is on the screen, and posts
what it saw.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from tests.films import RATE, Rgb, moving, write_film

from retake.assemble.retakes import Edit, splice
from retake.assemble.sound_splice import SoundEdit, splice_sound
from retake.media.picture import Picture
from retake.media.take import read_take

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason=f"no browser: none of {', '.join(NAMES)} is on the PATH (apt install chromium)"
)

FPS, FRAMES, SIZE, BLOCK, BITS = 25, 100, (192, 112), 16, 8
EDITS = ((30, 40), (62, 70))
PATIENCE = 120  # seconds until a browser that says nothing is given up

PAGE = """<!doctype html><meta charset="utf-8"><video id="film" playsinline></video><script>
const { url, fps, joints, block, bits } = PLAN
const film = document.getElementById("film")
const paper = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
const later = (ms) => new Promise((done) => setTimeout(done, ms))
const next = (name) => new Promise((done) => film.addEventListener(name, done, { once: true }))
const shown = () => new Promise((done) => film.requestVideoFrameCallback((_, facts) => done(facts.mediaTime)))

function read() {  // the number in the top row of blocks, and the mark in the row below
  paper.canvas.width = film.videoWidth
  paper.canvas.height = film.videoHeight
  paper.drawImage(film, 0, 0)
  const light = (n, row) => paper.getImageData((n + 0.5) * block, (row + 0.5) * block, 1, 1).data[1] > 127
  let number = 0
  for (let n = 0; n < bits; n++) number |= light(n, 0) << n
  return { number, edited: light(0, 1) }
}

async function seek(frame) {
  const arrived = Promise.all([next("seeked"), shown()])
  film.currentTime = (frame + 0.5) / fps
  const [, time] = await arrived
  return { asked: frame, time, ...read() }
}

async function play(joint) {
  const seen = []
  await seek(Math.max(joint - 0.35 * fps, 0))
  const note = (_, facts) => {
    seen.push({ time: facts.mediaTime, ...read() })
    waiting = film.requestVideoFrameCallback(note)
  }
  let waiting = film.requestVideoFrameCallback(note)
  await film.play()
  while (film.currentTime < joint / fps + 0.35 && !film.ended) await later(20)
  film.cancelVideoFrameCallback(waiting)
  film.pause()
  return { joint, seen }
}

async function watch() {
  film.src = url
  await Promise.race([next("canplay"), next("error").then(() => { throw film.error.message })])
  film.addEventListener("error", () => report({ error: film.error.message }))
  const seeks = [], plays = []
  for (const joint of joints)
    for (const frame of [joint - 2, joint - 1, joint, joint + 1]) seeks.push(await seek(frame))
  for (const joint of [...joints].reverse()) seeks.push(await seek(joint))
  for (const joint of joints) plays.push(await play(joint))
  await report({ seeks, plays, duration: film.duration, size: [film.videoWidth, film.videoHeight],
    sound: film.webkitAudioDecodedByteCount ?? null })
}
const report = (found) => fetch("/found", { method: "POST", body: JSON.stringify(found) })
watch().catch((error) => report({ error: String(error) }))
</script>"""


class Server(ThreadingHTTPServer):
    """Serves one page and one film on this machine, and waits for what the page found."""

    daemon_threads = True

    def __init__(self, page: str, film: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, page=page.encode(), film=film.read_bytes()))
        self.found: dict[str, Any] = {}
        self.said = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    """GET / and /film.mp4 (RFC 9110 ranges, which seeking needs); POST /found."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, page: bytes, film: bytes) -> None:
        self._page, self._film = page, film
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if self.path == "/":
            self._answer(200, self._page, "text/html")
        elif self.path == "/film.mp4":
            self._answer_range(self._film)
        else:
            self._answer(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = cast(Server, self.server)
        server.found = json.loads(body)
        self._answer(204, b"", "text/plain")
        server.said.set()

    def _answer_range(self, body: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            self._answer(200, body, "video/mp4")
            return
        first, last = int(asked[1]), min(int(asked[2] or len(body) - 1), len(body) - 1)
        if first >= len(body):
            self._answer(416, b"", "video/mp4", f"bytes */{len(body)}")
            return
        self._answer(206, body[first : last + 1], "video/mp4", f"bytes {first}-{last}/{len(body)}")

    def _answer(self, status: int, body: bytes, kind: str, content_range: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Accept-Ranges", "bytes")
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@contextmanager
def browser(address: str, profile: Path) -> Generator[subprocess.Popen[bytes]]:
    """A headless browser at an address, with a profile of its own; it and its children end with the block."""
    assert BROWSER is not None
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--disable-sync",
        "--disable-extensions",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--autoplay-policy=no-user-gesture-required",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={profile}",
        address,
    ]
    with (profile.parent / "browser.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def numbered(frames: list[Rgb]) -> list[Rgb]:
    """Frames with their number in the top row of blocks, least bit first, over a row that is black."""
    marked = [frame.copy() for frame in frames]
    for number, frame in enumerate(marked):
        frame[: 2 * BLOCK] = 0
        for bit in range(BITS):
            if number >> bit & 1:
                frame[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = 255
    return marked


def mark(_: int, picture: Picture) -> None:
    """Makes the mark of a frame that was taken again: the first block of the second row white."""
    picture.y[BLOCK : 2 * BLOCK, :BLOCK] = 235


@dataclass(frozen=True)
class Seen:
    """What the page saw, and the joints it was asked about."""

    found: dict[str, Any]
    joints: list[int]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("browser")
    time = np.arange(FRAMES * RATE // FPS) / RATE
    voice = (0.1 * np.sin(2 * np.pi * 220 * time))[:, None].repeat(2, 1).astype(np.float32)
    options = {"preset": "medium", "bf": "2"}
    frames = numbered(moving(FRAMES, SIZE))
    take = read_take(write_film(folder / "master.mp4", frames, sound=voice, keys=25, options=options))
    assert take.audio is not None
    video = splice(take, [Edit(start, stop, mark) for start, stop in EDITS])
    assert video.fallback is None
    edits = [SoundEdit(s * RATE // FPS, e * RATE // FPS, voice[: (e - s) * RATE // FPS]) for s, e in EDITS]
    video.write(folder / "film.mp4", take, splice_sound(take.audio, edits).packets)
    joints = [piece.frames[0] for piece in video.spans[1:]]
    assert len(joints) == 2 * len(EDITS)
    plan = {"url": "/film.mp4", "fps": FPS, "joints": joints, "block": BLOCK, "bits": BITS}
    server = Server(PAGE.replace("PLAN", json.dumps(plan), 1), folder / "film.mp4")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with browser(server.address, folder / "profile") as process:
            if not server.said.wait(PATIENCE):
                log = (folder / "browser.log").read_text(errors="replace")[-2000:]
                pytest.fail(f"the browser said nothing (its exit code: {process.poll()})\n{log}")
    finally:
        server.shutdown()
        server.server_close()
    assert "error" not in server.found, server.found
    return Seen(server.found, joints)


def is_edited(number: int) -> bool:
    return any(start <= number < stop for start, stop in EDITS)


def test_the_film_is_read_whole(seen: Seen) -> None:
    assert seen.found["size"] == list(SIZE)
    assert seen.found["duration"] == pytest.approx(FRAMES / FPS, abs=0.05)


def test_seeking_shows_the_frame_that_was_asked_for_on_both_sides_of_every_joint(seen: Seen) -> None:
    seeks = seen.found["seeks"]
    assert {seek["asked"] for seek in seeks} == {j + n for j in seen.joints for n in (-2, -1, 0, 1)}
    assert [seek["number"] for seek in seeks] == [seek["asked"] for seek in seeks]
    assert [seek["edited"] for seek in seeks] == [is_edited(seek["asked"]) for seek in seeks]
    assert all(seek["time"] == pytest.approx(seek["asked"] / FPS, abs=0.002) for seek in seeks)


def test_playing_goes_across_every_joint_with_each_frame_in_its_time(seen: Seen) -> None:
    assert [play["joint"] for play in seen.found["plays"]] == seen.joints
    for play in seen.found["plays"]:
        times = [frame["time"] for frame in play["seen"]]
        assert times == sorted(times)
        assert min(times) < play["joint"] / FPS <= max(times) + 0.002
        for frame in play["seen"]:
            # A busy machine draws a frame while its neighbour is already, or still, on the screen.
            assert abs(frame["number"] - frame["time"] * FPS) < 1.1
            assert frame["edited"] == is_edited(frame["number"])


def test_the_sound_is_decoded(seen: Seen) -> None:
    if seen.found["sound"] is None:
        pytest.skip("this browser does not count the sound that it decodes")
    assert seen.found["sound"] > 0
