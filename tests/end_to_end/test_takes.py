"""Recordings and their templates: whatever was filmed and wherever it lies, to a first film and its proof."""

from __future__ import annotations

import json
import re
import shlex
import threading
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from tests.commands import make, run
from tests.recordings import H264, OTHERS, Kind, record
from tests.takes import (
    KEYLESS,
    Home,
    issue_template,
    master_of,
    receipt_of,
    template_of,
    write_logo,
    write_recording,
)
from tests.talking_head import make_talking_head, photograph

from retake.errors import ProviderError, Severity
from retake.generate.lipsync.base import BaseLipSync
from retake.generate.lipsync.clip import write_clip
from retake.generate.lipsync.mouth import MouthLipSync
from retake.media.take import TakeReader, decode_sound, read_take


@contextmanager
def bucket(path: Path) -> Generator[str]:
    """An object store that holds one film: its address, as S3's clients read it."""
    data = path.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.partition("?")[0] == "/films/take.mp4"
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(data) if found else 0))
            self.send_header("Content-Type", "video/mp4")
            self.send_header("ETag", '"1"')
            self.send_header("Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT")
            self.end_headers()
            if found:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_the_template_as_it_was_first_written_makes_a_film(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    (tmp_path / "rec").mkdir()
    write_recording(tmp_path / "rec" / "master.mp4", voice=True)
    logo = write_logo(tmp_path / "rec" / "logo.png")
    config = issue_template(tmp_path / "rec", "master.mp4", lip_sync="none")
    done = run(home, "create-template", "--config", config)
    assert done.code == 0, done.told
    assert "lies after the recording ends" in done.out
    row = tmp_path / "rec" / "ROW.json"
    row.write_text(json.dumps({"client_name": "Bob", "company_name": "ACME", "logo": logo.name}))
    made = run(home, "personalize", "--template", "demo_v1", "--data", row, "-o", "out.mp4")
    assert made.code == 0, made.told
    assert run(home, "verify", master_of(home, "demo_v1"), "out.mp4", "--receipt-required").code == 0
    seen = run(home, "preview", "--template", "demo_v1", "--data", row, "--at", "1.8", "-o", "f.png")
    assert seen.code == 0, seen.told
    take = read_take(tmp_path / "out.mp4")
    film = next(TakeReader(take).rgb(45, 46)).astype(int)
    shown = np.asarray(Image.open(tmp_path / "f.png").convert("RGB"))
    assert np.abs(film - shown).mean() < 2.5
    old = next(TakeReader(read_take(tmp_path / "rec" / "master.mp4")).rgb(45, 46))
    assert np.abs(film - old)[20:60, 245:300].mean() > 20


def test_the_recording_is_read_from_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path, tmp_path)
    master = tmp_path / "elsewhere" / "take.mp4"
    master.parent.mkdir()
    write_recording(master)
    visual: dict[str, Any] = {"voice_segments": []}
    assert run(home, "create-template", "-c", issue_template(tmp_path, str(master), **visual)).code == 0
    lost = run(home, "create-template", "-c", issue_template(tmp_path, "no.mp4", **visual))
    assert (lost.code, "$.base_video_path" in lost.said) == (2, True)
    for address in ("https://localhost/take.mp4", "https://127.0.0.1/x.mp4", "https://10.0.0.7/take.mp4"):
        inside = run(home, "create-template", "-c", issue_template(tmp_path, address, **visual))
        assert inside.code == 2, inside.told
    with bucket(master) as endpoint:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true", "AWS_SKIP_SIGNATURE": "true",
            "AWS_REGION": "us-east-1",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        config = issue_template(tmp_path, "s3://films/take.mp4", id="stored", **visual)
        stored = run(home, "create-template", "-c", config)
        assert stored.code == 0, stored.told
        missing = issue_template(tmp_path, "s3://films/other.mp4", id="other", **visual)
        assert run(home, "create-template", "-c", missing).code == 2
    assert not [path for path in (tmp_path / "store").rglob("*") if path.name.startswith("source")]


