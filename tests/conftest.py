"""What every test has: no network, a store of its own, and pictures to compare with."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Golden = Callable[[str, Pixels], None]

FRAMES = Path(__file__).parent / "golden" / "frames"
MEAN_TOLERANCE = 0.5
"""Of 255, over all samples: what the rounding of another processor may change."""
FAR, FAR_SHARE = 24, 0.001
"""At most this share of the samples may differ by more than that: a moved edge shows here."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="make the golden frames again")


@pytest.fixture(autouse=True, scope="session")
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The settings' defaults, no keys, and a store and a home that no other run has touched."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("RETAKE_")]:
            patch.delenv(name)
        for name in ("ELEVENLABS_API_KEY", "SYNC_API_KEY"):
            patch.delenv(name, raising=False)
        patch.setenv("RETAKE_STORE", str(tmp_path_factory.mktemp("store")))
        patch.setenv("RETAKE_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Only this machine can be reached, so that a test that needs the network fails everywhere."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("localhost", "127.0.0.1", "::1"):
            raise OSError(f"a test may not reach {host}")
        connect(self, address)  # pyright: ignore[reportArgumentType]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def signals_of_a_terminal() -> None:
    """Commands that tests start can be interrupted, even where whoever started the tests ignores signals."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)


@pytest.fixture
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Golden:
    """Compare a picture, uint8 (height, width, 3) RGB, with tests/golden/frames/NAME.png.

    A picture that differs is kept with the one expected and their difference, ten times enhanced, side by
    side. With --regenerate it becomes the expected one, and what changed is named at the end.
    """

    def compare(name: str, pixels: Pixels) -> None:
        path = FRAMES / f"{name}.png"
        fault = _difference(_read(path), pixels)
        if fault and request.config.getoption("--regenerate"):
            FRAMES.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path, optimize=True)
            request.config.stash.setdefault(_CHANGED, []).append(f"{path.name}: {fault}")
        elif fault:
            seen = tmp_path / f"{name}.png"
            Image.fromarray(_side_by_side(_read(path), pixels)).save(seen)
            pytest.fail(f"{path.name}: {fault}; look at {seen}, and run ./dev golden if it is meant so")

    return compare


_CHANGED: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--regenerate"):
        changed = config.stash.get(_CHANGED, [])
        terminalreporter.section("golden frames")
        for line in changed or ["none changed"]:
            terminalreporter.write_line(line)


def _read(path: Path) -> Pixels | None:
    return np.asarray(Image.open(path).convert("RGB")) if path.is_file() else None


def _difference(expected: Pixels | None, found: Pixels) -> str:
    """How two pictures differ, or "" where no one would see it."""
    if expected is None:
        return "is new"
    if expected.shape != found.shape:
        return f"has the shape {found.shape}, not {expected.shape}"
    apart = np.abs(expected.astype(np.int16) - found)
    mean, far = float(apart.mean()), float((apart > FAR).mean())
    if mean <= MEAN_TOLERANCE and far <= FAR_SHARE:
        return ""
    return f"differs by {mean:.2f} of 255 on average, and by more than {FAR} in {far:.2%} of its samples"


def _side_by_side(expected: Pixels | None, found: Pixels) -> Pixels:
    if expected is None or expected.shape != found.shape:
        return found
    apart = np.abs(expected.astype(np.int16) - found) * 10
    return np.hstack([expected, found, np.minimum(apart, 255).astype(np.uint8)])
