"""A checkpoint of Wav2Lip read into the network, or refused.

Enters: a file as the public ones are: a pickled `{"state_dict": {"module.…": tensor}}`, tensors alone, or a
TorchScript archive. Leaves: the network, ready. Nothing in the file is executed: pickles are read with
`weights_only`, and of a TorchScript archive only the tensors are taken. Errors: `InputError`, `HostError`.
"""

# PyTorch is an extra, so its types are not always there to be checked.
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import logging
import pickle
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retake.errors import InputError

if TYPE_CHECKING:
    import torch

    from retake.generate.lipsync.wav2lip.model import Wav2Lip

LICENCE = (
    "the public weights of Wav2Lip were trained on the LRS2 dataset and are for research and other "
    "non-commercial use only; for anything else ask their authors for a licence"
)

_NAMED = 5  # tensors that a message names
_UNNEEDED = "num_batches_tracked"  # counts of the training, of no use afterwards

_log = logging.getLogger(__name__)


def load(path: Path, device: torch.device) -> Wav2Lip:
    """The network with the weights of `path`, on the device, for inference. Tells the licence."""
    import torch

    from retake.generate.lipsync.wav2lip.model import Wav2Lip

    tensors = _tensors(path)
    with torch.device("meta"):  # without memory: its tensors are the file's
        network = Wav2Lip()
    wanted = network.state_dict()
    counts = {name: torch.tensor(0) for name in wanted if name.endswith(_UNNEEDED)}
    _compare(tensors, wanted, path)
    network.load_state_dict(counts | tensors, assign=True)
    _log.warning("%s: %s", path, LICENCE)
    return network.requires_grad_(False).to(device, torch.float32).eval()


def _tensors(path: Path) -> dict[str, torch.Tensor]:
    import torch

    try:
        found: Any = _script(path) or torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise _refusal(path, "there is no such file") from error
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        reason = str(error).strip().partition("\n")[0][:160] or type(error).__name__
        raise _refusal(path, f"this is no checkpoint that can be read: {reason}") from error
    if isinstance(found, Mapping) and isinstance(found.get("state_dict"), Mapping):
        found = found["state_dict"]
    if not isinstance(found, Mapping):
        raise _refusal(path, f"this holds a {type(found).__name__}, not tensors by name")
    named = {str(name).removeprefix("module."): value for name, value in found.items()}
    return {name: value for name, value in named.items() if isinstance(value, torch.Tensor)}


def _script(path: Path) -> Mapping[str, torch.Tensor] | None:
    """The tensors of a TorchScript archive; None where the file is none."""
    import torch

    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        if not any("/code/" in name for name in archive.namelist()):
            return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer PyTorch still reads it, with a sigh
        return torch.jit.load(str(path), map_location="cpu").state_dict()


def _compare(found: Mapping[str, torch.Tensor], wanted: Mapping[str, torch.Tensor], path: Path) -> None:
    needed = {name: value for name, value in wanted.items() if not name.endswith(_UNNEEDED)}
    if missing := [name for name in needed if name not in found]:
        raise _refusal(path, f"these are not Wav2Lip's weights: missing are {_listed(missing)}")
    if odd := [name for name in found if name not in wanted]:
        raise _refusal(path, f"these are not Wav2Lip's weights alone: unknown are {_listed(odd)}")
    if bent := [name for name, value in needed.items() if found[name].shape != value.shape]:
        raise _refusal(path, f"these are not Wav2Lip's weights: of another shape are {_listed(bent)}")


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _refusal(path: Path, what: str) -> InputError:
    return InputError(
        what, place=str(path), remedy="give RETAKE_WAV2LIP_WEIGHTS=FILE, Wav2Lip's own checkpoint (.pth)"
    )
