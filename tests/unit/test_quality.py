"""From a document's output to an encoder's settings."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from retake.assemble.quality import video_settings
from retake.media.encode import VideoSettings
from retake.timeline.document import Output


def settings(**output: Any) -> VideoSettings:
    return video_settings(Output.model_validate(output))


def test_the_usual_quality_stays_within_the_specified_bitrate() -> None:
    found = settings()
    assert (found.encoder, found.preset, found.crf, found.max_bitrate) == ("x264", "superfast", 19, 8_000_000)


def test_each_grade_takes_more_care_than_the_one_before() -> None:
    crf = [settings(quality=name).crf for name in ("draft", "standard", "high")]
    assert crf == sorted(crf, reverse=True)


def test_the_cap_follows_size_and_rate() -> None:
    caps = [settings(size=[270, 480]).max_bitrate, settings().max_bitrate, settings(fps=60).max_bitrate]
    assert all(a and b and a < b for a, b in pairwise(caps))


@pytest.mark.parametrize("own", [{"crf": 12}, {"preset": "slow"}])
def test_a_users_own_crf_or_preset_lifts_the_cap(own: dict[str, Any]) -> None:
    assert settings(**own).max_bitrate is None
    assert settings(**own, max_bitrate=500_000).max_bitrate == 500_000


def test_a_crf_of_0_is_kept() -> None:
    assert settings(crf=0).crf == 0


def test_a_users_own_preset_is_taken_as_it_is() -> None:
    assert "mbtree" in settings().options()["x264-params"]
    assert "mbtree" not in settings(preset="superfast").options()["x264-params"]


def test_webm_is_vp9_on_its_own_scale() -> None:
    found = settings(format="webm")
    assert (found.encoder, found.crf) == ("vp9", 31)


@pytest.mark.parametrize("encoder", ["nvenc", "videotoolbox", "qsv"])
def test_hardware_is_used_only_when_named(encoder: str) -> None:
    assert settings(encoder=encoder).encoder == encoder
    assert settings().encoder == "x264"
