"""Opening files from outside: only plain files, only containers that hold their own data, within limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.films import moving, tone, write_film

from retake.errors import MediaError
from retake.media.source import Kind, open_source, origin


def refused(path: Path, kind: Kind = "any", **limits: int) -> str:
    with pytest.raises(MediaError) as caught, open_source(path, kind=kind, **limits):
        pass
    assert str(path) == caught.value.place
    assert caught.value.remedy
    return caught.value.message


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_film(tmp_path / "film.mp4", moving(5), sound=tone(0.2))


def test_a_film_opens_for_its_picture_and_its_sound(film: Path) -> None:
    for kind in ("any", "video", "audio"):
        with open_source(film, kind=kind) as container:
            assert container.streams.video and container.streams.audio


@pytest.mark.parametrize("name", ["script.mp4", "script.txt", "script.ffconcat"])
def test_a_script_that_names_another_file_is_refused(tmp_path: Path, film: Path, name: str) -> None:
    script = tmp_path / name
    script.write_text(f"ffconcat version 1.0\nfile '{film.name}'\n")
    refused(script)
    refused(script, "audio")


def test_playlists_are_refused(tmp_path: Path, film: Path) -> None:
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{film.name}\n#EXT-X-ENDLIST\n")
    refused(playlist)
    dash = tmp_path / "dash.mp4"
    dash.write_text('<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>')
    refused(dash)


def test_a_file_name_is_never_taken_as_a_pattern(tmp_path: Path) -> None:
    pattern = tmp_path / "shot%03d.png"
    pattern.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    (tmp_path / "shot001.png").write_bytes(pattern.read_bytes())
    refused(pattern)


@pytest.mark.parametrize(
    "url",
    ["file:/etc/hostname", "http://localhost/a.mp4", "concat:a.mp4|b.mp4", "subfile,,start,0,end,9,,:a"],
)
def test_urls_and_protocols_are_no_paths(url: str) -> None:
    refused(Path(url))


def test_missing_empty_folder_device_and_rubbish_are_refused(tmp_path: Path) -> None:
    empty, rubbish = tmp_path / "empty.mp4", tmp_path / "rubbish.mp4"
    empty.touch()
    rubbish.write_bytes(b"not a film at all " * 100)
    assert "no such file" in refused(tmp_path / "missing.mp4")
    assert "empty" in refused(empty)
    assert "folder" in refused(tmp_path)
    assert "regular" in refused(Path("/dev/null"))
    refused(rubbish)
    refused(tmp_path / "nul\0byte.mp4")


def test_a_film_cut_off_in_the_middle_is_refused(tmp_path: Path, film: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(film.read_bytes()[: film.stat().st_size * 2 // 3])
    assert "cut off" in refused(cut)


def test_a_film_without_frames_is_refused(tmp_path: Path) -> None:
    hollow = write_film(tmp_path / "hollow.mkv", moving(1), times=[0])
    whole = hollow.read_bytes()
    cluster = whole.index(b"\x1f\x43\xb6\x75")
    hollow.write_bytes(whole[:cluster])
    refused(hollow, "video")


def test_a_kind_promises_its_stream(tmp_path: Path) -> None:
    mute = write_film(tmp_path / "mute.mp4", moving(3))
    assert "no sound" in refused(mute, "audio")
    with open_source(mute, kind="video"):
        pass


def test_pixels_are_limited_before_decoding(film: Path) -> None:
    refused(film, "video", max_pixels=128 * 96 - 1)


def test_second_0_is_where_the_container_begins(tmp_path: Path) -> None:
    late = write_film(tmp_path / "late.ts", moving(5), times=range(50, 55))
    with open_source(late) as container:
        assert origin(container) == 2
