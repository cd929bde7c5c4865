"""Fetching: what is brought, what is refused, and that nothing inside is reached or left half-written."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from retake.errors import DocumentError, HostError, InputError, MediaError, ProviderError, Severity
from retake.fetch import fetch, is_remote
from retake.settings import Settings

BODY = bytes(range(256)) * 300
MB = 1_000_000

Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A web server: what it answers for a path, and the requests that it saw."""

    port: int
    answers: dict[str, list[Handler]] = field(default_factory=dict)
    seen: list[BaseHTTPRequestHandler] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def on(self, path: str, *answers: Handler) -> str:
        """The answers for a path in turn, the last one for ever."""
        self.answers[path] = list(answers)
        return self.url + path


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


@pytest.fixture
def inner() -> Iterator[Site]:
    """A server that nothing may reach."""
    yield from serve()


def serve() -> Iterator[Site]:
    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.seen.append(self)
            answers = site.answers.get(self.path.partition("?")[0], [answer(404)])
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()


def answer(code: int = 200, body: bytes = b"", **headers: str) -> Handler:
    """An answer with these headers; `content_length` may lie."""

    def send(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in ({"content_length": str(len(body))} | headers).items():
            request.send_header(name.replace("_", "-").title(), value)
        request.end_headers()
        request.wfile.write(body)

    return send


@pytest.fixture
def settings(site: Site) -> Settings:
    return Settings(allow_hosts=(site.host,), timeout=5)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "fetched" / "thing.bin"


def brought(url: str, target: Path, settings: Settings, **options: Any) -> Any:
    pauses: list[float] = []
    options = {"limit": MB, "sleep": pauses.append, "chance": lambda: 1.0} | options
    return fetch(url, target, settings=settings, **options), pauses


def refused(kind: type[Exception], url: str, target: Path, settings: Settings, **options: Any) -> Any:
    """The error, when it was of that kind and left nothing behind."""
    with pytest.raises(kind) as caught:
        brought(url, target, settings, **options)
    assert not target.parent.exists() or not list(target.parent.iterdir())
    return caught.value


def test_a_file_is_brought_whole_with_its_hash_and_kind(site: Site, target: Path, settings: Settings):
    url = site.on("/a.bin", answer(body=BODY, content_type="image/png; charset=x"))
    fetched, pauses = brought(url, target, settings)
    assert target.read_bytes() == BODY
    assert (fetched.path, fetched.size, fetched.content_type) == (target, len(BODY), "image/png")
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert pauses == []


def test_what_stood_there_before_stays_until_the_new_one_is_whole(
    site: Site, target: Path, settings: Settings
):
    target.parent.mkdir()
    target.write_bytes(b"old")
    with pytest.raises(MediaError):
        brought(site.on("/gone", answer(404)), target, settings)
    assert target.read_bytes() == b"old"
    brought(site.on("/a", answer(body=BODY)), target, settings)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.9",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        "[fe80::1]",
        "8.8.8.8:8080",
        "8.8.8.8:22",
    ],
)
def test_private_places_and_odd_ports_are_refused_without_a_knock(
    host: str, target: Path, settings: Settings
):
    for scheme in ("http", "https"):
        error = refused(MediaError, f"{scheme}://{host}/latest/meta-data", target, settings)
        assert "no public web address" in error.message
        assert "RETAKE_ALLOW_HOSTS" in error.remedy


def test_a_redirect_to_a_private_place_is_refused(site: Site, inner: Site, target: Path, settings: Settings):
    secret = inner.on("/secret", answer(body=b"inside"))
    for location in (secret, f"http://localhost:{inner.port}/secret", "http://169.254.169.254/latest"):
        url = site.on("/away", answer(302, location=location))
        assert "no public web address" in refused(MediaError, url, target, settings).message
    assert inner.seen == []


def test_a_redirect_to_a_file_is_refused(site: Site, target: Path, settings: Settings):
    url = site.on("/away", answer(302, location="file:///etc/hostname"))
    assert "only https and http" in refused(MediaError, url, target, settings).message


def test_five_redirects_are_followed_and_not_six(site: Site, target: Path, settings: Settings):
    for hop in range(6):
        site.on(f"/{hop}", answer(307, location=f"/{hop + 1}"))
    site.on("/6", answer(body=BODY))
    brought(site.url + "/1", target, settings)
    assert target.read_bytes() == BODY
    target.unlink()
    assert "leads on more than 5" in refused(MediaError, site.url + "/0", target, settings).message


