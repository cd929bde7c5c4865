"""Wav2Lip: what it hears and sees, how its faces are pasted, and how checkpoints are read or refused."""

from __future__ import annotations

import logging
import sys
import warnings
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retake.errors import InputError
from retake.generate.lipsync.base import BaseLipSync, LipSyncRequest, Moment
from retake.generate.lipsync.clip import write_clip
from retake.generate.lipsync.faces import FaceBox
from retake.generate.lipsync.wav2lip import Wav2LipSync
from retake.generate.lipsync.wav2lip.adapter import Cut, cuts_around, pasted, prepared, upright
from retake.generate.lipsync.wav2lip.mel import at_16k, mel_spectrogram, windows
from retake.media.take import read_take

GRASS = np.random.default_rng(7).integers(60, 120, (180, 240, 3), dtype=np.uint8)


def chirp() -> np.ndarray:
    time = np.arange(16_000) / 16_000
    noise = 0.05 * np.random.default_rng(4).standard_normal(16_000)
    return (0.3 * np.sin(2 * np.pi * (200 * time + 1500 * time**2)) + noise).astype(np.float32)


# What librosa 0.11 gives for the chirp (its mel filters and STFT, with the same constants).
LIBROSA_COLUMNS = (0, 10, 30, 50, 70, 80)
LIBROSA = {
    5: (0.3323, -1.5841, -1.152, -1.6773, -1.4163, -0.1451),
    20: (-1.3608, -0.6539, -0.161, -1.103, -0.737, -0.4407),
    40: (0.0055, -0.1298, -0.3344, -0.2006, -0.1657, -0.3317),
    60: (0.0478, 0.2643, 0.5392, 0.1589, 0.3977, 0.7927),
    75: (0.5384, 0.6738, 0.5652, 0.6055, 0.4505, 0.5404),
}


def test_the_mel_spectrogram_is_that_of_the_training():
    mel = mel_spectrogram(chirp())
    assert mel.shape == (80, 81)
    assert mel.dtype == np.float32
    for band, expected in LIBROSA.items():
        assert np.abs(mel[band, list(LIBROSA_COLUMNS)] - expected).max() < 2e-3


def test_silence_is_the_floor_and_even_a_moment_of_sound_has_a_column():
    assert (mel_spectrogram(np.zeros(3200, np.float32)) == -4).all()
    assert mel_spectrogram(np.full(3, 0.5, np.float32)).shape == (80, 3)


