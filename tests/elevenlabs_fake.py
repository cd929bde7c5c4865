"""ElevenLabs on this machine: an HTTP server that answers as the public API reference says.

It knows the key, voices, models with their limits, a plan with its quota, forms and requests at once, and
speaks for real, with eSpeak's voice and the times of its characters. `faults` make the n-th request for
speech go wrong; `asked` is everything that was sent.
"""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import gcd
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.signal import resample_poly

from retake.errors import ProviderError
from retake.generate.espeak import Espeak
from retake.generate.ports import Speech, SpeechRequest

KEY = "sk_0123456789abcdef_for_tests"
GEORGE = "JBFqnCBsd6RMkjVDRZzb"
CAPTCHA = "seven green boats"

MOST_CHARACTERS = {
    "eleven_v4": 10_000, "eleven_v3": 5_000, "eleven_multilingual_v2": 10_000, "eleven_flash_v2_5": 40_000,
}  # fmt: skip
HELD_TO_A_LANGUAGE = ("eleven_v4", "eleven_v3", "eleven_flash_v2_5")
_SCRIPTS = {
    "ja": r"[\u3040-\u30ff]", "zh": r"[\u4e00-\u9fff]", "ar": r"[\u0600-\u06ff]", "ru": r"[\u0400-\u04ff]",
    "ko": r"[\uac00-\ud7af]", "hi": r"[\u0900-\u097f]", "th": r"[\u0e00-\u0e7f]",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What an account may do."""

    tier: str = "creator"
    lanes: int = 5
    forms: tuple[str, ...] = ("mp3_", "pcm_16000", "pcm_22050", "pcm_24000")
    characters_at_once: int = 100_000
    cloning: bool = True
    voices: int = 30


FREE = Plan("free", 2, characters_at_once=2_500, cloning=False, voices=3)
MP3_ONLY = Plan("starter", 3, forms=("mp3_",))
PRO = Plan("pro", 10, forms=("mp3_", "pcm_"), voices=160)


@dataclass(frozen=True)
class Fault:
    """How a request for speech goes wrong: an error, other bytes, a delay, no answer at all, or an answer
    that was changed."""

    code: int = 0
    status: str = ""
    message: str = "as the test wants it"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    wait: float = 0.0
    drop: bool = False
    change: Callable[[dict[str, Any]], object] | None = None


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    json: Any
    form: dict[str, str]
    files: list[tuple[str, str, bytes]]


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, code: int, status: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.code, self.headers = code, headers
        self.detail: Any = {"status": status, "message": message}


@dataclass
class Fake:
    """The service's state, and what the tests set and read."""

    url: str = ""
    plan: Plan = field(default_factory=Plan)
    used: int = 0
    limit: int = 100_000
    faults: dict[int, Fault] = field(default_factory=dict[int, Fault])
    asked: list[Asked] = field(default_factory=list[Asked])
    voices: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    dictionaries: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    speeches: int = 0
    busy: int = 0
    busiest: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.voices[GEORGE] = {"voice_id": GEORGE, "name": "George", "category": "premade"}

    @property
    def environment(self) -> dict[str, str]:
        return {"RETAKE_ELEVENLABS_URL": self.url, "ELEVENLABS_API_KEY": KEY}

    def sent(self, path: str) -> list[Asked]:
        """The requests whose path contains this."""
        return [request for request in self.asked if path in request.path]


@contextmanager
def elevenlabs(plan: Plan | None = None) -> Generator[Fake]:
    """The service, for as long as the block lasts."""
    fake = Fake(plan=plan or Plan())
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fake: Fake
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        request = self._read(method)
        self.fake.asked.append(request)
        try:
            if self.headers.get("xi-api-key") != KEY:
                raise Refused(401, "invalid_api_key", "Invalid API key")
            for wanted, pattern, act in _ROUTES:
                if wanted == method and (match := re.fullmatch(pattern, request.path)):
                    act(self, request, *match.groups())
                    return
            raise Refused(404, "not_found", f"no such path: {request.path}")
        except Refused as error:
            self.reply({"detail": error.detail}, error.code, **error.headers)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _read(self, method: str) -> Asked:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        kind = self.headers.get("content-type", "")
        told: Any = None
        form: dict[str, str] = {}
        files: list[tuple[str, str, bytes]] = []
        if kind.startswith("multipart/form-data"):
            message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
            for part in message.iter_parts():
                name = str(part.get_param("name", "", "content-disposition"))
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                if file := part.get_filename():
                    files.append((name, file, content))
                else:
                    form[name] = content.decode()
        elif kind.startswith("application/x-www-form-urlencoded"):
            form = dict(parse_qsl(body.decode()))
        elif body:
            told = json.loads(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, told, form, files)

    def reply(self, value: object, code: int = 200, **headers: str) -> None:
        self.send(json.dumps(value).encode(), "application/json", code, headers)

    def send(self, body: bytes, kind: str, code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def with_timestamps(self, request: Asked, voice: str) -> None:
        self._speak(request, voice, timed=True)

    def without_timestamps(self, request: Asked, voice: str) -> None:
        self._speak(request, voice, timed=False)

    def _speak(self, request: Asked, voice: str, *, timed: bool) -> None:
        fake = self.fake
        with fake.lock:
            fake.speeches += 1
            number = fake.speeches
            fake.busy += 1
            busy, fake.busiest = fake.busy, max(fake.busiest, fake.busy)
        try:
            if busy > fake.plan.lanes:
                raise Refused(
                    429, "too_many_concurrent_requests",
                    f"Too many concurrent requests. Your current subscription is associated with a maximum "
                    f"of {fake.plan.lanes} concurrent requests", Retry_After="0.01",
                )  # fmt: skip
            self._say(request, voice, timed, number, busy)
        finally:
            with fake.lock:
                fake.busy -= 1

    def _say(self, request: Asked, voice: str, timed: bool, number: int, busy: int) -> None:
        fake, told = self.fake, request.json
        fault = fake.faults.get(number, Fault())
        time.sleep(fault.wait)
        if fault.drop:
            self.close_connection = True
            return
        if fault.body is not None:
            self.send(fault.body, "application/json")
            return
        if fault.code:
            raise Refused(fault.code, fault.status, fault.message, **fault.headers)
        form = request.query.get("output_format", "mp3_44100_128")
        _check(fake, told, voice, form)
        speed = told.get("voice_settings", {}).get("speed", 1.0)
        samples, alignment = _spoken(told["text"], form, told.get("seed", 0), speed)
        sound = _mp3(samples) if form.startswith("mp3") else (samples * 32767).astype("<i2").tobytes()
        fake.used += len(told["text"])
        headers = {
            "request-id": f"request-{number}", "history-item-id": f"history-{number}",
            "character-cost": str(len(told["text"])), "current-concurrent-requests": str(busy),
            "maximum-concurrent-requests": str(fake.plan.lanes),
        }  # fmt: skip
        if not timed:
            self.send(sound, "audio/mpeg", 200, headers)
            return
        value: dict[str, Any] = {
            "audio_base64": base64.b64encode(sound).decode(),
            "alignment": alignment,
            "normalized_alignment": alignment,
        }
        if fault.change:
            fault.change(value)
        self.reply(value, 200, **headers)

    def align(self, request: Asked) -> None:
        (_, _, content), text = request.files[0], request.form["text"]
        with av.open(io.BytesIO(content)) as container:
            stream = container.streams.audio[0]
            length = sum(frame.samples for frame in container.decode(stream)) / (stream.rate or 1)
        _, spoken = _spoken(text, "pcm_24000")
        ends = spoken["character_end_times_seconds"]
        scale = length / ends[-1]
        spans = [
            {"text": c, "start": start * scale, "end": end * scale}
            for c, start, end in zip(
                spoken["characters"], spoken["character_start_times_seconds"], ends, strict=True
            )
        ]
        words = [
            {"text": match[0], "start": spans[match.start()]["start"], "end": spans[match.end() - 1]["end"]}
            for match in re.finditer(r"\S+", text)
        ]
        self.reply({"characters": spans, "words": words, "loss": 0.1})

    def add_voice(self, request: Asked) -> None:
        if not self.fake.plan.cloning:
            raise Refused(401, "can_not_use_instant_voice_cloning", "Your subscription has no voice cloning")
        self._require(request.form.get("name"), "name")
        self._require([file for file in request.files if file[0] == "files"], "files")
        if len(self.fake.voices) > self.fake.plan.voices:
            raise Refused(400, "voice_limit_reached", "You have reached your maximum amount of custom voices")
        for _, name, content in request.files:
            if len(content) < 100:
                raise Refused(400, "invalid_file", f"{name} is no sound")
        voice = self._new_voice(request.form["name"], "cloned")
        self.reply({"voice_id": voice, "requires_verification": False})

    def add_professional(self, request: Asked) -> None:
        self._require(request.json.get("name"), "name")
        self._require(request.json.get("language"), "language")
        voice = self._new_voice(request.json["name"], "professional")
        self.fake.voices[voice] |= {
            "samples": [],
            "fine_tuning": {"state": {}, "progress": {}, "is_allowed_to_fine_tune": True},
            "voice_verification": {"requires_verification": True, "is_verified": False},
        }
        self.reply({"voice_id": voice})

    def add_samples(self, request: Asked, voice: str) -> None:
        known = self._known(voice)
        added = [
            {
                "sample_id": f"sample-{len(known['samples']) + i}",
                "file_name": name,
                "size_bytes": len(content),
            }
            for i, (_, name, content) in enumerate(request.files)
        ]
        known["samples"] += added
        self.reply(added)

    def get_captcha(self, request: Asked, voice: str) -> None:
        self._known(voice)
        picture = io.BytesIO()
        Image.new("RGB", (200, 60), "white").save(picture, "PNG")
        self.reply(base64.b64encode(picture.getvalue()).decode())

    def verify(self, request: Asked, voice: str) -> None:
        known = self._known(voice)
        (field_name, _, content), *_ = request.files
        if field_name != "recording" or CAPTCHA.encode() not in content:
            raise Refused(400, "captcha_failed", "The recording does not match the captcha")
        known["voice_verification"]["is_verified"] = True
        self.reply({"status": "ok"})

    def train(self, request: Asked, voice: str) -> None:
        known = self._known(voice)
        if not known["voice_verification"]["is_verified"]:
            raise Refused(400, "voice_not_verified", "The voice is not verified")
        model = request.json["model_id"]
        known["fine_tuning"]["state"][model] = "fine_tuning"
        known["fine_tuning"]["progress"][model] = 0.1
        self.reply({"status": "ok"})

    def get_voice(self, request: Asked, voice: str) -> None:
        self.reply(self._known(voice))

    def list_voices(self, request: Asked) -> None:
        self.reply({"voices": list(self.fake.voices.values())})

    def delete_voice(self, request: Asked, voice: str) -> None:
        self._known(voice)
        del self.fake.voices[voice]
        self.reply({"status": "ok"})

    def subscription(self, request: Asked) -> None:
        plan = self.fake.plan
        self.reply(
            {
                "tier": plan.tier, "character_count": self.fake.used, "character_limit": self.fake.limit,
                "can_use_instant_voice_cloning": plan.cloning, "voice_limit": plan.voices,
                "can_use_professional_voice_cloning": plan.cloning,
                "voice_slots_used": len(self.fake.voices) - 1, "status": "active",
            }
        )  # fmt: skip

    def new_dictionary(self, request: Asked) -> None:
        self._require(request.json.get("rules"), "rules")
        name = f"dictionary{len(self.fake.dictionaries)}"
        self.fake.dictionaries[name] = [request.json["rules"]]
        self.reply({"id": name, "name": request.json["name"], "version_id": "v1", "version_rules_num": 1})

    def more_rules(self, request: Asked, name: str) -> None:
        versions = self.fake.dictionaries[name]
        versions.append(versions[-1] + request.json["rules"])
        told = {"id": name, "version_id": f"v{len(versions)}", "version_rules_num": len(versions[-1])}
        self.reply(told)

    def _known(self, voice: str) -> dict[str, Any]:
        return _known(self.fake, voice)

    def _new_voice(self, name: str, category: str) -> str:
        voice = f"clone{len(self.fake.voices):015}"
        self.fake.voices[voice] = {"voice_id": voice, "name": name, "category": category}
        return voice

    def _require(self, value: object, name: str) -> None:
        if not value:
            error = Refused(422, "", "")
            error.detail = [{"loc": ["body", name], "msg": "Field required", "type": "missing"}]
            raise error


_ROUTES: tuple[tuple[str, str, Callable[..., None]], ...] = (
    ("POST", r"/v1/text-to-speech/([^/]+)/with-timestamps", _Handler.with_timestamps),
    ("POST", r"/v1/text-to-speech/([^/]+)", _Handler.without_timestamps),
    ("POST", r"/v1/forced-alignment", _Handler.align),
    ("POST", r"/v1/voices/add", _Handler.add_voice),
    ("POST", r"/v1/voices/pvc", _Handler.add_professional),
    ("POST", r"/v1/voices/pvc/([^/]+)/samples", _Handler.add_samples),
    ("GET", r"/v1/voices/pvc/([^/]+)/captcha", _Handler.get_captcha),
    ("POST", r"/v1/voices/pvc/([^/]+)/captcha", _Handler.verify),
    ("POST", r"/v1/voices/pvc/([^/]+)/train", _Handler.train),
    ("GET", r"/v1/voices", _Handler.list_voices),
    ("GET", r"/v1/voices/([^/]+)", _Handler.get_voice),
    ("DELETE", r"/v1/voices/([^/]+)", _Handler.delete_voice),
    ("GET", r"/v1/user/subscription", _Handler.subscription),
    ("POST", r"/v1/pronunciation-dictionaries/add-from-rules", _Handler.new_dictionary),
    ("POST", r"/v1/pronunciation-dictionaries/([^/]+)/add-rules", _Handler.more_rules),
)


def _known(fake: Fake, voice: str) -> dict[str, Any]:
    if voice not in fake.voices:
        raise Refused(404, "voice_not_found", f"A voice with the voice_id {voice} was not found.")
    return fake.voices[voice]


def _check(fake: Fake, told: dict[str, Any], voice: str, form: str) -> None:
    """What the service refuses, in its own words."""
    _known(fake, voice)
    model, text = told.get("model_id", "eleven_multilingual_v2"), told["text"]
    if model not in MOST_CHARACTERS:
        raise Refused(400, "model_not_found", f"A model with model ID {model} does not exist")
    if not form.startswith(fake.plan.forms):
        raise Refused(403, "output_format_not_allowed", f"Output format '{form}' needs the Pro tier")
    if not text.strip():
        raise Refused(400, "input_text_empty", "The text is empty")
    most = min(MOST_CHARACTERS[model], fake.plan.characters_at_once)
    if len(text) > most:
        message = f"This request's text has {len(text)} characters and exceeds the character limit of {most}"
        raise Refused(400, "max_character_limit_exceeded", message)
    if fake.used + len(text) > fake.limit:
        left = fake.limit - fake.used
        message = f"This request exceeds your quota. You have {left} credits remaining"
        raise Refused(401, "quota_exceeded", message)
    around = [name for name in told if name.startswith(("previous_", "next_"))]
    if model == "eleven_v3" and around:
        message = "Providing previous_text or next_text is not yet supported with the 'eleven_v3' model."
        raise Refused(400, "unsupported_model", message)
    if any(len(told[name]) > 3 for name in around if name.endswith("_ids")):
        raise Refused(422, "too_many_request_ids", "at most 3 request ids")
    if "language_code" in told and model not in HELD_TO_A_LANGUAGE:
        raise Refused(400, "unsupported_language", f"{model} does not support the language_code parameter")
    if not 0.7 <= told.get("voice_settings", {}).get("speed", 1.0) <= 1.2:
        raise Refused(400, "invalid_voice_settings", "speed is 0.7 to 1.2")
    for locator in told.get("pronunciation_dictionary_locators", []):
        if locator["pronunciation_dictionary_id"] not in fake.dictionaries:
            raise Refused(400, "pronunciation_dictionary_not_found", "no such dictionary")


@lru_cache(maxsize=64)
def _said(text: str, language: str, speed: float, pitch: float) -> Speech:
    return Espeak().speak(SpeechRequest(text, language, rate=speed, pitch=pitch))


def _spoken(
    text: str, form: str, seed: int = 0, speed: float = 1.0
) -> tuple[NDArray[np.float32], dict[str, list[Any]]]:
    """The sound at the form's rate, and when each character of the text is heard."""
    language = next((name for name, script in _SCRIPTS.items() if re.search(script, text)), "en")
    try:
        speech = _said(text, language, speed, 1.0 + seed % 3 / 50)
    except ProviderError as error:
        raise Refused(400, "invalid_text", error.message) from error
    rate = int(form.split("_")[1])
    common = gcd(rate, speech.sample_rate)
    samples = resample_poly(speech.samples, rate // common, speech.sample_rate // common)
    starts, ends = [0.0] * len(text), [0.0] * len(text)
    position, last = 0, 0.0
    for word in speech.words:
        at = text.index(word.text, position)
        for i in range(position, at):
            starts[i], ends[i] = last, word.start
        step = (word.end - word.start) / len(word.text)
        for i in range(len(word.text)):
            starts[at + i], ends[at + i] = word.start + i * step, word.start + (i + 1) * step
        position, last = at + len(word.text), word.end
    for i in range(position, len(text)):
        starts[i] = ends[i] = last
    return np.clip(samples, -1, 1).astype(np.float32), {
        "characters": list(text),
        "character_start_times_seconds": [round(time, 3) for time in starts],
        "character_end_times_seconds": [round(time, 3) for time in ends],
    }


def _mp3(samples: NDArray[np.float32]) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp3") as output:
        stream = output.add_stream("libmp3lame", rate=44_100, layout="mono")
        stream.bit_rate = 128_000
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = 44_100
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)
    return target.getvalue()