def test_every_fault_of_a_template_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    write_recording(tmp_path / "master.mp4")
    line = {"id": "a", "start_time": 0.2, "end_time": 0.9, "template_text": "Hi {n}!"}
    box = {"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}
    faults: dict[str, Any] = {
        "voice_segments": [
            line, line | {"id": "b", "start_time": 0.5}, line | {"start_time": 3, "end_time": 2},
        ],
        "visual_segments": [
            {"id": "c", "segment_type": "text", "start_time": 0, "end_time": 1, **box, "x": 0.9},
        ],
    }  # fmt: skip
    done = run(home, "create-template", "-c", issue_template(tmp_path, "master.mp4", **faults))
    assert done.code == 2
    for place in ("$.voice_segments[1]", "$.voice_segments[2].id", "$.voice_segments[2].end_time",
                  "$.visual_segments[0]", "$.visual_segments[0].text"):  # fmt: skip
        assert place in done.said
    done = run(home, "create-template", "-c", issue_template(tmp_path, "master.mp4", colour="red"))
    assert (done.code, "$.colour" in done.said) == (2, True)
    outside: dict[str, Any] = {
        "lip_sync": "none",
        "voice_segments": [line, line | {"id": "b", "start_time": 1.5, "end_time": 9}],
        "visual_segments": [
            {"id": "c", "segment_type": "remove", "start_time": 7, "end_time": 8, **box},
            {"id": "d", "segment_type": "remove", "start_time": 1, "end_time": 1.01, **box},
        ],
    }  # fmt: skip
    done = run(home, "create-template", "-c", issue_template(tmp_path, "master.mp4", **outside))
    assert done.code == 2
    for told in ("$.voice_segments[1].end_time", "$.visual_segments[0].start_time", "shorter than a frame"):
        assert told in done.said
    assert not list((tmp_path / "home" / "templates").iterdir())


def test_a_face_is_used_only_while_consent_lasts(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    head = make_talking_head(tmp_path / "head.mp4", "Hello Maria, it is good to see you.")
    words = head.speech.words
    line = {
        "id": "greeting", "start_time": words[0].start, "end_time": words[-1].end,
        "original_text": "Hello Maria, it is good to see you.",
        "template_text": "Hello {client_name}, it is good to see you.",
    }  # fmt: skip
    config = issue_template(tmp_path, "head.mp4", visual_segments=[], voice_segments=[line], id="show",
                            presenter="Ada Byron", encoding={"preset": "ultrafast"})  # fmt: skip
    refused = run(home, "create-template", "-c", config)
    assert refused.code == 2
    command = re.search(r"retake (consent add .*)", refused.told)
    assert command and "--face" in command[1] and "Ada Byron" in command[1]
    given = run(home, *shlex.split(command[1]), "--yes", "--json")
    assert given.code == 0, given.told
    assert run(home, "create-template", "-c", config).code == 0
    made = make(home, "Bob")
    assert made.code == 0, made.told
    consents = run(home, "consent", "list", "--json").json["consents"]
    beside = json.loads((tmp_path / "out.metadata.json").read_text())
    assert [consents[0]["id"]] == receipt_of(home, "out.mp4")["consents"] == beside["consents"]
    assert beside["ai_generated"] and receipt_of(home, "out.mp4")["disclosure"]["generated"]
    (instead,) = made.json["fallbacks"]
    receipt = receipt_of(home, "out.mp4")
    assert instead in receipt["fallbacks"]
    verdict = json.loads((tmp_path / "out.verdict.json").read_text())
    assert instead in verdict["fallbacks"]
    assert receipt["measures"]["greeting.mouth_correlation"] > 0.4
    assert verdict["figures"]["greeting.mouth_closure"] == receipt["measures"]["greeting.mouth_closure"]
    assert "greeting: the mouth is" in instead
    assert {f["message"] for f in verdict["findings"] if not f["passed"]} <= set(beside["warnings"])
    take, film = read_take(master_of(home)), read_take(tmp_path / "out.mp4")
    (span,) = [span for span in receipt_of(home, "out.mp4")["video"]["spans"] if span["how"] == "encode"]
    middle = (span["changed"][0]["start"] + span["changed"][0]["stop"]) // 2
    old, new = (next(TakeReader(one).rgb(middle, middle + 1)).astype(int) for one in (take, film))
    assert np.abs(old - new)[:, :, 0].max() > 12
    assert run(home, "consent", "revoke", consents[0]["id"]).code == 0
    for command in (("personalize", "-o", "late.mp4"), ("preview", "-o", "late.png")):
        late = run(home, command[0], "-t", "show", "--set", "client_name=Bob", *command[1:])
        assert (late.code, "consent" in late.said) == (2, True)
    assert not list(tmp_path.glob("*late*"))


TEN_BITS = Kind("ten.mp4", "keyint=20", {"profile": "high10"}, pixels="yuv420p10le", spliceable=False)
NAMES = (
    "open.mp4",
    "cavlc.mp4",
    "long.mp4",
    "ntsc.mp4",
    "varying_b.mp4",
    "phone.mov",
    "hevc.mp4",
    "vp9.webm",
)
KINDS = (*(kind for kind in (*H264, *OTHERS) if kind.name in NAMES), TEN_BITS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_recording_is_changed_exactly_or_loudly(tmp_path: Path, kind: Kind) -> None:
    home = Home(tmp_path, tmp_path)
    try:
        record(tmp_path, kind, frames=72)
    except ValueError as error:
        pytest.skip(f"this FFmpeg cannot make it: {error}")
    write_logo(tmp_path / "acme.png")
    upright = read_take(tmp_path / kind.name).size
    config = issue_template(
        tmp_path, kind.name, id="show", lip_sync="none", encoding={"preset": "ultrafast"},
        voice_segments=[{"id": "w", "start_time": 1.2, "end_time": 1.6, "template_text": "{client_name}!"}],
        visual_segments=[{"id": "logo", "segment_type": "image", "motion": "static", "start_time": 0.4,
                          "end_time": 0.8, "x": 0.7, "y": 0.05, "width": 0.25, "height": 0.3,
                          "placeholder_key": "logo"}],
    )  # fmt: skip
    prepared = run(home, "create-template", "-c", config, "--json")
    assert prepared.code == 0, prepared.told
    warned = any("encoded anew" in text for text in prepared.json["warnings"])
    assert warned == (not kind.spliceable)
    done = make(home, "Bob of the winding road")
    assert done.code == 0, done.told
    assert run(home, "verify", master_of(home), "out.mp4").code == 0
    film, master = read_take(tmp_path / "out.mp4"), read_take(master_of(home))
    assert film.size == upright
    first = master.frame_at(Fraction(1, 2))
    old, new = (next(TakeReader(t).rgb(first, first + 1)).astype(int) for t in (master, film))
    height, width = old.shape[:2]
    box = np.s_[round(0.05 * height) : round(0.35 * height), round(0.7 * width) : round(0.95 * width)]
    apart = np.abs(old - new).mean(2)
    outside = apart.copy()
    outside[box] = 0
    assert apart[box].mean() > 10 and outside.mean() < 3
    if master.length - master.frame_at(Fraction(2)) > 20:  # beyond the group of pictures that changed
        last = [next(TakeReader(t).rgb(t.length - 1, t.length)) for t in (master, film)]
        assert np.array_equal(*last)
    heard = decode_sound(film), decode_sound(master)
    loud = kind.name.endswith("webm")
    assert any("encoded anew" in text for text in done.json["fallbacks"]) == loud
    more = (film.duration - master.duration) * 48_000
    assert abs(len(heard[0]) - len(heard[1]) - more) <= (1024 if loud else 0)
    assert film.audio is not None
    if not loud:
        assert film.audio.packets[-1].data == master.audio.packets[-1].data  # type: ignore[union-attr]


def with_plain_sound(film: Path) -> Path:
    """A copy of a film as a studio keeps it: PCM in QuickTime."""
    path = film.with_suffix(".mov")
    with av.open(str(film)) as source, av.open(str(path), "w") as output:
        own, coded = source.streams.video[0], source.streams.audio[0]
        pictures = output.add_stream_from_template(own, opaque=True)
        sound = output.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for packet in source.demux(own):
            if packet.dts is not None:
                packet.stream = pictures
                output.mux(packet)
        source.seek(0)
        to_pcm = av.AudioResampler("s16", "stereo", 48_000)
        for frame in source.decode(coded):
            for part in to_pcm.resample(frame):
                output.mux(sound.encode(part))
        output.mux(sound.encode(None))
    return path


def test_sound_that_cannot_be_spliced_is_encoded_anew_and_told(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    with_plain_sound(record(tmp_path, H264[0], frames=50))
    line = {"id": "w", "start_time": 0.6, "end_time": 1.0, "template_text": "{client_name}!"}
    config = issue_template(tmp_path, "closed.mov", voice_segments=[line], visual_segments=[], id="show",
                            lip_sync="none", encoding={"preset": "ultrafast"})  # fmt: skip
    assert run(home, "create-template", "-c", config).code == 0
    assert master_of(home).suffix == ".mov"
    done = run(home, "personalize", "-t", "show", "--set", "client_name=Al", "--json")
    assert done.code == 0 and done.json["film"] == "show.mov", done.said
    (told,) = done.json["fallbacks"]
    assert "PCM" in told and told in receipt_of(home, "show.mov")["fallbacks"]
    old, new = (decode_sound(read_take(path)) for path in (master_of(home), tmp_path / "show.mov"))
    assert len(new) == len(old) and np.abs(new).max() > 0.2
    assert np.corrcoef(old[:20_000, 0], new[:20_000, 0])[0, 1] > 0.98
    assert run(home, "verify", master_of(home), "show.mov").code == 0


def test_a_recording_without_sound_has_pictures_changed_and_no_words(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    record(tmp_path, H264[0], frames=40, sound=False)
    write_logo(tmp_path / "acme.png")
    done = run(home, "create-template", "-c", issue_template(tmp_path, "closed.mp4", lip_sync="none"))
    assert (done.code, "no sound" in done.said) == (2, True)
    config = issue_template(tmp_path, "closed.mp4", voice_segments=[], voice_id="", id="show")
    assert run(home, "create-template", "-c", config).code == 0
    assert make(home, "Bob").code == 0
    assert read_take(tmp_path / "out.mp4").audio is None


def test_a_face_is_needed_and_only_one(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    assert run(home, "consent", "add", "--subject", KEYLESS, "--face", "--yes").code == 0
    write_recording(tmp_path / "none.mp4", voice=True)
    done = run(home, "create-template", "-c", issue_template(tmp_path, "none.mp4", visual_segments=[]))
    assert done.code == 2 and "face" in done.said and "lip_sync" in done.said, done.told
    one = photograph()
    pair = np.concatenate([one, one[:, ::-1]], 1)
    sound = np.random.default_rng(1).normal(0, 0.05, 2 * 48_000).astype(np.float32)
    write_clip(tmp_path / "two.mp4", [pair] * 50, Fraction(25), sound, 48_000)
    two = run(home, "create-template", "-c", issue_template(tmp_path, "two.mp4", visual_segments=[]))
    assert two.code == 2 and "face" in two.said and "$.voice_segments" in two.said, two.told
    line = {"id": "greeting", "start_time": 0.5, "end_time": 1.0, "template_text": "Hello {client_name}!"}
    box = [0.17, 0.2, 0.2, 0.44]
    given = issue_template(tmp_path, "two.mp4", visual_segments=[], voice_segments=[line | {"face": box}],
                           id="show")  # fmt: skip
    assert run(home, "create-template", "-c", given).code == 0


def test_where_the_mouth_cannot_be_moved_the_original_words_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path, tmp_path)
    assert run(home, "consent", "add", "--subject", KEYLESS, "--face", "--yes").code == 0
    head = make_talking_head(tmp_path / "head.mp4", "Hello Maria, it is good.")
    line = {"id": "greeting", "start_time": 0.0, "end_time": head.speech.duration,
            "original_text": "Hello Maria, it is good.",
            "template_text": "Hello {client_name}, it is good."}  # fmt: skip
    config = issue_template(tmp_path, "head.mp4", visual_segments=[], voice_segments=[line], id="show")
    assert run(home, "create-template", "-c", config).code == 0

    class Broken(BaseLipSync):
        name = "broken"

        def sync(self, video_path: Path, audio_path: Path, output_path: Path, **kwargs: Any) -> None:
            raise RuntimeError("the mouth is gone")

    def fail(*_: object) -> None:
        raise ProviderError("the service is down", severity=Severity.RECOVERABLE)

    with monkeypatch.context() as patch:
        patch.setattr(MouthLipSync, "patches", fail)
        down = make(home, "Bob")
    monkeypatch.setattr(import_module("retake.produce.mouths"), "find", lambda kind, name: Broken())
    for done, why in ((down, "the service is down"), (make(home, "Bob"), "the mouth is gone")):
        assert done.code == 0, done.said
        (told,) = done.json["fallbacks"]
        assert "original words stay" in told and why in told
        assert done.json["kept"]["packets"] == 1


def test_an_adapter_that_nobody_has_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    assert run(home, "consent", "add", "--subject", KEYLESS, "--face", "--yes").code == 0
    write_recording(tmp_path / "master.mp4", voice=True)
    config = issue_template(tmp_path, "master.mp4", visual_segments=[], lip_sync="mine")
    done = run(home, "create-template", "-c", config)
    assert (done.code, "mine" in done.said) == (2, True), done.said


def test_what_was_made_before_is_taken_and_made_again_where_it_changed(tmp_path: Path) -> None:
    home = Home(tmp_path, tmp_path)
    config = template_of(tmp_path / "rec", logo=False)
    assert run(home, "create-template", "-c", config).code == 0
    master = master_of(home)
    made = master.stat().st_mtime_ns
    assert run(home, "create-template", "-c", config).code == 0
    assert master.stat().st_mtime_ns == made
    template = json.loads(config.read_text())
    config.write_text(json.dumps(template | {"name": "Another"}))
    assert run(home, "create-template", "-c", config).code == 0
    assert master.stat().st_mtime_ns != made
    master.write_bytes(master.read_bytes() + b"\0" * 8)
    refused = make(home, "Bob")
    assert (refused.code, "create-template" in refused.said) == (2, True)
    assert run(home, "create-template", "-c", config).code == 0
    assert make(home, "Bob").code == 0