def test_other_rates_are_heard_alike():
    time = np.arange(48_000) / 48_000
    high = (0.4 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    low = mel_spectrogram(at_16k(high, 48_000))
    assert low.shape == (80, 81)
    assert np.abs(low[:, 5:-5] - mel_spectrogram(high[::3])[:, 5:-5]).max() < 0.2


def test_each_frame_hears_the_fifth_of_a_second_that_begins_with_it():
    mel = mel_spectrogram(chirp())
    heard = windows(chirp(), 16_000, np.array([0.0, 0.04, 0.5]))
    assert heard.shape == (3, 1, 80, 16)
    assert np.array_equal(heard[0, 0, :, 3:], mel[:, 3:16])
    assert np.array_equal(heard[1, 0], mel[:, 3:19])  # int(0.04 * 80)
    assert np.array_equal(heard[2, 0], mel[:, 40:56])


def test_before_and_after_the_sound_is_silence():
    heard = windows(chirp(), 16_000, np.array([-0.5, 0.9, 1.5]))
    assert (heard[0] == -4).all()
    assert (heard[1, 0, :, :5] > -4).any()
    assert (heard[1, 0, :, 12:] == -4).all()
    assert (heard[2] == -4).all()


def test_a_cut_holds_the_face_with_its_pads_and_stays_in_the_frame():
    (cut,) = cuts_around([FaceBox(100, 50, 100, 100)], (1, 10, 2, 3), (400, 300))
    assert cut == Cut(108 - 2, 45 - 1, 192 + 3, 162 + 10)
    (edge,) = cuts_around([FaceBox(-20, -30, 100, 100)], (0, 10, 0, 0), (60, 70))
    assert edge == Cut(0, 0, 60, 70)


def test_boxes_are_averaged_over_five_frames():
    boxes = [FaceBox(100 + 20 * (i % 2), 50, 100, 100) for i in range(20)]
    lefts = np.array([cut.left for cut in cuts_around(boxes, (0, 0, 0, 0), (400, 300))])
    assert np.ptp(lefts[2:-2]) <= 4
    still = cuts_around([FaceBox(100, 50, 100, 100)] * 7, (0, 0, 0, 0), (400, 300))
    assert len(set(still)) == 1


def test_faces_are_shown_blue_first_with_their_lower_half_hidden():
    face = np.zeros((50, 40, 3), np.uint8)
    face[...] = (255, 51, 0)
    shown = prepared([face, face])
    assert shown.shape == (2, 6, 96, 96)
    assert shown.dtype == np.float32
    assert np.allclose(shown[0, 3:, 80, 10], (0, 0.2, 1))
    assert np.allclose(shown[0, :3, 47, 10], (0, 0.2, 1))
    assert (shown[:, :3, 48:] == 0).all()
    assert np.array_equal(upright(shown[:, 3:])[1, 5, 5], (255, 51, 0))


def test_only_the_lower_face_is_pasted_softly_and_in_the_frames_own_colour():
    cut = Cut(60, 30, 160, 150)
    face = np.clip(GRASS[30:150, 60:160].astype(int) + 40, 0, 255).astype(np.uint8)
    small = np.asarray(prepared([face])[0, 3:][::-1].transpose(1, 2, 0) * 255, np.uint8)
    small[75:80, 40:56] = 250  # teeth
    patch = pasted(Moment(3, 3, 0.0, 1.0), cut, GRASS, small)
    assert patch is not None
    assert patch.frame == 3
    assert patch.y >= 30 + 50
    assert patch.y + patch.alpha.shape[0] <= 150
    assert patch.x >= 60
    assert patch.x + patch.alpha.shape[1] <= 160
    assert patch.alpha.max() == 1
    border = np.concatenate([patch.alpha[0], patch.alpha[-1], patch.alpha[:, 0], patch.alpha[:, -1]])
    assert border.max() < 0.25
    inside = patch.alpha > 0.9
    beneath = GRASS[patch.y :, patch.x :][: inside.shape[0], : inside.shape[1]]
    assert abs(np.median(patch.rgb[inside].astype(float)) - np.median(beneath[inside])) < 8
    assert patch.rgb[inside].max() > 180


def test_in_the_buffer_the_patch_fades_and_outside_the_picture_there_is_none():
    face = np.full((96, 96, 3), 90, np.uint8)
    faint = pasted(Moment(0, 0, -0.1, 0.25), Cut(60, 30, 160, 150), GRASS, face)
    assert faint is not None
    assert faint.alpha.max() == pytest.approx(0.25)
    assert pasted(Moment(0, 0, 0.0, 1.0), Cut(240, 30, 240, 150), GRASS, face) is None


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 frames of 192x160 at 25 a second: an oval that drifts over a noisy ground."""
    path = tmp_path_factory.mktemp("wav2lip") / "take.mp4"
    y, x = np.mgrid[:160, :192]
    ground = np.random.default_rng(3).integers(80, 110, (160, 192, 3))
    frames: list[NDArray[np.uint8]] = []
    for number in range(24):
        oval = ((x - 96 - number / 4) / 40) ** 2 + ((y - 80) / 55) ** 2 < 1
        frames.append(np.where(oval[..., None], ground + np.array([90, 60, 40]), ground).astype(np.uint8))
    write_clip(path, frames, Fraction(25), chirp(), 16_000)
    return path


@pytest.fixture
def spoken(film: Path) -> LipSyncRequest:
    """Ten frames that shall say something else, in a face whose place is given."""
    return LipSyncRequest(film, 8, 18, chirp()[:6400], 16_000, boxes=(FaceBox(60, 35, 78, 78),))


def test_without_pytorch_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch, spoken: LipSyncRequest):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match="not installed") as caught:
        next(iter(Wav2LipSync().patches(spoken)))
    assert "retake[wav2lip]" in caught.value.remedy


def test_the_version_names_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RETAKE_WAV2LIP_WEIGHTS", raising=False)
    assert isinstance(Wav2LipSync(), BaseLipSync)
    (tmp_path / "one.pth").write_bytes(b"one")
    (tmp_path / "two.pth").write_bytes(b"two")
    names = [None, tmp_path / "one.pth", tmp_path / "two.pth"]
    assert len({Wav2LipSync(weights=name).version for name in names}) == 3
    monkeypatch.setenv("RETAKE_WAV2LIP_WEIGHTS", str(tmp_path / "one.pth"))
    assert Wav2LipSync().version == Wav2LipSync(weights=tmp_path / "one.pth").version
    assert Wav2LipSync(pads=(0, 0, 0, 0)).version != Wav2LipSync().version


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights, large enough to pass on what they are given, in the form of the public checkpoints."""
    torch = pytest.importorskip("torch")
    from retake.generate.lipsync.wav2lip.model import Wav2Lip

    torch.set_num_threads(1)
    torch.manual_seed(1)
    named = {
        f"module.{name}": value * 1.7 if value.ndim == 4 else value
        for name, value in Wav2Lip().state_dict().items()
    }
    path = tmp_path_factory.mktemp("weights") / "wav2lip.pth"
    torch.save({"state_dict": named, "optimizer": None, "global_step": 7, "global_epoch": 1}, path)
    return path


def test_the_network_has_the_tensors_of_the_public_one():
    torch = pytest.importorskip("torch")
    from retake.generate.lipsync.wav2lip.model import Wav2Lip

    network = Wav2Lip().eval()
    tensors = network.state_dict()
    assert len(tensors) == 352
    assert sum(parameter.numel() for parameter in network.parameters()) == pytest.approx(36.298e6, abs=500)
    assert tensors["face_encoder_blocks.0.0.conv_block.0.weight"].shape == (16, 6, 7, 7)
    assert tensors["audio_encoder.3.conv_block.0.weight"].shape == (64, 32, 3, 3)
    assert tensors["face_decoder_blocks.1.0.conv_block.0.weight"].shape == (1024, 512, 3, 3)
    assert tensors["output_block.1.weight"].shape == (3, 32, 1, 1)
    with torch.inference_mode():
        drawn = network(torch.zeros(2, 1, 80, 16), torch.zeros(2, 6, 96, 96))
    assert drawn.shape == (2, 3, 96, 96)
    assert drawn.min() >= 0 and drawn.max() <= 1


def test_a_take_gets_patches_for_the_span_and_its_buffers(
    checkpoint: Path, spoken: LipSyncRequest, caplog: pytest.LogCaptureFixture
):
    adapter = Wav2LipSync(checkpoint, device="cpu", batch=4)
    with caplog.at_level(logging.WARNING):
        patches = list(adapter.patches(spoken))
    assert "non-commercial" in caplog.text
    assert [patch.frame for patch in patches] == list(range(4, 22))
    heights = [patch.alpha.max() for patch in patches]
    assert heights[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert heights[-4:] == pytest.approx([0.8, 0.6, 0.4, 0.2])
    for patch in patches:
        assert patch.y >= 70 and patch.y + patch.alpha.shape[0] <= 135
        assert patch.x >= 60 and patch.x + patch.alpha.shape[1] <= 138
    again = list(Wav2LipSync(checkpoint, device="cpu", batch=16).patches(spoken))
    assert max(np.abs(a.rgb.astype(int) - b.rgb).max() for a, b in zip(patches, again, strict=True)) <= 1


def test_what_is_said_decides_what_is_drawn(checkpoint: Path, spoken: LipSyncRequest):
    """Even random weights answer to the sound: were it not handed on, both would be equal."""
    adapter = Wav2LipSync(checkpoint, device="cpu")
    network = adapter._loaded()  # pyright: ignore[reportPrivateUsage]
    heard = windows(chirp(), 16_000, np.array([0.1, 0.8]))
    shown = prepared([GRASS, GRASS])
    drawn = network.draw(heard, shown)
    assert np.abs(drawn[0] - drawn[1]).max() > 3e-4


def test_a_whole_film_is_written_by_sync(checkpoint: Path, film: Path, tmp_path: Path):
    sound = tmp_path / "speech.wav"
    with wave.open(str(sound), "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes((chirp() * 20_000).astype("<i2").tobytes())
    target = tmp_path / "synced.mp4"
    Wav2LipSync(checkpoint, device="cpu").sync(film, sound, target, boxes=(FaceBox(60, 35, 78, 78),))
    before, after = read_take(film), read_take(target)
    assert (after.length, after.size) == (before.length, before.size)


def test_every_form_of_checkpoint_is_read(checkpoint: Path, tmp_path: Path):
    torch = pytest.importorskip("torch")
    from retake.generate.lipsync.wav2lip.weights import load

    cpu = torch.device("cpu")
    expected = load(checkpoint, cpu).state_dict()
    bare = {name: value for name, value in expected.items() if not name.endswith("num_batches_tracked")}
    torch.save(bare, tmp_path / "bare.pth")
    torch.save({"state_dict": expected}, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer PyTorch warns of TorchScript's age
        network = load(checkpoint, cpu)
        sample = (torch.zeros(1, 1, 80, 16), torch.zeros(1, 6, 96, 96))
        torch.jit.trace(network, sample, check_trace=False).save(str(tmp_path / "script.pt"))
    for name in ("bare.pth", "old.pth", "script.pt"):
        found = load(tmp_path / name, cpu).state_dict()
        assert all(torch.equal(found[key], value) for key, value in bare.items())


def test_wrong_checkpoints_are_refused_with_the_names_of_what_is_wrong(checkpoint: Path, tmp_path: Path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "wrong.pth"
    whole: dict[str, Any] = torch.load(checkpoint, weights_only=True)["state_dict"]

    def refused(content: object) -> str:
        torch.save(content, path)
        return message_of(path)

    lacking = {name: value for name, value in whole.items() if "output_block.1" not in name}
    assert "missing are output_block.1.weight, output_block.1.bias" in refused({"state_dict": lacking})
    assert "more" in refused({"state_dict": {"binary_pred.0.weight": torch.zeros(1)}})
    assert "unknown are extra" in refused(whole | {"extra": torch.zeros(1)})
    bent = whole | {"module.output_block.1.bias": torch.zeros(4)}
    assert "another shape are output_block.1.bias" in refused(bent)
    assert "holds a list" in refused([1, 2])
    path.write_bytes(b"no checkpoint")
    assert "can be read" in message_of(path)
    path.write_bytes(checkpoint.read_bytes()[:100_000])
    assert "can be read" in message_of(path)
    assert "no such file" in message_of(tmp_path / "none.pth")


class Hostile:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(HOSTILE),)


HOSTILE = "executed-by-a-checkpoint"


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    torch = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    torch.save({"state_dict": Hostile()}, tmp_path / "hostile.pth")
    assert "can be read" in message_of(tmp_path / "hostile.pth")
    assert not Path(HOSTILE).exists()


def test_without_weights_or_device_the_way_out_is_told(checkpoint: Path, spoken: LipSyncRequest):
    pytest.importorskip("torch")
    with pytest.raises(InputError, match="no weights") as caught:
        next(iter(Wav2LipSync().patches(spoken)))
    assert "RETAKE_WAV2LIP_WEIGHTS" in caught.value.remedy
    for device in ("cuda:99", "nonsense"):
        with pytest.raises(InputError, match="cannot compute on"):
            next(iter(Wav2LipSync(checkpoint, device=device).patches(spoken)))


def message_of(path: Path) -> str:
    torch = pytest.importorskip("torch")
    from retake.generate.lipsync.wav2lip.weights import load

    with pytest.raises(InputError) as caught:
        load(path, torch.device("cpu"))
    assert caught.value.place == str(path)
    assert caught.value.remedy
    return caught.value.message