def test_an_allowed_host_is_allowed_with_its_port_alone(
    site: Site, inner: Site, target: Path, settings: Settings
):
    refused(MediaError, inner.on("/a", answer(body=BODY)), target, settings)
    assert inner.seen == []
    both = settings.model_copy(update={"allow_hosts": (site.host, inner.host)})
    brought(inner.url + "/a", target, both)
    assert len(inner.seen) == 1


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://host/a", "data:image/png;base64,AA", "/etc/hostname", "a.png", ""]
)
def test_other_schemes_and_paths_are_no_addresses(url: str, target: Path, settings: Settings):
    assert not is_remote(url)
    assert refused(InputError, url, target, settings).remedy


@pytest.mark.parametrize(
    "url", ["http://", "http://:80/", "https://[::1/", "http://a b/", "http://0177.0.0.1/", "http://x:99999/"]
)
def test_broken_addresses_are_refused(url: str, target: Path, settings: Settings):
    assert is_remote(url)
    assert refused(MediaError, url, target, settings).remedy


def test_too_much_is_refused_where_it_is_told_and_where_it_is_not(
    site: Site, target: Path, settings: Settings
):
    told = site.on("/told", answer(body=BODY))
    assert "larger than" in refused(MediaError, told, target, settings, limit=1000).message

    def untold(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(BODY)

    url = site.on("/untold", untold)
    assert "larger than" in refused(MediaError, url, target, settings, limit=1000).message
    brought(url, target, settings, limit=len(BODY))
    assert target.read_bytes() == BODY


def test_a_page_instead_of_a_picture_is_named(site: Site, target: Path, settings: Settings):
    page = site.on("/logo.png", answer(body=b"<html>", content_type="text/html"))
    error = refused(MediaError, page, target, settings, kinds=("image/",))
    assert "this is a web page, not image" in error.message
    for declared in ({}, {"content_type": "application/octet-stream"}, {"content_type": "image/png"}):
        brought(site.on("/raw", answer(body=BODY, **declared)), target, settings, kinds=("image/",))


@pytest.mark.parametrize("code", [429, 500, 503, 504])
def test_passing_failures_are_tried_again(site: Site, target: Path, settings: Settings, code: int):
    url = site.on("/a", answer(code), answer(code), answer(body=BODY))
    _, pauses = brought(url, target, settings)
    assert target.read_bytes() == BODY
    assert pauses == [0.5, 1.0]


def test_the_server_may_say_how_long_to_wait(site: Site, target: Path, settings: Settings):
    url = site.on("/a", answer(429, retry_after="7"), answer(body=BODY))
    assert brought(url, target, settings)[1] == [7.0]
    target.unlink()
    url = site.on("/b", answer(503, retry_after="900"))
    assert refused(ProviderError, url, target, settings).retry_after == 900


def test_failures_that_stay_are_recoverable_errors_that_tell_no_secret(
    site: Site, target: Path, settings: Settings
):
    site.on("/a", answer(503))
    url = f"http://user:password@{site.host}/a?signature=secret"
    error = refused(ProviderError, url, target, settings)
    assert error.severity is Severity.RECOVERABLE
    assert len(site.seen) == settings.attempts
    assert error.place == site.url + "/a"
    assert "password" not in str(error)


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_refusals_are_not_tried_again(site: Site, target: Path, settings: Settings, code: int):
    error = refused(MediaError, site.on("/a", answer(code)), target, settings)
    assert str(code) in error.message
    assert len(site.seen) == 1


def test_a_broken_off_answer_is_tried_again(site: Site, target: Path, settings: Settings):
    url = site.on("/a", answer(body=BODY[:500], content_length=str(len(BODY))), answer(body=BODY))
    brought(url, target, settings)
    assert target.read_bytes() == BODY


def test_a_silent_server_is_given_up(site: Site, target: Path, settings: Settings):
    done = threading.Event()
    url = site.on("/a", lambda request: done.wait(5) and None)
    brief = settings.model_copy(update={"timeout": 0.1, "attempts": 1})
    assert "did not answer within 0.1 s" in refused(ProviderError, url, target, brief).message
    done.set()


def test_nobody_there_is_a_recoverable_failure(site: Site, target: Path):
    with_nobody = Settings(allow_hosts=("127.0.0.1:9",), attempts=2)
    error = refused(ProviderError, "http://127.0.0.1:9/", target, with_nobody)
    assert "cannot be reached" in error.message


def test_an_empty_and_a_compressed_answer_are_refused(site: Site, target: Path, settings: Settings):
    assert "0 bytes" in refused(MediaError, site.on("/a", answer()), target, settings).message
    packed = site.on("/b", answer(body=BODY, content_encoding="gzip"))
    assert "compressed" in refused(MediaError, packed, target, settings).message


def test_proxies_of_the_environment_are_not_used(
    site: Site, inner: Site, target: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HTTP_PROXY", inner.url)
    brought(site.on("/a", answer(body=BODY)), target, settings)
    assert inner.seen == []


def test_a_folder_that_cannot_be_written_is_the_machines_fault(
    site: Site, tmp_path: Path, settings: Settings
):
    (tmp_path / "file").write_text("")
    with pytest.raises(HostError):
        brought(site.on("/a", answer(body=BODY)), tmp_path / "file" / "a", settings)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_leaves_nothing_behind(
    site: Site, target: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
):
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    error = refused(HostError, site.on("/a", answer(body=BODY)), target, settings)
    assert ("disk is full" in error.message) == (number == errno.ENOSPC)


def test_a_public_address_is_really_asked(target: Path):
    """The guard of the tests stands in its way, so that it is known to have got as far as that."""
    error = refused(ProviderError, "http://8.8.8.8/a", target, Settings(attempts=1))
    assert "cannot be reached" in error.message


def test_allowed_hosts_come_from_the_environment():
    found = Settings.from_environment({"RETAKE_ALLOW_HOSTS": "nas.local:8080, [fd00::5]:80"})
    assert found.allow_hosts == ("nas.local:8080", "[fd00::5]:80")
    for wrong in ("nas.local", "http://nas.local:80", "nas.local:80/x"):
        with pytest.raises(DocumentError, match="RETAKE_ALLOW_HOSTS"):
            Settings.from_environment({"RETAKE_ALLOW_HOSTS": wrong})


@pytest.fixture
def storage(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Object storage of all three kinds, without credentials, as their emulators offer it."""
    for prefix, name in (("AWS", "ENDPOINT_URL"), ("GOOGLE", "BASE_URL"), ("AZURE_STORAGE", "ENDPOINT")):
        monkeypatch.setenv(f"{prefix}_{name}", site.url)
        monkeypatch.setenv(f"{prefix.removesuffix('_STORAGE')}_SKIP_SIGNATURE", "true")
        monkeypatch.setenv(f"{prefix.removesuffix('_STORAGE')}_ALLOW_HTTP", "true")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    return site


def stored(body: bytes) -> Handler:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    return answer(body=body, etag='"1"', last_modified=date, content_type="video/mp4")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("s3://bucket/folder/a b?.mp4", "/bucket/folder/a%20b%3F.mp4"),
        ("gs://bucket/folder/a.mp4", "/bucket/folder%2Fa%2Emp4"),
        ("az://container/folder/a.mp4", "/container/folder/a.mp4"),
    ],
)
def test_an_object_is_brought_from_storage(
    storage: Site, target: Path, settings: Settings, url: str, path: str
):
    storage.on(path, stored(BODY))
    fetched, _ = brought(url, target, settings, kinds=("video/",))
    assert target.read_bytes() == BODY
    assert (fetched.size, fetched.content_type) == (len(BODY), "video/mp4")
    assert "Authorization" not in storage.seen[0].headers
    target.unlink()
    assert "larger" in refused(MediaError, url, target, settings, limit=100).message


def test_storage_signs_with_the_credentials_of_the_environment(
    storage: Site, target: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("AWS_SKIP_SIGNATURE")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    storage.on("/bucket/a", stored(BODY))
    brought("s3://bucket/a", target, settings)
    assert "AKIATEST" in storage.seen[0].headers["Authorization"]


def test_what_storage_refuses_is_told(storage: Site, target: Path, settings: Settings):
    assert "no such object" in refused(MediaError, "s3://bucket/none", target, settings).message
    storage.on("/bucket/closed", answer(403))
    assert "AWS_ACCESS_KEY_ID" in refused(MediaError, "s3://bucket/closed", target, settings).remedy
    storage.on("/bucket/down", answer(503))
    storage.seen.clear()
    assert refused(ProviderError, "s3://bucket/down", target, settings).severity is Severity.RECOVERABLE
    assert len(storage.seen) == settings.attempts
    storage.on("/bucket/again", answer(500), stored(BODY))
    brought("s3://bucket/again", target, settings)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    "url", ["s3://bucket", "s3:///key", "s3://user@host/key", "s3://b:80/key", "gs://b/f/"]
)
def test_what_names_no_object_is_refused(storage: Site, target: Path, settings: Settings, url: str):
    assert "names no object" in refused(MediaError, url, target, settings).message
    assert storage.seen == []
