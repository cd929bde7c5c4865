"""The command line: what is passed on to `retake.produce`, what is printed where, and the exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from retake.check.verdict import Finding, Verdict
from retake.cli import options
from retake.cli.app import app, application
from retake.errors import DocumentError, HostError, InputError, Problem
from retake.progress import Step
from retake.recipes.story.platforms import ASPECTS
from retake.timeline.assets import CaptionStyle
from retake.timeline.document import Encoder, Format, Quality


@dataclass
class Film:
    film: Path
    verdict: Verdict
    name: str = "The Lost Artifact"
    files: Mapping[str, Path] = field(default_factory=dict[str, Path])
    warnings: tuple[Problem, ...] = ()
    fallbacks: tuple[str, ...] = ()
    seconds: float = 60.0
    frames: int = 1800
    frames_copied: int = 0


class Producer(ModuleType):
    """Stands in for `retake.produce`: records each call, and raises `error` where one is set."""

    def __init__(self) -> None:
        super().__init__("retake.produce")
        self.calls: list[tuple[Any, ...]] = []
        self.given: dict[str, Any] = {}
        self.error: BaseException | None = None
        self.verdict = Verdict((Finding("length", True, "60 s", "60 s"),), figures={"duration": 60.5})
        self.problems: tuple[Problem, ...] = ()

    def _record(self, *values: Any, **given: Any) -> None:
        self.calls.append(values)
        self.given = given
        if self.error:
            raise self.error

    def produce_story(self, source: Path, out: Path, **given: Any) -> Any:
        self._record(source, out, **given)
        given["progress"](Step("render", 1800, 1800, frames=True))
        return type("Production", (), {"films": (self._film(out / "film.mp4"),), "story": out / "story.json"})

    def render_document(self, source: Path, out: Path | None, **given: Any) -> Film:
        self._record(source, out, **given)
        return self._film(out or Path("film.mp4"))

    def preview_frame(self, source: Path, at: Fraction, **given: Any) -> Any:
        self._record(source, at, **given)
        return np.full((20, 10, 3), (200, 30, 40), np.uint8)

    def check_file(self, path: Path, against: Path | None) -> Verdict:
        self._record(path, against)
        return self.verdict

    def validate_file(self, path: Path) -> tuple[Problem, ...]:
        self._record(path)
        return self.problems

    def _film(self, path: Path) -> Film:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"12345")
        return Film(path, self.verdict)


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Producer:
    monkeypatch.chdir(tmp_path)
    standing_in = Producer()
    monkeypatch.setitem(sys.modules, "retake.produce", standing_in)
    return standing_in


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_only_the_options_given_override_the_story(producer: Producer, tmp_path: Path) -> None:
    result = run("story", "a/tale.json", "--aspect", "1:1", "--aspect", "16:9", "--captions", "pop")
    assert result.exit_code == 0, result.stderr
    assert producer.calls == [(Path("a/tale.json"), Path("tale"))]
    assert producer.given["overrides"] == {"aspect_ratios": ("1:1", "16:9"), "caption_style": "pop"}
    run(
        "story", "tale.json", "--music", "song.mp3", "--size", "720x1280", "--no-thumbnails", "--workers", "3"
    )
    assert producer.given["overrides"] == {
        "music": tmp_path / "song.mp3",
        "size": (720, 1280),
        "thumbnails": False,
    }
    assert producer.given["settings"].workers == 3


@pytest.mark.parametrize("music", ["bed", "none"])
def test_music_may_be_a_word_instead_of_a_file(producer: Producer, music: str) -> None:
    run("story", "tale.json", "--music", music)
    assert producer.given["overrides"] == {"music": music}


def test_values_of_variables_come_from_the_file_and_over_it_from_set(producer: Producer) -> None:
    Path("row.json").write_text('{"name": "Ada", "age": 36}')
    run(
        "render", "t.json", "-o", "out.webm", "--data", "row.json", "--set", "name=Grace", "--set", "vip=true"
    )
    assert producer.given["row"] == {"name": "Grace", "age": 36, "vip": True}
    assert producer.calls[0][1] == Path("out.webm") and producer.given["overrides"] == {}


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("render", "t.json", "--set", "name"), "--set"),
        (("render", "t.json", "--data", "missing.json"), "missing.json"),
        (("story", "t.json", "--size", "wide"), "--size"),
        (("frame", "t.json", "--at", "noon"), "--at"),
        (("frame", "t.json", "-o", "frame.tif"), "frame.tif"),
    ],
)
def test_an_option_that_cannot_be_used_is_bad_input(
    producer: Producer, arguments: tuple[str, ...], place: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert place in result.stderr
    assert "Traceback" not in result.stderr


def test_json_is_one_object_on_standard_output(producer: Producer) -> None:
    result = run("story", "tale.json", "--json")
    told = json.loads(result.stdout)
    assert told["passed"] is True
    assert told["films"][0]["film"] == "tale/film.mp4"
    assert told["films"][0]["bytes"] == 5
    assert told["films"][0]["verdict"]["passed"] is True
    assert told["films"][0]["duration"] == 60.5
    assert told["story"] == "tale/story.json"
    assert "render: done" in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "kind"),
    [
        (InputError("no such file", place="x.json", remedy="name another"), 2, "InputError"),
        (DocumentError([Problem("$.a", "bad"), Problem("$.b", "worse")]), 2, "DocumentError"),
        (HostError("the disk is full"), 1, "HostError"),
        (PermissionError(13, "Permission denied", "out"), 1, "HostError"),
        (KeyboardInterrupt(), 130, "Interrupted"),
        (ZeroDivisionError("never"), 1, "Defect"),
    ],
)
def test_a_failure_has_its_exit_code_and_no_traceback(
    producer: Producer, error: BaseException, code: int, kind: str
) -> None:
    producer.error = error
    human, machine = run("story", "tale.json"), run("story", "tale.json", "--json")
    assert (human.exit_code, machine.exit_code) == (code, code)
    assert human.stdout == ""
    assert "Traceback" not in human.stderr
    told = json.loads(machine.stdout)["error"]
    assert (told["kind"], told["exit_code"]) == (kind, code)


def test_every_problem_of_a_document_is_told_with_place_and_remedy(producer: Producer) -> None:
    producer.error = DocumentError(
        [Problem("$.a", "bad", "mend it"), Problem("$.b", "worse")], place="x.json"
    )
    said = run("story", "x.json").stderr
    assert all(part in said for part in ("x.json: 2 problems found", "$.a", "bad", "mend it", "$.b", "worse"))


def test_the_traceback_of_a_defect_is_kept_in_a_file(
    producer: Producer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    producer.error = ZeroDivisionError("never")
    said = run("story", "x.json").stderr
    (kept,) = tmp_path.glob("retake-*.log")
    assert str(kept) in said
    assert "ZeroDivisionError: never" in kept.read_text()


def test_a_film_that_fails_its_check_fails_the_command(producer: Producer) -> None:
    producer.verdict = Verdict((Finding("loudness", False, "-9 LUFS", "-14 LUFS", "too loud"),))
    for arguments in (("story", "t.json"), ("render", "t.json"), ("check", "film.mp4")):
        result = run(*arguments)
        assert result.exit_code == 1
        assert "too loud" in result.stdout
        assert run(*arguments, "--json").exit_code == 1


def test_frame_saves_the_picture_of_that_moment_and_nothing_else(producer: Producer, tmp_path: Path) -> None:
    result = run("frame", "t.json", "--at", "1:03.2", "-o", "deep/frame.png")
    assert result.exit_code == 0, result.stderr
    assert producer.calls == [(Path("t.json"), Fraction("63.2"))]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["frame.png"]
    with Image.open(tmp_path / "deep" / "frame.png") as picture:
        assert (picture.size, picture.getpixel((5, 5))) == ((10, 20), (200, 30, 40))


def test_a_warning_alone_is_valid_and_an_error_is_bad_input(producer: Producer) -> None:
    producer.problems = (Problem("$.text", "is empty", "fill it", warning=True),)
    assert run("validate", "t.json").exit_code == 0
    producer.problems += (Problem("$.start", "is negative"),)
    result = run("validate", "t.json", "--json")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert told["valid"] is False
    assert [problem["severity"] for problem in told["problems"]] == ["warning", "error"]


@pytest.mark.parametrize("kind", ["timeline", "story"])
def test_schema_prints_a_json_schema(kind: str) -> None:
    told = json.loads(run("schema", kind).stdout)
    assert told["type"] == "object"
    assert "properties" in told


def test_usage_errors_are_bad_input_in_json_too() -> None:
    for arguments in (("story",), ("stori", "x"), ("story", "x", "--aspect", "2:1"), ("--nonsense",)):
        assert run(*arguments).exit_code == 2
    told = json.loads(run("story", "x", "--aspect", "2:1", "--json").stdout)
    assert told["error"]["kind"] == "UsageError"


def test_doctor_examines_every_area(producer: Producer) -> None:
    told = json.loads(run("doctor", "--json").stdout)
    areas = {finding["area"] for finding in told["findings"]}
    assert areas == {"machine", "packages", "encoders", "fonts", "voices", "providers", "services", "places"}
    missing = [finding for finding in told["findings"] if not finding["found"]]
    assert all(finding["gives"] or finding["remedy"] for finding in missing)


def test_the_choices_are_those_of_the_documents() -> None:
    assert set(options.Aspect) == set(ASPECTS)
    assert set(options.CaptionStyle) == {*get_args(CaptionStyle), "none"}
    assert set(options.Quality) == set(get_args(Quality))
    assert set(options.Encoder) == set(get_args(Encoder))
    assert set(options.Format) == set(get_args(Format))


@pytest.mark.parametrize("arguments", [["frame", "a.json"], ["--debug", "frame"], ["consent", "list"]])
def test_only_the_command_that_is_asked_for_is_described(arguments: list[str]) -> None:
    found = application(arguments)
    names = [command.name for command in found.registered_commands]
    names += [group.name for group in found.registered_groups]
    assert names == [name for name in arguments if name in ("frame", "consent")]


@pytest.mark.parametrize("arguments", [[], ["--help"], ["fram"]])
def test_without_a_commands_name_all_are_described(arguments: list[str]) -> None:
    assert application(arguments) is app
