"""sync.so on this machine: an HTTP server that answers as the public API reference says.

It knows the key, models, files in a form, segments, the plan's number of generations at once, and
idempotency: the same key with the same content is the same generation, with other content a conflict. What
it makes of a film is a dark mouth in its middle. `faults` make the n-th request go wrong; `asked` is all that
was sent.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retake.generate.lipsync.clip import write_clip
from retake.media.take import TakeReader

KEY = "sk-sync-0123456789-for-tests"
MODELS = ("sync-3", "lipsync-2", "lipsync-2-pro", "lipsync-1.9.0-beta")
MODES = ("bounce", "loop", "cut_off", "silence", "remap")


@dataclass
class Job:
    """One generation: what was sent for it, and how often it was looked at."""

    id: str
    key: str
    content: str
    fields: dict[str, str]
    film: bytes
    looks: int = 0


@dataclass
class Answer:
    """A fault: an answer instead of the right one. A `code` of 0 closes the connection; `after` first does
    what was asked, so that only the answer is lost."""

    code: int
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    after: bool = False


@dataclass
class SyncFake:
    """The service. `looks` is how often a generation is asked after until it is done; `ends` the status and
    error with which the n-th one ends; `lanes` how many may be under way."""

    url: str = ""
    looks: int = 2
    lanes: int = 3
    film_limit: int = 50_000_000
    ends: dict[int, tuple[str, str, str]] = field(default_factory=dict[int, tuple[str, str, str]])
    faults: dict[tuple[str, int], Answer] = field(default_factory=dict[tuple[str, int], Answer])
    make: Callable[[bytes], bytes] = field(default=lambda film: mouthed(film))
    jobs: list[Job] = field(default_factory=list[Job])
    asked: list[tuple[str, str, dict[str, str]]] = field(
        default_factory=list[tuple[str, str, dict[str, str]]]
    )

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def count(self, method: str, path: str = "/v2/generate") -> int:
        return sum(m == method and p.startswith(path) for m, p, _ in self.asked)

    def job(self, name: str) -> Job | None:
        return next((job for job in self.jobs if job.id == name), None)

    def told(self, job: Job) -> dict[str, Any]:
        """A generation as the service tells of it."""
        done = job.looks >= self.looks
        status, word, message = self.ends.get(self.jobs.index(job), ("COMPLETED", "", ""))
        if not done:
            status = "PROCESSING" if job.looks else "PENDING"
        finished = status == "COMPLETED"
        return {
            "id": job.id,
            "createdAt": "2026-11-21T10:00:00.000Z",
            "status": status,
            "model": job.fields["model"],
            "input": [{"type": "video", "assetId": "v"}, {"type": "audio", "assetId": "a"}],
            "options": json.loads(job.fields.get("options", "{}")),
            "outputUrl": f"{self.url}/output/{job.id}.mp4?X-Amz-Signature=s" if finished else None,
            "outputDuration": 0.72 if finished else None,
            "error": message if done and message else None,
            "errorCode": word if done and word else None,
        }

    def create(self, key: str, kind: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """POST /v2/generate."""
        if not re.fullmatch(r"[A-Za-z0-9._~-]{1,128}", key):
            return refusal(400, "INVALID_IDEMPOTENCY_KEY", "The Idempotency-Key header is malformed.")
        fields, files = parts_of(kind, body)
        for name in ("video", "audio"):
            if name not in files:
                return refusal(400, f"generation_{name}_missing", f"No {name} file was provided.")
        if fields.get("model") not in MODELS:
            return refusal(400, "generation_unsupported_model", "The requested model is not supported.")
        options = json.loads(fields.get("options", "{}"))
        if options.get("sync_mode", "bounce") not in MODES:
            return refusal(400, "generation_input_validation_failed", "options.sync_mode is unknown.")
        known = {entry.get("refId") for entry in json.loads(fields.get("input", "[]"))}
        for segment in json.loads(fields.get("segments", "[]")):
            if segment["audioInput"]["refId"] not in known or segment["startTime"] >= segment["endTime"]:
                return refusal(400, "generation_input_validation_failed", "A segment is not valid.")
        if len(files["video"]) > self.film_limit:
            return refusal(422, "file_size_exceeds_plan_limit", "The file is larger than your plan allows.")
        sent = json.dumps(fields, sort_keys=True).encode() + files["video"] + files["audio"]
        content = hashlib.sha256(sent).hexdigest()
        if (old := next((job for job in self.jobs if job.key == key), None)) is not None:
            if old.content != content:
                return refusal(409, "IDEMPOTENCY_KEY_REUSED", "The key belongs to another request.")
            return 201, self.told(old)
        if sum(self.told(job)["status"] in ("PENDING", "PROCESSING") for job in self.jobs) >= self.lanes:
            return refusal(429, "concurrency_limit_reached", "Wait for a generation to finish.")
        name = f"6533643b-aceb-4c40-967e-{len(self.jobs):012d}"
        self.jobs.append(Job(name, key, content, fields, files["video"]))
        return 201, self.told(self.jobs[-1])

    def look(self, name: str) -> tuple[int, dict[str, Any]]:
        """GET /v2/generate/{id}."""
        if (job := self.job(name)) is None:
            return refusal(404, "generation_not_found", "Generation not found.")
        job.looks += 1
        return 200, self.told(job)


@contextmanager
def sync_fake(**given: Any) -> Generator[SyncFake]:
    """The service, for as long as the block lasts."""
    fake, lock = SyncFake(**given), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer("POST")

        def do_GET(self) -> None:
            self._answer("GET")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            with lock:
                number = fake.count(method)
                fake.asked.append((method, self.path, {k.lower(): v for k, v in self.headers.items()}))
                fault = fake.faults.get((method, number)) if self.path.startswith("/v2") else None
                if fault is None or fault.after:
                    code, told = self._serve(method, body)
                if fault is not None:
                    code, told = fault.code, fault.body
            if not code:
                self.close_connection = True
                return
            data = told if isinstance(told, bytes) else (json.dumps(told) if told else "").encode()
            self.send_response(code)
            kind = "video/mp4" if isinstance(told, bytes) else "application/json"
            for name, value in {"Content-Type": kind, **(fault.headers if fault else {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _serve(self, method: str, body: bytes) -> tuple[int, Any]:
            path = self.path.partition("?")[0]
            if path.startswith("/output/"):
                job = fake.job(path.removeprefix("/output/").removesuffix(".mp4"))
                return (200, fake.make(job.film)) if job else (404, "")
            if self.headers.get("x-api-key") != KEY:
                key = self.headers.get("x-api-key")
                return refusal(401, "unauthorized", f"Invalid API key {key}.")
            if (method, path) == ("POST", "/v2/generate"):
                key = self.headers.get("Idempotency-Key", "")
                return fake.create(key, self.headers.get("Content-Type", ""), body)
            return fake.look(path.rpartition("/")[2])

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def refusal(code: int, word: str, message: str) -> tuple[int, dict[str, Any]]:
    return code, {"statusCode": code, "errorCode": word, "message": message, "error": "Refused"}


def parts_of(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, bytes]]:
    """The fields and the files of a form."""
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        if part.get_filename():
            files[name] = data
        else:
            fields[name] = data.decode()
    return fields, files


def mouthed(film: bytes) -> bytes:
    """The film with a dark oval in the middle of every frame."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.mp4", Path(folder) / "out.mp4"
        source.write_bytes(film)
        with TakeReader(source) as reader:
            take = reader.take
            frames = [darkened(frame) for frame in reader.rgb(0, take.length)]
            write_clip(target, frames, Fraction(take.video.rate), np.zeros(4800, np.float32), 48_000)
        return target.read_bytes()


def darkened(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = frame.shape[:2]
    y, x = np.mgrid[:height, :width]
    oval = ((x - 0.5 * width) / (0.08 * width)) ** 2 + ((y - 0.62 * height) / (0.06 * height)) ** 2 < 1
    return np.where(oval[..., None], np.uint8(10), frame)
